"""SGP4 for many instants of each object: the same equations as `kernels`, in loops that the compiler can vectorise.

What makes that possible: a sine without branches, one array for each quantity (one shared array makes the compiler
suspect that writing disturbs reading), Newton's steps with the instants inside, no largest value taken along the way
(the order of floating point numbers is not the compiler's to change; counting is), and blocks that stay in the nearest
cache. It agrees with `kernels.one_state` to a hundredth of a millimetre. A state depends on nothing but its object and
its instant, to the last bit, whatever else is asked for in the same call.
"""

from math import cos, fabs, pi, sin, sqrt

import numpy as np
from numba import njit, prange

from vedette.motion.sgp4.branchless import SHIFT, round_kepler, sincos, turned
from vedette.motion.sgp4.bulk_deep import (
    FAST,
    STEEP_RAD,
    drift,
    periodic_low,
    periodic_steep,
    pulls,
    resonance,
    tilts,
)  # fmt: skip
from vedette.motion.sgp4.layout import EARTH_RADIUS_KM, J2, J3_OVER_J2, XKE

BLOCK = 256
ROWS = 27  # of scratch for each block
_TWO_PI = 2.0 * pi
_KM_PER_S = EARTH_RADIUS_KM * XKE / 60.0
_M = 1000.0
_ROUND = 0.15**2  # square of the eccentricity up to which two steps solve Kepler's equation
_LONG = 0.2  # eccentricity from which they are not tried
_NS_PER_MIN = 60e9


@njit(cache=True, fastmath=FAST, error_model="numpy")
def _near(c, t, em, argpm, nodem, mm, am, n):
    """Elements of one near-Earth object at n instants."""
    full = 1.0 - c.is_simple
    a0 = (XKE / c.no) ** (2.0 / 3.0)
    mo, mdot, argpo, argpdot, nodeo, nodedot, nodecf = c.mo, c.mdot, c.argpo, c.argpdot, c.nodeo, c.nodedot, c.nodecf
    cc1, cc4, cc5, bstar, t2cof, omgcof, xmcof = c.cc1, c.cc4, c.cc5, c.bstar, c.t2cof, c.omgcof, c.xmcof
    delmo, eta, sinmao, no, ecco = c.delmo, c.eta, c.sinmao, c.no, c.ecco
    d2, d3, d4, t3cof, t4cof, t5cof = c.d2, c.d3, c.d4, c.t3cof, c.t4cof, c.t5cof
    for k in range(n):
        tk = t[k]
        t2 = tk * tk
        t3 = t2 * tk
        t4 = t3 * tk
        xmdf = mo + mdot * tk
        _, cosm = sincos(xmdf)
        dm = 1.0 + eta * cosm
        temp = (omgcof * tk + xmcof * (dm * dm * dm - delmo)) * full
        mp = xmdf + temp
        sinm, _ = sincos(mp)
        tempa = 1.0 - cc1 * tk - full * (d2 * t2 + d3 * t3 + d4 * t4)
        tempe = bstar * cc4 * tk + full * bstar * cc5 * (sinm - sinmao)
        templ = t2cof * t2 + full * (t3cof * t3 + t4 * (t4cof + tk * t5cof))
        argpm[k] = argpo + argpdot * tk - temp
        nodem[k] = nodeo + nodedot * tk + nodecf * t2
        mm[k] = mp + no * templ
        am[k] = a0 * tempa * tempa
        em[k] = ecco - tempe


@njit(cache=True, fastmath=FAST, error_model="numpy")
def _ordinary(c, t, px, py, pz, vx, vy, vz, others, n):
    """States of one near-Earth object at n instants in one sweep, where its orbit is nearly round and drag has moved
    its anomaly by less than half a radian; `others` says where not, or something is wrong. How many those are.

    One reciprocal serves where the equations divide by the axis, its root, and one less e^2; small angles turn a sine
    and cosine that are there instead of asking for new ones.
    """
    full = 1.0 - c.is_simple
    a0 = (XKE / c.no) ** (2.0 / 3.0)
    root0 = sqrt(a0)
    mo, mdot, argpo, argpdot, nodeo, nodedot, nodecf = c.mo, c.mdot, c.argpo, c.argpdot, c.nodeo, c.nodedot, c.nodecf
    cc1, cc4, cc5, t2cof, omgcof = c.cc1, c.bstar * c.cc4, full * c.bstar * c.cc5, c.no * c.t2cof, full * c.omgcof
    xmcof, delmo, eta, sinmao, ecco = full * c.xmcof, c.delmo, c.eta, c.sinmao, c.ecco
    d2, d3, d4 = full * c.d2, full * c.d3, full * c.d4
    t3cof, t4cof, t5cof = full * c.no * c.t3cof, full * c.no * c.t4cof, full * c.no * c.t5cof
    aycof, xlcof, con41, x1mth2, x7thm1 = c.aycof, c.xlcof, c.con41, c.x1mth2, c.x7thm1
    si, ci = sin(c.inclo), cos(c.inclo)
    count = 0
    for k in range(n):
        tk = t[k]
        t2 = tk * tk
        xmdf = mo + mdot * tk
        s, m = sincos(xmdf)
        dm = 1.0 + eta * m
        temp = omgcof * tk + xmcof * (dm * dm * dm - delmo)
        sinm, _ = turned(s, m, temp)
        tempa = 1.0 - cc1 * tk - t2 * (d2 + tk * (d3 + tk * d4))
        em = ecco - (cc4 * tk + cc5 * (sinm - sinmao))
        e = max(em, 1.0e-6)
        arg = argpo + argpdot * tk - temp
        am, root = a0 * tempa * tempa, root0 * tempa
        over_p = 1.0 / (am * (1.0 - e * e))
        over_a = over_p * (1.0 - e * e)
        sa, ca = sincos(arg)
        axn = e * ca
        ayn = e * sa + over_p * aycof
        templ = t2 * (t2cof + tk * (t3cof + tk * (t4cof + tk * t5cof)))
        s, m, over_f = round_kepler(xmdf + temp + templ + arg + over_p * xlcof * axn, axn, ayn)
        el2 = axn * axn + ayn * ayn
        betal = sqrt(1.0 - el2)
        both = 1.0 / (betal * (1.0 + betal))
        esine, over_b = axn * s - ayn * m, both * betal
        over_l = over_a * (both * (1.0 + betal)) * (both * (1.0 + betal))
        rl = am * (1.0 - axn * m - ayn * s)
        over_r = over_a * over_f
        turn = esine * over_b
        sinu, cosu = over_f * (s - ayn - axn * turn), over_f * (m - axn + ayn * turn)
        sin2u, cos2u = 2.0 * cosu * sinu, 1.0 - 2.0 * sinu * sinu
        t1 = 0.5 * J2 * over_l
        t2p = t1 * over_l
        nt = over_a * over_a * root * t1
        mrt = rl * (1.0 - 1.5 * t2p * betal * con41) + 0.5 * t1 * x1mth2 * cos2u
        mvt = root * esine * over_r - nt * x1mth2 * sin2u
        rvdot = root * betal * over_r + nt * (x1mth2 * cos2u + 1.5 * con41)
        su = -0.25 * t2p * x7thm1 * sin2u
        half = 0.5 * su * su
        sd, cd = su * (1.0 - half * 0.3333333333333333), 1.0 - half * (1.0 - half * 0.16666666666666666)
        ssu, csu = sinu * cd + cosu * sd, cosu * cd - sinu * sd
        tilt = 1.5 * t2p * ci * si * cos2u
        half = 0.5 * tilt * tilt
        sd, cd = tilt * (1.0 - half * 0.3333333333333333), 1.0 - half * (1.0 - half * 0.16666666666666666)
        sj, cj = si * cd + ci * sd, ci * cd - si * sd
        sn, cn = sincos(nodeo + nodedot * tk + nodecf * t2 + 1.5 * t2p * ci * sin2u)
        xmx, xmy = -sn * cj, cn * cj
        r, v, w = mrt * (EARTH_RADIUS_KM * _M), mvt * (_KM_PER_S * _M), rvdot * (_KM_PER_S * _M)
        ux, uy, uz = xmx * ssu + cn * csu, xmy * ssu + sn * csu, sj * ssu
        px[k] = r * ux
        py[k] = r * uy
        pz[k] = r * uz
        vx[k] = v * ux + w * (xmx * csu - cn * ssu)
        vy[k] = v * uy + w * (xmy * csu - sn * ssu)
        vz[k] = v * uz + w * (sj * csu)
        is_so = (el2 < _ROUND) & (fabs(temp) < 0.5) & (tempa > 0.1) & (over_l < 2.0) & (em > -0.001) & (mrt >= 1.0)
        others[k] = 0.0 if is_so else 1.0
        count += 0 if is_so else 1
    return count


@njit(cache=True, fastmath=FAST, error_model="numpy")
def _anomaly(em, argpm, mm, am, sini, cosi, u, axn, ayn, n):
    """Long-period terms, and the mean argument of latitude folded to half a turn."""
    for k in range(n):
        e = em[k]
        s, c = sincos(argpm[k])
        temp = 1.0 / (am[k] * (1.0 - e * e))
        below = 1.0 + cosi[k]
        below = below if fabs(below) > 1.5e-12 else 1.5e-12
        axnl = e * c
        aynl = e * s - temp * 0.5 * J3_OVER_J2 * sini[k]
        xl = mm[k] + argpm[k] - temp * 0.25 * J3_OVER_J2 * sini[k] * (3.0 + 5.0 * cosi[k]) / below * axnl
        axn[k] = axnl
        ayn[k] = aynl
        u[k] = xl - _TWO_PI * ((xl * 0.15915494309189535 + SHIFT) - SHIFT)


@njit(cache=True, fastmath=FAST, error_model="numpy")
def _kepler_round(u, axn, ayn, sine, cosine, n):
    """Kepler's equation where orbits are nearly round; how many are not."""
    others = 0
    for k in range(n):
        s, c, _ = round_kepler(u[k], axn[k], ayn[k])
        sine[k] = s
        cosine[k] = c
        others += 0 if axn[k] * axn[k] + ayn[k] * ayn[k] < _ROUND else 1
    return others


@njit(cache=True, fastmath=FAST, error_model="numpy")
def _newton(u, axn, ayn, eo, n):
    """One step of Kepler's equation at every instant that still moves; how many those are."""
    moving = 0
    for k in range(n):
        s, c = sincos(eo[k])
        step = (u[k] - ayn[k] * c + axn[k] * s - eo[k]) / (1.0 - c * axn[k] - s * ayn[k])
        step = min(0.95, max(-0.95, step))
        still = fabs(step) < 1.0e-12
        eo[k] += 0.0 if still else step
        moving += 0 if still else 1
    return moving


@njit(cache=True, fastmath=FAST, error_model="numpy")
def _kepler_long(axn, ayn, eo, sine, cosine, limit, n):
    """Sine and cosine of what Newton's steps found, where orbits are not nearly round."""
    for k in range(n):
        s, c = sincos(eo[k])
        is_round = axn[k] * axn[k] + ayn[k] * ayn[k] < limit
        sine[k] = sine[k] if is_round else s
        cosine[k] = cosine[k] if is_round else c


@njit(cache=True, fastmath=FAST, error_model="numpy")
def _states(am, nodem, inclm, sini, cosi, axn, ayn, sine, cosine, px, py, pz, vx, vy, vz, radius, n):
    """Short-period terms and the state, metres and metres a second."""
    for k in range(n):
        axnl, aynl, a, si, ci = axn[k], ayn[k], am[k], sini[k], cosi[k]
        s, c = sine[k], cosine[k]
        ecose, esine = axnl * c + aynl * s, axnl * s - aynl * c
        el2 = axnl * axnl + aynl * aynl
        pl = a * (1.0 - el2)
        rl = a * (1.0 - ecose)
        root = sqrt(a)
        nm = XKE / (a * root)
        rdotl, rvdotl, betal = root * esine / rl, sqrt(pl) / rl, sqrt(1.0 - el2)
        temp = esine / (1.0 + betal)
        sinu = a / rl * (s - aynl - axnl * temp)
        cosu = a / rl * (c - axnl + aynl * temp)
        rn = 1.0 / sqrt(sinu * sinu + cosu * cosu)
        sin2u, cos2u = 2.0 * cosu * sinu, 1.0 - 2.0 * sinu * sinu
        cosisq = ci * ci
        con41, x1mth2, x7thm1 = 3.0 * cosisq - 1.0, 1.0 - cosisq, 7.0 * cosisq - 1.0
        t1 = 0.5 * J2 / pl
        t2 = t1 / pl
        mrt = rl * (1.0 - 1.5 * t2 * betal * con41) + 0.5 * t1 * x1mth2 * cos2u
        dsu = -0.25 * t2 * x7thm1 * sin2u
        node = nodem[k] + 1.5 * t2 * ci * sin2u
        incl = inclm[k] + 1.5 * t2 * ci * si * cos2u
        mvt = rdotl - nm * t1 * x1mth2 * sin2u / XKE
        rvdot = rvdotl + nm * t1 * (x1mth2 * cos2u + 1.5 * con41) / XKE
        sd, cd = sincos(dsu)  # the argument of latitude by a rotation: no arctangent
        ssu, csu = (sinu * cd + cosu * sd) * rn, (cosu * cd - sinu * sd) * rn
        sn, cn = sincos(node)
        sj, cj = sincos(incl)
        xmx, xmy = -sn * cj, cn * cj
        ux, uy, uz = xmx * ssu + cn * csu, xmy * ssu + sn * csu, sj * ssu
        r, v = mrt * EARTH_RADIUS_KM * _M, _KM_PER_S * _M
        px[k] = r * ux
        py[k] = r * uy
        pz[k] = r * uz
        vx[k] = (mvt * ux + rvdot * (xmx * csu - cn * ssu)) * v
        vy[k] = (mvt * uy + rvdot * (xmy * csu - sn * ssu)) * v
        vz[k] = (mvt * uz + rvdot * sj * csu) * v
        radius[k] = mrt


@njit(cache=True, error_model="numpy")
def _in_passes(c, t, w, memory, x, y, z, vx, vy, vz, n):
    """States of any object at n instants in passes, each over all of them; how many there is trouble with. What they
    are told from stays in `w`."""
    em, argpm, nodem, mm, am, inclm, sini, cosi = w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]
    u, axn, ayn, eo, radius, before, sine, cosine = w[8], w[9], w[10], w[11], w[12], w[13], w[14], w[15]
    pulled = w[16:19]
    if c.is_deep == 1.0:
        drift(c, t, em, argpm, nodem, mm, am, inclm, n)
        if c.irez != 0.0:
            resonance(c, t, argpm, nodem, mm, am, n, memory)
        others = _floor(em, before, inclm, n)
        pulls(c, t, em, mm, inclm, pulled, n)
        if others == 0:
            periodic_steep(argpm, nodem, inclm, pulled, n)
        else:
            periodic_low(c, argpm, nodem, inclm, pulled, n)
        tilts(inclm, nodem, argpm, sini, cosi, n)
    else:
        _near(c, t, em, argpm, nodem, mm, am, n)
        _floor(em, before, inclm, n)
        inclm[:n], sini[:n], cosi[:n] = c.inclo, sin(c.inclo), cos(c.inclo)
    _anomaly(em, argpm, mm, am, sini, cosi, u, axn, ayn, n)
    is_long = c.ecco > _LONG
    if is_long or _kepler_round(u, axn, ayn, sine, cosine, n) > 0:
        eo[:n] = u[:n]
        for _ in range(10):
            if _newton(u, axn, ayn, eo, n) == 0:
                break
        _kepler_long(axn, ayn, eo, sine, cosine, 0.0 if is_long else _ROUND, n)
    _states(am, nodem, inclm, sini, cosi, axn, ayn, sine, cosine, x, y, z, vx, vy, vz, radius, n)
    return _wrong(am, before, em, axn, ayn, radius, n)


@njit(cache=True, error_model="numpy")
def _floor(em, before, inclm, n):
    """Eccentricities are kept from zero, and as they were in `before`; how many inclinations are not steep."""
    others = 0
    for k in range(n):
        before[k] = em[k]
        em[k] = max(em[k], 1.0e-6)
        others += 0 if (inclm[k] > STEEP_RAD + 0.02) & (inclm[k] < pi - 0.02) else 1
    return others


@njit(cache=True, error_model="numpy")
def _wrong(am, before, em, axn, ayn, radius, n):
    """At how many instants something is wrong."""
    count = 0
    for k in range(n):
        is_well = (am[k] > 0.0) & (before[k] >= -0.001) & (before[k] < 1.0) & (em[k] >= 0.0) & (em[k] <= 1.0)
        count += 0 if is_well & (axn[k] * axn[k] + ayn[k] * ayn[k] <= 1.0) & (radius[k] >= 1.0) else 1
    return count


@njit(cache=True, error_model="numpy")
def _trouble(w, k):
    """What is wrong at one instant, by what the passes left."""
    em, am, axn, ayn, radius, before = w[0, k], w[4, k], w[9, k], w[10, k], w[12, k], w[13, k]
    if not am > 0.0:
        return 2
    if before < -0.001 or not before < 1.0:
        return 1
    if em < 0.0 or em > 1.0:
        return 3
    if axn * axn + ayn * ayn > 1.0:
        return 4
    return 6 if radius < 1.0 else 0


@njit(cache=True, error_model="numpy")
def _block(c, t, w, memory, x, y, z, vx, vy, vz, troubles, n):
    """States of one object at n instants, and troubles where there are any."""
    others = w[19]
    is_near = c.is_deep == 0.0 and c.ecco <= _LONG
    if is_near:
        if _ordinary(c, t, x, y, z, vx, vy, vz, others, n) == 0:
            return
        a, b, d, va, vb, vd = w[20], w[21], w[22], w[23], w[24], w[25]
        _in_passes(c, t, w, memory, a, b, d, va, vb, vd, n)
        for k in range(n):
            if others[k] != 0.0:
                x[k], y[k], z[k], vx[k], vy[k], vz[k] = a[k], b[k], d[k], va[k], vb[k], vd[k]
    elif _in_passes(c, t, w, memory, x, y, z, vx, vy, vz, n) == 0:
        return
    for k in range(n):
        if is_near and others[k] == 0.0:
            continue
        code = _trouble(w, k)
        if code != 0:
            troubles[k] = code
            if code != 6:
                x[k] = y[k] = z[k] = vx[k] = vy[k] = vz[k] = np.nan


@njit(cache=True, parallel=True, error_model="numpy")
def bulk_states(records, minutes, px, py, pz, vx, vy, vz, troubles):
    """States of all records at minutes (n, m) after each epoch: six arrays (n, m) in m and m/s, teme; troubles (n, m),
    zeros before.

    Where the trouble is neither 0 nor 6 the state is NaN.
    """
    n, m = minutes.shape
    for i in prange(n):
        w, memory = np.empty((ROWS, BLOCK)), np.zeros(7)
        for a in range(0, m, BLOCK):
            b = min(a + BLOCK, m)
            _block(records[i], minutes[i, a:b], w, memory, px[i, a:b], py[i, a:b], pz[i, a:b], vx[i, a:b], vy[i, a:b],
                   vz[i, a:b], troubles[i, a:b], b - a)  # fmt: skip


@njit(cache=True, error_model="numpy")
def _since(instants, epoch, t, n):
    """Minutes from an epoch to n instants."""
    for k in range(n):
        t[k] = (instants[k] - epoch) / _NS_PER_MIN


@njit(cache=True, parallel=True, error_model="numpy")
def bulk_states_at(records, epochs, instants, px, py, pz, vx, vy, vz, troubles):
    """The same at instants (m,) for all or (n, m) for each its own, ns, epochs (n,) in the same count."""
    n, m = px.shape
    is_own = len(instants) > 1
    for i in prange(n):
        w, memory = np.empty((ROWS, BLOCK)), np.zeros(7)
        mine = instants[np.int64(i) if is_own else np.int64(0)]
        for a in range(0, m, BLOCK):
            b = min(a + BLOCK, m)
            t = w[26]
            _since(mine[a:b], epochs[i], t, b - a)
            _block(records[i], t, w, memory, px[i, a:b], py[i, a:b], pz[i, a:b], vx[i, a:b], vy[i, a:b], vz[i, a:b],
                   troubles[i, a:b], b - a)  # fmt: skip
