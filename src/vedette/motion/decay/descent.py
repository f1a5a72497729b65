"""From an orbit's averages to the hour it comes down: one descent, and many at once."""

from math import sqrt

import numpy as np
from numba import njit

from vedette.core.constants import EARTH_GRAVITY_RADIUS_M, EARTH_MU_M3_S2
from vedette.core.shapes import Rows, Scalar
from vedette.motion.decay.mean_rates import mean_rates_kernel

_MU, _R = EARTH_MU_M3_S2, EARTH_GRAVITY_RADIUS_M
_DAY_S = 86400.0
STEP_DAYS = 0.2  # the Moon moves less than three degrees
_SHARE = 0.15  # of a scale height that the orbit may sink in a step
_LAST_HEIGHT_M = 105e3  # mean height at which a round orbit has minutes left
_LAST_PERIGEE_M = 74e3


@njit(cache=True, error_model="numpy")
def descend_kernel(
    state: np.ndarray,
    days: float,
    area_to_mass: float,
    ln_air: np.ndarray,
    air_days: float,
    ln_factor: np.ndarray,
    bodies: np.ndarray,
    body_days: float,
    kept: np.ndarray,
) -> tuple[float, int]:
    """Carries `[h, e, M]` on from day 0 in place; (the day it came down, or infinity; how many rows were kept).

    ln_air : a grid `air_days` apart from day 0 on; ln_factor : what multiplies it, as often, for this descent
    bodies : (instants, 6) Sun and Moon, `body_days` apart
    kept : (n, 8) day and state at every step while there is room; the last row is the end
    """
    day = 0.0
    slope = np.empty(7)
    half = np.empty(7)
    middle = np.empty(7)
    count = 0
    while day < days:
        if count < kept.shape[0]:
            kept[count, 0] = day
            kept[count, 1:] = state
            count += 1
        hh2 = state[0] * state[0] + state[1] * state[1] + state[2] * state[2]
        e2 = state[3] * state[3] + state[4] * state[4] + state[5] * state[5]
        p = hh2 / _MU
        a = p / (1.0 - e2)
        perigee = a * (1.0 - sqrt(e2)) - _R
        if a - _R < _LAST_HEIGHT_M or perigee < _LAST_PERIGEE_M or not e2 < 1.0:
            return day, count
        _rates(state, area_to_mass, ln_air, day / air_days, ln_factor, bodies, day / body_days, slope)
        # the sinking of perigee and of the axis, against how fast the air thins there
        dh2 = 2.0 * (state[0] * slope[0] + state[1] * slope[1] + state[2] * slope[2])
        de2 = 2.0 * (state[3] * slope[3] + state[4] * slope[4] + state[5] * slope[5])
        da = dh2 / _MU / (1.0 - e2) + p * de2 / (1.0 - e2) ** 2
        scale = 6e3 if perigee < 140e3 else 20e3
        sinking = abs(da)
        if e2 > 1e-4:  # an eccentric orbit loses its apogee first: the axis may fall by more
            scale = max(scale, 0.02 * a * sqrt(e2))
        step = min(STEP_DAYS * _DAY_S, _SHARE * scale / (sinking + 1e-12))
        step = max(step, 20.0)
        for i in range(7):
            half[i] = state[i] + 0.5 * step * slope[i]
        at = day + 0.5 * step / _DAY_S
        _rates(half, area_to_mass, ln_air, at / air_days, ln_factor, bodies, at / body_days, middle)
        for i in range(7):
            state[i] += step * middle[i]
        day += step / _DAY_S
    return np.inf, count


@njit(cache=True, error_model="numpy")
def _rates(
    state: np.ndarray,
    area_to_mass: float,
    ln_air: np.ndarray,
    air_index: float,
    ln_factor: np.ndarray,
    bodies: np.ndarray,
    body_index: float,
    out: np.ndarray,
) -> None:
    k = min(int(body_index), bodies.shape[0] - 2)
    f = body_index - k
    sun = bodies[k, :3] + f * (bodies[k + 1, :3] - bodies[k, :3])
    moon = bodies[k, 3:] + f * (bodies[k + 1, 3:] - bodies[k, 3:])
    i = min(int(air_index), ln_factor.shape[0] - 1)
    mean_rates_kernel(state, area_to_mass * np.exp(ln_factor[i]), ln_air, air_index, sun, moon, out)


@njit(cache=True, error_model="numpy")
def descents_kernel(
    state: np.ndarray,
    days: float,
    area_to_mass: np.ndarray,
    ln_air: np.ndarray,
    air_days: float,
    ln_factors: np.ndarray,
    bodies: np.ndarray,
    body_days: float,
) -> np.ndarray:
    """(n,) days of many descents from one state, each with its own ratio and its own air."""
    out = np.empty(area_to_mass.size)
    nothing = np.empty((0, 8))
    for k in range(out.size):
        out[k], _ = descend_kernel(
            state.copy(), days, area_to_mass[k], ln_air, air_days, ln_factors[k], bodies, body_days, nothing
        )
    return out


def mean_state(
    axis_m: Scalar | float,
    eccentricity: Scalar | float,
    inclination_rad: Scalar | float,
    node_rad: Scalar | float,
    perigee_argument_rad: Scalar | float,
    mean_anomaly_rad: Scalar | float,
) -> Rows:
    """`[h, e, M]` of mean elements; any leading shape."""
    a, e, i, node, w, m = np.broadcast_arrays(
        axis_m, eccentricity, inclination_rad, node_rad, perigee_argument_rad, mean_anomaly_rad
    )
    size = np.sqrt(_MU * a * (1.0 - e * e))
    out = np.empty((*a.shape, 7))
    out[..., 0] = size * np.sin(i) * np.sin(node)
    out[..., 1] = -size * np.sin(i) * np.cos(node)
    out[..., 2] = size * np.cos(i)
    out[..., 3] = e * (np.cos(node) * np.cos(w) - np.sin(node) * np.sin(w) * np.cos(i))
    out[..., 4] = e * (np.sin(node) * np.cos(w) + np.cos(node) * np.sin(w) * np.cos(i))
    out[..., 5] = e * np.sin(w) * np.sin(i)
    out[..., 6] = m
    return out
