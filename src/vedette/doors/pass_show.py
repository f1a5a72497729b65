"""Passes for people and programs: a table, JSON, and a picture of the sky they cross."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from vedette.catalogue.passes import Moment, Pass, path_of
from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, UsageError
from vedette.reports.elements import ElementSets
from vedette.sensing import Sensor
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

OLD_DAYS = 14.0
_MOST_DRAWN = 60


def interval(t_from: str | None, t_to: str | None, usual_s: float) -> tuple[int, int]:
    """From and to as typed; from now, and so long, where nothing is."""
    start = tai_ns_from_utc_text(t_from) if t_from else tai_ns_from_utc_text(datetime.now(UTC).isoformat()[:23] + "Z")
    end = tai_ns_from_utc_text(t_to) if t_to else start + round(usual_s * NS_PER_S)
    if end <= start:
        raise UsageError(f"--to {t_to} is not after --from {t_from}")
    return start, end


def sensor_of(name: str, site_file: Path | None) -> Sensor:
    """A sensor by name; NotFoundError with the nearest names otherwise."""
    from difflib import get_close_matches

    from vedette.doors.sensor_files import sensors_from

    known = sensors_from(site_file)
    if name not in known:
        near = get_close_matches(name, known, n=3)
        cure = f"did you mean {', '.join(near)}?" if near else "`vedette sensors` lists them"
        raise NotFoundError(f"no sensor {name!r}; {cure}")
    return known[name]


def words_of(one: Pass, sets: ElementSets) -> dict[str, Any]:
    """A pass in degrees, kilometres and UTC."""
    marks = []
    if one.is_cut_before:
        marks.append("in view at the start")
    if one.is_cut_after:
        marks.append("in view at the end")
    if not np.isfinite(one.sigma_s):
        marks.append("grazes the field")
    if abs(one.age_days) > OLD_DAYS:
        marks.append("old elements")
    return {
        "id": int(sets.number[one.row]),
        "name": sets.name[one.row],
        "rise": _moment_words(one.rise),
        "culmination": _moment_words(one.top),
        "set": _moment_words(one.set),
        "duration_s": round(one.duration_s, 1),
        "sigma_s": round(one.sigma_s, 3) if np.isfinite(one.sigma_s) else None,
        "chance": round(one.chance, 3),
        "age_days": round(one.age_days, 2),
        "marks": marks,
    }


def _moment_words(one: Moment) -> dict[str, Any]:
    return {
        "t_utc": utc_text_from_tai_ns(one.t_tai_ns),
        "azimuth_deg": round(float(np.degrees(one.azimuth_rad)), 3),
        "elevation_deg": round(float(np.degrees(one.elevation_rad)), 3),
        "range_km": round(one.range_m / 1e3, 2),
        "sigma_deg": round(float(np.degrees(one.sigma_rad)), 4),
        "range_sigma_km": round(one.range_sigma_m / 1e3, 3),
    }


def say_passes(passes: tuple[Pass, ...], sets: ElementSets, sensor: Sensor, is_json: bool) -> None:
    """The table, or one JSON document."""
    from vedette.doors.wire import json_bytes

    rows = [words_of(one, sets) for one in passes]
    if is_json:
        sys.stdout.write(json_bytes(rows).decode() + "\n")
        return
    if not rows:
        sys.stdout.write(f"{sensor.name} sees none of these {len(sets):,} objects then\n")
        return
    sys.stdout.write(
        f"{'object':<26} {'rise UTC':<21} {'az':>5}   {'top':<8} {'el':>4} {'az':>4} {'range km':>8}"
        f"   {'set':<8} {'az':>4}   ± rise   old\n"
    )
    for row in rows:
        name = f"{row['id']} {row['name']}"[:26]
        rise, top, end = row["rise"], row["culmination"], row["set"]
        doubt = "grazes" if row["sigma_s"] is None else f"{row['sigma_s']:5.1f}s"
        sys.stdout.write(
            f"{name:<26} {rise['t_utc'][:19]}Z {'<' if 'in view at the start' in row['marks'] else ' '}"
            f"{rise['azimuth_deg']:5.0f}   {top['t_utc'][11:19]} {top['elevation_deg']:4.0f} {top['azimuth_deg']:4.0f} "
            f"{top['range_km']:8,.0f}   {end['t_utc'][11:19]} {end['azimuth_deg']:4.0f}"
            f"{'>' if 'in view at the end' in row['marks'] else ' '}  {doubt:>6} {row['age_days']:5.1f}d"
            f"{'!' if 'old elements' in row['marks'] else ''}\n"
        )


def draw_passes(passes: tuple[Pass, ...], sets: ElementSets, sensor: Sensor, path: Path) -> None:
    """The sky of who stands on the ground (zenith in the middle), or ground tracks for who does not; SVG, PNG, PDF."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError("--plot needs matplotlib; `pip install matplotlib`, or leave --plot out") from None
    if path.suffix.lower() not in (".svg", ".png", ".pdf"):
        raise UsageError(f"--plot {path}: give a name that ends in .svg, .png or .pdf")
    figure = Figure(figsize=(7.5, 7.5))
    first = passes[0].rise.t_tai_ns if passes else 0
    is_grounded = float(np.linalg.norm(np.asarray(sensor.position_itrf_m(first)))) < 6.5e6
    axes = figure.add_subplot(projection="polar" if is_grounded else None)
    for one in passes[:_MOST_DRAWN]:
        _, azimuth, elevation, places = path_of(sets, sensor, one)
        label = sets.name[one.row] or str(sets.number[one.row])
        if is_grounded:
            (line,) = axes.plot(azimuth, 90.0 - np.degrees(elevation), lw=1.2)
            at = (one.top.azimuth_rad, 90.0 - np.degrees(one.top.elevation_rad))
        else:
            lon, lat = _ground(places)
            (line,) = axes.plot(lon, lat, ".", ms=2)
            at = (float(lon[len(lon) // 2]), float(lat[len(lat) // 2]))
        if len(passes) <= 20:
            axes.annotate(
                f"{label} {utc_text_from_tai_ns(one.top.t_tai_ns)[11:19]}", at, fontsize=7, color=line.get_color()
            )
    if is_grounded:
        axes.set_theta_zero_location("N")  # type: ignore[attr-defined]
        axes.set_theta_direction(-1)  # type: ignore[attr-defined]
        axes.set_ylim(0.0, 90.0)
        axes.set_yticks([0, 30, 60, 90], ["90°", "60°", "30°", "0°"])
    else:
        axes.set_xlim(-180, 180)
        axes.set_ylim(-90, 90)
        axes.set_xlabel("longitude, degrees")
        axes.set_ylabel("latitude, degrees")
    more = f" ({_MOST_DRAWN} of {len(passes)} drawn)" if len(passes) > _MOST_DRAWN else ""
    axes.set_title(f"{sensor.name}: {len(passes)} passes{more}")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None} if path.suffix.lower() == ".svg" else None)


def _ground(places: Any) -> tuple[Any, Any]:
    from vedette.frames import geodetic_from_itrf

    lat, lon, _ = geodetic_from_itrf(places)
    return np.degrees(lon), np.degrees(lat)
