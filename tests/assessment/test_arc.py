"""`vedette arc` against published flights, against GeographicLib, and against SciPy flying the arc among the stars."""

import csv
import json
from math import degrees, radians

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from tests.data import real_data

from vedette.assessment.arc import energy_range_m, inertial_velocities, kepler_arcs
from vedette.assessment.arc_boosts import quantile
from vedette.assessment.arc_claim import Claim, judge_claim
from vedette.core.constants import EARTH_GRAVITY_RADIUS_M, EARTH_J2, EARTH_MU_M3_S2, EARTH_SPIN_RADPS
from vedette.core.errors import UsageError
from vedette.doors.cli.main import main
from vedette.frames.geodesy import geodetic_from_itrf

# Published figures: lat, lon, bearing, apogee km, range km, flight time s. Sources by row:
# KCNA and press (BBC, asia-39911530); KCNA and CSIS Missile Threat; KCNA by nknews.org and tass.com; Government of
# Japan, 05:58 to 06:12 JST; DPRK state television by defence-industries.com. Bearings: nagix/nk-missile-tests
# (Apache-2.0).
PUBLISHED = {
    "2017-05-14": (40.0659, 125.2099, 71.0, 2111.5, 787.0, 1800.0),
    "2017-07-04": (39.8722, 125.2692, 86.0, 2802.0, 933.0, 2340.0),
    "2017-07-28": (40.6112, 126.4257, 70.0, 3724.9, 998.0, 2832.0),
    "2017-08-29": (39.2002, 125.6733, 73.0, 550.0, 2700.0, 840.0),
    "2017-11-29": (39.2820, 125.8690, 76.0, 4475.0, 950.0, 3180.0),
}
# D. Wright, Union of Concerned Scientists, 2017, without the turning of the Earth; the last is "more than 13,000 km"
WRIGHT_RANGE_KM = {"2017-05-14": 4500.0, "2017-07-04": 6700.0, "2017-07-28": 10400.0, "2017-11-29": 13000.0}
# Not ballistic to the end: Japan MoD (pull-up); NASA (capsules under parachutes): MR-3, Gemini 2, AS-201
RETARDED = {
    "Mercury-Redstone 3": (28.4394, -80.5733, 187.5, 487.6, 928.0),
    "Gemini 2": (28.5067, -80.5546, 171.1, 3422.5, 1096.0),
    "AS-201": (28.5218, -80.5610, 492.1, 8477.0, 2239.7),
}


def claim(lat, lon, apogee_km, range_km, time_s=None, bearing_deg=None, **more):
    bearing = None if bearing_deg is None else radians(bearing_deg)
    return Claim(radians(lat), radians(lon), apogee_km * 1e3, range_km * 1e3, bearing, time_s, **more)


def table(name):
    return list(csv.DictReader(real_data("missile-tests", name).read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("with_bearing", [True, False])
@pytest.mark.parametrize("day", PUBLISHED)
def test_published_ballistic_flights_are_inside_the_interval(day, with_bearing):
    lat, lon, bearing, apogee, distance, time_s = PUBLISHED[day]
    verdict = judge_claim(claim(lat, lon, apogee, distance, time_s, bearing if with_bearing else None))
    low, high = verdict.flight_time_90_s
    assert low <= time_s <= high
    assert verdict.is_possible and verdict.is_kepler
    assert high - low < 0.35 * verdict.flight_time_s  # an interval that holds anything says nothing


def test_public_estimates_of_greatest_range_agree():
    for day, wright_km in WRIGHT_RANGE_KM.items():
        lat, lon, bearing, apogee, distance, _ = PUBLISHED[day]
        verdict = judge_claim(claim(lat, lon, apogee, distance, None, bearing))
        fifteen_percent = 0.15  # he flies one assumed vehicle, we the middle of several
        assert verdict.max_range_m / 1e3 == pytest.approx(wright_km, rel=fifteen_percent)
        assert verdict.max_range_90_m[0] <= wright_km * 1e3 <= verdict.max_range_90_m[1]


@pytest.mark.parametrize("name", RETARDED)
def test_capsules_are_explained_not_fitted(name):
    lat, lon, apogee, distance, time_s = RETARDED[name]
    verdict = judge_claim(claim(lat, lon, apogee, distance, time_s))
    assert not verdict.is_possible and "retarded descent" in verdict.reason
    assert verdict.flight_time_90_s[1] < time_s
    assert judge_claim(claim(lat, lon, apogee, distance, time_s, is_retarded=True)).is_possible


def test_a_pull_up_is_refused_as_ballistic():
    verdict = judge_claim(claim(39.2002, 125.6733, 50.0, 850.0, 660.0))
    assert not verdict.is_possible and not verdict.is_kepler
    assert "pull-up" in verdict.reason and "60 km" in verdict.reason


def test_quicker_than_free_fall_is_impossible():
    verdict = judge_claim(claim(39.2, 125.7, 550.0, 2700.0, 700.0))
    assert not verdict.is_possible and "too short" in verdict.reason


def test_a_stated_boost_narrows_the_time():
    free = judge_claim(claim(40.0, 127.0, 1000.0, 500.0, 1600.0))
    stated = judge_claim(claim(40.0, 127.0, 1000.0, 500.0, 1600.0, boost_s=90.0))
    width = [v.flight_time_physical_90_s[1] - v.flight_time_physical_90_s[0] for v in (free, stated)]
    assert width[1] < width[0]
    assert not stated.is_possible and "boost of 90 s" in stated.reason


def test_every_row_of_the_published_flights_comes_out_as_it_should():
    for row in table("published_flights.csv"):
        if row["id"] > "S09" or not (row["apogee_km"] and row["range_km"]):
            continue
        time_s = float(row["flight_time_s"])
        verdict = judge_claim(
            claim(float(row["lat"]), float(row["lon"]), float(row["apogee_km"]), float(row["range_km"]), time_s)
        )
        low, high = verdict.flight_time_90_s
        assert (low <= time_s <= high) == (row["id"] <= "S05"), row["id"]
        assert verdict.is_possible == (row["id"] <= "S05"), row["id"]


def test_sixty_published_tests_get_their_arcs():
    rows = csv.DictReader(
        real_data("missile-tests", "dprk_flights_1984_2019.csv").read_text(encoding="utf-8").splitlines()
    )
    rows = [row for row in rows if row["apogee_km"] and row["range_km"]]
    assert len(rows) == 60
    seen = set()
    for row in rows:
        figures = [float(row[k]) for k in ("site_lat", "site_lon", "apogee_km", "range_km", "bearing_deg")]
        if tuple(figures) in seen:  # salvoes have the same figures
            continue
        seen.add(tuple(figures))
        lat, lon, apogee, distance, bearing = figures
        arcs = kepler_arcs(radians(lat), radians(lon), apogee * 1e3, distance * 1e3, radians(bearing))
        assert arcs.found.all(), row
        line = Geodesic.WGS84.Inverse(lat, lon, *np.degrees([arcs.impact_lats_rad[0], arcs.impact_lons_rad[0]]))
        one_metre = 1.0
        assert abs(line["s12"] - distance * 1e3) < one_metre
        assert arcs.times_s[0] > 2.0 * np.sqrt(
            2.0 * apogee * 1e3 / 9.81
        )  # gravity is nowhere stronger than at the ground


def test_the_arc_flies_among_the_stars_as_it_does_here():
    lat, lon, apogee, distance, bearing = 40.0, 125.0, 2000.0, 5000.0, 60.0
    arcs = kepler_arcs(radians(lat), radians(lon), apogee * 1e3, distance * 1e3, radians(bearing))
    start = arcs.launch_states_itrf[0]

    def slope(_, y):
        r = np.linalg.norm(y[:3])
        k = 1.5 * EARTH_J2 * EARTH_MU_M3_S2 * EARTH_GRAVITY_RADIUS_M**2 / r**5
        s2 = (y[2] / r) ** 2
        pull = -EARTH_MU_M3_S2 / r**3 * y[:3] - k * y[:3] * (np.array([1.0, 1.0, 3.0]) - 5.0 * s2)
        return np.r_[y[3:], pull]

    inertial = np.r_[start[:3], inertial_velocities(start)]
    times = np.linspace(0.0, arcs.times_s[0], 2001)
    flown = solve_ivp(slope, (0, times[-1]), inertial, "DOP853", t_eval=times, rtol=1e-11, atol=1e-4).y.T
    turn = -EARTH_SPIN_RADPS * times
    x, y, z = flown[:, :3].T
    fixed = np.stack([np.cos(turn) * x - np.sin(turn) * y, np.sin(turn) * x + np.cos(turn) * y, z], axis=1)
    end_lat, end_lon, heights = geodetic_from_itrf(fixed)
    line = Geodesic.WGS84.Inverse(lat, lon, degrees(end_lat[-1]), degrees(end_lon[-1]))
    a_hundred_metres = 100.0  # J3 and J4, which only one of the two has
    assert abs(heights[-1]) < a_hundred_metres
    assert abs(heights.max() - apogee * 1e3) < a_hundred_metres
    assert abs(line["s12"] - distance * 1e3) < a_hundred_metres
    assert abs(line["azi1"] - bearing) < 1e-2


def test_minimum_energy_flights_have_their_textbook_figures():
    # range km, speed km/s, apogee km, minutes over a still, round Earth (Bate, Mueller and White 1971, section 6.2)
    for range_km, speed, apogee, minutes in ((1000, 3.0, 240, 7.9), (5500, 6.1, 1041, 21.9), (10000, 7.2, 1319, 32.2)):
        arcs = kepler_arcs(radians(45.0), 0.0, apogee * 1e3, range_km * 1e3, np.radians([0.0, 180.0]))
        two_percent = 0.02  # this Earth is flattened and turns
        assert np.mean(arcs.times_s) / 60.0 == pytest.approx(minutes, rel=two_percent)
        assert np.mean(arcs.speeds_inertial_mps) / 1e3 == pytest.approx(speed, rel=two_percent)
        assert energy_range_m(speed * 1e3) == pytest.approx(range_km * 1e3, rel=0.03)


@settings(max_examples=15, deadline=None)
@given(
    st.floats(-85.0, 85.0),
    st.floats(-180.0, 180.0),
    st.floats(80.0, 6000.0),
    st.floats(0.0, 12000.0),
    st.floats(0, 360),
)
def test_an_arc_lands_where_it_was_asked_to(lat, lon, apogee, distance, bearing):
    arcs = kepler_arcs(radians(lat), radians(lon), apogee * 1e3, distance * 1e3, radians(bearing))
    if arcs.found[0]:
        line = Geodesic.WGS84.Inverse(lat, lon, degrees(arcs.impact_lats_rad[0]), degrees(arcs.impact_lons_rad[0]))
        assert abs(line["s12"] - distance * 1e3) < 1.0
        assert arcs.misses_m[0] < 1.0
    else:  # only a flat, far arc may be an orbit, or one that grazes the ground
        assert distance > 8 * apogee or distance > 9000.0


def test_what_no_flight_can_be_is_refused_in_words():
    for wrong, words in (
        ({"lat": 95.0}, "latitude"),
        ({"apogee_km": -3.0}, "apogee"),
        ({"apogee_km": float("nan")}, "apogee"),
        ({"range_km": 30000.0}, "range"),
        ({"time_s": -1.0}, "claimed time"),
    ):
        figures = {"lat": 40.0, "lon": 125.0, "apogee_km": 500.0, "range_km": 500.0, **wrong}
        with pytest.raises(UsageError, match=words):
            claim(**figures)


def test_nothing_is_said_to_reach_less_than_it_did():
    for apogee, distance in ((1200.0, 6759.0), (100.0, 19000.0)):
        verdict = judge_claim(claim(34.75, -120.62, apogee, distance))
        assert (
            distance * 1e3 <= verdict.max_range_90_m[0] <= verdict.max_range_m <= verdict.max_range_90_m[1] <= 20_004e3
        )
        assert verdict.class_name == "intercontinental-ballistic"


def test_an_arc_too_high_to_come_down_is_said_to_be_none():
    verdict = judge_claim(claim(40.0, 125.0, 400_000.0, 500.0))
    assert not verdict.is_possible and "No free arc" in verdict.reason and np.isnan(verdict.kepler_time_s)


def test_quantiles_of_one_normal_are_the_printed_ones():
    one = np.array([100.0])
    assert quantile(one, np.ones(1), 0.95, 10.0) == pytest.approx(116.449, abs=1e-2)  # z = 1.6449
    assert quantile(one, np.ones(1), 0.5, 10.0) == pytest.approx(100.0, abs=1e-6)


def test_the_command_line_gives_the_document(capsys):
    words = "arc --lat 40.0659 --lon 125.2099 --apogee-km 2111.5 --range-km 787 --claimed-time-s 1800 --json"
    assert main([*words.split(), "--bearing-deg", "71"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["possible"] is True and said["class"] == "intermediate-range-ballistic"
    assert said["flight_time_90_s"][0] <= 1800 <= said["flight_time_90_s"][1]
    track = said["ground_track"]
    assert track[0]["lat_deg"] == pytest.approx(40.0659, abs=1e-3) and abs(track[-1]["altitude_km"]) < 0.1
    assert max(p["altitude_km"] for p in track) == pytest.approx(2111.5, abs=1.0)
    assert (track[-1]["lat_deg"], track[-1]["lon_deg"]) == pytest.approx(
        (said["impact_lat_deg"], said["impact_lon_deg"]), abs=1e-3
    )
    assert main(words.split()) == 0
    ring = json.loads(capsys.readouterr().out)
    assert ring["impact_lat_deg"] is None and len(ring["impact_ring"]) == 36
    low, high = ring["kepler_time_span_s"]
    assert low < said["kepler_time_s"] < high


def test_the_command_line_speaks_to_people_and_refuses_nonsense(capsys):
    assert (
        main(
            [
                "arc",
                "--lat",
                "39.2",
                "--lon",
                "125.7",
                "--apogee-km",
                "50",
                "--range-km",
                "850",
                "--claimed-time-s",
                "660",
            ]
        )
        == 0
    )
    out = capsys.readouterr().out
    assert "pull-up" in out and "possible" in out
    assert main(["arc", "--lat", "99", "--lon", "125.7", "--apogee-km", "50", "--range-km", "850"]) == 2
    assert "latitude" in capsys.readouterr().err
