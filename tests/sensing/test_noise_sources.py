"""Noise from outside: levels against worked figures, places against published ones, laws by search."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.core.errors import UsageError
from vedette.sensing import (
    Emitter,
    Radar,
    Receiver,
    Repeater,
    Site,
    auroral_sky,
    detection_probability_in_noise,
    floor_rise,
    galactic_noise_k,
    is_above_radio_horizon,
    lowered_probability,
    noise_of_emitters,
    noise_of_sun,
    noise_rise,
    quiet_sun_sfu,
    receiver_of,
    strobes_heard,
    sun_direction,
)
from vedette.sensing.natural_noise import GREAT_BURST_SFU, auroral_edge_deg
from vedette.time import tai_ns_from_utc_text

HALF_A_DEGREE = 0.5  # the source gives whole degrees


@pytest.mark.parametrize(
    ("lat_deg", "lon_deg", "elevation_deg"),
    [(76.57, -68.30, 32.0), (64.30, -149.19, 36.0), (54.36, -0.67, 10.0)],
)
def test_the_sun_stood_in_three_fields_of_view_on_23_may_1967(lat_deg, lon_deg, elevation_deg):
    """Thule, Clear and Fylingdales at 18:44 UT (Knipp et al. 2016)."""
    _, elevation = sun_direction(Site(lat_deg, lon_deg), tai_ns_from_utc_text("1967-05-23T18:44:00Z"))
    assert abs(np.degrees(elevation) - elevation_deg) < HALF_A_DEGREE


def test_galactic_noise_is_that_of_p372():
    """Fam = 52 - 23 log f: 6 dB over 290 K at 100 MHz, to the decimal."""
    assert galactic_noise_k(100.0) == pytest.approx(290.0 * 10.0**0.6, rel=1e-12)


def test_the_quiet_sun_at_ten_centimetres_is_67_units():
    assert quiet_sun_sfu(2800.0) == pytest.approx(67.0)
    assert 20.0 < quiet_sun_sfu(430.0) < 26.0


def test_noise_of_an_emitter_by_hand():
    """1 W/MHz 100 km away, 40 dB beam at 1 GHz, 290 K: 10 log(1 + S A / kT), each factor written out."""
    receiver = Receiver(1000.0, 26000**0.5 / 100.0, 26000**0.5 / 100.0, -5.0, 290.0)
    assert receiver.gain_db == pytest.approx(40.0)
    site = Site(0.0, 0.0, 0.0)
    noise = noise_of_emitters([Emitter(Site(0.0, 0.8983, 9000.0), 1.0)], site, receiver, 0.0)
    range_m = 100.4e3  # 0.8983 degrees of the equator are 100.0 km, and 9 km up
    flux = 1e-6 / (4 * np.pi * range_m**2)
    area = 1e4 * 0.299792458**2 / (4 * np.pi)
    rise = noise_rise(receiver, noise, noise.azimuth_rad, noise.elevation_rad)
    one_percent = 0.01
    assert rise[0] == pytest.approx(1.0 + flux * area / (1.380649e-23 * 290.0), rel=one_percent)
    assert floor_rise(receiver, noise) - 1.0 == pytest.approx((rise[0] - 1.0) / 10**4.5, rel=1e-6)


def test_the_burst_of_1967_is_heard_by_the_side_lobes_and_the_quiet_sun_is_not():
    receiver, site = Receiver(), Site(54.36, -0.67)
    noon = tai_ns_from_utc_text("1967-05-23T12:00:00Z")
    quiet = noise_of_sun(site, receiver, noon)
    burst = noise_of_sun(site, receiver, noon, GREAT_BURST_SFU)
    assert 10 * np.log10(floor_rise(receiver, quiet)) < 0.1
    assert 10 * np.log10(floor_rise(receiver, burst)) > 10.0
    strobes = strobes_heard(receiver, burst)
    azimuth, elevation = sun_direction(site, noon)
    assert strobes.azimuth_rad == pytest.approx([float(azimuth)])
    assert strobes.elevation_rad == pytest.approx([float(elevation)], abs=3e-4)  # refraction
    assert len(noise_of_sun(site, receiver, tai_ns_from_utc_text("1967-05-23T00:00:00Z"))) == 0  # the Sun is down


def test_what_is_behind_the_horizon_or_out_of_band_is_not_heard():
    site, receiver = Site(42.0, 10.0), Receiver(430.0)
    near, far = Site(40.0, 10.0, 9000.0), Site(36.0, 10.0, 9000.0)  # 222 and 667 km; the horizon is at 409 km
    assert len(noise_of_emitters([Emitter(near, 10.0)], site, receiver, 0.0)) == 1
    assert len(noise_of_emitters([Emitter(far, 10.0)], site, receiver, 0.0)) == 0
    assert len(noise_of_emitters([Emitter(near, 10.0, 500.0, 600.0)], site, receiver, 0.0)) == 0
    assert len(noise_of_emitters([Emitter(near, 10.0, t_start_s=5.0)], site, receiver, 0.0)) == 0


def test_radio_horizon_is_4_12_root_h():
    """The rule of thumb in kilometres, h in metres, both ends (Skolnik): 4.12 (sqrt 10,000 + sqrt 20) = 430."""
    site = Site(0.0, 0.0, 0.0)
    edge_deg = 430.4 / 111.19
    assert is_above_radio_horizon(site, Site(0.0, edge_deg - 0.03, 10_000.0).position_itrf_m)
    assert not is_above_radio_horizon(site, Site(0.0, edge_deg + 0.03, 10_000.0).position_itrf_m)


def test_two_sources_in_one_beam_are_one_strobe():
    receiver, site = Receiver(measures_elevation=False), Site(42.0, 10.0)
    places = [Site(40.0, 10.0, 9000.0), Site(40.0, 10.03, 9000.0), Site(40.0, 9.0, 9000.0)]
    strobes = strobes_heard(receiver, noise_of_emitters([Emitter(p, 0.01) for p in places], site, receiver, 0.0))
    assert len(strobes) == 2
    assert np.isnan(strobes.elevation_rad).all() and (strobes.azimuth_sigma_rad > 0).all()


def test_noise_lowers_detection_as_the_fourth_root_of_it_shortens_the_range():
    """16 times the noise at half the range is the same echo (Swerling 1, fourth power)."""
    radar = Radar(Site(0, 0), 30.0, 0.05, range_1m2_km=2000.0, detection_probability=1.0)
    near = detection_probability_in_noise(radar, 1000e3, 1.0, 16.0)
    assert near == pytest.approx(radar.detection_probability_of(np.array(2000e3), 1.0))


@settings(max_examples=50, deadline=None)
@given(st.floats(0.01, 0.999), st.floats(1.0, 1e6), st.floats(1.0, 100.0))
def test_more_noise_never_helps(probability, rise, more):
    once = lowered_probability(probability, rise)
    assert lowered_probability(probability, rise * more) <= once + 1e-12 <= probability + 1e-9


def test_aurora_lies_towards_the_magnetic_pole_and_comes_south_in_storms():
    assert (auroral_edge_deg(0), auroral_edge_deg(9)) == pytest.approx((66.5, 48.1))
    quiet, storm = auroral_sky(Site(54.36, -0.67), 0.0), auroral_sky(Site(54.36, -0.67), 6.0)
    assert 0 < quiet.share < storm.share < 0.6
    north = np.cos(storm.azimuth_rad[storm.is_possible])
    assert (north > -0.2).all()
    assert auroral_sky(Site(10.0, 0.0), 9.0).share == 0.0  # nobody sees aurora from ten degrees north
    assert storm.span_at(np.pi) is None


def test_false_returns_stand_behind_the_emitter_on_its_bearing():
    rng = np.random.default_rng(3)
    repeater = Repeater(Emitter(Site(0, 0), 1.0), returns_per_look=20.0, span_km=100.0)
    ranges = repeater.draw_ranges_m(50e3, 0.0, rng)
    assert len(ranges) > 5 and (ranges >= 50e3).all() and (ranges <= 150e3).all()


def test_a_receiver_fits_the_radars_own_figures_and_refuses_nonsense():
    radar = Radar(Site(0, 0), 30.0, 0.2)
    assert receiver_of(radar).beam_azimuth_deg == pytest.approx(0.2 * 10.1, rel=0.01)
    with pytest.raises(UsageError, match="side lobes"):
        Receiver(sidelobe_db=60.0)
    with pytest.raises(UsageError, match="positive"):
        Emitter(Site(0, 0), 0.0)
