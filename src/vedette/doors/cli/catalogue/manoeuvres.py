"""`vedette catalogue manoeuvres`: when an object burned its engines."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter


def manoeuvres(
    *files: Path,
    id: int | None = None,
    pattern: bool = False,
    tracks: bool = False,
    stations: Annotated[tuple[Path, ...], Parameter(consume_multiple=True)] = (),
    object: str = "",
    gap_hours: float = 3.0,
    arc_hours: float = 24.0,
    position_sigma_m: float = 1.0,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Say when an object manoeuvred, by how much and along which axis, from the history of its element sets.

    FILE... holds the sets of one object or of several over weeks or years; without files the history that the store
    keeps of --id is used. Burns less than a day apart are one. How small a burn shows depends on the object: a few
    millimetres a second for well tracked satellites. Changes are told with the time at which the orbits before and
    after cross, and with how sure each is; a bad set among good ones is no manoeuvre.

    With --tracks the files are tracking of one object instead, all that `vedette catalogue fit` reads: laser ranges,
    radar, telescopes, positions (SP3, CPF, OEM). It is cut into arcs, an orbit is fitted to each, and every pair of
    arcs next to each other is told with the burn that best joins them, its covariance along radius, track and normal,
    and how probable it is that there was one. An arc no one orbit fits is passed over: those around it are compared.

    Parameters
    ----------
    files
        Element sets: two-line or OMM.
    id
        A catalogue number: which object of the files, or of the store.
    pattern
        Tell the object's pattern of life as well: how often it burns, and whether the last wait is off the pattern.
    tracks
        The files are tracking of one object, not element sets.
    stations
        With --tracks: where the stations are, as for `vedette catalogue fit`.
    object
        With --tracks: the name in the files, where they hold several objects.
    gap_hours
        With --tracks: an arc ends where nothing was seen for so long.
    arc_hours
        With --tracks: no arc is longer.
    position_sigma_m
        With --tracks: one sigma of positions from CPF or SP3.
    data_dir
        Where the catalogue is kept.
    json
        One JSON document instead of text.
    """
    import sys

    from vedette.catalogue.changes.manoeuvres import find_manoeuvres, objects_of
    from vedette.catalogue.changes.pattern import pattern_of_life
    from vedette.core.errors import NotFoundError, UsageError
    from vedette.doors.catalogue_sets import catalogue_store, sets_of_files
    from vedette.doors.wire import json_bytes

    if tracks:
        return _from_tracks(files, stations, id, object, (gap_hours, arc_hours), position_sigma_m, pattern, json)
    if not files and id is None:
        raise UsageError("`vedette catalogue manoeuvres` needs files of element sets, or --id NUMBER")
    sets = sets_of_files(files) if files else catalogue_store(data_dir).history(int(id or 0))
    objects = objects_of(sets)
    if id is not None:
        objects = {number: rows for number, rows in objects.items() if number == id}
    if not objects:
        raise NotFoundError("no element sets of such an object" if id is None else f"no element sets of object {id}")
    rows: list[dict[str, Any]] = []
    lives = []
    for number, index in objects.items():
        own = sets.take(index)
        found = find_manoeuvres(own)
        rows += [_row(number, one) for one in found]
        if pattern:
            lives.append({"id": number, **pattern_of_life(own, found)})
    rows.sort(key=lambda row: row["t_utc"])
    if json:
        document: Any = {"manoeuvres": rows, "patterns": lives} if pattern else rows
        sys.stdout.write(json_bytes(document).decode() + "\n")
        return 0
    for row in rows:
        sys.stdout.write(_text(row, len(objects) > 1))
    if not rows:
        sys.stdout.write("no manoeuvre seen\n")
    for life in lives:
        words = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in life.items() if key != "id")
        sys.stdout.write(f"{life['id']}: {words}\n")
    return 0


def _from_tracks(
    files: tuple[Path, ...],
    stations: tuple[Path, ...],
    number: int | None,
    name: str,
    hours: tuple[float, float],
    sigma_m: float,
    pattern: bool,
    json: bool,
) -> int:
    import sys

    from vedette.core.errors import UsageError
    from vedette.doors.track_burns import burns_in_tracks
    from vedette.doors.wire import json_bytes

    if not files or pattern:
        raise UsageError("`vedette catalogue manoeuvres --tracks` needs files of tracking, and knows no pattern")
    rows, said = burns_in_tracks(
        files, stations, number=number, object_name=name, gap_hours=hours[0], arc_hours=hours[1],
        position_sigma_m=sigma_m, tell=lambda line: None if json or not sys.stderr.isatty() else _tell(line),
    )  # fmt: skip
    for line in said:
        _tell(line)
    if json:
        sys.stdout.write(json_bytes(rows).decode() + "\n")
        return 0
    for row in rows:
        vector = " ".join(f"{1e3 * x:+.2f}" for x in row["radial_along_across_mps"])
        sys.stdout.write(
            f"{row['before'][1][:16]}Z to {row['after'][0][:16]}Z  a burn with {100 * row['probability']:.1f} %: "
            f"{row['t_utc'][:16]}Z ± {row['t_sigma_s'] / 3600:.1f} h  {1e3 * row['delta_v_mps']:.2f} ± "
            f"{1e3 * row['sigma_mps']:.2f} mm/s {row['axis']} (radial, along, across {vector})\n"
        )
    return 0


def _tell(line: str) -> None:
    import sys

    sys.stderr.write(f"{line}\n")


def _row(number: int, one: Any) -> dict[str, Any]:
    from vedette.time import utc_text_from_tai_ns

    return {
        "id": number,
        "t_utc": utc_text_from_tai_ns(one.t_tai_ns),
        "t_sigma_s": round(one.t_sigma_s),
        "delta_v_mps": round(one.delta_v_mps, 5),
        "sigma_mps": round(one.sigma_mps, 5),
        "axis": one.axis,
        "along_mps": round(one.along_mps, 5),
        "across_mps": round(one.across_mps, 5),
        "probability": round(one.probability, 4),
    }


def _text(row: dict[str, Any], has_number: bool) -> str:
    sign = "" if row["axis"] == "across" else (" ahead" if row["along_mps"] > 0 else " back")
    name = f"{row['id']:>9}  " if has_number else ""
    return (
        f"{name}{row['t_utc'][:16]}Z ± {row['t_sigma_s'] / 3600:4.1f} h  {row['delta_v_mps']:9.4f} ± "
        f"{row['sigma_mps']:.4f} m/s {row['axis']}{sign}  {100 * row['probability']:5.1f} %\n"
    )
