"""`vedette catalogue show`: what is kept."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter


def show(
    *,
    id: int | None = None,
    elements: Annotated[tuple[Path, ...], Parameter(name=["--elements"], consume_multiple=True)] = (),
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Count the objects, element sets and files that are kept; with --id tell one object's sets, oldest first.

    Parameters
    ----------
    id
        A catalogue number.
    elements
        Files of element sets to use instead of the store.
    data_dir
        Where the catalogue is kept.
    json
        One JSON document instead of text.
    """
    import sys

    from vedette.core.errors import NotFoundError
    from vedette.doors.catalogue_sets import catalogue_store, sets_of
    from vedette.doors.wire import json_bytes

    store = catalogue_store(data_dir)
    if id is None:
        counts = store.counts()
        text = f"{counts['objects']:,} objects, {counts['sets']:,} element sets from {counts['sources']:,} files\n"
        sys.stdout.write(json_bytes(counts).decode() + "\n" if json else text)
        return 0
    sets = sets_of(elements, data_dir, number=id) if elements else store.history(id)
    if not len(sets):
        raise NotFoundError(f"no object {id} in the catalogue")
    rows = [_set_words(sets, i) for i in range(len(sets))]
    if json:
        sys.stdout.write(json_bytes(rows).decode() + "\n")
        return 0
    sys.stdout.write(f"{id} {rows[-1]['name']} {rows[-1]['designator']}\n")
    for row in rows:
        sys.stdout.write(
            f"  {row['epoch_utc']}  {row['perigee_km']:8.1f} by {row['apogee_km']:8.1f} km  "
            f"{row['inclination_deg']:8.4f}°  {row['period_min']:8.2f} min  {row['source']}\n"
        )
    return 0


def _set_words(sets: Any, i: int) -> dict[str, Any]:
    import numpy as np

    from vedette.motion.sgp4.layout import EARTH_RADIUS_KM, MU_KM3_S2
    from vedette.time import utc_text_from_tai_ns

    axis_km = float((MU_KM3_S2 / (sets.mean_motion_radpmin[i] / 60.0) ** 2) ** (1.0 / 3.0))
    e = float(sets.eccentricity[i])
    return {
        "id": int(sets.number[i]), "name": sets.name[i], "designator": sets.designator[i],
        "epoch_utc": utc_text_from_tai_ns(int(sets.t_epoch_tai_ns[i])), "source": sets.sources[int(sets.source[i])],
        "perigee_km": round(axis_km * (1.0 - e) - EARTH_RADIUS_KM, 3),
        "apogee_km": round(axis_km * (1.0 + e) - EARTH_RADIUS_KM, 3), "eccentricity": e,
        "inclination_deg": round(float(np.degrees(sets.inclination_rad[i])), 6),
        "node_teme_deg": round(float(np.degrees(sets.node_teme_rad[i])), 6),
        "period_min": round(float(2.0 * np.pi / sets.mean_motion_radpmin[i]), 6),
        "bstar_per_er": float(sets.bstar_per_er[i]),
    }  # fmt: skip
