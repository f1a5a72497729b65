"""Returns: is the noise the stated noise, are looks lost at the stated rate, is clutter Poisson?

Fixed seeds, and bounds that a right program crosses once in a million.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2, poisson

from vedette.core.constants import NS_PER_S
from vedette.frames import geodetic_from_itrf, itrf_from_geodetic
from vedette.reports import Mode, SensorKind
from vedette.scenario import make_scenario, read_story
from vedette.scenario.maker import generator
from vedette.scenario.returns import Luck, infrared_scans, radar_scans, turned
from vedette.sensing import Geostationary, Infrared, Radar, Site, in_region, los_from_itrf, los_residual_rad

ONE_IN_A_MILLION = 1e-6
QUIET = Luck(biases=(0.0, 0.0, 0.0), clock_s=0.0, phase_s=0.0, refractivity=315.0)
SITE = Site(30.0, -30.0)


class Still:
    """An object that hangs in one place and shines; stands in for a flight."""

    def __init__(self, intensity_scale=1.0, cloud_top_m=0.0, rcs_m2=1.0):
        self.t_liftoff_s = -1.0
        self.drawn = {"plume": intensity_scale, "cloud_top_m": cloud_top_m, "rcs_m2": rcs_m2}

    def thrust_n(self, times_s):
        return np.full(len(times_s), 1e6)


def states_over(site, height_m, n):
    place = itrf_from_geodetic(site.lat_rad, site.lon_rad, height_m)
    return np.broadcast_to(np.concatenate([place, np.zeros(3)]), (1, n, 6)).copy()


def is_plausible(total, degrees):
    """Whether a chi-square total is one that chance alone gives, at one in a million either way."""
    return chi2.ppf(ONE_IN_A_MILLION / 2, degrees) < total < chi2.isf(ONE_IN_A_MILLION / 2, degrees)


def counts_are_plausible(count, trials, probability):
    spread = 5.0 * np.sqrt(trials * probability * (1 - probability))  # 5 sigma: less than one in a million
    return abs(count - trials * probability) < spread


def test_radar_noise_is_the_stated_noise():
    n = 3000
    radar = Radar(
        SITE, range_sigma_m=30.0, azimuth_sigma_deg=0.05, elevation_sigma_deg=0.03, range_rate_sigma_mps=2.0,
        detection_probability=1.0,
    )  # fmt: skip
    states = states_over(Site(31.0, -30.0), 2e5, n)
    truth = radar.measure(states[0, :1])
    scans = radar_scans(radar, QUIET, (Still(),), states, np.arange(n) * 1.0, 0, 0.0, np.random.default_rng(1))
    values = np.concatenate([scan.values for scan in scans])
    assert values.shape == (n, 4)
    error = values - truth
    error[:, 0] = (error[:, 0] + np.pi) % (2 * np.pi) - np.pi
    for column in range(4):
        assert is_plausible(np.sum((error[:, column] / radar.sigmas[column]) ** 2), n)
    assert np.array_equal(np.unique(np.concatenate([scan.sigmas for scan in scans]), axis=0), radar.sigmas[None])


def test_biases_are_constant_and_as_drawn():
    n = 2000
    radar = Radar(SITE, range_sigma_m=30.0, angle_sigma_deg=0.05, detection_probability=1.0)
    luck = Luck(biases=(1e-3, -2e-3, 50.0), clock_s=0.25, phase_s=0.0, refractivity=315.0)
    states = states_over(Site(31.0, -30.0), 2e5, n)
    scans = radar_scans(radar, luck, (Still(),), states, np.arange(n) * 1.0, 0, 0.0, np.random.default_rng(2))
    error = np.concatenate([scan.values for scan in scans]) - radar.measure(states[0, :1])
    error[:, 0] = (error[:, 0] + np.pi) % (2 * np.pi) - np.pi
    mean = error.mean(axis=0)[:3]
    assert np.all(np.abs(mean - luck.biases) < 5.0 * radar.sigmas[:3] / np.sqrt(n))
    assert [int(scan.t_measured_tai_ns[0]) for scan in scans] == [i * NS_PER_S + NS_PER_S // 4 for i in range(n)]
    assert np.all(np.isnan(np.concatenate([scan.values for scan in scans])[:, 3]))  # range rate not measured


def test_infrared_noise_is_two_equal_angles():
    n = 3000
    watcher = Infrared(Geostationary(-30.0), los_sigma_urad=25.0, detection_probability=1.0)
    states = states_over(SITE, 3e4, n)
    scans = infrared_scans(watcher, QUIET, (Still(),), states, np.arange(n) * 3.0, 0, 0.0, np.random.default_rng(3))
    los = np.concatenate([scan.values[:, :3] for scan in scans])
    here = watcher.position_itrf_m(0)
    angles = los_residual_rad(los, los_from_itrf(states[0, 0, :3], here))
    assert len(los) == n
    assert is_plausible(np.sum((angles / 25e-6) ** 2), 2 * n)
    assert abs(np.corrcoef(angles.T)[0, 1]) < 5.0 / np.sqrt(n)
    assert np.allclose(np.linalg.norm(los, axis=1), 1.0, atol=1e-12)
    assert all(np.array_equal(scan.sensor_position_itrf_m, here) for scan in scans)


def test_echoes_and_flames_are_found_as_often_as_stated():
    n = 4000
    radar = Radar(SITE, range_sigma_m=30.0, angle_sigma_deg=0.05, range_1m2_km=300.0, detection_probability=0.9)
    states = states_over(Site(31.0, -30.0), 2e5, n)
    range_m = radar.measure(states[0, 0])[2]
    scans = radar_scans(radar, QUIET, (Still(rcs_m2=0.5),), states, np.arange(n) * 1.0, 0, 0.0, generator(1, "a"))
    expected = float(radar.detection_probability_of(np.array(range_m), 0.5))
    assert 0.2 < expected < 0.8
    assert counts_are_plausible(sum(len(scan) for scan in scans), n, expected)

    watcher = Infrared(Geostationary(-30.0), los_sigma_urad=25.0, detection_probability=0.7)
    seen = infrared_scans(watcher, QUIET, (Still(),), states, np.arange(n) * 1.0, 0, 0.0, generator(1, "b"))
    assert counts_are_plausible(sum(len(scan) for scan in seen), n, 0.7)


def test_looks_are_lost_as_often_as_stated_and_arrive_late():
    n = 4000
    radar = Radar(SITE, range_sigma_m=30.0, angle_sigma_deg=0.05, latency_s=0.5)
    scans = radar_scans(radar, QUIET, (), np.empty((0, n, 6)), np.arange(n) * 100.0, 0, 0.1, generator(2, "c"))
    assert counts_are_plausible(len(scans), n, 0.9)
    assert all(len(scan) == 0 and scan.mode is Mode.SIMULATED for scan in scans)
    delay_s = np.array([scan.t_received_tai_ns % (100 * NS_PER_S) for scan in scans]) / NS_PER_S
    assert delay_s.min() >= 0.35 and np.mean(delay_s) == pytest.approx(0.5, rel=0.03)


def test_clutter_is_poisson_and_stays_in_the_field():
    n, rate = 3000, 2.5
    radar = Radar(
        SITE, range_sigma_m=30.0, angle_sigma_deg=0.05, azimuth_min_deg=300.0, azimuth_max_deg=60.0,
        elevation_min_deg=3.0, elevation_max_deg=60.0, range_max_km=2000.0, false_alarms_per_look=rate,
        range_rate_sigma_mps=1.0,
    )  # fmt: skip
    scans = radar_scans(radar, QUIET, (), np.empty((0, n, 6)), np.arange(n) * 1.0, 0, 0.0, generator(3, "d"))
    counts = np.array([len(scan) for scan in scans])
    assert abs(counts.sum() - n * rate) < 5.0 * np.sqrt(n * rate)
    observed = np.bincount(np.minimum(counts, 8), minlength=9)
    expected = n * np.append(poisson.pmf(np.arange(8), rate), poisson.sf(7, rate))
    assert is_plausible(np.sum((observed - expected) ** 2 / expected), 8)
    values = np.concatenate([scan.values for scan in scans])
    assert np.all(in_region(values, radar.region))

    watcher = Infrared(Geostationary(20.0), los_sigma_urad=25.0, false_alarms_per_look=rate)
    flashes = infrared_scans(watcher, QUIET, (), np.empty((0, n, 6)), np.arange(n) * 1.0, 0, 0.0, generator(3, "e"))
    total = sum(len(scan) for scan in flashes)
    assert abs(total - n * rate) < 5.0 * np.sqrt(n * rate)
    los = np.concatenate([scan.values[:, :3] for scan in flashes])
    half_angle = np.arccos(np.clip(-los @ watcher.position_itrf_m(0) / 42_164e3, -1, 1))
    assert half_angle.max() < np.radians(8.75)  # the Earth's disc from there


def test_nothing_is_seen_through_cloud_or_before_light():
    n = 50
    watcher = Infrared(Geostationary(-30.0), los_sigma_urad=25.0, detection_probability=1.0)
    for height_m, cloud_top_m, expected in ((8e3, 9e3, 0), (1.2e4, 9e3, n), (50.0, 0.0, 0)):
        states = states_over(SITE, height_m, n)
        flight = (Still(cloud_top_m=cloud_top_m, intensity_scale=0.1),)
        scans = infrared_scans(watcher, QUIET, flight, states, np.arange(n) * 1.0, 0, 0.0, generator(4, "f"))
        assert sum(len(scan) for scan in scans) == expected


def test_turning_a_line_of_sight_turns_it_by_that_much():
    los = los_from_itrf(SITE.position_itrf_m, Geostationary(10.0).position_itrf_m())
    assert np.allclose(los_residual_rad(turned(los, np.array([3e-5, 4e-5])), los), [3e-5, 4e-5], atol=1e-13)


def test_scans_come_in_order_of_arrival_and_the_same_seed_gives_the_same_bits():
    story = read_story("two-launches")
    one, two, other = make_scenario(story, 7), make_scenario(story, 7), make_scenario(story, 8)
    received = [scan.t_received_tai_ns for scan in one.scans]
    assert received == sorted(received)
    assert len(one.scans) == len(two.scans) > 400
    for a, b in zip(one.scans, two.scans, strict=True):
        assert a.t_received_tai_ns == b.t_received_tai_ns and a.sensor_id == b.sensor_id
        assert (
            a.values.tobytes() == b.values.tobytes() and a.t_measured_tai_ns.tobytes() == b.t_measured_tai_ns.tobytes()
        )
    assert [scan.t_received_tai_ns for scan in other.scans] != received
    kinds = {scan.kind for scan in one.scans}
    assert kinds == {SensorKind.RADAR, SensorKind.INFRARED}


def test_taking_a_sensor_out_changes_no_other_sensors_reports():
    story = read_story("two-launches")
    fewer = replace(story, sensors={k: v for k, v in story.sensors.items() if k != "ir-west"})
    whole = [scan for scan in make_scenario(story, 3).scans if scan.sensor_id != "ir-west"]
    part = make_scenario(fewer, 3).scans
    assert [scan.values.tobytes() for scan in whole] == [scan.values.tobytes() for scan in part]


def test_reports_of_the_story_agree_with_its_truth():
    story = read_story("two-launches")
    made = make_scenario(story, 5)
    radar = story.sensors["radar-north"]
    near = total = 0
    for scan in made.scans:
        if scan.kind is not SensorKind.RADAR:
            continue
        for t_ns, row in zip(scan.t_measured_tai_ns, scan.values, strict=True):
            total += 1
            for one in made.flights:
                state = one.states_itrf(np.array([t_ns]))[0]
                if np.all(np.isfinite(state)) and abs(radar.measure(state)[2] - row[2]) < 500.0:
                    near += 1
                    break
    clutter_share = 0.35
    assert total > 100 and near > (1 - clutter_share) * total
    heights_km = [geodetic_from_itrf(one.burnout_state_itrf[:3])[2] / 1e3 for one in made.flights]
    assert all(30 < height_km < 80 for height_km in heights_km)
    assert made.truth()["flights"][0]["id"] == "L1"
    assert made.flights[0].launch_lat_deg == pytest.approx(31.4)
