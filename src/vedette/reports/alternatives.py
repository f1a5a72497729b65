"""What a track might have been seen as, look by look: the choices that were weighed, and those that lost."""

from dataclasses import dataclass

from vedette.core.shapes import Bools, Ints, Scalar


@dataclass(frozen=True, slots=True, eq=False)
class Alternatives:
    """One row for each answer that was considered to "what was this track in this look?", in order of time.

    A tracker's `explain(track_id)` gives this. The answers of one look are next to each other, the likeliest first;
    answers with less than a hundredth are left out unless they were taken. How far back it goes is bounded.

    sensor_ids : what `sensor_index` counts
    sensor_index, t_tai_ns : (k,) the look
    scan_row : (k,) which detection of the look's scan; -1: not seen by it
    probability : (k,) of the answer. From `jpda`, `lmb` and `mht` it is the share of all joint answers that contain it;
        from nearest neighbour and `Tracker` that of the track by itself, as if no other track wanted the detection
    log_ratio : (k,) how much better "the same object" explains the detection than "false alarm", natural log; for -1
        log of the chance to miss it
    is_taken : (k,) whether the track was corrected by it (with `jpda` and `lmb`, by those above a half)
    sigma_before_m, sigma_after_m : (k,) root of the trace of the position covariance before and after the whole look
    moved_m : (k,) how far the believed position moved because of the look
    """

    sensor_ids: tuple[str, ...]
    sensor_index: Ints
    t_tai_ns: Ints
    scan_row: Ints
    probability: Scalar
    log_ratio: Scalar
    is_taken: Bools
    sigma_before_m: Scalar
    sigma_after_m: Scalar
    moved_m: Scalar

    def __len__(self) -> int:
        return len(self.t_tai_ns)
