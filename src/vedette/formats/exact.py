"""Kilometres and degrees on the wire, metres and radians inside, and not one bit lost between them.

A decimal on the wire means exactly what it says; the reader rounds once. The writer picks the shortest decimal that
reads back to the very same float64, so `read(write(x)) == x` bit for bit.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from math import isnan

_CONTEXT = Context(prec=50, rounding=ROUND_HALF_EVEN, Emax=10**6, Emin=-(10**6), traps=[])
_RADIANS_PER_DEGREE = Decimal("0.01745329251994329576923690768488612713442871888541725456097")  # pi / 180
_DEGREES_PER_RADIAN = Decimal("57.29577951308232087679815481410517033240547246656432154916")
_SHORT_ENOUGH = (15, 16, 17, 18, 20, 25)  # significant digits tried, in this order


def radians(degrees: Decimal) -> float:
    """The float64 nearest to an angle given in degrees; NaN or infinity come back as they are."""
    return float(_CONTEXT.multiply(degrees, _RADIANS_PER_DEGREE))


def metres(kilometres: Decimal) -> float:
    """The float64 nearest to a length given in km (or a speed in km/s, as m/s)."""
    return float(_CONTEXT.multiply(kilometres, Decimal(1000)))


def degrees_text(angle_rad: float) -> Decimal | None:
    """The shortest decimal in degrees that `radians` reads back to `angle_rad`; None for NaN (not measured)."""
    if isnan(angle_rad):
        return None
    if angle_rad == 0:
        return number_text(angle_rad)  # decimal rounding would lose the sign of a zero
    exact = _CONTEXT.multiply(Decimal(float(angle_rad)), _DEGREES_PER_RADIAN)
    for digits in _SHORT_ENOUGH:
        short = Context(prec=digits, traps=[]).plus(exact)
        if radians(short) == angle_rad:
            break
    return plain(short)


def kilometres_text(length_m: float) -> Decimal | None:
    """The decimal in km that `metres` reads back to `length_m`: its own shortest digits, the point moved."""
    return None if isnan(length_m) else plain(_CONTEXT.scaleb(Decimal(repr(float(length_m))), -3))


def number_text(value: float) -> Decimal | None:
    """A number without a unit to change; None for NaN."""
    return None if isnan(value) else plain(Decimal(repr(float(value))))


def plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros, and without an exponent while it has few digits."""
    if number.is_zero() and number.is_signed():
        return Decimal("-0.0")  # readers take a bare -0 for the integer, which has no sign
    short = number.normalize(_CONTEXT)
    exponent = short.as_tuple().exponent
    if isinstance(exponent, int) and 0 < exponent <= 15:
        return short.quantize(Decimal(1), context=_CONTEXT)
    return short
