"""The integral of a plane Gaussian over a disk, against adaptive quadrature and closed forms."""

import numpy as np
import pytest
from scipy import integrate, stats

from vedette.catalogue.conjunctions import pc_2d
from vedette.catalogue.conjunctions.collision import pc_max

DIGITS = 1e-11  # the quadrature that judges is asked for 1e-13 and promises 1e-12


def judged(miss, sigmas, radius):
    """By scipy's adaptive quadrature, in the covariance's own axes; the inner integral by the normal's survival."""

    def line(x):
        h = np.sqrt(max(radius * radius - x * x, 0.0))
        low, high = (abs(miss[1]) - h) / sigmas[1], (abs(miss[1]) + h) / sigmas[1]
        return stats.norm.pdf(x, miss[0], sigmas[0]) * (stats.norm.sf(low) - stats.norm.sf(high))

    return integrate.quad(line, -radius, radius, epsrel=1e-13, epsabs=0.0, limit=500)[0]


@pytest.mark.parametrize(("miss", "sigmas", "radius"), [
    ((0.0, 0.0), (100.0, 100.0), 10.0), ((300.0, 40.0), (200.0, 25.0), 12.0), ((5.0, 8.0), (30.0, 4.0), 20.0),
    ((1000.0, 0.0), (2000.0, 15.0), 5.0), ((3.0, 30.0), (100.0, 6.0), 20.0), ((50.0, 12.0), (400.0, 0.4), 15.0),
])  # fmt: skip
def test_the_integral_is_right_to_eleven_digits(miss, sigmas, radius):
    got = float(pc_2d(np.array(miss), np.diag(np.square(sigmas)), radius))
    assert got == pytest.approx(judged(miss, sigmas, radius), rel=DIGITS)


def test_round_doubts_have_a_closed_form():
    sigma, radius = 50.0, 20.0
    centred = 1.0 - np.exp(-0.5 * (radius / sigma) ** 2)
    assert float(pc_2d(np.zeros(2), np.eye(2) * sigma**2, radius)) == pytest.approx(centred, rel=1e-13)
    off = stats.ncx2.cdf((radius / sigma) ** 2, 2, (120.0 / sigma) ** 2)  # Rice's distribution
    assert float(pc_2d(np.array([120.0, 0.0]), np.eye(2) * sigma**2, radius)) == pytest.approx(off, rel=1e-10)


def test_tiny_bodies_lose_no_digits():
    sigmas, miss = np.array([9e4, 3e4]), np.array([1e4, 2e4])
    small = 0.5 * 1.0**2 / np.prod(sigmas) * np.exp(-0.5 * np.sum((miss / sigmas) ** 2))
    assert float(pc_2d(miss, np.diag(sigmas**2), 1.0)) == pytest.approx(small, rel=1e-9)  # next term: (R / sigma)^2


def test_needles_are_cut_until_they_agree():
    # a sheet far thinner than the disk: the chord's share of the long Gaussian
    got = float(pc_2d(np.array([3.0, 0.0]), np.diag([100.0**2, 1e-3**2]), 10.0))
    assert got == pytest.approx(stats.norm.cdf(10, 3, 100) - stats.norm.cdf(-10, 3, 100), rel=1e-6)


def test_turning_the_plane_changes_nothing_and_rows_are_rows():
    rng = np.random.default_rng(3)
    turns = [np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) for a in rng.uniform(0, 6, 20)]
    cov, miss = np.diag([250.0**2, 30.0**2]), np.array([180.0, 55.0])
    got = pc_2d(np.array([t @ miss for t in turns]), np.array([t @ cov @ t.T for t in turns]), 15.0)
    np.testing.assert_allclose(got, got[0], rtol=1e-11)


def test_what_is_no_covariance_has_no_answer():
    assert np.isnan(pc_2d(np.zeros(2), np.zeros((2, 2)), 5.0))
    assert np.isnan(pc_2d(np.array([np.nan, 0.0]), np.eye(2), 5.0))


def test_the_greatest_over_scales_is_alfanos():
    # Alfano 2005: for round doubts and small bodies the greatest is at sigma = miss / sqrt 2, and is (R / miss)^2 / e
    most, scale = pc_max(np.array([1000.0, 0.0]), np.eye(2) * 300.0**2, 5.0)
    assert scale == pytest.approx(1000.0 / np.sqrt(2.0) / 300.0, rel=1e-4)
    assert most == pytest.approx((5.0 / 1000.0) ** 2 / np.e, rel=1e-4)
