"""Who may come near whom within one short step, among tens of thousands: the compiled heart of screening.

A step is some tens of seconds. Orbits of the catalogue are nearly round, so in that time an object moves far along its
sphere and hardly in height. Cells are therefore wide in latitude and longitude, as wide as two objects move in a step
and half as much again, and hold a column of all heights; within a cell objects stand in order of the least height each
has within the step. From an object upwards, those that begin below where it ends (and the distance asked) are all that
can meet it: every pair is met once, from the one that begins lower, however fast either climbs. Those that turn about
the Earth faster than a round orbit grazing the ground, or climb steeply, are few, and look through all the cells they
may cross. A pair is kept when its paths, parabolas relative to one another, come within the distance asked plus what
parabolas and interpolated knots may be off by. No bound is a guess: all are from each object's own speed and radius.
"""

from math import pi

import numpy as np
from numba import njit

MU_KM = np.float32(398_600.44)
LOWEST_KM = 6_300.0
SHELVES = 4096  # of height: half a kilometre each where most objects are, a hundred above
_CROWDED_KM, _PER_KM, _PER_KM_ABOVE = np.float32(8_000.0), np.float32(2.0), np.float32(0.01)
_ROOM_KM = np.float32(0.3)  # what heights between interpolated knots may be off by
# what two paths are: the fourth derivative at the greatest angular rate, ordinary or any, over 240 s
_KNOTS_KM, _KNOTS_WIDE_KM = np.float32(0.7), np.float32(3.0)
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
def _bend(half):
    """How far gravity bends the path of one object relative to another's within half a step, for each km that they may
    be apart in it: its gradient is at most 2 mu / r^3; they are apart by what they are in the middle (the half of t^2)
    and by what they move (the sixth of t^3). A chord between two objects is nowhere lower than the lowest radius."""
    return np.float32(1.05 * 2.0 * 398_600.44 / LOWEST_KM**3 * half * half * (0.5 + 1.0 / 6.0))


@njit(inline="always")
def _meets(i, j, x, y, z, d2, px, py, pz, vx, vy, vz, r, km, room, half, knot_s):
    """Seconds from the middle of the step to the nearest point within it, or a negative million; x, y, z and d2: from
    i to j, and its square; room : km that their paths relative to one another are off a straight line by at most."""
    no = np.float32(-1e6)
    u, v, w = vx[j] - vx[i], vy[j] - vy[i], vz[j] - vz[i]
    w2 = u * u + v * v + w * w
    dw = x * u + y * v + z * w
    t = min(max(-dw / max(w2, _TINY), -half), half)
    if d2 + t * (np.float32(2.0) * dw + t * w2) > (km + room) * (km + room):
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
def _shelf(height_km):
    """Which shelf a radius is on; never falls as the radius rises."""
    low = (min(height_km, _CROWDED_KM) - np.float32(LOWEST_KM)) * _PER_KM
    high = max(height_km - _CROWDED_KM, _ZERO) * _PER_KM_ABOVE
    return min(max(int(low), 0) + int(high), SHELVES - 1)


@njit(cache=True, error_model="numpy")
def sort_kernel(n, px, py, pz, vx, vy, vz, r, rise, turn, lat, lon, km, half, ordinary_km, fastest, height, reach,
                cells, first, cell, shelf, order, other, count, start, wide, s, top, own):  # fmt: skip
    """Ordinary objects in order of cell and shelf: start (cells + 1,) says where each cell begins; s (11, n) has place,
    velocity, radius, latitude, longitude, how far each reaches in longitude, and how far in km; top (n,) the last shelf
    whose objects it may meet, own (n,) its own. How many others there are, in `wide`."""
    bands = len(cells)
    per_band, around = np.float32(1.0 / height), np.float32(0.5 / pi)
    count[:] = 0
    start[:] = 0
    m, others = 0, 0
    for i in range(n):
        if not (rise[i] <= ordinary_km and turn[i] <= fastest):
            cell[i] = -1
            if r[i] == r[i]:
                wide[others] = i
                others += 1
            continue
        band = min(int((lat[i] + _HALF_PI) * per_band), bands - 1)
        c = first[band] + min(int(lon[i] * (np.float32(cells[band]) * around)), cells[band] - 1)
        k = _shelf(r[i] - rise[i])
        cell[i], shelf[i] = c, k
        count[k + 1] += 1
        start[c + 1] += 1
        m += 1
    for k in range(SHELVES):
        count[k + 1] += count[k]
    for i in range(n):
        if cell[i] >= 0:
            k = shelf[i]
            other[count[k]] = i
            count[k] += 1
    for c in range(len(start) - 1):
        start[c + 1] += start[c]
    # `start` is moved on by one cell while it counts, and stands right again afterwards
    for q in range(m):
        i = other[q]
        c = cell[i]
        order[start[c]] = i
        start[c] += 1
    for c in range(len(start) - 1, 0, -1):
        start[c] = start[c - 1]
    start[0] = 0
    sine = np.float32(np.sin(reach) * 1.001)
    room = np.float32(km) + _ROOM_KM
    for q in range(m):
        i = order[q]
        s[0, q], s[1, q], s[2, q], s[3, q], s[4, q], s[5, q] = px[i], py[i], pz[i], vx[i], vy[i], vz[i]
        s[6, q], s[7, q], s[8, q] = r[i], lat[i], lon[i]
        # sin span = sin reach / cos latitude; the arcsine from above: all terms of its series are positive
        ratio = sine * r[i] / max(np.sqrt(px[i] * px[i] + py[i] * py[i]), _TINY)
        s[9, q] = _PI if ratio > _NEARLY else ratio * (_ONE + _ARC * ratio * ratio)
        s[10, q] = turn[i] * r[i] * np.float32(half) * _SLACK + np.float32(0.5) * np.float32(km) + np.float32(3.0)
        own[q] = shelf[i]
        top[q] = _shelf(r[i] + rise[i] + room)
    return others


@njit(cache=True, error_model="numpy")
def find_kernel(order, start, s, own, top, km, half, knot_s, height, reach, cells, first, spans, ci, cj, ct, found):
    """Pairs of ordinary objects that may come within km in this step, appended to ci, cj, ct from `found` on; the new
    count, which may exceed the room: then call again with more.

    order, start, s, own, top : what `sort_kernel` has made
    height : of a band of latitude, at least `reach`, the angle two ordinary objects may be apart and meet
    cells, first, spans : how many cells each band has, where it begins, and how far its objects reach in longitude
    """
    bands = len(cells)
    sx, sy, sz, su, sv, sw, sr = s[0], s[1], s[2], s[3], s[4], s[5], s[6]
    slat, slon, sspan, sfar = s[7], s[8], s[9], s[10]
    km32, half32, knot32 = np.float32(km), np.float32(half * 1.001 + 0.02), np.float32(knot_s)
    reach32, never, bend = np.float32(reach), np.float32(-1e5), _bend(half)
    for band in range(bands):
        breadth = 2.0 * pi / cells[band]
        for c in range(cells[band]):
            mine = first[band] + c
            q0, q1 = start[mine], start[mine + 1]
            if q0 == q1:
                continue
            for near in range(max(band - 1, 0), min(band + 2, bands)):
                many = cells[near]
                width = 2.0 * pi / many
                is_all = breadth + 2.0 * (spans[band] + width) >= 2.0 * pi
                low = 0 if is_all else int(np.floor((c * breadth - spans[band]) / width))
                high = many - 1 if is_all else int(np.floor(((c + 1) * breadth + spans[band]) / width))
                bottom, ceiling = np.float32(near * height - 0.5 * pi), np.float32((near + 1) * height - 0.5 * pi)
                for column in range(low, high + 1):
                    there = first[near] + (column + many) % many
                    begin, end = start[there], start[there + 1]
                    if begin == end:
                        continue
                    is_own, tie = there == mine, 1 if there < mine else 0
                    left, right = np.float32(column * width), np.float32((column + 1) * width)
                    p = begin
                    for q in range(q0, q1):
                        if is_own:
                            p = q + 1
                        else:
                            la, lo, span = slat[q], slon[q], sspan[q]
                            if la + reach32 < bottom or la - reach32 > ceiling:
                                continue
                            if not is_all and (lo + span < left or lo - span > right):
                                continue
                            floor = own[q] + tie
                            while p < end and own[p] < floor:
                                p += 1
                            if p == end:
                                break
                        last = top[q]
                        x0, y0, z0, far = sx[q], sy[q], sz[q], sfar[q]
                        for o in range(p, end):
                            if own[o] > last:
                                break
                            x, y, z = sx[o] - x0, sy[o] - y0, sz[o] - z0
                            d2, both = x * x + y * y + z * z, sfar[o] + far
                            if d2 > both * both:
                                continue
                            room = bend * both + _KNOTS_KM
                            t = _meets(q, o, x, y, z, d2, sx, sy, sz, su, sv, sw, sr, km32, room, half32, knot32)
                            if t > never:
                                if found < len(ci):
                                    ci[found], cj[found], ct[found] = order[q], order[o], t
                                found += 1
    return found


@njit(inline="always")
def _rows(lat, reach, height, count):
    low = int((lat - reach + _HALF_PI) / height)
    high = int((lat + reach + _HALF_PI) / height)
    return max(low, 0), min(high, count - 1)


@njit(cache=True, error_model="numpy")
def wide_kernel(wide, others, px, py, pz, vx, vy, vz, r, rise, turn, lat, lon, km, half, knot_s, ordinary_km, fastest,
                height, cells, first, order, start, s, own, ci, cj, ct, found):  # fmt: skip
    """The same for the few that are not ordinary, with the ordinary and among themselves."""
    bands = len(cells)
    sx, sy, sz = s[0], s[1], s[2]
    wide_reach = np.float32(2.0 * 11.2 * half + km + 10.0)
    wide2 = wide_reach * wide_reach
    km32, half32, knot32 = np.float32(km), np.float32(half * 1.001 + 0.02), np.float32(knot_s)
    room, loose = np.float32(km) + _ROOM_KM, _bend(half) * wide_reach + _KNOTS_WIDE_KM
    for a in range(others):
        i = wide[a]
        low = _shelf(r[i] - rise[i] - room - np.float32(2.0 * ordinary_km))
        high = _shelf(r[i] + rise[i] + room)
        la, lo = lat[i], lon[i]
        nearest = max(r[i] - rise[i] - ordinary_km - km, LOWEST_KM)
        round_rate = min(1.45 * np.sqrt(398600.44 / nearest**3), fastest)  # none is faster than escape
        span_lat = np.float32((turn[i] * 1.15 + round_rate) * half * 1.02 + km / nearest + ANGLE_SLACK)
        b0, b1 = _rows(la, span_lat, height, bands)
        is_all = abs(la) + span_lat >= _HALF_PI - np.float32(1e-3)
        span = pi if is_all else np.arcsin(min(1.0, np.sin(span_lat) / np.cos(la)))
        for b in range(b0, b1 + 1):
            c = cells[b]
            per = c / (2.0 * pi)
            left, right = 0, c - 1
            if not is_all and 2.0 * span * per < c - 2:
                left, right = int(np.floor((lo - span) * per)), int(np.floor((lo + span) * per))
            for column in range(left, right + 1):
                there = first[b] + (column + c) % c
                begin, end = start[there], start[there + 1]
                while begin < end:  # the first on a shelf that matters
                    middle = (begin + end) // 2
                    if own[middle] < low:
                        begin = middle + 1
                    else:
                        end = middle
                for o in range(begin, start[there + 1]):
                    if own[o] > high:
                        break
                    x, y, z = sx[o] - px[i], sy[o] - py[i], sz[o] - pz[i]
                    d2 = x * x + y * y + z * z
                    if d2 > wide2:
                        continue
                    j = order[o]
                    t = _meets(i, j, x, y, z, d2, px, py, pz, vx, vy, vz, r, km32, loose, half32, knot32)
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
            x, y, z = px[j] - px[i], py[j] - py[i], pz[j] - pz[i]
            if x > wide_reach:
                break
            d2 = x * x + y * y + z * z
            if d2 > wide2:
                continue
            t = _meets(i, j, x, y, z, d2, px, py, pz, vx, vy, vz, r, km32, loose, half32, knot32)
            if t > np.float32(-1e5):
                if found < len(ci):
                    ci[found], cj[found], ct[found] = i, j, t
                found += 1
    return found
