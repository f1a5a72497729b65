"""Single detections that nobody has claimed: each may be the first of a new object.

A state from one detection is a place, and hardly a velocity. In a crowd there are as many false ones as true, so they
are kept as what was measured, and made into states only while the next look asks which of its detections go with them.
"""

from dataclasses import dataclass, fields

import numpy as np

from vedette.core.shapes import Bools, Ints, Mat33, Rows, Scalar, Vec3
from vedette.tracking.crowd.place_kernels import seed_rows


@dataclass(frozen=True, slots=True, eq=False)
class Seeds:
    """One entry a detection."""

    t_tai_ns: Ints  # (s,) when it was measured
    values: Rows  # (s, 4)
    variances: Rows  # (s, 4)
    key: Ints  # (s,) made from the detection
    start_log_odds: Scalar  # (s,) that it was an object, by itself
    log_odds: Scalar  # (s,) after what was not seen since
    look: Ints  # (s,) number of the look it came by
    scan_row: Ints  # (s,) which detection of that look's scan

    def __len__(self) -> int:
        return len(self.key)

    def take(self, which: Ints | Bools) -> "Seeds":
        """These only."""
        return Seeds(*(getattr(self, item.name)[which] for item in fields(Seeds)))

    def joined(self, other: "Seeds") -> "Seeds":
        """These and then the other's."""
        return Seeds(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(Seeds)))


def no_seeds() -> Seeds:
    """None."""
    whole = np.int64
    return Seeds(
        np.empty(0, whole), np.empty((0, 4)), np.empty((0, 4)), np.empty(0, whole), np.empty(0), np.empty(0),
        np.empty(0, whole), np.empty(0, whole),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class SeedPlace:
    """Where seeds of one look were seen from."""

    kind: int
    sensor_index: int
    origin_itrf_m: Vec3
    axes: Mat33


def states_of_seeds(
    seeds: Seeds,
    which: Ints,
    places: dict[int, SeedPlace],
    speed_sigma_mps: float,
    rise_mps: float,
    means: Rows,
    covs: Rows,
) -> None:
    """States and covariances that some seeds leave possible, each at its own time, into (k, 6) and (k, 6, 6)."""
    numbers = sorted(places)
    if len(which) == 0:
        return
    kinds = np.array([places[number].kind for number in numbers])
    origins = np.array([places[number].origin_itrf_m for number in numbers])
    axes = np.array([places[number].axes for number in numbers])
    look = np.searchsorted(np.array(numbers), seeds.look)
    seed_rows(which, look, kinds, origins, axes, seeds.values, seeds.variances, speed_sigma_mps, rise_mps, means, covs)


def keys_of(sensor_name: str, t_tai_ns: Ints, values: Rows) -> Ints:
    """(m,) numbers made from detections themselves: the same whatever the order in which they came.

    The finishing steps of splitmix64 [Steele, Lea, Flood 2014] over the time and the four values.
    """
    whole = np.uint64
    text = sensor_name.encode()
    state = np.full(len(t_tai_ns), int.from_bytes(text[:7].ljust(8, b"\0"), "little") + 31 * sum(text), dtype=whole)
    columns = [np.ascontiguousarray(t_tai_ns).view(whole)]
    columns += [np.ascontiguousarray(values[:, i]).view(whole) for i in range(values.shape[1])]
    for column in columns:
        state = mixed(state ^ column)
    return (state >> whole(1)).astype(np.int64)


def mixed(state: np.ndarray) -> np.ndarray:
    """Every bit of a number spread over all of it; uint64 in and out."""
    whole = np.uint64
    state = state + whole(0x9E3779B97F4A7C15)
    state = (state ^ (state >> whole(30))) * whole(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> whole(27))) * whole(0x94D049BB133111EB)
    return np.asarray(state ^ (state >> whole(31)))
