"""Lights that do not move: thousands of fires, flares and volcanoes, learnt by each infrared sensor and set aside.

A flame in flight leaves its place within two minutes; a fire does not. What an infrared sensor has found at one place
for two minutes and six looks is still, and its detections go to it and to no track, unless it flares up to many times
its usual brightness. Until then it is followed like anything else; then its track ends. When a watch begins among
hundreds of lights there is no past to tell them by: what is found in the first half minute is presumed still and begins
no track, so that a launch among them costs some looks and not the watch.

Lights nearer to each other than the gate are told apart by their number: no place is seen twice in a look, so what is
left over is a light of its own, and a detection flares up only where none of the lights that it may be is so bright.

Places are where a line of sight meets the ellipsoid, so that a sensor may move; the comparison is made in angle, in the
sensor's own sigmas.
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.assignment import best_pairs
from vedette.core.constants import NS_PER_S, WGS84_A_M, WGS84_B_M
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.reports import Scan

_MOST_NEAR = 12  # places within a gate that are looked at

@dataclass(frozen=True, slots=True)
class StillPolicy:
    """When a light counts as still."""

    looks: int = 6
    seconds: float = 120.0  # longer than anything that burns stays within the gate
    gate_sigmas: float = 4.5
    flare_up: float = 6.0  # times its brightest: no longer the same light
    crowd: int = 64  # new lights in one look above which a watch is taken to have just begun
    learning_s: float = 25.0
    forget_s: float = 21_600.0  # a light not found for so long is forgotten


class StillLights:
    """What one infrared sensor knows of lights on the ground; fed look by look, in the order of arrival."""

    def __init__(self, policy: StillPolicy | None = None) -> None:
        self.policy = policy or StillPolicy()
        self._places = np.empty((0, 3))  # itrf, on the ellipsoid
        self._seen = np.empty(0, dtype=np.int64)
        self._since = np.empty(0, dtype=np.int64)
        self._last = np.empty(0, dtype=np.int64)
        self._bright_w_sr = np.empty(0)
        self._presumed = np.empty(0, dtype=bool)  # there when the watch began
        self._learning_until_tai_ns: int | None = None

    def __len__(self) -> int:
        """How many places are remembered, still or not."""
        return len(self._seen)

    @property
    def still(self) -> Bools:
        """(k,) which of them have been there long enough."""
        long_ns = round(self.policy.seconds * NS_PER_S)
        return np.asarray(self._presumed | ((self._seen >= self.policy.looks) & (self._last - self._since >= long_ns)))

    @property
    def places_itrf_m(self) -> Rows:
        """(k, 3) on the ellipsoid."""
        return self._places.copy()

    def judge(self, scan: Scan, here_itrf_m: Vec3, los_sigma_rad: float, t_tai_ns: int) -> Bools:
        """(n,) detections of a look that belong to still lights; the look is learnt from."""
        n = len(scan)
        if n == 0:
            return np.zeros(0, dtype=bool)
        los = scan.values[:, :3] / np.linalg.norm(scan.values[:, :3], axis=1, keepdims=True)
        bright = np.nan_to_num(scan.values[:, 3], nan=0.0)
        ground = _on_the_ground(here_itrf_m, los)
        usable = np.isfinite(ground[:, 0])
        place = self._shared_out(los, bright, usable, here_itrf_m, los_sigma_rad)
        same = place >= 0
        aside = np.zeros(n, dtype=bool)
        aside[same] = self.still[place[same]]
        is_learning = self._is_learning(usable & ~same, t_tai_ns)
        aside = usable.copy() if is_learning else aside
        self._learn(place, usable & ~same, ground, bright, t_tai_ns, is_learning)
        return aside

    def _is_learning(self, fresh: Bools, t_tai_ns: int) -> bool:
        """Whether the watch has just begun among many lights."""
        is_first = len(self) == 0 and self._learning_until_tai_ns is None
        if is_first and int(fresh.sum()) > self.policy.crowd:
            self._learning_until_tai_ns = t_tai_ns + round(self.policy.learning_s * NS_PER_S)
        return self._learning_until_tai_ns is not None and t_tai_ns < self._learning_until_tai_ns

    def _shared_out(
        self, los: Rows, bright: Scalar, usable: Bools, here_itrf_m: Vec3, sigma_rad: float
    ) -> Ints:
        """(n,) the place that each detection is of, -1 for none: within the gate, and one that could be as bright.

        No place is seen twice in a look: what is left over within a gate is another light.
        """
        found = np.full(len(los), -1, dtype=np.int64)
        if len(self) == 0:
            return found
        from scipy.spatial import cKDTree

        away = self._places - here_itrf_m
        away /= np.linalg.norm(away, axis=1, keepdims=True)
        gate_rad = self.policy.gate_sigmas * np.sqrt(1.2) * sigma_rad
        chord, near = cKDTree(away).query(los, k=_MOST_NEAR, distance_upper_bound=gate_rad)
        row, column = np.nonzero(np.isfinite(chord) & usable[:, None])
        place = np.asarray(near[row, column], dtype=np.int64)
        worth = 1.0 - (chord[row, column] / gate_rad) ** 2  # ln density there over that at the gate, but for a factor
        worth += self.still[place]  # what burns all along is there: a light that may have gone out gets what is left
        could_be = bright[row] <= self.policy.flare_up * np.maximum(self._bright_w_sr[place], 1.0)
        chosen = best_pairs(row, place, np.where(could_be, worth, -np.inf))
        found[row[chosen]] = place[chosen]
        return found

    def _learn(
        self, place_of: Ints, fresh: Bools, ground: Rows, bright: Scalar, t_tai_ns: int, presumed: bool
    ) -> None:
        seen_now = np.flatnonzero(place_of >= 0)
        place = place_of[seen_now]
        self._seen[place] += 1
        share = np.minimum(1.0 / self._seen[place], 1.0)[:, None]
        self._places[place] += np.maximum(share, 0.02) * (ground[seen_now] - self._places[place])
        self._last[place] = np.maximum(self._last[place], t_tai_ns)
        self._bright_w_sr[place] = np.maximum(0.98 * self._bright_w_sr[place], bright[seen_now])
        keep = t_tai_ns - self._last < round(self.policy.forget_s * NS_PER_S)
        # a place seen once and never again was noise, or something on its way
        keep &= (self._seen > 1) | (t_tai_ns - self._last < round(300.0 * NS_PER_S))
        new = int(fresh.sum())
        now = np.full(new, t_tai_ns, dtype=np.int64)
        self._places = np.concatenate([self._places[keep], ground[fresh]])
        self._seen = np.concatenate([self._seen[keep], np.ones(new, dtype=np.int64)])
        self._since = np.concatenate([self._since[keep], now])
        self._last = np.concatenate([self._last[keep], now])
        self._bright_w_sr = np.concatenate([self._bright_w_sr[keep], bright[fresh]])
        self._presumed = np.concatenate([self._presumed[keep], np.full(new, presumed)])


def still_candidates(toward: Rows, los: Rows, sigma_rad: float) -> list[int]:
    """Tracks, by their directions (m, 3), that may be one of the still lights seen at `los` (n, 3)."""
    from scipy.spatial import cKDTree

    near, _ = cKDTree(los).query(toward, distance_upper_bound=30.0 * sigma_rad)
    return [int(i) for i in np.flatnonzero(np.isfinite(near))]


def stayed_at(seen: Rows, stood_itrf_m: Rows, los: Rows, sigma_rad: float, gate_sigmas: float = 5.0) -> bool:
    """Whether directions (k, 3) seen from (k, 3) all lie on one place, and that place is one of `los` seen last.

    A sensor that has moved sees the place from elsewhere: places are compared on the ground, in the angle that they
    fill from where the sensor stood last.
    """
    if len(seen) < 5:
        return False
    ground = np.concatenate([_on_the_ground(stood_itrf_m[i], seen[i : i + 1]) for i in range(len(seen))])
    if not np.isfinite(ground).all():
        return False
    away = ground - stood_itrf_m[-1]
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    middle = np.median(away, axis=0)
    middle /= np.linalg.norm(middle)
    stays = np.mean(np.linalg.norm(away - middle, axis=1) < gate_sigmas * sigma_rad) >= 0.8
    return bool(stays and np.linalg.norm(los - middle, axis=1).min() < gate_sigmas * sigma_rad)


def _on_the_ground(here_itrf_m: Vec3, los: Rows) -> Rows:
    """(n, 3) where lines of sight first meet the ellipsoid; NaN for those that pass it by."""
    axes = np.array([WGS84_A_M, WGS84_A_M, WGS84_B_M])
    start, along = here_itrf_m / axes, los / axes
    a, b = np.sum(along * along, axis=-1), np.sum(along * start, axis=-1)
    inside = b * b - a * (np.sum(start * start) - 1.0)
    reach = np.where((inside >= 0.0) & (b < 0.0), (-b - np.sqrt(np.maximum(inside, 0.0))) / a, np.nan)
    return np.asarray(here_itrf_m + reach[:, None] * los)
