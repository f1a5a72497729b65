"""`vedette catalogue where`: where an object is, and how sure that is."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter


def where(
    *,
    id: int,
    at: Annotated[tuple[str, ...], Parameter(consume_multiple=True)],
    elements: Annotated[tuple[Path, ...], Parameter(name=["--elements"], consume_multiple=True)] = (),
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Say where an object is at each instant, and how sure that is: one sigma by regime and age of its elements.

    Parameters
    ----------
    id
        A catalogue number.
    at
        UTC instants.
    elements
        Files of element sets to use instead of the store.
    data_dir
        Where the catalogue is kept.
    json
        One JSON document instead of text.
    """
    import sys

    import numpy as np

    from vedette.catalogue import whereabouts
    from vedette.core.errors import NotFoundError
    from vedette.doors.catalogue_sets import sets_of
    from vedette.doors.wire import json_bytes
    from vedette.frames import geodetic_from_itrf
    from vedette.motion.sgp4 import TROUBLES
    from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

    t = [tai_ns_from_utc_text(word) for word in at]
    rows: list[dict[str, Any]] = []
    of_files = sets_of(elements, data_dir, number=id) if elements else None
    for instant in t:
        sets = of_files if of_files is not None else sets_of((), data_dir, instant, id)
        if not len(sets):
            raise NotFoundError(f"no object {id} in the catalogue")
        nearest = sets.take(np.array([int(np.argmin(np.abs(sets.t_epoch_tai_ns - instant)))]))
        found = whereabouts(nearest, np.array([instant]))
        place = found.positions_itrf_m[0, 0]
        lat, lon, height = (float(x) for x in geodetic_from_itrf(place))
        trouble = TROUBLES[int(found.troubles[0, 0])]
        is_known = bool(np.all(np.isfinite(place)))
        rows.append({
            "t_utc": utc_text_from_tai_ns(instant),
            "position_itrf_m": [round(float(x), 3) for x in place] if is_known else None,
            "position_gcrf_m": [round(float(x), 3) for x in found.positions_gcrf_m[0, 0]] if is_known else None,
            "sigma_m": round(float(np.linalg.norm(found.sigmas_m[0, 0])), 1),
            "sigma_radial_along_across_m": [round(float(x), 1) for x in found.sigmas_m[0, 0]],
            "lat_deg": round(float(np.degrees(lat)), 5) if is_known else None,
            "lon_deg": round(float(np.degrees(lon)), 5) if is_known else None,
            "height_km": round(height / 1e3, 3) if is_known else None,
            "name": nearest.name[0], "epoch_utc": utc_text_from_tai_ns(int(nearest.t_epoch_tai_ns[0])),
            "age_days": round(float(found.age_days[0, 0]), 3), "trouble": trouble, "marks": list(found.marks),
        })  # fmt: skip
    if json:
        sys.stdout.write(json_bytes(rows).decode() + "\n")
        return 0
    for row in rows:
        if row["position_itrf_m"] is None:
            sys.stdout.write(f"{row['t_utc']}  no state: {row['trouble']}\n")
            continue
        note = f"  ({row['trouble']})" if row["trouble"] else ""
        sys.stdout.write(
            f"{row['t_utc']}  {row['lat_deg']:9.4f}° {row['lon_deg']:10.4f}°  {row['height_km']:10.1f} km  "
            f"± {row['sigma_m'] / 1e3:.1f} km  elements {row['age_days']:+.1f} days old{note}\n"
        )
    return 0
