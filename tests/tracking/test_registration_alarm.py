"""A bias that steps or drifts raises an alarm with its size; where nothing moves, alarms are as rare as stated."""

from dataclasses import replace

import numpy as np
from scipy.stats import poisson
from tests.tracking.registration_scene import (
    GOOD_M,
    RADAR,
    T0,
    Errors,
    drawn_errors,
    radar_looks,
    references,
    registered,
    satellites,
    truth_of,
)

from vedette.tracking.registration.policy import RegistrationPolicy

HOUR_S = 3600.0


def an_hour(seed, policy=None, count=16, times_s=None, **changes):
    rng = np.random.default_rng(seed)
    states = satellites(rng, count, seconds=HOUR_S)
    errors = replace(drawn_errors(rng, RADAR), **changes)
    looks = radar_looks(rng, RADAR, states, errors, np.arange(0.0, HOUR_S, 15.0) if times_s is None else times_s)
    return registered([RADAR], looks, references(rng, states, GOOD_M), policy), errors


def alarms_of(registration):
    marks = ("bias-step", "bias-drift", "bias-outliers")
    return [finding for finding in registration.findings() if finding.data["mark"] in marks]


def test_no_more_false_alarms_than_stated():
    """Stated: at most one an hour. Eight hours without drift: a count that chance would exceed once in a thousand."""
    policy = RegistrationPolicy(false_alarms_per_day=24.0)
    count = sum(len(alarms_of(an_hour(seed, policy, count=10)[0])) for seed in range(8))
    assert count <= poisson.isf(1e-3, 8.0)


def test_a_step_is_alarmed_with_its_size_and_time_and_learnt_anew():
    registration, errors = an_hour(0, step_s=2400.0, step_range_m=80.0)
    (said,) = alarms_of(registration)
    assert said.data["mark"] == "bias-step"
    assert said.data["terms"] == ["range_m"]
    assert abs((said.t_tai_ns - T0) * 1e-9 - 2400.0) <= 240.0  # to a block or two
    found = registration.estimate(RADAR.name)
    assert found.state == "alarm"
    assert abs(found.bias("range_m") - errors.range_m - 80.0) < 5.0 * found.sigma("range_m")
    assert "range has stepped by" in said.text


def test_a_drift_beyond_the_stated_wander_is_alarmed():
    registration, _ = an_hour(1, drift_range_mps=200.0 / HOUR_S)
    said = [finding for finding in alarms_of(registration) if finding.data["terms"] == ["range_m"]]
    assert 1 <= len(said) <= 2  # once as it shows, once as a drift; not every block anew
    assert registration.estimate(RADAR.name).state == "alarm"


def test_a_step_out_of_all_bounds_is_noticed_and_survived():
    """Ten kilometres: no look fits any more, of any object. The sensor is distrusted and learnt anew."""
    registration, errors = an_hour(2, step_s=1800.0, step_range_m=10e3)
    said = alarms_of(registration)
    assert said[0].data["mark"] == "bias-outliers"
    found = registration.estimate(RADAR.name)
    truth = truth_of(errors) + np.array([0.0, 0.0, 10e3, 0.0])
    assert sum(finding.data["mark"] == "bias-outliers" for finding in said) == 1
    assert abs(found.bias("range_m") - truth[2]) < 5.0 * found.sigma("range_m")


def test_a_quiet_sensor_is_unheard_and_raises_nothing():
    registration, _ = an_hour(3, times_s=np.empty(0))
    assert registration.estimate(RADAR.name).state == "unheard"
    assert not alarms_of(registration)
    assert truth_of(Errors())[3] == 0.0
