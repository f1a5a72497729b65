"""Sines, arctangents, roots and Kepler's equation without a branch, so that loops over them fill whole registers.

They are written into the loops that call them; none is good beyond what SGP4 asks: angles up to a million turns, and
errors of a unit or two in the last place.
"""

from math import fabs, pi

from numba import njit

SHIFT = 6755399441055744.0  # 1.5 x 2^52: adding and taking it away again rounds to a whole number


@njit(inline="always")
def small_sincos(x):
    """Sine and cosine up to an eighth of a turn: Cephes' polynomials."""
    z = x * x
    s = x + x * z * (
        -0.16666666666666632 + z * (0.008333333333322489 + z * (-0.00019841269829857949 + z * (
            2.7557313707070068e-06 + z * (-2.5050760253406863e-08 + z * 1.58969099521155e-10))))
    )  # fmt: skip
    c = 1.0 - 0.5 * z + z * z * (
        0.0416666666666666 + z * (-0.001388888888887411 + z * (2.480158728947673e-05 + z * (
            -2.7557314351390663e-07 + z * (2.087572321298175e-09 - z * 1.1359647557788195e-11))))
    )  # fmt: skip
    return s, c


@njit(inline="always")
def sincos(x):
    """Sine and cosine without a branch: reduction in three parts (Cody and Waite 1980), Cephes' polynomials."""
    k = (x * 0.6366197723675814 + SHIFT) - SHIFT
    r = ((x - k * 1.5707963267341256) - k * 6.077100506303966e-11) - k * 2.0222662487959506e-21
    s, c = small_sincos(r)
    h = k - 4.0 * ((k * 0.25 - 0.375 + SHIFT) - SHIFT)
    odd = (h == 1.0) or (h == 3.0)
    a = c if odd else s
    b = s if odd else c
    a = -a if h >= 2.0 else a
    b = -b if (h == 1.0) or (h == 2.0) else b
    return a, b


@njit(inline="always")
def turned(s, c, x):
    """Sine and cosine of an angle whose own are s and c, and x more: up to an eighth of a turn."""
    ds, dc = small_sincos(x)
    return s * dc + c * ds, c * dc - s * ds


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


@njit(inline="always")
def round_kepler(u, axn, ayn):
    """Sine and cosine of the eccentric longitude by two steps of high order from `u`; for eccentricities up to 0.15 the
    rest is under 1e-13. Also one less the eccentricity's part along it, turned upside down."""
    s, c = sincos(u)
    e_s, e_c = axn * s - ayn * c, axn * c + ayn * s
    over = 1.0 / (1.0 - e_c)
    h = e_s * over
    a2, a3 = 0.5 * e_s * over, e_c * over * 0.16666666666666666
    first = h * (1.0 - h * (a2 - h * (2.0 * a2 * a2 - a3)))
    s, c = turned(s, c, first)
    e_s, e_c = axn * s - ayn * c, axn * c + ayn * s
    over = 1.0 / (1.0 - e_c)
    h = (e_s - first) * over
    second = h * (1.0 - 0.5 * e_s * over * h)
    half = 0.5 * second * second
    s, c = s + c * second - s * half, c - s * second - c * half
    return s, c, over * (2.0 - (1.0 - axn * c - ayn * s) * over)


@njit(inline="always")
def power_two_thirds(x):
    """x^(2/3) near one: the cube root of x^2 by Halley's steps, each tripling the digits."""
    y = x * x
    r = 1.0 + (y - 1.0) / 3.0
    for _ in range(3):
        cube = r * r * r
        r *= (cube + 2.0 * y) / (2.0 * cube + y)
    return r
