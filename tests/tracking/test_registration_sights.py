"""Sensors of directions are registered from stars, and from satellites; a laser from ranges alone."""

import numpy as np
import pytest
from tests.tracking.registration_scene import GOOD_M, RADAR, T0, references, satellites

from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.frames import EarthOrientation, gcrf_from_itrf_matrix, itrf_from_gcrf_matrix
from vedette.motion.gravity_field import field_coefficients
from vedette.motion.propagate import coast_track
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Geostationary, Infrared, Lidar, Site, tangent_basis
from vedette.tracking.registration.estimator import Registration
from vedette.tracking.registration.references import StarReference

EARTH = EarthOrientation.packaged()
WATCHER = Infrared(
    Geostationary(10.0), los_sigma_urad=20.0, los_bias_sigma_urad=50.0, clock_bias_sigma_s=0.5, name="ir-east"
)


def turned(los, angles_rad):
    moved = los + np.einsum("j,nji->ni", angles_rad, tangent_basis(los))
    return moved / np.linalg.norm(moved, axis=-1, keepdims=True)


def sight_scan(los, t_said, sigma_rad, place):
    n = len(los)
    values = np.column_stack([los, np.full(n, 1e5)])
    sigmas = np.tile([sigma_rad, sigma_rad, sigma_rad, 1e3], (n, 1))
    times = np.full(n, t_said)
    return Scan("ir-east", SensorKind.INFRARED, Mode.TEST, t_said, times, values, sigmas, sensor_position_itrf_m=place)


def stars_about_the_earth(rng, count):
    """Stars just off the Earth's limb as a geostationary watcher sees it, in gcrf."""
    here = WATCHER.position_itrf_m(T0)
    down = -here / np.linalg.norm(here)
    side = rng.standard_normal((count, 3))
    side -= np.outer(side @ down, down)
    off = np.tan(rng.uniform(0.16, 0.5, count))[:, None] * side / np.linalg.norm(side, axis=1)[:, None]
    los = (down + off) / np.linalg.norm(down + off, axis=1)[:, None]
    return {f"star-{i}": u for i, u in enumerate(los @ gcrf_from_itrf_matrix(T0, EARTH).T)}


def test_stars_tell_both_angles_and_what_a_clock_hides_behind():
    """The sky turns by 73 urad in a second, near the equator about the same everywhere: a clock looks like an angle.

    What is seen is their sum, and it is known; the clock alone is not, and the registration says so.
    """
    rng = np.random.default_rng(0)
    angles, clock_s = np.array([110e-6, -70e-6]), 0.4
    stars = StarReference(stars_about_the_earth(rng, 12), EARTH)
    registration = Registration([WATCHER])
    for k in range(120):
        t = T0 + 10 * k * NS_PER_S
        turn = itrf_from_gcrf_matrix(t, EARTH)
        true = np.array([turn @ stars._stars[name] for name in stars.names()])
        seen = turned(true, angles)
        seen = seen + 20e-6 * np.einsum("nj,nji->ni", rng.standard_normal((12, 2)), tangent_basis(seen))
        scan = sight_scan(seen, t + round(clock_s * NS_PER_S), 20e-6, WATCHER.position_itrf_m(t))
        registration.absorb_stars(scan, list(enumerate(stars.names())), stars)
    found = registration.estimate("ir-east")
    error = found.biases - np.array([*angles, clock_s])
    assert np.all(np.abs(error) < 5.0 * found.sigmas)
    assert found.sigma("angle_2_rad") < 2e-6
    together = np.array([1.0, 0.0, 73e-6 * 0.95])  # at a middle declination
    assert np.sqrt(together @ found.cov @ together) < 2e-6
    assert [one.term for one in registration.untold()] == ["clock_s"]


def test_only_sensors_of_directions_see_stars():
    stars = StarReference({"a": np.array([1.0, 0.0, 0.0])}, EARTH)
    registration = Registration([RADAR])
    scan = Scan(RADAR.name, SensorKind.RADAR, Mode.TEST, T0, np.array([T0]), np.ones((1, 4)), np.ones((1, 4)))
    with pytest.raises(UsageError, match="no directions"):
        registration.absorb_stars(scan, [(0, "a")], stars)


def test_a_watcher_in_space_is_registered_from_satellites():
    rng = np.random.default_rng(1)
    angles = np.array([-60e-6, 120e-6])
    states = satellites(rng, 6)
    reference = references(rng, states, GOOD_M)
    times_s = np.arange(0.0, 600.0, 10.0)
    tracks = np.array([coast_track(one, times_s, field=field_coefficients(8)) for one in states])
    registration = Registration([WATCHER])
    for k, t_s in enumerate(times_s):
        t = T0 + round(t_s * NS_PER_S)
        seen = turned(WATCHER.measure(tracks[:, k, :3], t), angles)
        seen = seen + 20e-6 * np.einsum("nj,nji->ni", rng.standard_normal((6, 2)), tangent_basis(seen))
        scan = sight_scan(seen, t, 20e-6, WATCHER.position_itrf_m(t))
        registration.absorb(scan, [(i, f"S{i}") for i in range(6)], reference)
    found = registration.estimate("ir-east")
    assert np.all(np.abs(found.biases - np.array([*angles, 0.0])) < 5.0 * found.sigmas)
    assert found.sigma("angle_1_rad") < 5e-6


def test_a_laser_tells_range_and_clock_from_ranges_alone():
    rng = np.random.default_rng(2)
    laser = Lidar(
        Site(54.4, -0.7, 260.0), range_sigma_m=0.02, range_bias_sigma_m=2.0, clock_bias_sigma_s=1e-3, name="laser"
    )
    assert laser.kind is SensorKind.LASER
    registration = Registration([laser])
    assert registration.terms["laser"].names == ("range_m", "clock_s")
    states = satellites(rng, 8)
    good = (0.1, 0.3, 0.1)
    reference = references(rng, states, good)
    times_s = np.arange(0.0, 1200.0, 15.0)
    tracks = np.array([coast_track(one, times_s, field=field_coefficients(8)) for one in states])
    for k, t_s in enumerate(times_s):
        values = laser.measure(tracks[:, k])
        seen = np.flatnonzero((values[:, 2] < 4e6) & (RADAR.measure(tracks[:, k])[:, 1] > 0.3))
        values = values[seen]
        values[:, 2] += 1.3 + 0.02 * rng.standard_normal(len(seen))
        t = T0 + round((t_s + 4e-4) * NS_PER_S)
        scan = Scan(
            "laser", SensorKind.LASER, Mode.TEST, t, np.full(len(seen), t), values,
            np.tile(laser.residual_sigmas, (len(seen), 1)),
        )  # fmt: skip
        registration.absorb(scan, [(i, f"S{s}") for i, s in enumerate(seen)], reference)
    found = registration.estimate("laser")
    assert abs(found.bias("range_m") - 1.3) < 5.0 * found.sigma("range_m")
    assert abs(found.bias("clock_s") - 4e-4) < 5.0 * found.sigma("clock_s")
    assert found.sigma("range_m") < 0.2
    assert found.sigma("clock_s") < 5e-5
