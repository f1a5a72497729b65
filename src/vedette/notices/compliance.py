"""How well each party keeps its word: notice given in time, windows kept, launches reported, questions answered."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.tables import table_text
from vedette.notices.cases import Case, CaseState
from vedette.notices.matching import Matching
from vedette.reports import Notice, NoticeKind

HOUR_NS = 3600 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Instrument:
    """What an agreement asks for; None where it sets no time."""

    instrument_id: str
    title: str
    at_least_h: float | None = None  # notice before the window opens
    at_most_h: float | None = None
    window_h: float | None = None  # the longest window
    after_launch_h: float | None = None  # for the post-launch notice
    answer_h: float | None = None
    urgent_answer_h: float | None = None
    range_over_km: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One party's record; None where there is nothing to count."""

    party: str
    announced: int
    in_time: float | None  # share of notices given as early as their instrument asks
    notice_h: tuple[float, float] | None  # least and median hours from notice to window
    states: dict[str, int]
    reported: float | None  # share of launches followed by a post-launch notice in time, where one is asked for
    queries: int
    answered: float | None  # share of questions put to this party that were answered in time
    doubts: tuple[str, ...]


@lru_cache(maxsize=1)
def instruments() -> dict[str, Instrument]:
    """The packaged table, by id."""
    table = tomllib.loads(table_text("instruments.toml"))
    return {name: Instrument(name, **entry) for name, entry in table.items()}


def shortfalls(case: Case) -> tuple[str, ...]:
    """In what the first notice of a case falls short of its instrument, in words."""
    asked, notice = instruments().get(case.notice.instrument), case.first
    if asked is None or not notice.windows:
        return ()
    out = []
    ahead_h = (min(w.t_from_tai_ns for w in notice.windows) - notice.t_issued_tai_ns) / HOUR_NS
    if asked.at_least_h is not None and ahead_h < asked.at_least_h:
        out.append(f"notified {ahead_h:.0f} h ahead; {asked.at_least_h:.0f} h are asked for")
    if asked.at_most_h is not None and ahead_h > asked.at_most_h:
        out.append(f"notified {ahead_h:.0f} h ahead; no more than {asked.at_most_h:.0f} h are asked for")
    if asked.window_h is not None:
        longest_h = max(w.t_to_tai_ns - w.t_from_tai_ns for w in notice.windows) / HOUR_NS
        if longest_h > asked.window_h:
            out.append(f"a window of {longest_h:.0f} h; no more than {asked.window_h:.0f} h are asked for")
    return tuple(out)


def records(
    cases: Sequence[Case], loose: Sequence[Notice], matching: Matching, t_tai_ns: int
) -> tuple[Record, ...]:
    """One record for each party, by name, at an instant."""
    everybody = [n for case in cases for n in case.history] + list(loose)
    return tuple(_record(party, cases, everybody, matching, t_tai_ns) for party in sorted({n.party for n in everybody}))


def _record(
    party: str, cases: Sequence[Case], everybody: Sequence[Notice], matching: Matching, t_tai_ns: int
) -> Record:
    mine = [case for case in cases if case.notice.party == party]
    asked = [c for c in mine if c.notice.instrument in instruments() and c.first.windows]
    ahead_h = [
        (min(w.t_from_tai_ns for w in c.first.windows) - c.first.t_issued_tai_ns) / HOUR_NS
        for c in mine if c.first.windows
    ]  # fmt: skip
    states = [matching.states[case.case_id].value for case in mine]
    due = [case for case in mine if _must_report(case, matching, t_tai_ns)]
    questions = [n for n in everybody if n.kind is NoticeKind.QUERY and _put_to(n, cases) == party]
    replies = {n.about: n for n in everybody if n.kind is NoticeKind.REPLY}
    return Record(
        party=party,
        announced=len(mine),
        in_time=_share([not shortfalls(case) for case in asked]),
        notice_h=(float(min(ahead_h)), float(np.median(ahead_h))) if ahead_h else None,
        states={state: states.count(state) for state in sorted(set(states))},
        reported=_share([_was_reported(case) for case in due]),
        queries=len(questions),
        answered=_share([_in_time(n, replies) for n in questions if n.notice_id in replies or _is_late(n, t_tai_ns)]),
        doubts=tuple(doubt for case in mine for doubt in case.doubts),
    )


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def _must_report(case: Case, matching: Matching, t_tai_ns: int) -> bool:
    asked = instruments().get(case.notice.instrument)
    flown = matching.states[case.case_id] in (CaseState.MATCHED, CaseState.DEVIATING, CaseState.EXCESS, CaseState.DONE)
    if asked is None or asked.after_launch_h is None or not flown or case.t_end_tai_ns is None:
        return False
    return case.outcome is not None or t_tai_ns > case.t_end_tai_ns + asked.after_launch_h * HOUR_NS


def _was_reported(case: Case) -> bool:
    asked = instruments()[case.notice.instrument]
    assert asked.after_launch_h is not None and case.t_end_tai_ns is not None
    if case.outcome is None:
        return False
    flown = case.outcome.t_actual_tai_ns or case.t_end_tai_ns
    return case.outcome.t_issued_tai_ns <= flown + asked.after_launch_h * HOUR_NS


def _put_to(query: Notice, cases: Sequence[Case]) -> str:
    """Whom a question about a case is put to: the party that announced it."""
    return next((c.notice.party for c in cases if query in c.history), "")


def _is_late(query: Notice, t_tai_ns: int) -> bool:
    return query.t_deadline_tai_ns is not None and query.t_deadline_tai_ns < t_tai_ns


def _in_time(query: Notice, replies: dict[str, Notice]) -> bool:
    reply = replies.get(query.notice_id)
    return reply is not None and not _is_late(query, reply.t_issued_tai_ns)
