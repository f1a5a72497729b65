"""Places a radar that nobody named, under default and careless policies, over many seeds: `./run soak placing`."""

import json
import sys
import time
from typing import Any

import numpy as np

WHAT = "a partner tries to place a withheld radar from an hour of tracks: [SEEDS=40] [SATELLITES=300]"

SEA = (34.0, -32.0)  # the middle of the sea below
NEAR_M = 8.5e5  # a radar this near to the middle covers the sea from 300 km up
FAR_M = (1.3e6, 2.2e6)  # one this far off covers part of it
_EARTH_M = 6_371_008.8

_HEAD = """version = 1
peer = "SOUTH"
modes = ["EXERCISE"]
[area.sea]
corners = [[38.0, -37.0], [38.0, -27.0], [30.0, -27.0], [30.0, -37.0]]
height_min_km = 300.0
[[grant]]
class = "track"
cadence_s = 20.0
"""
POLICIES = {  # name: text, and whether the sea lies within the radar's view
    "default, area within the view": (_HEAD + 'areas = ["sea"]\n', True),
    "default, 1 km, area within the view": (_HEAD + 'areas = ["sea"]\nposition_km = 1.0\n', True),
    "careless: area reaches out of the view": (_HEAD + 'areas = ["sea"]\n', False),
    "careless: tracks end when unseen": (_HEAD + 'areas = ["sea"]\ncoast_s = 60.0\n', False),
    "careless: everywhere": (_HEAD + 'areas = ["everywhere"]\n', True),
    "careless: covariance of full shape, area within the view": (
        _HEAD + 'areas = ["sea"]\nposition_km = 1.0\ncovariance = "full"\n', True,
    ),
    "careless: everywhere, exact": (
        _HEAD + 'areas = ["everywhere"]\nposition_km = 0\nvelocity_mps = 0\ncovariance = "full"\n', True,
    ),
}  # fmt: skip


def trial(text: str, is_within: bool, seed: int, satellites: int) -> tuple[float, float]:
    """How far off the partner's place is, and how sure it was (one sigma), km."""
    from vedette.exercise.hidden_sensor import HiddenRadar, draw_sky, hour_of_releases
    from vedette.exercise.sensor_placing import place_sensor
    from vedette.frames import itrf_from_geodetic
    from vedette.sharing.release import Kind, parse_policy

    rng = np.random.default_rng(seed)
    lat0, lon0 = np.radians(SEA)
    near, far = (0.0, NEAR_M) if is_within else FAR_M
    away = np.sqrt(near**2 + rng.random() * (far**2 - near**2)) / _EARTH_M
    turn = rng.uniform(0.0, 2.0 * np.pi)
    lat = np.arcsin(np.sin(lat0) * np.cos(away) + np.cos(lat0) * np.sin(away) * np.cos(turn))
    lon = lon0 + np.arctan2(np.sin(turn) * np.sin(away) * np.cos(lat0), np.cos(away) - np.sin(lat0) * np.sin(lat))
    radar = HiddenRadar(lat_deg=float(np.degrees(lat)), lon_deg=float(np.degrees(lon)))
    policy = parse_policy(text)
    sky = draw_sky(rng, *SEA, satellites)
    batches = hour_of_releases(radar, sky, policy, rng.bytes(32), rng)
    middle = itrf_from_geodetic(lat0, lon0, 0.0)
    site, sigma_m = place_sensor(batches, sky, radar, policy.grants_of(Kind.TRACK)[0], middle)
    truth = radar.position_itrf_m
    truth = truth * (np.linalg.norm(site) / np.linalg.norm(truth))
    return float(np.linalg.norm(site - truth)) / 1e3, sigma_m / 1e3


def row_of(name: str, seeds: int, satellites: int) -> dict[str, Any]:
    """Distances over many seeds."""
    text, is_within = POLICIES[name]
    began = time.process_time()
    found = np.array([trial(text, is_within, seed, satellites) for seed in range(seeds)])
    distance, sigma = found.T
    low, middle, high = np.percentile(distance, [5, 50, 95])
    return {
        "policy": name, "seeds": seeds, "satellites": satellites, "least_km": round(float(distance.min()), 1),
        "p5_km": round(float(low), 1), "p50_km": round(float(middle), 1), "p95_km": round(float(high), 1),
        "claimed_sigma_p50_km": round(float(np.median(sigma)), 1),
        "within_100_km": round(float(np.mean(distance < 100.0)), 3),
        "cpu_s": round(time.process_time() - began, 1),
    }  # fmt: skip


def run(options: list[str]) -> int:
    """Print a line for each policy; exit code 1 when by default one in twenty is placed within 100 km."""
    seeds = int(options[0]) if options else 40
    satellites = int(options[1]) if len(options) > 1 else 300
    worst = 0
    for name in POLICIES:
        row = row_of(name, seeds, satellites)
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()
        if name.startswith("default") and row["p5_km"] < 100.0:
            worst = 1
    return worst
