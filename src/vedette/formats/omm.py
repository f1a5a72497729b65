"""Orbit Mean-elements Messages (CCSDS 502.0-B) as element sets: KVN, XML, JSON and CSV.

JSON and CSV are the forms in which public catalogues give the same keywords; what they leave out has the value that
SGP4 demands. A message for another theory, frame or time scale is refused by itself with a sentence: SGP4 would answer,
and be wrong.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

import numpy as np
from lxml import etree

from vedette.core.errors import BadInputError
from vedette.reports.elements import ElementSets
from vedette.time import tai_ns_from_utc_text

_MOST_SENTENCES = 1000
_VERSIONS = ("2.0", "3.0")
_FIXED = {
    "CENTER_NAME": ("EARTH",),
    "REF_FRAME": ("TEME",),
    "TIME_SYSTEM": ("UTC",),
    "MEAN_ELEMENT_THEORY": ("SGP4", "SGP/SGP4"),
}
_UNITS = {
    "MEAN_MOTION": "rev/day", "INCLINATION": "deg", "RA_OF_ASC_NODE": "deg", "ARG_OF_PERICENTER": "deg",
    "MEAN_ANOMALY": "deg", "BSTAR": "1/ER", "MEAN_MOTION_DOT": "rev/day**2", "MEAN_MOTION_DDOT": "rev/day**3",
}  # fmt: skip
_COVARIANCE = tuple(
    f"C{row}_{column}"
    for i, row in enumerate(("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT"))
    for column in ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")[: i + 1]
)
_KNOWN = {
    "CCSDS_OMM_VERS", "CLASSIFICATION", "CREATION_DATE", "ORIGINATOR", "MESSAGE_ID", "OBJECT_NAME", "OBJECT_ID",
    "REF_FRAME_EPOCH", "EPOCH", "SEMI_MAJOR_AXIS", "ECCENTRICITY", "GM", "MASS", "SOLAR_RAD_AREA", "SOLAR_RAD_COEFF",
    "DRAG_AREA", "DRAG_COEFF", "EPHEMERIS_TYPE", "CLASSIFICATION_TYPE", "NORAD_CAT_ID", "ELEMENT_SET_NO", "BTERM",
    "REV_AT_EPOCH", "AGOM", "COV_REF_FRAME", *_FIXED, *_UNITS, *_COVARIANCE,
}  # fmt: skip
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eEdD][-+]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[-+]?\d+", re.ASCII)
_UNIT = re.compile(r"\[([^\]]*)\]\s*$")
Found = tuple[ElementSets, tuple[BadInputError, ...]]


def read_omm(raw: bytes, where: str = "element sets") -> Found:
    """Every message of a file in any of the four forms, and a sentence for each that was refused. Never raises."""
    text = raw.decode("utf-8-sig", "replace")
    start = text.lstrip()[:1]
    if start == "<":
        messages = _from_xml(raw)
    elif start in ("[", "{"):
        messages = _from_json(text)
    elif "CCSDS_OMM_VERS" in text or "=" in text.partition("\n")[0]:
        messages = _from_kvn(text)
    else:
        messages = _from_csv(text)
    rows: list[tuple[Any, ...]] = []
    refused: list[BadInputError] = []
    for place, message in messages:
        try:
            if isinstance(message, str):
                raise BadInputError(message, cure="fetch the file again")
            rows.append(_row(message))
        except BadInputError as trouble:
            if len(refused) < _MOST_SENTENCES:
                refused.append(BadInputError(trouble.what, f"{where}: {place}", trouble.cure))
    return _sets(rows, where), tuple(refused)


Message = tuple[str, Mapping[str, Any] | str]  # where it stands; its keywords, or why there are none


def _from_json(text: str) -> Iterator[Message]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as trouble:
        whole, _, _ = text.rpartition("}")
        yield "JSON", f"the file is cut off or damaged ({trouble})"
        try:  # the complete messages before the cut
            found = json.loads(f"{whole}}}]") if text.lstrip().startswith("[") else []
        except (ValueError, RecursionError):
            return
    for number, one in enumerate(found if isinstance(found, list) else [found], 1):
        yield f"message {number}", one if isinstance(one, dict) else "it is no object with keywords"


def _from_csv(text: str) -> Iterator[Message]:
    reader = csv.reader(StringIO(text))
    try:
        header = next(reader, [])
        if "MEAN_MOTION" not in header:
            yield "line 1", "neither OMM nor a table with a column MEAN_MOTION"
            return
        for row in reader:
            if row and len(row) != len(header):
                yield f"line {reader.line_num}", f"{len(row)} columns instead of {len(header)}"
            elif row:
                yield f"line {reader.line_num}", dict(zip(header, row, strict=True))
    except csv.Error as trouble:
        yield f"line {reader.line_num}", f"not CSV ({trouble})"


def _from_kvn(text: str) -> Iterator[Message]:
    place, fields, bad = "line 1", dict[str, str](), ""
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if not words or words.split()[0] == "COMMENT":
            continue
        key, is_told, value = (part.strip() for part in words.partition("="))
        if key == "CCSDS_OMM_VERS":
            if fields:
                yield place, bad or fields
            place, fields, bad = f"line {number}", {}, ""
        if not is_told:
            bad = bad or f"line {number} is not KEYWORD = VALUE"
            continue
        if key not in _KNOWN and not key.startswith("USER_DEFINED_"):
            bad = bad or f"{key[:40]} is no keyword of an OMM"
        if key in fields:
            bad = bad or f"{key[:40]} is told twice"
        unit = _UNIT.search(value)
        if unit is not None and key in _UNITS and unit[1].strip() != _UNITS[key]:
            bad = bad or f"{key} in {unit[1].strip()[:20]}, which should be {_UNITS[key]}"
        fields[key] = _UNIT.sub("", value).strip() if key in _UNITS else value
    if fields:
        if "CCSDS_OMM_VERS" not in fields:
            bad = bad or "it does not begin with CCSDS_OMM_VERS"
        yield place, bad or fields


def _from_xml(raw: bytes) -> Iterator[Message]:
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        yield "XML", "document types and entities are never read"
        return
    root = _root(raw)
    if isinstance(root, str):
        yield "XML", f"the file is cut off or damaged ({root[:120]})"
        return
    messages = [root] if _tag(root) == "omm" else [one for one in root if _tag(one) == "omm"]
    if not messages:
        yield "XML", f"it is a {_tag(root)[:40]} without an omm"
    for number, one in enumerate(messages, 1):
        fields = {"CCSDS_OMM_VERS": one.get("version", "")}
        twice = ""
        for leaf in one.iter():
            if not len(leaf) and _tag(leaf).isupper() and _tag(leaf) not in ("COMMENT", "USER_DEFINED"):
                twice = twice or (f"{_tag(leaf)[:40]} is told twice" if _tag(leaf) in fields else "")
                fields[_tag(leaf)] = (leaf.text or "").strip()
        yield f"message {number}", twice or fields


def _root(raw: bytes) -> Any:
    """The root element, or what is wrong; a prefix that nobody declared is borne, as others' writers leave it out."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True, remove_pis=True,
        recover=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as trouble:
        return str(trouble)
    grave = [one for one in parser.error_log if one.type_name != "NS_ERR_UNDEFINED_NAMESPACE"]
    if root is None:
        return "it is empty"
    return grave[0].message if grave else root


def _tag(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _row(fields: Mapping[str, Any]) -> tuple[Any, ...]:
    version = str(fields.get("CCSDS_OMM_VERS", _VERSIONS[0]))
    if version not in _VERSIONS:
        raise BadInputError(f"OMM version {version[:20]!r}", cure=f"this program reads {' and '.join(_VERSIONS)}")
    for key, allowed in _FIXED.items():
        told = fields.get(key)
        if told not in (None, "") and str(told).strip().upper() not in allowed:
            cure = "element sets are SGP4's, in TEME and UTC"
            raise BadInputError(f"{key} is {str(told)[:40]}, not {allowed[0]}", cure=cure)
    kind = str(fields.get("EPHEMERIS_TYPE") or "0").lstrip("+")
    if kind not in ("0", "2", "3"):  # 2 and 3: SGP4 near the Earth and in deep space, by some sources
        raise BadInputError(f"ephemeris type {kind[:10]} is not SGP4's", cure="fetch a set made for SGP4")
    if "BTERM" in fields or "AGOM" in fields:
        raise BadInputError("BTERM or AGOM belong to SGP4-XP", cure="fetch a set made for SGP4")
    if len(str(fields.get("CLASSIFICATION_TYPE") or "U")) != 1:
        raise BadInputError("CLASSIFICATION_TYPE is not one letter")
    number = str(fields.get("NORAD_CAT_ID", "")).strip()
    if not _INTEGER.fullmatch(number) or not 0 <= int(number) <= 999_999_999:
        raise BadInputError(f"NORAD_CAT_ID {number[:20]!r} is no whole number of up to nine digits")
    eccentricity = _number(fields, "ECCENTRICITY")
    motion = _number(fields, "MEAN_MOTION")
    if not 0.0 <= eccentricity < 1.0:
        raise BadInputError(f"ECCENTRICITY {eccentricity} is not in [0, 1)")
    if not motion > 0.0:
        raise BadInputError(f"MEAN_MOTION {motion} rev/day goes nowhere")
    return (
        int(number), str(fields.get("OBJECT_NAME") or "").strip(), str(fields.get("OBJECT_ID") or "").strip(),
        tai_ns_from_utc_text(str(fields.get("EPOCH", ""))), motion, eccentricity, _number(fields, "INCLINATION"),
        _number(fields, "RA_OF_ASC_NODE"), _number(fields, "ARG_OF_PERICENTER"), _number(fields, "MEAN_ANOMALY"),
        _number(fields, "BSTAR"), _number(fields, "MEAN_MOTION_DOT", 0.0), _number(fields, "MEAN_MOTION_DDOT", 0.0),
        int(_number(fields, "REV_AT_EPOCH", 0.0)),
    )  # fmt: skip


def _number(fields: Mapping[str, Any], key: str, default: float | None = None) -> float:
    value = fields.get(key)
    if value is None or value == "":
        if default is None:
            raise BadInputError(f"{key} is missing", cure="SGP4 needs it")
        return default
    text = str(value).strip()
    if isinstance(value, bool) or not _NUMBER.fullmatch(text) or not abs(out := _float(text)) < 1e9:
        raise BadInputError(f"{key} = {text[:40]!r} is no number")
    return out


def _float(text: str) -> float:
    return float(text.replace("D", "e").replace("d", "e"))


def _sets(rows: list[tuple[Any, ...]], where: str) -> ElementSets:
    columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) if rows else [()] * 14
    turn = 2.0 * np.pi
    values = [np.array(column, dtype=float) for column in columns[4:13]]
    return ElementSets(
        number=np.array(columns[0], dtype=np.int64),
        name=tuple(columns[1]),
        designator=tuple(columns[2]),
        t_epoch_tai_ns=np.array(columns[3], dtype=np.int64),
        mean_motion_radpmin=values[0] * (turn / 1440.0),
        eccentricity=values[1],
        inclination_rad=np.radians(values[2]),
        node_teme_rad=np.radians(values[3]),
        perigee_argument_rad=np.radians(values[4]),
        mean_anomaly_rad=np.radians(values[5]),
        bstar_per_er=values[6],
        mean_motion_dot_radpmin2=values[7] * (turn / 1440.0**2),
        mean_motion_ddot_radpmin3=values[8] * (turn / 1440.0**3),
        revolution=np.array(columns[13], dtype=np.int64),
        source=np.zeros(len(rows), dtype=np.int64),
        sources=(where,),
    )
