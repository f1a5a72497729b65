"""Outlines lie where an independent geodesic puts them, and a sector passes north."""

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from vedette.doors.sensor_files import coverage
from vedette.doors.sensor_outline import outlines, sensor_document
from vedette.sensing import Radar, Site, packaged_sensors

SPHERE = Geodesic(6_371_000.0, 0.0)
A_METRE_KM, ROUNDED_KM = 1e-3, 0.02  # vertices are rounded to 1e-4 degrees: 11 m, and aslant


def radar(first, last, near_km=0.0):
    return Radar(
        site=Site(lat_deg=57.6, lon_deg=-7.4, height_m=80.0), range_sigma_m=30.0, angle_sigma_deg=0.05,
        azimuth_min_deg=first, azimuth_max_deg=last, range_min_km=near_km, range_max_km=3_000.0,
        elevation_min_deg=1.0, elevation_max_deg=85.0, name="north",
    )  # fmt: skip


def polar(lat, lon):
    found = SPHERE.Inverse(57.6, -7.4, lat, lon)
    return found["azi1"] % 360.0, found["s12"] / 1e3


@pytest.mark.parametrize(("first", "last"), [(300.0, 60.0), (10.0, 130.0), (90.0, 350.0)])
def test_a_sector_lies_at_its_azimuths_and_ranges(first, last):
    sensor = radar(first, last)
    reach = {one["height_km"]: one for one in coverage(sensor)}
    for one in outlines(sensor, 57.6, -7.4):
        near, far = (reach[one["height_km"]][f"ground_range_{end}_km"] for end in ("min", "max"))
        (ring,) = one["rings"]
        found = np.array([polar(*vertex) for vertex in ring])
        at_far, at_near = np.abs(found[:, 1] - far) < ROUNDED_KM, np.abs(found[:, 1] - near) < ROUNDED_KM
        assert np.all(at_far | at_near) and at_far.sum() >= 3
        turned = (found[at_far, 0] - first) % 360.0
        width, a_hundredth = (last - first) % 360.0, 0.01
        assert np.all((turned + a_hundredth) % 360.0 <= width + 2 * a_hundredth)
        assert max(turned[turned < 359.9]) == pytest.approx(width, abs=a_hundredth)


def test_a_turning_radar_has_a_ring_and_a_hole_where_it_cannot_look_up():
    found = {one["height_km"]: one["rings"] for one in outlines(radar(0.0, 360.0), 57.6, -7.4)}
    assert len(found[300.0]) == 2
    outer, inner = (np.array([polar(*v)[1] for v in ring]) for ring in found[300.0])
    assert np.ptp(outer) < ROUNDED_KM and np.ptp(inner) < ROUNDED_KM and inner.max() < outer.min()


@pytest.mark.parametrize("sensor", packaged_sensors(every_kind=True).values(), ids=lambda one: one.name)
def test_every_packaged_sensor_can_be_drawn(sensor):
    document = sensor_document(sensor, 986_083_200 * 10**9)
    assert -90.0 <= document["place"]["lat_deg"] <= 90.0 and -180.0 <= document["place"]["lon_deg"] <= 180.0
    assert document["outlines"], sensor.name
    for one in document["outlines"]:
        for ring in one["rings"]:
            lats, lons = np.array(ring).T
            assert np.all(np.abs(lats) <= 90.0) and np.all((lons >= -180.0) & (lons < 180.0))


def test_a_geostationary_watcher_stands_over_its_longitude():
    (sensor, *_) = [one for one in packaged_sensors(every_kind=True).values() if one.kind.value == "infrared"]
    document = sensor_document(sensor, 986_083_200 * 10**9)
    assert document["place"]["moves"] and document["place"]["height_km"] > 500.0
