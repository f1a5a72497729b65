"""What we and a partner come to together: a level with its reasons. Pure; it changes neither side.

Two phenomena may be one of ours and one that a partner released to us; it is then written with its owner's name. A
partner alone never makes more than *correlated*, and no level here releases anything: the message mark is moved by our
own people alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from vedette.assessment.joint.own_view import STANDING, OwnEvent
from vedette.reports import Evidence
from vedette.reports.joint import Side, Timing
from vedette.reports.words import percent_words

NATURAL_MAX = 0.001  # as the ladder's: all else together, for "confirmed"
OWN_MIN = 0.5  # less probably a launch, and what we see is no second phenomenon
TRUSTED_ODDS = 1000.0  # no partner's word counts for more
TRACK_ODDS = 50.0  # that what moves just as our launch does, place and speed, to another's sensors, is no chance
WITHHELD_ODDS = {Evidence.CORRELATED: 20.0, Evidence.CONFIRMED: 100.0}  # where its probabilities are not told


@dataclass(frozen=True, slots=True)
class JointLevel:
    """A level, the phenomena it rests on, and what speaks for it and against the next."""

    evidence: Evidence
    phenomena: tuple[str, ...] = ()
    reasons_for: tuple[str, ...] = ()
    reasons_against: tuple[str, ...] = ()


def joint_level(own: OwnEvent | None, sides: Sequence[Side]) -> JointLevel:
    """The level of one event by our own view and the partners' sides, those set aside included."""
    counted = [one for one in sides if one.is_counted and (one.evidence in STANDING or one.is_track)]
    against = [f"{one.owner} is not counted: {', '.join(one.doubts)}" for one in sides if not one.is_counted]
    theirs = [marked(p, s.owner) for s in counted for p in s.phenomena]
    phenomena = (*(own.phenomena if own is not None else ()), *theirs)
    if own is None:
        return _without_us(sides, counted, phenomena, against)
    if own.evidence is Evidence.PASSED or (own.evidence is Evidence.WITHDRAWN and not counted):
        return JointLevel(own.evidence, own.phenomena, (), tuple(against))
    if own.evidence is Evidence.CONFIRMED:
        for_ = ["we have confirmed it alone", *(_has_it(one) for one in counted)]
        return JointLevel(Evidence.CONFIRMED, phenomena, tuple(for_), tuple(against))
    if not counted:
        words = "no partner's report that counts stands beside ours"
        return JointLevel(own.evidence, own.phenomena, (), (*against, words))
    second, others = _second(own, counted)
    for_ = [f"{_has_it(one)}, in place and time as we do" for one in counted]
    is_founded = own.evidence in STANDING or any(not one.is_track for one in counted)
    below = Evidence.CORRELATED if is_founded else own.evidence
    if second is None:
        return JointLevel(below, phenomena, tuple(for_), (*against, others))
    odds = log(max(own.p_launch, 1e-9) / max(1.0 - own.p_launch, 1e-9)) + log(second.odds)
    rest = 1.0 / (1.0 + 2.718281828459045**odds) if odds < 700 else 0.0
    if own.evidence not in STANDING and own.p_launch < OWN_MIN:
        words = f"by what we see ourselves a launch is {percent_words(own.p_launch)} probable"
        return JointLevel(below, phenomena, tuple(for_), (*against, words))
    if rest > NATURAL_MAX:
        words = f"all else together {percent_words(rest)}, 0.1 % or less to be confirmed"
        return JointLevel(below, phenomena, tuple(for_), (*against, words))
    for_.append(f"two phenomena, one of them a partner's released report: {second.ours} and {second.theirs}")
    against.append(f"where {second.owner} looks from is not told")
    return JointLevel(Evidence.CONFIRMED, phenomena, tuple(for_), tuple(against))


@dataclass(frozen=True, slots=True)
class _Second:
    owner: str
    ours: str
    theirs: str
    odds: float


def _second(own: OwnEvent, counted: Sequence[Side]) -> tuple[_Second | None, str]:
    """A partner's phenomenon that we have not: that of the best founded side; or why there is none."""
    best: _Second | None = None
    for one in counted:
        other = [p for p in one.phenomena if p not in own.phenomena]
        ours = [p for p in own.phenomena if p not in other]
        if not other or not ours:
            continue
        stated = None if one.p_launch is None else one.p_launch / max(1.0 - one.p_launch, 1e-9)
        unstated = TRACK_ODDS if one.is_track else WITHHELD_ODDS[one.evidence]
        odds = min(unstated if stated is None or one.is_track else stated, TRUSTED_ODDS)
        if best is None or odds > best.odds:
            best = _Second(one.owner, ours[0], marked(other[0], one.owner), max(odds, 1e-9))
    if best is not None:
        return best, ""
    if all(not one.phenomena for one in counted):
        return None, "what a partner saw it by is withheld: no second phenomenon can be counted"
    return None, f"one phenomenon on both sides: {', '.join(own.phenomena)}"


def _has_it(one: Side) -> str:
    return f"{one.owner} tracks it" if one.is_track else f"{one.owner} has it {one.evidence}"


def _without_us(
    sides: Sequence[Side], counted: Sequence[Side], phenomena: tuple[str, ...], against: Sequence[str]
) -> JointLevel:
    """Of what we do not see ourselves."""
    if counted:
        for_ = tuple(_has_it(one) for one in counted)
        return JointLevel(Evidence.CORRELATED, phenomena, for_, (*against, "no launch is seen there by us"))
    ended = [one.evidence for one in sides if one.evidence in (Evidence.WITHDRAWN, Evidence.PASSED)]
    level = ended[0] if ended and len(ended) == len(sides) else Evidence.CANDIDATE
    if sides and all(one.timing is Timing.EXPIRED for one in sides):
        level = Evidence.PASSED
    return JointLevel(level, phenomena, (), tuple(against))


def marked(phenomenon: str, owner: str) -> str:
    """`radar (SOUTH)`: a phenomenon that is a partner's report."""
    return f"{phenomenon} ({owner})"
