"""What `vedette coverage` asks and shows: words to areas and health, answers to a document, a table and a map."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from vedette.assessment.assurance import Assurance, LaunchArea, assurances
from vedette.assessment.launch_areas import box_areas, disc_area, ground_in_view, outline_area, point_area
from vedette.assessment.no_launch import share_words
from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError, NotFoundError, UsageError
from vedette.motion.flight_classes import CLASS_NAMES
from vedette.sensing import Sensor, packaged_sensors, read_sensors
from vedette.sensing.chances import Health
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

DEFAULT_AT = "2031-04-01T12:00:00Z"
MOST_FIGURES = 20_000
SHADES = " .:-=+*#%@"  # of the map, from no chance to near certainty


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageOptions:
    """What was asked, as typed."""

    sensors: Path | None = None
    region: str | None = None
    cell_deg: float = 10.0
    at: str | None = None
    minutes: int = 1
    classes: tuple[str, ...] = ()
    within_s: float = 120.0
    lost: tuple[str, ...] = ()
    noise_rise_db: tuple[str, ...] = ()
    cloud_top_km: str = "0,10"
    draws: int = 512
    is_json: bool = False


def run_coverage(options: CoverageOptions) -> int:
    """Work the figures out and print them."""
    sensors = packaged_sensors() if options.sensors is None else read_sensors(options.sensors)
    health = health_of_words(sensors, options.lost, options.noise_rise_db)
    start_tai_ns = tai_ns_from_utc_text(options.at or DEFAULT_AT)
    classes = classes_of(options.classes)
    areas = areas_of(options.region, options.cell_deg, sensors, start_tai_ns)
    low_km, high_km = _numbers(options.cloud_top_km, "--cloud-top-km", "LOW,HIGH in km", (2,))
    if options.minutes < 1 or options.draws < 16:
        raise UsageError("--minutes and --draws: give at least one minute and 16 draws")
    if options.minutes * len(areas) * len(classes) > MOST_FIGURES:
        raise UsageError(f"{options.minutes * len(areas) * len(classes)} figures asked for; {MOST_FIGURES} at most")
    found: list[Assurance] = []
    for minute in range(options.minutes):
        found += assurances(
            areas, sensors, start_tai_ns + minute * 60 * NS_PER_S, classes, horizon_s=options.within_s, health=health,
            cloud_top_m=(1e3 * low_km, 1e3 * high_km), draws=options.draws,
        )  # fmt: skip
    if options.is_json:
        sys.stdout.write(msgspec.json.encode(coverage_document(found, options.within_s, health)).decode() + "\n")
    else:
        sys.stdout.write("\n".join(coverage_lines(found, options.within_s, health, options.region)) + "\n")
    return 0


def areas_of(region: str | None, cell_deg: float, sensors: dict[str, Sensor], t_tai_ns: int) -> list[LaunchArea]:
    """Areas from what `--region` said: a place, a disc, cells of a box, a GeoJSON file; the ground in view without."""
    if region is None:
        view = ground_in_view(sensors, t_tai_ns)
        if view is None:
            raise UsageError("no radar or infrared sensor has any ground in view; give --region")
        return [view]
    if Path(region).suffix in (".json", ".geojson") or Path(region).is_file():
        return geojson_areas(Path(region))
    numbers = _numbers(region, "--region", "LAT,LON or LAT,LON,RADIUS_KM or SOUTH,WEST,NORTH,EAST", (2, 3, 4))
    if len(numbers) == 2:
        return [point_area(*numbers)]
    if len(numbers) == 3:
        return [disc_area(*numbers)]
    south_deg, west_deg, north_deg, east_deg = numbers
    return box_areas(south_deg, west_deg, north_deg, east_deg, cell_deg)


def geojson_areas(path: Path) -> list[LaunchArea]:
    """Every polygon and point of a GeoJSON file (RFC 7946), by its `name`; the outer ring of each polygon counts."""
    where = str(path)
    try:
        found = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such GeoJSON file") from None
    except (msgspec.DecodeError, OSError) as trouble:
        raise BadInputError(f"not JSON: {trouble}", where, "give a GeoJSON file of polygons or points") from None
    areas: list[LaunchArea] = []
    for number, (name, shape) in enumerate(_shapes(found, where), 1):
        words = name or f"area {number}"
        try:
            kind, places = shape["type"], shape["coordinates"]
            if kind == "Point":
                areas.append(point_area(float(places[1]), float(places[0]), words))
            elif kind in ("Polygon", "MultiPolygon"):
                rings = [places[0]] if kind == "Polygon" else [part[0] for part in places]
                areas += [_outline(words, ring) for ring in rings]
            else:
                raise BadInputError(f"{words} is a {kind}", where, "give polygons or points")
        except (KeyError, IndexError, TypeError, ValueError) as trouble:
            if isinstance(trouble, BadInputError):
                raise
            raise BadInputError(f"{words}: {trouble}", where, "see RFC 7946: [longitude, latitude] pairs") from None
    if not areas:
        raise BadInputError("no areas", where, "give polygons or points")
    return areas


def _outline(name: str, ring: Any) -> LaunchArea:
    corners = [(float(place[1]), float(place[0])) for place in ring]
    return outline_area(name, corners[:-1] if len(corners) > 1 and corners[0] == corners[-1] else corners)


def _shapes(found: Any, where: str) -> list[tuple[str, Any]]:
    if not isinstance(found, dict) or "type" not in found:
        raise BadInputError("not a GeoJSON object", where, "it has a type: FeatureCollection, Feature or a geometry")
    if found["type"] == "FeatureCollection" and isinstance(found.get("features"), list):
        return [pair for feature in found["features"] for pair in _shapes(feature, where)]
    if found["type"] == "Feature":
        properties = found.get("properties") or {}
        name = properties.get("name", "") if isinstance(properties, dict) else ""
        return [(str(name), found.get("geometry") or {})]
    return [("", found)]


def health_of_words(sensors: dict[str, Sensor], lost: tuple[str, ...], rises: tuple[str, ...]) -> dict[str, Health]:
    """Health by name from `--lost NAME` and `--noise-rise-db NAME=DB`."""
    health: dict[str, Health] = {}
    for word in rises:
        name, _, text = word.partition("=")
        _known(name, sensors)
        (rise_db,) = _numbers(text, f"--noise-rise-db {name}", "NAME=DB", (1,))
        health[name] = Health(noise_rise_db=rise_db)
    for name in lost:
        _known(name, sensors)
        health[name] = Health(is_lost=True)
    return health


def _known(name: str, sensors: dict[str, Sensor]) -> None:
    if name not in sensors:
        raise NotFoundError(f"no sensor {name!r}; there are {', '.join(sensors)}")


def classes_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """Class names, checked; `medium-range` is enough for `medium-range-ballistic`."""
    out = []
    for word in words:
        full = word if word in CLASS_NAMES else f"{word}-ballistic"
        if full not in CLASS_NAMES:
            raise NotFoundError(f"no launch class {word!r}; there are {', '.join(CLASS_NAMES)}")
        out.append(full)
    return tuple(out) or CLASS_NAMES


def coverage_document(found: list[Assurance], within_s: float, health: dict[str, Health]) -> dict[str, Any]:
    """Every figure, with its sigma and the time by which half and nine tenths are reported (null: never)."""
    return {
        "within_s": within_s,
        "sensors_lost": [name for name, state in health.items() if state.is_lost],
        "noise_rise_db": {name: state.noise_rise_db for name, state in health.items() if state.noise_rise_db},
        "figures": [
            {
                "area": one.area.name,
                "lat_deg": round(float(np.mean(one.area.lat_deg)), 4),
                "lon_deg": round(_mean_lon_deg(one.area), 4),
                "t_utc": utc_text_from_tai_ns(one.t_tai_ns),
                "class": one.class_name,
                "probability": round(one.probability(within_s), 4),
                "sigma": round(one.sigma(within_s), 4),
                "half_reported_s": _or_null(one.within_s(0.5)),
                "nine_tenths_reported_s": _or_null(one.within_s(0.9)),
            }
            for one in found
        ],
    }


def coverage_lines(
    found: list[Assurance], within_s: float, health: dict[str, Health], region: str | None
) -> list[str]:
    """A table with a column for each class; under it, for a box of cells, a map of the worst class."""
    classes = list(dict.fromkeys(one.class_name for one in found))
    lines = [f"share of launches that would be reported within {within_s:g} s of lift-off"]
    if out := [name for name, state in health.items() if state.is_lost]:
        lines.append(f"out of service: {', '.join(out)}")
    lines += [f"{name}: noise up by {s.noise_rise_db:g} dB" for name, s in health.items() if s.noise_rise_db]
    heads = [name.removesuffix("-ballistic") for name in classes]
    width = max(12, *(len(one.area.name) for one in found))
    lines += ["", f"{'from':<{width}}  {'UTC':<6}" + "".join(f"{head:>19}" for head in heads)]
    rows: dict[tuple[str, int], list[Assurance]] = {}
    for one in found:
        rows.setdefault((one.area.name, one.t_tai_ns), []).append(one)
    for (name, t_tai_ns), row in rows.items():
        cells = "".join(f"{share_words(one.probability(within_s)):>19}" for one in row)
        lines.append(f"{name:<{width}}  {utc_text_from_tai_ns(t_tai_ns)[11:16]:<6}{cells}")
    if region is not None and len(rows) > 3 and len(found[0].area.lat_deg) == 4:
        lines += ["", *map_lines(rows, within_s)]
    lines += ["", f"sigma of a figure at 90 %: {100 * (0.09 / len(found[0].report_s)) ** 0.5:.1f} %"]
    return lines


def map_lines(rows: dict[tuple[str, int], list[Assurance]], within_s: float) -> list[str]:
    """Cells of a box as a map of characters, north up: the class that is worst covered, in the first minute."""
    first = min(t for _, t in rows)
    cells = {
        (round(float(np.mean(row[0].area.lat_deg)), 3), round(_mean_lon_deg(row[0].area), 3)): min(
            one.probability(within_s) for one in row
        )
        for (_, t), row in rows.items()
        if t == first
    }
    lats = sorted({lat for lat, _ in cells}, reverse=True)
    lons = list(dict.fromkeys(lon for _, lon in cells))
    lines = [f"worst class of each cell: '{SHADES[0]}' none to '{SHADES[-1]}' all"]
    for lat in lats:
        shades = (cells.get((lat, lon)) for lon in lons)
        marks = ("  " if p is None else 2 * SHADES[min(int(p * len(SHADES)), len(SHADES) - 1)] for p in shades)
        lines.append(f"{lat:7.1f}° |{''.join(marks)}|")
    lines.append(f"{'':9} {lons[0]:g}° to {lons[-1]:g}° east")
    return lines


def _mean_lon_deg(area: LaunchArea) -> float:
    turn = np.radians(area.lon_deg)
    return float(np.degrees(np.arctan2(np.mean(np.sin(turn)), np.mean(np.cos(turn)))))


def _numbers(text: str, option: str, shape: str, counts: tuple[int, ...]) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) not in counts or not all(np.isfinite(numbers)):
        raise UsageError(f"{option} {text}: give {shape}")
    return numbers


def _or_null(seconds: float) -> float | None:
    return round(seconds, 1) if np.isfinite(seconds) else None
