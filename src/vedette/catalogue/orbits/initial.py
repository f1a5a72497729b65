"""A first orbit from little: three positions, two positions and a time, or three directions.

Three positions: Gibbs and Herrick-Gibbs (`tracking.initial_orbit`). Two positions: `lambert_arcs`. Three directions:
Gauss (Curtis 2014, algorithms 5.5 and 5.6) where the directions are a few degrees apart, and Gooding (Celestial
Mechanics and Dynamical Astronomy 66, 1997), who needs no such smallness and takes whole turns between the looks.

Inertial axes, metres and seconds; angles-only methods return every orbit that they find, since several can fit three
directions exactly.
"""

import numpy as np

from vedette.catalogue.orbits.lambert import lambert_arcs
from vedette.core.constants import EARTH_MU_M3_S2
from vedette.core.errors import UsageError
from vedette.core.shapes import Rows, Scalar, Vec3
from vedette.motion.kepler import propagate_kepler
from vedette.tracking.initial_orbit import WELL_APART_RAD, velocity_gibbs, velocity_herrick_gibbs

_LOWEST_M, _HIGHEST_M = 6.4e6, 1e9  # of the distance from the Earth's centre


def state_from_three_positions(positions_m: Rows, times_s: Scalar) -> Vec3:
    """State (6,) at the second of three inertial positions (3, 3): Gibbs well apart, Herrick-Gibbs close together."""
    positions = np.asarray(positions_m, dtype=float)
    units = positions / np.linalg.norm(positions, axis=1, keepdims=True)
    apart_rad = float(np.arccos(np.clip(min(units[0] @ units[1], units[1] @ units[2]), -1.0, 1.0)))
    velocity = velocity_gibbs(positions) if apart_rad > WELL_APART_RAD else velocity_herrick_gibbs(positions, times_s)
    return np.concatenate([positions[1], velocity])


def states_gauss(
    directions: Rows, observers_m: Rows, times_s: Scalar, *, passes: int = 50, mu_m3_s2: float = EARTH_MU_M3_S2
) -> Rows:
    """States (k, 6) at the second of three looks by Gauss's method, one per root of his equation that makes an orbit.

    Parameters
    ----------
    directions : (3, 3)   unit vectors from the observers
    observers_m : (3, 3)
    times_s : (3,)
    passes : of the improvement by exact f and g after the first answer; 0 leaves the answer as Gauss's series gives it
    """
    L, R = np.asarray(directions, dtype=float), np.asarray(observers_m, dtype=float)
    t1, t3 = float(times_s[0] - times_s[1]), float(times_s[2] - times_s[1])
    tau = t3 - t1
    p = np.array([np.cross(L[1], L[2]), np.cross(L[0], L[2]), np.cross(L[0], L[1])])
    d0 = float(L[0] @ p[0])
    if abs(d0) < 1e-14:
        raise UsageError("the three directions lie in one plane with one another: they tell no distance")
    D = R @ p.T  # D[i, j] = R_i . p_j
    a = (-D[0, 1] * t3 / tau + D[1, 1] + D[2, 1] * t1 / tau) / d0
    b = (D[0, 1] * (t3**2 - tau**2) * t3 / tau + D[2, 1] * (tau**2 - t1**2) * t1 / tau) / (6.0 * d0)
    e = float(R[1] @ L[1])
    r2_squared = float(R[1] @ R[1])
    roots = np.roots([
        1.0, 0.0, -(a * a + 2.0 * a * e + r2_squared), 0.0, 0.0, -2.0 * mu_m3_s2 * b * (a + e), 0.0, 0.0,
        -(mu_m3_s2 * b) ** 2,
    ])  # fmt: skip
    found = []
    for root in roots:
        if abs(root.imag) > 1e-6 * abs(root) or not _LOWEST_M * 0.9 < root.real < _HIGHEST_M:
            continue
        state = _gauss_state(float(root.real), L, R, D, d0, (t1, t3), passes, mu_m3_s2)
        if state is not None:
            found.append(state)
    return _distinct(found)


def _gauss_state(
    r2: float, L: Rows, R: Rows, D: Rows, d0: float, t: tuple[float, float], passes: int, mu: float
) -> Vec3 | None:
    t1, t3 = t
    f1, f3 = 1.0 - mu * t1**2 / (2.0 * r2**3), 1.0 - mu * t3**2 / (2.0 * r2**3)
    g1, g3 = t1 - mu * t1**3 / (6.0 * r2**3), t3 - mu * t3**3 / (6.0 * r2**3)
    before = np.zeros(3)
    state: Vec3 | None = None
    for turn in range(passes + 1):
        turning = f1 * g3 - f3 * g1
        if turning == 0.0 or not np.isfinite(turning):
            return None
        c1, c3 = g3 / turning, -g1 / turning
        ranges = np.array([
            (-D[0, 0] + D[1, 0] / c1 - c3 / c1 * D[2, 0]) / d0,
            (-c1 * D[0, 1] + D[1, 1] - c3 * D[2, 1]) / -d0 * -1.0,
            (-c1 / c3 * D[0, 2] + D[1, 2] / c3 - D[2, 2]) / d0,
        ])  # fmt: skip
        r = R + ranges[:, None] * L
        v2 = (-f3 * r[0] + f1 * r[2]) / turning
        state = np.concatenate([r[1], v2])
        if not np.all(np.isfinite(state)):
            return None
        if np.max(np.abs(ranges - before)) < 1e-6 * np.max(np.abs(ranges)) and turn:
            break
        before = ranges
        if turn == passes:
            break
        exact = [_f_and_g(state, dt, mu) for dt in (t1, t3)]
        if any(np.isnan(pair).any() for pair in exact):
            return None
        # half of the change at a time, as Curtis does: the full change can swing to and fro
        f1, f3 = 0.5 * (f1 + exact[0][0]), 0.5 * (f3 + exact[1][0])
        g1, g3 = 0.5 * (g1 + exact[0][1]), 0.5 * (g3 + exact[1][1])
    if state is None or np.any(before < 0.0) or not np.linalg.norm(state[:3]) > _LOWEST_M * 0.9:
        return None
    return state


def _f_and_g(state: Vec3, dt_s: float, mu: float) -> Scalar:
    """Lagrange's coefficients of the arc: the later position in terms of position and velocity now."""
    later = propagate_kepler(state, dt_s, mu)[:3]
    base = np.stack([state[:3], state[3:]], axis=1)
    return np.asarray(np.linalg.lstsq(base, later, rcond=None)[0], dtype=np.float64)


def states_gooding(
    directions: Rows,
    observers_m: Rows,
    times_s: Scalar,
    *,
    most_turns: int | None = None,
    first_ranges_m: Scalar | None = None,
    mu_m3_s2: float = EARTH_MU_M3_S2,
) -> Rows:
    """States (k, 6) at the second of three looks whose directions they meet exactly, by Gooding's method.

    The unknowns are the distances at the first and last look; Lambert's arc between them must pass the middle look's
    direction. Newton's method from a grid of distances, for each count of whole turns and either sense of rotation.

    Parameters
    ----------
    directions : (3, 3)   unit vectors from the observers
    observers_m : (3, 3)
    times_s : (3,)        rising
    most_turns : whole turns between the first and the last look; by default what a satellite at 300 km could fly,
        and no more than three
    first_ranges_m : distances to start from; by default from 200 km to 60,000 km
    """
    L, R = np.asarray(directions, dtype=float), np.asarray(observers_m, dtype=float)
    t12, t13 = float(times_s[1] - times_s[0]), float(times_s[2] - times_s[0])
    if not 0.0 < t12 < t13:
        raise UsageError("the three looks must be in the order of time")
    if most_turns is None:
        most_turns = min(3, int(t13 // 5400.0))
    starts = np.geomspace(2e5, 6e7, 9) if first_ranges_m is None else np.asarray(first_ranges_m, dtype=float)
    found: list[Vec3] = []
    across = _axes_across(L[1])
    for is_retrograde in (False, True):
        for turns, is_high in [(0, False), *((n, h) for n in range(1, most_turns + 1) for h in (False, True))]:
            for start in starts:
                state = _gooding_newton(
                    np.array([start, start]), L, R, across, (t12, t13), turns, is_high, is_retrograde, mu_m3_s2
                )
                if state is not None:
                    found.append(state)
    return _distinct(found)


def _axes_across(direction: Vec3) -> Rows:
    """Two unit vectors (2, 3) across a direction."""
    spare = np.array([0.0, 0.0, 1.0]) if abs(direction[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    first = np.cross(direction, spare)
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(direction, first)])


def _gooding_newton(
    x: Scalar, L: Rows, R: Rows, across: Rows, t: tuple[float, float], turns: int, is_high: bool, back: bool, mu: float
) -> Vec3 | None:
    """Newton from distances x (2,) at the first and last look; None where it does not end at an orbit."""

    def misses(places: Rows) -> tuple[Rows, Rows] | None:
        """How far beside the direction seen each pair of distances (m, 2) passes, and the states there."""
        starts = np.empty((len(places), 6))
        for k, at in enumerate(places):
            r1, r3 = R[0] + at[0] * L[0], R[2] + at[1] * L[2]
            try:
                arcs = lambert_arcs(
                    r1, r3, t[1], most_turns=turns, is_retrograde=back, only=(turns, is_high), mu_m3_s2=mu
                )
            except UsageError:
                return None
            if not arcs:
                return None
            starts[k, :3], starts[k, 3:] = r1, arcs[0].velocity_1_mps
        states = propagate_kepler(starts, t[0], mu)
        line = states[:, :3] - R[1]
        beside = line @ across.T / np.linalg.norm(line, axis=1, keepdims=True)
        beside[line @ L[1] <= 0.0] = 9.0  # a look from behind is no look
        return beside, states

    told = misses(x[None])
    if told is None:
        return None
    now, state = told[0][0], told[1][0]
    for _ in range(30):
        size = float(np.linalg.norm(now))
        if size < 1e-13:
            break
        step = np.diag(1e-6 * x)
        told = misses(np.concatenate([x + step, x - step]))
        if told is None:
            return None
        slope = (told[0][:2] - told[0][2:]).T / (2e-6 * x)
        try:
            move = -np.linalg.solve(slope, now)
        except np.linalg.LinAlgError:
            return None
        share = 1.0
        for _ in range(12):
            fresh = x + share * np.clip(move, -0.6 * x, 2.0 * x)
            told = misses(fresh[None]) if np.all(fresh > 1e4) and np.all(fresh < _HIGHEST_M) else None
            if told is not None and np.linalg.norm(told[0][0]) < size * (1.0 - 1e-4 * share):
                break
            share *= 0.5
        else:
            break
        assert told is not None
        x, now, state = fresh, told[0][0], told[1][0]
    is_orbit = np.linalg.norm(state[:3]) > 0.9 * _LOWEST_M
    return state if np.linalg.norm(now) < 1e-9 and is_orbit else None


def _distinct(states: list[Vec3]) -> Rows:
    kept: list[Vec3] = []
    for state in states:
        if not any(np.linalg.norm(state[:3] - one[:3]) < 1e-5 * np.linalg.norm(one[:3])
                   and np.linalg.norm(state[3:] - one[3:]) < 1e-4 * np.linalg.norm(one[3:]) for one in kept):  # fmt: skip # noqa: E501
            kept.append(state)
    return np.array(kept).reshape(-1, 6)
