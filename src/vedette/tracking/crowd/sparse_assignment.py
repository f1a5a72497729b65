"""The best one-to-one choice among sparse pairs, compiled: exact, and as local as the ambiguity is.

Shortest augmenting paths with dual prices [Jonker and Volgenant 1987; sparse, with a heap as in Dijkstra's algorithm].
Every row also owns the choice "nobody", worth nothing, so that a search ends as soon as giving up is cheaper: the work
grows with the number of pairs, without cutting the problem into clusters first.
"""

import numpy as np
from numba import njit

from vedette.core.shapes import Ints, Scalar


def best_sparse_pairs(first: Ints, second: Ints, gain: Scalar, first_count: int, second_count: int) -> Ints:
    """Indices of the chosen pairs: nothing taken twice, the largest summed gain, and no pair that loses.

    Parameters
    ----------
    first : (p,) never decreasing, below `first_count`
    second : (p,) below `second_count`; no pair twice
    gain : (p,) NaN or not positive: never chosen
    """
    use = np.flatnonzero(gain > 0.0)
    if len(use) == 0:
        return use
    starts = np.zeros(first_count + 1, dtype=np.int64)
    np.cumsum(np.bincount(first[use], minlength=first_count), out=starts[1:])
    edge = assign_sparse(starts, np.ascontiguousarray(second[use]), -np.asarray(gain, dtype=float)[use], second_count)
    return use[edge[edge >= 0]]


@njit(cache=True, error_model="numpy")
def assign_sparse(starts: np.ndarray, columns: np.ndarray, cost: np.ndarray, column_count: int) -> np.ndarray:
    """(n,) which edge each row takes, -1 for none, at the least summed cost; row i owns edges starts[i]:starts[i+1]."""
    n, p = len(starts) - 1, len(columns)
    row_price, column_price = np.zeros(n), np.zeros(column_count)
    edge_of_row = np.full(n, -1, np.int64)
    row_of_column = np.full(column_count, -1, np.int64)
    distance = np.full(column_count, np.inf)
    is_done = np.zeros(column_count, np.bool_)
    by_edge = np.full(column_count, -1, np.int64)  # the edge by which the best path enters a column
    by_row = np.full(column_count, -1, np.int64)
    touched, done = np.empty(column_count, np.int64), np.empty(column_count, np.int64)
    heap_at, heap_of = np.empty(p + 1), np.empty(p + 1, np.int64)
    for start in range(n):
        if starts[start] == starts[start + 1]:
            continue
        touched_count, done_count, heap_size = 0, 0, 0
        row, reached = start, 0.0
        give_up, give_up_row = np.inf, -1
        end_column = -1
        while True:
            at = reached - row_price[row]
            if at < give_up:
                give_up, give_up_row = at, row
            for e in range(starts[row], starts[row + 1]):
                column = columns[e]
                if is_done[column]:
                    continue
                d = at + cost[e] - column_price[column]
                if d < distance[column] and d < give_up:
                    if distance[column] == np.inf:
                        touched[touched_count] = column
                        touched_count += 1
                    distance[column], by_edge[column], by_row[column] = d, e, row
                    if heap_size < p + 1:
                        heap_size = _push(heap_at, heap_of, heap_size, d, column)
            column = -1
            while heap_size > 0:
                d, column = heap_at[0], heap_of[0]
                heap_size = _pop(heap_at, heap_of, heap_size)
                if not is_done[column] and d <= distance[column]:
                    break
                column = -1
            if column < 0 or distance[column] >= give_up:
                reached = give_up
                break
            reached = distance[column]
            is_done[column] = True
            done[done_count] = column
            done_count += 1
            if row_of_column[column] < 0:
                end_column = column
                break
            row = row_of_column[column]
        row_price[start] += reached
        for k in range(done_count):
            column = done[k]
            if column != end_column:
                row_price[row_of_column[column]] += reached - distance[column]
            column_price[column] -= reached - distance[column]
        # take back along the path: from the free column, or from the row that goes with nobody
        column = end_column
        if column < 0 and give_up_row != start:
            column = columns[edge_of_row[give_up_row]]
            edge_of_row[give_up_row] = -1
        while column >= 0:
            taker = by_row[column]
            before = edge_of_row[taker]
            edge_of_row[taker] = by_edge[column]
            row_of_column[column] = taker
            column = columns[before] if taker != start else -1
        for k in range(touched_count):
            distance[touched[k]] = np.inf
            is_done[touched[k]] = False
    return edge_of_row


@njit(cache=True, error_model="numpy")
def _push(at: np.ndarray, of: np.ndarray, size: int, value: float, item: int) -> int:
    """One more in a heap with the least on top; the new size."""
    k = size
    while k > 0:
        up = (k - 1) // 2
        if at[up] <= value:
            break
        at[k], of[k] = at[up], of[up]
        k = up
    at[k], of[k] = value, item
    return size + 1


@njit(cache=True, error_model="numpy")
def _pop(at: np.ndarray, of: np.ndarray, size: int) -> int:
    """The heap without its top; the new size."""
    size -= 1
    value, item = at[size], of[size]
    k = 0
    while True:
        low = 2 * k + 1
        if low >= size:
            break
        if low + 1 < size and at[low + 1] < at[low]:
            low += 1
        if at[low] >= value:
            break
        at[k], of[k] = at[low], of[low]
        k = low
    at[k], of[k] = value, item
    return size
