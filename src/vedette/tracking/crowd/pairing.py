"""Rows carried to a look, paired with its detections and corrected by them: the compiled passes, in Python's hands.

These work for any rows, tracks or hypotheses alike: `ready`, then `score`, then `correct` with whatever was chosen.
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Ints, Rows, Scalar
from vedette.estimation import chi_square_gate
from vedette.tracking.crowd.cells import Cells, cells_of
from vedette.tracking.crowd.kernels import carry_rows, correct_rows, ready_rows, score_pairs
from vedette.tracking.crowd.look import CrowdLook
from vedette.tracking.crowd.pairs import Pairs
from vedette.tracking.crowd.policy import CrowdPolicy


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """Where some rows would be seen by a look, one entry each."""

    which: Ints  # (k,) the rows
    middle: Rows  # (k, 3) in the coordinates of the sensor
    reach: Rows  # (k, 3) how far about it is looked for
    chance: Scalar  # (k,) that the look finds it, coverage included

    def most_log_ratio(self, look: CrowdLook, sigmas: float) -> Scalar:
        """(k,) what a pair could gain at most, were the detection exactly where it is expected (three numbers)."""
        peak = -np.sum(np.log(self.reach / sigmas), axis=1) - 1.5 * np.log(2.0 * np.pi)
        return np.log(np.maximum(self.chance, 1e-12)) - look.log_clutter + peak


def gates_of(policy: CrowdPolicy) -> Scalar:
    """(5,) largest squared distance by how many numbers are compared."""
    return np.array([0.0, *(chi_square_gate(policy.gate_probability, d) for d in (1, 2, 3, 4))])


def ready(
    means: Rows,
    covs: Rows,
    times: Ints,
    log_odds: Scalar,
    which: Ints,
    look: CrowdLook,
    policy: CrowdPolicy,
    extent: tuple[Scalar, float] | None = None,
) -> Expected:
    """Carry rows `which` to the look, in place, and say where each would be seen and how likely it is to be.

    means (n, 6), covs (n, 6, 6), times (n,), log_odds (n,); `extent`: of the look, when it is known already.
    """
    n = len(which)
    middle, reach, chance = np.empty((n, 3)), np.empty((n, 3)), np.empty(n)
    widest, span_s = extent or extent_of(look)
    carry(means, covs, times, log_odds, which, np.full(n, look.t_tai_ns), policy)
    ready_rows(
        which, means, covs, span_s, look.kind, look.origin_itrf_m, look.axes, look.limits, look.chance_of,
        widest, float(np.sqrt(gates_of(policy)[3])), middle, reach, chance,
    )  # fmt: skip
    if look.is_visible is not None and n:
        chance *= look.is_visible(means[which])
    return Expected(which, middle, reach, chance)


def extent_of(look: CrowdLook) -> tuple[Scalar, float]:
    """(4,) largest noise variances of its detections, and how far from its time they lie, in seconds."""
    return (look.variances.max(axis=0) if len(look) else np.zeros(4)), look.span_s


def carry(
    means: Rows, covs: Rows, times: Ints, log_odds: Scalar, which: Ints, t_wanted_tai_ns: Ints, policy: CrowdPolicy
) -> None:
    """Carry rows `which` to times of their own, in place."""
    carry_rows(
        which, means, covs, times, t_wanted_tai_ns, policy.noise_m2_s3, policy.earth, log_odds,
        policy.survival_hazard_1_s,
    )  # fmt: skip


def score(
    means: Rows,
    covs: Rows,
    times: Ints,
    log_odds: Scalar,
    expected: Expected,
    look: CrowdLook,
    policy: CrowdPolicy,
    index: Cells | None = None,
) -> Pairs:
    """Every pair of an expected row and a detection inside the gate; `track` counts along `expected.which`.

    means (n, 6), covs (n, 6, 6), times (n,), log_odds (k,) of the expected rows; `index`: the detections' cells, when
    they were made already.
    """
    n = len(expected.which)
    parts: list[tuple[Ints, Ints, Scalar]] = []
    gates = gates_of(policy)
    if n and len(look):
        cells = index or cells_of(look.kind, look.values, expected.reach)
        start, room = 0, 2 * n + 1024
        while start < n:
            track, detection = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
            ratio = np.empty(room)
            count, start = score_pairs(
                expected.which, start, means, covs, times, expected.chance, expected.middle, expected.reach,
                policy.noise_m2_s3, policy.earth, look.kind, look.origin_itrf_m, look.axes, look.values, look.variances,
                look.t_detected_tai_ns, look.log_clutter, gates, cells.sizes, cells.turns, cells.bucket_starts,
                cells.by_bucket, cells.cells, cells.places, track, detection, ratio,
            )  # fmt: skip
            parts.append((track[:count], detection[:count], ratio[:count]))
            if count == 0 and start < n:
                room *= 4  # one row alone has more pairs than there was room for
    if not parts:
        parts.append((np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)))
    track, detection, ratio = parts[0]
    if len(parts) > 1:
        track, detection = (np.concatenate([part[i] for part in parts]) for i in range(2))
        ratio = np.concatenate([part[2] for part in parts])
    return Pairs(track, detection, ratio, log_odds, expected.chance, len(look))


def correct(
    means: Rows, covs: Rows, rows: Ints, detections: Ints, look: CrowdLook, out_means: Rows, out_covs: Rows, out: Ints
) -> None:
    """Rows at the time of their detections, corrected by them, into places `out` of the out arrays."""
    correct_rows(
        rows, detections, means, covs, look.kind, look.origin_itrf_m, look.axes, look.values, look.variances,
        out_means, out_covs, out,
    )  # fmt: skip
