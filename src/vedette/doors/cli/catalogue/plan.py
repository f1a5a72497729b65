"""`vedette catalogue plan`: whom a planned flight would meet, before it is flown."""

from pathlib import Path
from typing import Annotated

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

    from vedette.doors.planned_screen import planned_document
    from vedette.doors.wire import json_bytes

    document = planned_document(file, to=to, km=km, elements=elements, hbr_m=hbr_m, data_dir=data_dir)
    if json:
        sys.stdout.write(json_bytes(document).decode() + "\n")
        return 0
    sys.stdout.write(
        f"{len(document['flights'])} planned, {len(document['events'])} approaches within {km:g} km "
        f"of {document['objects']:,} objects\n"
    )
    for row in document["events"]:
        note = "  stays near" if row["stays_near"] else ""
        sys.stdout.write(
            f"{row['tca_utc']}  {row['planned'][:20]:<20} {row['miss_km']:8.3f} km "
            f"{row['relative_speed_mps'] / 1e3:7.3f} km/s  Pc {row['pc']:8.2e}  "
            f"{row['name'][:24]} ({row['id']}){note}\n"
        )
    return 0
