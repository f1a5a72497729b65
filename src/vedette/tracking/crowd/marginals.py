"""How probable each pairing of track and detection is, over every way to share the detections out.

The sum of joint probabilistic data association (Bar-Shalom and Fortmann 1988) with existence (Musicki and Evans 2004):
every joint event weighs the product of its pairs' and its misses' weights. Done exactly inside clusters; a cluster that
would cost too much is done by loopy belief propagation and marked so.
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Bools, Ints, Scalar
from vedette.tracking.crowd.marginal_kernels import cluster_kernel, marginal_kernel

MOST_WORK = 4e6  # multiplications in one cluster: some ten milliseconds
ITERATIONS, TOLERANCE = 300, 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Marginals:
    """Probabilities over all joint events of one instant.

    pair : (p,) of each pair, in the order they were given
    miss : (n,) that a track has none of the detections (because it is not seen, or does not exist)
    free : (m,) that a detection belongs to none of the tracks
    cluster : (n,) number of the cluster that a track is in; clusters share nothing
    is_exact : (clusters,) false where loopy belief propagation stood in
    """

    pair: Scalar
    miss: Scalar
    free: Scalar
    cluster: Ints
    is_exact: Bools


def row_starts(track: Ints, tracks: int) -> Ints:
    """(n + 1,) where each track's pairs begin, of pairs sorted by track."""
    return np.searchsorted(track, np.arange(tracks + 1)).astype(np.int64)


def joint_marginals(
    track: Ints, detection: Ints, log_weight: Scalar, log_miss: Scalar, detections: int, most_work: float = MOST_WORK
) -> Marginals:
    """Marginal probabilities of pairs, given as sparse lists.

    Parameters
    ----------
    track, detection : (p,) indices of each pair; no pair twice
    log_weight : (p,) log of (probability that the track exists and is detected, times the density of this detection
        given the track, over the density of everything else that could have made the detection)
    log_miss : (n,) log of the probability that the track exists and is not detected, or does not exist
    detections : how many there are
    most_work : multiplications that one cluster may cost before loopy belief propagation stands in
    """
    order = np.argsort(track, kind="stable")
    start = row_starts(track[order], len(log_miss))
    column = np.ascontiguousarray(detection[order], dtype=np.int64)
    label = cluster_kernel(start, column, detections)
    share, miss, free, is_exact = marginal_kernel(
        start, column, np.ascontiguousarray(log_weight[order], dtype=np.float64),
        np.ascontiguousarray(np.maximum(log_miss, -700.0), dtype=np.float64), detections,
        label, float(most_work), ITERATIONS, TOLERANCE,
    )  # fmt: skip
    pair = np.empty(len(track))
    pair[order] = share
    return Marginals(pair, miss, free, label, is_exact)
