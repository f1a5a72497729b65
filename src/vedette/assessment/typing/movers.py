"""What moves without a launch: aircraft, small uncrewed aircraft, satellites; drawn states, and nothing more.

Heights and speeds are round public figures: airliners cruise at 9 to 12.5 km and 200 to 260 m/s, cruise missiles and
fast jets fly at 200 to 900 m/s from 30 m upwards, small uncrewed aircraft below 5 km at 8 to 70 m/s. Satellites are
drawn as the catalogue has them in round shares: low orbits of 180 to 2,000 km, navigation and geostationary heights,
and transfer orbits between.
"""

from dataclasses import dataclass

import numpy as np

from vedette.assessment.typing.drawn_flights import state_features
from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS
from vedette.core.shapes import Rows, Scalar
from vedette.reports import Cause

_EARTH_M = 6_371_008.8
_LEAST_PERIGEE_M = 160e3
_INCLINATIONS_DEG = (28.5, 43.0, 53.0, 65.0, 74.0, 82.0, 86.4, 97.5, 98.6)


@dataclass(frozen=True, slots=True, eq=False)
class Movers:
    """n drawn states of one kind, all as probable."""

    name: str
    cause: Cause
    height_m: Scalar
    speed_mps: Scalar
    climb_rad: Scalar
    along_mps2: Scalar
    lift_mps2: Scalar


def movers(count: int = 6000, seed: int = 0) -> tuple[Movers, ...]:
    """Every kind that begins with no launch."""
    rng = np.random.default_rng([seed, 77])
    return _aircraft(count, rng), _small(count, rng), _satellites(count, rng)


def _aircraft(n: int, rng: np.random.Generator) -> Movers:
    kind = rng.choice(3, n, p=(0.4, 0.2, 0.4))
    heights = [rng.uniform(9e3, 12.5e3, n), rng.uniform(300.0, 6e3, n), _log_even(rng, 30.0, 18e3, n)]
    speeds = [rng.uniform(200.0, 265.0, n), rng.uniform(50.0, 180.0, n), _log_even(rng, 180.0, 900.0, n)]
    height, speed = np.choose(kind, heights), np.choose(kind, speeds)
    climb = np.where(rng.random(n) < 0.75, 0.01, 0.09) * rng.standard_normal(n)
    turning = np.where(rng.random(n) < 0.2, 6.0, 0.7) * np.abs(rng.standard_normal(n))
    return _in_air("aircraft", Cause.AIRCRAFT, height, speed, climb, turning, rng)


def _small(n: int, rng: np.random.Generator) -> Movers:
    height = _log_even(rng, 20.0, 5e3, n)
    speed = _log_even(rng, 8.0, 70.0, n)
    return _in_air(
        "small uncrewed", Cause.UNCREWED_SMALL, height, speed, 0.06 * rng.standard_normal(n),
        1.5 * np.abs(rng.standard_normal(n)), rng,
    )  # fmt: skip


def _in_air(
    name: str, cause: Cause, height: Scalar, speed: Scalar, climb: Scalar, more: Scalar, rng: np.random.Generator
) -> Movers:
    """The air carries it: lift is weight, and a little more in turns; thrust is drag, and climbing."""
    g = 9.80665
    along = g * np.sin(climb) + 0.6 * rng.standard_normal(len(height))
    lift = g * np.cos(climb) + more * rng.choice([-0.3, 1.0], len(more))
    return Movers(name, cause, height, speed, climb, along, lift)


def _satellites(n: int, rng: np.random.Generator) -> Movers:
    kind = rng.choice(5, n, p=(0.72, 0.08, 0.05, 0.07, 0.08))
    low = _log_even(rng, 200e3, 2_000e3, n)
    perigee = np.choose(kind, [low, np.full(n, 20.2e6), np.full(n, 35.786e6), _log_even(rng, 180e3, 800e3, n), low])
    spread = _log_even(rng, 1e3, 60e3, n)
    apogee = np.choose(
        kind, [perigee + spread, perigee + spread, perigee + spread, rng.uniform(20e6, 40e6, n),
               perigee + _log_even(rng, 60e3, 2_000e3, n)]
    )  # fmt: skip
    perigee = np.maximum(perigee, _LEAST_PERIGEE_M)
    a = _EARTH_M + 0.5 * (perigee + apogee)
    e = (apogee - perigee) / (2.0 * a)
    mean = rng.uniform(0.0, 2.0 * np.pi, n)
    anomaly = mean.copy()
    for _ in range(12):
        anomaly -= (anomaly - e * np.sin(anomaly) - mean) / (1.0 - e * np.cos(anomaly))
    in_plane = a[:, None] * np.stack([np.cos(anomaly) - e, np.sqrt(1.0 - e**2) * np.sin(anomaly)], axis=1)
    rate = np.sqrt(EARTH_MU_M3_S2 / a) / (1.0 - e * np.cos(anomaly))
    pace = rate[:, None] * np.stack([-np.sin(anomaly), np.sqrt(1.0 - e**2) * np.cos(anomaly)], axis=1)
    inclination = np.radians(rng.choice(_INCLINATIONS_DEG, n) + rng.normal(0, 1, n))
    turn = rng.uniform(0.0, 2.0 * np.pi, n)
    states = np.concatenate([_tilted(in_plane, turn, inclination), _tilted(pace, turn, inclination)], axis=1)
    states[:, 3] += EARTH_SPIN_RADPS * states[:, 1]
    states[:, 4] -= EARTH_SPIN_RADPS * states[:, 0]
    height, speed, climb = state_features(states)
    nothing = 0.02 * rng.standard_normal(n)
    return Movers("satellite", Cause.SATELLITE, height, speed, climb, nothing, 0.02 * rng.standard_normal(n))


def _tilted(flat: Rows, turn: Scalar, inclination: Scalar) -> Rows:
    """Vectors of the orbit's plane (n, 2), its perigee turned by `turn` and its plane tilted about x."""
    x = np.cos(turn) * flat[:, 0] - np.sin(turn) * flat[:, 1]
    y = np.sin(turn) * flat[:, 0] + np.cos(turn) * flat[:, 1]
    return np.stack([x, y * np.cos(inclination), y * np.sin(inclination)], axis=1)


def _log_even(rng: np.random.Generator, low: float, high: float, n: int) -> Scalar:
    return np.asarray(np.exp(rng.uniform(np.log(low), np.log(high), n)))
