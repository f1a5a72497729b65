"""The evidence of *unknown*: the looks as a thing that moves as it likes. One definition, for every cause and class.

A free path over the looks: somewhere over the Earth, at some height, with some velocity, pushed by an acceleration that
forgets itself after 20 s. How lively it is, is open: six habits from a thing that hardly moves to one of meteor speed
share the belief, each a proper density, so that one look alone is weighed as soundly as a thousand. The sensors'
constant errors are unknowns of it. A little belief is kept for looks coarser than stated, and for looks of no one
thing. A light's life and brightness are open as well (`light.ANY_LIGHT`).

Whoever weighs a cause takes the *same* looks, the same sigmas, and spreads it over the same whole Earth
(`EARTH_AREA_M2`) unless it knows better where its cause happens; so volumes cancel where they should.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vedette.assessment.evidence import Evidence, evidence_from_looks
from vedette.assessment.natural.light import ANY_LIGHT, log_flame_never_seen, log_never_seen
from vedette.assessment.natural.sightings import EARTH_AREA_M2, Sightings, straightened
from vedette.reports import Looks

__all__ = ["EARTH_AREA_M2", "Reference", "reference_of", "reference_of_looks", "reference_of_sightings"]


@dataclass(frozen=True, slots=True)
class _Habit:
    """One way to move freely: height and its spread, one sigma of each component of velocity and acceleration."""

    share: float
    height_m: float
    height_sigma_m: float
    speed_mps: float
    acceleration_mps2: float


_HABITS = (
    _Habit(0.15, 3e3, 4e3, 20.0, 0.3),  # hardly moves
    _Habit(0.15, 8e3, 8e3, 250.0, 4.0),  # as things in the air
    _Habit(0.30, 100e3, 100e3, 2_500.0, 25.0),  # as things that burn
    _Habit(0.20, 600e3, 600e3, 4_000.0, 6.0),  # as things that fall
    _Habit(0.10, 15_000e3, 15_000e3, 4_000.0, 3.0),  # far out
    _Habit(0.10, 80e3, 60e3, 15_000.0, 60.0),  # faster than anything that stays
)
HABITS = _HABITS  # for who weighs states: what a state of it may be
MEMORY_S = 20.0
# so that one look that is not its own does not decide everything: coarser looks, and looks of no one thing at all
_ROUGH, _ROUGH_SHARE = 6.0, 0.03
_NO_PATH_SHARE = 0.003
_SIGHT_SPANS = np.array([0.5, 0.5, 1.0, 1.0])  # rad: the Earth from far out, wide and high
_HORIZON_SPANS = np.array([2.0 * np.pi, 1.5, 5e6, 14e3])  # rad, rad, m, m/s


@dataclass(frozen=True, slots=True)
class Reference:
    """ln p(looks | unknown), in parts that add up."""

    log_path: float  # where it was seen: density per radian, metre, m/s of all that was measured
    log_life: float  # that infrared looks found it, and did not
    log_brightness: float  # density of ln(intensity), infrared
    log_flame_never_seen: float  # of a launch: that watchers which never found it did not (part of `log_life` here)
    log_never_seen: float  # and of *unknown*
    log_perfect: float  # what `log_path` would be of a path known beforehand and hit in the middle every time

    @property
    def log_total(self) -> float:
        """All of it."""
        return self.log_path + self.log_life + self.log_brightness

    def log_ratio_of_fit(self, log_evidence: float) -> float:
        """ln p(looks | fit) - ln p(looks | unknown) of a fit's own evidence.

        `log_evidence` = ln of the mean over the fit's prior of exp(-sum of squared whitened residuals / 2) times the
        chance of infrared silence (`class_fit.ClassFit.log_evidence`, once its flat unknowns have proper densities:
        the launch point 1 / EARTH_AREA_M2). Brightness, of which such a fit says nothing, is left out on both sides.
        """
        return log_evidence + self.log_flame_never_seen + self.log_perfect - self.log_path - self.log_life


def reference_of(evidence: Evidence, looks: Looks) -> Reference:
    """The evidence of *unknown* over the detections and silences of `evidence`, made of `looks`; about a millisecond.

    `looks` adds intensities. No looks: all zero.
    """
    return reference_of_sightings(straightened(evidence, looks))


def reference_of_looks(looks: Looks, sensors: Mapping[str, object]) -> Reference:
    """As `reference_of`, from an object's looks and its sensors by name."""
    return reference_of(evidence_from_looks(looks, sensors), looks)


def reference_of_sightings(sightings: Sightings) -> Reference:
    """As `reference_of`, of looks that have been made straight."""
    if len(sightings) == 0:
        return Reference(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    logs = [np.log(habit.share) + _log_path(habit, sightings) for habit in _HABITS]
    logs += [np.log(_ROUGH_SHARE * habit.share) + _log_path(habit, sightings, _ROUGH) for habit in _HABITS[2:4]]
    logs.append(np.log(_NO_PATH_SHARE) + _log_no_path(sightings))
    perfect = sightings.log_scale - 0.5 * float(np.log(2.0 * np.pi)) * int(sightings.known.sum())
    return Reference(
        float(np.logaddexp.reduce(logs)),
        ANY_LIGHT.log_life(sightings),
        ANY_LIGHT.log_brightness(sightings),
        log_flame_never_seen(sightings.evidence.unseen),
        log_never_seen(sightings.evidence.unseen, ANY_LIGHT.hidden),
        perfect,
    )


def _log_no_path(sightings: Sightings) -> float:
    """ln density of looks that have nothing to do with one another: each anywhere that its sensor may look."""
    e, known = sightings.evidence, sightings.known
    by_sight = e.kind == 1
    spans = np.where(by_sight[:, None], _SIGHT_SPANS, _HORIZON_SPANS)
    return -float(np.sum(np.log(spans)[known]))


def _log_path(habit: _Habit, sightings: Sightings, scale: float = 1.0) -> float:
    mean, cov = np.zeros(9), np.zeros((9, 9))
    mean[:3], cov[:3, :3], share = sightings.anywhere(habit.height_m, habit.height_sigma_m)
    cov[range(3, 6), range(3, 6)] = habit.speed_mps**2
    cov[range(6, 9), range(6, 9)] = habit.acceleration_mps2**2
    return share + sightings.log_density(mean, cov, habit.acceleration_mps2, MEMORY_S, scale)


