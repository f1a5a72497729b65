"""What a node must not forget: messages on their way out and in, the state of its links, a log of all that was said.

One `write` is one transaction: it is on the disk when it returns, or nothing of it is. So a message and the sequence
number that it used up are kept together, and a message that was heard and the state of its receiver too. A process
killed at any instant loses nothing that was kept, and what is done again after a restart is done once: a message is
known by its digest.

The way out: `post` (with the sender's new state), then the broker, then `acknowledged`. The way in: the broker, then
`receive` (with the receiver's new state), then the broker's acknowledgement, then the watch's journal, then
`journaled`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from vedette.core.errors import RefusedError, UnreachableError

REPORT, NEWS = "report", "news"  # what came in: a `PartnerReport`, or a `PartnerNews` (which may repeat a digest)
SENT, RECEIVED = "sent", "received"

T = TypeVar("T")


class NotRecordedError(UnreachableError):
    """The disk is full: nothing is recorded, and so nothing may be acknowledged. Exit code 5."""


class StoreRefusesError(UnreachableError):
    """The store's server answers and says no, to a login, a name or a right: a watch that runs holds what it has, and
    one that begins ends, as waiting mends nothing. Exit code 6, or 4 for a database that is not there."""

    exit_code = RefusedError.exit_code


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPost:
    """A sealed message for one link."""

    link: str
    lane: str  # warn, track, bulk, words
    sequence: int
    digest: str  # SHA-256 of the message as it was signed, in hex
    message: bytes  # the very bytes that are sent
    t_tai_ns: int  # when it was sealed
    event_ids: tuple[str, ...] = ()  # of its owner: what the history is asked for
    note: str = ""  # what the release policy has to say of it, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message that came by one link, and what the receiver made of it."""

    link: str
    lane: str
    sequence: int | None
    kind: str = REPORT  # or NEWS
    digest: str = ""
    message: bytes = b""  # as it came; empty when it is not worth keeping
    event: bytes = b""  # the journal's event, encoded
    t_tai_ns: int
    event_ids: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A message of the log. Numbers grow from 1, in the order in which things were kept, and never come twice."""

    number: int
    direction: str  # SENT or RECEIVED
    link: str
    lane: str
    sequence: int | None
    kind: str
    digest: str
    t_tai_ns: int
    message: bytes  # empty once its body was trimmed
    event: bytes
    note: str
    event_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lease:
    """Who acts, by which token, until when; a newer token makes every older one worthless."""

    name: str
    holder: str
    token: int
    t_until_tai_ns: int


@dataclass(frozen=True, slots=True)
class Recording:
    """Whether what happens is being kept. When it is not, people must see it: NOT RECORDED."""

    is_on: bool
    t_since_tai_ns: int | None = None
    text: str = ""
    is_reserve_held: bool = True  # False: it was given up so that warnings could still be kept


@dataclass(frozen=True, slots=True)
class Trimmed:
    """What was let go."""

    body_count: int = 0
    row_count: int = 0
    is_done: bool = True  # False: call again, there is more


class StoreWriting(Protocol):
    """What may be done inside one transaction."""

    def keep_state(self, link: str, side: str, state: bytes) -> None:
        """The state of a link's `sender` or `receiver`; the newest takes the place of the one before."""
        ...

    def post(self, messages: Iterable[ToPost]) -> list[int]:
        """Put messages in the outbox and the log; one posted before (same link and digest) keeps its number."""
        ...

    def sign_again(self, number: int, message: bytes) -> None:
        """The same message under a new key, while it waits in the outbox; its digest stays."""
        ...

    def acknowledged(self, numbers: Iterable[int]) -> None:
        """The broker has these for good: out of the outbox; the log keeps them."""
        ...

    def receive(self, message: Received) -> int | None:
        """Put what came into the inbox and the log; None when a report of this link and digest was kept before."""
        ...

    def receive_all(self, messages: Sequence[Received]) -> list[int | None]:
        """The same of many, in the order given."""
        ...

    def journaled(self, journal: str, entries: Mapping[int, int]) -> None:
        """These inbox numbers stand durably in the watch's journal of this name, as its entries of these numbers."""
        ...

    def delivered(self, desk: str, number: int, t_tai_ns: int) -> bool:
        """An operator's desk has this message; False when it had it, or one after it, before."""
        ...

    def add_leaves(self, tree: str, leaves: Sequence[bytes], first: int | None = None) -> int:
        """Append to a transparency log; the index of the first, from 0.

        With `first`, the leaves must begin there: those that stand there already, the same, are left as they are;
        RefusedError when others do, or when some before them are missing. A log is never rewritten.
        """
        ...

    def keep_document(self, room: str, key: str, body: bytes | None) -> None:
        """A small document of anyone's, by room and key; None takes it away."""
        ...

    def keep_documents(self, room: str, bodies: Mapping[str, bytes | None]) -> None:
        """The same of many, by key."""
        ...

    def take_lease(self, name: str, holder: str, t_tai_ns: int, t_until_tai_ns: int) -> Lease:
        """Take a lease that is free, over, or one's own (then prolonged, the token kept); RefusedError when held."""
        ...

    def give_up_lease(self, lease: Lease) -> None:
        """Let go, if it is still one's own."""
        ...


class NodeStore(Protocol):
    """The store of one node. Every method may be called from any thread; one `write` runs at a time."""

    @property
    def recording(self) -> Recording:
        """Whether what happens is being kept."""
        ...

    def write(self, work: Callable[[StoreWriting], T], *, is_urgent: bool = False, fence: Lease | None = None) -> T:
        """Do this in one transaction, durable on return; what `work` gave.

        `work` may be called twice (after a lost connection, or once the reserve was freed), the first time without
        effect; it must therefore touch nothing but what it is handed. `is_urgent` (a warning) frees the reserve when
        the disk is full. RefusedError when the fence's lease has passed to another. NotRecordedError on a full disk,
        UnreachableError when the store cannot be reached: then nothing of it was kept.
        """
        ...

    def state(self, link: str, side: str) -> bytes | None:
        """The newest state of a link's side."""
        ...

    def pending(self, link: str, lanes: Sequence[str] = (), after: int = 0, limit: int = 500) -> list[Kept]:
        """The outbox of a link, oldest first; `lanes` leaves out the others."""
        ...

    def pending_count(self, link: str | None = None) -> int:
        """How many wait in the outbox."""
        ...

    def waiting(self, after: int = 0, limit: int = 500) -> list[Kept]:
        """What the journal does not have yet, in the order in which it came."""
        ...

    def last_journaled(self, journal: str) -> int:
        """The highest entry of a journal that was named to `journaled`; 0 before the first."""
        ...

    def undelivered(self, desk: str, lanes: Sequence[str] = ("warn",), limit: int = 500) -> list[Kept]:
        """Reports that a desk has not had, in the order in which they came."""
        ...

    def history(self, event_id: str, limit: int = 1000) -> list[Kept]:
        """Every message sent or received about an event, oldest first."""
        ...

    def find(self, digest: str) -> list[Kept]:
        """The messages of this digest: sent, received, or both."""
        ...

    def log(
        self, after: int = 0, limit: int = 500, direction: str | None = None, link: str | None = None
    ) -> list[Kept]:
        """The log, oldest first."""
        ...

    def leaf_count(self, tree: str) -> int:
        """How many leaves a transparency log has."""
        ...

    def leaves(self, tree: str, start: int = 0, stop: int | None = None) -> list[bytes]:
        """Leaves by index."""
        ...

    def document(self, room: str, key: str) -> bytes | None:
        """A document by room and key."""
        ...

    def documents(self, room: str) -> dict[str, bytes]:
        """All of a room, by key."""
        ...

    def lease(self, name: str) -> Lease | None:
        """Who holds it, or held it last."""
        ...

    def renew_lease(self, lease: Lease, t_tai_ns: int, t_until_tai_ns: int) -> Lease | None:
        """Prolong one's own lease that still runs; None when it does not, or has passed to another.

        It waits for no flush of the disk and for no other writer, of this process or another: a lease that a power cut
        takes back is over a moment sooner.
        """
        ...

    def trim(self, bodies_before_tai_ns: int, rows_before_tai_ns: int) -> Trimmed:
        """Let old messages go, some at a time: first what they said (digest and events stay), later the whole row.

        What is still on its way out or in keeps its body, until its row is too old for anybody to want it. Leaves of a
        transparency log are never trimmed.
        """
        ...

    def close(self) -> None:
        """Let go of it."""
        ...
