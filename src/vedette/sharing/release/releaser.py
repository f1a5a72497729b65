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
    SharedDrop,
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
from vedette.sharing.release.release_tracks import judge_tracks, track_fields
from vedette.sharing.release.secrets import Secret
from vedette.sharing.release.told import Live, Outgoing, ReleaseRow, ReleaserState

MOST_IN_ONE = 500  # half of what a link takes in one message
_FORGET_NS = 86_400 * 10**9  # events that are over
_OVER = (Evidence.WITHDRAWN, Evidence.PASSED)


class Releaser:
    """What goes to one peer. Deterministic: the same offers at the same instants give the same messages."""

    def __init__(
        self, policy: ReleasePolicy, *, owner: str, mode: Mode, secret: bytes, state: ReleaserState | None = None
    ) -> None:
        self.policy, self.owner, self.mode = policy, owner, mode
        self._secret = Secret(secret)
        self._state = state if state is not None else ReleaserState()
        self._waiting: list[tuple[int, SharedEvent]] = []  # due, as it was offered; after a restart they wait anew
        self._snapshots: list[tuple[int, list[SharedTrack]]] = []
        self._with_all_fields: dict[int, Grant] = {}  # by number: what an event could be told at most by a grant
        self._withheld_once: list[ReleaseRow] = []
        self._suspended: tuple[ReleaseArea, ...] = ()
        self._is_suspended = False

    def state(self) -> ReleaserState:
        """What must be kept over a restart."""
        return self._state

    def suspend(self, is_suspended: bool = True, areas: Sequence[ReleaseArea] = ()) -> None:
        """Hold everything back, or what lies in some areas, until told otherwise; withdrawals still go."""
        self._is_suspended, self._suspended = is_suspended and not areas, tuple(areas) if is_suspended else ()

    def is_due(self, t_tai_ns: int) -> bool:
        """Whether an instant of some cadence has come since the last call."""
        return any(self._tick(kind, t_tai_ns) is not None for kind in Kind)

    def release(self, offers: Iterable[Shared], t_tai_ns: int) -> tuple[Outgoing, ...]:
        """What leaves now, a message for each class that is due.

        `offers` are all tracks, events and health there are, each time; looks, notices and words once each.
        """
        by_kind: dict[Kind, list[Shared]] = {kind: [] for kind in Kind}
        for one in offers:
            if (kind := _kind_of(one)) is not None:
                by_kind[kind].append(one)
        self._take_once(by_kind, t_tai_ns)
        out: list[Outgoing] = []
        for kind in (Kind.EVENT, Kind.TRACK, Kind.HEALTH, Kind.LOOK, Kind.NOTICE, Kind.WORDS):
            tick = self._tick(kind, t_tai_ns)
            if tick is None:
                continue
            self._state.t_last_tai_ns[kind.value] = tick
            if kind is Kind.TRACK:
                content, log = self._tracks([o for o in by_kind[kind] if isinstance(o, SharedTrack)], tick)
            elif kind is Kind.EVENT:
                content, log = self._events([o for o in by_kind[kind] if isinstance(o, SharedEvent)], tick)
            elif kind is Kind.HEALTH:
                content, log = self._health([o for o in by_kind[kind] if isinstance(o, SharedHealth)], tick)
            else:
                content, log = self._due_once(kind, tick, t_tai_ns)
            has_cadence = kind is Kind.TRACK and bool(self._grants(kind))  # an empty batch still goes
            if content or has_cadence or log:
                out += self._messages(kind, tick, content, log)
        return tuple(out)

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

    def _tracks(self, offers: list[SharedTrack], tick: int) -> tuple[list[Shared], list[ReleaseRow]]:
        grants = self._grants(Kind.TRACK)
        delay_s = max((one.delay_s for one in grants), default=0.0)
        if delay_s > 0.0:
            offers, tick_of = self._delayed(offers, tick, round(delay_s * 1e9))
        else:
            tick_of = tick
        log: list[ReleaseRow] = []
        told: list[Shared] = []
        phases = {one.name: one.phase for one in self._state.tracks.values()}
        if grants:
            judged = judge_tracks(
                self._secret, offers, grants, tick_of, self.owner, self.policy.peer_owner, self._name, phases
            )
        else:
            judged = []
            log += [self._row(Kind.TRACK, one.number, tick, self._refusal(Kind.TRACK)) for one in offers]
        numbers: dict[str, Live] = {}
        live = {one.told.number for one in judged if one.told is not None} | set(self._state.tracks)
        for one in judged:
            if one.told is None or one.grant is None:
                log.append(self._row(Kind.TRACK, one.offer.number, tick, one.why))
                continue
            track = msgspec.structs.replace(one.told, parents=tuple(p for p in one.told.parents if p in live))
            told.append(track)
            phase = one.offer.phase or phases.get(one.offer.number, "")
            numbers[track.number] = Live(name=one.offer.number, phase=phase, t_told_tai_ns=tick)
            log.append(
                self._row(
                    Kind.TRACK, one.offer.number, tick, told_as=track.number, grant=one.grant.number,
                    is_released=True, fields=track_fields(one.grant, one.steps),
                )
            )  # fmt: skip
        why = {one.offer.number: one.why for one in judged}
        may_say = any("reason" in one.fields for one in grants)
        for number, gone in self._state.tracks.items():
            if number not in numbers:
                is_down = may_say and "come down" in why.get(gone.name, "")
                told.append(SharedDrop(number=number, t_tai_ns=tick_of, reason="down" if is_down else "withdrawn"))
        self._state.tracks = numbers
        return told, log

    def _delayed(self, offers: list[SharedTrack], tick: int, delay_ns: int) -> tuple[list[SharedTrack], int]:
        """The offers as they were a delay ago, for the instant of then."""
        kept = [*self._snapshots, (tick, offers)]
        due = [one for one in kept if one[0] <= tick - delay_ns]
        self._snapshots = [*due[-1:], *kept[len(due) :]]
        return (due[-1][1], due[-1][0]) if due else ([], tick - delay_ns)

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
        self._forget(tick)
        return told, log

    def _event(
        self, event: SharedEvent, grants: tuple[Grant, ...], tick: int, numbers: frozenset[str]
    ) -> tuple[SharedEvent | None, ReleaseRow | None]:
        """What a peer is to hear of an event now, and the account of it; nothing of either when nothing is new."""
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
        newest = {event.event_id: event for _, event in self._waiting}
        for event in offers:
            held = newest.get(event.event_id)
            if held is None or not _same(held, event):
                self._waiting.append((tick + delay_ns, event))
        ripe = {event.event_id: (t_due, event) for t_due, event in self._waiting if t_due <= tick}
        self._waiting = [*ripe.values(), *(one for one in self._waiting if one[0] > tick)]
        told = {name: event for name, (_, event) in ripe.items()}
        for event in offers:
            if event.evidence in _OVER and event.event_id in self._state.events:
                told[event.event_id] = event
        return list(told.values())

    def _forget(self, tick: int) -> None:
        """Events that have been over for a day."""
        over = [
            name for name, one in self._state.events.items()
            if one.evidence in _OVER and one.t_said_tai_ns < tick - _FORGET_NS
        ]  # fmt: skip
        for name in over:
            del self._state.events[name], self._state.event_grants[name]

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


def _kind_of(offer: Shared) -> Kind | None:
    match offer:
        case SharedTrack():
            return Kind.TRACK
        case SharedEvent():
            return Kind.EVENT
        case SharedHealth():
            return Kind.HEALTH
        case SharedLook():
            return Kind.LOOK
        case SharedNotice():
            return Kind.NOTICE
        case SharedWords():
            return Kind.WORDS
    return None  # drops are made here, of what a peer follows


def _name_of(offer: Shared) -> str:
    return offer.words_id if isinstance(offer, SharedWords) else type(offer).__name__.removeprefix("Shared").lower()


def _same(before: SharedEvent, now: SharedEvent) -> bool:
    """Whether a peer would hear nothing new."""
    return msgspec.structs.replace(now, revision=before.revision, t_said_tai_ns=before.t_said_tai_ns) == before
