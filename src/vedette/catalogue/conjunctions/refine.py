"""From pairs that may be near to approaches: SGP4 itself at each moment, Newton's steps to the nearest point."""

from math import fabs, sqrt

import numpy as np
from numba import njit

from vedette.motion.sgp4.kernels import one_state

_MU_KM = 398_600.8


@njit(cache=True, error_model="numpy")
def relative(one, two, m1, m2, memory, s, r, d):
    """Relative state d (6,) km and km/s at minutes m1 and m2 after either's epoch; False where one has none."""
    memory[:] = 0.0
    a = one_state(one, m1, memory, s)
    memory[:] = 0.0
    b = one_state(two, m2, memory, r)
    for k in range(6):
        d[k] = r[k] - s[k]
    return a == 0 and b == 0


@njit(cache=True, error_model="numpy")
def nearest(records, since, i, j, t, reach, memory, s, r, d):
    """The moment of a local least distance near t (s), by Newton with gravity's difference; NaN if it runs away.

    since (n,) : minutes from each epoch to the start
    """
    begin = t
    for _ in range(25):
        if not relative(records[i], records[j], since[i] + t / 60.0, since[j] + t / 60.0, memory, s, r, d):
            return np.nan
        w2 = d[3] * d[3] + d[4] * d[4] + d[5] * d[5]
        dw = d[0] * d[3] + d[1] * d[4] + d[2] * d[5]
        gs = _MU_KM / sqrt(s[0] * s[0] + s[1] * s[1] + s[2] * s[2]) ** 3
        gr = _MU_KM / sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2]) ** 3
        bend = w2
        for k in range(3):
            bend += d[k] * (gs * s[k] - gr * r[k])
        if bend <= 0.05 * w2:  # nearer a greatest distance than a least
            bend = w2 if w2 > 0.0 else 1e-12
        step = -dw / max(bend, 1e-16)
        step = min(max(step, -60.0), 60.0)
        t += step
        if fabs(t - begin) > reach:
            return np.nan
        if fabs(step) < 1e-7 + 1e-7 / sqrt(max(w2, 1e-10)):
            break
    relative(records[i], records[j], since[i] + t / 60.0, since[j] + t / 60.0, memory, s, r, d)
    return t


@njit(cache=True, error_model="numpy", nogil=True)
def refine(records, since, ci, cj, ct, reach, out_t, out_d, out_w):
    """Moment, distance (km) and relative speed (km/s) of the approach that each candidate leads to; NaN where none."""
    memory, s, r, d = np.zeros(8), np.empty(6), np.empty(6), np.empty(6)
    for q in range(len(ci)):
        t = nearest(records, since, ci[q], cj[q], ct[q], reach, memory, s, r, d)
        out_t[q] = t
        out_d[q] = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) if t == t else np.nan
        out_w[q] = sqrt(d[3] * d[3] + d[4] * d[4] + d[5] * d[5]) if t == t else np.nan


@njit(cache=True, error_model="numpy", nogil=True)
def apart_km(records, since, ci, cj, ct, out):
    """Distance of each pair at its moment (s); infinite where one has no state."""
    memory, s, r, d = np.zeros(8), np.empty(6), np.empty(6), np.empty(6)
    for q in range(len(ci)):
        i, j, t = ci[q], cj[q], ct[q]
        known = relative(records[i], records[j], since[i] + t / 60.0, since[j] + t / 60.0, memory, s, r, d)
        out[q] = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) if known else np.inf


@njit(cache=True, error_model="numpy")
def states_at(records, since, index, t, out):
    """States (k, 6) km and km/s of objects (k,) at seconds (k,) after the start."""
    memory = np.zeros(8)
    for q in range(len(index)):
        memory[:] = 0.0
        one_state(records[index[q]], since[index[q]] + t[q] / 60.0, memory, out[q])


@njit(cache=True, error_model="numpy")
def one_against(places, low, high, mine, mine_low, mine_high, skip, km, knot_s, cj, ct):
    """Objects that may come within km of one: places (n, 3, m) single precision km at knots, of which the first two and
    last two only serve for velocities; low and high (n,) each one's least and greatest radius. The count found."""
    found = 0
    m = places.shape[2]
    half = 0.5 * knot_s * 1.01
    apart2 = np.empty(m, np.float32)
    work = np.empty((6, 3))
    # of a straight line through a knot, whose slope is by two neighbours: gravity's greatest bend of both paths, and
    # what that slope is off by (third derivatives of both), over half a knot
    bend = np.float32(km + 0.5 * 0.0196 * half * half + 2.0e-5 * knot_s * knot_s / 6.0 * half + 5.0)
    slope = np.float32(0.5 / knot_s)
    half32 = np.float32(half)
    for j in range(len(places)):
        if j == skip or not (low[j] <= mine_high + km + 5.0 and high[j] >= mine_low - km - 5.0):
            continue
        p = places[j]
        distances2(p, mine, apart2)
        for k in range(2, m - 2):
            d2 = apart2[k]
            # two speeds at their greatest, from the radius: vis viva below escape, 22.4 km/s for half a knot
            if not d2 < np.float32(7.3e6):
                continue
            u = slope * ((p[0, k + 1] - mine[0, k + 1]) - (p[0, k - 1] - mine[0, k - 1]))
            v = slope * ((p[1, k + 1] - mine[1, k + 1]) - (p[1, k - 1] - mine[1, k - 1]))
            w = slope * ((p[2, k + 1] - mine[2, k + 1]) - (p[2, k - 1] - mine[2, k - 1]))
            x, y, z = p[0, k] - mine[0, k], p[1, k] - mine[1, k], p[2, k] - mine[2, k]
            w2 = u * u + v * v + w * w
            dw = x * u + y * v + z * w
            t32 = min(max(-dw / max(w2, np.float32(1e-12)), -half32), half32)
            if d2 + t32 * (np.float32(2.0) * dw + t32 * w2) > bend * bend:
                continue
            t = _parabola(p, mine, k, knot_s, half, km, work)
            if t > -1e5:
                if found < len(cj):
                    cj[found], ct[found] = j, (k - 2) * knot_s + t
                found += 1
    return found


@njit(cache=True, error_model="numpy", fastmath={"contract", "nsz"})
def distances2(p, q, out):
    """Squares of the distances (m,) between two paths (3, m), single precision: a loop that fills whole registers."""
    for k in range(len(out)):
        x, y, z = p[0, k] - q[0, k], p[1, k] - q[1, k], p[2, k] - q[2, k]
        out[k] = x * x + y * y + z * z


@njit(cache=True, error_model="numpy")
def _parabola(p, q, k, h, half, km, work):
    d, v, a, jerk, vp, vq = work[0], work[1], work[2], work[3], work[4], work[5]
    r2p, r2q, dp, dq = 0.0, 0.0, 0.0, 0.0
    for c in range(3):
        vp[c] = (8.0 * (p[c, k + 1] - p[c, k - 1]) - (p[c, k + 2] - p[c, k - 2])) / (12.0 * h)
        vq[c] = (8.0 * (q[c, k + 1] - q[c, k - 1]) - (q[c, k + 2] - q[c, k - 2])) / (12.0 * h)
        d[c], v[c] = p[c, k] - q[c, k], vp[c] - vq[c]
        r2p += p[c, k] * p[c, k]
        r2q += q[c, k] * q[c, k]
        dp += p[c, k] * vp[c]
        dq += q[c, k] * vq[c]
    w2 = v[0] * v[0] + v[1] * v[1] + v[2] * v[2]
    dw = d[0] * v[0] + d[1] * v[1] + d[2] * v[2]
    t = min(max(-dw / max(w2, 1e-12), -half), half)
    if d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + t * (2.0 * dw + t * w2) > (km + 150.0) ** 2:
        return -1e6
    gp, gq = _MU_KM / (r2p * sqrt(r2p)), _MU_KM / (r2q * sqrt(r2q))
    for c in range(3):
        a[c] = gq * q[c, k] - gp * p[c, k]
        jerk[c] = gq * (vq[c] - 3.0 * q[c, k] * dq / r2q) - gp * (vp[c] - 3.0 * p[c, k] * dp / r2p)
    far2 = 0.0
    for _ in range(5):
        top, low, far2 = 0.0, 0.0, 0.0
        for c in range(3):
            x = d[c] + t * (v[c] + t * (0.5 * a[c] + t * jerk[c] / 6.0))
            u = v[c] + t * (a[c] + 0.5 * t * jerk[c])
            top += x * u
            low += u * u
            far2 += x * x
        t = min(max(t - top / max(low, 1e-12), -half), half)
    # fourth derivatives over half a knot, and velocities by differences: from the higher angular rate of both
    rate2 = max(gp, gq)
    w4 = rate2 * rate2 * max(sqrt(r2p), sqrt(r2q)) * 4.0
    slack = 2.0 * (h**4 / 384.0 + h**4 / 30.0 * 0.5) * w4 + 0.2
    return t if far2 < (km + slack) ** 2 else -1e6
