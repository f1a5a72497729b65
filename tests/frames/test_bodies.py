"""Sun and Moon, judged by the worked examples of Meeus."""

import erfa
import numpy as np

from vedette.frames import moon_position_gcrf_m, sun_position_gcrf_m
from vedette.frames.bodies import ASTRONOMICAL_UNIT_M
from vedette.time import tai_ns_from_jd_tt, tai_ns_from_utc_text


def ecliptic_of_date(position_gcrf_m, jd_tt):
    turned = erfa.ecm06(jd_tt, 0.0) @ position_gcrf_m
    lon, lat = erfa.c2s(turned)
    return np.degrees(lon) % 360, np.degrees(lat), np.linalg.norm(turned)


def test_the_sun_of_meeus_example_25b():
    """Astronomical Algorithms, 2nd ed., example 25.b: 1992-10-13.0 TD, geometric, mean equinox of date."""
    lon, lat, distance = ecliptic_of_date(sun_position_gcrf_m(int(tai_ns_from_jd_tt(2448908.5, 0.0))), 2448908.5)
    one_arcsecond = 1 / 3600
    assert abs(lon - 199.907347) < one_arcsecond and abs(lat - 0.62 / 3600) < one_arcsecond
    assert abs(distance / ASTRONOMICAL_UNIT_M - 0.99760775) < 1e-6


def test_the_moon_of_meeus_example_47a():
    """Example 47.a: 1992-04-12.0 TD: 133.162655°, -3.229126°, 368409.7 km."""
    lon, lat, distance = ecliptic_of_date(moon_position_gcrf_m(int(tai_ns_from_jd_tt(2448724.5, 0.0))), 2448724.5)
    ten_arcseconds = 10 / 3600  # what the series promises
    assert abs(lon - 133.162655) < ten_arcseconds and abs(lat + 3.229126) < ten_arcseconds
    assert abs(distance / 1e3 - 368409.7) < 20


def test_many_instants_at_once():
    t = tai_ns_from_utc_text("2024-01-01T00:00:00Z") + np.arange(5, dtype=np.int64) * 86_400 * 10**9
    assert sun_position_gcrf_m(t).shape == moon_position_gcrf_m(t).shape == (5, 3)
    assert np.allclose(sun_position_gcrf_m(t)[3], sun_position_gcrf_m(int(t[3])))
