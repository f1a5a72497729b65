"""Does a cue's volume hold what it promises? Seeded flights, the tracker's own tracks, and where truth then appeared.

Each seed draws a flight of any class in the world of `scenario`, has the tracker follow it until some instant, under
thrust or after, and cues three radars that stand somewhere ahead of it. The volume is judged at the instant at which
the truth enters each radar's field of regard.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.frames import geodesic_direct, geodetic_from_itrf
from vedette.motion.flight_classes import CLASS_NAMES
from vedette.scenario import LaunchSpec, Story, TrueFlight, make_scenario
from vedette.scenario.draws import Draw, fixed
from vedette.scenario.story import DEFAULTS
from vedette.sensing import Infrared, Radar, Site, packaged_sensors
from vedette.time import tai_ns_from_utc_text
from vedette.tracking import Tracker, Tracks
from vedette.tracking.cueing.flown_samples import fly_samples
from vedette.tracking.cueing.search_volume import in_field, search_volume

PROBABILITY: Final = 0.99
BAND: Final = (0.98, 0.997)  # that a stated 99 % must be found in
SAMPLES: Final = 1500
RADARS: Final = 3
FARTHEST_S: Final = 1500.0
_LEAST_AHEAD_S: Final = 5.0


def watching_sensors() -> dict[str, Radar | Infrared]:
    """The packaged radar and infrared satellites."""
    return {name: s for name, s in packaged_sensors().items() if isinstance(s, Radar | Infrared)}


def records(seed: int) -> list[dict[str, Any]]:
    """What each radar's volume held when the truth appeared; none where no track or no appearance came about."""
    rng = np.random.default_rng([seed, 131])
    quantities = dict(DEFAULTS) | {
        "lat_deg": Draw("even", 5.0, 50.0),
        "lon_deg": Draw("even", -50.0, -5.0),
        "azimuth_deg": Draw("even", 0.0, 360.0),
        "t_launch_s": fixed(10.0),
    }
    spec = LaunchSpec("launch", (CLASS_NAMES[seed % len(CLASS_NAMES)],), quantities)
    watch_s = float(rng.uniform(60.0, 260.0))
    story = Story(
        name="cues", title="one launch", about="", t_start_tai_ns=tai_ns_from_utc_text("2031-04-01T12:00:00Z"),
        seconds=watch_s, launches=(spec,), varied=(spec,), sensors=watching_sensors(),
        missed_look_probability=fixed(0.02), refractivity=Draw("normal", 315.0, 10.0),
    )  # fmt: skip
    made = make_scenario(story, seed)
    truth = made.flights[0]
    tracker = Tracker(sensors=list(made.sensors.values()))
    for scan in made.scans:
        if scan.t_received_tai_ns > story.t_start_tai_ns + round(watch_s * NS_PER_S):
            break
        tracker.step(scan)
    tracks = tracker.tracks
    index = _track_of(truth, tracks)
    if index is None:
        return []
    out = []
    for _ in range(RADARS):
        radar = _radar_ahead(truth, tracks.t_tai_ns, rng)
        item = None if radar is None else _judged(truth, tracks, index, radar, rng)
        if item is not None:
            is_thrusting = tracks.t_tai_ns < truth.t_burnout_tai_ns
            out.append({"seed": seed, "class": truth.class_name, "is_thrusting": bool(is_thrusting), **item})
    return out


def _track_of(truth: TrueFlight, tracks: Tracks) -> int | None:
    """The track that stands nearest to the truth, if within 200 km."""
    if not len(tracks):
        return None
    state = truth.states_itrf(np.array([tracks.t_tai_ns]))[0]
    apart = np.linalg.norm(tracks.states_itrf[:, :3] - state[:3], axis=1)
    nearest = int(np.argmin(apart))
    return nearest if apart[nearest] < 200e3 else None


def _radar_ahead(truth: TrueFlight, t_tai_ns: int, rng: np.random.Generator) -> Radar | None:
    """A radar that stands within 1,200 km of some place the flight will pass over."""
    end_tai_ns = truth.t_impact_tai_ns or t_tai_ns + 900 * NS_PER_S
    if end_tai_ns - t_tai_ns < 30 * NS_PER_S:
        return None
    later = np.array([t_tai_ns + round((end_tai_ns - t_tai_ns) * rng.uniform(0.2, 1.0) * 0.98)])
    lat, lon, _ = geodetic_from_itrf(truth.states_itrf(later)[0, :3])
    if not np.isfinite(lat):
        return None
    lat, lon = geodesic_direct(lat, lon, rng.uniform(0.0, 2.0 * np.pi), rng.uniform(0.0, 1200e3))[:2]
    site = Site(float(np.degrees(lat)), float(np.degrees(lon)))
    return Radar(site, 30.0, 0.1, elevation_min_deg=2.0, range_max_km=float(rng.uniform(500.0, 3000.0)), name="cued")


def _judged(
    truth: TrueFlight, tracks: Tracks, index: int, radar: Radar, rng: np.random.Generator
) -> dict[str, Any] | None:
    ahead_s = np.arange(0.0, FARTHEST_S, 1.0)
    t_tai_ns = tracks.t_tai_ns + np.round(ahead_s * NS_PER_S).astype(np.int64)
    states = truth.states_itrf(t_tai_ns)
    seen = np.array([
        bool(in_field(radar, states[k : k + 1], np.array([True]), int(t))[0]) for k, t in enumerate(t_tai_ns)
    ])  # fmt: skip
    if not seen.any() or ahead_s[np.argmax(seen)] < _LEAST_AHEAD_S:
        return None  # never there, or there already
    k = int(np.argmax(seen))
    flown = fly_samples(tracks, index, ahead_s[k : k + 1], SAMPLES, rng)
    volume = search_volume(radar, flown.states_itrf[0], flown.is_burning[0], int(t_tai_ns[k]))
    if volume is None:
        return {"ahead_s": float(ahead_s[k]), "box": False, "ellipsoid": False, "volume_km3": 0.0, "beams": 0}
    box, ellipsoid = volume.holds(states[k, :3], radar)
    return {
        "ahead_s": float(ahead_s[k]),
        "box": bool(box),
        "ellipsoid": bool(ellipsoid),
        "volume_km3": volume.ellipsoid_volume_m3 / 1e9,
        "beams": len(volume.beams.share),
    }


def run(seeds: Sequence[int], results: Path) -> dict[str, Any]:
    """Every seed not yet in `results` (JSON lines, one an appearance), appended as it is done; then the summary."""
    items = [json.loads(line) for line in results.read_text().splitlines()] if results.is_file() else []
    done = {item["seed"] for item in items}
    with results.open("a", encoding="utf-8") as out:
        for seed in seeds:
            if seed not in done:
                found = records(seed)
                items += found
                out.writelines(json.dumps(item) + "\n" for item in found)
                out.flush()
    return summarise(items)


def summarise(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How often the volumes held the truth, in all and by whether it still burned."""
    parts = {
        "all": list(items),
        "under thrust": [item for item in items if item["is_thrusting"]],
        "after burnout": [item for item in items if not item["is_thrusting"]],
    }
    return {
        name: {
            "count": len(some),
            "box": float(np.mean([item["box"] for item in some])) if some else None,
            "ellipsoid": float(np.mean([item["ellipsoid"] for item in some])) if some else None,
            "median_volume_km3": float(np.median([item["volume_km3"] for item in some])) if some else None,
        }
        for name, some in parts.items()
    }
