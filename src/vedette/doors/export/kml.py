"""KML 2.2 [OGC 07-147r2]: places, trails, areas and sensors, in the order of elements that its schema asks for.

Areas carry the span of time in which they were believed; trails are lines at their heights. Nothing is loaded from
outside, and everything's name begins with the mode.
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from vedette.doors.export.czml import COLOURS
from vedette.doors.export.geojson import lines, polygons_of
from vedette.doors.export.scene import Scene

NAMESPACE = "http://www.opengis.net/kml/2.2"
Element = Any


def kml_bytes(scene: Scene) -> bytes:
    """A KML document."""
    root = etree.Element(f"{{{NAMESPACE}}}kml", nsmap={None: NAMESPACE})
    document = _add(root, "Document")
    _add(document, "name", f"{scene.mode}: {scene.name}")
    _add(document, "description", f"{scene.mode}. Made by Vedette {scene.picture['engine_version']}.")
    for number, colour in enumerate(COLOURS):
        _style(document, f"c{number}", colour)
    _style(document, "sensor", (255, 255, 255))
    names = [one["id"] for one in scene.picture["objects"]]
    styles = {name: f"#c{i % len(COLOURS)}" for i, name in enumerate(names)}
    _objects(_folder(document, "Objects"), scene, styles)
    _areas(_folder(document, "Areas"), scene, styles)
    _sensors(_folder(document, "Sensors"), scene)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _objects(folder: Element, scene: Scene, styles: dict[str, str]) -> None:
    for one in scene.picture["objects"]:
        share = max(one["probabilities"].values(), default=None)
        what = f"{one['class']}" + (f" {100 * share:.0f} %" if share is not None else "")
        path = scene.paths.get(one["id"])
        if path is not None and len(path):
            spans = (path.t_tai_ns[0], path.t_tai_ns[-1])
            runs = [run for run in lines(path)[0] if len(run) > 1]
            if runs:
                place = _placemark(folder, f"{scene.mode} {one['id']}: {what}", styles[one["id"]], scene, spans, one)
                home = place if len(runs) == 1 else _add(place, "MultiGeometry")
                for run in runs:
                    line = _add(home, "LineString")
                    _add(line, "altitudeMode", "absolute")
                    _add(line, "coordinates", _coordinates(run))
            last = lines(path)[0][-1][-1]
            name = f"{scene.mode} {one['id']}, believed last"
            _point(_placemark(folder, name, styles[one["id"]], scene, None, one), last, "absolute")
        for kind, where in (("launch", one["launch"]), ("impact", one["impact"])):
            if where is not None:
                place = _placemark(folder, f"{scene.mode} {one['id']} {kind}", styles[one["id"]], scene, None, one)
                _point(place, [where["lon_deg"], where["lat_deg"], 0.0], "clampToGround")


def _areas(folder: Element, scene: Scene, styles: dict[str, str]) -> None:
    for one in scene.areas:
        share = round(100 * one.area.probability)
        if not one.is_last and share != 90:
            continue
        rings = polygons_of(one.area)
        if not rings:
            continue
        name = f"{scene.mode} {one.object_id} {one.kind}, {share} % area, {one.area.area_km2:,.3g} km²"
        spans = (one.t_from_tai_ns, one.t_to_tai_ns)
        place = _placemark(folder, name, styles.get(one.object_id, "#c0"), scene, spans, None)
        home = place if len(rings) == 1 else _add(place, "MultiGeometry")
        for ring in rings:
            polygon = _add(home, "Polygon")
            _add(polygon, "tessellate", "1")
            for number, corners in enumerate(ring):
                boundary = _add(polygon, "innerBoundaryIs" if number else "outerBoundaryIs")
                ring_of = _add(boundary, "LinearRing")
                _add(ring_of, "coordinates", _coordinates([[lon, lat, 0.0] for lon, lat in corners]))


def _sensors(folder: Element, scene: Scene) -> None:
    for one in scene.sensors:
        if one.lat_deg is None or one.lon_deg is None or one.height_m is None:
            continue
        place = _placemark(folder, f"{scene.mode} {one.id} ({one.kind})", "#sensor", scene, None, None)
        _point(place, [one.lon_deg, one.lat_deg, one.height_m], "absolute")


def _placemark(
    home: Element, name: str, style: str, scene: Scene, spans: tuple[int, int] | None, one: dict[str, Any] | None
) -> Element:
    place = _add(home, "Placemark")
    _add(place, "name", name)
    if one is not None:
        _add(place, "description", "; ".join(_said(one)))
    if spans is not None and scene.is_epoch_known:
        span = _add(place, "TimeSpan")
        _add(span, "begin", scene.utc(spans[0]))
        _add(span, "end", scene.utc(spans[1]))
    _add(place, "styleUrl", style)
    return place


def _said(one: dict[str, Any]) -> Iterator[str]:
    yield f"seen by {', '.join(one['sensors']) or 'no sensor'}"
    yield from (f"for: {words}" for words in one["reasons_for"][:5])
    yield from (f"against: {words}" for words in one["reasons_against"][:5])


def _point(place: Element, position: list[float], mode: str) -> None:
    point = _add(place, "Point")
    _add(point, "altitudeMode", mode)
    _add(point, "coordinates", _coordinates([position]))


def _coordinates(run: list[list[float]]) -> str:
    return " ".join(f"{lon:.6f},{lat:.6f},{height:.1f}" for lon, lat, height in run)


def _folder(home: Element, name: str) -> Element:
    folder = _add(home, "Folder")
    _add(folder, "name", name)
    return folder


def _style(document: Element, name: str, colour: tuple[int, int, int]) -> None:
    red, green, blue = colour
    style = _add(document, "Style")
    style.set("id", name)
    line = _add(style, "LineStyle")
    _add(line, "color", f"ff{blue:02x}{green:02x}{red:02x}")  # alpha, blue, green, red
    _add(line, "width", "2")
    _add(_add(style, "PolyStyle"), "color", f"50{blue:02x}{green:02x}{red:02x}")


def _add(home: Element, name: str, text: str | None = None) -> Element:
    child = etree.SubElement(home, f"{{{NAMESPACE}}}{name}")
    if text is not None:
        child.text = "".join(c if c >= " " or c in "\t\n\r" else "�" for c in text)  # XML has no control characters
    return child
