"""A light brighter than any launcher is let move as fast as what falls in from space, and becomes one track."""

import numpy as np

from vedette.frames import itrf_from_geodetic
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Geostationary, Infrared, los_from_itrf
from vedette.tracking import Tracker

START_NS = 984_528_037_000_000_000


def tracked(shine_w_sr: float) -> int:
    """Tracks after four looks, two seconds apart, at a light that comes 37 km farther from each to the next."""
    watcher = Infrared(orbit=Geostationary(60.0), los_sigma_urad=40.0, los_bias_sigma_urad=15.0, revisit_s=2.0,
                       threshold_w_sr=1e4, noise_w_sr=2e3, false_alarms_per_look=0.05, name="ir")  # fmt: skip
    tracker = Tracker(sensors=[watcher])
    for k in range(4):
        t = START_NS + 2_000_000_000 * k
        here = watcher.position_itrf_m(t)
        place = itrf_from_geodetic(np.radians(54.8), np.radians(63.0 - 0.575 * k), 60e3 - 10e3 * k)
        values = np.append(los_from_itrf(place, here), shine_w_sr)[None]
        tracks = tracker.step(Scan(
            sensor_id="ir", kind=SensorKind.INFRARED, mode=Mode.SIMULATED, t_received_tai_ns=t + 2_000_000_000,
            t_measured_tai_ns=np.array([t]), values=values, sigmas=np.array([[40e-6] * 3 + [2e3]]),
        ))  # fmt: skip
    return len(tracks)


def test_a_blaze_at_eighteen_kilometres_a_second_is_one_track() -> None:
    assert tracked(3e9) == 1


def test_a_light_as_bright_as_a_launcher_is_not_thought_to_be_so_fast() -> None:
    assert tracked(1e6) == 0
