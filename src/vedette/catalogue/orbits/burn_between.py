"""Whether an object burned between two arcs of tracking: when, how much, which way, and how sure.

The orbit of each arc is flown to every instant between them. Without a burn the two states differ by what both arcs
and the forces in between leave in doubt; with one they agree in place where it was, and differ in speed by it. Both are
weighed as densities of the same six numbers, with the size of the burn (any from a millimetre to a hundred metres a
second, all decades alike), its instant and the honesty of the stated errors summed over. Coasting keeps volumes, so
that densities at different instants compare. What is told is the mean and covariance of that sum.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from vedette.catalogue.orbits.numerical import NumericalOrbit, numerical_orbit
from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.frames import EarthOrientation
from vedette.motion.orbit import OrbitForces

BURNS_A_DAY: Final = 1.0 / 30.0
PUSHES: Final = ("push_r", "push_t", "push_n")
_SIZES_MPS: Final = np.logspace(-3.0, 2.0, 11)
_ERROR_SCALES, _SCALE_CHANCES = np.array([1.0, 3.0]), np.array([0.95, 0.05])  # stated errors may be too small
_COARSE, _FINE, _PEAKS = 1_500, 200, 6
_SHORTEST_S: Final = 0.5
_GM: Final = 3.986004418e14
_AXES: Final = ("radial", "along", "across")


@dataclass(frozen=True, slots=True, eq=False)
class OrbitArc:
    """What some hours of tracking say: a state (6,) in gcrf at an epoch, its covariance, and when they were."""

    t_epoch_tai_ns: int
    state_gcrf: Scalar
    cov: Rows
    t_first_tai_ns: int
    t_last_tai_ns: int


@dataclass(frozen=True, slots=True, eq=False)
class BurnBetween:
    """One burn between two arcs, or none.

    probability : that there was one
    delta_v_rtn_mps, cov_rtn : (3,) and (3, 3) along radius, track and orbit normal of the orbit before, if there was
        and if it was within a quarter of a revolution of the instant told
    t_tai_ns, t_sigma_s : when; the sigma is of all instants, wide where some half a revolution apart are as likely
    misfit : squared difference of the arcs without a burn over its covariance, of six numbers
    """

    probability: float
    t_tai_ns: int
    t_sigma_s: float
    delta_v_rtn_mps: Scalar
    cov_rtn: Rows
    misfit: float

    @property
    def delta_v_mps(self) -> float:
        """The size of the mean."""
        return float(np.linalg.norm(self.delta_v_rtn_mps))

    @property
    def sigma_mps(self) -> float:
        """One sigma along the burn itself."""
        way = self.delta_v_rtn_mps / max(self.delta_v_mps, 1e-12)
        return float(np.sqrt(way @ self.cov_rtn @ way))

    @property
    def axis(self) -> str:
        """The axis it lies along most."""
        return _AXES[int(np.argmax(np.abs(self.delta_v_rtn_mps)))]


def burn_between(
    before: OrbitArc,
    after: OrbitArc,
    forces: OrbitForces,
    *,
    push_sigma_mps2: float = 1e-9,
    burns_a_day: float = BURNS_A_DAY,
    earth_orientation: EarthOrientation | None = None,
) -> BurnBetween:
    """Weigh a burn between two arcs of one object.

    Parameters
    ----------
    forces : that act on it
    push_sigma_mps2 : constant acceleration on each axis that the forces may lack, one sigma
    burns_a_day : how often such objects burn

    Raises UsageError where the second arc does not begin after the first ends.
    """
    start, end = before.t_last_tai_ns, after.t_first_tai_ns
    if end <= start:
        raise UsageError("two arcs that overlap have no time for a burn between them")
    gap_s = (end - start) / NS_PER_S
    span = np.array([before.t_epoch_tai_ns, start, end, after.t_epoch_tai_ns])
    orbit = numerical_orbit(forces, before.state_gcrf, span, PUSHES, earth_orientation=earth_orientation)
    step_s = max(gap_s / _COARSE, _SHORTEST_S)
    times = _grid(start, end, step_s)
    told = _weighed(orbit, before, after, times, push_sigma_mps2)
    by_time = np.logaddexp.reduce(told.log.reshape(len(times), -1), axis=1)
    fine: list[Ints] = []
    fine_s = max(step_s / _FINE, _SHORTEST_S / 10.0)
    left = by_time.copy()
    for _ in range(_PEAKS if step_s > 2.0 * fine_s else 0):
        k = int(np.argmax(left))
        if left[k] < by_time.max() - 12.0:
            break
        near = max(int(times[k] - step_s * NS_PER_S), start), min(int(times[k] + step_s * NS_PER_S), end)
        fine.append(_grid(*near, fine_s))
        left[max(k - 1, 0) : k + 2] = -np.inf
    log_none = told.log_none
    if fine:
        parts = [_weighed(orbit, before, after, part, push_sigma_mps2) for part in fine]
        rest = np.isfinite(left)
        told = _Weighed.joined([told.take(rest), *parts])
        width = np.concatenate([np.full(int(rest.sum()), step_s), *(np.full(len(part), fine_s) for part in fine)])
    else:
        width = np.full(len(times), step_s)
    log = told.log + np.log(width / gap_s)[:, None, None]
    log_burn = float(np.logaddexp.reduce(log.ravel())) + np.log(-np.expm1(-burns_a_day * gap_s / 86_400.0))
    log_quiet = log_none - burns_a_day * gap_s / 86_400.0
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    of_time = weight.sum(axis=(1, 2))
    since_s = (told.t_tai_ns - start) / NS_PER_S
    best_s = float(since_s[int(np.argmax(of_time / width))])
    # a burn across, half a revolution on, is its opposite: the vector told is that of the likeliest stretch alone
    part = weight * (np.abs(since_s - best_s) < 0.25 * _period_s(before.state_gcrf))[:, None, None]
    part /= part.sum()
    mean = np.einsum("tms,tmsi->i", part, told.mean)
    off = told.mean - mean
    cov = np.einsum("tms,tmsij->ij", part, told.cov) + np.einsum("tms,tmsi,tmsj->ij", part, off, off)
    return BurnBetween(
        probability=float(1.0 / (1.0 + np.exp(np.clip(log_quiet - log_burn, -700.0, 700.0)))),
        t_tai_ns=start + round(best_s * NS_PER_S),
        t_sigma_s=float(np.sqrt(of_time @ (since_s - best_s) ** 2)),
        delta_v_rtn_mps=mean,
        cov_rtn=cov,
        misfit=told.misfit,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Weighed:
    t_tai_ns: Ints  # (n,)
    log: Rows  # (n, sizes, scales) density of the difference with a burn, and the prior of size and scale
    mean: Rows  # (n, sizes, scales, 3) the burn along radius, track and normal
    cov: Rows  # (n, sizes, scales, 3, 3)
    log_none: float  # density without a burn, halfway
    misfit: float

    def take(self, rows: np.ndarray) -> "_Weighed":
        return _Weighed(
            self.t_tai_ns[rows], self.log[rows], self.mean[rows], self.cov[rows], self.log_none, self.misfit
        )

    @classmethod
    def joined(cls, parts: "list[_Weighed]") -> "_Weighed":
        t, log, mean, cov = (
            np.concatenate([getattr(one, name) for one in parts]) for name in ("t_tai_ns", "log", "mean", "cov")
        )
        return cls(t, log, mean, cov, parts[0].log_none, parts[0].misfit)


def _weighed(orbit: NumericalOrbit, before: OrbitArc, after: OrbitArc, times: Ints, push_sigma: float) -> _Weighed:
    x1, P1 = _flown(orbit, before, times, push_sigma)
    x2, P2 = _flown(orbit, after, times, push_sigma)
    turn = np.zeros((len(times), 6, 6))
    turn[:, :3, :3] = turn[:, 3:, 3:] = _rtn_from_gcrf(x1)
    d = np.einsum("nij,nj->ni", turn, x2 - x1)
    P = np.einsum("nij,njk,nlk->nil", turn, P1 + P2, turn)
    middle = len(times) // 2
    # between two instants of the grid the orbits part by their difference in speed
    step_s = float(np.median(np.diff(times))) / NS_PER_S if len(times) > 1 else 0.0
    P_burn = P.copy()
    P_burn[:, :3, :3] += step_s**2 / 12.0 * np.einsum("ni,nj->nij", d[:, 3:], d[:, 3:])
    shape = (len(times), len(_SIZES_MPS), len(_ERROR_SCALES))
    log, mean, cov = np.empty(shape), np.empty((*shape, 3)), np.empty((*shape, 3, 3))
    prior = np.log(_SCALE_CHANCES / len(_SIZES_MPS))
    for m, size in enumerate(_SIZES_MPS):
        for s, scale in enumerate(_ERROR_SCALES):
            whole = scale**2 * P_burn
            whole[:, 3:, 3:] += size**2 * np.eye(3)
            gain = size**2 * np.linalg.inv(whole)[:, 3:, :]  # (n, 3, 6)
            log[:, m, s] = _log_density(d, whole) + prior[s]
            mean[:, m, s] = np.einsum("nij,nj->ni", gain, d)
            cov[:, m, s] = size**2 * (np.eye(3) - gain[:, :, 3:])
    none = [
        _log_density(d[middle : middle + 1], scale**2 * P[middle : middle + 1])[0] + np.log(chance)
        for scale, chance in zip(_ERROR_SCALES, _SCALE_CHANCES, strict=True)
    ]
    misfit = float(d[middle] @ np.linalg.solve(P[middle], d[middle]))
    return _Weighed(times, log, mean, cov, float(np.logaddexp.reduce(none)), misfit)


def _flown(orbit: NumericalOrbit, arc: OrbitArc, times: Ints, push_sigma: float) -> tuple[Rows, Rows]:
    """States and covariances of an arc at instants, forces' doubt and all."""
    states, slopes = orbit.fly(arc.t_epoch_tai_ns, arc.state_gcrf, np.zeros(3), times)
    turn, pushed = slopes[:, :, :6], slopes[:, :, 6:]
    # half of the doubt to either arc: each is flown over a part of the time between
    cov = turn @ arc.cov @ np.swapaxes(turn, 1, 2) + 0.5 * push_sigma**2 * pushed @ np.swapaxes(pushed, 1, 2)
    return states, cov


def _log_density(d: Rows, cov: Rows) -> Scalar:
    root = np.linalg.cholesky(cov)
    white = np.linalg.solve(root, d[..., None])[..., 0]
    volume = np.log(np.einsum("nii->ni", root)).sum(axis=1)
    return -0.5 * np.einsum("ni,ni->n", white, white) - volume - 3.0 * np.log(2.0 * np.pi)


def _period_s(state: Scalar) -> float:
    energy = 0.5 * float(state[3:] @ state[3:]) - _GM / float(np.linalg.norm(state[:3]))
    return float(2.0 * np.pi * _GM / (-2.0 * energy) ** 1.5) if energy < 0.0 else float("inf")


def _rtn_from_gcrf(states: Rows) -> Rows:
    """(n, 3, 3)"""
    r, v = states[:, :3], states[:, 3:]
    radial = r / np.linalg.norm(r, axis=1, keepdims=True)
    normal = np.cross(r, v)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    return np.stack([radial, np.cross(normal, radial), normal], axis=1)


def _grid(first: int, last: int, step_s: float) -> Ints:
    count = max(round((last - first) / NS_PER_S / step_s), 1)
    return first + np.round((np.arange(count) + 0.5) * (last - first) / count).astype(np.int64)
