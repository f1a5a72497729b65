"""One look after another: an extended square-root filter over the same problem as the batch, and a smoother behind it.

The covariance is carried as a square root, so that it can never lose its sign: measurements by Potter's update, time
by triangularization (Bierman 1977, chapters II and VII). Unknown accelerations enter as white noise along radius,
track and normal. The smoother is Rauch, Tung and Striebel's, run backwards over what the filter kept.
"""

from dataclasses import dataclass

import numpy as np

from vedette.catalogue.orbits.batch import Flight, Problem
from vedette.catalogue.orbits.measurement import rows_of
from vedette.catalogue.orbits.observations import ANGLES
from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Ints, Rows, Scalar

GATE_SIGMA = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class SequentialSolution:
    """What the filter believed after each of m instants, and what it believes of them in hindsight."""

    t_tai_ns: Ints  # (m,)
    names: tuple[str, ...]
    filtered: Rows  # (m, d) state, forces, biases
    filtered_cov: Rows  # (m, d, d)
    smoothed: Rows  # (m, d)
    smoothed_cov: Rows  # (m, d, d)
    innovations: Scalar  # (n,) measured less foreseen, in the rows' units
    innovation_sigmas: Scalar  # (n,)
    is_used: Bools  # (n,)

    def smoothed_state_gcrf(self, k: int) -> Scalar:
        """(6,) at the k-th instant, in hindsight."""
        return self.smoothed[k, :6]


def fit_sequential(
    problem: Problem,
    start_cov: Rows,
    *,
    shaking_rtn: tuple[float, float, float] = (0.0, 0.0, 0.0),
    gate_sigma: float = GATE_SIGMA,
) -> SequentialSolution:
    """Filter and smooth a problem.

    Parameters
    ----------
    problem : as for `fit_batch`; priors of forces and biases must be finite here
    start_cov : (6, 6) of the start at the problem's epoch, which must not be after the first row
    shaking_rtn : spectral density of unknown accelerations along radius, track and normal, m/s2 per
        root hertz; 0 for an orbit that obeys its forces exactly
    gate_sigma : an innovation beyond so many of its own sigmas sets its look aside
    """
    flight = Flight(problem)
    rows = problem.model.rows
    if len(rows) == 0 or problem.t_epoch_tai_ns > int(rows.t_tai_ns[0]):
        raise UsageError("a filter starts at or before its first measurement")
    sigmas = [problem.force_sigmas[problem.dynamics.parameter_names[i]] for i in flight.forces]
    sigmas += [b.sigma for b in problem.biases]
    if not np.all(np.isfinite(sigmas)):
        raise UsageError("a filter needs a finite sigma for each force and bias that it estimates")
    x = flight.start()
    S = np.zeros((flight.size, flight.size))
    S[:6, :6] = np.linalg.cholesky(start_cov)
    S[range(6, flight.size), range(6, flight.size)] = sigmas
    q = np.asarray(shaking_rtn, dtype=float)
    t_now = problem.t_epoch_tai_ns
    kept_x, kept_P, before_x, before_P, turns, times = [], [], [], [], [], []
    innovation, spread = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    used = np.zeros(len(rows), dtype=bool)
    whole = _Whole(flight)
    for k in range(len(flight.t)):
        t = int(flight.t[k])
        x, turn = whole.carried(x, t_now, t)
        S = _carried(S, turn, _shaken(x, q, (t - t_now) * 1e-9))
        t_now = t
        before_x.append(x.copy())
        before_P.append(S @ S.T)
        turns.append(turn)
        here = np.flatnonzero(flight.back == k)
        for group in np.unique(rows.group[here]):
            part = here[rows.group[here] == group]
            x, S = _updated(whole, x, S, part, t, gate_sigma, innovation, spread, used)
        kept_x.append(x.copy())
        kept_P.append(S @ S.T)
        times.append(t)
    smooth_x, smooth_P = _smoothed(kept_x, kept_P, before_x, before_P, turns)
    return SequentialSolution(
        np.array(times), flight.names, np.array(kept_x), np.array(kept_P), smooth_x, smooth_P, innovation, spread, used
    )


class _Whole:
    """Flying and reading for one instant at a time, on a problem's rows."""

    def __init__(self, flight: Flight) -> None:
        self.flight = flight
        self.size = flight.size

    def carried(self, x: Scalar, t_from: int, t_to: int) -> tuple[Scalar, Rows]:
        """The unknowns at a later instant, and the matrix (d, d) that carried them."""
        turn = np.eye(self.size)
        if t_to == t_from:
            return x, turn
        flight = self.flight
        states, slopes = flight.problem.dynamics.fly(t_from, x[:6], flight.force_values(x), np.array([t_to]))
        later = x.copy()
        later[:6] = states[0]
        turn[:6, :6] = slopes[0][:, :6]
        for column, i in enumerate(flight.forces, 6):
            turn[:6, column] = slopes[0][:, 6 + i]
        return later, turn

    def read(self, x: Scalar, part: Ints, t: int) -> tuple[Scalar, Rows]:
        """Measured less computed, and slopes by the unknowns, of some rows at one instant."""
        problem = self.flight.problem
        one = Problem(
            rows_of(problem.model, part), _Still(), t, x[:6], biases=problem.biases, fixed_biases=problem.fixed_biases
        )
        flight = Flight(one)
        base = 6 + len(self.flight.forces)
        local = np.concatenate([x[:6], x[base:]])
        H = np.zeros((len(part), self.size))
        slopes = flight.slopes(local)
        H[:, :6], H[:, base:] = slopes[:, :6], slopes[:, 6:]
        return flight.apart(local), H


@dataclass(frozen=True, slots=True)
class _Still:
    """No time passes."""

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return ()

    def fly(self, t_epoch_tai_ns: int, state_gcrf: Scalar, parameters: Scalar, t_tai_ns: Ints) -> tuple[Rows, Rows]:
        n = len(t_tai_ns)
        return np.broadcast_to(state_gcrf, (n, 6)).copy(), np.broadcast_to(np.eye(6), (n, 6, 6)).copy()


def _shaken(x: Scalar, q: Scalar, dt_s: float) -> Rows:
    """Square root (d, 6) of what unknown accelerations do to the unknowns in dt: white noise, van Loan's integral."""
    root = np.zeros((len(x), 6))
    if not np.any(q) or dt_s <= 0.0:
        return root
    radial = x[:3] / np.linalg.norm(x[:3])
    normal = np.cross(x[:3], x[3:6])
    normal /= np.linalg.norm(normal)
    axes = np.stack([radial, np.cross(normal, radial), normal], axis=1) * q
    # root of [[dt^3/3, dt^2/2], [dt^2/2, dt]]
    root[:3, :3] = axes * np.sqrt(dt_s**3 / 3.0)
    root[3:6, :3] = axes * (0.5 * dt_s**2 / np.sqrt(dt_s**3 / 3.0))
    root[3:6, 3:] = axes * np.sqrt(0.25 * dt_s)
    return root


def _carried(S: Rows, turn: Rows, shake: Rows) -> Rows:
    """Square root of the covariance after a step of time."""
    return np.asarray(np.linalg.qr(np.concatenate([turn @ S, shake], axis=1).T, mode="r")).T


def _updated(
    whole: _Whole, x: Scalar, S: Rows, part: Ints, t: int, gate: float, innovation: Scalar, spread: Scalar, used: Bools
) -> tuple[Scalar, Rows]:
    """The unknowns after one look, row by row; the look is set aside when it is too far off."""
    rows = whole.flight.rows
    apart, H = whole.read(x, part, t)
    sigma = rows.sigma[part].copy()
    turned = np.isin(rows.kind[part], [int(kind) for kind in ANGLES])
    for k, row in enumerate(part):
        innovation[row] = apart[k]
        spread[row] = float(np.sqrt(np.sum((H[k] @ S) ** 2) + sigma[k] ** 2))
    distance = np.sqrt(np.mean((innovation[part] / spread[part]) ** 2))
    if not distance < gate:
        return x, S
    used[part] = True
    before = x.copy()
    for k in range(len(part)):
        miss = apart[k] - H[k] @ (x - before)
        if turned[k]:
            miss = (miss + np.pi) % (2.0 * np.pi) - np.pi
        phi = S.T @ H[k]
        alpha = 1.0 / (phi @ phi + sigma[k] ** 2)
        gain = alpha * (S @ phi)
        S = S - np.outer(gain, phi) / (1.0 + np.sqrt(alpha) * sigma[k])
        x = x + gain * miss
    return x, S


def _smoothed(
    kept_x: list[Scalar], kept_P: list[Rows], before_x: list[Scalar], before_P: list[Rows], turns: list[Rows]
) -> tuple[Rows, Rows]:
    """Rauch, Tung and Striebel 1965, backwards."""
    x, P = [kept_x[-1]], [kept_P[-1]]
    for k in range(len(kept_x) - 2, -1, -1):
        scale = np.sqrt(np.diagonal(before_P[k + 1]))
        unit = before_P[k + 1] / np.outer(scale, scale)
        cross = (turns[k + 1] @ kept_P[k]) / scale[:, None]
        gain = np.linalg.lstsq(unit, cross, rcond=1e-15)[0].T / scale
        x.append(kept_x[k] + gain @ (x[-1] - before_x[k + 1]))
        P.append(kept_P[k] + gain @ (P[-1] - before_P[k + 1]) @ gain.T)
    return np.array(x[::-1]), np.array(P[::-1])
