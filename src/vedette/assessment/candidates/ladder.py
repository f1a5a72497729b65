"""How well founded is it that something was launched: candidate, correlated, confirmed, withdrawn.

One pure function of what is known. *Correlated* is a sequential test: a launch is declared when its odds against
everything that has a law of its own (nature, faults, other things that fly, noise) pass what the policy's false
declarations a year leave (`AssessmentPolicy.declaration_log_odds`), and it is so many times as probable as anything
unknown as the policy asks; *unknown* has a rate, but no law by which more looks would tell it from everything.
*Confirmed* asks for two phenomena that look from different directions, and that nature, faults and the unknown together
be improbable. Neither is reached without a launch solution and a solution of where it goes (rules R3, R19, R20).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, log

from vedette.assessment.candidates.policy import AssessmentPolicy
from vedette.reports import LAUNCHES, Cause, Evidence, Explanation
from vedette.reports.words import percent_words

_ORDER = {Evidence.CANDIDATE: 0, Evidence.CORRELATED: 1, Evidence.CONFIRMED: 2}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ladder looks at."""

    explanations: tuple[Explanation, ...]
    existence: float = 1.0  # that the looks are of one thing at all, and not of noise
    phenomena: tuple[str, ...] = ()
    separation_deg: float = 0.0  # between the directions of two phenomena
    has_launch: bool = False
    goes: str = ""  # "impact", "fan" while it burns, "orbit"; empty: not known


@dataclass(frozen=True, slots=True)
class Level:
    """A level, and what speaks for it and against the next."""

    evidence: Evidence
    reasons_for: tuple[str, ...] = ()
    reasons_against: tuple[str, ...] = ()


def launch_log_odds(explanations: tuple[Explanation, ...], existence: float = 1.0) -> float:
    """ln of how probable a launch of any kind is, over how probable it is that it is none, or nothing at all."""
    launch = existence * sum(one.probability for one in explanations if one.name in LAUNCHES)
    other = existence * sum(one.probability for one in explanations if one.name not in LAUNCHES) + 1.0 - existence
    if launch <= 0.0:
        return -inf
    return log(launch / other) if other > 0.0 else inf


def known_log_odds(explanations: tuple[Explanation, ...], existence: float = 1.0) -> float:
    """As `launch_log_odds`, with *unknown* left out on both sides."""
    known = tuple(one for one in explanations if one.name is not Cause.UNKNOWN)
    return launch_log_odds(known, existence)


def unknown_log_odds(explanations: tuple[Explanation, ...]) -> float:
    """ln of how probable a launch of any kind is, over how probable something unknown is."""
    launch = sum(one.probability for one in explanations if one.name in LAUNCHES)
    other = sum(one.probability for one in explanations if one.name is Cause.UNKNOWN)
    if launch <= 0.0:
        return -inf
    return log(launch / other) if other > 0.0 else inf


def level_of(now: Standing, policy: AssessmentPolicy, before: Evidence = Evidence.CANDIDATE) -> Level:
    """The level that is reached now, given the one before: levels rise at their bound and fall a little below it."""
    rules = policy.evidence
    odds = launch_log_odds(now.explanations, now.existence)
    launch = now.existence * sum(one.probability for one in now.explanations if one.name in LAUNCHES)
    asked, asked_unknown = policy.declaration_log_odds(now.phenomena), log(max(rules.unknown_odds, 1e-9))
    stays = rules.fall_log_odds if _ORDER.get(before, 0) >= 1 else 0.0
    for_, against = [f"a launch: {_odds(odds)}"], []
    lacks = []
    if rules.needs_launch and not now.has_launch:
        lacks.append("no launch solution")
    if rules.needs_impact and not now.goes:
        lacks.append("where it goes is not known")
    if known_log_odds(now.explanations, now.existence) < asked - stays:
        lacks.append(f"a launch is declared at {_odds(asked)} against all that is known")
    if unknown_log_odds(now.explanations) < asked_unknown - stays:
        lacks.append(f"and at {_odds(asked_unknown)} against something unknown")
    if lacks:
        if _ORDER.get(before, 0) >= 1 or before is Evidence.WITHDRAWN:
            is_withdrawn = launch < rules.withdraw_below or before is Evidence.WITHDRAWN
            return Level(Evidence.WITHDRAWN if is_withdrawn else Evidence.CANDIDATE, tuple(for_), tuple(lacks))
        return Level(Evidence.CANDIDATE, tuple(for_), tuple(lacks))
    stays = rules.fall_log_odds if before is Evidence.CONFIRMED else 0.0
    if len(now.phenomena) < rules.phenomena_min:
        against.append(f"one phenomenon only: {', '.join(now.phenomena) or 'none'}")
    elif now.separation_deg < rules.separation_min_deg:
        against.append(f"both phenomena look from one side, {now.separation_deg:.1f}° apart")
    bound = log((1.0 - rules.natural_max) / rules.natural_max)
    if odds < bound - stays:
        asked_for = f"{100 * rules.natural_max:.2g} % or less to be confirmed"
        against.append(f"all else together {percent_words(1.0 - launch)}, {asked_for}")
    if against:
        return Level(Evidence.CORRELATED, tuple(for_), tuple(against))
    for_.append(f"{' and '.join(now.phenomena)} agree, looking {now.separation_deg:.0f}° apart")
    return Level(Evidence.CONFIRMED, tuple(for_), (f"all else together {percent_words(max(1.0 - launch, 0.0))}",))


def may_warn_of_impact(best: Mapping[Cause, float], policy: AssessmentPolicy) -> tuple[bool, str]:
    """Whether a fall explains the looks enough better than an orbit and all other nature (rule R11); and why not.

    best : of each cause, the log ratio of how well it explains the looks against *unknown*, without any prior
    """
    fall = max((ratio for cause, ratio in best.items() if cause in LAUNCHES), default=0.0)
    for names, least, words in (
        ((Cause.SATELLITE, Cause.DECAYING_BODY), policy.evidence.over_orbit_log_ratio, "a satellite or decaying body"),
        (_OTHER_NATURE, policy.evidence.over_natural_log_ratio, "another natural cause"),
    ):
        rival = max((best[name] for name in names if name in best), default=-inf)
        if fall - rival < least:
            return False, f"{words} explains the looks {_against(fall - rival)}; asked {_odds(least)}"
    return True, ""


_OTHER_NATURE = (Cause.BOLIDE, Cause.FIRE, Cause.GLINT, Cause.MOON_OR_SUN, Cause.AURORA)


def _odds(log_odds: float) -> str:
    """`240 to 1`, `1 to 12`."""
    if log_odds == inf or log_odds > 13.8:
        return "more than a million to 1"
    if log_odds < -13.8:
        return "less than 1 to a million"
    size = f"{2.718281828459045 ** abs(log_odds):,.3g}"
    size = f"{2.718281828459045 ** abs(log_odds):,.0f}" if abs(log_odds) > 2.3 else size
    return f"{size} to 1" if log_odds >= 0 else f"1 to {size}"


def _against(log_ratio: float) -> str:
    if log_ratio < 0:
        return f"better than a launch, {_odds(-log_ratio)}"
    return f"nearly as well as a launch, which leads {_odds(log_ratio)}"
