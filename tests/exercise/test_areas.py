"""Areas on the ground: what is inside, over the date line and round the pole too."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exercise.fakes import square

from vedette.exercise.areas import distance_km, holds, is_inside
from vedette.frames import geodesic_direct
from vedette.reports import Area


def test_a_degree_of_the_equator_is_the_published_111_32_km():
    assert distance_km(0.0, 0.0, 0.0, 1.0) == pytest.approx(111.31949, abs=1e-4)  # a pi / 180, WGS 84


@given(st.floats(-80, 80), st.floats(-180, 180), st.floats(-0.9, 0.9), st.floats(-0.9, 0.9))
@settings(max_examples=60, deadline=None)
def test_a_square_holds_its_inside_and_not_its_outside(lat, lon, north, east):
    area = square(lat, lon, 10.0)
    span_lat, span_lon = area.lat_deg[2] - lat, area.lon_deg[1] - lon
    assert is_inside(area, lat + north * span_lat, lon + east * span_lon)
    assert not is_inside(area, lat + (1.2 + abs(north)) * span_lat, lon + east * span_lon)
    assert not is_inside(area, lat + north * span_lat, lon - (1.2 + abs(east)) * span_lon)


def test_a_circle_round_the_pole_holds_the_pole():
    bearings = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    lat, lon, _ = geodesic_direct(np.radians(89.0), 0.0, bearings, 300e3)
    area = Area(
        probability=0.9, shape="polygon", area_km2=1.0, lat_deg=tuple(np.degrees(lat)), lon_deg=tuple(np.degrees(lon))
    )
    assert is_inside(area, 90.0, 0.0) and is_inside(area, 89.5, 180.0) and not is_inside(area, 85.0, 180.0)


def test_an_area_that_was_not_drawn_holds_nothing_and_says_so():
    assert holds((square(0, 0, 1.0),), 0.5, 0.0, 0.0) is None
    assert holds((square(0, 0, 1.0),), 0.9, 0.0, 0.0) is True
