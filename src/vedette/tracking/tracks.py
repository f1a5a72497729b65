"""The tracks of a moment, for people and for the floors above: arrays of rows, light views, a table."""

from base64 import b32encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.frames import geodetic_from_itrf
from vedette.tracking.motions import MODE_NAMES
from vedette.tracking.prediction import believed_itrf


@dataclass(frozen=True, slots=True, eq=False)
class TrackView:
    """One track, for people. `state_itrf` is (6,), metres and metres per second relative to the rotating Earth."""

    id: str
    t_tai_ns: int
    state_itrf: Rows
    state_cov_itrf: Rows
    modes: dict[str, float]
    existence: float
    age_s: float
    silent_s: float
    hits: int

    @property
    def position_itrf_m(self) -> Vec3:
        """(3,)"""
        return self.state_itrf[:3]

    @property
    def position_sigma_m(self) -> float:
        """Root trace of the position covariance."""
        return float(np.sqrt(np.trace(self.state_cov_itrf[:3, :3])))


class ShownRows(Protocol):
    """What a tracker's rows must offer to be shown, one entry a track; `TrackRows` is one such."""

    @property
    def t_tai_ns(self) -> int:
        """The instant of all of them."""
        ...

    @property
    def mode_probability(self) -> Rows:
        """(n, m)"""
        ...

    @property
    def log_odds(self) -> Scalar:
        """(n,) of existence"""
        ...

    @property
    def is_confirmed(self) -> Bools:
        """(n,)"""
        ...

    @property
    def hits(self) -> Ints:
        """(n,)"""
        ...

    @property
    def t_start_tai_ns(self) -> Ints:
        """(n,)"""
        ...

    @property
    def t_last_seen_tai_ns(self) -> Ints:
        """(n,)"""
        ...

    def __len__(self) -> int: ...


class Tracks:
    """Confirmed tracks at one instant. Arrays have one row a track; `tracks[i]` and iteration give light views.

    Made by a tracker from its rows; `ids` may be a function, called when somebody asks, and `believed` gives the states
    (n, 6) and covariances (n, 6, 6) of the rows in ITRF.
    """

    def __init__(
        self,
        rows: ShownRows,
        ids: tuple[str, ...] | Callable[[], tuple[str, ...]],
        modes: tuple[int, ...],
        tentative_count: int = 0,
        believed: Callable[[Any], tuple[Rows, Rows]] = believed_itrf,
    ) -> None:
        self._rows = rows
        self._ids = ids
        self._modes = modes
        self._believe = believed
        self.tentative_count = tentative_count
        self.t_tai_ns = rows.t_tai_ns

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Names, never used again for another object."""
        return self._ids if isinstance(self._ids, tuple) else self._ids()

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[TrackView]:
        return (self[i] for i in range(len(self)))

    @property
    def rows(self) -> ShownRows:
        """What these were made of."""
        return self._rows

    @cached_property
    def _believed(self) -> tuple[Rows, Rows]:
        return self._believe(self._rows)

    @property
    def states_itrf(self) -> Rows:
        """(n, 6)"""
        return self._believed[0]

    @property
    def state_covs_itrf(self) -> Rows:
        """(n, 6, 6)"""
        return self._believed[1]

    @property
    def mode_names(self) -> tuple[str, ...]:
        """(m,) what the columns of `mode_probabilities` are."""
        return tuple(MODE_NAMES[mode] for mode in self._modes)

    @property
    def mode_probabilities(self) -> Rows:
        """(n, m)"""
        return self._rows.mode_probability

    @cached_property
    def existence(self) -> Scalar:
        """(n,) probability that there is an object."""
        return np.asarray(1.0 / (1.0 + np.exp(-self._rows.log_odds)))

    @property
    def hits(self) -> Ints:
        """(n,) how many detections each track has."""
        return self._rows.hits

    @property
    def is_confirmed(self) -> Bools:
        """(n,)"""
        return self._rows.is_confirmed

    @property
    def t_start_tai_ns(self) -> Ints:
        """(n,) time of the first detection."""
        return self._rows.t_start_tai_ns

    @cached_property
    def t_last_seen_tai_ns(self) -> Ints:
        """(n,) time of the last detection."""
        return self._rows.t_last_seen_tai_ns

    def __getitem__(self, index: int) -> TrackView:
        rows = self._rows
        modes = dict(zip(self.mode_names, rows.mode_probability[index].tolist(), strict=True))
        return TrackView(
            self.ids[index], rows.t_tai_ns, self.states_itrf[index], self.state_covs_itrf[index], modes,
            float(self.existence[index]), (rows.t_tai_ns - int(rows.t_start_tai_ns[index])) / NS_PER_S,
            (rows.t_tai_ns - int(self.t_last_seen_tai_ns[index])) / NS_PER_S, int(rows.hits[index]),
        )  # fmt: skip

    def summary(self) -> str:
        """A table for people: id, age, position, sigma, speed, what we think it is doing."""
        head = f"{'id':<8} {'age s':>7} {'silent s':>8} {'lat °':>9} {'lon °':>10} {'height km':>9}"
        head += f" {'± km':>8} {'speed m/s':>9} {'± m/s':>8}  doing"
        if len(self) == 0:
            return f"no tracks ({self.tentative_count} tentative)"
        lat_rad, lon_rad, height_m = geodetic_from_itrf(self.states_itrf[:, :3])
        lines = [head]
        for i, view in enumerate(self):
            doing = max(view.modes, key=lambda name: view.modes[name])
            share = f"{doing} {100.0 * view.modes[doing]:.0f} %"
            speed = float(np.linalg.norm(view.state_itrf[3:]))
            speed_sigma = float(np.sqrt(np.trace(view.state_cov_itrf[3:, 3:])))
            lines.append(
                f"{view.id:<8} {view.age_s:7.1f} {view.silent_s:8.1f} {np.degrees(lat_rad[i]):9.4f}"
                f" {np.degrees(lon_rad[i]):10.4f} {height_m[i] / 1e3:9.2f} {view.position_sigma_m / 1e3:8.3f}"
                f" {speed:9.1f} {speed_sigma:8.1f}  {share}"
            )
        return "\n".join(lines)


def name_of(key: int, bits: int = 35) -> str:
    """A short name for a track's number: T and a letter or digit for every five bits of it."""
    letters = bits // 5
    part = (key & ((1 << bits) - 1)).to_bytes(5 * -(-letters // 8), "big")
    return "T" + b32encode(part)[-letters:].decode().lower()


def number_of(name: str) -> int | None:
    """The bits of a track's number that its name holds (`name_of`); None when it is no such name."""
    letters = name[1:].upper()
    if not name.startswith("T") or not letters or not set(letters) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):
        return None
    number = 0
    for letter in letters:
        number = 32 * number + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".index(letter)
    return number
