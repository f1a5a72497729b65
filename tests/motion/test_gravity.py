"""Gravity against published values of normal gravity, a plain sum of harmonics, and finite differences."""

import gzip
from math import factorial, sqrt

import numpy as np
import pytest
from scipy.special import lpmv
from tests.data import real_data

from vedette.core.constants import EARTH_GRAVITY_RADIUS_M, EARTH_MU_M3_S2, EARTH_SPIN_RADPS
from vedette.core.errors import UsageError
from vedette.core.tables import table_rows
from vedette.frames.geodesy import itrf_from_geodetic
from vedette.motion.gravity import acceleration_itrf, gradient_itrf, gravity_itrf, gravity_kernel
from vedette.motion.gravity_field import field_coefficients, gravity_field_itrf

# Normal gravity of WGS 84 on the ellipsoid, NGA.STND.0036 (2014), table 3.5 and the closed formula of Somigliana
EQUATOR_MPS2, POLE_MPS2, SOMIGLIANA_K, E2 = 9.7803253359, 9.8321849379, 1.931852652458e-3, 6.694379990141e-3


def places(n: int = 40) -> np.ndarray:
    rng = np.random.default_rng(7)
    return rng.normal(size=(n, 3)) * 1e6 + rng.choice([-1, 1], size=(n, 3)) * 4.2e6


def normal_gravity(lat: np.ndarray) -> np.ndarray:
    s2 = np.sin(lat) ** 2
    return EQUATOR_MPS2 * (1 + SOMIGLIANA_K * s2) / np.sqrt(1 - E2 * s2)


def test_weight_on_the_ellipsoid_is_normal_gravity():
    lats = np.radians([0.0, 15.0, 30.0, 45.0, 60.0, 75.0, 90.0])
    weight = []
    for side in (1.0, -1.0):
        points = itrf_from_geodetic(side * lats, 0.3, 0.0)
        weight.append(
            np.linalg.norm(acceleration_itrf(np.concatenate([points, np.zeros_like(points)], axis=1)), axis=1)
        )
    both_sides = np.mean(weight, axis=0)  # normal gravity knows no north and south: J3 goes out in the mean
    six_milligal = 6e-5  # the Earth's J4 is 7.5e-7 from that of the normal ellipsoid, times 5 g
    assert np.abs(both_sides - normal_gravity(lats)).max() < six_milligal


def potential_by_plain_sum(p: np.ndarray, degree: int) -> float:
    """The potential as the textbook writes it (Heiskanen and Moritz 1967, eq. 2-39), SciPy's Legendre functions."""
    r = np.linalg.norm(p)
    sin_lat, lon = p[2] / r, np.arctan2(p[1], p[0])
    total = 1.0
    for n_text, m_text, c, s in table_rows("egm2008_degree50.csv"):
        n, m = int(n_text), int(m_text)
        if n > degree:
            continue
        norm = sqrt((1 if m == 0 else 2) * (2 * n + 1) * factorial(n - m) / factorial(n + m))
        legendre = (-1) ** m * lpmv(m, n, sin_lat) * norm  # SciPy carries the Condon-Shortley phase
        total += (
            (EARTH_GRAVITY_RADIUS_M / r) ** n * legendre * (float(c) * np.cos(m * lon) + float(s) * np.sin(m * lon))
        )
    return EARTH_MU_M3_S2 / r * total


@pytest.mark.parametrize("degree", [2, 4, 20])
def test_the_field_is_the_gradient_of_the_textbook_potential(degree):
    step = 50.0
    for p in places(4):
        slope = [
            (potential_by_plain_sum(p + e, degree) - potential_by_plain_sum(p - e, degree)) / (2 * step)
            for e in np.eye(3) * step
        ]
        rounding = 3e-9  # of a potential of 6e7 over a base of 100 m
        assert np.abs(gravity_field_itrf(p, degree) - slope).max() < rounding


def test_j2_to_j4_are_the_zonal_part_of_the_field():
    field = field_coefficients(4)
    # the field's own values; the constants are the same model's un-normalised
    for n, j in ((2, 1.08262617385222e-3), (3, -2.53241051856772e-6), (4, -1.61989759991697e-6)):
        assert abs(-field[0, n, 0] - j) < 1e-17
    # where the sectorials vanish by symmetry nothing else is left: on the pole
    pole = np.array([0.0, 0.0, 6.5e6])
    along = gravity_field_itrf(pole, 4)[2]
    assert abs(along - gravity_itrf(pole)[2]) < 1e-14 * abs(along) * 10


def test_the_kernel_and_its_plain_twin_agree():
    points = places()
    kernel = np.array([gravity_kernel(*p) for p in points])
    assert np.allclose(kernel, gravity_itrf(points), rtol=1e-14, atol=1e-14)


def test_the_gradient_is_the_slope_of_the_pull():
    for p in places(5):
        numeric = np.stack(
            [
                (acceleration_itrf(np.r_[p + e, np.zeros(3)]) - acceleration_itrf(np.r_[p - e, np.zeros(3)])) / 2000.0
                for e in np.eye(3) * 1000.0
            ],
            axis=1,
        )
        parts_in_a_hundred_thousand = 3e-5  # J3, J4 are not in the gradient
        assert np.abs(gradient_itrf(p) - numeric).max() < parts_in_a_hundred_thousand * np.abs(numeric).max()


def test_a_body_at_rest_among_the_stars_circles_the_axis_here():
    x = np.array([7e6, 0.0, 0.0])
    state = np.r_[x, 0.0, -EARTH_SPIN_RADPS * 7e6, 0.0]  # inertially at rest
    beyond_gravity = acceleration_itrf(state) - gravity_itrf(x)
    assert np.allclose(beyond_gravity, [-(EARTH_SPIN_RADPS**2) * 7e6, 0, 0], atol=1e-12)


def test_the_packaged_coefficients_are_the_public_ones():
    path = real_data("validation", "gravity", "EGM-08norm100.txt.gz")
    theirs = {}
    with gzip.open(path, "rt") as lines:
        for line in lines:
            n, m, c, s = line.split()[:4]
            theirs[n, m] = float(c), float(s)
    ours = {(n, m): (float(c), float(s)) for n, m, c, s in table_rows("egm2008_degree50.csv")}
    assert len(ours) == sum(n + 1 for n in range(2, 51))
    assert all(theirs[key] == value for key, value in ours.items())


def test_a_degree_that_is_not_packaged_is_refused():
    with pytest.raises(UsageError, match="degree 51"):
        field_coefficients(51)
