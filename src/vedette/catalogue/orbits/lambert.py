"""Every two-body arc from one place to another in a given time, with any number of whole turns between.

Izzo, "Revisiting Lambert's problem", Celestial Mechanics and Dynamical Astronomy 121 (2015): one unknown x per arc,
whose time of flight has a single minimum for each count of turns; the two arcs of that count lie on either side of it.
"""

from dataclasses import dataclass
from math import asinh, atan2, nan, pi, sqrt

import numpy as np
from numba import njit

from vedette.core.constants import EARTH_MU_M3_S2
from vedette.core.errors import UsageError
from vedette.core.shapes import Vec3

_LEAST, _MOST = -1.0 + 1e-12, 1.0 - 1e-12  # of x for an ellipse


@dataclass(frozen=True, slots=True, eq=False)
class LambertArc:
    """One arc: the velocities at both ends, its whole turns, and which of the two of that count it is."""

    velocity_1_mps: Vec3
    velocity_2_mps: Vec3
    turns: int
    is_high: bool  # the one of longer period (smaller x); of arcs under one turn there is one only, called low


def lambert_arcs(
    position_1_m: Vec3,
    position_2_m: Vec3,
    dt_s: float,
    *,
    most_turns: int = 0,
    is_retrograde: bool = False,
    plane_normal: Vec3 | None = None,
    only: tuple[int, bool] | None = None,
    mu_m3_s2: float = EARTH_MU_M3_S2,
) -> tuple[LambertArc, ...]:
    """All arcs between two places (3,) in `dt_s` with up to `most_turns` whole turns, the fewest turns first.

    The way round has the sense of rotation asked for (prograde: angular momentum towards +z). The arc under one turn
    always exists. `only` asks for one count of turns and branch, (2, True), and may find none. `plane_normal` (3,)
    says which plane where the two places are in line with the centre: without it that is a UsageError, as is no time
    at all.
    """
    r1_vector, r2_vector = np.asarray(position_1_m, dtype=float), np.asarray(position_2_m, dtype=float)
    r1, r2 = float(np.linalg.norm(r1_vector)), float(np.linalg.norm(r2_vector))
    normal = np.cross(r1_vector, r2_vector)
    size = float(np.linalg.norm(normal))
    if not dt_s > 0.0:
        raise UsageError(f"an arc in {dt_s:g} s; give a time greater than none")
    if not size > 1e-10 * r1 * r2:
        if plane_normal is None or r1_vector @ r2_vector > 0.0:
            raise UsageError("both places are in line with the centre: every plane through them would do")
        across = np.asarray(plane_normal, dtype=float)
        normal = across - (across @ r1_vector) / r1**2 * r1_vector
        size = float(np.linalg.norm(normal))
    chord = float(np.linalg.norm(r2_vector - r1_vector))
    half = 0.5 * (r1 + r2 + chord)
    i1, i2, ih = r1_vector / r1, r2_vector / r2, normal / size
    lam = float(np.sqrt(max(0.0, 1.0 - chord / half)))
    sign = 1.0
    if (ih[2] < 0.0) != is_retrograde:
        lam, sign = -lam, -1.0
    t1, t2 = sign * np.cross(ih, i1), sign * np.cross(ih, i2)
    goal = float(np.sqrt(2.0 * mu_m3_s2 / half**3)) * dt_s
    gamma = np.sqrt(mu_m3_s2 * half / 2.0)
    rho = (r1 - r2) / chord
    sigma = np.sqrt(max(0.0, 1.0 - rho * rho))
    arcs = []
    for turns in range(most_turns + 1):
        for is_high in (False, True) if turns else (False,):
            if only is not None and only != (turns, is_high):
                continue
            x = _root(lam, goal, turns, is_high)
            if not np.isfinite(x):
                continue
            y = float(np.sqrt(1.0 - lam * lam * (1.0 - x * x)))
            tangential = gamma * sigma * (y + lam * x)
            v1 = gamma * ((lam * y - x) - rho * (lam * y + x)) / r1 * i1 + tangential / r1 * t1
            v2 = -gamma * ((lam * y - x) + rho * (lam * y + x)) / r2 * i2 + tangential / r2 * t2
            arcs.append(LambertArc(v1, v2, turns, is_high))
    return tuple(arcs)


@njit(cache=True, error_model="numpy")
def _time(x: float, lam: float, turns: int) -> float:
    """Non-dimensional time of flight; Izzo 2015, eq. 18, with Battin's series near the parabola."""
    y = sqrt(1.0 - lam * lam * (1.0 - x * x))
    if abs(x - 1.0) < 1e-2 and turns == 0:
        eta = y - lam * x
        s1 = 0.5 * (1.0 - lam - x * eta)
        term, total = 1.0, 1.0
        for n in range(80):  # hypergeometric 2F1(3, 1, 5/2, s1)
            term *= (3.0 + n) * (1.0 + n) / (2.5 + n) * s1 / (n + 1.0)
            total += term
        return 0.5 * (eta**3 * 4.0 / 3.0 * total + 4.0 * lam * eta)
    e = 1.0 - x * x
    if e > 0.0:
        psi = atan2((y - x * lam) * sqrt(e), x * y + lam * e)
        if psi < 0.0:
            psi += 2.0 * pi
        return ((psi + turns * pi) / sqrt(e) - x + lam * y) / e
    psi = asinh((y - x * lam) * sqrt(-e))
    return (psi / sqrt(-e) - x + lam * y) / e


@njit(cache=True, error_model="numpy")
def _slope(x: float, lam: float, turns: int) -> float:
    """dT/dx; Izzo 2015, eq. 22."""
    y = sqrt(1.0 - lam * lam * (1.0 - x * x))
    return (3.0 * _time(x, lam, turns) * x - 2.0 + 2.0 * lam**3 * x / y) / (1.0 - x * x)


@njit(cache=True, error_model="numpy")
def _root(lam: float, goal: float, turns: int, is_high: bool) -> float:
    """The x of one arc; NaN where there is none of that count of turns in that time."""
    low, high = _LEAST, _MOST
    if turns > 0:  # the time has one minimum over x: its slope rises through zero once
        a, b = low, high
        for _ in range(200):
            middle = 0.5 * (a + b)
            if middle in (a, b):
                break
            if _slope(middle, lam, turns) < 0.0:
                a = middle
            else:
                b = middle
        if is_high:
            high = b
        else:
            low = a
    else:
        high = 1.0
        while _time(high, lam, 0) > goal and high < 1e12:
            high = 2.0 * high + 1.0
    sign = 1.0 if turns == 0 or is_high else -1.0  # falling with x on those branches, rising on the other
    f_low, f_high = sign * (_time(low, lam, turns) - goal), sign * (_time(high, lam, turns) - goal)
    if not (f_low > 0.0 and f_high <= 0.0):
        return nan
    side = 0
    for step in range(300):
        # the Illinois secant, and a plain halving now and then against bad brackets
        x = (low * f_high - high * f_low) / (f_high - f_low) if step % 4 else 0.5 * (low + high)
        if x <= low or x >= high:
            x = 0.5 * (low + high)
        if x in (low, high):
            break
        f = sign * (_time(x, lam, turns) - goal)
        if f > 0.0:
            low, f_low = x, f
            f_high *= 0.5 if side == 1 else 1.0
            side = 1
        else:
            high, f_high = x, f
            f_low *= 0.5 if side == -1 else 1.0
            side = -1
        if f == 0.0 or high - low < 4e-16 * (abs(low) + abs(high)):
            break
    a, b = abs(_time(low, lam, turns) - goal), abs(_time(high, lam, turns) - goal)
    return low if a < b else high
