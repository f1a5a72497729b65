"""A node's records as a transcript: every message, or one event's with just what proves them."""

from collections.abc import Iterator

from vedette.doors.node.folder import NodeFolder, NodeSettings
from vedette.doors.node.own_keys import own_keys, statements
from vedette.doors.node.peer_file import Peer
from vedette.doors.node.peer_keys import PeerKeys
from vedette.doors.node.store import REPORT, SENT, Kept, NodeStore
from vedette.sharing.link import LinkHeader, LinkMessage, link_id, take_apart
from vedette.sharing.link.message import read_header
from vedette.sharing.link.state import Receipt, reverse_link_id
from vedette.sharing.link.troubles import NotBelieved
from vedette.sharing.merkle import MerkleTree
from vedette.sharing.transcript import Inclusion, Leaf, Line, Shown, TranscriptHead, TranscriptKey, shown
from vedette.sharing.transparency import leaves_name
from vedette.time import utc_text_from_tai_ns

_PAGE = 500


def transcript_head(
    folder: NodeFolder, settings: NodeSettings, peer: Peer, about: str, t_tai_ns: int
) -> TranscriptHead:
    """Who writes, and whose keys are whose."""
    said = [one.said for one in statements(folder.keys)]
    taken_back = {one.key_id: one.t_from_tai_ns for one in said if one.kind == "revoke"}
    keys = [
        TranscriptKey(
            owner=settings.owner, key_id=key.key_id, public=key.public.raw,
            t_revoked_tai_ns=taken_back.get(key.key_id),
        )
        for key in own_keys(folder.keys)
    ]  # fmt: skip
    keys += [
        TranscriptKey(owner=peer.owner, key_id=one.key_id, public=one.public, t_revoked_tai_ns=one.t_revoked_tai_ns)
        for one in PeerKeys(folder, peer.name).book().keys
    ]
    return TranscriptHead(
        written_by=settings.name, t_utc=utc_text_from_tai_ns(t_tai_ns), about=about, keys=tuple(keys)
    )


def whole_transcript(store: NodeStore, peer_name: str, has_content: bool) -> list[Line]:
    """All that was signed on a link, both ways; where our own messages are no longer kept, their hashes."""
    lines: list[Line] = []
    said: dict[tuple[str, str], set[int]] = {}
    for kept, message, header in _messages(store, peer_name):
        lines.append(shown(message, has_content))
        if kept.direction == SENT:
            said.setdefault((link_id(header), header.lane), set()).add(header.sequence)
    for (link, lane), numbers in said.items():
        leaves = store.leaves(leaves_name(link, lane))
        lines += [
            Leaf(link=link, lane=lane, sequence=number, leaf=leaf.hex())
            for number, leaf in enumerate(leaves, 1)
            if number not in numbers
        ]
    return lines


def event_transcript(store: NodeStore, peer_name: str, event_id: str, has_content: bool) -> list[Line]:
    """The messages about an event, each with the first receipt of the other side that covers it, and the proof."""
    wanted = {one.digest for one in store.history(event_id) if one.link == peer_name and one.kind == REPORT}
    messages: list[tuple[LinkMessage, LinkHeader]] = []
    leaves: dict[tuple[str, str], dict[int, bytes]] = {}
    receipts: list[tuple[tuple[str, str], Receipt, LinkMessage]] = []
    for kept, message, header in _messages(store, peer_name):
        leaves.setdefault((link_id(header), header.lane), {})[header.sequence] = message.leaf
        for name, receipt in header.heard.items():
            receipts.append(((reverse_link_id(header), name), receipt, message))
        if kept.digest in wanted:
            messages.append((message, header))
    lines: list[Line] = [shown(message, has_content) for message, _ in messages]
    witnesses: dict[str, Shown] = {}
    for _, header in messages:
        lane = (link_id(header), header.lane)
        found = next((one for one in receipts if one[0] == lane and _covers(one[1], header.sequence)), None)
        if found is None:
            continue
        _, receipt, witness = found
        path = _path(store, lane, leaves[lane], header.sequence, receipt)
        if path is not None:
            witnesses[witness.digest] = shown(witness, has_content=False)
            lines.append(
                Inclusion(link=lane[0], lane=lane[1], sequence=header.sequence, count=receipt.count, path=path)
            )
    told = {message.digest for message, _ in messages}
    return [*lines, *(one for digest, one in witnesses.items() if digest not in told)]


def _path(
    store: NodeStore, lane: tuple[str, str], heard: dict[int, bytes], sequence: int, receipt: Receipt
) -> tuple[str, ...] | None:
    """The proof; None when some of the hashes it needs were never here."""
    count = receipt.count
    leaves: list[bytes | None] = [heard.get(number) for number in range(1, count + 1)]
    if None in leaves:
        kept = store.leaves(leaves_name(*lane), 0, count)
        leaves = list(kept) if len(kept) == count else leaves
    if any(one is None for one in leaves):
        return None
    tree = MerkleTree([one for one in leaves if one is not None])
    if tree.root().hex() != receipt.root:  # hashes of a lane that was heard with gaps stand in another order
        return None
    return tuple(step.hex() for step in tree.inclusion(sequence - 1, count))


def _messages(store: NodeStore, peer_name: str) -> Iterator[tuple[Kept, LinkMessage, LinkHeader]]:
    after = 0
    while rows := store.log(after, _PAGE, link=peer_name):
        for kept in rows:
            after = kept.number
            if not kept.message or kept.kind != REPORT:
                continue
            try:
                message = take_apart(kept.message)
                yield kept, message, read_header(message)
            except NotBelieved:  # kept by another version
                continue


def _covers(receipt: Receipt, number: int) -> bool:
    return number <= receipt.count and not any(low <= number <= high for low, high in receipt.missing)
