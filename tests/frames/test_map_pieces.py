"""Pieces of a flat map hold what the polygon on the globe holds, over the date line and the poles too."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.core.shapes import Bools, Rows, Scalar
from vedette.frames import polygon_contains, polygon_distance_m
from vedette.frames.geodesic import geodesic_direct
from vedette.frames.map_pieces import map_pieces

A_CHORD_OF_ONE_DEGREE_STRAYS_M = 60_000.0  # near a pole, from the great circle it stands for


def is_in_flat(piece: Rows, lat: Scalar, lon: Scalar) -> Bools:
    """The rule of odd crossings, in longitude and latitude as a reader of CAP has it."""
    y, x = piece.T
    y2, x2 = np.roll(y, -1), np.roll(x, -1)
    spans = (y[None] > lat[:, None]) != (y2[None] > lat[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x[None] + (lat[:, None] - y[None]) * (x2 - x)[None] / (y2 - y)[None]
    return np.asarray((spans & (lon[:, None] < at)).sum(axis=1) % 2 == 1)


def star(lat: float, lon: float, reaches_m: list[float]) -> Rows:
    turns = 2.0 * np.pi * np.arange(len(reaches_m)) / len(reaches_m)
    return np.stack(geodesic_direct(lat, lon, turns, np.array(reaches_m))[:2], axis=-1)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-np.pi / 2, np.pi / 2), st.sampled_from([-np.pi, -3.1, 0.4, 3.1]),
    st.lists(st.floats(2e5, 4e6), min_size=5, max_size=12), st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_the_pieces_hold_what_the_globe_holds(lat: float, lon: float, reaches: list[float], seed: int) -> None:
    corners = star(lat, lon, reaches)
    pieces = map_pieces(corners)
    rng = np.random.default_rng(seed)
    tried = np.stack(
        geodesic_direct(lat, lon, rng.uniform(0, 2 * np.pi, 400), 5e6 * np.sqrt(rng.uniform(0, 1, 400)))[:2], axis=-1
    )
    edges = np.stack([corners, np.roll(corners, -1, axis=0)], axis=1)
    away = np.min([polygon_distance_m(edge, *tried.T) for edge in edges], axis=0)
    tried = tried[away > A_CHORD_OF_ONE_DEGREE_STRAYS_M]
    held = np.sum([is_in_flat(piece, *tried.T) for piece in pieces], axis=0)
    assert np.array_equal(held, polygon_contains(corners, *tried.T).astype(int))  # in one piece, or in none
    for piece in pieces:
        y, x = piece.T
        assert np.abs(x).max() <= np.pi and np.abs(y).max() <= np.pi / 2
        assert np.abs(np.diff(x)).max() <= np.pi or np.abs(y).max() > np.pi / 2 - 1e-9
        assert x @ np.roll(y, -1) - y @ np.roll(x, -1) > 0.0


@pytest.mark.parametrize(
    ("lat_deg", "lon_deg", "count"), [(0.0, 180.0, 2), (89.0, 10.0, 1), (-90.0, 0.0, 1), (10.0, 20.0, 1)]
)
def test_as_many_pieces_as_are_needed(lat_deg: float, lon_deg: float, count: int) -> None:
    found = map_pieces(star(np.radians(lat_deg), np.radians(lon_deg), [5e5] * 8))
    assert len(found) in (count, count + 1)


def test_a_fork_over_the_date_line_leaves_two_tines_beyond_it() -> None:
    fork = np.radians([(0, 170), (10, 170), (10, -170), (8, -170), (8, 175), (2, 175), (2, -170), (0, -170)])
    east = [piece for piece in map_pieces(fork) if piece[:, 1].max() < 0.0]
    assert len(east) == 2
