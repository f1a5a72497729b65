"""The compiled fit against truth, against its own covariance, and against the plain estimator."""

from dataclasses import replace

import numpy as np
import pytest

from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.estimation import fit
from vedette.frames import azel_range_from_enu
from vedette.motion.orbit import OrbitForces, positions_itrf_from_gcrf, propagate_orbit, world_for
from vedette.motion.orbit.batch import POSITION, RADAR, Looks, fit_orbit, station_rows
from vedette.time import tai_ns_from_utc_text

T0 = tai_ns_from_utc_text("2025-04-15T00:00:00Z")
HOUR = 3600 * NS_PER_S
TRUTH = np.array([7_158e3, 0.0, 0.0, 0.0, 2_056.0, 7_172.0])
OFF = np.array([1e3, -1e3, 1e3, 1.0, -1.0, 1.0])
FORCES = OrbitForces.gravity_only(12)
STATIONS = station_rows(
    np.radians([39.1, 54.4, -31.0, 12.9]), np.radians([-121.3, -0.7, 136.8, 77.6]), np.array([115.0, 260.0, 150.0, 9e2])
)
SIGMAS = np.array([np.radians(0.015), np.radians(0.015), 20.0])
WORLD = world_for(FORCES, TRUTH, (T0, T0 + 24 * HOUR))


def predicted(state: np.ndarray, t: np.ndarray, station: np.ndarray, forces: OrbitForces = FORCES) -> np.ndarray:
    """Azimuth, elevation and range by the plain way."""
    states = propagate_orbit(state, T0, t, forces, world=WORLD, tolerance=1e-12)
    places = positions_itrf_from_gcrf(WORLD.seconds(t), states[:, :3], WORLD.knots)
    rows = STATIONS[station]
    enu = np.einsum("nij,nj->ni", rows[:, :, :3], places - rows[:, :, 3])
    return np.stack(azel_range_from_enu(enu), axis=-1)


def radar_looks(count: int, seed: int, hours: float = 12.0) -> Looks:
    """Looks above ten degrees, with noise."""
    rng = np.random.default_rng(seed)
    grid = T0 + np.arange(0, int(hours * 3600), 20, dtype=np.int64) * NS_PER_S
    t, station = np.repeat(grid, 4), np.tile(np.arange(4), len(grid))
    values = predicted(TRUTH, t, station)
    up = np.flatnonzero(values[:, 1] > np.radians(10.0))
    chosen = up[np.linspace(0, len(up) - 1, count).astype(int)]
    noisy = values[chosen] + rng.normal(size=(count, 3)) * SIGMAS
    sigmas = np.tile(SIGMAS, (count, 1))
    return Looks(t[chosen], np.full(count, RADAR), noisy, sigmas, station[chosen], STATIONS)


def test_the_error_is_what_the_covariance_says():
    sizes = []
    for seed in range(20):
        looks = radar_looks(40, seed)
        found = fit_orbit(looks, T0, TRUTH + OFF, FORCES, world=WORLD)
        assert found.has_converged and found.is_used.all()
        away = found.state_gcrf - TRUTH
        sizes.append(away @ np.linalg.solve(found.cov, away))
    # 120 degrees of freedom: chi-square within 63 and 199 but for one time in a million each side
    assert 63.0 < sum(sizes) < 199.0


def test_the_plain_estimator_finds_the_same():
    looks = radar_looks(25, 3)
    quick = fit_orbit(looks, T0, TRUTH + OFF, FORCES, world=WORLD, edit_sigma=np.inf)

    def residual(x):
        off = looks.values - predicted(x, looks.t_tai_ns, looks.station)
        off[:, 0] = (off[:, 0] + np.pi) % (2.0 * np.pi) - np.pi
        return (off / SIGMAS).reshape(-1)

    steps = np.array([10.0] * 3 + [0.01] * 3)
    plain = fit(residual, quick.state_gcrf + 0.01 * OFF, step=steps)
    sigma = np.sqrt(np.diag(quick.cov))
    two_percent_of_a_sigma = 0.02
    assert np.abs((quick.state_gcrf - plain.mean[0]) / sigma).max() < two_percent_of_a_sigma
    assert np.allclose(np.sqrt(np.diag(plain.cov[0])), sigma, rtol=1e-3)
    assert quick.cost == pytest.approx(plain.cost[0], abs=0.02)


def test_wild_looks_are_set_aside_and_no_other():
    looks = radar_looks(60, 5)
    values = looks.values.copy()
    wild = np.array([4, 17, 18, 33, 50])
    values[wild, 2] += np.array([2e3, -5e3, 9e3, 1e3, 3e4])
    values[33, 0] += 0.05
    found = fit_orbit(replace(looks, values=values), T0, TRUTH + OFF, FORCES, world=WORLD)
    assert found.has_converged
    assert np.array_equal(np.flatnonzero(~found.is_used), wild)
    assert found.degrees_of_freedom == 3 * 55 - 6


def test_a_start_far_off_and_values_not_measured():
    looks = radar_looks(60, 6)
    values = looks.values.copy()
    values[::2, :2] = np.nan  # ranges alone
    found = fit_orbit(replace(looks, values=values), T0, TRUTH + 10.0 * OFF, FORCES, world=WORLD)
    assert found.has_converged and found.degrees_of_freedom == 3 * 60 - 60 - 6
    five_sigma = 5.0
    assert np.all(np.abs(found.state_gcrf - TRUTH) < five_sigma * np.sqrt(np.diag(found.cov)))


def test_positions_on_both_sides_of_the_epoch_give_the_drag():
    low = np.array([6_798e3, 0.0, 0.0, 0.0, 4_800.0, 6_000.0])
    forces = OrbitForces(8, sun=False, moon=False, tides=False, relativity=False, drag_m2_kg=0.02)
    world = world_for(forces, low, (T0 - 12 * HOUR, T0 + 12 * HOUR))
    rng = np.random.default_rng(2)
    t = T0 + rng.permutation(np.linspace(-12 * HOUR, 12 * HOUR, 50).astype(np.int64))
    states = propagate_orbit(low, T0, t, forces, world=world)
    places = positions_itrf_from_gcrf(world.seconds(t), states[:, :3], world.knots)
    noisy = places + rng.normal(0.0, 10.0, places.shape)
    looks = Looks(t, np.full(50, POSITION), noisy, np.full((50, 3), 10.0), np.zeros(50, dtype=int), STATIONS)
    guess = forces.with_values(drag=0.01)
    found = fit_orbit(looks, T0, low + 0.1 * OFF, guess, ("drag",), world=world)
    sigma = np.sqrt(np.diag(found.cov))
    assert found.has_converged and found.cov.shape == (7, 7)
    assert abs(found.parameters[0] - 0.02) < 5.0 * sigma[6] < 0.001
    held = fit_orbit(
        looks, T0, low, guess, ("drag",), world=world, prior_cov=np.diag([1e8] * 3 + [1e2] * 3 + [1e-16])
    )
    assert held.parameters[0] == pytest.approx(0.01, abs=1e-4)  # a prior of 1e-8 is believed


def test_a_fit_that_cannot_be_says_why():
    looks = radar_looks(40, 1)
    one = Looks(
        looks.t_tai_ns[:1], looks.kind[:1], looks.values[:1], looks.sigmas[:1], looks.station[:1], looks.stations_itrf
    )
    found = fit_orbit(one, T0, TRUTH, FORCES, world=WORLD)
    assert not found.has_converged and "too few looks" in found.sentence
    into_the_ground = np.array([6_378e3, 0.0, 0.0, -7_000.0, 0.0, 1.0])
    assert not fit_orbit(looks, T0, into_the_ground, FORCES, world=WORLD).has_converged
    with pytest.raises(UsageError, match="without looks"):
        columns = (getattr(looks, name)[:0] for name in ("t_tai_ns", "kind", "values", "sigmas", "station"))
        fit_orbit(Looks(*columns, STATIONS), T0, TRUTH, FORCES, world=WORLD)
    with pytest.raises(UsageError, match="sigma"):
        replace(looks, sigmas=-looks.sigmas)
    with pytest.raises(UsageError, match="station"):
        replace(looks, station=looks.station + 9)
    with pytest.raises(UsageError, match="without air"):
        fit_orbit(looks, T0, TRUTH, FORCES, ("drag",), world=WORLD)
