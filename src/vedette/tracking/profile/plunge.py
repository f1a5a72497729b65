"""Which trial orbits run into the Earth's depths, where no integrator should follow them.

A fit tries wild states on its way; one that falls through the ground meets gravity without bound near the centre, and
an adaptive integrator then takes minutes. Real objects are seen above the ground, so such a trial is wrong in any case.
"""

from math import acos, isfinite, pi, sin, sqrt

import numpy as np
from numba import njit

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS
from vedette.core.shapes import Scalar

DEPTH_RADIUS_M = 5_500e3  # some 860 km under the ground
FASTEST_MPS = 30e3
FARTHEST_M = 1e9
_MU, _W = EARTH_MU_M3_S2, EARTH_SPIN_RADPS


def plunges(state_itrf: Scalar, span_s: float) -> bool:
    """True when a coast of `span_s` seconds (either sign) from an Earth-fixed state (6,) is not worth following.

    Two-body motion decides: below a radius of 5,500 km within the span, faster than 30 km/s, beyond a million
    kilometres, or not finite. A fit asks at each of its steps, so that this is compiled; `plunges_kernel.py_func` is
    the same in Python.
    """
    return bool(plunges_kernel(np.asarray(state_itrf, dtype=float), float(span_s)))


@njit(cache=True, error_model="numpy")
def plunges_kernel(state: np.ndarray, span_s: float) -> bool:
    for i in range(6):
        if not isfinite(state[i]):
            return True
    x, y, z = state[0], state[1], state[2]
    vx, vy, vz = state[3] - _W * y, state[4] + _W * x, state[5]
    r = sqrt(x * x + y * y + z * z)
    v = sqrt(vx * vx + vy * vy + vz * vz)
    if not (DEPTH_RADIUS_M <= r <= FARTHEST_M and v <= FASTEST_MPS):
        return True
    outward = (x * vx + y * vy + z * vz) / r * (1.0 if span_s >= 0 else -1.0)  # in the direction of the coast
    per_a = 2.0 / r - v * v / _MU
    hx, hy, hz = y * vz - z * vy, z * vx - x * vz, x * vy - y * vx
    ex, ey, ez = (vy * hz - vz * hy) / _MU - x / r, (vz * hx - vx * hz) / _MU - y / r, (vx * hy - vy * hx) / _MU - z / r
    e = sqrt(ex * ex + ey * ey + ez * ez)
    if per_a <= 0.0:  # an escape comes near once, on the way in
        perigee = (hx * hx + hy * hy + hz * hz) / _MU / (1.0 + e)
        return perigee < DEPTH_RADIUS_M and outward < 0 and v * abs(span_s) > r - DEPTH_RADIUS_M
    a = 1.0 / per_a
    if a * (1.0 - e) >= DEPTH_RADIUS_M:
        return False
    now = _anomaly(r, a, e)
    now = now if outward >= 0 else 2.0 * pi - now
    low = 2.0 * pi - _anomaly(DEPTH_RADIUS_M, a, e)  # on the way down
    wait_s = ((low - e * sin(low)) - (now - e * sin(now))) * sqrt(a * a * a / _MU)
    return wait_s < abs(span_s)


@njit(cache=True, error_model="numpy")
def _anomaly(r: float, a: float, e: float) -> float:
    """Eccentric anomaly in [0, π] at a radius; clipped where the orbit does not reach it."""
    return acos(min(max((1.0 - r / a) / max(e, 1e-12), -1.0), 1.0))
