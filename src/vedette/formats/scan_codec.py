"""Feed records as MessagePack for the journal, exact to the last bit.

Arrays travel as little-endian int64 and float64 bytes, so that a replay reads the very numbers of the live run, NaN
payloads included. `decode_record(*encode_record(record))` gives the record back.
"""

import msgspec
import numpy as np

from vedette.core.errors import BadInputError
from vedette.formats.feed import FeedHeader, FeedRecord, Quarantined, Tick
from vedette.formats.source_health import SourceHealth
from vedette.reports import (
    COLUMNS,
    Claim,
    LifeSign,
    Mode,
    Notice,
    PartnerNews,
    PartnerReport,
    Region,
    Scan,
    SensorKind,
)

SCAN, HEADER, QUARANTINED, HEALTH = "scan", "header", "quarantined", "health"
NOTICE, LIFE_SIGN, CLAIM, TICK = "notice", "life-sign", "claim", "tick"
PARTNER_REPORT, PARTNER_NEWS = "partner-report", "partner-news"


class _ScanWire(msgspec.Struct, frozen=True, array_like=True):
    version: int
    sensor_id: str
    kind: SensorKind
    mode: Mode
    t_received_tai_ns: int
    t_measured: bytes
    values: bytes
    sigmas: bytes
    region: tuple[float, float, float, float, float, float] | None
    sensor_position: bytes | None
    marks: tuple[str, ...]
    # appended; journals written before read as zero
    noise_rise_db: float = 0.0
    sensor_position_sigma_m: float = 0.0


_ENCODER = msgspec.msgpack.Encoder()
_SCAN_DECODER = msgspec.msgpack.Decoder(_ScanWire)
_HEADER_DECODER = msgspec.msgpack.Decoder(FeedHeader)
_QUARANTINED_DECODER = msgspec.msgpack.Decoder(Quarantined)
_HEALTH_DECODER = msgspec.msgpack.Decoder(SourceHealth)
_LIFE_SIGN_DECODER = msgspec.msgpack.Decoder(LifeSign)
_NOTICE_DECODER = msgspec.msgpack.Decoder(Notice)
_CLAIM_DECODER = msgspec.msgpack.Decoder(Claim)
_TICK_DECODER = msgspec.msgpack.Decoder(Tick)
_PARTNER_REPORT_DECODER = msgspec.msgpack.Decoder(PartnerReport)
_PARTNER_NEWS_DECODER = msgspec.msgpack.Decoder(PartnerNews)


def encode_scan(scan: Scan) -> bytes:
    """A scan as MessagePack bytes."""
    region = scan.looked_at
    position = scan.sensor_position_itrf_m
    return _ENCODER.encode(
        _ScanWire(
            1,
            scan.sensor_id,
            scan.kind,
            scan.mode,
            int(scan.t_received_tai_ns),
            np.ascontiguousarray(scan.t_measured_tai_ns, "<i8").tobytes(),
            np.ascontiguousarray(scan.values, "<f8").tobytes(),
            np.ascontiguousarray(scan.sigmas, "<f8").tobytes(),
            None
            if region is None
            else (
                region.azimuth_min_rad,
                region.azimuth_max_rad,
                region.elevation_min_rad,
                region.elevation_max_rad,
                region.range_min_m,
                region.range_max_m,
            ),
            None if position is None else np.ascontiguousarray(position, "<f8").tobytes(),
            scan.marks,
            float(scan.noise_rise_db),
            float(scan.sensor_position_sigma_m),
        )
    )


def decode_scan(payload: bytes) -> Scan:
    """The scan that `encode_scan` wrote; BadInputError when the bytes are something else."""
    try:
        wire = _SCAN_DECODER.decode(payload)
        if wire.version != 1:
            raise BadInputError(
                f"scan payload of version {wire.version}", cure="read it with the version that wrote it"
            )
        t_measured_tai_ns = np.frombuffer(wire.t_measured, "<i8").astype(np.int64)
        shape = (len(t_measured_tai_ns), len(COLUMNS[wire.kind]))
        position = wire.sensor_position
        return Scan(
            sensor_id=wire.sensor_id,
            kind=wire.kind,
            mode=wire.mode,
            t_received_tai_ns=wire.t_received_tai_ns,
            t_measured_tai_ns=t_measured_tai_ns,
            values=np.frombuffer(wire.values, "<f8").reshape(shape).astype(np.float64),
            sigmas=np.frombuffer(wire.sigmas, "<f8").reshape(shape).astype(np.float64),
            looked_at=None if wire.region is None else Region(*wire.region),
            sensor_position_itrf_m=None if position is None else np.frombuffer(position, "<f8").astype(np.float64),
            marks=wire.marks,
            noise_rise_db=wire.noise_rise_db,
            sensor_position_sigma_m=wire.sensor_position_sigma_m,
        )
    except (msgspec.DecodeError, ValueError) as trouble:
        if isinstance(trouble, BadInputError):
            raise
        raise BadInputError(f"not a scan payload ({trouble})") from trouble


def encode_record(record: FeedRecord) -> tuple[str, bytes]:
    """Kind and payload of a feed record, as a journal keeps them."""
    if isinstance(record, Scan):
        return SCAN, encode_scan(record)
    if isinstance(record, SourceHealth):
        return HEALTH, _ENCODER.encode(record)
    if isinstance(record, LifeSign | Claim):
        return (CLAIM if isinstance(record, Claim) else LIFE_SIGN), _ENCODER.encode(record)
    if isinstance(record, Tick):
        return TICK, _ENCODER.encode(record)
    if isinstance(record, Notice):
        return NOTICE, _ENCODER.encode(record)
    if isinstance(record, PartnerReport | PartnerNews):
        return (PARTNER_REPORT if isinstance(record, PartnerReport) else PARTNER_NEWS), _ENCODER.encode(record)
    return (HEADER if isinstance(record, FeedHeader) else QUARANTINED), _ENCODER.encode(record)


def decode_record(kind: str, payload: bytes) -> FeedRecord:
    """The feed record of a journal entry; BadInputError for another kind or bytes that are no such record."""
    try:
        if kind == SCAN:
            return decode_scan(payload)
        if kind == HEADER:
            return _HEADER_DECODER.decode(payload)
        if kind == QUARANTINED:
            return _QUARANTINED_DECODER.decode(payload)
        if kind == HEALTH:
            return _HEALTH_DECODER.decode(payload)
        if kind == LIFE_SIGN:
            return _LIFE_SIGN_DECODER.decode(payload)
        if kind == CLAIM:
            return _CLAIM_DECODER.decode(payload)
        if kind == TICK:
            return _TICK_DECODER.decode(payload)
        if kind == NOTICE:
            return _NOTICE_DECODER.decode(payload)
        if kind == PARTNER_REPORT:
            return _PARTNER_REPORT_DECODER.decode(payload)
        if kind == PARTNER_NEWS:
            return _PARTNER_NEWS_DECODER.decode(payload)
    except msgspec.DecodeError as trouble:
        raise BadInputError(f"not a {kind} payload ({trouble})") from trouble
    raise BadInputError(f"a journal entry of kind {kind!r} is no feed record")
