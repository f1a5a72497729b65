"""Two tracks on one object: after a gap, a hand-over between sensors, a split that was none.

Two confirmed tracks are one when they stand at one place with one velocity by their own covariances, when no sensor has
lately seen both in one look, and when looks that saw the one have missed the other again and again. The older name
stays. The two states share the sensors' errors in a way that nobody kept account of, so they are not fused: the surer
of the two is kept as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from vedette.core.constants import NS_PER_S
from vedette.estimation import chi_square_gate
from vedette.tracking.look_log import LookChunk
from vedette.tracking.prediction import believed_itrf
from vedette.tracking.rows import TrackRows

LOOK_BACK_S = 120.0
FEWEST_ALONE = 3  # looks that saw one and missed the other
FARTHEST_M = 100e3
_GATE = chi_square_gate(0.99, 6)
_SAME_LOOK_NS = 1_000_000


@dataclass(frozen=True, slots=True)
class Merged:
    """Two keys that were one object: the older, which stays, and the younger, which goes."""

    stays: int
    goes: int


def merge_duplicates(rows: TrackRows, chunks: Sequence[LookChunk]) -> tuple[TrackRows, tuple[Merged, ...]]:
    """Rows without duplicates among the confirmed, and which were merged.

    chunks : what the tracks were seen as lately, silence included, newest last
    """
    sure = np.flatnonzero(rows.is_confirmed)
    if len(sure) < 2:
        return rows, ()
    state, cov = believed_itrf(rows.take(sure))
    sigma_m = np.sqrt(np.trace(cov[:, :3, :3], axis1=1, axis2=2))
    reach = float(min(8.0 * sigma_m.max(), FARTHEST_M))
    pairs = cKDTree(state[:, :3]).query_pairs(reach, output_type="ndarray")
    merged: list[Merged] = []
    drop: set[int] = set()
    renamed: dict[int, int] = {}
    for a, b in pairs[np.lexsort(pairs.T)] if len(pairs) else ():
        i, j = int(sure[a]), int(sure[b])
        if i in drop or j in drop or i in renamed or j in renamed:
            continue
        apart = state[a] - state[b]
        if apart @ np.linalg.solve(cov[a] + cov[b], apart) > _GATE:
            continue
        if not _is_one(int(rows.key[i]), int(rows.key[j]), rows.t_tai_ns, chunks):
            continue
        older, younger = (i, j) if rows.t_start_tai_ns[i] <= rows.t_start_tai_ns[j] else (j, i)
        surer = i if np.linalg.slogdet(cov[a])[1] <= np.linalg.slogdet(cov[b])[1] else j
        merged.append(Merged(int(rows.key[older]), int(rows.key[younger])))
        drop.add(i + j - surer)
        renamed[surer] = older
    if not merged:
        return rows, ()
    key, start = rows.key.copy(), rows.t_start_tai_ns.copy()
    seen, hits, odds = rows.t_seen_tai_ns.copy(), rows.hits.copy(), rows.log_odds.copy()
    for surer, older in renamed.items():
        other = next(one for one in drop if one != surer and _pair(merged, rows, one, surer))
        key[surer], start[surer] = rows.key[older], rows.t_start_tai_ns[older]
        seen[surer] = np.maximum(rows.t_seen_tai_ns[surer], rows.t_seen_tai_ns[other])
        hits[surer] = rows.hits[surer] + rows.hits[other]
        odds[surer] = max(rows.log_odds[surer], rows.log_odds[other])
    whole = replace(rows, key=key, t_start_tai_ns=start, t_seen_tai_ns=seen, hits=hits, log_odds=odds)
    stay = np.ones(len(rows), dtype=bool)
    stay[list(drop)] = False
    return whole.take(stay), tuple(merged)


def _pair(merged: Sequence[Merged], rows: TrackRows, one: int, other: int) -> bool:
    keys = {int(rows.key[one]), int(rows.key[other])}
    return any({m.stays, m.goes} == keys for m in merged)


def _is_one(key: int, other: int, t_tai_ns: int, chunks: Sequence[LookChunk]) -> bool:
    """No look saw both; several saw one and covered the other in vain."""
    edge = t_tai_ns - round(LOOK_BACK_S * NS_PER_S)
    mine, his = _looks(key, edge, chunks), _looks(other, edge, chunks)
    alone = 0
    for look, was_hit in mine.items():
        if look in his:
            if was_hit and his[look]:
                return False
            alone += was_hit != his[look]
    return alone >= FEWEST_ALONE


def _looks(key: int, edge_tai_ns: int, chunks: Sequence[LookChunk]) -> dict[tuple[int, int], bool]:
    """Looks that concerned a track since an instant, by sensor and time: whether it was seen."""
    out: dict[tuple[int, int], bool] = {}
    for chunk in chunks:
        use = np.flatnonzero((chunk.key == key) & (chunk.t_measured_tai_ns >= edge_tai_ns))
        for i in use:
            look = (int(chunk.sensor_index[i]), round(int(chunk.t_measured_tai_ns[i]) / _SAME_LOOK_NS))
            out[look] = out.get(look, False) or bool(chunk.scan_row[i] >= 0)
    return out
