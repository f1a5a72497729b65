"""One object's looks, made straight: each measured number as a slope on a path through space, in its own sigmas.

A direction is exact when it is taken as the distance from its own line; a radar's look is opened about the place it
measured. So no path needs to be found before it can be weighed, and every cause is weighed on the same numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vedette.assessment.evidence import Evidence, evidence_from_looks
from vedette.assessment.natural.path_kernel import log_density, log_density_of_mixture
from vedette.core.constants import WGS84_A_M, WGS84_B_M
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.frames import enu_from_azel_range
from vedette.reports import KIND_CODES, Looks, SensorKind
from vedette.sensing import radar_and_jacobian_from_itrf

EARTH_AREA_M2 = 5.1e14  # "anywhere": what every cause that does not know where it happens is spread over
_LIGHT_HEIGHT_M = 50e3  # where something seen by direction alone is thought to be while its slopes are worked out
_NEAR_S = 60.0  # a range measured that close in time tells how far a direction reaches
_LEVEL_M = 2_000e3  # the Gaussian that stands for "anywhere" about the first look


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """Detections (n rows) by time. `slope` (n, 4, 6) and `value` (n, 4) are per sigma and about `origin_itrf_m`."""

    evidence: Evidence
    sensor: Ints  # (n,) among those that saw it at all
    bias_sigmas: Rows  # (those sensors, 4)
    t_tai_ns: Ints  # (n,)
    is_infrared: Bools  # (n,)
    is_direction: Bools  # (n,) no range
    origin_itrf_m: Vec3  # (3,) about which paths are counted: the place of the first look
    places_itrf_m: Rows  # (n, 3) where each look puts it; along a direction a guess
    slope: Rows
    bias_slope: Rows
    value: Rows
    known: Bools
    log_scale: float  # sum of ln(1 / sigma): from whitened numbers to radians, metres and metres a second
    intensities_w_sr: Scalar  # (n,) NaN where none was measured
    intensity_sigmas_w_sr: Scalar  # (n,)
    t_dark_s: Scalar  # (k,) infrared looks, found or not, after `evidence.epoch_tai_ns`
    t_misses_s: Scalar  # (j,) looks by anything else that covered it and found nothing

    def __len__(self) -> int:
        return len(self.t_tai_ns)

    def drift(self, places_itrf_m: Rows | None = None) -> tuple[Vec3, float, float]:
        """How its place moved as the sensor sees it that looked longest: metres (3,), seconds, and a look's blur, m.

        `places_itrf_m` (n, 3) instead of where the looks put it.
        """
        e = self.evidence
        where = self.places_itrf_m if places_itrf_m is None else places_itrf_m
        spans = {int(k): float(np.ptp(e.t_s[e.sensor == k])) for k in np.unique(e.sensor)}
        longest = max(spans, key=lambda k: spans[k])
        rows = np.flatnonzero(e.sensor == longest)
        reach = np.linalg.norm(where[rows] - e.place[rows], axis=1)
        blur_m = float(np.median(reach / np.maximum(e.weight[rows, 0], 1e-9)))
        return where[rows[-1]] - where[rows[0]], spans[longest], blur_m

    @property
    def up(self) -> Vec3:
        """(3,) away from the ground at the first look's place."""
        return up_and_height(*self.origin_itrf_m.tolist())[0]

    def log_density(
        self, mean: Scalar, cov: Rows, sigma_mps2: float, memory_s: float = 20.0, scale: float = 1.0
    ) -> float:
        """ln density (per radian, metre, m/s) of all looks under a path that is Gaussian about `origin_itrf_m`.

        mean (9,) and cov (9, 9): position, velocity and acceleration at the first look. `scale` makes every sigma that
        much larger.
        """
        if len(self) == 0:
            return 0.0
        m = 9 + self.bias_sigmas.size
        whole_mean, whole_cov = np.zeros(m), np.zeros((m, m))
        whole_mean[:9], whole_cov[:9, :9] = mean, cov
        whole_cov[range(9, m), range(9, m)] = self.bias_sigmas.ravel() ** 2
        e = self.evidence
        slopes = self.slope, self.bias_slope, self.value
        if scale != 1.0:
            slopes = self.slope / scale, self.bias_slope / scale, self.value / scale
        total = log_density(e.t_s, self.sensor, *slopes, self.known, whole_mean, whole_cov, sigma_mps2, memory_s)
        return float(total) + self.log_scale - float(self.known.sum()) * float(np.log(scale))

    def log_density_of_mixture(
        self, means: Rows, covs: Rows, logs: Scalar, sigma_mps2: float, memory_s: float = 20.0
    ) -> tuple[float, Scalar]:
        """As `log_density` over a mixture of starts means (k, 9), covs (k, 9, 9), log shares (k,); and each one's."""
        e, each = self.evidence, np.empty(len(means))
        total = log_density_of_mixture(
            e.t_s, self.sensor, self.slope, self.bias_slope, self.value, self.known, means, covs,
            self.bias_sigmas.ravel(), logs, sigma_mps2, memory_s, each,
        )  # fmt: skip
        return float(total) + self.log_scale, each

    def anywhere(
        self, height_m: float, height_sigma_m: float, near_itrf_m: Vec3 | None = None
    ) -> tuple[Scalar, Rows, float]:
        """A place spread evenly over the whole Earth at about a height: mean (3,), cov (3, 3), and its log share.

        `near_itrf_m` (3,): where it is looked for, and the Earth thought flat; the first look's place unless given.
        """
        near = self.origin_itrf_m if near_itrf_m is None else near_itrf_m
        up, height_here_m = up_and_height(*near.tolist())
        mean = (height_m - height_here_m) * up + (near - self.origin_itrf_m)
        cov = height_sigma_m**2 * np.outer(up, up) + _LEVEL_M**2 * (np.eye(3) - np.outer(up, up))
        return mean, cov, float(np.log(2.0 * np.pi * _LEVEL_M**2 / EARTH_AREA_M2))


def sightings_of(looks: Looks, sensors: Mapping[str, object]) -> Sightings:
    """The looks that say where it was, straightened; other kinds are left out (`assessment.evidence.is_for_fit`)."""
    return straightened(evidence_from_looks(looks, sensors), looks)


def straightened(evidence: Evidence, looks: Looks) -> Sightings:
    """`sightings_of` where the evidence has been made already."""
    e, n = evidence, len(evidence)
    t_tai_ns = e.epoch_tai_ns + np.rint(e.t_s * 1e9).astype(np.int64)
    by_sight = e.kind == 1
    has_range = ~by_sight & (e.weight[:, 2] > 0.0)
    places = _places(e, by_sight, has_range)
    origin = places[0].copy() if n else np.zeros(3)
    slope, bias_slope, value = np.zeros((n, 4, 6)), np.zeros((n, 4, 4)), np.zeros((n, 4))
    velocity = _velocities(e.t_s, places, has_range)
    away = places - e.place
    reach = np.linalg.norm(away, axis=1)
    if by_sight.any():
        tangents = e.axes[by_sight][:, :2]
        slope[by_sight, :2, :3] = tangents / reach[by_sight, None, None]
        value[by_sight, :2] = np.einsum("nij,nj->ni", slope[by_sight, :2, :3], places[by_sight] - origin)
    echo = ~by_sight
    if echo.any():
        states = np.hstack([places[echo], velocity[echo]])
        computed, jacobian = radar_and_jacobian_from_itrf(states, e.place[echo], e.axes[echo])
        off = e.value[echo] - computed
        off[:, 0] = (off[:, 0] + np.pi) % (2.0 * np.pi) - np.pi
        from_origin = np.hstack([places[echo] - origin, velocity[echo]])
        slope[echo] = jacobian
        value[echo] = off + np.einsum("nij,nj->ni", jacobian, from_origin)
    bias_slope[:, range(3), range(3)] = 1.0
    bias_slope[by_sight, 2, 2] = 0.0
    bias_slope[:, :, 3] = np.einsum("nij,nj->ni", slope[:, :, :3], velocity)
    known = e.weight > 0.0
    known[by_sight, 2:] = False
    for array in (slope, bias_slope, value):
        array *= e.weight.reshape(n, 4, *([1] * (array.ndim - 2)))
    log_scale = float(np.sum(np.log(e.weight, out=np.zeros_like(e.weight), where=known)))
    infrared = looks.kind_code == KIND_CODES[SensorKind.INFRARED]
    misses = (looks.kind_code == KIND_CODES[SensorKind.RADAR]) & ~looks.is_detection
    intensity, sigma, is_infrared = _intensities(looks, infrared, t_tai_ns, e)
    used, sensor = np.unique(e.sensor, return_inverse=True)
    return Sightings(
        e, sensor.astype(np.int64), np.ascontiguousarray(e.bias_sigmas[used]).reshape(-1, 4), t_tai_ns, is_infrared,
        ~has_range, origin, places, slope, bias_slope, value, known, log_scale, intensity, sigma,
        np.sort(np.concatenate([e.t_silence_s, e.unseen.t_s])),
        (looks.t_measured_tai_ns[misses] - e.epoch_tai_ns) * 1e-9,
    )  # fmt: skip


def level_axes(up: Vec3) -> tuple[Vec3, Vec3]:
    """(..., 3) east and north of unit vectors upwards."""
    east = np.stack([-up[..., 1], up[..., 0], np.zeros_like(up[..., 0])], axis=-1)
    east /= np.maximum(np.sqrt(np.sum(east * east, axis=-1, keepdims=True)), 1e-9)
    return east, across(up, east)


def across(a: Vec3, b: Vec3) -> Vec3:
    """(..., 3) the cross product; a fifth of the time of NumPy's for single vectors."""
    ax, ay, az = a[..., 0], a[..., 1], a[..., 2]
    bx, by, bz = b[..., 0], b[..., 1], b[..., 2]
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], axis=-1)


def up_at(place_itrf_m: Vec3) -> Vec3:
    """(..., 3) away from the ellipsoid: its normal on the ground, and within minutes of arc of it above."""
    scaled = np.asarray(place_itrf_m, dtype=float) / np.array([WGS84_A_M**2, WGS84_A_M**2, WGS84_B_M**2])
    return np.asarray(scaled / np.linalg.norm(scaled, axis=-1, keepdims=True))


@lru_cache(maxsize=64)
def up_and_height(x_m: float, y_m: float, z_m: float) -> tuple[Vec3, float]:
    """`up_at` and `height_of` of one place, which every cause of one object asks for."""
    place = np.array([x_m, y_m, z_m])
    up = up_at(place)
    up.flags.writeable = False
    return up, height_of(place)


def height_of(place_itrf_m: Vec3) -> float:
    """Height above the ellipsoid in metres."""
    from vedette.frames import geodetic_from_itrf

    return float(geodetic_from_itrf(place_itrf_m)[2])


def where_at_height(here_itrf_m: Rows, los: Rows, height_m: float) -> Rows:
    """(n, 3) where lines of sight first meet the ellipsoid raised by a height; their lowest point where they do not."""
    axes = np.array([WGS84_A_M, WGS84_A_M, WGS84_B_M]) + height_m
    p, d = here_itrf_m / axes, los / axes
    a, b, c = np.sum(d * d, axis=-1), np.sum(p * d, axis=-1), np.sum(p * p, axis=-1) - 1.0
    inside = b * b - a * c
    root = np.sqrt(np.maximum(inside, 0.0))
    outside = c > 0.0
    reach = np.where(outside, -b - root, -b + root) / a  # from below, it is met on the way out
    reach = np.where(inside < 0.0, -b / a, reach)
    return np.asarray(here_itrf_m + np.maximum(reach, 1e3)[..., None] * los)


def _places(e: Evidence, by_sight: Bools, has_range: Bools) -> Rows:
    """(n, 3) where each look puts the object."""
    n = len(e)
    los = np.zeros((n, 3))
    los[by_sight] = e.value[by_sight, :3]
    echo = ~by_sight
    unit = enu_from_azel_range(e.value[echo, 0], e.value[echo, 1], np.ones(int(echo.sum())))
    los[echo] = np.einsum("nji,nj->ni", e.axes[echo], unit)
    places = where_at_height(e.place, los, _LIGHT_HEIGHT_M)
    places[has_range] = e.place[has_range] + e.value[has_range, 2, None] * los[has_range]
    ranged = np.flatnonzero(has_range)
    for i in np.flatnonzero(~has_range):
        if len(ranged) == 0:
            break
        near = ranged[np.argmin(np.abs(e.t_s[ranged] - e.t_s[i]))]
        if abs(e.t_s[near] - e.t_s[i]) < _NEAR_S:
            reach = float(los[i] @ (places[near] - e.place[i]))
            if reach > 1e3:
                places[i] = e.place[i] + reach * los[i]
    return places


def _velocities(t_s: Scalar, places: Rows, has_range: Bools) -> Rows:
    """(n, 3) roughly how fast it went: enough to turn a clock's error into an angle, a place's into a range rate."""
    use = has_range if has_range.sum() >= 2 else np.ones(len(t_s), dtype=bool)
    distinct = len(np.unique(t_s[use]))
    if distinct < 2:
        return np.zeros((len(t_s), 3))
    degree = min(distinct - 1, 1 if distinct < 6 else 3)
    t = t_s - t_s.mean()
    size = max(float(np.abs(t).max()), 1e-9)
    powers = (t[:, None] / size) ** np.arange(degree + 1)
    found, *_ = np.linalg.lstsq(powers[use], places[use] - places[0], rcond=None)
    slopes = np.arange(1, degree + 1) * (t[:, None] / size) ** np.arange(degree) / size
    return np.asarray(slopes @ found[1:])


def _intensities(looks: Looks, infrared: Bools, t_tai_ns: Ints, e: Evidence) -> tuple[Scalar, Scalar, Bools]:
    """Intensity, its sigma and whether infrared, of the rows of the evidence."""
    value, sigma = np.full(len(e), np.nan), np.full(len(e), np.nan)
    is_infrared = np.zeros(len(e), dtype=bool)
    rows = np.flatnonzero(infrared & looks.is_detection)
    mine: dict[tuple[int, int], int] = {
        (round((int(looks.t_measured_tai_ns[r]) - e.epoch_tai_ns) / 1e3), int(looks.sensor_index[r])): int(r)
        for r in rows
    }
    for i in np.flatnonzero(e.kind == 1):
        row = mine.get((round(float(e.t_s[i]) * 1e6), int(e.sensor[i])))
        if row is not None:
            is_infrared[i] = True
            value[i], sigma[i] = looks.values[row, 3], looks.sigmas[row, 3]
    return value, sigma, is_infrared
