"""The Earth's pull and its gradient as plain dot products: one pass over normalised harmonics.

The derivative of a harmonic of degree n is a sum of harmonics of degree n + 1 (Cunningham 1970; Montenbruck and Gill
2000, eqs. 3.33 and 7.65). So each component of the acceleration is itself a series, with coefficients that do not
depend on the place and are made once; each component of its gradient likewise, two degrees up. What is left for the
inner loop is the recursion along the order, which the compiler turns into vector instructions.

Packed series: `(2 + 2 c, N + 1, N + 1)` with the recursion factors a and b first (those of the diagonal on the diagonal
of a), then C and S of c components, all fully normalised.
"""

from functools import lru_cache
from math import factorial, sqrt

import numpy as np
from numba import njit

from vedette.core.constants import EARTH_GRAVITY_RADIUS_M, EARTH_MU_M3_S2
from vedette.core.shapes import Mat33, Rows, Vec3
from vedette.motion.gravity_field import field_coefficients

_MU, _R = EARTH_MU_M3_S2, EARTH_GRAVITY_RADIUS_M
FREE_SUMS = {"reassoc", "contract", "arcp", "nsz"}  # reorder sums, but keep NaN a NaN


@lru_cache(maxsize=8)
def pull_series(degree: int, order: int | None = None) -> Rows:
    """Series of the three components of gravitation (m/s2) from EGM2008 to `degree` (2 to 50) and `order`."""
    parts = _parts(degree, order)
    unit = _MU / _R**2
    return _packed([_derivative(parts, axis) for axis in "xyz"], degree + 1, unit)


@lru_cache(maxsize=8)
def bend_series(degree: int, order: int | None = None) -> Rows:
    """Series of xx, xy, xz, yy, yz of the gradient of gravitation (1/s2); zz is what makes the trace zero."""
    first = {axis: _derivative(_parts(degree, order), axis) for axis in "xy"}
    pairs = (("x", "x"), ("x", "y"), ("x", "z"), ("y", "y"), ("y", "z"))
    return _packed([_derivative(first[one], two) for one, two in pairs], degree + 2, _MU / _R**3)


def _parts(degree: int, order: int | None) -> Rows:
    """Un-normalised C and S as one complex array C - iS, orders above `order` dropped."""
    field = field_coefficients(degree)
    series = field[0] - 1j * field[1]
    if order is not None:
        series[:, order + 1 :] = 0.0
    return series


def _derivative(series: Rows, axis: str) -> Rows:
    """The series of R times the derivative by x, y or z of a sum of Re[(C - iS)(V + iW)]; one degree more."""
    size = series.shape[0]
    out = np.zeros((size + 1, size + 1), dtype=complex)
    for n in range(size):
        for m in range(n + 1):
            c = series[n, m]
            if c == 0.0:
                continue
            if axis == "z":
                out[n + 1, m] -= (n - m + 1) * c
            elif m == 0:
                out[n + 1, 1] += -c.real if axis == "x" else 1j * c.real
            else:
                f = 0.5 * (n - m + 1) * (n - m + 2)
                out[n + 1, m + 1] += 0.5 * c * (-1.0 if axis == "x" else 1j)
                out[n + 1, m - 1] += f * c * (1.0 if axis == "x" else 1j)
    out[:, 0] = out[:, 0].real  # W of order 0 is nothing
    return out


def _packed(components: list[Rows], top: int, unit: float) -> Rows:
    packed = np.zeros((2 + 2 * len(components), top + 1, top + 1))
    for n in range(1, top + 1):
        packed[0, n, n] = sqrt(3.0) if n == 1 else sqrt((2 * n + 1) / (2 * n))
        for m in range(n):
            packed[0, n, m] = sqrt((2 * n + 1) * (2 * n - 1) / ((n - m) * (n + m)))
            if n - m > 1:
                packed[1, n, m] = sqrt(
                    (2 * n + 1) * (n + m - 1) * (n - m - 1) / ((2 * n - 3) * (n - m) * (n + m))
                )
    for i, series in enumerate(components):
        for n in range(top + 1):
            for m in range(n + 1):
                norm = sqrt((1 if m == 0 else 2) * (2 * n + 1) * (factorial(n - m) / factorial(n + m)))
                packed[2 + 2 * i, n, m] = unit * series[n, m].real / norm
                packed[3 + 2 * i, n, m] = -unit * series[n, m].imag / norm
    packed.setflags(write=False)
    return packed


@njit(cache=True, error_model="numpy", fastmath=FREE_SUMS)
def pull_kernel(x: float, y: float, z: float, series: np.ndarray, work: np.ndarray) -> tuple[float, float, float]:
    """Gravitation (m/s2, ITRF) at one ITRF point (m). `work` is `(6, N + 2)` scratch or wider."""
    top = series.shape[1] - 1
    r2 = x * x + y * y + z * z
    rho = _R * _R / r2
    x0, y0, z0 = _R * x / r2, _R * y / r2, _R * z / r2
    work[:, : top + 1] = 0.0
    work[0, 0] = _R / sqrt(r2)
    ax, ay, az = series[2, 0, 0] * work[0, 0], series[4, 0, 0] * work[0, 0], series[6, 0, 0] * work[0, 0]
    old, one, new = 2, 0, 1
    for n in range(1, top + 1):
        v, w, v1, w1, v2, w2 = work[new], work[new + 3], work[one], work[one + 3], work[old], work[old + 3]
        a, b = series[0, n], series[1, n]
        cx, sx, cy, sy, cz, sz = series[2, n], series[3, n], series[4, n], series[5, n], series[6, n], series[7, n]
        for m in range(n):
            f, g = a[m] * z0, b[m] * rho
            vm = f * v1[m] - g * v2[m]
            wm = f * w1[m] - g * w2[m]
            v[m], w[m] = vm, wm
            ax += cx[m] * vm + sx[m] * wm
            ay += cy[m] * vm + sy[m] * wm
            az += cz[m] * vm + sz[m] * wm
        vm = a[n] * (x0 * v1[n - 1] - y0 * w1[n - 1])
        wm = a[n] * (x0 * w1[n - 1] + y0 * v1[n - 1])
        v[n], w[n] = vm, wm
        ax += cx[n] * vm + sx[n] * wm
        ay += cy[n] * vm + sy[n] * wm
        az += cz[n] * vm + sz[n] * wm
        old, one, new = one, new, old
    return ax, ay, az


@njit(cache=True, error_model="numpy", fastmath=FREE_SUMS)
def bend_kernel(x: float, y: float, z: float, series: np.ndarray, work: np.ndarray, out: np.ndarray) -> None:
    """Fill `out` (3, 3) with the gradient of gravitation (1/s2, ITRF) at one ITRF point (m)."""
    top = series.shape[1] - 1
    r2 = x * x + y * y + z * z
    rho = _R * _R / r2
    x0, y0, z0 = _R * x / r2, _R * y / r2, _R * z / r2
    work[:, : top + 1] = 0.0
    work[0, 0] = _R / sqrt(r2)
    xx, xy, xz, yy, yz = 0.0, 0.0, 0.0, 0.0, 0.0
    old, one, new = 2, 0, 1
    for n in range(1, top + 1):
        v, w, v1, w1, v2, w2 = work[new], work[new + 3], work[one], work[one + 3], work[old], work[old + 3]
        a, b = series[0, n], series[1, n]
        for m in range(n):
            f, g = a[m] * z0, b[m] * rho
            v[m] = f * v1[m] - g * v2[m]
            w[m] = f * w1[m] - g * w2[m]
        v[n] = a[n] * (x0 * v1[n - 1] - y0 * w1[n - 1])
        w[n] = a[n] * (x0 * w1[n - 1] + y0 * v1[n - 1])
        for m in range(n + 1):
            vm, wm = v[m], w[m]
            xx += series[2, n, m] * vm + series[3, n, m] * wm
            xy += series[4, n, m] * vm + series[5, n, m] * wm
            xz += series[6, n, m] * vm + series[7, n, m] * wm
            yy += series[8, n, m] * vm + series[9, n, m] * wm
            yz += series[10, n, m] * vm + series[11, n, m] * wm
        old, one, new = one, new, old
    out[0, 0], out[0, 1], out[0, 2] = xx, xy, xz
    out[1, 0], out[1, 1], out[1, 2] = xy, yy, yz
    out[2, 0], out[2, 1], out[2, 2] = xz, yz, -xx - yy


@njit(cache=True, error_model="numpy")
def _pull_rows(points: np.ndarray, series: np.ndarray, out: np.ndarray) -> None:
    work = np.zeros((6, series.shape[1] + 1))
    for i in range(points.shape[0]):
        out[i, 0], out[i, 1], out[i, 2] = pull_kernel(points[i, 0], points[i, 1], points[i, 2], series, work)


def pull_itrf(positions_itrf_m: Vec3, degree: int, order: int | None = None) -> Vec3:
    """Gravitation (m/s2) at ITRF points `(..., 3)` (m), EGM2008 to `degree` and `order`; centrifugal is not in it."""
    points = np.ascontiguousarray(positions_itrf_m, dtype=float)
    out = np.empty_like(points.reshape(-1, 3))
    _pull_rows(points.reshape(-1, 3), pull_series(degree, order), out)
    return out.reshape(points.shape)


def bend_itrf(position_itrf_m: Vec3, degree: int) -> Mat33:
    """The 3x3 gradient (1/s2) of gravitation at one ITRF point (m)."""
    out = np.empty((3, 3))
    x, y, z = (float(v) for v in position_itrf_m)
    series = bend_series(degree)
    bend_kernel(x, y, z, series, np.zeros((6, series.shape[1] + 1)), out)
    return out
