"""Seconds to shelter: counted on impacts whose answer is plain."""

import json

import numpy as np
import pytest

from vedette.assessment.shelter import time_to_shelter
from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError
from vedette.formats.geojson import read_places
from vedette.reports.place import Place

NOW = 10**18


def square(west: float, east: float, south: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def places(*features: object) -> list[Place | BadInputError]:
    return list(read_places(json.dumps({"type": "FeatureCollection", "features": features})))


def feature(name: str, *rings: list[list[float]]) -> dict[str, object]:
    return {
        "type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": list(rings)}
    }  # fmt: skip


def test_each_area_has_the_share_that_falls_in_it_and_the_time_the_soonest_of_those_leaves() -> None:
    west, east, ring = (
        feature("west", square(10, 11, 0, 1)), feature("east", square(11, 12, 0, 1)),
        feature("ring", square(9, 13, -2, 3), square(9.5, 12.5, -1.5, 2.5)),
    )  # fmt: skip
    impacts = np.radians([[0.5, 10.2]] * 30 + [[0.5, 11.8]] * 60 + [[40.0, 0.0]] * 10)
    seconds = np.r_[np.full(30, 300.0), np.linspace(400.0, 459.0, 60), np.full(10, 50.0)]
    t = NOW + (seconds * NS_PER_S).astype(np.int64)
    found = time_to_shelter(places(west, east, ring), *impacts.T, t, t_now_tai_ns=NOW, latency_s=60.0)
    assert [one.name for one in found] == ["west", "east"]  # nothing falls on the ring, and the far ones on nobody
    assert [one.probability for one in found] == pytest.approx([0.3, 0.6])
    assert found[0].seconds == pytest.approx(240.0)
    assert found[1].seconds == pytest.approx(400.0 + 0.05 * 59.0 - 60.0, abs=1e-6)
    assert found[1].seconds_median == pytest.approx(429.5 - 60.0, abs=1e-6)


def test_an_area_across_the_date_line_is_told_and_a_margin_reaches_over_the_rim() -> None:
    island = {"type": "MultiPolygon", "coordinates": [[square(179, 180, 0, 1)], [square(-180, -179, 0, 1)]]}
    shape = places({"type": "Feature", "id": "island", "geometry": island})
    impacts = np.radians([[0.5, -179.5], [0.5, -178.99], [0.5, -170.0]])
    t = np.full(3, NOW + 100 * NS_PER_S)
    (found,) = time_to_shelter(shape, *impacts.T, t, t_now_tai_ns=NOW, latency_s=120.0, margin_m=5e3)
    assert found.name == "island"
    assert found.probability == pytest.approx(2 / 3)
    assert found.seconds == pytest.approx(-20.0)  # the warning comes too late, and that is said


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ({"type": "Point", "coordinates": [1, 2]}, "it is a Point"),
        (feature("x", [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]), "crosses"),
        (feature("x", [[0, 100], [1, 100], [1, 101]]), "latitude comes first"),
        (feature("x", [["a", 0], [1, 1], [2, 2]]), "no longitude, latitude pair"),
        ({"type": "Feature", "geometry": None}, "no geometry"),
        (7, "not a feature"),
    ],
)
def test_a_bad_area_is_refused_by_itself(shape: object, words: str) -> None:
    good, bad = places(feature("good", square(0, 1, 0, 1)), shape)
    assert isinstance(good, Place)
    assert words in str(bad)
    assert "feature 2" in str(bad)
