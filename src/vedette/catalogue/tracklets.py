"""Whose tracklet is this: some looks of one sensor at one thing, held against every known object and against strangers.

A known object explains all looks by one small error of its elements, radially, along and across its way, and by how
that error changes while it passes. A stranger moves through the sensor's field like the known objects thereabouts move,
but where it likes: a cubic in each measured number, whose slopes have the mean and spread of the neighbours' slopes. A
launch is slower, bends as thrust and gravity will, and may be anywhere. Everything is weighed as the density of the
same looks, so that one look, two directions, or a minute of a radar are all answered alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vedette.catalogue.element_error import element_sigmas_m
from vedette.catalogue.known_objects import KnownSky
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.frames import state_itrf_from_teme
from vedette.motion.sgp4 import Sgp4
from vedette.reports import SIGHT_KINDS, Mode, Scan, SensorKind
from vedette.sensing import Sensor

LAUNCH_SHARE = 1e-4  # of what is seen in a sky of satellites is something that was just launched
_GAP_S = 45.0  # single looks of one sensor no farther apart than this are one thing's
_WINDOW_S = 120.0  # of a longer tracklet the middle part is weighed: a cubic holds so long
_MOST_LOOKS = 40
_SCALES, _CHANCES = (1.0, 3.0, 10.0, 40.0), (0.83, 0.12, 0.04, 0.01)
_LAUNCH_MPS, _LAUNCH_MPS2, _LAUNCH_MPS3 = 2_500.0, 20.0, 0.5
_USUAL_RANGE_M = 1e6
_LAUNCH_HEIGHT_M = 400e3
_ORBIT_HEIGHT_M, _AIR_SCALE_M = 170e3, 6e3  # what circles lower does not for long
_NEIGHBOURS, _FEWEST = 300, 20  # enough for a covariance of twelve numbers
_FAMILIES, _ODD = 4, 0.05
_STEPS = np.array([-30.0, -10.0, 10.0, 30.0])
_CUBIC = np.linalg.inv(np.stack([_STEPS**k / f for k, f in enumerate((1.0, 1.0, 2.0, 6.0))], axis=1))
_FLAT = 1e4  # sigmas of noise: how wide the place is left before the density of the sky takes over


@dataclass(frozen=True, slots=True, eq=False)
class Tracklet:
    """Looks of one sensor at one thing."""

    name: str
    sensor_id: str
    kind: SensorKind
    t_tai_ns: Ints  # (m,)
    values: Rows  # (m, c) as in a scan
    sigmas: Rows

    def __len__(self) -> int:
        return len(self.t_tai_ns)


@dataclass(frozen=True, slots=True)
class Whose:
    """What a tracklet is.

    match : row of the element sets when one is more probable than any stranger
    candidates : (row, probability), likeliest first
    explanations : "known object", "decaying object", "new object", "launch": probabilities that sum to one
    offset_m : the likeliest error of the best candidate's elements radially, along, across
    """

    name: str
    match: int | None
    candidates: tuple[tuple[int, float], ...]
    explanations: Mapping[str, float]
    offset_m: tuple[float, float, float] | None
    distance_m: float
    second_m: float

    @property
    def probability(self) -> float:
        """Of the match, or that it is none of the known."""
        return self.candidates[0][1] if self.match is not None else 1.0 - sum(p for _, p in self.candidates)


def tracklets_of(scans: Sequence[Scan], gap_s: float = _GAP_S) -> tuple[Tracklet, ...]:
    """Scans as tracklets: looks of a sensor that sees one thing at a time belong together, all others stand alone."""
    by_sensor: dict[str, list[Scan]] = {}
    for scan in scans:
        if len(scan):
            by_sensor.setdefault(scan.sensor_id, []).append(scan)
    out: list[Tracklet] = []
    for sensor_id, looks in by_sensor.items():
        kind = looks[0].kind
        t = np.concatenate([np.asarray(one.t_measured_tai_ns, dtype=np.int64) for one in looks])
        values = np.concatenate([one.values for one in looks])
        sigmas = np.concatenate([one.sigmas for one in looks])
        order = np.argsort(t, kind="stable")
        t, values, sigmas = t[order], values[order], sigmas[order]
        is_crowded = len(t) > 1 and (np.diff(t) == 0).any()
        breaks = np.ones(len(t), dtype=bool)
        if not is_crowded:
            breaks[1:] = np.diff(t) > gap_s * NS_PER_S
        starts = np.flatnonzero(breaks).tolist()
        for k, (a, b) in enumerate(zip(starts, [*starts[1:], len(t)], strict=True)):
            out.append(Tracklet(f"{sensor_id}-{k + 1}", sensor_id, kind, t[a:b], values[a:b], sigmas[a:b]))
    return tuple(out)


def whose(tracklet: Tracklet, sky: KnownSky, sensor: Sensor, launch_share: float = LAUNCH_SHARE) -> Whose:
    """Weigh a tracklet between the known objects near it, a stranger in orbit, and a launch; some milliseconds."""
    one = _middle(tracklet)
    at = len(one) // 2
    look = Scan(
        one.sensor_id, one.kind, Mode.REAL, int(one.t_tai_ns[at]), one.t_tai_ns[at : at + 1],
        one.values[at : at + 1], one.sigmas[at : at + 1],
    )  # fmt: skip
    near = sky.candidates(look, sensor)
    dt = (one.t_tai_ns - one.t_tai_ns[at]) / NS_PER_S
    own = _noise(one, sensor)
    logs, offs, distances = [], [], []
    for row in near.rows.tolist():
        log, off, distance = _log_known(one, sky, sensor, row, dt, own)
        log = log if np.isfinite(log) else -np.inf
        logs.append(log)
        offs.append(off)
        distances.append(distance)
    residual, reach_m = _about_the_middle(one, sensor, at)
    has_range = one.kind not in SIGHT_KINDS and bool(np.isfinite(one.values[at, 2]))
    families = _slopes_near(sky, sensor, one, at, residual.shape[1], reach_m)
    orbit = float(np.logaddexp.reduce([np.log(w) + _log_free(dt, residual, own, m, c) for w, m, c in families]))
    slow = _log_free(dt, residual, own, *_slopes_of_a_launch(residual.shape[1], reach_m, has_range))
    room = near.log_density
    high, low = _cost_of_height(one, sensor, at, has_range)
    log_new = room + orbit - low
    log_launch = room + slow + float(np.log(launch_share / sky.new_share)) - high
    weights = np.array([*logs, log_new, log_launch])
    weights = np.exp(weights - weights.max())
    weights /= weights.sum()
    k = len(logs)
    known = weights[:k]
    decaying = sky.is_decaying[near.rows] if k else np.zeros(0, dtype=bool)
    order = np.argsort(-known, kind="stable")
    candidates = tuple((int(near.rows[i]), float(known[i])) for i in order if known[i] > 1e-6)
    explanations = {
        "known object": float(known[~decaying].sum()), "decaying object": float(known[decaying].sum()),
        "new object": float(weights[k]), "launch": float(weights[k + 1]),
    }  # fmt: skip
    is_match = bool(k) and float(known[order[0]]) > float(weights[k] + weights[k + 1])
    by_distance = np.sort(np.array(distances)) if k else np.array([np.nan])
    best = int(order[0]) if k else -1
    return Whose(
        tracklet.name, int(near.rows[best]) if is_match else None, candidates, explanations,
        tuple(offs[best].tolist()) if k else None, float(distances[best]) if k else float("nan"),
        float(by_distance[1]) if k > 1 else float("inf"),
    )  # fmt: skip


def _middle(tracklet: Tracklet) -> Tracklet:
    """What of a long tracklet is weighed: its middle, and no more looks than say something new."""
    t = tracklet.t_tai_ns
    middle = int(t[len(t) // 2])
    inside = np.flatnonzero(np.abs(t - middle) <= 0.5 * _WINDOW_S * NS_PER_S)
    if len(inside) > _MOST_LOOKS:
        inside = inside[np.linspace(0, len(inside) - 1, _MOST_LOOKS).astype(int)]
    return Tracklet(
        tracklet.name, tracklet.sensor_id, tracklet.kind, t[inside], tracklet.values[inside], tracklet.sigmas[inside]
    )


def _noise(one: Tracklet, sensor: Sensor) -> tuple[Rows, Scalar]:
    """(m, k) one sigma of each residual, NaN where not measured; and (k,) of the sensor's constant errors."""
    biases = np.nan_to_num(np.asarray(sensor.residual_bias_sigmas, dtype=float))
    if one.kind in SIGHT_KINDS:
        return np.repeat(one.sigmas[:, :1], 2, axis=1), biases
    return np.where(np.isfinite(one.values), one.sigmas, np.nan), biases


def _states(sky: KnownSky, row: int, t_tai_ns: Ints) -> Rows:
    """(m, 6) of one object at instants."""
    sets = sky.sets.take(np.array([row]))
    components, _ = Sgp4.of(sets).components_teme(t_tai_ns)
    return state_itrf_from_teme(t_tai_ns, np.concatenate(components, axis=0).T, sky.table.earth)


def _log_known(
    one: Tracklet, sky: KnownSky, sensor: Sensor, row: int, dt: Scalar, own: tuple[Rows, Scalar]
) -> tuple[float, Scalar, float]:
    """ln density of the looks were they this object's; its likeliest error radially, along, across; distance in m."""
    states = _states(sky, row, one.t_tai_ns)
    if not np.isfinite(states).all():
        return -np.inf, np.full(3, np.nan), np.inf
    middle = len(dt) // 2
    sigmas_m = element_sigmas_m(sky.sets.take(np.array([row])), one.t_tai_ns[middle : middle + 1])[0]
    # columns of the error: each axis, and each axis growing with time (an error goes round once in an orbit)
    axes = _axes(states)
    turn = float(np.linalg.norm(states[middle, 3:]) / np.linalg.norm(states[middle, :3]))
    sigma, biases = own
    measured = np.isfinite(sigma)
    error = np.zeros(6)
    slopes = np.zeros((int(measured.sum()), 6 + len(biases)))
    for _ in range(4):
        if not np.isfinite(error).all():
            return -np.inf, np.full(3, np.nan), np.inf
        moved = states.copy()
        push = error[:3] + error[3:] * dt[:, None]  # (m, 3)
        moved[:, :3] += np.einsum("mk,mkj->mj", push, axes)
        base = _read(one, sensor, moved)
        for k in range(6):
            step = np.zeros(6)
            step[k] = 10.0 if k < 3 else 10.0 / max(np.abs(dt).max(), 1.0)
            nudged = states.copy()
            both = (error + step)[:3] + (error + step)[3:] * dt[:, None]
            nudged[:, :3] += np.einsum("mk,mkj->mj", both, axes)
            slopes[:, k] = ((base - _read(one, sensor, nudged)) / sigma)[measured] / step[k]
        for k in range(len(biases)):
            column = np.zeros_like(sigma)
            column[:, k] = 1.0
            slopes[:, 6 + k] = (column / sigma)[measured]
        y = (base / sigma)[measured] + slopes[:, :6] @ error
        if not np.isfinite(y).all() or not np.isfinite(slopes).all():  # it stands behind the sensor
            return -np.inf, np.full(3, np.nan), np.inf
        widest = _prior(sigmas_m, turn, biases, _SCALES[-1])
        found = _solved(slopes, y, widest)[2]
        if np.abs(found[:6] - error).max() < 1.0:
            error = found[:6]
            break
        error = found[:6]
    constant = -float(np.log(sigma[measured]).sum()) - 0.5 * int(measured.sum()) * float(np.log(2.0 * np.pi))
    each = []
    for scale, chance in zip(_SCALES, _CHANCES, strict=True):
        square, log_det, _ = _solved(slopes, y, _prior(sigmas_m, turn, biases, scale))
        each.append(np.log(chance) - 0.5 * (square + log_det) + constant)
    return float(np.logaddexp.reduce(each)), error[:3], float(np.linalg.norm(error[:3]))


def _prior(sigmas_m: Scalar, turn: float, biases: Scalar, scale: float) -> Scalar:
    return np.concatenate([scale * sigmas_m, 0.5 * scale * turn * sigmas_m, np.maximum(biases, 1e-12)])


def _solved(slopes: Rows, y: Scalar, sizes: Scalar) -> tuple[float, float, Scalar]:
    """What is left squared, ln det of the whole over the noise, and the likeliest error, under sigmas `sizes`."""
    scaled = slopes * sizes
    gram = np.eye(len(sizes)) + scaled.T @ scaled
    pull = scaled.T @ y
    solved = np.linalg.solve(gram, pull)
    return max(float(y @ y - pull @ solved), 0.0), float(np.linalg.slogdet(gram)[1]), sizes * solved


def _axes(states: Rows) -> Rows:
    """(m, 3, 3) radial, along, across, as rows, Earth-fixed."""
    radial = states[:, :3] / np.linalg.norm(states[:, :3], axis=1, keepdims=True)
    spin = np.array([0.0, 0.0, 7.292115e-5])
    cross = np.cross(states[:, :3], states[:, 3:] + np.cross(spin, states[:, :3]))
    cross /= np.linalg.norm(cross, axis=1, keepdims=True)
    return np.stack([radial, np.cross(cross, radial), cross], axis=1)


def _read(one: Tracklet, sensor: Sensor, states: Rows) -> Rows:
    """(m, k) measured less expected."""
    return np.asarray(sensor.residual(one.values, sensor.measure(states, one.t_tai_ns)), dtype=float)


# ---- strangers


def _about_the_middle(one: Tracklet, sensor: Sensor, at: int) -> tuple[Rows, float]:
    """(m, k) looks less the middle one, and how far the thing is, m."""
    reference = np.repeat(one.values[at : at + 1], len(one), axis=0)
    if one.kind in SIGHT_KINDS:
        return np.asarray(sensor.residual(one.values, reference[:, :3])), _USUAL_RANGE_M
    out = np.asarray(sensor.residual(one.values, reference[:, :4]))
    if out.shape[1] > 3:
        out[:, 3] = one.values[:, 3]  # a range rate is itself the slope of the range
    far = float(one.values[at, 2])
    return out, far if np.isfinite(far) else _USUAL_RANGE_M


def _cost_of_height(one: Tracklet, sensor: Sensor, at: int, has_range: bool) -> tuple[float, float]:
    """What it costs a launch to stand higher than those met on their way up, and an orbit to lie in the air."""
    if not has_range:
        return 0.0, 0.0
    t = int(one.t_tai_ns[at])
    here = np.asarray(sensor.position_itrf_m(t), dtype=float)
    far, up = float(one.values[at, 2]), float(np.sin(one.values[at, 1]))
    r = float(np.linalg.norm(here))
    height = float(np.sqrt(r * r + far * far + 2.0 * r * far * up)) - r
    too_low = max(_ORBIT_HEIGHT_M - height, 0.0) / _AIR_SCALE_M
    return max(height - _LAUNCH_HEIGHT_M, 0.0) / _LAUNCH_HEIGHT_M, too_low


def _design(dt: Scalar, k: int) -> Rows:
    """(m, k, p) of the cubic in each number; the range rate is the slope of the range's own cubic."""
    powers = np.stack([np.ones_like(dt), dt, dt**2 / 2.0, dt**3 / 6.0], axis=1)
    slopes = np.stack([np.zeros_like(dt), np.ones_like(dt), dt, dt**2 / 2.0], axis=1)
    channels = min(k, 3)
    out = np.zeros((len(dt), k, 4 * channels))
    for c in range(channels):
        out[:, c, 4 * c : 4 * c + 4] = powers
    if k == 4:
        out[:, 3, 8:12] = slopes
    return out


def _log_free(dt: Scalar, residual: Rows, own: tuple[Rows, Scalar], mean: Scalar, cov: Rows) -> float:
    """ln density of looks given the middle one's place is as likely as any near it: a cubic with drawn slopes.

    mean (p,), cov (p, p) of the coefficients, those of the place itself aside.
    """
    sigma, biases = own
    measured = np.isfinite(sigma) & np.isfinite(residual)
    design = _design(dt, residual.shape[1])
    y = (residual - design @ mean)[measured] / sigma[measured]
    h = design[measured] / sigma[measured][:, None]
    places = np.arange(0, design.shape[2], 4)
    size = np.zeros(len(mean))
    flat = 0.0
    for c, p in enumerate(places):
        known = measured[:, c]
        if known.any():
            size[p] = _FLAT * float(np.nanmax(np.hypot(sigma[:, c], biases[c] if c < len(biases) else 0.0)))
            flat += float(np.log(size[p] * np.sqrt(2.0 * np.pi)))
    whole = cov + np.diag(size**2)
    root = np.linalg.cholesky(whole + 1e-12 * np.diag(np.diag(whole) + 1e-30))
    scaled = h @ root
    gram = np.eye(len(mean)) + scaled.T @ scaled
    pull = scaled.T @ y
    square = max(float(y @ y - pull @ np.linalg.solve(gram, pull)), 0.0)
    log_det = float(np.linalg.slogdet(gram)[1])
    constant = -float(np.log(sigma[measured]).sum()) - 0.5 * len(y) * float(np.log(2.0 * np.pi))
    return -0.5 * (square + log_det) + constant + flat


def _slopes_near(
    sky: KnownSky, sensor: Sensor, one: Tracklet, at: int, k: int, reach_m: float
) -> list[tuple[float, Scalar, Rows]]:
    """Share, mean and covariance of the cubic's coefficients among the known objects in that part of the sky.

    Slow, middling and fast ones apart, and a few that move like none of them.
    """
    t = int(one.t_tai_ns[at])
    rows = sky.in_sky(sensor, t)
    states = sky.table.states_itrf(t, rows)
    rows, states = rows[np.isfinite(states[:, 0])], states[np.isfinite(states[:, 0])]
    times = t + np.rint(_STEPS * NS_PER_S).astype(np.int64)
    middle = sensor.measure(states, t)
    off = np.asarray(sensor.residual(np.broadcast_to(one.values[at], (len(rows), one.values.shape[1])), middle))
    angle = np.hypot(off[:, 0] * (np.cos(one.values[at, 1]) if one.kind not in SIGHT_KINDS else 1.0), off[:, 1])
    if k > 2 and np.isfinite(one.values[at, 2]):
        far = np.abs(np.log(np.maximum(middle[:, 2], 1.0) / max(float(one.values[at, 2]), 1.0)))
        angle = np.hypot(angle, far)
    angle = np.where(np.isfinite(angle), angle, np.inf)
    order = np.argsort(angle, kind="stable")[:_NEIGHBOURS]
    chosen = order[angle[order] < 0.6]
    channels = min(k, 3)
    if len(chosen) < _FEWEST:
        return [(1.0, *_slopes_of_a_launch(k, reach_m, k > 2, 7_500.0))]
    read = np.stack([
        sensor.residual(
            np.asarray(sensor.measure(sky.table.states_itrf(int(when), rows[chosen]), int(when))), middle[chosen]
        )
        for when in times
    ])  # (4, n, k)  # fmt: skip
    coefficients = np.einsum("ij,jnc->nci", _CUBIC, np.nan_to_num(read[:, :, :channels]))  # (n, channels, 4)
    coefficients[:, :, 0] = 0.0
    flat = coefficients.reshape(len(chosen), -1)
    pace = np.argsort(np.hypot(flat[:, 1], flat[:, 5]), kind="stable")
    families = [(_ODD, *_slopes_of_a_launch(k, reach_m, k > 2, 7_500.0))]
    parts = np.array_split(pace, min(_FAMILIES, len(pace) // _FEWEST) or 1)
    for part in parts:
        cov = np.atleast_2d(np.cov(flat[part].T)) * 1.5
        cov[np.arange(len(cov)), np.arange(len(cov))] += 1e-24 + 1e-3 * np.diag(cov)
        families.append(((1.0 - _ODD) * len(part) / len(flat), flat[part].mean(axis=0), cov))
    return families


def _slopes_of_a_launch(k: int, reach_m: float, has_range: bool, speed: float = _LAUNCH_MPS) -> tuple[Scalar, Rows]:
    """As `_slopes_near`, of something slow that thrust and gravity bend."""
    channels = min(k, 3)
    size = np.zeros((channels, 4))
    for c in range(channels):
        per = 1.0 if c == 2 else 1.0 / reach_m
        size[c] = [0.0, speed * per, _LAUNCH_MPS2 * per, _LAUNCH_MPS3 * per]
    return np.zeros(4 * channels), np.diag((size**2).ravel() + 1e-30)
