"""Satellites and decaying bodies: does a known orbit, late or early by what its age allows, explain the looks?

A known object is slid along its track to where the looks want it, and pays for the slide by its own stated error; what
is left must be as small as its error across the track and the sensors' noise. Each of N known objects has an Nth of the
belief, so that in a crowded sky a chance neighbour counts for little. What no catalogue holds is any orbit: nearly
round, at the heights where objects are, whichever way; a decaying body is the same, low in the air.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import log_ndtr

from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.known_orbits import inertial_velocity, perigee_height_m
from vedette.assessment.natural.light import Light
from vedette.assessment.natural.sightings import EARTH_AREA_M2, Sightings, height_of, level_axes, up_and_height
from vedette.assessment.weighing import Weighed
from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS, NS_PER_S
from vedette.core.shapes import Rows, Scalar
from vedette.motion.propagate import coast_track, propagate_coast, propagate_coast_stm
from vedette.reports import Cause
from vedette.tracking.initial_orbit import state_from_positions
from vedette.tracking.profile.plunge import plunges

_KNOWN_SHARE = 0.8  # of the passes that begin a track though a catalogue is there: known, but wrongly placed
_GLOW = Light(life_s=60.0, life_log=1.2, level_w_sr=20_000.0, level_log=1.8, flicker_log=0.2, walk_log=0.1)
_REACH_M = 300e3  # how far a known object may be off before its own doubt counts
_SIGHT_REACH_M = 2_500e3  # for looks without a range
_DRAG_LOG = 0.5  # one sigma of ln(drag) of a body that nobody knows
_USUAL_BETA_KG_M2 = 100.0
_AIR_M = 130e3  # below it drag is a matter of seconds
_LOWEST_M = 130e3  # what stays up does not come lower
_FEW_LOG = 1e3


@dataclass(frozen=True, slots=True)
class _Orbits:
    """Orbits of one kind: heights (lognormal) and how far from round, as one sigma of vertical and level speed."""

    height_m: float
    height_log: float
    rounds: tuple[tuple[float, float, float], ...]  # share, vertical m/s, level m/s


# heights and roundness of the public catalogue of low orbits, rounded
_SATELLITES = _Orbits(700e3, 0.55, ((0.70, 25.0, 15.0), (0.20, 250.0, 150.0), (0.10, 1_500.0, 900.0)))
_DECAYING = _Orbits(125e3, 0.22, ((0.75, 45.0, 30.0), (0.25, 150.0, 300.0)))


def weigh_orbits(sightings: Sightings, sensors: Mapping[str, object], context: NaturalContext) -> tuple[Weighed, ...]:
    """ln p(looks | something in orbit): one `Weighed` for each known object near, one for any other of each kind."""
    s = sightings
    light = _GLOW.log_likelihood(s)
    t0 = int(s.t_tai_ns[0])
    found: list[Weighed] = []
    share = 1.0
    if context.orbits is not None and len(context.orbits):
        share = 1.0 - _KNOWN_SHARE
        reach = _SIGHT_REACH_M if s.is_direction[0] else _REACH_M
        near = context.orbits.near(t0, s.origin_itrf_m, reach)
        for i, name in enumerate(near.ids):
            log, shift_s = _log_known(s, near.states_itrf[i], near.covs_itrf[i], float(near.betas_kg_m2[i]))
            log += float(np.log(_KNOWN_SHARE / len(context.orbits))) + light
            cause = Cause.DECAYING_BODY if near.is_decaying[i] else Cause.SATELLITE
            words = _known_words(name, shift_s, near.states_itrf[i], near.covs_itrf[i], float(near.ages_h[i]))
            found.append(Weighed(cause, log, *words))
    start = _start(s)
    fitted: dict[bool, _Fitted | None] = {}  # by whether drag is an unknown: both kinds may ask for the same fit
    for cause, kind in ((Cause.SATELLITE, _SATELLITES), (Cause.DECAYING_BODY, _DECAYING)):
        log, said = _log_any(s, kind, start, fitted)
        lacking = () if context.orbits is not None else ("no catalogue was at hand to ask",)
        found.append(Weighed(cause, log + float(np.log(share)) + light, (*said[0], *lacking), said[1]))
    return tuple(found)


# ---- a known object


def _log_known(s: Sightings, state: Scalar, cov: Rows, beta_kg_m2: float) -> tuple[float, float]:
    """ln density under one known orbit, and by how many seconds it is ahead of where it was foretold."""
    along, across = _split(state, cov)
    sigma_s = float(np.sqrt(along))
    shift_s = 0.0
    for _ in range(5):
        slid = _slid(state, shift_s, beta_kg_m2)
        if plunges(slid, float(s.evidence.t_s[-1])):
            return -_FEW_LOG, shift_s
        off, design = _off_and_slope(s, slid, beta_kg_m2)
        slope = design[:, 0]
        more = float((slope @ off - shift_s / along) / (slope @ slope + 1.0 / along))
        more = float(np.clip(more, -60.0, 60.0))
        shift_s += more
        if abs(more) < 1e-4 or abs(shift_s) > 8.0 * sigma_s + 30.0:
            break
    slid = _slid(state, shift_s, beta_kg_m2)
    if abs(shift_s) > 8.0 * sigma_s + 30.0 or plunges(slid, float(s.evidence.t_s[-1])):
        return -_FEW_LOG, shift_s
    ahead = _ahead(slid)
    low = height_of(slid[:3]) < _AIR_M
    return _log_batch(s, slid, -shift_s * ahead, along * np.outer(ahead, ahead) + across, beta_kg_m2, low), shift_s


def _split(state: Scalar, cov: Rows) -> tuple[float, Rows]:
    """Variance of the time by which an object may be early (s2), and the covariance of all else."""
    ahead = _ahead(state)
    speed2 = float(ahead[:3] @ ahead[:3])
    reading = np.concatenate([ahead[:3] / speed2, np.zeros(3)])
    along = float(reading @ cov @ reading)
    rest = np.eye(6) - np.outer(ahead, reading)
    across = rest @ cov @ rest.T + np.diag([30.0**2] * 3 + [0.03**2] * 3)
    return max(along, 1e-4), across


def _ahead(state: Scalar) -> Scalar:
    """(6,) how an Earth-fixed state changes as its object moves along its orbit while the Earth stands still."""
    v = inertial_velocity(state)
    pull = -EARTH_MU_M3_S2 * state[:3] / np.linalg.norm(state[:3]) ** 3
    spin = np.array([-EARTH_SPIN_RADPS * v[1], EARTH_SPIN_RADPS * v[0], 0.0])
    return np.concatenate([v, pull - spin])


def _slid(state: Scalar, shift_s: float, beta_kg_m2: float) -> Scalar:
    """(6,) the object so many seconds farther along its orbit, over the Earth as it stands now."""
    if shift_s == 0.0:
        return state
    later = propagate_coast(state, shift_s, beta_kg_m2)
    turn = EARTH_SPIN_RADPS * shift_s
    c, n = np.cos(turn), np.sin(turn)
    back = np.array([[c, -n, 0.0], [n, c, 0.0], [0.0, 0.0, 1.0]])
    return np.concatenate([back @ later[:3], back @ later[3:]])


def _off_and_slope(s: Sightings, state: Scalar, beta_kg_m2: float) -> tuple[Scalar, Rows]:
    """Whitened numbers less those of an orbit (k,), and how they change as it is slid (k, 1)."""
    states = coast_track(state, s.evidence.t_s, beta_kg_m2)
    ahead = np.array([_ahead(one) for one in states])
    states[:, :3] -= s.origin_itrf_m
    off = (s.value - np.einsum("nij,nj->ni", s.slope, states))[s.known]
    return off, np.einsum("nij,nj->ni", s.slope, ahead)[s.known][:, None]


def _log_batch(s: Sightings, state: Scalar, mean: Scalar, cov: Rows, beta_kg_m2: float, with_drag: bool) -> float:
    """ln density of all looks about one orbit whose first state is uncertain: exact for small deviations."""
    off, design = _linear(s, state, beta_kg_m2, with_drag)
    extra = design.shape[1] - 6
    prior = np.zeros((6 + extra, 6 + extra))
    prior[:6, :6] = cov
    prior[range(6, 6 + extra), range(6, 6 + extra)] = _extra_variances(s, with_drag)
    middle = np.concatenate([mean, np.zeros(extra)])
    root = np.linalg.cholesky(prior + 1e-12 * np.diag(np.diag(prior)))
    inner = root.T @ design.T
    r = off - design @ middle
    gram = np.eye(len(prior)) + inner @ inner.T
    gain = inner @ r
    square = float(r @ r - gain @ np.linalg.solve(gram, gain))
    log_det = float(np.linalg.slogdet(gram)[1])
    return s.log_scale - 0.5 * (square + log_det + len(r) * float(np.log(2.0 * np.pi)))


def _linear(s: Sightings, state: Scalar, beta_kg_m2: float, with_drag: bool) -> tuple[Scalar, Rows]:
    """Whitened numbers less the orbit's (k,), and their slopes (k, 6 + biases [+ drag]) by its first state."""
    t = s.evidence.t_s
    states, turns = propagate_coast_stm(state, t, beta_kg_m2)
    from_origin = states.copy()
    from_origin[:, :3] -= s.origin_itrf_m
    off = s.value - np.einsum("nij,nj->ni", s.slope, from_origin)
    biases = np.argwhere(s.bias_sigmas > 0.0)
    design = np.zeros((len(t), 4, 6 + len(biases) + (1 if with_drag else 0)))
    design[:, :, :6] = np.einsum("nij,njk->nik", s.slope, turns)
    for column, (sensor, which) in enumerate(biases, start=6):
        mine = s.sensor == sensor
        design[mine, :, column] = s.bias_slope[mine, :, which]
    if with_drag:
        more = coast_track(state, t, _USUAL_BETA_KG_M2 if beta_kg_m2 <= 0.0 else beta_kg_m2 * float(np.exp(-0.1)))
        design[:, :, -1] = np.einsum("nij,nj->ni", s.slope, (more - states) / (0.1 if beta_kg_m2 > 0.0 else 1.0))
    return off[s.known], design[s.known]


def _extra_variances(s: Sightings, with_drag: bool) -> Scalar:
    biases = s.bias_sigmas[s.bias_sigmas > 0.0] ** 2
    return np.concatenate([biases, [_DRAG_LOG**2]]) if with_drag else biases


# ---- any orbit


_Fitted = tuple[Scalar, Rows, float, float]


def _log_any(
    s: Sightings, kind: _Orbits, start: Scalar | None, known: dict[bool, _Fitted | None]
) -> tuple[float, tuple[tuple[str, ...], tuple[str, ...]]]:
    """ln density under any orbit of a kind: the best one, and how much room it has (Laplace)."""
    fitted = None
    if start is not None:
        with_drag = kind is _DECAYING and height_of(start[:3]) < _AIR_M
        if with_drag not in known:
            known[with_drag] = _fitted(s, start, with_drag)
        fitted = known[with_drag]
    if fitted is None:
        return _log_roughly(s, kind), ((), ())
    state, cov, log_best, log_room = fitted
    log = log_best + log_room + _log_prior(state, cov, kind)
    up, height_m = up_and_height(*state[:3].tolist())
    v = inertial_velocity(state)
    r = float(np.linalg.norm(state[:3]))
    climb, round_mps = float(v @ up), float(np.sqrt(EARTH_MU_M3_S2 / r))
    level = float(np.linalg.norm(v - climb * up))
    height_km = height_m / 1e3
    words = f"{level - round_mps:+,.0f} m/s from the speed of a round orbit at {height_km:,.0f} km"
    words += f", climbing {climb:+,.0f} m/s"
    sizes = kind.rounds[-1]
    lowest = float(perigee_height_m(state))
    if kind is _SATELLITES and lowest < 0.0:
        words += f"; such an orbit would pass {-lowest / 1e3:,.0f} km under the ground"
    near = abs(level - round_mps) < 2.5 * sizes[2] and abs(climb) < 2.5 * sizes[1]
    near = near and (kind is _DECAYING or lowest > 0.0)
    fits_height = abs(np.log(max(height_km, 1.0) * 1e3 / kind.height_m)) < 2.5 * kind.height_log
    return log, ((words,), ()) if near and fits_height else ((), (words,))


def _start(s: Sightings) -> Scalar | None:
    """(6,) a first state at the first look; None where too few looks have a range."""
    ranged = np.flatnonzero(~s.is_direction)
    t = s.evidence.t_s
    if len(np.unique(t[ranged])) < 3 or float(np.ptp(t[ranged])) < 5.0:
        return None
    t_ns = np.rint(t[ranged] * NS_PER_S).astype(np.int64)
    return np.asarray(state_from_positions(s.places_itrf_m[ranged], t_ns, 0), dtype=float)


def _fitted(s: Sightings, state: Scalar, with_drag: bool) -> _Fitted | None:
    """State at the first look, its covariance, ln density there and ln room (of a flat prior); None: not determined."""
    t = s.evidence.t_s
    beta = _USUAL_BETA_KG_M2 if with_drag else 0.0
    spread = np.concatenate([np.full(6, np.inf), _extra_variances(s, with_drag)])
    information = np.diag(1.0 / spread)
    extra = np.zeros(len(spread) - 6)
    last = np.inf
    for _ in range(6):
        if not np.isfinite(state).all() or plunges(state, float(t[-1])):
            return None
        off, design = _linear(s, state, beta, with_drag)
        r = off - design[:, 6:] @ extra
        normal = design.T @ design + information
        pull = design.T @ r - information @ np.concatenate([np.zeros(6), extra])
        step = np.linalg.solve(normal + 1e-12 * np.diag(np.diag(normal)), pull)
        cost = float(r @ r + extra @ (information[6:, 6:] @ extra))
        state = state + step[:6]
        extra = extra + step[6:]
        if abs(last - cost) < 0.01:
            break
        last = cost
    cov = np.linalg.inv(normal)
    if not np.isfinite(cov).all() or float(np.sqrt(np.trace(cov[3:6, 3:6]))) > 1_500.0:
        return None
    signs, log_det = np.linalg.slogdet(normal)
    if signs <= 0:
        return None
    log_best = s.log_scale - 0.5 * (cost + len(r) * float(np.log(2.0 * np.pi)))
    # the room of the state under a flat prior, and of the biases under their own
    log_room = 3.0 * float(np.log(2.0 * np.pi)) - 0.5 * float(log_det) - 0.5 * float(np.sum(np.log(spread[6:])))
    return state, np.asarray(cov[:6, :6], dtype=float), log_best, log_room


def _log_prior(state: Scalar, cov: Rows, kind: _Orbits) -> float:
    """ln density of an orbit of the kind at a state, smoothed by how well the state is known; per m3 and (m/s)3."""
    up, height_m = up_and_height(*state[:3].tolist())
    height = max(height_m, 1e3)
    v = inertial_velocity(state)
    r = float(np.linalg.norm(state[:3]))
    climb = float(v @ up)
    level_v = v - climb * up
    level = float(np.linalg.norm(level_v))
    along = level_v / max(level, 1.0)
    var_climb, var_level = float(up @ cov[3:, 3:] @ up), float(along @ cov[3:, 3:] @ along)
    round_mps = float(np.sqrt(EARTH_MU_M3_S2 / r))
    log_height = -0.5 * (np.log(height / kind.height_m) / kind.height_log) ** 2
    log_height -= np.log(height * kind.height_log * np.sqrt(2.0 * np.pi))
    logs = []
    for share, sigma_climb, sigma_level in kind.rounds:
        vertical, horizontal = sigma_climb**2 + var_climb, sigma_level**2 + var_level
        log = -0.5 * (climb**2 / vertical + np.log(2.0 * np.pi * vertical))
        log -= 0.5 * ((level - round_mps) ** 2 / horizontal + np.log(2.0 * np.pi * horizontal))
        logs.append(np.log(share) + log)
    spread = -np.log(EARTH_AREA_M2 * (r / 6.371e6) ** 2) - np.log(2.0 * np.pi * max(level, 100.0))
    stays = _log_stays_up(state, cov) if kind is _SATELLITES else 0.0
    return float(np.logaddexp.reduce(logs) + log_height + spread) + stays


def _log_stays_up(state: Scalar, cov: Rows) -> float:
    """ln chance that the orbit's lowest point is clear of the air, given how well the state is known."""
    steps = np.array([100.0] * 3 + [0.1] * 3)
    lowest = perigee_height_m(state + np.vstack([np.zeros(6), np.diag(steps)]))
    if not np.isfinite(lowest).all():
        return 0.0
    slopes = (lowest[1:] - lowest[0]) / steps
    sigma = float(np.sqrt(max(slopes @ cov @ slopes, 1.0)))
    return float(log_ndtr((float(lowest[0]) - _LOWEST_M) / sigma))


def _log_roughly(s: Sightings, kind: _Orbits) -> float:
    """For looks that leave the orbit open: courses all round at about the right speed, bending as they please."""
    height = kind.height_m
    place, cov3, share = s.anywhere(height, 0.6 * height)
    enu = np.stack([*level_axes(s.up), s.up])
    velocities, spreads = _courses_enu(float(np.sqrt(EARTH_MU_M3_S2 / (6.371e6 + height))))
    means, covs = np.zeros((8, 9)), np.zeros((8, 9, 9))
    means[:, :3], covs[:, :3, :3] = place, cov3
    x, y, _ = s.origin_itrf_m
    means[:, 3:6] = velocities @ enu - EARTH_SPIN_RADPS * np.array([-y, x, 0.0])
    means[:, 6:] = -8.5 * s.up
    covs[:, 3:6, 3:6] = enu.T @ spreads @ enu
    covs[:, range(6, 9), range(6, 9)] = 1.0
    log, _ = s.log_density_of_mixture(means, covs, np.full(8, -np.log(8.0)), 8.0)
    return share + log


@lru_cache(maxsize=8)
def _courses_enu(speed_mps: float) -> tuple[Rows, Rows]:
    """Eight courses all round (8, 3) at one speed, and how far they may be off (8, 3, 3), in east, north and up."""
    course = np.arange(8) * np.pi / 4.0
    flat = np.zeros(8)
    along = np.stack([np.sin(course), np.cos(course), flat], axis=-1)
    across = np.stack([-np.cos(course), np.sin(course), flat], axis=-1)
    axes = np.stack([along, across, np.broadcast_to([0.0, 0.0, 1.0], (8, 3))], axis=1)
    sizes = np.array([300.0, 0.4 * speed_mps, 150.0])
    return speed_mps * along, np.einsum("cki,k,ckj->cij", axes, sizes**2, axes)


def _known_words(
    name: str, shift_s: float, state: Scalar, cov: Rows, age_h: float
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    speed = float(np.linalg.norm(inertial_velocity(state)))
    along, _ = _split(state, cov)
    sigma_km = float(np.sqrt(along)) * speed / 1e3
    where = "ahead of" if shift_s > 0.0 else "behind"
    words = f"{name}: {abs(shift_s) * speed / 1e3:,.1f} km {where} where elements {age_h:.1f} h old put it "
    words += f"(good to {sigma_km:,.1f} km along the track)"
    return ((words,), ()) if abs(shift_s) ** 2 < 16.0 * along else ((), (words,))
