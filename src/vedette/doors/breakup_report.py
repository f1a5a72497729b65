"""What follows a break-up, in words: who is met, and when sensors see the pieces."""

from typing import Any

import numpy as np

from vedette.catalogue.changes.consequences import fence_crossings, met_by_pieces
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints
from vedette.doors.progress_bar import progress_bar
from vedette.reports.elements import ElementSets
from vedette.sensing import Sensor
from vedette.time import utc_text_from_tai_ns

_TOLD = 20  # nearest approaches


def what_follows(
    sets: ElementSets, pieces: Ints, hours: float, sensors: list[Sensor], km: float
) -> dict[str, Any]:
    """Approaches of the pieces to everybody else and their passes, from the newest of their epochs on."""
    t_from = int(sets.t_epoch_tai_ns[pieces].max())
    t_to = t_from + round(hours * 3600 * NS_PER_S)
    with progress_bar("whom they meet") as told:
        found, mine, others = met_by_pieces(sets, pieces, t_from, t_to, km, told)
    nearest = np.argsort(found.miss_m, kind="stable")[:_TOLD]
    met, counts = np.unique(others, return_counts=True)
    most = np.argsort(-counts, kind="stable")[:_TOLD]
    return {
        "from_utc": utc_text_from_tai_ns(t_from),
        "to_utc": utc_text_from_tai_ns(t_to),
        "km": km,
        "approaches": len(found),
        "objects_met": len(met),
        "nearest": [
            {
                "t_utc": utc_text_from_tai_ns(int(found.t_tai_ns[k])),
                "piece": _name(sets, int(mine[k])),
                "id": _name(sets, int(others[k])),
                "name": sets.name[int(others[k])],
                "miss_km": round(float(found.miss_m[k]) / 1e3, 3),
                "relative_speed_mps": round(float(found.speed_mps[k]), 1),
            }
            for k in nearest.tolist()
        ],
        "most_met": [
            {"id": _name(sets, int(met[k])), "name": sets.name[int(met[k])], "approaches": int(counts[k])}
            for k in most.tolist()
        ],
        "sensors": [_seen(sets, pieces, sensor, t_from, t_to) for sensor in sensors],
    }


def _seen(sets: ElementSets, pieces: Ints, sensor: Sensor, t_from: int, t_to: int) -> dict[str, Any]:
    seen = fence_crossings(sets, pieces, sensor, t_from, t_to)
    return {
        "sensor": seen.sensor_id,
        "passes": len(seen.row),
        "pieces_seen": seen.piece_count,
        "first_utc": utc_text_from_tai_ns(int(seen.t_rise_tai_ns[0])) if len(seen.row) else None,
        "busiest_minute": seen.busiest_minute,
        "passes_by_hour": seen.hours.tolist(),
    }


def follows_text(row: dict[str, Any]) -> str:
    """The same for people."""
    lines = [
        f"  {row['from_utc']} to {row['to_utc']}: {row['approaches']:,} approaches within {row['km']:g} km "
        f"to {row['objects_met']:,} objects that are none of the pieces"
    ]
    lines += [
        f"    {one['t_utc']}  piece {one['piece']}  {one['miss_km']:7.3f} km  "
        f"{one['relative_speed_mps'] / 1e3:6.2f} km/s  {one['name'][:24]} ({one['id']})"
        for one in row["nearest"][:8]
    ]
    for one in row["sensors"]:
        if not one["passes"]:
            lines.append(f"  {one['sensor']} sees none of them")
            continue
        bars = "".join(" ▁▂▃▄▅▆▇█"[_level(n, one["passes_by_hour"])] for n in one["passes_by_hour"])
        lines.append(
            f"  {one['sensor']} sees {one['pieces_seen']:,} of them in {one['passes']:,} passes from "
            f"{one['first_utc']}, {one['busiest_minute']} at once at most; by hour |{bars}|"
        )
    return "\n".join(lines) + "\n"


def _level(count: int, counts: list[int]) -> int:
    return 0 if not count else max(1, round(8 * count / max(counts)))


def _name(sets: ElementSets, row: int) -> int | str:
    return int(sets.number[row]) or f"row {row}"
