"""Which trial orbits run into the Earth's depths, where no integrator should follow them.

A fit tries wild states on its way; one that falls through the ground meets gravity without bound near the centre, and
an adaptive integrator then takes minutes. Real objects are seen above the ground, so such a trial is wrong in any case.
"""

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS
from vedette.core.shapes import Scalar

DEPTH_RADIUS_M = 5_500e3  # some 860 km under the ground
FASTEST_MPS = 30e3
FARTHEST_M = 1e9


def plunges(state_itrf: Scalar, span_s: float) -> bool:
    """True when a coast of `span_s` seconds (either sign) from an Earth-fixed state (6,) is not worth following.

    Two-body motion decides: below a radius of 5,500 km within the span, faster than 30 km/s, beyond a million
    kilometres, or not finite.
    """
    state = np.asarray(state_itrf, dtype=float)
    if not np.all(np.isfinite(state)):
        return True
    r, v = state[:3], state[3:] + EARTH_SPIN_RADPS * np.array([-state[1], state[0], 0.0])
    r_m, v_mps = float(np.linalg.norm(r)), float(np.linalg.norm(v))
    if not (DEPTH_RADIUS_M <= r_m <= FARTHEST_M and v_mps <= FASTEST_MPS):
        return True
    outward_mps = float(r @ v) / r_m * (1.0 if span_s >= 0 else -1.0)  # in the direction of the coast
    per_a = 2.0 / r_m - v_mps**2 / EARTH_MU_M3_S2
    e = float(np.linalg.norm(np.cross(v, np.cross(r, v)) / EARTH_MU_M3_S2 - r / r_m))
    if per_a <= 0.0:  # an escape comes near once, on the way in
        perigee_m = float(np.sum(np.cross(r, v) ** 2)) / EARTH_MU_M3_S2 / (1.0 + e)
        return perigee_m < DEPTH_RADIUS_M and outward_mps < 0 and v_mps * abs(span_s) > r_m - DEPTH_RADIUS_M
    a_m = 1.0 / per_a
    if a_m * (1.0 - e) >= DEPTH_RADIUS_M:
        return False
    now = _anomaly(r_m, a_m, e)
    now = now if outward_mps >= 0 else 2.0 * np.pi - now
    low = 2.0 * np.pi - _anomaly(DEPTH_RADIUS_M, a_m, e)  # on the way down
    wait_s = ((low - e * np.sin(low)) - (now - e * np.sin(now))) * np.sqrt(a_m**3 / EARTH_MU_M3_S2)
    return bool(wait_s < abs(span_s))


def _anomaly(r_m: float, a_m: float, e: float) -> float:
    """Eccentric anomaly in [0, π] at a radius; clipped where the orbit does not reach it."""
    return float(np.arccos(np.clip((1.0 - r_m / a_m) / max(e, 1e-12), -1.0, 1.0)))
