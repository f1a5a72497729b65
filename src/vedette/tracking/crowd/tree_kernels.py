"""One leaf for every track so that no detection is used twice, with the largest summed log-weight: compiled search.

This is the inner problem of track-oriented multiple-hypothesis tracking (Kurien 1990; Blackman 2004), a set packing
over the detections of several looks. Clusters of tracks that share a detection are solved one by one: Lagrangian
relaxation (Poore and Robertson 1997) puts a price on contested detections until no one contests them, and gives an
upper bound; what it leaves open is settled by depth-first branch and bound on the priced weights, which also lists the
next best.
`.py_func` of each is the plain twin.
"""

import numpy as np
from numba import njit

from vedette.tracking.crowd.marginal_kernels import cluster_kernel

PRICE_ROUNDS = 40


@njit(cache=True)
def _fits(leaf: int, used: np.ndarray, taken: np.ndarray) -> bool:
    for n in range(used.shape[1]):  # noqa: SIM110, a generator cannot be compiled
        if used[leaf, n] >= 0 and taken[used[leaf, n]]:
            return False
    return True


@njit(cache=True)
def _mark(leaf: int, used: np.ndarray, taken: np.ndarray, value: bool) -> None:
    for n in range(used.shape[1]):
        if used[leaf, n] >= 0:
            taken[used[leaf, n]] = value


@njit(cache=True)
def _from_most(values: np.ndarray) -> np.ndarray:
    """Indices from the largest value to the smallest; equals stay in their order."""
    order = np.arange(len(values))
    for i in range(1, len(values)):
        which = order[i]
        j = i - 1
        while j >= 0 and values[order[j]] < values[which]:
            order[j + 1] = order[j]
            j -= 1
        order[j + 1] = which
    return order


@njit(cache=True)
def select_kernel(
    start: np.ndarray, weight: np.ndarray, used: np.ndarray, needs: np.ndarray, detections: int, safe: np.ndarray,
    most_ways: int, within: float, most_nodes: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """The best joint choice of leaves, and how probable each leaf is among the best few joint choices.

    Parameters
    ----------
    start : (t + 1,) where each track's leaves begin
    weight : (l,) log-weight of each leaf
    used : (l, w) detections that a leaf rests on, numbered below `detections`; -1 for none
    needs : (l,) detection that some other track's leaf must use, for one that says "it was never mine"; -1 for none
    safe : (t,) a leaf of each track such that all of them together use nothing twice and miss nothing needed
    most_ways, within : how many joint choices are kept in a cluster, and how much less likely (log) they may be
    most_nodes : steps of the search that a cluster may take

    Returns
    -------
    chosen (t,) leaf of each track; share (l,) probability; priced (l,) weight less the price of the detections it uses,
    comparable within a track; cluster (t,); is_proven (clusters,) that nothing is better
    """
    tracks = len(start) - 1
    width = used.shape[1]
    begin = np.zeros(tracks + 1, dtype=np.int64)
    column = np.empty(len(weight) * (width + 1), dtype=np.int64)
    at = 0
    for t in range(tracks):
        for k in range(start[t], start[t + 1]):
            for n in range(width):
                if used[k, n] >= 0:
                    column[at] = used[k, n]
                    at += 1
            if needs[k] >= 0:
                column[at] = needs[k]
                at += 1
        begin[t + 1] = at
    label = cluster_kernel(begin, column[:at], detections)
    clusters = 0
    for t in range(tracks):
        clusters = max(clusters, label[t] + 1)
    first = np.zeros(clusters + 1, dtype=np.int64)
    for t in range(tracks):
        first[label[t] + 1] += 1
    for g in range(clusters):
        first[g + 1] += first[g]
    fill = first.copy()
    member = np.empty(tracks, dtype=np.int64)
    for t in range(tracks):
        member[fill[label[t]]] = t
        fill[label[t]] += 1
    is_proven = np.ones(clusters, dtype=np.bool_)
    chosen = safe.copy()
    share = np.zeros(len(weight))
    price = np.zeros(detections)
    contest = np.zeros(detections, dtype=np.int64)
    taken = np.zeros(detections, dtype=np.bool_)
    priced = np.empty(len(weight))
    for g in range(clusters):
        many = first[g + 1] - first[g]
        team = member[first[g] : first[g + 1]]
        if many == 1:
            t = team[0]
            for k in range(start[t], start[t + 1]):
                priced[k] = weight[k]
                if needs[k] < 0 and weight[k] > weight[chosen[t]]:
                    chosen[t] = k
            total = 0.0
            for k in range(start[t], start[t + 1]):
                share[k] = np.exp(weight[k] - weight[chosen[t]]) if needs[k] < 0 else 0.0
                total += share[k]
            for k in range(start[t], start[t + 1]):
                share[k] /= total
            continue
        lower = 0.0
        for m in range(many):
            lower += weight[safe[team[m]]]
        best = np.empty(many, dtype=np.int64)
        trial = np.empty(many, dtype=np.int64)
        rank = np.empty(many)
        least_upper = np.inf
        for turn in range(PRICE_ROUNDS):  # prices that the tracks pay for contested detections
            upper = 0.0
            for m in range(many):
                t = team[m]
                best[m] = start[t]
                second = -np.inf
                for k in range(start[t], start[t + 1]):
                    priced[k] = weight[k]
                    for n in range(width):
                        if used[k, n] >= 0:
                            priced[k] -= price[used[k, n]]
                    if k > start[t]:
                        if priced[k] > priced[best[m]]:
                            second = priced[best[m]]
                            best[m] = k
                        elif priced[k] > second:
                            second = priced[k]
                upper += priced[best[m]]
                rank[m] = priced[best[m]] - second  # those with most to lose choose first
                for n in range(width):
                    if used[best[m], n] >= 0:
                        contest[used[best[m], n]] += 1
            norm, paid = 0.0, 0.0
            for m in range(many):  # every detection that a leaf of the cluster uses, once
                for k in range(start[team[m]], start[team[m] + 1]):
                    for n in range(width):
                        d = used[k, n]
                        if d >= 0 and not taken[d]:
                            taken[d] = True
                            paid += price[d]
                            slope = contest[d] - 1.0
                            if slope > 0.0 or price[d] > 0.0:
                                norm += slope * slope
            least_upper = min(least_upper, upper + paid)
            for m in range(many):
                for k in range(start[team[m]], start[team[m] + 1]):
                    _mark(k, used, taken, False)
            value, is_whole = 0.0, True
            for m in _from_most(rank):
                t = team[m]
                trial[m] = -1
                for k in range(start[t], start[t + 1]):
                    if (trial[m] < 0 or priced[k] > priced[trial[m]]) and _fits(k, used, taken):
                        trial[m] = k
                if trial[m] < 0:
                    is_whole = False
                    continue
                value += weight[trial[m]]
                _mark(trial[m], used, taken, True)
            for m in range(many):  # what was waited for in vain
                if is_whole and needs[trial[m]] >= 0 and not taken[needs[trial[m]]]:
                    t = team[m]
                    value -= weight[trial[m]]
                    trial[m] = -1
                    for k in range(start[t], start[t + 1]):
                        if (
                            needs[k] < 0
                            and (trial[m] < 0 or weight[k] > weight[trial[m]])
                            and _fits(k, used, taken)
                        ):
                            trial[m] = k
                    if trial[m] < 0:
                        is_whole = False
                    else:
                        value += weight[trial[m]]
                        _mark(trial[m], used, taken, True)
            for m in range(many):
                if trial[m] >= 0:
                    _mark(trial[m], used, taken, False)
            if is_whole and value > lower:
                lower = value
                for m in range(many):
                    chosen[team[m]] = trial[m]
            gap = least_upper - lower
            is_last = gap <= 1e-9 or norm == 0.0 or turn == PRICE_ROUNDS - 1
            step = 0.0 if is_last else (upper + paid - lower) / norm
            for m in range(many):
                for k in range(start[team[m]], start[team[m] + 1]):
                    for n in range(width):
                        d = used[k, n]
                        if d >= 0 and not taken[d]:
                            taken[d] = True
                            if not is_last:
                                price[d] = max(price[d] + step * (contest[d] - 1.0), 0.0)
                            contest[d] = 0
            for m in range(many):
                for k in range(start[team[m]], start[team[m] + 1]):
                    _mark(k, used, taken, False)
            if is_last:
                break
        # depth-first over the priced weights: all joint choices within reach of the best, the best few of them kept
        paid = 0.0
        for m in range(many):
            for k in range(start[team[m]], start[team[m] + 1]):
                for n in range(width):
                    d = used[k, n]
                    if d >= 0 and not taken[d]:
                        taken[d] = True
                        paid += price[d]
        for m in range(many):
            for k in range(start[team[m]], start[team[m] + 1]):
                _mark(k, used, taken, False)
        turns = _from_most(rank)
        rest = np.zeros(many + 1)
        sorted_leaves = np.empty(0, dtype=np.int64)
        leaf_begin = np.zeros(many + 1, dtype=np.int64)
        for depth in range(many):
            t = team[turns[depth]]
            leaf_begin[depth + 1] = leaf_begin[depth] + start[t + 1] - start[t]
        sorted_leaves = np.empty(leaf_begin[many], dtype=np.int64)
        for depth in range(many):
            t = team[turns[depth]]
            by_price = _from_most(priced[start[t] : start[t + 1]])
            for j in range(len(by_price)):
                sorted_leaves[leaf_begin[depth] + j] = start[t] + by_price[j]
        for depth in range(many - 1, -1, -1):
            rest[depth] = rest[depth + 1] + priced[sorted_leaves[leaf_begin[depth]]]
        ways = np.empty((most_ways, many), dtype=np.int64)
        worth = np.full(most_ways, -np.inf)
        for depth in range(many):
            ways[0, depth] = chosen[team[turns[depth]]]
        worth[0] = lower
        found, lowest = 1, 0
        floor = lower - within
        path = np.full(many, -1, dtype=np.int64)
        is_marked = np.zeros(many, dtype=np.bool_)
        spent = np.zeros(many + 1)
        plain = np.zeros(many + 1)
        depth, nodes = 0, 0
        while depth >= 0:
            if is_marked[depth]:
                _mark(sorted_leaves[leaf_begin[depth] + path[depth]], used, taken, False)
                is_marked[depth] = False
            nodes += 1
            if nodes > most_nodes:
                is_proven[g] = least_upper - lower <= 1e-9
                for back in range(depth):
                    _mark(sorted_leaves[leaf_begin[back] + path[back]], used, taken, False)
                break
            path[depth] += 1
            if leaf_begin[depth] + path[depth] >= leaf_begin[depth + 1]:
                path[depth] = -1
                depth -= 1
                continue
            k = sorted_leaves[leaf_begin[depth] + path[depth]]
            if spent[depth] + priced[k] + rest[depth + 1] + paid <= floor:
                path[depth] = -1  # and so would be all after it
                depth -= 1
                continue
            if not _fits(k, used, taken):
                continue
            _mark(k, used, taken, True)
            is_marked[depth] = True
            spent[depth + 1] = spent[depth] + priced[k]
            plain[depth + 1] = plain[depth] + weight[k]
            if depth + 1 < many:
                depth += 1
                path[depth] = -1
                continue
            value = plain[many]
            is_new = True
            for i in range(many):
                wanted = needs[sorted_leaves[leaf_begin[i] + path[i]]]
                if wanted >= 0 and not taken[wanted]:
                    is_new = False
            for j in range(found):
                if abs(worth[j] - value) < 1e-12 * max(1.0, abs(value)):
                    same = True
                    for i in range(many):
                        if ways[j, i] != sorted_leaves[leaf_begin[i] + path[i]]:
                            same = False
                            break
                    if same:
                        is_new = False
                        break
            if is_new and value > floor:
                place = found if found < most_ways else lowest
                found = min(found + 1, most_ways)
                worth[place] = value
                for i in range(many):
                    ways[place, i] = sorted_leaves[leaf_begin[i] + path[i]]
                lower = max(lower, value)
                lowest = 0
                for j in range(1, found):
                    if worth[j] < worth[lowest]:
                        lowest = j
                floor = lower - within
                if found == most_ways:
                    floor = max(floor, worth[lowest])
        total, top = 0.0, 0
        for j in range(found):
            if worth[j] > worth[top]:
                top = j
        for j in range(found):
            total += np.exp(worth[j] - worth[top])
        for i in range(many):
            chosen[team[turns[i]]] = ways[top, i]
            for j in range(found):
                share[ways[j, i]] += np.exp(worth[j] - worth[top]) / total
        for m in range(many):
            for k in range(start[team[m]], start[team[m] + 1]):
                for n in range(width):
                    if used[k, n] >= 0:
                        price[used[k, n]] = 0.0
    return chosen, share, priced, label, is_proven
