"""Whom a planned flight would meet: the answer of `vedette catalogue plan`, and what one owner answers another."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vedette.catalogue.conjunctions.planned import burned_path, screen_path
from vedette.core.errors import NotFoundError
from vedette.doors.catalogue_sets import nearest_in_time, sets_of
from vedette.doors.planned_file import read_planned
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

DAY_NS = 86_400 * 10**9


def planned_document(
    file: Path,
    *,
    to: str | None = None,
    km: float = 5.0,
    elements: Sequence[Path] = (),
    hbr_m: float = 5.0,
    data_dir: Path | None = None,
) -> dict[str, Any]:
    """Flights of a file and every approach to an object of the catalogue; NotFoundError without a catalogue."""
    flights, burns = read_planned(file)
    starts = [int(path.t_tai_ns[0]) for _, path in flights] + [burn["t_tai_ns"] for burn in burns]
    sets = sets_of(tuple(elements), data_dir, starts[0])
    if not len(sets):
        raise NotFoundError("no element sets; load some, or name files with --elements")
    sets = nearest_in_time(sets, starts[0])
    t_to = None if to is None else tai_ns_from_utc_text(to)
    rows: list[dict[str, Any]] = []
    for burn in burns:
        mine = np.flatnonzero(sets.number == burn["id"])
        if not len(mine):
            raise NotFoundError(f"no object {burn['id']} in the catalogue")
        end = t_to if t_to is not None else burn["t_tai_ns"] + DAY_NS
        path = burned_path(sets.take(mine[:1]), burn["t_tai_ns"], np.array(burn["push"]), end)
        flights.append((sets.name[mine[0]] or str(burn["id"]), path))
    without = np.flatnonzero(np.isin(sets.number, [burn["id"] for burn in burns]))
    for name, path in flights:
        end = int(path.t_tai_ns[-1]) if t_to is None else t_to
        for one in screen_path(path, sets, int(path.t_tai_ns[0]), end, km, without=without, radius_m=hbr_m):
            rows.append({
                "planned": name, "id": int(sets.number[one.row]), "name": sets.name[one.row],
                "tca_utc": utc_text_from_tai_ns(one.t_tai_ns), "miss_km": round(one.miss_m / 1e3, 6),
                "relative_speed_mps": round(one.speed_mps, 3), "pc": one.pc, "stays_near": one.is_staying,
                "age_days": round((one.t_tai_ns - int(sets.t_epoch_tai_ns[one.row])) / 8.64e13, 3),
            })  # fmt: skip
    return {"km": km, "flights": [name for name, _ in flights], "objects": len(sets), "events": rows}
