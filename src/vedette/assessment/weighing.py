"""Evidence for what something may be, put together into probabilities.

Whoever knows a kind of thing (a launch class, the Moon, a fire) says how well it explains what was seen, as the natural
logarithm of the evidence against one reference: the same looks as a thing that moves as it likes (`unknown`, 0). Priors
are rates that stand in the policy. Bayes' rule does the rest, here and nowhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from vedette.reports import Cause, Explanation

LEAST_LOG_RATIO = -60.0  # nothing is ever impossible


@dataclass(frozen=True, slots=True)
class Weighed:
    """How well one cause explains the looks: ln p(looks | cause) - ln p(looks | unknown), with the reasons."""

    name: Cause
    log_ratio: float
    reasons_for: tuple[str, ...] = ()
    reasons_against: tuple[str, ...] = ()


def explained(weighed: Iterable[Weighed], log_priors: Mapping[Cause, float]) -> tuple[Explanation, ...]:
    """Probabilities of all causes weighed, most probable first; `unknown` joins with ratio 0 where nobody weighed it.

    Several weights of one cause (two satellites, two vehicles of a class) are shares of it and are summed.
    """
    rows: dict[Cause, list[Weighed]] = {Cause.UNKNOWN: []}
    for one in weighed:
        rows.setdefault(one.name, []).append(one)
    if not rows[Cause.UNKNOWN]:
        rows[Cause.UNKNOWN] = [Weighed(Cause.UNKNOWN, 0.0)]
    logs = {
        name: float(np.logaddexp.reduce([max(one.log_ratio, LEAST_LOG_RATIO) for one in ones])) + log_priors[name]
        for name, ones in rows.items()
        if name in log_priors
    }
    top = max(logs.values())
    weights = {name: float(np.exp(log - top)) for name, log in logs.items()}
    total = sum(weights.values())
    said = []
    for name, weight in weights.items():
        best = max(rows[name], key=lambda one: one.log_ratio)
        for_, against = best.reasons_for, best.reasons_against
        said.append(
            Explanation(name=name, probability=weight / total, reasons_for=for_, reasons_against=against)
        )
    return tuple(sorted(said, key=lambda one: (-one.probability, one.name)))
