"""Sensors for people: lists, one in full, and how far over the ground it sees things at some heights."""

import sys
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from vedette.core.errors import NotFoundError
from vedette.frames import geodetic_from_itrf
from vedette.sensing import Infrared, OverTheHorizonRadar, Platform, Sensor, Site, packaged_sensors, read_sensors
from vedette.sensing.orbits import Geostationary, Keplerian, TwoLine
from vedette.sensing.published import published_satellites, published_sensors

EARTH_RADIUS_KM = 6_371.0
HEIGHTS_KM = (10.0, 100.0, 300.0, 1_000.0)


def sensors_from(path: Path | None) -> Mapping[str, Sensor]:
    """Sensors by name: the packaged ones, those of a TOML file, or of a CSV table (its columns say which)."""
    if path is None:
        return packaged_sensors(every_kind=True)
    if path.suffix.lower() != ".csv":
        return read_sensors(path)
    try:
        with path.open(encoding="utf-8") as stream:
            is_elements = "tle1" in stream.readline()
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such table of sensors") from None
    return published_satellites(path) if is_elements else published_sensors(path)


def list_sensors(sensors: Mapping[str, Sensor], is_json: bool) -> int:
    """One line a sensor."""
    rows = [{"name": name, "kind": sensor.kind.value, "stands": _stands(sensor)} for name, sensor in sensors.items()]
    if is_json:
        _say_json(rows)
        return 0
    width = max(len(name) for name in sensors)
    for row in rows:
        sys.stdout.write(f"{row['name']:{width}}  {row['kind']:16}  {row['stands']}\n")
    return 0


def show_sensor(sensors: Mapping[str, Sensor], name: str, is_json: bool) -> int:
    """Everything that is known of one sensor, and what it covers."""
    if name not in sensors:
        near = get_close_matches(name, sensors, n=3)
        cure = f"did you mean {', '.join(near)}?" if near else "list them first"
        raise NotFoundError(f"no sensor {name!r}; {cure}")
    document = describe(sensors[name])
    if is_json:
        _say_json(document)
        return 0
    for key, value in document.items():
        if key == "coverage":
            for one in value:
                near, far = one["ground_range_min_km"], one["ground_range_max_km"]
                reach = f"from {near:,.0f} to {far:,.0f} km over the ground"
                sys.stdout.write(f"at {one['height_km']:g} km height  {reach}\n")
        else:
            sys.stdout.write(f"{key}  {value}\n")
    return 0


def describe(sensor: Sensor) -> dict[str, Any]:
    """A sensor as JSON-ready values: its fields, where it stands, and its coverage in degrees and kilometres."""
    out: dict[str, Any] = {"name": sensor.name, "kind": sensor.kind.value, "stands": _stands(sensor)}
    for item in fields(sensor):
        value = getattr(sensor, item.name)
        if item.name == "name" or value is None or value == "" or isinstance(value, Site | Platform):
            continue
        if isinstance(value, Geostationary | Keplerian | TwoLine):
            continue
        out[item.name] = value if isinstance(value, str) or isfinite(value) else None
    out["coverage"] = coverage(sensor)
    return out


def coverage(sensor: Sensor) -> list[dict[str, float]]:
    """For some heights: nearest and farthest ground range, in km, at which an object is in the field.

    By geometry alone, spherical Earth of mean radius; the darkness and sunlight that a telescope needs are taken as
    given. A satellite's ground range is counted from the point below it, to the limb.
    """
    out = []
    for height_km in HEIGHTS_KM:
        near, far = _reach_km(sensor, height_km)
        if far > near:
            ends = {"ground_range_min_km": round(near, 1), "ground_range_max_km": round(far, 1)}
            out.append({"height_km": height_km, **ends})
    return out


def _reach_km(sensor: Sensor, height_km: float) -> tuple[float, float]:
    top = EARTH_RADIUS_KM + height_km
    if isinstance(sensor, Infrared):
        t = sensor.orbit.t_epoch_tai_ns if isinstance(sensor.orbit, Keplerian) else 0
        high = float(np.linalg.norm(sensor.position_itrf_m(t))) / 1e3
        limb = np.arccos(EARTH_RADIUS_KM / high) + np.arccos(EARTH_RADIUS_KM / top)
        return 0.0, float(EARTH_RADIUS_KM * limb)
    if isinstance(sensor, OverTheHorizonRadar):
        return (sensor.skip_km, sensor.ground_range_max_km) if height_km <= sensor.object_height_max_km else (0.0, 0.0)
    place = sensor.site
    base = EARTH_RADIUS_KM + place.height_m / 1e3
    lowest, highest = np.radians(sensor.elevation_min_deg), np.radians(getattr(sensor, "elevation_max_deg", 90.0))
    edge = -np.arccos(min(EARTH_RADIUS_KM / base, 1.0)) if base > EARTH_RADIUS_KM else 0.0
    farthest = _ground_km(base, top, max(float(lowest), float(edge)))
    nearest = _ground_km(base, top, float(highest))
    far_km, near_km = sensor.range_max_km, getattr(sensor, "range_min_km", 0.0)
    return max(nearest, _ground_of_range_km(base, top, near_km)), min(farthest, _ground_of_range_km(base, top, far_km))


def _ground_km(base_km: float, top_km: float, elevation_rad: float) -> float:
    """Ground range to where a ray of that elevation reaches a height."""
    sine = np.clip(base_km * np.cos(elevation_rad) / top_km, -1.0, 1.0)
    return float(EARTH_RADIUS_KM * max(np.pi / 2 - elevation_rad - np.arcsin(sine), 0.0))


def _ground_of_range_km(base_km: float, top_km: float, range_km: float) -> float:
    """Ground range of an object of that height at a slant range; all around the Earth when it is out of reach."""
    if range_km <= abs(top_km - base_km):
        return 0.0
    cosine = (base_km**2 + top_km**2 - min(range_km, 1e9) ** 2) / (2.0 * base_km * top_km)
    return float(EARTH_RADIUS_KM * np.arccos(np.clip(cosine, -1.0, 1.0)))


def _stands(sensor: Sensor) -> str:
    if isinstance(sensor, Infrared):
        orbit = sensor.orbit
        if isinstance(orbit, Geostationary):
            return f"geostationary over {orbit.lon_deg:g} deg east"
        if isinstance(orbit, Keplerian):
            return f"orbit of {orbit.semi_major_axis_km:,.0f} km, inclined {orbit.inclination_deg:g} deg"
        return f"orbit by element set {orbit.line1[2:7]}, epoch {orbit.line1[18:32]}"
    place = sensor.site
    if isinstance(place, Site):
        return f"{place.lat_deg:.4f} N {place.lon_deg:.4f} E, {place.height_m:.0f} m"
    lat, lon, height = (float(x) for x in geodetic_from_itrf(place.position_at_itrf_m(place.waypoints[0][0])))
    where = f"{np.degrees(lat):.4f} N {np.degrees(lon):.4f} E, {height:.0f} m"
    return f"moves, from {where}, +/- {place.position_sigma_m:g} m"


def _say_json(document: Any) -> None:
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")
