"""Orbit Ephemeris Messages, KVN and XML (CCSDS 502.0-B): where an object will be, as its owner plans it."""

from dataclasses import dataclass

import numpy as np

from vedette.core.errors import BadInputError
from vedette.core.shapes import Ints, Rows
from vedette.formats.instants import tai_ns_from_epoch
from vedette.formats.ndm import MOST_BYTES, Item, is_xml, kvn_items, unknown_keyword, xml_items, xml_name, xml_root

_HEADER = frozenset(["CCSDS_OEM_VERS", "CLASSIFICATION", "CREATION_DATE", "ORIGINATOR", "MESSAGE_ID"])
_METADATA = frozenset([
    "OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "REF_FRAME_EPOCH", "TIME_SYSTEM", "START_TIME",
    "USEABLE_START_TIME", "USEABLE_STOP_TIME", "STOP_TIME", "INTERPOLATION", "INTERPOLATION_DEGREE",
])  # fmt: skip
_STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
_VERSIONS = ("1.0", "2.0", "3.0")
_SYSTEMS = ("UTC", "TAI", "TT", "GPS")


@dataclass(frozen=True, slots=True, eq=False)
class OemSegment:
    """One object's path: instants (n,), states (n, 6) m and m/s in `frame`, and what its metadata say."""

    metadata: dict[str, str]
    t_tai_ns: Ints
    states_m_mps: Rows

    @property
    def frame(self) -> str:
        """EME2000, GCRF, ITRF..., as written."""
        return self.metadata["REF_FRAME"].upper()

    @property
    def title(self) -> str:
        """The object's name, or its number."""
        return self.metadata.get("OBJECT_NAME") or self.metadata.get("OBJECT_ID", "")


def read_oem(raw: bytes, source: str) -> tuple[OemSegment, ...]:
    """Every segment of a message; BadInputError with what is wrong, where, and the likely cure."""
    if len(raw) > MOST_BYTES:
        raise BadInputError("larger than 256 MiB", source, "split it")
    segments = _of_xml(raw, source) if is_xml(raw) else _of_kvn(raw, source)
    if not segments:
        raise BadInputError("no segment", source, "the file is cut off or empty; fetch it again")
    systems = {one.metadata["TIME_SYSTEM"] for one in segments}
    if len(systems) > 1:
        raise BadInputError(f"segments in {' and '.join(sorted(systems))}", source, "give all in one time system")
    return tuple(segments)


def _of_kvn(raw: bytes, source: str) -> list[OemSegment]:
    items = [item for item in kvn_items(raw) if item.keyword != "COMMENT"]
    if not items or items[0].keyword != "CCSDS_OEM_VERS":
        raise BadInputError("it does not begin with CCSDS_OEM_VERS", source, "give an orbit ephemeris message")
    _check_version(items[0].value, source)
    segments: list[OemSegment] = []
    part, metadata, rows = "header", {}, []  # type: ignore[var-annotated]
    cov_rows = 0
    line = 0
    for item in items:
        word, line = item.value if not item.keyword else "", item.line
        where = f"{source}:{line}"
        if word == "META_START":
            if part in ("data", "after"):
                segments.append(_segment(metadata, rows, source))
            part, metadata, rows = "metadata", {}, []
        elif word == "META_STOP" and part == "metadata":
            part = "data"
        elif word == "COVARIANCE_START" and part == "data":
            part, cov_rows = "covariance", 0
        elif word == "COVARIANCE_STOP" and part == "covariance":
            if cov_rows % 6:
                raise BadInputError(f"a covariance of {cov_rows % 6} rows", where, "a covariance has six")
            part = "after"
        elif part == "header":
            if item.keyword not in _HEADER:
                raise unknown_keyword(item, _HEADER, "an OEM's header", source)
        elif part == "metadata":
            if item.keyword not in _METADATA:
                raise unknown_keyword(item, _METADATA, "an OEM's metadata", source)
            metadata[item.keyword] = item.value
        elif part == "covariance":
            if item.keyword in ("EPOCH", "COV_REF_FRAME"):
                cov_rows = _whole(cov_rows, where) if item.keyword == "EPOCH" else cov_rows
            elif item.keyword:
                raise unknown_keyword(item, ("EPOCH", "COV_REF_FRAME"), "a covariance", source)
            else:
                cov_rows += 1
                _covariance_row(word, cov_rows, where)
        elif part == "data" and not item.keyword:
            rows.append((word.split(), line))
        else:
            said = item.keyword or word
            raise BadInputError(f"{said[:40]!r} among the states", where, "remove the line, or end the part before it")
    if part in ("data", "after"):
        segments.append(_segment(metadata, rows, source))
    elif part != "header":
        raise BadInputError(f"the message ends within its {part}", f"{source}:{line}", "fetch the file again")
    return segments


def _whole(rows: int, where: str) -> int:
    if rows % 6:
        raise BadInputError(f"a covariance of {rows % 6} rows", where, "a covariance has six")
    return 0


def _covariance_row(text: str, row: int, where: str) -> None:
    words = text.split()
    if row > 6 or len(words) != row:
        what = f"row {row} of a covariance has {len(words)} numbers"
        raise BadInputError(what, where, "six rows of one to six: the lower triangle")
    _numbers(words, where)


def _of_xml(raw: bytes, source: str) -> list[OemSegment]:
    root = xml_root(raw, source)
    found = [part for part in root.iter() if xml_name(part) == "oem"]
    if not found:
        raise BadInputError(f"XML of type {xml_name(root)[:40]!r}", source, "give an orbit ephemeris message (oem)")
    segments = []
    for oem in found:
        _check_version(oem.get("version") or "", source)
        for segment in (part for part in oem.iter() if xml_name(part) == "segment"):
            metadata: dict[str, str] = {}
            rows: list[tuple[list[str], int]] = []
            for part in segment.iter():
                if xml_name(part) == "metadata":
                    metadata = _known([one for one in xml_items(part) if one.keyword != "COMMENT"], source)
                elif xml_name(part) == "stateVector":
                    said = {one.keyword: one.value for one in xml_items(part)}
                    if missing := [key for key in ("EPOCH", *_STATE) if not said.get(key)]:
                        where, what = f"{source}:{part.sourceline}", f"a state without {missing[0]}"
                        raise BadInputError(what, where, "a state is an epoch and six numbers")
                    rows.append(([said[key] for key in ("EPOCH", *_STATE)], part.sourceline or 1))
            segments.append(_segment(metadata, rows, source))
    return segments


def _known(items: list[Item], source: str) -> dict[str, str]:
    for item in items:
        if item.keyword not in _METADATA:
            raise unknown_keyword(item, _METADATA, "an OEM's metadata", source)
    return {item.keyword: item.value for item in items}


def _check_version(version: str, source: str) -> None:
    if version not in _VERSIONS:
        raise BadInputError(f"OEM version {version[:20]!r}", source, f"this program reads {', '.join(_VERSIONS)}")


def _numbers(words: list[str], where: str) -> list[float]:
    out = []
    for word in words:
        try:
            if "_" in word or not word.isascii():
                raise ValueError
            out.append(float(word))
        except ValueError:
            raise BadInputError(f"{word[:40]!r} is not a number", where, "correct the number") from None
    if not np.all(np.isfinite(out)):
        raise BadInputError("a number that is not finite", where, "correct the number")
    return out


def _segment(metadata: dict[str, str], rows: list[tuple[list[str], int]], source: str) -> OemSegment:
    metadata = {key: value.strip() for key, value in metadata.items()}
    if missing := [key for key in ("CENTER_NAME", "REF_FRAME", "TIME_SYSTEM") if not metadata.get(key)]:
        raise BadInputError(f"a segment without {missing[0]}", source, "its states have no meaning without it")
    metadata["TIME_SYSTEM"] = metadata["TIME_SYSTEM"].upper()
    if metadata["TIME_SYSTEM"] not in _SYSTEMS:
        what = f"epochs in {metadata['TIME_SYSTEM'][:20]}"
        raise BadInputError(what, source, f"this program reads {', '.join(_SYSTEMS)}")
    if not rows:
        raise BadInputError("a segment without states", source, "the file is cut off; fetch it again")
    t, states = np.empty(len(rows), np.int64), np.empty((len(rows), 6))
    for k, (words, line) in enumerate(rows):
        where = f"{source}:{line}"
        if len(words) not in (7, 10):
            what = f"{len(words)} words"
            raise BadInputError(what, where, "a state is an epoch and six numbers (and three of acceleration)")
        try:
            t[k] = tai_ns_from_epoch(words[0].removesuffix("Z"), metadata["TIME_SYSTEM"])
        except BadInputError as trouble:
            raise BadInputError(trouble.what, where, trouble.cure) from None
        states[k] = _numbers(words[1:], where)[:6]
    if np.any(np.diff(t) <= 0):
        k = int(np.flatnonzero(np.diff(t) <= 0)[0]) + 1
        raise BadInputError("epochs that do not go forward", f"{source}:{rows[k][1]}", "sort the states by time")
    return OemSegment(metadata, t, 1e3 * states)
