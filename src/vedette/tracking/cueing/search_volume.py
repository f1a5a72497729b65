"""The part of the sky that holds an object with a stated probability, and how a sensor's beam goes over it.

Both shapes are fitted to draws of where the object may be, not to a Gaussian: the box is cut from the draws so that
the share asked for lies inside it in azimuth, elevation and range together; the ellipsoid is the covariance's own,
scaled until it holds that share. Beams stand on a triangular lattice so close that every point lies within half a
beam of one.
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.constants import SPEED_OF_LIGHT_MPS
from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Rows, Scalar, Vec3
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf
from vedette.sensing import Infrared, Radar, Sensor, radar_from_itrf

WIDTH_OVER_SIGMA = 10.0
LATTICE = np.sqrt(3.0) / 2.0  # spacing over beam width at which a triangular lattice of discs has no holes


@dataclass(frozen=True, slots=True, eq=False)
class Beams:
    """Positions of a sensor's beam that together cover a search volume, the most likely first."""

    width_rad: float
    dwell_s: float
    azimuth_rad: Scalar  # (b,)
    elevation_rad: Scalar  # (b,)
    share: Scalar  # (b,) of the draws that are nearest to this beam
    is_whole: bool  # False: the sensor sees the whole field in one look, and the "beam" is the volume's middle

    @property
    def cover_s(self) -> float:
        """Time to go over the volume once."""
        return self.dwell_s * len(self.azimuth_rad)


@dataclass(frozen=True, slots=True, eq=False)
class SearchVolume:
    """Where to look at one instant: a box in the sensor's own horizon frame, and an ellipsoid.

    Azimuth is clockwise from north, in [0, 2 pi); `azimuth_min_rad > azimuth_max_rad` passes north. Elevation is above
    the sensor's own horizon: a satellite looks down, at negative elevations.
    """

    sensor_id: str
    t_tai_ns: int
    probability: float  # that the object is inside, of the box and of the ellipsoid alike
    azimuth_min_rad: float
    azimuth_max_rad: float
    elevation_min_rad: float
    elevation_max_rad: float
    range_min_m: float
    range_max_m: float
    centre_itrf_m: Vec3  # (3,) of the ellipsoid
    shape_itrf_m2: Rows  # (3, 3) E: the ellipsoid is (x - c)' E^-1 (x - c) <= 1
    share_in_field: float  # of the belief that stands in the sensor's field of regard
    detection_probability: float  # that one look at all of it finds the object
    beams: Beams

    def holds(self, position_itrf_m: Vec3, sensor: Sensor) -> tuple[Bools, Bools]:
        """Whether positions (..., 3) lie in the box and in the ellipsoid."""
        value = sky_from_itrf(sensor, np.asarray(position_itrf_m), self.t_tai_ns)
        width = (self.azimuth_max_rad - self.azimuth_min_rad) % (2.0 * np.pi)
        full = width == 0.0 and self.azimuth_max_rad != self.azimuth_min_rad
        inside = full | ((value[..., 0] - self.azimuth_min_rad) % (2.0 * np.pi) <= width)
        inside &= (value[..., 1] >= self.elevation_min_rad) & (value[..., 1] <= self.elevation_max_rad)
        inside &= (value[..., 2] >= self.range_min_m) & (value[..., 2] <= self.range_max_m)
        away = np.asarray(position_itrf_m) - self.centre_itrf_m
        near = np.einsum("...i,ij,...j->...", away, np.linalg.inv(self.shape_itrf_m2), away) <= 1.0
        return inside, near

    @property
    def ellipsoid_semi_axes_m(self) -> Scalar:
        """(3,) longest first."""
        return np.asarray(np.sqrt(np.maximum(np.linalg.eigvalsh(self.shape_itrf_m2)[::-1], 0.0)))

    @property
    def ellipsoid_volume_m3(self) -> float:
        """4/3 pi abc."""
        return float(4.0 / 3.0 * np.pi * np.prod(self.ellipsoid_semi_axes_m))


def sky_from_itrf(sensor: Sensor, position_itrf_m: Vec3, t_tai_ns: int) -> Rows:
    """(..., 3) azimuth, elevation and range of places in the sensor's own horizon frame."""
    here = np.asarray(sensor.position_itrf_m(t_tai_ns), dtype=float).reshape(3)
    lat_rad, lon_rad, _ = geodetic_from_itrf(here)
    turn = enu_from_itrf_matrix(lat_rad, lon_rad)
    still = np.concatenate([position_itrf_m, np.zeros_like(position_itrf_m)], axis=-1)
    return radar_from_itrf(still, here, turn)[..., :3]


def in_field(sensor: Sensor, states_itrf: Rows, is_burning: Bools, t_tai_ns: int) -> Bools:
    """(n,) whether objects (n, 6) can be seen: by geometry, and by an infrared watcher only while they burn."""
    there = np.isfinite(states_itrf[..., 0])
    shown = there & (is_burning | (not isinstance(sensor, Infrared)))
    if not shown.any():
        return shown
    out = np.zeros(len(states_itrf), dtype=bool)
    out[shown] = sensor.is_visible(states_itrf[shown], t_tai_ns)
    return out


def beam_of(sensor: Sensor, beam_width_rad: float | None = None, dwell_s: float | None = None) -> tuple[float, float]:
    """Width and dwell of a sensor's beam, where they are not given.

    Width: a monopulse radar tells angles to the width over 1.6 sqrt(2 S/N), a tenth of it at 13 dB (Skolnik, *Radar
    Handbook*, 3rd ed., 9.2; Barton 2013, 8.1). Dwell: the time in which the sensor goes over its whole field, shared by
    that field's beams, and never less than an echo's way there and back. Other sensors see their field in a look.
    """
    for name, value in (("beam width", beam_width_rad), ("dwell", dwell_s)):
        if value is not None and not 0.0 < value < 1e4:
            raise UsageError(f"a {name} of {value:g}; give a positive one")
    if not isinstance(sensor, Radar):
        return beam_width_rad or np.pi, dwell_s or sensor.revisit_s
    width = beam_width_rad or WIDTH_OVER_SIGMA * float(max(sensor.sigmas[0], sensor.sigmas[1]))
    region = sensor.region
    turn = (region.azimuth_max_rad - region.azimuth_min_rad) % (2.0 * np.pi) or 2.0 * np.pi
    field_sr = turn * (np.sin(region.elevation_max_rad) - np.sin(region.elevation_min_rad))
    count = max(1.0, field_sr / (LATTICE**3 * width**2))  # a lattice cell is (sqrt 3 / 2) spacing squared
    echo_s = 2.0 * min(region.range_max_m, 5e6) / SPEED_OF_LIGHT_MPS
    return width, dwell_s or max(sensor.revisit_s / count, echo_s)


def search_volume(
    sensor: Sensor,
    states_itrf: Rows,
    is_burning: Bools,
    t_tai_ns: int,
    *,
    probability: float = 0.99,
    rcs_m2: float = 0.5,
    beam_width_rad: float | None = None,
    dwell_s: float | None = None,
) -> SearchVolume | None:
    """The volume that holds an object with the stated probability, from equally likely states; None without any.

    Parameters
    ----------
    states_itrf : (n, 6) draws of what the object may be doing at that instant; NaN where it has come down
    is_burning : (n,) whether it burns in that draw
    rcs_m2 : echo taken for a radar's chance to see it
    """
    there = np.isfinite(states_itrf[:, 0])
    if np.count_nonzero(there) < 100:
        return None
    states, burning = states_itrf[there], is_burning[there]
    place = states[:, :3]
    sky = sky_from_itrf(sensor, place, t_tai_ns)
    middle = np.arctan2(np.mean(np.sin(sky[:, 0])), np.mean(np.cos(sky[:, 0])))
    sky[:, 0] = (sky[:, 0] - middle + np.pi) % (2.0 * np.pi) - np.pi
    low, high = _box(sky, probability)
    centre = np.median(place, axis=0)
    apart = place - centre
    cov = apart.T @ apart / len(place)
    cov += 1e-9 * np.trace(cov) * np.eye(3)
    distance = np.einsum("ni,ij,nj->n", apart, np.linalg.inv(cov), apart)
    scale = float(np.quantile(distance, probability, method="higher"))
    seen = in_field(sensor, states, burning, t_tai_ns)
    width, dwell = beam_of(sensor, beam_width_rad, dwell_s)
    inside = seen & np.all((sky >= low) & (sky <= high), axis=1)
    beams = _beams(sensor, sky[inside], middle, len(place), width, dwell)
    chance = np.zeros(len(place))
    if isinstance(sensor, Infrared):
        chance[inside] = 0.9 * sensor.detection_probability  # brightness and cloud are not known here
    elif inside.any():
        echo = rcs_m2 if isinstance(sensor, Radar) else None
        chance[inside] = sensor.detection_chance(states[inside], t_tai_ns, echo)
    return SearchVolume(
        sensor_id=sensor.name, t_tai_ns=t_tai_ns, probability=probability,
        azimuth_min_rad=float((low[0] + middle) % (2.0 * np.pi)),
        azimuth_max_rad=float((high[0] + middle) % (2.0 * np.pi)),
        elevation_min_rad=float(low[1]), elevation_max_rad=float(high[1]),
        range_min_m=float(low[2]), range_max_m=float(high[2]),
        centre_itrf_m=centre, shape_itrf_m2=cov * scale, share_in_field=float(np.mean(seen)),
        detection_probability=float(np.sum(chance) / len(place)), beams=beams,
    )  # fmt: skip


def _box(values: Rows, probability: float) -> tuple[Scalar, Scalar]:
    """The box (k,), (k,) whose sides are the same tail of each column, just wide enough to hold that share of rows."""
    ordered = np.sort(values, axis=0)
    n = len(values)
    rank = np.empty_like(values, dtype=np.int64)
    for column in range(values.shape[1]):
        rank[np.argsort(values[:, column], kind="stable"), column] = np.arange(n)
    depth = np.min(np.minimum(rank, n - 1 - rank), axis=1)  # how many rows lie further out, in the worst column
    outside = n - int(np.ceil(probability * n))
    cut = int(np.sort(depth)[min(outside, n - 1)])  # at most `outside` rows have a smaller depth
    return ordered[cut], ordered[n - 1 - cut]


def _beams(sensor: Sensor, sky: Rows, middle_rad: float, total: int, width: float, dwell: float) -> Beams:
    """The lattice over the draws in view; a beam with nothing near it is left out."""
    if not len(sky):
        return Beams(width, dwell, np.empty(0), np.empty(0), np.empty(0), not isinstance(sensor, Radar))
    if not isinstance(sensor, Radar):
        azimuth = np.array([(np.mean(sky[:, 0]) + middle_rad) % (2.0 * np.pi)])
        return Beams(width, dwell, azimuth, np.array([np.mean(sky[:, 1])]), np.array([len(sky) / total]), True)
    step = LATTICE * width
    row = np.round((sky[:, 1] - np.mean(sky[:, 1])) / (LATTICE * step)).astype(np.int64)
    found: dict[tuple[int, int], int] = {}
    best = np.full(len(sky), np.inf)
    chosen = np.zeros((len(sky), 2), dtype=np.int64)
    base = float(np.mean(sky[:, 1]))
    for shift in (-1, 0, 1):  # the nearest centre may stand in a neighbouring row
        line = row + shift
        height = base + line * LATTICE * step
        across = np.cos(np.clip(height, -1.5, 1.5))
        odd = 0.5 * (line % 2)
        column = np.round(sky[:, 0] * across / step - odd).astype(np.int64)
        away = np.hypot((column + odd) * step - sky[:, 0] * across, height - sky[:, 1])
        nearer = away < best
        best[nearer] = away[nearer]
        chosen[nearer] = np.column_stack([line, column])[nearer]
    for line, column in chosen.tolist():
        found[line, column] = found.get((line, column), 0) + 1
    order = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    lines = np.array([key[0] for key, _ in order])
    columns = np.array([key[1] for key, _ in order])
    elevation = base + lines * LATTICE * step
    azimuth = (columns + 0.5 * (lines % 2)) * step / np.cos(np.clip(elevation, -1.5, 1.5))
    share = np.array([count for _, count in order]) / total
    return Beams(width, dwell, (azimuth + middle_rad) % (2.0 * np.pi), elevation, share, False)
