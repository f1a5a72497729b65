"""All tracks of one instant, judged some at a time, so that a warning never waits for ten thousand of them.

Those that name parents come last: a parent is named only where the peer has been told of it, before or in this pass.
What a peer followed and is told no longer ends the pass, as drops.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from vedette.reports import Shared, SharedDrop, SharedTrack
from vedette.sharing.release.policy import Grant, Kind
from vedette.sharing.release.release_tracks import FieldWords, judge_tracks
from vedette.sharing.release.secrets import Secret
from vedette.sharing.release.told import Live, ReleaseRow


class TrackPass:
    """One pass; `step` until `is_done`."""

    def __init__(
        self, secret: Secret, offers: Sequence[SharedTrack], grants: tuple[Grant, ...], tick: int, t_of_tai_ns: int,
        owner: str, peer_owner: str, name: Callable[[str], str], before: Mapping[str, Live], refusal: str,
        row: Callable[..., ReleaseRow],
    ) -> None:  # fmt: skip
        """`tick` is the instant of release and `t_of_tai_ns` the one told of, earlier where there is a delay."""
        self.tick, self.numbers = tick, dict[str, Live]()
        self._secret, self._grants, self._t_of, self._owner, self._peer = secret, grants, t_of_tai_ns, owner, peer_owner
        self._name, self._before, self._refusal, self._row = name, before, refusal, row
        self._offers = sorted(offers, key=lambda one: bool(one.parents)) if any(o.parents for o in offers) else offers
        self._phases = {one.name: one.phase for one in before.values()}
        self._down: set[str] = set()  # own names of what has come down
        self._at = 0
        self._words = FieldWords()
        self.is_done = False
        self.has_told = False

    def step(self, most: int) -> tuple[list[Shared], list[ReleaseRow]]:
        """The next so many, and the account of them; with the last, what the peer need follow no more."""
        offers = self._offers[self._at : self._at + most]
        self._at += len(offers)
        self.is_done = self._at >= len(self._offers)
        told: list[Shared] = []
        log: list[ReleaseRow] = []
        if self._grants:
            self._judge(offers, told, log)
        else:
            log += [self._row(Kind.TRACK, one.number, self.tick, self._refusal) for one in offers]
        if self.is_done:
            told += self._drops()
        return told, log

    def _judge(self, offers: Sequence[SharedTrack], told: list[Shared], log: list[ReleaseRow]) -> None:
        judged = judge_tracks(
            self._secret, offers, self._grants, self._t_of, self._owner, self._peer, self._name, self._phases
        )
        live = {one.told.number for one in judged if one.told is not None}
        for one in judged:
            own, track, grant = one.offer.number, one.told, one.grant
            if track is None or grant is None:
                if "come down" in one.why:
                    self._down.add(own)
                log.append(self._row(Kind.TRACK, own, self.tick, one.why))
                continue
            if track.parents:
                known = (p for p in track.parents if p in live or p in self.numbers or p in self._before)
                track = msgspec.structs.replace(track, parents=tuple(known))
            told.append(track)
            phase = one.offer.phase or self._phases.get(own, "")
            self.numbers[track.number] = Live(name=own, phase=phase, t_told_tai_ns=self.tick)
            log.append(
                self._row(
                    Kind.TRACK, own, self.tick, told_as=track.number, grant=grant.number, is_released=True,
                    fields=self._words.of(grant, one.steps),
                )
            )  # fmt: skip

    def _drops(self) -> list[Shared]:
        may_say = any("reason" in one.fields for one in self._grants)
        down = self._down if may_say else ()
        return [
            SharedDrop(number=number, t_tai_ns=self._t_of, reason="down" if gone.name in down else "withdrawn")
            for number, gone in self._before.items()
            if number not in self.numbers
        ]
