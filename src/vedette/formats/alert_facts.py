"""What an alert event says, as facts without a language: situation, object, numbers, times, areas.

Texts in every language, CAP and the pager line are made from these. Times are UTC and, where an area has a time zone,
local time beside it; an interval is told outward to whole minutes, so that nobody is told to come out early.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vedette.reports.alert_event import AlertEvent, AreaTold, EventKind, Level, MessageType
from vedette.reports.explanations import Cause
from vedette.reports.findings import Evidence
from vedette.time import utc_text_from_tai_ns

LEVELS = (Level.TAKE_SHELTER, Level.BE_READY, Level.BE_INFORMED, Level.ALL_CLEAR)  # most urgent first
SECOND_LEAST = 0.10  # a second explanation that is less probable is not told to the public
MOST_AREAS = 40  # named in one text; the rest are counted


@dataclass(frozen=True, slots=True)
class Group:
    """Areas that are told the same thing; none when the message is about no area."""

    situation: str  # shelter, overflight, ready, launch, passed, cancel or channel-test
    level: Level
    areas: tuple[AreaTold, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one text says, in figures and names that are the same in every language."""

    situation: str
    cause: Cause
    second: tuple[Cause, int] | None  # and its percentage
    count: int | None
    launched: str
    when: str
    areas: tuple[AreaTold, ...]
    evidence: Evidence
    until: str
    sent: str
    message_id: str
    withdrawn: tuple[str, ...]
    lost_s: int | None


def groups_of(event: AlertEvent) -> tuple[Group, ...]:
    """What is to be told to whom: one group for each level and reason, most urgent first."""
    if not event.areas:
        return (Group(_situation(event, None), _level_without_areas(event), ()),)
    found: dict[tuple[int, str], list[AreaTold]] = {}
    for area in event.areas:
        found.setdefault((LEVELS.index(area.level), _situation(event, area)), []).append(area)
    return tuple(Group(situation, LEVELS[level], tuple(areas)) for (level, situation), areas in sorted(found.items()))


def _level_without_areas(event: AlertEvent) -> Level:
    is_over = event.message_type is MessageType.CANCEL or event.evidence in (Evidence.WITHDRAWN, Evidence.PASSED)
    return Level.ALL_CLEAR if is_over else Level.BE_INFORMED


def _situation(event: AlertEvent, area: AreaTold | None) -> str:
    if event.kind is EventKind.CHANNEL_TEST:
        return "channel-test"
    is_cancel = event.message_type is MessageType.CANCEL
    if event.evidence is Evidence.PASSED or (is_cancel and event.cancel_reason == "passed"):
        return "passed"
    if is_cancel or event.evidence is Evidence.WITHDRAWN:
        return "cancel"
    level = Level.BE_INFORMED if area is None else area.level
    if level is Level.ALL_CLEAR:
        return "cancel"  # told before, and no more
    if level is Level.TAKE_SHELTER:
        assert area is not None
        return "overflight" if area.what == "overflight" else "shelter"
    return "ready" if level is Level.BE_READY else "launch"


def facts_of(event: AlertEvent, group: Group) -> Facts:
    """The facts of one group's text."""
    zone = next((area.time_zone for area in group.areas if area.time_zone), "")
    second = None
    if len(event.explanations) > 1 and event.explanations[1].probability >= SECOND_LEAST:
        second = (event.explanations[1].name, round(100.0 * event.explanations[1].probability))
    intervals = [area.t_90_tai_ns for area in group.areas if area.t_90_tai_ns is not None]
    when = ""
    if intervals and group.situation in ("shelter", "overflight", "ready"):
        when = interval_text(min(low for low, _ in intervals), max(high for _, high in intervals), zone)
    elif event.impact is not None and not event.impact.is_conditional and group.situation in ("shelter", "ready"):
        when = interval_text(*event.impact.t_90_tai_ns, zone)
    sent = event.t_created_tai_ns if event.t_sent_tai_ns is None else event.t_sent_tai_ns
    return Facts(
        situation=group.situation,
        cause=event.leading,
        second=second,
        count=None if event.raid is None else event.raid.count,
        launched="" if event.launch is None else instant_text(event.launch.t_tai_ns, zone),
        when=when,
        areas=group.areas,
        evidence=event.evidence,
        until=instant_text(event.t_valid_until_tai_ns, zone),
        sent=instant_text(sent, zone),
        message_id=event.message_id,
        withdrawn=tuple(one.message_id for one in event.cancels),
        lost_s=round(event.track.age_s) if event.track.is_lost and event.track.age_s is not None else None,
    )


def area_name(area: AreaTold, language: str) -> str:
    """Its name in a language, else as it is."""
    return " ".join(area.names.get(language, area.name).split())


def area_when(area: AreaTold, day: str = "") -> str:
    """When it happens there; the day is left out where it is `day`."""
    if area.t_90_tai_ns is None:
        return ""
    return interval_text(*area.t_90_tai_ns, area.time_zone).replace(f"{day} ", "")


def instant_text(t_tai_ns: int, zone: str = "") -> str:
    """`2017-08-28 20:58 UTC = 2017-08-29 05:58 (UTC+9)`."""
    at = _utc_minutes(t_tai_ns, is_up=False)
    local = _local(at, zone)
    beside = f" = {local:%Y-%m-%d %H:%M} ({_offset(local)})" if local is not None else ""
    return f"{at:%Y-%m-%d %H:%M} UTC{beside}"


def interval_text(low_tai_ns: int, high_tai_ns: int, zone: str = "") -> str:
    """`2017-08-28 21:06-21:08 UTC = 2017-08-29 06:06-06:08 (UTC+9)`, outward to whole minutes."""
    low, high = _utc_minutes(low_tai_ns, is_up=False), _utc_minutes(high_tai_ns, is_up=True)
    text = f"{_span(low, high)} UTC"
    low_here, high_here = _local(low, zone), _local(high, zone)
    if low_here is not None and high_here is not None:
        text += f" = {_span(low_here, high_here)} ({_offset(low_here)})"
    return text


def _span(low: datetime, high: datetime) -> str:
    if low == high:
        return f"{low:%Y-%m-%d %H:%M}"
    if low.date() == high.date():
        return f"{low:%Y-%m-%d %H:%M}-{high:%H:%M}"
    return f"{low:%Y-%m-%d %H:%M} - {high:%Y-%m-%d %H:%M}"


def _utc_minutes(t_tai_ns: int, is_up: bool) -> datetime:
    text = utc_text_from_tai_ns(t_tai_ns, digits=9)
    at = datetime.fromisoformat(text[:16]).replace(tzinfo=UTC)
    return at + timedelta(minutes=1) if is_up and text[17:29] > "00.000000000" else at


def _local(at: datetime, zone: str) -> datetime | None:
    found = _zone(zone)
    return None if found is None else at.astimezone(found)


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo | None:
    """A time zone; None when none is named or this machine does not know it: UTC stands alone then."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _offset(at: datetime) -> str:
    minutes = round((at.utcoffset() or timedelta()).total_seconds() / 60.0)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")
