"""Objects in orbit, seen once in ten seconds by a radar that reports sector by sector: found, and honestly."""

import numpy as np

from vedette.motion import propagate_coast
from vedette.reports import Mode, Region, Scan, SensorKind
from vedette.sensing import Radar, Site
from vedette.tracking import CrowdTracker

TURN_S, COUNT = 10.0, 60
RADAR = Radar(
    Site(45.0, 16.0, 300.0), name="r", range_sigma_m=30.0, angle_sigma_deg=0.02, revisit_s=TURN_S,
    elevation_min_deg=2.0, range_max_km=4500.0, detection_probability=0.99, false_alarms_per_look=0.01,
)  # fmt: skip


def sky(seed: int) -> np.ndarray:
    """(60, 6) circular orbits over the radar."""
    rng = np.random.default_rng(seed)
    up = rng.normal(size=(4000, 3))
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    place = up * (6_371e3 + rng.uniform(500e3, 2_000e3, 4000))[:, None]
    across = np.cross(place, rng.normal(size=place.shape))
    across *= (np.sqrt(3.986e14 / np.linalg.norm(place, axis=1)) / np.linalg.norm(across, axis=1))[:, None]
    state = np.concatenate([place, across - np.cross([0.0, 0.0, 7.292e-5], place)], axis=1)
    return state[RADAR.is_visible(state)][:COUNT]


def played(sectors: int, turns: int, seed: int) -> tuple[CrowdTracker, np.ndarray]:
    """The tracker after some turns, and where everything is then."""
    rng, tracker, start = np.random.default_rng(seed), CrowdTracker([RADAR]), sky(seed)
    width, now = 2 * np.pi / sectors, start
    for step in range(sectors * turns):
        now = propagate_coast(start, (step + 1) * TURN_S / sectors)
        seen, low = RADAR.measure(now), step % sectors * width
        values = seen[(seen[:, 0] >= low) & (seen[:, 0] < low + width)]
        values = values + rng.normal(size=values.shape) * np.nan_to_num(RADAR.sigmas)
        values[:, 0] = np.clip(values[:, 0], 0.0, 2 * np.pi - 1e-9)
        values[:, 3] = np.nan
        t = round((step + 1) * TURN_S / sectors * 1e9)
        sigmas = np.tile(RADAR.sigmas, (len(values), 1))
        looked_at = Region(low, low + width, np.radians(2.0), np.pi / 2, 0.0, 4.5e6)
        times = np.full(len(values), t)
        tracker.step(Scan("r", SensorKind.RADAR, Mode.TEST, t + 500_000_000, times, values, sigmas, looked_at))
    return tracker, now


def test_what_waits_for_a_second_detection_is_not_forgotten_by_looks_elsewhere():
    tracker, truth = played(sectors=8, turns=3, seed=1)
    assert 0.8 * COUNT <= len(tracker.tracks) <= 1.05 * COUNT
    away = np.linalg.norm(tracker.tracks.states_itrf[:, None, :3] - truth[None, :, :3], axis=-1).min(axis=1)
    assert np.median(away) < 5e3


def test_the_speed_from_two_detections_is_honest_for_what_flies_past():
    nees = []
    for seed in range(3):
        tracker, truth = played(sectors=1, turns=2, seed=seed)
        for tracks in (tracker.tracks, tracker.tentative):
            if len(tracks):
                away = np.linalg.norm(tracks.states_itrf[:, None, :3] - truth[None, :, :3], axis=-1)
                near = away.min(axis=1) < 50e3  # without pairs of two objects
                error = (tracks.states_itrf - truth[away.argmin(axis=1)])[near]
                nees.append(np.einsum("ni,nij,nj->n", error, np.linalg.inv(tracks.state_covs_itrf[near]), error))
    found = np.concatenate(nees)
    # chi-square of six has a median of 5.3; before the velocity followed the sphere it was 500
    assert len(found) > 100 and 4.0 < np.median(found) < 9.0
