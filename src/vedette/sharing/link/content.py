"""What is in a message, read so that a newer version's words never hide an older one's.

Fields that are not known are left, a field that cannot be read falls back to its most modest value, and an item of a
kind that is not known stands aside as it came. Whatever was left, changed or set aside is said.
"""

import math
from collections.abc import Sequence
from typing import Any, get_args

import msgspec

from vedette.core.errors import UsageError
from vedette.reports import Evidence, Shared, SharedTrack, Unread
from vedette.reports.partner import COVARIANCE_TERMS

_MODEST: dict[str, Any] = {"evidence": Evidence.CANDIDATE}  # what a word not known here is taken for, where one is due
_WHOLE = msgspec.json.Decoder(tuple[Shared, ...])
_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])
_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_KIND: dict[str, Any] = {kind.__struct_config__.tag: kind for kind in get_args(Shared)}


def write_content(content: Sequence[Shared]) -> bytes:
    """The content line; UsageError for a number that is not one, which no partner should have to puzzle over."""
    for one in content:
        if isinstance(one, SharedTrack) and (trouble := _doubt(one)):
            raise UsageError(f"track {one.number} cannot be shared: {trouble}")
    return msgspec.json.encode(content if isinstance(content, tuple | list) else tuple(content))


def read_content(data: bytes, schema: int, known_schema: int) -> tuple[tuple[Shared, ...], tuple[Unread, ...]]:
    """What is understood, and what is not; msgspec.DecodeError when it is no list at all."""
    unread: list[Unread] = []
    try:
        items: Sequence[Shared] = _WHOLE.decode(data)
        if schema > known_schema:
            items, unread = _one_by_one(data)
    except (msgspec.ValidationError, RecursionError):
        items, unread = _one_by_one(data)
    good: list[Shared] = []
    for one in items:
        if isinstance(one, SharedTrack) and (trouble := _doubt(one)):
            unread.append(Unread(kind="track", name=one.number, raw=msgspec.json.encode(one), text=trouble))
        else:
            good.append(one)
    return tuple(good), tuple(unread)


def _one_by_one(data: bytes) -> tuple[list[Shared], list[Unread]]:
    good: list[Shared] = []
    unread: list[Unread] = []
    for raw in _ITEMS.decode(data):
        try:
            fields = _FIELDS.decode(raw)
            kind = msgspec.json.decode(fields.pop("type", b'""'), type=str)
        except (msgspec.DecodeError, RecursionError):
            unread.append(Unread(kind="", raw=bytes(raw), text="not an item with a type"))
            continue
        if kind not in _KIND:
            text = f"things of kind {kind[:40]!r} are not known here"
            unread.append(Unread(kind=kind[:40], raw=bytes(raw), text=text))
            continue
        one, words = _patiently(_KIND[kind], fields)
        if one is not None:
            good.append(one)
        if words:
            name = _name(fields)
            unread.append(Unread(kind=kind, name=name, raw=bytes(raw), text="; ".join(words), is_kept=one is not None))
    return good, unread


def _patiently(kind: Any, fields: dict[str, msgspec.Raw]) -> tuple[Shared | None, list[str]]:
    """A thing of a known kind, field by field."""
    values: dict[str, Any] = {}
    words: list[str] = []
    known = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    strange = sorted(name[:40] for name in fields if name not in known)
    if strange:
        words.append(f"says {', '.join(strange)}, which is not known here")
    for name, field in known.items():
        if name not in fields:
            if field.required:
                return None, [*words, f"{name} is missing"]
            continue
        try:
            values[field.name] = msgspec.json.decode(fields[name], type=field.type)
        except (msgspec.DecodeError, RecursionError):
            if not field.required:
                words.append(f"{name} cannot be read and is taken as not said")
            elif name in _MODEST:
                values[field.name] = _MODEST[name]
                words.append(f"{name} cannot be read and is taken as {_MODEST[name]}")
            else:
                return None, [*words, f"{name} cannot be read"]
    return kind(**values), words


def _name(fields: dict[str, msgspec.Raw]) -> str:
    for key in ("number", "event_id", "words_id"):
        if key in fields:
            try:
                return msgspec.json.decode(fields[key], type=str)[:60]
            except msgspec.DecodeError:
                return ""
    return ""


def _doubt(track: SharedTrack) -> str:
    """Why no filter could take a track; empty when one could."""
    cov = track.covariance
    if len(cov) != COVARIANCE_TERMS:
        return f"its covariance has {len(track.covariance)} terms, not {COVARIANCE_TERMS}"
    if not math.isfinite(sum(track.position_itrf_m) + sum(track.velocity_itrf_mps) + sum(cov)):
        return "it holds a number that is not finite"
    if min(cov[0], cov[2], cov[5], cov[9], cov[14], cov[20]) <= 0.0:  # the diagonal of a lower triangle, row by row
        return "its covariance has a variance that is not above zero"
    return ""
