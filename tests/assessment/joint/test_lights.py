"""Lights that may be a partner's launch: where it may have flown by then, and nowhere else, and not before."""

from dataclasses import replace

import numpy as np
import pytest
from tests.assessment.joint.made import launch, seconds

from vedette.assessment.joint.lights import NONE, is_first_sight, lights_of_looks, lights_of_scans, may_be_of
from vedette.frames import itrf_from_geodetic
from vedette.reports import KIND_CODES, Looks, Mode, Scan, SensorKind
from vedette.sensing import packaged_sensors

WATCHERS = {name: one for name, one in packaged_sensors().items() if name in ("ir-east", "ir-west")}


def scan(name, after_s, lat_deg, lon_deg, height_m=20e3):
    """A look that found one light at a place."""
    t = np.array([seconds(after_s)])
    away = itrf_from_geodetic(np.radians(lat_deg), np.radians(lon_deg), height_m) - WATCHERS[name].position_itrf_m(t)[0]
    return Scan(
        sensor_id=name, kind=SensorKind.INFRARED, mode=Mode.REAL, t_received_tai_ns=seconds(after_s + 3),
        t_measured_tai_ns=t, values=np.array([[*(away / np.linalg.norm(away)), 2e5]]),
        sigmas=np.array([[3e-5, 3e-5, 3e-5, 1e3]]),
    )  # fmt: skip


def seen(*scans):
    return may_be_of(lights_of_scans(scans, WATCHERS), launch()).tolist()


def test_a_flame_on_its_way_may_be_of_it_by_whoever_saw_it():
    assert seen(scan("ir-west", 40, 31.45, -29.7), scan("ir-east", 45, 31.5, -29.65)) == [True, True]


@pytest.mark.parametrize(
    ("after_s", "lat_deg"),
    [(-20.0, 31.4), (5.0, 32.4), (40.0, 34.0), (400.0, 31.4)],
    ids=["before it left", "farther than it can be by then", "far", "long after"],
)
def test_a_light_elsewhere_or_at_another_time_is_not(after_s, lat_deg):
    assert seen(scan("ir-east", after_s, lat_deg, -29.8)) == [False]


def test_a_fire_that_stood_there_before_is_no_launch_and_hides_none_beside_it():
    fire, flame = (scan("ir-east", t, 31.42, -29.75, 0.0) for t in (-60.0, 40.0)), scan("ir-east", 40.0, 31.5, -29.6)
    assert seen(*fire) == [False, False]
    assert seen(scan("ir-east", -60.0, 31.42, -29.75, 0.0), flame) == [False, True]
    assert seen(scan("ir-west", -60.0, 31.5, -29.6), flame) == [False, True]  # by another watcher: not known to be it


def test_an_interval_from_long_ago_allows_a_light_that_has_come_far():
    one = launch()
    wide = type(one)(
        lat_deg=one.lat_deg, lon_deg=one.lon_deg, areas=one.areas, t_tai_ns=one.t_tai_ns,
        t_90_tai_ns=(seconds(-60), seconds(20)), azimuth_deg=75.0, azimuth_90_deg=(70.0, 80.0),
    )  # fmt: skip
    lights = lights_of_scans([scan("ir-east", 25.0, 31.9, -29.4)], WATCHERS)
    assert may_be_of(lights, wide).tolist() == [True] and may_be_of(lights, one).tolist() == [False]


def test_an_object_is_first_seen_on_its_way_or_it_is_another():
    def looks(*lights):
        scans = [scan(name, t, lat, lon) for name, t, lat, lon in lights]
        names = tuple(WATCHERS)
        n = len(scans)
        return Looks(
            sensor_ids=names, sensor_index=np.array([names.index(one.sensor_id) for one in scans]),
            kind_code=np.full(n, KIND_CODES[SensorKind.INFRARED]),
            t_measured_tai_ns=np.array([one.t_measured_tai_ns[0] for one in scans]),
            values=np.concatenate([one.values for one in scans]), sigmas=np.concatenate([one.sigmas for one in scans]),
            sensor_positions_itrf_m=np.array([WATCHERS[one.sensor_id].position_itrf_m(one.t_measured_tai_ns)[0]
                                              for one in scans]),
        )  # fmt: skip

    on_its_way = looks(("ir-west", 40.0, 31.45, -29.7), ("ir-east", 42.0, 31.46, -29.7))
    assert is_first_sight(lights_of_looks(on_its_way), launch())
    partly = looks(("ir-west", 40.0, 31.45, -29.7), ("ir-east", 42.0, 36.0, -29.7))
    assert not is_first_sight(lights_of_looks(partly), launch())
    assert not is_first_sight(NONE, launch())


def test_looks_of_others_and_empty_looks_are_left_out():
    empty = replace(
        scan("ir-east", 40, 31.4, -29.8), t_measured_tai_ns=np.empty(0, dtype=np.int64), values=np.empty((0, 4)),
        sigmas=np.empty((0, 4)),
    )  # fmt: skip
    foreign = replace(scan("ir-east", 40, 31.4, -29.8), sensor_id="SOUTH/ir-east")
    assert len(lights_of_scans([empty, foreign], WATCHERS)) == 0
