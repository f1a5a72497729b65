"""Joining tracklets of directions alone: real navigation satellites, drawn high and low ones, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
from tests.catalogue.test_linking import DAY, SECOND, orbit
from tests.data import real_data
from tests.tracking.small_scene import T0_TAI_NS

from vedette.catalogue.direction_linking import attributable_of, link_directions, track_of_directions
from vedette.catalogue.linking import LONGEST_DAYS, link
from vedette.catalogue.tracklets import Tracklet
from vedette.core.errors import UsageError
from vedette.exercise import calibrate_directions
from vedette.formats.cpf import read_cpf
from vedette.frames import EarthOrientation, state_itrf_from_gcrf
from vedette.motion.orbit import OrbitForces, propagate_orbit
from vedette.motion.orbit.world import orbit_world
from vedette.reports import SensorKind
from vedette.sensing import Site, Telescope, tangent_basis


def tracklet_of(name, scope, t, itrf_m, rng):
    """Looks at places, with noise and a constant error."""
    los = np.asarray(scope.measure(itrf_m, t))
    turn = scope.los_sigma_rad * rng.standard_normal((len(t), 2)) + scope.los_bias_sigma_rad * rng.standard_normal(2)
    los = los + np.einsum("nij,ni->nj", tangent_basis(los), turn)
    los /= np.linalg.norm(los, axis=1, keepdims=True)
    values = np.column_stack([los, np.full(len(t), np.nan)])
    sigmas = np.column_stack([np.full((len(t), 3), scope.los_sigma_rad), np.full(len(t), np.nan)])
    return Tracklet(name, scope.name, SensorKind.OPTICAL, t, values, sigmas)


def scope_at(lat_deg, lon_deg):
    return Telescope(Site(lat_deg, lon_deg, 1000.0), los_sigma_urad=5.0, los_bias_sigma_urad=2.0)


def test_a_real_navigation_satellite_is_joined_with_itself_a_day_later():
    """Galileo 212 where its operator's ephemeris has it, seen from two places more than a day apart."""
    told = read_cpf(real_data("tracking", "slr", "galileo212_cpf_180613_6641.esa").read_text(), "galileo")
    rng, seen, truth = np.random.default_rng(4), [], []
    for hours in (6.0, 30.0, 44.0):
        at = int(np.searchsorted(told.t_tai_ns, told.t_tai_ns[0] + round(hours * 3600 * SECOND)))
        near, middle = slice(at - 4, at + 5), int(told.t_tai_ns[at])
        seconds = (told.t_tai_ns[near] - middle) / SECOND
        scale = float(np.abs(seconds).max())
        curve = np.polynomial.chebyshev.chebfit(seconds / scale, told.positions_itrf_m[near], 8)
        t = middle + np.arange(-150, 151, 30, dtype=np.int64) * SECOND
        places = np.polynomial.chebyshev.chebval((t - middle) / SECOND / scale, curve).T
        x, y, z = places[5]
        lat, lon = np.degrees([np.arctan2(z, np.hypot(x, y)), np.arctan2(y, x)])
        scope = scope_at(float(np.clip(lat - 15.0, -60, 60)), float((lon + 190.0) % 360.0 - 180.0))
        seen.append(attributable_of(tracklet_of(f"at {hours:g} h", scope, t, places, rng), scope))
        truth.append(places[5])
    for i, k in ((0, 1), (0, 2), (1, 2)):
        found = link_directions(seen[i], seen[k])
        assert found is not None and found.probability(0.01) > 0.9
        ten_kilometres = 10e3
        assert np.linalg.norm(found.state_itrf[:3] - truth[i]) < ten_kilometres


@pytest.mark.slow
def test_drawn_strangers_of_two_nights_are_joined_with_themselves_alone(monkeypatch):
    monkeypatch.setattr(calibrate_directions, "KINDS", {"ring": 2, "navigation": 1})
    row = calibrate_directions.records(1)
    said = calibrate_directions.summarise([row])
    assert row["pairs"] > said["true"] >= 2
    assert said["joined"] == said["true"] and said["false"] == 0


def test_low_passes_say_an_orbit_and_are_joined_by_it():
    rng, earth, forces = np.random.default_rng(6), EarthOrientation.packaged(), OrbitForces(drag_m2_kg=0.01)
    world = orbit_world(T0_TAI_NS, T0_TAI_NS + 3 * DAY, air=True, low_m=400e3, high_m=1_300e3)
    starts = [orbit(7.15e6 + 6e4 * k, 0.004, 97.0 - 12 * k, 40.0 * k, 80.0, 33.0 * k) for k in range(2)]
    passes = []
    for part, days in (("a", 0.1), ("b", 0.75)):
        for k, start in enumerate(starts):
            t = T0_TAI_NS + round((days + 0.02 * k) * DAY) + 10 * SECOND * np.arange(15, dtype=np.int64)
            states = state_itrf_from_gcrf(t, propagate_orbit(start, T0_TAI_NS, t, forces, world=world), earth)
            x, y, z = states[7, :3]
            scope = scope_at(np.degrees(np.arctan2(z, np.hypot(x, y))) - 3.0, np.degrees(np.arctan2(y, x)) + 2.0)
            one = tracklet_of(f"{part}{k}", scope, t, states, rng)
            assert not attributable_of(one, scope).is_slow
            track = track_of_directions(one, scope)
            off = track.state_itrf - states[7]
            far = np.linalg.norm(states[7, :3] - scope.position_itrf_m(0))
            assert np.linalg.norm(off[:3]) < 0.1 * far
            thirty = 30.0  # of six numbers: one in 25,000
            assert off @ np.linalg.solve(track.cov_itrf, off) < thirty
            passes.append((k, track))
    for k, first in passes[:2]:
        for m, second in passes[2:]:
            found = link(first, second)
            p = 0.0 if found is None else found.probability(0.01)
            assert p > 0.5 if k == m else p < 0.1


def test_what_says_too_little_is_refused():
    scope, rng = scope_at(30.0, 0.0), np.random.default_rng(1)
    t = T0_TAI_NS + 30 * SECOND * np.arange(11, dtype=np.int64)
    still = np.tile(np.array([4.2164e7, 0.0, 0.0, 0.0, 0.0, 0.0]), (11, 1))
    one = tracklet_of("still", scope, t, still, rng)
    seen = attributable_of(one, scope)
    assert seen.is_slow and np.linalg.norm(seen.rate_radps) == pytest.approx(7.29e-5, rel=0.25)  # with the Earth
    with pytest.raises(UsageError, match="three looks"):
        attributable_of(replace(one, t_tai_ns=t[:2]), scope)
    with pytest.raises(UsageError, match="three looks"):
        attributable_of(replace(one, kind=SensorKind.RADAR), scope)
    with pytest.raises(UsageError, match=r"open|no orbit"):
        track_of_directions(tracklet_of("short", scope, t[:5], still[:5], rng), scope)
    with pytest.raises(UsageError, match="earlier"):
        link_directions(seen, replace(seen, t_tai_ns=seen.t_tai_ns - DAY))
    late = replace(seen, t_tai_ns=seen.t_tai_ns + round((LONGEST_DAYS + 1) * DAY))
    assert link_directions(seen, late) is None
