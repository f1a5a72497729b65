"""A partner added: its card held against what was heard, who calls whom decided, its files put in place."""

from vedette.core.errors import RefusedError, UsageError
from vedette.doors.node.card import Card, check_fingerprint, peer_from_card
from vedette.doors.node.folder import NodeFolder, NodeSettings
from vedette.doors.node.peer_file import Peer, Region, ca_path, write_peer

_NOTHING = """# What {peer} may be told. Nothing is told that is not granted here.
# `vedette node release --example` prints what may stand here; `--peer {peer} --dry-run JOURNAL`
# shows what it would tell.
"""
_OWN_SERVICE = """#
# It is a node of our own owner: which of us reports a track is agreed without this file. To see each other's tracks,
# take the marks off what follows.
#
# version = 1
# peer = "{peer}"
# modes = ["REAL", "EXERCISE", "TEST", "SIMULATED"]
# numbers = "own"
# pad_bytes = 0
# [[grant]]
# class = "track"
# areas = ["everywhere"]
# position_km = 0
# velocity_mps = 0
# covariance = "full"
# cadence_s = 1
# fields = ["parents", "phase", "probabilities", "phenomena", "provenance", "sensors", "responsible"]
# [[grant]]
# class = "event"
# areas = ["everywhere"]
# place_km = 0
# time_s = 0
# shapes = "full"
# cadence_s = 0.5
# evidence_least = "candidate"
# fields = ["phenomena", "probabilities", "launch", "azimuth", "impact", "count", "tracks", "message", "text"]
# [[grant]]
# class = "words"
# words = ["query", "reply", "note", "cue-request"]
# cadence_s = 0.5
"""


def add_partner(
    folder: NodeFolder, settings: NodeSettings, card: Card, heard: str, calls: bool | None = None
) -> Peer:
    """The partner, with its files in place; RefusedError when the fingerprint does not fit."""
    check_fingerprint(card, heard)
    if card.name == settings.name:
        raise UsageError(f"{card.name} is this node itself; add the partner's card")
    if not (card.addresses or settings.link_addresses):
        raise UsageError(f"neither {settings.name} nor {card.name} has an address; one needs `node init --address`")
    if calls is None:
        calls = bool(card.addresses) and (not settings.link_addresses or settings.name < card.name)
    if calls and not card.addresses:
        raise UsageError(f"{card.name} has no address on its card to be called at; --waits")
    if not calls and not settings.link_addresses:
        raise UsageError(f"{settings.name} has no address to be called at; --calls, or `node init --address`")
    peer = peer_from_card(card, calls)
    held = folder.peers / f"{peer.name}.toml"
    if held.exists():
        raise RefusedError(f"{peer.name} is a partner already; `vedette node peer remove {peer.name}` first")
    folder.peers.mkdir(parents=True, exist_ok=True)
    ca_path(folder, peer).write_text(card.authority, "ascii")
    write_peer(folder, peer)
    policy = folder.release / f"{peer.name}.toml"
    if not policy.exists():
        folder.release.mkdir(parents=True, exist_ok=True)
        more = _OWN_SERVICE.format(peer=peer.name) if peer.owner == settings.owner else ""
        policy.write_text(_NOTHING.format(peer=peer.name) + more, "utf-8")
    return peer


def region_of(text: str) -> Region:
    """`SOUTH,WEST,NORTH,EAST` in degrees."""
    try:
        south, west, north, east = (float(part) for part in text.split(","))
    except ValueError:
        cure = "write SOUTH,WEST,NORTH,EAST in degrees, such as 30,-40,45,-10"
        raise UsageError(f"--region {text[:60]}: {cure}") from None
    if not (-90.0 <= south < north <= 90.0 and -180.0 <= west <= 180.0 and -180.0 <= east <= 180.0 and west != east):
        raise UsageError(f"--region {text[:60]}: latitudes lie in -90..90, south first, and longitudes in -180..180")
    return Region(south=south, west=west, north=north, east=east)
