"""`vedette catalogue proximity`: who stays beside whom."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter


def proximity(
    *,
    elements: Annotated[tuple[Path, ...], Parameter(name=["--elements"], consume_multiple=True)] = (),
    before: Annotated[tuple[Path, ...], Parameter(name=["--before"], consume_multiple=True)] = (),
    at: str | None = None,
    hours: float = 24.0,
    km: float = 50.0,
    id: int | None = None,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Say which objects stay near each other, and which of them have moved there since older elements.

    Two objects within --km of each other through all of --hours share an orbit: docked, flying in formation, or one
    keeps station beside the other. With --before, older element sets, each pair is said to be "new" or "as before".

    Parameters
    ----------
    elements
        Files of element sets to use instead of the store.
    before
        Files of older element sets to compare with.
    at
        From when, UTC; else the middle epoch of the sets.
    hours
        For how long.
    km
        How near.
    id
        Only pairs with this catalogue number.
    data_dir
        Where the catalogue is kept.
    json
        One JSON document instead of text.
    """
    import sys

    import numpy as np

    from vedette.catalogue.changes.proximity import find_neighbours
    from vedette.doors.catalogue_sets import sets_of
    from vedette.doors.wire import json_bytes
    from vedette.time import tai_ns_from_utc_text

    t = tai_ns_from_utc_text(at) if at else None
    sets = sets_of(elements, data_dir, t)
    start = t if t is not None else (int(np.median(sets.t_epoch_tai_ns)) if len(sets) else 0)
    older = sets_of(before, data_dir) if before else None
    found = find_neighbours(sets, start, start + round(hours * 3600e9), 1e3 * km, older) if len(sets) else ()
    rows: list[dict[str, Any]] = []
    for one in found:
        numbers = (int(sets.number[one.first]), int(sets.number[one.second]))
        if id is not None and id not in numbers:
            continue
        rows.append({
            "ids": list(numbers), "names": [sets.name[one.first], sets.name[one.second]],
            "nearest_km": round(one.nearest_m / 1e3, 3), "farthest_km": round(one.farthest_m / 1e3, 3),
            "is_new": None if one.was_near is None else not one.was_near,
        })  # fmt: skip
    if json:
        sys.stdout.write(json_bytes(rows).decode() + "\n")
        return 0
    if not rows:
        sys.stdout.write(f"no two objects stay within {km:g} km\n")
    for row in rows:
        told = {True: "  NEW: moved there", False: "  as before", None: ""}[row["is_new"]]
        words = " and ".join(f"{n} {name}".rstrip() for n, name in zip(row["ids"], row["names"], strict=True))
        sys.stdout.write(f"{row['nearest_km']:9.3f} to {row['farthest_km']:9.3f} km  {words}{told}\n")
    return 0
