"""The joint tracker: our own tracks and partners' in, objects as all know them together out.

`hear_own` and `hear_partner` take tracks as they are told; `fused` gives the objects of an instant. Messages are
absorbed by the time they speak of: within the lateness window the order of arrival cannot matter, and two owners who
tell each other everything come to the same states.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows, Scalar, Vec3
from vedette.estimation import mahalanobis_sq
from vedette.reports import Finding, FindingKind, SharedDrop, SharedTrack
from vedette.tracking.joint.carrying import Beliefs
from vedette.tracking.joint.fusing import fused_rows
from vedette.tracking.joint.owner_registration import FEWEST_OBJECTS, bias_of
from vedette.tracking.joint.picture import JointState
from vedette.tracking.joint.place_registration import BiasFromPlace, bias_from_place
from vedette.tracking.joint.source import Source, are_usable, at_instant, covariance_terms
from vedette.tracking.joint.step import absorb, corrected_state, is_taught, key_of, standing
from vedette.tracking.joint.trust import PAIR_GATE
from vedette.tracking.joint.values import (
    Batch,
    BiasOfOwner,
    FusedTrack,
    Joined,
    JointTracks,
    Key,
    Lie,
    OwnerTrust,
    Trust,
)

_REPEATS_TO_SAY = 3


@dataclass(slots=True)
class _Held:
    """A message that may still be overtaken, and the state before it."""

    batch: Batch | SharedDrop
    order: tuple[int, str, tuple[str, ...]]
    before: JointState


@dataclass(frozen=True, slots=True, eq=False)
class _Grouped:
    """Objects at one instant, before their tracks are fused."""

    names: tuple[str, ...]
    groups: list[list[int]]  # of each, rows of the tracks that are believed
    aside: list[tuple[Key, ...]]  # and which are not
    sources: list[Source]  # of every row
    rows: Beliefs


class JointTracker:
    """Joins the tracks of several owners.

    Parameters
    ----------
    own : whose node this is
    lateness_s : messages up to this much older than the newest are fitted in where they belong. One that comes later
        still counts from when it came, if it is the newest of its track.

    Deterministic and without a clock: the same messages give the same objects.
    """

    def __init__(self, own: str, lateness_s: float = 10.0) -> None:
        self.own = own
        self.lateness_s = lateness_s
        self.unusable = 0  # tracks that were no states at all
        self._state = JointState()
        self._held: list[_Held] = []
        self._said: dict[str, str] = {}
        self._repeats: dict[str, int] = {}
        self._heard: dict[tuple[str, str], int] = {}
        self._findings: list[Finding] = []

    # ---- what is told

    def hear_own(self, tracks: Sequence[SharedTrack], t_heard_tai_ns: int | None = None) -> None:
        """Our own tracks, spelled as we would tell them: with the numbers that partners hear.

        t_heard_tai_ns : when, by our own clock; without it, the tracks' own time
        """
        self._hear(self.own, tracks, t_heard_tai_ns)

    def hear_partner(self, owner: str, tracks: Sequence[SharedTrack], t_heard_tai_ns: int | None = None) -> None:
        """A partner's tracks as one message told them, its own and such as it passes on."""
        self._hear(owner, tracks, t_heard_tai_ns)
        if tracks:
            self._watch_repeats(owner, tracks)

    def hear_drop(self, owner: str, drop: SharedDrop) -> None:
        """A track that its owner tells no more."""
        self._fit_in(_Held(drop, (drop.t_tai_ns, owner, ("drop", drop.number)), JointState()))

    # ---- what is known

    @property
    def t_tai_ns(self) -> int | None:
        """The newest instant that anybody told of."""
        return self._state.t_newest_tai_ns

    def fused(self, t_tai_ns: int | None = None) -> JointTracks:
        """All objects at an instant, the newest told of by default."""
        t = t_tai_ns if t_tai_ns is not None else self._state.t_newest_tai_ns
        found = None if t is None else self._grouped(t)
        if t is None or found is None:
            return JointTracks(t or 0, (), np.empty((0, 6)), np.empty((0, 6, 6)), np.empty(0, dtype=bool))
        shown, groups, aside, sources, rows = found.names, found.groups, found.aside, found.sources, found.rows
        states, covs, ways = fused_rows(groups, sources, rows, t)
        views = tuple(
            self._view(name, t, states[i], covs[i], [sources[j] for j in groups[i]], aside[i], ways[i])
            for i, name in enumerate(shown)
        )
        ambiguous = np.array([view.is_ambiguous for view in views])
        return JointTracks(t, shown, states, covs, ambiguous, views)

    def joined(self) -> dict[Key, Joined]:
        """By track, whose tracks are in its object: as the views of `fused` say it, without what fusing costs."""
        t = self._state.t_newest_tai_ns
        found = None if t is None else self._grouped(t)
        if found is None:
            return {}
        out: dict[Key, Joined] = {}
        unsure = self._state.ambiguous
        for group, aside in zip(found.groups, found.aside, strict=True):
            members = tuple(found.sources[i].key for i in group)
            one = Joined(members, any(unsure.get(key, False) for key in members))
            for key in (*members, *aside):
                out.setdefault(key, one)
        return out

    def trust(self, owner: str) -> OwnerTrust:
        """How an owner stands."""
        return standing(self._state, owner)

    def life_of(self, owner: str, number: str) -> tuple[int, int] | None:
        """When a track was first told, and when it last showed that it had seen its object (TAI ns); None: unknown."""
        source = self._state.sources.get((owner, number))
        return None if source is None else (source.t_first_tai_ns, source.t_taught_tai_ns)

    def bias(self, owner: str) -> BiasOfOwner:
        """What an owner reads otherwise than we do, by the satellites that both see."""
        return bias_of(owner, self.own, self._state.offsets)

    def bias_from(self, owner: str, place_itrf_m: Vec3) -> BiasFromPlace:
        """The same as a sensor of the owner at a known place would have it: clock, range, azimuth, elevation."""
        return bias_from_place(owner, self.own, self._state.lessons, place_itrf_m)

    @property
    def owners(self) -> tuple[str, ...]:
        """All whose tracks were heard, our own among them."""
        return tuple(sorted({key[0] for key in self._state.sources}))

    def findings(self) -> tuple[Finding, ...]:
        """What is to be said since this was last asked: owners that are doubted, refused, believed again; biases."""
        said, self._findings = tuple(self._findings), []
        return said

    def tracks_to_pass_on(self, t_tai_ns: int | None = None) -> tuple[SharedTrack, ...]:
        """The joint objects as shared tracks, with whose knowledge is in them and up to when."""
        out = []
        for view in self.fused(t_tai_ns).views:
            owners = (self.own, *sorted(name for name in view.until if name != self.own))
            own = [number for owner, number in view.members if owner == self.own]
            out.append(
                SharedTrack(
                    number=own[0] if own else view.id, t_tai_ns=view.t_tai_ns,
                    position_itrf_m=_three(view.state_itrf[:3]),
                    velocity_itrf_mps=_three(view.state_itrf[3:]), covariance=covariance_terms(view.state_cov_itrf),
                    phase=view.phase, phenomena=view.phenomena, provenance=owners, caveats=view.caveats,
                    provenance_t_tai_ns=tuple(view.until.get(name, 0) for name in owners),
                )
            )  # fmt: skip
        return tuple(out)

    # ---- inside

    def _grouped(self, t: int) -> _Grouped | None:
        """Every object's tracks at an instant, and which of them are believed together; None where nothing is."""
        state = self._state
        names = sorted(state.objects)
        keys = [key for name in names for _, key in sorted(state.objects[name].items())]
        if not keys:
            return None
        sources = [state.sources[key] for key in keys]
        rows, _ = at_instant(sources, t)
        standings: dict[Key, OwnerTrust] = {}
        off = {owner: state.offsets.correction(owner) is not None for owner in {key[0] for key in keys}}
        for i, one in enumerate(sources):
            whose = (one.key[0], one.told_by)
            if whose not in standings:
                standings[whose] = self._standing_of(one)
            if off[one.key[0]]:
                whole = corrected_state(state, one.key[0], rows.states_itrf[i])
                # whose the difference is nobody knows: what is taken off stays in doubt, and in all owners alike
                doubt = np.outer(whole - rows.states_itrf[i], whole - rows.states_itrf[i])
                rows.states_itrf[i] = whole
                rows.covs[i] += doubt
                rows.tied[i] += doubt
            widening = standings[whose].inflation
            if widening != 1.0:
                rows.covs[i] *= widening
                rows.tied[i] *= widening
        row = {key: i for i, key in enumerate(keys)}
        is_refused = {whose: one.trust is Trust.REFUSED for whose, one in standings.items()}
        members = {name: [key for _, key in sorted(state.objects[name].items())] for name in names}
        trusted = {
            name: [key for key in some if self._is_believed(state.sources[key], is_refused)]
            for name, some in members.items()
        }
        contrary = self._contrary(trusted.values(), row, rows, t)
        groups, shown, aside = [], [], []
        for name, some in trusted.items():
            if not some:
                continue
            believed = [key for key in some if key not in contrary]
            believed.sort(key=lambda key: (state.sources[key].is_mixed, key))
            groups.append([row[key] for key in believed])
            shown.append(name)
            aside.append(tuple(key for key in members[name] if key not in believed))
        return _Grouped(tuple(shown), groups, aside, sources, rows) if groups else None

    def _hear(self, owner: str, tracks: Sequence[SharedTrack], t_heard_tai_ns: int | None) -> None:
        usable = [one for one, is_usable in zip(tracks, are_usable(tracks), strict=True) if is_usable]
        self.unusable += len(tracks) - len(usable)
        for t in sorted({one.t_tai_ns for one in usable}):
            part = sorted((one for one in usable if one.t_tai_ns == t), key=lambda one: one.number)
            batch = Batch(t, owner, tuple(part), t if t_heard_tai_ns is None else t_heard_tai_ns)
            self._fit_in(_Held(batch, batch.order, JointState()))

    def _fit_in(self, one: _Held) -> None:
        """Put a message in its place and do again whatever was done after it."""
        newest = self._state.t_newest_tai_ns
        if isinstance(one.batch, Batch) and newest is not None and one.batch.t_heard_tai_ns < one.order[0]:
            one.order = (max(one.batch.t_heard_tai_ns, newest), *one.order[1:])  # it speaks of what has not come yet
        edge = None if newest is None else newest - round(self.lateness_s * NS_PER_S)
        if edge is not None and one.order[0] < edge:
            one.order = (edge, *one.order[1:])  # too late for its place: it counts from now on
        place = sum(held.order <= one.order for held in self._held)
        again = self._held[place:]
        if again:
            self._state = again[0].before
        del self._held[place:]
        for held in (one, *again):
            held.before = self._state.copy()
            self._apply(held)
            self._held.append(held)
        if self._state.t_newest_tai_ns is not None:
            edge = self._state.t_newest_tai_ns - round(self.lateness_s * NS_PER_S)
            count = sum(held.order[0] < edge for held in self._held)
            del self._held[:count]
        self._say()

    def _apply(self, held: _Held) -> None:
        if isinstance(held.batch, SharedDrop):
            key = (held.order[1], held.batch.number)
            if key in self._state.sources and self._state.sources[key].t_tai_ns <= held.batch.t_tai_ns:
                self._state.forget(key)
            return
        absorb(self._state, held.batch, self.own)

    def _standing_of(self, source: Source) -> OwnerTrust:
        """Of who made a track, or of who passed it on, whichever is worse."""
        order = (Trust.TRUSTED, Trust.DOUBTED, Trust.REFUSED)
        both = [self.trust(source.key[0]), self.trust(source.told_by)]
        return max(both, key=lambda one: (order.index(one.trust), one.inflation))

    def _is_believed(self, source: Source, is_refused: Mapping[Key, bool]) -> bool:
        if source.told_by == self.own:
            return True
        bad = is_refused[source.key[0], source.told_by]
        return not (bad or source.is_still or source.key in self._state.same_as)

    def _contrary(self, groups: Iterable[list[Key]], row: dict[Key, int], rows: Beliefs, t: int) -> set[Key]:
        """Tracks that cannot be true beside the others of their object: shown, not averaged away.

        The others are held against one that has seen the object lately, our own before all.
        """
        sources = self._state.sources
        firsts, others, keys = [], [], []
        for some in groups:
            if len(some) < 2:
                continue
            base = min(some, key=lambda key: (not is_taught(sources[key], t), key[0] != self.own, key))
            for key in some:
                if key != base:
                    firsts.append(row[base])
                    others.append(row[key])
                    keys.append(key)
        if not keys:
            return set()
        apart = rows.states_itrf[others] - rows.states_itrf[firsts]
        squared = mahalanobis_sq(apart, rows.covs[firsts] + rows.covs[others])
        return {key for key, value in zip(keys, squared.tolist(), strict=True) if not value <= PAIR_GATE}

    def _view(
        self, name: str, t: int, state: Scalar, cov: Rows, sources: list[Source], aside: tuple[Key, ...], way: str
    ) -> FusedTrack:
        until: dict[str, int] = {}
        for one in sources:
            for owner, t_until in one.until.items():
                until[owner] = max(t_until, until.get(owner, 0))
        own_phase = [one.phase for one in sources if one.key[0] == self.own and one.phase]
        newest = max(sources, key=lambda one: (one.t_tai_ns, one.key))
        return FusedTrack(
            name, t, state, cov, tuple(one.key for one in sources), aside, way,
            any(self._state.ambiguous.get(one.key, False) for one in sources),
            own_phase[0] if own_phase else newest.phase,
            tuple(sorted({word for one in sources for word in one.phenomena})),
            tuple(sorted({word for one in sources for word in one.caveats})), until,
        )  # fmt: skip

    def _watch_repeats(self, owner: str, tracks: Sequence[SharedTrack]) -> None:
        """The same message again and again is said; it changes nothing."""
        newer = [one for one in tracks if one.t_tai_ns > self._heard.get(key_of(one, owner), -(2**62))]
        for one in newer:
            self._heard[key_of(one, owner)] = one.t_tai_ns
        self._repeats[owner] = 0 if newer else self._repeats.get(owner, 0) + 1
        if self._repeats[owner] == _REPEATS_TO_SAY - 1:
            words = f"{owner}: it has told the same tracks {_REPEATS_TO_SAY} times over; nothing of it is new"
            self._tell(owner, words, Lie.REPEATED)

    def _say(self) -> None:
        for owner, one in sorted(self._state.trust.items()):
            if one.text and self._said.get(owner) != one.text:
                self._said[owner] = one.text
                self._tell(owner, one.text, one.lie)
        for owner in self._state.offsets.owners:
            if owner == self.own:
                continue
            bias = self.bias(owner)
            mark = f"{owner}/bias"
            alarms = ",".join(bias.alarms)
            if bias.objects >= FEWEST_OBJECTS and self._said.get(mark, "") != alarms:
                self._said[mark] = alarms
                words = bias.text or f"{owner}: by {bias.objects} shared satellites it reads as we do"
                self._tell(owner, words, None, FindingKind.REGISTRATION)

    def _tell(self, owner: str, text: str, lie: Lie | None, kind: FindingKind = FindingKind.DOUBT) -> None:
        t = self._state.t_newest_tai_ns or 0
        data = {"mark": "partner-tracks", "owner": owner, "lie": str(lie) if lie else ""}
        data["trust"] = str(self.trust(owner).trust)
        self._findings.append(
            Finding(kind=kind, object_id=owner, t_tai_ns=t, t_declared_tai_ns=t, text=f"partner {text}", data=data)
        )


def _three(vector: Scalar) -> tuple[float, float, float]:
    return float(vector[0]), float(vector[1]), float(vector[2])
