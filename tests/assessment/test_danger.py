"""Areas in danger, against flights counted one by one; over the date line and the pole as anywhere else."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.assessment.clouds import T0, thrown

from vedette.assessment.danger import Danger, areas_told, compared, dangers, levels_from_toml, packaged_levels
from vedette.assessment.flight_paths import corridor_deg, corridor_of, flight_paths
from vedette.core.constants import NS_PER_S
from vedette.core.tables import table_text
from vedette.frames import geodesic_direct, great_circle_m, itrf_from_geodetic, polygon_contains
from vedette.motion.propagate import propagate_coast
from vedette.reports.alert_event import AreaTold, Level
from vedette.reports.place import Place


def disc(name: str, lat_rad: float, lon_rad: float, radius_m: float) -> Place:
    turns = np.arange(24) * 2.0 * np.pi / 24
    lat, lon, _ = geodesic_direct(lat_rad, lon_rad, turns, radius_m)
    return Place(name, ((tuple(zip(lat.tolist(), lon.tolist(), strict=True)), ()),))


@settings(max_examples=8, deadline=None)
@given(st.floats(-89.0, 89.0), st.sampled_from([-179.9, 0.0, 60.0, 179.5]), st.floats(0.0, 360.0))
def test_impact_and_overflight_are_counted_anywhere_on_the_globe(lat: float, lon: float, bearing: float) -> None:
    cloud = thrown(lat, lon, bearing)
    middle = int(np.argsort(cloud.t_impact_tai_ns)[30])
    at_end = disc("end", float(cloud.impact_lat_rad[middle]), float(cloud.impact_lon_rad[middle]), 60e3)
    paths = flight_paths(cloud)
    half = paths.lat_rad.shape[1] // 2
    below = disc("below", float(paths.lat_rad[0, half]), float(paths.lon_rad[0, half]), 60e3)
    found = {one.place.name: one for one in dangers((at_end, below), cloud, t_now_tai_ns=T0, latency_s=0.0)}
    away = great_circle_m(
        cloud.impact_lat_rad, cloud.impact_lon_rad, cloud.impact_lat_rad[middle], cloud.impact_lon_rad[middle]
    )
    # the disc is a 24-sided polygon and the margin 2 km: count those surely in and surely out
    assert np.mean(away < 60e3) <= found["end"].impact_probability <= np.mean(away < 63e3)
    assert found["below"].overflight_probability >= 0.95 and found["below"].impact_probability == 0.0
    assert found["below"].overflight_t_90_tai_ns is not None and found["end"].impact_t_90_tai_ns is not None
    assert found["below"].overflight_t_90_tai_ns[0] < found["end"].impact_t_90_tai_ns[0]


def test_a_path_is_the_flown_one_and_ends_where_it_falls() -> None:
    cloud = thrown(40.0, 20.0, 90.0, count=5)
    paths = flight_paths(cloud, step_s=5.0)
    last = np.count_nonzero(np.isfinite(paths.lat_rad), axis=1) - 1
    rows = np.arange(5)
    one_kilometre = 1e3
    off = great_circle_m(
        paths.lat_rad[rows, last], paths.lon_rad[rows, last], cloud.impact_lat_rad, cloud.impact_lon_rad
    )
    assert np.all(off < one_kilometre) and np.all(np.abs(paths.height_m[rows, last]) < one_kilometre)
    assert np.array_equal(paths.t_tai_ns[rows, last], cloud.t_impact_tai_ns)
    assert np.allclose(paths.lat_rad[:, 0], np.radians(40.0)) and np.allclose(paths.height_m[:, 0], 0.0, atol=1.0)
    k = 40
    after_s = (paths.t_tai_ns[:, k] - cloud.t_burnout_tai_ns) / NS_PER_S
    flown = propagate_coast(cloud.burnout_itrf, after_s, cloud.beta_kg_m2)[:, :3]
    here = itrf_from_geodetic(paths.lat_rad[:, k], paths.lon_rad[:, k], paths.height_m[:, k])
    assert np.allclose(flown, here, atol=1.0)


def test_seconds_are_those_that_nineteen_in_twenty_leave_less_the_latency() -> None:
    cloud = thrown(40.0, 20.0, 90.0)
    everywhere = disc("wide", float(cloud.impact_lat_rad[0]), float(cloud.impact_lon_rad[0]), 500e3)
    (one,) = dangers((everywhere,), cloud, t_now_tai_ns=T0, latency_s=60.0)
    left_s = (cloud.t_impact_tai_ns - T0) / NS_PER_S - 60.0
    assert one.impact_seconds is not None and np.mean(left_s >= one.impact_seconds) == pytest.approx(0.95, abs=0.02)
    (later,) = dangers((everywhere,), cloud, t_now_tai_ns=T0 + 30 * NS_PER_S, latency_s=60.0)
    assert later.impact_seconds == pytest.approx(one.impact_seconds - 30.0)


def test_what_is_over_is_in_no_areas_list() -> None:
    cloud = thrown(40.0, 20.0, 90.0)
    area = disc("end", float(cloud.impact_lat_rad[0]), float(cloud.impact_lon_rad[0]), 100e3)
    end = int(cloud.t_impact_tai_ns.max())
    assert dangers((area,), cloud, t_now_tai_ns=end + 1, latency_s=0.0) == ()


def danger(name: str, impact: float = 0.0, over: float = 0.0, seconds: float = 100.0) -> Danger:
    return Danger(
        place=disc(name, 0.5, 0.5, 1e4), impact_probability=impact, impact_t_90_tai_ns=(T0, T0 + 1) if impact else None,
        impact_seconds=seconds if impact else None, overflight_probability=over,
        overflight_t_90_tai_ns=(T0, T0 + 2) if over else None, overflight_seconds=seconds - 50 if over else None,
        overflight_height_km=None,
    )  # fmt: skip


def test_levels_are_graded_and_an_overflight_is_told_as_one() -> None:
    levels = packaged_levels()
    told = {
        area.name: area
        for area in areas_told(
            [
                danger("nobody", impact=levels.impact_ready / 2, over=levels.overflight_ready / 2),
                danger("ready", impact=levels.impact_ready), danger("hit", impact=levels.impact_shelter),
                danger("below", over=levels.overflight_shelter),
                danger("both", impact=levels.impact_ready, over=0.9), danger("worse", impact=0.5, over=0.9),
            ]
        )
    }  # fmt: skip
    assert {name: (area.level, area.what) for name, area in told.items()} == {
        "ready": (Level.BE_READY, "impact"), "hit": (Level.TAKE_SHELTER, "impact"),
        "below": (Level.TAKE_SHELTER, "overflight"), "both": (Level.TAKE_SHELTER, "overflight"),
        "worse": (Level.TAKE_SHELTER, "impact"),
    }  # fmt: skip
    assert list(told)[-1] == "ready"  # most urgent first


def told(name: str, level: Level = Level.TAKE_SHELTER) -> AreaTold:
    return AreaTold(name=name, level=level, probability=0.5, seconds=60.0)


def test_areas_that_go_are_told_that_it_is_over_once() -> None:
    every, added, dropped = compared([told("B"), told("C")], [told("A"), told("B")])
    assert added == ("C",) and dropped == ("A",)
    assert [(area.name, area.level) for area in every][-1] == ("A", Level.ALL_CLEAR) and every[-1].seconds is None
    again, added, dropped = compared([told("B"), told("C")], every)
    assert (len(again), added, dropped) == (2, (), ())


def test_a_corridor_is_narrow_for_flights_that_agree() -> None:
    way = corridor_deg(flight_paths(thrown(40.0, 170.0, 80.0, spread_mps=5.0)))
    assert way[0][:2] == pytest.approx((40.0, 170.0), abs=0.01) and way[0][2] < 1.0
    assert way[-1][1] < -175.0 or way[-1][1] > 175.0  # over the date line
    assert all(km < 20.0 for *_, km in way)


def test_the_corridor_of_a_message_is_the_same_way() -> None:
    cloud = thrown(40.0, 170.0, 80.0, spread_mps=5.0)
    told = corridor_of(cloud)
    assert len(told) == 21
    assert (told[0].lat_deg, told[0].lon_deg) == pytest.approx((40.0, 170.0), abs=0.01)
    end = great_circle_m(
        np.radians(told[-1].lat_deg), np.radians(told[-1].lon_deg), cloud.impact_lat_rad, cloud.impact_lon_rad
    )
    assert np.quantile(end, 0.9) / 1e3 == pytest.approx(told[-1].half_width_90_km, rel=0.25)


def test_a_centre_may_set_its_own_levels() -> None:
    own = levels_from_toml(table_text("warning_levels.toml").replace("take_shelter = 0.20", "take_shelter = 0.95"))
    assert own.overflight_shelter == 0.95
    (area,) = areas_told([danger("below", over=0.9)], own)
    assert area.level is Level.BE_READY


def test_a_message_tells_outlines_that_gateways_take() -> None:
    rng = np.random.default_rng(4)
    islets = tuple(
        (disc("", 0.6 + 0.02 * rng.uniform(), 2.4 + 0.02 * rng.uniform(), 500.0).polygons[0][0], ()) for _ in range(80)
    )
    turns = 2.0 * np.pi * np.arange(3000) / 3000
    lat, lon, _ = geodesic_direct(0.5, 2.0, turns, 2e5 * (1.0 + 0.2 * np.sin(9 * turns)))
    coast = Place("coast", ((tuple(zip(lat.tolist(), lon.tolist(), strict=True)), ()),))
    for place, count in ((Place("islets", islets), 1), (coast, 1)):
        (area,) = areas_told([replace(danger("x", impact=0.5), place=place)])
        assert len(area.polygons) == count and all(3 <= len(one.lat_deg) <= 100 for one in area.polygons)
        corners = np.radians(np.stack([area.polygons[0].lat_deg, area.polygons[0].lon_deg], axis=-1))
        middles = np.array([np.mean(np.array(rim), axis=0) for rim, _ in place.polygons])
        assert polygon_contains(corners, *middles.T).all()
