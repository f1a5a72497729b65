"""CZML [AnalyticalGraphicsInc/czml-writer wiki, CZML Guide]: the scene over time, for any Cesium viewer.

Places are Earth-fixed metres (`FIXED`) at seconds from an epoch; between them a viewer interpolates, after the last it
shows nothing. Doubt is drawn too: the 90 % ellipsoid of each place, turned as its covariance lies, and the areas as
they were believed from one instant to the next. Nothing is loaded from outside.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.special import chdtri

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows
from vedette.doors.export.geojson import polygons_of
from vedette.doors.export.scene import Path, Scene, SceneSensor, TimedArea
from vedette.doors.wire import json_bytes

COLOURS = (
    (0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (240, 228, 66), (86, 180, 233), (230, 159, 0),
)  # Okabe and Ito (2008)  # fmt: skip
MOST_ELLIPSOIDS = 60
LEAST_RADIUS_M = 1.0
Packet = dict[str, Any]


def czml_bytes(scene: Scene) -> bytes:
    """A CZML document: its clock, then a packet for every thing."""
    packets: list[Packet] = [_document(scene)]
    colours = {one["id"]: COLOURS[i % len(COLOURS)] for i, one in enumerate(scene.picture["objects"])}
    for one in scene.picture["objects"]:
        packets += _object(scene, one, colours[one["id"]])
    for number, area in enumerate(scene.areas):
        packets += _area(scene, area, number, colours.get(area.object_id, COLOURS[0]))
    for sensor in scene.sensors:
        packets += _sensor(scene, sensor)
    return json_bytes(packets)


def _document(scene: Scene) -> Packet:
    start, end = scene.utc(scene.t_from_tai_ns), scene.utc(scene.t_to_tai_ns)
    return {
        "id": "document",
        "name": f"{scene.mode}: {scene.name}",
        "version": "1.0",
        "clock": {
            "interval": f"{start}/{end}",
            "currentTime": start,
            "multiplier": 10,
            "range": "LOOP_STOP",
            "step": "SYSTEM_CLOCK_MULTIPLIER",
        },
    }


def _object(scene: Scene, one: dict[str, Any], colour: tuple[int, int, int]) -> Iterator[Packet]:
    path = scene.paths.get(one["id"])
    share = max(one["probabilities"].values(), default=None)
    label = f"{scene.mode} {one['id']}: {one['class']}" + (f" {100 * share:.0f} %" if share is not None else "")
    if path is not None and len(path):
        yield _trail(scene, one["id"], label, path, colour)
    for kind, place in (("launch", one["launch"]), ("impact", one["impact"])):
        if place is None:
            continue
        yield {
            "id": f"object/{one['id']}/{kind}",
            "name": f"{scene.mode} {one['id']} {kind}",
            "position": {"cartographicDegrees": [place["lon_deg"], place["lat_deg"], 0.0]},
            "point": {
                "color": _rgba(colour), "pixelSize": 7, "outlineColor": _rgba((0, 0, 0)), "outlineWidth": 1,
                "heightReference": "CLAMP_TO_GROUND",
            },
        }  # fmt: skip


def _trail(scene: Scene, name: str, label: str, path: Path, colour: tuple[int, int, int]) -> Packet:
    epoch = path.t_tai_ns[0]
    last = max(path.t_tai_ns[-1], epoch + NS_PER_S)
    if len(path) == 1:
        place: Packet = {"referenceFrame": "FIXED", "cartesian": [round(float(x), 3) for x in path.positions_itrf_m[0]]}
        last = max(last, scene.t_to_tai_ns)
    else:
        samples = [
            value
            for t, row in zip(path.t_tai_ns, path.positions_itrf_m, strict=True)
            for value in (round((t - epoch) / NS_PER_S, 3), *(round(float(x), 3) for x in row))
        ]
        place = {
            "referenceFrame": "FIXED", "epoch": scene.utc(epoch), "cartesian": samples,
            "interpolationAlgorithm": "LAGRANGE", "interpolationDegree": min(3, len(path) - 1),
            "forwardExtrapolationType": "NONE", "backwardExtrapolationType": "NONE",
        }  # fmt: skip
    packet: Packet = {
        "id": f"object/{name}",
        "name": label,
        "availability": f"{scene.utc(epoch)}/{scene.utc(last)}",
        "position": place,
        "point": {"color": _rgba(colour), "pixelSize": 9, "outlineColor": _rgba((255, 255, 255)), "outlineWidth": 1},
        "label": {
            "text": label, "font": "13px sans-serif", "fillColor": _rgba((255, 255, 255)),
            "outlineColor": _rgba((0, 0, 0)), "outlineWidth": 2, "style": "FILL_AND_OUTLINE",
            "horizontalOrigin": "LEFT", "pixelOffset": {"cartesian2": [10, -10]},
        },
        "path": {
            "material": {"solidColor": {"color": _rgba(colour)}}, "width": 2, "leadTime": 0,
            "trailTime": round((last - epoch) / NS_PER_S, 3), "resolution": 5,
        },
    }  # fmt: skip
    ellipsoid = _ellipsoids(scene, path, colour, last)
    return packet if ellipsoid is None else {**packet, **ellipsoid}


def _ellipsoids(scene: Scene, path: Path, colour: tuple[int, int, int], last: int) -> Packet | None:
    """The 90 % ellipsoid of the place, from each told doubt to the next; its axes by `orientation`."""
    told = [i for i, cov in enumerate(path.covs_itrf_m2) if cov is not None and np.all(np.isfinite(cov))]
    if not told:
        return None
    if len(told) > MOST_ELLIPSOIDS:
        told = [told[i] for i in np.unique(np.linspace(0, len(told) - 1, MOST_ELLIPSOIDS).round().astype(int))]
    radii, turns = [], []
    for number, i in enumerate(told):
        until = path.t_tai_ns[told[number + 1]] if number + 1 < len(told) else last
        interval = f"{scene.utc(path.t_tai_ns[i])}/{scene.utc(max(until, path.t_tai_ns[i] + 1_000_000))}"
        sizes_m, quaternion = ellipsoid_90(np.asarray(path.covs_itrf_m2[i]))
        radii.append({"interval": interval, "cartesian": sizes_m})
        turns.append({"interval": interval, "unitQuaternion": quaternion})
    return {
        "orientation": turns,
        "ellipsoid": {
            "radii": radii, "fill": True, "outline": False,
            "material": {"solidColor": {"color": _rgba(colour, 60)}},
        },
    }  # fmt: skip


def ellipsoid_90(cov_itrf_m2: Rows) -> tuple[list[float], list[float]]:
    """Half axes (m) of the ellipsoid that holds the place with 90 %, and the turn (x, y, z, w) from them to ITRF."""
    values, axes = np.linalg.eigh(0.5 * (cov_itrf_m2 + cov_itrf_m2.T))
    if np.linalg.det(axes) < 0.0:
        axes[:, 0] = -axes[:, 0]
    sizes = np.sqrt(np.maximum(values, 0.0) * float(chdtri(3, 0.1)))
    return [round(max(float(x), LEAST_RADIUS_M), 2) for x in sizes], [round(float(x), 9) for x in _quaternion(axes)]


def _quaternion(turn: Rows) -> Rows:
    """Of a turn (3, 3), scalar last [Shepperd 1978]."""
    trace = float(np.trace(turn))
    parts = np.array([turn[0, 0], turn[1, 1], turn[2, 2], trace])
    best = int(np.argmax(parts))
    if best == 3:
        found = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1], 1.0 + trace])
    else:
        j, k = (best + 1) % 3, (best + 2) % 3
        found = np.zeros(4)
        found[best] = 1.0 - trace + 2.0 * turn[best, best]
        found[j], found[k] = turn[best, j] + turn[j, best], turn[best, k] + turn[k, best]
        found[3] = turn[k, j] - turn[j, k]
    return np.asarray(found / np.linalg.norm(found))


def _area(scene: Scene, one: TimedArea, number: int, colour: tuple[int, int, int]) -> Iterator[Packet]:
    share = round(100 * one.area.probability)
    if not one.is_last and share != 90:
        return  # of what was believed before, the 90 % areas; of what is believed last, all
    for piece, rings in enumerate(polygons_of(one.area)):
        corners, *holes = ([value for lon, lat in ring[:-1] for value in (lon, lat, 0.0)] for ring in rings)
        cut = {"holes": {"cartographicDegrees": holes}} if holes else {}
        yield {
            "id": f"area/{number}/{piece}",
            "name": f"{scene.mode} {one.object_id} {one.kind}, {share} % area, {one.area.area_km2:,.3g} km²",
            "availability": f"{scene.utc(one.t_from_tai_ns)}/{scene.utc(max(one.t_to_tai_ns, one.t_from_tai_ns + 1))}",
            "polygon": {
                "positions": {"cartographicDegrees": corners},
                **cut, "height": 0, "arcType": "GEODESIC",
                "material": {"solidColor": {"color": _rgba(colour, 110 if share == 50 else 70 if share == 90 else 40)}},
                "outline": True, "outlineColor": _rgba(colour),
            },
        }  # fmt: skip


def _sensor(scene: Scene, one: SceneSensor) -> Iterator[Packet]:
    if one.position_itrf_m is None:
        return
    packet: Packet = {
        "id": f"sensor/{one.id}",
        "name": f"{scene.mode} {one.id} ({one.kind})",
        "position": {"referenceFrame": "FIXED", "cartesian": [round(x, 3) for x in one.position_itrf_m]},
        "point": {"color": _rgba((255, 255, 255)), "pixelSize": 8, "outlineColor": _rgba((0, 0, 0)), "outlineWidth": 2},
        "label": {
            "text": one.id, "font": "12px sans-serif", "fillColor": _rgba((255, 255, 255)),
            "outlineColor": _rgba((0, 0, 0)), "outlineWidth": 2, "style": "FILL_AND_OUTLINE",
            "horizontalOrigin": "LEFT", "pixelOffset": {"cartesian2": [10, 10]},
        },
    }  # fmt: skip
    if one.field_deg:
        corners = [value for lat, lon in [*one.field_deg, one.field_deg[0]] for value in (lon, lat, 0.0)]
        packet["polyline"] = {
            "positions": {"cartographicDegrees": [round(x, 5) for x in corners]}, "arcType": "GEODESIC", "width": 1,
            "clampToGround": True, "material": {"solidColor": {"color": _rgba((255, 255, 255), 120)}},
        }  # fmt: skip
    yield packet


def _rgba(colour: tuple[int, int, int], alpha: int = 255) -> dict[str, list[int]]:
    return {"rgba": [*colour, alpha]}
