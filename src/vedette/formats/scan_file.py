"""Our own scan files: JSON lines, a header and then one scan per line (docs/reference/scan-file.md).

Reading never stops at a bad line and never holds more than one; writing puts the file aside and renames it.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from vedette.core.errors import BadInputError, NotFoundError, UsageError
from vedette.formats.feed import FeedRecord, Quarantined
from vedette.formats.lines import MAX_LINE_BYTES, read_lines
from vedette.formats.scan_convert import utc_text, wire_from_scan
from vedette.formats.scan_lines import parse_scan_lines
from vedette.formats.scan_wire import SCHEMA_VERSION, ScanFileHeader
from vedette.reports import Mode, Scan

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def read_scans(path: str | Path, on_trouble: Callable[[Quarantined], None] | None = None) -> Iterator[Scan]:
    """Every scan of a scan file, in the order of the file.

    Trouble goes to `on_trouble`, one sentence each, and reading goes on; without it, what cannot be used raises
    BadInputError (what is doubtful is kept and marked in `Scan.marks`).
    """
    path = Path(path)
    if not path.is_file():
        raise NotFoundError(f"no scan file {path}")
    return _only_scans(path, on_trouble)


def _only_scans(path: Path, on_trouble: Callable[[Quarantined], None] | None) -> Iterator[Scan]:
    with path.open("rb") as stream:
        record: FeedRecord
        for record in parse_scan_lines(read_lines(stream, MAX_LINE_BYTES), str(path)):
            if isinstance(record, Scan):
                yield record
            elif isinstance(record, Quarantined):
                if on_trouble is not None:
                    on_trouble(record)
                elif not record.is_kept:
                    raise BadInputError(record.what, record.where, record.cure)


def write_scans(
    path: str | Path,
    scans: Iterable[Scan],
    *,
    mode: Mode,
    producer: str = "vedette",
    sensors: Iterable[str] = (),
    t_liftoff_tai_ns: int | None = None,
    is_epoch_known: bool = True,
) -> int:
    """Write a scan file that `read_scans` reads back bit for bit; the number of scans written.

    The file is written beside its place and renamed when whole. UsageError when a scan's mode is not the file's.
    """
    path = Path(path)
    aside = path.with_name(path.name + ".part")
    count = 0
    with aside.open("wb") as stream:
        write_header(stream, mode, producer, sensors, t_liftoff_tai_ns, is_epoch_known)
        sequences: dict[str, int] = {}
        for scan in scans:
            if scan.mode is not mode:
                raise UsageError(f"a {scan.mode} scan of {scan.sensor_id} cannot stand in a {mode} file")
            sequences[scan.sensor_id] = sequences.get(scan.sensor_id, -1) + 1
            write_scan(stream, scan, sequences[scan.sensor_id])
            count += 1
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(path)
    return count


def write_header(
    stream: BinaryIO,
    mode: Mode,
    producer: str = "vedette",
    sensors: Iterable[str] = (),
    t_liftoff_tai_ns: int | None = None,
    is_epoch_known: bool = True,
) -> None:
    """The first line of a scan file."""
    header = ScanFileHeader(
        vedette_scan_file=SCHEMA_VERSION,
        mode=mode,
        producer=producer,
        sensors=tuple(sensors),
        t_liftoff_utc=None if t_liftoff_tai_ns is None else utc_text(t_liftoff_tai_ns),
        is_epoch_known=is_epoch_known,
    )
    stream.write(_ENCODER.encode(header) + b"\n")


def write_scan(stream: BinaryIO, scan: Scan, sequence: int | None = None) -> None:
    """One line of a scan file."""
    stream.write(_ENCODER.encode(wire_from_scan(scan, sequence)) + b"\n")
