"""Text and binary formats to reports and back.

`open_feed` and `open_feeds` read any feed, one record at a time; `read_scans` and `write_scans` are our own scan files;
`encode_record` and `decode_record` put feed records into a journal, exact to the last bit.
"""

from vedette.formats.asterix import AsterixReader
from vedette.formats.asterix_items import is_asterix
from vedette.formats.feed import FeedHeader, FeedRecord, Quarantined, Tick, keep_with_doubt, set_aside
from vedette.formats.feed_sensor import FeedSensor
from vedette.formats.open_feed import merge_feeds, open_feed, open_feeds
from vedette.formats.said_wire import parse_said, said_line
from vedette.formats.scan_codec import decode_record, decode_scan, encode_record, encode_scan
from vedette.formats.scan_file import read_scans, write_header, write_scan, write_scans
from vedette.formats.scan_lines import LiveScanLines
from vedette.formats.scan_wire import scan_file_schema
from vedette.formats.source_health import SourceHealth
from vedette.formats.tdm import parse_tdm, parse_tdm_message
from vedette.formats.tdm_write import format_tdm_kvn
from vedette.formats.telemetry import parse_telemetry

__all__ = [
    "AsterixReader",
    "FeedHeader",
    "FeedRecord",
    "FeedSensor",
    "LiveScanLines",
    "Quarantined",
    "SourceHealth",
    "Tick",
    "decode_record",
    "decode_scan",
    "encode_record",
    "encode_scan",
    "format_tdm_kvn",
    "is_asterix",
    "keep_with_doubt",
    "merge_feeds",
    "open_feed",
    "open_feeds",
    "parse_said",
    "parse_tdm",
    "parse_tdm_message",
    "parse_telemetry",
    "read_scans",
    "said_line",
    "scan_file_schema",
    "set_aside",
    "write_header",
    "write_scan",
    "write_scans",
]
