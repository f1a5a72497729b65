"""From the sky to the ground: gcrf and teme to itrf and back, for positions and for states.

gcrf to itrf follows IERS Conventions 2010 (CIO based, IAU 2006/2000A through ERFA). teme is what SGP4 speaks: true
equator, mean equinox of date; it turns into itrf by the 1982 sidereal time and the pole (Vallado et al. 2006,
AIAA-2006-6753, appendix C). Velocities in itrf are relative to the rotating Earth.
"""

import numpy as np

from vedette.core.shapes import Ints, Mat33, Scalar, Vec3
from vedette.frames.orientation import EarthOrientation, OrientationAt
from vedette.time import jd_tt_from_tai_ns, jd_ut1_from_tai_ns

SPIN_RADPS = 7.292115146706979e-5  # of the Earth in inertial space at zero excess length of day (Vallado 2006)
_KNOT_NS = 6 * 3600 * 10**9
_FEW = 4  # up to so many instants the pole is computed and not interpolated


def itrf_from_gcrf_matrix(t_tai_ns: Ints | int, earth_orientation: EarthOrientation) -> Mat33:
    """Rotation gcrf to itrf at instants (...); (..., 3, 3).

    Many instants close together share a table of the celestial pole at 6 h knots (cubic, within 0.1 mm at the
    surface), which makes an instant some 20 times cheaper.
    """
    celestial, spin, polar = _parts(t_tai_ns, earth_orientation)
    return polar @ spin @ celestial


def gcrf_from_itrf_matrix(t_tai_ns: Ints | int, earth_orientation: EarthOrientation) -> Mat33:
    """Rotation itrf to gcrf at instants (...); (..., 3, 3); the transpose of `itrf_from_gcrf_matrix`."""
    return np.swapaxes(itrf_from_gcrf_matrix(t_tai_ns, earth_orientation), -1, -2)


def itrf_from_teme_matrix(t_tai_ns: Ints | int, earth_orientation: EarthOrientation) -> Mat33:
    """Rotation teme to itrf at instants (...); (..., 3, 3)."""
    spin, polar = _teme_parts(t_tai_ns, earth_orientation)
    return polar @ spin


def teme_from_itrf_matrix(t_tai_ns: Ints | int, earth_orientation: EarthOrientation) -> Mat33:
    """Rotation itrf to teme at instants (...); (..., 3, 3)."""
    return np.swapaxes(itrf_from_teme_matrix(t_tai_ns, earth_orientation), -1, -2)


def gcrf_from_teme_matrix(t_tai_ns: Ints | int, earth_orientation: EarthOrientation) -> Mat33:
    """Rotation teme to gcrf at instants (...), through itrf so that all three agree; (..., 3, 3)."""
    return gcrf_from_itrf_matrix(t_tai_ns, earth_orientation) @ itrf_from_teme_matrix(t_tai_ns, earth_orientation)


def state_itrf_from_gcrf(t_tai_ns: Ints | int, state_gcrf: Vec3, earth_orientation: EarthOrientation) -> Vec3:
    """Earth-fixed state (..., 6) of an inertial one at instants (...); velocity relative to the rotating Earth.

    Trust
    -----
    The slow turn of the celestial pole is left out of the velocity: 0.05 mm/s in low orbit, 0.2 mm/s at
    geostationary height.
    """
    celestial, spin, polar = _parts(t_tai_ns, earth_orientation)
    return _to_rotating(state_gcrf, spin @ celestial, polar, _rate(t_tai_ns, earth_orientation))


def state_gcrf_from_itrf(t_tai_ns: Ints | int, state_itrf: Vec3, earth_orientation: EarthOrientation) -> Vec3:
    """Inertial state (..., 6) of an Earth-fixed one at instants (...). Inverse of `state_itrf_from_gcrf`."""
    celestial, spin, polar = _parts(t_tai_ns, earth_orientation)
    return _from_rotating(state_itrf, spin @ celestial, polar, _rate(t_tai_ns, earth_orientation))


def state_itrf_from_teme(t_tai_ns: Ints | int, state_teme: Vec3, earth_orientation: EarthOrientation) -> Vec3:
    """Earth-fixed state (..., 6) of SGP4's; velocity relative to the rotating Earth."""
    spin, polar = _teme_parts(t_tai_ns, earth_orientation)
    return _to_rotating(state_teme, spin, polar, _rate(t_tai_ns, earth_orientation))


def state_teme_from_itrf(t_tai_ns: Ints | int, state_itrf: Vec3, earth_orientation: EarthOrientation) -> Vec3:
    """State in SGP4's frame (..., 6) of an Earth-fixed one."""
    spin, polar = _teme_parts(t_tai_ns, earth_orientation)
    return _from_rotating(state_itrf, spin, polar, _rate(t_tai_ns, earth_orientation))


def state_gcrf_from_teme(t_tai_ns: Ints | int, state_teme: Vec3, earth_orientation: EarthOrientation) -> Vec3:
    """Inertial state (..., 6) in gcrf of one in SGP4's frame."""
    return _turned(gcrf_from_teme_matrix(t_tai_ns, earth_orientation), state_teme)


def state_teme_from_gcrf(t_tai_ns: Ints | int, state_gcrf: Vec3, earth_orientation: EarthOrientation) -> Vec3:
    """State in SGP4's frame (..., 6) of one in gcrf."""
    return _turned(np.swapaxes(gcrf_from_teme_matrix(t_tai_ns, earth_orientation), -1, -2), state_gcrf)


def earth_rate_radps(t_tai_ns: Ints | int, earth_orientation: EarthOrientation) -> Scalar:
    """How fast the Earth turns at instants (...), from the measured length of day."""
    return _rate(t_tai_ns, earth_orientation)


def _rate(t_tai_ns: Ints | int, earth_orientation: EarthOrientation) -> Scalar:
    return SPIN_RADPS * (1.0 - earth_orientation.at(t_tai_ns).lod_s / 86_400.0)


def _turned(turn: Mat33, state: Vec3) -> Vec3:
    halves = np.asarray(state, dtype=float).reshape(*np.shape(state)[:-1], 2, 3)
    turned = np.einsum("...ij,...kj->...ki", turn, halves)
    return turned.reshape(*turned.shape[:-2], 6)


def _to_rotating(state: Vec3, inner: Mat33, polar: Mat33, rate_radps: Scalar) -> Vec3:
    turned = _turned(inner, state)
    turned[..., 3] += rate_radps * turned[..., 1]  # minus omega cross r, omega along the rotation pole
    turned[..., 4] -= rate_radps * turned[..., 0]
    return _turned(polar, turned)


def _from_rotating(state: Vec3, inner: Mat33, polar: Mat33, rate_radps: Scalar) -> Vec3:
    turned = _turned(np.swapaxes(polar, -1, -2), state)
    turned[..., 3] -= rate_radps * turned[..., 1]
    turned[..., 4] += rate_radps * turned[..., 0]
    return _turned(np.swapaxes(inner, -1, -2), turned)


def _parts(t_tai_ns: Ints | int, earth_orientation: EarthOrientation) -> tuple[Mat33, Mat33, Mat33]:
    """Celestial pole, spin and polar motion; their product takes gcrf to itrf."""
    import erfa

    t = np.asarray(t_tai_ns, dtype=np.int64)
    now = earth_orientation.at(t)
    x_rad, y_rad, s_rad = _celestial_pole(t)
    celestial = erfa.c2ixys(x_rad + now.offset_x_rad, y_rad + now.offset_y_rad, s_rad)
    angle_rad = erfa.era00(*jd_ut1_from_tai_ns(t, now.ut1_minus_tai_s))
    return celestial, _about_z(angle_rad), _polar_matrix(t, now)


def _teme_parts(t_tai_ns: Ints | int, earth_orientation: EarthOrientation) -> tuple[Mat33, Mat33]:
    import erfa

    t = np.asarray(t_tai_ns, dtype=np.int64)
    now = earth_orientation.at(t)
    angle_rad = erfa.gmst82(*jd_ut1_from_tai_ns(t, now.ut1_minus_tai_s))
    # appendix C has no s' (it postdates the 1982 sidereal time): 0.05 mas, 1.5 mm
    return _about_z(angle_rad), erfa.pom00(now.pole_x_rad, now.pole_y_rad, 0.0)


def _polar_matrix(t: Ints, now: OrientationAt) -> Mat33:
    import erfa

    return erfa.pom00(now.pole_x_rad, now.pole_y_rad, erfa.sp00(*jd_tt_from_tai_ns(t)))


def _about_z(angle_rad: Scalar) -> Mat33:
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    zero, one = np.zeros_like(cos), np.ones_like(cos)
    rows = ((cos, sin, zero), (-sin, cos, zero), (zero, zero, one))
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _celestial_pole(t: Ints) -> tuple[Scalar, Scalar, Scalar]:
    """X, Y and s of IAU 2006/2000A; from knots when that is cheaper (30 microseconds an instant otherwise)."""
    import erfa

    if t.size <= _FEW:
        return erfa.xys06a(*jd_tt_from_tai_ns(t))
    first = int(t.min()) // _KNOT_NS - 1
    count = int(t.max()) // _KNOT_NS + 3 - first
    if count > t.size:
        return erfa.xys06a(*jd_tt_from_tai_ns(t))
    knots = np.stack(erfa.xys06a(*jd_tt_from_tai_ns((first + np.arange(count, dtype=np.int64)) * _KNOT_NS)))
    row = t // _KNOT_NS - first
    share = (t - (row + first) * _KNOT_NS) / _KNOT_NS
    weights = (  # Lagrange, knots -1, 0, 1, 2
        -share * (share - 1) * (share - 2) / 6,
        (share + 1) * (share - 1) * (share - 2) / 2,
        -(share + 1) * share * (share - 2) / 2,
        (share + 1) * share * (share - 1) / 6,
    )
    x_rad, y_rad, s_rad = sum(weight * knots[:, row + k - 1] for k, weight in enumerate(weights))
    return x_rad, y_rad, s_rad
