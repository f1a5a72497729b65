"""Notices as cases: one thing that was announced, with everything that was said about it since.

A case begins with a notice that announces something. Later notices `about` it postpone it, cancel it, say how it went,
ask and answer. The newest version counts. What does not fit (another party cancelling, two texts under one number) is
kept and doubted, never dropped.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from vedette.core.constants import NS_PER_S
from vedette.reports import Notice, NoticeKind

ANNOUNCING = (
    NoticeKind.PRE_LAUNCH, NoticeKind.DE_ORBIT, NoticeKind.DISTURBANCE, NoticeKind.EXERCISE,
    NoticeKind.BORDER_ACTIVITY, NoticeKind.NAVAL_ENTRY, NoticeKind.JOINT_PATROL,
)  # fmt: skip
REPORT_GRACE_S = 48 * 3600.0  # a post-launch notice may take so long (memorandum of 2000)


class CaseState(StrEnum):
    """How an announced thing stands."""

    EXPECTED = "expected"  # its window has not begun
    OPEN = "open"
    MATCHED = "matched"  # as many launches as announced were seen, all as announced
    DEVIATING = "matched-deviating"
    EXCESS = "excess"  # more were seen than announced
    OVERDUE = "overdue"  # its window is past and nothing was seen or said
    NOT_FLOWN = "not-flown"  # cancelled, or its party says so, or long overdue
    DONE = "done"  # its party says that it was launched; we did not see it


@dataclass(frozen=True, slots=True)
class Case:
    """One announced thing as it now stands."""

    notice: Notice  # the newest version, postponements applied
    history: tuple[Notice, ...]  # every notice of the case, in order of receipt
    is_cancelled: bool = False
    outcome: Notice | None = None  # the post-launch notice
    doubts: tuple[str, ...] = ()

    @property
    def case_id(self) -> str:
        """The id of the notice that began it."""
        return self.notice.notice_id

    @property
    def t_end_tai_ns(self) -> int | None:
        """End of the last window; None when no window was told."""
        return max((w.t_to_tai_ns for w in self.notice.windows), default=None)

    @property
    def first(self) -> Notice:
        """What was said first."""
        return self.history[0]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question between partners that waits for its answer."""

    query: Notice
    is_late: bool


def cases_of(notices: Iterable[Notice], t_tai_ns: int | None = None) -> tuple[tuple[Case, ...], tuple[Notice, ...]]:
    """Cases in the order they were first announced, and notices that belong to none; what came after `t_tai_ns` is left
    out. The order in which notices are given does not matter."""
    known = [n for n in notices if t_tai_ns is None or n.t_received_tai_ns <= t_tai_ns]
    known.sort(key=lambda n: (n.t_received_tai_ns, n.notice_id, n.version))
    cases: dict[str, Case] = {}
    waiting: list[Notice] = []
    for notice in known:
        if notice.kind in ANNOUNCING:
            cases[notice.notice_id] = _announced(cases.get(notice.notice_id), notice)
        else:
            waiting.append(notice)
    loose = []
    for notice in waiting:
        case_id = _case_of(notice, cases, waiting)
        if case_id is None:
            loose.append(notice)
        else:
            cases[case_id] = _amended(cases[case_id], notice)
    return tuple(cases.values()), tuple(loose)


def unanswered(notices: Iterable[Notice], t_tai_ns: int) -> tuple[Unanswered, ...]:
    """Queries without a reply at an instant, those past their deadline marked."""
    known = [n for n in notices if n.t_received_tai_ns <= t_tai_ns]
    answered = {n.about for n in known if n.kind is NoticeKind.REPLY}
    return tuple(
        Unanswered(n, n.t_deadline_tai_ns is not None and n.t_deadline_tai_ns < t_tai_ns)
        for n in sorted(known, key=lambda n: (n.t_received_tai_ns, n.notice_id))
        if n.kind is NoticeKind.QUERY and n.notice_id not in answered
    )


def state_of(case: Case, t_tai_ns: int, seen: int = 0, is_deviating: bool = False) -> CaseState:
    """How a case stands at an instant, when `seen` launches have been matched to it."""
    if seen > case.notice.count:
        return CaseState.EXCESS
    if is_deviating:
        return CaseState.DEVIATING
    if seen == case.notice.count:
        return CaseState.MATCHED
    if case.is_cancelled and not seen:
        return CaseState.NOT_FLOWN
    if case.outcome is not None and case.outcome.is_launched is not None:
        return CaseState.DONE if case.outcome.is_launched else CaseState.NOT_FLOWN
    windows, end = case.notice.windows, case.t_end_tai_ns
    if end is None or t_tai_ns <= end:
        begun = not windows or any(w.t_from_tai_ns <= t_tai_ns for w in windows)
        return CaseState.OPEN if begun else CaseState.EXPECTED
    if seen:
        return CaseState.OPEN if t_tai_ns <= end + REPORT_GRACE_S * NS_PER_S else CaseState.MATCHED
    return CaseState.OVERDUE if t_tai_ns <= end + REPORT_GRACE_S * NS_PER_S else CaseState.NOT_FLOWN


def _announced(case: Case | None, notice: Notice) -> Case:
    if case is None:
        return Case(notice, (notice,))
    if notice in case.history:
        return case
    history = (*case.history, notice)
    if notice.party != case.notice.party:
        doubt = f"{notice.party} uses number {notice.notice_id}, which is {case.notice.party}'s; its text is set aside"
        return replace(case, history=history, doubts=(*case.doubts, doubt))
    if notice.version == case.notice.version:
        doubt = f"two texts under number {notice.notice_id} version {notice.version}; the first one stands"
        return replace(case, history=history, doubts=(*case.doubts, doubt))
    newest = max(notice, case.notice, key=lambda n: n.version)
    return replace(case, notice=newest, history=history)


def _case_of(notice: Notice, cases: dict[str, Case], others: list[Notice]) -> str | None:
    """Which case a notice is about, through other notices if need be (a reply to a query about a launch)."""
    by_id = {other.notice_id: other for other in others}
    about, seen = notice.about, set[str]()
    while about and about not in cases and about not in seen:
        seen.add(about)
        about = by_id[about].about if about in by_id else ""
    return about if about in cases else None


def _amended(case: Case, notice: Notice) -> Case:
    if notice in case.history:
        return case
    case = replace(case, history=(*case.history, notice))
    asks = notice.kind in (NoticeKind.QUERY, NoticeKind.REPLY)
    if notice.party != case.notice.party and not asks:
        doubt = f"{notice.party} sent a {notice.kind} about {case.case_id}, which is {case.notice.party}'s: not applied"
        return replace(case, doubts=(*case.doubts, doubt))
    if notice.mode is not case.notice.mode:
        doubt = f"{notice.notice_id} is {notice.mode}, {case.case_id} is {case.notice.mode}: not applied"
        return replace(case, doubts=(*case.doubts, doubt))
    if notice.kind is NoticeKind.POSTPONEMENT:
        if not notice.windows:
            return replace(case, doubts=(*case.doubts, f"{notice.notice_id} postpones and tells no new window"))
        moved = replace(case.notice, windows=notice.windows, t_planned_tai_ns=notice.t_planned_tai_ns)
        return replace(case, notice=moved)
    if notice.kind is NoticeKind.CANCELLATION:
        return replace(case, is_cancelled=True)
    if notice.kind is NoticeKind.POST_LAUNCH:
        return replace(case, outcome=notice)
    return case
