"""The way in: a message is believed when key, recipient, link, mode, exercise and number say so, and taken once.

What comes out is what the journal takes, and the state to be kept with it. Nothing here raises because of what a
partner sent: what is refused has a name and a sentence, and a flood of the same trouble is told once in a while.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from vedette.core.errors import RefusedError, UsageError
from vedette.reports import Mode, PartnerNews, PartnerReport, Shared, SharedKeyStatement, Unread
from vedette.sharing.key_life import KeyBook, Standing, Statement
from vedette.sharing.key_words import key_words
from vedette.sharing.link.content import read_content
from vedette.sharing.link.heard_lane import check_repeat, is_heard, receipt_of, take
from vedette.sharing.link.message import (
    LANES,
    SCHEMA,
    LinkHeader,
    LinkMessage,
    check_signature,
    read_header,
    take_apart,
)
from vedette.sharing.link.session import ExerciseSession
from vedette.sharing.link.state import LaneHeard, Receipt, ReceiverState, Said
from vedette.sharing.link.troubles import NotBelieved, Trouble, state_after

_S = 1_000_000_000  # ns
_Say = Callable[[Trouble, str], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """When time itself is a trouble."""

    ahead_s: float = 1.0  # a message cannot be sent after it was received; the partner's clock is ahead
    back_s: float = 1.0  # nor before the one before it
    late_s: float = 10.0  # it waited on the way
    replay_s: float = 900.0  # a repeat of what was sent longer ago is no repeat by a broker
    again_s: float = 10.0  # the same trouble is told again, with how often it came
    repeats: int = 3  # in a row, by no doing of our own broker: the link says everything twice


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of some bytes."""

    state: ReceiverState  # to be kept, in one transaction with the events, before anything is acknowledged
    report: PartnerReport | None = None
    news: tuple[PartnerNews, ...] = ()
    trouble: str = ""  # of this message, told or not; empty for a good one and for a plain repeat
    is_repeat: bool = False  # heard before: acknowledge it, and nothing else
    receipts: Mapping[str, Receipt] = field(default_factory=dict)  # for `LinkSender.noted`
    keys: KeyBook | None = None  # the partner's keys have changed: keep them as well
    message: LinkMessage | None = None  # of a report: for the log of what was received

    @property
    def events(self) -> tuple[PartnerReport | PartnerNews, ...]:
        """For the journal, in order."""
        return self.news if self.report is None else (*self.news, self.report)


class LinkReceiver:
    """Hears one partner node, in one mode."""

    def __init__(
        self,
        state: ReceiverState,
        keys: KeyBook,
        session: ExerciseSession | None = None,
        patience: Patience = Patience(),
    ) -> None:
        """Go on from a kept state, or from `ReceiverState(owner=…, node=…, to=…, mode=…)` at the start.

        `keys` may be replaced at any time, and is looked at anew for each message: a key revoked by people here is
        refused with the very next one.
        """
        if (state.mode is Mode.EXERCISE) != bool(state.session):
            raise RefusedError(f"a link of mode {state.mode} {'needs an' if not state.session else 'has no'} exercise")
        if state.session and (session is None or session.session != state.session):
            raise UsageError(f"the statement of exercise session {state.session} is needed")
        self.state, self.keys, self.session, self.patience = state, keys, session, patience

    def hear(self, data: bytes, t_received_tai_ns: int, lane: str = "", is_redelivery: bool = False) -> Heard:
        """Take a message, or say why not.

        Parameters
        ----------
        data
            The bytes as they came.
        t_received_tai_ns
            Now, by our clock.
        lane
            Of the subject that it came by, when known; a message of another lane is refused.
        is_redelivery
            Our own broker says that it brings this one again, as it does after a restart.
        """
        try:
            return self._believe(data, t_received_tai_ns, lane, is_redelivery)
        except NotBelieved as no:
            news = self._news(no.trouble, no.text, t_received_tai_ns)
            return Heard(self.state, news=news, trouble=no.trouble)

    def receipts(self) -> dict[str, Receipt]:
        """What we can sign as heard, for `LinkSender.seal` of the same partner."""
        return {name: receipt_of(lane) for name, lane in self.state.lanes.items() if lane.whole}

    def tell(self, trouble: Trouble, text: str, t_received_tai_ns: int) -> tuple[PartnerNews, ...]:
        """News of a trouble that was found elsewhere: `LinkSender.noted`; keep `state` afterwards."""
        return self._news(trouble, text, t_received_tai_ns)

    def _believe(self, data: bytes, t_tai_ns: int, lane_name: str, is_redelivery: bool) -> Heard:
        message = take_apart(data)
        modes = self._check_key(message, t_tai_ns)
        header = read_header(message)
        self._check_address(message, header, modes, lane_name, t_tai_ns)
        state = self.state
        lane = state.lanes.get(header.lane, LaneHeard())
        age_s = (t_tai_ns - header.t_sent_tai_ns) / _S
        if is_heard(lane, header.sequence):
            return self._repeat(lane, message, header, age_s, t_tai_ns, is_redelivery)
        try:
            content, unread = read_content(message.content_bytes, header.schema, SCHEMA)
        except (msgspec.DecodeError, RecursionError):
            text = f"number {header.sequence}: its content is no list of things"
            raise NotBelieved(Trouble.UNREADABLE, text) from None
        taken = take(lane, header, message.leaf)
        self._put(header.lane, taken.lane, "heard")
        news: list[PartnerNews] = []
        troubles: list[Trouble] = []

        def say(trouble: Trouble, text: str) -> None:
            troubles.append(trouble)
            news.extend(self._news(trouble, text, t_tai_ns, header, message.digest))

        if taken.gap is not None:
            say(Trouble.GAP, _gap_words(header.lane, *taken.gap, joined=not lane.newest))
        if taken.other_history:
            say(Trouble.OTHER_HISTORY, f"lane {header.lane}: {taken.other_history}; keep both sides' transcripts")
        if text := self._clock(lane, header, age_s):
            say(Trouble.CLOCK, text)
        if unread:
            say(Trouble.NOT_ALL_READ, _unread_words(unread, header.schema))
        keys = self._hear_keys(content, t_tai_ns, say)
        report = PartnerReport(
            owner=state.owner, node=state.node, link=state.link or state.owner, lane=header.lane,
            sequence=header.sequence, mode=header.mode, t_sent_tai_ns=header.t_sent_tai_ns,
            t_received_tai_ns=t_tai_ns, digest=message.digest, content=content,
            is_gateway_late=age_s > self.patience.late_s or taken.has_filled, unread=unread,
        )  # fmt: skip
        trouble = str(troubles[0]) if troubles else ""
        return Heard(self.state, report, tuple(news), trouble, False, header.heard, keys, message)

    def _check_key(self, message: LinkMessage, t_tai_ns: int) -> tuple[Mode, ...]:
        """The modes that the key may sign, once it has been found to have signed this."""
        name = message.key_id[:60]
        key = self.keys.find(message.key_id)
        owner = self.keys.owner
        if key is None:
            text = f"signed by {name!r}, which is no key of {owner} here; compare the words of the key by telephone"
            raise NotBelieved(Trouble.WRONG_KEY, text)
        match key.standing(t_tai_ns):
            case Standing.REVOKED:
                text = f"signed by {name}, which was revoked" + (f" ({key.why})" if key.why else "")
                raise NotBelieved(Trouble.REVOKED, text)
            case Standing.RETIRED:
                raise NotBelieved(Trouble.RETIRED, f"signed by {name}, whose time is over; {owner} has a newer key")
            case Standing.EARLY:
                raise NotBelieved(Trouble.EARLY_KEY, f"signed by {name}, whose time has not come; is a clock wrong?")
        check_signature(message, key.key)
        return key.modes

    def _check_address(
        self, message: LinkMessage, header: LinkHeader, modes: tuple[Mode, ...], lane: str, t_tai_ns: int
    ) -> None:
        state = self.state
        name = f"number {header.sequence} of lane {header.lane[:20]!r}"
        if (header.to, header.to_node) != (state.to, state.to_node):
            who = f"{header.to[:40]}/{header.to_node[:40]}", f"{state.to}/{state.to_node}"
            text = f"{name} is for {who[0].rstrip('/')}, and this is {who[1].rstrip('/')}; it went astray"
            raise NotBelieved(Trouble.WRONG_RECIPIENT, text)
        if (header.owner, header.node) != (state.owner, state.node):
            text = f"{name} is of {header.owner[:40]}/{header.node[:40]}, on the link of {state.owner}/{state.node}"
            raise NotBelieved(Trouble.WRONG_LINK, text)
        if header.mode is not state.mode:
            raise NotBelieved(Trouble.WRONG_MODE, f"{name} is {header.mode}, on a link that is {state.mode}")
        if header.mode not in modes:
            text = f"{name}: {message.key_id} may not sign {header.mode} here"
            raise NotBelieved(Trouble.WRONG_MODE, text)
        if header.session != state.session:
            text = f"{name} is of exercise {header.session[:60]!r}, and this link of {state.session!r}"
            raise NotBelieved(Trouble.WRONG_SESSION, text)
        played = self.session if state.session else None
        if played is not None and (text := played.trouble(state.owner, message.key_id, t_tai_ns)):
            raise NotBelieved(Trouble.WRONG_SESSION, f"{name}: {text}")
        if header.lane not in LANES or (lane and header.lane != lane):
            text = f"{name} came by lane {lane[:20] or 'none'!r}; it was sent on by another way than it was meant for"
            raise NotBelieved(Trouble.WRONG_LINK, text)

    def _repeat(
        self, lane: LaneHeard, message: LinkMessage, header: LinkHeader, age_s: float, t_tai_ns: int, is_ours: bool
    ) -> Heard:
        old_after_s = float("inf") if is_ours else self.patience.replay_s
        repeated = check_repeat(lane, header.sequence, message.leaf, age_s, old_after_s)
        if is_ours:
            repeated = lane
        self._put(header.lane, repeated, "repeats")
        if repeated.repeats < self.patience.repeats:
            return Heard(self.state, is_repeat=True)
        text = f"{repeated.repeats} messages in a row on lane {header.lane} were heard before"
        news = self._news(Trouble.REPEATED, text, t_tai_ns, header, message.digest)
        return Heard(self.state, news=news, trouble=Trouble.REPEATED, is_repeat=True)

    def _clock(self, lane: LaneHeard, header: LinkHeader, age_s: float) -> str:
        owner, patience = self.state.owner, self.patience
        if age_s < -patience.ahead_s:
            return f"{owner}'s clock is ahead by {-age_s:,.1f} s or more: sent after it was received"
        back_s = (lane.t_sent_tai_ns - header.t_sent_tai_ns) / _S
        if header.sequence > lane.newest and back_s > patience.back_s:
            return f"{owner}'s clock went back by {back_s:,.1f} s between two messages"
        return ""

    def _hear_keys(self, content: tuple[Shared, ...], t_tai_ns: int, say: _Say) -> KeyBook | None:
        changed = None
        for one in content:
            if not isinstance(one, SharedKeyStatement):
                continue
            try:
                book, said = self.keys.with_statement(one.statement, t_tai_ns)
            except RefusedError as no:
                say(Trouble.KEY_REFUSED, str(no))
                continue
            if book != self.keys:
                self.keys = changed = book
                say(*_key_words(said))
        return changed

    def _put(self, name: str, lane: LaneHeard, counted: str) -> None:
        state = self.state
        counts = {**state.counts, counted: state.counts.get(counted, 0) + 1}
        self.state = msgspec.structs.replace(state, lanes={**state.lanes, name: lane}, counts=counts)

    def _news(
        self, trouble: Trouble, text: str, t_tai_ns: int, header: LinkHeader | None = None, digest: str = ""
    ) -> tuple[PartnerNews, ...]:
        """What is told of a trouble: nothing when the same was told a moment ago, but it is counted."""
        state = self.state
        counts = {**state.counts, str(trouble): state.counts.get(trouble, 0) + 1}
        name = str(trouble) if header is None else f"{trouble}:{header.lane}"
        said = state.said.get(name)
        is_quiet = said is not None and 0 <= t_tai_ns - said.t_tai_ns < self.patience.again_s * _S
        if is_quiet and said is not None and trouble not in _ALWAYS:
            told = {**state.said, name: Said(t_tai_ns=said.t_tai_ns, unsaid=said.unsaid + 1)}
            self.state = msgspec.structs.replace(state, counts=counts, said=told)
            return ()
        more = f" (and {said.unsaid} more such since the last was told)" if said is not None and said.unsaid else ""
        told = {**state.said, name: Said(t_tai_ns=t_tai_ns)}
        self.state = msgspec.structs.replace(state, counts=counts, said=told)
        return (
            PartnerNews(
                owner=state.owner, link=state.link or state.owner, t_received_tai_ns=t_tai_ns,
                state=state_after(trouble), trouble=str(trouble),
                text=text + more, sequence=None if header is None else header.sequence, digest=digest,
            ),
        )  # fmt: skip


_ALWAYS = frozenset({Trouble.NEW_KEY, Trouble.KEY_TAKEN_BACK})


def _gap_words(lane: str, low: int, high: int, joined: bool) -> str:
    which = f"number {low} is" if low == high else f"numbers {low} to {high} are"
    if joined:
        return f"lane {lane} begins here at number {high + 1}; {which} not known to this node"
    return f"{which} missing on lane {lane}; what comes after is not held back for it"


def _unread_words(unread: tuple[Unread, ...], schema: int) -> str:
    words = "; ".join(f"{one.kind} {one.name}".strip() + f": {one.text}" for one in unread[:3])
    more = f"; and {len(unread) - 3} more" if len(unread) > 3 else ""
    newer = f" (its schema is {schema}, ours {SCHEMA})" if schema != SCHEMA else ""
    return f"not all of it is understood{newer}: {words}{more}"


def _key_words(said: Statement) -> tuple[Trouble, str]:
    if said.kind == "revoke":
        why = f": {said.why}" if said.why else ""
        return Trouble.KEY_TAKEN_BACK, f"{said.key_id} was taken back by its owner{why}; nothing it signs is believed"
    assert said.new_key is not None
    words = key_words(said.new_key)
    return Trouble.NEW_KEY, f"{said.key_id} is followed by {said.new_key_id}; compare by telephone: {words}"
