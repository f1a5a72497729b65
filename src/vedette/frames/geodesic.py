"""Shortest lines on the WGS-84 ellipsoid: where a bearing and a distance lead, and what lies between two places.

Both problems rest on the two geodesic integrals (Bessel 1825; Karney 2013, "Algorithms for geodesics", eqs. 7-8)

    s = b ∫ √(1 + k² sin²σ) dσ,      λ = ω - f sin α₀ ∫ (2 - f) / (1 + (1 - f) √(1 + k² sin²σ)) dσ,

taken here by Gauss-Legendre quadrature along the arc: the integrands are so smooth that twenty points give them to
rounding. The inverse problem brackets the azimuth at the first place, which cannot fail near the antipode.
"""

from collections.abc import Callable

import numpy as np

from vedette.core.constants import WGS84_A_M, WGS84_B_M, WGS84_F
from vedette.core.shapes import Scalar
from vedette.frames.geodesy import folded_longitude_rad

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_NODES, _WEIGHTS = (_NODES + 1.0) / 2.0, _WEIGHTS / 2.0
_EP2 = WGS84_F * (2.0 - WGS84_F) / (1.0 - WGS84_F) ** 2
_TINY = 1e-300


def geodesic_direct(
    lat_rad: Scalar | float, lon_rad: Scalar | float, bearing_rad: Scalar | float, distance_m: Scalar | float
) -> tuple[Scalar, Scalar, Scalar]:
    """Where one arrives on the ellipsoid, starting along a bearing and going straight for a distance.

    Bearings are clockwise from north. Distances may be negative or longer than the Earth is round.

    Returns
    -------
    lat_rad, lon_rad, bearing_rad : (...) of the arrival; longitude in [-π, π), bearing still pointing onward, [0, 2π)

    Trust
    -----
    Within 20 nm of GeographicLib for lines up to half way round (tests/frames/test_geodesic.py).
    """
    lat, lon, bearing, distance = np.broadcast_arrays(
        *(np.asarray(x, dtype=float) for x in (lat_rad, lon_rad, bearing_rad, distance_m))
    )
    sin_b, cos_b = _reduced(lat)
    sin_a, cos_a = np.sin(bearing), np.cos(bearing)
    sin_a0 = sin_a * cos_b
    cos_a0 = np.hypot(cos_a, sin_a * sin_b)
    sigma_1, omega_1 = _arc(sin_b, cos_a * cos_b), _arc(sin_a0 * sin_b, cos_a * cos_b)
    k2 = _EP2 * cos_a0 * cos_a0
    sigma = distance / WGS84_B_M
    for _ in range(6):  # Newton on a function that is straight to 0.3 %: quadratic from the first step
        length, _ = _integrals(sigma_1, sigma, k2)
        sigma = sigma - (length - distance / WGS84_B_M) / np.sqrt(1.0 + k2 * np.sin(sigma_1 + sigma) ** 2)
    _, bend = _integrals(sigma_1, sigma, k2)
    sigma_2 = sigma_1 + sigma
    sin_s, cos_s = np.sin(sigma_2), np.cos(sigma_2)
    sin_b2 = cos_a0 * sin_s
    cos_b2 = np.hypot(sin_a0, cos_a0 * cos_s)
    omega_2 = np.arctan2(sin_a0 * sin_s, cos_s)
    # count whole turns: omega follows sigma in the same quadrant
    turns = np.where(sin_a0 < 0, -1.0, 1.0)
    omega_12 = turns * (sigma - (np.arctan2(sin_s, cos_s) - np.arctan2(turns * np.sin(omega_2), np.cos(omega_2))))
    omega_12 = omega_12 - turns * (np.arctan2(turns * np.sin(omega_1), np.cos(omega_1)) - sigma_1)
    lambda_12 = omega_12 - WGS84_F * sin_a0 * bend
    lat_2 = np.arctan2(sin_b2, (1.0 - WGS84_F) * cos_b2)
    return lat_2, folded_longitude_rad(lon + lambda_12), np.arctan2(sin_a0, cos_a0 * cos_s) % (2 * np.pi)


def geodesic_inverse(
    lat_1_rad: Scalar | float, lon_1_rad: Scalar | float, lat_2_rad: Scalar | float, lon_2_rad: Scalar | float
) -> tuple[Scalar, Scalar, Scalar]:
    """Length of the shortest line between two places on the ellipsoid, and its bearings at both.

    Returns
    -------
    distance_m : (...)
    bearing_1_rad, bearing_2_rad : (...) in [0, 2π), both pointing from the first place towards (and beyond) the second

    Trust
    -----
    Distances within 50 nm of GeographicLib, antipodes included. Where several lines are equally short (poles,
    antipodes) one of them is given.
    """
    lat_1, lon_1, lat_2, lon_2 = np.broadcast_arrays(
        *(np.asarray(x, dtype=float) for x in (lat_1_rad, lon_1_rad, lat_2_rad, lon_2_rad))
    )
    shape = lat_1.shape
    # a nanometre off the equator is on it: the squares of smaller latitudes would underflow
    lat_1, lat_2 = (np.where(np.abs(lat) < 1e-16, 0.0, lat).ravel() for lat in (lat_1, lat_2))
    lambda_12 = folded_longitude_rad(lon_2.ravel() - lon_1.ravel())
    east = np.where(lambda_12 < 0, -1.0, 1.0)
    lambda_12 = np.abs(lambda_12)
    # canonical form (Karney 2013, eq. 44): the first place is southern and the farther from the equator
    swap = np.abs(lat_1) < np.abs(lat_2)
    far, near = np.where(swap, lat_2, lat_1), np.where(swap, lat_1, lat_2)
    flip = np.where(far > 0, -1.0, 1.0)
    far, near = far * flip, near * flip
    distance, cos_a1, sin_a1, cos_a2, sin_a2 = _canonical(far, near, lambda_12)
    # undo: flipping the globe turns north into south, swapping turns the line round
    start_c, end_c = np.where(swap, -cos_a2, cos_a1), np.where(swap, -cos_a1, cos_a2)
    start_s, end_s = np.where(swap, sin_a2, sin_a1), np.where(swap, sin_a1, sin_a2)
    start_c, end_c = np.where(swap, -start_c, start_c), np.where(swap, -end_c, end_c)
    hemi = np.where(swap, -flip, flip)
    bearing_1 = np.arctan2(east * start_s, hemi * start_c) % (2 * np.pi)
    bearing_2 = np.arctan2(east * end_s, hemi * end_c) % (2 * np.pi)
    return distance.reshape(shape), bearing_1.reshape(shape), bearing_2.reshape(shape)


def _canonical(lat_1: Scalar, lat_2: Scalar, lambda_12: Scalar) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Distance, and cosine and sine of both bearings, for lat_1 <= 0, |lat_2| <= -lat_1, 0 <= lambda_12 <= π."""
    (sin_b1, cos_b1), (sin_b2, cos_b2) = _reduced(lat_1), _reduced(lat_2)
    cos_b1, cos_b2 = np.maximum(cos_b1, _TINY), np.maximum(cos_b2, _TINY)
    places = (sin_b1, cos_b1, sin_b2, cos_b2)
    # the unknown is the bearing south of east at the first place, so that its sine keeps digits near the equator
    low, high = np.full_like(lat_1, -np.pi / 2), np.full_like(lat_1, np.pi / 2)
    edge = high - 1e-9
    f_edge = _longitude(edge, *places)[0] - lambda_12
    high = np.where(f_edge > 0, edge, high)  # a line off the meridian is shorter than the one over the pole
    f_low, f_high = -lambda_12, np.where(f_edge > 0, f_edge, np.pi - lambda_12)
    root = _bracketed_root(lambda x: _longitude(x, *places)[0] - lambda_12, low, high, f_low, f_high)
    along_equator = (sin_b1 == 0.0) & (lambda_12 <= (1.0 - WGS84_F) * np.pi)
    root = np.where(along_equator, 0.0, root)
    _, sigma_1, sigma, k2, cos_a2, sin_a2 = _longitude(root, *places)
    length, _ = _integrals(sigma_1, sigma, k2)
    distance = np.where(along_equator, WGS84_A_M * lambda_12, WGS84_B_M * length)
    cos_a2 = np.where(along_equator, 0.0, cos_a2)
    return distance, -np.sin(root), np.cos(root), cos_a2, np.where(along_equator, 1.0, sin_a2)


def _longitude(
    south_of_east_rad: Scalar, sin_b1: Scalar, cos_b1: Scalar, sin_b2: Scalar, cos_b2: Scalar
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Longitude gained on the way to the second latitude, northbound; with what the length needs."""
    cos_a1, sin_a1 = -np.sin(south_of_east_rad), np.cos(south_of_east_rad)
    sin_a0 = sin_a1 * cos_b1
    cos_a0 = np.hypot(cos_a1, sin_a1 * sin_b1)
    difference = np.where(
        cos_b1 < -sin_b1, (cos_b2 - cos_b1) * (cos_b1 + cos_b2), (sin_b1 - sin_b2) * (sin_b1 + sin_b2)
    )
    cos_a2 = np.sqrt(np.maximum((cos_a1 * cos_b1) ** 2 + difference, 0.0)) / cos_b2
    sin_a2 = sin_a0 / cos_b2
    sigma_1, sigma_2 = _arc(sin_b1, cos_a1 * cos_b1), _arc(sin_b2, cos_a2 * cos_b2)
    omega_1, omega_2 = _arc(sin_a0 * sin_b1, cos_a1 * cos_b1), _arc(sin_a0 * sin_b2, cos_a2 * cos_b2)
    sigma = np.maximum(sigma_2 - sigma_1, 0.0)
    k2 = _EP2 * cos_a0 * cos_a0
    _, bend = _integrals(sigma_1, sigma, k2)
    return np.maximum(omega_2 - omega_1, 0.0) - WGS84_F * sin_a0 * bend, sigma_1, sigma, k2, cos_a2, sin_a2


def _integrals(sigma_1: Scalar, sigma: Scalar, k2: Scalar) -> tuple[Scalar, Scalar]:
    """The two geodesic integrals from sigma_1 over an arc, in pieces of at most a quarter turn."""
    pieces = int(max(1, np.ceil(np.max(np.abs(sigma), initial=0.0) / (np.pi / 2))))
    length, bend = np.zeros_like(sigma), np.zeros_like(sigma)
    for piece in range(pieces):
        at = sigma_1[..., None] + sigma[..., None] * ((piece + _NODES) / pieces)
        root = np.sqrt(1.0 + k2[..., None] * np.sin(at) ** 2)
        length = length + (root - 1.0) @ _WEIGHTS
        bend = bend + ((2.0 - WGS84_F) / (1.0 + (1.0 - WGS84_F) * root)) @ _WEIGHTS
    return sigma + sigma * length / pieces, sigma * bend / pieces


def _bracketed_root(
    function: Callable[[Scalar], Scalar], low: Scalar, high: Scalar, f_low: Scalar, f_high: Scalar
) -> Scalar:
    """Zero of a rising function between brackets, each row for itself (Illinois regula falsi with bisection)."""
    low, high, f_low, f_high = low.copy(), high.copy(), f_low.copy(), f_high.copy()
    weight_low, weight_high = np.ones_like(low), np.ones_like(low)
    for step in range(200):
        bottom, top = f_low * weight_low, f_high * weight_high
        spread = np.where(top - bottom == 0, 1.0, top - bottom)
        guess = np.where(top - bottom == 0, low, (low * top - high * bottom) / spread)
        middle = (low + high) / 2
        guess = np.where((step % 4 == 3) | ~((guess > low) & (guess < high)), middle, guess)
        value = function(guess)
        below = value < 0
        weight_high = np.where(below, weight_high / 2, 1.0)
        weight_low = np.where(below, 1.0, weight_low / 2)
        low, f_low = np.where(below, guess, low), np.where(below, value, f_low)
        high, f_high = np.where(below, high, guess), np.where(below, f_high, value)
        done = (high - low <= 4e-16 * np.maximum(np.abs(low), np.abs(high))) | (f_low == 0) | (f_high == 0)
        if np.all(done):
            break
    return np.where(np.abs(f_low) < np.abs(f_high), low, high)


def _reduced(lat_rad: Scalar) -> tuple[Scalar, Scalar]:
    """Sine and cosine of the reduced latitude."""
    sin_b, cos_b = (1.0 - WGS84_F) * np.sin(lat_rad), np.cos(lat_rad)
    norm = np.hypot(sin_b, cos_b)
    return sin_b / norm, cos_b / norm


def _arc(sin_part: Scalar, cos_part: Scalar) -> Scalar:
    return np.arctan2(sin_part, cos_part)
