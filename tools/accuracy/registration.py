"""Figures of registration: a radar three sigma off, satellites overhead, and what that does to impact points."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from tests.tracking import registration_scene as scene

from tools.accuracy.figures import Figure
from vedette.core.shapes import Rows, Scalar
from vedette.tracking.registration.estimator import Registration
from vedette.tracking.registration.policy import RegistrationPolicy

SEEDS = 24
TERMS = ("azimuth", "elevation", "range", "clock")
SATELLITES, LOOK_S = 15, 10.0
SIGMAS_M = {"orbits good to 10 m": scene.GOOD_M, "element sets 3 km off": scene.PUBLIC_M}
IMPACTS_EACH = 2
ALARM_HOURS, STATED_PER_DAY = 24, 24.0


def registration_figures() -> Iterator[Figure]:
    """Biases, honesty, impacts, alarms."""
    drawn = f"{SEEDS} radars, 20 min of {SATELLITES} satellites"
    for name, sigmas_m in SIGMAS_M.items():
        runs = [one_radar(seed, sigmas_m) for seed in range(SEEDS)]
        scores = np.array([score for score, _, _ in runs])
        if sigmas_m is scene.GOOD_M:
            shares = np.array([share for _, share, _ in runs])
            for column, term in enumerate(TERMS):
                what = f"{term} bias of three sigma, {name}"
                yield Figure(what, "the bias drawn", drawn, "%", 100.0 * shares[:, column])
        yield Figure(f"squared error over variance of the biases, {name}", "the biases drawn", drawn, "", scores)
        misses = np.array([miss for _, _, found in runs for miss in found])
        count = f"{len(misses)} bodies seen for 180 s"
        for column, what in enumerate(("no bias", "biases not registered", f"registered by {name}")):
            if column == 2 or sigmas_m is scene.GOOD_M:
                yield Figure(f"impact foretold, {what}", "the fall itself", count, "km", misses[:, column, 0] / 1e3)
                yield Figure(
                    f"squared impact error over variance, {what}", "the fall itself", count, "", misses[:, column, 1]
                )
    alarms = np.array([float(alarms_of_an_hour(seed)) for seed in range(ALARM_HOURS)])
    sample = f"{ALARM_HOURS} hours, {int(alarms.sum())} in all"
    yield Figure("false alarms, stated at most 1 an hour", "no drift", sample, "1/h", alarms)


def one_radar(seed: int, sigmas_m: tuple[float, float, float]) -> tuple[float, Scalar, Rows]:
    """Squared error over variance and dimension; relative errors (4,); misses (IMPACTS_EACH, 3, 2) as `impacts`."""
    rng = np.random.default_rng(20_000 + seed)
    is_good = sigmas_m is scene.GOOD_M
    errors = scene.three_sigma(rng, scene.RADAR) if is_good else scene.drawn_errors(rng, scene.RADAR)
    found = registered(rng, errors, sigmas_m)
    estimate = found.estimate(scene.RADAR.name)
    apart = estimate.biases - scene.truth_of(errors)
    score = float(apart @ np.linalg.solve(estimate.cov, apart)) / len(apart)
    return score, np.abs(apart / scene.truth_of(errors)), impacts(seed, errors, found)


def registered(rng: np.random.Generator, errors: scene.Errors, sigmas_m: tuple[float, float, float]) -> Registration:
    """Twenty minutes of satellites by a radar with these errors."""
    states = scene.satellites(rng, SATELLITES)
    reference = scene.references(rng, states, sigmas_m)
    looks = scene.radar_looks(rng, scene.RADAR, states, errors, np.arange(0.0, 1200.0, LOOK_S))
    return scene.registered([scene.RADAR], looks, reference)


def impacts(seed: int, errors: scene.Errors, found: Registration) -> Rows:
    """(n, 3, 2) miss (m) and squared miss over variance: without bias, with it, with it and registered; same noise."""
    fair = replace(scene.RADAR, range_bias_sigma_m=0.0, angle_bias_sigma_deg=0.0, clock_bias_sigma_s=0.0)
    cases = ((scene.Errors(), fair, None), (errors, scene.RADAR, None), (errors, scene.RADAR, found.calibration()))
    return np.array(
        [
            [scene.impact_of_track(np.random.default_rng(30_000 + 100 * seed + body), *case) for case in cases]
            for body in range(IMPACTS_EACH)
        ]
    )


def alarms_of_an_hour(seed: int) -> int:
    """Alarms in an hour without drift, at a stated rate of one an hour."""
    rng = np.random.default_rng(40_000 + seed)
    states = scene.satellites(rng, 12, seconds=3600.0)
    errors = scene.drawn_errors(rng, scene.RADAR)
    looks = scene.radar_looks(rng, scene.RADAR, states, errors, np.arange(0.0, 3600.0, 15.0))
    policy = RegistrationPolicy(false_alarms_per_day=STATED_PER_DAY)
    found = scene.registered([scene.RADAR], looks, scene.references(rng, states, scene.GOOD_M), policy)
    return sum(finding.data["mark"] != "bias-established" for finding in found.findings())
