"""SGP4 as it is published, one object and one instant at a time: records from element sets, a state from a record.

Equations of AIAA 2006-6753 (Vallado, Crawford, Hujsak, Kelso). `one_state` is the plain twin by which `bulk`, the fast
way, is judged.
"""

from math import atan2, cos, fabs, pi, sin, sqrt

from numba import njit

from vedette.motion.sgp4.deep import initialise_deep, periodic, secular
from vedette.motion.sgp4.layout import DEEP_PERIOD_MIN, EARTH_RADIUS_KM, J2, J3_OVER_J2, J4, XKE

_TWO_PI = 2.0 * pi
_NEARLY_BACKWARDS = 1.5e-12  # inclination of a half turn would divide by zero
_KM_PER_S = EARTH_RADIUS_KM * XKE / 60.0


@njit(cache=True)
def initialise(elements, day_1950, gsto, records):
    """Records of element sets (n, 7): mean motion (rad/min, Kozai), eccentricity, inclination, node, perigee, mean
    anomaly, bstar; day_1950 (n,) UTC days of the epoch after 1950-01-00; gsto (n,) sidereal time at the epoch."""
    for i in range(len(records)):
        c = records[i]
        no_kozai, c.ecco, c.inclo, c.nodeo = elements[i, 0], elements[i, 1], elements[i, 2], elements[i, 3]
        c.argpo, c.mo, c.bstar, c.gsto = elements[i, 4], elements[i, 5], elements[i, 6], gsto[i]
        eccsq = c.ecco * c.ecco
        omeosq = 1.0 - eccsq
        rteosq = sqrt(omeosq)
        cosio, sinio = cos(c.inclo), sin(c.inclo)
        cosio2 = cosio * cosio
        ak = (XKE / no_kozai) ** (2.0 / 3.0)
        d1 = 0.75 * J2 * (3.0 * cosio2 - 1.0) / (rteosq * omeosq)
        del_ = d1 / (ak * ak)
        adel = ak * (1.0 - del_ * del_ - del_ * (1.0 / 3.0 + 134.0 * del_ * del_ / 81.0))
        c.no = no_kozai / (1.0 + d1 / (adel * adel))
        ao = (XKE / c.no) ** (2.0 / 3.0)
        po = ao * omeosq
        con42 = 1.0 - 5.0 * cosio2
        c.con41 = -con42 - cosio2 - cosio2
        rp = ao * (1.0 - c.ecco)
        c.is_simple = 1.0 if rp < 220.0 / EARTH_RADIUS_KM + 1.0 else 0.0
        sfour = 78.0 / EARTH_RADIUS_KM + 1.0
        qzms24 = ((120.0 - 78.0) / EARTH_RADIUS_KM) ** 4
        perige_km = (rp - 1.0) * EARTH_RADIUS_KM
        if perige_km < 156.0:
            low_km = 20.0 if perige_km < 98.0 else perige_km - 78.0
            qzms24 = ((120.0 - low_km) / EARTH_RADIUS_KM) ** 4
            sfour = low_km / EARTH_RADIUS_KM + 1.0
        pinvsq = 1.0 / (po * po)
        tsi = 1.0 / (ao - sfour)
        c.eta = ao * c.ecco * tsi
        etasq = c.eta * c.eta
        eeta = c.ecco * c.eta
        psisq = fabs(1.0 - etasq)
        coef = qzms24 * tsi**4
        coef1 = coef / psisq**3.5
        cc2 = (
            coef1
            * c.no
            * (
                ao * (1.0 + 1.5 * etasq + eeta * (4.0 + etasq))
                + 0.375 * J2 * tsi / psisq * c.con41 * (8.0 + 3.0 * etasq * (8.0 + etasq))
            )
        )
        c.cc1 = c.bstar * cc2
        cc3 = -2.0 * coef * tsi * J3_OVER_J2 * c.no * sinio / c.ecco if c.ecco > 1.0e-4 else 0.0
        c.x1mth2 = 1.0 - cosio2
        c.cc4 = (
            2.0
            * c.no
            * coef1
            * ao
            * omeosq
            * (
                c.eta * (2.0 + 0.5 * etasq)
                + c.ecco * (0.5 + 2.0 * etasq)
                - J2
                * tsi
                / (ao * psisq)
                * (
                    -3.0 * c.con41 * (1.0 - 2.0 * eeta + etasq * (1.5 - 0.5 * eeta))
                    + 0.75 * c.x1mth2 * (2.0 * etasq - eeta * (1.0 + etasq)) * cos(2.0 * c.argpo)
                )
            )
        )
        c.cc5 = 2.0 * coef1 * ao * omeosq * (1.0 + 2.75 * (etasq + eeta) + eeta * etasq)
        cosio4 = cosio2 * cosio2
        temp1 = 1.5 * J2 * pinvsq * c.no
        temp2 = 0.5 * temp1 * J2 * pinvsq
        temp3 = -0.46875 * J4 * pinvsq * pinvsq * c.no
        c.mdot = (
            c.no
            + 0.5 * temp1 * rteosq * c.con41
            + 0.0625 * temp2 * rteosq * (13.0 - 78.0 * cosio2 + 137.0 * cosio4)
        )
        c.argpdot = (
            -0.5 * temp1 * con42
            + 0.0625 * temp2 * (7.0 - 114.0 * cosio2 + 395.0 * cosio4)
            + temp3 * (3.0 - 36.0 * cosio2 + 49.0 * cosio4)
        )
        xhdot1 = -temp1 * cosio
        c.nodedot = (
            xhdot1 + (0.5 * temp2 * (4.0 - 19.0 * cosio2) + 2.0 * temp3 * (3.0 - 7.0 * cosio2)) * cosio
        )
        c.omgcof = c.bstar * cc3 * cos(c.argpo)
        c.xmcof = -2.0 / 3.0 * coef * c.bstar / eeta if c.ecco > 1.0e-4 else 0.0
        c.nodecf = 3.5 * omeosq * xhdot1 * c.cc1
        c.t2cof = 1.5 * c.cc1
        c.xlcof = _xlcof(cosio, sinio)
        c.aycof = -0.5 * J3_OVER_J2 * sinio
        c.delmo = (1.0 + c.eta * cos(c.mo)) ** 3
        c.sinmao = sin(c.mo)
        c.x7thm1 = 7.0 * cosio2 - 1.0
        if _TWO_PI / c.no >= DEEP_PERIOD_MIN:
            c.is_deep, c.is_simple = 1.0, 1.0
            initialise_deep(c, day_1950[i], c.argpdot + c.nodedot)
        if c.is_simple != 1.0:
            cc1sq = c.cc1 * c.cc1
            c.d2 = 4.0 * ao * tsi * cc1sq
            temp = c.d2 * tsi * c.cc1 / 3.0
            c.d3 = (17.0 * ao + sfour) * temp
            c.d4 = 0.5 * temp * ao * tsi * (221.0 * ao + 31.0 * sfour) * c.cc1
            c.t3cof = c.d2 + 2.0 * cc1sq
            c.t4cof = 0.25 * (3.0 * c.d3 + c.cc1 * (12.0 * c.d2 + 10.0 * cc1sq))
            c.t5cof = 0.2 * (
                3.0 * c.d4 + 12.0 * c.cc1 * c.d3 + 6.0 * c.d2 * c.d2 + 15.0 * cc1sq * (2.0 * c.d2 + cc1sq)
            )


@njit(cache=True)
def _xlcof(cosio, sinio):
    below = 1.0 + cosio if fabs(cosio + 1.0) > _NEARLY_BACKWARDS else _NEARLY_BACKWARDS
    return -0.25 * J3_OVER_J2 * sinio * (3.0 + 5.0 * cosio) / below


@njit(cache=True)
def _turned(angle):
    """The remainder with the sign of the angle, as C's fmod gives it."""
    return angle % _TWO_PI if angle >= 0.0 else -((-angle) % _TWO_PI)


@njit(cache=True)
def one_state(c, t, memory, out):
    """State of one record `t` minutes after its epoch into `out` (6,): km, km/s, teme. Returns the trouble, 0 none."""
    argpm, mm = c.argpo + c.argpdot * t, c.mo + c.mdot * t
    t2 = t * t
    nodem = c.nodeo + c.nodedot * t + c.nodecf * t2
    tempa, tempe, templ = 1.0 - c.cc1 * t, c.bstar * c.cc4 * t, c.t2cof * t2
    if c.is_simple != 1.0:
        dm = 1.0 + c.eta * cos(mm)
        temp = c.omgcof * t + c.xmcof * (dm * dm * dm - c.delmo)
        mm += temp
        argpm -= temp
        t3 = t2 * t
        t4 = t3 * t
        tempa = tempa - c.d2 * t2 - c.d3 * t3 - c.d4 * t4
        tempe += c.bstar * c.cc5 * (sin(mm) - c.sinmao)
        templ += c.t3cof * t3 + t4 * (c.t4cof + t * c.t5cof)
    nm, em, inclm = c.no, c.ecco, c.inclo
    if c.is_deep == 1.0:
        em, argpm, inclm, mm, nodem, nm = secular(c, t, em, argpm, inclm, mm, nodem, nm, memory)
    if nm <= 0.0:
        return 2
    am = (XKE / nm) ** (2.0 / 3.0) * tempa * tempa
    nm = XKE / am**1.5
    em -= tempe
    if em >= 1.0 or em < -0.001:
        return 1
    em = max(em, 1.0e-6)
    mm += c.no * templ
    xlm = mm + argpm + nodem
    ep, inclp, nodep, argpp = em, inclm, _turned(nodem), _turned(argpm)
    mp = _turned(_turned(xlm) - argpp - nodep)
    sinip, cosip = sin(inclp), cos(inclp)
    aycof, xlcof, con41, x1mth2, x7thm1 = c.aycof, c.xlcof, c.con41, c.x1mth2, c.x7thm1
    if c.is_deep == 1.0:
        ep, inclp, nodep, argpp, mp = periodic(c, t, ep, inclp, nodep, argpp, mp)
        if inclp < 0.0:
            inclp, nodep, argpp = -inclp, nodep + pi, argpp - pi
        if ep < 0.0 or ep > 1.0:
            return 3
        sinip, cosip = sin(inclp), cos(inclp)
        aycof, xlcof = -0.5 * J3_OVER_J2 * sinip, _xlcof(cosip, sinip)
        cosisq = cosip * cosip
        con41, x1mth2, x7thm1 = 3.0 * cosisq - 1.0, 1.0 - cosisq, 7.0 * cosisq - 1.0
    axnl = ep * cos(argpp)
    temp = 1.0 / (am * (1.0 - ep * ep))
    aynl = ep * sin(argpp) + temp * aycof
    u = _turned(mp + argpp + temp * xlcof * axnl)
    eo1 = u
    for _ in range(10):
        sineo1, coseo1 = sin(eo1), cos(eo1)
        step = (u - aynl * coseo1 + axnl * sineo1 - eo1) / (1.0 - coseo1 * axnl - sineo1 * aynl)
        eo1 += min(max(step, -0.95), 0.95)
        if fabs(step) < 1.0e-12:
            break
    sineo1, coseo1 = sin(eo1), cos(eo1)
    ecose, esine = axnl * coseo1 + aynl * sineo1, axnl * sineo1 - aynl * coseo1
    el2 = axnl * axnl + aynl * aynl
    pl = am * (1.0 - el2)
    if pl < 0.0:
        return 4
    rl = am * (1.0 - ecose)
    rdotl, rvdotl, betal = sqrt(am) * esine / rl, sqrt(pl) / rl, sqrt(1.0 - el2)
    temp = esine / (1.0 + betal)
    sinu = am / rl * (sineo1 - aynl - axnl * temp)
    cosu = am / rl * (coseo1 - axnl + aynl * temp)
    sin2u, cos2u = (cosu + cosu) * sinu, 1.0 - 2.0 * sinu * sinu
    temp1 = 0.5 * J2 / pl
    temp2 = temp1 / pl
    mrt = rl * (1.0 - 1.5 * temp2 * betal * con41) + 0.5 * temp1 * x1mth2 * cos2u
    su = atan2(sinu, cosu) - 0.25 * temp2 * x7thm1 * sin2u
    xnode = nodep + 1.5 * temp2 * cosip * sin2u
    xinc = inclp + 1.5 * temp2 * cosip * sinip * cos2u
    mvt = rdotl - nm * temp1 * x1mth2 * sin2u / XKE
    rvdot = rvdotl + nm * temp1 * (x1mth2 * cos2u + 1.5 * con41) / XKE
    sinsu, cossu, snod, cnod, sini, cosi = sin(su), cos(su), sin(xnode), cos(xnode), sin(xinc), cos(xinc)
    xmx, xmy = -snod * cosi, cnod * cosi
    ux, uy, uz = xmx * sinsu + cnod * cossu, xmy * sinsu + snod * cossu, sini * sinsu
    vx, vy, vz = xmx * cossu - cnod * sinsu, xmy * cossu - snod * sinsu, sini * cossu
    r = mrt * EARTH_RADIUS_KM
    out[0], out[1], out[2] = r * ux, r * uy, r * uz
    out[3] = (mvt * ux + rvdot * vx) * _KM_PER_S
    out[4] = (mvt * uy + rvdot * vy) * _KM_PER_S
    out[5] = (mvt * uz + rvdot * vz) * _KM_PER_S
    return 6 if mrt < 1.0 else 0
