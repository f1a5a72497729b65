"""What a track and its looks tell of a flight, in the coordinates of the bank: signs to weigh classes by."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from vedette.assessment.typing.bank import HEIGHT_OFFSET_M, place_of
from vedette.assessment.typing.drawn_flights import PUSH_OVER_S, push_features, state_features
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Rows, Scalar
from vedette.reports import KIND_CODES, Looks, SensorKind

_INFRARED = KIND_CODES[SensorKind.INFRARED]
_APART_S = (0.65 * PUSH_OVER_S, 1.45 * PUSH_OVER_S)  # of the two instants that an acceleration is told from
_KEPT = 64


class Tracked(Protocol):
    """What is asked of a track; `tracking.TrackView` is one."""

    @property
    def t_tai_ns(self) -> int:
        """The instant of its state."""
        ...

    @property
    def state_itrf(self) -> Rows:
        """(6,)"""
        ...

    @property
    def state_cov_itrf(self) -> Rows:
        """(6, 6)"""
        ...


@dataclass(slots=True)
class TrackHistory:
    """Where a track was believed to be, thinned out: what accelerations and level flight are told from.

    One belongs to each followed object; `note` at every scan. At most 64 instants are kept.
    """

    t_tai_ns: list[int] = field(default_factory=list)
    states_itrf: list[Rows] = field(default_factory=list)
    velocity_variances_m2_s2: list[float] = field(default_factory=list)  # (m/s)2, mean over the three axes

    def note(self, t_tai_ns: int, state_itrf: Rows, state_cov_itrf: Rows) -> None:
        """Keep a state, if the last one kept is at least a second old."""
        if self.t_tai_ns and t_tai_ns - self.t_tai_ns[-1] < NS_PER_S:
            return
        self.t_tai_ns.append(int(t_tai_ns))
        self.states_itrf.append(np.array(state_itrf, dtype=float))
        self.velocity_variances_m2_s2.append(float(np.trace(state_cov_itrf[3:, 3:])) / 3.0)
        if len(self.t_tai_ns) > _KEPT:  # every other one of the older half goes
            keep = [*range(0, _KEPT // 2, 2), *range(_KEPT // 2, len(self.t_tai_ns))]
            self.t_tai_ns = [self.t_tai_ns[i] for i in keep]
            self.states_itrf = [self.states_itrf[i] for i in keep]
            self.velocity_variances_m2_s2 = [self.velocity_variances_m2_s2[i] for i in keep]


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """What is known of one object now."""

    t_tai_ns: int
    state_itrf: Rows
    place: Scalar  # (3,) as the bank's
    place_sigma: Scalar  # (3,) one sigma of each, of the level speed across and along the course alike
    rise_correlation: float  # correlation of height and speed upwards
    push: Scalar  # (2,) m/s2; NaN when not known
    push_sigma: float
    age_s: float  # since the first look of any kind
    flame_age_s: float  # since the first infrared detection; NaN: none
    flame_first: bool  # the first look of all was infrared
    flame_last_s: float  # since the last infrared detection
    dark_s: Scalar  # since each infrared look that covered it after that and found nothing
    height_m: float
    speed_mps: float
    climb_rad: float
    sensors: tuple[str, ...]

    @property
    def height_sigma_m(self) -> float:
        """One sigma of the height."""
        return float(self.place_sigma[0]) * (max(self.height_m, 0.0) + HEIGHT_OFFSET_M)

    @property
    def speed_sigma_mps(self) -> float:
        """One sigma of the speed."""
        up, level = np.sin(self.climb_rad) * self.place_sigma[1], np.cos(self.climb_rad) * self.place_sigma[2]
        return float(np.hypot(up, level))

    @property
    def climb_sigma_rad(self) -> float:
        """One sigma of the climb."""
        up, level = np.cos(self.climb_rad) * self.place_sigma[1], np.sin(self.climb_rad) * self.place_sigma[2]
        return float(np.hypot(up, level)) / max(self.speed_mps, 1.0)

    @property
    def is_burning(self) -> bool | None:
        """Whether infrared sees it burn; None where no infrared looked."""
        if not np.isfinite(self.flame_last_s):
            return None
        return len(self.dark_s) < 2


def signs_of(looks: Looks, track: Tracked, history: TrackHistory | None = None) -> Signs:
    """The signs of one object. Seconds, metres, radians; about a tenth of a millisecond."""
    state = np.asarray(track.state_itrf, dtype=float)
    height, speed, climb = (float(x) for x in state_features(state))
    sigma, rise_correlation = _sigmas(state, np.asarray(track.state_cov_itrf, dtype=float), height, speed)
    push, push_sigma = _push(track, history)
    t, found = looks.t_measured_tai_ns, looks.is_detection
    ages = (track.t_tai_ns - t) / NS_PER_S
    flames: Bools = found & (looks.kind_code == _INFRARED)
    flame_ages = ages[flames]
    first_s = float(ages[found].max()) if found.any() else 0.0
    flame_s = float(flame_ages.max()) if flames.any() else np.nan
    last_s = float(flame_ages.min()) if flames.any() else np.nan
    dark = ages[(looks.kind_code == _INFRARED) & ~found]
    return Signs(
        track.t_tai_ns, state, place_of(height, speed, climb), sigma, rise_correlation, push, push_sigma, first_s,
        flame_s,
        bool(np.isfinite(flame_s) and flame_s >= first_s - 0.5), last_s,
        dark[dark < last_s] if flames.any() else np.empty(0), height, speed, climb,
        _seen_by(looks, found),
    )  # fmt: skip


def _seen_by(looks: Looks, found: Bools) -> tuple[str, ...]:
    return tuple(looks.sensor_ids[i] for i in np.unique(looks.sensor_index[found]))


def _sigmas(state: Rows, cov: Rows, height_m: float, speed_mps: float) -> tuple[Scalar, float]:
    """One sigma of the bank's coordinates, and how height and speed upwards go together."""
    up = state[:3] / np.linalg.norm(state[:3])
    tilt = float(np.sqrt(max(np.trace(cov[:3, :3]) / 3.0, 0.0))) / 6.4e6  # which way is up is doubted as well
    height2, upward2 = max(float(up @ cov[:3, :3] @ up), 1.0), max(float(up @ cov[3:, 3:] @ up), 1e-4)
    both = float(up @ cov[:3, 3:] @ up) / np.sqrt(height2 * upward2)
    level = state[3:] - (state[3:] @ up) * up
    level_mps = float(np.linalg.norm(level))
    ahead = level / max(level_mps, 1e-6)
    along2 = float(ahead @ cov[3:, 3:] @ ahead)
    across2 = max(float(np.trace(cov[3:, 3:])) - upward2 - along2, 0.0)
    is_slow = level_mps < 3.0 * np.sqrt(along2 + across2)
    level2 = max(0.5 * (along2 + across2) if is_slow else along2, 1e-4)
    swing2 = (tilt * speed_mps) ** 2
    sigma = np.sqrt([height2 / (max(height_m, 0.0) + HEIGHT_OFFSET_M) ** 2, upward2 + swing2, level2 + swing2])
    return sigma, float(np.clip(both, -0.98, 0.98))


def _push(track: Tracked, history: TrackHistory | None) -> tuple[Scalar, float]:
    """Acceleration other than gravity over the last `PUSH_OVER_S`."""
    nothing = np.full(2, np.nan), np.inf
    if history is None or not history.t_tai_ns:
        return nothing
    state = np.asarray(track.state_itrf, dtype=float)
    newest_var = float(np.trace(np.asarray(track.state_cov_itrf)[3:, 3:])) / 3.0
    gaps = np.array([(track.t_tai_ns - t) / NS_PER_S for t in history.t_tai_ns])
    at = int(np.argmin(np.abs(gaps - PUSH_OVER_S)))
    gap_s, before = float(gaps[at]), history.states_itrf[at]
    if not _APART_S[0] <= gap_s <= _APART_S[1]:
        return nothing
    along, lift = push_features(0.5 * (state + before), (state[3:] - before[3:]) / gap_s)
    sigma = float(np.sqrt(newest_var + history.velocity_variances_m2_s2[at])) / gap_s + 0.15 * abs(gap_s - PUSH_OVER_S)
    return np.array([float(along), float(lift)]), sigma
