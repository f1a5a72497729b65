"""GeoJSON [RFC 7946]: longitude first, WGS 84, heights in metres above the ellipsoid, outer rings counter-clockwise.

Lines are cut where they cross 180 degrees, areas too, and an area that holds a pole goes to it along the date line
[3.1.6, 3.1.9]. Instants, units and the mode are properties, named with their units.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from vedette.core.shapes import Rows
from vedette.doors.export.scene import Path, Scene, TimedArea
from vedette.doors.wire import json_bytes
from vedette.frames.map_pieces import map_pieces
from vedette.reports import Area

Position = list[float]


def geojson_bytes(scene: Scene) -> bytes:
    """A FeatureCollection of tracks, launches, impacts, areas, sensors, notices and noise sources."""
    features = [
        *_objects(scene), *(_area(scene, one) for one in scene.areas if one.is_last), *_sensors(scene),
        *_notices(scene), *_others(scene),
    ]  # fmt: skip
    return json_bytes(
        {
            "type": "FeatureCollection",
            "vedette": {
                "name": scene.name,
                "mode": scene.mode,
                "engine_version": scene.picture["engine_version"],
                "t_now_utc": scene.picture["t_now_utc"],
            },
            "features": [one for one in features if one is not None],
        }
    )


SECTORS = 12
_OVER_THE_POLE = 3.0  # rad of longitude from end to end: as good as half round


def polygons(lat_deg: Sequence[float], lon_deg: Sequence[float]) -> list[list[list[Position]]]:
    """An outline as polygons that a flat map can draw: cut at the date line, carried over a pole, right-handed."""
    return [[_closed(piece)] for piece in map_pieces(_corners(lat_deg, lon_deg))]


def polygons_of(area: Area) -> list[list[list[Position]]]:
    """The same of an area; a ring is a polygon with a hole, or sectors of it where it must be cut."""
    if area.shape != "ring":
        return polygons(area.lat_deg, area.lon_deg)
    corners = _corners(area.lat_deg, area.lon_deg)
    half = len(corners) // 2
    outer, inner = corners[:half], corners[half:]  # in the same order of bearings
    around = map_pieces(outer)
    if np.ptp(inner, axis=0).max() < 1e-6:  # nothing is left out in the middle
        return [[_closed(piece)] for piece in around]
    holes = map_pieces(inner)
    if len(around) == 1 and len(holes) == 1:
        return [[_closed(around[0]), _closed(holes[0])[::-1]]]  # a hole runs the other way round
    found = []
    steps = np.linspace(0, half, SECTORS + 1).round().astype(int)
    # a cut from the outer edge to the inner one that runs over the pole belongs to neither side of it
    turned = np.abs((outer[:, 1] - inner[:, 1] + np.pi) % (2.0 * np.pi) - np.pi)
    start = min(range(max(half // SECTORS, 1)), key=lambda i: max(turned[(steps + i) % half].max(), _OVER_THE_POLE))
    for first, last in pairwise(steps + start):
        arc = np.arange(first, last + 1) % half
        found += [[_closed(piece)] for piece in map_pieces(np.concatenate([outer[arc], inner[arc][::-1]]))]
    return found


def _corners(lat_deg: Sequence[float], lon_deg: Sequence[float]) -> Rows:
    return np.radians(np.stack([np.asarray(lat_deg, dtype=float), np.asarray(lon_deg, dtype=float)], axis=-1))


def geometry_of(rings: list[list[list[Position]]]) -> dict[str, Any] | None:
    """A Polygon or MultiPolygon; None of nothing."""
    if not rings:
        return None
    if len(rings) == 1:
        return {"type": "Polygon", "coordinates": rings[0]}
    return {"type": "MultiPolygon", "coordinates": rings}


def lines(path: Path) -> tuple[list[list[Position]], list[list[int]]]:
    """A trail cut where it crosses 180 degrees, with the instants (TAI ns) of every place; a cut has one of its own."""
    parts: list[list[Position]] = [[]]
    times: list[list[int]] = [[]]
    for i in range(len(path)):
        here = [round(path.lon_deg[i], 6), round(path.lat_deg[i], 6), round(path.height_m[i], 1)]
        if parts[-1] and abs(here[0] - parts[-1][-1][0]) > 180.0:
            before, t_before = parts[-1][-1], times[-1][-1]
            side = 180.0 if before[0] > 0.0 else -180.0
            gap = 360.0 - abs(here[0] - before[0])
            share = (180.0 - abs(before[0])) / gap if gap > 0.0 else 0.0
            cut = [round(a + share * (b - a), 6) for a, b in zip(before[1:], here[1:], strict=True)]
            t_cut = t_before + round(share * (path.t_tai_ns[i] - t_before))
            parts[-1].append([side, *cut])
            times[-1].append(t_cut)
            parts.append([[-side, *cut]])
            times.append([t_cut])
        parts[-1].append(here)
        times[-1].append(path.t_tai_ns[i])
    return parts, times


def _closed(piece: Rows) -> list[Position]:
    ring = [[round(float(np.degrees(lon)), 6), round(float(np.degrees(lat)), 6)] for lat, lon in piece]
    kept = [one for i, one in enumerate(ring) if one != ring[i - 1]]
    return [*kept, kept[0]]


def _feature(name: str, geometry: dict[str, Any] | None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}


def _objects(scene: Scene) -> Iterator[dict[str, Any]]:
    for one in scene.picture["objects"]:
        told = {
            "mode": scene.mode, "object_id": one["id"], "class": one["class"],
            "probability": max(one["probabilities"].values(), default=None), "phase": one["phase"],
            "sensors": one["sensors"], "marks": one["quality"],
        }  # fmt: skip
        path = scene.paths.get(one["id"])
        if path is not None:
            yield _track(scene, one["id"], path, told)
        if one["launch"] is not None:
            where = {"type": "Point", "coordinates": [one["launch"]["lon_deg"], one["launch"]["lat_deg"]]}
            rest = {key: one["launch"][key] for key in ("t_utc", "azimuth_deg", "azimuth_90_deg")}
            yield _feature(f"{one['id']}/launch", where, **told, kind="launch", **rest)
        if one["impact"] is not None:
            where = {"type": "Point", "coordinates": [one["impact"]["lon_deg"], one["impact"]["lat_deg"]]}
            rest = {key: one["impact"][key] for key in ("t_90_utc", "is_conditional")}
            yield _feature(f"{one['id']}/impact", where, **told, kind="impact", **rest)


def _track(scene: Scene, name: str, path: Path, told: dict[str, Any]) -> dict[str, Any]:
    parts, times = lines(path)
    spelled = [[scene.utc(t) if scene.is_epoch_known else None for t in run] for run in times]
    long = [(part, run) for part, run in zip(parts, spelled, strict=True) if len(part) > 1]
    if not long:
        geometry = {"type": "Point", "coordinates": parts[0][0]}
        return _feature(f"{name}/track", geometry, **told, kind="track", t_utc=spelled[0][0])
    if len(long) == 1:
        geometry = {"type": "LineString", "coordinates": long[0][0]}
        return _feature(f"{name}/track", geometry, **told, kind="track", t_utc=long[0][1])
    geometry = {"type": "MultiLineString", "coordinates": [part for part, _ in long]}
    return _feature(f"{name}/track", geometry, **told, kind="track", t_utc=[run for _, run in long])


def _area(scene: Scene, one: TimedArea) -> dict[str, Any]:
    share = round(100 * one.area.probability)
    times = (scene.utc(one.t_from_tai_ns), scene.utc(one.t_to_tai_ns)) if scene.is_epoch_known else (None, None)
    return _feature(
        f"{one.object_id}/{one.kind}-area-{share}",
        geometry_of(polygons_of(one.area)),
        mode=scene.mode, object_id=one.object_id, kind=f"{one.kind}-area", probability=one.area.probability,
        area_km2=one.area.area_km2, believed_from_utc=times[0], believed_to_utc=times[1],
    )  # fmt: skip


def _sensors(scene: Scene) -> Iterator[dict[str, Any]]:
    for one in scene.sensors:
        geometry = None
        if one.lat_deg is not None and one.lon_deg is not None and one.height_m is not None:
            place = [round(one.lon_deg, 6), round(one.lat_deg, 6), round(one.height_m, 1)]
            geometry = {"type": "Point", "coordinates": place}
        told = {"mode": scene.mode, "sensor_id": one.id, "sensor_kind": one.kind}
        yield _feature(f"sensor/{one.id}", geometry, **told, kind="sensor")
        if one.field_deg:
            rings = polygons([lat for lat, _ in one.field_deg], [lon for _, lon in one.field_deg])
            yield _feature(
                f"sensor/{one.id}/field", geometry_of(rings), **told, kind="field-of-regard", height_km=100.0
            )


def _notices(scene: Scene) -> Iterator[dict[str, Any]]:
    for notice in scene.notices:
        for key, kind in (("launch_areas", "notice-launch-area"), ("hazard_areas", "notice-hazard-area")):
            for number, area in enumerate(notice.get(key, ())):
                corners = area.get("polygon_deg") or ()
                geometry = geometry_of(polygons([c[0] for c in corners], [c[1] for c in corners])) if corners else None
                if geometry is None and "lat_deg" in area and "lon_deg" in area:
                    geometry = {"type": "Point", "coordinates": [area["lon_deg"], area["lat_deg"]]}
                yield _feature(
                    f"notice/{notice['id']}/{key}/{number}", geometry, mode=scene.mode, kind=kind,
                    notice_id=notice["id"], party=notice["party"], role=area.get("role"),
                    radius_km=area.get("radius_km"), windows=notice.get("windows", []),
                )  # fmt: skip


def _others(scene: Scene) -> Iterator[dict[str, Any]]:
    for key, kind in (("groups", "group"), ("noise_sources", "noise-source")):
        for one in scene.picture[key]:
            height_m = 1e3 * one.get("altitude_km", one.get("height_km", 0.0))
            place = {"type": "Point", "coordinates": [one["lon_deg"], one["lat_deg"], round(height_m, 1)]}
            told = {name: one[name] for name in ("id", "t_utc", "sensors")}
            yield _feature(f"{kind}/{one['id']}", place, mode=scene.mode, kind=kind, **told)
