"""What pulls on a body in the rotating frame: the Earth to J4, Coriolis and centrifugal.

Scalar kernels for compiled loops, and plain functions over any leading shape that compute the same.
"""

from math import sqrt

import numpy as np
from numba import njit

from vedette.core.constants import (
    EARTH_GRAVITY_RADIUS_M,
    EARTH_J2,
    EARTH_J3,
    EARTH_J4,
    EARTH_MU_M3_S2,
    EARTH_SPIN_RADPS,
)
from vedette.core.shapes import Mat33, Vec3

_MU, _R = EARTH_MU_M3_S2, EARTH_GRAVITY_RADIUS_M
_J2, _J3, _J4 = EARTH_J2, EARTH_J3, EARTH_J4
_W = EARTH_SPIN_RADPS


@njit(cache=True, error_model="numpy")
def gravity_kernel(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Gravitation (m/s2, ITRF) of the Earth with J2, J3 and J4 at one ITRF point (m).

    From the gradient of U = mu/r (1 - sum Jn (R/r)^n Pn(sin)); Vallado 2013, section 8.6. Centrifugal is not in it.
    """
    r2 = x * x + y * y + z * z
    r = sqrt(r2)
    s = z / r
    s2 = s * s
    q = _R / r
    j2, j3, j4 = _J2 * q * q, _J3 * q * q * q, _J4 * q * q * q * q
    d2, d3, d4 = 3.0 * s, 7.5 * s2 - 1.5, (17.5 * s2 - 7.5) * s  # derivatives of the Legendre polynomials
    d5 = (39.375 * s2 - 26.25) * s2 + 1.875
    along = _MU / (r2 * r) * (-1.0 + j2 * d3 + j3 * d4 + j4 * d5)  # (n+1) Pn + s Pn' = P'(n+1)
    return along * x, along * y, along * z - _MU / r2 * (j2 * d2 + j3 * d3 + j4 * d4)


@njit(cache=True, error_model="numpy")
def rotation_kernel(x: float, y: float, vx: float, vy: float) -> tuple[float, float]:
    """Coriolis plus centrifugal acceleration (m/s2) in ITRF; it has no part along the pole."""
    return _W * (_W * x + 2.0 * vy), _W * (_W * y - 2.0 * vx)


def gravity_itrf(positions_itrf_m: Vec3) -> Vec3:
    """Gravitation (m/s2) to J4 at ITRF points `(..., 3)` (m); the plain, vectorised twin of the kernel."""
    p = np.asarray(positions_itrf_m, dtype=float)
    r = np.linalg.norm(p, axis=-1)
    s = p[..., 2] / r
    along = -np.ones_like(r)
    polar = np.zeros_like(r)
    q = _R / r
    slopes = {2: 3 * s, 3: 7.5 * s**2 - 1.5, 4: 17.5 * s**3 - 7.5 * s, 5: 39.375 * s**4 - 26.25 * s**2 + 1.875}
    for n, j in ((2, _J2), (3, _J3), (4, _J4)):
        along = along + j * q**n * slopes[n + 1]
        polar = polar + j * q**n * slopes[n]
    acceleration = (_MU / r**3 * along)[..., None] * p
    acceleration[..., 2] -= _MU / r**2 * polar
    return acceleration


def acceleration_itrf(states_itrf: Vec3) -> Vec3:
    """Acceleration (m/s2) of a free body as the rotating Earth sees it: `(..., 6)` states to `(..., 3)`."""
    state = np.asarray(states_itrf, dtype=float)
    acceleration = gravity_itrf(state[..., :3])
    acceleration[..., 0] += _W * (_W * state[..., 0] + 2.0 * state[..., 4])
    acceleration[..., 1] += _W * (_W * state[..., 1] - 2.0 * state[..., 3])
    return acceleration


@njit(cache=True, error_model="numpy")
def gradient_kernel(x: float, y: float, z: float, out: np.ndarray) -> None:
    """Fill `out` (3, 3) with the gradient (1/s2) of gravitation (J2 kept) plus centrifugal at one ITRF point."""
    r2 = x * x + y * y + z * z
    r = sqrt(r2)
    s2 = z * z / r2
    main = _MU / (r2 * r)
    k = 1.5 * _J2 * main * (_R * _R / r2)
    p = (x, y, z)
    for i in range(3):
        c = 3.0 if i == 2 else 1.0
        for j in range(3):
            same = 1.0 if i == j else 0.0
            ds2 = 2.0 / r2 * ((z if j == 2 else 0.0) - s2 * p[j])
            out[i, j] = main * (3.0 * p[i] * p[j] / r2 - same) - k * (
                same * (c - 5.0 * s2) - 5.0 * p[i] * p[j] / r2 * (c - 5.0 * s2) - 5.0 * p[i] * ds2
            )
    out[0, 0] += _W * _W
    out[1, 1] += _W * _W


def gradient_itrf(position_itrf_m: Vec3) -> Mat33:
    """The 3x3 derivative (1/s2) of gravitation plus centrifugal acceleration by position, at one ITRF point (m)."""
    out = np.empty((3, 3))
    x, y, z = (float(v) for v in position_itrf_m)
    gradient_kernel(x, y, z, out)
    return out
