"""All tracks at one instant, as rows. A value: every step makes a new one, so that yesterday's can be gone back to."""

from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.tracking.kernels.flight_kernel import STATE_SIZE


@dataclass(frozen=True, slots=True, eq=False)
class TrackRows:
    """n tracks, m models; states in spherical or course coordinates about each track's anchor (see `anchors`)."""

    t_tai_ns: int
    key: Ints  # (n,) made from the first detection: the same whatever the order of arrival
    origin_itrf_m: Rows  # (n, 3)
    axes: Rows  # (n, 3, 3)
    anchor_sensor: Ints  # (n,) index of the sensor it is anchored to
    mean: Rows  # (n, m, 8 + b) b: the sensors' biases as this track tells them
    cov: Rows  # (n, m, 8 + b, 8 + b)
    mode_probability: Rows  # (n, m)
    log_odds: Scalar  # (n,) of existence
    is_confirmed: Bools  # (n,)
    t_start_tai_ns: Ints  # (n,)
    t_seen_tai_ns: Ints  # (n, sensors) last detection by each sensor; the smallest integer where never
    hits: Ints  # (n,)
    log_missed: Rows  # (n, sensors) ln of the chance of empty looks since anybody found it, were it where they looked
    by_course: Bools  # (n,) speed and course across the line of sight in place of the two angular rates (see `course`)

    def __len__(self) -> int:
        return len(self.key)

    def take(self, which: Ints | Bools) -> "TrackRows":
        """These rows only, in this order."""
        return TrackRows(self.t_tai_ns, *(getattr(self, name)[which] for name in _COLUMNS))

    def joined(self, other: "TrackRows") -> "TrackRows":
        """These rows and then the other's."""
        return TrackRows(
            self.t_tai_ns, *(np.concatenate([getattr(self, name), getattr(other, name)]) for name in _COLUMNS)
        )

    @property
    def t_last_seen_tai_ns(self) -> Ints:
        """(n,) by whatever sensor."""
        return self.t_seen_tai_ns.max(axis=1)


_COLUMNS = tuple(name for name in TrackRows.__slots__ if name != "t_tai_ns")
NEVER_TAI_NS = np.iinfo(np.int64).min


def no_tracks(t_tai_ns: int, models: int, sensors: int, biases: int) -> TrackRows:
    """The empty picture."""
    d = STATE_SIZE + biases
    whole = np.int64
    return TrackRows(
        t_tai_ns, np.empty(0, whole), np.empty((0, 3)), np.empty((0, 3, 3)), np.empty(0, whole),
        np.empty((0, models, d)), np.empty((0, models, d, d)), np.empty((0, models)), np.empty(0),
        np.empty(0, bool), np.empty(0, whole), np.empty((0, sensors), whole), np.empty(0, whole),
        np.empty((0, sensors)), np.empty(0, bool),
    )  # fmt: skip
