"""How the sigma points of tracks fly for a few seconds: the compiled inner loop of prediction.

Fixed Runge-Kutta steps, because every point of one track must take the same steps for the spread to be smooth. Forces:
the Earth to J4 and its rotation; while boosting a specific thrust along the velocity that grows as mass leaves, or one
that stays, of an upper stage; on the way down drag in the standard atmosphere. Aircraft
and ships feel what keeps them level. `fly_points.py_func` is the plain twin.
"""

import numpy as np
from numba import njit

from vedette.core.constants import WGS84_A_M, WGS84_B_M
from vedette.motion.atmosphere import density_kernel
from vedette.motion.ellipsoid import height_kernel
from vedette.motion.gravity import gravity_kernel, rotation_kernel

COAST, BOOST, ENTRY, STEADY, LEVEL, TURN = 0, 1, 2, 3, 4, 5
STATE_SIZE = 8  # position, velocity, specific thrust (m/s2), ln of the ballistic coefficient in kg/m2
THRUST, LN_BETA = 6, 7
# STEADY has a thrust of its own where ENTRY has ln beta, so that a stage after another begins from what stages do and
# not from the thrust of the one before: this many m/s2, and this many more for each unit above `STEADY_ZERO`
STEADY_ZERO, STEADY_MPS2, STEADY_SCALE_MPS2 = float(np.log(3000.0)), 38.0, 18.0
# TURN has its rate, positive to the left seen from above, where BOOST has thrust
TURN_ZERO, TURN_SCALE_RAD_S = 28.0, 0.04 / 15.0
FLAT, STEEP = 1.0 / WGS84_A_M**2, 1.0 / WGS84_B_M**2
EXHAUST_MPS = 2600.0  # effective; it only says how the specific thrust grows, s' = s² / c
DRAG_TOP_M = 150e3
MOST_THRUST_MPS2 = 150.0  # fifteen times gravity: beyond any launcher, and the growth law would run away
FASTEST_BRAKING_1_S = 1.0  # no body loses its speed in under a second; keeps absurd sigma points integrable


@njit(cache=True)
def turn_rate(component: float) -> float:
    """Turn rate in rad/s, kept within what any aircraft does, from where TURN keeps it."""
    return min(max((component - TURN_ZERO) * TURN_SCALE_RAD_S, -0.5), 0.5)


@njit(cache=True)
def level_slope(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, rate: float
) -> tuple[float, float, float]:
    """Acceleration of a body that keeps its height or climb over the turning Earth and turns about the vertical.

    It moves on the ellipsoid through it that has the Earth's shape, as a geodesic does there.
    """
    nx, ny, nz = FLAT * x, FLAT * y, STEEP * z
    length = np.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx / length, ny / length, nz / length
    pull = -(FLAT * (vx * vx + vy * vy) + STEEP * vz * vz) / length
    rise = nx * vx + ny * vy + nz * vz  # what climbs does not curve
    hx, hy, hz = vx - rise * nx, vy - rise * ny, vz - rise * nz
    return (
        pull * nx + rate * (ny * hz - nz * hy), pull * ny + rate * (nz * hx - nx * hz),
        pull * nz + rate * (nx * hy - ny * hx),
    )  # fmt: skip


@njit(cache=True)
def _slope(y: np.ndarray, mode: int, air: np.ndarray, out: np.ndarray) -> None:
    """Time derivative of one eight-component state."""
    ax, ay, az = gravity_kernel(y[0], y[1], y[2])
    cx, cy = rotation_kernel(y[0], y[1], y[3], y[4])
    ax, ay = ax + cx, ay + cy
    out[0], out[1], out[2] = y[3], y[4], y[5]
    out[6], out[7] = 0.0, 0.0
    speed = np.sqrt(y[3] * y[3] + y[4] * y[4] + y[5] * y[5]) + 1.0  # 1 m/s: no direction at rest
    if mode == BOOST:
        thrust = min(max(y[6], -MOST_THRUST_MPS2), MOST_THRUST_MPS2)
        push = thrust / speed
        ax, ay, az = ax + push * y[3], ay + push * y[4], az + push * y[5]
        if abs(y[6]) < MOST_THRUST_MPS2:
            out[6] = thrust * abs(thrust) / EXHAUST_MPS
    elif mode in (LEVEL, TURN):
        ax, ay, az = level_slope(y[0], y[1], y[2], y[3], y[4], y[5], turn_rate(y[6]) if mode == TURN else 0.0)
    elif mode == STEADY:
        push = (STEADY_MPS2 + STEADY_SCALE_MPS2 * (y[7] - STEADY_ZERO)) / speed
        ax, ay, az = ax + push * y[3], ay + push * y[4], az + push * y[5]
    elif mode == ENTRY:
        height = height_kernel(y[0], y[1], y[2])
        if height < DRAG_TOP_M:
            pull = -min(0.5 * density_kernel(max(height, 0.0), air) * speed / np.exp(y[7]), FASTEST_BRAKING_1_S)
            ax, ay, az = ax + pull * y[3], ay + pull * y[4], az + pull * y[5]
    out[3], out[4], out[5] = ax, ay, az


@njit(cache=True)
def fly_points(states: np.ndarray, dt_s: float, mode: int, air: np.ndarray, out: np.ndarray) -> None:
    """Fly every row of `states` (k, 8), ITRF, for dt_s in one mode (COAST to TURN) into `out`."""
    longest = 10.0 if mode in (COAST, LEVEL) else (1.0 if mode == ENTRY else 2.0)
    count = max(1, int(np.ceil(abs(dt_s) / longest)))
    h = dt_s / count
    a, b, c, d = np.empty(8), np.empty(8), np.empty(8), np.empty(8)
    y, w = np.empty(8), np.empty(8)
    for row in range(states.shape[0]):
        for i in range(8):
            y[i] = states[row, i]
        for _ in range(count):
            _slope(y, mode, air, a)
            for i in range(8):
                w[i] = y[i] + 0.5 * h * a[i]
            _slope(w, mode, air, b)
            for i in range(8):
                w[i] = y[i] + 0.5 * h * b[i]
            _slope(w, mode, air, c)
            for i in range(8):
                w[i] = y[i] + h * c[i]
            _slope(w, mode, air, d)
            for i in range(8):
                y[i] += h / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i])
        for i in range(8):
            out[row, i] = y[i]
