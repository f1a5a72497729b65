"""The way out, for one peer: offers in, messages out, on a fixed cadence and never because something happened.

Each class of information has its cadence: whole multiples of so many seconds of TAI. What is held for a delay is held
here. What a peer was once told is also taken back here: a withdrawal of an event it knows goes out at once, whatever
the policy says now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import msgspec

from vedette.reports import (
    Evidence,
    Mode,
    Shared,
    SharedEvent,
    SharedHealth,
    SharedLook,
    SharedNotice,
    SharedTrack,
    SharedWords,
)
from vedette.sharing.release.policy import (
    CADENCE_S,
    FIELDS,
    LANES,
    Grant,
    Kind,
    ReleaseArea,
    ReleasePolicy,
    third_party_trouble,
)
from vedette.sharing.release.release_events import AS_IT_IS, NOT_GRANTED, event_fields, event_for, event_trouble
from vedette.sharing.release.release_others import other_fields, other_for, other_trouble
from vedette.sharing.release.secrets import Secret
from vedette.sharing.release.told import Outgoing, ReleaseRow, ReleaserState, document_of, keys_of
from vedette.sharing.release.track_pass import TrackPass

MOST_IN_ONE = 500  # half of what a link takes in one message
_FORGET_NS = 86_400 * 10**9  # events that are over
_LOOK_BACK_NS = 60 * 10**9  # between two looks at what is over
_OVER = (Evidence.WITHDRAWN, Evidence.PASSED)
_QUICK = (Kind.EVENT, Kind.HEALTH, Kind.LOOK, Kind.NOTICE, Kind.WORDS)
_KIND_OF: dict[type, Kind] = {
    SharedEvent: Kind.EVENT, SharedHealth: Kind.HEALTH, SharedLook: Kind.LOOK, SharedNotice: Kind.NOTICE,
    SharedWords: Kind.WORDS,
}  # fmt: skip  # drops are made here, of what a peer follows


class _JudgedEvent(msgspec.Struct, frozen=True):
    """An event as it was offered when it was last judged, and why it was withheld if it was."""

    event: SharedEvent
    follows: tuple[bool, ...]  # of its tracks: whether the peer follows them
    epoch: int
    row: ReleaseRow | None


class Releaser:
    """What goes to one peer. Deterministic: the same offers at the same instants give the same messages."""

    def __init__(
        self, policy: ReleasePolicy, *, owner: str, mode: Mode, secret: bytes, state: ReleaserState | None = None
    ) -> None:
        self.policy, self.owner, self.mode = policy, owner, mode
        self._secret = Secret(secret)
        self._state = state if state is not None else ReleaserState()
        self._unkept: set[str] = set()  # pieces of the state that have changed
        self.has_taken = False  # something that waits and that nobody will offer again as it was
        self._pass: TrackPass | None = None
        self._t_last_pass_tai_ns: int | None = None  # before the pass that is under way
        self._t_forgot_tai_ns = 0
        self._judged: dict[str, _JudgedEvent] = {}  # by own name: what an unchanged offer need not be asked again
        self._epoch = 0  # of what is granted: grows with every suspension
        self._with_all_fields: dict[int, Grant] = {}  # by number: what an event could be told at most by a grant
        self._withheld_once: list[ReleaseRow] = []
        self._suspended: tuple[ReleaseArea, ...] = ()
        self._is_suspended = False

    def state(self) -> ReleaserState:
        """What must be kept over a restart."""
        return self._state

    def unkept(self) -> dict[str, bytes | None]:
        """The pieces of the state that have changed since `kept`, by key; None for one to be taken away."""
        return {key: document_of(self._state, key) for key in sorted(self._unkept)}

    def kept(self) -> None:
        """They are on the disk."""
        self._unkept.clear()
        self.has_taken = False

    def all_unkept(self) -> None:
        """Nothing of the state is on the disk yet."""
        self._unkept |= keys_of(self._state)

    def mark(self) -> ReleaserState:
        """Where `go_back` comes back to."""
        return self._state.copied()

    def go_back(self, mark: ReleaserState) -> None:
        """As it was: what was released since could not be kept. A pass of tracks begins anew."""
        self._unkept |= keys_of(self._state) ^ keys_of(mark)
        now = self._state.events
        self._unkept |= {f"event {name}" for name, one in mark.events.items() if now.get(name) is not one}
        self._state = mark
        self._judged.clear()
        if self._pass is not None or self._t_last_pass_tai_ns is not None:
            self._pass = None
            _put_back(self._state.t_last_tai_ns, Kind.TRACK.value, self._t_last_pass_tai_ns)

    def suspend(self, is_suspended: bool = True, areas: Sequence[ReleaseArea] = ()) -> None:
        """Hold everything back, or what lies in some areas, until told otherwise; withdrawals still go."""
        was = self._is_suspended, self._suspended
        self._is_suspended, self._suspended = is_suspended and not areas, tuple(areas) if is_suspended else ()
        if was != (False, ()) or is_suspended:
            self._epoch += 1

    def is_due(self, t_tai_ns: int) -> bool:
        """Whether an instant of some cadence has come since the last call."""
        return self.is_quick_due(t_tai_ns) or self.are_tracks_due(t_tai_ns)

    def is_quick_due(self, t_tai_ns: int) -> bool:
        """The same, of all but tracks."""
        return any(self._tick(kind, t_tai_ns) is not None for kind in _QUICK)

    def are_tracks_due(self, t_tai_ns: int) -> bool:
        """Whether tracks are to be told now, or are being told."""
        return self._pass is not None or self._tick(Kind.TRACK, t_tai_ns) is not None

    def release(self, offers: Iterable[Shared], t_tai_ns: int) -> tuple[Outgoing, ...]:
        """What leaves now, a message for each class that is due.

        `offers` are all tracks, events and health there are, each time; looks, notices and words once each.
        """
        given = tuple(offers)
        out = list(self.release_quick(given, t_tai_ns))
        self.begin_tracks(given, t_tai_ns)
        while (one := self.next_tracks()) is not None:
            out.append(one)
        return tuple(out)

    def release_quick(self, offers: Iterable[Shared], t_tai_ns: int) -> tuple[Outgoing, ...]:
        """The same without tracks: what never waits for many."""
        by_kind: dict[Kind, list[Shared]] = {kind: [] for kind in _QUICK}
        for one in offers:
            if (kind := _KIND_OF.get(type(one))) in by_kind:
                by_kind[kind].append(one)
        self._unkept.add("rest")
        self._take_once(by_kind, t_tai_ns)
        out: list[Outgoing] = []
        for kind in _QUICK:
            tick = self._tick(kind, t_tai_ns)
            if tick is None:
                continue
            self._state.t_last_tai_ns[kind.value] = tick
            if kind is Kind.EVENT:
                content, log = self._events([o for o in by_kind[kind] if isinstance(o, SharedEvent)], tick)
            elif kind is Kind.HEALTH:
                content, log = self._health([o for o in by_kind[kind] if isinstance(o, SharedHealth)], tick)
            else:
                content, log = self._due_once(kind, tick, t_tai_ns)
            if content or log:
                out += self._messages(kind, tick, content, log)
        return tuple(out)

    def begin_tracks(self, offers: Iterable[Shared], t_tai_ns: int) -> bool:
        """Take up all tracks of this instant when one has come and none is under way; `next_tracks` tells them."""
        tick = self._tick(Kind.TRACK, t_tai_ns)
        if self._pass is not None or tick is None:
            return self._pass is not None
        tracks = [one for one in offers if isinstance(one, SharedTrack)]
        self._t_last_pass_tai_ns = self._state.t_last_tai_ns.get(Kind.TRACK.value)
        self._state.t_last_tai_ns[Kind.TRACK.value] = tick
        grants = self._grants(Kind.TRACK)
        delay_s = max((one.delay_s for one in grants), default=0.0)
        t_of = tick
        if delay_s > 0.0:
            tracks, t_of = self._delayed(tracks, tick, round(delay_s * 1e9))
        elif self._state.snapshots:  # there was a delay once
            self._unkept |= {f"snapshot {one}" for one in self._state.snapshots}
            self._state.snapshots = {}
        self._pass = TrackPass(
            self._secret, tracks, grants, tick, t_of, self.owner, self.policy.peer_owner, self._name,
            self._state.tracks, self._refusal(Kind.TRACK), self._row,
        )  # fmt: skip
        return True

    def next_tracks(self, most: int = MOST_IN_ONE) -> Outgoing | None:
        """The next message of the pass that is under way; None when it is over."""
        now = self._pass
        while now is not None:
            content, log = now.step(most)
            if now.is_done:
                if self._state.tracks or now.numbers:
                    self._unkept.add("tracks")
                self._state.tracks, self._pass, self._t_last_pass_tai_ns = now.numbers, None, None
                self._unkept.add("rest")
            elif any(number not in self._state.tracks for number in now.numbers):
                # a node killed now must know what it has told, or nobody would take it back
                self._state.tracks = {**self._state.tracks, **now.numbers}
                self._unkept.add("tracks")
            # an empty batch still goes
            is_last_word = now.is_done and not now.has_told and bool(self._grants(Kind.TRACK))
            now.has_told |= bool(content)
            if content or log or is_last_word:
                return Outgoing(
                    lane=LANES[Kind.TRACK], t_tai_ns=now.tick, content=tuple(content), log=tuple(log),
                    pad_bytes=self.policy.pad_bytes,
                )  # fmt: skip
            now = self._pass
        return None

    def _messages(self, kind: Kind, tick: int, content: list[Shared], log: list[ReleaseRow]) -> list[Outgoing]:
        """Content in messages that a link can bear; the account goes with the first."""
        parts = [tuple(content[i : i + MOST_IN_ONE]) for i in range(0, len(content), MOST_IN_ONE)] or [()]
        return [
            Outgoing(
                lane=LANES[kind],
                t_tai_ns=tick,
                content=part,
                log=tuple(log) if i == 0 else (),
                pad_bytes=self.policy.pad_bytes,
            )
            for i, part in enumerate(parts)
        ]

    # ---- when, and what is allowed at all

    def _cadence_ns(self, kind: Kind) -> int:
        grants = self.policy.grants_of(kind)
        return min((one.cadence_ns for one in grants), default=round(CADENCE_S[kind] * 1e9))

    def _tick(self, kind: Kind, t_tai_ns: int) -> int | None:
        cadence = self._cadence_ns(kind)
        tick = t_tai_ns // cadence * cadence
        last = self._state.t_last_tai_ns.get(kind.value)
        return tick if last is None or tick > last else None

    def _grants(self, kind: Kind) -> tuple[Grant, ...]:
        if self.mode not in self.policy.modes or self._is_suspended:
            return ()
        grants = self.policy.grants_of(kind)
        if not self._suspended:
            return grants
        return tuple(replace(one, but_not=(*one.but_not, *self._suspended)) for one in grants)

    def _refusal(self, kind: Kind) -> str:
        """Why there is no grant to ask."""
        if self.mode not in self.policy.modes:
            allowed = ", ".join(sorted(mode.value for mode in self.policy.modes)) or "no mode at all"
            return f"this watch is {self.mode.value}; released is {allowed}"
        if self._is_suspended:
            return "releases to this peer are suspended"
        return f"no grant of class {kind.value}"

    def _name(self, own: str) -> str:
        if self.policy.numbers == "own":
            return own
        peer = "" if self.policy.numbers == "common" else self.policy.peer_owner
        return self._secret.name(self.owner, peer, own)

    def _row(self, kind: Kind, name: str, tick: int, why: str = "", **more: object) -> ReleaseRow:
        return ReleaseRow(t_tai_ns=tick, peer=self.policy.peer, kind=kind.value, name=name, why=why, **more)  # type: ignore[arg-type]

    # ---- tracks

    def _delayed(self, offers: list[SharedTrack], tick: int, delay_ns: int) -> tuple[list[SharedTrack], int]:
        """The offers as they were a delay ago, for the instant of then."""
        held = self._state.snapshots
        held[tick] = tuple(offers)
        self.has_taken = True
        due = [one for one in held if one <= tick - delay_ns]
        for gone in due[:-1]:
            del held[gone]
        self._unkept |= {f"snapshot {one}" for one in (tick, *due[:-1])}
        return (list(held[due[-1]]), due[-1]) if due else ([], tick - delay_ns)

    # ---- events

    def _events(self, offers: list[SharedEvent], tick: int) -> tuple[list[Shared], list[ReleaseRow]]:
        grants = self._grants(Kind.EVENT)
        delay_ns = round(max((one.delay_s for one in grants), default=0.0) * 1e9)
        if delay_ns > 0:
            offers = self._events_delayed(offers, tick, delay_ns)
        told: list[Shared] = []
        log: list[ReleaseRow] = []
        numbers = frozenset(self._state.tracks)  # once for all events: there may be ten thousand
        for event in offers:
            one, row = self._event(event, grants, tick, numbers)
            if one is not None:
                told.append(one)
            if row is not None:
                log.append(row)
        if not 0 <= tick - self._t_forgot_tai_ns < _LOOK_BACK_NS:
            self._t_forgot_tai_ns = tick
            self._forget(tick, {event.event_id for event in offers})
        return told, log

    def _event(
        self, event: SharedEvent, grants: tuple[Grant, ...], tick: int, numbers: frozenset[str]
    ) -> tuple[SharedEvent | None, ReleaseRow | None]:
        """What a peer is to hear of an event now, and the account of it; nothing of either when nothing is new."""
        name = event.event_id
        known = self._judged.get(name)
        follows = tuple(self._name(one) in numbers for one in event.tracks)
        if known is not None and known.epoch == self._epoch and known.follows == follows and known.event == event:
            return None, None if known.row is None else msgspec.structs.replace(known.row, t_tai_ns=tick)
        told, row = self._event_anew(event, grants, tick, numbers)
        self._judged[name] = _JudgedEvent(event, follows, self._epoch, row if told is None else None)
        return told, row

    def _event_anew(
        self, event: SharedEvent, grants: tuple[Grant, ...], tick: int, numbers: frozenset[str]
    ) -> tuple[SharedEvent | None, ReleaseRow | None]:
        name = event.event_id
        before = self._state.events.get(name)
        grant, why = self._grant_of(event, grants, numbers)
        if grant is not None:
            told = event_for(self._secret, event, grant, self._name, numbers)
            fields = event_fields(grant)
        elif before is not None and event.evidence in _OVER and before.evidence is not event.evidence:
            told = SharedEvent(
                event_id=before.event_id, revision=1, kind=before.kind, evidence=event.evidence, t_said_tai_ns=tick,
                caveats=before.caveats,
            )  # fmt: skip
            fields = {"evidence": "taken back: the peer was told before"}
        else:
            return None, None if before is not None else self._row(Kind.EVENT, name, tick, why)
        if before is not None and _same(before, told):
            return None, None
        revision = 1 if before is None else before.revision + 1
        told = msgspec.structs.replace(told, revision=revision, t_said_tai_ns=tick)
        self._state.events[name] = told
        number = 0 if grant is None else grant.number
        self._state.event_grants[name] = number
        self._unkept.add(f"event {name}")
        return told, self._row(
            Kind.EVENT, name, tick, told_as=told.event_id, grant=number, is_released=True, fields=fields
        )

    def _grant_of(
        self, event: SharedEvent, grants: tuple[Grant, ...], numbers: frozenset[str]
    ) -> tuple[Grant | None, str]:
        """The first grant that fits; else, of what was told before, the grant that told it: nothing goes stale."""
        why = self._refusal(Kind.EVENT)
        for grant in grants:
            if trouble := third_party_trouble((), event.caveats, self.owner, self.policy.peer_owner):
                why = f"grant {grant.number}: {trouble}"
                continue
            if grant.number not in self._with_all_fields:
                self._with_all_fields[grant.number] = replace(grant, fields=frozenset(FIELDS[Kind.EVENT]))
            coarse = event_for(self._secret, event, self._with_all_fields[grant.number], self._name, numbers)
            if not (trouble := event_trouble(event, coarse, grant)):
                return grant, ""
            why = f"grant {grant.number}: {trouble}"
        before = self._state.event_grants.get(event.event_id)
        return next((one for one in grants if one.number == before), None), why

    def _events_delayed(self, offers: list[SharedEvent], tick: int, delay_ns: int) -> list[SharedEvent]:
        """What may be heard now: the newest of each event that is old enough, and withdrawals of what is known."""
        waiting = self._state.waiting
        newest = {event.event_id: event for _, event in waiting}
        for event in offers:
            held = newest.get(event.event_id)
            if held is None or not _same(held, event):
                waiting.append((tick + delay_ns, event))
                self.has_taken = True
        ripe = {event.event_id: (t_due, event) for t_due, event in waiting if t_due <= tick}
        offered = {event.event_id for event in offers}
        going_on = [one for name, one in ripe.items() if name in offered]  # the rest is told for the last time
        self._state.waiting = [*going_on, *(one for one in waiting if one[0] > tick)]
        told = {name: event for name, (_, event) in ripe.items()}
        for event in offers:
            if event.evidence in _OVER and event.event_id in self._state.events:
                told[event.event_id] = event
        return list(told.values())

    def _forget(self, tick: int, offered: set[str]) -> None:
        """Events that have been over for a day; what is offered no more need not be known as judged."""
        over = [
            name for name, one in self._state.events.items()
            if one.evidence in _OVER and one.t_said_tai_ns < tick - _FORGET_NS
        ]  # fmt: skip
        for name in over:
            del self._state.events[name], self._state.event_grants[name]
            self._unkept.add(f"event {name}")
        for name in [name for name in self._judged if name not in offered]:
            del self._judged[name]

    # ---- the rest

    def _health(self, offers: list[SharedHealth], tick: int) -> tuple[list[Shared], list[ReleaseRow]]:
        if not offers:
            return [], []
        offer = offers[-1]
        for grant in self._grants(Kind.HEALTH):
            has = grant.fields.__contains__
            told = SharedHealth(
                t_tai_ns=tick,
                working=offer.working if has("working") else {},
                degraded=offer.degraded if has("degraded") else {},
                silent=offer.silent if has("silent") else {},
                coverage={k: round(v, 2) for k, v in offer.coverage.items()} if has("coverage") else {},
            )
            names = ("working", "degraded", "silent", "coverage")
            fields = {name: AS_IT_IS if has(name) else NOT_GRANTED for name in names}
            row = self._row(
                Kind.HEALTH, "health", tick, told_as="health", grant=grant.number, is_released=True, fields=fields
            )
            return [told], [row]
        return [], [self._row(Kind.HEALTH, "health", tick, self._refusal(Kind.HEALTH))]

    def _take_once(self, by_kind: dict[Kind, list[Shared]], t_tai_ns: int) -> None:
        for kind in (Kind.LOOK, Kind.NOTICE, Kind.WORDS):
            for offer in by_kind[kind]:
                assert isinstance(offer, SharedLook | SharedNotice | SharedWords)
                why, grants = self._refusal(kind), self._grants(kind)
                for grant in grants:
                    if trouble := other_trouble(offer, grant, self.owner, self.policy.peer_owner):
                        why = f"grant {grant.number}: {trouble}"
                        continue
                    told = other_for(offer, grant)
                    self.has_taken = True
                    self._state.once.append((t_tai_ns + round(grant.delay_s * 1e9), kind.value, grant.number, told))
                    break
                else:
                    self._withheld_once.append(self._row(kind, _name_of(offer), t_tai_ns, why))

    def _due_once(self, kind: Kind, tick: int, t_tai_ns: int) -> tuple[list[Shared], list[ReleaseRow]]:
        log = [row for row in self._withheld_once if row.kind == kind.value]
        self._withheld_once = [row for row in self._withheld_once if row.kind != kind.value]
        if self.mode not in self.policy.modes or self._is_suspended:
            return [], log  # what waits goes on waiting
        due = [one for one in self._state.once if one[1] == kind.value and one[0] <= t_tai_ns]
        self._state.once = [one for one in self._state.once if not (one[1] == kind.value and one[0] <= t_tai_ns)]
        for _, _, grant, offer in due:
            name = _name_of(offer)
            log.append(
                self._row(
                    kind, name, tick, told_as=name, grant=grant, is_released=True, fields=other_fields(offer)
                )
            )  # fmt: skip
        return [offer for *_, offer in due], log


def _put_back(times: dict[str, int], kind: str, t_tai_ns: int | None) -> None:
    if t_tai_ns is None:
        times.pop(kind, None)
    else:
        times[kind] = t_tai_ns


def _name_of(offer: Shared) -> str:
    return offer.words_id if isinstance(offer, SharedWords) else type(offer).__name__.removeprefix("Shared").lower()


def _same(before: SharedEvent, now: SharedEvent) -> bool:
    """Whether a peer would hear nothing new."""
    return msgspec.structs.replace(now, revision=before.revision, t_said_tai_ns=before.t_said_tai_ns) == before
