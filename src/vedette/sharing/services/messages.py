"""What services of one owner say to each other. Every message may be lost, come twice, late, or in another order."""

import msgspec

Version = tuple[str, int, int]  # number, view, step


class Duty(msgspec.Struct, frozen=True, array_like=True):
    """Who reports a track. Of two, the one with the greater (view, step) is true; only the holder makes the next."""

    number: str
    holder: str
    view: int
    step: int
    parents: tuple[str, ...] = ()
    dropped: str = ""  # "lost", "down", "merged", "withdrawn": reported by nobody any more
    into: str = ""  # the number that goes on, if one does

    @property
    def rank(self) -> tuple[int, int]:
        """The greater one is newer."""
        return (self.view, self.step)

    @property
    def version(self) -> Version:
        """Which of all that was ever said of this number."""
        return (self.number, self.view, self.step)


class Opinion(msgspec.Struct, frozen=True, array_like=True):
    """What a service takes an object for: a catalogue number, a class, a name. Told so that people see conflicts."""

    number: str
    node: str
    identity: str
    step: int  # of this node's opinions


class Beat(msgspec.Struct, frozen=True, kw_only=True, tag="beat"):
    """I am here; this is new; this I have from you."""

    frm: str
    to: str
    life: int  # of the sender: one more at every start
    t_sent_ns: int  # by the sender's own clock, which only it reads again
    view: int  # the newest it is a member of
    joined: int  # the newest it has promised to
    granted: tuple[int, int] | None = None  # (life, t_sent_ns) of your newest beat that I vouch for
    duties: tuple[Duty, ...] = ()
    have: tuple[Version, ...] = ()  # duties of yours that I took
    offers: tuple[Version, ...] = ()  # would you report these?
    accepts: tuple[Version, ...] = ()  # of yours: I would
    declines: tuple[Version, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    have_opinions: tuple[tuple[str, int], ...] = ()  # (number, step) of yours


class Propose(msgspec.Struct, frozen=True, kw_only=True, tag="propose"):
    """Let these be the services that share the work."""

    frm: str
    to: str
    view: int
    members: tuple[str, ...]


class Join(msgspec.Struct, frozen=True, kw_only=True, tag="join"):
    """I promise to take part in no older view, and this is all I know."""

    frm: str
    to: str
    view: int
    duties: tuple[Duty, ...]
    sees: dict[str, int] = {}  # numbers it has looks of, and how good they are: greater is better


class Install(msgspec.Struct, frozen=True, kw_only=True, tag="install"):
    """From now on these services share the work like this."""

    frm: str
    to: str
    view: int
    members: tuple[str, ...]
    duties: tuple[Duty, ...]


class NotRecorded(msgspec.Struct, frozen=True, kw_only=True, tag="not-recorded"):
    """I can keep nothing, and so I vouch for nobody and report nothing: for people. It rests on nothing that is kept,
    and changes nothing of who reports what."""

    frm: str
    to: str
    words: str


Message = Beat | Propose | Join | Install | NotRecorded


def encode_message(message: Message) -> bytes:
    """As it goes over the wire."""
    return msgspec.msgpack.encode(message)


def decode_message(data: bytes) -> Message:
    """What came; msgspec's own errors when it is none."""
    return msgspec.msgpack.decode(data, type=Message)
