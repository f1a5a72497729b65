"""One owner's belief of one object as it was last told, and a little of what was told before.

A filtered track is taken as told. Tracklets, each only what was learnt since the one before, are put together again
into what their owner must believe: then both sorts are fused the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Ints, Rows, Scalar
from vedette.reports import SharedTrack, TrackContent
from vedette.tracking.joint.carrying import Beliefs, carried, first_tied, phases_of, seconds_between, tied_after
from vedette.tracking.joint.intersection import added, inverse
from vedette.tracking.joint.values import Key

_LOWER = np.tril_indices(6)
_LOWEST_M, _FARTHEST_M, _FASTEST_MPS = 6.2e6, 4e8, 3.5e4  # the last relative to the turning Earth
_SMALLEST, _LARGEST = np.array([1e-4] * 3 + [1e-6] * 3), np.array([1e7] * 3 + [1e5] * 3)
TAUGHT = 0.05  # so much smaller in log volume than coasting left it: it has been seen
_PAST = 64  # so many earlier beliefs are kept: common knowledge is taken out as it was then


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A row to be; never changed."""

    key: Key
    told_by: str  # the owner itself, or who passed it on
    t_tai_ns: int
    state_itrf: Scalar  # (6,)
    cov: Rows  # (6, 6)
    tied: Rows  # (6, 6) of it: common doubt of motion
    phase: str
    phenomena: tuple[str, ...]
    caveats: tuple[str, ...]
    until: dict[str, int]  # by owner whose knowledge is in it: up to when; 0 where that was not told
    t_first_tai_ns: int
    past: tuple[tuple[int, Scalar, Rows], ...] = ()
    is_still: bool = False  # it was told at a new time in its old place
    t_taught_tai_ns: int = 0  # when its covariance last showed that something new had been seen
    gained: float = 0.0  # since then: how much smaller it is told than coasting would have left it, log of volume

    @property
    def is_mixed(self) -> bool:
        """It holds other owners' knowledge too."""
        return len(self.until) > 1


def covariance_terms(cov: Rows) -> tuple[float, ...]:
    """The 21 terms of a covariance (6, 6), lower triangle row by row."""
    return tuple(np.asarray(cov, dtype=float)[_LOWER].tolist())


def states_of(tracks: Sequence[SharedTrack]) -> Rows:
    """(n, 6) position and velocity."""
    return np.array([(*one.position_itrf_m, *one.velocity_itrf_mps) for one in tracks], dtype=float).reshape(-1, 6)


def covariances_of(tracks: Sequence[SharedTrack]) -> Rows:
    """(n, 6, 6) out of the 21 terms of each."""
    covs = np.zeros((len(tracks), 6, 6))
    covs[:, _LOWER[0], _LOWER[1]] = np.array([one.covariance for one in tracks], dtype=float).reshape(-1, 21)
    return np.asarray(covs + np.swapaxes(np.tril(covs, -1), -1, -2))


def are_usable(tracks: Sequence[SharedTrack]) -> list[bool]:
    """Which have numbers that can be a state with a doubt.

    Finite, near the Earth or above it, nearer than the Moon, no faster than what leaves; sigmas from a tenth of a
    millimetre to ten thousand kilometres; a covariance that is one.
    """
    fine = np.array([len(one.covariance) == 21 for one in tracks], dtype=bool)
    whole = [one for one in tracks if len(one.covariance) == 21]
    if not whole:
        return [False] * len(tracks)
    states, covs = states_of(whole), covariances_of(whole)
    ok = np.asarray(np.isfinite(states).all(axis=1) & np.isfinite(covs).all(axis=(1, 2)))
    states, covs = np.where(ok[:, None], states, 0.0), np.where(ok[:, None, None], covs, np.eye(6))
    variance = np.diagonal(covs, axis1=1, axis2=2)
    ok &= (np.abs(states[:, :3]).max(axis=1) <= _FARTHEST_M) & (np.abs(states[:, 3:]).max(axis=1) <= _FASTEST_MPS)
    ok &= ((variance > _SMALLEST**2) & (variance < _LARGEST**2)).all(axis=1)
    states, covs = np.where(ok[:, None], states, 0.0), np.where(ok[:, None, None], covs, np.eye(6))
    distance_m, speed_mps = np.linalg.norm(states[:, :3], axis=1), np.linalg.norm(states[:, 3:], axis=1)
    ok &= (distance_m > _LOWEST_M) & (distance_m < _FARTHEST_M) & (speed_mps < _FASTEST_MPS)
    scale = np.sqrt(np.diagonal(covs, axis1=1, axis2=2))
    tie = covs / (scale[:, :, None] * scale[:, None, :])
    ok &= (np.abs(tie).max(axis=(1, 2)) <= 1.0 + 1e-9) & (np.linalg.eigvalsh(tie)[:, 0] > 1e-12)
    fine[fine] = ok
    return fine.tolist()


def known_until(track: SharedTrack, told_by: str) -> dict[str, int]:
    """By owner whose looks or tracks are in it: up to when, 0 where that is not told."""
    owners = track.provenance or (told_by,)
    times = track.provenance_t_tai_ns if len(track.provenance_t_tai_ns) == len(owners) else (0,) * len(owners)
    until = dict(zip(owners, times, strict=True))
    if len(owners) == 1 and not until[owners[0]]:
        until[owners[0]] = track.t_tai_ns
    return until


def with_told(
    before: list[Source | None], keys: list[Key], tracks: list[SharedTrack], told_by: str
) -> list[Source]:
    """What is believed of some sources once tracks of one instant are told, row by row with what stood before."""
    states, covs = states_of(tracks), covariances_of(tracks)
    phase = phases_of([one.phase for one in tracks], states)
    tied = first_tied(states, covs, phase)
    told = states.copy()
    olds = [i for i, one in enumerate(before) if one is not None]
    still = np.zeros(len(tracks), dtype=bool)
    gain = np.full(len(tracks), np.inf)
    if olds:
        old = [one for one in before if one is not None]
        there, dt_s = beliefs_of(old), seconds_between(
            np.array([tracks[i].t_tai_ns for i in olds]), np.array([one.t_tai_ns for one in old])
        )
        still[olds] = _stand_still(there, told[olds], dt_s)
        now = carried(there, dt_s, phase[olds])
        pieces = [i for i, at in enumerate(olds) if tracks[at].content is TrackContent.TRACKLET]
        if pieces:
            rows = [olds[i] for i in pieces]
            Y = inverse(covs[rows])
            mean, P = added(now.states_itrf[pieces], now.covs[pieces], np.einsum("nij,nj->ni", Y, states[rows]), Y)
            states[rows], covs[rows] = mean, P
        tied[olds] = tied_after(now, covs[olds])
        unseeing = now.covs if now.least is None else now.least
        gain[olds] = 0.5 * (np.linalg.slogdet(unseeing)[1] - np.linalg.slogdet(covs[olds])[1])
    out = []
    for i, (was, key, track) in enumerate(zip(before, keys, tracks, strict=True)):
        past = () if was is None else (*was.past, (was.t_tai_ns, was.state_itrf, was.cov))[-_PAST:]
        first = track.t_tai_ns if was is None else was.t_first_tai_ns
        gained = max(float(gain[i]) + (was.gained if was is not None else 0.0), 0.0)
        is_taught = was is None or gained > TAUGHT
        t_taught, gained = (track.t_tai_ns, 0.0) if is_taught or was is None else (was.t_taught_tai_ns, gained)
        out.append(
            Source(
                key, told_by, track.t_tai_ns, states[i], covs[i], tied[i], track.phase, track.phenomena, track.caveats,
                known_until(track, told_by), first, past, bool(still[i]), t_taught, gained,
            )
        )  # fmt: skip
    return out


def _stand_still(before: Beliefs, told: Rows, dt_s: Scalar) -> Scalar:
    """(n,) where a body that moves was told at a new time in its old place."""
    way_m = np.linalg.norm(before.states_itrf[:, 3:], axis=1) * np.abs(dt_s)
    sigma_m = np.sqrt(np.trace(before.covs[:, :3, :3], axis1=1, axis2=2))
    moved_m = np.linalg.norm(told[:, :3] - before.states_itrf[:, :3], axis=1)
    return np.asarray((way_m > 10.0 * sigma_m) & (way_m > 1000.0) & (moved_m < 0.05 * way_m))


def beliefs_of(sources: list[Source]) -> Beliefs:
    """Sources as rows, each at its own instant."""
    return Beliefs(
        np.array([one.state_itrf for one in sources]).reshape(-1, 6),
        np.array([one.cov for one in sources]).reshape(-1, 6, 6),
        np.array([one.tied for one in sources]).reshape(-1, 6, 6),
    )


def at_instant(sources: list[Source], t_tai_ns: int) -> tuple[Beliefs, Ints]:
    """All of them carried to one instant, and their phases."""
    rows = beliefs_of(sources)
    phase = phases_of([one.phase for one in sources], rows.states_itrf)
    dt_s = seconds_between(t_tai_ns, np.array([one.t_tai_ns for one in sources], dtype=np.int64))
    return carried(rows, dt_s, phase), phase


def believed_then(source: Source, t_tai_ns: int) -> tuple[int, Scalar, Rows]:
    """What a source believed at the latest instant up to the one given; its oldest belief when all are later."""
    whole = (*source.past, (source.t_tai_ns, source.state_itrf, source.cov))
    upto = [one for one in whole if one[0] <= t_tai_ns]
    return upto[-1] if upto else whole[0]
