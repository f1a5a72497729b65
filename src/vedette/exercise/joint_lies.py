"""A partner that lies or is broken, played against the joint tracker: is it named, how soon, and does ours stay ours?

Two owners follow the same satellites, tell each other once a second and are honest, until one of them is not. What is
counted: after how many messages its fault is named, whether by its right name, and whether an honest partner is ever
accused.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows
from vedette.exercise.joint_world import NORTH, SOUTH, T0_TAI_NS, Truth, falling, first_belief, looks, satellites, told
from vedette.metrics import nees
from vedette.reports import SharedTrack
from vedette.tracking.joint import JointTracker, Lie, Trust

LIES = ("none", "bias", "clock", "frozen", "repeated", "duplicated", "echo", "covariance")
BIAS_SIGMAS, CLOCK_S, TOO_SMALL = 10.0, 3.0, 25.0


@dataclass(frozen=True, slots=True)
class LieOutcome:
    """What came of one play."""

    lie: str
    seed: int
    named: str  # the first fault that was named, or nothing
    after: int | None  # messages since the lie began, the first that carries it counting one
    is_refused: bool  # at the end, while it still lies
    nees_joint: float  # at the end, of the joint objects that hold our own tracks, over the dimension
    has_recovered: bool | None  # after it has told the truth again for a while; None where that was not played
    text: str


def play_lie(lie: str, seed: int, *, count: int = 6, after_s: int = 20, truth_again_s: int = 0) -> LieOutcome:
    """Twenty seconds of honesty, then a lie, then perhaps honesty again."""
    rng = np.random.default_rng((seed, LIES.index(lie)))
    make: Callable[..., Rows] = falling if seed % 4 == 3 else satellites
    phase = "coast" if make is falling else "orbit"
    truth = Truth(make(count, rng), 0.0, rng)
    mine, other = (first_belief(truth.states_itrf, rng) for _ in range(2))
    joint = JointTracker("NORTH")
    begin, end = 20, 20 + after_s
    named, after, text = "", None, ""
    is_refused, joint_nees = False, np.nan
    held: list[SharedTrack] = []
    way = rng.standard_normal(3)
    for k in range(1, end + truth_again_s + 1):
        truth.advance(1.0)
        for sensor, one in ((NORTH, mine), (SOUTH, other)):
            one.predict(1.0)
            one.update(*looks(sensor, truth.states_itrf, rng))
        if k < 6:
            continue
        t = T0_TAI_NS + k * NS_PER_S
        own, honest = told("NORTH", t, mine, phase), told("SOUTH", t, other, phase)
        is_lying = begin <= k < end
        if k == begin:
            held = honest
        joint.hear_own(own)
        joint.hear_partner("SOUTH", _lied(lie, honest, own, held, way, t) if is_lying else honest)
        for finding in joint.findings():
            if finding.data["lie"] and not named:
                named, text = finding.data["lie"], finding.text
                after = k - begin + 1
        if k == end - 1:
            is_refused = joint.trust("SOUTH").trust is Trust.REFUSED
            fused = joint.fused(t)
            views = [fused.of("NORTH", one.number) for one in own]
            away = np.array([view.state_itrf for view in views if view]) - truth.states_itrf
            joint_nees = float(np.mean(nees(away, np.array([view.state_cov_itrf for view in views if view])))) / 6.0
    recovered = joint.trust("SOUTH").trust is not Trust.REFUSED if truth_again_s else None
    return LieOutcome(lie, seed, named, after, is_refused, joint_nees, recovered, text)


def is_as_wanted(one: LieOutcome) -> bool:
    """Named rightly within three messages; an honest partner never."""
    if one.lie == "none":
        return not one.named
    return one.named == one.lie and one.after is not None and 1 <= one.after <= 3


def _lied(
    lie: str, honest: list[SharedTrack], own: list[SharedTrack], held: list[SharedTrack], way: Rows, t_tai_ns: int
) -> list[SharedTrack]:
    change = msgspec.structs.replace
    match lie:
        case Lie.BIAS:
            sigma = np.sqrt(np.mean([np.array(one.covariance)[[0, 2, 5]] for one in honest]))
            step = BIAS_SIGMAS * sigma * way / np.linalg.norm(way)
            return [change(one, position_itrf_m=_moved(one, step)) for one in honest]
        case Lie.CLOCK:
            return [change(one, t_tai_ns=one.t_tai_ns + round(CLOCK_S * NS_PER_S)) for one in honest]
        case Lie.FROZEN:
            return [change(one, t_tai_ns=t_tai_ns) for one in held]
        case Lie.REPEATED:
            return held
        case Lie.DUPLICATED:
            return [*honest, *(change(one, number=one.number + "B") for one in honest)]
        case Lie.ECHO:
            return [change(a, number=b.number, provenance=("SOUTH",)) for a, b in zip(own, honest, strict=True)]
        case Lie.COVARIANCE:
            return [change(one, covariance=tuple(term / TOO_SMALL for term in one.covariance)) for one in honest]
    return honest


def _moved(track: SharedTrack, step_m: Rows) -> tuple[float, float, float]:
    x, y, z = np.array(track.position_itrf_m) + step_m
    return float(x), float(y), float(z)
