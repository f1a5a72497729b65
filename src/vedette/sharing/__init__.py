"""What is needed to be believed elsewhere: keys that are live or drill and never both, signed envelopes, a consumer."""

from vedette.sharing.consumer import Consumer, Heard, checked
from vedette.sharing.envelope import DrillMessage, Envelope, Header, LiveMessage, open_envelope, open_live, seal
from vedette.sharing.keys import (
    MODES_OF,
    DrillKey,
    LiveKey,
    PublicKey,
    Purpose,
    RecordKey,
    Trust,
    Trusted,
    format_key,
    format_trust,
    make_key,
    parse_key,
    parse_trust,
    parse_trusted,
)

__all__ = [
    "MODES_OF",
    "Consumer",
    "DrillKey",
    "DrillMessage",
    "Envelope",
    "Header",
    "Heard",
    "LiveKey",
    "LiveMessage",
    "PublicKey",
    "Purpose",
    "RecordKey",
    "Trust",
    "Trusted",
    "checked",
    "format_key",
    "format_trust",
    "make_key",
    "open_envelope",
    "open_live",
    "parse_key",
    "parse_trust",
    "parse_trusted",
    "seal",
]
