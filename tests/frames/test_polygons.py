"""Areas on the globe, against GeographicLib and against places whose answer is plain."""

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.frames import great_circle_m, polygon_area_m2, polygon_contains, polygon_distance_m, polygon_trouble

EDGES = 0.01  # latitudes are geodetic: the ellipsoid's own scale runs from 0.5 % under (equator) to 0.9 % over (pole)
SPHERE = 0.006  # a sphere stands for the ellipsoid


def corners(*pairs_deg: tuple[float, float]) -> np.ndarray:
    return np.radians(np.array(pairs_deg))


BOX = corners((10.0, 20.0), (10.0, 30.0), (20.0, 30.0), (20.0, 20.0))
CAP = corners((80.0, 0.0), (80.0, 90.0), (80.0, 180.0), (80.0, -90.0))  # round the pole
LINE = corners((-5.0, 175.0), (-5.0, -175.0), (5.0, -175.0), (5.0, 175.0))  # across the date line


@pytest.mark.parametrize(
    ("area", "inside", "outside"),
    [(BOX, (15.0, 25.0), (15.0, 35.0)), (CAP, (89.9, -123.0), (79.0, 45.0)), (LINE, (0.0, 180.0), (0.0, 170.0))],
    ids=["plain", "over the pole", "over the date line"],
)
def test_inside_is_inside_wherever_the_area_lies_and_whichever_way_it_is_listed(
    area: np.ndarray, inside: tuple[float, float], outside: tuple[float, float]
) -> None:
    for listed in (area, area[::-1]):
        assert polygon_contains(listed, *np.radians(inside))
        assert not polygon_contains(listed, *np.radians(outside))
        antipode = np.radians([-inside[0], inside[1] + 180.0])
        assert not polygon_contains(listed, *antipode)
        assert polygon_distance_m(listed, *np.radians(inside)) == 0.0
        assert polygon_distance_m(listed, *np.radians(outside)) > 50e3


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-85.0, 85.0), st.floats(-180.0, 180.0), st.lists(st.floats(0.3, 1.0), min_size=3, max_size=8),
    st.floats(0.0, 360.0), st.floats(0.05, 1.3),
)  # fmt: skip
def test_a_place_is_inside_a_star_shaped_area_when_it_is_nearer_than_the_edge(
    lat: float, lon: float, reach: list[float], bearing: float, share: float
) -> None:
    bearings = np.linspace(0.0, 360.0, len(reach), endpoint=False)
    line = Geodesic(6_371_008.8, 0.0)  # our own sphere, by another hand
    points = [line.Direct(lat, lon, b, 400e3 * r) for b, r in zip(bearings, reach, strict=True)]
    area = corners(*((p["lat2"], p["lon2"]) for p in points))
    assert polygon_trouble(area) == ""
    seen = line.Direct(lat, lon, bearing, 400e3 * share)
    place = np.radians([seen["lat2"], seen["lon2"]])
    distance = float(polygon_distance_m(area, *place))
    nearest = min(float(great_circle_m(*corner, *place)) for corner in area)
    if polygon_contains(area, *place):
        assert distance == 0.0
    else:
        assert distance > 0.0 or nearest < 1e-3  # on a corner it may be either
    if share > 1.0:
        assert distance >= 400e3 * (share - 1.0) - 1.0
    assert distance <= nearest + 1e-6


def test_areas_are_those_of_the_ellipsoid() -> None:
    for area in (BOX, CAP, LINE):
        judge = Geodesic.WGS84.Polygon()
        for lat, lon in np.degrees(area):
            judge.AddPoint(lat, lon)
        truth = abs(judge.Compute()[2])
        assert polygon_area_m2(area) == pytest.approx(truth, rel=EDGES)
        assert polygon_area_m2(area[::-1]) == pytest.approx(polygon_area_m2(area), rel=1e-12)


def test_distances_are_those_of_the_ellipsoid() -> None:
    truth = Geodesic.WGS84.Inverse(15.0, 35.0, 15.0, 30.0)["s12"]  # the edge is a meridian, not quite straight across
    assert float(polygon_distance_m(BOX, *np.radians([15.0, 35.0]))) == pytest.approx(truth, rel=SPHERE)
    corner = Geodesic.WGS84.Inverse(25.0, 35.0, 20.0, 30.0)["s12"]
    assert float(polygon_distance_m(BOX, *np.radians([25.0, 35.0]))) == pytest.approx(corner, rel=SPHERE)


@pytest.mark.parametrize(
    ("area", "words"),
    [
        (corners((0.0, 0.0), (0.0, 1.0)), "three corners"),
        (corners((0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0)), "edge 1 crosses edge 3"),
        (corners((0.0, 0.0), (95.0, 1.0), (0.0, 2.0)), "corner 2 has latitude 95"),
        (corners((0.0, 0.0), (0.0, 0.0), (1.0, 1.0)), "same place"),
        (corners((0.0, 0.0), (np.nan, 0.0), (1.0, 1.0)), "not a number"),
        (corners((0.0, 0.0), (0.0, 120.0), (0.0, -120.0)), "half the globe"),
    ],
)
def test_an_area_that_makes_no_sense_is_told_why(area: np.ndarray, words: str) -> None:
    assert words in polygon_trouble(area)
