"""Where it will fall: an area that shrinks from half a country to a town, and the seconds that are left in each place.

While a flame burns nobody can know where the flight ends: a fan of places is all there is to say. When the thrust stops
the fan becomes an area, and every look afterwards makes it smaller. An honest area is no circle round a guess: of a
hundred nights it holds the truth on ninety. From the same cloud of flights follows what people need: who is inside, how
likely, and how many seconds they have once a warning has reached them.

Run it:  python docs/tutorials/where_it_will_fall.py      (the picture goes to $VEDETTE_OUT, or to out/)
"""

import json
import os
from pathlib import Path

import numpy as np

from vedette.assessment.danger import dangers
from vedette.engine import advance, open_picture
from vedette.exercise.play import session_of
from vedette.formats.geojson import read_places
from vedette.frames import polygon_contains
from vedette.scenario import make_scenario, parse_story

STORY = """
title = "One short flight, seen by two infrared watchers and then by a radar"
t_start_utc = "2031-04-01T12:00:00.000Z"
seconds = 215.0
[[launch]]
id = "L1"
class = "short-range-stretched"
lat_deg = 30.0
lon_deg = -30.0
t_launch_s = 10.0
azimuth_deg = 60.0
[sensors.geo-east]
kind = "infrared"
orbit = { lon_deg = 5.0 }
los_sigma_urad = 40.0
revisit_s = 4.0
[sensors.geo-west]
kind = "infrared"
orbit = { lon_deg = -55.0 }
los_sigma_urad = 40.0
revisit_s = 4.0
[sensors.island]
kind = "radar"
site = { lat_deg = 33.2, lon_deg = -27.0, height_m = 200.0 }
range_sigma_m = 40.0
angle_sigma_deg = 0.05
range_max_km = 1500.0
revisit_s = 10.0
"""
LATENCY_S = 45.0  # until people have heard
# invented places around the end of the flight: name, latitude, longitude, half a side in kilometres
PLACES = [("North Bank", 32.85, -23.52, 9.0), ("Long Harbour", 32.705, -23.63, 6.0), ("Saint Anne", 32.63, -24.0, 12.0)]


def geojson(places):
    """Squares as GeoJSON, longitude first, as a municipality would hand them in."""
    features = []
    for name, lat, lon, half_km in places:
        up, along = half_km / 111.2, half_km / (111.2 * np.cos(np.radians(lat)))
        ring = [[lon - along, lat - up], [lon + along, lat - up], [lon + along, lat + up], [lon - along, lat + up]]
        shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        features.append({"type": "Feature", "properties": {"name": name}, "geometry": shape})
    return json.dumps({"type": "FeatureCollection", "features": features})


def main():
    made = make_scenario(parse_story(STORY), seed=3)
    truth = made.flights[0]  # the answers; the engine below never sees them
    places = list(read_places(geojson(PLACES)))
    picture, steps, told = open_picture(session_of(made)), [], []
    for scan in made.scans:
        picture = advance(picture, scan)
        if not picture.objects or picture.objects[0].impact in (None, steps[-1][1] if steps else None):
            continue
        one, t_s = picture.objects[0], after(picture.t_now_tai_ns, truth)
        steps.append((t_s, one.impact))
        size = next(area.area_km2 for area in one.impact.areas if area.probability == 0.9)
        if one.impact.is_conditional:
            print(f"{t_s:+6.0f} s  if thrust stopped now: 90 % area {size:9,.0f} km2")
            continue
        print(f"{t_s:+6.0f} s  impact:                90 % area {size:9,.0f} km2, {holds(one.impact, truth)} the truth")
        cloud = picture.followers["tracked"].cloud_of(one.id)
        found = dangers(places, cloud, t_now_tai_ns=picture.t_now_tai_ns, latency_s=LATENCY_S)
        told.append((t_s, {danger.place.name: danger for danger in found}))

    first, last = told[0], told[-1]
    print(f"\nwho is in danger, when a warning takes {LATENCY_S:.0f} s to arrive")
    for name, *_ in PLACES:
        words = [f"at {t_s:+.0f} s {danger_words(found.get(name))}" for t_s, found in (first, last)]
        print(f"  {name:<13} {'; '.join(words)}")
    lat, lon = np.radians([truth.impact_lat_deg]), np.radians([truth.impact_lon_deg])
    hit = [place.name for place in places if polygon_contains(np.array(place.polygons[0][0]), lat, lon)[0]]
    down_s = after(truth.t_impact_tai_ns, truth)
    print(f"it came down {down_s:.0f} s after lift-off, in {' and '.join(hit) or 'none of them'}")
    draw(steps, told, places, truth)


def danger_words(danger):
    if danger is None:
        return "in none of a hundred flights"
    seconds = "" if danger.impact_seconds is None else f", {danger.impact_seconds:.0f} s to take shelter"
    return f"hit with {100 * danger.impact_probability:.0f} %{seconds}"


def holds(impact, truth):
    area = next(area for area in impact.areas if area.probability == 0.9)
    corners = np.radians(np.column_stack([area.lat_deg, area.lon_deg]))
    inside = polygon_contains(corners, np.radians([truth.impact_lat_deg]), np.radians([truth.impact_lon_deg]))[0]
    return "holds" if inside else "does not hold"


def draw(steps, told, places, truth):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(12.5, 5), layout="constrained")
    known = [(t_s, impact) for t_s, impact in steps if not impact.is_conditional]
    for k, (t_s, impact) in enumerate(known):
        colour = plt.get_cmap("viridis")(0.9 * k / max(len(known) - 1, 1))
        area = next(area for area in impact.areas if area.probability == 0.9)
        lon, lat = np.append(area.lon_deg, area.lon_deg[0]), np.append(area.lat_deg, area.lat_deg[0])
        left.plot(lon, lat, color=colour, lw=1.3, label=f"{t_s:.0f} s")
    for place in places:
        rim = np.degrees(np.array(place.polygons[0][0]))
        left.fill(rim[:, 1], rim[:, 0], color="tab:orange", alpha=0.25)
        left.text(rim[:, 1].mean(), rim[:, 0].mean(), place.name, ha="center", fontsize=8)
    left.plot(truth.impact_lon_deg, truth.impact_lat_deg, "k*", ms=11, label="where it fell")
    left.set(xlabel="longitude, deg", ylabel="latitude, deg", title="90 % areas, as looks come in")
    left.set_aspect(1.0 / np.cos(np.radians(truth.impact_lat_deg)))
    left.legend(fontsize=7, loc="lower right", title="seconds after lift-off", title_fontsize=8)
    for name, *_ in PLACES:
        shares = [100 * found[name].impact_probability if name in found else 0.0 for _, found in told]
        right.plot([t_s for t_s, _ in told], shares, "o-", ms=3, label=name)
    right.axvline(after(truth.t_burnout_tai_ns, truth), color="k", ls=":", lw=1)
    right.text(after(truth.t_burnout_tai_ns, truth) + 1.0, 96.0, "thrust ends", fontsize=8)
    right.set(xlabel="seconds after lift-off", ylabel="probability of being hit, %", ylim=(-2, 102))
    right.set_title("Who is in danger")
    right.legend(fontsize=8)
    out = Path(os.environ.get("VEDETTE_OUT", "out"))
    out.mkdir(parents=True, exist_ok=True)
    figure.savefig(out / "where_it_will_fall.png", dpi=120)
    print(f"picture: {out / 'where_it_will_fall.png'}")


def after(t_tai_ns, truth):
    """Seconds after the true lift-off."""
    return (t_tai_ns - truth.t_liftoff_tai_ns) * 1e-9


if __name__ == "__main__":
    main()
