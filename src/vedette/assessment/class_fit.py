"""The most probable flight of one class, and a cloud of flights that stands for all the doubt about it.

Levenberg-Marquardt on whitened unknowns (`flight_descent`) from several starts; then importance sampling from Gaussians
at the modes, which keeps what a Gaussian would miss: the flat interval in which the flame went out, lofted against
depressed flights, edges. The mean weight is the evidence for the class (Geweke 1989).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.assessment.curved_draws import bend
from vedette.assessment.drag_draws import DragDraws
from vedette.assessment.draw_neighbours import is_solved, solve_all
from vedette.assessment.evidence import SILENCE_WIDTH_S, Evidence
from vedette.assessment.flight_descent import DIFFERENCE, descend
from vedette.assessment.flight_posterior import (
    endings,
    optimise_draws,
    residuals_and_jacobian,
    residuals_only,
    silence_log_likelihood,
    x_from_theta,
)
from vedette.assessment.flight_prior import AZIMUTH, KICK, FlightPrior, flight_prior
from vedette.assessment.flight_start import start_thetas
from vedette.assessment.profile_kernel import last_burnout
from vedette.assessment.unknown_weather import weather_days
from vedette.core.constants import WGS84_A_M
from vedette.core.shapes import Bools, Rows, Scalar
from vedette.motion.boost_layout import HEADER, LAT_RAD, LON_RAD, STAGE_WIDTH
from vedette.motion.flight_classes import vehicles
from vedette.motion.propagate import world
from vedette.motion.swift_boost import SWIFT_STEP_S

_ROUGH_STEP_S, _ROUGH_FROM = 4.0, 5.0  # steps of flights held against looks taken for coarser than this
# what moves a flight by more than looks taken for so coarse can tell; the rest stays at its middle at first
_LEADING = ("east", "north", "lift-off", "azimuth", "kick", "thrust", "burn", "pitch")
_LEAST_DRAWS = 8  # of a mode
_SPACE_M = 120e3  # no orbit begins lower


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """A local best: whitened unknowns, the Cholesky root of their covariance, twice the cost."""

    prior: FlightPrior
    theta: Scalar
    root: Rows  # covariance = root @ root.T
    cost: float
    is_over: bool  # the last burnout lies where looks went silent
    log_weight: float  # Laplace's evidence


@dataclass(frozen=True, slots=True, eq=False)
class ClassFit:
    """One class against the evidence."""

    modes: tuple[Mode, ...]
    log_evidence: float
    thetas: tuple[Rows, ...]  # (m, dims) for each mode: equally likely draws
    worth: float  # how many independent draws the weighted ones are worth

    @property
    def prior(self) -> FlightPrior:
        """What was believed before (of the best mode)."""
        return self.modes[0].prior


@dataclass(frozen=True, slots=True)
class _Silence:
    """What looks that found nothing say of the last burnout, as a soft interval for the optimiser."""

    last_found_s: float
    first_missed_s: float  # inf: none


def _silence(evidence: Evidence) -> _Silence:
    if not evidence.found.any():
        return _Silence(-np.inf, np.inf)
    last = float(evidence.t_silence_s[evidence.found].max())
    later = evidence.t_silence_s[(evidence.t_silence_s > last) & (evidence.chance > 0.4)]
    return _Silence(last, float(later[0]) if len(later) else np.inf)


class Problem:
    """Scratch arrays and the packed arguments of the kernels for one class and one set of looks."""

    def __init__(self, prior: FlightPrior, evidence: Evidence) -> None:
        self.prior, self.evidence = prior, evidence
        n, dims = len(evidence), len(prior)
        self.looks = (
            evidence.t_s, evidence.kind, evidence.sensor, evidence.value, evidence.weight, evidence.place, evidence.axes
        )  # fmt: skip
        self.res, self.jac, self.ends = np.empty((n, 4)), np.empty((dims, n, 4)), np.empty((1 + dims, 8))
        self.prior_weight = prior.has_prior.astype(float)
        self.limited = prior.high < 1e5  # unknowns of which a step of several sigma is no small thing
        self.is_held = np.zeros(dims, dtype=np.bool_)
        self.silence = _silence(evidence)
        self.model = (*prior.move, prior.belief, SWIFT_STEP_S, *world(None, None), *self.looks)

    def linearise(self, theta: Scalar, is_over: bool | None, is_final: bool = False) -> tuple[Scalar, Rows]:
        """Residuals and Jacobian: looks, prior, loft, misfit, burnout pseudo-look. Central differences if final."""
        held = np.zeros(len(theta), dtype=np.bool_)
        residuals_and_jacobian(theta, DIFFERENCE, is_final, held, *self.model, self.res, self.jac, self.ends)
        off, sigma = self._burnout_off(self.ends[0, 0], is_over)
        res = np.concatenate([self.res.ravel(), self.prior_weight * theta, self.ends[0, 1:], [off / sigma]])
        jac = np.vstack(
            [
                self.jac.reshape(len(theta), -1).T,
                np.diag(self.prior_weight),
                self.ends[1:, 1:].T,
                self.ends[1:, 0][None, :] / sigma,
            ]
        )
        return res, jac

    def pull(self, is_over: bool | None) -> tuple[float, float, bool]:
        """The burnout pseudo-look: centre, sigma (s), and whether it only forbids earlier burnouts. None: any after."""
        low, high = self.silence.last_found_s, self.silence.first_missed_s
        if not np.isfinite(low):
            return 0.0, 1e9, True
        if is_over:
            return 0.5 * (low + high), max((high - low) / np.sqrt(12.0), SILENCE_WIDTH_S), False
        return (high if np.isfinite(high) and is_over is not None else low) + 0.1, 0.2, True

    def _burnout_off(self, burnout_s: float, is_over: bool | None) -> tuple[float, float]:
        centre, sigma, is_hinge = self.pull(is_over)
        return (0.0, 1e9) if is_hinge and burnout_s > centre else (burnout_s - centre, sigma)

    def residual(self, thetas: Rows, is_over: bool | None) -> Rows:
        """(m, rows) residual vectors of rows of theta, as in `linearise`."""
        m = len(thetas)
        res, ends = np.empty((m, len(self.evidence), 4)), np.empty((m, 8))
        residuals_only(np.ascontiguousarray(thetas), *self.model, res, ends)
        pulls = [off / sigma for off, sigma in (self._burnout_off(float(e), is_over) for e in ends[:, 0])]
        return np.hstack([res.reshape(m, -1), self.prior_weight * thetas, ends[:, 1:], np.array(pulls)[:, None]])

    def silence_at(self, theta: Scalar) -> float:
        """Log chance of the infrared looks' silence and speech."""
        x, e = np.empty(len(self.prior.base)), self.evidence
        x_from_theta(theta, *self.prior.move, x)
        return float(silence_log_likelihood(x, e.t_silence_s, e.found, e.chance, SILENCE_WIDTH_S))

    def draw(self, mode: Mode, noises: Rows) -> tuple[Rows, Scalar]:
        """Draws of the posterior near one mode, and their log weights."""
        res, jac = self.linearise(mode.theta, mode.is_over, is_final=True)
        gather = np.ascontiguousarray(mode.root.T @ jac.T)
        drag = DragDraws.of(mode.theta, mode.root, *self.prior.drag)

        def off(v: Rows) -> Rows:
            return (self.residual(mode.theta + drag.solved(v)[0] @ mode.root.T, mode.is_over) - res) @ gather.T

        straight, inverses = bend(off, noises)
        guesses, slopes, _ = drag.solved(straight)
        inverses = slopes @ inverses
        centre, sigma, is_hinge = self.pull(mode.is_over)
        pull, p, e = np.array([centre, sigma, float(is_hinge)]), self.prior, self.evidence

        def solve(noises: Rows, guesses: Rows, inverses: Rows) -> tuple[Rows, Scalar]:
            thetas, log_weights = np.empty(noises.shape), np.empty(len(noises))
            optimise_draws(
                noises, guesses, inverses, mode.theta, mode.root, gather, self.prior_weight, pull, *self.model,
                e.t_silence_s, e.found, e.chance, SILENCE_WIDTH_S, p.low, p.high, thetas, log_weights,
            )  # fmt: skip
            return thetas, log_weights

        inverse_root = np.linalg.inv(mode.root)
        thetas, log_weights = solve_all(
            solve, lambda thetas: (thetas - mode.theta) @ inverse_root.T, drag.row, noises, guesses, inverses
        )
        return thetas, log_weights - drag.log_size(thetas)

    def soften(self, temper: float) -> None:
        """Take all looks for `temper` times as coarse as they are: far from the answer, the way there is smoother.

        And flights need not be flown finely to be held against such looks.
        """
        e = self.evidence
        self.looks = (e.t_s, e.kind, e.sensor, e.value, e.weight / temper, e.place, e.axes)
        step_s = _ROUGH_STEP_S if temper > _ROUGH_FROM else SWIFT_STEP_S
        self.model = (*self.prior.move, self.prior.belief, step_s, *world(None, None), *self.looks)

    def minimise(
        self, theta: Scalar, is_over: bool | None, iterations: int, tolerance: float, bound: float = np.inf
    ) -> tuple[Scalar, float]:
        """The flight downhill of theta and its cost; infinite where it is given up, see `flight_descent.descend`."""
        p, out = self.prior, np.array(theta, dtype=float)
        centre, sigma, is_hinge = self.pull(is_over)
        cost = descend(
            out, iterations, tolerance, bound, np.array([centre, sigma, float(is_hinge)]), self.prior_weight,
            self.is_held, self.limited, p.low, p.high, *self.model,
        )  # fmt: skip
        return out, float(cost)


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """A vehicle kind fitted roughly: good enough to see whether it deserves more."""

    prior: FlightPrior
    candidates: tuple[tuple[Scalar, bool], ...]  # theta, is_over
    cost: float


def rough_kind(prior: FlightPrior, evidence: Evidence) -> tuple[float, list[Scalar]]:
    """The best flights of a kind with all looks taken for coarse: their cost, and where they stand."""
    problem = Problem(prior, evidence)
    rough, cost = _starts(problem), np.inf
    nuisance = np.array([not u.name.startswith(_LEADING) for u in prior.unknowns])
    for temper, iterations, kept in ((100.0, 4, 3), (30.0, 4, 2), (6.0, 5, 2)):
        problem.soften(temper)
        problem.is_held = nuisance & (temper > _ROUGH_FROM)
        tried = sorted((problem.minimise(t, None, iterations, 1.0) for t in rough), key=lambda f: f[1])[:kept]
        rough = [theta for theta, c in tried if np.isfinite(c)]
        cost = tried[0][1] if tried else np.inf
    return cost, rough


def sketch_kind(prior: FlightPrior, evidence: Evidence, starts: Sequence[Scalar]) -> Sketch:
    """A rough fit of one vehicle kind from some starts; cost infinite where nothing fits."""
    problem = Problem(prior, evidence)
    problem.soften(2.0)
    hypotheses = (True, False) if np.isfinite(problem.silence.first_missed_s) else (False,)
    found: list[tuple[float, Scalar, bool]] = []
    for is_over in hypotheses:
        results = sorted((problem.minimise(t, is_over, 3, 1.0) for t in starts), key=lambda f: f[1])
        found += [(cost, theta, is_over) for theta, cost in results[:2] if np.isfinite(cost)]
    cost = min((f[0] for f in found), default=np.inf)
    return Sketch(prior, tuple((theta, over) for c, theta, over in found if c < cost + 150.0), cost)


def refine_kind(sketch: Sketch, evidence: Evidence, bound: float = np.inf) -> tuple[Mode, ...]:
    """The modes of one kind with their coasts set free of the boost model, best first; `bound`: see `minimise`."""
    modes: list[Mode] = []
    for tied, is_over in sketch.candidates:
        prior, theta = (
            (sketch.prior, tied)
            if _burns_on(sketch.prior, tied, evidence)
            else untied(sketch.prior, tied, evidence)
        )
        problem = Problem(prior, evidence)
        theta, cost = problem.minimise(theta, is_over, 30, 0.02, bound)
        if not np.isfinite(cost):
            continue
        res, jac = problem.linearise(theta, is_over, is_final=True)
        root = _root(jac.T @ jac)
        if root is None:
            continue
        height = -0.5 * float(res[:-1] @ res[:-1]) + float(np.linalg.slogdet(root)[1]) + problem.silence_at(theta)
        mode = Mode(prior, theta, root, float(res @ res), is_over, height)
        if not any(_is_same(mode, other) for other in modes):
            modes.append(mode)
    modes.sort(key=lambda m: -m.log_weight)
    return tuple(m for m in modes if m.log_weight > modes[0].log_weight - 8.0)[:3]


def _burns_on(prior: FlightPrior, theta: Scalar, evidence: Evidence) -> bool:
    """Whether a flight that is not aimed at a climb still burns at the last look.

    Its coast is then unseen: set free it would only be dragged along by the misfit, through a valley that minutes of
    burning bend beyond following, and would leave the evidence as it is.
    """
    x = np.empty(len(prior.base))
    x_from_theta(theta, *prior.move, x)
    return not prior.belief[1] > 0.0 and float(evidence.t_s[-1]) < float(last_burnout(x))


def untied(prior: FlightPrior, theta: Scalar, evidence: Evidence) -> tuple[FlightPrior, Scalar]:
    """The same flight with a coast of its own, which begins where the tied one did."""
    _, _, ends = fly_cloud(prior, theta[None], np.zeros(0))
    vehicle = next(v for v in vehicles() if v.id == prior.kind)
    reference = prior.base[[LAT_RAD, LON_RAD]]
    free = flight_prior(vehicle, reference, evidence.bias_sigmas, coast=(ends[0, 7:13], float(ends[0, 14])))
    out = np.zeros(len(free))
    for i, unknown in enumerate(prior.unknowns):
        out[free.place(unknown.name)] = theta[i]
    return free, out


def tied_theta(mode: Mode, prior: FlightPrior) -> Scalar:
    """A mode's unknowns as those of the tied `prior` of the same kind."""
    return np.array([mode.theta[mode.prior.place(u.name)] for u in prior.unknowns])


def sample_kind(
    modes: tuple[Mode, ...], evidence: Evidence, rng: np.random.Generator, draws: int
) -> ClassFit | None:
    """Draws of the posterior of one kind, and the evidence for it; None when no flight like it gets away."""
    clouds, log_weights = [], []
    heights = np.array([mode.log_weight for mode in modes])
    share = np.exp(0.5 * (heights - heights.max()))  # the root, as for kinds: the lesser ones are still to be weighed
    counts = np.maximum(np.ceil(draws * share / share.sum()).astype(int), _LEAST_DRAWS)
    for mode, count in zip(modes, counts.tolist(), strict=True):
        problem = Problem(mode.prior, evidence)
        thetas, log_weight = problem.draw(mode, rng.standard_normal((count, len(mode.theta))))
        clouds.append(thetas)
        log_weights.append(log_weight + np.linalg.slogdet(mode.root)[1] + np.log(counts.sum() / count))
    log_weight = np.concatenate(log_weights)
    top = float(log_weight.max())
    if not is_solved(log_weight).any():  # no draw could be solved: the mode alone speaks, by its own covariance
        best = modes[0]
        about = best.theta + rng.standard_normal((draws, len(best.theta))) @ best.root.T
        about = steered(best.prior, np.clip(about, best.prior.low, best.prior.high))
        return ClassFit(modes, best.log_weight, (about,), 0.0) if len(about) else None
    weight = np.exp(log_weight - top)
    for _ in range(2):  # truncated importance sampling (Ionides 2008): no draw may speak for all
        weight = np.minimum(weight, weight.mean() * np.sqrt(len(weight)))
    worth = float(weight.sum() ** 2 / (weight @ weight))
    ladder = (np.arange(draws) + rng.random()) / draws * weight.sum()
    chosen = np.searchsorted(np.cumsum(weight), ladder).clip(0, len(weight) - 1)
    solved = is_solved(log_weight)  # a draw that could not be solved is our failure, not evidence against the kind
    log_evidence = top + float(np.log(weight[solved].mean()))
    draws_of_mode: list[Rows] = []
    start = 0
    for cloud in clouds:
        mine = chosen[(chosen >= start) & (chosen < start + len(cloud))] - start
        draws_of_mode.append(cloud[mine])
        start += len(cloud)
    draws_of_mode = [steered(mode.prior, rows) for mode, rows in zip(modes, draws_of_mode, strict=True)]
    if not any(len(rows) for rows in draws_of_mode):
        return None
    return ClassFit(modes, log_evidence, tuple(draws_of_mode), worth)


def steered(prior: FlightPrior, thetas: Rows) -> Rows:
    """The same draws (m, dims) with flights that would come down under thrust steered up until they get to space.

    What is drawn holds one programme of pitch whatever the lower stage did; a real vehicle on its way to orbit does
    not. Nothing seen so far is touched but the pitch of the stages that burn last. Draws that no pitch saves give way
    to others; all ballistic ones are left as they are.
    """
    places = [i for i, u in enumerate(prior.unknowns) if u.name.startswith("pitch-")]
    if not places or not len(thetas):
        return thetas
    out = thetas.copy()
    short = np.flatnonzero(~_gets_to_space(prior, out))
    for up in np.arange(0.25, 4.01, 0.25):
        if not len(short):
            return out
        tried = out[short]
        tried[:, places] = np.minimum(thetas[short][:, places] + up, 4.0)
        saved = _gets_to_space(prior, tried)
        out[short[saved]] = tried[saved]
        short = short[~saved]
    kept = np.setdiff1d(np.arange(len(out)), short)
    if not len(kept):
        return out[:0]
    out[short] = out[kept[np.arange(len(short)) % len(kept)]]
    return out


def _gets_to_space(prior: FlightPrior, thetas: Rows) -> Bools:
    """(m,) whether the last burnout is one in space; all of a kind's that would burn out lower by itself are kept."""
    ends = fly_cloud(prior, thetas, np.zeros(0))[2]
    radius_m = np.linalg.norm(ends[:, 7:10], axis=1)
    return np.asarray(np.isfinite(radius_m) & (radius_m > WGS84_A_M + _SPACE_M))


def _is_same(mode: Mode, other: Mode) -> bool:
    """Whether two modes are one, judged without their coasts, whose zeros differ."""
    names = [u.name for u in mode.prior.unknowns if u.targets[0] < HEADER + STAGE_WIDTH * mode.prior.n_stages]
    mine, theirs = ([one.prior.place(name) for name in names] for one in (mode, other))
    away = mode.theta[mine] - other.theta[theirs]  # one may be tied and burn on, the other not
    cov = (other.root @ other.root.T)[np.ix_(theirs, theirs)]
    return mode.is_over == other.is_over and float(away @ np.linalg.solve(cov, away)) < 16.0


def _starts(problem: Problem) -> list[Scalar]:
    rows = start_thetas(problem.prior, problem.evidence)
    if len(rows) == 0:
        return []
    problem.soften(100.0)
    cost = np.sum(problem.residual(rows, None) ** 2, axis=1)
    cost[~np.isfinite(cost)] = np.inf
    chosen: list[int] = []
    for i in np.argsort(cost):  # the best of each tilt, and of the two best directions
        taken = [j for j in chosen if rows[i, KICK] == rows[j, KICK]]
        if np.isfinite(cost[i]) and len(taken) < 2 and not any(rows[i, AZIMUTH] == rows[j, AZIMUTH] for j in taken):
            chosen.append(int(i))
    return [rows[i] for i in chosen]


def _root(normal: Rows) -> Rows | None:
    """A square root of the inverse of a positive matrix; None when it is none."""
    if not np.isfinite(normal).all():  # the Cholesky factor of NaN is NaN, without a word
        return None
    try:
        root = np.linalg.inv(np.linalg.cholesky(normal + 1e-9 * np.eye(len(normal)))).T
    except np.linalg.LinAlgError:
        return None
    return root if np.isfinite(root).all() else None


def fly_cloud(prior: FlightPrior, thetas: Rows, t_s: Scalar, any_weather: bool = False) -> tuple[Rows, Rows, Rows]:
    """x (m, k), states at ascending times (m, n, 6) and endings (m, 15) of rows of theta flown to the ground.

    With `any_weather` every row comes down through one of several possible days.
    """
    m = len(thetas)
    xs, states, ends = np.empty((m, len(prior.base))), np.empty((m, len(t_s), 6)), np.zeros((m, 15))
    days, times = weather_days() if any_weather else (None,), np.asarray(t_s, float)
    still, field = world(None, None)
    for i, day in enumerate(days):
        mine = np.arange(i, m, len(days))
        got = xs[mine], states[mine], ends[mine]
        air = still if day is None else day
        endings(np.ascontiguousarray(thetas[mine]), *prior.move, SWIFT_STEP_S, still, air, field, times, *got)
        xs[mine], states[mine], ends[mine] = got
    return xs, states, ends
