"""Cues: volumes that hold what they promise, beams without holes, times that are those of the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from tests.tracking.small_scene import T0_TAI_NS, coast_start, coasting

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, UsageError
from vedette.exercise.calibrate_cues import records
from vedette.motion.boost import fly_boost
from vedette.motion.flight_classes import nominal_boost, vehicle
from vedette.sensing import Infrared, Radar, Site
from vedette.sensing.orbits import Geostationary
from vedette.tracking import cue
from vedette.tracking.cueing.flown_samples import fly_drawn, fly_samples
from vedette.tracking.cueing.search_volume import beam_of, in_field, search_volume, sky_from_itrf
from vedette.tracking.kernels.flight_kernel import BOOST
from vedette.tracking.motions import BoostCoastEntry


class Belief:
    """As much of `Tracks` as a cue reads: Gaussian states, as a tracker of many objects gives them."""

    t_tai_ns = T0_TAI_NS

    def __init__(self, state_itrf, sigmas):
        self.states_itrf = np.asarray(state_itrf)[None]
        self.state_covs_itrf = np.diag(np.repeat(sigmas, 3).astype(float) ** 2)[None]
        self.ids = ("Tone",)

    def __len__(self):
        return 1


START = coast_start(30.0, -30.0, 120e3, 3500.0, 100.0, 40.0)
SOUTH = Radar(Site(26.0, -14.0), 30.0, 0.1, elevation_min_deg=3.0, range_max_km=2500.0, name="south", revisit_s=8.0)


def cloud(spread_m, count=1500, seed=0):
    """Places about a point 800 km from the radar, at rest."""
    rng = np.random.default_rng(seed)
    middle = coasting(START, [200.0])[0]
    states = np.zeros((count, 6))
    states[:, :3] = middle[:3] + spread_m * rng.standard_normal((count, 3)) * [1.0, 0.3, 2.0]
    return states


def test_box_and_ellipsoid_hold_the_share_of_the_draws_that_was_asked_for():
    states = cloud(20e3)
    for probability in (0.9, 0.99):
        volume = search_volume(SOUTH, states, np.zeros(len(states), bool), T0_TAI_NS, probability=probability)
        box, ellipsoid = volume.holds(states[:, :3], SOUTH)
        assert probability <= np.mean(box) < probability + 0.006
        assert np.mean(ellipsoid) == pytest.approx(probability, abs=1e-3)


def test_a_truth_drawn_like_the_belief_is_inside_as_often_as_stated():
    # flights that coast for four minutes, drawn from the belief itself: only the volume can be at fault
    belief = Belief(START, (2e3, 40.0))
    rng = np.random.default_rng(5)
    root = np.linalg.cholesky(belief.state_covs_itrf[0])
    truths = coasting_many(START + rng.standard_normal((400, 6)) @ root.T, 240.0)
    flown = fly_samples(belief, 0, np.array([240.0]), 1000, np.random.default_rng(1))
    t = T0_TAI_NS + 240 * NS_PER_S
    box, ellipsoid = search_volume(SOUTH, flown.states_itrf[0], flown.is_burning[0], t).holds(truths, SOUTH)
    for inside in (box, ellipsoid):
        assert binom.ppf(1e-4, 400, 0.98) <= np.count_nonzero(inside) <= binom.ppf(1 - 1e-4, 400, 0.997)


def coasting_many(states, after_s):
    from vedette.motion.propagate import propagate_coast

    return propagate_coast(states, after_s)[:, :3]


@settings(max_examples=15, deadline=None)
@given(st.floats(1e3, 80e3), st.floats(0.3, 3.0), st.integers(0, 50))
def test_beams_leave_no_hole(spread_m, width_deg, seed):
    states = cloud(spread_m, count=400, seed=seed)
    still = np.zeros(len(states), bool)
    volume = search_volume(SOUTH, states, still, T0_TAI_NS, beam_width_rad=np.radians(width_deg))
    beams = volume.beams
    sky = sky_from_itrf(SOUTH, states[:, :3], T0_TAI_NS)
    box, _ = volume.holds(states[:, :3], SOUTH)
    for azimuth, elevation, _ in sky[box & in_field(SOUTH, states, still, T0_TAI_NS)]:
        turn = (beams.azimuth_rad - azimuth + np.pi) % (2 * np.pi) - np.pi
        # rows of a lattice follow the cosine of their own elevation: a hair more than half a beam
        assert np.min(np.hypot(turn * np.cos(elevation), beams.elevation_rad - elevation)) <= 0.52 * beams.width_rad
    assert np.sum(beams.share) <= 1.0 + 1e-9
    assert np.all(np.diff(beams.share) <= 1e-12)


def test_a_volume_across_north_is_a_narrow_one():
    north = Radar(Site(20.0, -25.0), 30.0, 0.1, name="north-looker")
    states = np.zeros((800, 6))
    middle = coast_start(28.0, -25.0, 300e3, 100.0, 0.0, 0.0)[:3]
    states[:, :3] = middle + 20e3 * np.random.default_rng(0).standard_normal((800, 3))
    volume = search_volume(north, states, np.zeros(800, bool), T0_TAI_NS)
    assert volume.azimuth_min_rad > volume.azimuth_max_rad
    assert (volume.azimuth_max_rad - volume.azimuth_min_rad) % (2 * np.pi) < np.radians(15.0)
    assert np.mean(volume.holds(states[:, :3], north)[0]) >= 0.99


def test_rise_and_set_are_those_of_the_truth_where_the_belief_is_sharp():
    (one,) = cue(Belief(START, (10.0, 0.1)), [SOUTH], horizon_s=900.0, step_s=5.0, samples=200)
    times = np.arange(0.0, 900.0, 1.0)
    seen = np.array([bool(in_field(SOUTH, state[None], np.array([False]), 0)[0]) for state in coasting(START, times)])
    rise_s, set_s = times[np.argmax(seen)], times[len(seen) - 1 - np.argmax(seen[::-1])]
    assert one.appears_probability > 0.99
    assert (one.rise_tai_ns - T0_TAI_NS) / NS_PER_S == pytest.approx(rise_s, abs=6.0)  # a step and a second
    assert (one.set_tai_ns - T0_TAI_NS) / NS_PER_S == pytest.approx(set_s, abs=6.0)
    assert one.rise_tai_ns <= one.best_tai_ns <= one.set_tai_ns


def test_volumes_grow_with_time_and_the_same_question_gets_the_same_cue():
    belief = Belief(START, (2e3, 40.0))
    (one,), (again,) = (cue(belief, [SOUTH], horizon_s=400.0, step_s=20.0, samples=400) for _ in range(2))
    sizes = [volume.ellipsoid_volume_m3 for volume in one.volumes]
    assert sizes[-1] > 3.0 * sizes[0]
    assert [v.range_max_m for v in one.volumes] == [v.range_max_m for v in again.volumes]
    assert one.volumes[0].beams.cover_s <= one.volumes[-1].beams.cover_s


def test_an_infrared_watcher_is_cued_to_flames_only():
    watcher = Infrared(Geostationary(-20.0), 25.0, name="eye")
    satellite = coast_start(0.0, -30.0, 1400e3, 6700.0, 60.0, 0.0)  # no class pauses between its stages up there
    (one,) = cue(Belief(satellite, (2e3, 40.0)), [watcher], horizon_s=120.0, samples=200)
    assert one.rise_tai_ns is None and one.volumes == ()
    with pytest.raises(NotFoundError, match="does not appear"):
        one.volume_at(T0_TAI_NS)


@pytest.mark.parametrize("name", ["short-range-liquid", "medium-range-solid", "intercontinental-solid"])
def test_what_may_still_burn_holds_what_the_class_goes_on_to_do(name):
    one = vehicle(name)
    parameters = nominal_boost(one, lat_rad=0.5, lon_rad=0.0, azimuth_rad=0.8)
    first = one.stages[0]
    t0 = 0.6 * first.burn_s
    now, later = fly_boost(parameters, np.array([t0, one.burnout_s + 30.0]))[0]
    push = first.a0_mps2 / (1.0 - first.flow_per_s * t0)
    rng = np.random.default_rng(2)
    states = np.tile(np.concatenate([now, [push, 8.0]]), (600, 1))
    states[:, 3:6] += 15.0 * rng.standard_normal((600, 3))
    ahead = np.array([one.burnout_s + 30.0 - t0])
    flown = fly_drawn(states, np.full(600, BOOST), T0_TAI_NS, ahead, BoostCoastEntry(), rng).states_itrf[0]
    speed = np.linalg.norm(flown[np.isfinite(flown[:, 0]), 3:], axis=1)
    # an exponential end of thrust would put the last burnout of three stages far out in the tail
    assert np.quantile(speed, 0.02) < np.linalg.norm(later[3:]) < np.quantile(speed, 0.98)


def test_the_beam_follows_from_the_radars_figures():
    width, dwell_s = beam_of(SOUTH)
    assert width == pytest.approx(10.0 * np.radians(0.1))  # Skolnik: width over 1.6 sqrt(2 S/N) at 13 dB
    assert dwell_s >= 2.0 * 2500e3 / 3e8
    assert beam_of(SOUTH, 0.1, 0.5) == (0.1, 0.5)


def test_the_trackers_own_tracks_are_cued_to_where_the_truth_appears():
    """The short form; `./run calibrate cues --seeds 1000` is the proof, quoted in docs/accuracy.md."""
    found = [item for seed in (7, 8) for item in records(seed)]
    assert len(found) >= 4
    assert np.count_nonzero([item["box"] for item in found]) >= binom.ppf(1e-3, len(found), 0.98)


def test_bad_questions_get_a_sentence():
    belief = Belief(START, (2e3, 40.0))
    with pytest.raises(NotFoundError, match="Tone"):
        cue(belief, [SOUTH], track_id="Ttwo")
    with pytest.raises(UsageError, match="samples"):
        cue(belief, [SOUTH], samples=10)
    with pytest.raises(UsageError, match="probability"):
        cue(belief, [SOUTH], probability=1.0)
    with pytest.raises(UsageError, match="beam width"):
        cue(belief, [SOUTH], beam_width_deg=-1.0, horizon_s=20.0, samples=200)
