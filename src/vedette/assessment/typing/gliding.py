"""Flight that the air carries: a body thrown flat that pulls up and glides, as a point with lift and drag.

Lift is asked for so that the way bends towards the equilibrium glide (lift, centrifugal force and weight in balance;
Eggers, Allen and Neice, NACA TR 1381, 1958) and is bounded by what the air gives: lift over drag, and a ballistic
coefficient. Round Earth, exponential air; good to tell what a glide looks like, not to predict one.
"""

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2
from vedette.core.shapes import Rows, Scalar

_EARTH_M = 6_371_008.8
_DENSITY, _SCALE_M = 1.4, 7_100.0  # kg/m3 and m: the exponential that is good between 20 and 80 km
_STEP_S = 2.0
_SETTLE_S = 12.0  # how quickly the way is bent towards level
LIFT_OVER_DRAG = (1.5, 3.5)  # published estimates for boost-glide bodies: Acton, Science & Global Security 23 (2015)
BETA_KG_M2 = (3_000.0, 14_000.0)
_TURN_TOP_MPS2 = 120.0
_SLOWEST_MPS = 500.0


def glide_after(states_itrf: Rows, start_s: Scalar, times_s: Scalar, rng: np.random.Generator) -> Rows:
    """(n, t, 6) states at times (t,) of bodies released at start_s; NaN before, and when slow or down."""
    n = len(states_itrf)
    lift_drag = rng.uniform(*LIFT_OVER_DRAG, n)
    beta = np.exp(rng.uniform(np.log(BETA_KG_M2[0]), np.log(BETA_KG_M2[1]), n))
    weave = rng.uniform(0.0, 0.35, n)  # of the asked-for lift, slowly up and down: no glide is quite even
    period_s = rng.uniform(60.0, 200.0, n)
    steps = np.arange(0.0, float(times_s.max() - start_s.min()) + 2.0 * _STEP_S, _STEP_S)
    made = np.full((n, len(steps), 6), np.nan)
    y = states_itrf.copy()
    for i, t in enumerate(steps):
        made[:, i] = y
        ask = 1.0 + weave * np.sin(2.0 * np.pi * t / period_s)
        k1 = _slope(y, lift_drag, beta, ask)
        k2 = _slope(y + 0.5 * _STEP_S * k1, lift_drag, beta, ask)
        y = y + _STEP_S * k2
        done = (np.linalg.norm(y[:, :3], axis=1) < _EARTH_M + 12e3) | (np.linalg.norm(y[:, 3:], axis=1) < _SLOWEST_MPS)
        y[done] = np.nan
        if not np.isfinite(y[:, 0]).any():
            break
    since = (times_s[None] - start_s[:, None]) / _STEP_S
    low = np.clip(since.astype(np.int64), 0, len(steps) - 2)
    share = (since - low)[..., None]
    row = np.arange(n)[:, None]
    out = made[row, low] * (1.0 - share) + made[row, low + 1] * share
    return np.where((since >= 0.0)[..., None], out, np.nan)


def _slope(y: Rows, lift_drag: Scalar, beta: Scalar, ask: Scalar) -> Rows:
    position, velocity = y[:, :3], y[:, 3:]
    radius = np.linalg.norm(position, axis=1)
    speed = np.linalg.norm(velocity, axis=1)
    up = position / radius[:, None]
    ahead = velocity / np.maximum(speed, 1.0)[:, None]
    gravity = EARTH_MU_M3_S2 / radius**2
    sine = np.sum(up * ahead, axis=1)
    above = up - sine[:, None] * ahead
    above /= np.maximum(np.linalg.norm(above, axis=1), 1e-6)[:, None]
    air = 0.5 * _DENSITY * np.exp(-(radius - _EARTH_M) / _SCALE_M) * speed**2 / beta  # m/s2
    cosine = np.sqrt(np.maximum(1.0 - sine**2, 0.0))
    needed = (gravity - speed**2 / radius) * cosine * ask - speed * np.arcsin(np.clip(sine, -1, 1)) / _SETTLE_S
    lift = np.clip(needed, 0.0, np.minimum(lift_drag * air, _TURN_TOP_MPS2))
    push = lift[:, None] * above - air[:, None] * ahead - gravity[:, None] * up
    return np.concatenate([velocity, push], axis=1)
