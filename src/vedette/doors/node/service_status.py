"""What `node status` and the duty desk say of an owner's services: written by the line, whole or not at all."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from vedette.core.constants import NS_PER_S
from vedette.doors.node.service_desk import ServiceDesk, duties_of

if TYPE_CHECKING:
    from vedette.doors.node.service_wire import ServiceWire

SERVICES_FILE = "services-status.json"
FRESH_S = 5.0
MOST_TRACKS, MOST_SAID = 500, 30


def services_document(
    desk: ServiceDesk, wires: "dict[str, ServiceWire]", t_ns: int, trouble: str = ""
) -> dict[str, Any]:
    """How they stand: who is there, who reports what, what contradicts itself, what happened last."""
    service = desk.service
    duties = duties_of(desk)
    live = service.live(t_ns)
    locals_of: dict[str, str] = {}
    for local, number in tuple(service.kept.names.items()):
        if number in service.loose.sees:
            locals_of[number] = local.rpartition("/")[2]
    holds = {name: 0 for name in service.group.names}
    for duty in duties:
        holds[duty.holder] = holds.get(duty.holder, 0) + 1
    members = []
    for one in service.group.members:
        wire = wires.get(one.name)
        heard = service.loose.heard.get(one.name)
        age_s = None if heard is None else round((t_ns - heard[2]) / NS_PER_S, 2)
        state = "here" if one.name == service.name else "up" if one.name in live else "silent"
        if state == "silent" and wire is None:
            state = "not added"
        why = desk.trouble_of(one.name, t_ns) or ("" if wire is None else wire.trouble)
        members.append({
            "name": one.name, "votes": one.votes, "state": state, "reports": holds[one.name], "heard_age_s": age_s,
            "is_member": one.name in service.kept.members, "trouble": why,
        })  # fmt: skip
    shown = duties[:MOST_TRACKS]
    tracks = [
        {
            "number": duty.number, "by": duty.holder, "name": locals_of.get(duty.number, ""),
            "parents": list(duty.parents), "is_seen": duty.number in service.loose.sees,
        }
        for duty in shown
    ]
    now_posix_s = time.time()
    said = [
        {"t_posix_s": round(now_posix_s - (t_ns - one.t_ns) / NS_PER_S, 1), "kind": one.kind, "text": one.text}
        for one in tuple(desk.news)[-MOST_SAID:]
    ]
    return {
        "t_posix_s": round(now_posix_s, 3), "service": service.name, "mode": desk.mode.value,
        "has_lease": service.has_lease(t_ns), "view": service.kept.view, "members": members,
        "track_count": len(duties), "tracks": tracks,
        "conflicts": [{"number": number, "text": text} for number, text in desk.conflicts()],
        "news": said, "trouble": desk.trouble or trouble,
    }  # fmt: skip


def read_services(path: Path) -> dict[str, Any] | None:
    """What the line said last, while it is fresh; None when it does not run, or the node is its owner's only one."""
    try:
        told = msgspec.json.decode((path / SERVICES_FILE).read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError):
        return None
    return told if abs(time.time() - told.get("t_posix_s", 0.0)) < FRESH_S else None


def services_lines(told: dict[str, Any]) -> list[str]:
    """The same for people."""
    lease = "" if told["has_lease"] else "; CUT OFF FROM MOST: it reports nothing as its own"
    lines = [f"services: this is {told['service']}{lease}"]
    for one in told["members"]:
        age = "" if one["heard_age_s"] is None else f", heard {one['heard_age_s']:.1f} s ago"
        trouble = f"; {one['trouble']}" if one["trouble"] else ""
        lines.append(f"  {one['name']:<8} {one['state']:<9} reports {one['reports']:>5} tracks{age}{trouble}")
    for one in told["conflicts"]:
        lines.append(f"  CONFLICT {one['text']}; `vedette node identify {one['number']} WHAT` decides")
    for one in told["tracks"][:12]:
        name = f" ({one['name']} here)" if one["name"] else ""
        lines.append(f"  {one['number']}{name} is reported by {one['by']}")
    if told["track_count"] > 12:
        lines.append(f"  and {told['track_count'] - 12} more; --json lists them")
    if told["trouble"]:
        lines.append(f"  trouble: {told['trouble']}")
    return lines
