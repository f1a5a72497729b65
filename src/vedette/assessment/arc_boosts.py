"""The powered flights that could stand behind a claimed height and distance.

Every generic ballistic vehicle of about the right size is tried, with its burn time shorter and longer, its thrust
scaled and its tilt chosen until it reaches both figures through the air. What remains is a small weighted set of
boosts; times, speeds and greatest ranges are read off it. No chance is involved: the burn times stand at fixed points
of their spread.
"""

from dataclasses import dataclass
from math import erf, sqrt

import numpy as np

from vedette.core.shapes import Bools, Rows, Scalar
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import (
    A0_MPS2,
    AZIMUTH_RAD,
    BACK_PRESSURE,
    BURN_S,
    FLOW_PER_S,
    KICK_RAD,
    STAGE_COUNT,
    THRUST_SCALE,
    burnout_s,
    stage_entry,
)
from vedette.motion.flight_classes import Vehicle, nominal_boost, vehicles
from vedette.motion.flight_shaping import flight_of

BURN_SPREAD = 0.5  # one sigma of ln(burn time): nothing is known of the vehicle, a factor of two is not odd
SIZE_SPREAD = 0.20  # one sigma of ln(thrust scale): how far a vehicle is stretched to fit
_BURN_POINTS = np.array([-1.4, 0.0, 1.4])  # sigmas
_LOSS_MPS = 900.0  # what gravity and air take, for a first guess only
_LEAST_LIFT_MPS2 = 12.5  # thrust over mass at lift-off below which nobody builds (Sutton and Biblarz 2010, chapter 4)
_SCALES = (0.65, 1.55)
_KICKS = np.radians(np.geomspace(5e-4, 30.0, 32))  # a slow, lofted boost hardly tilts at all


@dataclass(frozen=True, slots=True, eq=False)
class Boosts:
    """Boosts that reach the claimed figures, `(n,)` each; empty when no vehicle does."""

    vehicle_ids: tuple[str, ...]
    weights: Scalar  # sum to one
    parameters: Rows  # `motion.boost_layout`, padded to the longest
    boost_times_s: Scalar
    flight_times_s: Scalar
    burnout_speeds_mps: Scalar  # relative to the rotating Earth
    longest_ranges_m: Scalar  # the same boost tilted for range, flown due north

    def __len__(self) -> int:
        return len(self.vehicle_ids)


def plausible_boosts(
    lat_rad: float, lon_rad: float, bearing_rad: float, apogee_m: float, range_m: float, speed_mps: float
) -> Boosts:
    """Boosts from a pad up to `apogee_m` and down `range_m` away; `speed_mps` is the free arc's at the pad."""
    starts: list[tuple[Vehicle, float, Scalar]] = []
    for one in vehicles():
        if not one.class_name.endswith("ballistic"):
            continue
        ideal = sum(s.exhaust_mps * -np.log(1.0 - s.burnt_share) for s in one.stages)
        scale = (speed_mps + min(_LOSS_MPS, 0.3 * speed_mps)) / ideal
        if not _SCALES[0] < scale < _SCALES[1]:
            continue
        for sigma in _BURN_POINTS:
            p = nominal_boost(one, lat_rad=lat_rad, lon_rad=lon_rad, azimuth_rad=bearing_rad)
            p[THRUST_SCALE] = scale
            _stretch_burn(p, float(np.exp(BURN_SPREAD * sigma)))
            starts.append((one, float(sigma), p))
    if not starts:
        return _nothing()
    solved, good = _solve(starts, apogee_m, range_m)
    if not good.any():
        return _nothing()
    rows = solved[good]
    sigmas = np.array([sigma for _, sigma, _ in starts])[good]
    weights = np.exp(-0.5 * (np.log(rows[:, THRUST_SCALE]) / SIZE_SPREAD) ** 2) * np.where(sigmas == 0.0, 2.0, 1.0)
    return Boosts(
        tuple(one.id for (one, _, _), is_good in zip(starts, good, strict=True) if is_good),
        weights / weights.sum(),
        rows,
        np.array([burnout_s(row) for row in rows]),
        flight_of(rows)[2],
        np.linalg.norm(fly_boost(rows, np.zeros(0))[1][:, 4:], axis=1),
        _longest_m(rows),
    )


def quantile(values: Scalar, weights: Scalar, share: float, sigma: Scalar | float) -> float:
    """The value that `share` of a mixture of normals (means, weights, one-sigma) stays below."""
    spread = np.broadcast_to(np.maximum(sigma, 1e-9), values.shape)
    low, high = float(np.min(values - 6 * spread)), float(np.max(values + 6 * spread))
    for _ in range(60):
        middle = 0.5 * (low + high)
        below = sum(
            w * 0.5 * (1.0 + erf((middle - v) / (s * sqrt(2.0))))
            for v, w, s in zip(values, weights, spread, strict=True)
        )
        low, high = (middle, high) if below < share else (low, middle)
    return 0.5 * (low + high)


def _solve(starts: list[tuple[Vehicle, float, Scalar]], apogee_m: float, range_m: float) -> tuple[Rows, Bools]:
    """Newton on ln(kick) and ln(thrust scale) of every start together, until range and apogee are those asked."""
    rows = _widest(starts)
    reached, top, _ = _by_kick(rows, np.tile(_KICKS, (len(rows), 1)))
    off = np.abs(np.log((reached + 1e4) / (range_m + 1e4)))
    off += np.abs(np.log(np.where(top > 0.0, top, np.nan) / apogee_m))
    rows[:, KICK_RAD] = _KICKS[np.argmin(np.where(np.isfinite(off), off, np.inf), axis=1)]
    step = 1e-4
    best, kept = np.full(len(rows), np.inf), rows.copy()
    newton, trust = np.zeros((len(rows), 2)), np.full(len(rows), 0.35)
    for _ in range(16):
        tries = np.repeat(rows, 3, axis=0)
        tries[1::3, KICK_RAD] *= 1.0 + step
        tries[2::3, THRUST_SCALE] *= 1.0 + step
        miss = _miss(tries, apogee_m, range_m).reshape(len(rows), 3, 2)
        size = np.abs(miss[:, 0]).max(axis=1)
        slopes = np.swapaxes((miss[:, 1:] - miss[:, :1]) / step, 1, 2)
        solvable = np.isfinite(slopes).all(axis=(1, 2)) & (np.abs(np.linalg.det(np.nan_to_num(slopes))) > 1e-9)
        better = solvable & (size < best)
        kept[better], best[better] = rows[better], size[better]
        newton[better] = np.linalg.solve(slopes[better], -miss[better, 0, :, None])[..., 0]
        if np.max(best) < 1e-3:
            break
        trust = np.where(better, np.minimum(0.7, 2.0 * trust), 0.3 * trust)
        move = newton * np.minimum(1.0, trust / np.maximum(np.abs(newton).max(axis=1), 1e-12))[:, None]
        rows = kept.copy()
        rows[:, KICK_RAD] *= np.exp(move[:, 0])
        rows[:, THRUST_SCALE] *= np.exp(move[:, 1])
    half_a_percent = 5e-3
    burnouts = fly_boost(kept, np.zeros(0))[1]
    climbing = np.einsum("ij,ij->i", burnouts[:, 1:4], burnouts[:, 4:]) > 0.0  # none dives under power
    inside = (kept[:, THRUST_SCALE] > _SCALES[0]) & (kept[:, THRUST_SCALE] < _SCALES[1])
    return kept, (best < half_a_percent) & inside & climbing & (kept[:, KICK_RAD] < np.radians(45.0))


def _miss(rows: Rows, apogee_m: float, range_m: float) -> Rows:
    reached, top, _ = flight_of(rows)
    return np.stack([(reached - range_m) / (range_m + 1e5), np.log(np.maximum(top, 1.0) / apogee_m)], axis=-1)


def _widest(starts: list[tuple[Vehicle, float, Scalar]]) -> Rows:
    width = max(len(p) for _, _, p in starts)
    rows = np.zeros((len(starts), width))
    for i, (_, _, p) in enumerate(starts):
        rows[i, : len(p)] = p
    return rows


def _stretch_burn(p: Scalar, factor: float) -> None:
    """Burn the same propellant in `factor` times the time, in place; the first stage must still lift the rest."""
    for stage in range(int(p[STAGE_COUNT])):
        if stage == 0:
            lift = p[THRUST_SCALE] * p[stage_entry(0, A0_MPS2)] * (1.0 - p[stage_entry(0, BACK_PRESSURE)])
            factor_here = min(factor, max(1.0, lift / _LEAST_LIFT_MPS2))
        else:
            factor_here = factor
        p[stage_entry(stage, BURN_S)] *= factor_here
        p[stage_entry(stage, FLOW_PER_S)] /= factor_here
        p[stage_entry(stage, A0_MPS2)] /= factor_here


def _longest_m(rows: Rows) -> Scalar:
    """The same boosts' greatest ranges, due north, where the Earth's turning neither helps nor hinders; NaN if none."""
    north = rows.copy()
    north[:, AZIMUTH_RAD] = 0.0
    kicks = np.tile(_KICKS, (len(rows), 1))
    for points in (9, 0):
        ranges = _by_kick(north, kicks)[0]
        if points == 0:
            break
        best = np.argmax(np.where(np.isfinite(ranges), ranges, -1.0), axis=1)
        low, high = _KICKS[np.maximum(best - 1, 0)], _KICKS[np.minimum(best + 1, len(_KICKS) - 1)]
        kicks = np.geomspace(low, high, points, axis=1)
    return np.where(
        np.isfinite(ranges).any(axis=1), np.max(np.where(np.isfinite(ranges), ranges, -1.0), axis=1), np.nan
    )


def _by_kick(rows: Rows, kicks_rad: Rows) -> tuple[Scalar, Scalar, Scalar]:
    """Range, apogee and flight time `(n, k)` of boosts `(n, p)`, each with its own kicks `(n, k)`."""
    many = np.repeat(rows, kicks_rad.shape[1], axis=0)
    many[:, KICK_RAD] = kicks_rad.ravel()
    reached, top, time = flight_of(many)
    return reached.reshape(kicks_rad.shape), top.reshape(kicks_rad.shape), time.reshape(kicks_rad.shape)


def _nothing() -> Boosts:
    none = np.zeros(0)
    return Boosts((), none, none, none, none, none, none)
