"""When would the tracker have believed it? Its own rule of belief, rehearsed on one launch at a time, many at once.

A launch is reported when the tracker confirms its track: two detections at least, and existence as likely as the
policy asks (`tracking.step.Policy`). Here that rule is run on drawn launches with drawn luck, each alone in the sky:
a first detection with the doubt that the tracker gives it, then every later look in the order it arrives, found or
not found, weighed against the sensor's own false alarms. It is an extended filter of six numbers in Earth-fixed axes,
far simpler than the tracker's own; that the two agree is shown by injecting launches into the tracker
(docs/accuracy.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.estimation import chi_square_gate
from vedette.reports import COLUMNS, Mode, Scan
from vedette.sensing import Infrared, Radar, Sensor, tangent_basis
from vedette.sensing.visibility import sensor_zenith_cosine
from vedette.tracking import Policy
from vedette.tracking.initiation import BOOST_RISE_MPS, BOOST_SPEED_SIGMA_MPS, PLUME_TOP_M, RADAR_SPEED_SIGMA_MPS
from vedette.tracking.motions import PARAMETER_MEAN, PARAMETER_SIGMA, BoostCoastEntry
from vedette.tracking.sensor_views import SensorView, views_of

_G_MPS2 = 9.8
_WHITE_M2_S3 = 4.0
_BURN_S = BoostCoastEntry().burn_s


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """What n launches were, or were not, seen as: e looks each, in the order they were received."""

    sensor: Ints  # (n, e) index
    t_s: Scalar  # (n, e) when measured
    t_received_s: Scalar  # (n, e) rising along e; infinite past the last look
    is_found: Bools  # (n, e)


@dataclass(slots=True, eq=False)
class _Belief:
    """The tentative tracks of n launches; changed in place."""

    mean: Rows  # (n, 6) ITRF
    cov: Rows  # (n, 6, 6)
    t_s: Scalar
    t_hit_s: Scalar
    burning: Scalar  # how likely thrust is believed to last
    log_odds: Scalar
    hits: Ints


def report_times_s(
    looks: Looks, states_itrf: Rows, sensors: Sequence[Sensor], t0_tai_ns: int, policy: Policy, rng: np.random.Generator
) -> Scalar:
    """(n,) when each launch's track is confirmed, seconds after `t0_tai_ns`; infinite where it never is.

    states_itrf : (n, e, 6) where the launch truly was at each look
    """
    n, events = looks.t_s.shape
    out = np.full(n, np.inf)
    if events == 0:
        return out
    first = np.where(looks.is_found.any(axis=1), np.argmax(looks.is_found, axis=1), events)
    belief = _Belief(
        np.zeros((n, 6)), np.zeros((n, 6, 6)), np.zeros(n), np.zeros(n), np.zeros(n), np.full(n, -np.inf),
        np.zeros(n, np.int64),
    )  # fmt: skip
    rules = [_Rule(view, t0_tai_ns, policy) for view in views_of(sensors)]
    gate = {k: chi_square_gate(policy.gate_probability, k) for k in (2, 3, 4)}
    place = first.copy()
    while True:
        going = np.flatnonzero((place < events) & ~np.isfinite(out))
        going = going[np.isfinite(looks.t_received_s[going, place[going]])]
        if not len(going):
            return out
        at = place[going]
        for index, rule in enumerate(rules):
            which = np.flatnonzero(looks.sensor[going, at] == index)
            if len(which):
                row, event = going[which], at[which]
                _absorb(
                    belief, row, rule, states_itrf[row, event], looks.t_s[row, event], looks.is_found[row, event],
                    gate, policy, rng,
                )  # fmt: skip
        believed = (expit(belief.log_odds[going]) >= policy.confirm_probability) & (belief.hits[going] >= 2)
        out[going[believed]] = looks.t_received_s[going[believed], at[believed]]
        place[going] += 1


class _Rule:
    """One sensor as the tracker judges by it."""

    def __init__(self, view: SensorView, t0_tai_ns: int, policy: Policy) -> None:
        sensor = view.sensor
        self.view, self.sensor, self.t0_tai_ns = view, sensor, t0_tai_ns
        self.log_clutter = view.log_clutter_density(_one_row(sensor, t0_tai_ns))
        born_per_look = policy.births_per_hour * sensor.revisit_s / 3600.0
        self.start = float(np.clip(np.log(born_per_look / view.false_alarms_per_look), -15.0, 0.0))

    def origins_itrf_m(self, t_s: Scalar) -> Vec3:
        """(n, 3) where it stands."""
        t_tai_ns = self.t0_tai_ns + np.round(t_s * NS_PER_S).astype(np.int64)
        return np.asarray(self.sensor.position_itrf_m(t_tai_ns))


def _absorb(
    b: _Belief, row: Ints, rule: _Rule, truth: Rows, t_s: Scalar, is_found: Bools, gate: dict[int, float],
    policy: Policy, rng: np.random.Generator,
) -> None:  # fmt: skip
    """One look at each of some launches: predict, then correct, begin, or count the silence."""
    _predict(b, row, t_s)
    chance = np.mean(rule.view.detection_probability((0,), b.mean[row]), axis=1)
    if isinstance(rule.sensor, Infrared):
        chance = np.full(len(row), min(0.9 * rule.sensor.detection_probability, 0.95)) * b.burning[row]
    stale = b.hits[row] > 0
    stale &= (b.log_odds[row] < min(rule.start, -1.0) - 3.0 * policy.tentative_misses) | (
        t_s - b.t_hit_s[row] > policy.tentative_silence_s
    )
    b.hits[row[stale]] = 0
    tracked = b.hits[row] > 0
    quiet = tracked & ~is_found
    q = row[quiet]
    b.log_odds[q] += np.log1p(-np.minimum(chance[quiet], 0.999))
    if isinstance(rule.sensor, Infrared):
        seen = chance[quiet]
        b.burning[q] = np.maximum((b.burning[q] - seen) / (1.0 - np.minimum(seen, 0.999)), 1e-3)
    found = np.flatnonzero(is_found)
    if not len(found):
        return
    r = row[found]
    origins = rule.origins_itrf_m(t_s[found])
    hits = tracked[found]
    if hits.any():
        f, o = found[hits], origins[hits]
        inside = _correct(b, row[f], rule, truth[f], o, chance[f], gate, policy, rng)
        hits[np.flatnonzero(hits)[~inside]] = False
    fresh = ~hits
    if fresh.any():
        _begin(b, r[fresh], rule, truth[found[fresh]], origins[fresh], rng)
    b.t_hit_s[r] = t_s[found]


def _predict(b: _Belief, row: Ints, t_s: Scalar) -> None:
    """To the time of a look; a little backwards, for looks that arrive out of order, grows doubt as well."""
    dt = t_s - b.t_s[row]
    span = np.abs(dt)
    mean, cov = b.mean[row], b.cov[row]
    speed = np.maximum(np.linalg.norm(mean[:, 3:], axis=1, keepdims=True), 1.0)
    along = mean[:, 3:] / speed
    up = mean[:, :3] / np.maximum(np.linalg.norm(mean[:, :3], axis=1, keepdims=True), 1.0)
    push = b.burning[row][:, None] * PARAMETER_MEAN[0] * along - _G_MPS2 * up
    mean[:, :3] += dt[:, None] * mean[:, 3:] + 0.5 * (dt * dt)[:, None] * push
    mean[:, 3:] += dt[:, None] * push
    F = np.broadcast_to(np.eye(6), cov.shape).copy()
    F[:, [0, 1, 2], [3, 4, 5]] = dt[:, None]
    cov = F @ cov @ np.swapaxes(F, 1, 2)
    doubt = (PARAMETER_SIGMA[0] * span) ** 2
    thrust = doubt[:, None, None] * along[:, :, None] * along[:, None, :]
    cov[:, 3:, 3:] += thrust + (_WHITE_M2_S3 * span)[:, None, None] * np.eye(3)
    cov[:, :3, :3] += (0.25 * span * span)[:, None, None] * thrust
    cross = (0.5 * dt)[:, None, None] * thrust
    cov[:, :3, 3:] += cross
    cov[:, 3:, :3] += cross
    b.mean[row], b.cov[row], b.t_s[row] = mean, cov, t_s
    b.burning[row] *= np.exp(-span / _BURN_S)


def _begin(b: _Belief, row: Ints, rule: _Rule, truth: Rows, origins: Vec3, rng: np.random.Generator) -> None:
    """The doubt that one detection leaves, as `tracking.initiation` puts it."""
    away = truth[:, :3] - origins
    reach = np.linalg.norm(away, axis=1)
    los = away / reach[:, None]
    up = truth[:, :3] / np.linalg.norm(truth[:, :3], axis=1, keepdims=True)
    cov = np.zeros((len(row), 6, 6))
    mean = np.zeros((len(row), 6))
    along = los[:, :, None] * los[:, None, :]
    across = np.eye(3) - along
    if isinstance(rule.sensor, Radar):
        sigma = np.hypot(np.nan_to_num(rule.sensor.sigmas, nan=RADAR_SPEED_SIGMA_MPS), rule.sensor.bias_sigmas)
        side = reach * max(sigma[0], sigma[1])
        cov[:, :3, :3] = (side * side)[:, None, None] * across + sigma[2] ** 2 * along
        cov[:, 3:, 3:] = RADAR_SPEED_SIGMA_MPS**2 * across + sigma[3] ** 2 * along
        mean[:, :3] = truth[:, :3] + side[:, None] * _across(los, rng)
        if rule.sensor.range_rate_sigma_mps is not None:
            mean[:, 3:] = np.sum(truth[:, 3:] * los, axis=1, keepdims=True) * los
        burning = np.where(_height_m(truth) < 110e3, 0.5, 0.14)
    else:
        assert isinstance(rule.sensor, Infrared)
        cosine = np.clip(sensor_zenith_cosine(truth[:, :3], origins), 0.08, 1.0)
        side = reach * np.hypot(rule.sensor.los_sigma_rad, rule.sensor.los_bias_sigma_rad)
        depth = PLUME_TOP_M / cosine / np.sqrt(12.0) * 1.3
        cov[:, :3, :3] = (side * side)[:, None, None] * across + (depth * depth)[:, None, None] * along
        cov[:, 3:, 3:] = BOOST_SPEED_SIGMA_MPS**2 * np.eye(3)
        middle = (_height_m(truth) - 0.5 * PLUME_TOP_M) / cosine
        mean[:, :3] = truth[:, :3] + middle[:, None] * los + side[:, None] * _across(los, rng)
        mean[:, 3:] = BOOST_RISE_MPS * up
        burning = np.full(len(row), 0.99)
    b.mean[row], b.cov[row], b.burning[row] = mean, cov, burning
    b.log_odds[row], b.hits[row] = rule.start, 1


def _correct(
    b: _Belief, row: Ints, rule: _Rule, truth: Rows, origins: Vec3, chance: Scalar, gate: dict[int, float],
    policy: Policy, rng: np.random.Generator,
) -> Bools:  # fmt: skip
    """Take a detection in where it passes the gate; which did."""
    mean, cov = b.mean[row], b.cov[row]
    if isinstance(rule.sensor, Radar):
        expected, H = rule.sensor.measure_with_jacobian(mean)
        residual = rule.sensor.measure(truth) - expected
        residual[:, 0] = (residual[:, 0] + np.pi) % (2.0 * np.pi) - np.pi
        use = np.flatnonzero(np.isfinite(rule.sensor.sigmas))
        noise = rule.sensor.sigmas[use] ** 2 + rule.sensor.bias_sigmas[use] ** 2
        residual, H = residual[:, use], H[:, use]
    else:
        assert isinstance(rule.sensor, Infrared)
        away = mean[:, :3] - origins
        reach = np.linalg.norm(away, axis=1, keepdims=True)
        basis = tangent_basis(away / reach)
        H = np.zeros((len(row), 2, 6))
        H[..., :3] = basis / reach[..., None]
        residual = np.einsum("nij,nj->ni", H[..., :3], truth[:, :3] - mean[:, :3])
        noise = np.full(2, rule.sensor.los_sigma_rad**2 + rule.sensor.los_bias_sigma_rad**2)
    residual = residual + np.sqrt(noise) * rng.standard_normal(residual.shape)
    PH = cov @ np.swapaxes(H, 1, 2)
    S = H @ PH + np.diag(noise)
    K = np.swapaxes(np.linalg.solve(S, np.swapaxes(PH, 1, 2)), 1, 2)
    distance = np.einsum("ni,ni->n", residual, np.linalg.solve(S, residual[..., None])[..., 0])
    dimension = residual.shape[1]
    log_density = -0.5 * (distance + np.linalg.slogdet(S)[1] + dimension * np.log(2.0 * np.pi))
    inside = distance <= gate[dimension]
    r = row[inside]
    b.mean[r] = mean[inside] + np.einsum("nij,nj->ni", K[inside], residual[inside])
    b.cov[r] = cov[inside] - K[inside] @ np.swapaxes(PH[inside], 1, 2)
    gain = np.log(np.maximum(chance[inside], 1e-3)) + log_density[inside] - rule.log_clutter
    b.log_odds[r] = np.minimum(b.log_odds[r] + gain, policy.most_log_odds)
    b.hits[r] += 1
    if isinstance(rule.sensor, Infrared):
        b.burning[r] = 0.99
    return np.asarray(inside)


def _across(los: Vec3, rng: np.random.Generator) -> Vec3:
    """(n, 3) a standard normal step across each line of sight."""
    return np.einsum("ni,nij->nj", rng.standard_normal((len(los), 2)), tangent_basis(los))


def _height_m(states_itrf: Rows) -> Scalar:
    from vedette.frames import geodetic_from_itrf

    return np.asarray(geodetic_from_itrf(states_itrf[:, :3])[2])


def _one_row(sensor: Sensor, t_tai_ns: int) -> Scan:
    """A report of one detection, only to ask how much space a look of this sensor spans."""
    values = np.zeros((1, len(COLUMNS[sensor.kind])))
    if isinstance(sensor, Radar) and sensor.range_rate_sigma_mps is None:
        values[0, 3] = np.nan
    return Scan(
        sensor_id=sensor.name, kind=sensor.kind, mode=Mode.SIMULATED, t_received_tai_ns=t_tai_ns,
        t_measured_tai_ns=np.array([t_tai_ns]), values=values, sigmas=np.where(np.isfinite(values), 1.0, np.nan),
    )  # fmt: skip
