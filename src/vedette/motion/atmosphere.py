"""The U.S. Standard Atmosphere 1976, and the grid of air that the compiled loops read.

An *air grid* is a table `(GRID_ROWS, 4)` over height: ln(density kg/m3), speed of sound m/s, wind towards east m/s,
wind towards north m/s. Filters fly through `standard_air()`, truth through a grid drawn from MSIS with wind
(`scenario.weather`), so one kernel serves both. Rows stand every 200 m to 120 km, then every 4 km to 1,000 km;
between rows all is linear.
"""

from functools import lru_cache
from math import exp

import numpy as np
from numba import njit

from vedette.core.shapes import Rows, Scalar
from vedette.core.tables import table_rows

JET_HEIGHT_M, JET_DEPTH_M = 11e3, 6e3  # where a jet stream blows
FINE_STEP_M, FINE_TOP_M, COARSE_STEP_M, TOP_M = 200.0, 120e3, 4e3, 1000e3
_FINE = int(FINE_TOP_M / FINE_STEP_M)  # index of the row at 120 km
GRID_ROWS = _FINE + int((TOP_M - FINE_TOP_M) / COARSE_STEP_M) + 1

# U.S. Standard Atmosphere 1976, tables 2 and 4: geopotential base (m), temperature (K), lapse (K/m)
_BASES = (
    (0.0, 288.15, -6.5e-3),
    (11e3, 216.65, 0.0),
    (20e3, 216.65, 1.0e-3),
    (32e3, 228.65, 2.8e-3),
    (47e3, 270.65, 0.0),
    (51e3, 270.65, -2.8e-3),
    (71e3, 214.65, -2.0e-3),
)
_R_EARTH_M, _G0, _GAS, _M0 = 6_356_766.0, 9.80665, 8314.32, 28.9644  # that standard's own constants
_GMR = _G0 * _M0 / _GAS  # K/m


def grid_heights_m() -> Scalar:
    """The heights (m over the ellipsoid) of the rows of an air grid, `(GRID_ROWS,)`."""
    fine = np.arange(_FINE) * FINE_STEP_M
    return np.concatenate([fine, np.arange(FINE_TOP_M, TOP_M + 1.0, COARSE_STEP_M)])


def temperature_us76(height_m: Scalar) -> Scalar:
    """Kinetic temperature (K), 0 to 1,000 km geometric height; USSA 1976, eqs. 23, 25, 27, 29, 31."""
    z = np.asarray(height_m, dtype=float)
    h = _R_EARTH_M * z / (_R_EARTH_M + z)
    low = np.zeros_like(z)
    for base, t, lapse in _BASES:
        low = np.where(h >= base, t + lapse * (h - base), low) if base > 0 else t + lapse * (h - base)
    km = z / 1e3
    arc = 263.1905 - 76.3232 * np.sqrt(np.maximum(0.0, 1.0 - ((km - 91.0) / -19.9429) ** 2))
    xi = (km - 120.0) * (6356.766 + 120.0) / (6356.766 + np.maximum(km, 0.0))
    high = 1000.0 - 640.0 * np.exp(-0.01875 * xi)
    above = np.select([km < 91.0, km < 110.0, km < 120.0], [186.8673, arc, 240.0 + 12.0 * (km - 110.0)], high)
    return np.where(z < 86e3, low, above)


def density_us76(height_m: Scalar) -> Scalar:
    """Mass density (kg/m3): exact layers to 86 km, the table above, nothing past 1,000 km.

    Between the table's heights a monotone cubic in ln(density). Below sea level the lowest layer goes on. USSA 1976,
    eqs. 33a, 33b and 42; above 86 km tables I and VIII.
    """
    z = np.asarray(height_m, dtype=float)
    h = _R_EARTH_M * z / (_R_EARTH_M + z)
    pressure, low = 101_325.0, np.zeros_like(z)
    for i, (base, t, lapse) in enumerate(_BASES):
        top = _BASES[i + 1][0] if i + 1 < len(_BASES) else 84_853.0
        d = np.clip(h - base, 0.0 if i else -np.inf, top - base)
        p = pressure * ((1.0 + lapse * d / t) ** (-_GMR / lapse) if lapse else np.exp(-_GMR * d / t))
        rho = p * _M0 / (_GAS * (t + lapse * d))
        low = np.where(h >= base, rho, low) if i else rho
        span = top - base
        pressure *= (1.0 + lapse * span / t) ** (-_GMR / lapse) if lapse else exp(-_GMR * span / t)
    upper = np.exp(_ln_upper(np.clip(z, 86e3, TOP_M)))
    return np.where(z < 86e3, low, np.where(z <= TOP_M, upper, 0.0))


def _ln_upper(height_m: Scalar) -> Scalar:
    """ln(density) by the monotone cubic of Fritsch and Carlson (SIAM J. Numer. Anal. 17, 1980) through the table."""
    x, density = np.array(table_rows("us76_upper.csv"), dtype=float).T
    x, y = x * 1e3, np.log(density)
    h, slope = np.diff(x), np.diff(y) / np.diff(x)
    w1, w2 = 2.0 * h[1:] + h[:-1], h[1:] + 2.0 * h[:-1]
    inner = (w1 + w2) / (w1 / slope[:-1] + w2 / slope[1:])  # every slope falls, so the harmonic mean is safe
    d = np.concatenate([[1.5 * slope[0] - 0.5 * inner[0]], inner, [1.5 * slope[-1] - 0.5 * inner[-1]]])
    i = np.clip(np.searchsorted(x, height_m, side="right") - 1, 0, len(h) - 1)
    t, step = (height_m - x[i]) / h[i], h[i]
    curve = y[i] * (1 + 2 * t) * (1 - t) ** 2 + y[i + 1] * t * t * (3 - 2 * t)
    return curve + step * (d[i] * t * (1 - t) ** 2 - d[i + 1] * t * t * (1 - t))


def sound_speed_us76(height_m: Scalar) -> Scalar:
    """Speed of sound (m/s); USSA 1976, eq. 50. Above 86 km, where the standard has none, the value at 86 km stands."""
    temperature = temperature_us76(np.minimum(np.asarray(height_m, dtype=float), 86e3 - 1e-3))
    return np.sqrt(1.4 * _GAS / _M0 * temperature)


@lru_cache(maxsize=1)
def standard_air() -> Rows:
    """The air grid of the U.S. Standard Atmosphere 1976, without wind; read-only."""
    heights = grid_heights_m()
    zero = np.zeros_like(heights)
    air = np.stack([np.log(density_us76(heights)), sound_speed_us76(heights), zero, zero], axis=-1)
    air.setflags(write=False)
    return air


@njit(cache=True, error_model="numpy")
def jet_kernel(height_m: float) -> float:
    """Wind of a jet stream over that at its middle: a bell in height, as thick as jets are (nothing above 40 km)."""
    off = (height_m - JET_HEIGHT_M) / JET_DEPTH_M
    return exp(-off * off) if height_m < 40e3 else 0.0


@njit(cache=True, error_model="numpy")
def air_index_kernel(height: float) -> tuple[int, float]:
    """Row below a height (m) and the fraction of the way to the next; below the ground the lowest layer goes on."""
    if height < 120e3:
        u = height / 200.0
        i = int(u)
        if u < 0.0:
            i = 0
        return i, u - i
    u = (height - 120e3) / 4e3
    i = int(u)
    if i > 219:
        i = 219
    return 600 + i, u - i


@njit(cache=True, error_model="numpy")
def density_kernel(height: float, air: np.ndarray) -> float:
    """Density (kg/m3) at one height (m) of an air grid; 0 above 1,000 km."""
    if height > 1000e3:
        return 0.0
    if height < -20e3:
        height = -20e3
    i, f = air_index_kernel(height)
    return exp(air[i, 0] + f * (air[i + 1, 0] - air[i, 0]))
