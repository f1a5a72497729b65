"""Real laser ranges to LAGEOS-2 and the day's own prediction: stations are right, as far as a prediction can tell.

The three stations are among the best there are: millimetres and less than a microsecond. The prediction is a decimetre
or two off, and half a metre along the track is 90 microseconds; so much, and no less, may be left of doubt.
"""

import numpy as np
import pytest
from tests.reality.laser_night import air_delay_m, normal_points, place_itrf_m, prediction

from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf
from vedette.reports import Mode, Scan
from vedette.sensing import Lidar, Site
from vedette.tracking.registration.estimator import Registration
from vedette.tracking.registration.policy import RegistrationPolicy

STATIONS = {"7090": "Yarragadee", "7119": "Haleakala", "7941": "Matera"}
PREDICTION_SIGMAS_M = (0.3, 0.6, 0.4)  # of a one-day prediction: some decimetres
NOISE_M = 0.02  # normal points are good to millimetres; air and interpolation to a centimetre or two
POLICY = RegistrationPolicy(pass_gap_s=86_400.0)  # one prediction, one error, all day


def laser(code):
    lat, lon, height_m = geodetic_from_itrf(place_itrf_m(code))
    site = Site(float(np.degrees(lat)), float(np.degrees(lon)), float(height_m))
    return Lidar(site, range_sigma_m=NOISE_M, range_bias_sigma_m=0.3, clock_bias_sigma_s=1e-4, name=STATIONS[code])


def night(bias_m=0.0, clock_s=0.0, is_air_taken_off=True):
    """A registration of the three stations; Yarragadee made wrong on purpose by so much."""
    orbit = prediction(PREDICTION_SIGMAS_M)
    lasers = {code: laser(code) for code in STATIONS}
    registration = Registration(list(lasers.values()), POLICY)
    for point in sorted(normal_points(), key=lambda point: point.t_bounce_tai_ns):
        one = lasers[point.station]
        here = one.site.position_itrf_m
        lat, _, height_m = geodetic_from_itrf(here)
        state = orbit.reference_at("lageos-2", point.t_bounce_tai_ns)
        if state is None:
            continue
        up = enu_from_itrf_matrix(*geodetic_from_itrf(here)[:2])[2]
        away = state.state_itrf[:3] - here
        elevation = np.arcsin(up @ away / np.linalg.norm(away))
        is_wrong = point.station == "7090"
        range_m = point.range_m + bias_m * is_wrong
        if is_air_taken_off:
            range_m -= float(air_delay_m(point, elevation, lat, height_m))
        t = point.t_bounce_tai_ns + round(clock_s * is_wrong * 1e9)
        values = np.array([[np.nan, np.nan, range_m, np.nan]])
        scan = Scan(one.name, one.kind, Mode.REAL, t, np.array([t]), values, one.residual_sigmas[None])
        registration.absorb(scan, [(0, "lageos-2")], orbit)
    return registration


def test_real_stations_are_right_to_two_decimetres_and_a_hundred_microseconds():
    registration = night()
    for found in registration.estimates():
        assert found.looks >= 11
        assert abs(found.bias("range_m")) < 0.2
        assert abs(found.bias("clock_s")) < 1e-4
        assert found.sigma("range_m") < 0.1
        assert not found.alarms
    assert registration.set_aside == 0


def test_a_station_made_half_a_metre_long_and_late_is_found_out():
    """By as much of what was put on as is not left to doubt: the law of any linear estimate with a prior."""
    fair, wrong = (night(*errors).estimate("Yarragadee") for errors in ((0.0, 0.0), (0.5, 8e-5)))
    for term, put_on in (("range_m", 0.5), ("clock_s", 8e-5)):
        told = 1.0 - (fair.sigma(term) / fair.prior_sigmas[fair.terms.index(term)]) ** 2
        assert wrong.bias(term) - fair.bias(term) == pytest.approx(told * put_on, rel=0.15)
        assert told > 0.3


def test_ranges_with_the_air_left_in_do_not_pass_for_good_ones():
    """Two and a half metres at the zenith, six at 20 degrees, against biases of 0.3 m: hardly a look fits."""
    registration = night(is_air_taken_off=False)
    assert registration.set_aside > 0.9 * len(normal_points())
    assert all(found.state in ("unheard", "learning") for found in registration.estimates())
