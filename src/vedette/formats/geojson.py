"""Named areas from GeoJSON [RFC 7946]: longitude first there, latitude first here.

Read are Polygon and MultiPolygon features of a FeatureCollection, a single feature or a bare geometry; the name is the
property `name`, else the feature's `id`, else its number. `name:ja`, `time_zone` and `ISO3166-2` are read too. An area
that makes no sense is refused by itself.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from vedette.core.errors import BadInputError
from vedette.formats.notice_area import checked_place_rad
from vedette.frames import polygon_trouble
from vedette.reports.place import Corners, Place

MOST_BYTES = 256 * 1024 * 1024


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
    if kind not in ("Polygon", "MultiPolygon"):
        raise BadInputError(f"it is a {kind}", where, "give a Polygon or MultiPolygon")
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
