"""Geodesics judged by GeographicLib (C. F. F. Karney), easy and hard pairs alike."""

import numpy as np
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.core.constants import WGS84_A_M
from vedette.frames import geodesic_direct, geodesic_inverse, itrf_from_geodetic

FIFTY_NANOMETRES = 5e-8  # both add some ten roundings of 4 nm
angles = st.floats(-180, 180)
lats = st.floats(-90, 90)


def pairs(n: int) -> np.ndarray:
    """Pairs of places (n, 4) in degrees; the first half hard: antipodes, equator, poles, meridians, neighbours."""
    rng = np.random.default_rng(20)
    lat_1, lat_2 = np.degrees(np.arcsin(rng.uniform(-1, 1, (2, n))))
    lon_1, lon_2 = rng.uniform(-180, 180, (2, n))
    k = n // 20
    a, b, c, d, e, f, g, h, i, j = (slice(m * k, (m + 1) * k) for m in range(10))
    lat_2[a], lon_2[a] = -lat_1[a] + 0.3 * rng.normal(size=k), lon_1[a] + 180 + 0.5 * rng.normal(size=k)
    lat_2[b], lon_2[b] = -lat_1[b], lon_1[b] + 180
    lat_1[c] = lat_2[c] = 0.0
    lat_1[d] = 0.0
    lat_2[d] = 1e-9 * rng.normal(size=k)
    lat_1[e], lat_2[f] = 90.0, -90.0
    lon_2[g] = lon_1[g]
    lon_2[h] = lon_1[h] + 180
    lat_2[i], lon_2[i] = lat_1[i] + 1e-7, lon_1[i] + 1e-7
    lat_2[j], lon_2[j] = lat_1[j], lon_1[j]
    return np.stack([lat_1, lon_1, np.clip(lat_2, -90, 90), lon_2], axis=1)


def test_distances_and_bearings_agree_with_geographiclib():
    places = pairs(1000)
    distance_m, bearing_1, bearing_2 = geodesic_inverse(*np.radians(places).T)
    theirs = [Geodesic.WGS84.Inverse(*place) for place in places]
    length = np.array([one["s12"] for one in theirs])
    assert np.abs(distance_m - length).max() < FIFTY_NANOMETRES
    unique = (length > 1e3) & (np.arange(1000) >= 300)  # exact antipodes and poles have many shortest lines
    for ours, name in ((bearing_1, "azi1"), (bearing_2, "azi2")):
        apart = (np.degrees(ours) - [one[name] for one in theirs] + 180) % 360 - 180
        assert np.abs(apart)[unique].max() < 1e-9


def test_arrivals_agree_with_geographiclib():
    rng = np.random.default_rng(21)
    n = 500
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, n))), rng.uniform(-180, 180, n)
    bearing, distance_m = rng.uniform(-180, 360, n), rng.uniform(-2e7, 2e7, n)
    bearing[:30] = np.repeat([0, 90, 180], 10)
    ours = geodesic_direct(*np.radians([lat, lon, bearing]), distance_m)
    theirs = [Geodesic.WGS84.Direct(*one) for one in zip(lat, lon, bearing, distance_m, strict=True)]
    there = itrf_from_geodetic(
        np.radians([one["lat2"] for one in theirs]), np.radians([one["lon2"] for one in theirs]), 0
    )
    assert np.linalg.norm(itrf_from_geodetic(ours[0], ours[1], 0.0) - there, axis=1).max() < FIFTY_NANOMETRES
    apart = (np.degrees(ours[2]) - [one["azi2"] for one in theirs] + 180) % 360 - 180
    assert np.abs(apart).max() < 1e-9


def test_the_published_line_from_jfk_to_changi():
    """Karney's own example in the GeographicLib documentation: JFK to Singapore Changi."""
    distance_m, bearing, _ = geodesic_inverse(*np.radians([40.6, -73.8, 1.36, 103.99]))
    reference = Geodesic.WGS84.Inverse(40.6, -73.8, 1.36, 103.99)
    assert abs(distance_m - reference["s12"]) < FIFTY_NANOMETRES and distance_m.shape == ()
    assert abs(np.degrees(bearing) - reference["azi1"] % 360) < 1e-9


@given(lats, angles, lats, angles)
@settings(max_examples=100)
def test_going_where_the_inverse_points_arrives(lat_1, lon_1, lat_2, lon_2):
    distance_m, bearing, _ = geodesic_inverse(*np.radians([lat_1, lon_1, lat_2, lon_2]))
    assert 0 <= distance_m <= np.pi * WGS84_A_M
    lat, lon, _ = geodesic_direct(*np.radians([lat_1, lon_1]), bearing, distance_m)
    apart = itrf_from_geodetic(lat, lon, 0.0) - itrf_from_geodetic(*np.radians([lat_2, lon_2]), 0.0)
    assert np.linalg.norm(apart) < 1e-6  # a bearing in a double is 1 nm across half the world; antipodes magnify it
    back_m, _, _ = geodesic_inverse(*np.radians([lat_2, lon_2, lat_1, lon_1]))
    assert abs(back_m - distance_m) < FIFTY_NANOMETRES
