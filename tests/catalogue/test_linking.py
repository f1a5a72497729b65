"""Joining two passes: orbits flown by other forces are joined, others are not, and what a pass says is honest."""

import numpy as np
import pytest
from tests.tracking.small_scene import T0_TAI_NS

from vedette.catalogue.linking import LONGEST_DAYS, Track, _elements, link, track_of
from vedette.catalogue.tracklets import Tracklet
from vedette.core.constants import EARTH_SPIN_RADPS
from vedette.core.errors import UsageError
from vedette.frames import EarthOrientation, state_itrf_from_gcrf
from vedette.motion.kepler import propagate_kepler
from vedette.motion.orbit.propagate import propagate_orbit
from vedette.motion.orbit.settings import OrbitForces
from vedette.motion.orbit.world import orbit_world
from vedette.reports import SensorKind
from vedette.sensing import Radar, Site

SECOND = 10**9
DAY = 86_400 * SECOND


def orbit(a_m, e, i_deg, node_deg, perigee_deg, anomaly_deg):
    """A gcrf state, from the textbook."""
    i, node, arg, f = np.radians([i_deg, node_deg, perigee_deg, anomaly_deg])
    p = a_m * (1.0 - e * e)
    r = p / (1.0 + e * np.cos(f)) * np.array([np.cos(f), np.sin(f), 0.0])
    v = np.sqrt(3.986004418e14 / p) * np.array([-np.sin(f), e + np.cos(f), 0.0])
    c, s = np.cos, np.sin
    turn = np.array([
        [c(node) * c(arg) - s(node) * s(arg) * c(i), -c(node) * s(arg) - s(node) * c(arg) * c(i), s(node) * s(i)],
        [s(node) * c(arg) + c(node) * s(arg) * c(i), -s(node) * s(arg) + c(node) * c(arg) * c(i), -c(node) * s(i)],
        [s(arg) * s(i), c(arg) * s(i), c(i)],
    ])  # fmt: skip
    return np.concatenate([turn @ r, turn @ v])


@pytest.fixture(scope="module")
def world():
    return orbit_world(T0_TAI_NS, T0_TAI_NS + 7 * DAY, air=True, low_m=400e3, high_m=1_200e3)


def a_track(name, start, t_tai_ns, rng, world):
    """Three minutes of a radar that stands under the orbit just then."""
    earth, forces = EarthOrientation.packaged(), OrbitForces(drag_m2_kg=0.01)
    times = t_tai_ns + 10 * SECOND * np.arange(19, dtype=np.int64)
    states = state_itrf_from_gcrf(times, propagate_orbit(start, T0_TAI_NS, times, forces, world=world), earth)
    x, y, z = states[9, :3]
    site = Site(float(np.degrees(np.arctan2(z, np.hypot(x, y)))) - 4.0, float(np.degrees(np.arctan2(y, x))) + 3.0, 0.0)
    radar = Radar(site, range_sigma_m=30.0, angle_sigma_deg=0.05, angle_bias_sigma_deg=0.02, range_bias_sigma_m=15.0)
    ideal = np.stack([radar.measure(s, int(t)) for s, t in zip(states, times, strict=True)])
    sigmas = np.broadcast_to(radar.sigmas, ideal.shape)
    bias = np.nan_to_num(radar.bias_sigmas) * rng.standard_normal(4)
    values = np.where(np.isnan(sigmas), np.nan, ideal + bias + sigmas * rng.standard_normal(ideal.shape))
    return track_of(Tracklet(name, "r", SensorKind.RADAR, times, values, sigmas.copy()), radar), states[9]


def test_a_pass_says_its_state_as_well_as_it_claims(world):
    rng, scores = np.random.default_rng(3), []
    for k in range(12):
        start = orbit(7.1e6 + 2e4 * k, 0.004, 40.0 + 5 * k, 30.0 * k, 50.0, 20.0 * k)
        track, truth = a_track("t", start, T0_TAI_NS + k * 600 * SECOND, rng, world)
        off = track.state_itrf - truth
        scores.append(float(off @ np.linalg.solve(track.cov_itrf, off)))
    assert 3.0 < np.mean(scores) < 10.0  # six, within five of its own sigmas of the mean of twelve


def test_two_passes_days_apart_are_joined_and_those_of_two_objects_are_not(world):
    rng = np.random.default_rng(8)
    orbits = [orbit(6.95e6 + 3.7e4 * k, 0.003, 97.0 - 6 * k, 40.0 * k, 80.0, 33.0 * k) for k in range(5)]
    first = [a_track(f"a{k}", one, T0_TAI_NS + 3600 * SECOND, rng, world)[0] for k, one in enumerate(orbits)]
    days = (0.4, 1.7, 3.1, 4.6, 5.9)
    second = [a_track(f"b{k}", one, T0_TAI_NS + round(d * DAY), rng, world)[0]
              for k, (one, d) in enumerate(zip(orbits, days, strict=True))]  # fmt: skip
    for i, a in enumerate(first):
        for k, b in enumerate(second):
            found = link(a, b)
            if i == k:
                assert found is not None and found.chi2 < 25.0 and found.probability(0.01) > 0.9
            else:
                assert found is None or found.probability(0.01) < 0.01


def test_the_elements_of_an_orbit_without_disturbance_stay_and_its_longitude_runs_evenly():
    start = orbit(7.3e6, 0.02, 63.0, 20.0, 70.0, 10.0)
    spin = np.array([0.0, 0.0, EARTH_SPIN_RADPS])

    def elements(t_s):
        state = propagate_kepler(start, t_s)
        return _elements(np.concatenate([state[:3], state[3:] - np.cross(spin, state[:3])]))

    motion = np.sqrt(3.986004418e14 / 7.3e6**3)
    for t_s in (100.0, 1234.0, 5000.0):
        before, after = elements(0.0), elements(t_s)
        np.testing.assert_allclose(after[:5], before[:5], rtol=1e-9, atol=1e-9)
        ran = (after[5] - before[5] - motion * t_s + np.pi) % (2.0 * np.pi) - np.pi
        assert abs(ran) < 1e-8


def test_what_cannot_be_joined_is_said():
    track = Track("a", T0_TAI_NS, np.zeros(6), np.eye(6))
    with pytest.raises(UsageError, match="earlier"):
        link(track, Track("b", T0_TAI_NS - DAY, np.zeros(6), np.eye(6)))
    assert link(track, Track("b", T0_TAI_NS + round((LONGEST_DAYS + 1) * DAY), np.zeros(6), np.eye(6))) is None
    blind = Tracklet("x", "r", SensorKind.RADAR, np.arange(3), np.full((3, 4), np.nan), np.ones((3, 4)))
    with pytest.raises(UsageError, match="azimuth, elevation and range"):
        track_of(blind, Radar(Site(0.0, 0.0, 0.0), range_sigma_m=1.0, angle_sigma_deg=0.1))
