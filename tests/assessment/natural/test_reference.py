"""The evidence of *unknown*: it is a density, it does not mind few looks, and it lies where free paths lie."""

import numpy as np
import pytest
from tests.assessment.natural.made_looks import looks_of_path

from vedette.assessment.evidence import evidence_from_looks
from vedette.assessment.natural.reference import reference_of, reference_of_looks
from vedette.assessment.natural.sightings import sightings_of, where_at_height
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf, itrf_from_geodetic
from vedette.sensing import Geostationary, Infrared, Radar, Site

GEO = Infrared(orbit=Geostationary(60.0), los_sigma_urad=30.0, los_bias_sigma_urad=10.0, name="geo")
RADAR = Radar(
    site=Site(35.0, 50.0, 0.0), range_sigma_m=50.0, angle_sigma_deg=0.1, range_rate_sigma_mps=5.0,
    range_bias_sigma_m=20.0, angle_bias_sigma_deg=0.05, name="radar",
)  # fmt: skip
SENSORS = {"geo": GEO, "radar": RADAR}
_LAT, _LON = np.radians(36.0), np.radians(52.0)
_ENU = enu_from_itrf_matrix(_LAT, _LON)


def path(acceleration, velocity, height_m):
    """A parabola over a place, east, north, up."""
    a, v = np.array(acceleration, float), np.array(velocity, float)

    def states(t):
        t = np.asarray(t, float)[:, None]
        away = v * t + 0.5 * a * t * t + [0.0, 0.0, height_m]
        return np.hstack([itrf_from_geodetic(_LAT, _LON, 0.0) + away @ _ENU, (v + a * t) @ _ENU])

    return states


STILL = path((0, 0, 0), (0, 0, 0), 300.0)
COAST = path((0, 0, -9), (3000, 1000, 2000), 200e3)


def test_nothing_seen_is_worth_nothing() -> None:
    looks = looks_of_path(SENSORS, STILL, {}, np.random.default_rng(0), missed={"geo": np.array([0.0])})
    assert reference_of_looks(looks, SENSORS).log_total == 0.0


@pytest.mark.parametrize("times", [{"geo": np.zeros(1)}, {"radar": np.zeros(1)}])
def test_one_look_is_a_density_over_all_it_might_have_been(times) -> None:
    """Summed over directions and ranges that a look may give, the chance is one: by simple sums over a fine grid."""
    rng = np.random.default_rng(1)
    looks = looks_of_path(SENSORS, COAST, times, rng)
    got = reference_of_looks(looks, SENSORS)
    # one look of a thing that may be anywhere: about its solid angle's share of the Earth, and never a sharp claim
    if "geo" in times:
        place = where_at_height(looks.sensor_positions_itrf_m[:1], looks.values[:1, :3], 50e3)[0]
        reach = np.linalg.norm(place - looks.sensor_positions_itrf_m[0])
        lean = abs(looks.values[0, :3] @ place) / np.linalg.norm(place)
        expected = np.log(reach**2 / lean / 5.1e14)  # area on the Earth of a steradian, over the Earth's
        assert got.log_path == pytest.approx(expected, abs=0.7)  # heights other than 50 km lean elsewhere
    assert got.log_path < got.log_perfect


def test_a_still_thing_and_a_falling_one_are_both_free_paths() -> None:
    rng = np.random.default_rng(2)
    times = {"geo": np.arange(12) * 10.0, "radar": 3.0 + np.arange(12) * 10.0}
    for states in (STILL, COAST):
        looks = looks_of_path(SENSORS, states, times, rng)
        got = reference_of_looks(looks, SENSORS)
        assert np.isfinite(got.log_total)
        assert 0.0 < got.log_perfect - got.log_path < 160.0  # less than 2.5 nats a number for not knowing the path


def test_paths_drawn_from_the_habits_are_told_from_paths_that_are_not() -> None:
    """A detection that jumps to the other end of the sky and back is no path, and costs thousands of nats."""
    rng = np.random.default_rng(3)
    looks = looks_of_path(SENSORS, STILL, {"geo": np.arange(10) * 10.0}, rng)
    plain = reference_of_looks(looks, SENSORS).log_path
    far = looks_of_path(SENSORS, path((0, 0, 0), (0, 0, 0), 3e6), {"geo": np.zeros(1)}, rng)
    looks.values[5, :3] = far.values[0, :3]
    assert reference_of_looks(looks, SENSORS).log_path < plain - 50.0


def test_evidence_or_looks_give_the_same_number() -> None:
    looks = looks_of_path(SENSORS, COAST, {"geo": np.arange(4) * 10.0}, np.random.default_rng(4))
    evidence = evidence_from_looks(looks, SENSORS)
    assert reference_of(evidence, looks) == reference_of_looks(looks, SENSORS)


def test_whitened_values_vanish_on_the_true_path() -> None:
    """With no noise at all, slope times the true state is the value: to the curvature that was left out."""
    rng = np.random.default_rng(5)
    times = {"geo": np.arange(6) * 10.0, "radar": 3.0 + np.arange(6) * 10.0}
    s = sightings_of(looks_of_path(SENSORS, COAST, times, rng), SENSORS)
    states = COAST(s.evidence.t_s)
    states[:, :3] -= s.origin_itrf_m
    off = np.where(s.known, s.value - np.einsum("nij,nj->ni", s.slope, states), np.nan)
    assert np.sqrt(np.nanmean(off**2)) == pytest.approx(1.0, abs=0.25)  # noise alone, in its own sigmas


def test_lines_of_sight_meet_the_raised_ellipsoid() -> None:
    target = itrf_from_geodetic(_LAT, _LON, 12e3)
    here = np.array([[42e6, 0.0, 1e6], [0.0, 30e6, 20e6]])
    los = target - here
    los /= np.linalg.norm(los, axis=1, keepdims=True)
    got = where_at_height(here, los, 12e3)
    _, _, height = geodetic_from_itrf(got)
    assert np.allclose(height, 12e3, atol=80.0)  # the raised ellipsoid is not quite the surface of even height
