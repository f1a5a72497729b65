"""Element sets as bytes and back, bit for bit: what a journal keeps of the catalogue that a watch was given."""

import hashlib
import zlib
from dataclasses import fields
from typing import Any

import msgspec
import numpy as np

from vedette.core.errors import BadInputError
from vedette.reports.elements import ElementSets

_WORDS = ("name", "designator", "sources")
_WHOLE = ("number", "t_epoch_tai_ns", "revolution", "source")
_MOST_BYTES = 4 * 1024 * 1024 * 1024


def pack_elements(sets: ElementSets) -> tuple[bytes, str]:
    """Compressed bytes, and the SHA-256 of what was compressed."""
    columns: dict[str, object] = {}
    for one in fields(ElementSets):
        value = getattr(sets, one.name)
        if one.name in _WORDS:
            columns[one.name] = list(value)
        else:
            columns[one.name] = np.ascontiguousarray(value, dtype="<i8" if one.name in _WHOLE else "<f8").tobytes()
    raw = msgspec.msgpack.encode(columns)
    return zlib.compress(raw, 6), hashlib.sha256(raw).hexdigest()


def unpack_elements(packed: bytes, sha256: str) -> ElementSets:
    """The element sets; BadInputError when the bytes are damaged or are not those of the hash."""
    try:
        opener = zlib.decompressobj()
        raw = opener.decompress(packed, _MOST_BYTES)
        if not opener.eof:
            raise ValueError("it ends early, or is larger than 4 GiB")
        if hashlib.sha256(raw).hexdigest() != sha256:
            raise ValueError("its hash is another")
        columns = msgspec.msgpack.decode(raw)
        rows: dict[str, Any] = {}
        for one in fields(ElementSets):
            value = columns[one.name]
            if one.name in _WORDS:
                rows[one.name] = tuple(str(word) for word in value)
            else:
                rows[one.name] = np.frombuffer(value, dtype="<i8" if one.name in _WHOLE else "<f8").copy()
        if len({len(rows[name]) for name in rows if name != "sources"}) != 1:
            raise ValueError("its columns have different lengths")
    except (ValueError, TypeError, KeyError, zlib.error, msgspec.DecodeError) as trouble:
        raise BadInputError(f"a catalogue that cannot be read ({trouble})", "", "restore the journal") from trouble
    return ElementSets(**rows)
