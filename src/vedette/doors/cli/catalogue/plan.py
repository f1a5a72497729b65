"""`vedette catalogue plan`: whom a planned flight would meet, before it is flown."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter


def plan(
    file: Path,
    /,
    *,
    to: str | None = None,
    km: float = 5.0,
    elements: Annotated[tuple[Path, ...], Parameter(name=["--elements"], consume_multiple=True)] = (),
    hbr_m: Annotated[float, Parameter(name=["--hbr-m"])] = 5.0,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Say whom a planned flight would come near: an OEM (KVN or XML), or burns as JSON.

    A burn is {"id": 25544, "t_utc": "...", "delta_v_rtn_mps": [radial, along, across]}, or a list of them; the object
    flies on from its newest elements. Exit code 3: the plan cannot be used, with the reason.

    Parameters
    ----------
    file
        The plan.
    to
        UTC until which to look; the plan's end, or a day after a burn, if not given.
    km
        How near.
    elements
        Files of element sets to use instead of the store.
    hbr_m
        Hard-body radius of both together, metres.
    data_dir
        Where the catalogue is kept.
    json
        One JSON document instead of text.
    """
    import sys

    import numpy as np

    from vedette.catalogue.conjunctions.planned import burned_path, screen_path
    from vedette.core.errors import NotFoundError
    from vedette.doors.catalogue_sets import nearest_in_time, sets_of
    from vedette.doors.planned_file import read_planned
    from vedette.doors.wire import json_bytes
    from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

    flights, burns = read_planned(file)
    starts = [int(path.t_tai_ns[0]) for _, path in flights] + [burn["t_tai_ns"] for burn in burns]
    sets = sets_of(elements, data_dir, starts[0])
    if not len(sets):
        raise NotFoundError("no element sets; load some, or name files with --elements")
    sets = nearest_in_time(sets, starts[0])
    t_to = None if to is None else tai_ns_from_utc_text(to)
    rows: list[dict[str, Any]] = []
    for burn in burns:
        mine = np.flatnonzero(sets.number == burn["id"])
        if not len(mine):
            raise NotFoundError(f"no object {burn['id']} in the catalogue")
        end = t_to if t_to is not None else burn["t_tai_ns"] + 86_400 * 10**9
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
    if json:
        document = {"km": km, "flights": [name for name, _ in flights], "events": rows}
        sys.stdout.write(json_bytes(document).decode() + "\n")
        return 0
    sys.stdout.write(f"{len(flights)} planned, {len(rows)} approaches within {km:g} km of {len(sets):,} objects\n")
    for row in rows:
        note = "  stays near" if row["stays_near"] else ""
        sys.stdout.write(
            f"{row['tca_utc']}  {row['planned'][:20]:<20} {row['miss_km']:8.3f} km "
            f"{row['relative_speed_mps'] / 1e3:7.3f} km/s  Pc {row['pc']:8.2e}  "
            f"{row['name'][:24]} ({row['id']}){note}\n"
        )
    return 0
