"""A partner that tries to place a sensor that nobody named, from an hour of released tracks. It is meant to succeed.

It knows the policy, the kind of radar and its figures, and every orbit exactly: only the site is unknown. It weighs
every site within 5,000 km by what it was told:

- *where tracks were there and where not*: an object that a radar at this site would hold must have been told, one that
  it never saw must not have;
- *which way ellipsoids point*: what the policy added is public and taken off; the short axis that is left lies along
  the line of sight;
- *how what is told jitters* about the true orbit once the fixed offset is fitted out: more across the line of sight.

The estimate is the mean of the posterior for a uniform prior, refined on finer grids as long as it is concentrated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Bools, Rows, Scalar, Vec3
from vedette.exercise.hidden_sensor import T0_TAI_NS, HiddenRadar, Sky, told_tracks, visible
from vedette.reports import Shared
from vedette.sharing.offering import covariance_of
from vedette.sharing.release.coarse_state import added_by
from vedette.sharing.release.policy import Grant

_EARTH_M = 6_371_008.8
_ERROR = 0.02  # chance that presence and geometry disagree for reasons the partner does not model
_TEMPER = 0.2  # neighbouring instants say the same
_AXIS_SIGMA_RAD = 0.12
_HITS = 3
_GRID = 21


@dataclass(frozen=True, slots=True, eq=False)
class _Evidence:
    """What an attacker has distilled from an hour."""

    sky: Sky
    every: int  # it looks at every so many-th instant of the sky
    is_told: Bools  # (n, k)
    is_asked: Bools  # (n, k) where the policy would tell it
    coast_s: float
    axis_positions: Rows  # (a, 3)
    axes: Rows  # (a, 3)
    jitter_positions: Rows  # (b, 3)
    jitters: Rows  # (b, 3)
    jitter_step_m: Scalar  # (b,)


def place_sensor(
    batches: Sequence[tuple[int, tuple[Shared, ...]]], sky: Sky, kind: HiddenRadar, grant: Grant, around_itrf_m: Vec3
) -> tuple[Vec3, float]:
    """The site on the Earth's surface (3,) metres that the partner believes in, and how sure it is: one sigma, metres.

    `kind` is a radar like the hidden one; its site is not looked at. `around_itrf_m` is the middle of the search.
    """
    evidence = _distil(batches, sky, grant)
    middle, radius_m = around_itrf_m, 5.0e6
    spread_m = radius_m
    for _ in range(9):
        sites = _grid(middle, radius_m)
        weight = _posterior(evidence, sites, kind)
        middle = _on_ground(weight @ sites)
        spread_m = float(np.sqrt(weight @ np.sum((sites - middle) ** 2, axis=1)))
        finer_m = max(2.5 * spread_m, 3.0 * radius_m / _GRID)
        if finer_m > 0.8 * radius_m or radius_m < 10e3:
            break
        radius_m = finer_m
    return middle, spread_m


def _distil(batches: Sequence[tuple[int, tuple[Shared, ...]]], sky: Sky, grant: Grant) -> _Evidence:
    n, steps, _ = sky.states_itrf.shape
    is_told = np.zeros((n, steps), dtype=bool)
    axis_places, axes, jitter_places, jitters, jitter_steps = [], [], [], [], []
    for tracks in told_tracks(batches).values():
        at = np.array([round((one.t_tai_ns - T0_TAI_NS) / 1e9 / sky.step_s) for one in tracks])
        told = np.array([one.position_itrf_m for one in tracks])
        away = np.linalg.norm(sky.states_itrf[:, at, :3] - told, axis=2)
        which = int(np.argmin(np.median(away, axis=1)))
        truth = sky.states_itrf[which, at]
        is_told[which, at] = True
        covs = np.array([covariance_of(one.covariance) for one in tracks])
        public = added_by(truth, grant.position_m, grant.velocity_mps)
        values, vectors = np.linalg.eigh((covs - public)[:, :3, :3])
        is_long = values[:, 1] > 9.0 * np.maximum(values[:, 0], 1.0)  # a short axis that stands out
        axes.append(vectors[is_long, :, 0])
        axis_places.append(truth[is_long, :3])
        if len(tracks) >= 6:
            left = _without_offset(told, truth[:, :3])
            jitters.append(left)
            jitter_places.append(truth[:, :3])
            jitter_steps.append(np.full(len(left), max(float(np.std(left)), 1.0)))
    is_asked = np.ones((n, steps), dtype=bool)
    if not grant.is_everywhere:
        flat = sky.states_itrf[:, :, :3].reshape(-1, 3)
        inside = np.zeros(len(flat), dtype=bool)
        for area in grant.areas:
            inside |= area.contains(flat)
        is_asked = inside.reshape(n, steps)
    return _Evidence(
        sky, max(1, round(40.0 / sky.step_s)), is_told, is_asked, grant.coast_s, _rows(axis_places), _rows(axes),
        _rows(jitter_places), _rows(jitters), np.concatenate(jitter_steps) if jitter_steps else np.zeros(0),
    )  # fmt: skip


def _rows(parts: list[Rows]) -> Rows:
    return np.concatenate(parts) if parts else np.zeros((0, 3))


def _without_offset(told: Rows, truth: Rows) -> Rows:
    """What is left of told minus true places after the best turn and stretch about the Earth's centre."""
    x, y, z = truth.T
    zero = np.zeros_like(x)
    slope = np.stack(
        [np.stack([zero, -z, y], 1), np.stack([z, zero, -x], 1), np.stack([-y, x, zero], 1), truth], axis=2
    ).reshape(-1, 4)
    found, *_ = np.linalg.lstsq(slope, (told - truth).reshape(-1), rcond=None)
    return np.asarray((told - truth) - (slope @ found).reshape(-1, 3))


def _posterior(evidence: _Evidence, sites: Rows, kind: HiddenRadar) -> Scalar:
    """(s,) weights that sum to one."""
    log_weight = _TEMPER * _presence(evidence, sites, kind) + _directions(evidence, sites)
    log_weight += _TEMPER * _jitter(evidence, sites)
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())


def _presence(evidence: _Evidence, sites: Rows, kind: HiddenRadar) -> Scalar:
    every = evidence.every
    positions = evidence.sky.states_itrf[:, ::every, :3]
    asked, told = evidence.is_asked[:, ::every], evidence.is_told[:, ::every]
    rows = np.flatnonzero(asked.any(axis=1))
    if not len(rows):
        return np.zeros(len(sites))
    score = np.zeros(len(sites))
    coast = max(1, int(evidence.coast_s / (every * evidence.sky.step_s)))
    for first in range(0, len(sites), 64):
        seen = visible(sites[first : first + 64], positions[rows], kind.elevation_min_deg, kind.range_max_m)
        looks = np.cumsum(seen, axis=2)
        before = np.zeros_like(looks)
        before[:, :, coast:] = looks[:, :, :-coast]
        holds = (looks > before) & (looks * every >= _HITS)
        agrees = holds == told[rows]
        score[first : first + 64] = np.sum(
            np.where(agrees, np.log(1.0 - _ERROR), np.log(_ERROR)) * asked[rows], axis=(1, 2)
        )
    return score


def _directions(evidence: _Evidence, sites: Rows) -> Scalar:
    if not len(evidence.axes):
        return np.zeros(len(sites))
    pick = slice(None, None, max(1, len(evidence.axes) // 2000))
    away = sites[:, None] - evidence.axis_positions[pick]
    away /= np.linalg.norm(away, axis=2, keepdims=True)
    sine = np.sqrt(np.maximum(1.0 - np.einsum("sai,ai->sa", away, evidence.axes[pick]) ** 2, 0.0))
    return np.asarray(-np.log1p((sine / _AXIS_SIGMA_RAD) ** 2).sum(axis=1))


def _jitter(evidence: _Evidence, sites: Rows) -> Scalar:
    """Best over how much more it jitters across the line of sight than along it."""
    if not len(evidence.jitters):
        return np.zeros(len(sites))
    pick = slice(None, None, max(1, len(evidence.jitters) // 2000))
    left = evidence.jitters[pick] / evidence.jitter_step_m[pick, None]
    away = sites[:, None] - evidence.jitter_positions[pick]
    away /= np.linalg.norm(away, axis=2, keepdims=True)
    along = np.einsum("sai,ai->sa", away, left) ** 2
    across = np.sum(left**2, axis=1) - along
    best = np.full(len(sites), -np.inf)
    for ratio in (0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 10.0, 100.0):
        thin = 3.0 / (3.0 + 2.0 * ratio)  # the three variances keep their sum
        wide = thin * (1.0 + ratio)
        score = -0.5 * (along / thin + across / wide + np.log(thin) + 2.0 * np.log(wide)).sum(axis=1)
        best = np.maximum(best, score)
    return best


def _grid(middle: Vec3, radius_m: float) -> Rows:
    up = middle / np.linalg.norm(middle)
    east = np.cross([0.0, 0.0, 1.0], up)
    east = east / np.linalg.norm(east)
    north = np.cross(up, east)
    steps = np.linspace(-radius_m, radius_m, _GRID)
    a, b = (one.ravel() for one in np.meshgrid(steps, steps))
    inside = np.hypot(a, b) <= radius_m * 1.001
    a, b = a[inside], b[inside]
    away = np.hypot(a, b)
    safe = np.where(away > 0.0, away, 1.0)
    way = (a[:, None] * east + b[:, None] * north) / safe[:, None]
    angle = (away / _EARTH_M)[:, None]
    return np.asarray(_EARTH_M * (np.cos(angle) * up + np.sin(angle) * way))


def _on_ground(point: Vec3) -> Vec3:
    return np.asarray(_EARTH_M * point / np.linalg.norm(point))
