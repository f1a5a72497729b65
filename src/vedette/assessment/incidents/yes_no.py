"""Sensors that only say yes, no or failed: what they say together, and what a lost power supply makes them say.

On 9 November 1965 two displays of bomb alarms showed a detonation where they should have shown a fault: the power had
failed over the north-east of the United States. Sensors that hang on one supply are one witness, not several.
"""

from collections.abc import Mapping, Sequence
from math import log

from vedette.assessment.incidents.messages import Support
from vedette.assessment.incidents.policy import IncidentPolicy
from vedette.assessment.incidents.silence import YEAR_S
from vedette.assessment.weighing import Weighed
from vedette.reports import Cause, LifeSign
from vedette.sensing.links import Links

YES, NO, FAILED = "yes", "no", "failed"
_LEAST = 1e-3
_REAL = {YES: 0.25, NO: 0.65, FAILED: 0.10}  # of a detonation somewhere: few sensors are near it


def weigh_yes_no(
    states: Mapping[str, str],
    links: Links,
    signs: Sequence[LifeSign],
    support: Support,
    policy: IncidentPolicy,
    silent: Sequence[str] = (),
) -> tuple[Weighed, ...]:
    """How well each cause explains what yes-or-no sensors say at one time; `unknown` (0) says each of the three alike.

    states : the newest of "yes", "no", "failed" of every source
    silent : sensors of which nothing comes just then
    """
    rows = [_part(part, states, links, signs, policy, silent) for part in links.parts if _hanging(states, part, links)]
    lost = sum(state != NO for state in states.values())
    if not rows and lost > 1:
        why = "what these sensors depend on is not described: they may share a supply"
        rows.append(Weighed(Cause.COMMON_FAULT, _unpowered(states, policy) + log(0.5), (why,)))
    rows.append(_fault(states, policy))
    rows.append(_real(states, support))
    return tuple(rows)


def _hanging(states: Mapping[str, str], part: str, links: Links) -> list[str]:
    return [name for name in states if (link := links.of(name)) is not None and link.cut_by(part)]


def _part(
    part: str,
    states: Mapping[str, str],
    links: Links,
    signs: Sequence[LifeSign],
    policy: IncidentPolicy,
    silent: Sequence[str],
) -> Weighed:
    hanging = set(_hanging(states, part, links))
    wrong = policy.message["wrong_when_unpowered"]
    without = {YES: wrong, FAILED: 0.95 - wrong, NO: 0.05}
    well = {YES: _LEAST, FAILED: 0.02, NO: 0.98 - _LEAST}
    ratio = sum(log(3.0 * (without if name in hanging else well)[state]) for name, state in states.items())
    reasons = [f"{', '.join(sorted(hanging))} hang on one supply, {part}: they are one witness"]
    others = [name for name, state in states.items() if state == YES and name not in hanging]
    against = [f"{name} says yes and does not hang on {part}" for name in others]
    failed = sorted(name for name in hanging if states[name] == FAILED)
    if failed:
        reasons.append(f"{', '.join(failed)} say that they have failed")
    dark = [name for name in silent if (link := links.of(name)) is not None and link.cut_by(part)]
    if dark:
        ratio -= log(policy.silence["sensor_fault"] * policy.message["same_s"] / YEAR_S)
        reasons.append(f"nothing comes from {', '.join(dark)}, which hang on it too")
    for sign in signs:
        link = links.of(sign.sensor_id)
        if link is None or part not in link.power or sign.has_power is None:
            continue
        ratio += log((0.02 if sign.has_power else 0.9) / 0.5)
        said = f"{sign.sensor_id} is alive by {sign.route}, {'with' if sign.has_power else 'without'} power"
        (against if sign.has_power else reasons).append(said)
    return Weighed(Cause.COMMON_FAULT, ratio, tuple(reasons), tuple(against))


def _unpowered(states: Mapping[str, str], policy: IncidentPolicy) -> float:
    wrong = policy.message["wrong_when_unpowered"]
    without = {YES: wrong, FAILED: 0.95 - wrong, NO: 0.05}
    return sum(log(3.0 * without[state]) for state in states.values() if state != NO)


def _fault(states: Mapping[str, str], policy: IncidentPolicy) -> Weighed:
    again = policy.silence["sensor_fault"] * policy.message["same_s"] / YEAR_S
    lost = [name for name, state in states.items() if state != NO]
    ratio = sum(log(3.0 * (0.98 if state == NO else 0.5)) for state in states.values()) + (len(lost) - 1) * log(again)
    if len(lost) == 1:
        return Weighed(Cause.SENSOR_FAULT, ratio, (f"only {lost[0]} says so, and the others say no",))
    return Weighed(Cause.SENSOR_FAULT, ratio, (), (f"{len(lost)} would have failed by themselves at once",))


def _real(states: Mapping[str, str], support: Support) -> Weighed:
    ratio = sum(log(3.0 * _REAL[state]) for state in states.values())
    yes = sorted(name for name, state in states.items() if state == YES)
    against = []
    if support.coverage is not None and not support.launches:
        ratio += log(max(1.0 - support.coverage, 1e-3))
        said = f"{100.0 * support.coverage:.0f} % of launches would have been seen, and none was"
        against.append(said)
    elif support.coverage is None:
        against.append("no sensor of this watch has reported: nothing supports it")
    return Weighed(Cause.INTERCONTINENTAL, ratio, (f"{', '.join(yes)} say yes",) if yes else (), tuple(against))
