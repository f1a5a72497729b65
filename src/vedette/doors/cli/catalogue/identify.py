"""`vedette catalogue identify`: whose positions these are."""

from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter


def identify(
    file: Path,
    /,
    *,
    elements: Annotated[tuple[Path, ...], Parameter(name=["--elements"], consume_multiple=True)] = (),
    time_scale: Literal["UTC", "GPS", "TAI", "TT"] | None = None,
    site_file: Path | None = None,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Name the unknown positions of an SP3 file or a JSON list of {"name", "t_utc", "position_itrf_m"}, or tracklets.

    Each is weighed between the objects nearest to it and one that the catalogue does not hold. A clock that is off is
    looked for first, said, and taken out.

    Any other file is read as reports of sensors (a scan file, a TDM): looks of one sensor that follow each other
    closely are one tracklet, looks that come together stand alone. Each tracklet is weighed between the known
    objects, decaying ones among them, a new object in orbit, and a launch.

    Parameters
    ----------
    file
        Whose positions to name.
    elements
        Files of element sets to use instead of the store.
    time_scale
        In which the file's times are really told, where the file is wrong or silent.
    site_file
        The sensors whose reports they are: TOML, or a CSV table of sites; else the packaged ones by name.
    data_dir
        Where the catalogue is kept.
    json
        One JSON document instead of text.
    """
    import math
    import sys

    from vedette.catalogue import identify as named
    from vedette.doors.catalogue_files import read_positions
    from vedette.doors.catalogue_sets import sets_of
    from vedette.doors.tracklet_show import is_positions, say_whose
    from vedette.doors.wire import json_bytes

    if not is_positions(file):
        return say_whose(file, elements, site_file, data_dir, json)
    names, places, t = read_positions(file, time_scale)
    sets = sets_of(elements, data_dir, int(t[0]) if len(t) else None)
    found = named(names, places, t, sets)
    for warning in found.warnings:
        sys.stderr.write(f"warning: {warning}\n")
    rows: list[dict[str, Any]] = []
    for one in found.answers:
        nearest = None if one.nearest < 0 else one.nearest
        rows.append({
            "name": one.name,
            "match": None if one.match is None else sets.name[one.match] or str(sets.number[one.match]),
            "id": None if one.match is None else int(sets.number[one.match]),
            "distance_km": None if math.isnan(one.distance_m) else round(one.distance_m / 1e3, 3),
            "second_km": round(one.second_m / 1e3, 3) if math.isfinite(one.second_m) else None,
            "probability": round(one.probability, 6),
            "nearest": None if nearest is None else sets.name[nearest] or str(sets.number[nearest]),
            "age_days": None if nearest is None else round(float(t[0] - sets.t_epoch_tai_ns[nearest]) / 8.64e13, 2),
        })  # fmt: skip
    if json:
        sys.stdout.write(json_bytes(rows).decode() + "\n")
        return 0
    for row in rows:
        what = row["match"] or f"none of them (nearest {row['nearest']})"
        apart = "" if row["distance_km"] is None else f"{row['distance_km']:9.1f} km"
        sys.stdout.write(f"{row['name']:<12} {100 * row['probability']:6.2f} %  {apart}  {what}\n")
    return 0
