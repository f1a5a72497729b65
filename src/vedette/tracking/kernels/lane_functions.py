"""Angles without branches: arctangent, sine and cosine that a compiler can do for several points per instruction.

The library's own functions are calls, and a loop with a call in it runs one point at a time. Coefficients from Cephes
[Moshier 1989]; two or three units in the last place.
"""

from math import floor, pi

from numba import njit

_FLAGS = {"contract", "nsz", "arcp"}  # fused, and one reciprocal for many divisions: NaN and infinity keep their sense
_HALF_PI, _QUARTER_PI, _TAU = 0.5 * pi, 0.25 * pi, 2.0 * pi
# a quarter turn in three parts, the first two short enough that their products with small whole numbers are exact
_TURN_1, _TURN_2, _TURN_3 = 1.5707963109016418, 1.5893254712295857e-08, 6.123233995736766e-17


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def angle_of(y: float, x: float) -> float:
    """atan2(y, x)."""
    ay, ax = abs(y), abs(x)
    small, large = (ay, ax) if ay < ax else (ax, ay)
    beyond = small > 0.66 * large
    t = (small - large) / (small + large) if beyond else small / large
    u = t * t
    p = (((-8.750608600031904122785e-1 * u - 1.615753718733365076637e1) * u - 7.500855792314704667340e1) * u
         - 1.228866684490136173410e2) * u - 6.485021904942025371773e1  # fmt: skip
    r = ((((u + 2.485846490142306297962e1) * u + 1.650270098316988542046e2) * u + 4.328810604912902668951e2) * u
         + 4.853903996359136964868e2) * u + 1.945506571482613964425e2  # fmt: skip
    angle = t + t * (u * p / r)
    angle = angle + _QUARTER_PI if beyond else angle
    angle = _HALF_PI - angle if ay > ax else angle
    angle = pi - angle if x < 0.0 else angle
    return -angle if y < 0.0 else angle


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def sine_cosine_of(angle: float) -> tuple[float, float]:
    """Sine and cosine, for angles within a million turns."""
    n = floor(angle / _HALF_PI + 0.5)
    x = ((angle - n * _TURN_1) - n * _TURN_2) - n * _TURN_3
    u = x * x
    s = (((((1.58962301576546568060e-10 * u - 2.50507477628578072866e-8) * u + 2.75573136213857245213e-6) * u
           - 1.98412698295895385996e-4) * u + 8.33333333332211858878e-3) * u - 1.66666666666666307295e-1)  # fmt: skip
    s = x + x * (u * s)
    c = (((((-1.13585365213876817300e-11 * u + 2.08757008419747316778e-9) * u - 2.75573141792967388112e-7) * u
           + 2.48015872888517045348e-5) * u - 1.38888888888730564116e-3) * u + 4.16666666666665929218e-2)  # fmt: skip
    c = 1.0 - 0.5 * u + u * u * c
    quarter = n - 4.0 * floor(0.25 * n)
    is_odd = (quarter == 1.0) | (quarter == 3.0)
    sine, cosine = (c, s) if is_odd else (s, c)
    sine = -sine if quarter >= 2.0 else sine
    cosine = -cosine if (quarter == 1.0) | (quarter == 2.0) else cosine
    return sine, cosine


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def folded_angle(angle: float) -> float:
    """Into [-π, π)."""
    return angle - _TAU * floor((angle + pi) / _TAU)
