"""Where the sea is: places whose side of the coast everybody knows, and the share of the Earth that is water."""

import numpy as np
import pytest

from vedette.assessment.typing.sea import SEA_OF_EARTH, clear_of_land_km, is_land, sea_share


@pytest.mark.parametrize(
    ("name", "lat_deg", "lon_deg", "land"),
    [
        ("Paris", 48.85, 2.35, True),
        ("Ulaanbaatar", 47.92, 106.92, True),
        ("Alice Springs", -23.70, 133.88, True),
        ("South Pole", -90.0, 0.0, True),
        ("North Pole", 90.0, 0.0, False),
        ("Greenland's ice", 72.0, -40.0, True),
        ("middle of the North Atlantic", 30.0, -40.0, False),
        ("Sea of Japan", 40.0, 134.0, False),
        ("South Pacific on the date line", -40.0, 180.0, False),
        ("Chukotka, east of the date line", 66.5, -175.0, True),
        ("Hudson Bay", 60.0, -86.0, False),
        ("Barents Sea", 74.0, 38.0, False),
    ],
)
def test_places_everybody_knows(name: str, lat_deg: float, lon_deg: float, land: bool) -> None:
    assert is_land(lat_deg, lon_deg) is land
    assert is_land(lat_deg, lon_deg - 360.0) is land


def test_share_of_water_of_the_whole_earth() -> None:
    """Even in area; 70.8 % is water (CIA World Factbook). Lakes and ice shelves: 1.5 %."""
    lats = np.degrees(np.arcsin(np.linspace(-0.9995, 0.9995, 400)))
    water = np.mean([not is_land(float(lat), lon) for lat in lats for lon in np.arange(-180.0, 180.0, 2.3)])
    assert abs(water - SEA_OF_EARTH) < 0.015


def test_the_shore_is_partly_both() -> None:
    assert 0.0 < sea_share(40.0368, 128.1839) < 1.0  # a shipyard
    assert sea_share(39.9, 129.5) == 1.0
    assert sea_share(40.5, 126.5) == 0.0


def test_how_far_land_is_by_known_places() -> None:
    """The middle of the Atlantic, 200 km off Lisbon, Kansas; rings are steps of 25 km."""
    assert clear_of_land_km(31.4, -29.8) == 300.0
    assert clear_of_land_km(31.4, -29.8, 200.0) == 200.0
    assert 125.0 <= clear_of_land_km(38.7, -11.5) <= 200.0  # Cabo da Roca lies 173 km to the east
    assert clear_of_land_km(38.5, -98.0) == 0.0
