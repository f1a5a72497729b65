"""The probability of collision by every method, which of them to believe, and why.

Methods, named as NASA's reference tables name them:
Pc2D    a straight passage: Foster and Estes 1992, disk in the encounter plane
Nc2D    a short passage of curved doubts: Hall 2021, sphere and Laplace's integral in time, nearest the closest approach
Nc3D    expected collisions over the window, sphere and time: Hall 2021
PcSDMC  orbits drawn and flown (two bodies); not linearised at all
PcMax   the greatest Pc2D that a common scale of the doubts can give (Alfano 2005); with one doubt unknown, Frisbee's
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from vedette.catalogue.conjunctions.disk import disk_one, pc_2d
from vedette.catalogue.conjunctions.encounter import Encounter, encounter_plane, positive
from vedette.core.shapes import Rows, Scalar

WRONG_SHARE = 0.1  # a 2-D answer is called wrong when it is off by more
_CORNERS, _TURNS = 16, 32
_FINE_CORNERS, _FINE_TURNS = 48, 96
_COARSE = 256
_SHALLOW = 80.0  # how far above the deepest moment another still counts, -2 log


@dataclass(frozen=True, slots=True)
class Collision:
    """What was found.

    pc : probability (Nc: expected number) by method; a method without an answer is missing
    headline : the one to act on, and `method` whose it is
    dilution : scale of the doubts at which Pc2D is greatest; below one, better data could only make it look worse
    """

    pc: dict[str, float]
    headline: float
    method: str
    warnings: tuple[str, ...]
    miss_m: float
    speed_mps: float
    t_offset_s: float  # the closest approach after the stated time
    sigmas_m: tuple[float, float] = (float("nan"), float("nan"))  # in the encounter plane, major and minor
    mahalanobis: float = float("nan")
    dilution: float | None = None
    sdmc_sigma: float | None = None
    duration_s: float | None = None
    t_peak_s: float | None = None
    rates: tuple[tuple[float, float], ...] = field(default=(), repr=False)  # (s, 1/s)


def collision(
    encounter: Encounter, *, seed: int = 0, most_draws: int = 400_000, window_s: tuple[float, float] | None = None
) -> Collision:
    """All methods on one encounter.

    window_s : from and to, after the stated time; a quarter of a turn of the quicker object each way if not given
        (half a turn where the encounter as a whole lies beyond it)
    """
    warnings = list(encounter.warnings)
    d = encounter.relative
    speed2 = float(d[3:] @ d[3:])
    dt = -float(d[:3] @ d[3:]) / speed2 if speed2 > 0.0 else 0.0
    near = d[:3] + dt * d[3:]
    pc: dict[str, float] = {}
    if not any(encounter.has_cov):
        warnings.append("neither object has a covariance: only the greatest probability is known")
    plane = _PlaneAnswer()
    if speed2 > 0.0:
        plane = _in_plane(encounter, near, d[3:], pc, warnings)
    curved = _Curved()
    if all(encounter.has_cov):
        curved = _curved(encounter, dt, pc, warnings, seed, most_draws, window_s)
    headline, method = _headline(pc, curved, warnings)
    return Collision(
        pc, headline, method, tuple(dict.fromkeys(warnings)), float(np.linalg.norm(near)), float(np.sqrt(speed2)), dt,
        plane.sigmas_m, plane.mahalanobis, plane.dilution, curved.sdmc_sigma, curved.duration_s, curved.t_peak_s,
        curved.rates,
    )  # fmt: skip


@dataclass(slots=True)
class _PlaneAnswer:
    sigmas_m: tuple[float, float] = (float("nan"), float("nan"))
    mahalanobis: float = float("nan")
    dilution: float | None = None


def _in_plane(encounter: Encounter, near: Scalar, v: Scalar, pc: dict[str, float], warnings: list[str]) -> _PlaneAnswer:
    axes = encounter_plane(v, near)
    miss = axes @ near
    radius = encounter.radius_m
    whole = encounter.covs[:, :3, :3].sum(axis=0)
    cov, is_mended = positive(axes @ whole @ axes.T, radius)
    if is_mended:
        warnings.append("the covariance in the encounter plane is not positive definite; its eigenvalues were raised")
    out = _PlaneAnswer()
    known = sum(encounter.has_cov)
    if known == 0:
        pc["PcMax"] = _max_unknown(miss, np.eye(2) * 1e-6, radius)
        return out
    values = np.linalg.eigvalsh(cov)
    out.sigmas_m = (float(np.sqrt(values[1])), float(np.sqrt(values[0])))
    out.mahalanobis = float(np.sqrt(miss @ np.linalg.solve(cov, miss)))
    if known == 1:
        pc["PcMax"] = _max_unknown(miss, cov, radius)
        warnings.append("one object has no covariance: the greatest probability that any could give is told instead")
        return out
    pc["Pc2D"] = float(pc_2d(miss, cov, radius))
    pc["PcMax"], out.dilution = pc_max(miss, cov, radius)
    if float(np.linalg.norm(miss)) < radius:
        warnings.append("the stated miss is smaller than the bodies: without doubt they would collide")
    elif out.dilution < 1.0 and pc["PcMax"] > 1.01 * pc["Pc2D"]:
        warnings.append(
            f"diluted: the doubts are {1.0 / out.dilution:.3g} times those at which the probability would be greatest "
            f"({pc['PcMax']:.3g}); a low value here is ignorance, not safety"
        )
    return out


def pc_max(miss: Scalar, cov: Rows, radius_m: float) -> tuple[float, float]:
    """Greatest Pc2D over a common scale of all doubts, and that scale of the sigmas (golden section)."""

    def less(log_scale: float) -> float:
        k = np.exp(2.0 * log_scale)
        return -disk_one(miss[0], miss[1], k * cov[0, 0], k * cov[0, 1], k * cov[1, 1], radius_m)

    # without size the best scale is the Mahalanobis distance over the square root of two
    middle = 0.5 * np.log(max(float(miss @ np.linalg.solve(cov, miss)) / 2.0, 1e-12))
    grid = middle + np.linspace(-8.0, 4.0, 97)
    best = int(np.argmin([less(x) for x in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    g = 0.3819660112501051
    x, y = low + g * (high - low), high - g * (high - low)
    fx, fy = less(x), less(y)
    for _ in range(50):
        if fx < fy:
            high, y, fy = y, x, fx
            x = low + g * (high - low)
            fx = less(x)
        else:
            low, x, fx = x, y, fy
            y = high - g * (high - low)
            fy = less(y)
    return -min(fx, fy), float(np.exp(0.5 * (low + high)))


def _max_unknown(miss: Scalar, cov: Rows, radius_m: float) -> float:
    """Greatest Pc2D when the other object's doubt may be anything: it lies along the miss, and just as long as makes it
    greatest (Frisbee, "An upper bound on high-speed satellite collision probability when only one object has position
    uncertainty information", AAS 15-717)."""
    square = float(miss @ np.linalg.solve(cov, miss))
    length2 = float(miss @ miss)
    if square <= 1.0 or length2 == 0.0:
        return float(pc_2d(miss, cov, radius_m))
    along = np.outer(miss, miss) / length2
    return float(pc_2d(miss, cov + along * length2 * (square - 1.0) / square, radius_m))


@dataclass(slots=True)
class _Curved:
    sdmc_sigma: float | None = None
    duration_s: float | None = None
    t_peak_s: float | None = None
    is_extended: bool = False
    is_long: bool = False  # a passage of more than a fiftieth of a turn
    rates: tuple[tuple[float, float], ...] = ()


def _curved(
    encounter: Encounter, dt: float, pc: dict[str, float], warnings: list[str], seed: int, most_draws: int,
    window_s: tuple[float, float] | None,
) -> _Curved:  # fmt: skip
    from vedette.catalogue.conjunctions.draws import count_collisions
    from vedette.catalogue.conjunctions.flux import downhill, passage_2d

    out = _Curved()
    made = _elements(encounter)
    if made is None:
        warnings.append("one of the orbits is no ellipse: only the straight passage was computed")
        return out
    e0, p = made
    turn_s = float(min(2.0 * np.pi / e0[:, 0]))
    low, high = window_s or _window(e0, p, dt, turn_s)
    d, c = np.empty(6), np.empty((6, 6))
    nodes, weights = _gauss(_FINE_CORNERS)
    at = downhill(e0, p, dt, low, high, d, c)
    if np.isfinite(at):
        short = passage_2d(e0, p, at, encounter.radius_m, nodes, weights, _FINE_TURNS)
        if np.isfinite(short):
            pc["Nc2D"] = float(short)
    times, rates, out.is_extended = _rates(e0, p, dt, low, high, encounter.radius_m)
    if len(times):
        pc["Nc3D"] = float(np.trapezoid(rates, times))
        peak = int(np.argmax(rates))
        out.t_peak_s = float(times[peak])
        strong = times[rates > 1e-3 * rates[peak]] if rates[peak] > 0.0 else times[:0]
        out.duration_s = float(strong[-1] - strong[0]) if len(strong) > 1 else 0.0
        out.is_long = out.duration_s > 0.02 * turn_s
        out.rates = tuple(zip(times.tolist(), rates.tolist(), strict=True))
    if most_draws > 0:
        moments, shares = _moments(times, rates)
        counted = count_collisions(
            e0, p, encounter.radius_m, (low, high), moments, shares, seed=seed, most_draws=most_draws,
            plain_share=0.1 + 0.4 * min(1.0, 10.0 * pc.get("Nc3D", 0.0)),
        )  # fmt: skip
        pc["PcSDMC"], out.sdmc_sigma = counted.probability, counted.sigma
    return out


def _window(e0: Rows, p: Rows, dt: float, turn_s: float) -> tuple[float, float]:
    """A quarter of a turn each way; half a turn to a side beyond which the rate is a thousand times greater."""
    from vedette.catalogue.conjunctions.flux import peak_depth

    d, c = np.empty(6), np.empty((6, 6))
    offsets = np.linspace(-0.5, 0.5, 129)
    depth = np.array([peak_depth(e0, p, dt + x * turn_s, d, c)[0] for x in offsets])
    depth = np.where(np.isfinite(depth), depth, np.inf)
    here = depth[np.abs(offsets) <= 0.25].min() - 2.0 * np.log(1000.0)
    before = 0.5 if depth[offsets < -0.25].min() < here else 0.25
    after = 0.5 if depth[offsets > 0.25].min() < here else 0.25
    return dt - before * turn_s, dt + after * turn_s


def _elements(encounter: Encounter) -> tuple[Rows, Rows] | None:
    """Elements (2, 6) and covariances (2, 6, 6) of both; axes are turned where one would be nearly backwards."""
    from vedette.catalogue.conjunctions.equinoctial import elements_of, slopes_of

    momentum = np.cross(encounter.states[:, :3], encounter.states[:, 3:])
    momentum /= np.linalg.norm(momentum, axis=1, keepdims=True)
    turn = np.eye(3)
    if momentum[:, 2].min() < -0.9:
        turn = next(t for t in _TURNED if (momentum @ t.T)[:, 2].min() > -0.9)
    six = np.zeros((6, 6))
    six[:3, :3] = six[3:, 3:] = turn
    e0, p, slopes = np.empty((2, 6)), np.empty((2, 6, 6)), np.empty((6, 6))
    for k in range(2):
        if not elements_of(six @ encounter.states[k], e0[k]):
            return None
        slopes_of(e0[k], 0.0, slopes)
        back = np.linalg.inv(slopes)
        p[k] = back @ (six @ encounter.covs[k] @ six.T) @ back.T
        p[k] = 0.5 * (p[k] + p[k].T)
    return e0, p


_TURNED = (
    np.diag([1.0, -1.0, -1.0]),
    np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]),
    np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
)


def _gauss(count: int) -> tuple[Scalar, Scalar]:
    x, w = np.polynomial.legendre.leggauss(count)
    return 0.5 * (x + 1.0), 0.5 * w


def _rates(
    e0: Rows, p: Rows, dt: float, low: float, high: float, radius_m: float
) -> tuple[Scalar, Scalar, bool]:
    """Moments and collision rates over all passages within the window; whether a rate is cut off by its ends, or there
    are several passages."""
    from vedette.catalogue.conjunctions.flux import deepest, peak_depth, walk

    d, c = np.empty(6), np.empty((6, 6))
    nodes, weights = _gauss(_CORNERS)
    grid = np.unique(np.concatenate([np.linspace(low, high, _COARSE), [min(max(dt, low), high)]]))
    depth = np.array([peak_depth(e0, p, t, d, c)[0] for t in grid])
    if not np.isfinite(depth).any():
        return np.empty(0), np.empty(0), False
    padded = np.concatenate([[np.inf], depth, [np.inf]])
    valleys = np.flatnonzero((depth <= padded[:-2]) & (depth <= padded[2:]) & np.isfinite(depth))
    bottoms = []
    for i in valleys.tolist():
        a, b = grid[max(i - 1, 0)], grid[min(i + 1, len(grid) - 1)]
        t = deepest(e0, p, a, b, d, c)
        bottoms.append((peak_depth(e0, p, t, d, c)[0], t))
    least = min(bottoms)[0]
    chosen = sorted(t for f, t in bottoms if f < least + _SHALLOW)
    ridges = [low, *(_ridge(grid, depth, a, b) for a, b in pairwise(chosen)), high]
    times: list[Scalar] = []
    rates: list[Scalar] = []
    greatest, is_cut = 0.0, len(chosen) > 1
    for k, t in enumerate(chosen):
        _, _, pace = peak_depth(e0, p, t, d, c)
        step = 0.25 / np.sqrt(pace)
        space_t, space_r = np.empty(6000), np.empty(6000)
        n = walk(e0, p, t, step, ridges[k + 1], radius_m, nodes, weights, _TURNS, greatest, space_t, space_r)
        after_t, after_r = space_t[:n].copy(), space_r[:n].copy()
        greatest = max(greatest, float(after_r.max()))
        n = walk(e0, p, t - step, -step, ridges[k], radius_m, nodes, weights, _TURNS, greatest, space_t, space_r)
        before_t, before_r = space_t[:n][::-1].copy(), space_r[:n][::-1].copy()
        times += [before_t, after_t]
        rates += [before_r, after_r]
        top = max(greatest, 1e-300)
        ends = [one[k] for one, k in ((before_r, 0), (after_r, -1)) if len(one)]
        is_cut = is_cut or any(r > 1e-4 * top for r in ends)
    t_all, r_all = np.concatenate(times), np.concatenate(rates)
    order = np.argsort(t_all)
    return t_all[order], r_all[order], is_cut


def _ridge(grid: Scalar, depth: Scalar, a: float, b: float) -> float:
    """Where the rate is least between two passages."""
    inside = np.flatnonzero((grid > a) & (grid < b))
    if not len(inside):
        return 0.5 * (a + b)
    return float(grid[inside[int(np.argmax(np.where(np.isfinite(depth[inside]), depth[inside], 1e300)))]])


def _moments(times: Scalar, rates: Scalar) -> tuple[Scalar, Scalar]:
    """Evenly spaced moments at which to draw overlapping orbits, and the share of each."""
    if not len(times) or not rates.max() > 0.0:
        return np.empty(0), np.empty(0)
    strong = times[rates > 1e-7 * rates.max()]
    count = int(np.clip(len(strong), 12, 160))
    moments = np.linspace(strong[0], strong[-1], count)
    shares = np.interp(moments, times, rates)
    return moments, shares + 0.02 * shares.max()


def _headline(pc: dict[str, float], curved: _Curved, warnings: list[str]) -> tuple[float, str]:
    drawn, flowed, flat = pc.get("PcSDMC"), pc.get("Nc3D"), pc.get("Pc2D")
    if flowed is None:
        if drawn is not None and drawn > 0.0:
            return drawn, "PcSDMC"
        if flat is not None:
            return flat, "Pc2D"
        if "PcMax" in pc:
            return pc["PcMax"], "PcMax"
        return float("nan"), ""
    best, method = flowed, "Nc3D"
    if drawn is not None and curved.sdmc_sigma is not None and drawn > 0.0:
        is_sure = curved.sdmc_sigma < 0.05 * drawn
        is_apart = abs(flowed - drawn) > 3.0 * curved.sdmc_sigma + 0.01 * drawn
        if is_sure and (is_apart or curved.is_long):
            best, method = drawn, "PcSDMC"
        if is_sure and is_apart:
            warnings.append(
                f"3-D expects {flowed:.4g} collisions, drawn orbits say {drawn:.4g} ± {curved.sdmc_sigma:.1g}: "
                "the drawn value is told"
            )
    if flat is not None and best > 0.0 and abs(flat - best) > WRONG_SHARE * best and max(flat, best) > 1e-30:
        way = "under" if flat < best else "over"
        warnings.append(
            f"2-D is wrong here: it {way}estimates, {flat:.3g} against {best:.3g} ({method}); the encounter is not "
            "straight and short, or the doubts are curved"
        )
    short = pc.get("Nc2D")
    if best > 0.0 and (short is None or abs(short - best) > WRONG_SHARE * best):
        warnings.append("2-D Nc is wrong here: the nearest passage is not the one that counts, or it is not short")
    if curved.is_extended or curved.is_long:
        warnings.append("the encounter is long, repeats, or is cut off by the window")
    return best, method
