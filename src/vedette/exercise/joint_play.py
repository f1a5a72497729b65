"""Two owners, each with an engine of its own, in one process: what one releases is sealed, carried, heard, folded in.

Only the brokers are left out: offers go through a release policy, every message is signed and counted, and what
the other hears is what its journal keeps. The wire may delay, lose or change messages.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

from vedette.core.constants import NS_PER_S
from vedette.engine import FeedEnded, Picture, Session, advance, open_picture
from vedette.exercise.two_owners import OWNERS, Split
from vedette.formats import decode_record, encode_record
from vedette.reports import Evidence, Mode, Shared
from vedette.scenario import Made
from vedette.sensing import format_sensors
from vedette.sharing.key_life import KeyBook
from vedette.sharing.keys import DrillKey, make_key
from vedette.sharing.link import LinkReceiver, LinkSender, ReceiverState, SenderState
from vedette.sharing.offering import offers_of
from vedette.sharing.release import Releaser, parse_policy

EVERYTHING = """version = 1
peer = "{peer}"
modes = ["SIMULATED"]

[[grant]]
class = "event"
areas = ["everywhere"]
fields = ["phenomena", "probabilities", "launch", "impact", "count", "tracks", "message", "text"]
evidence_least = "candidate"
place_km = 0
time_s = 0
shapes = "full"
probability_step = 0
cadence_s = 1.0

[[grant]]
class = "track"
areas = ["everywhere"]
fields = ["phase", "probabilities", "phenomena", "provenance"]
position_km = 0
velocity_mps = 0
covariance = "full"
cadence_s = 2.0
"""

Wire = Callable[[str, int, bytes], list[tuple[int, bytes]]]  # sender, when sent, bytes: when which bytes arrive
Teller = Callable[[str, int, tuple[Shared, ...]], tuple[Shared, ...]]  # an owner that errs: sender, when, what it says

STEP_S = 1.0
WIRE_S = 0.2


def plain_wire(sender: str, t_tai_ns: int, data: bytes) -> list[tuple[int, bytes]]:
    """Everything arrives, a fifth of a second later."""
    return [(t_tai_ns + round(WIRE_S * NS_PER_S), data)]


@dataclass(slots=True)
class JointNode:
    """One owner: its engine, its way out, its way in, and its journal."""

    owner: str
    session: Session
    picture: Picture
    releaser: Releaser
    sender: LinkSender
    receiver: LinkReceiver
    journal: list[tuple[str, bytes]] = field(default_factory=list)  # as records are kept
    sent: list[str] = field(default_factory=list)  # digests
    heard: list[str] = field(default_factory=list)
    t_own: dict[Evidence, int] = field(default_factory=dict)  # when our own level, and the joint one, was first reached
    t_joint: dict[Evidence, int] = field(default_factory=dict)
    confirmed_by: tuple[str, ...] = ()
    lies: set[str] = field(default_factory=set)  # of the partner's tracks, as they were named

    def take(self, event: Any, t_tai_ns: int) -> None:
        """An event into the journal and the engine."""
        if not isinstance(event, FeedEnded):  # that stands in a journal's end, not among its records
            self.journal.append(encode_record(event))
        self.picture = advance(self.picture, event)
        for alert in self.picture.new_alerts:
            self.t_own.setdefault(alert.evidence, t_tai_ns)
        for finding in self.picture.new_findings:
            if finding.data.get("mark") == "partner-tracks" and finding.data["lie"]:
                self.lies.add(f"tracks-{finding.data['lie']}")
        for one in self.picture.joint:
            self.t_joint.setdefault(one.evidence, t_tai_ns)
            if one.evidence is Evidence.CONFIRMED and not self.confirmed_by:
                self.confirmed_by = one.phenomena


def play_two(
    made: Made,
    split: Split,
    *,
    until_s: float | None = None,
    policy: str = EVERYTHING,
    wire: Wire = plain_wire,
    tell: Teller = lambda owner, t, content: content,
) -> dict[str, JointNode]:
    """Both engines over their own sensors' reports and one another's messages, in order of arrival."""
    nodes = {owner: _node(made, split, owner, policy) for owner in OWNERS}
    start = made.story.t_start_tai_ns
    end = start + round((made.story.seconds if until_s is None else until_s) * NS_PER_S)
    queue: list[tuple[int, int, str, Any]] = []  # when, order, whose, what
    count = 0
    for owner in OWNERS:
        for scan in split.scans(made, owner):
            if scan.t_received_tai_ns < end:
                heappush(queue, (scan.t_received_tai_ns, count, owner, scan))
                count += 1
    step = round(STEP_S * NS_PER_S)
    for k in range(1, (end - start) // step + 1):
        for owner in OWNERS:
            heappush(queue, (start + k * step, count, owner, None))
            count += 1
    while queue:
        t, _, owner, what = heappop(queue)
        node = nodes[owner]
        if what is None:
            other = OWNERS[1 - OWNERS.index(owner)]
            for data in _told(node, t, tell):
                for t_there, arrives in wire(owner, t, data):
                    heappush(queue, (t_there, count, other, arrives))
                    count += 1
        elif isinstance(what, bytes):
            heard = node.receiver.hear(what, t)
            if heard.report is not None:
                node.heard.append(heard.report.digest)
            for event in heard.events:
                node.take(event, t)
        else:
            node.take(what, t)
    for node in nodes.values():
        node.take(ended_at(made, until_s), end)
    return nodes


def ended_at(made: Made, until_s: float | None = None) -> FeedEnded:
    """The end of what is played."""
    seconds = made.story.seconds if until_s is None else until_s
    return FeedEnded(t_tai_ns=made.story.t_start_tai_ns + round(seconds * NS_PER_S))


def replayed(node: JointNode, end: FeedEnded) -> Picture:
    """The picture that a node's journal gives, record by record, and its end."""
    picture = open_picture(node.session)
    for kind, data in node.journal:
        picture = advance(picture, decode_record(kind, data))
    return advance(picture, end)


def _told(node: JointNode, t_tai_ns: int, tell: Teller) -> list[bytes]:
    """What a node lets out now, sealed."""
    out = []
    for one in node.releaser.release(offers_of(node.picture, node.owner, watch="exercise"), t_tai_ns):
        content = tell(node.owner, t_tai_ns, one.content)
        sealed = node.sender.seal(one.lane, content, t_tai_ns, pad_bytes=one.pad_bytes)
        node.sent.append(sealed.digest)
        out.append(sealed.data)
    return out


def _node(made: Made, split: Split, owner: str, policy: str) -> JointNode:
    other = OWNERS[1 - OWNERS.index(owner)]
    session = Session(
        mode=Mode.SIMULATED,
        feeds=(f"scenario:{made.story.name}:{owner}",),
        sensors_toml=format_sensors(split.sensors(made, owner)),
        owner=owner,
    )
    keys = {name: make_key(DrillKey, name, bytes([65 + i]) * 32) for i, name in enumerate(OWNERS)}
    sender = LinkSender(SenderState(owner=owner, node="A", to=other, mode=Mode.SIMULATED), keys[owner])
    book = KeyBook(owner=other).with_key(keys[other].public)
    receiver = LinkReceiver(
        ReceiverState(owner=other, node="A", to=owner, mode=Mode.SIMULATED, link=f"{other}-A"), book
    )
    releaser = Releaser(
        parse_policy(policy.format(peer=other)), owner=owner, mode=Mode.SIMULATED, secret=bytes([97]) * 32
    )
    return JointNode(owner, session, open_picture(session), releaser, sender, receiver)
