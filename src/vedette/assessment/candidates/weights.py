"""What the launch fit and the orbit say, as weights beside nature's."""

from math import log

from vedette.assessment.candidates.causes import cause_of
from vedette.assessment.launch_fit import LaunchFit
from vedette.assessment.orbit_assessment import OrbitAssessment
from vedette.assessment.weighing import Weighed
from vedette.reports import Cause

_FITS = 12.0  # TEMP until typing lands


def flight_weights(fit: LaunchFit | None) -> list[Weighed]:
    """The kinds of launch that the fit tried."""
    if fit is None:
        return []
    return [
        Weighed(cause_of(name), _FITS + log(max(p, 1e-9)), (f"its looks fit such a launch ({fit.misfit:.2f})",))
        for name, p in fit.class_probabilities.items()
    ]


def orbit_weights(orbit: OrbitAssessment | None) -> list[Weighed]:
    """A coast that stays up."""
    if orbit is None or not orbit.is_a_coast:
        return []
    return [Weighed(Cause.SATELLITE, _FITS + log(max(orbit.p_orbit, 1e-9)))]
