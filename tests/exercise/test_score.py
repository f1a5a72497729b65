"""Scores of an engine that is wrong by a known amount are that amount."""

import numpy as np
import pytest
from tests.exercise.fakes import summary_of

from vedette.core.constants import NS_PER_S
from vedette.engine import open_picture
from vedette.exercise import Played, Snapshot, coast_bounds, flight_verdicts, score_run, session_of
from vedette.exercise.bounds import _whitened_rows, coast_looks
from vedette.exercise.play import sample_instants
from vedette.exercise.score import GOSPA_CUTOFF_M
from vedette.exercise.score_text import score_lines
from vedette.motion.propagate import propagate_coast_stm
from vedette.scenario import make_scenario, read_story


class Told:
    """A follower whose objects are given."""

    def __init__(self, objects):
        self._objects = tuple(objects)

    def objects(self):
        return self._objects

    def alerts(self):
        return ()


@pytest.fixture(scope="module")
def made():
    return make_scenario(read_story("two-launches"), 3)


def played_with(made, objects_at):
    """A run whose every snapshot holds `objects_at(instant)`."""
    instants = sample_instants(made)
    picture = open_picture(session_of(made))
    picture.followers["tracked"] = Told(objects_at(instants[-1]))
    return Played(made, picture, tuple(Snapshot(t, tuple(objects_at(t))) for t in instants))


def aloft(one, t_tai_ns):
    return one.t_liftoff_tai_ns < t_tai_ns < one.t_impact_tai_ns


def test_a_perfect_engine_scores_nothing_missed_nothing_false(made):
    def objects_at(t_tai_ns):
        return [summary_of(one, f"O-{one.id}", t_tai_ns) for one in made.flights if aloft(one, t_tai_ns)]

    score = score_run(played_with(made, objects_at))
    assert score.missed_mean == 0.0 and score.false_mean == 0.0
    assert score.gospa_mean_m < 1e-3 and score.rmse_m < 1e-3 and score.nees_mean < 1e-6
    assert score.nees_count > 100


def test_a_stated_offset_comes_back_as_rmse_nees_and_gospa(made):
    offset_m, sigma_m = 30.0, 10.0

    def objects_at(t_tai_ns):
        return [
            summary_of(one, f"O-{one.id}", t_tai_ns, offset_m=offset_m, sigma_m=sigma_m)
            for one in made.flights
            if aloft(one, t_tai_ns)
        ]

    score = score_run(played_with(made, objects_at))
    assert score.rmse_m == pytest.approx(offset_m, rel=1e-6)
    assert score.nees_mean == pytest.approx((offset_m / sigma_m) ** 2 / 6, rel=1e-6)
    assert score.gospa_localisation_m <= np.sqrt(2) * offset_m + 1e-6
    moment = next(m for m in score.moments if m.after_burnout_s == 60.0)
    assert moment.position_error_m == pytest.approx(offset_m, rel=1e-6)
    assert moment.nees == pytest.approx(9.0, rel=1e-6)


def test_a_blind_engine_misses_everything(made):
    score = score_run(played_with(made, lambda t: []))
    instants = sample_instants(made)
    count = np.array([sum(aloft(one, t) for one in made.flights) for t in instants])
    assert score.missed_mean == pytest.approx(count.mean())
    assert score.gospa_mean_m == pytest.approx(np.mean(np.sqrt(count / 2) * GOSPA_CUTOFF_M))
    assert [verdict.object_id for verdict in score.flights] == [None, None]
    assert "never found" in "\n".join(score_lines(score))


def test_an_object_that_is_no_flight_is_counted_false(made):
    one = made.flights[0]
    ghost = summary_of(one, "ghost", north_km=900.0)
    score = score_run(played_with(made, lambda t: [summary_of(one, "O-1"), ghost]))
    assert score.false_objects == 1
    assert [verdict.object_id for verdict in score.flights] == ["O-1", None]


@pytest.mark.parametrize(("north_km", "is_inside"), [(3.0, True), (7.0, False)])
def test_launch_and_impact_are_judged_by_their_areas(made, north_km, is_inside):
    objects = [summary_of(one, f"O-{one.id}", half_km=5.0, north_km=north_km) for one in reversed(made.flights)]
    for verdict in flight_verdicts(played_with(made, lambda t: objects).picture, made):
        assert verdict.object_id == f"O-{verdict.flight_id}"
        assert verdict.launch.error_km == pytest.approx(north_km, rel=0.01)
        assert verdict.is_launch_inside_90 is is_inside and verdict.is_impact_inside_90 is is_inside
        assert verdict.impact.is_inside_50 is False and verdict.impact.is_inside_99 is None
        assert verdict.launch.time_error_s == pytest.approx(2.0) and verdict.launch.is_time_inside_90
        assert verdict.launch.azimuth_error_deg == pytest.approx(-1.5)
        assert verdict.impact.time_error_s == pytest.approx(3.0) and not verdict.impact.is_time_inside_90


def test_the_coast_bound_shrinks_with_looks_and_is_above_what_range_alone_allows(made):
    one = made.flights[0]
    after_s = np.array([5.0, 40.0, 80.0, 160.0])
    instants = [one.t_burnout_tai_ns + round(s * NS_PER_S) for s in after_s]
    bound_m = np.sqrt(coast_bounds(made, one, instants))
    known = bound_m[np.isfinite(bound_m)]
    assert len(known) >= 3 and np.all(np.diff(known) < 0)
    radar = made.sensors["radar-north"]
    # never below the range bias alone, nor above a single look's angles at 1,000 km
    assert np.all(known > 0.5 * radar.range_bias_sigma_m) and known[-1] < np.radians(0.05) * 1e6
    before = coast_bounds(made, one, [one.t_burnout_tai_ns - NS_PER_S, one.t_impact_tai_ns + NS_PER_S])
    assert np.all(np.isnan(before))


def test_a_least_squares_fit_with_the_same_unknowns_reaches_the_coast_bound(made):
    """Linear theory as its own Monte Carlo: draw noise and biases, solve, compare the spread with the bound."""
    one = made.flights[0]
    looks = coast_looks(made, one)
    rows, _, biases = _whitened_rows(made, one, looks)
    flat = rows.reshape(-1, rows.shape[-1])
    used = np.any(flat != 0, axis=1)
    flat = flat[used]
    now = one.t_burnout_tai_ns + 200 * NS_PER_S
    known = np.repeat([received <= now for _, _, received in looks], 4)[used]
    bound = coast_bounds(made, one, [now])[0]
    _, moved = propagate_coast_stm(one.burnout_state_itrf, 200.0)
    rng, runs = np.random.default_rng(5), 400
    design = np.vstack([flat[known], np.diag(np.r_[np.zeros(6), 1 / biases])])
    scale = np.linalg.norm(design, axis=0)
    errors2 = []
    for _ in range(runs):
        drawn = np.r_[np.zeros(6), biases * rng.standard_normal(len(biases))]
        data = np.r_[flat[known] @ drawn + rng.standard_normal(known.sum()), np.zeros(6 + len(biases))]
        fit = np.linalg.lstsq(design / scale, data, rcond=None)[0] / scale
        errors2.append(np.sum((moved @ fit[:6])[:3] ** 2))
    assert np.mean(errors2) == pytest.approx(bound, rel=5.0 * np.sqrt(2.0 / runs))  # 5 sigma of a mean of squares
