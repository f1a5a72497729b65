"""Deep space in SGP4: Sun, Moon and resonance with the Earth's turn, for periods of 225 minutes and more.

Follows Hujsak, "A restricted four body solution for resonating satellites" (Spacetrack Report 1, 1979) as corrected in
AIAA 2006-6753, whose letters are kept.
"""

from math import atan2, cos, fabs, pi, sin, sqrt

from numba import njit

from vedette.motion.sgp4.layout import XKE

_TWO_PI = 2.0 * pi
_ZES, _ZEL = 0.01675, 0.05490  # eccentricities of the Sun's and the Moon's orbit
_ZNS, _ZNL = 1.19459e-5, 1.5835218e-4  # their mean motions, rad/min
_C1SS, _C1L = 2.9864797e-6, 4.7968065e-7
_ZSINIS, _ZCOSIS, _ZCOSGS, _ZSINGS = 0.39785416, 0.91744867, 0.1945905, -0.98088458
_RPTIM = 4.37526908801129966e-3  # the Earth's turn, rad/min
_LOW_RAD = 5.2359877e-2  # three degrees: below, and as near to a half turn, the node is not moved
_Q22, _Q31, _Q33 = 1.7891679e-6, 2.1460748e-6, 2.2123015e-7
_ROOT22, _ROOT32, _ROOT44, _ROOT52, _ROOT54 = 1.7891679e-6, 3.7393792e-7, 7.3636953e-9, 1.1428639e-7, 2.1765803e-9
_FASX2, _FASX4, _FASX6 = 0.13130908, 2.8843198, 0.37448087
_G22, _G32, _G44, _G52, _G54 = 5.7686396, 0.95240898, 1.8014998, 1.0508330, 4.4108898
_STEP_MIN, _STEP2 = 720.0, 259200.0


@njit(cache=True)
def _pulls(a, cosim, sinim, cosomm, sinomm, emsq, betasq, rtemsq, em, cc, xnoi):
    """The coefficients s1..s7, z.. of one body whose direction cosines `a` holds (of dscom)."""
    zcosg, zsing, zcosi, zsini, zcosh, zsinh = a
    a1 = zcosg * zcosh + zsing * zcosi * zsinh
    a3 = -zsing * zcosh + zcosg * zcosi * zsinh
    a7 = -zcosg * zsinh + zsing * zcosi * zcosh
    a8 = zsing * zsini
    a9 = zsing * zsinh + zcosg * zcosi * zcosh
    a10 = zcosg * zsini
    a2 = cosim * a7 + sinim * a8
    a4 = cosim * a9 + sinim * a10
    a5 = -sinim * a7 + cosim * a8
    a6 = -sinim * a9 + cosim * a10
    x1 = a1 * cosomm + a2 * sinomm
    x2 = a3 * cosomm + a4 * sinomm
    x3 = -a1 * sinomm + a2 * cosomm
    x4 = -a3 * sinomm + a4 * cosomm
    x5, x6, x7, x8 = a5 * sinomm, a6 * sinomm, a5 * cosomm, a6 * cosomm
    z31 = 12.0 * x1 * x1 - 3.0 * x3 * x3
    z32 = 24.0 * x1 * x2 - 6.0 * x3 * x4
    z33 = 12.0 * x2 * x2 - 3.0 * x4 * x4
    z1 = 3.0 * (a1 * a1 + a2 * a2) + z31 * emsq
    z2 = 6.0 * (a1 * a3 + a2 * a4) + z32 * emsq
    z3 = 3.0 * (a3 * a3 + a4 * a4) + z33 * emsq
    z11 = -6.0 * a1 * a5 + emsq * (-24.0 * x1 * x7 - 6.0 * x3 * x5)
    z12 = -6.0 * (a1 * a6 + a3 * a5) + emsq * (-24.0 * (x2 * x7 + x1 * x8) - 6.0 * (x3 * x6 + x4 * x5))
    z13 = -6.0 * a3 * a6 + emsq * (-24.0 * x2 * x8 - 6.0 * x4 * x6)
    z21 = 6.0 * a2 * a5 + emsq * (24.0 * x1 * x5 - 6.0 * x3 * x7)
    z22 = 6.0 * (a4 * a5 + a2 * a6) + emsq * (24.0 * (x2 * x5 + x1 * x6) - 6.0 * (x4 * x7 + x3 * x8))
    z23 = 6.0 * a4 * a6 + emsq * (24.0 * x2 * x6 - 6.0 * x4 * x8)
    z1 = z1 + z1 + betasq * z31
    z2 = z2 + z2 + betasq * z32
    z3 = z3 + z3 + betasq * z33
    s3 = cc * xnoi
    s2 = -0.5 * s3 / rtemsq
    s4 = s3 * rtemsq
    s1 = -15.0 * em * s4
    s5 = x1 * x3 + x2 * x4
    s6 = x2 * x3 + x1 * x4
    s7 = x2 * x4 - x1 * x3
    return s1, s2, s3, s4, s5, s6, s7, z1, z2, z3, z11, z12, z13, z21, z22, z23, z31, z32, z33


@njit(cache=True)
def initialise_deep(c, day_1950, xpidot):
    """Fill a record's deep-space part: dscom and dsinit. `day_1950`: epoch, UTC days after 1950-01-00."""
    em, nm = c.ecco, c.no
    snodm, cnodm = sin(c.nodeo), cos(c.nodeo)
    sinomm, cosomm = sin(c.argpo), cos(c.argpo)
    sinim, cosim = sin(c.inclo), cos(c.inclo)
    emsq = em * em
    betasq = 1.0 - emsq
    rtemsq = sqrt(betasq)
    day = day_1950 + 18261.5
    xnodce = (4.5236020 - 9.2422029e-4 * day) % _TWO_PI
    stem, ctem = sin(xnodce), cos(xnodce)
    zcosil = 0.91375164 - 0.03568096 * ctem
    zsinil = sqrt(1.0 - zcosil * zcosil)
    zsinhl = 0.089683511 * stem / zsinil
    zcoshl = sqrt(1.0 - zsinhl * zsinhl)
    gam = 5.8351514 + 0.0019443680 * day
    zx = atan2(0.39785416 * stem / zsinil, zcoshl * ctem + 0.91744867 * zsinhl * stem) + gam - xnodce
    xnoi = 1.0 / nm
    sun = (_ZCOSGS, _ZSINGS, _ZCOSIS, _ZSINIS, cnodm, snodm)
    moon = (
        cos(zx), sin(zx), zcosil, zsinil, zcoshl * cnodm + zsinhl * snodm, snodm * zcoshl - cnodm * zsinhl,
    )  # fmt: skip
    (ss1, ss2, ss3, ss4, ss5, ss6, ss7, sz1, sz2, sz3, sz11, sz12, sz13, sz21, sz22, sz23, sz31, sz32, sz33) = _pulls(
        sun, cosim, sinim, cosomm, sinomm, emsq, betasq, rtemsq, em, _C1SS, xnoi
    )
    (s1, s2, s3, s4, s5, s6, s7, z1, z2, z3, z11, z12, z13, z21, z22, z23, z31, z32, z33) = _pulls(
        moon, cosim, sinim, cosomm, sinomm, emsq, betasq, rtemsq, em, _C1L, xnoi
    )
    c.zmol = (4.7199672 + 0.22997150 * day - gam) % _TWO_PI
    c.zmos = (6.2565837 + 0.017201977 * day) % _TWO_PI
    c.se2, c.se3 = 2.0 * ss1 * ss6, 2.0 * ss1 * ss7
    c.si2, c.si3 = 2.0 * ss2 * sz12, 2.0 * ss2 * (sz13 - sz11)
    c.sl2, c.sl3, c.sl4 = -2.0 * ss3 * sz2, -2.0 * ss3 * (sz3 - sz1), -2.0 * ss3 * (-21.0 - 9.0 * emsq) * _ZES
    c.sgh2, c.sgh3, c.sgh4 = 2.0 * ss4 * sz32, 2.0 * ss4 * (sz33 - sz31), -18.0 * ss4 * _ZES
    c.sh2, c.sh3 = -2.0 * ss2 * sz22, -2.0 * ss2 * (sz23 - sz21)
    c.ee2, c.e3 = 2.0 * s1 * s6, 2.0 * s1 * s7
    c.xi2, c.xi3 = 2.0 * s2 * z12, 2.0 * s2 * (z13 - z11)
    c.xl2, c.xl3, c.xl4 = -2.0 * s3 * z2, -2.0 * s3 * (z3 - z1), -2.0 * s3 * (-21.0 - 9.0 * emsq) * _ZEL
    c.xgh2, c.xgh3, c.xgh4 = 2.0 * s4 * z32, 2.0 * s4 * (z33 - z31), -18.0 * s4 * _ZEL
    c.xh2, c.xh3 = -2.0 * s2 * z22, -2.0 * s2 * (z23 - z21)

    # ---- secular rates (dsinit)
    is_flat = c.inclo < _LOW_RAD or c.inclo > pi - _LOW_RAD
    shs = 0.0 if is_flat else -_ZNS * ss2 * (sz21 + sz23)
    if sinim != 0.0:
        shs = shs / sinim
    sgs = ss4 * _ZNS * (sz31 + sz33 - 6.0) - cosim * shs
    c.dedt = ss1 * _ZNS * ss5 + s1 * _ZNL * s5
    c.didt = ss2 * _ZNS * (sz11 + sz13) + s2 * _ZNL * (z11 + z13)
    c.dmdt = -_ZNS * ss3 * (sz1 + sz3 - 14.0 - 6.0 * emsq) - s3 * _ZNL * (z1 + z3 - 14.0 - 6.0 * emsq)
    shll = 0.0 if is_flat else -_ZNL * s2 * (z21 + z23)
    c.domdt = sgs + s4 * _ZNL * (z31 + z33 - 6.0)
    c.dnodt = shs
    if sinim != 0.0:
        c.domdt -= cosim / sinim * shll
        c.dnodt += shll / sinim

    # ---- resonance
    c.irez = 0.0
    if 0.0034906585 < nm < 0.0052359877:
        c.irez = 1.0
    if 8.26e-3 <= nm <= 9.24e-3 and em >= 0.5:
        c.irez = 2.0
    if c.irez == 0.0:
        return
    theta = c.gsto % _TWO_PI
    aonv = (nm / XKE) ** (2.0 / 3.0)
    if c.irez == 1.0:
        g200 = 1.0 + emsq * (-2.5 + 0.8125 * emsq)
        g310 = 1.0 + 2.0 * emsq
        g300 = 1.0 + emsq * (-6.0 + 6.60937 * emsq)
        f220 = 0.75 * (1.0 + cosim) * (1.0 + cosim)
        f311 = 0.9375 * sinim * sinim * (1.0 + 3.0 * cosim) - 0.75 * (1.0 + cosim)
        f330 = 1.875 * (1.0 + cosim) ** 3
        del1 = 3.0 * nm * nm * aonv * aonv
        c.del2 = 2.0 * del1 * f220 * g200 * _Q22
        c.del3 = 3.0 * del1 * f330 * g300 * _Q33 * aonv
        c.del1 = del1 * f311 * g310 * _Q31 * aonv
        c.xlamo = (c.mo + c.nodeo + c.argpo - theta) % _TWO_PI
        c.xfact = c.mdot + xpidot - _RPTIM + c.dmdt + c.domdt + c.dnodt - c.no
        return
    cosisq = cosim * cosim
    eoc = em * emsq
    g201 = -0.306 - (em - 0.64) * 0.440
    if em <= 0.65:
        g211 = 3.616 - 13.2470 * em + 16.2900 * emsq
        g310 = -19.302 + 117.3900 * em - 228.4190 * emsq + 156.5910 * eoc
        g322 = -18.9068 + 109.7927 * em - 214.6334 * emsq + 146.5816 * eoc
        g410 = -41.122 + 242.6940 * em - 471.0940 * emsq + 313.9530 * eoc
        g422 = -146.407 + 841.8800 * em - 1629.014 * emsq + 1083.4350 * eoc
        g520 = -532.114 + 3017.977 * em - 5740.032 * emsq + 3708.2760 * eoc
    else:
        g211 = -72.099 + 331.819 * em - 508.738 * emsq + 266.724 * eoc
        g310 = -346.844 + 1582.851 * em - 2415.925 * emsq + 1246.113 * eoc
        g322 = -342.585 + 1554.908 * em - 2366.899 * emsq + 1215.972 * eoc
        g410 = -1052.797 + 4758.686 * em - 7193.992 * emsq + 3651.957 * eoc
        g422 = -3581.690 + 16178.110 * em - 24462.770 * emsq + 12422.520 * eoc
        if em > 0.715:
            g520 = -5149.66 + 29936.92 * em - 54087.36 * emsq + 31324.56 * eoc
        else:
            g520 = 1464.74 - 4664.75 * em + 3763.64 * emsq
    if em < 0.7:
        g533 = -919.22770 + 4988.6100 * em - 9064.7700 * emsq + 5542.21 * eoc
        g521 = -822.71072 + 4568.6173 * em - 8491.4146 * emsq + 5337.524 * eoc
        g532 = -853.66600 + 4690.2500 * em - 8624.7700 * emsq + 5341.4 * eoc
    else:
        g533 = -37995.780 + 161616.52 * em - 229838.20 * emsq + 109377.94 * eoc
        g521 = -51752.104 + 218913.95 * em - 309468.16 * emsq + 146349.42 * eoc
        g532 = -40023.880 + 170470.89 * em - 242699.48 * emsq + 115605.82 * eoc
    sini2 = sinim * sinim
    f220 = 0.75 * (1.0 + 2.0 * cosim + cosisq)
    f221 = 1.5 * sini2
    f321 = 1.875 * sinim * (1.0 - 2.0 * cosim - 3.0 * cosisq)
    f322 = -1.875 * sinim * (1.0 + 2.0 * cosim - 3.0 * cosisq)
    f441 = 35.0 * sini2 * f220
    f442 = 39.3750 * sini2 * sini2
    f522 = 9.84375 * sinim * (
        sini2 * (1.0 - 2.0 * cosim - 5.0 * cosisq) + 0.33333333 * (-2.0 + 4.0 * cosim + 6.0 * cosisq)
    )
    f523 = sinim * (
        4.92187512 * sini2 * (-2.0 - 4.0 * cosim + 10.0 * cosisq) + 6.56250012 * (1.0 + 2.0 * cosim - 3.0 * cosisq)
    )
    f542 = 29.53125 * sinim * (2.0 - 8.0 * cosim + cosisq * (-12.0 + 8.0 * cosim + 10.0 * cosisq))
    f543 = 29.53125 * sinim * (-2.0 - 8.0 * cosim + cosisq * (12.0 + 8.0 * cosim - 10.0 * cosisq))
    temp1 = 3.0 * nm * nm * aonv * aonv
    c.d2201, c.d2211 = temp1 * _ROOT22 * f220 * g201, temp1 * _ROOT22 * f221 * g211
    temp1 *= aonv
    c.d3210, c.d3222 = temp1 * _ROOT32 * f321 * g310, temp1 * _ROOT32 * f322 * g322
    temp1 *= aonv
    c.d4410, c.d4422 = 2.0 * temp1 * _ROOT44 * f441 * g410, 2.0 * temp1 * _ROOT44 * f442 * g422
    temp1 *= aonv
    c.d5220, c.d5232 = temp1 * _ROOT52 * f522 * g520, temp1 * _ROOT52 * f523 * g532
    c.d5421, c.d5433 = 2.0 * temp1 * _ROOT54 * f542 * g521, 2.0 * temp1 * _ROOT54 * f543 * g533
    c.xlamo = (c.mo + c.nodeo + c.nodeo - theta - theta) % _TWO_PI
    c.xfact = c.mdot + c.dmdt + 2.0 * (c.nodedot + c.dnodt - _RPTIM) - c.no


@njit(cache=True)
def slopes(c, atime, xli, xni):
    """Rates of the resonance at one integration point: xndt, xldot, xnddt."""
    xldot = xni + c.xfact
    if c.irez == 1.0:
        xndt = (
            c.del1 * sin(xli - _FASX2) + c.del2 * sin(2.0 * (xli - _FASX4)) + c.del3 * sin(3.0 * (xli - _FASX6))
        )
        xnddt = (
            c.del1 * cos(xli - _FASX2)
            + 2.0 * c.del2 * cos(2.0 * (xli - _FASX4))
            + 3.0 * c.del3 * cos(3.0 * (xli - _FASX6))
        )
        return xndt, xldot, xnddt * xldot
    xomi = c.argpo + c.argpdot * atime
    x2omi, x2li = xomi + xomi, xli + xli
    xndt = (
        c.d2201 * sin(x2omi + xli - _G22)
        + c.d2211 * sin(xli - _G22)
        + c.d3210 * sin(xomi + xli - _G32)
        + c.d3222 * sin(-xomi + xli - _G32)
        + c.d4410 * sin(x2omi + x2li - _G44)
        + c.d4422 * sin(x2li - _G44)
        + c.d5220 * sin(xomi + xli - _G52)
        + c.d5232 * sin(-xomi + xli - _G52)
        + c.d5421 * sin(xomi + x2li - _G54)
        + c.d5433 * sin(-xomi + x2li - _G54)
    )
    xnddt = (
        c.d2201 * cos(x2omi + xli - _G22)
        + c.d2211 * cos(xli - _G22)
        + c.d3210 * cos(xomi + xli - _G32)
        + c.d3222 * cos(-xomi + xli - _G32)
        + c.d5220 * cos(xomi + xli - _G52)
        + c.d5232 * cos(-xomi + xli - _G52)
        + 2.0
        * (
            c.d4410 * cos(x2omi + x2li - _G44)
            + c.d4422 * cos(x2li - _G44)
            + c.d5421 * cos(xomi + x2li - _G54)
            + c.d5433 * cos(-xomi + x2li - _G54)
        )
    )
    return xndt, xldot, xnddt * xldot


@njit(cache=True)
def secular(c, t, em, argpm, inclm, mm, nodem, nm, memory):
    """Secular and resonant drift at `t` minutes (dspace); `memory` (3,) keeps the integrator: atime, xli, xni.

    Returns em, argpm, inclm, mm, nodem, nm.
    """
    theta = (c.gsto + t * _RPTIM) % _TWO_PI
    em += c.dedt * t
    inclm += c.didt * t
    argpm += c.domdt * t
    nodem += c.dnodt * t
    mm += c.dmdt * t
    if c.irez == 0.0:
        return em, argpm, inclm, mm, nodem, nm
    atime, xli, xni = memory[0], memory[1], memory[2]
    if atime == 0.0 or t * atime <= 0.0 or fabs(t) < fabs(atime):
        atime, xni, xli = 0.0, c.no, c.xlamo
    delt = _STEP_MIN if t > 0.0 else -_STEP_MIN
    xndt, xldot, xnddt = slopes(c, atime, xli, xni)
    while fabs(t - atime) >= _STEP_MIN:
        xli += xldot * delt + xndt * _STEP2
        xni += xndt * delt + xnddt * _STEP2
        atime += delt
        xndt, xldot, xnddt = slopes(c, atime, xli, xni)
    memory[0], memory[1], memory[2] = atime, xli, xni
    ft = t - atime
    nm = xni + xndt * ft + xnddt * ft * ft * 0.5
    xl = xli + xldot * ft + xndt * ft * ft * 0.5
    mm = xl - 2.0 * nodem + 2.0 * theta if c.irez == 2.0 else xl - nodem - argpm + theta
    return em, argpm, inclm, mm, nodem, nm


@njit(cache=True)
def periodic(c, t, ep, inclp, nodep, argpp, mp):
    """Periodic pulls of Sun and Moon at `t` minutes (dpper): eccentricity, inclination, node, perigee, anomaly."""
    zm = c.zmos + _ZNS * t
    zf = zm + 2.0 * _ZES * sin(zm)
    sinzf = sin(zf)
    f2, f3 = 0.5 * sinzf * sinzf - 0.25, -0.5 * sinzf * cos(zf)
    pe = c.se2 * f2 + c.se3 * f3
    pinc = c.si2 * f2 + c.si3 * f3
    pl = c.sl2 * f2 + c.sl3 * f3 + c.sl4 * sinzf
    pgh = c.sgh2 * f2 + c.sgh3 * f3 + c.sgh4 * sinzf
    ph = c.sh2 * f2 + c.sh3 * f3
    zm = c.zmol + _ZNL * t
    zf = zm + 2.0 * _ZEL * sin(zm)
    sinzf = sin(zf)
    f2, f3 = 0.5 * sinzf * sinzf - 0.25, -0.5 * sinzf * cos(zf)
    pe += c.ee2 * f2 + c.e3 * f3
    pinc += c.xi2 * f2 + c.xi3 * f3
    pl += c.xl2 * f2 + c.xl3 * f3 + c.xl4 * sinzf
    pgh += c.xgh2 * f2 + c.xgh3 * f3 + c.xgh4 * sinzf
    ph += c.xh2 * f2 + c.xh3 * f3
    inclp += pinc
    ep += pe
    sinip, cosip = sin(inclp), cos(inclp)
    if inclp >= 0.2:
        ph /= sinip
        return ep, inclp, nodep + ph, argpp + pgh - cosip * ph, mp + pl
    sinop, cosop = sin(nodep), cos(nodep)
    alfdp = sinip * sinop + ph * cosop + pinc * cosip * sinop
    betdp = sinip * cosop - ph * sinop + pinc * cosip * cosop
    turned = nodep % _TWO_PI if nodep >= 0.0 else -((-nodep) % _TWO_PI)  # keeps the sign, as C's fmod does
    if c.is_old == 1.0 and turned < 0.0:
        turned += _TWO_PI
    xls = mp + argpp + pl + pgh + (cosip - pinc * sinip) * turned
    nodep = atan2(alfdp, betdp)
    if c.is_old == 1.0 and nodep < 0.0:
        nodep += _TWO_PI
    if fabs(turned - nodep) > pi:
        nodep += _TWO_PI if nodep < turned else -_TWO_PI
    mp += pl
    return ep, inclp, nodep, xls - mp - cosip * nodep, mp
