"""One step of a coasting body and of its doubt, in plain numbers: what the compiled extended filters are made of.

Forces: the Earth's gravitation to J4 and the turning of the Earth. `earth` is (mu, radius, J2, J3, J4, spin), `EARTH`
for the real one; a round Earth that stands still is (mu, radius, 0, 0, 0, 0), as the peers' comparison scenes have it.
The transition matrix is the exponential, to third order in the step, of the gradient at the middle of the step.
"""

from math import sqrt

from numba import njit

from vedette.core.constants import (
    EARTH_GRAVITY_RADIUS_M,
    EARTH_J2,
    EARTH_J3,
    EARTH_J4,
    EARTH_MU_M3_S2,
    EARTH_SPIN_RADPS,
)
from vedette.tracking.kernels.small_blocks import Block, plus, scaled, times, times_turned, turned, with_diagonal

EARTH = (EARTH_MU_M3_S2, EARTH_GRAVITY_RADIUS_M, EARTH_J2, EARTH_J3, EARTH_J4, EARTH_SPIN_RADPS)
LONGEST_STEP_S = 10.0  # Runge-Kutta errs by 1e-5 m in such a step in low orbit
Six = tuple[float, float, float, float, float, float]
Three = tuple[float, float, float]
_FLAGS = {"contract", "nsz", "arcp"}  # fused, and one reciprocal for many divisions: NaN and infinity keep their sense


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def fall(s: Six, earth: Six) -> Three:
    """Acceleration (m/s2, ITRF) of a free body: gravitation to J4, Coriolis, centrifugal. As `acceleration_itrf`."""
    mu, radius, j2, j3, j4, w = earth
    x, y, z, vx, vy, _ = s
    per_r2 = 1.0 / (x * x + y * y + z * z)
    per_r = sqrt(per_r2)
    t = z * per_r  # sine of the geocentric latitude
    t2 = t * t
    q = radius * per_r
    k2, k3, k4 = j2 * q * q, j3 * q * q * q, j4 * q * q * q * q
    d4 = (17.5 * t2 - 7.5) * t  # derivatives of the Legendre polynomials
    d3 = 7.5 * t2 - 1.5
    d5 = (39.375 * t2 - 26.25) * t2 + 1.875
    near = mu * per_r2
    along = near * per_r * (-1.0 + k2 * d3 + k3 * d4 + k4 * d5)
    polar = near * (k2 * 3.0 * t + k3 * d3 + k4 * d4)
    return along * x + w * (w * x + 2.0 * vy), along * y + w * (w * y - 2.0 * vx), along * z - polar


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def gradient(x: float, y: float, z: float, earth: Six) -> Block:
    """Derivative (1/s2) of gravitation (J2 kept) and centrifugal acceleration by position."""
    mu, radius, j2, _, _, w = earth
    per_r2 = 1.0 / (x * x + y * y + z * z)
    t2 = z * z * per_r2
    main = mu * per_r2 * sqrt(per_r2)
    k = 1.5 * j2 * radius * radius * per_r2 * main
    # of -k p (1 - 5 t²) in the plane of the equator, -k z (3 - 5 t²) along the pole
    level = k * (1.0 - 5.0 * t2)
    across = (3.0 * main + 5.0 * k * (1.0 - 7.0 * t2)) * per_r2
    to_pole = (3.0 * main + 5.0 * k * (3.0 - 7.0 * t2)) * per_r2
    xx, xy, yy = across * x * x, across * x * y, across * y * y
    xz, yz = to_pole * x * z, to_pole * y * z
    zz = (3.0 * main + 5.0 * k * (6.0 - 7.0 * t2)) * t2 - main - 3.0 * k
    round_part = w * w - main - level
    return xx + round_part, xy, xz, xy, yy + round_part, yz, xz, yz, zz


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def _pushed(s: Six, h: float, v: Three, a: Three) -> Six:
    """State s moved for h along velocity v and acceleration a."""
    return s[0] + h * v[0], s[1] + h * v[1], s[2] + h * v[2], s[3] + h * a[0], s[4] + h * a[1], s[5] + h * a[2]


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def flown(s: Six, h: float, earth: Six) -> tuple[Six, Six]:
    """State after one Runge-Kutta step of h seconds, and a state in the middle of the step."""
    a1 = fall(s, earth)
    s2 = _pushed(s, 0.5 * h, (s[3], s[4], s[5]), a1)
    a2 = fall(s2, earth)
    s3 = _pushed(s, 0.5 * h, (s2[3], s2[4], s2[5]), a2)
    a3 = fall(s3, earth)
    s4 = _pushed(s, h, (s3[3], s3[4], s3[5]), a3)
    a4 = fall(s4, earth)
    k = h / 6.0
    vx = s[3] + 2.0 * (s2[3] + s3[3]) + s4[3]
    vy = s[4] + 2.0 * (s2[4] + s3[4]) + s4[4]
    vz = s[5] + 2.0 * (s2[5] + s3[5]) + s4[5]
    ax = a1[0] + 2.0 * (a2[0] + a3[0]) + a4[0]
    ay = a1[1] + 2.0 * (a2[1] + a3[1]) + a4[1]
    az = a1[2] + 2.0 * (a2[2] + a3[2]) + a4[2]
    return _pushed(s, k, (vx, vy, vz), (ax, ay, az)), s3


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def transition(middle: Six, h: float, earth: Six) -> tuple[Block, Block, Block, Block]:
    """The four blocks of exp(A h) to third order: position by position, by velocity; velocity by position, by velocity.

    A = [[0, I], [G, W]] with G the gradient and W the Coriolis matrix, a quarter turn about the pole times 2 spin.
    """
    G = gradient(middle[0], middle[1], middle[2], earth)
    w = 2.0 * earth[5]
    w2 = w * w
    WG = (w * G[3], w * G[4], w * G[5], -w * G[0], -w * G[1], -w * G[2], 0.0, 0.0, 0.0)
    GW = (-w * G[1], w * G[0], 0.0, -w * G[4], w * G[3], 0.0, -w * G[7], w * G[6], 0.0)
    GWW = (G[0] - w2, G[1], G[2], G[3], G[4] - w2, G[5], G[6], G[7], G[8])  # G + W²
    second, third = 0.5 * h * h, h * h * h / 6.0
    a = with_diagonal(plus(scaled(second, G), scaled(third, WG)), 1.0)
    b = scaled(third, GWW)
    b = (b[0] + h, b[1] + second * w, b[2], b[3] - second * w, b[4] + h, b[5], b[6], b[7], b[8] + h)
    # W² only reaches the first two rows: its product with G is -w² G there
    WWG = (-w2 * G[0], -w2 * G[1], -w2 * G[2], -w2 * G[3], -w2 * G[4], -w2 * G[5], 0.0, 0.0, 0.0)
    c = plus(plus(scaled(h, G), scaled(second, WG)), scaled(third, plus(times(G, G), WWG)))
    d = with_diagonal(plus(scaled(second, GWW), scaled(third, plus(GW, WG))), 1.0)
    turn = (h - third * w2) * w  # h W + third W³
    d = (d[0], d[1] + turn, d[2], d[3] - turn, d[4], d[5], d[6], d[7], d[8])
    return a, b, c, d


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def spread(
    pp: Block, pv: Block, vv: Block, steps: tuple[Block, Block, Block, Block], h: float, q: float
) -> tuple[Block, Block, Block]:
    """The three blocks of F P Fᵀ + Q, with Q that of white acceleration of density q (m²/s³) over |h|."""
    a, b, c, d = steps
    vp = turned(pv)
    top_p, top_v = plus(times(a, pp), times(b, vp)), plus(times(a, pv), times(b, vv))
    low_p, low_v = plus(times(c, pp), times(d, vp)), plus(times(c, pv), times(d, vv))
    span = abs(h)
    new_pp = with_diagonal(plus(times_turned(top_p, a), times_turned(top_v, b)), q * span * span * span / 3.0)
    new_pv = with_diagonal(plus(times_turned(top_p, c), times_turned(top_v, d)), 0.5 * q * h * span)
    new_vv = with_diagonal(plus(times_turned(low_p, c), times_turned(low_v, d)), q * span)
    return new_pp, new_pv, new_vv
