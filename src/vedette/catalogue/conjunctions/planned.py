"""Planned flights screened before they are flown: an ephemeris as its owner gives it, or a burn of a known object.

A path is interpolated to the knots that screening keeps, put against everyone in one pass, and each approach refined on
the path itself. After a burn the path is that of the elements, moved by the difference of two flights from the same
moment, with and without the burn, so that what the model of forces lacks goes out of it.
"""

from dataclasses import dataclass

import numpy as np

from vedette.catalogue.conjunctions.candidates import KNOT_S, knots_km
from vedette.catalogue.conjunctions.disk import pc_2d
from vedette.catalogue.conjunctions.encounter import encounter_plane, rtn_axes
from vedette.catalogue.conjunctions.screen import NEAR_S, STRETCH_KNOTS, against, bands_of_places
from vedette.catalogue.element_error import element_sigmas_m
from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.motion.sgp4 import Sgp4
from vedette.reports.elements import ElementSets

_POINTS = 8
_MU, _J2, _RADIUS = 3.986008e14, 0.001082616, 6_378_135.0  # WGS 72, as the elements have it


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """States (n, 6) m and m/s in teme at instants (n,), in order."""

    t_tai_ns: Ints
    states_teme: Rows

    def at(self, t_tai_ns: Ints) -> Rows:
        """States (m, 6) at instants: Lagrange through the eight nearest points; NaN outside."""
        t = np.asarray(t_tai_ns, dtype=np.int64)
        count = min(_POINTS, len(self.t_tai_ns))
        first = np.clip(np.searchsorted(self.t_tai_ns, t) - count // 2, 0, len(self.t_tai_ns) - count)
        rows = first[:, None] + np.arange(count)
        x = (self.t_tai_ns[rows] - t[:, None]) / NS_PER_S
        scale = np.abs(x).max(axis=1, keepdims=True)
        x = x / np.where(scale > 0.0, scale, 1.0)
        weights = np.ones_like(x)
        for k in range(count):
            for o in range(count):
                if o != k:
                    weights[:, k] *= x[:, o] / (x[:, o] - x[:, k])
        out = np.einsum("mk,mkc->mc", weights, self.states_teme[rows])
        out[(t < self.t_tai_ns[0]) | (t > self.t_tai_ns[-1])] = np.nan
        return out


@dataclass(frozen=True, slots=True)
class Planned:
    """One approach of a planned flight."""

    row: int  # of the element sets
    t_tai_ns: int
    miss_m: float
    speed_mps: float
    pc: float
    is_staying: bool = False  # near for long without a break: told once


def burned_path(one: ElementSets, t_burn_tai_ns: int, delta_v_rtn_mps: Scalar, t_to_tai_ns: int) -> Path:
    """Path of an object after a burn, to a later instant; every half minute."""
    from scipy.integrate import solve_ivp

    if t_to_tai_ns <= t_burn_tai_ns:
        raise UsageError("the burn is after the end of the time asked about")
    t = np.arange(t_burn_tai_ns, t_to_tai_ns + 30 * NS_PER_S, 30 * NS_PER_S)
    states, troubles = Sgp4.of(one).states_teme(t)
    if np.any(troubles):
        raise UsageError(f"{one.name[0] or one.number[0]}: its elements give no state for all that time")
    plain = states[0]
    kick = np.concatenate([np.zeros(3), rtn_axes(plain[0]) @ np.asarray(delta_v_rtn_mps, dtype=float)])
    seconds = (t - t[0]) / NS_PER_S

    def pull(_: float, y: Scalar) -> Scalar:
        out = np.empty(12)
        for k in (0, 6):
            p = y[k : k + 3]
            r2 = p @ p
            w = 1.5 * _J2 * _RADIUS**2 / r2
            z2 = 5.0 * p[2] * p[2] / r2
            out[k : k + 3] = y[k + 3 : k + 6]
            out[k + 3 : k + 6] = -_MU / (r2 * np.sqrt(r2)) * p * (1.0 + w * (np.array([1.0, 1.0, 3.0]) - z2))
        return out

    # both flights in one, so that they take the same steps and their difference keeps its digits
    flown = solve_ivp(
        pull, (0.0, float(seconds[-1])), np.concatenate([plain[0], plain[0] + kick]), "DOP853", seconds,
        rtol=1e-10, atol=1e-4,
    ).y.T  # fmt: skip
    return Path(t, plain + flown[:, 6:] - flown[:, :6])


def screen_path(
    path: Path, sets: ElementSets, t_from_tai_ns: int, t_to_tai_ns: int, km: float = 5.0, *,
    without: Ints | None = None, sigmas_m: tuple[float, float, float] = (300.0, 1000.0, 300.0), radius_m: float = 5.0,
) -> tuple[Planned, ...]:  # fmt: skip
    """Approaches of a path within km of everyone, likeliest first.

    without : rows left out, such as the object that flies it
    sigmas_m : of the path, radial, along, across; radius_m : of both bodies together
    """
    start, stop = max(t_from_tai_ns, int(path.t_tai_ns[0])), min(t_to_tai_ns, int(path.t_tai_ns[-1]))
    if stop <= start:
        raise UsageError("the plan does not fly within the time asked about")
    sgp4 = Sgp4.of(sets)
    count = int(np.ceil((stop - start) / NS_PER_S / KNOT_S)) + 1
    index = np.arange(-2, count + 2)
    t_knots = start + index * round(KNOT_S * NS_PER_S)
    own = 1e-3 * _beyond(path, t_knots)[:, :3].T.astype(np.float32)
    places = np.empty((len(sets), 3, len(index)), np.float32)
    for a in range(0, len(index), STRETCH_KNOTS):
        block = knots_km(sgp4, start, index[a : a + STRETCH_KNOTS])
        places[:, :, a : a + STRETCH_KNOTS] = block[:, :3, :].transpose(2, 1, 0)
    low, high = bands_of_places(places)
    if without is not None:
        low[without], high[without] = np.inf, -np.inf
    rows, t_s = against(places, low, high, np.ascontiguousarray(own), -1, km)
    return _settled(path, sets, sgp4, start, stop, km, rows, t_s, sigmas_m, radius_m)


def _beyond(path: Path, t: Ints) -> Rows:
    """States at knots; before and after the path on two-body motion from its ends, where only velocities need them."""
    from vedette.motion.kepler import propagate_kepler

    out = path.at(t)
    for side, end in ((t < path.t_tai_ns[0], 0), (t > path.t_tai_ns[-1], -1)):
        if side.any():
            away = (t[side] - path.t_tai_ns[end]) / NS_PER_S
            out[side] = propagate_kepler(np.broadcast_to(path.states_teme[end], (int(side.sum()), 6)), away)
    return out


def _settled(
    path: Path, sets: ElementSets, sgp4: Sgp4, start: int, stop: int, km: float, rows: Ints, t_s: Scalar,
    sigmas_m: tuple[float, float, float], radius_m: float,
) -> tuple[Planned, ...]:  # fmt: skip
    from vedette.catalogue.conjunctions.refine import states_at

    since = (start - sgp4.t_epoch_tai_ns) / (60.0 * NS_PER_S)
    t = t_s.copy()
    theirs = np.empty((len(t), 6))
    relative = np.empty((len(t), 6))
    mine = np.empty((len(t), 6))
    for _ in range(8):
        states_at(sgp4.records, since, rows, t, theirs)
        mine = path.at(start + np.round(t * NS_PER_S).astype(np.int64))
        relative = 1e3 * theirs - mine
        w2 = np.sum(relative[:, 3:] ** 2, axis=1)
        step = -np.sum(relative[:, :3] * relative[:, 3:], axis=1) / np.maximum(w2, 1e-6)
        t = t + np.where(np.isfinite(step), np.clip(step, -60.0, 60.0), 0.0)
    miss = np.linalg.norm(relative[:, :3], axis=1)
    keep = np.flatnonzero(np.isfinite(miss) & (miss <= 1e3 * km) & (t >= 0.0) & (t <= (stop - start) / NS_PER_S))
    keep = keep[np.lexsort((t[keep], rows[keep]))]
    out: list[Planned] = []
    for row in np.unique(rows[keep]).tolist():
        of_one = keep[rows[keep] == row]
        seeds = np.sort(t_s[rows == row])
        is_staying = len(seeds) > 3 and float(np.diff(seeds).max()) < 1.6 * KNOT_S and seeds[-1] - seeds[0] >= NEAR_S
        if is_staying:
            of_one = of_one[[int(np.argmin(miss[of_one]))]]
        last = -np.inf
        for k in of_one.tolist():
            if t[k] - last < 1.0:
                continue
            last = t[k]
            t_ns = start + round(t[k] * NS_PER_S)
            their_sigmas = element_sigmas_m(sets.take(np.array([row])), np.array([t_ns]))[0]
            cov = np.zeros((3, 3))
            for state, sigmas in ((mine[k], np.array(sigmas_m)), (1e3 * theirs[k], their_sigmas)):
                axes = rtn_axes(state)
                cov += axes * sigmas**2 @ axes.T
            plane = encounter_plane(relative[k, 3:], relative[k, :3])
            pc = float(pc_2d(plane @ relative[k, :3], plane @ cov @ plane.T, radius_m))
            out.append(Planned(row, t_ns, float(miss[k]), float(np.linalg.norm(relative[k, 3:])), pc, is_staying))
    return tuple(sorted(out, key=lambda one: (-one.pc, one.miss_m)))
