"""One thing that is being assessed without being a track, from when it began to when it is over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vedette.assessment.incidents.policy import SubjectPolicy
from vedette.assessment.weighing import Weighed, explained
from vedette.reports import THREATS, Candidate, Cause, Evidence, Explanation, Finding, FindingKind


@dataclass(slots=True)
class Episode:
    """A candidate while it lasts; `said` is the cause that was last told aloud."""

    id: str
    subject: str  # "noise", "silence" or "message"
    t_first_tai_ns: int
    t_tai_ns: int
    sensors: tuple[str, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    evidence: Evidence = Evidence.CANDIDATE
    marks: tuple[str, ...] = ()
    said: str = ""
    t_over_tai_ns: int | None = None

    def weigh(self, weighed: Iterable[Weighed], policy: SubjectPolicy, t_tai_ns: int) -> None:
        """Believe new weights."""
        rows = list(weighed)
        self.explanations = explained(rows, log_priors(rows, policy))
        self.t_tai_ns = max(self.t_tai_ns, t_tai_ns)

    @property
    def leading(self) -> Explanation:
        """The most probable explanation."""
        return self.explanations[0]

    def probability_of(self, causes: Iterable[Cause]) -> float:
        """How probable it is that it is one of these."""
        wanted = set(causes)
        return sum(one.probability for one in self.explanations if one.name in wanted)

    @property
    def candidate(self) -> Candidate:
        """As people are told."""
        return Candidate(
            id=self.id, subject=self.subject, sensors=self.sensors, t_first_tai_ns=self.t_first_tai_ns,
            t_tai_ns=self.t_tai_ns, evidence=self.evidence, explanations=self.explanations, marks=self.marks,
        )  # fmt: skip

    def told(self, stated: float, words: str, mark: str) -> tuple[Finding, ...]:
        """One sentence when a cause has become sure enough, and again when another has."""
        name = self.leading.name.value
        if self.leading.probability < stated or self.said == name:
            return ()
        self.said = name
        why = f": {self.leading.reasons_for[0]}" if self.leading.reasons_for else ""
        return (self.finding(f"{words}; most likely {name} ({shares(self.explanations)}){why}", mark),)

    def finding(self, text: str, mark: str) -> Finding:
        """A sentence about it on the timeline."""
        causes = {one.name.value: round(one.probability, 4) for one in self.explanations}
        data = {"mark": mark, "incident": self.id, "subject": self.subject, "causes": causes}
        return Finding(
            kind=FindingKind.DOUBT, object_id=self.id, t_tai_ns=self.t_first_tai_ns, t_declared_tai_ns=self.t_tai_ns,
            text=text, data=data,
        )  # fmt: skip


def log_priors(rows: Iterable[Weighed], policy: SubjectPolicy) -> Mapping[Cause, float]:
    """The policy's rates for the causes that were weighed, and for the unknown one."""
    out = {Cause.UNKNOWN: policy.log_rate("unknown")}
    for row in rows:
        name = "threat" if row.name in THREATS else row.name.value.replace("-", "_")
        out[row.name] = policy.log_rate(name)
    return out


def shares(explanations: Iterable[Explanation]) -> str:
    """`common-fault 97 %, jamming 2 %`: the leading three."""
    return ", ".join(f"{one.name.value} {100.0 * one.probability:.0f} %" for one in list(explanations)[:3])
