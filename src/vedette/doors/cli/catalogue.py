"""`vedette catalogue`: what is known to be up there, where it is, and whose positions these are."""

from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

_ELEMENTS = Parameter(name=["--elements"], consume_multiple=True)


def catalogue(
    action: Literal["load", "show", "where", "identify"],
    files: tuple[Path, ...] = (),
    /,
    *,
    elements: Annotated[tuple[Path, ...], _ELEMENTS] = (),
    id: int | None = None,
    at: tuple[str, ...] = (),
    time_scale: Literal["UTC", "GPS", "TAI", "TT"] | None = None,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Keep element sets, and ask them.

    `load FILE...` keeps the sets of two-line or OMM files (KVN, XML, JSON, CSV; .gz too), with source and history;
    what is unusable is refused by itself with a sentence, and the exit code is 3. `show` counts what is kept, or with
    --id tells one object's sets. `where --id N --at TIME...` says where an object is, and how sure that is. `identify
    FILE` names the unknown positions of an SP3 file or a JSON list of {"name", "t_utc", "position_itrf_m"}.

    Parameters
    ----------
    action
        load, show, where or identify.
    files
        What to load, or whose positions to name.
    elements
        Files of element sets to use instead of the store.
    id
        A catalogue number.
    at
        UTC instants.
    time_scale
        Of `identify`: in which the file's times are really told, where the file is wrong or silent.
    data_dir
        Where the catalogue is kept.
    json
        One JSON document instead of text.
    """
    from vedette.core.errors import UsageError
    from vedette.doors.catalogue_store import CatalogueStore
    from vedette.doors.data_dir import data_dir_of

    store = CatalogueStore(data_dir_of(data_dir))
    if action == "load":
        if not files:
            raise UsageError("`vedette catalogue load` needs files of element sets")
        return _load(store, files, json)
    if action == "show":
        return _show(store, elements, id, json)
    if action == "where":
        if id is None or not at:
            raise UsageError("`vedette catalogue where` needs --id NUMBER and --at TIME")
        return _where(store, elements, id, at, json)
    if len(files) != 1:
        raise UsageError("`vedette catalogue identify` needs one file of positions")
    return _identify(store, elements, files[0], time_scale, json)


def _load(store: Any, files: tuple[Path, ...], is_json: bool) -> int:
    import sys

    from vedette.doors.catalogue_files import read_elements
    from vedette.doors.wire import json_bytes

    rows, worst = [], 0
    for path in files:
        sets, refused = read_elements(path)
        new = store.add(sets)
        for trouble in refused:
            sys.stderr.write(f"refused: {trouble}\n")
            worst = 3
        rows.append({"file": str(path), "read": len(sets), "new": new, "refused": [str(one) for one in refused]})
        if not is_json:
            sys.stdout.write(f"{path.name}: {len(sets):,} sets read, {new:,} of them new, {len(refused):,} refused\n")
    if is_json:
        sys.stdout.write(json_bytes({"files": rows, **store.counts(), "kept_in": str(store.path)}).decode() + "\n")
    return worst


def _sets_of(store: Any, elements: tuple[Path, ...], t_tai_ns: int | None = None, number: int | None = None) -> Any:
    import sys

    import numpy as np

    from vedette.doors.catalogue_files import read_elements
    from vedette.reports.elements import ElementSets

    if not elements:
        return store.newest(t_tai_ns, number)
    parts = []
    for path in elements:
        sets, refused = read_elements(path)
        for trouble in refused:
            sys.stderr.write(f"refused: {trouble}\n")
        parts.append(sets)
    joined = ElementSets.joined(parts)
    return joined if number is None else joined.take(np.flatnonzero(joined.number == number))


def _show(store: Any, elements: tuple[Path, ...], number: int | None, is_json: bool) -> int:
    import sys

    from vedette.core.errors import NotFoundError
    from vedette.doors.wire import json_bytes

    if number is None:
        counts = store.counts()
        text = f"{counts['objects']:,} objects, {counts['sets']:,} element sets from {counts['sources']:,} files\n"
        sys.stdout.write(json_bytes(counts).decode() + "\n" if is_json else text)
        return 0
    sets = _sets_of(store, elements, number=number) if elements else store.history(number)
    if not len(sets):
        raise NotFoundError(f"no object {number} in the catalogue")
    rows = [_set_words(sets, i) for i in range(len(sets))]
    if is_json:
        sys.stdout.write(json_bytes(rows).decode() + "\n")
        return 0
    sys.stdout.write(f"{number} {rows[-1]['name']} {rows[-1]['designator']}\n")
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


def _where(store: Any, elements: tuple[Path, ...], number: int, at: tuple[str, ...], is_json: bool) -> int:
    import sys

    import numpy as np

    from vedette.catalogue import whereabouts
    from vedette.core.errors import NotFoundError
    from vedette.doors.wire import json_bytes
    from vedette.frames import geodetic_from_itrf
    from vedette.motion.sgp4 import TROUBLES
    from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

    t = [tai_ns_from_utc_text(word) for word in at]
    rows = []
    for instant in t:
        sets = _sets_of(store, elements, instant, number)
        if not len(sets):
            raise NotFoundError(f"no object {number} in the catalogue")
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
    if is_json:
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


def _identify(store: Any, elements: tuple[Path, ...], path: Path, time_scale: str | None, is_json: bool) -> int:
    import math
    import sys

    from vedette.catalogue import identify
    from vedette.doors.catalogue_files import read_positions
    from vedette.doors.wire import json_bytes

    names, places, t = read_positions(path, time_scale)
    sets = _sets_of(store, elements, int(t[0]) if len(t) else None)
    found = identify(names, places, t, sets)
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
    if is_json:
        sys.stdout.write(json_bytes(rows).decode() + "\n")
        return 0
    for row in rows:
        what = row["match"] or f"none of them (nearest {row['nearest']})"
        apart = "" if row["distance_km"] is None else f"{row['distance_km']:9.1f} km"
        sys.stdout.write(f"{row['name']:<12} {100 * row['probability']:6.2f} %  {apart}  {what}\n")
    return 0
