"""Sigma points of one row, compiled: spread, flown, looked at and gathered again, all points at once.

A row's points lie side by side in a scratch array, sixteen lanes for each component, so that the same arithmetic is
done for several points per instruction. States have the tracker's eight components (`flight_kernel`), in local
coordinates about an origin and axes: Cartesian; spherical (`spherical`); or by course (`course`), where the two angular
rates are a speed across the line of sight and its direction. Biases may follow; they stay, and how they are tied to
the rest goes along the best line through the motion.

kappa 0 is the cubature rule; kappa > 0 the unscented one with a centre point [Julier and Uhlmann 1997].
"""

from math import ceil, exp, sqrt

import numpy as np
from numba import njit

from vedette.motion.atmosphere import density_kernel
from vedette.motion.ellipsoid import height_kernel
from vedette.tracking.kernels.flight_kernel import (
    BOOST,
    COAST,
    DRAG_TOP_M,
    ENTRY,
    EXHAUST_MPS,
    FASTEST_BRAKING_1_S,
    LEVEL,
    LN_BETA,
    MOST_THRUST_MPS2,
    STATE_SIZE,
    STEADY,
    STEADY_MPS2,
    STEADY_SCALE_MPS2,
    STEADY_ZERO,
    THRUST,
    TURN,
    level_slope,
    turn_rate,
)
from vedette.tracking.kernels.lane_functions import angle_of, folded_angle, sine_cosine_of
from vedette.tracking.kernels.small_blocks import Block, plus, scaled, times_turned, turned
from vedette.tracking.kernels.step_arithmetic import Six, fall

POINTS = 16
CARTESIAN, SPHERICAL, COURSE = 0, 1, 2
_LOCAL, _ITRF, _APART, _WEIGHT, _SEEN = 0, 8, 16, 24, 25  # lanes of the scratch, sixteen numbers each
_ROOT = 32 * POINTS  # 7 x 7 root of the covariance
_MORE = _ROOT + 64  # 7 x biases
SIGMA_SCRATCH = _MORE + 8 * 64
MOST_BIASES = 64
_FLAGS = {"contract", "nsz", "arcp"}  # fused, and one reciprocal for many divisions: NaN and infinity keep their sense
_SUMS = {"contract", "nsz", "arcp", "reassoc"}  # sums of sixteen, in whatever order


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def spread_points(mean: np.ndarray, cov: np.ndarray, extra: int, kappa: float, w: np.ndarray) -> int:
    """Sigma points of the first six components and `extra` (6, 7, or -1 for none) into the scratch.

    Returns how many, 0 where the covariance is not positive. Lanes that are left over hold the mean, with no weight.
    """
    size = 6 if extra < 0 else 7
    root = w[_ROOT:]
    for i in range(size):
        a = i if i < 6 else extra
        for j in range(i + 1):
            b = j if j < 6 else extra
            total = cov[a, b]
            for k in range(j):
                total -= root[i * 7 + k] * root[j * 7 + k]
            if i == j:
                if not total > 0.0:
                    return 0
                root[i * 7 + i] = sqrt(total)
            else:
                root[i * 7 + j] = total / root[j * 7 + j]
    first = 1 if kappa > 0.0 else 0
    reach, share = sqrt(size + kappa), 0.5 / (size + kappa)
    for p in range(POINTS):
        w[_WEIGHT * POINTS + p] = share if first <= p < first + 2 * size else 0.0
    if first == 1:
        w[_WEIGHT * POINTS] = 2.0 * kappa * share
    for i in range(STATE_SIZE):
        for p in range(POINTS):
            w[(_LOCAL + i) * POINTS + p] = mean[i]
    for i in range(size):
        a = _LOCAL + (i if i < 6 else extra)
        for k in range(i + 1):
            away = reach * root[i * 7 + k]
            w[a * POINTS + first + k] += away
            w[a * POINTS + first + size + k] -= away
    return first + 2 * size


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def points_to_itrf(w: np.ndarray, coordinates: int, origin: np.ndarray, axes: np.ndarray) -> None:
    """Local points to ITRF, from the first lanes to the second."""
    ox, oy, oz = origin[0], origin[1], origin[2]
    a00, a01, a02 = axes[0, 0], axes[0, 1], axes[0, 2]
    a10, a11, a12 = axes[1, 0], axes[1, 1], axes[1, 2]
    a20, a21, a22 = axes[2, 0], axes[2, 1], axes[2, 2]
    if coordinates == COURSE:
        for p in range(POINTS):
            reach, across = w[2 * POINTS + p], w[3 * POINTS + p]
            sa, ca = sine_cosine_of(w[p])
            se, ce = sine_cosine_of(w[POINTS + p])
            sc, cc = sine_cosine_of(w[4 * POINTS + p])
            level, level_rate = reach * ce, w[5 * POINTS + p] * ce - across * sc * se
            w[8 * POINTS + p], w[9 * POINTS + p], w[10 * POINTS + p] = level * ca, level * sa, reach * se
            w[11 * POINTS + p] = level_rate * ca - across * cc * sa
            w[12 * POINTS + p] = level_rate * sa + across * cc * ca
            w[13 * POINTS + p] = w[5 * POINTS + p] * se + across * sc * ce
    elif coordinates == SPHERICAL:
        for p in range(POINTS):
            reach = w[2 * POINTS + p]
            sa, ca = sine_cosine_of(w[p])
            se, ce = sine_cosine_of(w[POINTS + p])
            level, level_rate = reach * ce, w[5 * POINTS + p] * ce - reach * w[4 * POINTS + p] * se
            w[8 * POINTS + p], w[9 * POINTS + p], w[10 * POINTS + p] = level * ca, level * sa, reach * se
            w[11 * POINTS + p] = level_rate * ca - level * w[3 * POINTS + p] * sa
            w[12 * POINTS + p] = level_rate * sa + level * w[3 * POINTS + p] * ca
            w[13 * POINTS + p] = w[5 * POINTS + p] * se + reach * w[4 * POINTS + p] * ce
    else:
        for k in range(6 * POINTS):
            w[8 * POINTS + k] = w[k]
    for p in range(POINTS):
        x, y, z = w[8 * POINTS + p], w[9 * POINTS + p], w[10 * POINTS + p]
        vx, vy, vz = w[11 * POINTS + p], w[12 * POINTS + p], w[13 * POINTS + p]
        w[8 * POINTS + p] = a00 * x + a10 * y + a20 * z + ox
        w[9 * POINTS + p] = a01 * x + a11 * y + a21 * z + oy
        w[10 * POINTS + p] = a02 * x + a12 * y + a22 * z + oz
        w[11 * POINTS + p] = a00 * vx + a10 * vy + a20 * vz
        w[12 * POINTS + p] = a01 * vx + a11 * vy + a21 * vz
        w[13 * POINTS + p] = a02 * vx + a12 * vy + a22 * vz
    for k in range(2 * POINTS):
        w[14 * POINTS + k] = w[6 * POINTS + k]


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def points_from_itrf(w: np.ndarray, coordinates: int, origin: np.ndarray, axes: np.ndarray) -> None:
    """The inverse of `points_to_itrf`, from the second lanes to the third; the first keep the points of before."""
    ox, oy, oz = origin[0], origin[1], origin[2]
    a00, a01, a02 = axes[0, 0], axes[0, 1], axes[0, 2]
    a10, a11, a12 = axes[1, 0], axes[1, 1], axes[1, 2]
    a20, a21, a22 = axes[2, 0], axes[2, 1], axes[2, 2]
    for p in range(POINTS):
        x, y, z = w[8 * POINTS + p] - ox, w[9 * POINTS + p] - oy, w[10 * POINTS + p] - oz
        vx, vy, vz = w[11 * POINTS + p], w[12 * POINTS + p], w[13 * POINTS + p]
        w[16 * POINTS + p] = a00 * x + a01 * y + a02 * z
        w[17 * POINTS + p] = a10 * x + a11 * y + a12 * z
        w[18 * POINTS + p] = a20 * x + a21 * y + a22 * z
        w[19 * POINTS + p] = a00 * vx + a01 * vy + a02 * vz
        w[20 * POINTS + p] = a10 * vx + a11 * vy + a12 * vz
        w[21 * POINTS + p] = a20 * vx + a21 * vy + a22 * vz
    for k in range(2 * POINTS):
        w[22 * POINTS + k] = w[14 * POINTS + k]
    if coordinates == SPHERICAL:
        for p in range(POINTS):
            x, y, z = w[16 * POINTS + p], w[17 * POINTS + p], w[18 * POINTS + p]
            vx, vy, vz = w[19 * POINTS + p], w[20 * POINTS + p], w[21 * POINTS + p]
            level_sq = x * x + y * y
            level, reach = sqrt(level_sq), sqrt(level_sq + z * z)
            along = x * vx + y * vy
            w[16 * POINTS + p], w[17 * POINTS + p], w[18 * POINTS + p] = angle_of(y, x), angle_of(z, level), reach
            w[19 * POINTS + p] = (x * vy - y * vx) / level_sq
            w[20 * POINTS + p] = (vz * level_sq - z * along) / (level * reach * reach)
            w[21 * POINTS + p] = (along + z * vz) / reach
    if coordinates == COURSE:
        for p in range(POINTS):
            x, y, z = w[16 * POINTS + p], w[17 * POINTS + p], w[18 * POINTS + p]
            vx, vy, vz = w[19 * POINTS + p], w[20 * POINTS + p], w[21 * POINTS + p]
            level_sq = x * x + y * y
            level, reach = sqrt(level_sq), sqrt(level_sq + z * z)
            along = x * vx + y * vy
            aside, rise = (x * vy - y * vx) / level, (vz * level_sq - z * along) / (level * reach)
            w[16 * POINTS + p], w[17 * POINTS + p], w[18 * POINTS + p] = angle_of(y, x), angle_of(z, level), reach
            w[19 * POINTS + p] = sqrt(aside * aside + rise * rise)
            w[20 * POINTS + p] = angle_of(rise, aside)
            w[21 * POINTS + p] = (along + z * vz) / reach


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def _moved(s: Six, h: float, b: Six) -> Six:
    """s + h b."""
    return (
        s[0] + h * b[0], s[1] + h * b[1], s[2] + h * b[2], s[3] + h * b[3], s[4] + h * b[4], s[5] + h * b[5]
    )  # fmt: skip


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def _weighed(a: Six, b: Six, c: Six, d: Six) -> Six:
    """Runge and Kutta's a + 2 b + 2 c + d."""
    return (
        a[0] + 2.0 * (b[0] + c[0]) + d[0], a[1] + 2.0 * (b[1] + c[1]) + d[1], a[2] + 2.0 * (b[2] + c[2]) + d[2],
        a[3] + 2.0 * (b[3] + c[3]) + d[3], a[4] + 2.0 * (b[4] + c[4]) + d[4], a[5] + 2.0 * (b[5] + c[5]) + d[5],
    )  # fmt: skip


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def _pushed_slope(s: Six, along: float, earth: Six) -> Six:
    """Slope of a state under gravity and an acceleration `along` times its velocity."""
    ax, ay, az = fall(s, earth)
    return s[3], s[4], s[5], ax + along * s[3], ay + along * s[4], az + along * s[5]


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def _push(s: Six, thrust: float) -> float:
    """Thrust over speed, the thrust kept within what any launcher does."""
    thrust = MOST_THRUST_MPS2 if thrust > MOST_THRUST_MPS2 else thrust
    thrust = -MOST_THRUST_MPS2 if thrust < -MOST_THRUST_MPS2 else thrust
    return thrust / (sqrt(s[3] * s[3] + s[4] * s[4] + s[5] * s[5]) + 1.0)  # 1 m/s: no direction at rest


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def _growth(thrust: float) -> float:
    """How fast the specific thrust grows as mass leaves."""
    return thrust * abs(thrust) / EXHAUST_MPS if abs(thrust) < MOST_THRUST_MPS2 else 0.0


@njit(error_model="numpy", fastmath=_FLAGS)
def _over_ground(s: Six, rate: float) -> Six:
    """Slope of a state that moves over the ground and turns."""
    ax, ay, az = level_slope(s[0], s[1], s[2], s[3], s[4], s[5], rate)
    return s[3], s[4], s[5], ax, ay, az


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def _steady(s: Six, thrust: float) -> float:
    """Thrust over speed."""
    return thrust / (sqrt(s[3] * s[3] + s[4] * s[4] + s[5] * s[5]) + 1.0)


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def _pull(s: Six, beta: float, air: np.ndarray) -> float:
    """Drag over speed."""
    height = height_kernel(s[0], s[1], s[2])
    if not height < DRAG_TOP_M:
        return 0.0
    speed = sqrt(s[3] * s[3] + s[4] * s[4] + s[5] * s[5]) + 1.0
    return -min(0.5 * density_kernel(max(height, 0.0), air) * speed / beta, FASTEST_BRAKING_1_S)


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def fly_lanes(w: np.ndarray, count: int, dt_s: float, mode: int, earth: Six, air: np.ndarray) -> None:
    """Carry the points in the second lanes along, as `flight_kernel.fly_points` does; `count` of them are in use."""
    longest = 10.0 if mode in (COAST, LEVEL) else (1.0 if mode == ENTRY else 2.0)
    steps = max(1, ceil(abs(dt_s) / longest))
    h = dt_s / steps
    for _ in range(steps):
        if mode == COAST:
            for p in range(POINTS):
                s = (
                    w[8 * POINTS + p], w[9 * POINTS + p], w[10 * POINTS + p],
                    w[11 * POINTS + p], w[12 * POINTS + p], w[13 * POINTS + p],
                )  # fmt: skip
                a = _pushed_slope(s, 0.0, earth)
                b = _pushed_slope(_moved(s, 0.5 * h, a), 0.0, earth)
                c = _pushed_slope(_moved(s, 0.5 * h, b), 0.0, earth)
                d = _pushed_slope(_moved(s, h, c), 0.0, earth)
                s = _moved(s, h / 6.0, _weighed(a, b, c, d))
                w[8 * POINTS + p], w[9 * POINTS + p], w[10 * POINTS + p] = s[0], s[1], s[2]
                w[11 * POINTS + p], w[12 * POINTS + p], w[13 * POINTS + p] = s[3], s[4], s[5]
        elif mode == BOOST:
            for p in range(POINTS):
                s = (
                    w[8 * POINTS + p], w[9 * POINTS + p], w[10 * POINTS + p],
                    w[11 * POINTS + p], w[12 * POINTS + p], w[13 * POINTS + p],
                )  # fmt: skip
                t = w[14 * POINTS + p]
                a, ga = _pushed_slope(s, _push(s, t), earth), _growth(t)
                y, u = _moved(s, 0.5 * h, a), t + 0.5 * h * ga
                b, gb = _pushed_slope(y, _push(y, u), earth), _growth(u)
                y, u = _moved(s, 0.5 * h, b), t + 0.5 * h * gb
                c, gc = _pushed_slope(y, _push(y, u), earth), _growth(u)
                y, u = _moved(s, h, c), t + h * gc
                d, gd = _pushed_slope(y, _push(y, u), earth), _growth(u)
                s = _moved(s, h / 6.0, _weighed(a, b, c, d))
                w[8 * POINTS + p], w[9 * POINTS + p], w[10 * POINTS + p] = s[0], s[1], s[2]
                w[11 * POINTS + p], w[12 * POINTS + p], w[13 * POINTS + p] = s[3], s[4], s[5]
                w[14 * POINTS + p] = t + h / 6.0 * (ga + 2.0 * (gb + gc) + gd)
        elif mode in (LEVEL, TURN):
            for p in range(count):
                s = (
                    w[8 * POINTS + p], w[9 * POINTS + p], w[10 * POINTS + p],
                    w[11 * POINTS + p], w[12 * POINTS + p], w[13 * POINTS + p],
                )  # fmt: skip
                t = turn_rate(w[14 * POINTS + p]) if mode == TURN else 0.0
                a = _over_ground(s, t)
                b = _over_ground(_moved(s, 0.5 * h, a), t)
                c = _over_ground(_moved(s, 0.5 * h, b), t)
                d = _over_ground(_moved(s, h, c), t)
                s = _moved(s, h / 6.0, _weighed(a, b, c, d))
                w[8 * POINTS + p], w[9 * POINTS + p], w[10 * POINTS + p] = s[0], s[1], s[2]
                w[11 * POINTS + p], w[12 * POINTS + p], w[13 * POINTS + p] = s[3], s[4], s[5]
        elif mode == STEADY:
            for p in range(POINTS):
                s = (
                    w[8 * POINTS + p], w[9 * POINTS + p], w[10 * POINTS + p],
                    w[11 * POINTS + p], w[12 * POINTS + p], w[13 * POINTS + p],
                )  # fmt: skip
                t = STEADY_MPS2 + STEADY_SCALE_MPS2 * (w[15 * POINTS + p] - STEADY_ZERO)
                a = _pushed_slope(s, _steady(s, t), earth)
                y = _moved(s, 0.5 * h, a)
                b = _pushed_slope(y, _steady(y, t), earth)
                y = _moved(s, 0.5 * h, b)
                c = _pushed_slope(y, _steady(y, t), earth)
                y = _moved(s, h, c)
                d = _pushed_slope(y, _steady(y, t), earth)
                s = _moved(s, h / 6.0, _weighed(a, b, c, d))
                w[8 * POINTS + p], w[9 * POINTS + p], w[10 * POINTS + p] = s[0], s[1], s[2]
                w[11 * POINTS + p], w[12 * POINTS + p], w[13 * POINTS + p] = s[3], s[4], s[5]
        else:
            for p in range(count):
                s = (
                    w[8 * POINTS + p], w[9 * POINTS + p], w[10 * POINTS + p],
                    w[11 * POINTS + p], w[12 * POINTS + p], w[13 * POINTS + p],
                )  # fmt: skip
                beta = exp(w[15 * POINTS + p])
                a = _pushed_slope(s, _pull(s, beta, air), earth)
                y = _moved(s, 0.5 * h, a)
                b = _pushed_slope(y, _pull(y, beta, air), earth)
                y = _moved(s, 0.5 * h, b)
                c = _pushed_slope(y, _pull(y, beta, air), earth)
                y = _moved(s, h, c)
                d = _pushed_slope(y, _pull(y, beta, air), earth)
                s = _moved(s, h / 6.0, _weighed(a, b, c, d))
                w[8 * POINTS + p], w[9 * POINTS + p], w[10 * POINTS + p] = s[0], s[1], s[2]
                w[11 * POINTS + p], w[12 * POINTS + p], w[13 * POINTS + p] = s[3], s[4], s[5]


@njit(error_model="numpy", fastmath=_SUMS, forceinline=True)
def _sum_weighed(w: np.ndarray, a: int) -> float:
    """Sum over the points of weight times one lane."""
    total = 0.0
    for p in range(POINTS):
        total += w[_WEIGHT * POINTS + p] * w[a * POINTS + p]
    return total


@njit(error_model="numpy", fastmath=_SUMS, forceinline=True)
def _sum_products(w: np.ndarray, a: int, b: int) -> float:
    """Sum over the points of weight times two lanes."""
    total = 0.0
    for p in range(POINTS):
        total += w[_WEIGHT * POINTS + p] * w[a * POINTS + p] * w[b * POINTS + p]
    return total


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def middle_of_lane(w: np.ndarray, lane: int, is_angle: bool) -> float:
    """Weighted mean of one lane, which is left as differences from it; angles are averaged as differences."""
    base = w[lane * POINTS]
    for p in range(POINTS):
        w[lane * POINTS + p] -= base
    if is_angle:
        for p in range(POINTS):
            w[lane * POINTS + p] = folded_angle(w[lane * POINTS + p])
    shift = _sum_weighed(w, lane)
    for p in range(POINTS):
        w[lane * POINTS + p] -= shift
    return base + shift


@njit(error_model="numpy", forceinline=True)
def _is_angle(coordinates: int, component: int) -> bool:
    """Whether a component is an angle that may go round."""
    return (coordinates != CARTESIAN and component == 0) or (coordinates == COURSE and component == 4)


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def spherical_slope(s: Six) -> tuple[Block, Block]:
    """Slopes of (azimuth, elevation, range) by place, and of their rates by place, at a local Cartesian state.

    The slope of the rates by velocity is the first of the two again. As `spherical.spherical_jacobian`.
    """
    x, y, z, vx, vy, vz = s
    q = x * x + y * y
    rho = sqrt(q)
    r2 = q + z * z
    r = sqrt(r2)
    along = x * vx + y * vy
    cross = x * vy - y * vx
    D = rho * r2
    A = (-y / q, x / q, 0.0, -x * z / D, -y * z / D, rho / r2, x / r, y / r, z / r)
    N = (vz * q - z * along) / D
    dD = r2 / rho + 2.0 * rho
    rate = (along + z * vz) / r
    B = (
        vy / q - 2.0 * x * cross / (q * q), -vx / q - 2.0 * y * cross / (q * q), 0.0,
        (2.0 * x * vz - z * vx - N * x * dD) / D, (2.0 * y * vz - z * vy - N * y * dD) / D,
        (-along - 2.0 * N * z * rho) / D,
        vx / r - rate * x / r2, vy / r - rate * y / r2, vz / r - rate * z / r2,
    )  # fmt: skip
    return A, B


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def course_slope(
    elevation_rad: float, reach: float, across: float, course: float, rate: float
) -> tuple[Block, Block, Block]:
    """Slopes in course coordinates, by steps along growing azimuth, growing elevation and outward: of the place by
    place, of the rates by place, of the rates by velocity."""
    sc, cc = sine_cosine_of(course)
    se, ce = sine_cosine_of(elevation_rad)
    A = (1.0 / (reach * ce), 0.0, 0.0, 0.0, 1.0 / reach, 0.0, 0.0, 0.0, 1.0)
    turn = rate / (reach * across)
    B = (
        -cc * rate / reach, -sc * rate / reach, 0.0,
        sc * turn - se / (ce * reach), -cc * turn, 0.0,
        across * cc / reach, across * sc / reach, 0.0,
    )  # fmt: skip
    V = (cc, sc, 0.0, -sc / across, cc / across, 0.0, 0.0, 0.0, 1.0)
    return A, B, V


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def add_white(mean: np.ndarray, cov: np.ndarray, coordinates: int, dt_s: float, q: float) -> None:
    """Add what white acceleration of density q (m²/s³, the same in all directions) does in dt_s, in place."""
    span = abs(dt_s)
    qpp, qpv, qvv = q * span * span * span / 3.0, 0.5 * q * dt_s * span, q * span
    if coordinates == CARTESIAN:
        for i in range(3):
            cov[i, i] += qpp
            cov[i, 3 + i] += qpv
            cov[3 + i, i] += qpv
            cov[3 + i, 3 + i] += qvv
        return
    sa, ca = sine_cosine_of(mean[0])
    se, ce = sine_cosine_of(mean[1])
    reach = mean[2]
    if coordinates == COURSE:
        A, B, V = course_slope(mean[1], reach, mean[3], mean[4], mean[5])
        pp, pv = scaled(qpp, times_turned(A, A)), plus(scaled(qpp, times_turned(A, B)), scaled(qpv, times_turned(A, V)))
        BB, BV, VV = times_turned(B, B), times_turned(B, V), times_turned(V, V)
        vv = plus(scaled(qpp, BB), plus(scaled(qpv, plus(BV, turned(BV))), scaled(qvv, VV)))
        _add_blocks(cov, pp, pv, vv)
        return
    level, level_rate = reach * ce, mean[5] * ce - reach * mean[4] * se
    vx, vy = level_rate * ca - level * mean[3] * sa, level_rate * sa + level * mean[3] * ca
    s = (level * ca, level * sa, reach * se, vx, vy, mean[5] * se + reach * mean[4] * ce)
    A, B = spherical_slope(s)
    AA, AB = times_turned(A, A), times_turned(A, B)
    pp, pv = scaled(qpp, AA), plus(scaled(qpp, AB), scaled(qpv, AA))
    vv = plus(scaled(qpp, times_turned(B, B)), plus(scaled(qpv, plus(AB, turned(AB))), scaled(qvv, AA)))
    _add_blocks(cov, pp, pv, vv)


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def _add_blocks(cov: np.ndarray, pp: Block, pv: Block, vv: Block) -> None:
    """Add the blocks of a symmetric matrix to the first six components."""
    for i in range(3):
        for j in range(3):
            cov[i, j] += pp[3 * i + j]
            cov[i, 3 + j] += pv[3 * i + j]
            cov[3 + j, i] += pv[3 * i + j]
            cov[3 + i, 3 + j] += vv[3 * i + j]


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def sigma_predict_row(
    mean: np.ndarray,
    cov: np.ndarray,
    coordinates: int,
    origin: np.ndarray,
    axes: np.ndarray,
    dt_s: float,
    mode: int,
    noise: np.ndarray,
    prior: np.ndarray,
    kappa: float,
    earth: Six,
    air: np.ndarray,
    w: np.ndarray,
) -> bool:
    """Carry one row of one mode along by sigma points, in place; False (and the row as it was) where it has no root.

    Parameters
    ----------
    mean (8 + b,), cov (8 + b, 8 + b) : b biases, none or up to 64
    coordinates : CARTESIAN, SPHERICAL or COURSE about origin (3,) along the rows of axes (3, 3), ITRF
    mode : COAST, BOOST, ENTRY, STEADY, LEVEL or TURN
    noise (3,) : spectral densities of acceleration m²/s³, thrust (m/s²)²/s, ln beta (or what STEADY has there) 1/s
    prior (4,) : mean of thrust and ln beta and their variances, for whichever the mode does not use
    w (SIGMA_SCRATCH,) : scratch
    """
    extra = THRUST if mode in (BOOST, TURN) else (LN_BETA if mode in (ENTRY, STEADY) else -1)
    size, biases = (6 if extra < 0 else 7), len(mean) - STATE_SIZE
    count = spread_points(mean, cov, extra, kappa, w)
    if count == 0:
        return False
    points_to_itrf(w, coordinates, origin, axes)
    fly_lanes(w, count, dt_s, mode, earth, air)
    points_from_itrf(w, coordinates, origin, axes)
    # biases: root times the tie of before
    for j in range(biases):
        for i in range(size):
            total = cov[i if i < 6 else extra, STATE_SIZE + j]
            for k in range(i):
                total -= w[_ROOT + i * 7 + k] * w[_MORE + k * MOST_BIASES + j]
            w[_MORE + i * MOST_BIASES + j] = total / w[_ROOT + i * 7 + i]
    for a in (THRUST, LN_BETA):
        mean[a] = prior[a - THRUST]
        for b in range(len(mean)):
            cov[a, b], cov[b, a] = 0.0, 0.0
        cov[a, a] = prior[2 + a - THRUST]
    for i in range(size):
        a = i if i < 6 else extra
        mean[a] = middle_of_lane(w, _APART + a, _is_angle(coordinates, a))
    for i in range(size):
        a = i if i < 6 else extra
        for j in range(i + 1):
            b = j if j < 6 else extra
            cov[a, b] = _sum_products(w, _APART + a, _APART + b)
            cov[b, a] = cov[a, b]
    first = count - 2 * size
    half = sqrt(size + kappa) * 0.5 / (size + kappa)
    for i in range(size):
        a = i if i < 6 else extra
        for j in range(biases):
            total = 0.0
            for k in range(size):
                lane = (_APART + a) * POINTS + first + k
                total += half * (w[lane] - w[lane + size]) * w[_MORE + k * MOST_BIASES + j]
            cov[a, STATE_SIZE + j], cov[STATE_SIZE + j, a] = total, total
    add_white(mean, cov, coordinates, dt_s, noise[0])
    if extra >= 0:
        cov[extra, extra] += noise[extra - THRUST + 1] * abs(dt_s)
    return True
