"""Many objects and looks far apart: which detection is whose is open at a second look, and then nothing is believed."""

from collections.abc import Iterator

import numpy as np
from tests.tracking.small_scene import T0_TAI_NS

from vedette.core.constants import NS_PER_S
from vedette.motion.propagate import propagate_coast
from vedette.reports import Mode, Region, Scan, SensorKind
from vedette.sensing import Radar, Site
from vedette.tracking import Tracker

RADAR = Radar(
    Site(45.0, 10.0, 0.0), range_sigma_m=30.0, angle_sigma_deg=0.02, revisit_s=60.0, range_max_km=12_000.0,
    false_alarms_per_look=0.01, detection_probability=0.98, name="dome",
)  # fmt: skip
LEAST_ELEVATION_RAD = 0.1


def in_orbit(count: int, rng: np.random.Generator) -> np.ndarray:
    """(n, 6) states of round orbits 2,500 to 5,000 km up, over the radar."""
    azimuth, elevation = rng.uniform(0.0, 2.0 * np.pi, count), rng.uniform(0.4, 1.5, count)
    radius, sine = 6.371e6 + rng.uniform(2.5e6, 5.0e6, count), np.sin(elevation)
    reach = -6.371e6 * sine + np.sqrt((6.371e6 * sine) ** 2 + radius**2 - 6.371e6**2)
    los = np.stack([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), sine], -1)
    place = RADAR.site.position_itrf_m + (reach[:, None] * los) @ RADAR.site.enu_from_itrf
    along = np.cross(rng.normal(size=(count, 3)), place)
    speed = np.sqrt(3.986e14 / np.linalg.norm(place, axis=1))
    velocity = along / np.linalg.norm(along, axis=1)[:, None] * speed[:, None]
    return np.concatenate([place, velocity - np.cross([0.0, 0.0, 7.292115e-5], place)], 1)


def looks(states: np.ndarray, t_s: float, rng: np.random.Generator, parts: int) -> Iterator[tuple[Scan, np.ndarray]]:
    """One turn in so many parts, three seconds apart, range rates not measured; and whose each detection is."""
    width = 2.0 * np.pi / parts
    for part in range(parts):
        values = RADAR.measure(propagate_coast(states, t_s + 3.0 * part))
        values = values + np.nan_to_num(RADAR.sigmas) * rng.standard_normal(values.shape)
        values[:, 3] = np.nan
        is_in = (values[:, 0] >= part * width) & (values[:, 0] < (part + 1) * width)
        whose = np.flatnonzero(is_in & (values[:, 1] > LEAST_ELEVATION_RAD) & (rng.random(len(values)) < 0.98))
        t = T0_TAI_NS + round((t_s + 3.0 * part) * NS_PER_S)
        region = Region(part * width, (part + 1) * width, LEAST_ELEVATION_RAD, np.pi / 2, 0.0, 1.2e7)
        sigmas, times = np.tile(RADAR.sigmas, (len(whose), 1)), np.full(len(whose), t)
        yield Scan("dome", SensorKind.RADAR, Mode.TEST, t, times, values[whose], sigmas, region), whose


def test_a_track_is_believed_once_its_looks_can_be_no_others():
    rng = np.random.default_rng(1)
    states = in_orbit(250, rng)
    tracker, of_object = Tracker(sensors=[RADAR]), {}
    for t_s in np.arange(0.0, 301.0, 60.0):
        for scan, whose in looks(states, t_s, rng, 20):
            of_object |= {scan.values[i].tobytes(): int(whose[i]) for i in range(len(scan))}
            tracks = tracker.step(scan)
    found = []
    for name in tracks.ids:
        seen = tracker.looks(name)
        found.append({of_object[row.tobytes()] for row in seen.values[seen.is_detection]})
    mixed = sum(len(some) > 1 for some in found)
    alone = {next(iter(some)) for some in found if len(some) == 1}
    assert mixed < 0.07 * len(found), "a third of them, when two looks that might be of one object were enough"
    assert len(alone) > 190


def test_looks_that_come_often_are_nobody_elses_at_once():
    rng = np.random.default_rng(3)
    states = in_orbit(40, rng)
    tracker = Tracker(sensors=[RADAR])
    for t_s in (0.0, 10.0):
        for scan, _ in looks(states, t_s, rng, 1):
            tracks = tracker.step(scan)
    assert len(tracks) >= 36  # a second look is enough where nothing else can have been there
