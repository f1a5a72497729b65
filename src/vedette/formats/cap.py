"""CAP: the Common Alerting Protocol, versions 1.1 (read) and 1.2 (read and written) [OASIS 2005, 2010; ITU-T X.1303].

The structure of a message stands in tables here (`_ALERT`, `_INFO`, ...): name, how often, what it holds, in the order
of the standard. A message that breaks them is refused with the element and the cure. Places are latitude first.
SIMULATED is no CAP status, and such a message can never be written.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from vedette.core.errors import BadInputError, RefusedError
from vedette.reports import Mode

CAP_12 = "urn:oasis:names:tc:emergency:cap:1.2"
NAMESPACES = {"urn:oasis:names:tc:emergency:cap:1.1": "1.1", CAP_12: "1.2"}
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
STATUS_OF_MODE = {Mode.REAL: "Actual", Mode.EXERCISE: "Exercise", Mode.TEST: "Test"}
MOST_BYTES = 8 * 1024 * 1024

_STATUS = ("Actual", "Exercise", "System", "Test", "Draft")
_MSG_TYPE = ("Alert", "Update", "Cancel", "Ack", "Error")
_SCOPE = ("Public", "Restricted", "Private")
_CATEGORY = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other",
)  # fmt: skip
_RESPONSE = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")
_URGENCY = ("Immediate", "Expected", "Future", "Past", "Unknown")
_SEVERITY = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
_CERTAINTY = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
_OLD_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)?")  # 1.1: any xs:dateTime
_NUMBER = re.compile(r"[-+]?\d+(\.\d*)?")
_MANY = 10_000


@dataclass(frozen=True, slots=True)
class CapArea:
    """Who must be told: places in degrees, latitude first; a polygon's first corner is not said again."""

    description: str
    polygons_deg: tuple[tuple[tuple[float, float], ...], ...] = ()
    circles_deg_km: tuple[tuple[float, float, float], ...] = ()  # latitude, longitude, radius
    geocodes: tuple[tuple[str, str], ...] = ()
    altitude_ft: float | None = None
    ceiling_ft: float | None = None


@dataclass(frozen=True, slots=True)
class CapInfo:
    """What is said, in one language."""

    category: tuple[str, ...]
    event: str
    urgency: str
    severity: str
    certainty: str
    language: str = "en-US"
    response_types: tuple[str, ...] = ()
    audience: str = ""
    event_codes: tuple[tuple[str, str], ...] = ()
    effective: str = ""
    onset: str = ""
    expires: str = ""
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    areas: tuple[CapArea, ...] = ()


@dataclass(frozen=True, slots=True)
class CapAlert:
    """One CAP message."""

    identifier: str
    sender: str
    sent: str
    status: str
    msg_type: str
    scope: str = "Public"
    source: str = ""
    restriction: str = ""
    addresses: str = ""
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[tuple[str, str, str], ...] = ()  # sender, identifier, sent
    incidents: str = ""
    infos: tuple[CapInfo, ...] = ()
    version: str = "1.2"
    is_signed: bool = False  # carries an XML signature, which was not checked here


def status_of(mode: Mode) -> str:
    """The CAP status of a mode; RefusedError for SIMULATED, which never leaves as CAP."""
    if mode not in STATUS_OF_MODE:
        raise RefusedError(f"a {mode.value} message never leaves as CAP; only REAL, EXERCISE and TEST do")
    return STATUS_OF_MODE[mode]


@dataclass(frozen=True, slots=True)
class _Rule:
    """One element: its name, how often it may stand, and what it holds."""

    name: str
    least: int
    most: int
    holds: Any  # a kind of text, a tuple of words, or a tuple of rules


def _rules(*rows: tuple[str, int, int, Any]) -> tuple[_Rule, ...]:
    return tuple(_Rule(*row) for row in rows)


_PAIR = _rules(("valueName", 1, 1, "text"), ("value", 1, 1, "text"))
_AREA = _rules(
    ("areaDesc", 1, 1, "text"), ("polygon", 0, _MANY, "polygon"), ("circle", 0, _MANY, "circle"),
    ("geocode", 0, _MANY, _PAIR), ("altitude", 0, 1, "number"), ("ceiling", 0, 1, "number"),
)  # fmt: skip
_RESOURCE = _rules(
    ("resourceDesc", 1, 1, "text"), ("mimeType", 0, 1, "text"), ("size", 0, 1, "number"), ("uri", 0, 1, "text"),
    ("derefUri", 0, 1, "text"), ("digest", 0, 1, "text"),
)  # fmt: skip
_INFO = _rules(
    ("language", 0, 1, "text"), ("category", 1, _MANY, _CATEGORY), ("event", 1, 1, "some"),
    ("responseType", 0, _MANY, _RESPONSE), ("urgency", 1, 1, _URGENCY), ("severity", 1, 1, _SEVERITY),
    ("certainty", 1, 1, _CERTAINTY), ("audience", 0, 1, "text"), ("eventCode", 0, _MANY, _PAIR),
    ("effective", 0, 1, "time"), ("onset", 0, 1, "time"), ("expires", 0, 1, "time"), ("senderName", 0, 1, "text"),
    ("headline", 0, 1, "text"), ("description", 0, 1, "text"), ("instruction", 0, 1, "text"), ("web", 0, 1, "text"),
    ("contact", 0, 1, "text"), ("parameter", 0, _MANY, _PAIR), ("resource", 0, _MANY, _RESOURCE),
    ("area", 0, _MANY, _AREA),
)  # fmt: skip
_ALERT = _rules(
    ("identifier", 1, 1, "id"), ("sender", 1, 1, "id"), ("sent", 1, 1, "time"), ("status", 1, 1, _STATUS),
    ("msgType", 1, 1, _MSG_TYPE), ("source", 0, 1, "text"), ("scope", 1, 1, _SCOPE), ("restriction", 0, 1, "text"),
    ("addresses", 0, 1, "text"), ("code", 0, _MANY, "text"), ("note", 0, 1, "text"),
    ("references", 0, 1, "references"), ("incidents", 0, 1, "text"), ("info", 0, _MANY, _INFO),
)  # fmt: skip


def read_cap(data: bytes, where: str = "CAP message") -> CapAlert:
    """One message of CAP 1.1 or 1.2; BadInputError names the element that is wrong, and the cure."""
    root = _parsed(data, where)
    name = etree.QName(root)
    if name.namespace not in NAMESPACES or name.localname != "alert":
        found = f"{{{name.namespace}}}{name.localname}" if name.namespace else name.localname
        raise BadInputError(f"the document is {found[:120]!r}, not a CAP alert", where, f"its namespace is {CAP_12}")
    version = NAMESPACES[name.namespace]
    found = _filled(root, _ALERT, "alert", where, version)
    alert = CapAlert(
        identifier=found["identifier"][0], sender=found["sender"][0], sent=found["sent"][0],
        status=found["status"][0], msg_type=found["msgType"][0], scope=found["scope"][0],
        source=_only(found, "source"), restriction=_only(found, "restriction"), addresses=_only(found, "addresses"),
        codes=tuple(found["code"]), note=_only(found, "note"),
        references=found["references"][0] if found["references"] else (), incidents=_only(found, "incidents"),
        infos=tuple(_info(one) for one in found["info"]), version=version,
        is_signed=root.find(f"{{{SIGNATURE}}}Signature") is not None,
    )  # fmt: skip
    if trouble := cap_trouble(alert):
        raise BadInputError(trouble, where)
    return alert


def cap_trouble(alert: CapAlert) -> str:
    """What a whole message still lacks, in words; empty when nothing."""
    if alert.scope == "Restricted" and not alert.restriction:
        return "scope is Restricted and restriction does not say to whom"
    if alert.scope == "Private" and not alert.addresses:
        return "scope is Private and addresses names nobody"
    if alert.msg_type in ("Update", "Cancel", "Ack", "Error") and not alert.references:
        return f"an {alert.msg_type} must say in references which message it is about"
    return ""


def cap_bytes(alert: CapAlert) -> bytes:
    """The message as CAP 1.2, UTF-8. What could not be read back is refused with the reason, never written."""
    if trouble := cap_trouble(alert):
        raise BadInputError(trouble, alert.identifier)
    root = etree.Element(f"{{{CAP_12}}}alert", nsmap={None: CAP_12})
    _put(root, "identifier", alert.identifier)
    _put(root, "sender", alert.sender)
    _put(root, "sent", alert.sent)
    _put(root, "status", alert.status)
    _put(root, "msgType", alert.msg_type)
    _put_if(root, "source", alert.source)
    _put(root, "scope", alert.scope)
    _put_if(root, "restriction", alert.restriction)
    _put_if(root, "addresses", alert.addresses)
    for code in alert.codes:
        _put(root, "code", code)
    _put_if(root, "note", alert.note)
    _put_if(root, "references", " ".join(",".join(one) for one in alert.references))
    _put_if(root, "incidents", alert.incidents)
    for info in alert.infos:
        _put_info(root, info)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    read_cap(data, alert.identifier)
    return data


def _parsed(data: bytes, where: str) -> Any:
    if len(data) > MOST_BYTES:
        raise BadInputError(f"larger than {MOST_BYTES // 2**20} MiB", where)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as trouble:
        raise BadInputError(f"not XML ({trouble})", where) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadInputError("it declares entities or a document type", where, "CAP has none; ask for plain XML")
    return root


def _filled(element: Any, rules: Iterable[_Rule], path: str, where: str, version: str) -> dict[str, list[Any]]:
    """What each element holds, in the order of the standard; BadInputError at the first that is wrong."""
    rules = tuple(rules)
    found: dict[str, list[Any]] = {rule.name: [] for rule in rules}
    places = {rule.name: i for i, rule in enumerate(rules)}
    last = 0
    namespace = etree.QName(element).namespace
    for child in element:
        if not isinstance(child.tag, str):
            continue  # a comment
        name = etree.QName(child)
        if name.namespace != namespace:
            if path == "alert" and name.namespace == SIGNATURE:
                continue
            raise BadInputError(f"{path} holds {name.localname!r} of another namespace", where)
        if name.localname not in places:
            raise BadInputError(f"{path} holds {name.localname!r}, which CAP {version} does not know", where)
        place = places[name.localname]
        if place < last:
            raise BadInputError(f"{path}/{name.localname} stands after {rules[last].name}", where, "mind the order")
        last = place
        rule = rules[place]
        if len(found[rule.name]) == rule.most:
            raise BadInputError(f"{path} holds {rule.name} more than {rule.most} times", where)
        found[rule.name].append(_held(child, rule, f"{path}/{rule.name}", where, version))
    for rule in rules:
        if len(found[rule.name]) < rule.least:
            raise BadInputError(f"{path} has no {rule.name}", where, f"CAP {version} asks for it")
    return found


def _held(element: Any, rule: _Rule, path: str, where: str, version: str) -> Any:
    holds = rule.holds
    if isinstance(holds, tuple) and isinstance(holds[0], _Rule):
        return _filled(element, holds, path, where, version)
    text = "".join(element.itertext()).strip()
    if isinstance(holds, tuple):
        allowed = (*holds, "Very Likely") if rule.name == "certainty" and version == "1.1" else holds
        if text not in allowed:
            raise BadInputError(f"{path} is {text[:60]!r}", where, f"write one of {', '.join(holds)}")
        return text
    return _READ[holds](text, path, where, version)


def _text(text: str, path: str, where: str, version: str) -> str:
    return text


def _some(text: str, path: str, where: str, version: str) -> str:
    if not text:
        raise BadInputError(f"{path} is empty", where)
    return text


def _id(text: str, path: str, where: str, version: str) -> str:
    if not text or any(c in text for c in " ,<&"):
        raise BadInputError(f"{path} is {text[:60]!r}", where, "it must not be empty, nor hold blanks, commas, < or &")
    return text


def _time(text: str, path: str, where: str, version: str) -> str:
    pattern = _OLD_TIME if version == "1.1" else _TIME
    if not pattern.fullmatch(text):
        raise BadInputError(f"{path} is {text[:60]!r}", where, "write it like 2031-04-01T12:00:00-00:00")
    return text


def _number(text: str, path: str, where: str, version: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise BadInputError(f"{path} is {text[:60]!r}, not a number", where)
    return float(text)


def _references(text: str, path: str, where: str, version: str) -> tuple[tuple[str, ...], ...]:
    found = tuple(tuple(part.split(",")) for part in text.split())
    if not found or any(len(part) != 3 for part in found):
        raise BadInputError(f"{path} is {text[:60]!r}", where, "write sender,identifier,sent for each message")
    return found


def _place(text: str, path: str, where: str) -> tuple[float, float]:
    parts = text.split(",")
    if len(parts) != 2 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise BadInputError(f"{path} holds {text[:60]!r}", where, "write latitude,longitude")
    lat, lon = float(parts[0]), float(parts[1])
    if abs(lat) > 90.0 or abs(lon) > 180.0:
        raise BadInputError(f"{path} holds {text[:60]!r}", where, "latitude comes first, -90 to 90")
    return lat, lon


def _polygon(text: str, path: str, where: str, version: str) -> tuple[tuple[float, float], ...]:
    corners = tuple(_place(part, path, where) for part in text.split())
    if len(corners) < 4 or corners[0] != corners[-1]:
        raise BadInputError(f"{path} has {len(corners)} places", where, "give four or more, the last as the first")
    return corners[:-1]


def _circle(text: str, path: str, where: str, version: str) -> tuple[float, float, float]:
    parts = text.split()
    if len(parts) != 2 or not _NUMBER.fullmatch(parts[1]) or float(parts[1]) < 0.0:
        raise BadInputError(f"{path} is {text[:60]!r}", where, "write latitude,longitude radius in km")
    return (*_place(parts[0], path, where), float(parts[1]))


_READ = {
    "text": _text, "some": _some, "id": _id, "time": _time, "number": _number, "references": _references,
    "polygon": _polygon, "circle": _circle,
}  # fmt: skip


def _only(found: dict[str, list[Any]], name: str) -> Any:
    return found[name][0] if found[name] else ""


def _pairs(rows: list[dict[str, list[str]]]) -> tuple[tuple[str, str], ...]:
    return tuple((row["valueName"][0], row["value"][0]) for row in rows)


def _info(found: dict[str, list[Any]]) -> CapInfo:
    return CapInfo(
        category=tuple(found["category"]), event=found["event"][0], urgency=found["urgency"][0],
        severity=found["severity"][0], certainty=found["certainty"][0], language=_only(found, "language") or "en-US",
        response_types=tuple(found["responseType"]), audience=_only(found, "audience"),
        event_codes=_pairs(found["eventCode"]), effective=_only(found, "effective"), onset=_only(found, "onset"),
        expires=_only(found, "expires"), sender_name=_only(found, "senderName"), headline=_only(found, "headline"),
        description=_only(found, "description"), instruction=_only(found, "instruction"), web=_only(found, "web"),
        contact=_only(found, "contact"), parameters=_pairs(found["parameter"]),
        areas=tuple(
            CapArea(
                area["areaDesc"][0], tuple(area["polygon"]), tuple(area["circle"]), _pairs(area["geocode"]),
                _only(area, "altitude") if area["altitude"] else None,
                _only(area, "ceiling") if area["ceiling"] else None,
            )
            for area in found["area"]
        ),
    )  # fmt: skip


_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _put(parent: Any, name: str, text: str) -> Any:
    child = etree.SubElement(parent, f"{{{CAP_12}}}{name}")
    try:
        child.text = text
    except ValueError:  # control characters, halves of pairs and non-characters have no place in XML
        child.text = _NOT_XML.sub("", text)
    return child


def _put_if(parent: Any, name: str, text: str) -> None:
    if text:
        _put(parent, name, text)


def _put_pairs(parent: Any, name: str, pairs: Iterable[tuple[str, str]]) -> None:
    for value_name, value in pairs:
        child = etree.SubElement(parent, f"{{{CAP_12}}}{name}")
        _put(child, "valueName", value_name)
        _put(child, "value", value)


def _put_info(root: Any, info: CapInfo) -> None:
    child = etree.SubElement(root, f"{{{CAP_12}}}info")
    _put(child, "language", info.language)
    for category in info.category:
        _put(child, "category", category)
    _put(child, "event", info.event)
    for response in info.response_types:
        _put(child, "responseType", response)
    for name in ("urgency", "severity", "certainty"):
        _put(child, name, getattr(info, name))
    _put_if(child, "audience", info.audience)
    _put_pairs(child, "eventCode", info.event_codes)
    for name, text in (
        ("effective", info.effective), ("onset", info.onset), ("expires", info.expires),
        ("senderName", info.sender_name), ("headline", info.headline), ("description", info.description),
        ("instruction", info.instruction), ("web", info.web), ("contact", info.contact),
    ):  # fmt: skip
        _put_if(child, name, text)
    _put_pairs(child, "parameter", info.parameters)
    for area in info.areas:
        _put_area(child, area)


def _put_area(parent: Any, area: CapArea) -> None:
    child = etree.SubElement(parent, f"{{{CAP_12}}}area")
    _put(child, "areaDesc", area.description)
    for polygon in area.polygons_deg:
        _put(child, "polygon", " ".join(f"{lat:.5f},{lon:.5f}" for lat, lon in (*polygon, polygon[0])))
    for lat, lon, radius_km in area.circles_deg_km:
        _put(child, "circle", f"{lat:.5f},{lon:.5f} {radius_km:.3f}")
    _put_pairs(child, "geocode", area.geocodes)
    for name, value in (("altitude", area.altitude_ft), ("ceiling", area.ceiling_ft)):
        if value is not None:
            _put(child, name, f"{value:g}")
