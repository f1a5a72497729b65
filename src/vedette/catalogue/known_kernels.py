"""Compiled passes of the live catalogue: states between knots, pairs near enough to be weighed, their densities, and
what each is worth when no two detections of a look are one object's.

A detection is three axes (towards it, and two across), its noise along each, and what was read: the direction itself,
range, range rate. An object's error is radial, along and across its way, and stays what it is as the object goes round,
so that it moves the range rate too. Along the way it may be large: the object is slid there before anything is linear.
"""

from math import exp, inf, log, pi, sqrt

import numpy as np
from numba import njit

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS

_LOG_TWO_PI = log(2.0 * pi)
_SLIDES = 3


@njit(cache=True, error_model="numpy")
def states_between(which, before, after, share, step_s, out):
    """States (k, 6) of rows `which` at a share of the step between two knots (n, 6)."""
    for k in range(len(which)):
        _between(before[which[k]], after[which[k]], share, step_s, out[k])


@njit(cache=True, error_model="numpy", inline="always")
def _between(a, b, s, h, out):
    s2, s3 = s * s, s * s * s
    h00, h10, h01, h11 = 2.0 * s3 - 3.0 * s2 + 1.0, s3 - 2.0 * s2 + s, 3.0 * s2 - 2.0 * s3, s3 - s2
    d00, d10, d11 = (6.0 * s2 - 6.0 * s) / h, 3.0 * s2 - 4.0 * s + 1.0, 3.0 * s2 - 2.0 * s
    for i in range(3):
        out[i] = h00 * a[i] + h10 * h * a[3 + i] + h01 * b[i] + h11 * h * b[3 + i]
        out[3 + i] = d00 * (a[i] - b[i]) + d10 * a[3 + i] + d11 * b[3 + i]


@njit(cache=True, error_model="numpy")
def above(before, after, sigmas, origin, up, slack_m, range_max_m, least_up_m, out):
    """Rows that may rise over a plane through a place, within a range of it, somewhere between two knots; their count.

    Between knots an object strays from the chord by no more than `slack_m`.
    """
    count = 0
    for i in range(len(before)):
        room = slack_m + 30.0 * sigmas[i, 1]
        u0, u1, d0, d1, step = 0.0, 0.0, 0.0, 0.0, 0.0
        for k in range(3):
            p, q = before[i, k] - origin[k], after[i, k] - origin[k]
            u0 += p * up[k]
            u1 += q * up[k]
            d0 += p * p
            d1 += q * q
            step += (q - p) * (q - p)
        if not (u0 > least_up_m - room or u1 > least_up_m - room):  # written so that NaN fails as well
            continue
        if min(sqrt(d0), sqrt(d1)) - 0.5 * sqrt(step) > range_max_m + room:
            continue
        out[count] = i
        count += 1
    return count


@njit(cache=True, error_model="numpy")
def near_pairs(states, reach_m, at_m, los, origin, has_range, spread_m, spread_rad, shells, found_j, found_i, counts):
    """Pairs (detection, candidate) near enough to be weighed, and how crowded the sky is about each detection.

    states (c, 6), reach_m (c,); at_m (m, 3) where a detection with a range lies, los (m, 3), spread_m (m,) of it and
    spread_rad (m,) of its direction; shells (2, s): radii in metres, and in radians for detections without a range;
    counts (m, s) candidates within each. Returns how many pairs, or -1 when there is no room for them.
    """
    n = 0
    room = len(found_j)
    last = shells.shape[1] - 1
    for j in range(len(at_m)):
        for i in range(len(states)):
            if has_range[j]:
                x, y, z = states[i, 0] - at_m[j, 0], states[i, 1] - at_m[j, 1], states[i, 2] - at_m[j, 2]
                d2 = x * x + y * y + z * z
                if not d2 < shells[0, last] * shells[0, last]:
                    continue
                for s in range(last, -1, -1):
                    if d2 > shells[0, s] * shells[0, s]:
                        break
                    counts[j, s] += 1
                limit = reach_m[i] + spread_m[j]
                is_near = d2 < limit * limit
            else:
                x, y, z = states[i, 0] - origin[0], states[i, 1] - origin[1], states[i, 2] - origin[2]
                ahead = x * los[j, 0] + y * los[j, 1] + z * los[j, 2]
                if not ahead > 0.0:
                    continue
                off2 = max(x * x + y * y + z * z - ahead * ahead, 0.0)
                for s in range(last, -1, -1):
                    if off2 > (ahead * shells[1, s]) ** 2:
                        break
                    counts[j, s] += 1
                limit = reach_m[i] + ahead * spread_rad[j]
                is_near = off2 < limit * limit
            if is_near:
                if n == room:
                    return -1
                found_j[n], found_i[n] = j, i
                n += 1
    return n


@njit(cache=True, error_model="numpy")
def _slid(state, tau, out):
    """An Earth-fixed state after so many seconds of its own motion, over the Earth as it stands."""
    w = EARTH_SPIN_RADPS
    x, y, z = state[0], state[1], state[2]
    vx, vy, vz = state[3] - w * y, state[4] + w * x, state[5]
    r2 = x * x + y * y + z * z
    pull = -EARTH_MU_M3_S2 / (r2 * sqrt(r2))
    half = 0.5 * tau * tau * pull
    third = tau * tau * tau * pull / 6.0
    out[0] = x + tau * vx + half * x + third * vx
    out[1] = y + tau * vy + half * y + third * vy
    out[2] = z + tau * vz + half * z + third * vz
    ux, uy, uz = vx + tau * pull * x + half * vx, vy + tau * pull * y + half * vy, vz + tau * pull * z + half * vz
    out[3], out[4], out[5] = ux + w * out[1], uy - w * out[0], uz


@njit(cache=True, error_model="numpy")
def _off_and_slopes(state, origin, axes, values, sigmas, y, g):
    """Whitened residual (4,) of a detection, and its slopes (4, 3) by the object's error radially, along, across.

    axes (3, 3): towards, right, up; values (2,): range and its rate; sigmas (4,) right, up (rad), range, rate; a
    number that was not measured has an infinite sigma. Returns False where the object lies behind the sensor.
    """
    w = EARTH_SPIN_RADPS
    dx, dy, dz = state[0] - origin[0], state[1] - origin[1], state[2] - origin[2]
    ahead = dx * axes[0, 0] + dy * axes[0, 1] + dz * axes[0, 2]
    if not ahead > 0.0:
        return False
    right = dx * axes[1, 0] + dy * axes[1, 1] + dz * axes[1, 2]
    over = dx * axes[2, 0] + dy * axes[2, 1] + dz * axes[2, 2]
    far = sqrt(dx * dx + dy * dy + dz * dz)
    ux, uy, uz = dx / far, dy / far, dz / far
    rate = ux * state[3] + uy * state[4] + uz * state[5]
    y[0] = -right / ahead / sigmas[0]
    y[1] = -over / ahead / sigmas[1]
    y[2] = (values[0] - far) / sigmas[2] if sigmas[2] < inf else 0.0
    y[3] = (values[1] - rate) / sigmas[3] if sigmas[3] < inf else 0.0
    # axes of the object's own way among the stars
    vx, vy, vz = state[3] - w * state[1], state[4] + w * state[0], state[5]
    r = sqrt(state[0] ** 2 + state[1] ** 2 + state[2] ** 2)
    rx, ry, rz = state[0] / r, state[1] / r, state[2] / r
    cx, cy, cz = ry * vz - rz * vy, rz * vx - rx * vz, rx * vy - ry * vx
    level = sqrt(cx * cx + cy * cy + cz * cz)
    cx, cy, cz = cx / level, cy / level, cz / level
    turn = level / r
    for k in range(3):
        if k == 0:
            ex, ey, ez = rx, ry, rz
        elif k == 1:
            ex, ey, ez = cy * rz - cz * ry, cz * rx - cx * rz, cx * ry - cy * rx
        else:
            ex, ey, ez = cx, cy, cz
        # the error goes round with the object
        fx, fy, fz = turn * (cy * ez - cz * ey), turn * (cz * ex - cx * ez), turn * (cx * ey - cy * ex)
        forward = ex * axes[0, 0] + ey * axes[0, 1] + ez * axes[0, 2]
        aside = ex * axes[1, 0] + ey * axes[1, 1] + ez * axes[1, 2]
        upward = ex * axes[2, 0] + ey * axes[2, 1] + ez * axes[2, 2]
        g[0, k] = (aside - right / ahead * forward) / ahead / sigmas[0]
        g[1, k] = (upward - over / ahead * forward) / ahead / sigmas[1]
        along = ex * ux + ey * uy + ez * uz
        g[2, k] = along / sigmas[2] if sigmas[2] < inf else 0.0
        if sigmas[3] < inf:
            across = (ex * state[3] + ey * state[4] + ez * state[5] - along * rate) / far
            g[3, k] = (fx * ux + fy * uy + fz * uz + across) / sigmas[3]
        else:
            g[3, k] = 0.0
    return True


@njit(cache=True, error_model="numpy")
def _solved(g, y, sizes, x):
    """The likeliest error (3,) under sigmas `sizes`; returns the square of what is left and ln det of the whole."""
    a = np.zeros((3, 3))
    b = np.zeros(3)
    square = 0.0
    for d in range(4):
        square += y[d] * y[d]
        for k in range(3):
            b[k] += g[d, k] * y[d]
            for m in range(3):
                a[k, m] += g[d, k] * g[d, m]
    log_det = 0.0
    for k in range(3):
        a[k, k] += 1.0 / (sizes[k] * sizes[k])
        log_det += 2.0 * log(sizes[k])
    # Cholesky of three
    l00 = sqrt(a[0, 0])
    l10, l20 = a[1, 0] / l00, a[2, 0] / l00
    l11 = sqrt(a[1, 1] - l10 * l10)
    l21 = (a[2, 1] - l20 * l10) / l11
    l22 = sqrt(max(a[2, 2] - l20 * l20 - l21 * l21, 1e-300))
    log_det += 2.0 * (log(l00) + log(l11) + log(l22))
    z0 = b[0] / l00
    z1 = (b[1] - l10 * z0) / l11
    z2 = (b[2] - l20 * z0 - l21 * z1) / l22
    x[2] = z2 / l22
    x[1] = (z1 - l21 * x[2]) / l11
    x[0] = (z0 - l10 * x[1] - l20 * x[2]) / l00
    return max(square - z0 * z0 - z1 * z1 - z2 * z2, 0.0), log_det


@njit(cache=True, error_model="numpy")
def weigh_pairs(
    pair_j, pair_i, rows, before, after, shares, step_s, sigmas_m, origin, axes, values, sigmas, scales, chances,
    extra_along_s, out, out_off_m, out_square,
):  # fmt: skip
    """ln density of each pair's detection were it that object, per radian, radian, metre, m/s of what was measured.

    rows (c,) of the candidates in the tables; before, after (n, 6), sigmas_m (n, 3); shares (m,) of the step at which
    each detection was made; axes (m, 3, 3), values (m, 2), sigmas (m, 4); scales and chances: the errors are a mixture
    of normal ones so many times as large. out_off_m (p, 3): the likeliest error; out_square (p,) of the residual.
    """
    state, moved = np.empty(6), np.empty(6)
    y, g, x, sizes = np.empty(4), np.empty((4, 3)), np.empty(3), np.empty(3)
    for p in range(len(pair_j)):
        j, row = pair_j[p], rows[pair_i[p]]
        _between(before[row], after[row], shares[j], step_s, state)
        w = EARTH_SPIN_RADPS
        speed = sqrt((state[3] - w * state[1]) ** 2 + (state[4] + w * state[0]) ** 2 + state[5] ** 2)
        widest = scales[len(scales) - 1]
        along_m = sqrt(sigmas_m[row, 1] ** 2 + (speed * extra_along_s) ** 2)
        for k in range(3):
            sizes[k] = widest * (along_m if k == 1 else sigmas_m[row, k])
        slide_m, is_met = 0.0, True
        for turn in range(_SLIDES):
            _slid(state, slide_m / speed, moved)
            if not _off_and_slopes(moved, origin, axes[j], values[j], sigmas[j], y, g):
                is_met = False
                break
            for d in range(4):  # as seen from where it was foretold
                y[d] += g[d, 1] * slide_m
            if turn < _SLIDES - 1:
                _solved(g, y, sizes, x)
                room = 30.0 * along_m + 1.0
                slide_m = min(max(x[1], -room), room)
        if not is_met:
            out[p], out_square[p] = -inf, inf
            continue
        base = 0.0
        for d in range(4):
            if sigmas[j, d] < inf:
                base -= log(sigmas[j, d]) + 0.5 * _LOG_TWO_PI
        best, total = -inf, 0.0
        for k in range(len(scales)):
            sizes[0], sizes[1], sizes[2] = (
                scales[k] * sigmas_m[row, 0], scales[k] * along_m, scales[k] * sigmas_m[row, 2]
            )  # fmt: skip
            square, log_det = _solved(g, y, sizes, x)
            one = log(chances[k]) - 0.5 * (square + log_det) + base
            if k == 0:
                out_square[p] = square
            if one > best:
                total = total * exp(best - one) + 1.0 if best > -inf else 1.0
                best = one
                out_off_m[p, 0], out_off_m[p, 1], out_off_m[p, 2] = x[0], x[1], x[2]
            else:
                total += exp(one - best)
        out[p] = best + log(total)


@njit(cache=True, error_model="numpy")
def shared_out(pair_j, pair_i, weights, detections, objects, rounds, out):
    """Chance of each pair when a detection is of at most one object and an object makes at most one of them.

    weights (p,): odds of the pair against the detection being none of them and the object not seen. Belief passed to
    and fro (Williams and Lau 2014, IEEE Trans. AES 50(4), eqs. 24-27): exact where the pairs form no loop.
    """
    n = len(pair_j)
    up, down = np.empty(n), np.ones(n)  # from detection's side, from object's side
    by_j, by_i = np.empty(detections), np.empty(objects)
    for _ in range(rounds):
        by_j[:] = 0.0
        for p in range(n):
            by_j[pair_j[p]] += weights[p] * down[p]
        for p in range(n):
            up[p] = weights[p] / (1.0 + max(by_j[pair_j[p]] - weights[p] * down[p], 0.0))
        by_i[:] = 0.0
        for p in range(n):
            by_i[pair_i[p]] += up[p]
        most = 0.0
        for p in range(n):
            new = 1.0 / (1.0 + max(by_i[pair_i[p]] - up[p], 0.0))
            most = max(most, abs(new - down[p]))
            down[p] = new
        if most < 1e-6:
            break
    by_j[:] = 0.0
    for p in range(n):
        by_j[pair_j[p]] += weights[p] * down[p]
    for p in range(n):
        out[p] = weights[p] * down[p] / (1.0 + by_j[pair_j[p]])
