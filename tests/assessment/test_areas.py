"""Areas hold the share of the cloud that they promise, bent clouds included; points know if they are inside."""

import numpy as np
import pytest

from vedette.assessment.areas import PROBABILITIES, areas_of, from_local, local_m, patch_from_cloud, reach
from vedette.exercise.areas import is_inside
from vedette.frames import polygon_contains


def test_local_coordinates_return_to_their_place():
    points = np.array([[0.0, 0.0], [3e5, -2e5], [-1e6, 8e5]])
    lat, lon = from_local(points, 0.7, -1.9)
    one_millimetre = 1e-3
    np.testing.assert_allclose(local_m(lat, lon, 0.7, -1.9), points, atol=one_millimetre)


@pytest.mark.parametrize("bend_per_m", [0.0, 4e-6])
def test_areas_hold_their_share_of_fresh_points(bend_per_m):
    rng = np.random.default_rng(11)

    def draw(n):
        along, across = 40e3 * rng.standard_normal(n), 3e3 * rng.standard_normal(n)
        return from_local(np.stack([along, across + bend_per_m * along**2], axis=-1), 0.55, -0.5)

    areas = areas_of(patch_from_cloud(*draw(2000)))
    lat, lon = np.degrees(draw(1500))
    four_sigma = 4.0 * np.sqrt(0.25 / 1500 + 0.25 / 2000)  # both clouds are samples
    for area, probability in zip(areas, PROBABILITIES, strict=True):
        held = polygon_contains(np.radians(np.column_stack([area.lat_deg, area.lon_deg])), *np.radians([lat, lon]))
        assert np.mean(held) == pytest.approx(probability, abs=four_sigma)
        one_by_one = [is_inside(area, float(a), float(b)) for a, b in zip(lat[::20], lon[::20], strict=True)]
        assert one_by_one == held[::20].tolist()  # two ways to be inside, on a map and on the sphere


@pytest.mark.parametrize("n", [12, 40])
def test_areas_of_few_points_hold_their_share_of_further_ones(n):
    """The law itself, by drawing: own points by their own ellipse, then a further one by the widened one."""
    rng = np.random.default_rng(n)
    draws = 20_000
    points = rng.standard_normal((draws, n + 1, 2))
    off = points - points[:, :n].mean(axis=1, keepdims=True)
    cov = np.einsum("mni,mnj->mij", off[:, :n], off[:, :n]) / (n - 1.0)
    squared = np.einsum("mni,mij,mnj->mn", off, np.linalg.inv(cov), off)
    three_sigma = 3.0 * np.sqrt(0.25 / draws)
    for probability, wider in zip(PROBABILITIES, reach(n), strict=True):
        own = np.quantile(squared[:, :n], probability)
        assert np.mean(squared[:, n] < own * wider**2) == pytest.approx(probability, abs=three_sigma)
    assert reach(1e6) == pytest.approx(1.0, abs=1e-4)


def test_a_gaussian_area_has_the_size_of_its_ellipse():
    rng = np.random.default_rng(3)
    lat, lon = from_local(rng.standard_normal((20_000, 2)) * [20e3, 5e3], 0.2, 2.0)
    ninety = areas_of(patch_from_cloud(lat, lon))[1]
    expected_km2 = np.pi * 20.0 * 5.0 * -2.0 * np.log(0.1)
    assert ninety.area_km2 == pytest.approx(expected_km2, rel=0.05)  # 20,000 points know a quantile to 2 %


@pytest.mark.parametrize("lats", [np.full(60, 0.5), np.where(np.arange(60) < 30, 0.5, 0.51)])
def test_a_cloud_of_one_or_two_places_is_a_patch_without_bend(lats):
    patch = patch_from_cloud(lats, np.full(60, -0.4))
    assert np.all(np.isfinite(patch.root)) and patch.bend[1:3] == pytest.approx(0.0)
