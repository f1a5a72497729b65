"""A partner's node as it is known here: `peers/OWNER-NODE.toml`, with its certificate authority beside it."""

import os
from pathlib import Path

import msgspec

from vedette.core.errors import BadInputError, NotFoundError
from vedette.doors.node.folder import NodeFolder, check_name, host_and_port
from vedette.doors.node.toml_text import toml_text


class Region(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An area between two parallels and two meridians, degrees; `west` may lie east of `east` across 180."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, lat_deg: float, lon_deg: float) -> bool:
        """Whether a place lies in it."""
        if not self.south <= lat_deg <= self.north:
            return False
        lon_deg = (lon_deg + 180.0) % 360.0 - 180.0
        if self.west <= self.east:
            return self.west <= lon_deg <= self.east
        return lon_deg >= self.west or lon_deg <= self.east


class Peer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One partner's node."""

    owner: str
    node: str
    addresses: tuple[str, ...] = ()  # of its broker; empty: it calls us
    calls: bool = False  # whether our broker calls theirs; of each pair exactly one does
    broker_key: str  # by which its broker is known
    ca_sha256: str  # fingerprint of its certificate authority, compared by people over another way
    trusted_keys: tuple[str, ...] = ()  # lines of `vedette keys list`: who may sign for it
    is_suspended: bool = False  # nothing is told and nothing is heard until it is resumed
    suspended_regions: tuple[Region, ...] = ()  # nothing is told of what lies there
    session_key_id: str = ""  # of an exercise: the key both nodes bound their session to
    ack_wait_s: float = 2.0  # after so long without an answer a message is sent again; more on a slow link

    @property
    def name(self) -> str:
        """Its name among all nodes."""
        return f"{self.owner}-{self.node}"


def peers_of(folder: NodeFolder) -> tuple[Peer, ...]:
    """Every partner, by name; BadInputError names the file that cannot be read."""
    return tuple(_read(path) for path in sorted(folder.peers.glob("*.toml")))


def read_peer(folder: NodeFolder, name: str) -> Peer:
    """The partner of a name, or of an owner with one node only; NotFoundError lists those there are."""
    every = peers_of(folder)
    wanted = name.upper()
    found = [one for one in every if one.name == wanted] or [one for one in every if one.owner == wanted]
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.name for one in found or every) or "none yet; `vedette node peer add CARD` adds one"
    raise NotFoundError(f"{name[:40]!r} names {'several' if found else 'no'} of the partners here: {names}")


def write_peer(folder: NodeFolder, peer: Peer) -> Path:
    """Put a partner's file in place, whole or not at all."""
    folder.peers.mkdir(parents=True, exist_ok=True)
    path = folder.peers / f"{peer.name}.toml"
    aside = path.with_suffix(".new")
    with aside.open("wb") as file:
        file.write(b"# Written by `vedette node peer`; the node heeds changes within a second.\n")
        file.write(toml_text(msgspec.to_builtins(peer)).encode())
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)
    return path


def ca_path(folder: NodeFolder, peer: Peer) -> Path:
    """The certificate of its authority."""
    return folder.peers / f"{peer.name}.ca.pem"


def remove_peer(folder: NodeFolder, peer: Peer) -> None:
    """Forget a partner; what was released to it and received from it stays in the store."""
    (folder.peers / f"{peer.name}.toml").unlink(missing_ok=True)
    ca_path(folder, peer).unlink(missing_ok=True)


def _read(path: Path) -> Peer:
    from vedette.doors.node.broker_keys import check_public

    try:
        peer = msgspec.toml.decode(path.read_bytes(), type=Peer)
    except (msgspec.DecodeError, UnicodeDecodeError) as trouble:
        raise BadInputError(" ".join(str(trouble).split()), str(path), "correct it, or add the partner anew") from None
    check_name(peer.owner, f"{path}: owner")
    check_name(peer.node, f"{path}: node")
    if path.stem != peer.name:
        raise BadInputError(f"it is that of {peer.name}", str(path), f"call it {peer.name}.toml")
    check_public(peer.broker_key, str(path))
    for address in peer.addresses:
        host_and_port(address, str(path))
    return peer
