"""Where the Sun stands, what it lights, and what the ionosphere delays: against other sources."""

import numpy as np
import pytest

from vedette.frames import EarthOrientation, itrf_from_gcrf_matrix, itrf_from_geodetic, sun_position_gcrf_m
from vedette.sensing.daylight import is_sunlit, reflected_magnitude, sun_elevation_rad, sun_position_itrf_m
from vedette.sensing.ionosphere import ionospheric_delay_m
from vedette.time import tai_ns_from_utc_text

EPOCHS = ["2000-01-01T12:00:00Z", "2010-06-21T03:00:00Z", "2025-09-22T18:19:00Z", "2031-04-01T12:00:00Z"]


def test_the_short_formulae_agree_with_the_full_ones():
    t = np.array([tai_ns_from_utc_text(text) for text in EPOCHS])
    full = np.einsum("nij,nj->ni", itrf_from_gcrf_matrix(t, EarthOrientation.packaged()), sun_position_gcrf_m(t))
    short = sun_position_itrf_m(t)
    cosine = np.sum(full * short, axis=1) / np.linalg.norm(full, axis=1) / np.linalg.norm(short, axis=1)
    two_hundredths_deg = np.radians(0.02)  # 0.01 degree of formula, 20 arcseconds of aberration
    assert np.all(np.arccos(np.clip(cosine, -1, 1)) < two_hundredths_deg)
    assert np.linalg.norm(short, axis=1) == pytest.approx(np.linalg.norm(full, axis=1), rel=1e-4)


def test_the_suns_elevation_is_that_of_the_almanac():
    # Greenwich, equinox of 2031 (20 March 19:41 UTC): at that day's noon the Sun stands 90 - 51.48 degrees high
    t = tai_ns_from_utc_text("2031-03-20T12:07:30Z")
    place = itrf_from_geodetic(np.radians(51.4779), 0.0, 0.0)
    a_tenth_and_the_vertical = 0.35  # geocentric vertical is 0.19 degrees off; declination is still -0.13
    assert np.degrees(sun_elevation_rad(place, t)) == pytest.approx(38.5, abs=a_tenth_and_the_vertical)


def test_the_earth_casts_a_shadow_away_from_the_sun():
    t = tai_ns_from_utc_text("2031-04-01T12:00:00Z")
    sun = sun_position_itrf_m(t)
    away = -sun / np.linalg.norm(sun)
    side = np.cross(away, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side)
    behind = 4.2e7 * away
    assert not is_sunlit(behind, t) and is_sunlit(-behind, t)
    assert is_sunlit(behind + 6.9e6 * side, t) and not is_sunlit(behind + 5.5e6 * side, t)


def test_a_known_satellite_has_its_known_brightness():
    # A white sphere of 1 m radius, albedo 1, at 1,000 km and full phase: E * r^2 * 2/(3 R^2) of sunlight
    t = tai_ns_from_utc_text("2031-04-01T12:00:00Z")
    sun = sun_position_itrf_m(t)
    towards = sun / np.linalg.norm(sun)
    position = -7.4e6 * towards * 0 + np.array([0.0, 0.0, 7.0e6])
    observer = position + 1.0e6 * towards
    share = 2.0 / 3.0 * 1.0 / (1.0e6) ** 2  # Lambert sphere, Schoenberg 1929
    assert reflected_magnitude(np.pi, position, observer, t) == pytest.approx(-26.74 - 2.5 * np.log10(share), abs=1e-3)


def test_the_ionosphere_delays_as_is_published():
    # ITU-R P.531: 1 TECU delays L1 (1575.42 MHz) by 0.162 m at the zenith
    assert float(ionospheric_delay_m(1575.42, np.pi / 2, 1.0)) == pytest.approx(0.1624, abs=2e-4)
    low = float(ionospheric_delay_m(430.0, np.radians(5.0), 20.0) / ionospheric_delay_m(430.0, np.pi / 2, 20.0))
    assert low == pytest.approx(3.04, abs=0.1)  # Klobuchar 1987: obliquity about 3 at 5 degrees
