"""One line for pagers and watch floors: what, where, when, how sure, which message; ASCII, at most 160 characters.

Mode, act, event and sequence always stand; areas that find no room are counted. A drill begins and ends with its mode.
"""

import unicodedata

from vedette.core.constants import NS_PER_S
from vedette.formats.alert_facts import groups_of
from vedette.formats.alert_texts import held_to_mode
from vedette.reports.alert_event import AlertEvent
from vedette.reports.mode import Mode
from vedette.time import utc_text_from_tai_ns

LIMIT = 160
_MOST_ID = 40


def pager_line(event: AlertEvent, limit: int = LIMIT) -> str:
    """`REAL Alert E7 #1 IMPACT medium-range-ballistic x1 confirmed: Hokkaido 21:06-21:08Z 230s; +2 | until 21:40Z`."""
    group = groups_of(event)[0]
    name = event.mode.value if event.mode is Mode.REAL else f"{event.mode.value} {event.mode.value}"
    count = f" x{event.raid.count}" if event.raid is not None else ""
    head = (
        f"{name} {event.message_type.value} {_folded(event.event_id)} #{event.sequence} {event.kind.value.upper()} "
        f"{group.situation} {event.leading.value}{count} {event.evidence.value}"
    )
    if event.cancels:
        head += f" takes back {len(event.cancels)}"
    tail = f" | until {utc_text_from_tai_ns(event.t_valid_until_tai_ns)[11:16]}Z"
    if event.mode is not Mode.REAL:
        tail += f" {event.mode.value}"
    areas = []
    for number, area in enumerate(group.areas, 1):
        when = "" if area.t_90_tai_ns is None else f" {_span(*area.t_90_tai_ns)}"
        left = "" if area.seconds is None else f" {int(area.seconds // 1)}s"
        areas.append(f"{_folded(area.name) or f'area {number}'}{when}{left}")
    for shown in range(len(areas), -1, -1):
        rest = len(areas) - shown
        parts = [*areas[:shown], *([f"+{rest}" if shown else f"{rest} area(s)"] if rest else [])]
        line = head + (": " + "; ".join(parts) if parts else "") + tail
        if len(line) <= limit:
            return held_to_mode(event, line)
    return held_to_mode(event, line[: limit - len(tail) - 1] + "~" + tail)


def _span(low_tai_ns: int, high_tai_ns: int) -> str:
    """UTC, outward to whole minutes: `21:06-21:08Z`."""
    low = utc_text_from_tai_ns(low_tai_ns, digits=9)[11:16]
    high = utc_text_from_tai_ns(high_tai_ns + 60 * NS_PER_S - 1, digits=9)[11:16]
    return f"{low}Z" if low == high else f"{low}-{high}Z"


def _folded(text: str) -> str:
    """ASCII letters without their accents; what has none is left out."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = " ".join("".join(c if c.isprintable() else " " for c in plain).split())
    return plain if len(plain) <= _MOST_ID else plain[: _MOST_ID - 1] + "~"
