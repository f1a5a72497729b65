"""What was told to partners and heard from them, row by row, as `--json` and the console show it."""

from typing import Any

import msgspec

from vedette.core.errors import VedetteError
from vedette.doors.node.store import REPORT, SENT, Kept, NodeStore
from vedette.formats import decode_record
from vedette.reports import PartnerReport
from vedette.time import utc_text_from_tai_ns

MOST_ROWS = 500
_FARTHEST = 1 << 62


def log_rows(
    store: NodeStore, before: int | None = None, limit: int = 100, direction: str | None = None, link: str | None = None
) -> list[dict[str, Any]]:
    """The newest rows of the log before a number (of all, when none is given), newest first."""
    newest = _newest(store) if before is None else before - 1
    found: list[Kept] = []
    step, top = limit, newest
    while top > 0 and len(found) < limit:
        low = max(0, top - step)
        some = [one for one in store.log(low, top - low, direction, link) if one.number <= top]
        found = [*some, *found]
        top, step = low, min(2 * step, 5_000)
    return [log_row(one) for one in found[-limit:][::-1]]


def log_row(kept: Kept) -> dict[str, Any]:
    """One message: when, which way, by which link, and what was in it as far as it is kept."""
    is_sent = kept.direction == SENT
    return {
        "number": kept.number, "direction": kept.direction, "link": kept.link, "lane": kept.lane,
        "sequence": kept.sequence, "digest": kept.digest, "t_utc": utc_text_from_tai_ns(kept.t_tai_ns, 3),
        "events": list(kept.event_ids), "bytes": len(kept.message),
        "released": _released(kept.note) if is_sent else [],
        "heard": _heard(kept) if not is_sent else {},
        "text": "" if is_sent else kept.note,
    }  # fmt: skip


def _released(note: str) -> list[dict[str, Any]]:
    """What the release policy made of each offer, without the fields it spells out."""
    try:
        rows = msgspec.json.decode(note, type=list[dict[str, Any]]) if note else []
    except msgspec.DecodeError:
        return []
    return [
        {"name": row.get("name", ""), "kind": row.get("kind", ""), "told_as": row.get("told_as", ""),
         "is_released": bool(row.get("is_released")), "why": row.get("why", "")}
        for row in rows
    ]  # fmt: skip


def _heard(kept: Kept) -> dict[str, int]:
    """How many of what a message said."""
    if kept.kind != REPORT or not kept.event:
        return {}
    try:
        report = decode_record("partner-report", kept.event)
    except VedetteError:
        return {}
    counts: dict[str, int] = {}
    if isinstance(report, PartnerReport):
        for one in report.content:
            name = type(one).__name__.removeprefix("Shared").lower()
            counts[name] = counts.get(name, 0) + 1
    return counts


def _newest(store: NodeStore) -> int:
    """The number of the newest row, by halving: the store tells what follows a number."""
    low, high = 0, 1
    while store.log(high, 1):
        low, high = high, 2 * high
        if high > _FARTHEST:
            break
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if store.log(middle, 1) else (low, middle)
    return high if store.log(low, 1) else low
