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
from vedette.assessment.typing.bank import HEIGHT_OFFSET_M
from vedette.assessment.typing.density import FOUND, STRAY
from vedette.assessment.typing.signs import Signs

_G = 9.8


def log_unknown(signs: Signs) -> float:
    """ln p(signs | unknown), in the coordinates of the bank, as `density.nearness` has it for the kinds."""
    return _log_place(signs) + _log_life(signs)


def _log_place(signs: Signs) -> float:
    height_sigma_m = signs.height_sigma_m
    height_m, up_mps, level_mps = max(signs.height_m, 0.0), float(signs.place[1]), max(float(signs.place[2]), 0.1)
    logs = []
    for habit in HABITS:
        aged = signs.age_s / MEMORY_S
        gained = 2.0 * (habit.acceleration_mps2 * MEMORY_S) ** 2 * (aged - 1.0 + exp(-aged))
        own2 = habit.speed_mps**2 + min(gained, 7_000.0**2)
        height2 = habit.height_sigma_m**2 + height_sigma_m**2
        up2, level2 = own2 + signs.place_sigma[1] ** 2, own2 + signs.place_sigma[2] ** 2
        p = log(habit.share) - 0.5 * (height_m - habit.height_m) ** 2 / height2 - 0.5 * log(2.0 * pi * height2)
        p += -0.5 * up_mps**2 / up2 - 0.5 * log(2.0 * pi * up2)
        p += log(level_mps / level2) - 0.5 * level_mps**2 / level2  # alike from all sides
        if np.isfinite(signs.push).all():
            whole = signs.push - _G * np.array([np.sin(signs.climb_rad), np.cos(signs.climb_rad)])
            spread2 = habit.acceleration_mps2**2 + signs.push_sigma**2
            p += -0.5 * float(whole @ whole) / spread2 - log(2.0 * pi * spread2)
        logs.append(p)
    return float(np.logaddexp.reduce(logs)) + log(height_m + HEIGHT_OFFSET_M)


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
