"""The live catalogue: states between knots, exact chances in small looks, real satellites days after their elements."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from benchmarks._sky_population import T0_TAI_NS, population
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data import real_data

from vedette.catalogue.known_kernels import shared_out
from vedette.catalogue.known_objects import KnownSky, state_covs
from vedette.doors.catalogue_files import read_elements, read_positions
from vedette.doors.catalogue_sets import nearest_in_time
from vedette.frames import EarthOrientation, state_itrf_from_teme
from vedette.motion.sgp4 import Sgp4
from vedette.reports import Mode, Region, Scan, SensorKind
from vedette.sensing import Radar, Site, Telescope

T = T0_TAI_NS + 17 * 10**9
RADAR = Radar(
    Site(50.0, 10.0, 100.0), range_sigma_m=30.0, angle_sigma_deg=0.03, range_max_km=5000.0, elevation_min_deg=3.0,
    name="r",
)  # fmt: skip
TWENTY_METRES = 20.0  # a cubic over a minute at the perigee of a transfer orbit; elements are good to hundreds


@pytest.fixture(scope="module")
def sky():
    return KnownSky(population(3_000, 5))


def scan_of(values, t=T, sensor=RADAR):
    values = np.atleast_2d(values)
    sigmas = np.where(np.isfinite(values), np.nan_to_num(sensor.sigmas, nan=1.0), np.nan)
    return Scan("r", SensorKind.RADAR, Mode.TEST, t, np.full(len(values), t), values, sigmas)


def measured(states, rng, t=T):
    values = RADAR.measure(states, t)
    values[:, 3] = np.nan
    return values + np.nan_to_num(RADAR.sigmas) * rng.standard_normal(values.shape)


def test_between_two_minutes_the_states_are_sgp4s(sky):
    for t in (T, T + 13 * 10**9, T + 59 * 10**9):
        states = sky.table.states_itrf(t)
        components, _ = Sgp4.of(sky.sets).components_teme(np.array([t]))
        right = state_itrf_from_teme(t, np.concatenate(components, axis=1), EarthOrientation.packaged())
        off = np.linalg.norm((states - right)[:, :3], axis=1)
        assert off.max() < TWENTY_METRES and np.median(off) < 0.3
        assert np.linalg.norm((states - right)[:, 3:], axis=1).max() < 3.0  # SGP4's speed is not its place's slope


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_chances_in_a_look_are_those_of_counting_every_assignment(detections, objects, seed):
    """Exact where pairs form no loop; within a hundredth of it in the small loops that a look has."""
    rng = np.random.default_rng(seed)
    weights = np.exp(rng.normal(0.0, 2.0, (detections, objects))) * (rng.random((detections, objects)) < 0.6)
    j, i = np.nonzero(weights)
    total, chance = 0.0, np.zeros((detections, objects))
    for way in product(range(-1, objects), repeat=detections):
        used = [one for one in way if one >= 0]
        if len(set(used)) < len(used):
            continue
        worth = np.prod([weights[d, one] for d, one in enumerate(way) if one >= 0])
        total += worth
        for d, one in enumerate(way):
            if one >= 0:
                chance[d, one] += worth
    out = np.empty(len(j))
    shared_out(j, i, weights[j, i], detections, objects, 200, out)
    has_loop = len(j) >= 4 and len(j) >= len(set(j.tolist())) + len(set(i.tolist()))
    np.testing.assert_allclose(out, (chance / total)[j, i], atol=0.08 if has_loop else 1e-5)


def test_known_objects_are_named_and_new_ones_are_called_new(sky):
    rng = np.random.default_rng(2)
    states = sky.table.states_itrf(T)
    rows = np.flatnonzero(RADAR.is_visible(states, T))
    sigmas_m = sky.table.segment(T)[0].sigmas_m[rows]
    spread = np.linalg.cholesky(state_covs(states[rows], sigmas_m))
    truth = states[rows] + np.einsum("nij,nj->ni", spread, rng.standard_normal((len(rows), 6)))
    said = sky.correlate(scan_of(measured(truth, rng)), RADAR)
    assert len(rows) > 80
    held = np.mean([row in said.sure_set(k) for k, row in enumerate(rows.tolist())])
    assert held >= 0.995 and np.mean(said.p_known > 0.5) >= 0.995
    others = KnownSky(population(3_000, 6)).table.states_itrf(T)
    others = others[RADAR.is_visible(others, T)]
    said = sky.correlate(scan_of(measured(others, rng)), RADAR)
    assert np.mean(said.p_known > 0.5) < 0.02


def test_two_that_are_docked_are_told_together_and_the_likelihood_shared(sky):
    states = sky.table.states_itrf(T)
    row = int(np.flatnonzero(RADAR.is_visible(states, T))[0])
    pair = KnownSky(replace(sky.sets.take(np.array([row, row, *range(50)])), number=np.arange(52)))
    said = pair.correlate(scan_of(measured(states[row : row + 1], np.random.default_rng(1))), RADAR)
    rows, chances = said.of(0)
    assert set(rows[:2].tolist()) == {0, 1} and set(said.sure_set(0).tolist()) >= {0, 1}
    assert chances[0] == pytest.approx(chances[1], rel=1e-6) and said.p_known[0] > 0.99


def test_a_look_says_nothing_of_objects_behind_the_earth_or_out_of_its_box(sky):
    everything = sky.predicted(T, RADAR, None)
    north = sky.predicted(T, RADAR, Region(-0.3, 0.3, 0.1, 0.5, 0.0, 2e6))
    assert 0 < len(north) < len(everything) < len(sky)
    states = sky.table.states_itrf(T)
    inside = {sky.ids[i] for i in np.flatnonzero(RADAR.is_visible(states, T))}
    good = {name for name, one in zip(sky.ids, sky.is_decaying, strict=True) if not one}
    assert inside & good <= set(everything.ids)  # none that could be seen is left out
    for row in np.flatnonzero(sky.decays_there(np.arange(len(sky)), T)).tolist():
        assert sky.ids[row] not in everything.ids


def test_a_long_ellipse_that_dips_into_the_air_decays_only_where_it_is_low(sky):
    sets = sky.sets.take(np.arange(2))
    axis_er = 24_500.0 / 6_378.135
    sets = replace(
        sets, eccentricity=np.full(2, 1.0 - 6_538.135 / 24_500.0), mean_anomaly_rad=np.array([np.pi, 0.0]),
        mean_motion_radpmin=np.full(2, 0.0743669161 * axis_er**-1.5), t_epoch_tai_ns=np.full(2, T),
    )  # fmt: skip
    ellipse = KnownSky(sets)  # 160 km at its lowest: one at its highest, one at its lowest
    assert ellipse.is_decaying.all()
    assert ellipse.decays_there(np.arange(2), T).tolist() == [False, True]


def test_elements_of_years_ago_name_nothing():
    old = KnownSky(population(3_000, 5))
    later = T + 400 * 86_400 * 10**9
    states = old.table.states_itrf(later)
    rows = np.flatnonzero(np.isfinite(states[:, 0]))
    rows = rows[RADAR.is_visible(states[rows], later)][:20]
    said = old.correlate(scan_of(measured(states[rows], np.random.default_rng(1), later), later), RADAR)
    assert len(rows) and not said.p_known.any() and (said.best == -1).all()
    assert not len(old.predicted(later, RADAR, None))


def test_navigation_satellites_twelve_days_after_their_elements_are_named_by_single_looks():
    """136 precise orbits against the public catalogue: a radar that reaches so far, and a telescope by angles alone."""
    names, places, times = read_positions(real_data("tracking", "sp3", "gnss136_20240220.sp3"), "GPS")
    sets, _ = read_elements(real_data("catalogue", "snapshots", "20240208.tle.gz"))
    k, t = 0, int(times[0])
    sky = KnownSky(nearest_in_time(sets, t))
    far = replace(RADAR, range_max_km=60_000.0, elevation_min_deg=10.0, angle_sigma_deg=0.002, azimuth_sigma_deg=None,
                  elevation_sigma_deg=None)  # fmt: skip
    scope = Telescope(far.site, los_sigma_urad=10.0, name="t")
    is_gnss = np.array([name[0] in "GREC" for name in names])
    named = {"radar": [], "telescope": []}
    for lat, lon in ((50.0, 10.0), (-30.0, 150.0), (35.0, -110.0)):
        radar = replace(far, site=Site(lat, lon, 0.0), angle_sigma_deg=0.002)
        states = np.concatenate([places[:, k], np.zeros((len(places), 3))], axis=1)
        rows = np.flatnonzero(np.isfinite(places[:, k, 0]) & is_gnss & radar.is_visible(np.nan_to_num(states), t))
        values = radar.measure(states[rows], t)
        values[:, 3] = np.nan
        said = sky.correlate(scan_of(values, t, radar), radar)
        named["radar"] += [known > 0.5 for known in said.p_known]
        los = places[rows, k] - radar.position_itrf_m(t)
        los /= np.linalg.norm(los, axis=1, keepdims=True)
        sight = replace(scope, site=radar.site)
        look = Scan(
            "t", SensorKind.OPTICAL, Mode.TEST, t, np.full(len(rows), t),
            np.column_stack([los, np.full(len(rows), 9.0)]),
            np.column_stack([np.full((len(rows), 3), 1e-5), np.full(len(rows), 0.3)]),
        )  # fmt: skip
        angles = sky.correlate(look, sight)
        named["telescope"] += [
            bool(p > 0.5 and b in said.sure_set(i))
            for i, (p, b) in enumerate(zip(angles.p_known, angles.best, strict=True))
        ]  # fmt: skip
    assert len(named["radar"]) > 80
    assert np.mean(named["radar"]) >= 0.95  # what is missed had manoeuvred since, or was not in that catalogue
    assert np.mean(named["telescope"]) >= 0.93
