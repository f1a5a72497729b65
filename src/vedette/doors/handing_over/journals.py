"""What the journals of a watch say of sensors and of doubts, as it was said at the time: nothing is played again."""

from pathlib import Path
from typing import Any

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, VedetteError
from vedette.doors.said_file import read_said
from vedette.doors.sqlite_journal import ENDED, SqliteJournal
from vedette.reports import FindingKind
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

_SENSOR = {FindingKind.SENSOR_DEGRADED.value: True, FindingKind.SENSOR_RESTORED.value: False}
_DOUBTS = (FindingKind.DOUBT.value, FindingKind.INTERFERENCE.value)
MOST_DOUBTS = 40


def watches(folder: Path, since_posix_s: float) -> list[Path]:
    """The journals that were written to since an instant of the wall's clock, oldest first."""
    found = []
    for path in sorted(folder.glob("*.sqlite")):
        newest = max(one.stat().st_mtime for one in (path, path.with_name(path.name + "-wal")) if one.is_file())
        if newest >= since_posix_s:
            found.append(path)
    return found


def watch_row(path: Path, hours: float) -> dict[str, Any]:
    """One journal: how long it is, its last hours' sensors and doubts by its own clock."""
    row: dict[str, Any] = {
        "journal": path.name,
        "mode": None,
        "entries": 0,
        "sensors": [],
        "doubts": [],
        "trouble": None,
    }
    try:
        with SqliteJournal.open(path) as journal:
            first, last = journal.store.received_span_tai_ns()
            count = journal.store.entry_count
            row |= {
                "mode": journal.session.mode.value, "feeds": list(journal.session.feeds), "entries": count,
                "first_utc": None if first is None else utc_text_from_tai_ns(first),
                "last_utc": None if last is None else utc_text_from_tai_ns(last),
                "is_over": any(True for _ in journal.store.read_kind(ENDED, count, count)),
            }  # fmt: skip
            try:
                said = read_said(path, journal.store.first_link)
            except NotFoundError:
                return row  # nothing was said
    except VedetteError as trouble:
        row["trouble"] = str(trouble)
        return row
    events = [one.body["event"] for one in said.rows if "event" in one.body]
    row["sensors"] = _sensors(events)
    row["doubts"] = _doubts(events, last, hours)
    return row


def _sensors(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sensors that were degraded and not restored."""
    bad: dict[str, dict[str, Any]] = {}
    for one in events:
        is_bad = _SENSOR.get(one["kind"])
        if is_bad:
            bad[one["object_id"]] = {"sensor": one["object_id"], "since_utc": one["t_utc"], "text": one["text"]}
        elif is_bad is False:
            bad.pop(one["object_id"], None)
    return list(bad.values())


def _doubts(events: list[dict[str, Any]], last_tai_ns: int | None, hours: float) -> list[dict[str, Any]]:
    """What was doubted in the last hours: each once, with how often and when last; newest first."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    span_ns = round(hours * 3600) * NS_PER_S
    for one in events:
        if one["kind"] not in _DOUBTS:
            continue
        told = one["t_declared_utc"]
        if told is not None and last_tai_ns is not None and tai_ns_from_utc_text(told) < last_tai_ns - span_ns:
            continue
        key = (one["object_id"], one["text"])
        kept = found.pop(key, {"about": one["object_id"], "text": one["text"], "count": 0, "first_utc": told})
        found[key] = {**kept, "count": kept["count"] + 1, "last_utc": told}
    return list(found.values())[::-1][:MOST_DOUBTS]
