"""Two bodies: elements and states, universal variables, and the arc between two places in a given time.

For an inertial frame (gcrf), any leading shape. Sources: Battin 1999, sections 4.5 and 4.6; Curtis 2014,
chapters 3 and 4; Izzo, "Revisiting Lambert's problem", Celestial Mechanics and Dynamical Astronomy 121 (2015).
"""

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2
from vedette.core.errors import UsageError
from vedette.core.shapes import Rows, Scalar, Vec3

SEMI_MAJOR_M, ECCENTRICITY, INCLINATION_RAD, NODE_RAD, PERIGEE_RAD, TRUE_ANOMALY_RAD = range(6)


def state_from_elements(elements: Rows, mu_m3_s2: float = EARTH_MU_M3_S2) -> Rows:
    """States `(..., 6)` from elements `(..., 6)`: semi-major axis (m, negative for a hyperbola), eccentricity,
    inclination, node, argument of perigee, true anomaly (rad). A parabola has no semi-major axis and comes out as NaN.
    """
    a, e, i, node, perigee, nu = np.moveaxis(np.asarray(elements, dtype=float), -1, 0)
    p = a * (1.0 - e * e)
    p = np.where(p > 0.0, p, np.nan)
    r = p / (1.0 + e * np.cos(nu))
    speed = np.sqrt(mu_m3_s2 / p)
    cn, sn, ci, si = np.cos(node), np.sin(node), np.cos(i), np.sin(i)
    cw, sw = np.cos(perigee), np.sin(perigee)
    along = np.stack([cn * cw - sn * sw * ci, sn * cw + cn * sw * ci, sw * si], axis=-1)
    across = np.stack([-cn * sw - sn * cw * ci, -sn * sw + cn * cw * ci, cw * si], axis=-1)
    position = (r * np.cos(nu))[..., None] * along + (r * np.sin(nu))[..., None] * across
    velocity = (-speed * np.sin(nu))[..., None] * along + (speed * (e + np.cos(nu)))[..., None] * across
    return np.concatenate([position, velocity], axis=-1)


def elements_from_state(states: Rows, mu_m3_s2: float = EARTH_MU_M3_S2) -> Rows:
    """Elements `(..., 6)` of inertial states `(..., 6)`; angles in [0, 2 pi).

    An angle without meaning is zero and the next takes it up: no node on the equator, no perigee on a circle.
    """
    state = np.asarray(states, dtype=float)
    x, v = state[..., :3], state[..., 3:]
    r = np.linalg.norm(x, axis=-1)
    h = np.cross(x, v)
    h_size = np.linalg.norm(h, axis=-1)
    e_vector = np.cross(v, h) / mu_m3_s2 - x / r[..., None]
    e = np.linalg.norm(e_vector, axis=-1)
    a = 1.0 / (2.0 / r - np.sum(v * v, axis=-1) / mu_m3_s2)
    level = np.hypot(h[..., 0], h[..., 1])
    inclination = np.arctan2(level, h[..., 2])
    has_node = level > 1e-11 * h_size
    node_x = np.where(has_node, -h[..., 1], 1.0)
    node_y = np.where(has_node, h[..., 0], 0.0)
    node = np.stack([node_x, node_y, np.zeros_like(node_x)], axis=-1)
    node /= np.linalg.norm(node, axis=-1, keepdims=True)
    ahead = np.cross(h / h_size[..., None], node)
    is_round = e < 1e-11
    perigee_axis = np.where(is_round[..., None], node, e_vector)
    perigee = np.arctan2(np.sum(perigee_axis * ahead, axis=-1), np.sum(perigee_axis * node, axis=-1))
    axis = perigee_axis / np.linalg.norm(perigee_axis, axis=-1, keepdims=True)
    beside = np.cross(h / h_size[..., None], axis)
    nu = np.arctan2(np.sum(x * beside, axis=-1), np.sum(x * axis, axis=-1))
    angles = np.stack([inclination, np.arctan2(node[..., 1], node[..., 0]), perigee, nu], axis=-1)
    angles[..., 1:] %= 2.0 * np.pi
    return np.concatenate([np.stack([a, e], axis=-1), np.where(angles >= 2.0 * np.pi, 0.0, angles)], axis=-1)


def propagate_kepler(states: Rows, dt_s: Scalar | float, mu_m3_s2: float = EARTH_MU_M3_S2) -> Rows:
    """States `(..., 6)` after `dt_s` of two-body motion, ellipse or hyperbola alike, either way in time.

    Universal variable by Newton's method with a bisecting guard (Battin 1999, eq. 4.83; Curtis 2014, algorithm 3.3).
    """
    state = np.asarray(states, dtype=float)
    shape = np.broadcast_shapes(state.shape[:-1], np.shape(dt_s))
    state = np.broadcast_to(state, (*shape, 6))
    dt = np.broadcast_to(np.asarray(dt_s, dtype=float), shape)
    x0, v0 = state[..., :3], state[..., 3:]
    r0 = np.linalg.norm(x0, axis=-1)
    root_mu = np.sqrt(mu_m3_s2)
    radial = np.sum(x0 * v0, axis=-1) / root_mu
    alpha = 2.0 / r0 - np.sum(v0 * v0, axis=-1) / mu_m3_s2
    # whole turns of an ellipse change nothing; without them the guard below stays narrow
    with np.errstate(invalid="ignore", divide="ignore"):
        period = np.where(alpha > 0.0, 2.0 * np.pi / (root_mu * np.abs(alpha) ** 1.5), np.inf)
    span = np.where(np.isfinite(period), np.fmod(dt, period), dt)
    goal = root_mu * span
    low, high = np.zeros(shape), np.sign(goal) * root_mu * np.abs(span) / np.maximum(r0, 1.0)
    for _ in range(200):  # grow until the goal is bracketed: time rises with the universal variable
        short = np.abs(_universal_time(high, r0, radial, alpha)) < np.abs(goal)
        if not short.any():
            break
        high = np.where(short, 1.6 * high, high)
    chi = 0.5 * (low + high)
    for _ in range(100):
        miss = _universal_time(chi, r0, radial, alpha) - goal
        before = np.where(goal >= 0.0, miss < 0.0, miss > 0.0)
        low, high = np.where(before, chi, low), np.where(before, high, chi)
        step = chi - miss / _universal_radius(chi, r0, radial, alpha)
        inside = (step - low) * (step - high) <= 0.0
        fresh = np.where(inside, step, 0.5 * (low + high))
        if np.all(~(np.abs(fresh - chi) > 1e-14 * np.abs(fresh))):
            chi = fresh
            break
        chi = fresh
    z = alpha * chi * chi
    c, s = _stumpff(z)
    f = 1.0 - chi * chi / r0 * c
    g = span - chi**3 / root_mu * s
    x = f[..., None] * x0 + g[..., None] * v0
    r = np.linalg.norm(x, axis=-1)
    f_dot = root_mu / (r * r0) * chi * (z * s - 1.0)
    g_dot = 1.0 - chi * chi / r * c
    return np.concatenate([x, f_dot[..., None] * x0 + g_dot[..., None] * v0], axis=-1)


def _universal_time(chi: Scalar, r0: Scalar, radial: Scalar, alpha: Scalar) -> Scalar:
    c, s = _stumpff(alpha * chi * chi)
    return radial * chi * chi * c + (1.0 - alpha * r0) * chi**3 * s + r0 * chi


def _universal_radius(chi: Scalar, r0: Scalar, radial: Scalar, alpha: Scalar) -> Scalar:
    z = alpha * chi * chi
    c, s = _stumpff(z)
    return radial * chi * (1.0 - z * s) + (1.0 - alpha * r0) * chi * chi * c + r0


def _stumpff(z: Scalar) -> tuple[Scalar, Scalar]:
    """C(z) and S(z): closed forms away from zero, series near it."""
    size = np.sqrt(np.clip(np.abs(z), 1e-30, 4.0e5))  # hyperbolic arguments past this only feed the bracket
    near = np.abs(z) < 1e-2
    safe = np.where(near, 1.0, size)
    turning, growing = np.clip(safe, 0.0, 1e4), np.clip(safe, 0.0, 600.0)
    c = np.where(z > 0.0, (1.0 - np.cos(turning)) / safe**2, (np.cosh(growing) - 1.0) / safe**2)
    s = np.where(z > 0.0, (turning - np.sin(turning)) / safe**3, (np.sinh(growing) - growing) / safe**3)
    c_near = 1 / 2 - z / 24 + z * z / 720 - z**3 / 40320 + z**4 / 3628800
    s_near = 1 / 6 - z / 120 + z * z / 5040 - z**3 / 362880 + z**4 / 39916800
    return np.where(near, c_near, c), np.where(near, s_near, s)


def lambert_izzo2015(
    position_1_m: Vec3,
    position_2_m: Vec3,
    dt_s: float,
    *,
    is_retrograde: bool = False,
    mu_m3_s2: float = EARTH_MU_M3_S2,
) -> tuple[Vec3, Vec3]:
    """Velocities `(3,)` at both ends of the two-body arc from one place to another in `dt_s`, less than one turn.

    The way round that has the sense of rotation asked for (prograde: angular momentum towards +z). Raises UsageError
    for places in line with the centre, where the plane is undefined, and for no time at all.
    """
    r1_vector, r2_vector = np.asarray(position_1_m, dtype=float), np.asarray(position_2_m, dtype=float)
    r1, r2 = np.linalg.norm(r1_vector), np.linalg.norm(r2_vector)
    normal = np.cross(r1_vector, r2_vector)
    size = np.linalg.norm(normal)
    if not dt_s > 0.0:
        raise UsageError(f"an arc in {dt_s:g} s; give a time greater than none")
    if not size > 1e-10 * r1 * r2:
        raise UsageError("both places are in line with the centre: every plane through them would do")
    chord = np.linalg.norm(r2_vector - r1_vector)
    half = 0.5 * (r1 + r2 + chord)
    i1, i2, ih = r1_vector / r1, r2_vector / r2, normal / size
    lam = float(np.sqrt(max(0.0, 1.0 - float(chord / half))))
    is_far_side = (ih[2] < 0.0) != is_retrograde
    if is_far_side:
        lam = -lam
        t1, t2 = np.cross(i1, ih), np.cross(i2, ih)
    else:
        t1, t2 = np.cross(ih, i1), np.cross(ih, i2)
    t_goal = np.sqrt(2.0 * mu_m3_s2 / half**3) * dt_s
    x = _solve_izzo(lam, t_goal)
    y = np.sqrt(1.0 - lam * lam * (1.0 - x * x))
    gamma = np.sqrt(mu_m3_s2 * half / 2.0)
    rho = (r1 - r2) / chord
    sigma = np.sqrt(1.0 - rho * rho)
    v1 = gamma * ((lam * y - x) - rho * (lam * y + x)) / r1 * i1 + gamma * sigma * (y + lam * x) / r1 * t1
    v2 = -gamma * ((lam * y - x) + rho * (lam * y + x)) / r2 * i2 + gamma * sigma * (y + lam * x) / r2 * t2
    return v1, v2


def _izzo_time(x: float, lam: float) -> float:
    """Non-dimensional time of flight for x > -1; Izzo 2015, eq. 18, with Battin's series near the parabola."""
    if abs(x - 1.0) < 1e-2:
        y = np.sqrt(1.0 - lam * lam * (1.0 - x * x))
        eta = y - lam * x
        s1 = 0.5 * (1.0 - lam - x * eta)
        term, total = 1.0, 1.0
        for n in range(60):  # hypergeometric 2F1(3, 1, 5/2, s1)
            term *= (3.0 + n) * (1.0 + n) / (2.5 + n) * s1 / (n + 1.0)
            total += term
        return 0.5 * (eta**3 * 4.0 / 3.0 * total + 4.0 * lam * eta)
    e = 1.0 - x * x
    y = np.sqrt(1.0 - lam * lam * e)
    psi = np.arccos(np.clip(x * y + lam * e, -1.0, 1.0)) if e > 0.0 else np.arcsinh((y - x * lam) * np.sqrt(-e))
    return float((psi / np.sqrt(abs(e)) - x + lam * y) / e)


def _solve_izzo(lam: float, goal: float) -> float:
    """The x whose time is the goal: time falls steadily with x, so a guarded secant on ln(1 + x) cannot fail."""
    low, high = np.log(1e-9), np.log(2.0)
    while _izzo_time(float(np.exp(high)) - 1.0, lam) > goal and high < 60.0:
        high += 1.0
    f_low = np.log(_izzo_time(float(np.exp(low)) - 1.0, lam) / goal)
    f_high = np.log(_izzo_time(float(np.exp(high)) - 1.0, lam) / goal)
    side, middle = 0, 0.5 * (low + high)
    for _ in range(200):
        middle = (low * f_high - high * f_low) / (f_high - f_low)
        f = np.log(_izzo_time(float(np.exp(middle)) - 1.0, lam) / goal)
        if abs(f) < 1e-14 or high - low < 1e-15:
            break
        if f > 0.0:
            low, f_low = middle, f
            f_high *= 0.5 if side == 1 else 1.0
            side = 1
        else:
            high, f_high = middle, f
            f_low *= 0.5 if side == -1 else 1.0
            side = -1
    return float(np.exp(middle)) - 1.0
