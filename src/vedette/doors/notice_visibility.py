"""Beside what is announced for the next hours: which sensors would see it, and from when."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vedette.assessment.candidates.foreseen import foreseen
from vedette.doors.sensor_files import sensors_from
from vedette.notices import Case
from vedette.reports import NoticeKind

_HARDLY = 0.05  # a sensor that would see fewer of such flights is left out of the lines


def visibility(cases: Iterable[Case], sensors: Path | None, t_tai_ns: int) -> dict[str, list[dict[str, Any]]]:
    """By case, what each radar and infrared watcher would see of it, at the start of its next window; launches only."""
    described = sensors_from(sensors)
    out = {}
    for case in cases:
        notice = case.notice
        if notice.kind is not NoticeKind.PRE_LAUNCH or not notice.launch_areas:
            continue
        ahead = [max(w.t_from_tai_ns, t_tai_ns) for w in notice.windows if w.t_to_tai_ns >= t_tai_ns]
        found = foreseen(notice, described, min(ahead, default=t_tai_ns))
        out[case.case_id] = [
            {
                "sensor": one.sensor_id, "kind": one.kind, "share": round(one.share, 3), "first_s": one.first_s,
                "first_90_s": one.first_90_s, "lasts_s": one.lasts_s,
            }
            for one in found
        ]  # fmt: skip
    return out


def visibility_lines(rows: list[dict[str, Any]] | None) -> list[str]:
    """The same for people; a launch that nobody would see is said to be that."""
    if rows is None:
        return []
    seeing = [row for row in rows if row["share"] >= _HARDLY]
    if not seeing:
        return ["    seen by none of the sensors that are described"]
    return [_line(row) for row in seeing]


def _line(row: dict[str, Any]) -> str:
    low, high = row["first_90_s"]
    when = f"T+{row['first_s']:.0f} s ({low:.0f} to {high:.0f}) for {row['lasts_s']:.0f} s"
    return f"    {row['sensor']} ({row['kind']}) would see {100 * row['share']:.0f} % of such flights, from {when}"
