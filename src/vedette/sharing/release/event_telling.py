"""Events as a peer hears of them: what is new and granted, in its turn, and a withdrawal of what it knows at once."""

from dataclasses import replace
from typing import Any

import msgspec

from vedette.reports import Evidence, Shared, SharedEvent
from vedette.sharing.release.granting import Granting
from vedette.sharing.release.policy import FIELDS, Grant, Kind, third_party_trouble
from vedette.sharing.release.release_events import event_fields, event_for, event_trouble
from vedette.sharing.release.told import ReleaseRow

_FORGET_NS = 86_400 * 10**9  # events that are over
_LOOK_BACK_NS = 60 * 10**9  # between two looks at what is over
_OVER = (Evidence.WITHDRAWN, Evidence.PASSED)


class _JudgedEvent(msgspec.Struct, frozen=True):
    """An event as it was offered when it was last judged, and why it was withheld if it was."""

    event: SharedEvent
    follows: tuple[bool, ...]  # of its tracks: whether the peer follows them
    epoch: int
    row: ReleaseRow | None


class EventTelling(Granting):
    """The events of one peer."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._t_forgot_tai_ns = 0
        self._judged: dict[str, _JudgedEvent] = {}  # by own name: what an unchanged offer need not be asked again
        self._with_all_fields: dict[int, Grant] = {}  # by number: what an event could be told at most by a grant

    def _gone_back(self) -> None:
        self._judged.clear()

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
        follows = tuple(self._name(one) in numbers for one in event.tracks) if event.tracks else ()
        is_as_before = known is not None and known.epoch == self._epoch and known.follows == follows
        if known is not None and is_as_before and (known.event is event or known.event == event):
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


def _same(before: SharedEvent, now: SharedEvent) -> bool:
    """Whether a peer would hear nothing new."""
    return msgspec.structs.replace(now, revision=before.revision, t_said_tai_ns=before.t_said_tai_ns) == before
