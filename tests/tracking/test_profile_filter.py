"""Thrust or coast: simulated ascents whose burnouts and ignitions are known, through a display with steps."""

from functools import lru_cache
from math import radians

import numpy as np

from vedette.frames import geodetic_from_itrf
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import KICK_RAD, TAIL_OFF_S, THRUST_SCALE, stage_times_s
from vedette.motion.flight_classes import nominal_boost, vehicle
from vedette.motion.flight_shaping import with_longest_range
from vedette.tracking.profile.filter import ProfileFilter, ThrustEvent
from vedette.tracking.profile.readings import Binner

KMH = 1.0 / 3.6
# one-stage boosts and one with a ten-second staging coast: gaps of two seconds look like a dip of the thrust
VEHICLES = ("short-range-liquid", "short-range-solid", "medium-range-liquid", "space-launch-low-orbit")


def readings(
    t_s: np.ndarray, speed_mps: np.ndarray, altitude_m: np.ndarray, whole_km: bool
) -> list[tuple[float, float, float]]:
    step = np.where((altitude_m > 99_500.0) & whole_km, 1_000.0, 100.0)
    shown = np.round(altitude_m / step) * step
    return list(zip(t_s.tolist(), (np.round(speed_mps / KMH) * KMH).tolist(), shown.tolist(), strict=True))


def thrust_events(rows: list[tuple[float, float, float]], lat_rad: float = 0.5) -> list[tuple[ThrustEvent, float]]:
    """What the filter says of readings that begin at rest on the pad, with the time it said so."""
    binner, profile, said = Binner(), ProfileFilter(lat_rad=lat_rad), []
    profile.thrusting, profile.log_odds = True, 5.0
    for t, v, h in rows:
        for second in binner.add(t, v, h):
            if not profile.history:
                profile.start(second.t_s, second.speed_mps, second.altitude_m, 50.0)
                continue
            step = profile.step(second.t_s, second.speed_mps, second.sigma_speed_mps, second.altitudes)
            said.extend((event, t) for event in step)
    return said


@lru_cache(maxsize=8)
def flights(name: str, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[tuple[float, float], ...]]:
    """(times, speeds (count, m), altitudes (count, m), stage times) of boosts with drawn thrust, tilt and tail-off."""
    rng = np.random.default_rng(11)
    one = vehicle(name)
    base = nominal_boost(one, lat_rad=radians(30.0), lon_rad=0.0, azimuth_rad=1.3)
    if one.class_name != "space-launch":
        base = with_longest_range(base)
    stages = tuple(stage_times_s(base))
    rows = np.tile(base, (count, 1))
    # a launcher's gravity turn falls over at once when its thrust is not the one its tilt was made for
    if one.class_name != "space-launch":
        rows[:, THRUST_SCALE] = np.exp(rng.normal(0.0, 0.05, count))
        rows[:, KICK_RAD] *= rng.uniform(0.7, 1.1, count)
    rows[:, TAIL_OFF_S] = rng.uniform(0.2, 2.0, count)
    end_s = 250.0 if one.class_name == "space-launch" else stages[-1][1] + 60.0
    times = np.arange(0.0, end_s, 1.0)
    states, _ = fly_boost(rows, times)
    _, _, height = geodetic_from_itrf(states[..., :3])
    return times, np.linalg.norm(states[..., 3:], axis=-1), height, stages


def test_false_and_missed_events_are_rare_over_two_hundred_ascents() -> None:
    wrong = []
    for name in VEHICLES:
        times, speeds, heights, stages = flights(name, 50)
        expected = [stages[0][1]] if len(stages) == 1 or stages[1][1] > times[-1] else [s[1] for s in stages]
        lit = [s[0] for s in stages[1:] if s[0] < times[-1] - 10.0]
        for i in range(len(speeds)):
            said = thrust_events(readings(times, speeds[i], heights[i], whole_km=bool(i % 2)))
            burnouts = [event.t_s for event, _ in said if event.kind == "burnout"]
            ignitions = [event.t_s for event, _ in said if event.kind == "ignition"]
            is_right = len(burnouts) == len(expected) and len(ignitions) == len(lit)
            is_right = is_right and all(abs(a - b) < 3.0 for a, b in zip(burnouts, expected, strict=True))
            is_right = is_right and all(abs(a - b) < 5.0 for a, b in zip(ignitions, lit, strict=True))
            if not is_right:
                wrong.append((name, i, burnouts, ignitions, expected, lit))
    assert len(wrong) <= 4, wrong  # one in fifty


def test_every_event_is_told_within_ten_seconds() -> None:
    times, speeds, heights, _ = flights("space-launch-low-orbit", 50)
    for i in range(10):
        for event, t_said in thrust_events(readings(times, speeds[i], heights[i], whole_km=True)):
            assert 0.0 <= t_said - event.t_s <= 10.0


def test_a_throttle_of_a_third_in_thick_air_is_no_burnout() -> None:
    t = np.arange(0.0, 120.0)
    force = np.where((t > 45) & (t < 65), 10.5, 14.5)  # as a launcher throttles for maximum dynamic pressure
    speed = np.concatenate([[0.0], np.cumsum(force[:-1] - 9.8 * 0.9)])
    height = np.cumsum(0.9 * speed)
    assert [event.kind for event, _ in thrust_events(readings(t, speed, height, whole_km=False))] == []


def test_half_the_thrust_lost_at_altitude_is_a_thrust_drop_and_no_burnout() -> None:
    t = np.arange(0.0, 160.0)
    force = np.where(t < 130.0, 22.0, 11.0)
    speed = np.concatenate([[0.0], np.cumsum(force[:-1] - 9.7 * 0.7)])
    height = np.cumsum(0.7 * speed)
    said = thrust_events(readings(t, speed, height, whole_km=False))
    assert [event.kind for event, _ in said] == ["thrust-drop"]
    assert abs(said[0][0].t_s - 130.0) < 3.0


def test_the_display_step_is_learnt_as_it_changes() -> None:
    binner = Binner()
    for k in range(40):
        binner.add(k / 30.0, 1_000.0, 98_000.0 + 100.0 * (k // 4))
    assert binner.altitude_step_m() == 100.0
    for k in range(40, 80):
        binner.add(k / 30.0, 1_000.0, 100_000.0 + 1_000.0 * (k // 40))
    assert binner.altitude_step_m() == 1_000.0
    for k in range(80, 100):
        binner.add(k / 30.0, 1_000.0, 101_000.0 + 37.3 * (k - 80))
    assert binner.altitude_step_m() == 0.0
