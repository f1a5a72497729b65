"""Upper stages: their thrust begins anew, their flame is dim, and a track that loses it is not sure that it is over."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from tests.tracking.small_scene import coast_start

from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.exercise.calibrate_cues import watching_sensors
from vedette.metrics import nees
from vedette.motion.atmosphere import standard_air
from vedette.motion.flight_classes import CLASS_NAMES
from vedette.motion.gravity import acceleration_itrf
from vedette.scenario import LaunchSpec, Story, make_scenario
from vedette.scenario.draws import Draw, fixed
from vedette.scenario.story import DEFAULTS
from vedette.time import tai_ns_from_utc_text
from vedette.tracking import BoostCoastEntry, Tracker
from vedette.tracking.cueing.flown_samples import draw_states
from vedette.tracking.kernels.flight_kernel import (
    BOOST,
    LN_BETA,
    STEADY,
    STEADY_MPS2,
    STEADY_SCALE_MPS2,
    STEADY_ZERO,
    THRUST,
    fly_points,
)

START_TAI_NS = tai_ns_from_utc_text("2031-04-01T12:00:00Z")
WATCH_S = 260
BOTH = BoostCoastEntry(thrust_laws=("growing", "constant"))


@pytest.fixture(scope="module", params=[3, 15])
def three_stages(request):
    """A flight of three stages, whose last flame is found by one look in ten of the satellites in sight."""
    seed = request.param
    quantities = dict(DEFAULTS) | {
        "lat_deg": Draw("even", 5.0, 50.0), "lon_deg": Draw("even", -50.0, -5.0),
        "azimuth_deg": Draw("even", 0.0, 360.0), "t_launch_s": fixed(10.0),
    }  # fmt: skip
    spec = LaunchSpec("launch", (CLASS_NAMES[seed % len(CLASS_NAMES)],), quantities)
    story = Story(
        name="stages", title="one launch", about="", t_start_tai_ns=START_TAI_NS, seconds=float(WATCH_S),
        launches=(spec,), varied=(spec,), sensors=watching_sensors(), missed_look_probability=fixed(0.02),
        refractivity=Draw("normal", 315.0, 10.0),
    )  # fmt: skip
    return make_scenario(story, seed)


def scores_under_thrust(made, motion):
    """NEES over six, and the position error, of the only track at every look while the truth burns; and the last."""
    truth, out = made.flights[0], []
    tracker = Tracker(list(made.sensors.values()), motion)
    for scan in made.scans:
        if scan.t_received_tai_ns > START_TAI_NS + WATCH_S * NS_PER_S:
            break
        tracks = tracker.step(scan)
        if len(tracks) and tracks.t_tai_ns < truth.t_burnout_tai_ns:
            apart = tracks.states_itrf - truth.states_itrf(np.array([tracks.t_tai_ns]))
            i = int(np.argmin(np.linalg.norm(apart[:, :3], axis=1)))
            out.append((nees(apart[i], tracks.state_covs_itrf[i]) / 6.0, np.linalg.norm(apart[i, :3])))
    return np.array(out), tracks


def test_a_dim_upper_stage_does_not_make_a_track_sure_of_its_burnout(three_stages):
    plain, _ = scores_under_thrust(three_stages, BoostCoastEntry())
    both, tracks = scores_under_thrust(three_stages, BOTH)
    assert tracks.mode_names == ("coast", "boost", "re-entry", "upper-stage")
    assert len(both) > 100
    # many correlated scores of one flight, which a few would not tell from one; the bank of three gives 40 and more
    assert np.mean(both[:, 0]) < 4.0 < 0.1 * np.mean(plain[:, 0])
    assert np.sqrt(np.mean(both[:, 1] ** 2)) < np.sqrt(np.mean(plain[:, 1] ** 2))
    states, modes = draw_states(tracks, 0, 200, np.random.default_rng(1))  # cues go on from any bank
    assert STEADY not in modes
    assert np.isfinite(states).all()
    if BOOST in modes:
        assert 0.0 <= states[modes == BOOST, THRUST].min() <= states[modes == BOOST, THRUST].max() < 120.0


@pytest.mark.parametrize("fly", [fly_points, fly_points.py_func])
def test_a_steady_thrust_flies_as_an_integrator_of_general_use_flies_it(fly):
    start = coast_start(30.0, -30.0, 150e3, 4000.0, 70.0, 25.0)
    state = np.concatenate([start, [0.0, STEADY_ZERO + (45.0 - STEADY_MPS2) / STEADY_SCALE_MPS2]])[None]
    out = np.empty_like(state)
    fly(np.ascontiguousarray(state), 20.0, STEADY, standard_air(), out)

    def slope(_, y):
        return np.concatenate([y[3:], acceleration_itrf(y) + 45.0 * y[3:] / (np.linalg.norm(y[3:]) + 1.0)])

    known = solve_ivp(slope, (0.0, 20.0), start, rtol=1e-11, atol=1e-6).y[:, -1]
    np.testing.assert_allclose(out[0, :3], known[:3], atol=1e-2)
    np.testing.assert_allclose(out[0, 3:6], known[3:], atol=1e-3)
    assert out[0, LN_BETA] == state[0, LN_BETA]


def test_laws_that_do_not_exist_are_refused():
    with pytest.raises(UsageError, match="thrust_laws"):
        BoostCoastEntry(thrust_laws=("constant",))


@pytest.mark.parametrize("dt_s", [0.0, 3.0, 200.0])
def test_changes_of_mode_are_probabilities_and_the_three_are_as_they_were(dt_s):
    heights = np.array([50e3, 300e3])
    four, three = BOTH.transition(dt_s, heights), BoostCoastEntry().transition(dt_s, heights)
    np.testing.assert_allclose(four.sum(axis=-1), 1.0, rtol=1e-12)
    assert four.shape == (2, 4, 4)
    assert three.shape == (2, 3, 3)
    for by_infrared in (True, False):
        for height_m in (50e3, 300e3):
            start = BOTH.start_probabilities(by_infrared, height_m)
            assert start.sum() == pytest.approx(1.0)
            assert (start > 0.0).all()
