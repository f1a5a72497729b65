"""When a bias counts as known, when an alarm is raised, and what a registration says of a sensor."""

from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Rows, Scalar


@dataclass(frozen=True, slots=True)
class RegistrationPolicy:
    """The numbers of a registration.

    `false_alarms_per_day` is of one sensor and an upper bound: the tests of a day share it evenly (Bonferroni), and
    those of neighbouring onsets are nearly the same test.
    """

    wander_share_per_hour: float = 0.02  # a bias wanders by this share of its prior sigma in an hour (random walk)
    scale_sigma: float = 0.0  # of every ranging sensor; zero: the scale is not asked for
    lean_sigma_rad: float = 0.0  # of every mount; zero: not asked for
    established_share: float = 0.3  # of the prior sigma; a bias known better than this is said
    false_alarms_per_day: float = 0.1
    block_s: float = 120.0  # alarms are looked for this often
    onsets: int = 5  # blocks back that a step may have happened
    gate_probability: float = 1.0 - 1e-6
    pass_gap_s: float = 900.0  # a pass that was silent for so long is over
    most_passes: int = 40
    outliers: int = 5  # looks in a row that do not fit, of two objects or more: then it is the sensor
    alarm_hold_s: float = 1800.0

    def tests_per_day(self, terms: int) -> float:
        """Alarm tests of one sensor with so many biases in a day."""
        return 86_400.0 / self.block_s * terms * (self.onsets + 1)


@dataclass(frozen=True, slots=True)
class BiasAlarm:
    """A bias that has moved more than it was said to."""

    term: str
    how: str  # "step", "drift" or "outliers"
    size: float  # in the term's unit; NaN where only disagreement is known
    sigma: float
    t_onset_tai_ns: int
    t_raised_tai_ns: int


@dataclass(frozen=True, slots=True, eq=False)
class BiasEstimate:
    """One sensor's biases as they are believed now."""

    sensor_id: str
    t_tai_ns: int | None  # the newest look that was used; None before the first
    terms: tuple[str, ...]
    biases: Scalar  # (b,) what the sensor reads too much; clock: said minus true time, s
    cov: Rows  # (b, b)
    prior_sigmas: Scalar  # (b,)
    t_established_tai_ns: tuple[int | None, ...]  # (b,) since when each is known; None: not yet
    alarms: tuple[BiasAlarm, ...]
    looks: int  # that were used

    @property
    def sigmas(self) -> Scalar:
        """(b,) one sigma of what is left of the doubt."""
        return np.sqrt(np.diagonal(self.cov))

    @property
    def state(self) -> str:
        """`unheard`, `learning`, `established` or `alarm`."""
        if self.alarms:
            return "alarm"
        if not self.looks:
            return "unheard"
        return "established" if all(t is not None for t in self.t_established_tai_ns) else "learning"

    def bias(self, term: str) -> float:
        """One bias by name; zero for a term that the sensor does not have."""
        return float(self.biases[self.terms.index(term)]) if term in self.terms else 0.0

    def sigma(self, term: str) -> float:
        """Its remaining doubt; zero for a term that the sensor does not have."""
        return float(self.sigmas[self.terms.index(term)]) if term in self.terms else 0.0
