"""The way out, for one peer: offers in, messages out, on a fixed cadence and never because something happened.

Each class of information has its cadence: whole multiples of so many seconds of TAI. What is held for a delay is held
here. What a peer was once told is also taken back here: a withdrawal of an event it knows goes out at once, whatever
the policy says now.
"""

from collections.abc import Iterable

from vedette.reports import (
    Mode,
    Shared,
    SharedEvent,
    SharedHealth,
    SharedLook,
    SharedNotice,
    SharedTrack,
    SharedWords,
)
from vedette.sharing.release.event_telling import EventTelling
from vedette.sharing.release.policy import LANES, Kind, ReleasePolicy
from vedette.sharing.release.release_events import AS_IT_IS, NOT_GRANTED
from vedette.sharing.release.release_others import other_fields, other_for, other_trouble
from vedette.sharing.release.told import Outgoing, ReleaseRow, ReleaserState
from vedette.sharing.release.track_pass import TrackPass

MOST_IN_ONE = 500  # half of what a link takes in one message
_QUICK = (Kind.EVENT, Kind.HEALTH, Kind.LOOK, Kind.NOTICE, Kind.WORDS)
_KIND_OF: dict[type, Kind] = {
    SharedEvent: Kind.EVENT, SharedHealth: Kind.HEALTH, SharedLook: Kind.LOOK, SharedNotice: Kind.NOTICE,
    SharedWords: Kind.WORDS,
}  # fmt: skip  # drops are made here, of what a peer follows


class Releaser(EventTelling):
    """What goes to one peer. Deterministic: the same offers at the same instants give the same messages."""

    def __init__(
        self, policy: ReleasePolicy, *, owner: str, mode: Mode, secret: bytes, state: ReleaserState | None = None
    ) -> None:
        super().__init__(policy, owner=owner, mode=mode, secret=secret, state=state)
        self._withheld_once: list[ReleaseRow] = []

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
        for one in [one for one in offers if type(one) is not SharedTrack]:  # of these there may be ten thousand
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


def _name_of(offer: Shared) -> str:
    return offer.words_id if isinstance(offer, SharedWords) else type(offer).__name__.removeprefix("Shared").lower()
