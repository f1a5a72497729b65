"""One lane as it is heard: which numbers came, which are missing, and whether the history is the one that was signed.

Every number is taken once, ever, whatever the order. The tree over the lane grows in the order of the numbers; when
some stay away it goes on from the next message that carries the peaks of its history, and the receipt says which
messages were never seen.
"""

from dataclasses import dataclass

import msgspec

from vedette.sharing.link.message import LinkHeader
from vedette.sharing.link.peaks import are_peaks_of, peaks_after, root_of_peaks
from vedette.sharing.link.state import RECENT, LaneHeard, Receipt
from vedette.sharing.link.troubles import NotBelieved, Trouble

AHEAD_MOST = 64  # heard beyond a hole before the tree goes on without what is missing
MISSING_MOST = 256  # ranges of missing numbers that are remembered; what falls out can come no more
JOIN_AT_MOST = 64  # a first message with a higher number begins the lane where it stands


@dataclass(frozen=True, slots=True)
class Taken:
    """A number was new."""

    lane: LaneHeard
    gap: tuple[int, int] | None = None  # numbers that this one showed to be missing
    has_filled: bool = False  # it was one of the missing
    other_history: str = ""  # how the history it signs differs from what was heard


def is_heard(lane: LaneHeard, number: int) -> bool:
    """Whether a number came already (or can come no more)."""
    return number <= lane.newest and not any(low <= number <= high for low, high in lane.missing)


def check_repeat(lane: LaneHeard, number: int, leaf: bytes, age_s: float, old_after_s: float) -> LaneHeard:
    """The lane after a repeat; NotBelieved when it is an old one, or the number stood for something else."""
    known = dict(lane.recent).get(number)
    if known is not None and known != leaf:
        text = f"number {number} was heard with another content; it was used twice, or a sender was set back"
        raise NotBelieved(Trouble.REUSED, text)
    if age_s > old_after_s:
        raise NotBelieved(Trouble.REPLAYED, f"number {number} was heard already and was sent {_ago(age_s)} ago")
    return msgspec.structs.replace(lane, repeats=lane.repeats + 1)


def take(lane: LaneHeard, header: LinkHeader, leaf: bytes) -> Taken:
    """The lane after a number that is new."""
    number = header.sequence
    gap, has_filled = None, False
    missing = lane.missing
    is_joining = not lane.newest and number > JOIN_AT_MOST
    if number > lane.newest:
        if number > lane.newest + 1:
            gap = (lane.newest + 1, number - 1)
            missing = missing if is_joining else (*missing, gap)[-MISSING_MOST:]
    else:
        has_filled = True
        missing = _without(missing, number)
    grown = msgspec.structs.replace(
        lane, newest=max(lane.newest, number), missing=missing, recent=(*lane.recent, (number, leaf))[-RECENT:],
        repeats=0, t_sent_tai_ns=header.t_sent_tai_ns if number > lane.newest else lane.t_sent_tai_ns,
    )  # fmt: skip
    grown, trouble = _grow(grown, header, leaf)
    return Taken(grown, gap, has_filled, trouble)


def receipt_of(lane: LaneHeard) -> Receipt:
    """What can be signed as heard."""
    missing = tuple((low, min(high, lane.whole)) for low, high in lane.missing if low <= lane.whole)
    return Receipt(count=lane.whole, root=root_of_peaks(lane.peaks).hex(), missing=missing)


def _grow(lane: LaneHeard, header: LinkHeader, leaf: bytes) -> tuple[LaneHeard, str]:
    """Let the tree grow by a message that was taken."""
    whole, peaks, trouble = lane.whole, lane.peaks, ""
    number, before = header.sequence, bytes.fromhex(header.before)
    if number <= whole:  # it fills a hole that the tree has passed: its leaf is in there by the sender's word
        return lane, ""
    ahead = {one: (its_leaf, its_before) for one, its_leaf, its_before in lane.ahead}
    ahead[number] = (leaf, before)
    is_next = number == whole + 1
    if is_next and before != root_of_peaks(peaks):
        trouble = f"number {number} signs another history of the {whole} before it than was heard"
    if header.peaks and (trouble or (not is_next and (len(ahead) >= AHEAD_MOST or not whole))):
        given = _peaks(header.peaks)
        if are_peaks_of(given, number - 1, before):
            whole, peaks = number - 1, given  # from here on by the sender's word
        else:
            trouble = f"the history that number {number} shows is not the one it signs"
    while whole + 1 in ahead:
        its_leaf, its_before = ahead.pop(whole + 1)
        if not trouble and its_before != root_of_peaks(peaks):
            trouble = f"number {whole + 1} signs another history of the {whole} before it than was heard"
        peaks, whole = peaks_after(peaks, whole, its_leaf), whole + 1
    kept = sorted((one, *rest) for one, rest in ahead.items() if one > whole)[-2 * AHEAD_MOST :]
    return msgspec.structs.replace(lane, whole=whole, peaks=peaks, ahead=tuple(kept)), trouble


def _peaks(words: tuple[str, ...]) -> tuple[bytes, ...]:
    try:
        return tuple(bytes.fromhex(one) for one in words)
    except ValueError:
        return (b"",)  # fits no history


def _without(missing: tuple[tuple[int, int], ...], number: int) -> tuple[tuple[int, int], ...]:
    left = []
    for low, high in missing:
        if not low <= number <= high:
            left.append((low, high))
            continue
        left.extend(part for part in ((low, number - 1), (number + 1, high)) if part[0] <= part[1])
    return tuple(left)


def _ago(age_s: float) -> str:
    if age_s < 5400.0:
        return f"{age_s / 60.0:.0f} min"
    return f"{age_s / 3600.0:.1f} h" if age_s < 172_800.0 else f"{age_s / 86_400.0:.1f} days"
