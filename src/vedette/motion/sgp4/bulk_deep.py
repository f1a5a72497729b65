"""Deep space in SGP4 for many instants of one object: `deep`'s equations in loops that the compiler can vectorise."""

from math import fabs, pi

from numba import njit

from vedette.motion.sgp4.branchless import SHIFT, arctangent2, power_two_thirds, sincos, turned
from vedette.motion.sgp4.deep import slopes
from vedette.motion.sgp4.layout import XKE

STEEP_RAD = 0.2  # below, the node is moved by way of its own sine and cosine (Lyddane 1963)
FAST = {"contract", "nsz", "arcp"}
_TWO_PI = 2.0 * pi
_RPTIM = 4.37526908801129966e-3
_ZES, _ZEL = 0.01675, 0.05490
_ZNS, _ZNL = 1.19459e-5, 1.5835218e-4
_STEP_MIN, _STEP2 = 720.0, 259200.0


@njit(cache=True, fastmath=FAST, error_model="numpy")
def drift(c, t, em, argpm, nodem, mm, am, inclm, n):
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
def resonance(c, t, argpm, nodem, mm, am, n, memory):
    """Mean anomaly and axis where the Earth's turn is in step with the orbit; the slopes are kept while the integrator
    stands still. `memory` (7,): atime, xli, xni, the three slopes there, and whether it was begun."""
    k = 0
    while k < n:
        tk = t[k]
        if memory[6] == 0.0 or tk * memory[0] < 0.0 or fabs(tk) < fabs(memory[0]):
            memory[0], memory[1], memory[2], memory[6] = 0.0, c.xlamo, c.no, 1.0
            memory[3], memory[4], memory[5] = slopes(c, 0.0, c.xlamo, c.no)
        delt = _STEP_MIN if tk > 0.0 else -_STEP_MIN
        while fabs(tk - memory[0]) >= _STEP_MIN:
            memory[1] += memory[4] * delt + memory[3] * _STEP2
            memory[2] += memory[3] * delt + memory[5] * _STEP2
            memory[0] += delt
            memory[3], memory[4], memory[5] = slopes(c, memory[0], memory[1], memory[2])
        at = memory[0]
        stop = k + 1
        while stop < n and t[stop] * at >= 0.0 and fabs(t[stop]) >= fabs(at) and fabs(t[stop] - at) < _STEP_MIN:
            stop += 1
        _from_the_step(c, t[k:stop], argpm[k:stop], nodem[k:stop], mm[k:stop], am[k:stop], memory, stop - k)
        k = stop


@njit(cache=True, fastmath=FAST, error_model="numpy")
def _from_the_step(c, t, argpm, nodem, mm, am, memory, n):
    """The same at n instants of one step of the integrator."""
    no, t2cof, gsto = c.no, c.t2cof, c.gsto
    is_half_day = c.irez == 2.0
    at, xli, xni, dn, dl, ddn = memory[0], memory[1], memory[2], memory[3], memory[4], memory[5]
    for k in range(n):
        tk = t[k]
        ft = tk - at
        nm = xni + dn * ft + ddn * ft * ft * 0.5
        xl = xli + dl * ft + dn * ft * ft * 0.5
        theta = gsto + tk * _RPTIM
        mean = xl - 2.0 * nodem[k] + 2.0 * theta if is_half_day else xl - nodem[k] - argpm[k] + theta
        mm[k] = mean + no * t2cof * tk * tk
        # resonance moves the mean motion by less than a part in a hundred: Halley's steps for the power of -2/3
        am[k] *= power_two_thirds(no / nm) if nm > 0.0 else -1.0


@njit(cache=True, fastmath=FAST, error_model="numpy")
def pulls(c, t, em, mm, inclm, pulls, n):
    """Sun's and Moon's periodic pulls at n instants: eccentricity, inclination and anomaly are moved; `pulls` keeps
    those of inclination, perigee and node."""
    zmos, zmol = c.zmos, c.zmol
    se2, se3, si2, si3, sl2, sl3, sl4 = c.se2, c.se3, c.si2, c.si3, c.sl2, c.sl3, c.sl4
    sgh2, sgh3, sgh4, sh2, sh3 = c.sgh2, c.sgh3, c.sgh4, c.sh2, c.sh3
    ee2, e3, xi2, xi3, xl2, xl3, xl4 = c.ee2, c.e3, c.xi2, c.xi3, c.xl2, c.xl3, c.xl4
    xgh2, xgh3, xgh4, xh2, xh3 = c.xgh2, c.xgh3, c.xgh4, c.xh2, c.xh3
    for k in range(n):
        s, m = sincos(zmos + _ZNS * t[k])
        sinzf, coszf = turned(s, m, 2.0 * _ZES * s)
        f2, f3 = 0.5 * sinzf * sinzf - 0.25, -0.5 * sinzf * coszf
        pe = se2 * f2 + se3 * f3
        pinc = si2 * f2 + si3 * f3
        pl = sl2 * f2 + sl3 * f3 + sl4 * sinzf
        pgh = sgh2 * f2 + sgh3 * f3 + sgh4 * sinzf
        ph = sh2 * f2 + sh3 * f3
        s, m = sincos(zmol + _ZNL * t[k])
        sinzf, coszf = turned(s, m, 2.0 * _ZEL * s)
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


@njit(cache=True, fastmath=FAST, error_model="numpy")
def periodic_steep(argpm, nodem, inclm, pulls, n):
    """Node and perigee of an orbit well off the equator."""
    for k in range(n):
        si, ci = sincos(inclm[k])
        ph = pulls[2, k] / si
        nodem[k] += ph
        argpm[k] = argpm[k] + pulls[1, k] - ci * ph


@njit(cache=True, fastmath=FAST, error_model="numpy")
def periodic_low(c, argpm, nodem, inclm, pulls, n):
    """The same where an orbit lies near the equator: the node is moved by way of sine and cosine (Lyddane 1963)."""
    is_old = c.is_old
    for k in range(n):
        pinc, pgh, ph = pulls[0, k], pulls[1, k], pulls[2, k]
        incl, node, arg = inclm[k], nodem[k], argpm[k]
        si, ci = sincos(incl)
        so, co = sincos(node)
        x = node - _TWO_PI * ((node * 0.15915494309189535 + SHIFT) - SHIFT)
        x = x + _TWO_PI if (node >= 0.0) and (x < 0.0) else x
        x = x - _TWO_PI if (node < 0.0) and (x > 0.0) else x
        x = x + _TWO_PI if (is_old == 1.0) and (x < 0.0) else x
        moved = arctangent2(si * so + ph * co + pinc * ci * so, si * co - ph * so + pinc * ci * co)
        moved = moved + _TWO_PI if (is_old == 1.0) and (moved < 0.0) else moved
        off = x - moved
        moved = moved + _TWO_PI if off > pi else (moved - _TWO_PI if off < -pi else moved)
        low_arg = arg + pgh + (ci - pinc * si) * x - ci * moved
        is_steep = incl >= STEEP_RAD
        steep_ph = ph / si
        nodem[k] = node + steep_ph if is_steep else moved
        argpm[k] = arg + pgh - ci * steep_ph if is_steep else low_arg


@njit(cache=True, fastmath=FAST, error_model="numpy")
def tilts(inclm, nodem, argpm, sini, cosi, n):
    """Inclinations that were pulled below zero are turned over; their sines and cosines."""
    for k in range(n):
        is_over = inclm[k] < 0.0
        inclm[k] = -inclm[k] if is_over else inclm[k]
        nodem[k] = nodem[k] + pi if is_over else nodem[k]
        argpm[k] = argpm[k] - pi if is_over else argpm[k]
        s, c = sincos(inclm[k])
        sini[k] = s
        cosi[k] = c
