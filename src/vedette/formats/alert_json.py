"""The Vedette event on the wire: one JSON document of an alert event (docs/reference/vedette-event.md).

The document is the value itself, its instants spelled in UTC to the nanosecond: every `..._tai_ns` field is `..._utc`
here. The same event always gives the same bytes, so that a hash of them names a revision and a signature covers it.
"""

from typing import Any

import msgspec

from vedette.core.errors import BadInputError
from vedette.reports.alert_event import AlertEvent, event_trouble
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

MOST_BYTES = 8 * 1024 * 1024
_INSIDE, _WIRE = "_tai_ns", "_utc"
_UTC = {"type": "string", "examples": ["2031-04-01T12:00:00.000000000Z"]}


def alert_event_bytes(event: AlertEvent, is_pretty: bool = False) -> bytes:
    """The event as JSON, UTF-8; the same event gives the same bytes."""
    data = msgspec.json.encode(_spelled(msgspec.to_builtins(event)), order="deterministic")
    return msgspec.json.format(data, indent=2) if is_pretty else data


def read_alert_event(data: bytes, where: str = "event") -> AlertEvent:
    """An event read back; BadInputError says which field is wrong, and what the message as a whole lacks."""
    if len(data) > MOST_BYTES:
        raise BadInputError(f"larger than {MOST_BYTES // 2**20} MiB", where)
    try:
        event = msgspec.convert(_meant(msgspec.json.decode(data), where), AlertEvent, strict=True)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as trouble:
        raise BadInputError(f"no Vedette event ({trouble})", where, "see vedette-event.md") from None
    if trouble_words := event_trouble(event):
        raise BadInputError(trouble_words, where)
    return event


def alert_event_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the wire document."""
    (reference,), components = msgspec.json.schema_components((AlertEvent,), ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Vedette alert event",
        **reference,
        "$defs": _schema_spelled(_described(components)),
    }


def _spelled(node: Any) -> Any:
    """Every instant in UTC."""
    if isinstance(node, dict):
        return {
            _to_wire(key): _utc(value) if key.endswith(_INSIDE) else _spelled(value) for key, value in node.items()
        }
    return [_spelled(item) for item in node] if isinstance(node, list | tuple) else node


def _utc(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_utc(item) for item in value]
    return None if value is None else utc_text_from_tai_ns(value, digits=9)


def _meant(node: Any, where: str) -> Any:
    """The inverse of `_spelled`."""
    if isinstance(node, dict):
        if twice := next((key for key in node if key.endswith(_INSIDE)), None):
            raise BadInputError(f"it holds {twice!r}", where, f"on the wire it is {_to_wire(twice)}, in UTC")
        return {
            _to_inside(key): _tai_ns(value, key, where) if key.endswith(_WIRE) else _meant(value, where)
            for key, value in node.items()
        }
    return [_meant(item, where) for item in node] if isinstance(node, list) else node


def _tai_ns(value: Any, key: str, where: str) -> Any:
    if isinstance(value, list):
        return [_tai_ns(item, key, where) for item in value]
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadInputError(f"{key} is {str(value)[:60]}", where, "write UTC like 2031-04-01T12:00:00.000Z")
    return tai_ns_from_utc_text(value)


def _to_wire(key: str) -> str:
    return key.removesuffix(_INSIDE) + _WIRE if key.endswith(_INSIDE) else key


def _to_inside(key: str) -> str:
    return key.removesuffix(_WIRE) + _INSIDE if key.endswith(_WIRE) else key


# of structures that are used elsewhere too, and carry their meaning in comments there
_MEANINGS = {
    ("Explanation", "name"): "what it may be",
    ("Explanation", "probability"): "0 to 1; those of one event sum to one",
    ("Explanation", "reasons_for"): "what speaks for it",
    ("Explanation", "reasons_against"): "what speaks against it",
    ("Area", "probability"): "that the truth lies inside: 0.50, 0.90 or 0.99",
    ("Area", "shape"): "polygon or ring",
    ("Area", "lat_deg"): "corners: geodetic latitudes, degrees north; the first not said again",
    ("Area", "lon_deg"): "corners: longitudes, degrees east",
    ("Area", "area_km2"): "size, square kilometres",
    ("ImpactArea", "areas"): "nested areas, smallest first",
    ("ImpactArea", "lat_deg"): "middle of the areas, degrees north: no aim, only their middle",
    ("ImpactArea", "lon_deg"): "middle of the areas, degrees east",
    ("ImpactArea", "t_90_tai_ns"): "90 % interval of the instant",
    ("ImpactArea", "downrange_90_km"): "km from the launch point, 90 %, when no heading is known; null: see areas",
    ("ImpactArea", "is_conditional"): "true: only if thrust stopped now; never a warning",
    ("LaunchEstimate", "lat_deg"): "middle of the launch areas, degrees north",
    ("LaunchEstimate", "lon_deg"): "middle of the launch areas, degrees east",
    ("LaunchEstimate", "areas"): "nested areas, smallest first",
    ("LaunchEstimate", "t_tai_ns"): "when it left the ground",
    ("LaunchEstimate", "t_90_tai_ns"): "90 % interval of that instant",
    ("LaunchEstimate", "azimuth_deg"): "heading, degrees clockwise from north; null: too steep for one",
    ("LaunchEstimate", "azimuth_90_deg"): "90 % interval of the heading, clockwise from the first to the second",
    ("LaunchEstimate", "is_near_vertical"): "true: the flight is too steep for a heading",
}


def _described(components: dict[str, Any]) -> dict[str, Any]:
    """The schema's structures with the meaning of every field."""
    for (struct, name), words in _MEANINGS.items():
        components[struct]["properties"][name]["description"] = words
    return components


def _schema_spelled(node: Any, is_instant: bool = False) -> Any:
    """The schema with instants as UTC text, named as on the wire."""
    if isinstance(node, list):
        return [_schema_spelled(item, is_instant) for item in node]
    if not isinstance(node, dict):
        return node
    if is_instant and node.get("type") == "integer":
        return {**_UTC, **({"description": f"{node['description']}; UTC"} if "description" in node else {})}
    changed: dict[str, Any] = {}
    for key, value in node.items():
        if key == "properties":
            changed[key] = {_to_wire(name): _schema_spelled(one, name.endswith(_INSIDE)) for name, one in value.items()}
        elif key == "required":
            changed[key] = [_to_wire(name) for name in value]
        else:
            changed[key] = _schema_spelled(value, is_instant)
    return changed
