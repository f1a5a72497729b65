"""Named areas from GeoJSON [RFC 7946]: longitude first there, latitude first here.

Read are Polygon and MultiPolygon features of a FeatureCollection, a single feature or a bare geometry, and LineString
and MultiLineString as lanes, such as air routes, `width_km` wide (20 unless told). The name is the property `name`,
else the feature's `id`, else its number. `name:ja`, `time_zone` and `ISO3166-2` are read too. An area that makes no
sense is refused by itself.
"""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from vedette.core.errors import BadInputError
from vedette.core.shapes import Scalar
from vedette.formats.notice_area import checked_place_rad
from vedette.frames import geodesic_direct, geodesic_inverse, polygon_trouble
from vedette.reports.place import Corners, Place

MOST_BYTES = 256 * 1024 * 1024
LANE_KM = 20.0  # ten miles: the usual width of an air route is five to ten each side
LEG_M = 200e3  # a longer leg is given places in between


def read_places(text: str, where: str = "GeoJSON") -> Iterator[Place | BadInputError]:
    """Every named area of a document, or the sentence that says why one is refused, other geometries among them."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as trouble:
        yield BadInputError(f"not JSON ({trouble})", where)
        return
    features = document.get("features") if isinstance(document, dict) else None
    if features is None:
        features = [document]
    if not isinstance(features, list):
        yield BadInputError("features is not a list", where, "see RFC 7946")
        return
    for number, feature in enumerate(features, 1):
        try:
            yield _place(feature, number, f"{where}: feature {number}")
        except BadInputError as trouble:
            yield trouble


def _place(feature: Any, number: int, where: str) -> Place:
    if not isinstance(feature, dict):
        raise BadInputError("it is not a feature", where, "see RFC 7946")
    geometry = feature.get("geometry") if feature.get("type") == "Feature" else feature
    properties = feature.get("properties")
    told = properties.get("name") if isinstance(properties, dict) else None
    name = str(told or feature.get("id") or f"area {number}")
    where = f"{where} ({name[:60]})"
    if not isinstance(geometry, dict):
        raise BadInputError("it has no geometry", where)
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind in ("LineString", "MultiLineString"):
        told_properties = properties if isinstance(properties, dict) else {}
        lines = [coordinates] if kind == "LineString" else coordinates
        return Place(name, _lanes(lines, _width_m(told_properties, where), where), *_told(told_properties))
    if kind not in ("Polygon", "MultiPolygon"):
        raise BadInputError(f"it is a {kind}", where, "give a Polygon, a LineString or several of them")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(polygons, list) or not polygons:
        raise BadInputError("it has no coordinates", where)
    outlines = tuple(_polygon(polygon, where) for polygon in polygons)
    return Place(name, outlines, *_told(properties if isinstance(properties, dict) else {}))


_NAME_IN = re.compile(r"name[:_](?P<language>[a-z]{2,3})")


def _told(properties: dict[str, Any]) -> tuple[tuple[tuple[str, str], ...], str, tuple[tuple[str, str], ...]]:
    """Names in other languages (`name:ja` or `name_ja`), time zone and codes, where the properties give them."""
    names, codes, zone = [], [], ""
    for key, value in properties.items():
        if not isinstance(value, str) or not value:
            continue
        if found := _NAME_IN.fullmatch(str(key)):
            names.append((found["language"], value))
        elif key in ("time_zone", "timezone", "tzid"):
            zone = value
        elif str(key).lower().replace("_", "-") in ("iso3166-2", "iso-3166-2"):
            codes.append(("ISO3166-2", value))
    return tuple(sorted(names)), zone, tuple(codes)


def _polygon(rings: Any, where: str) -> tuple[Corners, tuple[Corners, ...]]:
    if not isinstance(rings, list) or not rings:
        raise BadInputError("a polygon has no rings", where)
    corners = [_ring(ring, where) for ring in rings]
    return corners[0], tuple(corners[1:])


def _width_m(properties: dict[str, Any], where: str) -> float:
    width = properties.get("width_km", LANE_KM)
    if isinstance(width, bool) or not isinstance(width, int | float) or not 0.0 < width <= 1000.0:
        raise BadInputError(f"width_km is {str(width)[:40]}", where, "give kilometres, up to 1,000")
    return 1e3 * float(width)


def _lanes(lines: Any, width_m: float, where: str) -> tuple[tuple[Corners, tuple[Corners, ...]], ...]:
    """Each leg of each line as a strip along the shortest way, squared off half a width beyond both ends."""
    if not isinstance(lines, list) or not lines:
        raise BadInputError("it has no coordinates", where)
    strips = []
    for line in lines:
        places = _places_rad(line, where)
        if len(places) < 2:
            raise BadInputError("a line needs two places", where)
        for (lat_1, lon_1), (lat_2, lon_2) in pairwise(places):
            length_m, bearing, _ = geodesic_inverse(lat_1, lon_1, lat_2, lon_2)
            count = max(int(np.ceil(float(length_m) / LEG_M)), 1)
            along = float(length_m) * np.arange(count + 1) / count
            lat, lon, onward = geodesic_direct(lat_1, lon_1, float(bearing), along)
            for i in range(count):
                strips.append((_strip(lat[i : i + 2], lon[i : i + 2], onward[i : i + 2], 0.5 * width_m), ()))
    return tuple(strips)


def _strip(lat: Scalar, lon: Scalar, onward: Scalar, half_m: float) -> Corners:
    """Four corners about a short leg."""
    lat, lon, onward = geodesic_direct(lat, lon, onward, np.array([-half_m, half_m]))
    sides = onward[[0, 1, 1, 0]] + np.array([-0.5, -0.5, 0.5, 0.5]) * np.pi
    corners = geodesic_direct(lat[[0, 1, 1, 0]], lon[[0, 1, 1, 0]], sides, half_m)
    return tuple(zip(corners[0].tolist(), corners[1].tolist(), strict=True))


def _places_rad(line: Any, where: str) -> list[tuple[float, float]]:
    try:
        pairs = [(float(corner[1]), float(corner[0])) for corner in line]
    except (TypeError, ValueError, IndexError, KeyError):
        raise BadInputError("a line holds something that is no longitude, latitude pair", where) from None
    return [checked_place_rad(lat, lon, where) for lat, lon in pairs]


def _ring(ring: Any, where: str) -> Corners:
    try:
        pairs = [(float(corner[1]), float(corner[0])) for corner in ring]
    except (TypeError, ValueError, IndexError, KeyError):
        raise BadInputError("a ring holds something that is no longitude, latitude pair", where) from None
    corners = [checked_place_rad(lat, lon, where) for lat, lon in pairs]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners = corners[:-1]
    if trouble := polygon_trouble(np.array(corners).reshape(-1, 2)):
        raise BadInputError(trouble, where)
    return tuple(corners)
