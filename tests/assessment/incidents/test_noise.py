"""Noise at several radars: what stands at the Sun is the Sun, what lies low is not, and a broken receiver is alone."""

import numpy as np
import pytest
from tests.assessment.incidents.made_watch import PLACES, radars

from vedette.assessment.incidents.episode import log_priors
from vedette.assessment.incidents.noise import sun_seen, weigh_noise
from vedette.assessment.incidents.policy import packaged_incident_policy
from vedette.assessment.weighing import explained
from vedette.reports import Cause, Condition, SensorHealth, StrobeHealth
from vedette.time import tai_ns_from_utc_text

T_1967 = tai_ns_from_utc_text("1967-05-23T18:44:00Z")
SITES = ("north", "west", "east")  # Thule, Clear, Fylingdales
POLICY = packaged_incident_policy().noise


def noisy(name, azimuth_deg, elevation_deg):
    """A radar that hears one strobe."""
    strobe = StrobeHealth(
        azimuth_deg=azimuth_deg % 360.0, azimuth_sigma_deg=0.3, elevation_deg=elevation_deg, noise_rise_db=30.0,
        t_since_tai_ns=T_1967, causes={},
    )  # fmt: skip
    return SensorHealth(sensor_id=name, condition=Condition.DEGRADED, t_since_tai_ns=T_1967, strobes=(strobe,))


def at_sun(name, off_deg=0.0):
    sun = sun_seen(radars()[name], T_1967)
    return noisy(name, float(np.degrees(sun.azimuth_rad)) + off_deg, float(np.degrees(sun.elevation_rad)))


def judged(heard, quiet=()):
    rows = weigh_noise(heard, quiet, radars(), (), T_1967, POLICY)
    return explained(rows, log_priors(rows, POLICY))


def test_the_sun_of_23_may_1967_stood_in_all_three_fields():
    """32, 36 and 10 degrees high at 18:44 UT (domain study FA-05, after Knipp et al. 2016)."""
    half_degree = 0.5  # the study prints whole degrees
    for name, high_deg in zip(SITES, (32.0, 36.0, 10.0), strict=True):
        sun = sun_seen(radars()[name], T_1967)
        assert sun.is_in_field and np.degrees(sun.elevation_rad) == pytest.approx(high_deg, abs=half_degree)


def test_three_strobes_at_the_sun_are_the_sun():
    found = judged([at_sun(name) for name in SITES])
    assert found[0].name is Cause.SOLAR_NOISE and found[0].probability > 0.999
    assert any("in all 3 fields" in why for why in found[0].reasons_for)


def test_low_strobes_away_from_the_sun_are_not_the_sun():
    found = judged([noisy(name, 77.0, 1.0) for name in SITES[:2]], quiet=("east",))
    assert found[0].name is Cause.JAMMING
    assert next(e.probability for e in found if e.name is Cause.SOLAR_NOISE) < 1e-4


def test_at_night_it_is_never_the_sun():
    midnight = tai_ns_from_utc_text("1967-12-23T23:44:00Z")
    rows = weigh_noise([noisy("east", 10.0, 5.0)], (), radars(), (), midnight, POLICY)
    solar = next(row for row in rows if row.name is Cause.SOLAR_NOISE)
    assert solar.log_ratio < -13.0 and solar.reasons_against == ("the Sun is down at east",)


def test_one_source_in_the_direction_of_the_sun_pays_for_every_quiet_site():
    alone, with_quiet = judged([at_sun("north")]), judged([at_sun("north")], quiet=("west", "east", "south"))
    assert alone[0].probability >= with_quiet[0].probability
    assert any("hears nothing" in why for why in with_quiet[0].reasons_against)


def test_receivers_do_not_fail_together_by_themselves():
    one, three = judged([noisy("north", 77.0, 40.0)]), judged([noisy(name, 77.0, 40.0) for name in SITES])
    p = lambda found: next(e.probability for e in found if e.name is Cause.SENSOR_FAULT)  # noqa: E731
    assert p(three) < 1e-6 < p(one)
    assert set(PLACES) >= set(SITES)
