"""Whose tracklets these are, for people and programs: reports in, names with probabilities out."""

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from vedette.catalogue.direction_linking import (
    Attributable,
    attributable_of,
    link_directions,
    track_of_directions,
)
from vedette.catalogue.known_objects import KnownSky
from vedette.catalogue.linking import Track, link, track_of
from vedette.catalogue.tracklets import Tracklet, Whose, tracklets_of, whose
from vedette.core.errors import BadInputError, NotFoundError, UsageError
from vedette.doors.catalogue_sets import nearest_in_time, sets_of
from vedette.doors.sensor_files import sensors_from
from vedette.doors.watch_feeds import feed_sensors
from vedette.formats import open_feed
from vedette.reports import SIGHT_KINDS, Scan
from vedette.reports.elements import ElementSets
from vedette.sensing import Sensor
from vedette.time import utc_text_from_tai_ns

_SAME_PRIOR, _LEAST_SAME = 0.01, 0.05  # of pairs of strangers, before they are held against each other


def is_positions(path: Path) -> bool:
    """Whether a file holds positions (SP3, or a JSON list) and no reports; NotFoundError when there is none."""
    import gzip

    try:
        with path.open("rb") as stream:
            start = stream.read(2)
            stream.seek(0)
            whole = gzip.GzipFile(fileobj=stream) if start == b"\x1f\x8b" else stream
            return whole.read(4096).lstrip()[:1] in (b"#", b"[", b"")
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such file") from None
    except (OSError, EOFError) as trouble:
        raise BadInputError(f"not readable ({trouble})", str(path), "fetch the file again") from None


def say_whose(
    path: Path, elements: tuple[Path, ...], site_file: Path | None, data_dir: Path | None, is_json: bool
) -> int:
    """Name every tracklet of a feed; exit code 3 when something in it could not be used."""
    from vedette.doors.wire import json_bytes

    sensors = sensors_from(site_file)
    code, scans = 0, []
    for record in open_feed(path, sensors=feed_sensors(sensors)):
        if isinstance(record, Scan):
            scans.append(record)
        elif getattr(record, "exit_code", 0):
            sys.stderr.write(f"set aside: {record.sentence}\n")  # type: ignore[union-attr]
            code = 3
    missing = sorted({one.sensor_id for one in scans} - set(sensors))
    if missing:
        raise NotFoundError(f"no sensor {', '.join(missing)}; describe it in --site-file FILE.toml")
    tracklets = tracklets_of(scans)
    if not tracklets:
        raise BadInputError("no looks are in it", str(path), "give positions (SP3, JSON), a scan file or a TDM")
    t = int(tracklets[0].t_tai_ns[0])
    sets = nearest_in_time(sets_of(elements, data_dir, t), t)
    sky = KnownSky(sets)
    rows: list[dict[str, Any]] = []
    strangers: list[Track] = []
    slow: list[Attributable] = []
    for one in tracklets:
        said = whose(one, sky, sensors[one.sensor_id])
        rows.append(_words(said, sets, int(one.t_tai_ns[0]), len(one)))
        if said.match is None:
            _keep(one, sensors[one.sensor_id], strangers, slow)
    _join(rows, strangers, slow)
    if is_json:
        sys.stdout.write(json_bytes(rows).decode() + "\n")
        return code
    for row in rows:
        best = max(row["explanations"], key=lambda name: row["explanations"][name])
        what = row["match"] or f"{best}" + (f" (nearest {row['nearest']})" if row["nearest"] else "")
        apart = "" if row["distance_km"] is None else f"{row['distance_km']:8.1f} km"
        sys.stdout.write(
            f"{row['name']:<20} {row['t_utc'][:19]}Z {row['looks']:4d} looks  {100 * row['probability']:6.2f} %  "
            f"{apart:>11}  {what}\n"
        )
        for other in row["same_as"]:
            sys.stdout.write(f"{'':<20}   the same as {other['name']}, {100 * other['probability']:.1f} %\n")
    return code


def _keep(one: Tracklet, sensor: Sensor, strangers: list[Track], slow: list[Attributable]) -> None:
    """What a stranger's pass says of its orbit, or of its place and motion in the sky, where it says enough."""
    try:
        if one.kind in SIGHT_KINDS:
            seen = attributable_of(one, sensor)
            if seen.is_slow:
                slow.append(seen)
                return
            track = track_of_directions(one, sensor)
        else:
            track = track_of(one, sensor)
    except (UsageError, np.linalg.LinAlgError):
        return
    if np.isfinite(track.state_itrf).all() and np.isfinite(track.cov_itrf).all():
        strangers.append(track)


def _join(rows: list[dict[str, Any]], strangers: list[Track], slow: list[Attributable]) -> None:
    """Which strangers may be each other, told at both."""
    by_name = {row["name"]: row for row in rows}
    for mine, hold in ((strangers, link), (slow, link_directions)):
        ordered: list[Any] = sorted(mine, key=lambda one: (one.t_tai_ns, one.name))
        for i, first in enumerate(ordered):
            for second in ordered[i + 1 :]:
                found = hold(first, second)
                p = 0.0 if found is None else found.probability(_SAME_PRIOR)
                if p > _LEAST_SAME:
                    by_name[first.name]["same_as"].append({"name": second.name, "probability": round(p, 6)})
                    by_name[second.name]["same_as"].append({"name": first.name, "probability": round(p, 6)})


def _words(said: Whose, sets: ElementSets, t_tai_ns: int, looks: int) -> dict[str, Any]:
    nearest = said.candidates[0][0] if said.candidates else None
    return {
        "name": said.name,
        "match": None if said.match is None else _name(sets, said.match),
        "id": None if said.match is None else int(sets.number[said.match]),
        "distance_km": round(said.distance_m / 1e3, 3) if math.isfinite(said.distance_m) else None,
        "second_km": round(said.second_m / 1e3, 3) if math.isfinite(said.second_m) else None,
        "probability": round(said.probability, 6),
        "nearest": None if nearest is None else _name(sets, nearest),
        "age_days": None if nearest is None else round((t_tai_ns - int(sets.t_epoch_tai_ns[nearest])) / 8.64e13, 2),
        "t_utc": utc_text_from_tai_ns(t_tai_ns),
        "looks": looks,
        "explanations": {name: round(p, 6) for name, p in said.explanations.items()},
        "same_as": [],
        "candidates": [
            {"id": int(sets.number[row]), "name": sets.name[row], "probability": round(p, 6)}
            for row, p in said.candidates[:5]
        ],
    }


def _name(sets: ElementSets, row: int) -> str:
    return sets.name[row] or str(sets.number[row])
