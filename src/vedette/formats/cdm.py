"""Conjunction Data Messages, KVN and XML, in and out (CCSDS 508.0-B-1): what a neighbour says about a close approach.

Units inside are metres and seconds; the message's kilometres stay at this door. What a message leaves out is None, so
that whoever computes from it can say what is missing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from vedette.core.errors import BadInputError
from vedette.core.shapes import Rows, Scalar
from vedette.formats.cdm_keywords import AXES, COVARIANCE, FRAMES, HEADER, KNOWN, METADATA, STATE, VERSIONS
from vedette.formats.ndm import (
    MOST_BYTES,
    Item,
    finite_of,
    is_xml,
    kvn_items,
    number_of,
    unknown_keyword,
    without_unit,
    xml_items,
    xml_name,
    xml_root,
)
from vedette.time import tai_ns_from_utc_text

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_RADIUS = re.compile(r"^\s*(?:combined\s+)?(?:HBR|hard[- ]body radius)\b[^0-9+\-.]*", re.IGNORECASE)
# a message with its covariance in two frames gives these, which no axis is part of, in both
_TWICE = frozenset(f"C{a}_{b}" for a in ("DRG", "SRP", "THR") for b in ("DRG", "SRP", "THR"))
_WHERE_SAID = ("OBJECT_DESIGNATOR", "OBJECT_NAME", "INTERNATIONAL_DESIGNATOR")


@dataclass(frozen=True, slots=True, eq=False)
class CdmObject:
    """One of the two: its state at the closest approach, and how sure that is.

    state_m_mps : (6,) in `frame`; None when the message gives none
    cov_rtn : (6, 6) m and m/s, radial, along, normal of its own orbit; None when the message gives none
    words : every other keyword as it was written, without units
    """

    designator: str
    name: str
    international: str
    frame: str
    state_m_mps: Scalar | None
    cov_rtn: Rows | None
    words: dict[str, str] = field(default_factory=dict)
    comments: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What to call it."""
        return self.name if self.name not in ("", "UNKNOWN") else self.designator


@dataclass(frozen=True, slots=True, eq=False)
class Cdm:
    """One message about one approach."""

    t_tca_tai_ns: int
    objects: tuple[CdmObject, CdmObject]
    message_id: str = ""
    originator: str = ""
    creation_date: str = ""
    message_for: str = ""
    miss_distance_m: float | None = None
    relative_speed_mps: float | None = None
    collision_probability: float | None = None
    collision_method: str = ""
    radius_m: float | None = None  # combined hard body, where the message says it
    comments: tuple[str, ...] = ()
    words: dict[str, str] = field(default_factory=dict)


def read_cdm(raw: bytes, source: str) -> Cdm:
    """The message, or BadInputError with what is wrong, where, and the likely cure.

    Without a time of closest approach or without two objects it is no message. A state, a covariance, a radius may be
    missing, and then the whole of it: half a state is an error.
    """
    if len(raw) > MOST_BYTES:
        raise BadInputError("larger than 256 MiB", source, "a conjunction message has some kilobytes")
    items = _items_of_xml(raw, source) if is_xml(raw) else _items_of_kvn(raw, source)
    common: dict[str, Item] = {}
    comments: list[str] = []
    parts: list[tuple[dict[str, Item], list[str]]] = []
    for item in items:
        if item.keyword == "COMMENT":
            (parts[-1][1] if parts else comments).append(item.value)
            continue
        if not item.keyword:
            raise BadInputError("a line that is not KEYWORD = VALUE", f"{source}:{item.line}", "correct the line")
        if item.keyword not in KNOWN and not item.keyword.startswith("USER_DEFINED"):
            raise unknown_keyword(item, KNOWN, "a conjunction message", source)
        if item.keyword == "OBJECT":
            parts.append(({}, []))
        rows = parts[-1][0] if parts else common
        if item.keyword in _TWICE and item.keyword in rows:
            continue
        if item.keyword in rows:
            raise BadInputError(f"{item.keyword} is given twice", f"{source}:{item.line}", "keep one of them")
        rows[item.keyword] = item
    if len(parts) != 2:
        raise BadInputError(f"{len(parts)} objects", source, "a conjunction message has OBJECT1 and OBJECT2")
    return _message(common, comments, parts, source)


def _items_of_kvn(raw: bytes, source: str) -> list[Item]:
    items = kvn_items(raw)
    first = next((item for item in items if item.keyword != "COMMENT"), None)
    if first is None or first.keyword != "CCSDS_CDM_VERS":
        said = "nothing" if first is None else (first.keyword or first.value)[:40]
        raise BadInputError(f"it begins with {said!r}", source, "a conjunction message begins with CCSDS_CDM_VERS")
    _check_version(first.value, source)
    return items


def _items_of_xml(raw: bytes, source: str) -> list[Item]:
    root = xml_root(raw, source)
    if xml_name(root) == "ndm":
        root = next((part for part in root if xml_name(part) == "cdm"), root)
    if xml_name(root) != "cdm":
        raise BadInputError(f"XML of type {xml_name(root)[:40]!r}", source, "give a conjunction message (cdm)")
    _check_version(root.get("version") or "", source)
    return xml_items(root)


def _check_version(version: str, source: str) -> None:
    if version not in VERSIONS:
        raise BadInputError(f"CDM version {version[:20]!r}", source, f"this program reads {' and '.join(VERSIONS)}")


def _message(
    common: dict[str, Item], comments: list[str], parts: list[tuple[dict[str, Item], list[str]]], source: str
) -> Cdm:
    if "TCA" not in common or not common["TCA"].value:
        raise BadInputError("no TCA", source, "the time of closest approach is needed; ask the sender")
    tca = common["TCA"]
    try:
        t_tca = tai_ns_from_utc_text(tca.value.removesuffix("Z"))
    except BadInputError as trouble:
        raise BadInputError(f"TCA: {trouble.what}", f"{source}:{tca.line}", trouble.cure) from None
    said = {rows["OBJECT"].value for rows, _ in parts}
    if said != {"OBJECT1", "OBJECT2"}:
        raise BadInputError(f"objects called {sorted(said)}", source, "a message has OBJECT1 and OBJECT2")
    ordered = sorted(parts, key=lambda part: part[0]["OBJECT"].value)
    objects = tuple(_object(rows, tuple(words), source) for rows, words in ordered)

    def word(keyword: str) -> str:
        return common[keyword].value if keyword in common else ""

    def number(keyword: str) -> float | None:
        item = common.get(keyword)
        if item is None or not item.value:
            return None
        value = number_of(item, source)
        return value if np.isfinite(value) else None

    told = HEADER | {"TCA", "MISS_DISTANCE", "RELATIVE_SPEED", "COLLISION_PROBABILITY", "COLLISION_PROBABILITY_METHOD"}
    return Cdm(
        t_tca_tai_ns=t_tca,
        objects=(objects[0], objects[1]),
        message_id=word("MESSAGE_ID"),
        originator=word("ORIGINATOR"),
        creation_date=word("CREATION_DATE"),
        message_for=word("MESSAGE_FOR"),
        miss_distance_m=number("MISS_DISTANCE"),
        relative_speed_mps=number("RELATIVE_SPEED"),
        collision_probability=number("COLLISION_PROBABILITY"),
        collision_method=word("COLLISION_PROBABILITY_METHOD"),
        radius_m=_radius_m(comments, [rows for rows, _ in ordered], source),
        comments=tuple(comments),
        words={key: without_unit(item.value) for key, item in common.items() if key not in told},
    )


def _radius_m(comments: Iterable[str], objects: list[dict[str, Item]], source: str) -> float | None:
    """The combined radius: of a comment (`HBR = 10 [m]`), or the sum where both objects say theirs (version 2)."""
    for comment in comments:
        if (start := _RADIUS.match(comment)) and (found := _NUMBER.match(comment, start.end())):
            return float(found[0])
    radii = [number_of(rows["HBR"], source) for rows in objects if "HBR" in rows and rows["HBR"].value]
    return float(sum(radii)) if len(radii) == 2 else None


def _object(rows: dict[str, Item], comments: tuple[str, ...], source: str) -> CdmObject:
    frame = rows["REF_FRAME"].value.upper() if "REF_FRAME" in rows else ""
    if frame and frame not in FRAMES:
        where = f"{source}:{rows['REF_FRAME'].line}"
        raise BadInputError(f"REF_FRAME = {frame[:20]!r}", where, f"this program reads {', '.join(FRAMES)}")
    who = rows["OBJECT"].value

    def whole(keywords: tuple[str, ...], what: str) -> list[float] | None:
        here = [key for key in keywords if key in rows and rows[key].value]
        if not here:
            return None
        if missing := [key for key in keywords if key not in here]:
            cure = f"give all of the {what}, or none of it"
            raise BadInputError(f"{who} lacks {', '.join(missing[:4])}", source, cure)
        return [finite_of(rows[key], source) for key in keywords]

    state = whole(STATE, "state")
    numbers = whole(COVARIANCE, "covariance")
    covariance = None
    if numbers is not None:
        covariance = np.zeros((6, 6))
        covariance[np.tril_indices(6)] = numbers
        covariance += np.tril(covariance, -1).T
    told = {*STATE, *COVARIANCE, *_WHERE_SAID, "OBJECT", "REF_FRAME"}
    return CdmObject(
        designator=rows["OBJECT_DESIGNATOR"].value if "OBJECT_DESIGNATOR" in rows else "",
        name=rows["OBJECT_NAME"].value if "OBJECT_NAME" in rows else "",
        international=rows["INTERNATIONAL_DESIGNATOR"].value if "INTERNATIONAL_DESIGNATOR" in rows else "",
        frame=frame or "EME2000",
        state_m_mps=None if state is None else 1e3 * np.array(state),
        cov_rtn=covariance,
        words={key: without_unit(item.value) for key, item in rows.items() if key not in told},
        comments=comments,
    )


def format_cdm(cdm: Cdm) -> str:
    """The message in KVN, version 1.0, values to the last bit."""
    from vedette.time import utc_text_from_tai_ns

    lines: list[tuple[str, str, str]] = [
        ("CCSDS_CDM_VERS", "1.0", ""), ("CREATION_DATE", cdm.creation_date, ""), ("ORIGINATOR", cdm.originator, ""),
    ]  # fmt: skip
    if cdm.message_for:
        lines.append(("MESSAGE_FOR", cdm.message_for, ""))
    lines.append(("MESSAGE_ID", cdm.message_id, ""))
    lines += [("COMMENT", comment, "") for comment in cdm.comments]
    if cdm.radius_m is not None and not any(_RADIUS.match(comment) for comment in cdm.comments):
        lines.append(("COMMENT", f"HBR = {cdm.radius_m!r} [m]", ""))
    lines.append(("TCA", utc_text_from_tai_ns(cdm.t_tca_tai_ns).removesuffix("Z"), ""))
    for keyword, number, unit in (
        ("MISS_DISTANCE", cdm.miss_distance_m, "m"), ("RELATIVE_SPEED", cdm.relative_speed_mps, "m/s"),
    ):  # fmt: skip
        if number is not None:
            lines.append((keyword, _plain(number), unit))
    lines += [(keyword, value, "") for keyword, value in cdm.words.items() if value]
    if cdm.collision_probability is not None:
        lines.append(("COLLISION_PROBABILITY", _plain(cdm.collision_probability), ""))
        lines.append(("COLLISION_PROBABILITY_METHOD", cdm.collision_method, ""))
    for number, one in enumerate(cdm.objects, start=1):
        lines += _object_lines(number, one)
    out = []
    for keyword, value, unit in lines:
        if keyword == "COMMENT":
            out.append(f"COMMENT {value}")
        else:
            out.append(f"{keyword:<30} = {value}" + (f" [{unit}]" if unit else ""))
    return "\n".join(out) + "\n"


def _object_lines(number: int, one: CdmObject) -> list[tuple[str, str, str]]:
    lines = [
        ("OBJECT", f"OBJECT{number}", ""), ("OBJECT_DESIGNATOR", one.designator, ""),
        ("CATALOG_NAME", one.words.get("CATALOG_NAME", "SATCAT"), ""), ("OBJECT_NAME", one.name or "UNKNOWN", ""),
        ("INTERNATIONAL_DESIGNATOR", one.international or "UNKNOWN", ""),
    ]  # fmt: skip
    first = [key for key in one.words if key in METADATA and key != "CATALOG_NAME" and one.words[key]]
    lines += [(key, one.words[key], "") for key in first]
    lines.append(("REF_FRAME", one.frame, ""))
    lines += [("COMMENT", comment, "") for comment in one.comments]
    lines += [(key, value, "") for key, value in one.words.items() if key not in METADATA and value]
    if one.state_m_mps is not None:
        units = ("km",) * 3 + ("km/s",) * 3
        lines += [(k, _plain(v / 1e3), u) for k, v, u in zip(STATE, one.state_m_mps.tolist(), units, strict=True)]
    if one.cov_rtn is not None:
        for i, a in enumerate(AXES):
            for j, b in enumerate(AXES[: i + 1]):
                dots = (i > 2) + (j > 2)
                unit = ("m**2", "m**2/s", "m**2/s**2")[dots]
                lines.append((f"C{a}_{b}", _plain(one.cov_rtn[i, j]), unit))
    return lines


def _plain(value: float) -> str:
    return repr(float(value))
