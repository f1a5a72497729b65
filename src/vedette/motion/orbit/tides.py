"""What tides of the solid Earth and of the pole add to the degree-2 coefficients of its field.

IERS Conventions 2010 (Petit and Luzum, eds.), chapter 6: the first step with the anelastic Love numbers of table 6.3,
the largest terms of the second step (table 6.5a, the K1 group), the solid pole tide (eq. 6.22) and the ocean's answer
to it (eq. 6.24, its C21 and S21). Ocean tides are not here.
"""

from math import sqrt

import numpy as np

from vedette.core.constants import EARTH_GRAVITY_RADIUS_M, EARTH_MU_M3_S2
from vedette.core.shapes import Ints, Rows
from vedette.frames import EarthOrientation
from vedette.frames.orientation import ARCSEC_RAD
from vedette.motion.orbit.settings import MOON_MU_M3_S2, SUN_MU_M3_S2
from vedette.time import jd_tt_from_tai_ns, jd_ut1_from_tai_ns

# Love numbers of degree 2 by order, anelastic Earth (table 6.3)
_LOVE = (0.30190 + 0.0j, 0.29830 - 0.00144j, 0.30102 - 0.00130j)
# table 6.5a: Doodson's multipliers of l, l', F, D, Omega, amplitude in phase and out of phase (1e-12)
_DIURNAL = (
    ((0, 0, 2, 0, 2), -6.8, 0.6),  # O1
    ((0, 0, 2, -2, 2), -43.4, 2.9),  # P1
    ((0, 0, 0, 0, -1), -8.8, 0.5),
    ((0, 0, 0, 0, 0), 470.9, -30.2),  # K1
    ((0, 0, 0, 0, 1), 68.1, -4.6),
    ((0, -1, 0, 0, 0), -20.6, -0.3),  # psi1
    ((0, 0, -2, 2, -2), -5.0, 0.3),  # phi1
)


def tide_terms(t_tai_ns: Ints, knots: Rows, itrf_from_gcrf: Rows, earth_orientation: EarthOrientation) -> Rows:
    """Un-normalised additions to C20, C21, S21, C22, S22 at instants `(n,)`: `(n, 5)`.

    `knots` holds Sun and Moon (gcrf, m) in columns 5 to 10; `itrf_from_gcrf` the rotations at the same instants.
    """
    total = np.zeros((len(t_tai_ns), 3), dtype=complex)  # normalised C - iS by order
    for column, mu in ((5, SUN_MU_M3_S2), (8, MOON_MU_M3_S2)):
        p = np.einsum("nij,nj->ni", itrf_from_gcrf, knots[:, column : column + 3])
        r = np.linalg.norm(p, axis=1)
        sin_lat = p[:, 2] / r
        cos_lat = np.sqrt(1.0 - sin_lat**2)
        west = np.exp(-1j * np.arctan2(p[:, 1], p[:, 0]))
        legendre = (
            sqrt(5.0) * 0.5 * (3.0 * sin_lat**2 - 1.0),
            sqrt(5.0 / 3.0) * 3.0 * sin_lat * cos_lat,
            sqrt(5.0 / 12.0) * 3.0 * cos_lat**2,
        )
        size = mu / EARTH_MU_M3_S2 * (EARTH_GRAVITY_RADIUS_M / r) ** 3 / 5.0
        for m in range(3):
            total[:, m] += _LOVE[m] * size * legendre[m] * west**m
    total[:, 1] += _diurnal_lines(t_tai_ns, earth_orientation) + _pole_tide(t_tai_ns, earth_orientation)
    out = np.empty((len(t_tai_ns), 5))
    norms = sqrt(5.0), sqrt(5.0 / 3.0), sqrt(5.0 / 12.0)
    out[:, 0] = norms[0] * total[:, 0].real
    out[:, 1], out[:, 2] = norms[1] * total[:, 1].real, -norms[1] * total[:, 1].imag
    out[:, 3], out[:, 4] = norms[2] * total[:, 2].real, -norms[2] * total[:, 2].imag
    return out


def _diurnal_lines(t_tai_ns: Ints, earth_orientation: EarthOrientation) -> Rows:
    """The second step for order 1, eq. 6.8b: normalised C21 - iS21."""
    import erfa

    jd_1, jd_2 = jd_tt_from_tai_ns(t_tai_ns)
    centuries = (jd_1 - 2_451_545.0 + jd_2) / 36_525.0
    node = erfa.faom03(centuries)
    arguments = erfa.fal03(centuries), erfa.falp03(centuries), erfa.faf03(centuries), erfa.fad03(centuries), node
    ut1 = jd_ut1_from_tai_ns(t_tai_ns, earth_orientation.at(t_tai_ns).ut1_minus_tai_s)
    sidereal = erfa.gmst06(*ut1, jd_1, jd_2)
    total = np.zeros(len(t_tai_ns), dtype=complex)
    for multipliers, in_phase, out_of_phase in _DIURNAL:
        theta = sidereal + np.pi - sum(k * argument for k, argument in zip(multipliers, arguments, strict=True))
        c = in_phase * np.sin(theta) + out_of_phase * np.cos(theta)
        s = in_phase * np.cos(theta) - out_of_phase * np.sin(theta)
        total += 1e-12 * (c - 1j * s)
    return total


def _pole_tide(t_tai_ns: Ints, earth_orientation: EarthOrientation) -> Rows:
    """Solid and ocean pole tide about the secular pole (conventions as updated 2018): normalised C21 - iS21."""
    now = earth_orientation.at(t_tai_ns)
    years = np.asarray(t_tai_ns, dtype=float) / (365.25 * 86_400e9)
    m1 = now.pole_x_rad / ARCSEC_RAD - (0.0550 + 0.001677 * years)
    m2 = -(now.pole_y_rad / ARCSEC_RAD - (0.3205 + 0.003460 * years))
    c = -1.333e-9 * (m1 + 0.0115 * m2) - 2.1778e-10 * (m1 - 0.01724 * m2)
    s = -1.333e-9 * (m2 - 0.0115 * m1) - 1.7232e-10 * (m2 - 0.03365 * m1)
    return c - 1j * s
