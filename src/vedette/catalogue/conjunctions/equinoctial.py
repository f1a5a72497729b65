"""Two-body motion in equinoctial elements, compiled: in them an orbit's doubt stays Gaussian for long.

Elements: mean motion n (rad/s), af = e cos(perigee + node), ag = e sin(perigee + node), chi = tan(i/2) sin(node), psi =
tan(i/2) cos(node), mean longitude (rad). Broucke and Cefola, Celestial Mechanics 5 (1972); Vallado and Alfano, "Updated
analytical partials for covariance transformations and optimization", AAS 15-537. Only n moves the longitude.
"""

from math import atan2, cos, fabs, sin, sqrt

import numpy as np
from numba import njit

MU = 3.986004418e14  # GM of the Earth, IERS Conventions 2010, as senders of conjunction messages have it
_STEP = 1e-6


@njit(cache=True, error_model="numpy")
def elements_of(x, out):
    """Elements of an inertial state (6,), m and m/s; False where it is not an ellipse, or nearly backwards."""
    r = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    v2 = x[3] * x[3] + x[4] * x[4] + x[5] * x[5]
    energy = 2.0 / r - v2 / MU
    hx, hy, hz = x[1] * x[5] - x[2] * x[4], x[2] * x[3] - x[0] * x[5], x[0] * x[4] - x[1] * x[3]
    h = sqrt(hx * hx + hy * hy + hz * hz)
    if not energy > 0.0 or not h + hz > 1e-6 * h:
        return False
    a = 1.0 / energy
    chi, psi = hx / (h + hz), -hy / (h + hz)
    s = 1.0 + chi * chi + psi * psi
    fx, fy, fz = (1.0 - chi * chi + psi * psi) / s, 2.0 * chi * psi / s, -2.0 * chi / s
    gx, gy, gz = 2.0 * chi * psi / s, (1.0 + chi * chi - psi * psi) / s, 2.0 * psi / s
    ex = (x[4] * hz - x[5] * hy) / MU - x[0] / r
    ey = (x[5] * hx - x[3] * hz) / MU - x[1] / r
    ez = (x[3] * hy - x[4] * hx) / MU - x[2] / r
    af, ag = ex * fx + ey * fy + ez * fz, ex * gx + ey * gy + ez * gz
    e2 = af * af + ag * ag
    if not e2 < 1.0:
        return False
    px, py = x[0] * fx + x[1] * fy + x[2] * fz, x[0] * gx + x[1] * gy + x[2] * gz
    root = sqrt(1.0 - e2)
    b = 1.0 / (1.0 + root)
    cf = af + ((1.0 - af * af * b) * px - af * ag * b * py) / (a * root)
    sf = ag + ((1.0 - ag * ag * b) * py - af * ag * b * px) / (a * root)
    f = atan2(sf, cf)
    out[0], out[1], out[2], out[3], out[4] = sqrt(MU / (a * a * a)), af, ag, chi, psi
    out[5] = f + ag * cf - af * sf
    return True


@njit(cache=True, error_model="numpy")
def state_of(e, t, out):
    """State (6,) of elements t seconds after their epoch; NaN where they are no ellipse."""
    n, af, ag, chi, psi = e[0], e[1], e[2], e[3], e[4]
    e2 = af * af + ag * ag
    if not e2 < 1.0 or not n > 0.0:
        out[:] = np.nan
        return
    longitude = e[5] + n * t
    a = (MU / (n * n)) ** (1.0 / 3.0)
    f = longitude + af * sin(longitude) - ag * cos(longitude)
    c, s = cos(f), sin(f)
    for _ in range(20):
        step = (f + ag * c - af * s - longitude) / (1.0 - ag * s - af * c)
        f -= step
        c, s = cos(f), sin(f)
        if fabs(step) < 1e-9:  # Newton: the next step would be its square
            break
    b = 1.0 / (1.0 + sqrt(1.0 - e2))
    k = af * ag * b
    kx, ky = 1.0 - ag * ag * b, 1.0 - af * af * b
    px, py = a * (kx * c + k * s - af), a * (ky * s + k * c - ag)
    speed = n * a / (1.0 - af * c - ag * s)
    vx, vy = speed * (k * c - kx * s), speed * (ky * c - k * s)
    w = 1.0 / (1.0 + chi * chi + psi * psi)
    fx, fy, fz = (1.0 - chi * chi + psi * psi) * w, 2.0 * chi * psi * w, -2.0 * chi * w
    gx, gy, gz = fy, (1.0 + chi * chi - psi * psi) * w, 2.0 * psi * w
    out[0], out[1], out[2] = px * fx + py * gx, px * fy + py * gy, px * fz + py * gz
    out[3], out[4], out[5] = vx * fx + vy * gx, vx * fy + vy * gy, vx * fz + vy * gz


@njit(cache=True, error_model="numpy")
def slopes_of(e, t, out):
    """(6, 6) how the state at t moves with the elements: central differences, good to nine digits."""
    moved, up, down = e.copy(), np.empty(6), np.empty(6)
    for j in range(6):
        step = _STEP * e[0] if j == 0 else _STEP
        moved[j] = e[j] + step
        state_of(moved, t, up)
        moved[j] = e[j] - step
        state_of(moved, t, down)
        moved[j] = e[j]
        for i in range(6):
            out[i, j] = (up[i] - down[i]) / (2.0 * step)
