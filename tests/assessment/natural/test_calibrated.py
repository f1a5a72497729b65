"""No cause is stronger than chance allows: looks drawn from *unknown* itself, with another program than the filter's.

If x is drawn from p(x | unknown), the chance that p(x | cause) is k times as large is at most 1 in k (Markov's
inequality, since the mean of the ratio is one). A density that is not one, or that peeks at the data, breaks it.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import expm
from tests.assessment.natural.made_looks import T0, looks_of_path

from vedette.assessment.natural import reference
from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.natural_causes import natural_causes
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.reports import KIND_CODES, Cause, SensorKind
from vedette.sensing import Geostationary, Infrared, Radar, Site

GEO = Infrared(orbit=Geostationary(30.0), los_sigma_urad=30.0, los_bias_sigma_urad=10.0, noise_w_sr=200.0, name="geo")
RADAR = Radar(
    site=Site(40.0, 20.0, 0.0), range_sigma_m=50.0, angle_sigma_deg=0.1, range_rate_sigma_mps=5.0, name="radar"
)
DRAWS, ODDS = 150, 20.0
TOLERANCE = 3.0  # sigmas of a share of 1 in 20 over so many draws


def _drawn_path(rng: np.random.Generator, lat_deg: float, lon_deg: float, t_s: np.ndarray) -> np.ndarray:
    """(n, 6) a free path: acceleration of an Ornstein-Uhlenbeck kind, stepped by the matrix exponential."""
    shares = np.array([one.share for one in reference._HABITS])
    habit = reference._HABITS[rng.choice(len(shares), p=shares / shares.sum())]
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    height = habit.height_m + habit.height_sigma_m * rng.standard_normal()
    state = np.zeros((3, 3))  # position, velocity, acceleration by axis
    state[0] = itrf_from_geodetic(lat, lon, 0.0) + height * enu_from_itrf_matrix(lat, lon)[2]
    state[1] = habit.speed_mps * rng.standard_normal(3)
    state[2] = habit.acceleration_mps2 * rng.standard_normal(3)
    drift = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, -1.0 / reference.MEMORY_S]])
    spread = np.zeros((3, 3))
    spread[2, 2] = 2.0 * habit.acceleration_mps2**2 / reference.MEMORY_S
    out = [state.copy()]
    for dt in np.diff(t_s):
        big = expm(np.block([[-drift, spread], [np.zeros((3, 3)), drift.T]]) * dt)
        move = big[3:, 3:].T
        noise = move @ big[:3, 3:]
        values, vectors = np.linalg.eigh(0.5 * (noise + noise.T))
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        state = move @ state + root @ rng.standard_normal((3, 3))
        out.append(state.copy())
    return np.array([np.concatenate([one[0], one[1]]) for one in out])


def _drawn_light(rng: np.random.Generator, t_s: np.ndarray) -> np.ndarray:
    """(n,) brightness as `ANY_LIGHT` has it."""
    light = reference.ANY_LIGHT
    level = np.log(light.level_w_sr) + light.level_log * rng.standard_normal()
    steps = light.walk_log * np.sqrt(np.diff(t_s, prepend=t_s[0])) * rng.standard_normal(len(t_s))
    return np.exp(level + np.cumsum(steps) + light.flicker_log * rng.standard_normal(len(t_s)))


@pytest.mark.parametrize("kind", ["infrared", "radar"])
def test_no_cause_beats_the_unknown_by_twenty_more_often_than_one_time_in_twenty(kind: str) -> None:
    rng = np.random.default_rng(17)
    sensors = {"geo": GEO} if kind == "infrared" else {"radar": RADAR}
    strong: dict[Cause, int] = {}
    for _ in range(DRAWS):
        t_s = np.arange(5) * 10.0 if kind == "infrared" else np.arange(6) * 5.0
        if kind == "infrared":
            lat, lon = rng.uniform(-55.0, 55.0), rng.uniform(-25.0, 85.0)
        else:
            lat, lon = rng.uniform(36.0, 44.0), rng.uniform(14.0, 26.0)
        states = _drawn_path(rng, lat, lon, t_s)
        bright = _drawn_light(rng, t_s)
        t0 = T0 + int(rng.uniform(0.0, 365.0) * 86_400e9)
        looks = looks_of_path(
            sensors, lambda t, s=states: s, {next(iter(sensors)): t_s}, rng, t0_tai_ns=t0,
            intensity_w_sr=lambda t, b=bright: b,
        )  # fmt: skip
        if kind == "radar":  # the folded range of the story's own radar: as measured
            looks = replace(looks, kind_code=np.full(len(t_s), KIND_CODES[SensorKind.RADAR]))
        ratios: dict[Cause, float] = {}
        for one in natural_causes(looks, sensors, NaturalContext()):
            ratios[one.name] = float(np.logaddexp(ratios.get(one.name, -np.inf), one.log_ratio))
        for name, ratio in ratios.items():
            strong[name] = strong.get(name, 0) + int(ratio > np.log(ODDS))
    most = 1.0 / ODDS + TOLERANCE * np.sqrt(1.0 / ODDS / DRAWS)
    assert strong and all(count / DRAWS <= most for count in strong.values()), strong
