"""Thinned outlines: few corners, no crossings, hardly anything cut off, and little added."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.core.shapes import Rows
from vedette.frames import geodesic_direct, polygon_area_m2, polygon_contains, polygon_trouble
from vedette.frames.outlines import hull, thinned


def coast(lat: float, lon: float, count: int, seed: int) -> Rows:
    """A ragged coast: a ring whose reach wanders."""
    rng = np.random.default_rng(seed)
    turns = 2.0 * np.pi * np.arange(count) / count
    reach = 3e5 * (1.0 + 0.3 * np.sin(3 * turns + rng.uniform(0, 6)) + 0.1 * rng.uniform(-1, 1, count))
    return np.stack(geodesic_direct(lat, lon, turns, reach)[:2], axis=-1)


@settings(max_examples=25, deadline=None)
@given(
    st.floats(-np.pi / 2, np.pi / 2), st.sampled_from([-np.pi, 0.3, 3.1]), st.integers(120, 600), st.integers(0, 99),
    st.sampled_from([100, 40, 15]),
)  # fmt: skip
def test_few_corners_hold_nearly_all_and_little_more(lat: float, lon: float, count: int, seed: int, most: int) -> None:
    corners = coast(lat, lon, count, seed)
    few = thinned(corners, most)
    assert len(few) <= most and polygon_trouble(few) == ""
    rng = np.random.default_rng(seed)
    tried = np.stack(
        geodesic_direct(lat, lon, rng.uniform(0, 2 * np.pi, 2000), 4e5 * np.sqrt(rng.uniform(0, 1, 2000)))[:2], axis=-1
    )
    inside = polygon_contains(corners, *tried.T)
    assert np.mean(polygon_contains(few, *tried[inside].T)) > 0.97
    assert polygon_area_m2(few) < 1.5 * polygon_area_m2(corners)


@settings(max_examples=25, deadline=None)
@given(st.floats(-np.pi / 2, np.pi / 2), st.sampled_from([-np.pi, 0.3]), st.integers(5, 80), st.integers(0, 99))
def test_a_hull_holds_every_corner_and_is_convex(lat: float, lon: float, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = np.stack(
        geodesic_direct(lat, lon, rng.uniform(0, 2 * np.pi, count), 2e6 * rng.uniform(0, 1, count))[:2], axis=-1
    )
    around = hull(places)
    assert polygon_trouble(around) == ""
    middle = hull(np.stack(geodesic_direct(lat, lon, np.linspace(0, 6, 9), 1.0)[:2], axis=-1))[0]
    inward = places + 1e-6 * (middle - places) if abs(lat) < 1.2 and abs(lon) < 3 else places[:0]
    assert polygon_contains(around, *inward.T).all()


def test_what_is_short_enough_stays_as_it_is() -> None:
    corners = coast(0.5, 0.5, 50, 1)
    assert thinned(corners, 50) is corners
    assert len(thinned(corners, 3)) == 3


@pytest.mark.parametrize("count", [5_000])
def test_long_outlines_are_no_burden(count: int) -> None:
    few = thinned(coast(0.7, 2.4, count, 3), 100)
    assert len(few) == 100 and polygon_trouble(few) == ""
