"""What a played story came to, in one word, from what the engine and the desk did: pure, and blind to the story's name.

The words are tried from the gravest down; the first that holds is the outcome.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from vedette.exercise.story_run import Moment, StoryRun
from vedette.reports import LAUNCHES, THREATS, Candidate, Cause, Evidence, Finding, FindingKind, Mode

CLOCK_SIGMAS: Final = 3.0  # a clock that is further off than this many of its stated sigmas is wrong
SHOWN: Final = 0.02  # hypotheses below this are left out of a row, but never the first three
_LADDER: Final[Mapping[str, int]] = {
    Evidence.PASSED: 0, Evidence.WITHDRAWN: 0, Evidence.CANDIDATE: 1, Evidence.CORRELATED: 2, Evidence.CONFIRMED: 3,
}  # fmt: skip


class Outcome(StrEnum):
    """The words of a table of expected outcomes."""

    LIVE_MESSAGE = "LIVE MESSAGE"  # a live warning reached the public and was not taken back
    CANCELLED = "CANCELLED"  # one did, and was taken back over every channel it had gone to
    REFUSED = "REFUSED"  # somebody tried to send or pass on what the desk has no event for; it did not go
    CLOCK_ALARM = "CLOCK ALARM"  # a sensor's clock was said to be wrong, and the object was found all the same
    MATCHED = "MATCHED"  # a launch was seen, and an announced one explains it
    CLEARED = "CLEARED"  # a launch was seen; it comes near none of the places asked about, or is no threat
    CONFIRMED = "CONFIRMED"  # a launch by two phenomena stands
    EXPIRED = "EXPIRED"  # a launch was reported, was lost from sight, and what it claimed was taken back by the machine
    CAUTION = "CAUTION"  # a launch by one phenomenon stands, with an area and never a point
    DEGRADED = "DEGRADED"  # no launch; what is not seen, or not trusted, is said
    NO_ALERT = "NO ALERT"  # no launch, nothing proposed
    STATISTICS = "STATISTICS"  # how often, how long and for whom people were warned, beside what happened


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome, when it had come about (seconds after the first sight of it), and the sentence that says why."""

    outcome: Outcome
    seconds: float
    why: str


def outcome_of(run: StoryRun) -> Verdict:
    """What a played story came to."""
    first_s = first_sight_s(run)
    live = [d for d in run.deliveries if d.is_public and d.mode is Mode.REAL and d.kind != "cancel"]
    if live:
        return _after_live(run)
    refused = [deed for deed in run.deeds if not deed.is_done]
    if refused:
        return Verdict(Outcome.REFUSED, refused[0].t_s, refused[0].sentence)
    clock = [f for f in run.findings if is_clock_alarm(f, run)]
    standing, since_s = _standing(run.moments)
    if clock and standing:
        at_s = (clock[0].t_declared_tai_ns - run.made.story.t_start_tai_ns) / 1e9
        return Verdict(Outcome.CLOCK_ALARM, at_s, clock[0].text)
    published = [deed for deed in run.deeds if deed.what == "publish-statistics"]
    if published and not standing:
        return Verdict(Outcome.STATISTICS, published[0].t_s, published[0].sentence)
    if standing:
        return _of_launches(run, standing, since_s, first_s)
    said = degradations(run)
    if said:
        return Verdict(Outcome.DEGRADED, said[0][0], said[0][1])
    return Verdict(Outcome.NO_ALERT, run.made.story.seconds, "nothing was proposed to anybody")


def is_clock_alarm(finding: Finding, run: StoryRun) -> bool:
    """A clock that has stepped or drifted, or is found further off than its sensor's description bears."""
    if finding.data.get("mark") in ("clock", "clock-drift"):
        return True
    if finding.kind is not FindingKind.REGISTRATION or "clock_s" not in finding.data.get("terms", ()):
        return False
    if finding.data.get("mark") in ("bias-step", "bias-drift"):
        return True
    sensor = run.made.sensors[str(finding.data["sensor_id"])]
    off_s, doubt_s = abs(finding.data["biases"]["clock_s"]), finding.data["sigmas"]["clock_s"]
    return bool(off_s > CLOCK_SIGMAS * np.hypot(sensor.clock_bias_sigma_s, doubt_s))


def live_messages(run: StoryRun) -> int:
    """Live warnings that reached a public channel, taken back or not."""
    return sum(d.is_public and d.mode is Mode.REAL and d.kind != "cancel" for d in run.deliveries)


def first_sight_s(run: StoryRun) -> float:
    """When anything was first assessed or detected, seconds after the story's start."""
    start = run.made.story.t_start_tai_ns
    seen = [one.t_first_tai_ns for moment in run.moments for one in moment.candidates]
    main = main_candidate(run)
    if main is not None and main.object_id:
        seen = [main.t_first_tai_ns]
    return 0.0 if not seen else (min(seen) - start) / 1e9


def main_candidate(run: StoryRun) -> Candidate | None:
    """The candidate the story is about: of those best founded at their height, the one that was followed longest.

    What is believed of it is what was believed last before it had passed.
    """
    newest: dict[str, Candidate] = {}
    height: dict[str, int] = {}
    for moment in run.moments:
        for one in moment.candidates:
            if one.evidence is not Evidence.PASSED or one.id not in newest:
                newest[one.id] = one
            height[one.id] = max(height.get(one.id, 0), _LADDER[one.evidence])
    if not newest:
        return None
    return max(newest.values(), key=lambda one: (height[one.id], one.t_tai_ns - one.t_first_tai_ns, one.id))


def hypotheses_of(one: Candidate | None) -> list[tuple[Cause, float]]:
    """What it may be, most probable first: the first three, and whatever else is worth a line."""
    if one is None:
        return []
    rows = [(e.name, e.probability) for e in one.explanations]
    return [row for place, row in enumerate(rows) if place < 3 or row[1] >= SHOWN]


def rank_of(causes: Sequence[Cause], run: StoryRun) -> int | None:
    """The worst place that a true cause takes in the list of the candidate it belongs to best; None: in none.

    With one true cause it is looked for in the main candidate, and nowhere else.
    """
    main = main_candidate(run)
    if main is None:
        return None
    if len(causes) == 1:
        return _place(main, causes[0])
    newest = {one.id: one for moment in run.moments for one in moment.candidates}
    places = [min((p for one in newest.values() if (p := _place(one, cause))), default=None) for cause in causes]
    return None if None in places else max(p for p in places if p is not None)


def degradations(run: StoryRun) -> list[tuple[float, str]]:
    """Every time something was said to be seen less well, or trusted less: seconds and words."""
    start = run.made.story.t_start_tai_ns
    said = [
        ((f.t_declared_tai_ns - start) / 1e9, f.text)
        for f in run.findings
        if f.kind in (FindingKind.SENSOR_DEGRADED, FindingKind.INTERFERENCE)
    ]
    for moment in run.moments:
        for one in moment.candidates:
            if one.subject in ("noise", "silence"):
                said.append((moment.t_s, f"{one.subject}: {one.leading.value}"))
    return sorted(said)


def _place(one: Candidate, cause: Cause) -> int | None:
    names = [e.name for e in one.explanations]
    return names.index(cause) + 1 if cause in names else None


def _after_live(run: StoryRun) -> Verdict:
    """A live message went out: whether every channel that had it was told to forget it, and how soon."""
    told = {(d.channel, d.alert_id) for d in run.deliveries if d.kind != "cancel" and d.mode is Mode.REAL}
    back = {(d.channel, d.alert_id): d.t_s for d in run.deliveries if d.kind == "cancel"}
    out_s = min(d.t_s for d in run.deliveries if d.kind != "cancel" and d.mode is Mode.REAL)
    if not told <= set(back):
        return Verdict(Outcome.LIVE_MESSAGE, out_s, "a live message stands at a public channel")
    decided = [deed for deed in run.deeds if deed.what == "cancel" and deed.is_done]
    from_s = decided[0].t_s if decided else out_s
    return Verdict(Outcome.CANCELLED, max(back.values()) - from_s, "taken back over every channel it had gone to")


def _standing(moments: Sequence[Moment]) -> tuple[list[tuple[str, Evidence]], float]:
    """Objects whose launch was ever more than a candidate, with the best evidence they had, and since when."""
    best: dict[str, Evidence] = {}
    since_s = 0.0
    for moment in moments:
        for alert in moment.alerts:
            if _LADDER[alert.evidence] >= 2:
                since_s = since_s if best else moment.t_s
                if _LADDER[alert.evidence] > _LADDER.get(best.get(alert.object_id, ""), 0):
                    best[alert.object_id] = alert.evidence
    return sorted(best.items()), since_s


def _clear_since(moments: Sequence[Moment]) -> float | None:
    """Since when it is known, and stays so, that a launch comes near none of the places asked about."""
    clear_s = None
    for moment in moments:
        if moment.in_danger is None:
            continue
        if moment.in_danger:
            clear_s = None
        elif clear_s is None:
            clear_s = moment.t_s
    return clear_s


def _of_launches(
    run: StoryRun, standing: list[tuple[str, Evidence]], since_s: float, first_s: float
) -> Verdict:
    """A launch was reported: matched, cleared, or standing."""
    newest = {one.object_id: one for moment in run.moments for one in moment.candidates if one.object_id}
    mine = [newest[name] for name, _ in standing if name in newest]
    if mine and all(one.notices for one in mine):
        at_s = min(m.t_s for m in run.moments if any(one.notices for one in m.candidates))
        return Verdict(Outcome.MATCHED, at_s - first_s, f"announced by {', '.join(mine[0].notices)}")
    clear_s = _clear_since(run.moments)
    if clear_s is not None:
        return Verdict(Outcome.CLEARED, clear_s - first_s, "what it leads to is none of the places asked about")
    if mine and all(one.leading not in THREATS for one in mine):
        names = {one.object_id for one in mine}
        threatening = [
            m.t_s for m in run.moments
            if any(c.object_id in names and c.leading in THREATS for c in m.candidates)
        ]  # fmt: skip
        after = [m.t_s for m in run.moments if m.t_s > max(threatening, default=first_s)]
        leading = ", ".join(sorted({one.leading.value for one in mine}))
        word = Outcome.CLEARED if any(one.leading in LAUNCHES for one in mine) else Outcome.NO_ALERT
        return Verdict(word, min(after, default=first_s) - first_s, f"led by {leading}")
    mine_now = {a.object_id: a.evidence for a in run.moments[-1].alerts}
    unseen = {c.object_id for c in run.moments[-1].candidates if "expired-unseen" in c.marks}
    fallen = (Evidence.WITHDRAWN, Evidence.CANDIDATE, None)
    if all(name in unseen or mine_now.get(name) in fallen for name, _ in standing):
        back = [m.t_s for m in run.moments if not any(_LADDER[a.evidence] >= 2 for a in m.alerts) and m.t_s > since_s]
        return Verdict(Outcome.EXPIRED, min(back, default=0.0) - first_s, "taken back when the track had aged")
    is_confirmed = any(evidence is Evidence.CONFIRMED for _, evidence in standing)
    word = Outcome.CONFIRMED if is_confirmed else Outcome.CAUTION
    return Verdict(word, since_s - first_s, f"{len(standing)} launch{'es' if len(standing) > 1 else ''} reported")
