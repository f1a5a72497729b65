"""How well a launch explains *all* the looks, beside what the state of now alone tells.

`typing` compares the track of now with drawn flights: quick, and blind to the path that led there. A launch that has
been fitted to the looks has an evidence of its own, the mean over its prior of the likelihood of every look. Here that
is made a proper density (the fit leaves launch place, lift-off and azimuth flat and drops constants) and held against
*unknown* over the same looks (`natural.reference`).
"""

from collections.abc import Iterable
from dataclasses import replace
from math import log, pi

import numpy as np

from vedette.assessment.launch_fit import LaunchFit
from vedette.assessment.natural.reference import EARTH_AREA_M2, Reference
from vedette.assessment.weighing import Weighed
from vedette.reports import LAUNCHES, Cause

# flat unknowns of `flight_prior`, in its units: how dense they are when spread over everything possible
_PLACE = 2.0 * log(10e3) - log(EARTH_AREA_M2)  # two units of 10 km, anywhere on the Earth
_LIFT_OFF = log(10.0 / 300.0)  # units of 10 s, within the five minutes before the first look
_AZIMUTH = log(0.1 / (2.0 * pi))  # units of 0.1 rad
_FLAT = _PLACE + _LIFT_OFF + _AZIMUTH + 2.0 * log(2.0 * pi)  # and the Gaussian volume that four of them leave
_FITTED = (
    Cause.SHORT_RANGE, Cause.MEDIUM_RANGE, Cause.INTERMEDIATE_RANGE, Cause.INTERCONTINENTAL, Cause.SPACE_LAUNCH,
    Cause.SOUNDING_ROCKET,
)  # fmt: skip


def log_ratio_of_launch(fit: LaunchFit, reference: Reference) -> float:
    """ln p(looks | a launch of some kind) - ln p(looks | unknown); every class as probable before, from anywhere."""
    logs = [one.log_evidence + log(one.prior.probability) for one in fit.fits]
    return reference.log_ratio_of_fit(float(np.logaddexp.reduce(logs)) + _FLAT)


def with_fit(flights: Iterable[Weighed], log_ratio: float) -> tuple[Weighed, ...]:
    """Flight weights, the launches raised together to what the fit of all looks says of them.

    They keep their shares. A fit that explains the looks worse than the state of now does changes nothing: with many
    looks its model of flight is found wanting long before the launch is.
    """
    rows = list(flights)
    fitted = [one.log_ratio for one in rows if one.name in _FITTED]
    if not fitted:
        return tuple(rows)
    gain = log_ratio - (float(np.logaddexp.reduce(fitted)) - log(len(_FITTED)))
    if not gain > 0.0:
        return tuple(rows)
    return tuple(replace(one, log_ratio=one.log_ratio + gain) if one.name in LAUNCHES else one for one in rows)
