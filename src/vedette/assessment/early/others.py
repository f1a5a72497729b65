"""What else flies with a flame, on the same looks: an aircraft with its afterburner lit, level, in no hurry.

`typing` weighs aircraft by the state of now; beside a test of the first looks they must be weighed on those looks too,
or the two would not be held against the same *unknown*. An afterburner is a small flame: what tells it from a rocket at
once is its brightness, and within a quarter of a minute that it does not climb.
"""

import numpy as np

from vedette.assessment.natural.light import Light
from vedette.assessment.natural.reference import Reference
from vedette.assessment.natural.sightings import Sightings
from vedette.assessment.weighing import Weighed
from vedette.reports import Cause

_HEIGHT_M, _HEIGHT_SIGMA_M = 8e3, 4e3
_LEVEL_MPS, _CLIMB_MPS, _PUSH_MPS2 = 180.0, 20.0, 2.0  # one sigma of each component
# round: afterburners shine with kilowatts a steradian in the short-wave infrared, lit for minutes
_AFTERBURNER = Light(life_s=180.0, life_log=1.0, level_w_sr=5_000.0, level_log=0.8, hidden=0.5)


def weigh_aircraft(sightings: Sightings, reference: Reference) -> Weighed:
    """ln p(looks | an aircraft with a flame) - ln p(looks | unknown), from anywhere on the Earth."""
    s = sightings
    place, cov3, share = s.anywhere(_HEIGHT_M, _HEIGHT_SIGMA_M)
    mean, cov = np.zeros(9), np.zeros((9, 9))
    mean[:3], cov[:3, :3] = place, cov3
    upright = np.outer(s.up, s.up)
    cov[3:6, 3:6] = _LEVEL_MPS**2 * (np.eye(3) - upright) + _CLIMB_MPS**2 * upright
    cov[6:, 6:] = _PUSH_MPS2**2 * np.eye(3)
    log = share + s.log_density(mean, cov, _PUSH_MPS2) + _AFTERBURNER.log_likelihood(s)
    return Weighed(Cause.AIRCRAFT, log - reference.log_total)
