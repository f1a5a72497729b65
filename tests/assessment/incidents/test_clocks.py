"""Clocks told by objects at known places, and by delays that wander: 0.34 s after a hundred hours."""

from dataclasses import replace

import numpy as np
import pytest
from tests.assessment.incidents.made_watch import T0_TAI_NS, at, radars

from vedette.assessment.incidents.clocks import ClockWatch
from vedette.core.constants import NS_PER_S
from vedette.engine.source_clock import SourceClock
from vedette.frames import itrf_from_geodetic
from vedette.reports import Mode, Scan, SensorKind
from vedette.tracking import FixedObjects

RADARS = {name: replace(radar, angle_sigma_deg=0.05, range_sigma_m=30.0) for name, radar in radars().items()}


def orbiting(lat_deg, lon_deg, height_m, heading_deg, speed_mps=7500.0):
    """A state over a place, going level."""
    place = itrf_from_geodetic(np.radians(lat_deg), np.radians(lon_deg), height_m)
    up = place / np.linalg.norm(place)
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= np.linalg.norm(east)
    north = np.cross(up, east)
    heading = np.radians(heading_deg)
    return np.concatenate([place, speed_mps * (np.sin(heading) * east + np.cos(heading) * north)])


STATES = np.array([orbiting(74.0, -60.0, 700e3, 20.0), orbiting(78.0, -80.0, 900e3, 160.0)])
COVS = np.tile(np.diag([50.0**2] * 3 + [0.05**2] * 3), (2, 1, 1))
KNOWN = FixedObjects(("sat-1", "sat-2"), T0_TAI_NS, STATES, COVS)


def looks(clock_error_s, count=20, name="north", orbit_late_s=0.0, which=(0, 1), seed=1):
    """What a radar says of known objects when its clock is ahead by `clock_error_s`."""
    rng, radar = np.random.default_rng(seed), RADARS[name]
    for i in range(count):
        t_true = at(5.0 * i)
        shown = KNOWN.predicted(t_true - round(orbit_late_s * NS_PER_S), radar, None).states_itrf[list(which)]
        sigmas = np.tile(radar.residual_sigmas, (len(shown), 1))
        values = radar.measure(shown) + np.nan_to_num(sigmas) * rng.normal(size=(len(shown), 4))
        values[:, 3] = sigmas[:, 3] = np.nan
        t_said = t_true + round(clock_error_s * NS_PER_S)
        yield Scan(
            sensor_id=name, kind=SensorKind.RADAR, mode=Mode.REAL, t_received_tai_ns=t_true + NS_PER_S,
            t_measured_tai_ns=np.full(len(shown), t_said), values=values, sigmas=sigmas,
        )  # fmt: skip


@pytest.mark.parametrize("error_s", [0.3433, -0.12])
def test_a_wrong_clock_is_found_with_its_sign_and_said_once(error_s):
    watch = ClockWatch(RADARS, KNOWN)
    said = [finding for scan in looks(error_s) for finding in watch.absorb(scan)]
    found = watch.error_of("north")
    assert abs(found.error_s - error_s) < 4.0 * found.sigma_s and found.sigma_s < 0.02
    assert len(said) == 1 and said[0].data["mark"] == "clock" and said[0].data["clock_error_s"] * error_s > 0.0


def test_a_right_clock_is_never_called_wrong():
    for seed in range(30):
        watch = ClockWatch(RADARS, KNOWN)
        assert [finding for scan in looks(0.0, seed=seed) for finding in watch.absorb(scan)] == []


def test_one_object_that_runs_late_is_no_wrong_clock():
    watch = ClockWatch(RADARS, KNOWN)
    for name in ("north", "west", "east"):
        for scan in looks(0.0, name=name, orbit_late_s=0.5, which=(0,)):
            assert watch.absorb(scan) == ()
    assert watch.error_of("north").error_s == pytest.approx(0.5, abs=0.05)  # known, and not told apart


def test_one_object_is_enough_when_another_sensor_sees_it_in_its_place():
    watch = ClockWatch(RADARS, KNOWN)
    for scan in looks(0.0, name="south", which=(0,)):
        watch.absorb(scan)
    said = [finding for scan in looks(0.34, which=(0,)) for finding in watch.absorb(scan)]
    assert len(said) == 1 and said[0].object_id == "north"


def test_an_object_whose_covariance_rounds_to_less_than_nothing_is_passed_over():
    states = np.concatenate([STATES, [orbiting(76.0, -70.0, 800e3, 90.0)]])
    covs = np.concatenate([COVS, [-COVS[0] * 1e6]])
    watch = ClockWatch(RADARS, FixedObjects(("sat-1", "sat-2", "lost"), T0_TAI_NS, states, covs))
    for scan in looks(0.3433):
        watch.absorb(scan)
    assert watch.error_of("north").objects == ("sat-1", "sat-2")


def heard(clock, t_s, delay_s):
    t = round(t_s * NS_PER_S)
    values, sigmas = np.array([[0.1, 0.2, 1e6, np.nan]]), np.array([[0.1, 0.1, 1.0, np.nan]])
    times = np.array([t], dtype=np.int64)
    clock.hear(Scan("r", SensorKind.RADAR, Mode.TEST, t + round(delay_s * NS_PER_S), times, values, sigmas))
    return clock.drifted()


def test_a_clock_that_loses_a_third_of_a_second_in_a_hundred_hours_is_told_on_the_way():
    """24-bit tenths of a second: 0.3433 s in 100 h (GAO/IMTEC-92-26); a report every five minutes."""
    clock, rng = SourceClock("r"), np.random.default_rng(3)
    said = []
    for i in range(1200):
        hours = i / 12.0
        words = heard(clock, 300.0 * i, 0.5 + 0.003433 * hours + 0.02 * rng.normal())
        said += [(hours, words)] if words else []
    assert said and said[0][0] < 50.0  # before the error is half of what it came to
    assert clock.drift_s == pytest.approx(0.3433, abs=0.05)


def test_thirty_five_days_of_a_steady_clock_raise_no_alarm_and_lose_no_nanosecond():
    clock, rng = SourceClock("r"), np.random.default_rng(4)
    step_s, days = 300.0, 35
    assert not any(heard(clock, step_s * i, 0.5 + 0.05 * rng.normal()) for i in range(int(days * 86_400 / step_s)))
    ticks = days * 86_400 * 10  # tenths of a second, as the radar of 1991 counted them
    assert T0_TAI_NS + ticks * 100_000_000 - T0_TAI_NS == days * 86_400 * NS_PER_S
