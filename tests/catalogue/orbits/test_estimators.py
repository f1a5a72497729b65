"""Batch and filter on made looks: they find the truth, say how well, set outliers aside, and agree with each other."""

import numpy as np
import pytest
from tests.catalogue.orbits.made import BIAS_M, STATIONS, T0, TRUTH, made_looks, model_of

from vedette.catalogue.orbits.batch import CLOCK, Bias, Problem, fit_batch
from vedette.catalogue.orbits.dynamics import TwoBody
from vedette.catalogue.orbits.observations import Kind, observations
from vedette.catalogue.orbits.sequential import fit_sequential
from vedette.core.errors import UsageError

START = TRUTH + np.array([3e3, -2e3, 2e3, 2.0, -3.0, 1.0])
NORTH = 1  # in the order of names: east, north, south


def problem(rows, **more):
    biases = more.pop("biases", (Bias(Kind.RANGE, NORTH, 0.0, 1e3),))
    return Problem(model_of(rows), TwoBody(), T0, START, biases=biases, **more)


def test_a_batch_finds_orbit_and_bias_within_what_it_says():
    solution = fit_batch(problem(made_looks(3)))
    assert solution.has_converged and solution.is_used.mean() > 0.995
    apart = solution.state_gcrf - TRUTH
    far = apart @ np.linalg.solve(solution.formal_cov[:6, :6], apart)
    assert far < 22.5  # chi-square of six, one in a thousand
    bias, sigma = solution.value("range bias north")
    assert abs(bias - BIAS_M) < 4.0 * sigma < 20.0
    assert solution.cost / solution.degrees_of_freedom == pytest.approx(1.0, abs=0.15)
    assert 1.0 <= solution.scale < 1.6


def test_said_covariance_is_that_of_many_fits():
    far = []
    for seed in range(12):
        solution = fit_batch(problem(made_looks(seed, hours=2.0)))
        apart = solution.state_gcrf - TRUTH
        far.append(apart @ np.linalg.solve(solution.formal_cov[:6, :6], apart))
    # the mean of twelve chi-squares of six: 6 with a sigma of 1
    assert 6.0 - 3.5 < np.mean(far) < 6.0 + 3.5


def test_gross_outliers_are_set_aside_as_whole_looks():
    rows = made_looks(4)
    value = rows.value.copy()
    bad = np.isin(rows.group, [3, 40, 77])
    value[bad & (rows.kind == Kind.RANGE)] += 3e5
    rows = observations(
        rows.stations, rows.t_tai_ns, rows.kind, rows.station, value, rows.sigma, group=rows.group, event=rows.event,
        signal=rows.signal,
    )  # fmt: skip
    solution = fit_batch(problem(rows))
    assert not solution.is_used[bad].any() and solution.is_used[~bad].mean() > 0.99
    assert np.linalg.norm(solution.state_gcrf[:3] - TRUTH[:3]) < 60.0


def test_a_late_clock_is_found():
    rows = made_looks(5)
    late = observations(
        rows.stations, rows.t_tai_ns - np.where(rows.station == 0, 40_000_000, 0), rows.kind, rows.station, rows.value,
        rows.sigma, group=rows.group, event=rows.event, signal=rows.signal,
    )  # fmt: skip
    solution = fit_batch(problem(late, biases=(Bias(Kind.RANGE, NORTH), Bias(CLOCK, 0))))
    clock_s, sigma_s = solution.value("clock bias east")
    assert abs(clock_s - 0.040) < 4.0 * sigma_s < 0.01


def test_a_fixed_bias_is_taken_off():
    solution = fit_batch(problem(made_looks(6), biases=(), fixed_biases=(Bias(Kind.RANGE, NORTH, BIAS_M),)))
    assert np.linalg.norm(solution.state_gcrf[:3] - TRUTH[:3]) < 40.0


def test_a_filter_that_obeys_its_forces_ends_where_the_batch_does():
    rows = made_looks(7, hours=3.0)
    near = TRUTH + np.array([300.0, -200.0, 200.0, 0.2, -0.3, 0.1])
    one = Problem(model_of(rows), TwoBody(), T0, near, biases=(Bias(Kind.RANGE, NORTH, 0.0, 1e3),))
    whole = fit_batch(one)
    filtered = fit_sequential(one, np.diag([1e3**2] * 3 + [1.0] * 3))
    assert filtered.is_used.mean() > 0.99
    at_start, _ = TwoBody().fly(T0, whole.state_gcrf, np.zeros(0), filtered.t_tai_ns[:1])
    said = np.sqrt(np.diagonal(filtered.smoothed_cov[0])[:6])
    assert np.all(np.abs(filtered.smoothed_state_gcrf(0) - at_start[0]) < 1.0 * said + 1e-3)
    last, _ = TwoBody().fly(T0, whole.state_gcrf, np.zeros(0), filtered.t_tai_ns[-1:])
    assert np.all(np.abs(filtered.filtered[-1, :6] - last[0]) < np.sqrt(np.diagonal(filtered.filtered_cov[-1])[:6]))
    # hindsight knows no less
    assert np.all(np.diagonal(filtered.smoothed_cov[0]) <= np.diagonal(filtered.filtered_cov[0]) * (1 + 1e-9))


def test_a_filter_with_unknown_accelerations_is_wider():
    rows = made_looks(8, hours=2.0)
    one = Problem(model_of(rows), TwoBody(), T0, TRUTH, biases=(Bias(Kind.RANGE, NORTH, 0.0, 1e3),))
    still = fit_sequential(one, np.diag([1e3**2] * 3 + [1.0] * 3))
    shaken = fit_sequential(one, np.diag([1e3**2] * 3 + [1.0] * 3), shaking_rtn=(1e-3, 1e-3, 1e-3))
    assert np.trace(shaken.filtered_cov[-1][:3, :3]) > 1.5 * np.trace(still.filtered_cov[-1][:3, :3])
    with pytest.raises(UsageError, match="starts at or before"):
        fit_sequential(Problem(model_of(rows), TwoBody(), T0 + 10**15, TRUTH), np.eye(6))


def test_too_little_is_said():
    rows = made_looks(9)
    with pytest.raises(UsageError, match="do not make an orbit"):
        fit_batch(Problem(model_of(rows.take(np.arange(3))), TwoBody(), T0, TRUTH))
    assert len(STATIONS) == 3
