"""What a feed hands in, one record at a time: a header, scans, and a sentence for whatever could not be used.

A feed never stops at a bad record. What is unusable is set aside as `Quarantined`; what is doubtful is kept, marked in
`Scan.marks` and explained once by a `Quarantined` with `is_kept`.
"""

import hashlib
from typing import Any

import msgspec

from vedette.core.errors import BadInputError
from vedette.formats.source_health import SourceHealth
from vedette.reports import Claim, LifeSign, Mode, Notice, PartnerNews, PartnerReport, Scan

EXCERPT_BYTES = 120
SENTENCE_CHARACTERS = 300


class FeedHeader(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed says about itself before its first scan."""

    source: str  # as the caller named it: a path, or "-"
    format: str  # "scan-file", "tdm-kvn", "tdm-xml", "telemetry-json"
    mode: Mode
    producer: str = ""
    sensors: tuple[str, ...] = ()
    is_epoch_known: bool = True  # False: times count from instant 0, which is the feed's own zero
    t_liftoff_tai_ns: int | None = None


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """One clear sentence about something in a feed that cannot be used, or (`is_kept`) is used with doubt."""

    what: str
    where: str  # file and line: "night.jsonl:17"
    cure: str = ""
    t_received_tai_ns: int = 0  # the newest time the feed had reached; 0 before its first scan
    excerpt: str = ""  # the first bytes, escaped
    sha256: str = ""  # of the raw bytes set aside
    is_kept: bool = False  # True: kept and marked, not set aside
    exit_code: int = 3  # 3 bad input, 6 refused (mode); 0 when kept

    @property
    def sentence(self) -> str:
        """What was found, where, and the likely cure."""
        return f"{self.where}: {self.what}" + (f"; {self.cure}" if self.cure else "")


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing came for a while: the time by the receiver's clock, so that silence is noticed while it lasts."""

    t_received_tai_ns: int


FeedRecord = (
    FeedHeader | Scan | Quarantined | SourceHealth | Notice | LifeSign | Claim | Tick | PartnerReport | PartnerNews
)


def set_aside(what: str, where: str, cure: str = "", raw: bytes = b"", **more: Any) -> Quarantined:
    """A `Quarantined` that carries the start and the hash of the raw bytes it speaks of."""
    excerpt = _one_line(raw[:EXCERPT_BYTES].decode("utf-8", "backslashreplace"))
    digest = more.pop("sha256", None) or (hashlib.sha256(raw).hexdigest() if raw else "")
    return Quarantined(
        what=_one_line(what), where=_one_line(where), cure=_one_line(cure), excerpt=excerpt, sha256=digest, **more
    )


def set_aside_error(trouble: BadInputError, where: str, raw: bytes = b"", **more: Any) -> Quarantined:
    """The same from an error raised below; its own `where` stays inside the sentence."""
    what = f"{trouble.where}: {trouble.what}" if trouble.where else trouble.what
    return set_aside(what, where, trouble.cure, raw, **more)


def keep_with_doubt(what: str, where: str, cure: str = "", **more: Any) -> Quarantined:
    """A sentence about something kept and marked; it changes no exit code."""
    return set_aside(what, where, cure, is_kept=True, exit_code=0, **more)


def _one_line(text: str) -> str:
    """Printable, on one line, and not too long, whatever stood in the feed."""
    words = " ".join(text.split())
    printable = "".join(c if c.isprintable() else repr(c)[1:-1] for c in words[:SENTENCE_CHARACTERS])
    return printable if len(words) <= SENTENCE_CHARACTERS else printable + "..."
