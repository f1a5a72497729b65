"""Planned flights: a path meets whom its elements meet; a burn moves it as the equations of motion say."""

import numpy as np
import pytest
from tests.catalogue.conjunctions.test_screen import AT, HOUR, made, snapshot

from vedette.catalogue.conjunctions.planned import Path, burned_path, screen_path
from vedette.catalogue.conjunctions.screen import screen
from vedette.core.errors import UsageError
from vedette.motion.sgp4 import Sgp4
from vedette.time import tai_ns_from_utc_text


def test_a_path_of_known_elements_meets_whom_they_meet():
    _, sets = snapshot(9)
    t_from = tai_ns_from_utc_text(AT)
    whole = screen(sets, t_from, t_from + 2 * HOUR, 20.0)
    row = int(np.argmax(np.bincount(np.concatenate([whole.i, whole.j]))))
    t = np.arange(t_from - 10**12, t_from + 2 * HOUR + 10**12, 60 * 10**9)
    states, _ = Sgp4.of(sets.take(np.array([row]))).states_teme(t)
    found = screen_path(Path(t, states[0]), sets, t_from, t_from + 2 * HOUR, 20.0, without=np.array([row]))
    mine = (whole.i == row) | (whole.j == row)
    assert mine.sum() >= 2
    passing = sorted(one.t_tai_ns for one in found if not one.is_staying)
    np.testing.assert_allclose(passing, np.sort(whole.t_tai_ns[mine]), atol=2e6)  # two milliseconds: 60 s points
    np.testing.assert_allclose(sorted(o.miss_m for o in found), np.sort(whole.miss_m[mine]), atol=5.0)


def test_no_burn_changes_nothing_and_a_burn_along_lags_three_times_its_way():
    one = made((10.0, 0.0))
    t_burn = tai_ns_from_utc_text(AT)
    still = burned_path(one, t_burn, np.zeros(3), t_burn + HOUR)
    states, _ = Sgp4.of(one).states_teme(still.t_tai_ns)
    np.testing.assert_allclose(still.states_teme, states[0], atol=1e-4)
    # Clohessy and Wiltshire: after whole turns a burn v along leaves the object 3 v t behind
    turn_ns = round(float(one.period_s[0]) * 1e9)
    moved = burned_path(one, t_burn, np.array([0.0, 1.0, 0.0]), t_burn + 2 * turn_ns)
    at = np.array([t_burn + 2 * turn_ns])
    apart = np.linalg.norm(moved.at(at)[0, :3] - Sgp4.of(one).states_teme(at)[0][0, 0, :3])
    assert apart == pytest.approx(3.0 * 2.0 * float(one.period_s[0]), rel=0.03)  # J2 and curvature: some percent


def test_a_plan_outside_the_time_asked_about_is_refused():
    one = made((10.0, 0.0))
    t_burn = tai_ns_from_utc_text(AT)
    path = burned_path(one, t_burn, np.zeros(3), t_burn + HOUR)
    with pytest.raises(UsageError, match="does not fly"):
        screen_path(path, one, t_burn + 5 * HOUR, t_burn + 6 * HOUR)
