"""Boosters that fall back, and the display that shows them: truth for judging the telemetry follower.

A stage burns, tails off and coasts through a gravity field, air and wind that the follower does not share (EGM2008 to
degree 20, a drawn MSIS column), pushed a little by its own jets. A display shows speed and altitude thirty times a
second in steps, rounding or cutting off, and holds old values for a few frames, as webcasts do.
"""

from dataclasses import dataclass
from math import cos, radians, sin, sqrt

import numpy as np
from numba import njit

from vedette.core.shapes import Rows, Scalar
from vedette.motion.ellipsoid import height_kernel
from vedette.motion.forces import coast_kernel
from vedette.motion.gravity_field import field_coefficients
from vedette.scenario.weather import drawn_air

KMH_MPS = 1.0 / 3.6
FRAME_S = 1.0 / 30.0
BURN_S = 25.0  # of the burn before the coast, as much as is played
AFTER_S = 320.0
# pad latitude and longitude, and the launch azimuths its range is used for (core/tables/launch_corridors.toml)
SITES = ((28.55, -80.60, 35.0, 120.0), (34.68, -120.60, 158.0, 201.0), (5.24, -52.77, -10.5, 93.5))
IN_CORRIDOR = 0.95


@dataclass(frozen=True, slots=True)
class BoosterTruth:
    """What happened, and what the display showed of it."""

    kind: str  # "ballistic" or "boost-back"
    pad_lat_lon_deg: tuple[float, float]
    azimuth_deg: float
    t_coast_s: float  # the last push of the engines
    t_s: Scalar  # readings
    speed_mps: Scalar
    altitude_m: Scalar
    truth_t_s: Scalar  # truth
    truth_speed_mps: Scalar
    truth_altitude_m: Scalar
    apogee_m: float
    t_entry_s: float  # falling through 55 km


@njit(cache=True)
def _fly(state, times_s, push, per_beta, air, field):  # type: ignore[no-untyped-def]
    """States at times; `push` rows: until time s, along the velocity m/s² from-to, fixed direction x, y, z m/s²."""
    work = np.empty((2, field.shape[1] + 1, field.shape[1] + 1))
    out = np.empty((times_s.shape[0], 6))
    s = state.copy()
    k = np.empty((4, 6))
    mid = np.empty(6)
    out[0] = s
    row = 0
    for i in range(times_s.shape[0] - 1):
        t0, dt = times_s[i], times_s[i + 1] - times_s[i]
        while row < push.shape[0] - 1 and t0 >= push[row, 0] - 1e-9:
            row += 1
        for stage in range(4):
            part = 0.0 if stage == 0 else (1.0 if stage == 3 else 0.5)
            for j in range(6):
                mid[j] = s[j] + (part * dt * k[stage - 1, j] if stage > 0 else 0.0)
            ax, ay, az = coast_kernel(mid[0], mid[1], mid[2], mid[3], mid[4], mid[5], per_beta, air, field, work)
            v = sqrt(mid[3] ** 2 + mid[4] ** 2 + mid[5] ** 2)
            along = push[row, 1] / max(v, 1.0)
            k[stage, 0], k[stage, 1], k[stage, 2] = mid[3], mid[4], mid[5]
            k[stage, 3] = ax + along * mid[3] + push[row, 2]
            k[stage, 4] = ay + along * mid[4] + push[row, 3]
            k[stage, 5] = az + along * mid[5] + push[row, 4]
        for j in range(6):
            s[j] += dt / 6.0 * (k[0, j] + 2.0 * k[1, j] + 2.0 * k[2, j] + k[3, j])
        out[i + 1] = s
    return out


@njit(cache=True)
def _heights(states):  # type: ignore[no-untyped-def]
    out = np.empty(states.shape[0])
    for i in range(states.shape[0]):
        out[i] = height_kernel(states[i, 0], states[i, 1], states[i, 2])
    return out


def draw_booster(seed: int, kind: str) -> BoosterTruth:
    """One booster, "ballistic" (keeps its way) or "boost-back" (turned round by a burn), and its readings."""
    from vedette.tracking.profile.motion import state_from_profile, surface_point

    rng = np.random.default_rng([seed, 17 if kind == "ballistic" else 23])
    lat_deg, lon_deg, low_deg, high_deg = SITES[int(rng.integers(len(SITES)))]
    is_inside = rng.random() < IN_CORRIDOR
    azimuth_deg = float(rng.uniform(low_deg, high_deg) if is_inside else rng.uniform(high_deg, low_deg + 360.0))
    azimuth = radians(azimuth_deg)
    lat, lon = surface_point(radians(lat_deg), radians(lon_deg), azimuth, float(rng.uniform(40e3, 90e3)))
    if kind == "ballistic":
        speed, steep = rng.uniform(1_000.0, 1_700.0), radians(rng.uniform(24.0, 46.0))
        level, climb, altitude_m = speed * cos(steep), speed * sin(steep), rng.uniform(38e3, 48e3)
        along_mps2 = rng.uniform(28.0, 36.0)
        fixed = 0.0
    else:
        end_level = rng.uniform(150.0, 650.0) * (1.0 if rng.random() < 0.5 else -1.0)
        fixed = -rng.uniform(28.0, 40.0)
        level, climb = end_level - fixed * BURN_S, rng.uniform(380.0, 650.0)
        altitude_m, along_mps2 = rng.uniform(84e3, 100e3), 0.0
    state = state_from_profile(lat, lon, altitude_m, climb, level, azimuth)
    direction = state_from_profile(lat, lon, 0.0, 0.0, 1.0, azimuth)[3:]
    tail_s = rng.uniform(0.4, 3.0)
    tail = rng.uniform(0.1, 0.4)
    jets = rng.normal(0.0, 0.6) if rng.random() < 0.4 else 0.0
    drift = rng.normal(0.0, 0.005)
    push = np.array(
        [
            [BURN_S, along_mps2, *(fixed * direction)],
            [BURN_S + tail_s, tail * along_mps2, *(tail * fixed * direction)],
            [BURN_S + tail_s + 2.0, jets, 0.0, 0.0, 0.0],
            [1e9, drift, 0.0, 0.0, 0.0],
        ]
    )
    beta = float(np.exp(rng.normal(np.log(3_000.0), 0.7)))
    air = drawn_air(int(rng.integers(0, 800_000_000)) * 1_000_000_000, lat_deg, lon_deg, rng)
    window_s = BURN_S + tail_s + 28.0
    times = np.concatenate([np.arange(0.0, window_s, 0.1), np.arange(window_s, BURN_S + AFTER_S, 0.5)])
    states = _fly(state, times, push, 1.0 / beta, air, field_coefficients(20))
    altitude = _heights(states)
    speed = np.linalg.norm(states[:, 3:], axis=1)
    falling = np.flatnonzero((altitude[1:] < 55e3) & (np.diff(altitude) < 0.0) & (times[1:] > BURN_S))
    t_entry = float(times[falling[0] + 1]) if len(falling) else float(times[-1])
    t = np.arange(0.0, window_s - 0.5, FRAME_S)
    shown_v, shown_h = _display(t, times, speed, altitude, 100.0 if kind == "ballistic" else 1_000.0, rng)
    return BoosterTruth(
        kind=kind, pad_lat_lon_deg=(lat_deg, lon_deg), azimuth_deg=azimuth_deg, t_coast_s=BURN_S, t_s=t,
        speed_mps=shown_v, altitude_m=shown_h, truth_t_s=times, truth_speed_mps=speed, truth_altitude_m=altitude,
        apogee_m=float(altitude.max()), t_entry_s=t_entry,
    )  # fmt: skip


def _display(
    t: Scalar, times: Scalar, speed: Scalar, altitude: Scalar, step_above_m: float, rng: np.random.Generator
) -> tuple[Scalar, Scalar]:
    """Readings in steps of 1 km/h and 0.1 km, above 99.5 km of `step_above_m`; a frame or three late."""
    # each reading holds for one to three frames, so that what is shown is up to a tenth of a second old
    fresh = rng.random(len(t)) < 0.5
    fresh[0] = True
    index = np.maximum.accumulate(np.where(fresh, np.arange(len(t)), 0))
    seen = t[index]
    luck = rng.random()
    share = 0.5 if luck < 0.5 else (0.0 if luck < 0.8 else rng.uniform(0.0, 0.5))  # rounds, cuts off, or between
    v = np.floor(np.interp(seen, times, speed) / KMH_MPS + share) * KMH_MPS
    h = np.interp(seen, times, altitude)
    step = np.where(h >= 100_000.0 - share * step_above_m, step_above_m, 100.0)
    return v, np.floor(h / step + share) * step


def truth_at(truth: BoosterTruth, t_s: float) -> tuple[float, float]:
    """True altitude (m) and speed (m/s) at a time."""
    return (
        float(np.interp(t_s, truth.truth_t_s, truth.truth_altitude_m)),
        float(np.interp(t_s, truth.truth_t_s, truth.truth_speed_mps)),
    )


def readings(truth: BoosterTruth, until_s: float) -> Rows:
    """(n, 3) of time, speed and altitude shown up to a time."""
    keep = truth.t_s <= until_s
    return np.stack([truth.t_s[keep], truth.speed_mps[keep], truth.altitude_m[keep]], axis=1)
