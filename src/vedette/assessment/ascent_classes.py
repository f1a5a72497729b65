"""What kind of flight an ascent is, from its physics.

Bayes over the class list with a few broad likelihoods: thrust over weight at lift-off, how long thrust has lasted, the
speed reached, flight-path angle at high speed, burns, coasts between them, braking, orbital energy. While thrust lasts,
time and speed so far only bound what they will be: then the likelihood is the chance of reaching at least that much.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from math import erfc, exp, log, sqrt
from typing import Any

from vedette.core.tables import table_text

TAIL = 0.01  # no class is ruled out further than one in a hundred by one look: tables are not the world


@dataclass(frozen=True, slots=True)
class AscentClass:
    """One row of `core/tables/ascent_classes.toml`; pairs are median and ln-sigma (angles: mean and sigma)."""

    name: str
    prior: float
    lift_off_g: tuple[float, float]
    first_burn_s: tuple[float, float]
    burn_s: tuple[float, float]
    speed_mps: tuple[float, float]
    steep_deg: tuple[float, float]
    burns: tuple[float, float, float]
    gap_s: tuple[float, float]
    brakes: float
    spent: dict[str, Any] | None = None  # a dropped stage may be what is followed: its own burn, speed, angle


@dataclass(frozen=True, slots=True)
class AscentFeatures:
    """What has been seen of a flight so far; None where it has not been seen."""

    lift_off_g: float | None  # thrust over weight soon after lift-off
    is_thrusting: bool
    first_burn_s: float | None  # lift-off to the first burnout, or to now while it lasts
    burn_s: float | None  # lift-off to now, or to the last burnout; None when lift-off was not seen
    speed_mps: float  # now under thrust, at the last burnout otherwise
    steep_deg: float | None  # flight-path angle at that moment
    burns: int
    gaps_s: tuple[float, ...]  # coasts between burns
    coast_s: float  # since the last burnout
    has_braked: bool
    p_orbit: float


@lru_cache(maxsize=1)
def ascent_classes() -> tuple[AscentClass, ...]:
    """The rows of the packaged table."""
    rows: list[dict[str, Any]] = tomllib.loads(table_text("ascent_classes.toml"))["class"]
    made = []
    for row in rows:
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
        made.append(AscentClass(**values))
    return tuple(made)


def _density(x: float, pair: tuple[float, float]) -> float:
    """Log-normal density over ln x, so that units do not matter."""
    z = (log(max(x, 1e-3)) - log(pair[0])) / pair[1]
    return exp(-0.5 * z * z) / pair[1]


def _at_least(x: float, pair: tuple[float, float]) -> float:
    """Chance that a log-normal quantity comes out larger than x."""
    return 0.5 * erfc((log(max(x, 1e-3)) - log(pair[0])) / pair[1] / sqrt(2.0))


def p_more_stages(row: AscentClass, burns: int, coast_s: float, speed_mps: float) -> float:
    """Chance that this class's thrust returns after `burns` burns and `coast_s` seconds of silence."""
    if burns <= 0:
        return 0.5
    left = sum(row.burns[burns - 1 :])
    p_next = sum(row.burns[burns:]) / left if left > 0.0 else 0.3
    if speed_mps < 0.8 * row.speed_mps[0] * exp(-2.0 * row.speed_mps[1]):
        p_next = max(p_next, 0.8 if row.burns[0] < 0.5 else p_next)  # far short of what such a flight needs
    p_next = min(p_next, 0.97)  # stages fail too, and then no silence is long enough
    waits = _at_least(coast_s, row.gap_s)
    return p_next * waits / (p_next * waits + (1.0 - p_next))


def class_probabilities(seen: AscentFeatures) -> dict[str, float]:
    """Posterior over the class names; "satellite" only for what is met in orbit and was not seen to launch."""
    score: dict[str, float] = {}
    for row in ascent_classes():
        p = row.prior
        if seen.lift_off_g is not None:
            p *= _density(seen.lift_off_g, row.lift_off_g) + TAIL
        if seen.first_burn_s is not None:
            is_over = seen.burns > 1 or not seen.is_thrusting
            p *= (_density if is_over else _at_least)(seen.first_burn_s, row.first_burn_s) + TAIL
        is_final = not seen.is_thrusting and seen.coast_s > 3.0
        if is_final:
            # either this was the last burnout, and time and speed are the class's own, or more stages will come
            more = p_more_stages(row, seen.burns, seen.coast_s, seen.speed_mps)
            last = (_density(seen.burn_s, row.burn_s) if seen.burn_s else 1.0) * _density(seen.speed_mps, row.speed_mps)
            last *= _angle(seen.steep_deg, row.steep_deg)
            before = (_at_least(seen.burn_s, row.burn_s) if seen.burn_s else 1.0) * _at_least(
                seen.speed_mps, row.speed_mps
            )
            if row.spent is not None:
                share = row.spent["probability"]
                dropped = (_density(seen.burn_s, row.spent["burn_s"]) if seen.burn_s else 1.0) * _density(
                    seen.speed_mps, row.spent["speed_mps"]
                )
                dropped *= _angle(seen.steep_deg, row.spent["steep_deg"])
                last = (1.0 - share) * last + share * dropped
            p *= (1.0 - more) * last + more * before + TAIL
        else:
            if seen.burn_s:
                p *= _at_least(seen.burn_s, row.burn_s) + TAIL
            p *= _at_least(seen.speed_mps, row.speed_mps) + TAIL
            if seen.speed_mps > 0.6 * row.speed_mps[0]:
                p *= _angle(seen.steep_deg, row.steep_deg) + TAIL
        p *= max(sum(row.burns[max(seen.burns, 1) - 1 :]), TAIL)
        for gap_s in seen.gaps_s:
            p *= _density(gap_s, row.gap_s) + TAIL
        if seen.has_braked:
            p *= row.brakes
        p *= (1.0 - seen.p_orbit) + seen.p_orbit * (1.0 if row.name == "space-launch" else 0.02)
        score[row.name] = p
    # met in flight without a launch, fast and level: it may have been up there all along
    unseen = seen.lift_off_g is None and seen.burns == 0 and not seen.is_thrusting
    score["satellite"] = (0.3 * seen.p_orbit if unseen else 1e-4 * seen.p_orbit) * max(score.values(), default=1.0) * (
        50.0 if unseen else 1.0
    ) + 1e-9
    total = sum(score.values())
    return {name: value / total for name, value in score.items()}


def _angle(steep_deg: float | None, pair: tuple[float, float]) -> float:
    if steep_deg is None:
        return 1.0
    z = (steep_deg - pair[0]) / pair[1]
    return 10.0 * exp(-0.5 * z * z) / pair[1]


def p_thrust_returns(seen: AscentFeatures, probabilities: dict[str, float]) -> float:
    """Chance that thrust comes back, over the classes it may be."""
    return sum(
        probabilities[row.name] * p_more_stages(row, seen.burns, seen.coast_s, seen.speed_mps)
        for row in ascent_classes()
    )
