"""Documents that go with words: orbits and planned flights (CCSDS), cues, screenings; each is read, never believed."""

from pathlib import Path
from typing import Any

import msgspec

from vedette.core.errors import BadInputError, VedetteError

OEM, OMM, TDM = "application/vnd.ccsds.oem", "application/vnd.ccsds.omm", "application/vnd.ccsds.tdm"
BURNS = "application/vnd.vedette.burns+json"
CUE, SCREENING = "application/vnd.vedette.cue+json", "application/vnd.vedette.screening+json"
TEXT = "text/plain"
TYPES = (OEM, OMM, TDM, BURNS, CUE, SCREENING, TEXT)
PLANNED = (OEM, BURNS)  # what can be screened
_JSON_KEYS = {BURNS: "delta_v_rtn_mps", CUE: "cues", SCREENING: "events"}


def document_of(path: Path) -> tuple[bytes, str]:
    """A file's bytes and what it is, by what stands in it; BadInputError when it is nothing a partner could read."""
    from vedette.doors.catalogue_files import read_bytes

    raw = read_bytes(path)
    document_type = type_of(raw)
    read_document(raw, document_type)
    return raw, document_type


def type_of(raw: bytes) -> str:
    """What a document is, by what stands in it."""
    head = raw[:4096].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if head[:1] in "{[" and head:
        for document_type, key in _JSON_KEYS.items():
            if f'"{key}"'.encode() in raw:
                return document_type
        return OMM if b'"MEAN_MOTION"' in raw else TEXT
    for name, document_type in (("OEM", OEM), ("OMM", OMM), ("TDM", TDM)):
        if f"CCSDS_{name}_VERS" in head or f"<{name.lower()}" in head.lower():
            return document_type
    return TEXT


def read_document(raw: bytes, document_type: str) -> str:
    """What it says, in a sentence; BadInputError when it is not what it is called, or a type that nobody knows."""
    if document_type == OEM:
        from vedette.formats.oem import read_oem

        segments = read_oem(raw, "OEM")
        return "OEM: " + ", ".join(f"{one.title or 'unnamed'}, {len(one.t_tai_ns)} states" for one in segments)
    if document_type == OMM:
        from vedette.formats.omm import read_omm

        sets, refused = read_omm(raw, "OMM")
        if not len(sets):
            raise refused[0] if refused else BadInputError("no element set in it", "OMM", "export it again")
        left = f", {len(refused)} not usable" if refused else ""
        return f"OMM: {len(sets)} element sets, the first of {sets.name[0] or sets.number[0]}{left}"
    if document_type == TDM:
        from vedette.formats.tdm import parse_tdm_message

        message = parse_tdm_message(raw, "TDM")
        usable = [one for one in message.segments if one.is_usable]
        if not usable:
            cure = "write it with `vedette` or check it with a CCSDS reader"
            raise BadInputError("no usable segment", "TDM", cure)
        return f"TDM: {len(usable)} segments by {message.originator or 'nobody named'}"
    if document_type in _JSON_KEYS:
        return _json_sentence(raw, document_type)
    if document_type == TEXT:
        try:
            return f"text, {len(raw.decode('utf-8'))} characters"
        except UnicodeDecodeError:
            raise BadInputError("bytes that are no text", "text/plain", "name its type") from None
    raise BadInputError(f"a document of type {document_type[:60]!r}", "", f"known are {', '.join(TYPES)}")


def screening_of(raw: bytes) -> dict[str, Any] | None:
    """A screening's document, or None when it cannot be read."""
    try:
        found = msgspec.json.decode(raw, type=dict[str, Any])
        _screening_sentence(found)
    except (msgspec.DecodeError, VedetteError, RecursionError):
        return None
    return found


def _json_sentence(raw: bytes, document_type: str) -> str:
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError) as trouble:
        raise BadInputError(f"no JSON ({trouble})", document_type, "export it again") from None
    if document_type == BURNS:
        burns = found if isinstance(found, list) else [found]
        if not all(isinstance(one, dict) and _JSON_KEYS[BURNS] in one for one in burns):
            raise BadInputError("not burns", document_type, 'write {"id": 1, "t_utc": "...", "delta_v_rtn_mps": [..]}')
        return f"{len(burns)} planned burns"
    if not isinstance(found, dict) or not isinstance(found.get(_JSON_KEYS[document_type]), list):
        raise BadInputError(f"no list {_JSON_KEYS[document_type]!r} in it", document_type, "export it again")
    if document_type == CUE:
        return f"a cue: {len(found['cues'])} search volumes"
    return _screening_sentence(found)


def _screening_sentence(found: dict[str, Any]) -> str:
    events = found.get("events")
    if not isinstance(events, list) or not all(isinstance(one, dict) for one in events):
        raise BadInputError("no list of approaches in it", SCREENING, "screen it again")
    against = found.get("objects", "an unknown number of")
    return f"a screening: {len(events)} approaches within {found.get('km', '?')} km of {against} objects"
