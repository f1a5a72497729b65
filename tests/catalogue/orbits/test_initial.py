"""First orbits against published answers: Vallado's, Escobal's and Der's cases, and arcs that must arrive."""

import re
from functools import cache

import erfa
import numpy as np
import pytest
from tests.data import real_data

from vedette.catalogue.orbits.initial import state_from_three_positions, states_gauss, states_gooding
from vedette.catalogue.orbits.lambert import lambert_arcs
from vedette.core.errors import UsageError
from vedette.frames import EarthOrientation, gcrf_from_itrf_matrix, itrf_from_geodetic, teme_from_itrf_matrix
from vedette.motion.kepler import elements_from_state, propagate_kepler
from vedette.time import tai_ns_from_utc_text
from vedette.tracking.initial_orbit import velocity_gibbs, velocity_herrick_gibbs


def test_gibbs_matches_example_7_3_of_vallado():
    positions = 1e3 * np.array([[0, 0, 6378.1363], [0, -4464.696, -5102.509], [0, 5740.323, 3189.068]])
    ten_centimetres_a_second = 0.1  # the example is printed to a metre a second and its gravity is another's
    assert velocity_gibbs(positions) == pytest.approx([0.0, 5531.148, -5191.806], abs=ten_centimetres_a_second)


def test_herrick_gibbs_matches_example_7_4_of_vallado():
    positions = 1e3 * np.array([
        [3419.85564, 6019.82602, 2784.60022], [2935.91195, 6326.18324, 2660.59584], [2434.95202, 6597.38674, 2521.52311]
    ])  # fmt: skip
    velocity = velocity_herrick_gibbs(positions, np.array([0.0, 76.48, 153.04]))
    assert velocity == pytest.approx([-6441.557, 3777.560, -1720.568], abs=0.2)
    assert state_from_three_positions(positions, np.array([0.0, 76.48, 153.04]))[3:] == pytest.approx(velocity)


def test_lambert_matches_example_7_5_of_vallado():
    (arc,) = lambert_arcs(
        np.array([15_945_340.0, 0.0, 0.0]), np.array([12_214_838.99, 10_249_467.31, 0.0]), 76.0 * 60.0
    )
    assert arc.velocity_1_mps == pytest.approx([2058.913, 2915.965, 0.0], abs=1e-3)
    assert arc.velocity_2_mps == pytest.approx([-3451.565, 910.315, 0.0], abs=1e-3)


@cache
def lambert_cases():
    cases, rows = {}, []
    for line in real_data("validation", "misc", "lamberttest.dat").read_text().splitlines():
        if found := re.match(r"#\s*(\d+):", line):
            rows = cases.setdefault(int(found[1]), [])
        elif line.strip() and not line.startswith("#"):
            rows.append([float(word) for word in line.replace(",", " ").split()])
    return {n: rows for n, rows in cases.items() if len(rows) >= 6}


def test_every_lambert_case_has_its_arcs_and_they_all_arrive():
    a_millimetre, plane_unsure_m = 1e-3, 0.2  # places nearly in line with the centre share few digits of their plane
    reached = 0
    for number, rows in lambert_cases().items():
        turns = int(rows[0][0])
        r1, r2, dt = 1e3 * np.array(rows[1]), 1e3 * np.array(rows[3]), rows[5][0]
        sine = np.linalg.norm(np.cross(r1, r2)) / (np.linalg.norm(r1) * np.linalg.norm(r2))
        if sine < 1e-9:
            continue  # in line with the centre: refused, see below
        for is_retrograde in (False, True):
            arcs = lambert_arcs(r1, r2, dt, most_turns=turns, is_retrograde=is_retrograde)
            assert arcs[0].turns == 0
            for arc in arcs:
                speed = np.linalg.norm(arc.velocity_1_mps)
                end = propagate_kepler(np.concatenate([r1, arc.velocity_1_mps]), dt)
                if speed > 3e4:
                    continue  # through the Earth's centre at a share of light's speed: the last digit moves it metres
                allowed_m = a_millimetre if sine > 1e-6 else plane_unsure_m
                assert np.linalg.norm(end[:3] - r2) < allowed_m, (number, arc)
                assert np.linalg.norm(end[3:] - arc.velocity_2_mps) < 1e-3 * (1.0 + allowed_m), (number, arc)
                reached += 1
    assert reached > 200


@pytest.mark.parametrize(("number", "tolerance_mps"), [(75, 1e-3), (77, 1e-3), (56, 0.5)])
def test_cases_with_known_velocities_are_met(number, tolerance_mps):
    rows = lambert_cases()[number]
    arcs = lambert_arcs(1e3 * np.array(rows[1]), 1e3 * np.array(rows[3]), rows[5][0], most_turns=int(rows[0][0]))
    assert min(np.linalg.norm(arc.velocity_1_mps - 1e3 * np.array(rows[2])) for arc in arcs) < tolerance_mps


def test_half_a_turn_needs_a_plane():
    r1, r2 = np.array([7e6, 0.0, 0.0]), np.array([-8e6, 0.0, 0.0])
    with pytest.raises(UsageError, match="in line"):
        lambert_arcs(r1, r2, 3000.0)
    (arc,) = lambert_arcs(r1, r2, 3000.0, plane_normal=np.array([0.0, -1.0, 1.0]))
    end = propagate_kepler(np.concatenate([r1, arc.velocity_1_mps]), 3000.0)
    assert np.linalg.norm(end[:3] - r2) < 1e-3
    assert np.cross(r1, arc.velocity_1_mps) @ np.array([0.0, 1.0, 1.0]) == pytest.approx(0.0, abs=1e3)


@cache
def angle_cases():
    """Directions, observers and times of each case, on axes of date, the newest (0) on gcrf's: as published."""
    cases, now, orientation = {}, [], EarthOrientation.packaged()
    for line in real_data("tracking", "radar", "anglestest.dat").read_text().splitlines()[1:]:
        if found := re.match(r"#\s*(\d+)\s", line):
            now = cases.setdefault(int(found[1]), [])
            continue
        words = line.replace("\t", " ").split(",")
        if line.startswith("#") or len(words) < 11:
            continue
        day, month, year, hour, minute, second, lat, lon, height_km, ra, dec = (float(w) for w in words[:11])
        place = itrf_from_geodetic(np.radians(lat), np.radians(lon), 1e3 * height_km)
        clock_s = 3600.0 * hour + 60.0 * minute + second
        if year < 1972:
            jd_1, jd_2 = erfa.cal2jd(int(year), int(month), int(day))
            angle = erfa.gmst82(jd_1, jd_2 + clock_s / 86_400.0)
            c, s = np.cos(angle), np.sin(angle)
            observer, t = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ place, jd_2 * 86_400.0 + clock_s
        else:
            midnight = tai_ns_from_utc_text(f"{int(year)}-{int(month):02d}-{int(day):02d}T00:00:00Z")
            instant = midnight + round(clock_s * 1e9)
            turn = (gcrf_from_itrf_matrix if now is cases.get(0) else teme_from_itrf_matrix)(instant, orientation)
            observer, t = turn @ place, instant * 1e-9
        ra, dec = np.radians([ra, dec])
        now.append((np.array([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)]), observer, t))
    return cases


def looks(number, pick):
    rows = [angle_cases()[number][i] for i in pick]
    times = np.array([row[2] for row in rows])
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows]), times - times[0]


# case, looks, semi-major axis (km), eccentricity, inclination (deg), node (deg) as the file has them; relative
# tolerance of the axis, from how far the last digits of the angles move it
ANSWERS = [
    (0, (2, 4, 5), 12246.023, 0.2, 40.0, 330.0, 5e-4),
    (1, (2, 4, 5), 12756.274, 0.2, 62.3, 40.0, 1e-4),
    (1, (0, 7, 14), 12756.274, 0.2, 62.3, 40.0, 1e-4),
    (2, (0, 1, 2), 8306.247, 0.16419, 32.878, 136.53, 1e-4),
    (3, (0, 1, 2), 12756.274, 0.2, 62.3, 40.0, 1e-3),
    (4, (0, 1, 2), 63781.37, 0.3, 45.0, 45.0, 1e-4),
    (7, (2, 4, 5), 26627.957, 0.6506, 64.28, 121.56, 1e-4),
    (7, (0, 5, 10), 26627.957, 0.6506, 64.28, 121.56, 1e-4),
    (8, (0, 4, 8), 42163.95, 0.001, 3.3, 40.0, 1e-5),
    (14, (0, 1, 2), 27139.474, 0.7033401, 63.69164, 110.49319, 6e-3),
    (15, (0, 1, 2), 41652.449, 0.009266, 3.41963, 62.27168, 1e-3),
    (16, (0, 1, 2), 42157.714, 0.0010522, 3.43243, 62.24558, 1e-3),
    (17, (0, 1, 2), 7814.498, 0.0038287, 51.94236, 320.56998, 5e-4),
    (18, (0, 1, 2), 7773.010, 0.0016952, 51.98464, 320.61089, 3e-3),
]


@pytest.mark.parametrize(("number", "pick", "axis_km", "e", "inclination", "node", "tolerance"), ANSWERS)
def test_gooding_finds_the_published_orbit(number, pick, axis_km, e, inclination, node, tolerance):
    found = elements_from_state(states_gooding(*looks(number, pick)))
    best = found[np.argmin(np.abs(found[:, 0] - 1e3 * axis_km))]
    assert best[0] / 1e3 == pytest.approx(axis_km, rel=tolerance)
    assert best[1] == pytest.approx(e, abs=1.2e-3)
    assert np.degrees(best[2:4]) == pytest.approx([inclination, node], abs=0.02)


@pytest.mark.parametrize(
    ("number", "pick", "axis_km", "e", "inclination", "node", "tolerance"), [ANSWERS[k] for k in (0, 1, 5, 12)]
)
def test_gauss_finds_the_published_orbit(number, pick, axis_km, e, inclination, node, tolerance):
    found = elements_from_state(states_gauss(*looks(number, pick)))
    best = found[np.argmin(np.abs(found[:, 0] - 1e3 * axis_km))]
    assert best[0] / 1e3 == pytest.approx(axis_km, rel=tolerance)
    assert np.degrees(best[2:4]) == pytest.approx([inclination, node], abs=0.02)


def test_gauss_matches_example_5_11_of_curtis():
    observers = 1e3 * np.array([[3489.8, 3430.2, 4078.5], [3460.1, 3460.1, 4078.5], [3429.9, 3490.1, 4078.5]])
    directions = np.array([[0.71643, 0.68074, -0.15270], [0.56897, 0.79531, -0.20917], [0.41841, 0.87007, -0.26059]])
    times = np.array([0.0, 118.10, 237.58])
    ten_kilometres, fifty_metres_a_second = 1e4, 50.0  # the directions are printed to five figures
    (plain,) = states_gauss(directions, observers, times, passes=0, mu_m3_s2=3.986e14)
    assert plain[:3] == pytest.approx([5_659_100.0, 6_533_800.0, 3_270_100.0], abs=ten_kilometres)
    assert plain[3:] == pytest.approx([-3880.0, 5115.6, -2238.7], abs=fifty_metres_a_second)
    (better,) = states_gauss(directions, observers, times, mu_m3_s2=3.986e14)
    assert elements_from_state(better, 3.986e14)[:2] == pytest.approx([10_000e3, 0.1], rel=0.02)
