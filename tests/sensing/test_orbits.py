"""Where the watchers stand: Kepler's laws, the Molniya ground track, the limb."""

import numpy as np
import pytest

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS, NS_PER_S, WGS84_A_M
from vedette.core.errors import UsageError
from vedette.frames import geodetic_from_itrf
from vedette.sensing import Geostationary, Infrared, Keplerian, Site, is_clear_of_earth, packaged_sensors
from vedette.sensing.visibility import off_nadir_rad, sensor_zenith_cosine

HALF_DAY = 86164.1 / 2
MOLNIYA = Keplerian(26_561.8, 0.72, 63.4, 0.0, 270.0, 0.0, 0)


def test_molniya_apogee_stands_twelve_hours_apart_over_the_same_places():
    t_ns = np.array([HALF_DAY / 2, HALF_DAY * 5 / 2], dtype=float) * NS_PER_S
    lat, lon, height = geodetic_from_itrf(MOLNIYA.position_itrf_m(t_ns.astype(np.int64)))
    assert np.degrees(lat) == pytest.approx([63.4, 63.4], abs=0.3)  # geodetic against geocentric: 0.15 deg
    assert np.degrees(lon[0] - lon[1]) % 360 == pytest.approx(0.0, abs=0.1)
    assert height / 1e3 == pytest.approx([39_310, 39_310], abs=30)  # a (1 + e) less the polar-ish radius


def test_keplerian_orbit_conserves_energy_and_sweeps_equal_areas():
    t_s = np.linspace(0, HALF_DAY, 2001)
    position = MOLNIYA.position_itrf_m((t_s * NS_PER_S).astype(np.int64))
    turn = EARTH_SPIN_RADPS * t_s
    x = np.cos(turn) * position[:, 0] - np.sin(turn) * position[:, 1]
    y = np.sin(turn) * position[:, 0] + np.cos(turn) * position[:, 1]
    still = np.stack([x, y, position[:, 2]], axis=-1)
    velocity = np.gradient(still, t_s, axis=0)[50:-50]
    inner = still[50:-50]
    momentum = np.linalg.norm(np.cross(inner, velocity), axis=-1)
    expected = np.sqrt(EARTH_MU_M3_S2 * 26_561.8e3 * (1 - 0.72**2))
    assert momentum == pytest.approx(expected, rel=5e-3)  # second-order differences over 21 s near perigee


def test_an_orbit_under_ground_is_refused():
    with pytest.raises(UsageError, match="under ground"):
        Keplerian(6_500.0, 0.5, 0, 0, 0, 0, 0)


def test_the_earths_disc_has_the_published_half_angle_from_geostationary():
    # 8.7 deg half angle: asin(6378 / 42164), any textbook; visible caps reach 81.3 deg of arc
    satellite = Geostationary(0.0).position_itrf_m()
    edge = np.arcsin(WGS84_A_M / 42_164_000)
    for lon_deg, expected in ((81.2, True), (81.4, False)):
        place = Site(0.0, lon_deg, 0.5).position_itrf_m
        assert bool(is_clear_of_earth(place, satellite)) is expected
    limb = Site(0.0, 81.3).position_itrf_m
    assert off_nadir_rad(limb, satellite) == pytest.approx(edge, abs=1e-5)
    assert sensor_zenith_cosine(limb, satellite) == pytest.approx(0.0, abs=1e-3)


def test_cloud_hides_what_is_below_its_top_and_nothing_above():
    watcher = Infrared(Geostationary(10.0), los_sigma_urad=25.0)
    low = Site(31.4, -29.8, 9_900.0).position_itrf_m
    high = Site(31.4, -29.8, 10_100.0).position_itrf_m
    assert not watcher.is_visible(low, 0, cloud_top_m=10_000.0) and watcher.is_visible(high, 0, cloud_top_m=10_000.0)
    assert watcher.is_visible(low, 0)


def test_every_packaged_watcher_sees_the_ocean_where_the_two_launches_are():
    place = Site(31.4, -29.8, 30_000.0).position_itrf_m
    sensors = packaged_sensors()
    t_tai_ns = sensors["ir-molniya"].orbit.t_epoch_tai_ns
    for name in ("ir-east", "ir-west", "ir-molniya"):
        later = t_tai_ns + np.arange(0, 3600, 60) * NS_PER_S
        assert np.all(sensors[name].is_visible(place, later)), name
