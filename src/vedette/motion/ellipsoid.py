"""Where a point stands over the WGS-84 ellipsoid, as scalar kernels for the inner loops of motion.

The floor `frames` has the vectorised geodesy; these are its small change for one point inside a compiled loop.
"""

from math import atan2, cos, sin, sqrt

from numba import njit

from vedette.core.constants import WGS84_A_M, WGS84_B_M, WGS84_E2

_A, _B, _E2 = WGS84_A_M, WGS84_B_M, WGS84_E2


@njit(cache=True, error_model="numpy")
def height_kernel(x: float, y: float, z: float) -> float:
    """Height (m) over the ellipsoid of an ITRF point, to 1e-6 of the height and exact on the surface.

    Distance beyond the ellipse along the radius, times the cosine of the angle between radius and normal.
    """
    level2 = x * x + y * y
    r2 = level2 + z * z
    r = sqrt(r2)
    beyond = r - _A * _B * r / sqrt(_B * _B * level2 + _A * _A * z * z)
    slant = _E2 * sqrt(level2) * z / r2 / (1.0 + beyond / _A)  # small angle between radius and normal
    return beyond * (1.0 - 0.5 * slant * slant)


@njit(cache=True, error_model="numpy")
def up_kernel(x: float, y: float, z: float, height: float) -> tuple[float, float, float]:
    """The unit vector along the outward normal of the ellipsoid below an ITRF point, to a few microradians."""
    uz = z * (_A + height) / (_A * (1.0 - _E2) + height)
    n = sqrt(x * x + y * y + uz * uz)
    return x / n, y / n, uz / n


@njit(cache=True, error_model="numpy")
def geodetic_kernel(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Geodetic latitude (rad), longitude (rad) and height (m); Bowring's formula (1976), iterated twice.

    Within a nanoradian from 100 km below the surface to 40,000 km above it.
    """
    p = sqrt(x * x + y * y)
    t = z * _A / (p * _B + 1e-9)  # tangent of the reduced latitude
    phi_tan_n, phi_tan_d = 0.0, 1.0
    ep2 = _E2 / (1.0 - _E2)
    for _ in range(2):
        c = 1.0 / sqrt(1.0 + t * t)
        s = t * c
        phi_tan_n = z + ep2 * _B * s * s * s
        phi_tan_d = p - _E2 * _A * c * c * c
        t = _B / _A * phi_tan_n / phi_tan_d
    lat = atan2(phi_tan_n, phi_tan_d)
    h = sqrt(phi_tan_n * phi_tan_n + phi_tan_d * phi_tan_d)
    c = phi_tan_d / h
    s = phi_tan_n / h
    height = p * c + z * s - _A * sqrt(1.0 - _E2 * s * s)
    return lat, atan2(y, x), height


@njit(cache=True, error_model="numpy")
def position_kernel(lat: float, lon: float, height: float) -> tuple[float, float, float, float, float, float]:
    """ITRF position (m) of a geodetic point, and the outward normal there."""
    s = sin(lat)
    c = cos(lat)
    n = _A / sqrt(1.0 - _E2 * s * s)
    ux, uy = c * cos(lon), c * sin(lon)
    return (n + height) * ux, (n + height) * uy, (n * (1.0 - _E2) + height) * s, ux, uy, s
