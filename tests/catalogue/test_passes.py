"""Passes against a brute-force search with another SGP4 and a sphere's geometry, and their own laws."""

import numpy as np
import pytest
from sgp4.api import Satrec

from vedette.catalogue.passes import find_passes, usual_step_s
from vedette.core.errors import UsageError
from vedette.formats.tle import read_tle
from vedette.sensing import Radar, Site, Telescope
from vedette.time import jd_utc_from_tai_ns, tai_ns_from_utc_text

STATION = """ISS (ZARYA)
1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927
2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537
"""
T0 = tai_ns_from_utc_text("2008-09-20T13:00:00Z")
SECOND = 10**9
SITE = (48.0, 11.0)
A_SECOND = 1.5  # a sphere's vertical, UT1 taken for UTC and a low-precision sidereal time turn the horizon by 0.003 deg


def radar(**more):
    field = {"elevation_min_deg": 10.0, "range_max_km": 5000.0} | more
    return Radar(Site(*SITE, 0.0), range_sigma_m=30.0, angle_sigma_deg=0.05, name="r", **field)


@pytest.fixture(scope="module")
def sets():
    return read_tle(STATION)[0]


def elevations_deg(t):
    """By python-sgp4, the mean sidereal time, and the site's normal; no code of ours but the time scale."""
    body = Satrec.twoline2rv(*STATION.splitlines()[1:])
    jd, fraction = jd_utc_from_tai_ns(t)
    _, r, _ = body.sgp4_array(np.asarray(jd), np.asarray(fraction))
    d = (jd - 2451545.0) + fraction
    turn = np.radians((280.46061837 + 360.98564736629 * d) % 360.0)
    x, y = np.cos(turn) * r[:, 0] + np.sin(turn) * r[:, 1], -np.sin(turn) * r[:, 0] + np.cos(turn) * r[:, 1]
    place = np.stack([x, y, r[:, 2]], axis=1)
    lat, lon = np.radians(SITE)
    a, e2 = 6378.137, 6.69437999014e-3
    n = a / np.sqrt(1.0 - e2 * np.sin(lat) ** 2)
    here = np.array([n * np.cos(lat) * np.cos(lon), n * np.cos(lat) * np.sin(lon), n * (1.0 - e2) * np.sin(lat)])
    up = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    away = place - here
    return np.degrees(np.arcsin(away @ up / np.linalg.norm(away, axis=1)))


def test_rises_tops_and_sets_of_a_day_are_those_of_a_search_second_by_second(sets):
    t = T0 + SECOND * np.arange(86_401, dtype=np.int64)
    high = elevations_deg(t)
    over = high >= 10.0
    rise, end = np.flatnonzero(over[1:] & ~over[:-1]) + 1, np.flatnonzero(over[:-1] & ~over[1:]) + 1
    found = find_passes(sets, radar(), T0, T0 + 86_400 * SECOND)
    assert len(found) == len(rise) >= 4
    for one, first, last in zip(found, rise, end, strict=True):
        assert (one.rise.t_tai_ns - t[first]) / SECOND == pytest.approx(0.0, abs=A_SECOND)
        assert (one.set.t_tai_ns - t[last]) / SECOND == pytest.approx(0.0, abs=A_SECOND)
        top = first + int(np.argmax(high[first:last]))
        assert (one.top.t_tai_ns - t[top]) / SECOND == pytest.approx(0.0, abs=2.0)
        assert np.degrees(one.top.elevation_rad) == pytest.approx(high[top], abs=0.02)
        assert np.degrees(one.rise.elevation_rad) == pytest.approx(10.0, abs=1e-3)


def test_a_beam_two_degrees_high_is_crossed_and_the_fewest_steps_miss_nothing(sets):
    beam = radar(elevation_min_deg=29.0, elevation_max_deg=31.0)
    assert usual_step_s(beam) <= 0.5 < usual_step_s(radar())
    usual = find_passes(sets, beam, T0, T0 + 43_200 * SECOND)
    fine = find_passes(sets, beam, T0, T0 + 43_200 * SECOND, step_s=0.25)
    assert [one.rise.t_tai_ns // SECOND for one in usual] == [one.rise.t_tai_ns // SECOND for one in fine]
    assert usual and all(one.duration_s < 60.0 for one in usual if np.isfinite(one.sigma_s))


def test_many_objects_by_tables_pass_as_each_does_alone(sets):
    """The same object among seventy: the tables between minutes against SGP4 at every step."""
    from dataclasses import replace

    many = sets.take(np.zeros(70, dtype=np.int64))
    many = replace(many, number=np.arange(70), mean_anomaly_rad=sets.mean_anomaly_rad[0] + np.arange(70) * 1e-3)
    found = find_passes(many, radar(), T0, T0 + 7200 * SECOND)
    for k in (0, 33, 69):
        alone = find_passes(many.take(np.array([k])), radar(), T0, T0 + 7200 * SECOND)
        mine = [one for one in found if one.row == k]
        assert len(mine) == len(alone)
        for a, b in zip(mine, alone, strict=True):
            assert abs(a.rise.t_tai_ns - b.rise.t_tai_ns) < 2_000_000  # both are halved on SGP4 itself


def test_a_late_object_rises_late_by_about_the_stated_sigma(sets):
    from dataclasses import replace

    (first, *_) = [one for one in find_passes(sets, radar(), T0, T0 + 86_400 * SECOND) if not one.is_cut_before]
    from vedette.catalogue import element_sigmas_m

    along_m = element_sigmas_m(sets, np.array([first.rise.t_tai_ns]))[0, 1]
    late = replace(sets, mean_anomaly_rad=sets.mean_anomaly_rad - along_m / 6.72e6)
    (other, *_) = [one for one in find_passes(late, radar(), T0, T0 + 86_400 * SECOND) if not one.is_cut_before]
    moved_s = (other.rise.t_tai_ns - first.rise.t_tai_ns) / SECOND
    assert moved_s == pytest.approx(along_m / 7_690.0, rel=0.05)  # by the station's speed among the stars
    assert moved_s < first.sigma_s < 3.0 * moved_s  # height and plane move a low horizon's edge too


def test_a_telescope_sees_only_what_is_lit_while_it_is_dark(sets):
    scope = Telescope(Site(*SITE, 0.0), los_sigma_urad=10.0, elevation_min_deg=10.0, name="t")
    from vedette.sensing.daylight import is_sunlit, sun_elevation_rad

    day = find_passes(sets, radar(), T0, T0 + 10 * 86_400 * SECOND)
    night = find_passes(sets, scope, T0, T0 + 10 * 86_400 * SECOND)
    assert 0 < len(night) < len(day)
    for one in night:
        place = np.array(one.top.position_itrf_m)
        assert is_sunlit(place, one.top.t_tai_ns)
        assert np.degrees(sun_elevation_rad(scope.position_itrf_m(one.top.t_tai_ns), one.top.t_tai_ns)) < -11.9


def test_an_end_before_the_start_is_refused(sets):
    with pytest.raises(UsageError, match="not after"):
        find_passes(sets, radar(), T0, T0)
