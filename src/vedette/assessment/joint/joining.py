"""Tracks of partners beside ours, as the joint tracker joins them: whose is of which object, and whose are believed.

The tracker is fusion's own (`tracking.joint`); here it is told of our tracks at the pace of the review, and asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from vedette.core.shapes import Rows, Scalar
from vedette.reports import Finding, SharedDrop, SharedTrack

if TYPE_CHECKING:
    from vedette.tracking.joint import JointTracker
    from vedette.tracking.joint.values import Joined

OURSELVES = "(we)"  # where a session does not say whose it is
_UNKNOWN = ("unknown", "lost", "down")
_LOWER = np.tril_indices(6)
_REMEMBERED = 8192


class Joining:
    """The joint tracker of a session, made when a partner first tells a track."""

    def __init__(self, own: str = "") -> None:
        self.own = own or OURSELVES
        self._tracker: JointTracker | None = None
        self._told: dict[str, int] = {}  # instants of our tracks as last told
        self._lives: dict[tuple[str, str], tuple[int, int]] = {}  # of partners' tracks: first told, last taught
        self._joined: dict[tuple[str, str], Joined] | None = None  # by track; None: something was told since

    def hear(self, owner: str, tracks: Sequence[SharedTrack], t_heard_tai_ns: int) -> None:
        """A partner's tracks, as one message told them."""
        if not tracks:
            return
        if self._tracker is None:
            from vedette.tracking.joint import JointTracker  # only who has partners pays for it

            self._tracker = JointTracker(self.own)
        self._tracker.hear_partner(owner, tracks, t_heard_tai_ns)
        if len(self._lives) > _REMEMBERED:
            self._lives.clear()
        for track in tracks:
            life = self._tracker.life_of(owner, track.number)
            if life is not None:
                self._lives[owner, track.number] = life
        self._joined = None

    def drop(self, owner: str, drop: SharedDrop) -> None:
        """A track that is told no more."""
        if self._tracker is not None:
            self._tracker.hear_drop(owner, drop)
            self._joined = None

    def tell_own(self, states: Mapping[str, tuple[int, Scalar, Rows]], phases: Mapping[str, str]) -> None:
        """Our own tracks as they stand, where they moved since; nothing while no partner tells any."""
        if self._tracker is None:
            return
        moved = [
            own_track(name, self.own, t, state, cov, phases.get(name, ""))
            for name, (t, state, cov) in states.items()
            if self._told.get(name) != t and np.isfinite(state).all() and np.isfinite(cov).all()
        ]
        if moved:
            self._told.update((one.number, one.t_tai_ns) for one in moved)
            self._tracker.hear_own(moved)
            self._joined = None

    def object_of(self, owner: str, number: str) -> str | None:
        """The object of ours that a partner's track is taken to be of; None: none, or not surely one."""
        if self._tracker is None:
            return None
        if self._joined is None:
            self._joined = self._tracker.joined()
        view = self._joined.get((owner, number))
        if view is None or view.is_ambiguous:
            return None
        return next((name for whose, name in view.members if whose == self.own), None)

    def one_after_another(self, owner: str, first: Sequence[str], second: Sequence[str]) -> bool:
        """Whether one track of an owner was first told after another had seen its object for the last time."""
        a, b = (
            [self._lives[owner, number] for number in numbers if (owner, number) in self._lives]
            for numbers in (first, second)
        )
        return any(x[1] <= y[0] or y[1] <= x[0] for x in a for y in b)

    def lie_of(self, owner: str) -> str:
        """What is wrong with a partner's tracks while they are refused; empty: nothing."""
        if self._tracker is None:
            return ""
        standing = self._tracker.trust(owner)
        return f"tracks-{standing.lie}" if standing.trust.value == "refused" else ""

    def findings(self) -> tuple[Finding, ...]:
        """What is to be said of partners' tracks."""
        return () if self._tracker is None else self._tracker.findings()


def own_track(
    name: str, owner: str, t_tai_ns: int, state_itrf: Scalar, cov: Rows, phase: str = ""
) -> SharedTrack:
    """One of our tracks, spelled as partners' are; a phase that is not known is left empty."""
    x, y, z, vx, vy, vz = np.asarray(state_itrf, dtype=float).tolist()
    return SharedTrack(
        number=name, t_tai_ns=t_tai_ns, position_itrf_m=(x, y, z), velocity_itrf_mps=(vx, vy, vz),
        covariance=tuple(np.asarray(cov, dtype=float)[_LOWER].tolist()), provenance=(owner,),
        phase="" if phase in _UNKNOWN else phase,
    )  # fmt: skip
