"""What may belong together in one look, and who decides: the table of pairs, and the protocol for choosing among them.

A pair is a track and a detection that may be the same thing, with the log of how much better "same" explains the
detection than "false". Tracks and detections are numbers here: whoever decides needs to know nothing of sensors.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from vedette.core.shapes import Ints, Scalar
from vedette.tracking.crowd.sparse_assignment import best_sparse_pairs


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Every track and detection of one look that may be the same thing, ordered by track."""

    track: Ints  # (p,) rows, never decreasing
    detection: Ints  # (p,)
    log_ratio: Scalar  # (p,) log(chance of detection x likelihood / density of false detections)
    log_odds: Scalar  # (n,) of each track's existence, before this look
    chance: Scalar  # (n,) that this look finds the track, if it exists (coverage included)
    detection_count: int

    def __len__(self) -> int:
        return len(self.track)

    @property
    def track_count(self) -> int:
        """How many rows took part."""
        return len(self.log_odds)

    @property
    def log_miss(self) -> Scalar:
        """(n,) log of the chance that a track that exists was not found."""
        return np.log1p(-np.minimum(self.chance, 1.0 - 1e-9))


class Association(Protocol):
    """Decides how much of each pair to believe.

    Returns (p,) weights in [0, 1]: the probability that the pair is true, given that its track exists. Over one track
    they sum to at most one (the rest: not found), over one detection too. Weights of zero and one only make a hard
    choice, and its tracks are corrected by one detection each; others make tracks corrected by a mixture.
    """

    def __call__(self, pairs: Pairs) -> Scalar:
        """(p,) weights."""
        ...


def nearest_pairs(pairs: Pairs) -> Scalar:
    """Global nearest neighbour: the one-to-one choice with the largest product of likelihoods; weights 0 and 1.

    What a pair is worth is how much better it explains the look than "false detection, and the track not found", with
    the doubt whether the track exists on both sides [Blackman and Popoli 1999, 6.2, with existence]. A track that
    hardly exists yet is never worth taking a detection from another; but one that nobody else wants it may have, if
    that is likelier than being missed: else its existence could never be shown.
    """
    weights = np.zeros(len(pairs))
    if len(pairs):
        log_exists = -np.logaddexp(0.0, -pairs.log_odds)
        idle = np.log1p(-np.exp(log_exists) * np.minimum(pairs.chance, 1.0 - 1e-9))
        worth = np.logaddexp(0.0, pairs.log_ratio + (log_exists - idle)[pairs.track])
        gain = np.where(pairs.log_ratio > pairs.log_miss[pairs.track], worth, 0.0)
        weights[best_sparse_pairs(pairs.track, pairs.detection, gain, pairs.track_count, pairs.detection_count)] = 1.0
    return weights
