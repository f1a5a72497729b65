"""Are two tracks of nobody's one object: passes hours or days apart, each by a radar, joined by one orbit between them.

Each pass becomes a state with its covariance. The first is carried to the second's time with the Earth's field, and
corrected until one orbit meets both (Gauss-Newton); the two are compared in elements without singularities, where a
state's doubt stays a small ellipsoid although its place may be anywhere along the way. Air moves an orbit by what
nobody knows: that is a doubt of its own, growing with the square of the time. What is left decides, against the density
of other orbits thereabouts.
"""

from dataclasses import dataclass

import numpy as np

from vedette.catalogue.tracklets import Tracklet
from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS, NS_PER_S
from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Rows, Scalar
from vedette.motion.propagate import propagate_coast_stm
from vedette.sensing import Sensor
from vedette.tracking.initial_orbit import state_from_positions

LONGEST_DAYS = 8.0
_STEPS = 10
_NUDGE = np.array([10.0, 10.0, 10.0, 0.01, 0.01, 0.01])
# what the carrying leaves out, per day: tesseral, Sun's and Moon's pulls; half axis as a share, h, k, p, q, longitude
_LEFT_OUT = np.array([2e-5, 3e-5, 3e-5, 2e-5, 2e-5, 2e-4])
_AIR_REV_DAY2, _AIR_HEIGHT_M, _AIR_SCALE_M = 4e-4, 450e3, 65e3  # change of the mean motion by air, one sigma
_HARD_CHI2 = 60.0  # of six numbers: nothing that is one object comes so far
_BROAD = np.array([0.06, 0.02, 0.02, 0.5, 0.5, 1.8])  # one sigma of other orbits in the same part of the sky


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """What one pass says of an orbit."""

    name: str
    t_tai_ns: int
    state_itrf: Scalar  # (6,)
    cov_itrf: Rows  # (6, 6)


@dataclass(frozen=True, slots=True)
class Link:
    """Two tracks held against each other."""

    first: str
    second: str
    chi2: float  # of six numbers, were they one object
    log_ratio: float  # ln of how much better one object explains them than two
    state_itrf: tuple[float, ...]  # at the first track's time, by both

    def probability(self, prior: float) -> float:
        """That they are one object, when a share `prior` of such pairs is."""
        odds = np.log(prior / (1.0 - prior)) + self.log_ratio
        return float(1.0 / (1.0 + np.exp(-np.clip(odds, -700.0, 700.0))))


def track_of(tracklet: Tracklet, sensor: Sensor) -> Track:
    """The state that three or more looks with ranges say, at their middle, the sensor's constant errors allowed for.

    UsageError for looks without ranges, or too few; NaN nowhere.
    """
    measured = np.isfinite(tracklet.values)
    if tracklet.values.shape[1] < 3 or not measured[:, :3].all() or len(tracklet) < 3:
        raise UsageError(f"{tracklet.name}: a track needs three looks or more with azimuth, elevation and range")
    t = tracklet.t_tai_ns
    middle = int(t[len(t) // 2])
    places = np.stack([_place(sensor, v, int(when)) for v, when in zip(tracklet.values, t, strict=True)])
    third = max(len(t) // 3, 1)
    ends = np.stack([places[:third].mean(axis=0), places[third:-third].mean(axis=0) if len(t) > 2 * third
                     else places[len(t) // 2], places[-third:].mean(axis=0)])  # fmt: skip
    when = np.array([int(t[:third].mean()), int(t[third:-third].mean()) if len(t) > 2 * third else middle,
                     int(t[-third:].mean())])  # fmt: skip
    state = state_from_positions(ends, when, middle)
    state, cov, _ = fitted(tracklet, sensor, state, middle, np.where(measured, tracklet.sigmas, np.inf))
    return Track(tracklet.name, middle, state, cov)


def fitted(
    tracklet: Tracklet, sensor: Sensor, start_itrf: Scalar, middle_tai_ns: int, sigmas: Rows
) -> tuple[Scalar, Rows, float]:
    """State at an instant, its covariance and chi squared, by least squares; constant errors are unknowns too.

    sigmas : (m, k) of each number that the sensor's residual has; infinite where it was not measured
    """
    t, state = tracklet.t_tai_ns, start_itrf
    dt = (t - middle_tai_ns) / NS_PER_S
    biases = np.maximum(np.nan_to_num(np.asarray(sensor.residual_bias_sigmas, dtype=float)), 1e-9)
    k = len(biases)
    error = np.zeros(k)
    chi2 = np.inf
    for _ in range(8):
        states, turns = propagate_coast_stm(state, dt, 0.0)
        rows, values = [], []
        for i in range(len(t)):
            expected, slopes = sensor.measure_with_jacobian(states[i], int(t[i]))
            off = np.nan_to_num(np.asarray(sensor.residual(tracklet.values[i], expected)))
            rows.append(np.concatenate([slopes @ turns[i], np.eye(k)], axis=1) / sigmas[i][:, None])
            values.append((off - error) / sigmas[i])
        h, y = np.concatenate(rows), np.concatenate(values)
        normal = h.T @ h + np.diag(np.concatenate([np.zeros(6), biases**-2.0]))
        pull = h.T @ y - np.concatenate([np.zeros(6), error / biases**2])
        scale = 1.0 / np.sqrt(np.diag(normal))
        step = scale * np.linalg.solve(normal * scale[:, None] * scale, scale * pull)
        chi2 = float(y @ y + error @ (error / biases**2))
        state, error = state + step[:6], error + step[6:]
        if np.abs(step[:3]).max() < 0.1:
            break
    cov = scale[:, None] * np.linalg.inv(normal * scale[:, None] * scale) * scale
    return state, cov[:6, :6], chi2


def _place(sensor: Sensor, values: Scalar, t_tai_ns: int) -> Scalar:
    from vedette.frames import enu_from_azel_range, enu_from_itrf_matrix, geodetic_from_itrf

    here = np.asarray(sensor.position_itrf_m(t_tai_ns), dtype=float)
    lat, lon, _ = geodetic_from_itrf(here)
    axes = enu_from_itrf_matrix(float(lat), float(lon))
    return here + enu_from_azel_range(values[0], values[1], values[2]) @ axes


def link(first: Track, second: Track) -> Link | None:
    """Hold two tracks against each other; None when they lie too far apart in time or in orbit to be one object's.

    UsageError when the second is the earlier one.
    """
    days = (second.t_tai_ns - first.t_tai_ns) / (86_400.0 * NS_PER_S)
    if days < 0.0:
        raise UsageError(f"{second.name} is earlier than {first.name}; give the earlier track first")
    if days > LONGEST_DAYS:
        return None
    dt_s = days * 86_400.0
    theirs, by_state = _elements_and_slopes(second.state_itrf)
    noise = by_state @ second.cov_itrf @ by_state.T + _doubt_of_the_way(theirs, days)
    information = np.linalg.inv(_even(first.cov_itrf))
    state = first.state_itrf.copy()
    chi2 = np.inf
    for step_number in range(_STEPS):
        if not _stays_up(state):
            return None
        carried, turn = propagate_coast_stm(state, dt_s, 0.0)
        if not np.isfinite(carried).all():
            return None
        ours, slopes = _elements_and_slopes(carried)
        off = theirs - ours
        off[5] = (off[5] + np.pi) % (2.0 * np.pi) - np.pi
        h = slopes @ turn
        weigh = np.linalg.inv(_even(noise))
        back = state - first.state_itrf
        normal = information + h.T @ weigh @ h
        pull = h.T @ weigh @ off - information @ back
        scale = 1.0 / np.sqrt(np.diag(normal))
        step = scale * np.linalg.solve(normal * scale[:, None] * scale, scale * pull)
        before, chi2 = chi2, float(off @ weigh @ off + back @ information @ back)
        if step_number == 0 and _is_hopeless(off, h @ first.cov_itrf @ h.T + noise):
            return None
        if abs(before - chi2) < 0.01:
            break
        state = state + step
    if chi2 > _HARD_CHI2:
        return None
    whole = h @ first.cov_itrf @ h.T + noise
    log_same = -0.5 * chi2 - 0.5 * float(np.linalg.slogdet(_even(whole))[1])
    log_other = -float(np.log(_broad(theirs)).sum())
    return Link(first.name, second.name, chi2, log_same - log_other, tuple(state.tolist()))


def _even(cov: Rows) -> Rows:
    return 0.5 * (cov + cov.T) + 1e-14 * np.diag(np.diag(cov))


def _is_hopeless(off: Scalar, whole: Rows) -> bool:
    """Planes, sizes and shapes that no doubt can join; the place along the way is not asked."""
    part = off[:5]
    return float(part @ np.linalg.solve(_even(whole[:5, :5]), part)) > 4.0 * _HARD_CHI2


def _broad(elements: Scalar) -> Scalar:
    out = _BROAD.copy()
    out[0] *= elements[0]
    return out


def _stays_up(state_itrf: Scalar) -> Bools:
    a, h, k = _elements(state_itrf)[:3]
    return np.asarray(np.isfinite(a) and a > 0.0 and a * (1.0 - np.hypot(h, k)) > 6_450e3)


def _doubt_of_the_way(elements: Scalar, days: float) -> Rows:
    """(6, 6) of what air and the forces left out do in so many days."""
    a = float(elements[0])
    height = a * (1.0 - float(np.hypot(elements[1], elements[2]))) - 6_378e3
    rate = _AIR_REV_DAY2 * float(np.exp(-(height - _AIR_HEIGHT_M) / _AIR_SCALE_M)) * 2.0 * np.pi  # rad / day2
    motion = float(np.sqrt(EARTH_MU_M3_S2 / a**3)) * 86_400.0
    air = np.zeros(6)
    air[0] = -2.0 / 3.0 * a * min(rate * days / motion, 0.05)
    air[5] = min(0.5 * rate * days**2, 2.0)
    rest = _LEFT_OUT * max(days, 0.2)
    rest[0] *= a
    rest[5] *= max(days, 0.2)
    return np.outer(air, air) + np.diag(rest**2)


def _elements_and_slopes(state_itrf: Scalar) -> tuple[Scalar, Rows]:
    middle = _elements(state_itrf)
    slopes = np.empty((6, 6))
    for i in range(6):
        step = np.zeros(6)
        step[i] = _NUDGE[i]
        off = _elements(state_itrf + step) - _elements(state_itrf - step)
        off[5] = (off[5] + np.pi) % (2.0 * np.pi) - np.pi
        slopes[:, i] = off / (2.0 * _NUDGE[i])
    return middle, slopes


def _elements(state_itrf: Scalar) -> Scalar:
    """(6,) half axis, h, k, p, q and mean longitude in the Earth's axes as they stand (Broucke and Cefola 1972)."""
    r = state_itrf[:3]
    v = state_itrf[3:] + EARTH_SPIN_RADPS * np.array([-r[1], r[0], 0.0])
    far = float(np.linalg.norm(r))
    a = 1.0 / (2.0 / far - float(v @ v) / EARTH_MU_M3_S2)
    w = np.cross(r, v)
    w = w / np.linalg.norm(w)
    sign = 1.0 if w[2] > -0.9 else -1.0  # nearly backwards: the other set
    p, q = w[0] / (1.0 + sign * w[2]), -w[1] / (1.0 + sign * w[2])
    size = 1.0 + p * p + q * q
    f = np.array([1.0 - p * p + q * q, 2.0 * p * q, -2.0 * sign * p]) / size
    g = np.array([2.0 * sign * p * q, sign * (1.0 + p * p - q * q), 2.0 * q]) / size
    e = np.cross(v, np.cross(r, v)) / EARTH_MU_M3_S2 - r / far
    h, k = float(e @ g), float(e @ f)
    x, y = float(r @ f), float(r @ g)
    root = np.sqrt(max(1.0 - h * h - k * k, 1e-12))
    b = 1.0 / (1.0 + root)
    cos_f = k + ((1.0 - k * k * b) * x - h * k * b * y) / (a * root)
    sin_f = h + ((1.0 - h * h * b) * y - h * k * b * x) / (a * root)
    eccentric = float(np.arctan2(sin_f, cos_f))
    return np.array([a, h, k, p, q, eccentric + h * np.cos(eccentric) - k * np.sin(eccentric)])
