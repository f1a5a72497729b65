"""Known objects in a crowd: they take what is theirs before the tracks do, unless a track has the better claim."""

from dataclasses import replace

import numpy as np

from vedette.core.shapes import Ints
from vedette.tracking.crowd.kernels import concerned_rows
from vedette.tracking.crowd.look import CrowdLook
from vedette.tracking.crowd.pairing import ready, score
from vedette.tracking.crowd.pairs import Pairs, nearest_pairs
from vedette.tracking.crowd.policy import CrowdPolicy
from vedette.tracking.crowd.starts import Crowd
from vedette.tracking.crowd.step import Absorbed
from vedette.tracking.known_objects import SURE_LOG_ODDS, KnownPairs


def part_of(look: CrowdLook, which: Ints) -> CrowdLook:
    """A look with some of its detections only; what was looked at stays the same."""
    return replace(
        look,
        t_detected_tai_ns=look.t_detected_tai_ns[which],
        values=np.ascontiguousarray(look.values[which]),
        variances=np.ascontiguousarray(look.variances[which]),
    )


def claimed(crowd: Crowd, look: CrowdLook, policy: CrowdPolicy, known: KnownPairs) -> tuple[Ints, Ints]:
    """Keys of known objects, and the detections that are theirs rather than a track's: (k,) and (k,)."""
    near = np.unique(known.pairs.detection)
    part, rows = part_of(look, near), crowd.rows.used
    room = np.empty(len(rows), dtype=np.int64)
    count = concerned_rows(
        rows.mean, rows.cov, rows.t_tai_ns, look.t_tai_ns, look.origin_itrf_m, look.axes, look.limits, room
    )
    some = crowd.rows.copy(room[:count])  # values of their own: the rows themselves are carried when their turn comes
    expected = ready(some.mean, some.cov, some.t_tai_ns, some.log_odds, np.arange(count), part, policy)
    theirs = score(some.mean, some.cov, some.t_tai_ns, some.log_odds, expected, part, policy)
    one, place = known.pairs.track, np.searchsorted(near, known.pairs.detection)
    both = Pairs(
        np.concatenate([theirs.track, count + one]),
        np.concatenate([theirs.detection, place]),
        np.concatenate([theirs.log_ratio, known.pairs.log_ratio]),
        np.concatenate([theirs.log_odds, np.full(len(known.ids), SURE_LOG_ODDS)]),
        np.concatenate([theirs.chance, known.pairs.chance]),
        len(near),
    )
    taken = nearest_pairs(both)[len(theirs) :] > 0.5
    return known.keys[one[taken]], known.pairs.detection[taken]


def with_claims(taken: Absorbed, keys: Ints, detections: Ints, left: Ints, look_count: int) -> Absorbed:
    """What a look without the claimed detections came to, in the rows of the whole look, and the claims."""
    scan_row = taken.scan_row.copy()
    mine = taken.look == look_count
    if not len(left):
        left = np.zeros(1, dtype=np.int64)  # nothing was left: nothing refers to it
    scan_row[mine] = left[scan_row[mine]]
    choices = taken.choices
    if choices is not None:
        choices = replace(choices, scan_row=np.where(choices.scan_row >= 0, left[choices.scan_row], choices.scan_row))
    return Absorbed(
        np.concatenate([taken.key, keys]),
        np.concatenate([scan_row, detections]),
        np.concatenate([taken.look, np.full(len(keys), look_count)]),
        choices,
    )
