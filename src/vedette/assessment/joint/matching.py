"""Which of our objects a partner speaks of: by where and when it was launched, else by where it is now.

Two estimates of one launch differ by no more than their doubts and the constant errors between two owners' sensors,
for which a floor stands here. Pairs are assigned together, one to one; a pair stays while it is not refuted. A tracker
may lose a flight and find it again under a second number: what stands comes before what was given up, on both sides.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from vedette.assessment.areas import local_m
from vedette.assessment.joint.gaussians import Place, PlaceBook
from vedette.assessment.joint.own_view import STANDING, OwnEvent
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Rows
from vedette.reports import SharedEvent, SharedTrack

GATE_3 = 16.27  # chi square of three, 999 in 1,000
GATE_6 = 22.46  # of six
KEEPS = 2.0  # a pair made is given up only beyond this many times the gate
BETWEEN_OWNERS_M = 2_000.0  # one sigma: constant errors of the two owners' sensors, that neither area holds
BETWEEN_OWNERS_S = 1.0
UNKNOWN_MPS2 = 40.0  # thrust that a track carried through some seconds does not know of
LONGEST_S = 30.0
_FAR = 1e6
_GIVEN_UP, _BLIND = 2.0, 1.0  # as much as any pair that is not refuted, or more: what stands, and is seen, comes first
_CROWD = 400  # pairs: of more, only those are asked of their states that have no place


class Matcher:
    """Remembers the places of estimates, which are dear, and the pairs."""

    def __init__(self) -> None:
        self.places = PlaceBook()
        self.pairs: dict[tuple[str, str], str] = {}  # (owner, event) to our object
        self.agreeing: dict[tuple[str, str], OwnEvent] = {}  # of events left over: an object of ours that has another

    def match(
        self,
        owner: str,
        own: Sequence[OwnEvent],
        events: Sequence[SharedEvent],
        tracks: Mapping[str, SharedTrack],
    ) -> dict[str, OwnEvent]:
        """Of each of the partner's events, the object of ours that it speaks of, one to one; absent: none.

        In `agreeing` afterwards: of the events without one, the object that they agree with too.
        """
        self.agreeing = {key: one for key, one in self.agreeing.items() if key[0] != owner}
        if not own or not events:
            return {}
        here = [None if one.launch is None else self.places(one.launch) for one in own]
        there = [None if one.launch is None else self.places(one.launch) for one in events]
        chi2 = place_chi2(here, there)
        score = chi2 / GATE_3
        is_crowd = score.size > _CROWD
        for j, event in enumerate(events):
            track = next((tracks[n] for n in event.tracks if n in tracks), None)
            for i, one in enumerate(own):
                if track is None or score[i, j] < 1.0 or (is_crowd and not np.isnan(score[i, j])):
                    continue
                if one.evidence in STANDING and event.evidence in STANDING and score[i, j] > KEEPS:
                    continue  # two launches that are both known to be elsewhere
                apart = state_chi2(one, track)
                if apart is not None:
                    score[i, j] = np.fmin(score[i, j], apart / GATE_6)
        for j, event in enumerate(events):
            before = self.pairs.get((owner, event.event_id))
            for i, one in enumerate(own):
                if one.object_id == before and score[i, j] < KEEPS:
                    score[i, j] *= 0.1  # made once, and not refuted since
        given_up = np.array([one.evidence not in STANDING for one in own])[:, None] * _GIVEN_UP
        given_up = given_up + np.array([one.evidence not in STANDING for one in events])[None] * _GIVEN_UP
        cost = np.where(score < 1.0, score + given_up + _BLIND * _seen_no_more(own, score), _FAR)
        rows, columns = linear_sum_assignment(cost)
        found = {}
        for i, j in zip(rows.tolist(), columns.tolist(), strict=True):
            if cost[i, j] < _FAR:
                found[events[j].event_id] = own[i]
        for event in events:
            self.pairs.pop((owner, event.event_id), None)
        self.pairs.update({(owner, event_id): one.object_id for event_id, one in found.items()})
        best = {event.event_id: _best(own, score[:, j]) for j, event in enumerate(events)}
        left = {(owner, name): one for name, one in best.items() if one is not None and name not in found}
        self.agreeing.update(left)
        return found


def _seen_no_more(own: Sequence[OwnEvent], score: Rows) -> Bools:
    """(n, m) where another object of ours agrees with the event too, and was first seen after this one was last."""
    last = np.array([np.inf if one.t_seen_tai_ns is None else one.t_seen_tai_ns for one in own])
    first = np.array([one.t_first_tai_ns for one in own], dtype=float)
    fits = score < 1.0
    follows = last[:, None] <= first[None]  # (i, k): object k was begun after i was blind
    return np.asarray(follows.astype(float) @ fits.astype(float) > 0.0) if follows.any() else np.zeros_like(fits)


def _best(own: Sequence[OwnEvent], column: Rows) -> OwnEvent | None:
    """The object of ours that one event agrees with best; None: none."""
    fits = np.flatnonzero(column < 1.0)
    return own[int(fits[np.argmin(column[fits])])] if len(fits) else None


def place_chi2(here: Sequence[Place | None], there: Sequence[Place | None]) -> Rows:
    """(n, m) chi squares of three, in place and time; NaN where either has no place."""
    out = np.full((len(here), len(there)), np.nan)
    i = [k for k, one in enumerate(here) if one is not None]
    j = [k for k, one in enumerate(there) if one is not None]
    if not i or not j:
        return out
    a, b = [here[k] for k in i], [there[k] for k in j]
    offs = np.stack(
        [local_m(_of(b, "lat_rad"), _of(b, "lon_rad"), p.lat_rad, p.lon_rad) for p in a if p is not None]
    )  # (n, m, 2)
    cov = _of(a, "cov_m2")[:, None] + _of(b, "cov_m2")[None] + BETWEEN_OWNERS_M**2 * np.eye(2)
    det = cov[..., 0, 0] * cov[..., 1, 1] - cov[..., 0, 1] ** 2
    x, y = offs[..., 0], offs[..., 1]
    place = (cov[..., 1, 1] * x * x - 2.0 * cov[..., 0, 1] * x * y + cov[..., 0, 0] * y * y) / det
    t0 = a[0].t_tai_ns if a[0] is not None else 0
    at_a = np.array([(p.t_tai_ns - t0) / NS_PER_S for p in a if p is not None])
    at_b = np.array([(p.t_tai_ns - t0) / NS_PER_S for p in b if p is not None])
    var = _of(a, "sigma_s")[:, None] ** 2 + _of(b, "sigma_s")[None] ** 2 + BETWEEN_OWNERS_S**2
    out[np.ix_(i, j)] = place + (at_a[:, None] - at_b[None]) ** 2 / var
    return out


def _of(places: Sequence[Place | None], name: str) -> Rows:
    return np.array([getattr(one, name) for one in places])


def covariance_of(track: SharedTrack) -> Rows:
    """(6, 6) from the lower triangle."""
    cov = np.zeros((6, 6))
    cov[np.tril_indices(6)] = track.covariance
    return np.asarray(cov + np.tril(cov, -1).T)


def state_chi2(one: OwnEvent, track: SharedTrack) -> float | None:
    """A chi square of six between our state and a partner's, carried to our instant; None: too far apart in time."""
    from vedette.motion.propagate import propagate_coast_stm

    if one.state_itrf is None or one.state_cov_itrf is None:
        return None
    dt_s = (one.t_state_tai_ns - track.t_tai_ns) / NS_PER_S
    if abs(dt_s) > LONGEST_S:
        return None
    state = np.array([*track.position_itrf_m, *track.velocity_itrf_mps])
    state, move = propagate_coast_stm(state, dt_s)
    cov = move @ covariance_of(track) @ move.T
    spread = np.concatenate([np.full(3, 0.5 * UNKNOWN_MPS2 * dt_s**2), np.full(3, UNKNOWN_MPS2 * abs(dt_s))])
    floor = np.concatenate([np.full(3, 0.5 * BETWEEN_OWNERS_M), np.full(3, 20.0)])
    cov = cov + one.state_cov_itrf + np.diag(spread**2 + floor**2)
    off = state - one.state_itrf
    apart = float(off @ np.linalg.solve(cov, off))
    return apart if np.isfinite(apart) else None
