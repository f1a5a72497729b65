"""Lines of a feed that are no looks: a sign of life, a claim, a notice. Each says what it is in its field `type`.

{"type": "life-sign", "sensor_id": "radar-north", "route": "aircraft", "sent_utc": "2031-04-01T12:00:00Z"}
{"type": "claim", "claim_id": "c1", "source_id": "command-post", "route": "line-1", "mode": "REAL", "sequence": 7,
 "sent_utc": "2031-04-01T12:00:00Z", "what": "launches", "count": 2, "listed": ["T1", "T2"]}
{"type": "notice", "id": "n1", "kind": "pre-launch", "party": "A", "mode": "REAL", "issued_utc": "2031-03-30T12:00:00Z"}

They stand among the looks of a scan file, or in a file of their own, or come by a live feed. What cannot be read
becomes one sentence, and the feed goes on.
"""

import json
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from vedette.core.errors import BadInputError
from vedette.formats.feed import Quarantined, set_aside, set_aside_error
from vedette.formats.notice_json import NoticeWire, document_from_notice, notice_from_wire
from vedette.formats.scan_wire import Id, Utc
from vedette.reports import Claim, LifeSign, Mode, Notice
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

TYPES = ("life-sign", "claim", "notice")
_FIELDS = "docs/guides/feeds.md lists the fields"
_MARK = b'"type"'

Words = Annotated[str, Meta(max_length=10_000)]


class LifeSignLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="life-sign"):
    """A site says by one way that it is alive."""

    sensor_id: Annotated[Id, Meta(description="the site: a sensor, or a name in [links]")]
    route: Annotated[Id, Meta(description="which way it came: a line, a relay, an aircraft overhead")]
    sent_utc: Utc
    received_utc: Annotated[str, Meta(description="when we heard; absent: the newest time of the feed")] | None = None
    has_power: Annotated[bool, Meta(description="absent: it did not say")] | None = None
    text: Words = ""


class ClaimLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="claim"):
    """What another display, site or centre says: how many of what, by which tracks, how sure."""

    claim_id: Id
    source_id: Annotated[Id, Meta(description="who says that it said so")]
    route: Annotated[Id, Meta(description="which way it came")]
    mode: Mode
    sequence: Annotated[int, Meta(ge=0, le=2**63 - 1, description="counts the messages of one source")]
    sent_utc: Utc
    received_utc: Annotated[str, Meta(description="when we heard; absent: the newest time of the feed")] | None = None
    what: Annotated[str, Meta(max_length=200, description="launches, impacts, detonation, filler, alert, ...")]
    count: Annotated[int, Meta(ge=0, le=10**9, description="of its count field; absent: it has none")] | None = None
    listed: Annotated[tuple[Id, ...], Meta(max_length=100_000, description="tracks it names one by one")] = ()
    state: Annotated[Literal["", "yes", "no", "failed"], Meta(description="of a yes-or-no sensor")] = ""
    authentic: Annotated[bool, Meta(description="its code was checked; absent: it carries none")] | None = None
    text: Words = ""


class NoticeLine(NoticeWire, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="notice"):
    """A notice: the fields of a notice file (docs/guides/notices.md)."""


class _Typed(Struct, frozen=True):
    type: Any = None


_TYPED = msgspec.json.Decoder(_Typed)
_LIFE_SIGN = msgspec.json.Decoder(LifeSignLine)
_CLAIM = msgspec.json.Decoder(ClaimLine)
_NOTICE = msgspec.json.Decoder(NoticeLine)
_STATES: dict[str, Literal["", "yes", "no", "failed"]] = {"": "", "yes": "yes", "no": "no", "failed": "failed"}
Said = LifeSign | Claim | Notice


def is_said(data: bytes) -> bool:
    """Whether a line speaks of itself as something other than a look."""
    return _MARK in data and b'"detections"' not in data


def parse_said(
    data: bytes, where: str, t_newest_tai_ns: int, mode: Mode | None = None, t_heard_tai_ns: int | None = None
) -> Said | Quarantined:
    """One line; a sentence where it cannot be used. It never raises for what is in the line.

    Parameters
    ----------
    t_newest_tai_ns : when it was received, where it does not say so itself; 0: when it was sent
    mode : of the feed; a claim or notice of another is refused (exit code 6)
    t_heard_tai_ns : of a live feed: when the door heard it, whatever it says
    """
    now = t_newest_tai_ns if t_heard_tai_ns is None else t_heard_tai_ns
    try:
        said = _read(data, where, now, t_heard_tai_ns)
    except BadInputError as trouble:
        return set_aside_error(trouble, where, data, t_received_tai_ns=now)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, OverflowError) as trouble:
        words = str(trouble).replace("`", "'")[:160] if not isinstance(trouble, RecursionError) else "too deeply nested"
        return set_aside(words, where, _FIELDS, data, t_received_tai_ns=now)
    if mode is not None and not isinstance(said, LifeSign) and said.mode is not mode:
        what = f"a {said.mode} {'claim' if isinstance(said, Claim) else 'notice'} in a {mode} feed"
        cure = f"run with --mode {said.mode}, or give a {mode} feed"
        return set_aside(what, where, cure, data, t_received_tai_ns=now, exit_code=6)
    return said


def said_line(said: Said) -> bytes:
    """The line that `parse_said` reads back to an equal value, times to the nanosecond; no newline."""
    if isinstance(said, Notice):
        return json.dumps({"type": "notice", **document_from_notice(said)}, ensure_ascii=False).encode()
    sent, received = utc_text_from_tai_ns(said.t_sent_tai_ns, 9), utc_text_from_tai_ns(said.t_received_tai_ns, 9)
    if isinstance(said, LifeSign):
        line: LifeSignLine | ClaimLine = LifeSignLine(
            sensor_id=said.sensor_id, route=said.route, sent_utc=sent, received_utc=received,
            has_power=said.has_power, text=said.text,
        )  # fmt: skip
    else:
        line = ClaimLine(
            claim_id=said.claim_id, source_id=said.source_id, route=said.route, mode=said.mode,
            sequence=said.sequence, sent_utc=sent, received_utc=received, what=said.what, count=said.count,
            listed=said.listed, state=_STATES[said.state], authentic=said.is_authentic, text=said.text,
        )  # fmt: skip
    return msgspec.json.encode(line)


def _read(data: bytes, where: str, now: int, t_heard_tai_ns: int | None) -> Said:
    kind = _TYPED.decode(data).type
    if kind == "life-sign":
        sign = _LIFE_SIGN.decode(data)
        sent, received = _times(sign, now, t_heard_tai_ns)
        return LifeSign(
            sensor_id=sign.sensor_id, route=sign.route, t_sent_tai_ns=sent, t_received_tai_ns=received,
            has_power=sign.has_power, text=sign.text,
        )  # fmt: skip
    if kind == "claim":
        claim = _CLAIM.decode(data)
        sent, received = _times(claim, now, t_heard_tai_ns)
        return Claim(
            claim_id=claim.claim_id, source_id=claim.source_id, route=claim.route, mode=claim.mode,
            sequence=claim.sequence, t_sent_tai_ns=sent, t_received_tai_ns=received, what=claim.what,
            count=claim.count, listed=claim.listed, state=claim.state, is_authentic=claim.authentic, text=claim.text,
        )  # fmt: skip
    if kind == "notice":
        notice = _NOTICE.decode(data)
        if t_heard_tai_ns is not None:
            notice = msgspec.structs.replace(notice, received_utc="")
        return notice_from_wire(notice, "", now)
    raise BadInputError(f"a line of type {str(kind)[:60]!r}", cure=f"known are {', '.join(TYPES)}")


def _times(line: LifeSignLine | ClaimLine, now: int, t_heard_tai_ns: int | None) -> tuple[int, int]:
    sent = tai_ns_from_utc_text(line.sent_utc)
    if t_heard_tai_ns is not None:
        return sent, t_heard_tai_ns
    return sent, tai_ns_from_utc_text(line.received_utc) if line.received_utc else now or sent

