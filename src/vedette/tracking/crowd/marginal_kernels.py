"""Sums over every way to share out detections among tracks: the compiled inner loops of joint association.

A *row* (a track) takes nothing, with weight `idle`, or one of its columns (detections), each with its own weight; no
column is taken twice. The sum over all ways is a permanent-like number; what is wanted is each pair's share of it.

Exact: rows are taken in an order; what the future must know of the past is only which columns that are still wanted
have been taken. So a table over subsets of those *live* columns is carried forwards and backwards, as in the efficient
hypothesis management of Horridge and Maskell (2006), whose nodes are these subsets. Columns wanted by one row only
never enter it. Weights are positive and only added and multiplied: no cancellation, whatever their size.

Approximate: loopy belief propagation of Williams and Lau (IEEE TAES 50, 2014), whose messages always converge.
`.py_func` of each is the plain twin.
"""

import numpy as np
from numba import njit


@njit(cache=True)
def _root(parent: np.ndarray, i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@njit(cache=True)
def cluster_kernel(start: np.ndarray, column: np.ndarray, columns: int) -> np.ndarray:
    """(n,) cluster number of each row: rows that share a column, at first or n-th hand, have the same; 0, 1, 2, ..."""
    n = len(start) - 1
    parent = np.arange(n)
    first = np.full(columns, -1, dtype=np.int64)
    for i in range(n):
        for k in range(start[i], start[i + 1]):
            c = column[k]
            if first[c] < 0:
                first[c] = i
            else:
                a, b = _root(parent, first[c]), _root(parent, i)
                if a < b:
                    parent[b] = a
                elif b < a:
                    parent[a] = b
    label = np.empty(n, dtype=np.int64)
    count = 0
    for i in range(n):  # a root is the first row of its cluster
        root = _root(parent, i)
        if root == i:
            label[i] = count
            count += 1
        else:
            label[i] = label[root]
    return label


@njit(cache=True)
def transpose_kernel(start: np.ndarray, column: np.ndarray, columns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Start, row and place in the original of the same pairs ordered by column."""
    there = np.zeros(columns + 1, dtype=np.int64)
    for k in range(len(column)):
        there[column[k] + 1] += 1
    for c in range(columns):
        there[c + 1] += there[c]
    fill = there.copy()
    row = np.empty(len(column), dtype=np.int64)
    place = np.empty(len(column), dtype=np.int64)
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            at = fill[column[k]]
            fill[column[k]] += 1
            row[at], place[at] = i, k
    return there, row, place


@njit(cache=True)
def plan_kernel(
    start: np.ndarray, column: np.ndarray, columns: int, there: np.ndarray, row: np.ndarray
) -> tuple[np.ndarray, float, int]:
    """An order of the rows that keeps few columns live, what it costs in multiplications, and the most live at once."""
    n = len(start) - 1
    left = np.empty(columns, dtype=np.int64)  # rows that still want it
    for c in range(columns):
        left[c] = there[c + 1] - there[c]
    is_live = np.zeros(columns, dtype=np.bool_)
    done = np.zeros(n, dtype=np.bool_)
    near = np.zeros(n, dtype=np.bool_)  # shares a column with a row that is done
    order = np.empty(n, dtype=np.int64)
    live, widest, cost = 0, 0, 0.0
    for step in range(n):
        best, best_new, best_gone = -1, 0, 0
        for i in range(n):
            if done[i] or (step > 0 and not near[i]):
                continue
            new, gone = 0, 0
            for k in range(start[i], start[i + 1]):
                c = column[k]
                if left[c] > 1 and not is_live[c]:
                    new += 1
                elif left[c] == 1 and is_live[c]:
                    gone += 1
            if best < 0 or new - gone < best_new - best_gone:
                best, best_new, best_gone = i, new, gone
        order[step] = best
        done[best] = True
        cost += 2.0 ** min(live, 60) * (1.0 + best_new + start[best + 1] - start[best])
        live += best_new
        widest = max(widest, live)
        for k in range(start[best], start[best + 1]):
            c = column[k]
            left[c] -= 1
            if left[c] > 0:
                is_live[c] = True
            elif is_live[c]:
                is_live[c] = False
                live -= 1
            for j in range(there[c], there[c + 1]):
                near[row[j]] = True
    return order, max(cost, (n + 1) * 2.0 ** min(widest, 60)), widest  # the table is memory, too


@njit(cache=True)
def frontier_kernel(
    start: np.ndarray, column: np.ndarray, weight: np.ndarray, idle: np.ndarray, columns: int,
    order: np.ndarray, widest: int, share: np.ndarray, idle_share: np.ndarray,
) -> None:  # fmt: skip
    """Exact share of each pair (`share`) and of taking nothing (`idle_share`), by subsets of the live columns."""
    n = len(order)
    wanted = np.zeros(columns, dtype=np.int64)
    for k in range(len(column)):
        wanted[column[k]] += 1
    left = wanted.copy()
    slot = np.full(columns, -1, dtype=np.int64)
    free = (1 << widest) - 1
    bit = np.zeros(len(column), dtype=np.int64)  # 0: wanted by this row alone
    live = np.zeros(n + 1, dtype=np.int64)
    keep = np.zeros(n, dtype=np.int64)  # columns still live after a row
    for step in range(n):
        i = order[step]
        now = live[step]
        gone = 0
        for k in range(start[i], start[i + 1]):
            c = column[k]
            if wanted[c] == 1:
                continue
            if slot[c] < 0:
                s = 0
                while not (free >> s) & 1:
                    s += 1
                slot[c] = s
                free ^= 1 << s
                now |= 1 << s
            bit[k] = 1 << slot[c]
            left[c] -= 1
            if left[c] == 0:
                gone |= bit[k]
        keep[step] = ~gone
        live[step + 1] = now & ~gone
        free |= gone
    forward = np.zeros((n + 1, 1 << widest))
    forward[0, 0] = 1.0
    for step in range(n):
        i = order[step]
        alone = idle[i]
        for k in range(start[i], start[i + 1]):
            if bit[k] == 0:
                alone += weight[k]
        most = 0.0
        taken = live[step]
        while True:
            f = forward[step, taken]
            if f > 0.0:
                forward[step + 1, taken & keep[step]] += f * alone
                for k in range(start[i], start[i + 1]):
                    if bit[k] != 0 and not taken & bit[k]:
                        forward[step + 1, (taken | bit[k]) & keep[step]] += f * weight[k]
            if taken == 0:
                break
            taken = (taken - 1) & live[step]
        taken = live[step + 1]
        while True:
            most = max(most, forward[step + 1, taken])
            if taken == 0:
                break
            taken = (taken - 1) & live[step + 1]
        taken = live[step + 1]
        while True:
            forward[step + 1, taken] /= most
            if taken == 0:
                break
            taken = (taken - 1) & live[step + 1]
    after = np.zeros(1 << widest)
    before = np.zeros(1 << widest)
    after[0] = 1.0
    for step in range(n - 1, -1, -1):
        i = order[step]
        alone = idle[i]
        for k in range(start[i], start[i + 1]):
            share[k] = 0.0
            if bit[k] == 0:
                alone += weight[k]
        nothing, most = 0.0, 0.0
        taken = live[step]
        while True:
            f = forward[step, taken]
            b = alone * after[taken & keep[step]]
            nothing += f * b
            for k in range(start[i], start[i + 1]):
                if bit[k] != 0 and not taken & bit[k]:
                    more = weight[k] * after[(taken | bit[k]) & keep[step]]
                    b += more
                    share[k] += f * more
            before[taken] = b
            most = max(most, b)
            if taken == 0:
                break
            taken = (taken - 1) & live[step]
        total = nothing
        for k in range(start[i], start[i + 1]):
            total += share[k]
        for k in range(start[i], start[i + 1]):
            if bit[k] == 0:
                share[k] = nothing * weight[k] / alone / total
            else:
                share[k] /= total
        idle_share[i] = nothing * idle[i] / alone / total
        taken = live[step]
        while True:
            after[taken] = before[taken] / most
            if taken == 0:
                break
            taken = (taken - 1) & live[step]


@njit(cache=True)
def propagation_kernel(
    start: np.ndarray, column: np.ndarray, weight: np.ndarray, idle: np.ndarray, columns: int,
    iterations: int, tolerance: float, share: np.ndarray, idle_share: np.ndarray,
) -> None:  # fmt: skip
    """The same shares by loopy belief propagation (Williams and Lau 2014, fig. 2): close, and not exact with loops."""
    n = len(start) - 1
    to_row = np.ones(len(column))
    to_column = np.zeros(len(column))
    heard = np.zeros(columns)
    for _ in range(iterations):
        for c in range(columns):
            heard[c] = 1.0
        for i in range(n):
            total = idle[i]
            for k in range(start[i], start[i + 1]):
                total += weight[k] * to_row[k]
            for k in range(start[i], start[i + 1]):
                to_column[k] = weight[k] / max(total - weight[k] * to_row[k], 1e-300)
                heard[column[k]] += to_column[k]
        change = 0.0
        for k in range(len(column)):
            new = 1.0 / max(heard[column[k]] - to_column[k], 1e-300)
            change = max(change, abs(np.log(new / to_row[k])))
            to_row[k] = new
        if change < tolerance:
            break
    for i in range(n):
        total = idle[i]
        for k in range(start[i], start[i + 1]):
            total += weight[k] * to_row[k]
        for k in range(start[i], start[i + 1]):
            share[k] = weight[k] * to_row[k] / total
        idle_share[i] = idle[i] / total


@njit(cache=True)
def marginal_kernel(
    start: np.ndarray, column: np.ndarray, log_weight: np.ndarray, log_idle: np.ndarray, columns: int,
    label: np.ndarray, most_work: float, iterations: int, tolerance: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Shares of pairs, of idle rows, of free columns, and whether each cluster (`cluster_kernel`) was done exactly."""
    n = len(start) - 1
    share = np.zeros(len(column))
    idle_share = np.ones(n)
    free = np.ones(columns)
    clusters = 0
    for i in range(n):
        clusters = max(clusters, label[i] + 1)
    is_exact = np.ones(clusters, dtype=np.bool_)
    begin = np.zeros(clusters + 1, dtype=np.int64)
    for i in range(n):
        begin[label[i] + 1] += 1
    for g in range(clusters):
        begin[g + 1] += begin[g]
    fill = begin.copy()
    member = np.empty(n, dtype=np.int64)
    for i in range(n):
        member[fill[label[i]]] = i
        fill[label[i]] += 1
    number = np.full(columns, -1, dtype=np.int64)
    for g in range(clusters):
        rows = begin[g + 1] - begin[g]
        if rows == 1:
            i = member[begin[g]]
            top = log_idle[i]
            for k in range(start[i], start[i + 1]):
                top = max(top, log_weight[k])
            total = np.exp(log_idle[i] - top)
            idle_share[i] = total
            for k in range(start[i], start[i + 1]):
                share[k] = np.exp(log_weight[k] - top)
                total += share[k]
            idle_share[i] /= total
            for k in range(start[i], start[i + 1]):
                share[k] /= total
                free[column[k]] = max(1.0 - share[k], 0.0)
            continue
        pairs = 0
        for m in range(begin[g], begin[g + 1]):
            pairs += start[member[m] + 1] - start[member[m]]
        s = np.zeros(rows + 1, dtype=np.int64)
        c = np.empty(pairs, dtype=np.int64)
        back = np.empty(pairs, dtype=np.int64)
        whose = np.empty(pairs, dtype=np.int64)
        w, out = np.empty(pairs), np.empty(pairs)
        idle, idle_out = np.empty(rows + pairs), np.empty(rows + pairs)
        found, at = 0, 0
        for r in range(rows):
            i = member[begin[g] + r]
            for k in range(start[i], start[i + 1]):
                if number[column[k]] < 0:
                    whose[found] = column[k]
                    number[column[k]] = found
                    found += 1
                c[at], back[at] = number[column[k]], k
                at += 1
            s[r + 1] = at
        there, row, place = transpose_kernel(s, c, found)
        order, widest, work, in_turn = np.empty(0, dtype=np.int64), 0, np.inf, False
        for turn in range(2):  # tracks in a row, or detections in a row: whichever costs less
            x, y, wide, xt, yt = (there, row, rows, s, c) if turn else (s, c, found, there, row)
            way, cost, most = plan_kernel(x, y, wide, xt, yt)
            if cost < work:
                order, widest, work, in_turn = way, most, cost, turn == 1
            if cost < 64.0 * rows:
                break
        is_exact[g] = work <= most_work
        in_turn = in_turn and is_exact[g]
        x, y, lines, wide = (there, row, found, rows) if in_turn else (s, c, rows, found)
        for line in range(lines):
            least = 0.0 if in_turn else log_idle[member[begin[g] + line]]
            top = least
            for k in range(x[line], x[line + 1]):
                w[k] = (
                    log_weight[back[place[k]]] - log_idle[member[begin[g] + y[k]]] if in_turn else log_weight[back[k]]
                )
                top = max(top, w[k])
            for k in range(x[line], x[line + 1]):
                w[k] = np.exp(w[k] - top)
            idle[line] = np.exp(least - top)
        if is_exact[g]:
            frontier_kernel(x, y, w, idle, wide, order, widest, out, idle_out)
        else:
            propagation_kernel(x, y, w, idle, wide, iterations, tolerance, out, idle_out)
        for r in range(rows):
            idle_share[member[begin[g] + r]] = 1.0 if in_turn else idle_out[r]
        for d in range(found):
            free[whose[d]] = idle_out[d] if in_turn else 1.0
        for k in range(pairs):
            i = member[begin[g] + y[k]]
            share[back[place[k]] if in_turn else back[k]] = out[k]
            if in_turn:
                idle_share[i] = max(idle_share[i] - out[k], 0.0)
            else:
                free[whose[c[k]]] = max(free[whose[c[k]]] - out[k], 0.0)
        for d in range(found):
            number[whose[d]] = -1
    return share, idle_share, free, is_exact
