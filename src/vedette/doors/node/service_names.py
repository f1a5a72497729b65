"""Services of one owner, told apart inside a watch: each is a teller of its own, `NORTH-SPACE` beside `NORTH`.

Their tracks would otherwise be taken for our own, passed back. Nobody outside hears these names.
"""

from typing import TypeVar

from msgspec.structs import replace

from vedette.doors.node.peer_file import Peer
from vedette.reports import PartnerNews, PartnerReport, Shared, SharedTrack

T = TypeVar("T", PartnerReport, PartnerNews)


def teller_of(peer: Peer, owner: str) -> str:
    """Under what name a watch of `owner` hears a partner's node: its owner, or the node where that is ours."""
    return peer.name if peer.owner == owner else peer.owner


def apart(event: T, owner: str, teller: str) -> T:
    """What came, by the name of its teller."""
    if teller == owner:
        return event
    if isinstance(event, PartnerNews):
        return replace(event, owner=teller)
    return replace(event, owner=teller, content=tuple(_renamed(one, owner, teller) for one in event.content))


def is_of_service(provenance: tuple[str, ...], owner: str) -> bool:
    """Whether a track is what another service of ours tells."""
    return provenance[:1] != () and provenance[0].startswith(f"{owner}-")


def _renamed(one: Shared, owner: str, teller: str) -> Shared:
    if isinstance(one, SharedTrack) and owner in one.provenance:
        return replace(one, provenance=tuple(teller if name == owner else name for name in one.provenance))
    return one
