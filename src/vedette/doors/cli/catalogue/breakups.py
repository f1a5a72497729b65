"""`vedette catalogue breakups`: what broke up between two catalogues."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter


def breakups(
    old: Path,
    new: Path,
    /,
    *,
    fewest: int = 10,
    after_hours: float = 0.0,
    sensor: Annotated[tuple[str, ...], Parameter(consume_multiple=True)] = (),
    site_file: Path | None = None,
    km: float = 5.0,
    plot: Path | None = None,
    json: bool = False,
) -> int:
    """Say what broke up between an older and a newer catalogue: the parent, when and where, and the pieces.

    Objects of NEW that OLD does not hold are told apart by number, or by orbit where there are no numbers; names and
    designators are not looked at. Many orbits whose planes share one place on one day, with a spread across the plane
    that no launch has, are a break-up of the old object that passed there. The exit code is 0 with or without one.

    Parameters
    ----------
    old
        Element sets from before.
    new
        Element sets from after.
    fewest
        So many pieces make an alarm.
    after_hours
        Say what follows in so many hours after the newest of the pieces' sets: whom they come near, and when every
        `--sensor` sees them. Sets that are weeks old foretell little.
    sensor
        Whose field the pieces cross, by name as `vedette sensors` lists them.
    site_file
        Sensors in TOML, or a CSV table of published sites.
    km
        How near is near.
    plot
        Where to write a Gabbard diagram (SVG) of the largest event: heights against period.
    json
        One JSON document instead of text.
    """
    import sys

    from vedette.catalogue.changes.breakups import find_breakups
    from vedette.core.errors import UsageError
    from vedette.doors.breakup_report import follows_text, what_follows
    from vedette.doors.catalogue_sets import sets_of_files
    from vedette.doors.gabbard import gabbard_svg
    from vedette.doors.pass_show import sensor_of
    from vedette.doors.wire import json_bytes

    if sensor and not after_hours:
        raise UsageError("--sensor asks when it sees the pieces; say for how long with --after-hours")
    sensors = [sensor_of(name, site_file) for name in sensor]
    before, after = sets_of_files((old,)), sets_of_files((new,))
    found = find_breakups(before, after, fewest)
    rows = [_row(event, before, after) for event in found]
    if after_hours:
        for row, event in zip(rows, found, strict=True):
            row["follows"] = what_follows(after, event.pieces, after_hours, sensors, km)
    if plot is not None and found:
        plot.write_text(gabbard_svg(before, after, found[0]), encoding="utf-8")
    if json:
        sys.stdout.write(json_bytes(rows).decode() + "\n")
        return 0
    if not rows:
        sys.stdout.write("no break-up: no new objects share an origin\n")
    for row in rows:
        sys.stdout.write(_text(row))
        if "follows" in row:
            sys.stdout.write(follows_text(row["follows"]))
    return 0


def _row(event: Any, before: Any, after: Any) -> dict[str, Any]:
    import numpy as np

    from vedette.frames import EarthOrientation, geodetic_from_itrf, itrf_from_teme_matrix
    from vedette.time import utc_text_from_tai_ns

    turn = itrf_from_teme_matrix(np.array([event.t_tai_ns]), EarthOrientation.packaged())[0]
    lat, lon, height_m = (float(x) for x in geodetic_from_itrf(turn @ event.place_teme * event.radius_m))
    numbers = after.number[event.pieces]
    return {
        "parent": _name(before, event.parent),
        "parent_name": before.name[event.parent],
        "t_utc": utc_text_from_tai_ns(event.t_tai_ns),
        "t_sigma_s": round(event.t_sigma_s),
        "pieces": [
            int(number) if number else f"row {row}"
            for number, row in zip(numbers.tolist(), event.pieces.tolist(), strict=True)
        ],
        "probability": round(event.probability, 4),
        "count": len(event.pieces),
        "lat_deg": round(float(np.degrees(lat)), 2),
        "lon_deg": round(float(np.degrees(lon)), 2),
        "height_km": round(height_m / 1e3, 1),
        "spread_across_mps": round(event.across_mps, 2),
        "spread_along_mps": round(event.along_mps, 2),
        "parents": [
            {"parent": _name(before, row), "name": before.name[row], "probability": round(float(p), 4)}
            for row, p in zip(event.parents.tolist(), event.parent_probabilities.tolist(), strict=True)
            if p > 1e-3
        ],
    }


def _name(sets: Any, row: int) -> int | str:
    return int(sets.number[row]) or f"row {row}"


def _text(row: dict[str, Any]) -> str:
    return (
        f"BREAK-UP of {row['parent']} {row['parent_name']}".rstrip()
        + f"  {row['t_utc']} ± {row['t_sigma_s'] / 3600:.0f} h\n"
        f"  {row['count']:,} pieces, probability {100 * row['probability']:.0f} %\n"
        f"  {row['lat_deg']:.1f}°, {row['lon_deg']:.1f}° at {row['height_km']:.0f} km; "
        f"speeds spread {row['spread_along_mps']:.0f} m/s along the way, {row['spread_across_mps']:.0f} m/s across\n"
    )
