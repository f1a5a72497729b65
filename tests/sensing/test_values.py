"""Sensors as values and files: true from birth, and a sentence for the person who must fix it."""

import numpy as np
import pytest

from vedette.core.errors import BadInputError, NotFoundError, UsageError
from vedette.reports import SensorKind
from vedette.sensing import Radar, Site, format_sensors, in_region, packaged_sensors, parse_sensors, read_sensors
from vedette.sensing.detection import REFERENCE_SNR, snr_from_range, swerling1_detection_probability
from vedette.sensing.plume import plume_intensity_w_sr, transmission


def test_the_radar_of_the_first_page_can_be_written_as_guessed():
    radar = Radar(Site(lat_deg=57.6, lon_deg=-7.4, height_m=80), range_sigma_m=30, angle_sigma_deg=0.05)
    assert radar.azimuth_sigma_deg == radar.elevation_sigma_deg == 0.05
    assert np.isnan(radar.sigmas[3])
    assert radar.sigmas[:3] == pytest.approx([np.radians(0.05), np.radians(0.05), 30.0])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"range_sigma_m": -1.0}, "range_sigma_m = -1.0 must be positive"),
        ({"range_sigma_m": float("nan")}, "must be positive"),
        ({"angle_sigma_deg": None}, "angle_sigma_deg"),
        ({"revisit_s": 0.0}, "revisit_s"),
        ({"detection_probability": 1.5}, "detection_probability"),
        ({"elevation_min_deg": 80.0, "elevation_max_deg": 10.0}, "empty"),
    ],
)
def test_an_impossible_radar_is_refused_in_words(change, words):
    good = {"site": Site(0, 0), "range_sigma_m": 30.0, "angle_sigma_deg": 0.05}
    with pytest.raises(UsageError, match=words):
        Radar(**{**good, **change})


@pytest.mark.parametrize("place", [(91, 0, 0), (0, 400, 0), (0, 0, 1e9), (float("nan"), 0, 0)])
def test_an_impossible_site_is_refused(place):
    with pytest.raises(UsageError):
        Site(*place)


def test_packaged_sensors_survive_being_written_and_read(tmp_path):
    assert set(packaged_sensors()) == {"ir-east", "ir-west", "ir-molniya", "radar-north"}
    sensors = packaged_sensors(every_kind=True)
    assert {sensor.kind for sensor in sensors.values()} == set(SensorKind) - {SensorKind.TELEMETRY, SensorKind.STROBE}
    assert all(sensor.source for sensor in sensors.values())
    path = tmp_path / "sensors.toml"
    path.write_text(format_sensors(sensors), encoding="utf-8")
    assert read_sensors(path) == sensors
    assert read_sensors(path)["ir-east"].source == sensors["ir-east"].source


GOOD = '[sensors.a]\nkind = "radar"\nsite = { lat_deg = 1.0, lon_deg = 2.0 }\nrange_sigma_m = 30.0\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not toml at all [", "not TOML"),
        ("", "no \\[sensors.NAME\\] table"),
        ("[sensors]\na = 3\n", "not a table"),
        ('[sensors.a]\nkind = "sonar"\n', "sonar"),
        (GOOD + 'angle_sigma_deg = "0.1 deg"\n', "is not a number"),
        (GOOD + "angle_sigma_dg = 0.1\n", "did you mean angle_sigma_deg"),
        (GOOD, "angle_sigma_deg"),
        (GOOD + "angle_sigma_deg = -0.1\n", "must be positive"),
        (GOOD.replace("lat_deg = 1.0", "lat_deg = 95.0") + "angle_sigma_deg = 0.1\n", "95.0"),
        (GOOD.replace(", lon_deg = 2.0", "") + "angle_sigma_deg = 0.1\n", "lat_deg, lon_deg"),
        ('[sensors.a]\nkind = "infrared"\norbit = "high"\nlos_sigma_urad = 1.0\n', "not an orbit"),
        ('[sensors.a]\nkind = "infrared"\nlos_sigma_urad = 1.0\n', "orbit missing"),
    ],
)
def test_a_bad_sensor_file_is_one_sentence(text, words):
    with pytest.raises(BadInputError, match=words):
        parse_sensors(text, "night.toml")


def test_a_missing_sensor_file_is_not_found(tmp_path):
    with pytest.raises(NotFoundError, match=r"nowhere\.toml"):
        read_sensors(tmp_path / "nowhere.toml")


def test_a_sector_may_pass_north():
    radar = Radar(
        Site(0, 0), range_sigma_m=1.0, angle_sigma_deg=1.0, azimuth_min_deg=300, azimuth_max_deg=60,
        elevation_min_deg=3.0, range_max_km=100.0,
    )  # fmt: skip
    deg = np.radians
    values = np.array([[deg(350), deg(10), 5e4, 0], [deg(30), deg(10), 5e4, 0], [deg(180), deg(10), 5e4, 0],
                       [deg(10), deg(2), 5e4, 0], [deg(10), deg(10), 2e5, 0]])  # fmt: skip
    assert in_region(values, radar.region).tolist() == [True, True, False, False, False]


def test_echo_falls_with_the_fourth_power_of_range():
    assert snr_from_range(2e6, 1.0, 2e6) == pytest.approx(REFERENCE_SNR)
    assert snr_from_range(4e6, 1.0, 2e6) == pytest.approx(REFERENCE_SNR / 16)
    assert snr_from_range(4e6, 16.0, 2e6) == pytest.approx(REFERENCE_SNR)


def test_swerling_one_needs_the_published_signal():
    # Swerling 1, one pulse, Pfa 1e-6, Pd 0.9: 21.1 dB (Skolnik, Introduction to Radar Systems, table of section 2)
    assert swerling1_detection_probability(10**2.114, 1e-6) == pytest.approx(0.9, abs=0.002)
    assert swerling1_detection_probability(0.0, 1e-6) == pytest.approx(1e-6)


def test_swerling_one_agrees_with_drawn_echoes():
    rng, n, snr, pfa = np.random.default_rng(3), 200_000, 20.0, 1e-4
    power = rng.exponential(1.0 + snr, n)  # signal and noise are both complex Gaussian
    crossings = np.count_nonzero(power > -np.log(pfa))
    expected = float(swerling1_detection_probability(snr, pfa))
    one_in_a_million = 4.9 * np.sqrt(n * expected * (1 - expected))
    assert abs(crossings - n * expected) < one_in_a_million


def test_a_plume_dims_with_height_and_low_air_hides_it():
    assert plume_intensity_w_sr(0.0, 1e4) == 0.0
    assert plume_intensity_w_sr(2e6, 1e4) == 2 * plume_intensity_w_sr(1e6, 1e4)
    assert plume_intensity_w_sr(1e6, 2e5) < 0.2 * plume_intensity_w_sr(1e6, 1e4)
    heights = np.linspace(0, 4e4, 50)
    assert np.all(np.diff(transmission(heights, 0.7)) > 0)
    assert transmission(0.0, 0.7) < 0.05 and transmission(2e4, 0.7) > 0.99
