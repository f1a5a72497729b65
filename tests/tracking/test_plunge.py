"""Trial orbits that dive: two-body times judged by the integrator, and nonsense answered at once."""

import numpy as np
import pytest
from tests.tracking.geos3 import KAENA, looks_of

from vedette.assessment.orbit_assessment import assess_orbit
from vedette.frames import EarthOrientation
from vedette.motion.propagate import coast_track
from vedette.tracking.profile.plunge import DEPTH_RADIUS_M, plunges, plunges_kernel

FALLS = {
    "dropped": [7.0e6, 0, 0, 0, 0, 0],
    "thrown up": [6.5e6, 0, 1e5, 3_000.0, 500.0, 0],
    "going down": [8e6, 1e6, 0, -4_000.0, 1_000.0, 500.0],
    "long arc": [6.4e6, 0, 0, 4_500.0, 0, 4_500.0],
}


@pytest.mark.parametrize("name", FALLS)
@pytest.mark.parametrize("sign", [1, -1])
def test_the_dive_is_foretold_within_a_few_seconds_either_way_in_time(name, sign):
    state = np.array(FALLS[name], dtype=float)
    t_s, step_s = 0.0, 5.0
    while np.linalg.norm(state[:3]) > DEPTH_RADIUS_M:  # step by step: nobody should integrate to the centre
        state = coast_track(state, np.array([sign * step_s]))[0]
        t_s += step_s
        assert t_s < 6_000.0, "this one does not dive"
    start = np.array(FALLS[name], dtype=float)
    half_a_minute = 30.0  # J2, which two-body motion lacks, moves the dive by some seconds
    assert not plunges(start, sign * (t_s - half_a_minute)) and plunges(start, sign * (t_s + half_a_minute))


def test_orbits_and_escapes_do_not_dive_and_nonsense_does():
    low_orbit = [6.7e6, 0, 0, 0, 7_200.0, 0]
    assert not plunges(low_orbit, 1e9) and not plunges(low_orbit, -1e9)
    assert not plunges([7e6, 0, 0, 12_000.0, 0, 0], 1e6) and plunges([7e6, 0, 0, 12_000.0, 0, 0], -1e6)
    assert plunges([7e6, 0, 0, np.nan, 0, 0], 1.0) and plunges([5e6, 0, 0, 0, 0, 0], 1.0)
    assert plunges([7e6, 0, 0, 0, 40e3, 0], 1.0) and plunges([2e9, 0, 0, 0, 0, 0], 1.0)


def test_the_compiled_judgement_is_the_plain_one():
    rng = np.random.default_rng(3)
    places = rng.normal(size=(3_000, 3)) * rng.choice([2e6, 5e6, 2e7], 3_000)[:, None]
    speeds = rng.normal(size=(3_000, 3)) * rng.choice([1e3, 5e3, 1e4], 3_000)[:, None]
    spans_s = rng.normal(size=3_000) * 2_000.0
    found = [plunges(state, span) for state, span in zip(np.hstack([places, speeds]), spans_s, strict=True)]
    plain = [plunges_kernel.py_func(*one) for one in zip(np.hstack([places, speeds]), spans_s, strict=True)]
    assert found == plain and 300 < sum(found) < 2_700


@pytest.mark.parametrize("kind", ["noise", "hovering", "straight up", "beside the radar", "bent"])
def test_looks_of_no_orbit_are_never_an_orbit(kind):
    """Every one is answered; before trial orbits were checked, one of these took four minutes."""
    table, rng = EarthOrientation.packaged(), np.random.default_rng(list(kind.encode()))
    for _ in range(8):
        n = int(rng.integers(6, 30))
        t_tai_ns = np.sort(rng.choice(600, n, replace=False)) * 10**9
        share = np.linspace(0, 1, n)
        azimuth, elevation, range_m = {
            "noise": (rng.uniform(0, 6, n), rng.uniform(0, 1.5, n), rng.uniform(1e3, 3e6, n)),
            "hovering": (np.full(n, 1.0), np.full(n, 0.5), np.full(n, 1e6)),
            "straight up": (np.full(n, 1.0), np.full(n, np.pi / 2), 1e5 + 8e5 * share),
            "beside the radar": (rng.uniform(0, 0.01, n), rng.uniform(0, 0.01, n), np.full(n, 100.0)),
            "bent": (share, 0.1 + 0.4 * share, 2e6 - 1e6 * share**2),
        }[kind]
        answer = assess_orbit(looks_of(KAENA, t_tai_ns, azimuth, elevation, range_m), {}, table)
        assert answer is None or not answer.is_orbit
