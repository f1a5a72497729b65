"""Lines of a scan file to records: looks and what people say as themselves, the bad ones as one sentence each."""

import re
from collections.abc import Collection, Iterable, Iterator

import msgspec
import numpy as np

from vedette.core.errors import BadInputError, MeasurementError
from vedette.formats.feed import (
    FeedHeader,
    FeedRecord,
    Quarantined,
    keep_with_doubt,
    set_aside,
    set_aside_error,
)
from vedette.formats.lines import Line
from vedette.formats.order import OrderKeeper
from vedette.formats.plausible import find_fault
from vedette.formats.said_wire import is_said, parse_said
from vedette.formats.scan_convert import (
    position_from_wire,
    region_from_wire,
    row_from_detection,
    whole_look_from_wire,
)
from vedette.formats.scan_wire import DETECTION_TYPES, SCHEMA_VERSION, LooseScan, ScanFileHeader
from vedette.reports import COLUMNS, Mode, Scan, SensorKind
from vedette.time import tai_ns_from_utc_text

_HEADER_DECODER = msgspec.json.Decoder(ScanFileHeader)
_SCAN_DECODER = msgspec.json.Decoder(LooseScan)
_DETECTION_DECODERS = {kind: msgspec.json.Decoder(made) for kind, made in DETECTION_TYPES.items()}
_NOT_JSON_NUMBER = re.compile(rb"(?<=[:,\[])(\s*)-?(?:NaN|nan|Infinity|inf)\b")


def parse_scan_lines(
    lines: Iterable[Line],
    source: str,
    *,
    mode: Mode | None = None,
    known_sensors: Collection[str] | None = None,
) -> Iterator[FeedRecord]:
    """Header, scans and sentences, in the order of the lines.

    `mode` is the mode the reader works in: a file or scan of another mode is refused (exit code 6). Scans of sensors
    outside `known_sensors` (or outside the header's own list) are set aside.
    """
    reader = _Reader(source, mode, known_sensors)
    is_first = True
    for line in lines:
        if not line.data.strip() and not line.is_too_long:
            continue
        if _looks_like_header(line.data, is_first):
            header = reader.header(line)
            yield header
            if is_first and isinstance(header, Quarantined) and header.exit_code == 6:
                return
        else:
            if is_first:
                cure = "kept, by the mode of each scan; write the header line first"
                yield keep_with_doubt("a scan file without its header line", f"{source}:{line.number}", cure)
            yield from reader.scan(line)
        is_first = False
    if is_first:
        yield set_aside("an empty feed", source, "check that this is the right file, and that writing it had finished")


def _looks_like_header(data: bytes, is_first: bool) -> bool:
    """True for a header, also further down (files that were joined), and for a first line that is no scan."""
    if b'"vedette_scan_file"' in data[:200]:
        return True
    return is_first and b'"sensor_id"' not in data[:65536] and not is_said(data)


class LiveScanLines:
    """Scan lines one by one as they are heard: the door says when, whatever the line states; no header is needed."""

    def __init__(self, source: str, mode: Mode, known_sensors: Collection[str] | None = None) -> None:
        self._reader = _Reader(source, mode, known_sensors)

    def read(self, line: Line, t_received_tai_ns: int) -> Iterator[FeedRecord]:
        """The records of one line, a scan or a header; a header of another mode is refused."""
        if b'"vedette_scan_file"' in line.data[:200]:
            yield self._reader.header(line)
        elif line.is_too_long or line.data.strip():
            yield from self._reader.scan(line, t_received_tai_ns)


class _Reader:
    """What must be remembered from line to line."""

    def __init__(self, source: str, mode: Mode | None, known_sensors: Collection[str] | None) -> None:
        self.source = source
        self.mode = mode
        self.known_sensors = known_sensors
        self.are_listed = known_sensors is None  # the header's own list counts when nobody else gave one
        self.order = OrderKeeper()

    def header(self, line: Line) -> FeedHeader | Quarantined:
        where = f"{self.source}:{line.number}"
        if line.is_too_long:
            return set_aside(_too_long(line), where, "the header is one short line", line.data, sha256=line.sha256)
        try:
            wire = _HEADER_DECODER.decode(line.data.removeprefix(b"\xef\xbb\xbf"))
            if wire.vedette_scan_file > SCHEMA_VERSION:
                what = f"a scan file of version {wire.vedette_scan_file}; this program reads up to {SCHEMA_VERSION}"
                return set_aside(what, where, "read it with a newer Vedette", line.data)
            t_liftoff_tai_ns = None if wire.t_liftoff_utc is None else tai_ns_from_utc_text(wire.t_liftoff_utc)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, BadInputError) as trouble:
            cure = 'the first line reads like {"vedette_scan_file": 1, "mode": "TEST"}'
            return set_aside(f"a header that cannot be read ({_why(trouble)})", where, cure, line.data)
        if self.mode is not None and wire.mode is not self.mode:
            return _refused(f"a {wire.mode} feed offered as {self.mode}", where, self.mode, wire.mode, line.data)
        self.mode = wire.mode
        if self.are_listed:
            self.known_sensors = frozenset(wire.sensors) or None
        return FeedHeader(
            source=self.source,
            format="scan-file",
            mode=wire.mode,
            producer=wire.producer,
            sensors=wire.sensors,
            is_epoch_known=wire.is_epoch_known,
            t_liftoff_tai_ns=t_liftoff_tai_ns,
        )

    def scan(self, line: Line, t_heard_tai_ns: int | None = None) -> Iterator[FeedRecord]:
        where = f"{self.source}:{line.number}"
        if t_heard_tai_ns is not None:
            self.order.t_newest_tai_ns = max(self.order.t_newest_tai_ns, t_heard_tai_ns)
        now = self.order.t_newest_tai_ns
        if line.is_too_long:
            cure = "one line holds one scan; was the file written without newlines?"
            yield set_aside(_too_long(line), where, cure, line.data, sha256=line.sha256, t_received_tai_ns=now)
            return
        if is_said(line.data):
            said = parse_said(line.data, where, now, self.mode, t_heard_tai_ns)
            if not isinstance(said, Quarantined):
                self.order.t_newest_tai_ns = max(self.order.t_newest_tai_ns, said.t_received_tai_ns)
            yield said
            return
        try:
            wire = _decode_scan(line.data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as trouble:
            yield _unreadable(trouble, line, where, now)
            return
        if self.mode is not None and wire.mode is not self.mode:
            what = f"a {wire.mode} scan in a {self.mode} feed"
            yield _refused(what, where, self.mode, wire.mode, line.data, t_received_tai_ns=now)
            return
        if self.known_sensors is not None and wire.sensor_id not in self.known_sensors:
            known = ", ".join(sorted(self.known_sensors)[:8]) or "none"
            cure = f"known are {known}; add it to the sensors file or correct the name"
            what = f"sensor {wire.sensor_id[:60]!r} is unknown"
            yield set_aside(what, where, cure, line.data, t_received_tai_ns=now)
            return
        try:
            scan, faults = _scan_from_wire(wire, where, line.data, now, t_heard_tai_ns)
        except BadInputError as trouble:
            yield set_aside_error(trouble, where, line.data, t_received_tai_ns=now)
            return
        yield from faults
        if scan is not None:
            is_stated = t_heard_tai_ns is not None or wire.t_received_utc is not None
            yield from self.order.check(scan, wire.sequence, is_stated, where)


def _decode_scan(data: bytes) -> LooseScan:
    """A scan line; NaN and Infinity, which are not JSON, cost their own detection and not the line."""
    try:
        return _SCAN_DECODER.decode(data)
    except msgspec.DecodeError:
        named = _NOT_JSON_NUMBER.sub(rb'\1"NaN"', data)
        if named == data:
            raise
    return _SCAN_DECODER.decode(named)


def _scan_from_wire(
    wire: LooseScan, where: str, raw: bytes, now: int, t_heard_tai_ns: int | None = None
) -> tuple[Scan | None, list[Quarantined]]:
    position_itrf_m = position_from_wire(wire.sensor_position_itrf_km)
    region = region_from_wire(wire.looked_at)
    noise_rise_db, position_sigma_m = whole_look_from_wire(wire.noise_rise_db, wire.sensor_position_sigma_km)
    t_received_tai_ns = None if wire.t_received_utc is None else tai_ns_from_utc_text(wire.t_received_utc)
    if t_heard_tai_ns is not None:
        t_received_tai_ns = t_heard_tai_ns
    times: list[int] = []
    known_times: dict[str, int] = {}  # the detections of a look often share theirs
    values: list[list[float]] = []
    sigmas: list[list[float]] = []
    faults: list[Quarantined] = []
    for index, detection_raw in enumerate(wire.detections):
        here = f"{where} detection {index + 1}"
        detection_bytes = bytes(detection_raw)
        try:
            detection = _DETECTION_DECODERS[wire.kind].decode(detection_bytes)
            row_values, row_sigmas = row_from_detection(detection, position_itrf_m)
            fault = find_fault(wire.kind, row_values, row_sigmas)
            if fault is not None:
                raise MeasurementError(fault[0], cure=fault[1])
            text = detection.t_measured_utc
            if text not in known_times:
                known_times[text] = tai_ns_from_utc_text(text)
            times.append(known_times[text])
        except BadInputError as trouble:
            faults.append(set_aside_error(trouble, here, detection_bytes, t_received_tai_ns=now))
            continue
        except (msgspec.DecodeError, RecursionError) as trouble:
            cure = "see docs/reference/scan-file.md for the fields of each kind"
            faults.append(set_aside(_why(trouble), here, cure, detection_bytes, t_received_tai_ns=now))
            continue
        values.append(row_values)
        sigmas.append(row_sigmas)
    if faults and not times:
        return None, faults
    if t_received_tai_ns is None:
        if not times:
            raise BadInputError("an empty look without a time", cure="give t_received_utc")
        t_received_tai_ns = max(times)
    column_count = len(COLUMNS[wire.kind])
    scan = Scan(
        sensor_id=wire.sensor_id,
        kind=SensorKind(wire.kind),
        mode=wire.mode,
        t_received_tai_ns=t_received_tai_ns,
        t_measured_tai_ns=np.array(times, dtype=np.int64),
        values=np.array(values, dtype=np.float64).reshape(-1, column_count),
        sigmas=np.array(sigmas, dtype=np.float64).reshape(-1, column_count),
        looked_at=region,
        sensor_position_itrf_m=position_itrf_m,
        marks=(*wire.marks, "detections-set-aside") if faults else wire.marks,
        noise_rise_db=noise_rise_db,
        sensor_position_sigma_m=position_sigma_m,
    )
    return scan, faults


def _too_long(line: Line) -> str:
    return f"a line of {line.byte_count:,} bytes"


def _refused(what: str, where: str, wanted: Mode, found: Mode, raw: bytes, t_received_tai_ns: int = 0) -> Quarantined:
    cure = f"run with --mode {found}, or give a {wanted} feed"
    return set_aside(what, where, cure, raw, exit_code=6, t_received_tai_ns=t_received_tai_ns)


def _unreadable(trouble: Exception, line: Line, where: str, now: int) -> Quarantined:
    if not line.has_newline:
        what, cure = (
            f"the last line is cut off ({_why(trouble)})",
            "the file was not written to its end; fetch it again",
        )
    elif isinstance(trouble, msgspec.ValidationError):
        what, cure = _why(trouble), "see docs/reference/scan-file.md for the fields of a scan"
    else:
        what, cure = f"a garbled line ({_why(trouble)})", "the bytes were damaged on the way; send the line again"
    return set_aside(what, where, cure, line.data, t_received_tai_ns=now)


def _why(trouble: Exception) -> str:
    if isinstance(trouble, RecursionError):
        return "nested too deeply"
    if isinstance(trouble, UnicodeDecodeError):
        return "not UTF-8"
    return str(trouble).replace("`", "'")[:160]
