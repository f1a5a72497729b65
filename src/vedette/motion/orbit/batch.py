"""One orbit from many looks, fast: a few compiled flights and little else.

Weighted least squares by Gauss and Newton with Levenberg's and Marquardt's damping. Residuals come from the full force
model; their slopes from a cheap neighbour of it, a field of low degree in the variational equations, for a slope wrong
by parts in ten thousand changes the way to the answer and not the answer. While steps are still large the flight is
coarse too. Looks that do not fit are set aside whole, the worst first, and come back when they fit again.

For light time, refraction, biases, lasers and angles of other kinds see `catalogue.orbits`; this is the core for radar
looks and positions by the ten thousand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, pi, sqrt

import numpy as np
from numba import njit

from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.motion.orbit.dop853 import FINE, fly
from vedette.motion.orbit.harmonics import bend_series, pull_series
from vedette.motion.orbit.settings import DRAG, HAS_PUSH, PUSH_0, RADIATION, OrbitForces, index_of
from vedette.motion.orbit.sky_table import COLUMNS, sky_kernel
from vedette.motion.orbit.world import OrbitWorld, world_for

POSITION, RADAR = 0, 1
EDIT_SIGMA = 4.0
SLOPE_DEGREE = 4
FINE_TOLERANCE, COARSE_TOLERANCE = 1e-10, 1e-8
MAX_STEPS, MAX_EDITS = 40, 12
SMALL_STEP = 0.01  # in sigmas of the solution: then the fit has come to rest
CONVERGED, NOT_CONVERGED, LOST, TOO_FEW = 0, 1, 2, 3
_SENTENCES = (
    "converged",
    "not converged within the allowed steps: start nearer",
    "the orbit was lost on the way: it met the ground or the arithmetic failed",
    "too few looks are left to determine the orbit",
)


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """n looks at one object, each three numbers.

    t_tai_ns : (n,) when the object was there
    kind : (n,) POSITION: itrf position (m); RADAR: azimuth (rad), elevation (rad), range (m), free of refraction
    values, sigmas : (n, 3) in that order; a NaN value was not measured
    station : (n,) index into `stations_itrf`; any for positions
    stations_itrf : (k, 3, 4) for each station the rows east, north, up of its horizon, and in the last column its
        position (m); `station_rows` makes them
    """

    t_tai_ns: Ints
    kind: Ints
    values: Rows
    sigmas: Rows
    station: Ints
    stations_itrf: Rows

    def __post_init__(self) -> None:
        n = len(self.t_tai_ns)
        if self.values.shape != (n, 3) or self.sigmas.shape != (n, 3) or len(self.kind) != n or len(self.station) != n:
            raise UsageError(f"{n} looks want values and sigmas of (n, 3), kinds and stations of (n,)")
        if not np.all(self.sigmas > 0.0):  # written so that NaN fails as well
            raise UsageError("a look without a sigma greater than none")
        if np.any(np.isinf(self.values)):
            raise UsageError("a look that reads infinity")
        radar = self.kind == RADAR
        if np.any(radar) and not np.all((self.station[radar] >= 0) & (self.station[radar] < len(self.stations_itrf))):
            raise UsageError(f"a look from a station that is not among the {len(self.stations_itrf)} given")


@dataclass(frozen=True, slots=True, eq=False)
class BatchOrbit:
    """What a fit found."""

    t_epoch_tai_ns: int
    state_gcrf: Scalar  # (6,)
    parameters: Scalar  # (p,)
    cov: Rows  # (6 + p, 6 + p) state and parameters, from the stated sigmas
    residuals: Rows  # (n, 3) measured less computed, in sigmas; NaN where not measured
    is_used: Bools  # (n,) False for looks set aside
    cost: float  # sum of squares over used looks, and of the prior
    degrees_of_freedom: int
    steps: int
    status: int

    @property
    def has_converged(self) -> bool:
        """Whether the answer is one."""
        return self.status == CONVERGED

    @property
    def sentence(self) -> str:
        """What happened, for people."""
        return _SENTENCES[self.status]


def station_rows(lat_rad: Scalar, lon_rad: Scalar, height_m: Scalar) -> Rows:
    """Horizons and places of stations as `Looks` wants them, (k, 3, 4), from geodetic coordinates (k,)."""
    from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic

    turn = np.asarray(enu_from_itrf_matrix(np.atleast_1d(lat_rad), np.atleast_1d(lon_rad)))
    place = itrf_from_geodetic(np.atleast_1d(lat_rad), np.atleast_1d(lon_rad), np.atleast_1d(height_m))
    return np.concatenate([turn, place[..., None]], axis=-1)


def fit_orbit(
    looks: Looks,
    t_epoch_tai_ns: int,
    start_gcrf: Scalar,
    forces: OrbitForces | None = None,
    parameters: Sequence[str] = (),
    *,
    world: OrbitWorld | None = None,
    prior_cov: Rows | None = None,
    edit_sigma: float = EDIT_SIGMA,
    tolerance: float = FINE_TOLERANCE,
) -> BatchOrbit:
    """The orbit that fits looks best.

    Parameters
    ----------
    start_gcrf : (6,) a first guess at `t_epoch_tai_ns`; some kilometres and metres a second off do no harm
    parameters : names of `settings.PARAMETERS` to estimate too; they start from the forces' values
    world : tables for all instants; default: made here
    prior_cov : (6 + p, 6 + p) covariance of the start; default: none
    edit_sigma : root mean square of a look's residuals beyond which it is set aside

    Trust
    -----
    The covariance is as honest as the sigmas and the forces: the cost per degree of freedom tells.
    """
    forces = forces or OrbitForces()
    wanted = np.array([index_of(name) for name in parameters], dtype=np.int64)
    start = np.concatenate([np.asarray(start_gcrf, dtype=float), [forces.value_of(name) for name in parameters]])
    d = len(start)
    if start.shape != (6 + len(wanted),) or not np.isfinite(start).all():
        raise UsageError(f"a fit starts from six finite numbers, not from {start_gcrf}")
    if not len(looks.t_tai_ns):
        raise UsageError("a fit without looks")
    t = np.asarray(looks.t_tai_ns, dtype=np.int64)
    if world is None:
        span = (t_epoch_tai_ns, int(t.min()), int(t.max()))
        world = world_for(forces, start, span, with_air=0 in wanted)
    if 0 in wanted and not world.air_model:
        raise UsageError("drag cannot be estimated in an orbit world without air; make it with air=True")
    information: Rows = np.zeros((d, d))
    if prior_cov is not None:
        information = np.asarray(np.linalg.inv(prior_cov), dtype=float)
    order = np.argsort(t, kind="stable")
    problem = _Problem(
        float(world.seconds(t_epoch_tai_ns)), np.ascontiguousarray(world.seconds(t[order])),
        np.asarray(looks.kind, dtype=np.int64)[order], np.ascontiguousarray(looks.values[order], dtype=float),
        np.ascontiguousarray(looks.sigmas[order], dtype=float), np.asarray(looks.station, dtype=np.int64)[order],
        np.ascontiguousarray(looks.stations_itrf, dtype=float), start, information, wanted,
        world.packed(forces, t_epoch_tai_ns), world, pull_series(forces.degree, forces.order),
        bend_series(min(SLOPE_DEGREE, forces.degree)),
    )  # fmt: skip
    solution, cov, residuals, used, cost, steps, status = _solve(problem, edit_sigma, tolerance)
    back = np.argsort(order, kind="stable")
    residuals, used = residuals[back], used[back]
    free = int((np.isfinite(residuals) & used[:, None]).sum()) + (d if prior_cov is not None else 0) - d
    return BatchOrbit(t_epoch_tai_ns, solution[:6], solution[6:], cov, residuals, used, cost, free, steps, status)


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """Everything that does not change while a fit runs; looks in the order of time."""

    epoch_s: float
    times_s: Scalar
    kind: Ints
    values: Rows
    sigmas: Rows
    station: Ints
    stations: Rows
    start: Scalar
    information: Rows
    wanted: Ints
    packed: Scalar
    world: OrbitWorld
    pull: Rows
    bend: Rows

    def judge(self, x: Scalar, tolerance: float) -> tuple[bool, Rows, Rows]:
        """Whether the orbit could be flown, residuals (n, 3) in sigmas and slopes (n, 3, d) of what is computed."""
        n, d = len(self.times_s), len(x)
        width = 6 + 6 * d
        start = np.concatenate([x[:6], np.eye(6, d).reshape(-1)])
        packed = self.packed.copy()
        for p, value in zip(self.wanted.tolist(), x[6:].tolist(), strict=True):
            packed[DRAG if p == 0 else RADIATION if p == 1 else PUSH_0 + p - 2] = value
            packed[HAS_PUSH] = max(packed[HAS_PUSH], float(p >= 2))
        states, end = np.empty((n, width)), np.empty(width + 2)
        split = int(np.searchsorted(self.times_s, self.epoch_s))
        for rows in (slice(split, None, 1), slice(split - 1, None, -1) if split else slice(0, 0)):
            times = np.ascontiguousarray(self.times_s[rows])
            if not times.size:
                continue
            out = np.empty((times.size, width))
            status = fly(
                start, self.epoch_s, times, tolerance, 30.0, -np.inf, self.wanted, packed, self.world.knots,
                self.world.air, self.pull, self.bend, out, end,
            )  # fmt: skip
            if status != FINE:
                return False, np.empty(0), np.empty(0)
            states[rows] = out
        residuals, slopes = np.empty((n, 3)), np.empty((n, 3, d))
        _compare(
            self.times_s, states, d, self.kind, self.values, self.sigmas, self.station, self.stations,
            self.world.knots, residuals, slopes,
        )  # fmt: skip
        return True, residuals, slopes

    def cost(self, residuals: Rows, used: Bools, x: Scalar) -> float:
        """Sum of squares over used looks, and of the prior."""
        away = x - self.start
        return float(np.nansum(residuals[used] ** 2) + away @ self.information @ away)


def _solve(
    problem: _Problem, edit_sigma: float, tolerance: float
) -> tuple[Scalar, Rows, Rows, Bools, float, int, int]:
    """Solution, covariance, residuals, used looks, cost, steps, status."""
    n, d = len(problem.times_s), len(problem.start)
    x, trial = problem.start, problem.start
    residuals, slopes = np.full((n, 3), np.nan), np.zeros((n, 3, d))
    used, cov = np.ones(n, dtype=bool), np.full((d, d), np.nan)
    normal, scale = np.zeros((d, d)), np.ones(d)
    damping, cost, edits, status = 0.0, np.inf, 0, NOT_CONVERGED
    is_coarse, has_any = tolerance < COARSE_TOLERANCE, False
    steps = 0
    while steps < MAX_STEPS:
        steps += 1
        flown, fresh, fresh_slopes = problem.judge(trial, COARSE_TOLERANCE if is_coarse else tolerance)
        fresh_cost = problem.cost(fresh, used, trial) if flown else np.inf
        if not np.isfinite(fresh_cost) or fresh_cost > cost * (1.0 + 1e-9) + 1e-6:
            damping = max(10.0 * damping, 1e-3)
            if not has_any or damping > 1e8:
                status = NOT_CONVERGED if has_any else LOST
                break
        else:
            x, residuals, slopes, cost, has_any = trial, fresh, fresh_slopes, fresh_cost, True
            damping = 0.1 * damping if damping > 1e-6 else 0.0
        good = np.isfinite(residuals) & used[:, None]
        J, r = slopes[good], residuals[good]
        normal = J.T @ J + problem.information
        gradient = J.T @ r - problem.information @ (x - problem.start)
        scale = np.sqrt(np.maximum(np.diagonal(normal), 0.0))
        if not np.all(scale > 0.0) or len(r) + np.count_nonzero(np.diagonal(problem.information)) < d:
            status = TOO_FEW
            break
        unit = normal / np.outer(scale, scale) + damping * np.eye(d)
        try:
            move = np.linalg.solve(unit, gradient / scale) / scale
        except np.linalg.LinAlgError:
            status = TOO_FEW
            break
        size = np.sqrt(max(move @ normal @ move, 0.0) / d)  # of the step in sigmas of the solution
        trial = x + move
        if size < SMALL_STEP and damping < 1e-2:
            if is_coarse:
                is_coarse, cost = False, np.inf
            elif edits < MAX_EDITS and np.isfinite(edit_sigma) and _edit(residuals, used, edit_sigma):
                edits, cost, damping, trial = edits + 1, np.inf, 0.0, x
            else:
                status = CONVERGED
                break
    if has_any and status != TOO_FEW:
        values, vectors = np.linalg.eigh(normal / np.outer(scale, scale))
        if values[0] > 1e-14:
            cov = (vectors / values) @ vectors.T / np.outer(scale, scale)
            cov = 0.5 * (cov + cov.T)
        else:
            status = TOO_FEW
    return x, cov, residuals, used, problem.cost(residuals, used, x), steps, status


@njit(cache=True, error_model="numpy")
def _edit(residuals: np.ndarray, used: np.ndarray, limit: float) -> int:
    """Set aside looks beyond the limit and half of the worst still kept, take back those within; how many changed.

    Never more than half of all: then it is the model that is wrong, and everything is kept.
    """
    n = residuals.shape[0]
    size = np.zeros(n)
    worst = 0.0
    for row in range(n):
        total, count = 0.0, 0
        for c in range(3):
            r = residuals[row, c]
            if r == r:
                total += r * r
                count += 1
        size[row] = sqrt(total / count) if count > 0 else 0.0
        if used[row]:
            worst = max(worst, size[row])
    fresh = np.empty(n, dtype=np.bool_)
    kept = 0
    for row in range(n):
        fresh[row] = size[row] <= limit or (used[row] and size[row] <= 0.5 * worst)
        kept += fresh[row]
    if 2 * kept < n:
        fresh[:] = True
    changed = 0
    for row in range(n):
        changed += fresh[row] != used[row]
        used[row] = fresh[row]
    return changed


@njit(cache=True, error_model="numpy")
def _compare(
    times_s: np.ndarray,
    states: np.ndarray,
    d: int,
    kind: np.ndarray,
    values: np.ndarray,
    sigmas: np.ndarray,
    station: np.ndarray,
    stations: np.ndarray,
    knots: np.ndarray,
    residuals: np.ndarray,
    slopes: np.ndarray,
) -> None:
    """Residuals (n, 3) in sigmas, and slopes (n, 3, d) of what was computed in sigmas by the unknowns."""
    now, m = np.empty(COLUMNS), np.empty((3, 3))
    by_place, by_gcrf, told = np.zeros((3, 3)), np.empty((3, 3)), np.empty(3)
    for row in range(times_s.size):
        sky_kernel(times_s[row], knots, 5, now, m)
        y = states[row]
        e0 = m[0, 0] * y[0] + m[0, 1] * y[1] + m[0, 2] * y[2]
        e1 = m[1, 0] * y[0] + m[1, 1] * y[1] + m[1, 2] * y[2]
        e2 = m[2, 0] * y[0] + m[2, 1] * y[1] + m[2, 2] * y[2]
        if kind[row] == POSITION:
            told[0], told[1], told[2] = e0, e1, e2
            by_place[:] = 0.0
            by_place[0, 0] = by_place[1, 1] = by_place[2, 2] = 1.0
        else:
            s = stations[station[row]]
            p0, p1, p2 = e0 - s[0, 3], e1 - s[1, 3], e2 - s[2, 3]
            east = s[0, 0] * p0 + s[0, 1] * p1 + s[0, 2] * p2
            north = s[1, 0] * p0 + s[1, 1] * p1 + s[1, 2] * p2
            up = s[2, 0] * p0 + s[2, 1] * p1 + s[2, 2] * p2
            level2 = east * east + north * north
            level, range_m = sqrt(level2), sqrt(level2 + up * up)
            told[0], told[1], told[2] = atan2(east, north), atan2(up, level), range_m
            for i in range(3):
                by_place[0, i] = (north * s[0, i] - east * s[1, i]) / level2
                by_place[1, i] = (level * s[2, i] - up * (east * s[0, i] + north * s[1, i]) / level) / (
                    range_m * range_m
                )
                by_place[2, i] = (east * s[0, i] + north * s[1, i] + up * s[2, i]) / range_m
        for c in range(3):
            r = values[row, c] - told[c]
            if kind[row] == RADAR and c == 0:
                r -= 2.0 * pi * np.floor(r / (2.0 * pi) + 0.5)
            residuals[row, c] = r / sigmas[row, c]
            for i in range(3):
                by_gcrf[c, i] = (
                    by_place[c, 0] * m[0, i] + by_place[c, 1] * m[1, i] + by_place[c, 2] * m[2, i]
                ) / sigmas[row, c]
            for j in range(d):
                slopes[row, c, j] = (
                    by_gcrf[c, 0] * y[6 + j] + by_gcrf[c, 1] * y[6 + d + j] + by_gcrf[c, 2] * y[6 + 2 * d + j]
                )
