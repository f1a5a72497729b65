"""How fast collisions are expected: the flow of probability into the sphere of the two bodies together.

Hall, "Expected rates and probabilities of satellite collisions", Journal of Spacecraft and Rockets 58 (2021): at each
moment the two orbits' Gaussians, in equinoctial elements, are linearised where they overlap most likely; the relative
position and velocity are then Gaussian, and the expected inward speed at each point of the sphere is known in closed
form. "3D" integrates over the sphere and over time; "2D" over the sphere, the time being integrated as Laplace did,
about the moment when the rate is greatest near the closest approach.
"""

from math import cos, erfc, exp, fabs, log, pi, sin, sqrt

import numpy as np
from numba import njit

from vedette.catalogue.conjunctions.equinoctial import slopes_of, state_of

_ROUNDS = 40


@njit(cache=True, error_model="numpy")
def overlap(e0, p, t, d, c):
    """Relative state d (6,) and its covariance c (6, 6) at time t, linearised where the two orbits meet most likely.

    e0 (2, 6) elements, p (2, 6, 6) their covariances. Gives the square of the Mahalanobis distance of that meeting; inf
    when there is none.
    """
    e = e0.copy()
    j, s, m = np.empty((2, 6, 6)), np.empty(6), np.empty((2, 6))
    last = -1.0
    for _ in range(_ROUNDS):
        c[:, :] = 0.0
        for k in range(2):
            state_of(e[k], t, s)
            slopes_of(e[k], t, j[k])
            m[k] = s + j[k] @ (e0[k] - e[k])
            c += j[k] @ p[k] @ np.ascontiguousarray(j[k].T)
        for i in range(6):
            d[i] = m[1, i] - m[0, i]
        if not np.isfinite(c[0, 0] + d[0]):
            return np.inf
        push = np.linalg.solve(c[:3, :3].copy(), d[:3].copy())
        q = d[0] * push[0] + d[1] * push[1] + d[2] * push[2]
        if fabs(q - last) <= 1e-11 * max(1.0, q):
            return q
        last = q
        e[0] = e0[0] + p[0] @ (np.ascontiguousarray(j[0, :3, :].T) @ push)
        e[1] = e0[1] - p[1] @ (np.ascontiguousarray(j[1, :3, :].T) @ push)
    return q


@njit(cache=True, error_model="numpy")
def peak_depth(e0, p, t, d, c):
    """-2 log of the rate for a small sphere, but for a constant; velocity there v (3,); 1/sigma^2 of the passage."""
    q = overlap(e0, p, t, d, c)
    v = np.full(3, np.nan)
    if not np.isfinite(q):
        return np.inf, v, 0.0
    inverse = np.linalg.inv(c[:3, :3].copy())
    v = d[3:] - np.ascontiguousarray(c[3:, :3]) @ (inverse @ d[:3])
    determinant = np.linalg.det(c[:3, :3].copy())
    v2 = v @ v
    if not determinant > 0.0 or not v2 > 0.0:
        return np.inf, v, 0.0
    return q + log(determinant) - log(v2), v, v @ (inverse @ v)


@njit(cache=True, error_model="numpy")
def _frame(v):
    z = v / sqrt(v @ v)
    k = 0
    for i in range(1, 3):
        if fabs(z[i]) < fabs(z[k]):
            k = i
    x = np.zeros(3)
    x[k] = 1.0
    x -= z * z[k]
    x /= sqrt(x @ x)
    return x, np.cross(z, x), z


@njit(cache=True, error_model="numpy")
def sphere_flow(d, c, radius, nodes, weights, turns, is_through):
    """Probability flow into the sphere, 1/s; with `is_through`, what a straight passage brings in all.

    nodes, weights : Gauss and Legendre's on 0 to 1; each side of the sphere is summed by itself, since the flow has its
    edge between them
    """
    a = c[:3, :3].copy()
    inverse = np.linalg.inv(a)
    gain = np.ascontiguousarray(c[3:, :3]) @ inverse
    spread = c[3:, 3:] - gain @ c[:3, 3:].copy()
    v0 = d[3:] - gain @ d[:3]
    determinant = np.linalg.det(a)
    if not determinant > 0.0 or not v0 @ v0 > 0.0:
        return np.nan
    x, y, z = _frame(v0)
    scale = 1.0 / sqrt((2.0 * pi) ** 3 * determinant)
    total = 0.0
    u, off, v = np.empty(3), np.empty(3), np.empty(3)
    for side in range(2):
        for i in range(len(nodes)):
            mu = nodes[i] if side == 0 else -nodes[i]
            sine = sqrt(1.0 - mu * mu)
            ring = 0.0
            for j in range(turns):
                turn = 2.0 * pi * j / turns
                ct, st = cos(turn) * sine, sin(turn) * sine
                for k in range(3):
                    u[k] = ct * x[k] + st * y[k] + mu * z[k]
                    off[k] = radius * u[k] - d[k]
                pull0 = inverse[0, 0] * off[0] + inverse[0, 1] * off[1] + inverse[0, 2] * off[2]
                pull1 = inverse[1, 0] * off[0] + inverse[1, 1] * off[1] + inverse[1, 2] * off[2]
                pull2 = inverse[2, 0] * off[0] + inverse[2, 1] * off[1] + inverse[2, 2] * off[2]
                q = off[0] * pull0 + off[1] * pull1 + off[2] * pull2
                vr, var = 0.0, 0.0
                for k in range(3):
                    v[k] = d[3 + k] + gain[k, 0] * off[0] + gain[k, 1] * off[1] + gain[k, 2] * off[2]
                    vr += v[k] * u[k]
                    var += u[k] * (spread[k, 0] * u[0] + spread[k, 1] * u[1] + spread[k, 2] * u[2])
                sigma = sqrt(max(var, 1e-24))
                nu = vr / (sigma * sqrt(2.0))
                if nu > 26.0:
                    continue
                inward = sigma / sqrt(2.0 * pi) * exp(-nu * nu) - 0.5 * vr * erfc(nu) if nu > -26.0 else -vr
                if is_through:
                    w = inverse @ v
                    pace = v @ w
                    along = v[0] * pull0 + v[1] * pull1 + v[2] * pull2
                    ring += inward * exp(-0.5 * (q - along * along / pace)) * sqrt(2.0 * pi / pace)
                else:
                    ring += inward * exp(-0.5 * q)
            total += weights[i] * ring
    return radius * radius * scale * total * 2.0 * pi / turns


@njit(cache=True, error_model="numpy")
def deepest(e0, p, low, high, d, c):
    """The moment between two at which the rate is greatest: golden section."""
    g = 0.3819660112501051
    a, b = low, high
    x = a + g * (b - a)
    y = b - g * (b - a)
    fx = peak_depth(e0, p, x, d, c)[0]
    fy = peak_depth(e0, p, y, d, c)[0]
    for _ in range(90):
        if fx < fy:
            b, y, fy = y, x, fx
            x = a + g * (b - a)
            fx = peak_depth(e0, p, x, d, c)[0]
        else:
            a, x, fx = x, y, fy
            y = b - g * (b - a)
            fy = peak_depth(e0, p, y, d, c)[0]
        if b - a < 1e-9 * (1.0 + fabs(a)):
            break
    return 0.5 * (a + b)


@njit(cache=True, error_model="numpy")
def downhill(e0, p, t, low, high, d, c):
    """From t to the nearest moment of greatest rate, in steps of a third of the passage at most; NaN if it is at an
    end."""
    for _ in range(4000):
        f, _, pace = peak_depth(e0, p, t, d, c)
        if not pace > 0.0:
            return np.nan
        width = 1.0 / sqrt(pace)
        h = 0.2 * width
        up, down = peak_depth(e0, p, t + h, d, c)[0], peak_depth(e0, p, t - h, d, c)[0]
        slope, bend = (up - down) / (2.0 * h), (up - 2.0 * f + down) / (h * h)
        step = -slope / bend if bend > 0.0 else (-2.0 * width if slope > 0.0 else 2.0 * width)
        step = min(max(step, -2.0 * width), 2.0 * width)
        t += step
        if t <= low or t >= high:
            return np.nan
        if fabs(step) < 1e-4 * width:
            return t
    return np.nan


@njit(cache=True, error_model="numpy")
def passage_2d(e0, p, t, radius, nodes, weights, turns):
    """Expected collisions of one short passage whose rate is greatest at t."""
    d, c = np.empty(6), np.empty((6, 6))
    f, _, pace = peak_depth(e0, p, t, d, c)
    through = sphere_flow(d, c, radius, nodes, weights, turns, True)
    h = 0.4 / sqrt(pace)
    one = peak_depth(e0, p, t + h, d, c)[0] + peak_depth(e0, p, t - h, d, c)[0]
    two = peak_depth(e0, p, t + 2.0 * h, d, c)[0] + peak_depth(e0, p, t - 2.0 * h, d, c)[0]
    bend = (16.0 * one - two - 30.0 * f) / (12.0 * h * h)
    return through * sqrt(2.0 * pace / bend) if bend > 0.0 else np.nan


@njit(cache=True, error_model="numpy")
def walk(e0, p, start, step, stop, radius, nodes, weights, turns, floor, times, rates):
    """Rates at start, start + step ... until they are negligible beside the greatest, or `stop`; how many there are."""
    d, c = np.empty(6), np.empty((6, 6))
    greatest, n = floor, 0
    t = start
    while n < len(times):
        q = overlap(e0, p, t, d, c)
        rate = sphere_flow(d, c, radius, nodes, weights, turns, False) if np.isfinite(q) else 0.0
        rate = rate if np.isfinite(rate) else 0.0
        times[n], rates[n] = t, rate
        n += 1
        greatest = max(greatest, rate)
        if rate <= 1e-10 * greatest:
            break
        t += step
        if (t - stop) * step > 0.0:
            break
    return n
