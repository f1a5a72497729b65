"""What all navigation data messages share: keywords with values from KVN or XML, numbers, and where they stood.

CCSDS 508.0-B (CDM), 502.0-B (OEM), 505.0-B (their XML). Entities, document types and network are off.
"""

import difflib
import re
from collections.abc import Iterable
from math import isfinite
from typing import Any, NamedTuple

from lxml import etree

from vedette.core.errors import BadInputError

MOST_BYTES = 256 * 1024 * 1024
_UNIT = re.compile(r"\s*\[[^\]]*\]\s*$")
_DOCUMENT_TYPE = (b"<!DOCTYPE", b"<!ENTITY")
_NIL = ("true", "1")


class Item(NamedTuple):
    """One keyword as it was written; `keyword` is empty for a line without an equals sign."""

    keyword: str
    value: str
    line: int


def is_xml(raw: bytes) -> bool:
    """Whether a message is written in XML."""
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def kvn_items(raw: bytes) -> list[Item]:
    """Every line of a KVN message that says something."""
    text = raw.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    items = []
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.strip()
        if not line:
            continue
        if line == "COMMENT" or line.startswith(("COMMENT ", "COMMENT\t")):
            items.append(Item("COMMENT", line[7:].strip().lstrip("=").strip(), number))
            continue
        keyword, is_assigned, value = (piece.strip() for piece in line.partition("="))
        items.append(Item(keyword, value, number) if is_assigned else Item("", line, number))
    return items


def xml_root(raw: bytes, source: str) -> Any:
    """The root of an XML message; BadInputError when it is broken or carries a document type."""
    if any(word in raw for word in _DOCUMENT_TYPE):
        raise BadInputError("XML with a document type", source, "document types and entities are never read")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as trouble:
        where = f"{source}:{getattr(trouble, 'lineno', None) or 1}"
        why = str(trouble).split(", line")[0][:120]
        raise BadInputError(f"broken XML ({why})", where, "fetch the file again") from None


def xml_name(element: Any) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def xml_items(element: Any) -> list[Item]:
    """Every leaf below an element, in order; one that says nil is empty, one with a parameter name is named by it."""
    items = []
    for leaf in element.iter():
        if len(leaf) or not isinstance(leaf.tag, str):
            continue
        is_nil = any(key.rpartition("}")[2] == "nil" and value in _NIL for key, value in leaf.attrib.items())
        name = leaf.get("parameter") if xml_name(leaf) == "USER_DEFINED" else xml_name(leaf)
        name = f"USER_DEFINED_{name}" if xml_name(leaf) == "USER_DEFINED" else name
        items.append(Item(name, "" if is_nil else (leaf.text or "").strip(), leaf.sourceline or 1))
    return items


def without_unit(value: str) -> str:
    """A value without the unit in brackets after it."""
    return _UNIT.sub("", value).strip()


def number_of(item: Item, source: str) -> float:
    """The value as a number (NaN is one: some senders write it for unknown); BadInputError names the line."""
    text = without_unit(item.value)
    try:
        if not text.isascii() or "_" in text or len(text) > 80:
            raise ValueError
        return float(text)
    except ValueError:
        where = f"{source}:{item.line}"
        raise BadInputError(f"{item.keyword} = {text[:40]!r} is not a number", where, "correct the number") from None


def finite_of(item: Item, source: str) -> float:
    """The value as a finite number."""
    value = number_of(item, source)
    if not isfinite(value):
        raise BadInputError(f"{item.keyword} is {value}", f"{source}:{item.line}", "a finite number is needed")
    return value


def unknown_keyword(item: Item, known: Iterable[str], what: str, source: str) -> BadInputError:
    """What to say about a keyword that a message does not have."""
    near = difflib.get_close_matches(item.keyword, list(known), n=1)
    cure = f"did you mean {near[0]}?" if near else "correct the spelling, or remove the line"
    return BadInputError(f"{item.keyword[:40]!r} is no keyword of {what}", f"{source}:{item.line}", cure)
