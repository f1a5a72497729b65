"""What passes between the server and its watch worker: messages on two pipes, each with its length before it."""

import struct
from typing import BinaryIO, Literal

import msgspec

_LENGTH = struct.Struct("<I")
MOST_BYTES = 512 * 2**20  # a length beyond it is no length


class Start(msgspec.Struct, tag="start", frozen=True, kw_only=True):
    """To the worker, first: what to watch, and the journal to go on with, if any."""

    options: "WatchPlan"
    journal: str | None = None
    held: dict[str, int] = {}  # sockets handed down: descriptors by the names of their addresses


class WatchPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What `vedette serve` was asked to watch, as typed."""

    feeds: tuple[str, ...] = ()
    listen: tuple[str, ...] = ()
    is_open: bool = False
    scenario: str | None = None
    seed: int = 1
    speed: float | None = 1.0  # a multiple of real time; None: as fast as it goes
    mode: str | None = None
    sensors: str | None = None
    references: str | None = None
    policy: str | None = None
    notices: str | None = None
    catalogue: tuple[str, ...] = ()
    areas: str | None = None
    sky: bool = False
    data_dir: str | None = None
    head_s: float = 0.0  # of what is played, passed over at once
    node: str | None = None  # the directory of a node: partners are told and heard
    only: tuple[str, ...] = ()  # of a story: the sensors that are one's own, by name or kind; empty: all
    wall_zero_s: float | None = None  # POSIX: when ...
    story_zero_tai_ns: int | None = None  # ... this instant of what is played is due, for watches in step
    is_standby: bool = False  # leaves it to another to act while there is one


class Notices(msgspec.Struct, tag="notices", frozen=True, kw_only=True):
    """From the worker: every notice that the watch was given, as a JSON list."""

    body: bytes


class Command(msgspec.Struct, tag="command", frozen=True, kw_only=True):
    """To the worker: pause, resume, or change the speed of what is played; stop ends the watch in order."""

    do: str
    speed: float | None = None


class Opened(msgspec.Struct, tag="opened", frozen=True, kw_only=True):
    """From the worker: the journal it writes."""

    journal: str
    mode: str
    feeds: tuple[str, ...]
    resumed_entries: int = 0


class Caught(msgspec.Struct, tag="caught", frozen=True, kw_only=True):
    """From the worker before it watches: how far it has come with what must be done first."""

    entry: int
    of: int
    what: Literal["journal", "kernels"] = "journal"  # read again, or compiled (the first time on a machine)


class Standing(msgspec.Struct, tag="standing", frozen=True, kw_only=True):
    """From a worker that stands by: who acts; nothing once it is this one."""

    sentence: str


class Waits(msgspec.Struct, tag="waits", frozen=True, kw_only=True):
    """From a worker that cannot begin yet: what it waits for; nothing once that is over."""

    sentence: str


class Whole(msgspec.Struct, tag="whole", frozen=True, kw_only=True):
    """From the worker: the picture as a JSON document."""

    entry: int
    body: bytes


class Changed(msgspec.Struct, tag="changed", frozen=True, kw_only=True):
    """From the worker: what changed since, as a JSON object."""

    entry: int
    body: bytes


class Alive(msgspec.Struct, tag="alive", frozen=True, kw_only=True):
    """From the worker: it lives, how long its loop has been over one report, and how far behind the world it is."""

    state: str  # starting, running, paused, ended
    backlog_s: float = 0.0
    loop_age_s: float = 0.0  # since the loop last went round
    spent_s: dict[str, float] = {}  # processor time: of frames, and of all
    not_recorded: str = ""  # why nothing is kept, as long as nothing is


class Catalogue(msgspec.Struct, tag="catalogue", frozen=True, kw_only=True):
    """From the worker: the element sets it holds looks against."""

    packed: bytes
    sha256: str
    source: str


class Tracks(msgspec.Struct, tag="tracks", frozen=True, kw_only=True):
    """From the worker: where everything tracked is, as a binary frame of the stream."""

    frame: bytes


class Trouble(msgspec.Struct, tag="trouble", frozen=True, kw_only=True):
    """From the worker: why it cannot go on, in a sentence, and whether starting it again can help."""

    sentence: str
    exit_code: int = 70
    is_final: bool = False


ToWorker = Start | Command
FromWorker = Opened | Caught | Standing | Waits | Whole | Changed | Alive | Catalogue | Notices | Tracks | Trouble

_TO = msgspec.msgpack.Decoder(ToWorker)
_FROM = msgspec.msgpack.Decoder(FromWorker)


def packed(message: ToWorker | FromWorker) -> bytes:
    """A message with its length before it."""
    body = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(body)) + body


def read_message(pipe: BinaryIO) -> ToWorker | None:
    """The worker's next message, waited for; None when the server is gone."""
    head = pipe.read(4)
    if len(head) < 4:
        return None
    size = _LENGTH.unpack(head)[0]
    body = pipe.read(size)
    return _TO.decode(body) if len(body) == size else None


def length_of(head: bytes) -> int:
    """How long the message behind these four bytes is."""
    return int(_LENGTH.unpack(head)[0])


def message_of(body: bytes) -> FromWorker:
    """A message of the worker."""
    return _FROM.decode(body)
