"""Who may come near whom within one short step, among tens of thousands: the compiled heart of screening.

A step is some tens of seconds. Orbits of the catalogue are nearly round, so in that time an object moves far along its
sphere and hardly in height: cells are thin in radius and wide in latitude and longitude, which leaves several times
fewer pairs than cubes do, at steps several times longer. Cells are hashed so that neighbours in longitude are one run;
five runs an object find every pair of ordinary objects once. Those whose height changes much in a step are few, and
look through all the heights they pass. A pair is kept when its paths, parabolas relative to one another, come within
the distance asked plus what parabolas and interpolated knots may be off by. No bound is a guess: all are from each
object's own speed and radius.
"""

from math import pi

import numpy as np
from numba import njit

MU_KM = np.float32(398_600.44)
BUCKETS = 1 << 16
LOWEST_KM = 6_300.0
_FAST = {"contract", "nsz", "arcp"}
_HALF_PI, _PI = np.float32(0.5 * pi), np.float32(pi)
_C1, _C3, _C5 = np.float32(0.99997726), np.float32(-0.33262347), np.float32(0.19354346)
_C7, _C9, _C11 = np.float32(-0.11643287), np.float32(0.05265332), np.float32(-0.01172120)
_ZERO, _HALF, _ONE, _TINY = np.float32(0.0), np.float32(0.5), np.float32(1.0), np.float32(1e-9)
_SLACK_KM = np.float32(0.1)
_SLACK = np.float32(1.02)
_ARC = np.float32(0.5708)
_NEARLY = np.float32(0.98)
ANGLE_SLACK = 4e-4  # the arctangent below is good to 1e-5, and single precision is coarse


@njit(inline="always")
def _arctangent2(y, x):
    ay, ax = abs(y), abs(x)
    a = min(ay, ax) / max(max(ay, ax), _TINY)
    z = a * a
    p = a * (_C1 + z * (_C3 + z * (_C5 + z * (_C7 + z * (_C9 + z * _C11)))))
    p = _HALF_PI - p if ay > ax else p
    p = _PI - p if x < _ZERO else p
    return -p if y < _ZERO else p


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def between_kernel(f, h, a, b, px, py, pz, vx, vy, vz, r, rise, turn, lat, lon, half):
    """Cubic Hermite between knots a and b (6, n) km and km/s, h seconds apart; radius, rise within half a step, angular
    rate, latitude and longitude (n,). NaN stays NaN."""
    f2 = f * f
    f3 = f2 * f
    h00, h10 = np.float32(2 * f3 - 3 * f2 + 1), np.float32((f3 - 2 * f2 + f) * h)
    h01, h11 = np.float32(-2 * f3 + 3 * f2), np.float32((f3 - f2) * h)
    g00, g10, g11 = np.float32((6 * f2 - 6 * f) / h), np.float32(3 * f2 - 4 * f + 1), np.float32(3 * f2 - 2 * f)
    half = np.float32(half)
    for i in range(a.shape[1]):
        x = h00 * a[0, i] + h10 * a[3, i] + h01 * b[0, i] + h11 * b[3, i]
        y = h00 * a[1, i] + h10 * a[4, i] + h01 * b[1, i] + h11 * b[4, i]
        z = h00 * a[2, i] + h10 * a[5, i] + h01 * b[2, i] + h11 * b[5, i]
        u = g00 * (a[0, i] - b[0, i]) + g10 * a[3, i] + g11 * b[3, i]
        v = g00 * (a[1, i] - b[1, i]) + g10 * a[4, i] + g11 * b[4, i]
        w = g00 * (a[2, i] - b[2, i]) + g10 * a[5, i] + g11 * b[5, i]
        px[i], py[i], pz[i], vx[i], vy[i], vz[i] = x, y, z, u, v, w
        level2 = x * x + y * y
        r2 = level2 + z * z
        root = np.sqrt(r2)
        v2 = u * u + v * v + w * w
        pace = (x * u + y * v + z * w) / root
        lift = (v2 - pace * pace) / root - MU_KM / r2
        r[i] = root
        rise[i] = (abs(pace) + _HALF * abs(lift) * half) * half * _SLACK + _SLACK_KM
        turn[i] = np.sqrt(v2) / root
        lat[i] = _arctangent2(z, np.sqrt(level2))
        lon[i] = _arctangent2(y, x) + _PI


@njit(inline="always")
def _meets(i, j, px, py, pz, vx, vy, vz, r, reach2, km, half, knot_s):
    """Seconds from the middle of the step to the nearest point within it, or a negative million."""
    no = np.float32(-1e6)
    x, y, z = px[j] - px[i], py[j] - py[i], pz[j] - pz[i]
    d2 = x * x + y * y + z * z
    if not d2 <= reach2:
        return no
    u, v, w = vx[j] - vx[i], vy[j] - vy[i], vz[j] - vz[i]
    w2 = u * u + v * v + w * w
    dw = x * u + y * v + z * w
    t = min(max(-dw / max(w2, _TINY), -half), half)
    bend = np.float32(0.0095) * half * half  # two of gravity's greatest, halved
    if d2 + t * (np.float32(2.0) * dw + t * w2) > (km + bend) * (km + bend):
        return no
    ri, rj = r[i], r[j]
    gi, gj = MU_KM / (ri * ri * ri), MU_KM / (rj * rj * rj)
    ax, ay, az = gi * px[i] - gj * px[j], gi * py[i] - gj * py[j], gi * pz[i] - gj * pz[j]
    for _ in range(2):
        sx, sy, sz = x + t * (u + _HALF * t * ax), y + t * (v + _HALF * t * ay), z + t * (w + _HALF * t * az)
        cu, cv, cw = u + t * ax, v + t * ay, w + t * az
        t = t - (sx * cu + sy * cv + sz * cw) / max(cu * cu + cv * cv + cw * cw, _TINY)
        t = min(max(t, -half), half)
    sx, sy, sz = x + t * (u + _HALF * t * ax), y + t * (v + _HALF * t * ay), z + t * (w + _HALF * t * az)
    # what cubes between knots and parabolas within the step are off by, for both: fourth and third derivatives of a
    # path whose angular rate is the present one, and twice that for eccentric orbits
    oi2 = (vx[i] * vx[i] + vy[i] * vy[i] + vz[i] * vz[i]) / (ri * ri)
    oj2 = (vx[j] * vx[j] + vy[j] * vy[j] + vz[j] * vz[j]) / (rj * rj)
    knots = knot_s * knot_s * knot_s * knot_s / np.float32(192.0) * (oi2 * oi2 * ri + oj2 * oj2 * rj)
    jerk = half * half * half / np.float32(3.0) * (oi2 * np.sqrt(oi2) * ri + oj2 * np.sqrt(oj2) * rj)
    limit = km + knots + jerk + np.float32(0.03)
    return t if sx * sx + sy * sy + sz * sz <= limit * limit else no


@njit(inline="always")
def _rows(lat, reach, height, count):
    low = int((lat - reach + _HALF_PI) / height)
    high = int((lat + reach + _HALF_PI) / height)
    return max(low, 0), min(high, count - 1)


@njit(cache=True, error_model="numpy")
def find_kernel(n, px, py, pz, vx, vy, vz, r, rise, turn, lat, lon, km, half, knot_s, ordinary_km, height, cells, first,
         fastest, order, key, start, fill, crowd, s, wide, ci, cj, ct, found):  # fmt: skip
    """Pairs that may come within km in this step, appended to ci, cj, ct from `found` on; the new count.

    height : of a band of latitude, at least the angular reach of two ordinary objects, whose rate is at most `fastest`
    cells, first : how many cells each band has, and where it begins
    The rest is scratch. The count may exceed the room: then call again with more.
    """
    mask = BUCKETS - 1
    bands = len(cells)
    total = first[bands]
    width = 2.0 * ordinary_km + km + 0.2
    top_speed = np.float32(2.0 * 8.2 * half + km + 5.0)
    reach2 = top_speed * top_speed
    wide_reach = np.float32(2.0 * 11.2 * half + km + 10.0)
    km32, half32, knot32 = np.float32(km), np.float32(half * 1.001 + 0.02), np.float32(knot_s)
    start[:] = 0
    crowd[:] = 0
    m, others, top = 0, 0, 0
    for i in range(n):
        if not (rise[i] <= ordinary_km and turn[i] <= fastest):
            key[i] = -1
            if r[i] == r[i]:
                wide[others] = i
                others += 1
            continue
        band = min(int((lat[i] + _HALF_PI) / height), bands - 1)
        cell = min(int(lon[i] * (cells[band] / (2.0 * pi))), cells[band] - 1)
        level = int((r[i] - LOWEST_KM) / width)
        crowd[min(level, len(crowd) - 1)] += 1
        top = max(top, level)
        k = (level * total + first[band] + cell) & mask
        key[i] = k
        start[k + 1] += 1
        m += 1
    for k in range(BUCKETS):
        fill[k] = start[k]
        start[k + 1] += start[k]
        fill[k] = start[k]
    for i in range(n):
        k = key[i]
        if k >= 0:
            q = fill[k]
            fill[k] = q + 1
            order[q] = i
    sx, sy, sz, su, sv, sw, sr = s[0], s[1], s[2], s[3], s[4], s[5], s[6]
    for q in range(m):
        i = order[q]
        sx[q], sy[q], sz[q], su[q], sv[q], sw[q], sr[q] = px[i], py[i], pz[i], vx[i], vy[i], vz[i], r[i]
    sine, around = np.float32(np.sin(height) * 1.001), np.float32(0.5 / pi)
    for q in range(m):
        i = order[q]
        la, lo = lat[i], lon[i]
        band = min(int((la + _HALF_PI) / height), bands - 1)
        level = int((sr[q] - LOWEST_KM) / width)
        # sin span = sin reach / cos latitude; the arcsine from above: all terms of its series are positive
        ratio = sine * sr[q] / max(np.sqrt(sx[q] * sx[q] + sy[q] * sy[q]), _TINY)
        is_all = ratio > _NEARLY
        span = ratio * (_ONE + _ARC * ratio * ratio)
        for run in range(5):
            up = 0 if run < 2 else 1
            b = band + (run if run < 2 else run - 3)
            if b < 0 or b >= bands:
                continue
            c = cells[b]
            per = np.float32(c) * around
            base = (level + up) * total + first[b]
            if run == 0:
                here = min(int(lo * per), c - 1)
                low, high = here, here + 1 if c > 1 else here
                if c == 2 and here == 1:
                    high = here
            elif is_all or np.float32(2.0) * span * per >= c - 1:
                low, high = 0, c - 1
            else:
                low, high = int(np.floor((lo - span) * per)), int(np.floor((lo + span) * per))
            for piece in range(3):
                if piece == 0:
                    left, right = max(low, 0), min(high, c - 1)
                elif piece == 1:
                    left, right = low + c, c - 1
                    if low >= 0:
                        continue
                else:
                    left, right = 0, high - c
                    if high < c:
                        continue
                k0, k1 = (base + left) & mask, (base + right) & mask
                for part in range(2):
                    if k0 <= k1:
                        if part == 1:
                            continue
                        begin, end = start[k0], start[k1 + 1]
                    elif part == 0:
                        begin, end = start[k0], start[BUCKETS]
                    else:
                        begin, end = 0, start[k1 + 1]
                    if run == 0 and piece == 0 and part == 0:
                        begin = q + 1
                    for o in range(begin, end):
                        x, y, z = sx[o] - sx[q], sy[o] - sy[q], sz[o] - sz[q]
                        if x * x + y * y + z * z > reach2 or o == q:
                            continue
                        t = _meets(q, o, sx, sy, sz, su, sv, sw, sr, reach2, km32, half32, knot32)
                        if t > np.float32(-1e5):
                            if found < len(ci):
                                ci[found], cj[found], ct[found] = i, order[o], t
                            found += 1
    wide2 = wide_reach * wide_reach
    for a in range(others):
        i = wide[a]
        low = int(max((r[i] - rise[i] - ordinary_km - km - 0.2 - LOWEST_KM) / width, 0.0))
        high = int(max((r[i] + rise[i] + ordinary_km + km + 0.2 - LOWEST_KM) / width, 0.0))
        la, lo = lat[i], lon[i]
        nearest = max(r[i] - rise[i] - ordinary_km - km, LOWEST_KM)
        round_rate = min(1.15 * np.sqrt(398600.44 / nearest**3), fastest)
        span_lat = np.float32((turn[i] * 1.15 + round_rate) * half * 1.02 + km / nearest + ANGLE_SLACK)
        b0, b1 = _rows(la, span_lat, height, bands)
        is_all = abs(la) + span_lat >= _HALF_PI - np.float32(1e-3)
        span = pi if is_all else np.arcsin(min(1.0, np.sin(span_lat) / np.cos(la)))
        for level in range(low, min(high, top) + 1):
            if crowd[min(level, len(crowd) - 1)] == 0:
                continue
            for b in range(b0, b1 + 1):
                c = cells[b]
                per = c / (2.0 * pi)
                base = level * total + first[b]
                if is_all or 2.0 * span * per >= c - 1:
                    left, right = 0, c - 1
                else:
                    left, right = int(np.floor((lo - span) * per)), int(np.floor((lo + span) * per))
                # the run in one piece where it neither goes round the sphere nor over the end of the table
                whole = (base + left) & mask
                is_one = left >= 0 and right < c and whole + right - left < BUCKETS
                for cell in range(left, left + 1 if is_one else right + 1):
                    k = whole if is_one else (base + (cell + c) % c) & mask
                    for o in range(start[k], start[k + right - left + 1] if is_one else start[k + 1]):
                        x, y, z = sx[o] - px[i], sy[o] - py[i], sz[o] - pz[i]
                        if x * x + y * y + z * z > wide2:
                            continue
                        j = order[o]
                        t = _meets(i, j, px, py, pz, vx, vy, vz, r, wide2, km32, half32, knot32)
                        if t > np.float32(-1e5):
                            if found < len(ci):
                                ci[found], cj[found], ct[found] = i, j, t
                            found += 1
    # the few among themselves: along one axis
    ranks = np.argsort(px[wide[:others]])
    for a in range(others):
        i = wide[ranks[a]]
        for b in range(a + 1, others):
            j = wide[ranks[b]]
            if px[j] - px[i] > wide_reach:
                break
            t = _meets(i, j, px, py, pz, vx, vy, vz, r, wide2, km32, half32, knot32)
            if t > np.float32(-1e5):
                if found < len(ci):
                    ci[found], cj[found], ct[found] = i, j, t
                found += 1
    return found
