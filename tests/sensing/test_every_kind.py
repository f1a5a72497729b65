"""Every sensor kind answers the common questions rightly: slopes, residuals, coverage, chances, files."""

import numpy as np
import pytest

from vedette.core.errors import BadInputError, UsageError
from vedette.frames import geodesic_direct, itrf_from_geodetic
from vedette.reports import COLUMNS
from vedette.sensing import (
    DirectionFinder,
    Geostationary,
    Infrared,
    Keplerian,
    Lidar,
    OverTheHorizonRadar,
    Platform,
    Radar,
    Site,
    Telescope,
    ThermalImager,
    TimeDifference,
    format_sensors,
    parse_sensors,
)
from vedette.time import tai_ns_from_utc_text

NIGHT = tai_ns_from_utc_text("2031-03-21T00:30:00Z")  # near midnight at the longitude of the site
HERE = Site(31.0, -10.0, 200.0)
SHIP = Platform(((NIGHT - 10**12, 30.9, -10.2, 15.0), (NIGHT + 10**12, 31.1, -10.0, 15.0)), position_sigma_m=30.0)
LOW = Keplerian(7_200.0, 0.001, 70.0, -8.0, 0.0, 30.0, NIGHT)
KINDS = [
    Radar(HERE, 30.0, 0.05, range_rate_sigma_mps=2.0, name="radar"),
    Radar(SHIP, 30.0, 0.05, name="ship"),
    Infrared(Geostationary(10.0), 25.0, name="geo"),
    Infrared(LOW, 100.0, name="leo"),
    OverTheHorizonRadar(HERE, name="oth"),
    Lidar(HERE, 0.05, name="laser"),
    Lidar(SHIP, 0.5, 0.005, range_rate_sigma_mps=0.5, name="lidar"),
    Telescope(HERE, 5.0, name="telescope"),
    ThermalImager(SHIP, 200.0, name="thermal"),
    DirectionFinder(HERE, 1.0, 2.0, name="finder"),
    TimeDifference(HERE, SHIP, 30.0, 0.1, name="tdoa"),
]
EACH = pytest.mark.parametrize("sensor", KINDS, ids=lambda sensor: sensor.name)


def over(distance_km, azimuth_deg, height_km):
    """A moving state above a place so far along the ground."""
    lat, lon, _ = geodesic_direct(HERE.lat_rad, HERE.lon_rad, np.radians(azimuth_deg), distance_km * 1e3)
    return np.concatenate([itrf_from_geodetic(lat, lon, height_km * 1e3), [900.0, -2100.0, 1500.0]])


@EACH
@pytest.mark.parametrize(
    ("distance_km", "azimuth_deg", "height_km"), [(400, 70, 120), (1500, 200, 90), (2600, 330, 20)]
)
def test_slopes_agree_with_differences(sensor, distance_km, azimuth_deg, height_km):
    state = over(distance_km, azimuth_deg, height_km)
    expected, slopes = sensor.measure_with_jacobian(state, NIGHT)
    k = len(sensor.residual_sigmas)
    assert slopes.shape == (k, 6) and np.array_equal(sensor.measure(state, NIGHT), expected, equal_nan=True)
    measured = np.isfinite(sensor.residual_sigmas)
    for axis in range(6):

        def at(step, axis=axis):
            moved = state.copy()
            moved[axis] += step
            return sensor.residual(sensor.measure(moved, NIGHT), expected)

        h = 200.0 if axis < 3 else 20.0
        slope = (8.0 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12.0 * h)  # fourth order
        scale = np.max(np.abs(slopes), axis=1)
        rounding = 1e-6 * scale + 1e-13
        assert np.all(np.abs(slope - slopes[:, axis])[measured] < rounding[measured]), (axis, slope, slopes[:, axis])
    assert isinstance(sensor, Radar) or not slopes[~measured].any()  # a radar's own slopes are always whole


@EACH
def test_many_states_at_once_are_each_as_alone(sensor):
    states = np.array([[over(600, 80, 150), over(1200, 100, 100)], [over(900, 20, 50), over(2000, 300, 140)]])
    values, slopes = sensor.measure_with_jacobian(states, NIGHT)
    one, one_slopes = sensor.measure_with_jacobian(states[1, 0], NIGHT)
    assert values[1, 0] == pytest.approx(one, nan_ok=True) and slopes[1, 0] == pytest.approx(one_slopes)
    assert np.shape(sensor.is_visible(states, NIGHT)) == (2, 2)
    chance = sensor.detection_chance(states, NIGHT)
    assert chance.shape == (2, 2) and np.all((chance >= 0) & (chance <= 1))
    assert len(sensor.residual_bias_sigmas) == len(sensor.residual_sigmas)
    assert sensor.measure(states, NIGHT).shape[-1] in (2, 3, 4) and len(COLUMNS[sensor.kind]) >= values.shape[-1]


@EACH
def test_a_small_error_of_a_report_is_its_residual(sensor):
    state = over(1300, 60, 100)
    expected = sensor.measure(state, NIGHT)
    assert sensor.residual(expected, expected)[np.isfinite(sensor.residual_sigmas)] == pytest.approx(0.0, abs=1e-9)


def test_every_kind_survives_being_written_and_read():
    sensors = {sensor.name: sensor for sensor in KINDS}
    assert parse_sensors(format_sensors(sensors)) == sensors


AT = "site = { lat_deg = 1, lon_deg = 2 }\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('kind = "laser"\n' + AT + 'range_sigma_m = 1.0\nangle_sigma_deg = 0.1', 'is: kind = "lidar"'),
        ('kind = "lidar"\n' + AT + 'range_sigma_m = 1.0', "has no angle_sigma_deg"),
        ('kind = "optical"\nlos_sigma_urad = 5.0', "site missing"),
        ('kind = "optical"\n' + AT + 'los_sigma_urad = 0.0', "must be positive"),
        ('kind = "thermal"\nplatform = { waypoints = 3 }\nlos_sigma_urad = 5.0', "not a list"),
        ('kind = "thermal"\nplatform = { waypoints = [{ lat_deg = 3 }] }\nlos_sigma_urad = 5.0', "no t_utc"),
        ('kind = "thermal"\nplatform = { waypoints = [] }\nlos_sigma_urad = 5.0', "without waypoints"),
        ('kind = "time-difference"\n' + AT + 'range_difference_sigma_m = 5.0', "reference missing"),
        ('kind = "over-the-horizon"\n' + AT + 'skip_km = 5000.0', "one hop"),
        ('kind = "infrared"\norbit = { line1 = "1 2", line2 = "2 3" }\nlos_sigma_urad = 1.0', "69 characters"),
    ],
)  # fmt: skip
def test_a_bad_table_of_a_newer_kind_is_one_sentence(text, words):
    with pytest.raises(BadInputError, match=words):
        parse_sensors("[sensors.a]\n" + text + "\n")


# ---- the sky wave


def test_the_sky_wave_is_the_shortest_way_over_the_mirror():
    radar = OverTheHorizonRadar(HERE)
    state = over(1800, 45, 60)
    group_m = radar.measure(state, NIGHT)[2]
    here, mirror_m = radar.position_itrf_m(), np.linalg.norm(radar.position_itrf_m()) + radar.layer_height_at_m(NIGHT)
    ends = here / np.linalg.norm(here), state[:3] / np.linalg.norm(state[:3])
    share = np.linspace(0.3, 0.7, 40_001)[:, None]
    way = (1 - share) * ends[0] + share * ends[1]
    bounce = mirror_m * way / np.linalg.norm(way, axis=1, keepdims=True)
    lengths = np.linalg.norm(bounce - here, axis=1) + np.linalg.norm(state[:3] - bounce, axis=1)
    one_millimetre = 1e-3  # the search is that fine near the least
    assert group_m == pytest.approx(lengths.min(), abs=one_millimetre)


def test_over_the_horizon_begins_beyond_the_skip_zone_and_ends_with_the_hop():
    radar = OverTheHorizonRadar(HERE, azimuth_min_deg=300, azimuth_max_deg=90)
    day = tai_ns_from_utc_text("2031-03-21T12:30:00Z")
    seen = [bool(radar.is_visible(over(km, 30, 50), day)) for km in (500, 850, 950, 2900, 3100)]
    assert seen == [False, False, True, True, False]
    assert not radar.is_visible(over(1000, 30, 50), NIGHT)  # the skip zone is longer at night
    assert radar.is_visible(over(1300, 30, 50), NIGHT)
    assert not radar.is_visible(over(1300, 180, 50), day) and not radar.is_visible(over(1300, 30, 250), day)
    assert float(radar.detection_probability_of(day)) == pytest.approx(0.7)
    assert float(radar.detection_probability_of(NIGHT)) == pytest.approx(0.49)
    assert float(radar.detection_probability_of(day, noise_rise_db=15.0)) < 0.1


def test_a_mirror_that_stands_higher_than_supposed_lengthens_every_range_alike():
    radar = OverTheHorizonRadar(HERE, layer_height_sigma_km=15.0)
    errors = []
    for km in (1000, 1600, 2200, 2800):
        state = over(km, 30, 50)
        errors.append(radar.measure(state, NIGHT, layer_error_m=15e3)[2] - radar.measure(state, NIGHT)[2])
    stated = radar.residual_bias_sigmas[2]
    assert np.all(np.diff(errors) < 0)  # least where the ray leaves flattest
    assert min(errors) < stated < max(errors)


# ---- light and weather


def test_a_telescope_needs_the_dark_and_a_lit_object():
    telescope = Telescope(HERE, 5.0)
    evening = tai_ns_from_utc_text("2031-03-21T20:40:00Z")  # Sun some 25 degrees down at 10 degrees west
    noon = tai_ns_from_utc_text("2031-03-21T12:00:00Z")
    high, low = over(300, 270, 1200), over(150, 270, 200)
    assert telescope.is_visible(high, evening) and not telescope.is_visible(high, noon)
    assert not telescope.is_visible(low, evening)  # in the Earth's shadow
    assert telescope.is_visible(low, evening, is_luminous=True)
    cloudy = Telescope(HERE, 5.0, clear_sky_probability=0.5)
    assert cloudy.detection_chance(high, evening, 10.0) == pytest.approx(
        0.5 * telescope.detection_chance(high, evening, 10.0)
    )


def test_faint_things_are_missed():
    telescope = Telescope(HERE, 5.0, limiting_magnitude=14.0, detection_probability=1.0)
    assert float(telescope.detection_probability_of(14.0)) == 0.5
    assert (
        float(telescope.detection_probability_of(13.0))
        > 0.999
        > 0.001
        > float(telescope.detection_probability_of(15.0))
    )


def test_a_thermal_imager_sees_less_through_low_air():
    ground = ThermalImager(Site(31.0, -10.0, 0.0), 200.0, extinction_1_km=0.2)
    low, high = over(20, 90, 0.5), over(20, 90, 15.0)
    near = np.linalg.norm(low[:3] - ground.position_itrf_m())
    clear = 1000.0 / near**2
    assert float(ground.irradiance_of(1000.0, low)) == pytest.approx(clear * np.exp(-0.2 * 20.0), rel=0.2)
    assert float(ground.irradiance_of(1000.0, high)) > 3 * float(ground.irradiance_of(1000.0, low))
    assert ground.detection_chance(high, NIGHT, 1e6) > 0.9 > ground.detection_chance(low, NIGHT, 10.0)


def test_a_sunlit_cloud_behind_a_flame_hides_faint_ones():
    watcher = Infrared(
        Geostationary(-10.0), 25.0, sunlit_noise_w_sr=5_000.0, threshold_w_sr=5_000.0, noise_w_sr=1_000.0
    )
    noon = tai_ns_from_utc_text("2031-03-21T12:30:00Z")
    flame = over(0.1, 0, 20)
    assert watcher.noise_at_w_sr(flame, noon) == pytest.approx(np.hypot(1e3, 5e3))
    assert watcher.noise_at_w_sr(flame, NIGHT) == 1e3
    assert watcher.detection_chance(flame, noon, 1e4) < 0.5 < watcher.detection_chance(flame, NIGHT, 1e4)


def test_photons_are_counted():
    laser = Lidar(HERE, 0.02, range_1m2_km=1_000.0, detection_probability=1.0)
    assert float(laser.detection_probability_of(np.array(1e6), 1.0)) == pytest.approx(1 - np.exp(-1))
    assert float(laser.detection_probability_of(np.array(2e6), 1.0)) == pytest.approx(1 - np.exp(-1 / 16))


# ---- emissions


def test_time_differences_are_distances_differenced():
    pair = TimeDifference(HERE, Site(33.0, -12.0), 30.0, 0.1)
    state = over(700, 100, 80)
    mine = np.linalg.norm(state[:3] - pair.position_itrf_m())
    theirs = np.linalg.norm(state[:3] - pair.reference.position_at_itrf_m(NIGHT))
    assert pair.measure(state, NIGHT)[0] == pytest.approx(mine - theirs, abs=1e-6)
    assert not pair.is_visible(over(3000, 100, 80), NIGHT)


def test_only_what_emits_is_heard():
    finder = DirectionFinder(HERE, 1.0, range_1w_km=500.0)
    state = over(700, 100, 80)
    assert finder.detection_chance(state, NIGHT, 0.0) < 1e-3
    assert finder.detection_chance(state, NIGHT, 100.0) > 0.9
    assert finder.detection_chance(state, NIGHT) == pytest.approx(0.2 * 0.95)
    assert np.isnan(finder.measure(state, NIGHT)[1:]).all()


def test_norths_probability_agrees_with_drawn_signals():
    from vedette.sensing.passive_radio import steady_detection_probability

    rng, n, snr, pfa = np.random.default_rng(5), 400_000, 12.0, 1e-4
    noise = (rng.standard_normal(n) + 1j * rng.standard_normal(n)) / np.sqrt(2.0)
    crossings = np.mean(np.abs(np.sqrt(snr) + noise) ** 2 > -np.log(pfa))
    assert float(steady_detection_probability(snr, pfa)) == pytest.approx(
        crossings, abs=0.01
    )  # the formula's own trust


def test_an_impossible_figure_is_refused_in_words():
    with pytest.raises(UsageError, match="emitting_share"):
        DirectionFinder(HERE, 1.0, emitting_share=0.0)
    with pytest.raises(UsageError, match="above the mirror"):
        OverTheHorizonRadar(HERE, object_height_max_km=320.0)
