"""True things beside launches: against closed forms, published events and the laws of optics."""

from math import cos, pi, radians, sqrt

import numpy as np
import pytest

from vedette.core.constants import EARTH_J2, EARTH_MU_M3_S2, NS_PER_S, SPEED_OF_LIGHT_MPS, WGS84_A_M
from vedette.core.errors import BadInputError
from vedette.frames import geodesic_direct, geodetic_from_itrf, itrf_from_geodetic
from vedette.motion.atmosphere import density_us76, standard_air
from vedette.scenario import make_scenario, parse_story
from vedette.scenario.burning import entry_course
from vedette.scenario.glinting import mirror_intensity_w_sr, specular_place
from vedette.scenario.orbiting import Orbiter, state_over
from vedette.sensing.daylight import sun_position_itrf_m

HEAD = """
title = "Things"
t_start_utc = "{t}"
seconds = {seconds}
"""
RADAR = """
[sensors.high-north]
kind = "radar"
site = {{ lat_deg = 76.5, lon_deg = -68.3, height_m = 400.0 }}
range_sigma_m = 50.0
angle_sigma_deg = 0.05
range_rate_sigma_mps = 5.0
revisit_s = 5.0
elevation_min_deg = 2.0
elevation_max_deg = 85.0
range_min_km = 200.0
range_max_km = 5550.0
range_1m2_km = 4000.0
pulse_interval_ms = 37.0
pulse_agility_ms = {agility}
"""
WATCHER = """
[sensors.geo]
kind = "infrared"
orbit = { lon_deg = -60.0 }
los_sigma_urad = 30.0
revisit_s = 2.0
"""
LAUNCH = """
[[launch]]
id = "L"
class = "short-range-stretched"
lat_deg = 20.0
lon_deg = -50.0
t_launch_s = 5.0
"""


def made_of(tables, *, t="2031-04-01T12:00:00Z", seconds=60.0, sensors=WATCHER, seed=1):
    return make_scenario(parse_story(HEAD.format(t=t, seconds=seconds) + tables + sensors), seed)


# ---- the Moon


def moonrise(agility=0.0):
    return made_of("[[moon]]\n", t="1960-10-05T22:20:00Z", seconds=30.0, sensors=RADAR.format(agility=agility))


def test_the_moon_stands_where_it_stood_over_the_north_in_october_1960_and_answers_late():
    made = moonrise()
    rows = np.concatenate([scan.values for scan in made.scans])
    assert len(rows) > 30
    # 2.4 degrees high at 22:20 UT, round trip 2.553 s (domain study, FA-01); a scan's angles are known to 0.05 degree
    assert np.degrees(np.median(rows[:, 1])) == pytest.approx(2.4, abs=0.25)
    moon = made.things[0]
    t = np.array([made.story.t_start_tai_ns])
    away_m = np.linalg.norm(moon.position_itrf_m(t)[0] - made.sensors["high-north"].site.position_itrf_m)
    delay_s = 2.0 * (away_m - 1_737_400.0) / SPEED_OF_LIGHT_MPS
    assert delay_s == pytest.approx(2.553, abs=0.02)
    interval_m = 0.5 * 0.037 * SPEED_OF_LIGHT_MPS
    nearest_m = (away_m - 1_737_400.0) % interval_m
    folded = (rows[:, 2] - nearest_m) % interval_m
    assert np.all(folded < 1_738e3)  # all of it within the depth of the Moon behind its nearest point
    assert np.median(folded) < 600e3  # most of the strong cells are near the front
    assert np.abs(np.median(rows[:, 3])) < 500.0  # the turning Earth's own speed, and little else


def test_with_an_agile_interval_the_moon_does_not_stay_at_its_range():
    def front_km(made):
        return [np.min(scan.values[:, 2]) / 1e3 for scan in made.scans if len(scan)]

    assert np.ptp(front_km(moonrise())) < 200.0
    # 0.3 ms longer at each look moves what came 69 pulses ago by some 3,000 km
    assert np.ptp(front_km(moonrise(agility=0.3))) > 1_000.0


# ---- orbits


def orbiter(height_m, heading_deg=60.0, beta=0.0, air=None, **more):
    state = state_over(10.0, 20.0, height_m, heading_deg, 0.0, None)
    return Orbiter("S", "satellite", 0.0, state, beta, 1.0, standard_air() if air is None else air, **more)


def test_the_plane_of_an_orbit_turns_as_the_flattened_earth_makes_it():
    body = orbiter(800e3)
    times, spin = np.arange(0.0, 86_400.0, 120.0), 7.292115e-5
    states = body.states_itrf(times)
    velocity = states[:, 3:] + np.cross([0.0, 0.0, spin], states[:, :3])
    h = np.cross(states[:, :3], velocity)
    nodes = np.unwrap(np.arctan2(h[:, 0], -h[:, 1]) + spin * times)
    tilt = np.arccos(h[:, 2] / np.linalg.norm(h, axis=1)).mean()
    a = 1.0 / np.mean(2.0 / np.linalg.norm(states[:, :3], axis=1) - np.sum(velocity**2, axis=1) / EARTH_MU_M3_S2)
    rate = -1.5 * sqrt(EARTH_MU_M3_S2 / a**3) * EARTH_J2 * (WGS84_A_M / a) ** 2 * cos(tilt)
    slope = np.cov(times, nodes)[0, 1] / np.var(times, ddof=1)  # its swing within each turn left out
    assert slope == pytest.approx(rate, rel=0.01)  # first order in J2; the rest of the field turns it too


def test_a_low_body_comes_down_as_king_hele_says():
    beta = 100.0
    body = orbiter(180e3, heading_deg=90.0, beta=beta)
    a0 = float(np.linalg.norm(body.state_itrf_epoch[:3]))
    period = 2 * pi * sqrt(a0**3 / EARTH_MU_M3_S2)

    def energy(state):
        v = state[3:] + np.cross([0.0, 0.0, 7.292115e-5], state[:3])
        return 0.5 * v @ v - EARTH_MU_M3_S2 / np.linalg.norm(state[:3])

    e = [energy(state) for state in body.states_itrf(np.array([0.0, period]))]
    lost_m = EARTH_MU_M3_S2 / (2 * abs(e[0])) - EARTH_MU_M3_S2 / (2 * abs(e[1]))
    # a round orbit loses 2 pi rho a^2 / beta a turn (King-Hele 1987); flattening moves its height by some km
    heights = geodetic_from_itrf(body.states_itrf(np.linspace(0.0, period, 50))[:, :3])[2]
    rho = np.mean(density_us76(heights))
    assert lost_m == pytest.approx(2 * pi * rho * a0**2 / beta, rel=0.15)  # the air turns with the Earth: up to 12 %


def test_a_body_that_decays_within_its_story_reaches_the_ground_and_is_gone():
    body = orbiter(128e3, beta=60.0)
    states = body.states_itrf(np.arange(0.0, 9_000.0, 60.0))
    up = np.all(np.isfinite(states), axis=1)
    assert up[0] and not up[-1] and np.all(np.diff(up.astype(int)) <= 0)
    heights = geodetic_from_itrf(states[up, :3])[2]
    assert np.all(heights > 0.0) and heights[-1] < 30e3


def test_a_catalogue_hours_old_is_wrong_along_the_track_of_a_decaying_body():
    table = """
    [[decaying_body]]
    id = "D"
    lat_deg = 70.0
    lon_deg = -60.0
    heading_deg = 100.0
    catalogue_age_h = 5.0
    drag_error = 0.15
    beta_kg_m2 = 100.0
    """
    made = made_of(table, seconds=30.0)
    (known,) = made.catalogue
    (body,) = made.things
    from vedette.motion.propagate import coast_track

    believed = coast_track(known.state_itrf, np.array([5.0 * 3600.0]), known.beta_kg_m2)[0]
    true = body.states_itrf(np.array([0.0]))[0]
    off = believed[:3] - true[:3]
    along = true[3:] / np.linalg.norm(true[3:])
    assert abs(off @ along) > 20e3
    assert abs(off @ along) > 3.0 * np.linalg.norm(off - (off @ along) * along)


def test_a_break_up_leaves_pieces_with_a_real_spread_of_speeds():
    table = """
    [[breakup]]
    id = "B"
    lat_deg = 80.0
    lon_deg = -60.0
    height_km = 700.0
    t_breakup_s = 20.0
    pieces = 80.0
    delta_v_mps = 60.0
    rcs_m2 = 10.0
    """
    made = made_of(table, sensors=RADAR.format(agility=0.0))
    parent, *pieces = made.things
    assert len(pieces) == 80
    before, after = np.array([19.0]), np.array([21.0])
    assert np.all(np.isfinite(parent.states_itrf(before))) and np.all(np.isnan(parent.states_itrf(after)))
    assert all(np.all(np.isnan(one.states_itrf(before))) for one in pieces)
    speeds = [one.drawn["delta_v_mps"] for one in pieces]
    assert 40.0 < np.median(speeds) < 90.0
    assert np.std(np.log10(speeds)) == pytest.approx(0.4, abs=0.12)
    start = made.story.t_start_tai_ns
    looks = [(int(scan.t_measured_tai_ns[0]) - start, len(scan)) for scan in made.scans if len(scan)]
    assert max(n for t, n in looks if t > 30 * NS_PER_S) > 20 * max(n for t, n in looks if t < 20 * NS_PER_S)


# ---- fire in the air and on the ground


def test_a_body_like_that_of_2013_breaks_at_thirty_kilometres_and_gives_its_light():
    # 18.6 km/s, 18 degrees, 1.2e7 kg, brightest near 30 km (Brown et al. 2013, Nature 503); radiated 3.75e14 J (CNEOS)
    lat, lon = radians(54.9), radians(61.4)
    from vedette.frames import enu_from_itrf_matrix

    enu = 18_600.0 * np.array([-cos(radians(18.0)), 0.0, -np.sin(radians(18.0))])
    place = itrf_from_geodetic(lat, lon, 38e3)
    times, states, light = entry_course(place, enu @ enu_from_itrf_matrix(lat, lon), 1.2e7, 3_300.0, 38e3)
    heights = geodetic_from_itrf(states[:, :3])[2]
    assert np.all(np.diff(heights) < 0.0)
    assert 24e3 < heights[np.argmax(light)] < 38e3
    assert float(np.trapezoid(light, times)) == pytest.approx(3.75e14, rel=0.6)
    bright_s = times[light > 0.1 * light.max()]
    assert 0.5 < np.ptp(bright_s) < 8.0


def test_a_bolide_is_over_in_seconds_and_a_fire_stays_where_it_is():
    tables = """
    [[bolide]]
    id = "M"
    lat_deg = 10.0
    lon_deg = -50.0
    t_s = 30.0
    radiated_j = 5e11
    speed_mps = 18000.0
    [[fire]]
    id = "F"
    lat_deg = -10.0
    lon_deg = -60.0
    power_mw = 2000.0
    """
    made = made_of(tables)
    watcher = made.sensors["geo"]
    t0 = made.story.t_start_tai_ns
    fire = itrf_from_geodetic(radians(-10.0), radians(-60.0), 10.0)
    away = fire - watcher.position_itrf_m(t0)
    los = away / np.linalg.norm(away)
    still = [row for scan in made.scans for row in scan.values if np.linalg.norm(row[:3] - los) < 1e-3]
    assert len(still) > 20
    assert np.std([row[:3] for row in still], axis=0).max() < 2.0 * 30e-6
    seen_s = [
        (scan.t_measured_tai_ns[0] - t0) / NS_PER_S
        for scan in made.scans
        for row in scan.values
        if np.linalg.norm(row[:3] - los) > 0.02
    ]
    assert 1 <= len(seen_s) <= 6 and all(abs(t - 30.0) < 8.0 for t in seen_s)


# ---- mirrors


def test_a_mirror_lies_where_the_angles_are_equal_and_shines_there_most():
    from vedette.sensing.orbits import Geostationary
    from vedette.time import tai_ns_from_utc_text

    t = tai_ns_from_utc_text("2031-04-01T14:00:00Z")
    stand, sun = Geostationary(0.0).position_itrf_m(t), sun_position_itrf_m(t)
    place = specular_place(stand, sun, 10e3)
    up = place / np.linalg.norm(place)
    to_us, to_sun = stand - place, sun - place
    a = np.arccos(up @ to_us / np.linalg.norm(to_us))
    b = np.arccos(up @ to_sun / np.linalg.norm(to_sun))
    assert a == pytest.approx(b, abs=radians(0.2))  # the sphere there, the ellipsoid here
    best = mirror_intensity_w_sr(place[None], up, stand[None], sun[None], 1e6, np.tan(radians(1.5)))[0]
    east = np.cross([0.0, 0.0, 1.0], up)
    leaning = up + np.tan(radians(3.0)) * east / np.linalg.norm(east)
    leaning /= np.linalg.norm(leaning)
    less = mirror_intensity_w_sr(place[None], leaning, stand[None], sun[None], 1e6, np.tan(radians(1.5)))[0]
    assert best > 1e5 and less < 0.05 * best
    night = tai_ns_from_utc_text("2031-04-01T00:00:00Z")
    dark = sun_position_itrf_m(night)
    assert mirror_intensity_w_sr(place[None], up, stand[None], dark[None], 1e6, 0.03)[0] == 0.0


# ---- in the air


def test_an_aircraft_flies_a_great_circle_level_and_turns_by_what_it_was_told():
    table = """
    [[aircraft]]
    id = "A"
    lat_deg = 50.0
    lon_deg = 10.0
    height_m = 10000.0
    heading_deg = 60.0
    speed_mps = 250.0
    turn_degps = 1.0
    t_turn_s = 600.0
    turn_for_s = 90.0
    """
    made = made_of(table, seconds=800.0)
    (plane,) = made.things
    states = plane.states_itrf(np.array([0.0, 600.0, 790.0]))
    lat, lon, height = geodetic_from_itrf(states[:, :3])
    assert np.allclose(height, 10_000.0, atol=1.0)
    # at ten kilometres the same angle is longer by h over R
    there = geodesic_direct(radians(50.0), radians(10.0), radians(60.0), 250.0 * 600.0 * (1.0 - 10e3 / 6.39e6))
    assert (lat[1], lon[1]) == pytest.approx((float(there[0]), float(there[1])), abs=2e-5)
    a, b = states[1, 3:], states[2, 3:]
    turned = np.degrees(np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b))))
    assert turned == pytest.approx(90.0, abs=1.0)


# ---- launches that end otherwise


def test_a_failed_launch_stops_pushing_and_comes_down_and_an_exploded_one_is_many():
    whole = made_of(LAUNCH + "[launch.failure]\nafter_s = 40.0\n").flights[0]
    assert whole.class_name == "failed-launch"
    assert (whole.t_burnout_tai_ns - whole.t_liftoff_tai_ns) / NS_PER_S == pytest.approx(40.0)
    assert not whole.flight.is_burning(np.array([46.0]))[0] and whole.flight.is_burning(np.array([44.0]))[0]
    made = made_of(LAUNCH + "[launch.failure]\nafter_s = 40.0\nexplodes = true\npieces = 12\n")
    assert len(made.things) == 12
    after = np.array([46.0])
    assert np.all(np.isnan(made.flights[0].flight.states_itrf(after)))
    assert all(np.all(np.isfinite(one.states_itrf(after))) for one in made.things)


def test_a_glider_is_borne_by_the_air_and_a_launch_from_the_sea_is_called_so():
    table = LAUNCH.replace("short-range-stretched", "intermediate-range-solid") + "loft = 0.2\n[launch.glide]\n"
    one = made_of(table, seconds=100.0).flights[0]
    assert one.class_name == "glide"
    t = np.arange(one.flight.glide.t_from_s + 60.0, one.flight.glide.t_from_s + 300.0, 10.0)
    heights = geodetic_from_itrf(one.flight.states_itrf(t)[:, :3])[2]
    assert np.all((heights > 20e3) & (heights < 60e3))  # four minutes in the air, where a ballistic body falls in one
    sea = made_of(LAUNCH.replace("short-range-stretched", "submarine-launched-ballistic"), seconds=60.0).flights[0]
    assert sea.class_name == "submarine-launched-ballistic" and sea.flight.vehicle.id.endswith("solid")


# ---- one place's luck moves no other's


def test_putting_a_thing_into_a_story_moves_nothing_else_in_it():
    bare = made_of(LAUNCH, seconds=100.0)
    more = made_of(LAUNCH + '[[fire]]\nid = "F"\nlat_deg = -20.0\nlon_deg = -60.0\n', seconds=100.0)
    assert [scan.t_received_tai_ns for scan in bare.scans] == [scan.t_received_tai_ns for scan in more.scans]
    for one, other in zip(bare.scans, more.scans, strict=True):
        kept = {row.tobytes() for row in one.values}
        assert kept <= {row.tobytes() for row in other.values}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("[[satellite]]\nhight_km = 3\n", "unknown key hight_km"),
        ('[[planet]]\nname = "pluto"\n', "no planet"),
        ('[[glint]]\nspecular_of = "nobody"\n', "no infrared watcher"),
        ('[[fire]]\nid = "A"\n[[flare]]\nid = "A"\n', "repeat"),
        ("[[bolide]]\ndescent_deg = -20.0\n", "does not come down"),
        ("[[satellite]]\ncount = 0\n", "count = 0"),
        (LAUNCH + "[launch.glide]\n[launch.failure]\n", "both glide and failure"),
    ],
)
def test_a_table_that_cannot_be_is_said_to_be_so(table, words):
    with pytest.raises(BadInputError, match=words):
        made_of(table)
