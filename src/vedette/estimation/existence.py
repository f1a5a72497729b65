"""Is it there at all? Existence as a probability, carried in log-odds, instead of counting M hits of N.

The single-object Bernoulli recursion [Mahler 2007; IPDA: Musicki, Evans, Stankovic 1994] with one associated detection
is Wald's sequential test with survival added: each look adds a log-likelihood ratio, silence included.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from vedette.core.shapes import Scalar


def predict_existence(log_odds: Scalar, survival: float | Scalar) -> Scalar:
    """Log-odds after a time in which an object goes on existing with probability `survival`."""
    return logit(np.clip(expit(log_odds) * survival, 1e-300, 1.0 - 1e-15))


def update_existence(
    log_odds: Scalar, detection_probability: Scalar, log_likelihood: Scalar, log_clutter_density: Scalar
) -> Scalar:
    """Log-odds after a detection was associated.

    Parameters
    ----------
    detection_probability : (...)   in (0, 1], that a real object is reported and falls in the gate
    log_likelihood : (...)          log density of the detection, if it comes from the object
    log_clutter_density : (...)     log of false detections per unit of measurement space and look
    """
    return log_odds + np.log(detection_probability) + log_likelihood - log_clutter_density


def missed_existence(log_odds: Scalar, detection_probability: Scalar) -> Scalar:
    """Log-odds after a look that covered the object's place and reported nothing that could be it."""
    return log_odds + np.log1p(-np.minimum(detection_probability, 1.0 - 1e-12))


def never_there(never: float, before: float, now: float) -> float:
    """Probability that there never was an object, after a look: silence may also mean that it is gone, or lost.

    What does not exist now has never existed, or no longer does; a look tells nothing between the two, so that the
    probability that it never did grows and shrinks as that of its not existing.

    Parameters
    ----------
    never : probability that there never was one, before the look
    before, now : probability that it exists, predicted to the look and after it
    """
    return min(never * (1.0 - now) / max(1.0 - before, 1e-300), 1.0 - now)


@dataclass(frozen=True, slots=True)
class SequentialTest:
    """Wald's test [1945]: go on looking until one of two error budgets is met."""

    false_alarm: float  # probability of declaring when nothing is there, per start
    miss: float  # probability of giving up when something is there, per start

    @property
    def accept(self) -> float:
        """Declare when the summed log-likelihood ratio reaches this."""
        return float(np.log((1.0 - self.miss) / self.false_alarm))

    @property
    def reject(self) -> float:
        """Give up when it falls to this."""
        return float(np.log(self.miss / (1.0 - self.false_alarm)))


def mean_looks_to_declare(detection_probability: float, gate_false_alarm: float, false_alarm: float) -> float:
    """Wald's mean number of looks, the first included, to declare an object that is there.

    Parameters
    ----------
    detection_probability : per look
    gate_false_alarm : chance that clutter falls in the gate of a track that follows nothing, per look
    false_alarm : chance that a start which follows nothing is ever declared
    """
    pd, pf = detection_probability, gate_false_alarm
    information = pd * np.log(pd / pf) + (1.0 - pd) * np.log((1.0 - pd) / (1.0 - pf))
    return float(1.0 + np.log(1.0 / false_alarm) / information)
