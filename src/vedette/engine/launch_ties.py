"""When a newer catalogue comes: which of its new objects a launch that was seen has made.

Groups of new objects are held against every launch seen before them (`catalogue.changes.launches.launch_ties`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from vedette.reports import Finding, FindingKind

if TYPE_CHECKING:
    from vedette.engine.picture import Picture
    from vedette.reports.elements import ElementSets

TOLD = 0.5  # at least so sure that the group is of the launch
_NAMED = 6


def told_ties(picture: Picture, older: ElementSets, newer: ElementSets, t_tai_ns: int) -> tuple[Finding, ...]:
    """A finding for each launch whose objects are now catalogued; said once a launch and group."""
    launched = [(one.id, one.launch) for one in picture.objects if one.launch is not None]
    if not launched or not len(older) or not len(newer):
        return ()
    from vedette.catalogue.changes.launches import find_launches, launch_ties
    from vedette.frames import itrf_from_geodetic

    groups = find_launches(older, newer)
    places = [
        (one.t_tai_ns, itrf_from_geodetic(math.radians(one.lat_deg), math.radians(one.lon_deg), 0.0))
        for _, one in launched
    ]
    first = np.array([newer.t_epoch_tai_ns[group.objects].min() for group in groups], dtype=np.int64)
    notices = {one.object_id: one.notices for one in picture.candidates if one.object_id}
    found = []
    for tie in launch_ties(groups, places, first):
        object_id, launch = launched[tie.launch]
        names = [_name(newer, row) for row in tie.objects.tolist()]
        if tie.probability < TOLD or _is_said(picture, object_id, names):
            continue
        announced = notices.get(object_id, ())
        told = f"; announced in {', '.join(announced)}" if announced else ""
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        off_deg = math.degrees(tie.off_rad)
        text = (
            f"its launch has put up {', '.join(names[:_NAMED])}{more}: their plane passes {off_deg:.1f}° from the "
            f"launch point at lift-off ({100 * tie.probability:.0f} %){told}"
        )
        data = {
            "objects": names, "probability": round(tie.probability, 4), "plane_off_deg": round(off_deg, 3),
            "notices": list(announced),
        }  # fmt: skip
        found.append(
            Finding(
                kind=FindingKind.ORBIT, object_id=object_id, t_tai_ns=launch.t_tai_ns, t_declared_tai_ns=t_tai_ns,
                text=text, data=data,
            )
        )  # fmt: skip
    return tuple(found)


def _name(sets: ElementSets, row: int) -> str:
    number = int(sets.number[row])
    return sets.name[row] or (str(number) if number else f"row {row}")


def _is_said(picture: Picture, object_id: str, names: list[str]) -> bool:
    return any(
        one.kind is FindingKind.ORBIT and one.object_id == object_id and one.data.get("objects") == names
        for one in picture.timeline
    )
