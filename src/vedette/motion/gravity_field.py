"""The Earth's field from spherical harmonics: EGM2008, to degree 20 unless more is asked for, 50 at most.

Cunningham's recursion, as in Montenbruck and Gill, Satellite Orbits (2000), section 3.2.4, eqs. 3.29 to 3.33.
"""

from functools import lru_cache
from math import sqrt

import numpy as np
from numba import njit

from vedette.core.constants import EARTH_GRAVITY_RADIUS_M, EARTH_MU_M3_S2
from vedette.core.errors import UsageError
from vedette.core.shapes import Rows, Vec3
from vedette.core.tables import table_rows

_MU, _R = EARTH_MU_M3_S2, EARTH_GRAVITY_RADIUS_M
MAX_DEGREE = 50  # where the packaged table ends
USUAL_DEGREE = 20
NO_FIELD = np.zeros((2, 0, 0))  # "use J2 to J4" for the kernels that take a field


@lru_cache(maxsize=4)
def field_coefficients(degree: int = USUAL_DEGREE) -> Rows:
    """EGM2008 coefficients, un-normalised, as `(2, degree+1, degree+1)`: `[0, n, m]` is C and `[1, n, m]` is S.

    Raises UsageError above degree 50, where the packaged table ends.
    """
    if not 0 <= degree <= MAX_DEGREE:
        raise UsageError(f"gravity field of degree {degree}; the packaged EGM2008 table goes from 0 to {MAX_DEGREE}")
    field = np.zeros((2, degree + 1, degree + 1))
    field[0, 0, 0] = 1.0
    for n_text, m_text, c_text, s_text in table_rows("egm2008_degree50.csv"):
        n, m = int(n_text), int(m_text)
        if n > degree:
            continue
        ratio = 1.0
        for i in range(n - m + 1, n + m + 1):
            ratio /= i  # (n-m)! / (n+m)!
        scale = sqrt((1 if m == 0 else 2) * (2 * n + 1) * ratio)
        field[:, n, m] = float(c_text) * scale, float(s_text) * scale
    field.setflags(write=False)
    return field


@njit(cache=True, error_model="numpy")
def field_kernel(x: float, y: float, z: float, field: np.ndarray, work: np.ndarray) -> tuple[float, float, float]:
    """Gravitation (m/s2, ITRF) at one point from the field; `work` is scratch of `(2, degree+2, degree+2)`."""
    n_max = field.shape[1] - 1
    r2 = x * x + y * y + z * z
    rho = _R * _R / r2
    x0, y0, z0 = _R * x / r2, _R * y / r2, _R * z / r2
    v, w = work[0], work[1]
    v[0, 0] = _R / sqrt(r2)
    w[0, 0] = 0.0
    for m in range(n_max + 2):
        if m > 0:
            v[m, m] = (2 * m - 1) * (x0 * v[m - 1, m - 1] - y0 * w[m - 1, m - 1])
            w[m, m] = (2 * m - 1) * (x0 * w[m - 1, m - 1] + y0 * v[m - 1, m - 1])
        if m + 1 <= n_max + 1:
            v[m + 1, m] = (2 * m + 1) * z0 * v[m, m]
            w[m + 1, m] = (2 * m + 1) * z0 * w[m, m]
        for n in range(m + 2, n_max + 2):
            a, b = (2 * n - 1) / (n - m) * z0, (n + m - 1) / (n - m) * rho
            v[n, m] = a * v[n - 1, m] - b * v[n - 2, m]
            w[n, m] = a * w[n - 1, m] - b * w[n - 2, m]
    ax, ay, az = 0.0, 0.0, 0.0
    for n in range(n_max, -1, -1):  # small terms first
        c = field[0, n, 0]
        ax -= c * v[n + 1, 1]
        ay -= c * w[n + 1, 1]
        az -= (n + 1) * c * v[n + 1, 0]
        for m in range(1, n + 1):
            c, s = field[0, n, m], field[1, n, m]
            f = 0.5 * (n - m + 1) * (n - m + 2)
            vp, wp, vm, wm = v[n + 1, m + 1], w[n + 1, m + 1], v[n + 1, m - 1], w[n + 1, m - 1]
            ax += 0.5 * (-c * vp - s * wp) + f * (c * vm + s * wm)
            ay += 0.5 * (-c * wp + s * vp) + f * (-c * wm + s * vm)
            az += (n - m + 1) * (-c * v[n + 1, m] - s * w[n + 1, m])
    g = _MU / (_R * _R)
    return g * ax, g * ay, g * az


def gravity_field_itrf(positions_itrf_m: Vec3, degree: int = USUAL_DEGREE) -> Vec3:
    """Gravitation (m/s2) at ITRF points `(..., 3)` (m) from EGM2008 to `degree`; centrifugal is not in it."""
    points = np.asarray(positions_itrf_m, dtype=float)
    field = field_coefficients(degree)
    work = np.empty((2, degree + 2, degree + 2))
    rows = [field_kernel(*(float(v) for v in p), field, work) for p in points.reshape(-1, 3)]
    return np.array(rows).reshape(points.shape)
