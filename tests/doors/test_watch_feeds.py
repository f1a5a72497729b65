"""A TDM carries no site and no noise: the sensors file gives them, by the participant's name."""

from math import radians

import pytest
from tests.formats.made import GOLDEN, scans_of, sentences_of

from vedette.core.errors import BadInputError
from vedette.doors.watch_feeds import open_watch_feeds

SENSORS_TOML = """
[sensors.RADAR-W]
kind = "radar"
site = { lat_deg = 21.5748, lon_deg = -158.2706, height_m = 300.2 }
range_sigma_m = 92.5
azimuth_sigma_deg = 0.0224
elevation_sigma_deg = 0.0139
"""


def test_noise_comes_from_the_sensors_file():
    records = list(open_watch_feeds([GOLDEN / "pass.tdm.kvn"], sensors_toml=SENSORS_TOML))
    first, *_ = scans_of(records)
    assert first.sigmas[0, :3].tolist() == [radians(0.0224), radians(0.0139), 92.5]


def test_what_the_sensor_has_no_sigma_for_is_not_used_and_said():
    records = list(open_watch_feeds([GOLDEN / "pass.tdm.kvn"], sensors_toml=SENSORS_TOML))
    (trouble,) = sentences_of(records)
    assert "DOPPLER_INSTANTANEOUS" in trouble.what and "sensors file" in trouble.cure
    assert all(scan.values[0, 3] != scan.values[0, 3] for scan in scans_of(records))


def test_a_sensors_file_that_cannot_be_read_is_refused():
    with pytest.raises(BadInputError, match="TOML"):
        open_watch_feeds([GOLDEN / "pass.tdm.kvn"], sensors_toml="[[[")
