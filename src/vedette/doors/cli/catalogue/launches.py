"""`vedette catalogue launches`: new objects grouped by launch."""

from pathlib import Path
from typing import Any


def launches(
    old: Path,
    new: Path,
    /,
    *,
    site: tuple[float, float] | None = None,
    json: bool = False,
) -> int:
    """Group what is new between an older and a newer catalogue by launch: one plane, one group.

    Pieces of a break-up (see `breakups`) are left out. With --site, the instants of each day at which that place
    passes through the group's plane, when it can have been launched from there, are told for the day after the plane's.

    Parameters
    ----------
    old
        Element sets from before.
    new
        Element sets from after.
    site
        Latitude and longitude of a launch site, degrees.
    json
        One JSON document instead of text.
    """
    import sys

    import numpy as np

    from vedette.catalogue.changes.launches import find_launches, launch_times
    from vedette.doors.catalogue_sets import sets_of_files
    from vedette.doors.wire import json_bytes
    from vedette.frames import itrf_from_geodetic
    from vedette.time import utc_text_from_tai_ns

    tables = [sets_of_files((path,)) for path in (old, new)]
    rows: list[dict[str, Any]] = []
    for group in find_launches(*tables):
        row: dict[str, Any] = {
            "objects": [int(n) or f"row {i}" for n, i in zip(tables[1].number[group.objects].tolist(),
                                                               group.objects.tolist(), strict=True)],
            "names": [name for name in (tables[1].name[i] for i in group.objects.tolist()) if name],
            "count": len(group.objects),
            "t_utc": utc_text_from_tai_ns(group.t_tai_ns),
            "inclination_deg": round(float(np.degrees(group.inclination_rad)), 4),
            "node_teme_deg": round(float(np.degrees(group.node_teme_rad)), 3),
            "size_km": [round(group.semi_axis_low_m / 1e3, 1), round(group.semi_axis_high_m / 1e3, 1)],
        }  # fmt: skip
        if site is not None:
            place = itrf_from_geodetic(np.radians(site[0]), np.radians(site[1]), 0.0)
            day = group.t_tai_ns
            row["can_be_launched_utc"] = [
                utc_text_from_tai_ns(t) for t in launch_times(group, place, day, day + 86_164 * 10**9)
            ]
        rows.append(row)
    if json:
        sys.stdout.write(json_bytes(rows).decode() + "\n")
        return 0
    for row in rows:
        names = row["names"][0] if row["names"] else row["objects"][0]
        more = f" and {row['count'] - 1} more" if row["count"] > 1 else ""
        sys.stdout.write(
            f"{row['count']:5d}  {row['inclination_deg']:8.3f}°  node {row['node_teme_deg']:7.2f}°  "
            f"{row['size_km'][0]:9.1f} to {row['size_km'][1]:9.1f} km  {names}{more}\n"
        )
    return 0
