"""Tilting a boost so that it goes where it should: a range, the longest range, an orbit.

The kick decides nearly everything about a gravity turn, and over a wide scale: a tenth of a degree flies almost
straight up, a few degrees fall over. So kicks are searched on a logarithmic grid, then refined.
"""

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS
from vedette.core.errors import DidNotConvergeError, UsageError
from vedette.core.shapes import Rows, Scalar
from vedette.frames.geodesic import geodesic_inverse
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import (
    BURN_S,
    COAST_BETA_KG_M2,
    KICK_RAD,
    LAT_RAD,
    LON_RAD,
    PITCH_RAD,
    PITCH_RATE_RADPS,
    STAGE_COUNT,
    T0_S,
    stage_entry,
)
from vedette.motion.propagate import apogee, fly_to_ground

_RTOL = 1e-8  # per step: centimetres, where metres are asked
KICKS_RAD = np.radians(np.geomspace(0.02, 30.0, 121))


def flight_by_kick(parameters: Scalar, kicks_rad: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    """Ground range (m, geodesic), apogee (m) and seconds from lift-off to impact for each kick `(n,)`; NaN if never.

    A vehicle that tips over and dives under power is NaN too.
    """
    rows = np.repeat(np.asarray(parameters, dtype=float)[None, :], len(kicks_rad), axis=0)
    rows[:, KICK_RAD] = kicks_rad
    return flight_of(rows)


def flight_of(rows: Rows) -> tuple[Scalar, Scalar, Scalar]:
    """Ground range (m, geodesic), apogee (m) and seconds from lift-off to impact of boosts `(n, p)`; NaN if never."""
    _, burnout = fly_boost(rows, np.zeros(0))
    states = burnout[:, 1:]
    lat, lon, fall_s, _ = fly_to_ground(states, rows[:, COAST_BETA_KG_M2], rtol=_RTOL)
    top_m, _, _ = apogee(states, rows[:, COAST_BETA_KG_M2], rtol=_RTOL)
    down = np.isfinite(lat)
    range_m = np.full(len(rows), np.nan)
    if down.any():
        range_m[down] = geodesic_inverse(rows[down, LAT_RAD], rows[down, LON_RAD], lat[down], lon[down])[0]
    return range_m, top_m, burnout[:, 0] - rows[:, T0_S] + fall_s


def with_longest_range(parameters: Scalar) -> Scalar:
    """The same boost with the kick that carries it farthest over the ground. Raises UsageError if it never flies."""
    kicks = KICKS_RAD
    for _ in range(3):
        range_m, _, _ = flight_by_kick(parameters, kicks)
        if not np.isfinite(range_m).any():
            raise UsageError("no kick brings this boost off the ground and down again; check thrust against weight")
        best = int(np.nanargmax(range_m))
        kicks = np.geomspace(kicks[max(best - 1, 0)], kicks[min(best + 1, len(kicks) - 1)], 21)
    return _with_kick(parameters, kicks[10])


def with_range(parameters: Scalar, range_m: float, *, lofted: bool = False) -> Scalar:
    """The same boost tilted to come down `range_m` away, by the lower arc or by the lofted one.

    Raises UsageError when the vehicle cannot reach so far (or, lofted, cannot come down so near).
    """
    longest = with_longest_range(parameters)
    edge = longest[KICK_RAD]
    # lofted: from nearly vertical to the longest; low: from the longest to the steepest tilt that still flies
    kicks = np.geomspace(1e-5, edge, 61) if lofted else np.geomspace(edge, KICKS_RAD[-1], 121)
    for _ in range(4):
        ranges, _, _ = flight_by_kick(parameters, kicks)
        above = ranges - range_m
        change = np.flatnonzero(np.isfinite(above[:-1] * above[1:]) & (above[:-1] * above[1:] <= 0.0))
        if change.size == 0:
            far = float(np.nanmax(flight_by_kick(longest, np.array([edge]))[0]))
            raise UsageError(
                f"range {range_m / 1e3:.0f} km is out of reach; this boost flies {far / 1e3:.0f} km at most"
            )
        at = int(change[0])
        kicks = np.geomspace(kicks[at], kicks[at + 1], 9)
    return _with_kick(parameters, float(np.sqrt(kicks[3] * kicks[4])))


def with_orbit(parameters: Scalar, height_m: float, *, stage: int = 1) -> Scalar:
    """The same boost steered into a circular orbit `height_m` above the equatorial radius by one of its upper stages.

    Newton on the stage's pitch, pitch rate and burn time until, at its burnout, height, climb and inertial speed are
    those of the orbit; kick and lower stages stay. Raises DidNotConvergeError when it cannot.
    """
    p = np.array(parameters, dtype=float)
    places = [stage_entry(stage, PITCH_RAD), stage_entry(stage, PITCH_RATE_RADPS), stage_entry(stage, BURN_S)]
    steps = np.array([1e-4, 1e-7, 1e-2])
    radius = 6_378_137.0 + height_m
    goal = np.array([radius, 0.0, np.sqrt(EARTH_MU_M3_S2 / radius)])
    scale = np.array([1e3, 1.0, 1.0])
    for _ in range(40):
        tries = np.repeat(p[None, :], 4, axis=0)
        for i in range(3):
            tries[i + 1, places[i]] += steps[i]
        reached = _radius_climb_speed(tries, stage)
        miss = (reached[0] - goal) / scale
        if np.all(np.abs(miss) < 1e-2):
            return p
        slopes = ((reached[1:] - reached[0]) / scale / steps[:, None]).T
        if not np.isfinite(slopes).all() or np.linalg.matrix_rank(slopes * steps) < 3:
            break  # it comes down before the stage, and nothing that the stage does tells
        move = np.linalg.solve(slopes, -miss)
        most = np.array([0.1, 5e-4, 20.0])
        move *= min(1.0, float(np.min(most / np.maximum(np.abs(move), 1e-12))))
        p[places] += move
    raise DidNotConvergeError(
        f"no pitch and burn time of stage {stage + 1} bring this boost to {height_m / 1e3:.0f} km"
    )


def _radius_climb_speed(rows: Rows, stage: int) -> Rows:
    cut = rows.copy()
    cut[:, STAGE_COUNT] = stage + 1
    _, burnout = fly_boost(cut, np.zeros(0))
    position, velocity = burnout[:, 1:4], burnout[:, 4:].copy()
    velocity[:, 0] -= EARTH_SPIN_RADPS * position[:, 1]
    velocity[:, 1] += EARTH_SPIN_RADPS * position[:, 0]
    radius = np.linalg.norm(position, axis=1)
    climb = np.einsum("ij,ij->i", position, velocity) / radius
    return np.stack([radius, climb, np.linalg.norm(velocity, axis=1)], axis=1)


def _with_kick(parameters: Scalar, kick_rad: float) -> Scalar:
    p = np.array(parameters, dtype=float)
    p[KICK_RAD] = kick_rad
    return p
