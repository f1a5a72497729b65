"""Are two tracklets of directions alone one object's: some minutes of a telescope each, hours or nights apart.

A short tracklet says where in the sky a thing stood and how it moved there, and nothing of its distance: an
attributable (Milani et al. 2004, Icarus 168). Two distances, one for each tracklet, make an orbit between them
(Lambert, with whole turns); it is sought for which that orbit's motion at both ends is the motion seen (Siminski et
al. 2014, Advances in Space Research 53). The best few are then corrected with the Earth's field, Sun and Moon until
they meet both attributables, eight numbers by six. The odds weigh that against two objects that have nothing to do with
each other, by where things stand and how they move: two thirds of what telescopes meet so high is near the
geostationary ring. What passes low and fast says an orbit of its own instead, and is joined by that (`linking`).
"""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Final

import numpy as np
from numba import njit

from vedette.catalogue.linking import LONGEST_DAYS, Link, Track, fitted
from vedette.catalogue.orbits.initial import states_gauss
from vedette.catalogue.orbits.lambert import _root
from vedette.catalogue.tracklets import Tracklet
from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS, NS_PER_S
from vedette.core.errors import DidNotConvergeError, UsageError
from vedette.core.shapes import Rows, Scalar, Vec3
from vedette.frames import EarthOrientation, gcrf_from_itrf_matrix, state_itrf_from_gcrf
from vedette.motion.orbit import OrbitForces, propagate_orbit_partials
from vedette.motion.orbit.world import OrbitWorld
from vedette.reports import SIGHT_KINDS
from vedette.sensing import Sensor, tangent_basis

_FEWEST, _FOR_A_CURVE = 3, 5  # looks: for a motion, and for its bend
_FAST_RADPS = 1e-3
_LEAST_SPAN_S, _MOST_SPAN_S = 20.0, 1_200.0
_LEAST_AXIS_M, _MOST_AXIS_M, _LEAST_PERIGEE_M = 9.0e6, 6.0e7, 6.5e6
_RANGES_M: Final = np.geomspace(4.0e6, 5.6e7, 22)
_ROUNDS, _HALF = 6, 2  # of the search about a coarse minimum, over five by five ever closer distances
_KEPT = 4  # coarse minima that are looked at closer
_NOISE_RADPS_DAY = 1.5e-8  # what two bodies alone leave out, per day between
_HARD_CHI2 = 40.0
_FORCES = OrbitForces(degree=4, tides=False, relativity=False)
_STEPS = 8
_MOST_CHI2, _OPEN_SHARE = 3.0, 0.2
_LEFT_OUT_RADPS_DAY = 2e-9  # what is left out of the forces: sunlight on what is not known
_RING_SHARE, _RING_M = 2.0 / 3.0, 42_164e3
_RING_SIGMAS = (5e-6, 1_000e3, 100.0)  # of the ring: rad/s, distance and its rate
_RING_SKY, _WHOLE_SKY = 1.5, 2.0 * pi  # steradians
_WIDE_SIGMAS = (1e-4, 1_500.0)  # of all others: rad/s, rate of the distance


@dataclass(frozen=True, slots=True, eq=False)
class Attributable:
    """What a short tracklet of directions says, in gcrf."""

    name: str
    t_tai_ns: int
    direction: Vec3
    axes: Rows  # (2, 3) across it, towards east and north
    rate_radps: Scalar  # (2,) along those
    cov: Rows  # (4, 4) of both angles and both rates
    observer_m_mps: Scalar  # (6,)

    @property
    def is_slow(self) -> bool:
        """Whether it moves as things do that stand high; what is faster is joined by its own orbit."""
        return float(np.linalg.norm(self.rate_radps)) < _FAST_RADPS


def attributable_of(
    tracklet: Tracklet, sensor: Sensor, earth_orientation: EarthOrientation | None = None
) -> Attributable:
    """Where a tracklet stood and how it moved at its middle. UsageError for ranges, two looks, too short, too long."""
    t = np.asarray(tracklet.t_tai_ns, dtype=np.int64)
    span_s = float(t[-1] - t[0]) / NS_PER_S if len(t) else 0.0
    if tracklet.kind not in SIGHT_KINDS or len(t) < _FEWEST or not _LEAST_SPAN_S <= span_s <= _MOST_SPAN_S:
        raise UsageError(f"{tracklet.name}: a tracklet of directions needs three looks or more over 20 s to 20 minutes")
    earth = earth_orientation or EarthOrientation.packaged()
    middle = (int(t[0]) + int(t[-1])) // 2
    seconds = (t - middle) / NS_PER_S
    los = np.einsum("nij,nj->ni", gcrf_from_itrf_matrix(t, earth), tracklet.values[:, :3])
    centre = los.sum(axis=0) / np.linalg.norm(los.sum(axis=0))
    axes = tangent_basis(centre)
    flat = (los @ axes.T) / (los @ centre)[:, None]
    terms = 3 if len(t) >= _FOR_A_CURVE else 2
    design = seconds[:, None] ** np.arange(terms)
    weight = 1.0 / np.asarray(tracklet.sigmas[:, 0], dtype=float) ** 2
    inverse = np.linalg.inv(design.T @ (design * weight[:, None]))
    found = inverse @ (design.T @ (flat * weight[:, None]))
    cov = np.zeros((4, 4))
    cov[0::2, 0::2] = cov[1::2, 1::2] = inverse[:2, :2]
    cov[0, 0] += float(sensor.residual_bias_sigmas[0]) ** 2
    cov[1, 1] += float(sensor.residual_bias_sigmas[1]) ** 2
    if terms == 2:  # what a bend that was not asked for may do to the ends
        cov[2:, 2:] += np.eye(2) * (1e-8 * span_s / 2.0) ** 2
    direction = centre + found[0] @ axes
    direction /= np.linalg.norm(direction)
    here = np.asarray(sensor.position_itrf_m(middle), dtype=float).reshape(-1, 3)[0]
    turn = gcrf_from_itrf_matrix(middle, earth)
    observer = np.concatenate([turn @ here, turn @ (EARTH_SPIN_RADPS * np.array([-here[1], here[0], 0.0]))])
    return Attributable(tracklet.name, middle, direction, tangent_basis(direction), found[1], cov, observer)


def track_of_directions(
    tracklet: Tracklet, sensor: Sensor, earth_orientation: EarthOrientation | None = None
) -> Track:
    """The state that a low pass says by its directions alone, at its middle (Gauss, then least squares).

    UsageError where no orbit fits, or the looks leave the distance open by more than a fifth.
    """
    t = np.asarray(tracklet.t_tai_ns, dtype=np.int64)
    if tracklet.kind not in SIGHT_KINDS or len(t) < _FOR_A_CURVE:
        raise UsageError(f"{tracklet.name}: an orbit by directions needs five looks or more")
    earth = earth_orientation or EarthOrientation.packaged()
    at = np.array([0, len(t) // 2, len(t) - 1])
    middle = int(t[at[1]])
    turn = gcrf_from_itrf_matrix(t[at], earth)
    los = np.einsum("nij,nj->ni", turn, tracklet.values[at, :3])
    here = np.stack([np.asarray(sensor.position_itrf_m(int(one))).reshape(-1, 3)[0] for one in t[at]])
    sigmas = np.repeat(tracklet.sigmas[:, :1], 2, axis=1)
    best: tuple[float, Scalar, Rows] | None = None
    starts = states_gauss(los, np.einsum("nij,nj->ni", turn, here), (t[at] - middle) / NS_PER_S)
    for start in starts:
        try:
            state, cov, chi2 = fitted(tracklet, sensor, state_itrf_from_gcrf(middle, start, earth), middle, sigmas)
        except (np.linalg.LinAlgError, ValueError):
            continue
        if np.isfinite(cov).all() and np.isfinite(chi2) and (best is None or chi2 < best[0]):
            best = (chi2, state, cov)
    if best is None or best[0] > _MOST_CHI2 * (2 * len(t)):
        raise UsageError(f"{tracklet.name}: no orbit fits its directions")
    _, state, cov = best
    line = state[:3] - here[1]
    far = float(np.linalg.norm(line))
    if not float(np.sqrt(line @ cov[:3, :3] @ line)) / far < _OPEN_SHARE * far:
        raise UsageError(f"{tracklet.name}: its directions leave the distance open")
    return Track(tracklet.name, middle, state, cov)


def link_directions(first: Attributable, second: Attributable, *, world: OrbitWorld | None = None) -> Link | None:
    """Hold two tracklets of directions against each other; None where no orbit between meets both motions.

    Orbits with half axes of 9,000 to 60,000 km, the way the Earth turns. UsageError when the second is the earlier one.
    """
    dt_s = (second.t_tai_ns - first.t_tai_ns) / NS_PER_S
    days = dt_s / 86_400.0
    if days < 0.0:
        raise UsageError(f"{second.name} is earlier than {first.name}; give the earlier tracklet first")
    if days > LONGEST_DAYS or dt_s < 60.0:
        return None
    starts = _starts(first, second, dt_s)
    best: tuple[float, Scalar, Rows] | None = None
    for start in starts:
        found = _met(first, second, start, days, world)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
    if best is None or best[0] > _HARD_CHI2:
        return None
    chi2, state, cov = best
    itrf = state_itrf_from_gcrf(first.t_tai_ns, state, EarthOrientation.packaged())
    return Link(first.name, second.name, chi2, _log_ratio(first, second, chi2, state, cov), tuple(itrf.tolist()))


def _starts(first: Attributable, second: Attributable, dt_s: float) -> list[Scalar]:
    """States at the first tracklet of the likeliest arcs between the two."""
    noise = _NOISE_RADPS_DAY * dt_s / 86_400.0 + 1e-9
    weights = [np.linalg.inv(one.cov[2:, 2:] + noise**2 * np.eye(2)) for one in (first, second)]
    most = int(dt_s / (2.0 * pi * sqrt(_LEAST_AXIS_M**3 / EARTH_MU_M3_S2)))
    data = [
        np.ascontiguousarray(np.concatenate([one.direction, one.axes.ravel(), one.rate_radps, one.observer_m_mps]))
        for one in (first, second)
    ]
    found: list[tuple[float, Scalar]] = []
    for turns in range(most + 1):
        for is_high in (False, True) if turns else (False,):
            grid = np.empty((len(_RANGES_M), len(_RANGES_M)))
            _surface(*data, *weights, dt_s, turns, is_high, _RANGES_M, _RANGES_M, grid)
            for i, j in _valleys(grid):
                ranges = np.array([_RANGES_M[i], _RANGES_M[j]])
                step = float(np.log(_RANGES_M[1] / _RANGES_M[0]))
                value = float(grid[i, j])
                for _ in range(_ROUNDS):
                    near = np.exp(step * np.arange(-_HALF, _HALF + 1) / _HALF)
                    part = np.empty((len(near), len(near)))
                    _surface(*data, *weights, dt_s, turns, is_high, ranges[0] * near, ranges[1] * near, part)
                    k, m = np.unravel_index(int(np.argmin(part)), part.shape)
                    ranges, value = ranges * np.array([near[k], near[m]]), float(part[k, m])
                    step *= 0.5
                if value < 1e6:
                    v = np.empty(6)
                    _arc(*data, dt_s, turns, is_high, float(ranges[0]), float(ranges[1]), v)
                    place = first.observer_m_mps[:3] + ranges[0] * first.direction
                    found.append((value, np.concatenate([place, v[:3]])))
    found.sort(key=lambda one: one[0])
    return [state for _, state in found[:_KEPT]]


def _valleys(grid: Rows) -> list[tuple[int, int]]:
    """The lowest places of a surface that are no higher than what is around them."""
    wide = np.pad(grid, 1, constant_values=np.inf)
    around = np.min([
        wide[1 + a : wide.shape[0] - 1 + a, 1 + b : wide.shape[1] - 1 + b]
        for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b
    ], axis=0)  # fmt: skip
    rows, columns = np.nonzero((grid <= around) & np.isfinite(grid))
    order = np.argsort(grid[rows, columns])[:_KEPT]
    return [(int(rows[k]), int(columns[k])) for k in order]


@njit(cache=True, error_model="numpy")
def _dot(a: np.ndarray, b: np.ndarray) -> float:
    return float(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])


@njit(cache=True, error_model="numpy")
def _arc(
    one: np.ndarray, two: np.ndarray, dt_s: float, turns: int, is_high: bool, range_1: float, range_2: float,
    out: np.ndarray,
) -> bool:  # fmt: skip
    """Velocities at both ends of the arc, with the Earth's turn; False where there is none such, or it is low."""
    a, b = one[11:14] + range_1 * one[:3], two[11:14] + range_2 * two[:3]
    r1, r2 = sqrt(_dot(a, a)), sqrt(_dot(b, b))
    normal = np.cross(a, b)
    size = sqrt(_dot(normal, normal))
    if size < 1e-9 * r1 * r2:
        return False
    chord = sqrt(_dot(b - a, b - a))
    half = 0.5 * (r1 + r2 + chord)
    i1, i2, ih = a / r1, b / r2, normal / size
    lam, sign = sqrt(max(0.0, 1.0 - chord / half)), 1.0
    if ih[2] < 0.0:
        lam, sign = -lam, -1.0
    x = _root(lam, sqrt(2.0 * EARTH_MU_M3_S2 / half**3) * dt_s, turns, is_high)
    if not np.isfinite(x):
        return False
    y = sqrt(1.0 - lam * lam * (1.0 - x * x))
    gamma, rho = sqrt(EARTH_MU_M3_S2 * half / 2.0), (r1 - r2) / chord
    tangential = gamma * sqrt(max(0.0, 1.0 - rho * rho)) * (y + lam * x)
    out[:3] = gamma * ((lam * y - x) - rho * (lam * y + x)) / r1 * i1 + tangential / r1 * sign * np.cross(ih, i1)
    out[3:] = -gamma * ((lam * y - x) + rho * (lam * y + x)) / r2 * i2 + tangential / r2 * sign * np.cross(ih, i2)
    axis = 1.0 / (2.0 / r1 - _dot(out[:3], out[:3]) / EARTH_MU_M3_S2)
    if not (_LEAST_AXIS_M < axis < _MOST_AXIS_M):
        return False
    across = np.cross(a, out[:3])
    bow = 1.0 - _dot(across, across) / (EARTH_MU_M3_S2 * axis)
    return axis * (1.0 - sqrt(max(bow, 0.0))) > _LEAST_PERIGEE_M


@njit(cache=True, error_model="numpy")
def _surface(
    one: np.ndarray, two: np.ndarray, weigh_1: np.ndarray, weigh_2: np.ndarray, dt_s: float, turns: int, is_high: bool,
    ranges_1: np.ndarray, ranges_2: np.ndarray, out: np.ndarray,
) -> None:  # fmt: skip
    """How far the motion of the arc between every two distances is from the motion seen, squared, in sigmas."""
    v = np.empty(6)
    off = np.empty(2)
    for i in range(len(ranges_1)):
        for j in range(len(ranges_2)):
            out[i, j] = np.inf
            if not _arc(one, two, dt_s, turns, is_high, ranges_1[i], ranges_2[j], v):
                continue
            total = 0.0
            for k in range(2):
                end, weigh, far = (one, weigh_1, ranges_1[i]) if k == 0 else (two, weigh_2, ranges_2[j])
                speed = v[3 * k : 3 * k + 3] - end[14:17]
                off[0] = _dot(end[3:6], speed) / far - end[9]
                off[1] = _dot(end[6:9], speed) / far - end[10]
                total += off[0] * (weigh[0, 0] * off[0] + weigh[0, 1] * off[1])
                total += off[1] * (weigh[1, 0] * off[0] + weigh[1, 1] * off[1])
            out[i, j] = total


def _read(one: Attributable, state: Scalar) -> tuple[Scalar, Rows]:
    """(4,) angles off the direction seen and rates, and (4, 6) their slopes, of a gcrf state."""
    line = state[:3] - one.observer_m_mps[:3]
    speed = state[3:] - one.observer_m_mps[3:]
    flat = np.concatenate([one.axes, one.direction[None]])  # right-handed enough: only products are asked for
    p, q = flat @ line, flat @ speed
    told = np.array([p[0] / p[2], p[1] / p[2], (q[0] - p[0] / p[2] * q[2]) / p[2], (q[1] - p[1] / p[2] * q[2]) / p[2]])
    slopes = np.zeros((4, 6))
    for k in range(2):
        by_p = flat[k] / p[2] - p[k] / p[2] ** 2 * flat[2]
        slopes[k, :3] = by_p
        slopes[2 + k, 3:] = by_p
        slopes[2 + k, :3] = -q[2] / p[2] * by_p - told[2 + k] / p[2] * flat[2]
    return told, slopes


def _met(
    first: Attributable, second: Attributable, start: Scalar, days: float, world: OrbitWorld | None
) -> tuple[float, Scalar, Rows] | None:
    """Chi squared, state at the first and its covariance, by least squares through all forces."""
    extra = np.zeros((4, 4))
    extra[2:, 2:] = np.eye(2) * (_LEFT_OUT_RADPS_DAY * days) ** 2
    extra[:2, :2] = np.eye(2) * (_LEFT_OUT_RADPS_DAY * days * 43_200.0) ** 2
    weights = np.linalg.inv(first.cov), np.linalg.inv(second.cov + extra)
    state, before = start.copy(), np.inf
    for _ in range(_STEPS):
        try:
            carried, turns = propagate_orbit_partials(
                state, first.t_tai_ns, np.array([first.t_tai_ns, second.t_tai_ns]), _FORCES, world=world,
                tolerance=1e-9, partials_degree=2,
            )  # fmt: skip
        except (DidNotConvergeError, UsageError):
            return None
        normal, pull, chi2 = np.zeros((6, 6)), np.zeros(6), 0.0
        for one, weigh, there, turn in zip((first, second), weights, carried, turns, strict=True):
            told, slopes = _read(one, there)
            off = np.concatenate([np.zeros(2), one.rate_radps]) - told
            h = slopes @ turn
            normal += h.T @ weigh @ h
            pull += h.T @ weigh @ off
            chi2 += float(off @ weigh @ off)
        scale = 1.0 / np.sqrt(np.maximum(np.diag(normal), 1e-300))
        try:
            inverse = scale[:, None] * np.linalg.inv(normal * scale[:, None] * scale) * scale
        except np.linalg.LinAlgError:
            return None
        if not np.isfinite(chi2) or not np.isfinite(inverse).all():
            return None
        if abs(before - chi2) < 0.01:
            return chi2, state, inverse
        before = chi2
        step = inverse @ pull
        share = min(1.0, 5e6 / max(float(np.linalg.norm(step[:3])), 1.0))
        state = state + share * step
        if not 6.4e6 < float(np.linalg.norm(state[:3])) < 1e8:
            return None
    return before, state, inverse


def _log_ratio(first: Attributable, second: Attributable, chi2: float, state: Scalar, cov: Rows) -> float:
    """ln of how much likelier both attributables are as one object's than as two objects' (Laplace's approximation).

    One object: the densities of orbits about the one found, in the numbers of the first tracklet and its distance,
    times the volume that both leave. Two: each tracklet where things stand and move.
    """
    line = state[:3] - first.observer_m_mps[:3]
    far = float(np.linalg.norm(line))
    rate = float(line @ (state[3:] - first.observer_m_mps[3:])) / far
    parts_1, ring = _densities(first)
    parts_2, _ = _densities(second)
    ln_ring = -0.5 * ((far - ring[0]) / _RING_SIGMAS[1]) ** 2 - 0.5 * ((rate - ring[1]) / _RING_SIGMAS[2]) ** 2
    ln_ring -= float(np.log(2.0 * pi * _RING_SIGMAS[1] * _RING_SIGMAS[2]))
    ln_wide = -float(np.log(far * np.log(_RANGES_M[-1] / _RANGES_M[0])))
    ln_wide -= 0.5 * (rate / _WIDE_SIGMAS[1]) ** 2 + float(np.log(sqrt(2.0 * pi) * _WIDE_SIGMAS[1]))
    ln_one = float(np.logaddexp(parts_1[0] + ln_ring, parts_1[1] + ln_wide)) - 4.0 * float(np.log(far))
    volume = 0.5 * float(np.linalg.slogdet(cov)[1]) + 3.0 * float(np.log(2.0 * pi))
    noise = sum(0.5 * float(np.linalg.slogdet(one.cov)[1]) + 2.0 * float(np.log(2.0 * pi)) for one in (first, second))
    ln_two = float(np.logaddexp(*parts_1)) + float(np.logaddexp(*parts_2))
    return ln_one + volume - noise - 0.5 * chi2 - ln_two


def _densities(one: Attributable) -> tuple[tuple[float, float], tuple[float, float]]:
    """ln density of such a tracklet as one of the ring's and as another's; the ring's distance there and its rate."""
    here = one.observer_m_mps[:3]
    along = float(here @ one.direction)
    ring = -along + sqrt(max(along**2 + _RING_M**2 - float(here @ here), 0.0))
    place = here + ring * one.direction
    speed = np.cross(np.array([0.0, 0.0, EARTH_SPIN_RADPS]), place) - one.observer_m_mps[3:]
    off = one.rate_radps - one.axes @ speed / ring
    ln_ring = -0.5 * float(off @ off) / _RING_SIGMAS[0] ** 2
    ln_ring -= float(np.log(2.0 * pi * _RING_SIGMAS[0] ** 2 * _RING_SKY))
    ln_wide = -0.5 * float(one.rate_radps @ one.rate_radps) / _WIDE_SIGMAS[0] ** 2
    ln_wide -= float(np.log(2.0 * pi * _WIDE_SIGMAS[0] ** 2 * _WHOLE_SKY))
    shares = float(np.log(_RING_SHARE)), float(np.log(1.0 - _RING_SHARE))
    return (shares[0] + ln_ring, shares[1] + ln_wide), (ring, float(one.direction @ speed))
