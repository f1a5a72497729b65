"""The way out: each message gets the next number of its lane, the history before it, and a signature.

A sealed message and the state after it belong together: written in one transaction before anything is sent, so that a
crash between the two neither sends a number twice nor leaves one out.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from vedette.core.errors import RefusedError, UsageError
from vedette.reports import Mode, Shared, SharedKeyStatement
from vedette.sharing.keys import MODES_OF, DrillKey, LiveKey
from vedette.sharing.link.content import write_content
from vedette.sharing.link.message import LANES, MOST_BYTES, PEAKS_EVERY, SCHEMA, LinkHeader, signed_bytes, write_message
from vedette.sharing.link.peaks import peaks_after, root_of_peaks
from vedette.sharing.link.state import LaneSent, Receipt, SenderState
from vedette.sharing.merkle import leaf_hash
from vedette.sharing.release import padded_size

_REMEMBERED = 4096  # roots a lane, in memory: as far back as a receipt is compared at once


@dataclass(frozen=True, slots=True)
class Sealed:
    """A message ready for the outbox."""

    lane: str
    sequence: int
    digest: str  # the same on both sides
    leaf: bytes  # what stands for it in the transparency log of the lane: number `sequence - 1`
    data: bytes  # what is sent
    state: SenderState  # to be kept, in the same transaction


class LinkSender:
    """Seals what goes to one partner, in one mode."""

    def __init__(self, state: SenderState, key: LiveKey | DrillKey) -> None:
        """Go on from a kept state, or from `SenderState(owner=…, node=…, to=…, mode=…)` at the start."""
        _check_key(state, key)
        self.state = state
        self.key = key
        self.is_closed = False  # its key was taken back, and there is no other
        self._next_key: tuple[LiveKey | DrillKey, str, int] | None = None  # key, lane and number of the announcement
        self._roots: dict[str, dict[int, str]] = {}

    def seal(
        self,
        lane: str,
        content: Sequence[Shared],
        t_sent_tai_ns: int,
        receipts: Mapping[str, Receipt] | None = None,
        pad_bytes: int = 0,
    ) -> Sealed:
        """The next message of a lane. An empty content is a sign of life, and carries receipts.

        Parameters
        ----------
        lane
            warn, track, bulk or words.
        content
            What is told; all of it is signed at once.
        t_sent_tai_ns
            Now, by our clock.
        receipts
            `LinkReceiver.receipts()` of the same partner: what we have heard of it. Those that have grown go along.
        pad_bytes
            Fill the message up to a power of two of at least so many bytes, so that its size tells nothing; blanks at
            the end of the content, under the signature. 0: as it is.
        """
        if self.is_closed:
            raise RefusedError(f"{self.key.key_id} was taken back; it signs nothing more, and there is no other key")
        if lane not in LANES:
            raise UsageError(f"there is no lane {lane!r}; there are {', '.join(LANES)}")
        state = self.state
        sent = state.lanes.get(lane, LaneSent())
        grown = {name: one for name, one in (receipts or {}).items() if one.count > state.told.get(name, 0)}
        body = write_content(content)
        number = sent.count + 1
        root = root_of_peaks(sent.peaks).hex()
        header = LinkHeader(
            schema=SCHEMA, owner=state.owner, node=state.node, to=state.to, to_node=state.to_node, mode=state.mode,
            session=state.session, lane=lane, sequence=number, t_sent_tai_ns=t_sent_tai_ns,
            content_sha256=hashlib.sha256(body).hexdigest(), before=root,
            peaks=tuple(p.hex() for p in sent.peaks) if sent.count % PEAKS_EVERY == 0 else (), heard=grown,
        )  # fmt: skip
        words = msgspec.json.encode(header)
        if pad_bytes:
            size = len(words) + len(body) + signed_bytes(self.key.key_id)
            body += b" " * (min(padded_size(size, pad_bytes), MOST_BYTES) - size)
            header = msgspec.structs.replace(header, content_sha256=hashlib.sha256(body).hexdigest())
            words = msgspec.json.encode(header)
        data = write_message(self.key, words, body)
        if len(data) > MOST_BYTES:
            raise UsageError(f"{len(content)} things in one message make {len(data)} bytes; at most {MOST_BYTES}")
        leaf = leaf_hash(words)
        after = LaneSent(count=number, peaks=peaks_after(sent.peaks, sent.count, leaf))
        told = {**state.told, **{name: one.count for name, one in grown.items()}} if grown else state.told
        lanes = {**state.lanes, lane: after}
        self.state = msgspec.structs.replace(state, lanes=lanes, told=told, key_id=self.key.key_id)
        self._remember(lane, number, after)
        return Sealed(lane, number, hashlib.sha256(words).hexdigest(), leaf, data, self.state)

    def announce(
        self, statement: bytes, t_sent_tai_ns: int, next_key: LiveKey | DrillKey | None = None, lane: str = "warn"
    ) -> Sealed:
        """Tell a statement about keys, under the key of now.

        `next_key`, of a change of keys, signs as soon as the partner has given a receipt for the statement.
        """
        if next_key is not None:
            _check_key(self.state, next_key)
        told = (*self.state.announced, hashlib.sha256(statement).hexdigest())
        self.state = msgspec.structs.replace(self.state, announced=told)
        sealed = self.seal(lane, (SharedKeyStatement(statement=statement),), t_sent_tai_ns)
        if next_key is not None:
            self._next_key = (next_key, lane, sealed.sequence)
        return sealed

    def has_announced(self, statement: bytes) -> bool:
        """Whether a statement was told on this link."""
        return hashlib.sha256(statement).hexdigest() in self.state.announced

    @property
    def is_changing_keys(self) -> bool:
        """Whether a new key waits for the partner's receipt."""
        return self._next_key is not None

    def use_key(self, key: LiveKey | DrillKey) -> None:
        """Sign with another key from now on: at the end of the overlap, or when people have seen to it."""
        _check_key(self.state, key)
        self.key, self._next_key, self.is_closed = key, None, False
        self.state = msgspec.structs.replace(self.state, key_id=key.key_id)

    def noted(self, receipts: Mapping[str, Receipt]) -> str:
        """Hold what the partner signed as heard (`Heard.receipts`) against what was sent.

        Returns the sentence that says where they differ, for `Trouble.OTHER_RECEIPT`; empty when they agree, or when
        the roots of then are no longer at hand: `vedette verify` judges those from the transcript.
        """
        for lane, one in receipts.items():
            sent = self.state.lanes.get(lane, LaneSent())
            if one.count > sent.count:
                return f"signs that it heard {one.count} messages on lane {lane}, of which {sent.count} were sent"
            root = self._roots.get(lane, {}).get(one.count)
            if one.count == sent.count:
                root = root_of_peaks(sent.peaks).hex()
            if root is not None and root != one.root:
                return f"signs another history of lane {lane} up to number {one.count} than was sent"
            if self._next_key is not None and lane == self._next_key[1] and _covers(one, self._next_key[2]):
                self.use_key(self._next_key[0])
        return ""

    def _remember(self, lane: str, number: int, sent: LaneSent) -> None:
        roots = self._roots.setdefault(lane, {})
        roots[number] = root_of_peaks(sent.peaks).hex()
        if len(roots) > _REMEMBERED:
            del roots[next(iter(roots))]


def _covers(receipt: Receipt, number: int) -> bool:
    return number <= receipt.count and not any(low <= number <= high for low, high in receipt.missing)


def _check_key(state: SenderState, key: LiveKey | DrillKey) -> None:
    if state.mode not in MODES_OF[key.purpose]:
        raise RefusedError(f"{key.key_id}: a {key.purpose} key never signs {state.mode}")
    if (state.mode is Mode.EXERCISE) != bool(state.session):
        raise RefusedError(f"a link of mode {state.mode} {'needs' if not state.session else 'has no'} exercise session")
