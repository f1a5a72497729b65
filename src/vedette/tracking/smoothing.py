"""Where a track was, in the light of what came after: its looks filtered again and smoothed backwards.

One motion, forwards by sigma points in spherical coordinates about the first sensor that gives a place, then backwards
by Rauch, Tung and Striebel (1965) over the state and the biases of the sensors that saw it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.estimation import smooth_rts, transform, update_joseph
from vedette.motion.atmosphere import standard_air
from vedette.reports import Looks, Mode, Scan, SensorKind
from vedette.reports.looks import KIND_CODES
from vedette.reports.scan import COLUMNS
from vedette.tracking.anchors import axes_across, itrf_from_local, local_from_itrf
from vedette.tracking.association import expect
from vedette.tracking.initiation import born
from vedette.tracking.kernels.flight_kernel import LN_BETA, STATE_SIZE, THRUST, fly_points
from vedette.tracking.motions import ACTIVE, MODE_NAMES, PARAMETER_MEAN, PARAMETER_SIGMA, Motion
from vedette.tracking.prediction import middle_itrf, re_anchored
from vedette.tracking.rows import TrackRows
from vedette.tracking.sensor_views import SensorView
from vedette.tracking.spherical import cartesian_from_spherical, spherical_difference, spherical_jacobian

FEWEST_DETECTIONS = 3
_KINDS = {code: kind for kind, code in KIND_CODES.items()}


@dataclass(frozen=True, slots=True, eq=False)
class SmoothedStates:
    """k states of one object, each given what was seen up to some seconds after it."""

    t_tai_ns: Ints  # (k,) of the looks that found it
    states_itrf: Rows  # (k, 6)
    state_covs_itrf: Rows  # (k, 6, 6)
    mode_name: str  # the one motion that was supposed all along


@dataclass(frozen=True, slots=True)
class OneMode:
    """One mode of a bank, as if it were all there is."""

    bank: Motion
    mode: int

    @property
    def modes(self) -> tuple[int, ...]:
        """(1,) which kernel."""
        return (self.mode,)

    def noise(self, mode: int) -> tuple[float, float, float]:
        """Spectral densities, those of the bank."""
        return self.bank.noise(mode)

    def transition(self, dt_s: float, height_m: Scalar) -> Rows:
        """(n, 1, 1) of ones."""
        return np.ones((len(height_m), 1, 1))

    def start_probabilities(self, by_infrared: bool, height_m: float) -> Scalar:
        """(1,) one."""
        return np.ones(1)


def smoothed(
    looks: Looks, views: Sequence[SensorView], motion: Motion, mode: int, lag_s: float, since_tai_ns: int | None = None
) -> SmoothedStates:
    """States at the detections among `looks`, each given those up to `lag_s` seconds after it.

    It begins at the first look by a radar or a lidar, or where there is none by an infrared satellite. One motion is
    supposed from `since_tai_ns` on: a body that changed its way in between is smoothed badly.

    Errors
    ------
    UsageError : fewer than three detections that can be used, or a lag below zero
    """
    if not lag_s >= 0.0:
        raise UsageError(f"lag_s is how many seconds of later looks to use, zero or more; not {lag_s}")
    use = np.flatnonzero(looks.is_detection & (looks.t_measured_tai_ns >= (since_tai_ns or np.iinfo(np.int64).min)))
    view_of = [views[int(looks.sensor_index[i])] for i in use]
    first = [k for k, view in enumerate(view_of) if view.gives_place] or [
        k for k, view in enumerate(view_of) if view.sensor.kind is SensorKind.INFRARED
    ]
    if not first or len(use) - first[0] < FEWEST_DETECTIONS:
        raise UsageError("too few looks to smooth: it takes three detections, the first by radar, lidar or infrared")
    use, view_of = use[first[0] :], view_of[first[0] :]
    scans = [_scan_of(looks, int(i)) for i in use]
    t = looks.t_measured_tai_ns[use]
    forward = _filtered(scans, view_of, t, OneMode(motion, mode), len(views))
    last = np.searchsorted(t, t + round(min(lag_s, 1e9) * NS_PER_S), side="right") - 1
    mean, cov = forward.backwards(last)
    n = len(t)
    at = (np.repeat(forward.origin, n, axis=0), np.repeat(forward.axes, n, axis=0))
    states, covs, _ = transform(mean[:, :6], cov[:, :6, :6], lambda points: itrf_from_local(points, *at))
    return SmoothedStates(t, states, covs, MODE_NAMES[mode])


def _scan_of(looks: Looks, i: int) -> Scan:
    """One row of evidence as the look that it came from."""
    kind = _KINDS[int(looks.kind_code[i])]
    width = len(COLUMNS[kind])
    t = looks.t_measured_tai_ns[i : i + 1]
    return Scan(
        sensor_id=looks.sensor_ids[int(looks.sensor_index[i])], kind=kind, mode=Mode.SIMULATED,
        t_received_tai_ns=int(t[0]), t_measured_tai_ns=t, values=looks.values[i : i + 1, :width],
        sigmas=looks.sigmas[i : i + 1, :width], sensor_position_itrf_m=looks.sensor_positions_itrf_m[i],
    )  # fmt: skip


@dataclass(slots=True)
class _Forward:
    """A filtered history over the components in use, about one anchor."""

    origin: Rows  # (1, 3)
    axes: Rows  # (1, 3, 3)
    means: list[Scalar]
    covs: list[Rows]
    predicted_means: list[Scalar]
    predicted_covs: list[Rows]
    cross: list[Rows]

    def backwards(self, last: Ints) -> tuple[Rows, Rows]:
        """Means and covariances, each by what was seen up to the look `last[i]`."""
        parts = [np.array(p) for p in (self.means, self.covs, self.predicted_means, self.predicted_covs, self.cross)]
        if np.all(last == len(last) - 1):
            return smooth_rts(*parts)
        mean, cov = np.array(parts[0]), np.array(parts[1])
        for i, end in enumerate(last):
            one = smooth_rts(*(p[i : end + 1] for p in parts[:2]), *(p[i:end] for p in parts[2:]))
            mean[i], cov[i] = one[0][0], one[1][0]
        return mean, cov


def _filtered(scans: list[Scan], views: list[SensorView], t: Ints, motion: OneMode, sensors: int) -> _Forward:
    """Forwards through all looks about the first sensor's place, the axes along the line of sight as it goes."""
    rows = born(scans[0], np.array([0]), np.zeros(1), views[0], motion, sensors, int(t[0]))
    if not len(rows):
        raise UsageError("the first look does not say where anything was; give a later since_tai_ns")
    axes = _axes_through(rows, scans, views, motion, t)
    rows = re_anchored(rows, np.array([0]), rows.origin_itrf_m, axes, rows.anchor_sensor)
    biases = np.unique(np.concatenate([view.bias_columns for view in views]))
    use = np.concatenate([ACTIVE[motion.mode], biases]).astype(np.int64)
    mean, cov = rows.mean[0, 0], rows.cov[0, 0]
    out = _Forward(rows.origin_itrf_m, axes, [mean[use]], [cov[np.ix_(use, use)]], [], [], [])
    for k in range(1, len(scans)):
        dt_s = float(t[k] - t[k - 1]) / NS_PER_S
        mean, cov, cross = _carried(mean, cov, use, out.origin, axes, dt_s, motion)
        out.predicted_means.append(mean[use])
        out.predicted_covs.append(cov[np.ix_(use, use)])
        out.cross.append(cross)
        mean, cov = _corrected(mean, cov, scans[k], views[k], out.origin, axes, int(t[k]))
        out.means.append(mean[use])
        out.covs.append(cov[np.ix_(use, use)])
    return out


def _axes_through(
    rows: TrackRows, scans: list[Scan], views: list[SensorView], motion: OneMode, t: Ints
) -> Rows:
    """Axes (1, 3, 3) whose pole is far from where it was first and last seen by the sensor that saw it first."""
    k = max(k for k, view in enumerate(views) if view.index == views[0].index)
    fresh = born(scans[k], np.array([0]), np.zeros(1), views[k], motion, rows.t_seen_tai_ns.shape[1], int(t[k]))
    if not len(fresh):
        return rows.axes
    sights = [middle_itrf(one)[:, :3] - rows.origin_itrf_m for one in (rows, fresh)]
    first, last = (sight / np.linalg.norm(sight) for sight in sights)
    if np.linalg.norm(last - first) < 1e-3:  # it hardly moved across the sky, and any axes along it will do
        return rows.axes
    middle = first + last
    return axes_across(middle / np.linalg.norm(middle), last - first)


def _carried(
    mean: Scalar, cov: Rows, use: Ints, origin: Rows, axes: Rows, dt_s: float, motion: OneMode
) -> tuple[Scalar, Rows, Rows]:
    """A belief (8 + b) after dt_s, and how the components in use before go with those after."""
    states = use[use < STATE_SIZE]

    def fly(points: Rows) -> Rows:
        full = np.tile(mean[:STATE_SIZE], (len(points), 1))
        full[:, states] = points[:, : len(states)]
        itrf = np.ascontiguousarray(itrf_from_local(full[None], origin, axes)[0])
        flown = np.empty_like(itrf)
        fly_points(itrf, dt_s, motion.mode, standard_air(), flown)
        after = np.array(points)
        after[:, : len(states)] = local_from_itrf(flown[None], origin, axes)[0][:, states]
        return after

    moved, moved_cov, cross = transform(mean[use], cov[np.ix_(use, use)], fly, difference=spherical_difference)
    new_mean, new_cov = mean.copy(), np.zeros_like(cov)
    new_mean[THRUST:STATE_SIZE] = PARAMETER_MEAN
    new_cov[THRUST, THRUST], new_cov[LN_BETA, LN_BETA] = PARAMETER_SIGMA**2
    rest = np.setdiff1d(np.arange(STATE_SIZE, len(mean)), use)
    new_cov[np.ix_(rest, rest)] = cov[np.ix_(rest, rest)]
    new_mean[use], new_cov[np.ix_(use, use)] = moved, moved_cov
    acceleration, thrust, ln_beta = motion.noise(motion.mode)
    J = spherical_jacobian(cartesian_from_spherical(new_mean[:STATE_SIZE])[:6])
    white = np.kron([[dt_s**3 / 3.0, dt_s**2 / 2.0], [dt_s**2 / 2.0, dt_s]], np.eye(3))
    new_cov[:6, :6] += acceleration * J @ white @ J.T
    for component, density in ((THRUST, thrust), (LN_BETA, ln_beta)):
        if component in states:
            new_cov[component, component] += density * dt_s
    return new_mean, new_cov, cross


def _corrected(
    mean: Scalar, cov: Rows, scan: Scan, view: SensorView, origin: Rows, axes: Rows, t_tai_ns: int
) -> tuple[Scalar, Rows]:
    """A belief after one detection, as the tracker corrects with it."""
    stand = view.origin_itrf_m(scan, t_tai_ns)
    middle = itrf_from_local(mean[None, :STATE_SIZE], origin, axes)[:, :6]
    basis = view.basis_at(middle, stand)

    def measure(points: Rows) -> Rows:
        return view.values(itrf_from_local(points, origin, axes), stand, basis, t_tai_ns)

    one = mean[None, None], cov[None, None]
    seen = expect(*one, np.ones((1, 1)), measure, view.difference, view.bias_columns)
    z = view.detections(scan, np.array([0]), basis)[0]
    measured = np.isfinite(z)[:, None, :]
    residual = view.difference(np.where(measured[:, 0], z, 0.0)[:, None], seen.mean)
    noise = view.variances(scan, np.array([0])) + view.place_variances(middle, stand, scan)
    R = seen.left_over + (noise[:, :, None] * np.eye(noise.shape[1]))[:, None]
    after = update_joseph(*one, residual, seen.H, R, np.broadcast_to(measured, residual.shape))
    return after.mean[0, 0], after.cov[0, 0]
