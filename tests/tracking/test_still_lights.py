"""Lights that stay: learnt and set aside, by a sensor that stands and by one that moves; a launch is not."""

import numpy as np
import pytest

from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Geostationary, Infrared, los_from_itrf, tangent_basis
from vedette.tracking import Tracker
from vedette.tracking.still_lights import StillLights, stayed_at

T0 = 1_700_000_000_000_000_000
GEO = Infrared(orbit=Geostationary(20.0), los_sigma_urad=30.0, los_bias_sigma_urad=10.0, name="geo")
SIGMA = GEO.los_sigma_rad


def scan_of(places: np.ndarray, t_tai_ns: int, rng: np.random.Generator, bright_w_sr=20_000.0, here=None) -> Scan:
    """One look at all places."""
    here = GEO.position_itrf_m(t_tai_ns) if here is None else here
    los = los_from_itrf(places, here)
    los = los + np.einsum("nk,nkj->nj", SIGMA * rng.standard_normal((len(los), 2)), tangent_basis(los))
    los /= np.linalg.norm(los, axis=1, keepdims=True)
    bright = np.broadcast_to(bright_w_sr, len(los))
    return Scan(
        sensor_id="geo", kind=SensorKind.INFRARED, mode=Mode.REAL, t_received_tai_ns=t_tai_ns + 2_000_000_000,
        t_measured_tai_ns=np.full(len(los), t_tai_ns), values=np.column_stack([los, bright]),
        sigmas=np.tile([SIGMA] * 3 + [1_000.0], (len(los), 1)),
    )  # fmt: skip


def fires(count: int, rng: np.random.Generator) -> np.ndarray:
    """Places far enough apart to be told apart."""
    side = int(np.ceil(np.sqrt(count)))
    lat, lon = np.meshgrid(np.linspace(-30, 30, side), np.linspace(-15, 45, side))
    shake = rng.uniform(-0.1, 0.1, (2, side * side))
    lat_rad, lon_rad = np.radians(lat.ravel() + shake[0]), np.radians(lon.ravel() + shake[1])
    return itrf_from_geodetic(lat_rad[:count], lon_rad[:count], 100.0)


def ascent(t_s: float) -> np.ndarray:
    """A climb to the east from 10 N 20 E, 12 m/s2 up and 9 across."""
    lat, lon = np.radians(10.0), np.radians(20.0)
    enu = np.array([4.5 * t_s**2, 0.0, 10e3 + 6.0 * t_s**2])
    return itrf_from_geodetic(lat, lon, 0.0) + enu @ enu_from_itrf_matrix(lat, lon)


def test_a_light_is_still_after_two_minutes_and_six_looks_and_not_before() -> None:
    rng, lights = np.random.default_rng(1), StillLights()
    places = fires(4, rng)
    here = GEO.position_itrf_m(T0)
    for k in range(16):
        t = T0 + k * 10_000_000_000
        aside = lights.judge(scan_of(places, t, rng), here, SIGMA, t)
        assert aside.all() == (k >= 13) and aside.any() == (k >= 13)  # 120 s since the first are over at the 13th


def test_a_flame_in_flight_is_never_set_aside() -> None:
    rng, lights = np.random.default_rng(2), StillLights()
    here = GEO.position_itrf_m(T0)
    for k in range(20):
        t = T0 + k * 10_000_000_000
        assert not lights.judge(scan_of(ascent(10.0 * k)[None], t, rng), here, SIGMA, t).any()
    assert not lights.still.any()


def test_what_flares_up_at_the_place_of_a_fire_is_let_through() -> None:
    rng, lights = np.random.default_rng(3), StillLights()
    places, here = fires(1, rng), GEO.position_itrf_m(T0)
    for k in range(20):
        t = T0 + k * 10_000_000_000
        lights.judge(scan_of(places, t, rng), here, SIGMA, t)
    t = T0 + 200_000_000_000
    assert lights.judge(scan_of(places, t, rng, 60_000.0), here, SIGMA, t).all()
    assert not lights.judge(scan_of(places, t, rng, 500_000.0), here, SIGMA, t).any()


def two_beside_a_crowd(apart_urad: float, rng: np.random.Generator) -> np.ndarray:
    """Places of a hundred lights, and in the first two rows two so near to each other as GEO sees them."""
    lat, lon = np.radians(2.0), np.radians(21.0)
    one = itrf_from_geodetic(lat, lon, 100.0)
    reach_m = float(np.linalg.norm(one - GEO.position_itrf_m(T0)))
    east = enu_from_itrf_matrix(lat, lon)[0]
    return np.vstack([one, one + 1e-6 * apart_urad * reach_m * east, fires(100, rng)])


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_the_brighter_of_two_lights_within_a_blur_is_not_the_other_flaring_up(seed: int) -> None:
    rng, lights = np.random.default_rng(seed), StillLights()
    places, here = two_beside_a_crowd(57.0, rng), GEO.position_itrf_m(T0)
    bright = np.full(len(places), 20_000.0)
    bright[0], bright[1] = 14_000.0, 250_000.0  # as of two flares at sea, 2 km apart
    for k in range(40):
        t = T0 + k * 10_000_000_000
        aside = lights.judge(scan_of(places, t, rng, bright), here, SIGMA, t)
        assert aside[:2].all()
    assert len(lights) == len(places)
    assert not lights.judge(scan_of(places[:1], t + 1, rng, 2e6), here, SIGMA, t + 1).any()  # brighter than either


@pytest.mark.parametrize("seed", [14, 15, 16])
def test_a_light_missed_at_first_beside_another_is_known_for_itself(seed: int) -> None:
    """Without a place of its own it is beyond the other's gate sooner or later, and passes for something new."""
    rng, lights = np.random.default_rng(seed), StillLights()
    places, here = two_beside_a_crowd(100.0, rng), GEO.position_itrf_m(T0)
    for k in range(60):
        t = T0 + k * 10_000_000_000
        seen = np.delete(places, 1, axis=0) if k == 0 else places
        aside = lights.judge(scan_of(seen, t, rng), here, SIGMA, t)
        assert aside[:2].all()
    assert len(lights) == len(places)
    away = lights.places_itrf_m[:, None] - places[:2]
    assert (np.linalg.norm(away, axis=-1).min(axis=0) < 1_500.0).all()  # of 3.6 km between them


def test_a_flame_beside_a_fire_is_another_light_at_once() -> None:
    rng, lights = np.random.default_rng(17), StillLights()
    here, fire = GEO.position_itrf_m(T0), ascent(0.0)
    for k in range(20):
        t = T0 + k * 10_000_000_000
        lights.judge(scan_of(fire[None], t, rng), here, SIGMA, t)
    for k in range(1, 10):
        t = T0 + (19 + k) * 10_000_000_000
        aside = lights.judge(scan_of(np.stack([fire, ascent(10.0 * k)]), t, rng), here, SIGMA, t)
        assert not aside.all()  # within 4.5 sigmas they may be taken for each other, and never both for the fire
    assert aside[0] and not aside[1]


def test_a_watcher_that_moves_knows_them_again() -> None:
    rng, lights = np.random.default_rng(4), StillLights()
    places = fires(9, rng)
    for k in range(16):
        t = T0 + k * 10_000_000_000
        here = GEO.position_itrf_m(T0) + np.array([0.0, 3_000.0 * 10.0 * k, 1_000.0 * 10.0 * k])
        aside = lights.judge(scan_of(places, t, rng, here=here), here, SIGMA, t)
    assert aside.all()


@pytest.mark.parametrize("count", [20, 300])  # a few, and a crowd from the first look on
def test_among_lights_a_launch_is_followed_and_they_are_not(count: int) -> None:
    rng = np.random.default_rng(5)
    tracker, places = Tracker(sensors=[GEO]), fires(count, rng)
    ignition = 8
    for k in range(24):
        t = T0 + k * 10_000_000_000
        seen = places[rng.random(count) < 0.95]
        if ignition <= k < ignition + 14:
            seen = np.vstack([seen, ascent(10.0 * (k - ignition))])
        tracks = tracker.step(scan_of(seen, t, rng))
        if k == 21:
            here = GEO.position_itrf_m(t)  # one sensor: the depth along the sight is doubtful, the direction is not
            off = los_from_itrf(tracks.states_itrf[:, :3], here) - los_from_itrf(ascent(130.0), here)
            assert np.linalg.norm(off, axis=1).min() < 6.0 * SIGMA
    assert tracker.still_lights("geo") >= 0.97 * count
    fast = np.linalg.norm(tracks.states_itrf[:, 3:], axis=1) > 500.0
    assert fast.sum() >= 1
    assert len(tracks.ids) <= 1 + max(3, 0.02 * count)  # the fires' own tracks have ended


def test_a_place_is_one_place_or_it_is_not() -> None:
    here = GEO.position_itrf_m(T0)
    spot = fires(1, np.random.default_rng(6))
    los = np.repeat(los_from_itrf(spot, here), 8, axis=0)
    stood = np.repeat(here[None], 8, axis=0)
    assert stayed_at(los, stood, los[:1], SIGMA)
    away = los_from_itrf(np.stack([ascent(10.0 * k) for k in range(8)]), here)
    assert not stayed_at(away, stood, away[-1:], SIGMA)
    assert not stayed_at(los[:3], stood[:3], los[:1], SIGMA)  # three looks are too few to say so
