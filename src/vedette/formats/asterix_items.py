"""ASTERIX on the wire: a datagram to blocks, a block to records, a record to items, for categories 034 and 048.

A record has no length of its own: every item's length must be known, and one that is not costs the rest of its block.
Items are kept as bytes under their numbers; `asterix_fields` says what they mean. Layouts: EUROCONTROL-SPEC-0149 Part 1
(blocks, field specification), Part 2b edition 1.29 (category 034), Part 4 edition 1.32 (category 048).
"""

from collections.abc import Iterator
from dataclasses import dataclass

Items = dict[str, bytes]

# How long an item is: a number of octets, or one of these
_EXTENDED = -1  # octets follow while the lowest bit is set
_EXPLICIT = -2  # the first octet is the length, itself included


@dataclass(frozen=True, slots=True)
class _Repeated:
    size: int  # octets of one; the first octet says how many


@dataclass(frozen=True, slots=True)
class _Compound:
    sizes: tuple["int | _Repeated | None", ...]  # of the seven that the first octet may announce


_Length = int | _Repeated | _Compound
_SEVEN_OCTETS = _Compound((1,) * 7)
LAYOUTS: dict[int, tuple[tuple[str, _Length], ...]] = {
    34: (
        ("010", 2), ("000", 1), ("030", 3), ("020", 1), ("041", 2),
        ("050", _Compound((1, None, None, 1, 1, 2, None))), ("060", _Compound((1, None, None, 1, 1, 1, None))),
        ("070", _Repeated(2)), ("100", 8), ("110", 1), ("120", 8), ("090", 2), ("RE", _EXPLICIT), ("SP", _EXPLICIT),
    ),
    48: (
        ("010", 2), ("140", 3), ("020", _EXTENDED), ("040", 4), ("070", 2), ("090", 2), ("130", _SEVEN_OCTETS),
        ("220", 3), ("240", 6), ("250", _Repeated(8)), ("161", 2), ("042", 4), ("200", 4), ("170", _EXTENDED),
        ("210", 4), ("030", _EXTENDED), ("080", 2), ("100", 4), ("110", 2),
        ("120", _Compound((2, _Repeated(6), None, None, None, None, None))), ("230", 2),
        ("260", 7), ("055", 1), ("050", 2), ("065", 1), ("060", 2), ("SP", _EXPLICIT), ("RE", _EXPLICIT),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a category that is read."""

    category: int
    items: Items
    raw: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """Bytes that could not be taken apart, and why; what stood before them in the datagram is good."""

    what: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class OtherCategory:
    """A block of a category that is not read here."""

    category: int
    raw: bytes


def is_asterix(data: bytes) -> bool:
    """Whether the bytes begin like a block of some category: its length fits inside them."""
    return len(data) >= 4 and 4 <= int.from_bytes(data[1:3], "big") <= len(data)


def read_datagram(data: bytes) -> Iterator[Record | Broken | OtherCategory]:
    """Everything in a datagram, in its order."""
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at + 1 : at + 3], "big")
        if size < 4 or at + size > len(data):
            yield Broken(f"a block of {size} octets where {len(data) - at} are left", data[at:])
            return
        category = data[at]
        if category in LAYOUTS:
            yield from _read_block(category, data[at : at + size])
        else:
            yield OtherCategory(category, data[at : at + size])
        at += size


def _read_block(category: int, block: bytes) -> Iterator[Record | Broken]:
    at, end = 3, len(block)
    while at < end:
        try:
            items, after = _read_record(LAYOUTS[category], block, at, end)
        except ValueError as trouble:
            yield Broken(f"a record of category {category:03d} that {trouble}", block[at:])
            return
        yield Record(category, items, block[at:after])
        at = after


def _read_record(layout: tuple[tuple[str, _Length], ...], data: bytes, at: int, end: int) -> tuple[Items, int]:
    """The items of the record that begins at `at`, and where it ends; ValueError with the rest of a sentence."""
    present: list[int] = []
    slot = 0
    while True:
        if at >= end:
            raise ValueError("is cut off")
        octet = data[at]
        at += 1
        for bit in range(7):
            if octet & (0x80 >> bit):
                present.append(slot + bit)
        slot += 7
        if not octet & 1:
            break
        if slot >= len(layout):
            raise ValueError("announces more items than the category has")
    items: Items = {}
    for index in present:
        if index >= len(layout):
            raise ValueError("announces more items than the category has")
        name, length = layout[index]
        after = at + length if length.__class__ is int and length > 0 else _end_of(length, data, at, end)
        if after > end:
            raise ValueError(f"is cut off in item {name}")
        items[name] = data[at:after]
        at = after
    return items, at


def _end_of(length: _Length, data: bytes, at: int, end: int) -> int:
    """Where an item that says its own length ends."""
    if at >= end:
        raise ValueError("is cut off")
    if isinstance(length, _Repeated):
        return at + 1 + data[at] * length.size
    if isinstance(length, _Compound):
        announced = data[at]
        if announced & 1:
            raise ValueError("announces more parts of an item than the item has")
        at += 1
        for bit, part in enumerate(length.sizes):
            if announced & (0x80 >> bit):
                if part is None:
                    raise ValueError("announces a part of an item that does not exist")
                at = at + part if isinstance(part, int) else _end_of(part, data, at, end)
        return at
    if length == _EXPLICIT:
        if data[at] == 0:
            raise ValueError("holds an item of length zero")
        return at + data[at]
    while data[at] & 1:  # extended
        at += 1
        if at >= end:
            raise ValueError("is cut off")
    return at + 1
