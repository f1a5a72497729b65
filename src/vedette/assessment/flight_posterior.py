"""How well one set of flight numbers explains the looks: residuals, their derivatives, and draws of the posterior.

Unknowns `theta` are whitened: zero is the prior's middle and one its sigma (or, where nothing is known beforehand, a
convenient size). Each unknown moves up to `TARGETS` places of `x` (`profile_kernel`): by adding (shape 0), by a power
of e (1), or evenly in logarithm over a factor of exp(scale) (2), so that one number can say "burns longer, flows
less". A flight also has a climb at burnout that is believed within limits, and a misfit that is small: `belief`, see
`end_residuals`.
"""

import math

import numpy as np
from numba import njit

from vedette.assessment.profile_kernel import climb, fly, fly_on, fly_up, last_burnout, misfit, profile_size
from vedette.motion.boost_layout import (
    BURN_S,
    COAST_BETA_KG_M2,
    GAP_S,
    HEADER,
    LON_RAD,
    STAGE_COUNT,
    STAGE_WIDTH,
    T0_S,
    TAIL_OFF_S,
)

TARGETS = 8
PER_SENSOR = 4
_BRIEF_S = 5.0
_HOPELESS_FROM, _HOPELESS_OFF = 6, 50.0  # a draw that is so many sigmas off after so many steps is given up
_ASTRAY = 6.0  # sigmas outside what is allowed: nothing is flown there, where burning may last for years
_AFTERGLOW = 0.01  # chance to find a flame just gone: tails of thrust, hot gas, our own idea of the gap


@njit(cache=True)
def x_from_theta(
    theta: np.ndarray,
    base: np.ndarray,
    target: np.ndarray,
    power: np.ndarray,
    scale: np.ndarray,
    shape: np.ndarray,
    x: np.ndarray,
) -> None:
    """Fill x: the base, moved by theta."""
    for i in range(base.shape[0]):
        x[i] = base[i]
    for j in range(theta.shape[0]):
        for m in range(target.shape[1]):
            i = target[j, m]
            if i < 0:
                break
            if shape[j] == 2:
                even = 0.5 * math.erfc(-theta[j] * 0.7071067811865476)
                x[i] *= math.exp(scale[j] * (even - 0.5))
                continue
            d = power[j, m] * scale[j] * theta[j]
            x[i] = x[i] * math.exp(d) if shape[j] == 1 else x[i] + d


@njit(cache=True)
def residuals(
    x: np.ndarray,
    states: np.ndarray,
    kind: np.ndarray,
    sensor: np.ndarray,
    value: np.ndarray,
    weight: np.ndarray,
    place: np.ndarray,
    axes: np.ndarray,
    out: np.ndarray,
) -> None:
    """Whitened measured-minus-predicted (n, 4) of flights at `states`; zero where nothing was measured.

    value (n, 4): radar azimuth, elevation, range, range rate, or line of sight x, y, z; weight (n, 4): one over sigma,
    zero where not measured, infrared uses the first two; place (n, 3): the sensor; axes (n, 3, 3): rows east, north, up
    at a radar, or the two tangent axes of the measured line of sight.
    """
    bias_at = profile_size(x) + 7
    for i in range(kind.shape[0]):
        b = bias_at + PER_SENSOR * sensor[i]
        late = x[b + 3]  # the clock reads that much too much
        dx = states[i, 0] - late * states[i, 3] - place[i, 0]
        dy = states[i, 1] - late * states[i, 4] - place[i, 1]
        dz = states[i, 2] - late * states[i, 5] - place[i, 2]
        far = math.sqrt(dx * dx + dy * dy + dz * dz)
        for j in range(4):
            out[i, j] = 0.0
        if kind[i] == 1:
            ux, uy, uz = dx / far, dy / far, dz / far
            for j in range(2):
                seen = axes[i, j, 0] * ux + axes[i, j, 1] * uy + axes[i, j, 2] * uz
                out[i, j] = weight[i, j] * -(seen + x[b + j])
        else:
            e = axes[i, 0, 0] * dx + axes[i, 0, 1] * dy + axes[i, 0, 2] * dz
            nn = axes[i, 1, 0] * dx + axes[i, 1, 1] * dy + axes[i, 1, 2] * dz
            u = axes[i, 2, 0] * dx + axes[i, 2, 1] * dy + axes[i, 2, 2] * dz
            level = math.sqrt(e * e + nn * nn)
            off = value[i, 0] - math.atan2(e, nn) - x[b]
            off -= 2.0 * math.pi * math.floor(off / (2.0 * math.pi) + 0.5)
            out[i, 0] = weight[i, 0] * off
            out[i, 1] = weight[i, 1] * (value[i, 1] - math.atan2(u, level) - x[b + 1])
            out[i, 2] = weight[i, 2] * (value[i, 2] - far - x[b + 2])
            if weight[i, 3] > 0.0:
                rate = (dx * states[i, 3] + dy * states[i, 4] + dz * states[i, 5]) / far
                out[i, 3] = weight[i, 3] * (value[i, 3] - rate)


@njit(cache=True)
def any_loft_sigmas(z: float, any_share: float) -> float:
    """What a climb `z` sigmas off the middle counts for, some flights being thrown at any climb.

    Half its square is minus the logarithm of the density over that at the middle: a Gaussian's (1 - any_share) of it,
    the rest level. As z near the middle; far out no more than a flight of any loft costs.
    """
    if any_share <= 0.0:
        return z
    off = math.sqrt(-2.0 * math.log1p((1.0 - any_share) * math.expm1(-0.5 * z * z)))
    return math.copysign(off, z)


@njit(cache=True)
def end_residuals(
    x: np.ndarray, burnout: np.ndarray, belief: np.ndarray, air: np.ndarray, field: np.ndarray, out: np.ndarray
) -> None:
    """(8,) last burnout s; sigmas of the climb at burnout from its middle; sigmas of misfit (6).

    `belief` (5,): logarithm of the middle climb, its sigma (0: none), sigma of the misfit m and m/s, and how dense
    climbs of any size are, see `any_loft_sigmas`.
    """
    out[0] = last_burnout(x)
    out[1] = 0.0
    if belief[1] > 0.0:
        out[1] = any_loft_sigmas((math.log(max(climb(burnout[1:]), 1e-3)) - belief[0]) / belief[1], belief[4])
    misfit(x, burnout, air, field, out[2:])
    for i in range(3):
        out[2 + i] /= belief[2]
        out[5 + i] /= belief[3]


@njit(cache=True)
def _turned(rows: np.ndarray, angle: float, out: np.ndarray) -> None:
    """Rows of ITRF states (n, 6) turned eastwards about the pole."""
    c, s = math.cos(angle), math.sin(angle)
    for i in range(rows.shape[0]):
        for j in (0, 3):
            x, y = rows[i, j], rows[i, j + 1]
            out[i, j], out[i, j + 1], out[i, j + 2] = c * x - s * y, s * x + c * y, rows[i, j + 2]


@njit(cache=True)
def _moved(
    x: np.ndarray,
    first: int,
    is_alone: bool,
    turn: float,
    q: int,
    t_s: np.ndarray,
    is_free: bool,
    step_s: float,
    air: np.ndarray,
    field: np.ndarray,
    states: np.ndarray,
    burnout: np.ndarray,
    shifted: np.ndarray,
    other: np.ndarray,
) -> None:
    """A flight `x` that differs from one already flown (`q`, `states`, `burnout`) in one unknown: `shifted`, `other`.

    Only what that unknown moves is flown again. `first`: the first place it moves, `is_alone`: its only one; `turn`:
    by how much it moves that.
    """
    p = profile_size(x)
    is_tied, is_round = math.isnan(x[p + 6]), field.shape[1] == 0  # the same from every longitude
    unused = np.zeros(15)
    if first == LON_RAD and is_alone and is_round:
        _turned(states, turn, shifted)
        _turned(burnout[1:].reshape(1, 6), turn, other[1:].reshape(1, 6))
        other[0] = burnout[0]
        if not is_tied:
            shifted[q:] = states[q:]
        return
    got = q
    if first >= p or (first == COAST_BETA_KG_M2 and is_alone):
        shifted[:q] = states[:q]
        other[:] = burnout
    else:
        got = fly_up(x, t_s, is_free, step_s, air, field, shifted, other)
        if got < 0:
            shifted[:] = np.nan
            return
        if got == q and not is_tied:  # the coast has a state of its own
            shifted[q:] = states[q:]
            return
    fly_on(x, other, got, t_s, False, air, field, shifted, unused)


@njit(cache=True, nogil=True)
def residuals_and_jacobian(
    theta: np.ndarray,
    step: float,
    both_sides: bool,
    is_held: np.ndarray,
    base: np.ndarray,
    target: np.ndarray,
    power: np.ndarray,
    scale: np.ndarray,
    shape: np.ndarray,
    belief: np.ndarray,
    step_s: float,
    air: np.ndarray,
    field: np.ndarray,
    t_s: np.ndarray,
    kind: np.ndarray,
    sensor: np.ndarray,
    value: np.ndarray,
    weight: np.ndarray,
    place: np.ndarray,
    axes: np.ndarray,
    res: np.ndarray,
    jac: np.ndarray,
    ends: np.ndarray,
) -> None:
    """res (n, 4) at theta, jac (dims, n, 4) by differences, ends (1 + dims, 8): `end_residuals`, then derivatives.

    Unknowns that are held (dims,) have derivatives of zero: they are not to move.
    """
    n, dims = t_s.shape[0], theta.shape[0]
    x, moved, unused = np.empty(base.shape[0]), theta.copy(), np.zeros(15)
    states, shifted, burnout, other = np.empty((n, 6)), np.empty((n, 6)), np.empty(7), np.empty(7)
    out, ends_side = np.empty((2, n, 4)), np.empty((2, 8))
    x_from_theta(theta, base, target, power, scale, shape, x)
    is_free = not belief[1] > 0.0
    q = fly_up(x, t_s, is_free, step_s, air, field, states, burnout)
    if q < 0:
        res[:] = np.nan
        return
    fly_on(x, burnout, q, t_s, False, air, field, states, unused)
    residuals(x, states, kind, sensor, value, weight, place, axes, res)
    end_residuals(x, burnout, belief, air, field, ends[0])
    bias_at = profile_size(x) + 7
    width = 2.0 * step if both_sides else step
    for j in range(dims):
        if is_held[j]:
            jac[j] = 0.0
            ends[1 + j] = 0.0
            continue
        for side in range(2):
            if side == 1 and not both_sides:
                out[1] = res
                ends_side[1] = ends[0]
                continue
            by = step if side == 0 else -step
            moved[j] = theta[j] + by
            x_from_theta(moved, base, target, power, scale, shape, x)
            if target[j, 0] >= bias_at:
                residuals(x, states, kind, sensor, value, weight, place, axes, out[side])
                ends_side[side] = ends[0]
                continue
            turn = power[j, 0] * scale[j] * by
            _moved(
                x, target[j, 0], target[j, 1] < 0, turn, q, t_s, is_free, step_s, air, field, states, burnout, shifted,
                other,
            )
            end_residuals(x, other, belief, air, field, ends_side[side])
            residuals(x, shifted, kind, sensor, value, weight, place, axes, out[side])
        moved[j] = theta[j]
        ends[1 + j] = (ends_side[0] - ends_side[1]) / width
        for i in range(n):
            for k in range(4):
                jac[j, i, k] = (out[0, i, k] - out[1, i, k]) / width


@njit(cache=True, nogil=True)
def residuals_only(
    thetas: np.ndarray,
    base: np.ndarray,
    target: np.ndarray,
    power: np.ndarray,
    scale: np.ndarray,
    shape: np.ndarray,
    belief: np.ndarray,
    step_s: float,
    air: np.ndarray,
    field: np.ndarray,
    t_s: np.ndarray,
    kind: np.ndarray,
    sensor: np.ndarray,
    value: np.ndarray,
    weight: np.ndarray,
    place: np.ndarray,
    axes: np.ndarray,
    res: np.ndarray,
    ends: np.ndarray,
) -> None:
    """res (m, n, 4) and ends (m, 8), `end_residuals`, for rows of theta; NaN where a flight never gets away."""
    x, states, unused, burnout = np.empty(base.shape[0]), np.empty((t_s.shape[0], 6)), np.zeros(15), np.empty(7)
    for m in range(thetas.shape[0]):
        x_from_theta(thetas[m], base, target, power, scale, shape, x)
        q = fly_up(x, t_s, not belief[1] > 0.0, step_s, air, field, states, burnout)
        if q < 0:
            res[m] = np.nan
            ends[m] = np.nan
            continue
        fly_on(x, burnout, q, t_s, False, air, field, states, unused)
        residuals(x, states, kind, sensor, value, weight, place, axes, res[m])
        end_residuals(x, burnout, belief, air, field, ends[m])


@njit(cache=True, nogil=True)
def silence_log_likelihood(
    x: np.ndarray, t_s: np.ndarray, found: np.ndarray, chance: np.ndarray, width_s: float
) -> float:
    """Log chance of infrared looks that found a flame (or not) while it burnt (or not), softened over `width_s`."""
    total = 0.0
    for i in range(t_s.shape[0]):
        t = x[T0_S]
        burning = 0.0
        for s in range(int(x[STAGE_COUNT])):
            c = HEADER + STAGE_WIDTH * s
            start = t
            t += x[c + BURN_S]
            t_dark = t + 0.5 * x[TAIL_OFF_S]
            a, b = (t_s[i] - start) / width_s, (t_dark - t_s[i]) / width_s
            lit = 1.0 / (1.0 + math.exp(-min(max(a, -30.0), 30.0))) / (1.0 + math.exp(-min(max(b, -30.0), 30.0)))
            burning = max(burning, lit)
            t += x[c + GAP_S]
            if x[c + GAP_S] <= _BRIEF_S and t_s[i] > start and t_s[i] < t and s < int(x[STAGE_COUNT]) - 1:
                burning = 1.0  # a look in a brief pause between stages says nothing
        seen = chance[i] * max(burning, _AFTERGLOW)
        total += math.log(max(seen, 1e-9)) if found[i] else math.log(max(1.0 - seen, 1e-9))
    return total


@njit(cache=True, nogil=True)
def optimise_draws(
    noises: np.ndarray,
    guesses: np.ndarray,
    inverses: np.ndarray,
    start: np.ndarray,
    root: np.ndarray,
    gather: np.ndarray,
    prior_weight: np.ndarray,
    pull: np.ndarray,
    base: np.ndarray,
    target: np.ndarray,
    power: np.ndarray,
    scale: np.ndarray,
    shape: np.ndarray,
    belief: np.ndarray,
    step_s: float,
    air: np.ndarray,
    field: np.ndarray,
    t_s: np.ndarray,
    kind: np.ndarray,
    sensor: np.ndarray,
    value: np.ndarray,
    weight: np.ndarray,
    place: np.ndarray,
    axes: np.ndarray,
    t_silence_s: np.ndarray,
    found: np.ndarray,
    chance: np.ndarray,
    width_s: float,
    low: np.ndarray,
    high: np.ndarray,
    thetas: np.ndarray,
    log_weights: np.ndarray,
) -> None:
    """Randomise-then-optimise (Bardsley et al. 2014): for each row of `noises` solve gather @ residuals = noise.

    `root` (d, d): covariance = root root'; `gather` = root' J' (d, rows) at the best theta `start`, rows being looks
    x 4, prior, loft, misfit, burnout pull. `pull`: centre s, sigma s, and the hinge flag of the burnout pseudo-look.
    Solved by Broyden's method (1965) from `guesses` (m, d) of root^-1 (theta - start), with inverse Jacobians
    `inverses` (m, d, d). The log weight is that of the true posterior over the draws' own density, the change of the
    determinant left out (drag's part of it is added by `drag_draws`).
    """
    n, d = t_s.shape[0], start.shape[0]
    rows = 4 * n + d + 8
    x, res, states, unused = np.empty(base.shape[0]), np.empty((n, 4)), np.empty((n, 6)), np.zeros(15)
    burnout, end = np.empty(7), np.empty(8)
    r, off, old_off, u, move = np.empty(rows), np.empty(d), np.empty(d), np.empty(d), np.empty(d)
    left, right = np.empty(d), np.empty(d)
    for m in range(noises.shape[0]):
        theta = thetas[m]
        log_weights[m] = -1e30
        inverse = inverses[m]
        for i in range(d):
            u[i] = guesses[m, i]
        old_norm = 1e300
        for sweep in range(25):
            passed = 0
            for i in range(d):
                total = start[i]
                for j in range(d):
                    total += root[i, j] * u[j]
                theta[i] = total
                if not low[i] - _ASTRAY <= total <= high[i] + _ASTRAY:
                    passed = -1
            if passed >= 0:
                x_from_theta(theta, base, target, power, scale, shape, x)
                passed = fly_up(x, t_s, not belief[1] > 0.0, step_s, air, field, states, burnout)
            norm, worst = 1e300, 1e300
            if passed >= 0:
                fly_on(x, burnout, passed, t_s, False, air, field, states, unused)
                residuals(x, states, kind, sensor, value, weight, place, axes, res)
                for i in range(n):
                    for j in range(4):
                        r[4 * i + j] = res[i, j]
                for i in range(d):
                    r[4 * n + i] = prior_weight[i] * theta[i]
                late = last_burnout(x) - pull[0]
                end_residuals(x, burnout, belief, air, field, end)
                for i in range(7):
                    r[4 * n + d + i] = end[1 + i]
                r[rows - 1] = late / pull[1] if (pull[2] == 0.0 or late < 0.0) else 0.0
                norm, worst = 0.0, 0.0
                for i in range(d):
                    total = -noises[m, i]
                    for j in range(rows):
                        total += gather[i, j] * r[j]
                    off[i] = total
                    norm += total * total
                    worst = max(worst, abs(total))
            if not norm < 4.0 * old_norm + 1.0:  # too far: half the way back
                if sweep == 0:
                    for i in range(d):
                        u[i] *= 0.5
                    continue
                for i in range(d):
                    move[i] *= 0.5
                    u[i] -= move[i]
                continue
            if worst < 0.05 or (sweep == 24 and worst < 0.5):
                square, size = 0.0, 0.0
                for j in range(rows - 1):
                    square += r[j] * r[j]
                inside = True
                for i in range(d):
                    size += (noises[m, i] + off[i]) ** 2
                    inside = inside and low[i] <= theta[i] <= high[i]
                if inside:
                    log_weights[m] = -0.5 * (square - size) + silence_log_likelihood(
                        x, t_silence_s, found, chance, width_s
                    )
                break
            if sweep >= _HOPELESS_FROM and not worst < _HOPELESS_OFF:
                break  # of a thousand such draws ten would still be solved
            if old_norm < 1e299:  # Broyden's update of the inverse with the last move
                bottom = 0.0
                for i in range(d):
                    left[i], right[i] = 0.0, 0.0
                    for j in range(d):
                        left[i] += inverse[i, j] * (off[j] - old_off[j])
                        right[i] += move[j] * inverse[j, i]
                for i in range(d):
                    bottom += move[i] * left[i]
                if abs(bottom) > 1e-12:
                    for i in range(d):
                        for j in range(d):
                            inverse[i, j] += (move[i] - left[i]) * right[j] / bottom
            far = 0.0
            for i in range(d):
                move[i] = 0.0
                for j in range(d):
                    move[i] -= inverse[i, j] * off[j]
                far += move[i] * move[i]
            shrink = min(1.0, 3.0 / math.sqrt(far + 1e-30))
            for i in range(d):
                move[i] *= shrink
                u[i] += move[i]
                old_off[i] = off[i]
            old_norm = norm


@njit(cache=True, nogil=True)
def endings(
    thetas: np.ndarray,
    base: np.ndarray,
    target: np.ndarray,
    power: np.ndarray,
    scale: np.ndarray,
    shape: np.ndarray,
    step_s: float,
    boost_air: np.ndarray,
    air: np.ndarray,
    field: np.ndarray,
    t_s: np.ndarray,
    xs: np.ndarray,
    states: np.ndarray,
    ends: np.ndarray,
) -> None:
    """Fly every row of theta to the ground: xs (m, k), states (m, n, 6) at t_s, ends (m, 15)."""
    for m in range(thetas.shape[0]):
        x_from_theta(thetas[m], base, target, power, scale, shape, xs[m])
        fly(xs[m], t_s, True, step_s, boost_air, air, field, states[m], ends[m])
