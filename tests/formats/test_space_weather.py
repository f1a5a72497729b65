"""CelesTrak's space weather: both formats, real and damaged."""

import contextlib
import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data import real_data

from vedette.core.errors import BadInputError
from vedette.core.space_weather import SpaceWeather
from vedette.formats.space_weather import read_space_weather

# two days of the published file, typed from it
_DAYS = (
    "2024 02 10 2598 11  7  7 13 23 17  7  3  7  83   3   3   5   9   6   3   2   3   4 0.1 0 146"
    " 188.7 0  158.5 157.9 193.8 162.4 162.8",
    "2024 02 11 2598 12 43 33 33 30 17 23 17 17 213  32  18  18  15   6   9   6   6  14 0.8 4 144"
    " 175.7 0  159.3 157.8 180.4 163.2 162.7",
)
FIXED = "\n".join(["DATATYPE CSSISpaceWeather", "VERSION 1.3", "BEGIN OBSERVED", *_DAYS, "END OBSERVED", ""])
COMMAS = """DATE,BSRN,ND,KP1,AP1,AP2,AP3,AP4,AP5,AP6,AP7,AP8,F10.7_OBS,F10.7_DATA_TYPE,F10.7_OBS_CENTER81
2024-02-10,2598,11,7,3,3,5,9,6,3,2,3,193.8,OBS,162.4
2024-02-11,2598,12,43,32,18,18,15,6,9,6,6,180.4,OBS,163.2
2024-03-01,2598,12,43,,,,,,,,,170.0,PRM,163.0
"""


def test_a_day_is_read_as_it_is_printed():
    weather = read_space_weather(FIXED)
    flux, mean, ap = weather.at(np.array(60351.5))  # noon of 2024-02-11
    assert (flux, mean) == (193.8, 163.2)  # the flux of the day before
    assert ap == pytest.approx(110 / 8)
    assert weather.mjd_measured_until == 60351


def test_both_formats_say_the_same():
    fixed, commas = read_space_weather(FIXED), read_space_weather(COMMAS)
    assert np.array_equal(fixed.ap, commas.ap[:2]) and np.array_equal(fixed.flux, commas.flux[:2])
    assert commas.mjd_measured_until == fixed.mjd_measured_until
    assert commas.is_predicted(np.array(60380.0)) and not commas.is_predicted(np.array(60351.2))


def test_the_real_file_is_read_whole():
    path = real_data("validation", "space-weather-eop", "SpaceWeather-All-v1.2_2025-01-10.txt.gz")
    weather = read_space_weather(gzip.decompress(path.read_bytes()).decode())
    observed, predicted_days, predicted_months = 24_574, 44, 95  # as the file itself counts them
    assert len(weather.mjd_utc) == observed + predicted_days + predicted_months
    assert weather.mjd_utc[0] == 36_112 and weather.mjd_measured_until == 60_685
    assert np.diff(weather.mjd_utc[:observed]).max() == 1
    assert 60.0 < weather.flux_mean.min() < weather.flux_mean.max() < 280.0  # 1957: the highest ever seen


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("hello", "neither"),
        (FIXED.replace("193.8", "19x.8"), r"sw:4: a damaged day"),
        (FIXED.replace("162.4", "  0.0"), r"sw:4: F10.7"),
        (COMMAS.replace(",32,", ",932,"), r"sw:3: Ap"),
        ("DATATYPE CSSISpaceWeather\nBEGIN OBSERVED\nEND OBSERVED\n", "no day"),
    ],
)
def test_damage_is_named(text, said):
    with pytest.raises(BadInputError, match=said):
        read_space_weather(text, "sw")


@given(st.text(max_size=300), st.sampled_from(["", FIXED, COMMAS]))
@settings(max_examples=40, deadline=None)
def test_no_text_crashes_the_reader(text, before):
    with contextlib.suppress(BadInputError):
        read_space_weather(before + text)


def test_a_stated_level_holds_for_ever():
    assert SpaceWeather.usual().at(np.array([0.0, 60_000.0]))[0].tolist() == [150.0, 150.0]
