"""Who goes with whom: the best one-to-one pairing when few pairs are possible at all.

Pairs come as rows. Whoever cannot meet never shares a matrix, so that the work grows with the number of things and not
with its square: connected clusters are found first, and each is solved exactly.
"""

import numpy as np

from vedette.core.shapes import Ints, Scalar


def best_pairs(first: Ints, second: Ints, gain: Scalar) -> Ints:
    """Indices of the chosen pairs: nothing taken twice, the largest summed gain, and no pair that loses.

    first, second (k,) say what each pair joins; gain (k,) what it is worth, -inf where it may not be.
    """
    useful = np.flatnonzero(gain > 0.0)
    if len(useful) == 0:
        return useful
    a_values, a = np.unique(first[useful], return_inverse=True)
    b_values, b = np.unique(second[useful], return_inverse=True)
    if len(a_values) == len(useful) and len(b_values) == len(useful):
        return useful  # nobody shares anything
    from scipy.optimize import linear_sum_assignment  # 30 MiB and half a second, for those who come here only

    label = clusters_of(a, b, len(a_values), len(b_values))
    alone = np.bincount(label)[label] == 1
    chosen = np.flatnonzero(alone).tolist()
    shared = np.flatnonzero(~alone)
    order = shared[np.argsort(label[shared], kind="stable")]
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    for members in np.split(order, cuts) if len(order) else []:
        rows, row = np.unique(a[members], return_inverse=True)
        columns, column = np.unique(b[members], return_inverse=True)
        matrix = np.zeros((len(rows), len(columns)))
        which = np.full(matrix.shape, -1)
        matrix[row, column], which[row, column] = gain[useful][members], members
        for i, j in zip(*linear_sum_assignment(matrix, maximize=True), strict=True):
            if which[i, j] >= 0:
                chosen.append(which[i, j])
    return useful[np.sort(np.array(chosen, dtype=np.int64))]


def clusters_of(first: Ints, second: Ints, first_count: int, second_count: int) -> Ints:
    """(k,) which cluster each pair belongs to: pairs that share anything, directly or through others, are in one."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = first_count + second_count
    graph = coo_array((np.ones(len(first)), (first, first_count + second)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    return np.asarray(label[first], dtype=np.int64)
