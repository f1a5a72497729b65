"""The one reference, `unknown`, as it looks to a state: how probable a free path makes the signs of an object.

`assessment.natural.reference` weighs looks under a path that moves as it likes; a track is what such looks leave of
it. What the two ask of the looks (that they lie on one path) is common to every class and cancels; what remains is how
probable each makes the state of now. Here the free path's state: its habits' heights, velocities and accelerations,
with what its own pushes have added to the velocity since the first look.
"""

from math import exp, log, pi

import numpy as np
from scipy.special import ndtr

from vedette.assessment.natural.light import ANY_LIGHT
from vedette.assessment.natural.reference import HABITS, MEMORY_S
from vedette.assessment.typing.bank import HEIGHT_OFFSET_M, SPEED_OFFSET_MPS
from vedette.assessment.typing.density import FOUND, STRAY
from vedette.assessment.typing.signs import Signs

_G = 9.8
_LEAST_CLIMB_COSINE = 0.02


def log_unknown(signs: Signs) -> float:
    """ln p(signs | unknown), in the coordinates of the bank, as `density.nearness` has it for the kinds."""
    spread = np.sqrt(np.diag(signs.place_cov))
    points = [signs.place, *(signs.place + s * spread * np.eye(3)[i] for i in range(3) for s in (-1.7, 1.7))]
    shares = [0.0, *([1.0 / 6.0] * 6)] if spread.max() > 0.05 else [1.0, *([0.0] * 6)]
    total = sum(share * exp(_log_place(signs, point)) for share, point in zip(shares, points, strict=True) if share)
    return log(max(total, 1e-300)) + _log_life(signs)


def _log_place(signs: Signs, place: np.ndarray) -> float:
    height = exp(place[0]) - HEIGHT_OFFSET_M
    speed = max(exp(place[1]) - SPEED_OFFSET_MPS, 0.0)
    climb = float(np.clip(place[2], -1.56, 1.56))
    jacobian = (height + HEIGHT_OFFSET_M) * (speed + SPEED_OFFSET_MPS)
    logs = []
    for habit in HABITS:
        aged = signs.age_s / MEMORY_S
        gained = 2.0 * (habit.acceleration_mps2 * MEMORY_S) ** 2 * (aged - 1.0 + exp(-aged))
        sigma2 = habit.speed_mps**2 + min(gained, 7_000.0**2)
        p = log(habit.share) - 0.5 * ((height - habit.height_m) / habit.height_sigma_m) ** 2
        p -= log(habit.height_sigma_m * (2.0 * pi) ** 0.5)
        # velocity alike in all directions: density over speed and climb
        p += 2.0 * log(max(speed, 1.0)) + log(max(np.cos(climb), _LEAST_CLIMB_COSINE)) + log(2.0 * pi)
        p -= 0.5 * speed**2 / sigma2 + 1.5 * log(2.0 * pi * sigma2)
        if np.isfinite(signs.push).all():
            whole = signs.push - _G * np.array([np.sin(climb), np.cos(climb)])
            spread2 = habit.acceleration_mps2**2 + signs.push_sigma**2
            p += -0.5 * float(whole @ whole) / spread2 - log(2.0 * pi * spread2)
        logs.append(p)
    return float(np.logaddexp.reduce(logs)) + log(jacobian)


def _log_life(signs: Signs) -> float:
    """What infrared looks found first and last, and then did not, of a light of any life."""
    if not np.isfinite(signs.flame_last_s):
        return 0.0
    shone_s = max(signs.flame_age_s - signs.flame_last_s, 0.1)
    life, spread = log(ANY_LIGHT.life_s), ANY_LIGHT.life_log

    def lasting(t_s: float) -> float:
        return float(ndtr((life - log(max(t_s, 1e-3))) / spread))

    total, n = 0.0, len(signs.dark_s[:6])
    ends = [shone_s, *(signs.flame_age_s - d for d in sorted(signs.dark_s[:6], reverse=True)), np.inf]
    for gone in range(n + 1):  # it went out before the dark look of that number, counted from the first
        share = lasting(ends[gone]) - (lasting(ends[gone + 1]) if gone < n else 0.0)
        total += max(share, 0.0) * (1.0 - FOUND) ** gone * (1.0 - STRAY) ** (n - gone)
    return 2.0 * log(FOUND) + log(max(total, 1e-12))
