"""What a registration cannot tell, said out loud: biases as doubtful as before, and what they hide behind.

An error of a sensor's clock and a satellite that runs early or late along its orbit look the same to one sensor; two
sensors that share a target know their clocks against each other and not against the world. Such things show in the
joint covariance as a bias whose doubt has hardly shrunk while that of a combination has.
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Rows, Scalar
from vedette.tracking.registration.terms import CLOCK
from vedette.tracking.registration.words import plain, quantity

UNTOLD_SHARE = 0.5  # of the prior sigma left: then it has not been told
RELATIVE_SHARE = 0.5  # a difference this much better known than its parts is worth saying
TIED = 0.9  # correlation beyond which two unknowns are one


@dataclass(frozen=True, slots=True)
class Untold:
    """A bias that the evidence does not tell."""

    sensor_id: str
    term: str
    share_left: float  # sigma now over sigma before
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class AlongTrack:
    """How an open pass's delay along its orbit stands in the belief."""

    name: str
    sigma_s: float  # of the delay
    clock_correlation: Scalar  # (b,) with every bias


def untold(
    labels: tuple[tuple[str, str], ...], cov: Rows, prior_sigmas: Scalar, heard: set[str], passes: list[AlongTrack]
) -> tuple[Untold, ...]:
    """Sentences for the biases of sensors that were heard and are still hardly known."""
    sigmas = np.sqrt(np.diagonal(cov))
    share = sigmas / prior_sigmas
    found = []
    for i, (sensor_id, term) in enumerate(labels):
        if sensor_id not in heard or share[i] <= UNTOLD_SHARE:
            continue
        text = f"{sensor_id}: {plain(term)} is not told yet, {quantity(term, float(sigmas[i]))} doubt"
        if term == CLOCK:
            hidden = _hidden_along_track(i, passes)
            text += f"; {hidden}" if hidden else ""
        relative = _relative(i, labels, cov, sigmas, heard)
        text += f"; {relative}" if relative else ""
        found.append(Untold(sensor_id, term, float(share[i]), text))
    return tuple(found)


def _hidden_along_track(i: int, passes: list[AlongTrack]) -> str:
    tied = [one for one in passes if abs(one.clock_correlation[i]) > TIED]
    if not tied:
        return ""
    best = max(tied, key=lambda one: (abs(one.clock_correlation[i]), one.name))
    more = f" and {len(tied) - 1} more" if len(tied) > 1 else ""
    doubt = quantity(CLOCK, best.sigma_s)
    cure = "better orbits, or a sensor with a good clock on the same pass, would tell"
    return f"it cannot be told from {best.name}{more} running early or late along the orbit ({doubt} of doubt); {cure}"


def _relative(i: int, labels: tuple[tuple[str, str], ...], cov: Rows, sigmas: Scalar, heard: set[str]) -> str:
    sensor_id, term = labels[i]
    for j, (other, same) in enumerate(labels):
        if other == sensor_id or same != term or other not in heard:
            continue
        apart = float(np.sqrt(max(cov[i, i] + cov[j, j] - 2.0 * cov[i, j], 0.0)))
        if apart < RELATIVE_SHARE * min(sigmas[i], sigmas[j]):
            return f"against {other} it is known to {quantity(term, apart)}"
    return ""
