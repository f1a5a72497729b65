"""What `vedette node status` reads: written by the gateway, whole or not at all."""

import contextlib
import os
import time
from typing import TYPE_CHECKING, Any

import msgspec

from vedette.doors.node.showing import STATUS_FILE
from vedette.doors.node.subjects import LANES

if TYPE_CHECKING:
    from vedette.doors.node.gateway import Gateway, Link


def write_status(gateway: "Gateway") -> None:
    """Put it in place; a full disk leaves the old one."""
    with contextlib.suppress(OSError):
        path = gateway.folder.path / STATUS_FILE
        aside = path.with_suffix(".new")
        aside.write_bytes(msgspec.json.encode(status_of(gateway)))
        os.replace(aside, path)


def status_of(gateway: "Gateway") -> dict[str, Any]:
    """How every link stands."""
    recording = gateway.store.recording
    return {
        "t_posix_s": round(time.time(), 3), "node": gateway.settings.name, "mode": gateway.mode.value,
        "recording": recording.is_on, "recording_text": recording.text, "trouble": gateway.trouble,
        "links": {name: _link(link) for name, link in gateway.links.items()},
    }  # fmt: skip


def _link(link: "Link") -> dict[str, Any]:
    broker, age_s = link.broker, time.monotonic() - link.broker.t_heard_s
    incoming = broker.incoming
    return {
        "state": link.state.value,
        "heard_age_s": round(age_s, 2) if age_s < 1e9 else None,
        "round_trip_s": None if broker.round_trip_s is None else round(broker.round_trip_s, 4),
        "is_broker_up": broker.is_broker_up,
        "trouble": link.out.trouble or link.way_in.trouble or broker.trouble,
        "lanes": {
            lane: {
                "told": broker.told.get(lane, 0), "taken": broker.taken.get(lane, 0),
                "waiting": broker.waiting.get(lane, 0), "heard": link.way_in.heard_count.get(lane, 0),
                "incoming": incoming.get(lane, 0),
            }
            for lane in LANES
        },
    }  # fmt: skip
