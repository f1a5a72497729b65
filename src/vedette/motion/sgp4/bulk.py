"""SGP4 for many instants of each object: the same equations as `kernels`, in loops that the compiler can vectorise.

What makes that possible: a sine without branches, one array for each quantity (one shared array makes the compiler
suspect that writing disturbs reading), Newton's steps with the instants inside, and blocks that stay in the nearest
cache. It agrees with `kernels.one_state` to a hundredth of a millimetre; where one step needs branches (low deep-space
orbits' nodes), the plain functions are called.
"""

from math import cos, fabs, pi, sin, sqrt

import numpy as np
from numba import njit, prange

from vedette.motion.sgp4.deep import slopes
from vedette.motion.sgp4.layout import EARTH_RADIUS_KM, J2, J3_OVER_J2, XKE

BLOCK = 256
ROWS = 16  # of scratch for each block
_TWO_PI = 2.0 * pi
_SHIFT = 6755399441055744.0  # 1.5 x 2^52: adding and taking it away again rounds to a whole number
_KM_PER_S = EARTH_RADIUS_KM * XKE / 60.0
_M = 1000.0
_RPTIM = 4.37526908801129966e-3
_ZES, _ZEL = 0.01675, 0.05490
_ZNS, _ZNL = 1.19459e-5, 1.5835218e-4
_STEP_MIN, _STEP2 = 720.0, 259200.0
_STEEP_RAD = 0.2  # below, the node is moved by way of its own sine and cosine (Lyddane 1963)
_FAST = {"contract", "nsz", "arcp"}


@njit(inline="always")
def sincos(x):
    """Sine and cosine without a branch: reduction in three parts (Cody and Waite 1980), Cephes' polynomials."""
    k = (x * 0.6366197723675814 + _SHIFT) - _SHIFT
    r = ((x - k * 1.5707963267341256) - k * 6.077100506303966e-11) - k * 2.0222662487959506e-21
    z = r * r
    s = r + r * z * (
        -0.16666666666666632 + z * (0.008333333333322489 + z * (-0.00019841269829857949 + z * (
            2.7557313707070068e-06 + z * (-2.5050760253406863e-08 + z * 1.58969099521155e-10))))
    )  # fmt: skip
    c = 1.0 - 0.5 * z + z * z * (
        0.0416666666666666 + z * (-0.001388888888887411 + z * (2.480158728947673e-05 + z * (
            -2.7557314351390663e-07 + z * (2.087572321298175e-09 - z * 1.1359647557788195e-11))))
    )  # fmt: skip
    h = k - 4.0 * ((k * 0.25 - 0.375 + _SHIFT) - _SHIFT)
    odd = (h == 1.0) or (h == 3.0)
    a = c if odd else s
    b = s if odd else c
    a = -a if h >= 2.0 else a
    b = -b if (h == 1.0) or (h == 2.0) else b
    return a, b


@njit(cache=True, fastmath=_FAST, error_model="numpy")
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


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _drift(c, t, em, argpm, nodem, mm, am, inclm, n):
    """Elements of one deep-space object at n instants but for resonance and the periodic pulls."""
    a0 = (XKE / c.no) ** (2.0 / 3.0)
    no, ecco, inclo, cc1, pull, t2cof = c.no, c.ecco, c.inclo, c.cc1, c.bstar * c.cc4, c.t2cof
    argpo, argdot, nodeo, nodedot, nodecf = c.argpo, c.argpdot + c.domdt, c.nodeo, c.nodedot + c.dnodt, c.nodecf
    mo, mdot, dedt, didt = c.mo, c.mdot + c.dmdt, c.dedt, c.didt
    for k in range(n):
        tk = t[k]
        t2 = tk * tk
        tempa = 1.0 - cc1 * tk
        argpm[k] = argpo + argdot * tk
        nodem[k] = nodeo + nodedot * tk + nodecf * t2
        mm[k] = mo + mdot * tk + no * t2cof * t2
        am[k] = a0 * tempa * tempa
        em[k] = ecco + dedt * tk - pull * tk
        inclm[k] = inclo + didt * tk


@njit(cache=True, error_model="numpy")
def _resonance(c, t, argpm, nodem, mm, am, n, memory):
    """Mean anomaly and axis where the Earth's turn is in step with the orbit; the slopes are kept while the integrator
    stands still. `memory` (7,): atime, xli, xni, the three slopes there, and whether it was begun."""
    no, t2cof = c.no, c.t2cof
    for k in range(n):
        tk = t[k]
        if memory[6] == 0.0 or tk * memory[0] < 0.0 or fabs(tk) < fabs(memory[0]):
            memory[0], memory[1], memory[2], memory[6] = 0.0, c.xlamo, no, 1.0
            memory[3], memory[4], memory[5] = slopes(c, 0.0, c.xlamo, no)
        delt = _STEP_MIN if tk > 0.0 else -_STEP_MIN
        while fabs(tk - memory[0]) >= _STEP_MIN:
            memory[1] += memory[4] * delt + memory[3] * _STEP2
            memory[2] += memory[3] * delt + memory[5] * _STEP2
            memory[0] += delt
            memory[3], memory[4], memory[5] = slopes(c, memory[0], memory[1], memory[2])
        ft = tk - memory[0]
        nm = memory[2] + memory[3] * ft + memory[5] * ft * ft * 0.5
        xl = memory[1] + memory[4] * ft + memory[3] * ft * ft * 0.5
        theta = c.gsto + tk * _RPTIM
        mean = xl - 2.0 * nodem[k] + 2.0 * theta if c.irez == 2.0 else xl - nodem[k] - argpm[k] + theta
        mm[k] = mean + no * t2cof * tk * tk
        # resonance moves the mean motion by less than a part in a hundred: three Newton steps for the power of -2/3
        am[k] *= _power_two_thirds(no / nm) if nm > 0.0 else -1.0


@njit(inline="always")
def _power_two_thirds(x):
    """x^(2/3) near one: the cube root of x^2 by Halley's steps, each tripling the digits."""
    y = x * x
    r = 1.0 + (y - 1.0) / 3.0
    for _ in range(3):
        cube = r * r * r
        r *= (cube + 2.0 * y) / (2.0 * cube + y)
    return r


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _pulls(c, t, em, mm, inclm, pulls, n):
    """Sun's and Moon's periodic pulls at n instants: eccentricity, inclination and anomaly are moved; `pulls` keeps
    those of inclination, perigee and node."""
    zmos, zmol = c.zmos, c.zmol
    se2, se3, si2, si3, sl2, sl3, sl4 = c.se2, c.se3, c.si2, c.si3, c.sl2, c.sl3, c.sl4
    sgh2, sgh3, sgh4, sh2, sh3 = c.sgh2, c.sgh3, c.sgh4, c.sh2, c.sh3
    ee2, e3, xi2, xi3, xl2, xl3, xl4 = c.ee2, c.e3, c.xi2, c.xi3, c.xl2, c.xl3, c.xl4
    xgh2, xgh3, xgh4, xh2, xh3 = c.xgh2, c.xgh3, c.xgh4, c.xh2, c.xh3
    for k in range(n):
        zm = zmos + _ZNS * t[k]
        s, _ = sincos(zm)
        sinzf, coszf = sincos(zm + 2.0 * _ZES * s)
        f2, f3 = 0.5 * sinzf * sinzf - 0.25, -0.5 * sinzf * coszf
        pe = se2 * f2 + se3 * f3
        pinc = si2 * f2 + si3 * f3
        pl = sl2 * f2 + sl3 * f3 + sl4 * sinzf
        pgh = sgh2 * f2 + sgh3 * f3 + sgh4 * sinzf
        ph = sh2 * f2 + sh3 * f3
        zm = zmol + _ZNL * t[k]
        s, _ = sincos(zm)
        sinzf, coszf = sincos(zm + 2.0 * _ZEL * s)
        f2, f3 = 0.5 * sinzf * sinzf - 0.25, -0.5 * sinzf * coszf
        pe += ee2 * f2 + e3 * f3
        pinc += xi2 * f2 + xi3 * f3
        pl += xl2 * f2 + xl3 * f3 + xl4 * sinzf
        pgh += xgh2 * f2 + xgh3 * f3 + xgh4 * sinzf
        ph += xh2 * f2 + xh3 * f3
        pulls[0, k] = pinc
        pulls[1, k] = pgh
        pulls[2, k] = ph
        inclm[k] += pinc
        em[k] += pe
        mm[k] += pl


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _periodic_steep(argpm, nodem, inclm, pulls, n):
    """Node and perigee of an orbit well off the equator."""
    for k in range(n):
        si, ci = sincos(inclm[k])
        ph = pulls[2, k] / si
        nodem[k] += ph
        argpm[k] += pulls[1, k] - ci * ph


@njit(inline="always")
def arctangent2(y, x):
    """atan2 without a branch: Cephes' rational function on a reduced argument."""
    ay, ax = fabs(y), fabs(x)
    q = min(ay, ax) / max(max(ay, ax), 1e-300)
    is_big = q > 0.66
    a = (q - 1.0) / (q + 1.0) if is_big else q
    z = a * a
    top = (((-8.750608600031904e-1 * z - 1.615753718733365e1) * z - 7.500855792314705e1) * z - 1.2288666844901361e2) * z
    top = top - 6.485021904942025e1
    low = ((((z + 2.485846490142306e1) * z + 1.650270098316989e2) * z + 4.328810604912903e2) * z + 4.853903996359137e2)
    low = low * z + 1.945506571482614e2
    r = a * (z * top / low) + a
    r = r + 0.25 * pi + 3.061616997868383e-17 if is_big else r
    r = 0.5 * pi - r if ay > ax else r
    r = pi - r if x < 0.0 else r
    return -r if y < 0.0 else r


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _periodic_low(c, argpm, nodem, inclm, pulls, n):
    """The same where an orbit lies near the equator: the node is moved by way of sine and cosine (Lyddane 1963)."""
    is_old = c.is_old
    for k in range(n):
        pinc, pgh, ph = pulls[0, k], pulls[1, k], pulls[2, k]
        incl, node, arg = inclm[k], nodem[k], argpm[k]
        si, ci = sincos(incl)
        so, co = sincos(node)
        x = node - _TWO_PI * ((node * 0.15915494309189535 + _SHIFT) - _SHIFT)
        x = x + _TWO_PI if (node >= 0.0) and (x < 0.0) else x
        x = x - _TWO_PI if (node < 0.0) and (x > 0.0) else x
        x = x + _TWO_PI if (is_old == 1.0) and (x < 0.0) else x
        moved = arctangent2(si * so + ph * co + pinc * ci * so, si * co - ph * so + pinc * ci * co)
        moved = moved + _TWO_PI if (is_old == 1.0) and (moved < 0.0) else moved
        off = x - moved
        moved = moved + _TWO_PI if off > pi else (moved - _TWO_PI if off < -pi else moved)
        low_arg = arg + pgh + (ci - pinc * si) * x - ci * moved
        is_steep = incl >= _STEEP_RAD
        steep_ph = ph / si
        nodem[k] = node + steep_ph if is_steep else moved
        argpm[k] = arg + pgh - ci * steep_ph if is_steep else low_arg


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _tilts(inclm, nodem, argpm, sini, cosi, n):
    """Inclinations that were pulled below zero are turned over; their sines and cosines."""
    for k in range(n):
        is_over = inclm[k] < 0.0
        inclm[k] = -inclm[k] if is_over else inclm[k]
        nodem[k] = nodem[k] + pi if is_over else nodem[k]
        argpm[k] = argpm[k] - pi if is_over else argpm[k]
        s, c = sincos(inclm[k])
        sini[k] = s
        cosi[k] = c


@njit(cache=True, fastmath=_FAST, error_model="numpy")
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
        u[k] = xl - _TWO_PI * ((xl * 0.15915494309189535 + _SHIFT) - _SHIFT)


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _newton(u, axn, ayn, eo, n):
    """One step of Kepler's equation at every instant; the largest step."""
    most = 0.0
    for k in range(n):
        s, c = sincos(eo[k])
        step = (u[k] - ayn[k] * c + axn[k] * s - eo[k]) / (1.0 - c * axn[k] - s * ayn[k])
        step = min(0.95, max(-0.95, step))
        eo[k] += step
        most = max(most, fabs(step))
    return most


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _states(am, nodem, inclm, sini, cosi, axn, ayn, eo, px, py, pz, vx, vy, vz, radius, n):
    """Short-period terms and the state, metres and metres a second."""
    for k in range(n):
        axnl, aynl, a, si, ci = axn[k], ayn[k], am[k], sini[k], cosi[k]
        s, c = sincos(eo[k])
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


@njit(cache=True, parallel=True, error_model="numpy")
def bulk_states(records, minutes, px, py, pz, vx, vy, vz, troubles):
    """States of all records at minutes (n, m) after each epoch: six arrays (n, m) in m and m/s, teme; troubles (n, m).

    Where the trouble is neither 0 nor 6 the state is NaN.
    """
    n, m = minutes.shape
    for i in prange(n):
        c = records[i]
        w, pulls = np.empty((ROWS, BLOCK)), np.empty((3, BLOCK))
        memory = np.zeros(7)
        is_deep = c.is_deep == 1.0
        si, ci = sin(c.inclo), cos(c.inclo)
        for start in range(0, m, BLOCK):
            q = min(BLOCK, m - start)
            t = minutes[i, start : start + q]
            em, argpm, nodem, mm, am, inclm, sini, cosi = w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]
            u, axn, ayn, eo, radius, before = w[8], w[9], w[10], w[11], w[12], w[13]
            if is_deep:
                _drift(c, t, em, argpm, nodem, mm, am, inclm, q)
                if c.irez != 0.0:
                    _resonance(c, t, argpm, nodem, mm, am, q, memory)
                for k in range(q):
                    before[k] = em[k]
                    em[k] = max(em[k], 1.0e-6)
                is_steep = True
                for k in range(q):
                    is_steep = is_steep and inclm[k] > _STEEP_RAD + 0.02 and inclm[k] < pi - 0.02
                _pulls(c, t, em, mm, inclm, pulls, q)
                if is_steep:
                    _periodic_steep(argpm, nodem, inclm, pulls, q)
                else:
                    _periodic_low(c, argpm, nodem, inclm, pulls, q)
                _tilts(inclm, nodem, argpm, sini, cosi, q)
            else:
                _near(c, t, em, argpm, nodem, mm, am, q)
                before[:q] = em[:q]
                for k in range(q):
                    em[k] = max(em[k], 1.0e-6)
                    inclm[k], sini[k], cosi[k] = c.inclo, si, ci
            _anomaly(em, argpm, mm, am, sini, cosi, u, axn, ayn, q)
            eo[:q] = u[:q]
            for _ in range(10):
                if _newton(u, axn, ayn, eo, q) < 1.0e-12:
                    break
            stop = start + q
            _states(
                am, nodem, inclm, sini, cosi, axn, ayn, eo, px[i, start:stop], py[i, start:stop], pz[i, start:stop],
                vx[i, start:stop], vy[i, start:stop], vz[i, start:stop], radius, q,
            )  # fmt: skip
            for k in range(q):
                code = 0
                if not am[k] > 0.0:
                    code = 2
                elif before[k] < -0.001 or not before[k] < 1.0:
                    code = 1
                elif em[k] < 0.0 or em[k] > 1.0:
                    code = 3
                elif axn[k] * axn[k] + ayn[k] * ayn[k] > 1.0:
                    code = 4
                elif radius[k] < 1.0:
                    code = 6
                troubles[i, start + k] = code
                if code != 0 and code != 6:
                    px[i, start + k] = py[i, start + k] = pz[i, start + k] = np.nan
                    vx[i, start + k] = vy[i, start + k] = vz[i, start + k] = np.nan
