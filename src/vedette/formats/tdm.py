"""CCSDS Tracking Data Messages, KVN or XML, as a feed (503.0-B-1 and 503.0-B-2, 505.0-B).

A TDM says who measured what and when, not where the sensor stands nor how well it measures: that comes from the
sensors file, by the participant's name.
"""

from collections.abc import Iterator, Mapping

from vedette.formats.feed import FeedHeader, FeedRecord, set_aside
from vedette.formats.feed_sensor import FeedSensor
from vedette.formats.tdm_kvn import parse_tdm_kvn
from vedette.formats.tdm_message import TdmMessage
from vedette.formats.tdm_scans import SegmentReader
from vedette.formats.tdm_xml import parse_tdm_xml
from vedette.reports import Mode, Scan


def parse_tdm_message(raw: bytes, source: str) -> TdmMessage:
    """The message as written, KVN or XML by its first byte."""
    return parse_tdm_xml(raw, source) if _is_xml(raw) else parse_tdm_kvn(raw, source)


def parse_tdm(
    raw: bytes,
    source: str,
    *,
    mode: Mode = Mode.REAL,
    sensors: Mapping[str, FeedSensor] | None = None,
) -> Iterator[FeedRecord]:
    """Header, a sentence for each thing not understood, then one scan per sensor and instant, sorted by time."""
    message = parse_tdm_message(raw, source)
    scans: list[Scan] = []
    told: list[FeedRecord] = []
    used: list[str] = []
    for segment in message.segments:
        if not segment.is_usable:
            continue
        reader = SegmentReader(source, mode, segment, sensors)
        for record in reader.records():
            if isinstance(record, Scan):
                scans.append(record)
                if record.sensor_id not in used:
                    used.append(record.sensor_id)
            else:
                told.append(record)
    if message.segments:
        producer = message.originator
        kind = "tdm-xml" if _is_xml(raw) else "tdm-kvn"
        yield FeedHeader(source=source, format=kind, mode=mode, producer=producer, sensors=tuple(used))
    yield from message.troubles
    yield from told
    if message.segments and not (scans or message.troubles or told):
        yield set_aside("a TDM without one observation", source, "check that this is the right file", raw)
    yield from sorted(scans, key=lambda scan: scan.t_received_tai_ns)


def _is_xml(raw: bytes) -> bool:
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
