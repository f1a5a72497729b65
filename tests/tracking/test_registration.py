"""Biases of sensors are found from objects whose orbits are known, as far as they are known and no further."""

from dataclasses import replace

import numpy as np
import pytest
from tests.tracking.registration_scene import (
    GOOD_M,
    PUBLIC_M,
    RADAR,
    SECOND,
    T0,
    Errors,
    drawn_errors,
    merged,
    radar_looks,
    references,
    registered,
    satellites,
    three_sigma,
    truth_of,
)

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, UsageError
from vedette.metrics import chi_square_band
from vedette.motion.propagate import propagate_coast
from vedette.sensing import Radar, Site
from vedette.tracking.registration.estimator import Registration
from vedette.tracking.registration.policy import RegistrationPolicy
from vedette.tracking.registration.references import Coast, CoastingReference

TWENTY_MINUTES = np.arange(0.0, 1200.0, 10.0)


def one_radar(seed, sigmas_m, errors_of, count=12, radar=RADAR, times_s=TWENTY_MINUTES, policy=None):
    rng = np.random.default_rng(seed)
    states = satellites(rng, count)
    errors = errors_of(rng, radar)
    reference = references(rng, states, sigmas_m)
    looks = radar_looks(rng, radar, states, errors, times_s)
    return registered([radar], looks, reference, policy), errors


def test_good_orbits_tell_every_bias_within_ten_percent_in_twenty_minutes():
    """The goal of the issue: unknown biases of three sigma and a clock 0.3 s off, orbits good to 10 m."""
    for seed in range(2):
        registration, errors = one_radar(seed, GOOD_M, three_sigma)
        found = registration.estimate(RADAR.name)
        assert abs(errors.clock_s) == pytest.approx(0.3)
        assert np.all(np.abs(found.biases / truth_of(errors) - 1.0) < 0.10)
        assert found.state == "established"
        assert registration.untold() == ()


@pytest.mark.parametrize("sigmas_m", [GOOD_M, PUBLIC_M], ids=["good orbits", "public orbits"])
def test_the_stated_covariance_holds(sigmas_m):
    """Normalised error over seeds, orbit errors drawn as stated: in the band of one chance in a million."""
    runs, dimension = 6, 4
    scores = []
    for seed in range(100, 100 + runs):
        registration, errors = one_radar(seed, sigmas_m, drawn_errors, count=8, times_s=np.arange(0, 1200, 20.0))
        found = registration.estimate(RADAR.name)
        error = found.biases - truth_of(errors)
        scores.append(error @ np.linalg.solve(found.cov, error))
    low, high = chi_square_band(dimension, runs, 0.999999)
    assert low < np.mean(scores) / dimension < high


def test_one_pass_of_an_element_set_does_not_tell_the_clock_and_says_so():
    registration, _ = one_radar(5, PUBLIC_M, drawn_errors, count=1)
    found = registration.estimate(RADAR.name)
    assert found.sigma("clock_s") > 0.9 * RADAR.clock_bias_sigma_s
    (said,) = [one for one in registration.untold() if one.term == "clock_s"]
    assert "S0 running early or late along the orbit" in said.text


def test_one_good_pass_does_tell_the_clock():
    registration, errors = one_radar(5, GOOD_M, drawn_errors, count=1)
    found = registration.estimate(RADAR.name)
    assert found.sigma("clock_s") < 0.05 * RADAR.clock_bias_sigma_s
    assert abs(found.bias("clock_s") - errors.clock_s) < 5.0 * found.sigma("clock_s")


def test_a_common_target_tells_clocks_against_each_other_only():
    """Two radars, a satellite of which nothing is known: the clocks' difference is told, their sum is not."""
    rng = np.random.default_rng(3)
    times_s = np.arange(0.0, 600.0, 5.0)
    state = propagate_coast(satellites(rng, 1, seconds=1.0)[0], -300.0)
    one, two = Errors(clock_s=0.12), Errors(clock_s=-0.08)
    looks = merged(
        radar_looks(rng, RADAR, state[None], one, times_s), radar_looks(rng, SECOND, state[None], two, times_s)
    )
    registration = Registration([RADAR, SECOND])
    rough = state + np.array([2e3, -1e3, 1e3, 2.0, 3.0, -1.0])
    for _, scan, matches in looks:
        for row, name in matches:
            registration.absorb_common(scan, row, name, rough, T0)
    first, second = registration.estimate(RADAR.name), registration.estimate(SECOND.name)
    i, j = (registration.labels.index((name, "clock_s")) for name in (RADAR.name, SECOND.name))
    variance = registration.cov[i, i] + registration.cov[j, j] - 2.0 * registration.cov[i, j]
    apart = first.bias("clock_s") - second.bias("clock_s")
    assert np.sqrt(variance) < 0.04  # what angle biases of 0.05 deg leave along the track
    assert abs(apart - 0.2) < 5.0 * np.sqrt(variance)
    assert first.sigma("clock_s") > 0.06  # 0.1 over the root of two is the best that a common error leaves
    said = [one.text for one in registration.untold() if one.term == "clock_s"]
    assert any(f"against {SECOND.name} it is known" in text for text in said)


def test_a_wrong_reference_is_dropped_and_spoils_nothing():
    rng = np.random.default_rng(11)
    states = satellites(rng, 8)
    errors = drawn_errors(rng, RADAR)
    reference = references(rng, states, GOOD_M)
    moved = states[0] + np.array([30e3, 0.0, 0.0, 0.0, 0.0, 0.0])  # it manoeuvred
    orbits = {f"S{i}": reference._orbits[f"S{i}"] for i in range(8)}
    orbits["S0"] = Coast(T0, moved, orbits["S0"].state_cov_itrf)
    looks = radar_looks(rng, RADAR, states, errors, TWENTY_MINUTES)
    registration = registered([RADAR], looks, CoastingReference(orbits))
    found = registration.estimate(RADAR.name)
    error = found.biases - truth_of(errors)
    assert registration.set_aside > 0
    assert error @ np.linalg.solve(found.cov, error) < 33.4  # one in a million of four components
    assert not found.alarms


def test_one_issue_of_a_reference_is_never_counted_twice():
    """The same element set, met again after its pass was marginalised, says nothing new: its error is the same."""
    rng = np.random.default_rng(2)
    states = satellites(rng, 1, seconds=300.0)
    reference = references(rng, states, PUBLIC_M)
    looks = radar_looks(rng, RADAR, states, drawn_errors(rng, RADAR), np.arange(0.0, 300.0, 5.0))
    registration = registered([RADAR], looks, reference)
    before = registration.estimate(RADAR.name)
    later = [replace(scan, t_measured_tai_ns=scan.t_measured_tai_ns + 7200 * NS_PER_S) for _, scan, _ in looks]
    for scan, (_, _, matches) in zip(later, looks, strict=True):
        registration.absorb(scan, matches, reference)
    assert registration.estimate(RADAR.name).looks == before.looks


def test_scale_and_lean_are_told_where_they_are_asked_for():
    policy = RegistrationPolicy(scale_sigma=1e-4, lean_sigma_rad=1e-3)
    registration, _ = one_radar(1, GOOD_M, drawn_errors, count=14, policy=policy, times_s=np.arange(0, 1200, 10.0))
    found = registration.estimate(RADAR.name)
    for term in ("range_scale", "lean_east_rad", "lean_north_rad"):  # truth has none
        assert abs(found.bias(term)) < 5.0 * found.sigma(term)
        assert found.sigma(term) < 0.3 * found.prior_sigmas[found.terms.index(term)]


def test_the_same_looks_leave_the_same_belief():
    first, _ = one_radar(4, GOOD_M, drawn_errors, count=4)
    again, _ = one_radar(4, GOOD_M, drawn_errors, count=4)
    assert np.array_equal(first.biases, again.biases)
    assert np.array_equal(first.cov, again.cov)


def test_established_biases_are_said_with_size_doubt_and_time():
    registration, _ = one_radar(0, GOOD_M, three_sigma)
    said = [finding.text for finding in registration.findings()]
    assert any("radar-east reads" in text and "doubt" in text and "since 12:0" in text for text in said)


def test_unknown_sensors_are_refused_in_words():
    registration = Registration([RADAR])
    with pytest.raises(NotFoundError, match="radar-x"):
        registration.estimate("radar-x")
    with pytest.raises(UsageError, match="no sensor"):
        Registration([])
    assert Radar(Site(0.0, 0.0), range_sigma_m=1.0, angle_sigma_deg=0.1).name == "radar"
