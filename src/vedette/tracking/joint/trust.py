"""Whether an owner's covariances can be believed: squared differences from ours against the band they must lie in.

Each message of an owner is compared, object by object, with what is known without it. Honest differences are
chi-square; their mean over the objects has a band. One object alone accuses nobody, however often it is told: of two
tracks that cannot both be true either may be the wrong one, and neither is joined to the other. Beyond it the owner is
doubted, its covariances widened until the differences fit; far beyond it, or when the cause is plain, it is refused:
compared, and not fused. The cause is told by what explains the differences: one clock, one shift, or neither. An owner
that fits again comes back step by step.
"""

from dataclasses import dataclass, replace

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Rows
from vedette.estimation import chi_square_gate, mahalanobis_sq
from vedette.tracking.joint.offsets import SHIFT, clock_between, slopes
from vedette.tracking.joint.values import Lie, OwnerTrust, Trust

PAIR_GATE = chi_square_gate(1.0 - 1e-4, 6)  # of one pair
TAIL = 1e-6  # of the mean over a message's pairs
REFUSE_AT = 5.0  # mean squared difference over its dimension: the covariances are off by more than twice in sigma
FAILS_TO_SAY, FITS_TO_RETURN, LOWS_TO_SAY = 2, 5, 3
OBJECTS_TO_SAY, DIFFERING_S = 2, 60.0  # that an owner must differ on, and within how long
ECHO_AT = 0.02  # differences so far below their doubts are no second opinion
AHEAD_S = 1.0  # of our own clock and predictions to the next whole second
MOST_CLOCK_S = 20.0  # more is no clock but another thing
_KEPT = 5


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A message's tracks beside what is known without them: states of the reference (n, 6), differences (n, 6), their
    covariances (n, 6, 6), of which the owner's own are (n, 6, 6)."""

    reference_itrf: Rows
    apart: Rows
    covs: Rows
    own_covs: Rows
    is_still: Bools  # told at a new time in an old place
    numbers: tuple[str, ...] = ()  # of its tracks


def judged(
    was: OwnerTrust, seen: Compared, t_tai_ns: int, still_share: float, copies: int, ahead_s: float = 0.0
) -> OwnerTrust:
    """An owner's standing after one message.

    still_share : of all tracks in the message that were told before; copies : numbers that repeat another's track;
    ahead_s : by how much the message speaks of a time later than that at which we heard it
    """
    if ahead_s > AHEAD_S:
        words = f"its clock is {ahead_s:.1f} s or more ahead: its tracks are of times that have not come yet"
        return _failed(was, Lie.CLOCK, np.nan, len(seen.apart), t_tai_ns, words, FAILS_TO_SAY)
    if still_share >= 0.5:
        words = "its tracks have new times and old places"
        return _failed(was, Lie.FROZEN, np.nan, len(seen.apart), t_tai_ns, words, FAILS_TO_SAY)
    if copies:
        words = f"{copies} of its tracks repeat{'s' if copies == 1 else ''} another under a second number"
        since = was.t_since_tai_ns or t_tai_ns
        was = replace(was, lie=Lie.DUPLICATED, text=f"{was.owner}: {words}", t_since_tai_ns=since)
    elif was.lie is Lie.DUPLICATED:
        was = replace(was, lie=None, text=f"{was.owner}: it tells each object once again")
    if len(seen.apart) == 0:
        return was
    squared = mahalanobis_sq(seen.apart, seen.covs)
    n = len(squared)
    outside = squared > PAIR_GATE
    mean = float(np.mean(squared)) / 6.0
    numbers = seen.numbers or tuple(str(i) for i in range(n))
    edge = t_tai_ns - round(DIFFERING_S * NS_PER_S)
    differing = {name: t for name, t in was.differing if t >= edge and name not in numbers}
    differing |= {numbers[i]: t_tai_ns for i in np.flatnonzero(outside)}
    was = replace(was, differing=tuple(sorted(differing.items())))
    if outside.sum() > 0.5 * n:
        if len(differing) < OBJECTS_TO_SAY:
            return replace(was, fitting=0)
        lie, words = cause(seen, outside)
        return _failed(was, lie, mean, n, t_tai_ns, words, 1)
    inside = squared[~outside]  # a pair or two beyond all others is no matter of the owner's
    mean = float(np.mean(inside)) / 6.0
    recent = (*was.recent, mean)[-_KEPT:]
    if mean > chi_square_gate(1.0 - TAIL, 6 * len(inside)) / (6.0 * len(inside)):
        return _failed(was, Lie.COVARIANCE, mean, n, t_tai_ns, _covariance_words(mean), 1)
    # against what is known without it alone: an owner may state wide doubts, and its errors do not make ours smaller
    near = float(np.median(mahalanobis_sq(seen.apart, seen.covs - seen.own_covs))) / 6.0
    low = was.low + 1 if near < ECHO_AT else 0
    if low >= LOWS_TO_SAY:
        words = "its tracks are ours told back: they agree far better than their doubts allow"
        return replace(
            _failed(was, Lie.ECHO, mean, n, t_tai_ns, words, FAILS_TO_SAY), low=low, recent=recent, trust=Trust.REFUSED
        )
    return _fitted(replace(was, low=low, recent=recent), mean, n, t_tai_ns)


def cause(seen: Compared, outside: Bools) -> tuple[Lie, str]:
    """What explains the differences that are too large: a clock, a shift, or nothing common."""
    apart, covs, reference = seen.apart[outside], seen.covs[outside], seen.reference_itrf[outside]
    dof = 6 * len(apart)
    clocks, sigmas = clock_between(apart, reference, covs)
    clock_s = float(np.sum(clocks / sigmas**2) / np.sum(1.0 / sigmas**2))
    way = slopes(reference)
    # what the clock leaves: the second-order part of a long clock error is taken out too
    bend = np.zeros_like(apart)
    bend[:, :3] = 0.5 * clock_s**2 * way[:, 3:, 0]
    left_clock = float(mahalanobis_sq(apart - bend - clock_s * way[:, :, 0], covs).sum())
    H = way[:, :, SHIFT]
    weighed = np.linalg.solve(covs, H)
    normal = np.einsum("nij,nik->jk", H, weighed)
    shift = np.linalg.solve(normal, np.einsum("nij,ni->j", weighed, apart))
    left_shift = float(mahalanobis_sq(apart - H @ shift, covs).sum())
    whole = float(mahalanobis_sq(apart, covs).sum())
    band, spare = chi_square_gate(1.0 - TAIL, dof), 2.0 * np.log(max(dof, 2))  # one number explains as well as three
    if abs(clock_s) < MOST_CLOCK_S and left_clock < min(3.0 * band, 0.5 * whole) and left_clock <= left_shift + spare:
        doubt_s = float(1.0 / np.sqrt(np.sum(1.0 / sigmas**2)))
        which = "ahead" if clock_s < 0.0 else "behind"
        km = abs(clock_s) * float(np.linalg.norm(reference[:, 3:], axis=1).mean()) / 1e3
        words = f"its clock is {abs(clock_s):.2f} s {which} (± {doubt_s:.3f})"
        return Lie.CLOCK, f"{words}: its tracks stand {km:.1f} km off along their way"
    if left_shift < min(max(3.0 * band, 0.2 * whole if len(apart) > 1 else 0.0), 0.5 * whole):
        metres = float(np.linalg.norm(shift))
        sigma = float(np.sqrt(np.mean(np.trace(seen.own_covs[outside][:, :3, :3], axis1=1, axis2=2)) / 3.0))
        size = f"{metres / 1e3:.1f} km" if metres >= 1e3 else f"{metres:.0f} m"
        times = metres / max(sigma, 1e-9)
        return Lie.BIAS, f"its tracks stand {size} aside of what else is known, {times:.0f} of its own sigmas"
    return Lie.COVARIANCE, _covariance_words(whole / dof)


def _covariance_words(mean: float) -> str:
    return f"its tracks differ from what else is known by {np.sqrt(mean):.1f} times what their covariances say"


def _failed(was: OwnerTrust, lie: Lie, mean: float, pairs: int, t_tai_ns: int, words: str, weight: int) -> OwnerTrust:
    failing = was.failing + weight
    recent = was.recent if not np.isfinite(mean) else (*was.recent, mean)[-_KEPT:]
    nees = mean if np.isfinite(mean) else None
    one = replace(was, failing=failing, fitting=0, nees=nees, pairs=pairs, recent=recent)
    if failing < FAILS_TO_SAY:
        return one
    is_refused = was.trust is Trust.REFUSED or not mean < REFUSE_AT or lie in (Lie.CLOCK, Lie.FROZEN, Lie.BIAS)
    trust = Trust.REFUSED if is_refused else Trust.DOUBTED
    since = was.t_since_tai_ns if was.trust is not Trust.TRUSTED else t_tai_ns
    told = "set aside" if is_refused else f"its covariances are taken {max(mean, was.inflation):.1f} times as wide"
    inflation = 1.0 if is_refused else max(mean, was.inflation)
    text = f"{was.owner}: {words}; {told}"
    if was.trust is trust and was.lie is lie:
        text = was.text  # said once
    return replace(one, trust=trust, lie=lie, inflation=inflation, t_since_tai_ns=since, text=text)


def _fitted(was: OwnerTrust, mean: float, pairs: int, t_tai_ns: int) -> OwnerTrust:
    one = replace(was, fitting=was.fitting + 1, failing=0, nees=mean, pairs=pairs)
    if was.trust is Trust.TRUSTED or one.fitting < FITS_TO_RETURN:
        return one
    if was.trust is Trust.REFUSED and was.lie is not Lie.ECHO:
        text = f"{was.owner}: its tracks fit again; they count at half their weight for now"
        return replace(one, trust=Trust.DOUBTED, inflation=2.0, fitting=0, text=text, t_since_tai_ns=t_tai_ns)
    text = f"{was.owner}: its tracks fit; they count in full again"
    return replace(one, trust=Trust.TRUSTED, lie=None, inflation=1.0, fitting=0, text=text, t_since_tai_ns=t_tai_ns)
