"""The one free arc that rises from a place to a height and comes down at a distance, over the turning Earth.

Three figures fix a free flight: how high, how far, which way. The arc found here leaves the ground at the pad as if
thrown, feels gravity to J4 and nothing else, and lands on the WGS-84 ellipsoid; a real flight between the same figures
takes longer, because it is slow while its motor burns (`arc_boosts`).
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS
from vedette.core.shapes import Bools, Rows, Scalar
from vedette.frames.geodesic import geodesic_direct
from vedette.frames.geodesy import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.motion.propagate import apogee, fly_to_ground

_EARTH_M = 6_371_008.8  # mean radius, IUGG 1980: first guesses only
HALF_WAY_ROUND_M = 20_003_931.0  # pole to pole on the ellipsoid: no two places are farther apart


@dataclass(frozen=True, slots=True, eq=False)
class KeplerArcs:
    """Free arcs from one pad, one per bearing `(n,)`; NaN where none exists."""

    bearings_rad: Scalar
    launch_states_itrf: Rows  # at the pad, relative to the rotating Earth
    times_s: Scalar
    impact_lats_rad: Scalar
    impact_lons_rad: Scalar
    misses_m: Scalar  # how far from the asked figures the arc is, on the ground and at the top together

    @property
    def found(self) -> Bools:
        """Which bearings have an arc."""
        return np.isfinite(self.times_s)

    @property
    def speeds_mps(self) -> Scalar:
        """Speed at the pad relative to the rotating Earth: what a burnout on the ground would need."""
        return np.linalg.norm(self.launch_states_itrf[:, 3:], axis=1)

    @property
    def speeds_inertial_mps(self) -> Scalar:
        """Speed at the pad among the stars."""
        return np.linalg.norm(inertial_velocities(self.launch_states_itrf), axis=1)


def inertial_velocities(states_itrf: Rows) -> Rows:
    """Velocities `(..., 3)` among the stars, in ITRF axes, of states relative to the rotating Earth."""
    velocity = np.array(states_itrf[..., 3:])
    velocity[..., 0] -= EARTH_SPIN_RADPS * states_itrf[..., 1]
    velocity[..., 1] += EARTH_SPIN_RADPS * states_itrf[..., 0]
    return velocity


def kepler_arcs(lat_rad: float, lon_rad: float, apogee_m: float, range_m: float, bearings_rad: Scalar) -> KeplerArcs:
    """Free arcs from a pad (height 0) to `apogee_m` over the ellipsoid and down `range_m` away along each bearing.

    Range and bearing are those of the WGS-84 geodesic from pad to impact. The first guess is the ellipse over a round
    Earth with the target carried along by the Earth's turning; Newton's method closes the rest.
    """
    bearings = np.atleast_1d(np.asarray(bearings_rad, dtype=float))
    goal_lat, goal_lon, _ = geodesic_direct(lat_rad, lon_rad, bearings, range_m)
    goals = itrf_from_geodetic(goal_lat, goal_lon, 0.0)
    pad = itrf_from_geodetic(lat_rad, lon_rad, 0.0)
    enu = enu_from_itrf_matrix(lat_rad, lon_rad)
    velocities = _guess(pad, enu, goals, apogee_m)
    times = np.full(len(bearings), np.nan)
    misses = np.full(len(bearings), np.nan)
    step_mps = 0.5
    for _ in range(12):
        tries = velocities[:, None, :] + np.concatenate([np.zeros((1, 3)), np.eye(3) * step_mps])
        states = np.concatenate([np.broadcast_to(pad, tries.shape), np.einsum("ji,...j->...i", enu, tries)], axis=-1)
        miss, times_now = _misses(states, goals, goal_lat, goal_lon, apogee_m)
        slopes = np.swapaxes((miss[:, 1:] - miss[:, :1]) / step_mps, 1, 2)
        good = np.isfinite(slopes).all(axis=(1, 2)) & (np.abs(np.linalg.det(np.nan_to_num(slopes))) > 0.0)
        times, misses = np.where(good, times_now[:, 0], np.nan), np.linalg.norm(miss[:, 0], axis=1)
        if not good.any() or np.nanmax(np.where(good, misses, 0.0)) < 0.01:
            break
        move = np.zeros_like(velocities)
        move[good] = np.linalg.solve(slopes[good], -miss[good, 0, :, None])[..., 0]
        most = 0.15 * np.linalg.norm(velocities, axis=1)
        move *= np.minimum(1.0, most / np.maximum(np.linalg.norm(move, axis=1), 1e-9))[:, None]
        velocities = velocities + move
    one_metre = 1.0
    found = np.isfinite(times) & (misses < one_metre)
    launch = np.concatenate([np.broadcast_to(pad, velocities.shape), velocities @ enu], axis=1)
    return KeplerArcs(
        bearings,
        np.where(found[:, None], launch, np.nan),
        np.where(found, times, np.nan),
        np.where(found, goal_lat, np.nan),
        np.where(found, goal_lon, np.nan),
        misses,
    )


def _misses(states: Rows, goals: Rows, lat: Scalar, lon: Scalar, apogee_m: float) -> tuple[Rows, Scalar]:
    """East, north and height misses (m) of arcs `(n, 4, 6)` from `n` goals, and their times."""
    _, _, times, ends = fly_to_ground(states)
    tops, _, _ = apogee(states)
    level = np.einsum("nij,nkj->nki", enu_from_itrf_matrix(lat, lon), ends[..., :3] - goals[:, None, :])
    return np.stack([level[..., 0], level[..., 1], tops - apogee_m], axis=-1), times


def _guess(pad: Scalar, enu: Rows, goals: Rows, apogee_m: float) -> Rows:
    """East, north, up velocities `(n, 3)` relative to the Earth, from the symmetric ellipse over a round Earth.

    With the half angle `half` seen from the centre, e = (ra - r0) / (ra - r0 cos(half)); speed and climb angle follow
    from the conic at its crossing of the surface (Bate, Mueller and White 1971, section 6.2).
    """
    r0, ra = _EARTH_M, _EARTH_M + apogee_m
    time_s = np.zeros(len(goals))
    velocity = np.zeros_like(goals)
    here = pad / np.linalg.norm(pad)
    for _ in range(4):
        turn = EARTH_SPIN_RADPS * time_s
        there = np.stack(
            [
                np.cos(turn) * goals[:, 0] - np.sin(turn) * goals[:, 1],
                np.sin(turn) * goals[:, 0] + np.cos(turn) * goals[:, 1],
                goals[:, 2],
            ],
            axis=1,
        )
        there /= np.linalg.norm(there, axis=1, keepdims=True)
        half = 0.5 * np.arccos(np.clip(there @ here, -1.0, 1.0))
        e = (ra - r0) / (ra - r0 * np.cos(half))
        a = ra / (1.0 + e)
        speed = np.sqrt(EARTH_MU_M3_S2 * (2.0 / r0 - 1.0 / a))
        climb = np.arctan2(e * np.sin(half), 1.0 - e * np.cos(half))
        # time from the eccentric anomaly of the surface crossing to pi, twice
        anomaly = 2.0 * np.arctan2(np.sqrt(1.0 - e) * np.cos(half / 2.0), np.sqrt(1.0 + e) * np.sin(half / 2.0))
        time_s = 2.0 * np.sqrt(a**3 / EARTH_MU_M3_S2) * (np.pi - anomaly + e * np.sin(anomaly))
        along = there - (there @ here)[:, None] * here
        size = np.linalg.norm(along, axis=1, keepdims=True)
        along = np.where(size > 1e-9, along / np.maximum(size, 1e-12), enu[1])
        velocity = speed[:, None] * (np.cos(climb)[:, None] * along + np.sin(climb)[:, None] * here)
    velocity[:, 0] += EARTH_SPIN_RADPS * pad[1]
    velocity[:, 1] -= EARTH_SPIN_RADPS * pad[0]
    return velocity @ enu.T


def energy_range_m(speed_mps: Scalar | float) -> Scalar:
    """Greatest range (m) over a still, round Earth for a speed at the ground; infinite at orbital speed.

    sin(half) = Q / (2 - Q) with Q = v^2 r / mu (Bate, Mueller and White 1971, eq. 6.2-19).
    """
    q = np.asarray(speed_mps, dtype=float) ** 2 * _EARTH_M / EARTH_MU_M3_S2
    sine = np.where(q < 1.0, q / np.maximum(2.0 - q, 1e-9), 1.0)
    return np.where(q < 1.0, 2.0 * np.arcsin(sine) * _EARTH_M, np.inf)
