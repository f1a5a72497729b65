"""Keeping what was weighed: one chunk a look, bounded, so that a track can be explained later."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.reports import Alternatives

LEAST = 0.01  # answers less likely are not kept, unless they were taken
_CROWDED = 10_000  # tracks; in larger crowds only those looks of a track are kept that left a doubt
_ROW_BYTES = 72


@dataclass(frozen=True, slots=True, eq=False)
class LookChoices:
    """Rows of `Alternatives` of one look, for all tracks that had anything to choose from."""

    key: Ints  # (c,) the track
    sensor_index: Ints
    t_tai_ns: Ints
    scan_row: Ints
    probability: Scalar
    log_ratio: Scalar
    is_taken: Bools
    sigma_before_m: Scalar
    sigma_after_m: Scalar
    moved_m: Scalar

    def __len__(self) -> int:
        return len(self.key)

    def told_in(self, rows_of_look: Ints | None) -> "LookChoices":
        """The same in rows of the look as it was told, where these are some of them."""
        if rows_of_look is None or not len(rows_of_look):
            return self
        return replace(self, scan_row=np.where(self.scan_row >= 0, rows_of_look[self.scan_row], self.scan_row))

    def take(self, which: Ints | Bools) -> "LookChoices":
        """These rows only."""
        return LookChoices(*(getattr(self, f.name)[which] for f in fields(LookChoices)))


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """Where n tracks are, and how sure: positions (n, 3) and root traces of their covariances (n,), metres."""

    place_m: Rows
    sigma_m: Scalar


def belief_of(mean: Rows, cov: Rows, which: Ints | slice = slice(None)) -> Belief:
    """Of some rows of states (n, 6) and covariances (n, 6, 6); the position is in the first three places."""
    trace = cov[which, 0, 0] + cov[which, 1, 1] + cov[which, 2, 2]
    return Belief(np.array(mean[which, :3]), np.sqrt(np.maximum(trace, 0.0)))


def choices_of(
    key: Ints, t_tai_ns: int, sensor_index: int, track: Ints, scan_row: Ints, log_ratio: Scalar, log_miss: Scalar,
    is_taken: Bools, before: Belief, after: Belief, probability: Scalar | None = None,
) -> LookChoices:  # fmt: skip
    """The answers worth keeping.

    Parameters
    ----------
    key (n,), log_miss (n,) : of each track; track (p,), scan_row (p,), log_ratio (p,), is_taken (p,) : of each pair
    before, after : the tracks' belief around the look
    probability (p,) : of each pair; None: worked out as if each track were alone
    """
    n = len(key)
    if probability is None:
        top = log_miss.copy()
        np.maximum.at(top, track, log_ratio)
        whole = np.bincount(track, np.exp(log_ratio - top[track]), n) + np.exp(log_miss - top)
        probability = np.exp(log_ratio - top[track]) / whole[track]
    missed = np.maximum(1.0 - np.bincount(track, probability, n), 0.0)
    has_any = np.bincount(track, minlength=n) > 0
    is_hit = np.bincount(track, is_taken, n) > 0
    if n > _CROWDED:
        sure = np.zeros(n, dtype=bool)
        sure[track[is_taken & (probability > 1.0 - LEAST)]] = True
        has_any &= ~sure
    pairs = np.flatnonzero(has_any[track] & ((probability >= LEAST) | is_taken))
    quiet = np.flatnonzero(has_any & ((missed >= LEAST) | ~is_hit))
    who = np.concatenate([track[pairs], quiet])
    share = np.concatenate([probability[pairs], missed[quiet]])
    order = np.lexsort((-share, who))
    who = who[order]
    moved = np.linalg.norm(after.place_m - before.place_m, axis=1)
    return LookChoices(
        key[who], np.full(len(who), sensor_index, dtype=np.int64), np.full(len(who), t_tai_ns, dtype=np.int64),
        np.concatenate([scan_row[pairs], np.full(len(quiet), -1, dtype=np.int64)])[order], share[order],
        np.concatenate([log_ratio[pairs], log_miss[quiet]])[order],
        np.concatenate([is_taken[pairs], ~is_hit[quiet]])[order],
        before.sigma_m[who], after.sigma_m[who], moved[who],
    )  # fmt: skip


class ChoiceLog:
    """Chunks of the last looks, oldest dropped when there are more bytes than allowed."""

    def __init__(self, most_mib: float) -> None:
        self._most_bytes = most_mib * 2**20
        self._bytes = 0
        self._held: deque[tuple[tuple[int, str, bytes], LookChoices]] = deque()

    def add(self, order: tuple[int, str, bytes], chunk: LookChoices) -> None:
        """Remember the choices of a look; `order` is its place in time."""
        if len(chunk) == 0:
            return
        self._held.append((order, chunk))
        self._bytes += _ROW_BYTES * len(chunk)
        while self._bytes > self._most_bytes and len(self._held) > 1:
            self._bytes -= _ROW_BYTES * len(self._held.popleft()[1])

    def go_back(self, order: tuple[int, str, bytes]) -> None:
        """Forget looks from this place in time on: they are done again."""
        while self._held and self._held[-1][0] >= order:
            self._bytes -= _ROW_BYTES * len(self._held.pop()[1])

    def of(self, keys: Sequence[int], sensor_ids: tuple[str, ...], bits: int = 63) -> Alternatives:
        """Everything remembered of one track, under whichever of its keys; of keys only the lowest `bits` count."""
        mask = np.int64((1 << bits) - 1)
        parts = [chunk.take(np.isin(chunk.key & mask, keys)) for _, chunk in self._held]
        names = [f.name for f in fields(LookChoices) if f.name != "key"]
        columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names} if parts else {}
        if not parts:
            whole, real = np.empty(0, dtype=np.int64), np.empty(0)
            return Alternatives(sensor_ids, whole, whole, whole, real, real, real.astype(bool), real, real, real)
        return Alternatives(sensor_ids, **columns)
