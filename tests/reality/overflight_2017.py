"""The flight of 29 August 2017, as published, and the twelve prefectures that were warned, typed coarsely by hand.

The outlines are our own, from memory of the map: a corner may be 20 km off, which matters to none of the answers asked
(the track passes 50 km and more from every prefecture but Hokkaido).
"""

import json
from functools import lru_cache
from pathlib import Path

from vedette.assessment.launch_fit import Cloud, fit_launch
from vedette.core.constants import NS_PER_S
from vedette.formats.geojson import read_places
from vedette.reports.place import Place
from vedette.scenario import Made, make_scenario
from vedette.scenario.story import parse_story
from vedette.time import tai_ns_from_utc_text
from vedette.tracking import Tracker

STORY = Path(__file__).parent / "overflight_2017.toml"

# what was published, Japan Standard Time less nine hours (warning_timelines.csv; published_flights.csv S04)
T_LAUNCH = tai_ns_from_utc_text("2017-08-28T20:58:00Z")
T_WARNED = tai_ns_from_utc_text("2017-08-28T21:02:00Z")
T_ENTERS = tai_ns_from_utc_text("2017-08-28T21:06:00Z")
T_LEAVES = tai_ns_from_utc_text("2017-08-28T21:07:00Z")
T_SPLASH = tai_ns_from_utc_text("2017-08-28T21:12:00Z")
APOGEE_KM, RANGE_KM = 550.0, 2700.0
ERIMO_DEG, SPLASH_EAST_OF_ERIMO_KM = (41.92, 143.25), 1180.0

OUTLINES_DEG = {  # latitude, longitude
    "Hokkaido": (
        (41.40, 140.20), (41.80, 140.05), (42.20, 139.80), (42.60, 139.85), (43.35, 140.35), (43.25, 141.35),
        (43.95, 141.60), (45.45, 141.70), (45.52, 141.95), (44.90, 142.60), (44.05, 144.30), (44.35, 145.33),
        (43.60, 145.20), (43.38, 145.80), (42.95, 144.40), (41.92, 143.25), (42.15, 142.80), (42.60, 141.60),
        (42.32, 141.00), (42.55, 140.40), (41.80, 141.18), (41.72, 140.95), (41.75, 140.60),
    ),
    "Aomori": (
        (41.26, 140.34), (41.17, 140.65), (40.85, 140.75), (40.95, 141.10), (41.15, 140.80), (41.53, 140.91),
        (41.43, 141.47), (41.00, 141.40), (40.55, 141.55), (40.42, 141.68), (40.25, 141.00), (40.45, 140.40),
        (40.45, 139.94), (40.60, 139.87), (40.85, 140.10),
    ),
    "Iwate": (
        (40.40, 141.00), (40.42, 141.75), (39.65, 142.05), (38.98, 141.75), (38.75, 141.10), (39.00, 140.70),
        (39.80, 140.75),
    ),
    "Miyagi": ((39.00, 140.70), (38.98, 141.70), (38.30, 141.55), (37.85, 140.95), (37.85, 140.45), (38.50, 140.50)),
    "Akita": ((40.45, 139.95), (40.40, 140.95), (39.80, 140.75), (39.00, 140.60), (39.10, 139.90), (39.90, 139.70)),
    "Yamagata": (
        (39.10, 139.90), (39.00, 140.60), (38.50, 140.50), (37.85, 140.40), (37.75, 139.90), (38.10, 139.70),
        (38.60, 139.55),
    ),
    "Fukushima": ((37.85, 140.95), (36.90, 140.85), (36.85, 139.40), (37.20, 139.30), (37.75, 139.60), (37.85, 140.40)),
    "Ibaraki": ((36.90, 140.85), (35.75, 140.85), (35.80, 139.75), (36.40, 140.00), (36.90, 140.30)),
    "Tochigi": ((37.10, 139.70), (36.95, 140.20), (36.25, 140.10), (36.20, 139.45), (36.70, 139.35)),
    "Gunma": ((37.00, 139.20), (36.75, 139.40), (36.20, 139.60), (36.05, 138.70), (36.40, 138.40)),
    "Niigata": (
        (38.55, 139.50), (38.10, 139.75), (37.20, 139.25), (36.75, 138.60), (36.80, 137.70), (37.05, 137.90),
        (37.50, 138.60), (38.00, 139.20),
    ),
    "Nagano": ((37.00, 138.40), (36.40, 138.40), (35.90, 138.40), (35.20, 137.80), (35.90, 137.40), (36.90, 137.80)),
}  # fmt: skip


def prefectures_geojson() -> str:
    """The twelve as a GeoJSON document."""
    features = [
        {
            "type": "Feature", "properties": {"name": name, "time_zone": "Asia/Tokyo"},
            "geometry": {
                "type": "Polygon", "coordinates": [[[lon, lat] for lat, lon in (*outline, outline[0])]],
            },
        }
        for name, outline in OUTLINES_DEG.items()
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features})


def prefectures() -> tuple[Place, ...]:
    """The twelve, as they are read."""
    places = tuple(read_places(prefectures_geojson()))
    assert all(isinstance(place, Place) for place in places), places
    return tuple(place for place in places if isinstance(place, Place))


def made() -> Made:
    """The story with its reports."""
    return make_scenario(parse_story(STORY.read_text(encoding="utf-8"), name="overflight-2017"), 1)


@lru_cache(maxsize=2)
def cloud_at(t_tai_ns: int) -> Cloud:
    """Equally likely flights that fit what the radar had seen of the object by an instant."""
    story = made()
    tracker = Tracker(sensors=list(story.sensors.values()))
    for scan in story.scans:
        if scan.t_received_tai_ns > t_tai_ns:
            break
        tracker.step(scan)
    tracks = tracker.tracks
    by_radar = [
        name
        for name in tracks.ids
        if "radar-islands" in tracker.looks(name).sensor_ids and int(tracker.looks(name).is_detection.sum()) > 5
    ]
    (track_id,) = by_radar
    fit = fit_launch(tracker.looks(track_id), story.sensors)
    assert fit is not None
    return fit.cloud


def minutes_off(t_tai_ns: int, published_tai_ns: int) -> float:
    """How far from a published minute, in minutes."""
    return (t_tai_ns - published_tai_ns) / (60.0 * NS_PER_S)
