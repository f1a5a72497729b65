"""Beginning a track from angles alone: where along the line of sight, and how fast, a body can be at all.

One direction says nothing of range. What is left is the *constrained admissible region* (Milani et al. 2004; DeMars and
Jah 2013, *J. Guidance* 36, 1324): heights at which such a sensor finds things, and an energy that does not leave the
Earth. The first look takes the moments of the whole region. After the second the turning of the line of sight is known,
and with it the region becomes narrow: a body twice as far moves twice as fast, and soon too fast.

Bodies in high orbits (above the stated shell) are not begun by this; they are the catalogue's.
"""

from dataclasses import replace

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS, WGS84_A_M, WGS84_B_M
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.frames import geodetic_from_itrf
from vedette.reports import Scan, SensorKind
from vedette.sensing import tangent_basis
from vedette.tracking.anchors import axes_along, itrf_from_local
from vedette.tracking.rows import TrackRows
from vedette.tracking.sensor_views import SensorView

# heights between which a first sight is supposed: what shows as a star at night, and what is warm in the air
SHELLS_M = {SensorKind.OPTICAL: (60e3, 1_500e3), SensorKind.THERMAL: (500.0, 150e3)}
_RANGES, _RATES = 48, 33  # nodes over the region
_NEAREST_M = 2e3
_SLOW_MPS = 500.0


def from_angles(
    scan: Scan, which: Ints, view: SensorView, origin_itrf_m: Vec3
) -> tuple[Bools, Rows, Rows, Rows, Rows, Scalar]:
    """First states from directions: moments of the admissible region; the tuple that `initiation` asks of a start."""
    los = scan.values[which, :3]
    los = los / np.linalg.norm(los, axis=-1, keepdims=True)
    near, far = _shell(los, origin_itrf_m, view)
    ok = far > near
    los, near, far, which = los[ok], near[ok], far[ok], which[ok]
    n = len(which)
    axes = axes_along(los)
    state, cov = np.zeros((n, 6)), np.zeros((n, 6, 6))
    # evenly in the logarithm of range: nothing says whether it is a near small thing or a far great one
    log = np.log(far / near)
    state[:, 2] = (far - near) / log
    position = origin_itrf_m + state[:, 2, None] * los
    escape = np.sqrt(2.0 * EARTH_MU_M3_S2 / np.linalg.norm(position, axis=-1))
    # evenly over the ball of velocities that do not escape, as seen from the turning Earth
    speed_variance = escape**2 / 5.0 + (EARTH_SPIN_RADPS * WGS84_A_M) ** 2 / 3.0
    G = axes[:, 1:] @ np.swapaxes(tangent_basis(los), -1, -2)
    noise = view.variances(scan, which)[:, 0, None, None] * np.eye(2)
    cov[:, :2, :2] = noise + G @ view.own_bias_cov @ np.swapaxes(G, -1, -2)
    cov[:, 2, 2] = (far**2 - near**2) / (2.0 * log) - state[:, 2] ** 2
    cov[:, 3, 3] = cov[:, 4, 4] = speed_variance * (near**-2 - far**-2) / (2.0 * log)  # mean of 1 / range²
    cov[:, 5, 5] = speed_variance
    heights_m = geodetic_from_itrf(position)[2] if n else np.empty(0)
    return ok, state, cov, G, axes, heights_m


def constrained(rows: TrackRows, which: Ints, view: SensorView) -> TrackRows:
    """Tracks that have just been seen a second time, by angles alone, with the region that their turning leaves.

    Every model's range and range rate take the moments of the part of (range, range rate) in which the body stays with
    the Earth, at the angular rates now believed.
    """
    which = np.asarray(which, dtype=np.int64)
    which = which[~rows.by_course[which]]  # a course is known already
    if len(which) == 0:
        return rows
    mean, cov = rows.mean.copy(), rows.cov.copy()
    for model in range(mean.shape[1]):
        state = mean[which, model, :6]
        here = itrf_from_local(state, rows.origin_itrf_m[which], rows.axes[which])
        los = here[:, :3] - rows.origin_itrf_m[which]
        los = los / np.linalg.norm(los, axis=-1, keepdims=True)
        near, far = _shell(los, rows.origin_itrf_m[which], view)
        ok = far > near
        found, spread, share = _moments(state, rows, which, near, far)
        ok &= share > 0.0
        use = which[ok]
        mean[use, model, 2], mean[use, model, 5] = found[ok, 0], found[ok, 1]
        for column in (2, 5):
            cov[use, model, column, :] = 0.0
            cov[use, model, :, column] = 0.0
        cov[use, model, 2, 2], cov[use, model, 5, 5] = spread[ok, 0, 0], spread[ok, 1, 1]
        cov[use, model, 2, 5] = cov[use, model, 5, 2] = spread[ok, 0, 1]
    return replace(rows, mean=mean, cov=cov)


def _moments(state: Rows, rows: TrackRows, which: Ints, near: Scalar, far: Scalar) -> tuple[Rows, Rows, Scalar]:
    """(n, 2) mean and (n, 2, 2) covariance of range and range rate inside the region; (n,) its weight."""
    n = len(which)
    u = (np.arange(_RANGES) + 0.5) / _RANGES
    reach = near[:, None] + u * (far - near)[:, None]
    rate = np.linspace(-11_500.0, 11_500.0, _RATES)
    points = np.repeat(np.repeat(state[:, None, :], _RANGES, axis=1)[:, :, None, :], _RATES, axis=2)
    points[..., 2], points[..., 5] = reach[..., None], rate
    itrf = itrf_from_local(points.reshape(n, -1, 6), rows.origin_itrf_m[which], rows.axes[which]).reshape(points.shape)
    radius = np.linalg.norm(itrf[..., :3], axis=-1)
    inertial = itrf[..., 3:6] + EARTH_SPIN_RADPS * np.stack(
        [-itrf[..., 1], itrf[..., 0], np.zeros_like(radius)], axis=-1
    )
    bound = np.sum(inertial**2, axis=-1) < 2.0 * EARTH_MU_M3_S2 / radius
    # even in the logarithm of range and in speed; the plane across the sight holds range² of velocity for each turning
    weight = bound * reach[..., None] / (np.sum(inertial**2, axis=-1) + _SLOW_MPS**2)
    total = np.sum(weight, axis=(1, 2))
    weight = weight / np.where(total > 0.0, total, 1.0)[:, None, None]
    pair = np.stack(np.broadcast_arrays(reach[..., None], rate), axis=-1)
    found = np.einsum("nij,nijk->nk", weight, pair)
    apart = pair - found[:, None, None]
    spread = np.einsum("nij,nijk,nijl->nkl", weight, apart, apart)
    node = np.stack([((far - near) / _RANGES) ** 2 / 12.0, np.full(n, (rate[1] - rate[0]) ** 2 / 12.0)], axis=-1)
    return found, spread + node[..., None] * np.eye(2), total


def _shell(los: Vec3, origin_itrf_m: Vec3, view: SensorView) -> tuple[Scalar, Scalar]:
    """Distances along lines of sight (n, 3) at which the shell of heights, or the sensor's reach, begins and ends."""
    low_m, high_m = SHELLS_M[view.sensor.kind]
    near = np.maximum(_range_from_inside(los, origin_itrf_m, low_m), _NEAREST_M)
    far = _range_from_inside(los, origin_itrf_m, high_m)
    near = np.maximum(near, 1e3 * getattr(view.sensor, "range_min_km", 0.0))
    far = np.minimum(far, 1e3 * getattr(view.sensor, "range_max_km", np.inf))
    return near, far


def _range_from_inside(los: Vec3, origin_itrf_m: Vec3, height_m: float) -> Scalar:
    """Distance to where a line of sight leaves the ellipsoid raised by a height; 0 from above it on the way up."""
    axes_m = np.array([WGS84_A_M, WGS84_A_M, WGS84_B_M]) + height_m
    start, along = origin_itrf_m / axes_m, los / axes_m
    a, b = np.sum(along * along, axis=-1), np.sum(along * start, axis=-1)
    inside = b * b - a * (np.sum(start * start, axis=-1) - 1.0)
    return np.maximum((-b + np.sqrt(np.maximum(inside, 0.0))) / a, 0.0)
