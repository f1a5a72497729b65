"""Carry tracks forward: mix the models, fly their sigma points, add what the models do not know."""

from dataclasses import replace

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Vec3
from vedette.estimation import (
    cholesky_scaled,
    merged,
    mix,
    regression,
    sigma_points,
    symmetrized,
    transform,
    weighted_products,
)
from vedette.frames import geodetic_from_itrf
from vedette.motion.atmosphere import standard_air
from vedette.tracking.anchors import TURN_AT_RAD, axes_across, axes_along, itrf_from_local, local_from_itrf
from vedette.tracking.course import ACROSS, COURSE_ANGLE, course_difference, has_course
from vedette.tracking.kernels.bank import sigma_predict_bank, tell_bank
from vedette.tracking.kernels.flight_kernel import LN_BETA, STATE_SIZE, THRUST, fly_points
from vedette.tracking.kernels.sigma import COURSE, MOST_BIASES, SPHERICAL
from vedette.tracking.kernels.step_arithmetic import EARTH
from vedette.tracking.motions import ACTIVE, PARAMETER_MEAN, PARAMETER_SIGMA, Motion
from vedette.tracking.rows import NEVER_TAI_NS, TrackRows
from vedette.tracking.spherical import RANGE, cartesian_from_spherical, spherical_difference, spherical_jacobian

LONGEST_BY_COURSE_S = 15.0  # a longer step may lose the course of a model that is in doubt
STAYS_SIGMAS = 2.0  # of the speed across, before its course is given up again; `has_course` asks three
WELL_KNOWN_RANGE = 1e-3  # sigma over range: only then does its curvature tell the speed across
_PRIOR = np.concatenate([PARAMETER_MEAN, PARAMETER_SIGMA**2])
_OFF_DIAGONAL = np.eye(6, k=3) + np.eye(6, k=-3)


def predict(rows: TrackRows, t_tai_ns: int, motion: Motion) -> TrackRows:
    """All tracks at another time. Rows that stop being numbers come back with -inf log-odds.

    A little backwards is allowed, for looks whose rows overlap in time; doubt grows in both directions.
    """
    dt_s = (t_tai_ns - rows.t_tai_ns) / NS_PER_S
    if dt_s == 0.0 or len(rows) == 0:
        return replace(rows, t_tai_ns=t_tai_ns)
    if abs(dt_s) > LONGEST_BY_COURSE_S and rows.by_course.any():
        which = np.flatnonzero(rows.by_course)
        rows = re_anchored(rows, which, rows.origin_itrf_m[which], rows.axes[which], rows.anchor_sensor[which])
    here = middle_itrf(rows)
    _, _, height_m = geodetic_from_itrf(here[:, :3])
    probability, mean, cov = mix(rows.mode_probability, rows.mean, rows.cov, motion.transition(abs(dt_s), height_m))
    new_mean, new_cov = _flown(mean, cov, rows, dt_s, motion)
    lost = ~(np.isfinite(new_mean).all(axis=(1, 2)) & np.isfinite(new_cov).all(axis=(1, 2, 3)))
    log_odds = np.where(lost, -np.inf, rows.log_odds)
    if lost.any():
        new_mean[lost], new_cov[lost] = mean[lost], cov[lost]
    return turned(
        replace(rows, t_tai_ns=t_tai_ns, mean=new_mean, cov=new_cov, mode_probability=probability, log_odds=log_odds)
    )


def _flown(mean: Rows, cov: Rows, rows: TrackRows, dt_s: float, motion: Motion) -> tuple[Rows, Rows]:
    """Every mode of every track after its own step, by the compiled kernel; what has no root goes the plain way."""
    origin, axes = np.ascontiguousarray(rows.origin_itrf_m), np.ascontiguousarray(rows.axes)
    new_mean, new_cov = np.array(mean, order="C"), np.array(cov, order="C")
    is_fine = np.zeros(mean.shape[:2], dtype=bool)
    if mean.shape[-1] - STATE_SIZE <= MOST_BIASES:
        noise = np.array([motion.noise(mode) for mode in motion.modes], dtype=float)
        modes = np.array(motion.modes, dtype=np.int64)
        way = (dt_s, modes, noise, _PRIOR, EARTH, standard_air())
        coordinates = np.where(rows.by_course, COURSE, SPHERICAL)
        sigma_predict_bank(new_mean, new_cov, coordinates, origin, axes, *way, is_fine)
        bad = np.flatnonzero(rows.by_course & ~is_fine.all(axis=1))
        if len(bad):  # mended and flown again: the plain way below knows spherical coordinates only
            root = cholesky_scaled(cov[bad])
            again, again_cov = np.array(mean[bad], order="C"), root @ np.swapaxes(root, -1, -2)
            flew = np.zeros((len(bad), mean.shape[1]), dtype=bool)
            sigma_predict_bank(again, again_cov, coordinates[bad], origin[bad], axes[bad], *way, flew)
            again[~flew] = np.nan
            new_mean[bad], new_cov[bad], is_fine[bad] = again, again_cov, True
    with np.errstate(all="ignore"):  # a belief too wide to fly stops being numbers, and is dropped by the caller
        for i, mode in enumerate(motion.modes):
            rest = np.flatnonzero(~is_fine[:, i])
            if len(rest):
                new_mean[rest, i], new_cov[rest, i] = _fly(
                    mean[rest, i], cov[rest, i], origin[rest], axes[rest], dt_s, mode, motion.noise(mode)
                )
    return new_mean, new_cov


def _fly(
    mean: Rows, cov: Rows, origin_itrf_m: Vec3, axes: Rows, dt_s: float, mode: int, noise: tuple[float, float, float]
) -> tuple[Rows, Rows]:
    """One model's step for (n, 8 + b) and its covariance: the plain twin of `sigma_predict_bank`, which mends what it
    can of a covariance that is not positive."""
    use = ACTIVE[mode]
    n, size = mean.shape
    bias = np.arange(STATE_SIZE, size)
    points, weights = sigma_points(mean[:, use], cov[:, use[:, None], use])
    full = np.empty((n, len(weights), STATE_SIZE))
    full[:] = mean[:, None, :STATE_SIZE]
    full[..., use] = points
    itrf = np.ascontiguousarray(itrf_from_local(full, origin_itrf_m, axes).reshape(-1, STATE_SIZE))
    flown = np.empty_like(itrf)
    fly_points(itrf, dt_s, mode, standard_air(), flown)
    after = local_from_itrf(flown.reshape(full.shape), origin_itrf_m, axes)[..., use]
    apart = spherical_difference(after, after[:, :1])
    shift = weights @ apart
    apart = apart - shift[:, None, :]
    new_mean, new_cov = mean.copy(), np.zeros_like(cov)
    new_mean[:, THRUST:STATE_SIZE] = PARAMETER_MEAN
    new_cov[:, THRUST, THRUST], new_cov[:, LN_BETA, LN_BETA] = PARAMETER_SIGMA**2  # a parameter not in use
    new_mean[:, use] = after[:, 0] + shift
    new_cov[:, use[:, None], use] = weighted_products(weights, apart, apart)
    # the biases stay; how they are tied to the rest follows the best line through the motion
    cross = weighted_products(weights, points - mean[:, None, use], apart)
    F, _ = regression(cov[:, use[:, None], use], new_cov[:, use[:, None], use], cross)
    tie = F @ cov[:, use[:, None], bias]
    new_cov[:, use[:, None], bias], new_cov[:, bias[:, None], use] = tie, np.swapaxes(tie, -1, -2)
    new_cov[:, bias[:, None], bias] = cov[:, bias[:, None], bias]
    acceleration, thrust, ln_beta = noise
    J = spherical_jacobian(cartesian_from_spherical(new_mean)[:, :6])
    span_s = abs(dt_s)
    white = np.repeat([span_s**3 / 3.0, span_s], 3)
    Q = acceleration * (np.diag(white) + 0.5 * dt_s * span_s * _OFF_DIAGONAL)  # isotropic: the same in any axes
    new_cov[:, :6, :6] += J @ Q @ np.swapaxes(J, -1, -2)
    if THRUST in use:
        new_cov[:, THRUST, THRUST] += thrust * span_s
    if LN_BETA in use:
        new_cov[:, LN_BETA, LN_BETA] += ln_beta * span_s
    return new_mean, symmetrized(new_cov)


def turned(rows: TrackRows) -> TrackRows:
    """The same tracks with the axes of those that have wandered turned after them."""
    if len(rows) == 0:
        return rows
    angles = np.abs(np.einsum("nm,nmi->ni", rows.mode_probability, rows.mean[..., :5]))
    far = np.max(angles[:, :2], axis=1) > TURN_AT_RAD
    far |= rows.by_course & (angles[:, COURSE_ANGLE] > TURN_AT_RAD)
    fit = _is_fit_for_course(rows)
    change = far | (fit != rows.by_course)
    if not change.any():
        return rows
    for by_course in (False, True):
        which = np.flatnonzero(change & (fit == by_course))
        if len(which) == 0:
            continue
        here = middle_itrf(rows.take(which))
        away = here[:, :3] - rows.origin_itrf_m[which]
        direction = away / np.linalg.norm(away, axis=-1, keepdims=True)
        axes = axes_across(direction, here[:, 3:]) if by_course else axes_along(direction)
        rows = re_anchored(rows, which, rows.origin_itrf_m[which], axes, rows.anchor_sensor[which], by_course)
    return rows


def _is_fit_for_course(rows: TrackRows) -> Bools:
    """(n,) whom one radar alone knows well in range and sees crossing its line of sight, whatever the model.

    Once that is so, it takes more doubt to think otherwise.
    """
    mean, cov = rows.mean[..., :6], rows.cov[..., :6, :6]
    plain = has_course(mean, cov)
    course = mean[..., ACROSS] ** 2 > STAYS_SIGMAS**2 * (
        cov[..., ACROSS, ACROSS] + mean[..., ACROSS] ** 2 * cov[..., COURSE_ANGLE, COURSE_ANGLE]
    )
    fit = np.where(rows.by_course[:, None], course & (mean[..., ACROSS] > 0.0), plain)
    fit &= cov[..., RANGE, RANGE] < (WELL_KNOWN_RANGE * mean[..., RANGE]) ** 2
    by_radar = np.linalg.norm(rows.origin_itrf_m, axis=1) < 7e6
    # another sensor's sharp look lies straight in other coordinates, and would be bent here
    alone = np.sum(rows.t_seen_tai_ns != NEVER_TAI_NS, axis=1) <= 1
    return fit.all(axis=1) & by_radar & alone & np.isfinite(rows.log_odds)


def re_anchored(
    rows: TrackRows, which: Ints, origin_itrf_m: Vec3, axes: Rows, sensor: Ints, by_course: bool = False
) -> TrackRows:
    """Some tracks in other coordinates, by sigma points through the change."""
    after = np.full(len(which), by_course)
    models = rows.mean.shape[1]
    mean, cov = rows.mean.copy(), rows.cov.copy()
    difference = course_difference if by_course else spherical_difference
    for i in range(models):

        def change(points: Rows) -> Rows:
            itrf = itrf_from_local(points, rows.origin_itrf_m[which], rows.axes[which], rows.by_course[which])
            return local_from_itrf(itrf, origin_itrf_m, axes, after)

        old, old_cov = rows.mean[which, i], rows.cov[which, i]
        moved, moved_cov, cross = transform(old[:, :6], old_cov[:, :6, :6], change, difference=difference)
        F, _ = regression(old_cov[:, :6, :6], moved_cov, cross)
        tie = F @ old_cov[:, :6, 6:]
        new_cov = old_cov.copy()
        new_cov[:, :6, :6], new_cov[:, :6, 6:], new_cov[:, 6:, :6] = moved_cov, tie, np.swapaxes(tie, -1, -2)
        mean[which, i, :6], cov[which, i] = moved, new_cov
    origin, turn, anchor = rows.origin_itrf_m.copy(), rows.axes.copy(), rows.anchor_sensor.copy()
    origin[which], turn[which], anchor[which] = origin_itrf_m, axes, sensor
    course = rows.by_course.copy()
    course[which] = by_course
    return replace(
        rows, mean=mean, cov=cov, origin_itrf_m=origin, axes=turn, anchor_sensor=anchor, by_course=course
    )


def middle_itrf(rows: TrackRows) -> Rows:
    """(n, 6) ITRF state at the mean over the models: a point for geometry, not an estimate to report."""
    mean = np.einsum("nm,nmi->ni", rows.mode_probability, rows.mean)
    return itrf_from_local(mean, rows.origin_itrf_m, rows.axes, rows.by_course)[:, :6]


def believed_itrf(rows: TrackRows) -> tuple[Rows, Rows]:
    """Mean (n, 6) and covariance (n, 6, 6) of all tracks in ITRF, merged over the models: what is reported."""

    def itrf(points: Rows) -> Rows:
        side_by_side = points.reshape(len(rows), points.shape[1] * points.shape[2], 6)
        return itrf_from_local(side_by_side, rows.origin_itrf_m, rows.axes, rows.by_course).reshape(points.shape)

    n, m, _ = rows.mean.shape
    means, covs, is_fine = np.empty((n, m, 6)), np.empty((n, m, 6, 6)), np.zeros((n, m), dtype=bool)
    coordinates = np.where(rows.by_course, COURSE, SPHERICAL)
    own = (np.ascontiguousarray(part) for part in (rows.mean, rows.cov))
    anchor = (np.ascontiguousarray(part) for part in (rows.origin_itrf_m, rows.axes))
    tell_bank(*own, coordinates, *anchor, means, covs, is_fine)
    if not is_fine.all():  # the plain way mends what it can
        means, covs, _ = transform(rows.mean[..., :6], rows.cov[..., :6, :6], itrf)
    return merged(rows.mode_probability, means, covs)
