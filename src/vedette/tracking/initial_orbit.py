"""A first orbit from three positions in one plane: where the orbit fit starts.

Gibbs (1889) for positions well apart, Herrick and Gibbs (1971) for positions close together, as in Vallado,
Fundamentals of Astrodynamics and Applications, algorithms 54 and 55. Both give the velocity at the middle position.
"""

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS
from vedette.core.shapes import Ints, Rows, Scalar, Vec3
from vedette.motion.propagate import propagate_coast
from vedette.tracking.profile.plunge import plunges

WELL_APART_RAD = np.radians(5.0)  # Vallado: Gibbs fails below 1 degree, Herrick-Gibbs loses above 5


def velocity_gibbs(positions_m: Rows, mu_m3_s2: float = EARTH_MU_M3_S2) -> Vec3:
    """Velocity (3,) at the second of three positions (3, 3) of one orbit, by geometry alone; inertial axes."""
    first, second, third = np.asarray(positions_m, dtype=float)
    r1, r2, r3 = (float(np.linalg.norm(p)) for p in (first, second, third))
    z12, z23, z31 = np.cross(first, second), np.cross(second, third), np.cross(third, first)
    n = r1 * z23 + r2 * z31 + r3 * z12
    d = z12 + z23 + z31
    s = (r2 - r3) * first + (r3 - r1) * second + (r1 - r2) * third
    scale = np.sqrt(mu_m3_s2 / (np.linalg.norm(n) * np.linalg.norm(d)))
    return scale * (np.cross(d, second) / r2 + s)


def velocity_herrick_gibbs(positions_m: Rows, times_s: Scalar, mu_m3_s2: float = EARTH_MU_M3_S2) -> Vec3:
    """Velocity (3,) at the second of three close positions (3, 3) by a Taylor series in their times; inertial axes."""
    positions = np.asarray(positions_m, dtype=float)
    t1, t2, t3 = (float(t) for t in times_s)
    t31, t32, t21 = t3 - t1, t3 - t2, t2 - t1
    pull = mu_m3_s2 / (12.0 * np.linalg.norm(positions, axis=1) ** 3)
    weights = np.array(
        [
            -t32 * (1.0 / (t21 * t31) + pull[0]),
            (t32 - t21) * (1.0 / (t21 * t32) + pull[1]),
            t21 * (1.0 / (t32 * t31) + pull[2]),
        ]
    )
    return weights @ positions


def state_from_positions(positions_itrf_m: Rows, t_tai_ns: Ints, t_epoch_tai_ns: int) -> Scalar:
    """Earth-fixed state (6,) at an epoch from Earth-fixed positions (n, 3) at three or more rising instants (n,).

    Uses the first, the middle and the last. Good to what three looks can give; `orbit_fit` makes the best of all.
    """
    distinct = np.unique(np.asarray(t_tai_ns), return_index=True)[1]
    rows = distinct[[0, len(distinct) // 2, len(distinct) - 1]]
    times_s: Scalar = (np.asarray(t_tai_ns)[rows] - int(t_tai_ns[rows[1]])).astype(float) * 1e-9
    positions = _unspun(np.asarray(positions_itrf_m, dtype=float)[rows], times_s)
    units = positions / np.linalg.norm(positions, axis=1, keepdims=True)
    apart_rad = np.arccos(np.clip(min(units[0] @ units[1], units[1] @ units[2]), -1.0, 1.0))
    velocity = velocity_gibbs(positions) if apart_rad > WELL_APART_RAD else velocity_herrick_gibbs(positions, times_s)
    x, y = positions[1, 0], positions[1, 1]
    velocity = velocity - EARTH_SPIN_RADPS * np.array([-y, x, 0.0])
    state = np.concatenate([positions[1], velocity])
    back_s = (t_epoch_tai_ns - int(t_tai_ns[rows[1]])) * 1e-9
    if not plunges(state, back_s):
        return propagate_coast(state, back_s)
    straight_mps = (positions_itrf_m[rows[2]] - positions_itrf_m[rows[0]]) / (times_s[2] - times_s[0])
    return np.concatenate([positions_itrf_m[rows[0]], straight_mps])  # noise drowned the curve: a straight line


def _unspun(positions_itrf_m: Rows, times_s: Scalar) -> Rows:
    """Positions (n, 3) on axes that stand still and are the Earth's at time zero."""
    cos, sin = np.cos(EARTH_SPIN_RADPS * times_s), np.sin(EARTH_SPIN_RADPS * times_s)
    x, y, z = positions_itrf_m.T
    return np.stack([cos * x - sin * y, sin * x + cos * y, z], axis=1)
