"""Every kind of thing is called what it is, from states and looks that were not drawn with the bank's own flights."""

from dataclasses import dataclass

import numpy as np
import pytest

from vedette.assessment.typing import FLIGHT_CAUSES, TrackHistory, flight_causes
from vedette.assessment.typing.bank import bank
from vedette.assessment.weighing import Weighed, explained
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import BURN_S, STAGE_COUNT, stage_entry
from vedette.motion.flight_classes import nominal_boost, vehicle
from vedette.motion.gravity import acceleration_itrf
from vedette.motion.propagate import propagate_coast
from vedette.reports import KIND_CODES, Cause, Looks, SensorKind

EVEN = dict.fromkeys(FLIGHT_CAUSES, 0.0)
INLAND = (48.0, 100.0)


@dataclass(frozen=True)
class State:
    t_tai_ns: int
    state_itrf: Rows
    state_cov_itrf: Rows


def looks_of(ages_s: list[float], kind: SensorKind, dark_s: tuple[float, ...] = ()) -> Looks:
    """Looks of one sensor, so long before the instant zero; only times and kinds are read."""
    times = [-age for age in (*ages_s, *dark_s)]
    order = np.argsort(times)
    values = np.vstack([np.ones((len(ages_s), 4)), np.full((len(dark_s), 4), np.nan)])[order]
    n = len(times)
    return Looks(
        ("one",), np.zeros(n, np.int64), np.full(n, KIND_CODES[kind]),
        np.round(np.array(times)[order] * NS_PER_S).astype(np.int64), values, np.ones((n, 4)), np.zeros((n, 3)),
    )  # fmt: skip


def state_at(
    height_m: float, speed_mps: float, climb_deg: float, azimuth_deg: float = 60.0, place: tuple[float, float] = INLAND
) -> Rows:
    lat, lon = np.radians(place)
    climb, azimuth = np.radians([climb_deg, azimuth_deg])
    level = np.array([np.sin(azimuth) * np.cos(climb), np.cos(azimuth) * np.cos(climb), np.sin(climb)])
    return np.concatenate([itrf_from_geodetic(lat, lon, height_m), speed_mps * level @ enu_from_itrf_matrix(lat, lon)])


def track_of(state: Rows, sigma_m: float = 100.0, sigma_mps: float = 5.0) -> State:
    return State(0, state, np.diag([sigma_m**2] * 3 + [sigma_mps**2] * 3))


def history_of(state: Rows, push_mps2: Rows, seconds: float = 20.0) -> TrackHistory:
    """Where it was before under a constant push besides gravity, precisely known."""
    history = TrackHistory()
    for back in (seconds, seconds / 2.0):
        rate = acceleration_itrf(state) + push_mps2
        before = state.copy()
        before[3:] -= back * rate
        before[:3] -= back * state[3:] - 0.5 * back**2 * rate
        history.note(round(-back * NS_PER_S), before, np.diag([1e4] * 3 + [4.0] * 3))
    return history


def leading(weighed: tuple[Weighed, ...]) -> Cause:
    return explained(weighed, EVEN)[0].name


def up(state: Rows) -> Rows:
    return np.asarray(state[:3] / np.linalg.norm(state[:3]))


def test_every_class_is_weighed_once_and_unknown_is_the_reference() -> None:
    track = track_of(state_at(80e3, 2_000.0, 40.0))
    weighed = flight_causes(looks_of([30.0, 20.0, 10.0, 0.5], SensorKind.RADAR), {}, None, track)
    assert tuple(one.name for one in weighed) == FLIGHT_CAUSES
    assert {one.name: one.log_ratio for one in weighed}[Cause.UNKNOWN] == 0.0
    assert all(np.isfinite(one.log_ratio) for one in weighed)
    assert all(one.reasons_for or one.reasons_against for one in weighed if one.name is not Cause.UNKNOWN)
    assert sum(one.probability for one in explained(weighed, EVEN)) == pytest.approx(1.0)


@pytest.mark.parametrize(("range_km", "expected"), [
    (450.0, Cause.SHORT_RANGE), (2_000.0, Cause.MEDIUM_RANGE), (4_200.0, Cause.INTERMEDIATE_RANGE),
    (10_000.0, Cause.INTERCONTINENTAL),
])  # fmt: skip
def test_free_flight_is_of_the_class_that_its_energy_reaches(range_km: float, expected: Cause) -> None:
    """Minimum-energy ellipses over a round Earth (Bate, Mueller and White 1971, section 6.2), two minutes on."""
    half = range_km * 1e3 / 6_371_008.8 / 2.0
    q = 2.0 * np.sin(half) / (1.0 + np.sin(half))
    speed = np.sqrt(q * 3.986004418e14 / 6_371_008.8)
    climb = np.pi / 4.0 - half / 2.0
    state = propagate_coast(state_at(1e3, float(speed), float(np.degrees(climb)), 0.0), 120.0)
    weighed = flight_causes(looks_of([25.0, 15.0, 5.0, 0.5], SensorKind.RADAR), {}, None, track_of(state))
    ballistic = {one.name: one.log_ratio for one in weighed if one.name.value.endswith("-ballistic")}
    assert max(ballistic, key=lambda name: ballistic[name]) is expected


def test_an_airliner_is_an_aircraft() -> None:
    state = state_at(10_600.0, 240.0, 0.2)
    looks = looks_of([40.0, 30.0, 20.0, 10.0], SensorKind.RADAR)
    weighed = flight_causes(looks, {}, None, track_of(state), history_of(state, 9.8 * up(state)))
    assert leading(weighed) is Cause.AIRCRAFT


def test_slow_and_low_is_small_and_uncrewed() -> None:
    state = state_at(400.0, 25.0, 0.5)
    looks = looks_of([40.0, 30.0, 20.0, 10.0], SensorKind.RADAR)
    track = track_of(state, 30.0, 2.0)
    assert leading(flight_causes(looks, {}, None, track, history_of(state, 9.8 * up(state)))) is Cause.UNCREWED_SMALL


def test_fast_level_flight_carried_by_the_air_glides() -> None:
    state = state_at(46e3, 4_500.0, -0.3)
    looks = looks_of([60.0, 40.0, 20.0, 1.0], SensorKind.RADAR)
    ahead = state[3:] / np.linalg.norm(state[3:])
    carried = history_of(state, 6.6 * up(state) - 2.6 * ahead)
    weighed = flight_causes(looks, {}, None, track_of(state), carried)
    assert leading(weighed) is Cause.GLIDE
    glide = next(one for one in weighed if one.name is Cause.GLIDE)
    assert any("the air carries it" in reason for reason in glide.reasons_for)


def test_an_orbit_is_a_satellite() -> None:
    state = state_at(550e3, 7_560.0, 0.0, 10.0)  # round: 7,585 m/s among the stars
    looks = looks_of([60.0, 40.0, 20.0, 1.0], SensorKind.RADAR)
    weighed = flight_causes(looks, {}, None, track_of(state), history_of(state, np.zeros(3)))
    assert leading(weighed) is Cause.SATELLITE


def test_thrust_that_ends_early_is_a_failed_launch() -> None:
    """A large, slow booster whose first stage stops after 80 of 125 s; seen from 25 s on, and 20 s of dark."""
    lat, lon = np.radians(INLAND)
    boost = nominal_boost(vehicle("intercontinental-liquid"), lat_rad=lat, lon_rad=lon, azimuth_rad=0.5)
    boost[STAGE_COUNT], boost[stage_entry(0, BURN_S)] = 1, 80.0
    state = fly_boost(boost, np.array([100.0]))[0][0]
    looks = looks_of([75.0, 65.0, 55.0, 45.0, 35.0, 25.0], SensorKind.INFRARED, dark_s=(15.0, 10.0, 5.0, 0.0))
    weighed = flight_causes(looks, {}, None, track_of(state, 500.0, 20.0), history_of(state, np.zeros(3), 10.0))
    assert leading(weighed) is Cause.FAILED_LAUNCH
    failed = next(one for one in weighed if one.name is Cause.FAILED_LAUNCH)
    assert any("thrust ended after 50 s" in reason for reason in failed.reasons_for)


def test_submarine_only_from_the_sea() -> None:
    """The same flight over the ocean and far inland."""
    flames = [78.0, 70.0, 60.0, 50.0, 40.0, 30.0, 20.0, 10.0, 0.5]
    looks = looks_of(flames, SensorKind.INFRARED)
    table = bank()
    kind = next(k for k in table.kinds if k.name == "intercontinental-solid").flights
    assert kind is not None
    i = int(np.argmin(np.abs(kind.t_s - 95.0)))
    height, speed = float(np.median(kind.height_m[:, i])), float(np.median(kind.speed_mps[:, i]))
    climb = float(np.degrees(np.median(kind.climb_rad[:, i])))
    ratios = {}
    for name, place in {"sea": (35.0, -40.0), "land": INLAND}.items():
        track = track_of(state_at(height, speed, climb, place=place), 500.0, 20.0)
        ratios[name] = {one.name: one.log_ratio for one in flight_causes(looks, {}, None, track)}
    at_sea, inland = ratios["sea"], ratios["land"]
    assert at_sea[Cause.SUBMARINE_LAUNCHED] > at_sea[Cause.INTERCONTINENTAL] + 2.0
    assert inland[Cause.SUBMARINE_LAUNCHED] < inland[Cause.INTERCONTINENTAL] - 4.0


def test_what_nobody_builds_is_unknown() -> None:
    state = state_at(30e3, 700.0, 0.0)
    looks = looks_of([60.0, 40.0, 20.0, 1.0], SensorKind.RADAR)
    history = history_of(state, 30.0 * up(state))
    weighed = flight_causes(looks, {}, None, track_of(state), history)
    assert leading(weighed) is Cause.UNKNOWN


def test_drawn_flights_that_were_kept_are_those_that_are_drawn(tmp_path, monkeypatch):
    from vedette.assessment.typing import drawn_flights as module

    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))  # nothing is kept there yet
    drawn = tuple(module._kinds(4, 1))
    for _ in ("made", "read"):
        module._drawn.cache_clear()
        kept = module._drawn(4, 1)
        assert [(one.name, one.causes) for one in kept] == [(one.name, one.causes) for one in drawn]
        for one, other in zip(kept, drawn, strict=True):
            for name in module._ARRAYS:
                np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    module._drawn.cache_clear()
    assert len(list(tmp_path.glob("drawn_flights-4-1.*.npz"))) == 1
