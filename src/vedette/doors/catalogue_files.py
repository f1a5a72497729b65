"""Element sets from files of any form, packed or not; and positions that ask to be named."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

from vedette.core.errors import BadInputError, NotFoundError
from vedette.core.shapes import Ints, Rows
from vedette.formats.instants import tai_ns_from_epoch
from vedette.formats.omm import read_omm
from vedette.formats.sp3 import read_sp3
from vedette.formats.tle import read_tle
from vedette.reports.elements import ElementSets

MOST_BYTES = 1024 * 1024 * 1024


def read_elements(path: Path) -> tuple[ElementSets, tuple[BadInputError, ...]]:
    """Every element set of a file (two lines; OMM in KVN, XML, JSON or CSV; .gz or not), and what was refused."""
    raw = read_bytes(path)
    start = raw.lstrip()[:4096]
    is_omm = start[:1] in (b"<", b"[", b"{") or b"CCSDS_OMM_VERS" in start or b"MEAN_MOTION" in start
    sets, refused = read_omm(raw, path.name) if is_omm else read_tle(raw.decode("utf-8-sig", "replace"), path.name)
    if not len(sets) and not refused:
        refused = (BadInputError("no element sets are in it", str(path), "give two-line sets or an OMM"),)
    return sets, refused


def read_positions(path: Path, time_scale: str | None) -> tuple[tuple[str, ...], Rows, Ints]:
    """Names, positions (n, m, 3) Earth-fixed, and instants (m,) of an SP3 file or a JSON list.

    JSON: `[{"name", "t_utc", "position_itrf_m"}]`; rows of one name are one object.
    """
    text = read_bytes(path).decode("utf-8-sig", "replace")
    if text.startswith("#"):
        found = read_sp3(text, path.name, time_scale)
        return found.names, found.positions_itrf_m, found.t_tai_ns
    try:
        rows = json.loads(text)
        names = tuple(dict.fromkeys(str(row["name"]) for row in rows))
        times = sorted({tai_ns_from_epoch(str(row["t_utc"]), time_scale or "UTC") for row in rows})
        places = np.full((len(names), len(times), 3), np.nan)
        for row in rows:
            t = tai_ns_from_epoch(str(row["t_utc"]), time_scale or "UTC")
            places[names.index(str(row["name"])), times.index(t)] = _place(row)
    except BadInputError as trouble:
        raise BadInputError(trouble.what, str(path), trouble.cure) from None
    except (ValueError, TypeError, KeyError, RecursionError) as trouble:
        cure = 'give SP3, or JSON [{"name", "t_utc", "position_itrf_m": [x, y, z]}]'
        raise BadInputError(f"positions that cannot be read ({trouble})", str(path), cure) from None
    return names, places, np.array(times, dtype=np.int64)


def _place(row: Any) -> list[float]:
    place = [float(x) for x in row["position_itrf_m"]]
    if len(place) != 3 or not np.all(np.isfinite(place)):
        raise ValueError(f"{row['name']}: a position has three numbers, metres")
    return place


def read_bytes(path: Path) -> bytes:
    """All of a file, unpacked if it is packed; BadInputError when it cannot be read."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInputError("larger than 1 GiB", str(path), "split it")
        raw = path.read_bytes()
        return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such file") from None
    except (OSError, EOFError, gzip.BadGzipFile) as trouble:
        raise BadInputError(f"not readable ({trouble})", str(path), "fetch the file again") from None
