"""Notices as documents: how every announced thing stands, which windows come, how each party keeps its word."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vedette.core.constants import NS_PER_S
from vedette.doors.notice_visibility import visibility
from vedette.doors.notice_words import case_document, record_document
from vedette.notices import Case, cases_of, match_launches, records, state_of, unanswered
from vedette.reports import Notice
from vedette.time import utc_text_from_tai_ns


def notices_document(
    notices: list[Notice], t_tai_ns: int, hours: float | None = None, sensors: Path | None = None
) -> dict[str, Any]:
    """`vedette notices list --json`; with `hours` what is open or opens within them, and which sensors would see it."""
    cases, _ = cases_of(notices, t_tai_ns)
    seen_by: dict[str, list[dict[str, Any]]] = {}
    if hours is not None:
        cases = cases_within(cases, t_tai_ns, hours)
        seen_by = visibility(cases, sensors, t_tai_ns)
    return {
        "t_utc": utc_text_from_tai_ns(t_tai_ns),
        "cases": [
            case_document(case, t_tai_ns)
            | ({"visibility": seen_by[case.case_id]} if case.case_id in seen_by else {})
            for case in cases
        ],
        "unanswered": [
            {"id": one.query.notice_id, "question": one.query.question, "late": one.is_late}
            for one in unanswered(notices, t_tai_ns)
        ],
    }


def cases_within(cases: Iterable[Case], t_tai_ns: int, hours: float) -> tuple[Case, ...]:
    """What is not cancelled and has a window that is open or opens within so many hours."""
    until = t_tai_ns + round(hours * 3600 * NS_PER_S)
    return tuple(
        case
        for case in cases
        if not case.is_cancelled
        and any(w.t_from_tai_ns <= until and w.t_to_tai_ns >= t_tai_ns for w in case.notice.windows)
    )


def windows_document(notices: list[Notice], t_tai_ns: int, back_h: float, ahead_h: float) -> dict[str, Any]:
    """Every window of every case that touches the hours around an instant, by its beginning: for a timeline."""
    first, last = t_tai_ns - round(back_h * 3600 * NS_PER_S), t_tai_ns + round(ahead_h * 3600 * NS_PER_S)
    cases, _ = cases_of(notices, t_tai_ns)
    rows = [
        {
            "id": case.case_id,
            "kind": case.notice.kind.value,
            "class_name": case.notice.class_name or None,
            "party": case.notice.party,
            "mode": case.notice.mode.value,
            "count": case.notice.count,
            "state": state_of(case, t_tai_ns).value,
            "is_cancelled": case.is_cancelled,
            "from_utc": utc_text_from_tai_ns(window.t_from_tai_ns, 0),
            "to_utc": utc_text_from_tai_ns(window.t_to_tai_ns, 0),
        }
        for case in cases
        for window in case.notice.windows
        if window.t_to_tai_ns >= first and window.t_from_tai_ns <= last
    ]
    rows.sort(key=lambda row: (str(row["from_utc"]), str(row["id"])))
    return {
        "t_utc": utc_text_from_tai_ns(t_tai_ns),
        "from_utc": utc_text_from_tai_ns(first, 0),
        "to_utc": utc_text_from_tai_ns(last, 0),
        "windows": rows,
    }


def parties_document(notices: list[Notice], t_tai_ns: int) -> dict[str, Any]:
    """`vedette notices report --json`."""
    cases, loose = cases_of(notices, t_tai_ns)
    found = records(cases, loose, match_launches(cases, [], t_tai_ns), t_tai_ns)
    return {"parties": [record_document(one) for one in found]}
