"""How a track begins: from one detection, with all the doubt that one detection leaves.

A radar or lidar gives a place and leaves the velocity open; an infrared line of sight gives a direction, and the
height at which rockets burn (0 to 75 km) gives a range along it; a telescope or thermal imager a direction,
and whatever is possible along it (`admissible`).
"""

from hashlib import blake2b

import numpy as np

from vedette.core.constants import WGS84_A_M, WGS84_B_M
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.frames import geodetic_from_itrf
from vedette.reports import Scan, SensorKind
from vedette.sensing import Lidar, Radar, Site, tangent_basis
from vedette.sensing.horizon import stand_of
from vedette.tracking.admissible import SHELLS_M, from_angles
from vedette.tracking.anchors import axes_along, local_from_itrf
from vedette.tracking.kernels.flight_kernel import LN_BETA, STATE_SIZE, THRUST
from vedette.tracking.motions import PARAMETER_MEAN, PARAMETER_SIGMA, Motion
from vedette.tracking.rows import NEVER_TAI_NS, TrackRows, no_tracks
from vedette.tracking.sensor_views import SensorView
from vedette.tracking.spherical import RANGE_RATE, spherical_jacobian

RADAR_SPEED_SIGMA_MPS = 3000.0  # each axis: anything from an aeroplane to an orbit
BOOST_RISE_MPS = 500.0  # a burning rocket above the clouds is on its way up
BOOST_SPEED_SIGMA_MPS = 1100.0  # each axis; first seen late, it is already fast
BLAZE_W_SR = 1e8  # three times what the largest launcher shines (`sensing.plume`): something from space, and that fast
BLAZE_SPEED_SIGMA_MPS = 12_000.0  # each axis
BLAZE_TOP_M = 110e3
PLUME_TOP_M = 75e3  # the height under which a first sight is supposed


def born(
    scan: Scan, which: Ints, log_odds: Scalar, view: SensorView, motion: Motion, sensors: int, t_tai_ns: int
) -> TrackRows:
    """Tentative tracks from some detections of a scan, at the time they were measured."""
    models = len(motion.modes)
    origin = view.origin_itrf_m(scan, t_tai_ns)
    if view.gives_place:
        begin = _from_place
    elif view.sensor.kind is SensorKind.INFRARED:
        begin = _from_line_of_sight
    elif view.sensor.kind in SHELLS_M:
        begin = from_angles
    else:  # a range, a bearing or a difference alone is where anything could be: it helps tracks that others began
        return no_tracks(t_tai_ns, models, sensors, len(view.bias_sigmas))
    ok, state, cov, G, axes, heights_m = begin(scan, which, view, origin)
    if not ok.any():
        return no_tracks(t_tai_ns, models, sensors, len(view.bias_sigmas))
    which, log_odds = which[ok], np.asarray(log_odds)[ok]
    n = len(which)
    size = STATE_SIZE + len(view.bias_sigmas)
    mean = np.zeros((n, models, size))
    mean[..., :6], mean[..., THRUST:STATE_SIZE] = state[:, None], PARAMETER_MEAN
    full = np.zeros((n, models, size, size))
    full[..., :6, :6] = cov[:, None]
    mean[..., STATE_SIZE:], full[..., STATE_SIZE:, STATE_SIZE:] = view.bias_mean, view.bias_cov
    # what the sensor's bias did to the detection it did to the start: the two doubts are tied
    mean[..., : G.shape[1]] -= (G @ view.own_bias_mean)[:, None]
    tie = -G @ view.bias_cov[view.bias_columns - STATE_SIZE]
    full[..., : tie.shape[1], STATE_SIZE:] = tie[:, None]
    full[..., STATE_SIZE:, : tie.shape[1]] = np.swapaxes(tie, -1, -2)[:, None]
    full[..., THRUST, THRUST], full[..., LN_BETA, LN_BETA] = PARAMETER_SIGMA**2
    by_infrared = view.sensor.kind is SensorKind.INFRARED
    modes = np.array([motion.start_probabilities(by_infrared, float(height)) for height in heights_m])
    seen = np.full((n, sensors), NEVER_TAI_NS, dtype=np.int64)
    seen[:, view.index] = t_tai_ns
    name = view.sensor.name
    keys = [key_of(name, int(scan.t_measured_tai_ns[i]), scan.values[i]) for i in which]
    return TrackRows(
        t_tai_ns, np.array(keys, dtype=np.int64), np.tile(origin, (n, 1)), axes,
        np.full(n, view.index), mean, full, modes, log_odds.astype(float), np.zeros(n, dtype=bool),
        np.full(n, t_tai_ns, dtype=np.int64), seen, np.ones(n, dtype=np.int64), np.zeros((n, sensors)),
        np.zeros(n, dtype=bool),
    )  # fmt: skip


def key_of(sensor_name: str, t_measured_tai_ns: int, values: Rows) -> int:
    """A number made from a detection itself, so that a track's name does not depend on the order of arrival."""
    text = blake2b(digest_size=8)
    text.update(sensor_name.encode())
    text.update(int(t_measured_tai_ns).to_bytes(8, "little", signed=True))
    text.update(np.ascontiguousarray(values, dtype=float).tobytes())
    return int.from_bytes(text.digest(), "little") >> 1


def _from_place(
    scan: Scan, which: Ints, view: SensorView, origin_itrf_m: Vec3
) -> tuple[Bools, Rows, Rows, Rows, Rows, Scalar]:
    azimuth, elevation, reach, rate = scan.values[which].T
    level = np.cos(elevation)
    enu = np.stack([np.sin(azimuth) * level, np.cos(azimuth) * level, np.sin(elevation)], axis=-1)
    assert isinstance(view.sensor, Radar | Lidar)
    site = view.sensor.site
    axes_itrf = stand_of(site, 0, None if isinstance(site, Site) else origin_itrf_m)[1]
    los = enu @ axes_itrf
    axes = axes_along(los)
    variance = view.variances(scan, which)
    own_place_m = scan.sensor_position_sigma_m or view.sensor.position_sigma_m
    variance[:, :2] += (own_place_m / reach[:, None]) ** 2
    variance[:, 2] += own_place_m**2
    n = len(which)
    state, cov = np.zeros((n, 6)), np.zeros((n, 6, 6))
    state[:, 2] = reach
    # the two angle errors turned into the anchored axes, whose second and third rows are tangent to the line of sight
    east_of = np.stack([np.cos(azimuth), -np.sin(azimuth), np.zeros(n)], axis=-1) @ axes_itrf
    up_of = np.cross(east_of, los)
    tangent = np.stack([east_of * level[:, None], up_of], axis=-1)  # (n, 3, 2) displacement per radian
    G = np.zeros((n, 3, 3))  # azimuth, elevation, range to the first three of the state
    G[:, :2, :2], G[:, 2, 2] = axes[:, 1:] @ tangent, 1.0
    cov[:, :3, :3] = G @ (variance[:, :3, None] * np.eye(3) + view.own_bias_cov) @ np.swapaxes(G, -1, -2)
    cov[:, 3, 3] = cov[:, 4, 4] = (RADAR_SPEED_SIGMA_MPS / reach) ** 2
    has_rate = np.isfinite(rate)
    state[:, RANGE_RATE] = np.where(has_rate, rate, 0.0)
    cov[:, RANGE_RATE, RANGE_RATE] = np.where(has_rate, variance[:, 3], RADAR_SPEED_SIGMA_MPS**2)
    ok = np.isfinite(scan.values[which, :3]).all(axis=1) & (reach > 0.0)
    position = origin_itrf_m + reach[:, None] * los
    return ok, state[ok], cov[ok], G[ok], axes[ok], _height_m(position[ok])


def _from_line_of_sight(
    scan: Scan, which: Ints, view: SensorView, origin_itrf_m: Vec3
) -> tuple[Bools, Rows, Rows, Rows, Rows, Scalar]:
    los = scan.values[which, :3]
    los = los / np.linalg.norm(los, axis=-1, keepdims=True)
    blazes = scan.values[which, 3] > BLAZE_W_SR
    far, near = range_to_height(los, origin_itrf_m, 0.0), range_to_height(los, origin_itrf_m, PLUME_TOP_M)
    near = np.where(blazes, range_to_height(los, origin_itrf_m, BLAZE_TOP_M), near)
    ok = np.isfinite(near)  # otherwise it looks past the Earth: nothing burns there that we know of
    # grazing the Earth: both crossings of the upper shell bound it
    grazing = ok & ~np.isfinite(far)
    middle = -np.sum(los * origin_itrf_m, axis=-1)
    far = np.where(grazing, 2.0 * middle - near, far)
    reach, sigma = 0.5 * (near + far), np.maximum(far - near, 1e3) / np.sqrt(12.0) * 1.3
    los, reach, sigma, which = los[ok], reach[ok], sigma[ok], which[ok]
    speed_sigma_mps = np.where(blazes[ok], BLAZE_SPEED_SIGMA_MPS, BOOST_SPEED_SIGMA_MPS)[:, None, None]
    n = len(which)
    axes = axes_along(los)
    position = origin_itrf_m + reach[:, None] * los
    up = position / np.linalg.norm(position, axis=-1, keepdims=True)
    velocity = BOOST_RISE_MPS * up
    origin = np.tile(origin_itrf_m, (n, 1))
    cartesian = np.concatenate([position, velocity], axis=-1)
    state = local_from_itrf(cartesian, origin, axes)
    J = spherical_jacobian(
        np.concatenate([
            np.einsum("nij,nj->ni", axes, position - origin), np.einsum("nij,nj->ni", axes, velocity)
        ], axis=-1)
    )[:, 3:, 3:]  # fmt: skip
    cov = np.zeros((n, 6, 6))
    G = axes[:, 1:] @ np.swapaxes(tangent_basis(los), -1, -2)
    noise = view.variances(scan, which)[:, 0, None, None] * np.eye(2)
    cov[:, :2, :2] = noise + G @ view.own_bias_cov @ np.swapaxes(G, -1, -2)
    cov[:, 2, 2] = sigma**2
    cov[:, 3:, 3:] = speed_sigma_mps**2 * J @ np.swapaxes(J, -1, -2)
    return ok, state, cov, G, axes, _height_m(position)


def range_to_height(los: Vec3, origin_itrf_m: Vec3, height_m: float) -> Scalar:
    """Distance along lines of sight to where they first come down to a height; NaN where they never do."""
    axes_m = np.array([WGS84_A_M, WGS84_A_M, WGS84_B_M]) + height_m
    start, along = origin_itrf_m / axes_m, los / axes_m
    a, b = np.sum(along * along, axis=-1), np.sum(along * start, axis=-1)
    inside = b * b - a * (np.sum(start * start) - 1.0)
    ok = (inside >= 0.0) & (b < 0.0)
    return np.where(ok, (-b - np.sqrt(np.where(ok, inside, 0.0))) / a, np.nan)


def _height_m(position_itrf_m: Vec3) -> Scalar:
    return geodetic_from_itrf(position_itrf_m)[2] if len(position_itrf_m) else np.empty(0)
