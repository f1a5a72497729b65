"""Whether another launch fit of one object is worth its cost: what nature explains waits, and longer each time.

A fit costs as much as a minute of everything else. A fire that stands for hours would be fitted at every pace and be a
fire every time; here a fit in vain doubles the wait for the next, and what stands still and is nature's own is not
fitted at all. The cheap weights are renewed meanwhile, and the first sign of a launch ends the waiting.
"""

from dataclasses import dataclass
from math import isnan, log, nan

import numpy as np

from vedette.assessment.candidates.ladder import launch_log_odds
from vedette.assessment.candidates.policy import FitRules
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows, Scalar
from vedette.reports import LAUNCHES, NATURAL, Explanation


def is_led_by_nature(explanations: tuple[Explanation, ...], least: float = 0.0) -> bool:
    """Whether a natural cause is the most probable one, and at least so probable."""
    return bool(explanations) and explanations[0].name in NATURAL and explanations[0].probability >= least


def moves(state_itrf: Scalar, state_cov_itrf: Rows, rules: FitRules) -> bool:
    """Whether a state (6,) with its covariance (6, 6) has a speed that is not just its doubt."""
    sigma_mps = float(np.sqrt(max(float(np.trace(state_cov_itrf[3:, 3:])) / 3.0, 0.0)))
    return float(np.linalg.norm(state_itrf[3:])) > rules.moves_sigmas * sigma_mps


def is_worth_a_fit(explanations: tuple[Explanation, ...], is_moving: bool, rules: FitRules) -> bool:
    """Whether a launch is probable enough, by the cheap weights, that fitting one could say something new.

    What nature leads clearly must be more of a launch than other things, unless it moves: a flame that rises is
    seconds from being told from a fire, and the one that stands is no launch under thrust.
    """
    launch = sum(one.probability for one in explanations if one.name in LAUNCHES)
    if launch < rules.launch_min:
        return False
    return is_moving or launch >= rules.launch_min_still or not is_led_by_nature(explanations, rules.natural_lead)


@dataclass(slots=True)
class Patience:
    """How often one object has been fitted in vain, and what was believed then."""

    in_vain: int = 0  # fits in a row
    t_fit_tai_ns: int = 0
    phenomena: int = 0
    log_odds: float = nan  # of a launch, by the cheap weights, at the last look; NaN: not looked since
    log_odds_asked: float = nan  # and when it was last fitted in vain

    def is_over(
        self, explanations: tuple[Explanation, ...], phenomena: int, t_tai_ns: int, pace_s: float, rules: FitRules
    ) -> bool:
        """Whether it has waited long enough, given what the cheap weights say now; `pace_s` is the shortest wait."""
        self.log_odds = launch_log_odds(explanations)
        if isnan(self.log_odds_asked):
            self.log_odds_asked = self.log_odds
        has_risen = self.log_odds - self.log_odds_asked >= log(rules.again_factor)
        if self.in_vain and (phenomena > self.phenomena or has_risen):
            self.in_vain = 0
        return not self.in_vain or (t_tai_ns - self.t_fit_tai_ns) / NS_PER_S >= self.wait_s(pace_s, rules)

    def wait_s(self, pace_s: float, rules: FitRules) -> float:
        """From the last fit to the next: the pace after the first in vain, then twice as long each time."""
        return max(min(pace_s * 2.0 ** max(self.in_vain - 1, 0), rules.wait_max_s), pace_s)

    def take(self, was_in_vain: bool, phenomena: int, t_tai_ns: int) -> None:
        """A fit has been made."""
        self.in_vain = min(self.in_vain + 1, 30) if was_in_vain else 0
        self.t_fit_tai_ns, self.phenomena = t_tai_ns, phenomena
        self.log_odds_asked, self.log_odds = (self.log_odds if was_in_vain else nan), nan
