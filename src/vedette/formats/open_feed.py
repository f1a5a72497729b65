"""Open a feed, whatever it is: decided by content, read one record at a time, merged by time when there are several."""

import heapq
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from vedette.core.errors import NotFoundError
from vedette.formats.feed import FeedHeader, FeedRecord, set_aside
from vedette.formats.feed_sensor import FeedSensor
from vedette.formats.flood import not_too_many
from vedette.formats.lines import Line, read_lines
from vedette.formats.patient_file import open_patiently
from vedette.formats.said_wire import TYPES, is_said
from vedette.formats.scan_lines import parse_scan_lines
from vedette.formats.tdm import parse_tdm
from vedette.formats.telemetry import parse_telemetry
from vedette.reports import Claim, LifeSign, Mode, Notice, Scan

MANY_FILES = 64  # a directory of more does not hold them all open
MAX_DOCUMENT_BYTES = 64 * 1024 * 1024  # TDM, XML and telemetry are read whole
_SCAN_MARKS = (b'"vedette_scan_file"', b'"sensor_id"')
_KNOWN = "a feed is a scan file (JSON lines), a CCSDS TDM (KVN or XML) or launch telemetry (JSON arrays)"

_JOURNAL = "`vedette replay` plays it; among the journals of a data directory, `vedette serve` opens it with Shift+J"


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """What the reader of a feed is told besides where it lies."""

    mode: Mode | None = None  # the mode worked in; None: the feed's own (REAL for formats that carry none)
    sensors: Mapping[str, FeedSensor] | None = None  # by the name that the feed uses
    t_liftoff_tai_ns: int | None = None  # for telemetry


def open_feed(
    source: str | Path,
    *,
    mode: Mode | None = None,
    sensors: Mapping[str, FeedSensor] | None = None,
    t_liftoff_tai_ns: int | None = None,
    stream: BinaryIO | None = None,
) -> Iterator[FeedRecord]:
    """Records of a file, a directory (its files merged by time), or standard input (`-`).

    Never raises for what is inside a feed: that comes as `Quarantined`. NotFoundError when there is no such path.
    `stream` is read in place of the file, under the name `source`.
    """
    options = FeedOptions(mode, sensors, t_liftoff_tai_ns)
    name = str(source)
    if stream is not None or name == "-":
        return _read_stream(lambda: nullcontext(stream or sys.stdin.buffer), name, options)
    path = Path(source)
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
        if not files:
            return iter([set_aside("an empty directory", name, "give the directory that holds the feed's files")])
        is_patient = len(files) > MANY_FILES
        return merge_feeds([_read_path(file, options, is_patient) for file in files])
    if not path.exists():
        raise NotFoundError(f"no feed at {name}; check the path")
    return _read_path(path, options)


def open_feeds(
    sources: Iterable[str | Path],
    *,
    mode: Mode | None = None,
    sensors: Mapping[str, FeedSensor] | None = None,
    t_liftoff_tai_ns: int | None = None,
) -> Iterator[FeedRecord]:
    """Records of several feeds, merged by the time of reception; ties keep the order of the sources."""
    feeds = [
        open_feed(source, mode=mode, sensors=sensors, t_liftoff_tai_ns=t_liftoff_tai_ns) for source in list(sources)
    ]
    return feeds[0] if len(feeds) == 1 else merge_feeds(feeds)


def merge_feeds(feeds: Iterable[Iterator[FeedRecord]]) -> Iterator[FeedRecord]:
    """Merge by time of reception, holding one record of each feed; a feed that is out of order keeps its own order.

    The first header sets the mode; a feed of another mode is refused with one sentence.
    """
    iterators = list(feeds)
    heap: list[tuple[float, int, FeedRecord]] = []
    newest = [float("-inf")] * len(iterators)
    refused: set[int] = set()
    mode: Mode | None = None

    def pull(index: int) -> None:
        record = next(iterators[index], None)
        if record is not None:
            if isinstance(record, Scan | LifeSign | Claim | Notice):
                newest[index] = max(newest[index], record.t_received_tai_ns)
            heapq.heappush(heap, (newest[index], index, record))

    for index in range(len(iterators)):
        pull(index)
    while heap:
        _, index, record = heapq.heappop(heap)
        if index in refused and not isinstance(record, FeedHeader):
            continue
        if isinstance(record, FeedHeader | Scan | Claim) and index not in refused:
            mode = mode or record.mode
            if record.mode is not mode:
                refused.add(index)
                source = _source(record)
                cure = f"watch {record.mode} feeds by themselves, with --mode {record.mode}"
                yield set_aside(f"a {record.mode} feed beside a {mode} feed", source, cure, exit_code=6)
                continue
        yield record
        pull(index)


def _source(record: FeedHeader | Scan | Claim) -> str:
    if isinstance(record, FeedHeader):
        return record.source
    return record.source_id if isinstance(record, Claim) else record.sensor_id


def _read_path(path: Path, options: FeedOptions, is_patient: bool = False) -> Iterator[FeedRecord]:
    return _read_stream(lambda: open_patiently(path) if is_patient else path.open("rb"), str(path), options)


def _read_stream(
    opened: Callable[[], AbstractContextManager[BinaryIO]], name: str, options: FeedOptions
) -> Iterator[FeedRecord]:
    try:
        with opened() as stream:
            yield from not_too_many(read_records(stream, name, options), name)
    except OSError as trouble:
        why = trouble.strerror or type(trouble).__name__
        yield set_aside(f"the feed cannot be read on ({why})", name, "check the file, its disk and your permission")


def read_records(stream: BinaryIO, name: str, options: FeedOptions) -> Iterator[FeedRecord]:
    """Records of one binary stream, its format told from its first lines."""
    lines = (line for line in read_lines(stream) if line.is_too_long or line.data.strip())
    head = list(islice(lines, 1))
    start = head[0].data.removeprefix(b"\xef\xbb\xbf").lstrip() if head else b""
    if not start:
        yield set_aside("an empty feed", name, "check that this is the right file, and that writing it had finished")
        return
    if start[:2] == b"\x1f\x8b":
        yield set_aside("a compressed feed", name, "unpack it first, for example with gunzip", head[0].data)
    elif start.startswith(b"SQLite format 3\0"):
        yield set_aside("a journal, which is what a watch writes, and no feed", name, _JOURNAL, head[0].data)
    elif start.startswith(b"<") or start.startswith(b"CCSDS_"):
        document = _whole(chain(head, lines))
        if isinstance(document, Line):
            yield _too_big(name, document)
        else:
            yield from parse_tdm(document, name, mode=options.mode or Mode.REAL, sensors=options.sensors)
    elif any(mark in head[0].data for mark in _SCAN_MARKS) or _is_said(head[0]) or _is_scan_line(head, lines):
        known = None if options.sensors is None else _known_sensors(options.sensors)
        yield from parse_scan_lines(chain(head, lines), name, mode=options.mode, known_sensors=known)
    elif start.startswith((b"{", b"[")):
        document = _whole(chain(head, lines))
        if isinstance(document, Line):
            yield _too_big(name, document)
        else:
            yield from parse_telemetry(
                document,
                name,
                sensor_id=_telemetry_id(name),
                mode=options.mode or Mode.REAL,
                t_liftoff_tai_ns=options.t_liftoff_tai_ns,
            )
    else:
        yield set_aside("not a feed this program can read", name, _KNOWN, head[0].data)


def _is_said(line: Line) -> bool:
    """A file may begin with a claim, a sign of life or a notice."""
    return is_said(line.data) and any(f'"{kind}"'.encode() in line.data for kind in TYPES)


def _is_scan_line(head: list[Line], lines: Iterator[Line]) -> bool:
    """Look one line further, in case the first was damaged; `head` keeps what was taken."""
    head.extend(islice(lines, 1))
    return len(head) > 1 and b'"sensor_id"' in head[1].data and b'"detections"' in head[1].data


def _whole(lines: Iterable[Line]) -> bytes | Line:
    """The document that the lines make up, or the line at which it grows too big."""
    parts: list[bytes] = []
    size = 0
    for line in lines:
        parts.extend([b""] * (line.number - 1 - len(parts)))  # blank lines were skipped, and lines keep their numbers
        size += line.byte_count
        if line.is_too_long or size > MAX_DOCUMENT_BYTES:
            return line
        parts.append(line.data)
    return b"\n".join(parts)


def _too_big(name: str, line: Line) -> FeedRecord:
    what = f"a line of {line.byte_count:,} bytes" if line.is_too_long else f"more than {MAX_DOCUMENT_BYTES:,} bytes"
    cure = "documents are read whole; split it, or write a scan file"
    return set_aside(what, f"{name}:{line.number}", cure, line.data, sha256=line.sha256)


def _known_sensors(sensors: Mapping[str, FeedSensor]) -> frozenset[str]:
    return frozenset(sensors) | frozenset(sensor.sensor_id for sensor in sensors.values())


def _telemetry_id(name: str) -> str:
    return "telemetry" if name == "-" else Path(name).name.removesuffix(".json")
