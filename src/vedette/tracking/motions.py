"""What the tracker supposes a body may do: a bank of ways to move, and how often it changes its way.

A `Motion` is a value. `Coasting` is one model; `BoostCoastEntry` is three that interact. Every model carries the same
eight components; one that a model does not use keeps its prior there, so that mixing stays unbiased.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.estimation import transition_from_mean_stay
from vedette.tracking.kernels.flight_kernel import (
    BOOST,
    COAST,
    ENTRY,
    LEVEL,
    LN_BETA,
    STEADY,
    STEADY_SCALE_MPS2,
    THRUST,
    TURN,
    TURN_SCALE_RAD_S,
)

MODE_NAMES = ("coast", "boost", "re-entry", "upper-stage", "level", "turn")  # as numbered
ACTIVE: dict[int, Ints] = {
    COAST: np.arange(6),
    BOOST: np.array([0, 1, 2, 3, 4, 5, THRUST]),
    ENTRY: np.array([0, 1, 2, 3, 4, 5, LN_BETA]),
    STEADY: np.array([0, 1, 2, 3, 4, 5, LN_BETA]),
    LEVEL: np.arange(6),
    TURN: np.array([0, 1, 2, 3, 4, 5, THRUST]),
}
# priors of the two parameters: thrust over mass 10-80 m/s2 over a burn; ballistic coefficients from 400 to 20,000 kg/m2
PARAMETER_MEAN = np.array([28.0, np.log(3000.0)])
PARAMETER_SIGMA = np.array([15.0, 1.0])
ENTRY_TOP_M = 110e3  # below it a body that coasts may feel the air


class Motion(Protocol):
    """A bank of m models."""

    @property
    def modes(self) -> tuple[int, ...]:
        """(m,) which kernels."""
        ...

    def noise(self, mode: int) -> tuple[float, float, float]:
        """Spectral densities: acceleration m²/s³, thrust (m/s²)²/s, ln beta 1/s."""
        ...

    def transition(self, dt_s: float, height_m: Scalar) -> Rows:
        """(n, m, m) probabilities of a change of mode."""
        ...

    def start_probabilities(self, by_infrared: bool, height_m: float) -> Scalar:
        """(m,) of a new track."""
        ...


@dataclass(frozen=True, slots=True)
class Coasting:
    """Everything only falls: gravity to J4 on the turning Earth, and a little doubt."""

    noise_m2_s3: float = 1e-5

    @property
    def modes(self) -> tuple[int, ...]:
        """(m,) which kernels."""
        return (COAST,)

    def noise(self, mode: int) -> tuple[float, float, float]:
        """Spectral densities: acceleration m²/s³, thrust (m/s²)²/s, ln beta 1/s."""
        return self.noise_m2_s3, 0.0, 0.0

    def transition(self, dt_s: float, height_m: Scalar) -> Rows:
        """(n, 1, 1) of ones."""
        return np.ones((len(height_m), 1, 1))

    def start_probabilities(self, by_infrared: bool, height_m: float) -> Scalar:
        """(1,) one."""
        return np.ones(1)


@dataclass(frozen=True, slots=True)
class BoostCoastEntry:
    """From thrust to fall to the air: three models, chosen as the evidence goes, and a fourth if asked for.

    thrust_laws : "growing", along the velocity and growing as mass leaves; and "constant", of an upper stage whose
        flame may be too dim to be seen: its thrust begins anew at each stage, and silence says little against it. With
        it a track that an infrared sensor loses is not sure that its burn is over (decision 0084).
    """

    coast_noise_m2_s3: float = 1e-5
    boost_noise_m2_s3: float = 4.0  # steering, wind, drag on the way up
    entry_noise_m2_s3: float = 0.5
    push_noise_m2_s5: float = 1.0
    ln_beta_noise_1_s: float = 0.01
    burn_s: float = 60.0  # mean time that a burn still goes on
    relight_s: float = 3000.0  # mean time of coasting before another burn
    settle_s: float = 5.0  # mean time to change between coast and re-entry where the height says so
    thrust_laws: tuple[str, ...] = ("growing",)
    stage_s: float = 120.0  # mean time until a stage gives way to an upper one
    bright_s: float = 300.0  # mean time until an upper stage is taken for a bright one again
    upper_push_noise_m2_s5: float = 1.0

    def __post_init__(self) -> None:
        """Refuse laws that do not exist."""
        if self.thrust_laws not in (("growing",), ("growing", "constant")):
            raise UsageError(f'thrust_laws is ("growing",) or ("growing", "constant"), not {self.thrust_laws!r}')

    @property
    def modes(self) -> tuple[int, ...]:
        """(m,) which kernels."""
        return (COAST, BOOST, ENTRY, STEADY) if len(self.thrust_laws) > 1 else (COAST, BOOST, ENTRY)

    def noise(self, mode: int) -> tuple[float, float, float]:
        """Spectral densities: acceleration m²/s³, thrust (m/s²)²/s, ln beta 1/s."""
        if mode == STEADY:
            return self.boost_noise_m2_s3, 0.0, self.upper_push_noise_m2_s5 / STEADY_SCALE_MPS2**2
        acceleration = {COAST: self.coast_noise_m2_s3, BOOST: self.boost_noise_m2_s3, ENTRY: self.entry_noise_m2_s3}
        return acceleration[mode], self.push_noise_m2_s5, self.ln_beta_noise_1_s

    def transition(self, dt_s: float, height_m: Scalar) -> Rows:
        """(n, m, m): coast and re-entry change into each other by height, boost ends and may begin again anywhere."""
        in_air, above = _transitions(self, float(dt_s))
        return np.where((np.asarray(height_m) < ENTRY_TOP_M)[:, None, None], in_air, above)

    def start_probabilities(self, by_infrared: bool, height_m: float) -> Scalar:
        """(m,): what an infrared sensor finds is burning; what a radar finds high is most often not."""
        if by_infrared:
            start = np.array([0.005, 0.99, 0.005])
        else:
            start = np.array([0.1, 0.5, 0.4]) if height_m < ENTRY_TOP_M else np.array([0.85, 0.14, 0.01])
        upper = 0.1 * start[1]
        return np.append(start - [0.0, upper, 0.0], upper) if STEADY in self.modes else start


@dataclass(frozen=True, slots=True)
class AirAndSea:
    """Aircraft, uncrewed aircraft and ships: straight on over the turning Earth, or turning about the vertical."""

    level_noise_m2_s3: float = 0.05  # gusts, waves, small corrections
    turn_noise_m2_s3: float = 1.0
    turn_rate_noise_rad2_s3: float = 2e-5
    straight_s: float = 60.0  # mean time until a turn
    turn_s: float = 30.0  # mean time that a turn still goes on
    may_turn: bool = True

    @property
    def modes(self) -> tuple[int, ...]:
        """(m,) which kernels."""
        return (LEVEL, TURN) if self.may_turn else (LEVEL,)

    def noise(self, mode: int) -> tuple[float, float, float]:
        """Spectral densities: acceleration m²/s³, turn rate in the kernel's unit, nothing."""
        if mode == TURN:
            return self.turn_noise_m2_s3, self.turn_rate_noise_rad2_s3 / TURN_SCALE_RAD_S**2, 0.0
        return self.level_noise_m2_s3, 0.0, 0.0

    def transition(self, dt_s: float, height_m: Scalar) -> Rows:
        """(n, m, m) of a turn's beginning and end."""
        stay = np.array([[np.inf, self.straight_s], [self.turn_s, np.inf]]) if self.may_turn else np.array([[np.inf]])
        return np.tile(transition_from_mean_stay(stay, dt_s), (len(height_m), 1, 1))

    def start_probabilities(self, by_infrared: bool, height_m: float) -> Scalar:
        """(m,) of a new track."""
        return np.array([0.8, 0.2]) if self.may_turn else np.ones(1)


@lru_cache(maxsize=4096)
def _transitions(motion: BoostCoastEntry, dt_s: float) -> tuple[Rows, Rows]:
    never, again = np.inf, motion.relight_s
    in_air = np.array(
        [[never, again, motion.settle_s], [motion.burn_s, never, motion.burn_s], [never, 10.0 * again, never]]
    )
    above = np.array([[never, again, never], [motion.burn_s, never, never], [motion.settle_s, again, never]])
    if STEADY in motion.modes:
        to_upper = np.array([[again], [motion.stage_s], [never]])
        from_upper = np.array([[motion.burn_s, motion.bright_s, never, never]])
        in_air = np.vstack([np.hstack([in_air, to_upper]), from_upper])
        above = np.vstack([np.hstack([above, to_upper]), from_upper])
    return transition_from_mean_stay(in_air, dt_s), transition_from_mean_stay(above, dt_s)
