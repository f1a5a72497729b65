"""A partner says launch and impact of one object as two events; here they are one again.

They belong together when they name the same track, or, where tracks are withheld, tell the very same launch.
"""

from collections.abc import Iterable

import msgspec

from vedette.assessment.joint.partners import HeardEvent
from vedette.reports import SharedEvent


def grouped(heard: Iterable[HeardEvent]) -> tuple[HeardEvent, ...]:
    """One for each object, in the order in which they were first heard of."""
    groups: list[list[HeardEvent]] = []
    homes: dict[object, list[HeardEvent]] = {}
    for one in heard:
        key = _key(one.event)
        home = homes.get(key)
        if home is None or any(other.event.kind == one.event.kind for other in home):
            home = homes[key] = []
            groups.append(home)
        home.append(one)
    return tuple(_joined(group) for group in groups)


def _key(event: SharedEvent) -> object:
    """What launch and impact of one object have in common."""
    if event.tracks:
        return event.tracks[0]
    where = event.launch
    return event.event_id if where is None else (where.lat_deg, where.lon_deg, where.t_tai_ns, where.azimuth_deg)


def _joined(group: list[HeardEvent]) -> HeardEvent:
    if len(group) == 1:
        return group[0]
    group = sorted(group, key=lambda one: one.event.kind != "launch")
    lead = group[0]
    newest = max(group, key=lambda one: one.t_heard_tai_ns)
    impact = next((one.event.impact for one in reversed(group) if one.event.impact is not None), None)
    ends = [one.t_expires_tai_ns for one in group]
    known = [t for t in ends if t is not None]
    event = msgspec.structs.replace(
        lead.event,
        impact=impact,
        launch=lead.event.launch or next((one.event.launch for one in group if one.event.launch is not None), None),
        tracks=tuple(dict.fromkeys(n for one in group for n in one.event.tracks)),
        message=max((one.event.message for one in group), key=list(type(lead.event.message)).index),
        t_said_tai_ns=newest.event.t_said_tai_ns,
        t_expires_tai_ns=max(known) if len(known) == len(ends) else None,
        text="; ".join(one.event.text for one in group if one.event.text),
    )
    return HeardEvent(
        event,
        newest.t_heard_tai_ns,
        newest.is_late,
        {name: words for one in group for name, words in one.doubts.items()},
        sum(one.revisions for one in group),
        tuple(one.event.event_id for one in group),
    )
