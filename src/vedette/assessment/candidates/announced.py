"""What partners announced, held against the launches that are seen: at every change, and what changed is said.

A match changes the explanation, never the tracking. It never lowers anything: more launches than announced, or one that
leaves the announced corridor, take the explanation back from all of them. Only notices of the watch's own mode count.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, inf, log

import numpy as np

from vedette.assessment.candidates.causes import cause_of
from vedette.assessment.candidates.corridor import corridor_of, outside_m
from vedette.assessment.candidates.policy import AssessmentPolicy
from vedette.core.constants import NS_PER_S
from vedette.notices import Case, CaseState, Matching, MatchPolicy, SeenLaunch, cases_of, match_launches
from vedette.reports import LAUNCHES, Cause, Finding, FindingKind, Mode, Notice, NoticeKind

_LOOK_AGAIN_NS = 10 * NS_PER_S  # time alone changes how a case stands: windows open and close
_CROWD, _CROWD_NS = 20, 2 * NS_PER_S  # of so many launches, they are matched no oftener than this
_BALLISTIC = (
    Cause.SHORT_RANGE, Cause.MEDIUM_RANGE, Cause.INTERMEDIATE_RANGE, Cause.INTERCONTINENTAL, Cause.SUBMARINE_LAUNCHED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Announced:
    """What was announced of one object."""

    case_ids: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    log_ratio: float = -inf  # how much likelier the notice makes such a launch here and now; -inf: nothing does
    class_name: str = ""

    def log_priors(self, priors: Mapping[Cause, float], other_class: float) -> dict[Cause, float]:
        """Priors with the announced launch among what may happen: no cause becomes less frequent by a notice."""
        if self.log_ratio == -inf:
            return dict(priors)
        launches = [cause for cause in LAUNCHES if cause in priors]
        total = np.logaddexp.reduce([priors[cause] for cause in launches])
        wanted = _announced_causes(self.class_name, launches)
        wanted_total = np.logaddexp.reduce([priors[cause] for cause in wanted])
        changed = dict(priors)
        for cause in launches:
            share = log(other_class) + priors[cause] - total
            if cause in wanted:
                share = np.logaddexp(share, log(1.0 - other_class) + priors[cause] - wanted_total)
            changed[cause] = float(np.logaddexp(priors[cause], total + self.log_ratio + share))
        return changed


class AnnouncementWatch:
    """Holds launches against notices, and says what changed; one for a session."""

    def __init__(self, policy: AssessmentPolicy, mode: Mode) -> None:
        self.policy, self.mode = policy, mode
        rules = policy.notices
        self._match_policy = MatchPolicy(
            flown=rules.flown, other_class=rules.other_class, margin_s=rules.margin_s,
            gate_sigmas=rules.gate_sigmas, azimuth_spread_rad=float(np.radians(rules.azimuth_spread_deg)),
        )  # fmt: skip
        self._notices: list[Notice] = []
        self._cases: tuple[Case, ...] = ()
        self._launches: dict[str, SeenLaunch] = {}
        self._falls: dict[str, tuple[float, float, float]] = {}  # latitude, longitude, sigma in metres
        self._left: dict[tuple[str, str], str] = {}  # object and case: how it left the corridor
        self._states: dict[str, CaseState] = {}
        self._said: set[tuple[str, str]] = set()
        self._unnotified: set[str] = set()
        self._by_object: dict[str, Announced] = {}
        self._matching: Matching | None = None
        self._is_changed = False
        self._t_looked_tai_ns: int | None = None

    def take(self, notice: Notice) -> None:
        """A notice has come; those of other modes are kept elsewhere and explain nothing here."""
        if notice.mode is self.mode:
            self._notices.append(notice)
            self._is_changed = True

    def see(self, launch: SeenLaunch, fall: tuple[float, float, float] | None = None) -> None:
        """A launch as it is now estimated; `fall`: where it would fall if thrust stopped now, and one sigma."""
        self._launches[launch.object_id] = launch
        if fall is not None:
            self._falls[launch.object_id] = fall
        self._is_changed = True

    def forget(self, object_id: str) -> None:
        """It is no launch after all, or was another object."""
        if self._launches.pop(object_id, None) is not None:
            self._falls.pop(object_id, None)
            self._is_changed = True

    def of(self, object_id: str) -> Announced:
        """What was announced of an object."""
        return self._by_object.get(object_id, Announced())

    @property
    def states(self) -> Mapping[str, CaseState]:
        """How each case stood when it was last looked at."""
        return self._states

    def consider(self, t_tai_ns: int) -> tuple[tuple[Finding, ...], frozenset[str]]:
        """Match again where something changed; what is to be said, and the objects whose explanation changed."""
        if not self._notices:
            return (), frozenset()
        since = self._t_looked_tai_ns
        pace_ns = _LOOK_AGAIN_NS if not self._is_changed else _CROWD_NS if len(self._launches) > _CROWD else 0
        if since is not None and t_tai_ns - since < pace_ns:
            return (), frozenset()
        self._is_changed, self._t_looked_tai_ns = False, t_tai_ns
        self._cases, _ = cases_of(self._notices, t_tai_ns)
        matching = match_launches(self._cases, list(self._launches.values()), t_tai_ns, self._match_policy)
        self._matching = matching
        before = dict(self._by_object)
        said = self._deviations(matching, t_tai_ns)
        self._by_object = self._announced(matching)
        said += self._told(matching, t_tai_ns)
        changed = {name for name in {*before, *self._by_object} if before.get(name) != self._by_object.get(name)}
        return tuple(said), frozenset(changed)

    # ---- which object was announced, and what follows for its explanation

    def _announced(self, matching: Matching) -> dict[str, Announced]:
        found: dict[str, Announced] = {}
        by_case = {case.case_id: case for case in self._cases}
        for pair in matching.pairs:
            case = by_case[pair.case_id]
            is_off = bool(pair.deviations) or (pair.object_id, pair.case_id) in self._left
            is_more = any(one.case_id == pair.case_id for one in matching.excess)
            mark = "excess" if is_more else "deviating" if is_off else "announced"
            ratio = -inf if is_off or is_more else min(pair.log_ratio, self.policy.notices.log_ratio_max)
            found[pair.object_id] = Announced((pair.case_id,), (mark,), ratio, case.notice.class_name)
        for pair in matching.excess:
            found[pair.object_id] = Announced((pair.case_id,), ("excess",))
        return found

    def _deviations(self, matching: Matching, t_tai_ns: int) -> list[Finding]:
        """Launches that have left their corridor: said at once, and never taken back."""
        said = []
        by_case = {case.case_id: case for case in self._cases}
        for pair in matching.pairs:
            key = (pair.object_id, pair.case_id)
            if key in self._left:
                continue
            notice = by_case[pair.case_id].notice
            why = pair.deviations[0] if pair.deviations else self._strays(pair.object_id, notice)
            if why:
                self._left[key] = why
                said.append(self._finding(pair.object_id, CaseState.DEVIATING, pair.case_id, why, t_tai_ns))
        return said

    def _strays(self, object_id: str, notice: Notice) -> str:
        fall = self._falls.get(object_id)
        if fall is None or notice.class_name == "space-launch":  # on its way to orbit it passes every area
            return ""
        lat_rad, lon_rad, sigma_m = fall
        off_m = outside_m(corridor_of(notice), lat_rad, lon_rad)
        if off_m <= 3.0 * sigma_m + 1e3 * self.policy.notices.corridor_margin_km:
            return ""
        return f"if thrust stopped now it would fall {off_m / 1e3:.0f} km outside the announced corridor"

    # ---- what is said

    def _told(self, matching: Matching, t_tai_ns: int) -> list[Finding]:
        said = []
        states = dict(matching.states)
        for _, case_id in self._left:
            if states.get(case_id) in (CaseState.MATCHED, CaseState.OPEN):
                states[case_id] = CaseState.DEVIATING
        for pair in matching.pairs:
            if (pair.object_id, pair.case_id) not in self._said:
                self._said.add((pair.object_id, pair.case_id))
                text = f"was announced: {pair.case_id}, {exp(min(pair.log_ratio, 20.0)):,.0f} to 1 against chance"
                said.append(self._finding(pair.object_id, CaseState.MATCHED, pair.case_id, text, t_tai_ns))
        for pair in matching.excess:
            if (pair.object_id, f"more {pair.case_id}") not in self._said:
                self._said.add((pair.object_id, f"more {pair.case_id}"))
                text = f"is more than {pair.case_id} announced: the notice explains none of them"
                said.append(self._finding(pair.object_id, CaseState.EXCESS, pair.case_id, text, t_tai_ns))
        for case in self._cases:
            state = states[case.case_id]
            is_new = state is CaseState.OVERDUE and self._states.get(case.case_id) is not CaseState.OVERDUE
            if is_new and case.notice.kind is NoticeKind.PRE_LAUNCH:
                text = f"{case.case_id} is overdue: its window has passed and nothing was seen or said"
                said.append(self._finding("", state, case.case_id, text, t_tai_ns))
        for object_id in matching.unnotified:
            if object_id not in self._unnotified and object_id in self._launches:
                self._unnotified.add(object_id)
                near = [one for one in matching.near_misses if one.object_id == object_id]
                nearest = f"; nearest is {near[0].case_id}, but it {near[0].reasons[0]}" if near else ""
                said.append(self._finding(object_id, None, "", f"was not announced{nearest}", t_tai_ns))
        self._states = states
        return said

    @staticmethod
    def _finding(object_id: str, state: CaseState | None, case_id: str, text: str, t_tai_ns: int) -> Finding:
        return Finding(
            kind=FindingKind.NOTICE,
            object_id=object_id,
            t_tai_ns=t_tai_ns,
            t_declared_tai_ns=t_tai_ns,
            text=text,
            data={"state": state.value if state is not None else "unnotified", "notice": case_id},
        )


def _announced_causes(class_name: str, launches: list[Cause]) -> list[Cause]:
    if class_name == "ballistic":
        return [cause for cause in launches if cause in _BALLISTIC]
    cause = cause_of(class_name)
    return [cause] if cause in launches else launches
