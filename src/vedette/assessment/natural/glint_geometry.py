"""Where sunlight mirrors towards a sensor: the tilt that a mirror would need at each place, and the specular point.

A level mirror on the ellipsoid at cloud height sends the Sun's light to a sensor when its normal halves the angle
between the two. Water, ice and the level plates of high cloud are nearly level mirrors; how far from level they must be
says how likely a glint is there.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vedette.assessment.natural.sightings import level_axes, up_at, where_at_height
from vedette.core.constants import WGS84_A_M
from vedette.core.shapes import Ints, Rows, Scalar, Vec3
from vedette.sensing.daylight import sun_position_itrf_m


@dataclass(frozen=True, slots=True, eq=False)
class GlintGeometry:
    """At some places (n), for one sensor position each."""

    tilts_rad: Rows  # (n, 2) the mirror's tilt, two components in the level plane
    sun_elevation_rad: Scalar  # (n,)
    sensor_elevation_rad: Scalar  # (n,) seen from the place
    scatter_rad: Scalar  # (n,) by how much the light is turned: 0 straight on, pi back to the Sun

    @property
    def tilt_rad(self) -> Scalar:
        """(n,) how far from level the mirror must be."""
        return np.asarray(np.linalg.norm(self.tilts_rad, axis=-1))


def glint_geometry(places_itrf_m: Rows, sensor_itrf_m: Rows, t_tai_ns: Ints | int) -> GlintGeometry:
    """Geometry of mirroring at places (n, 3) towards sensors (n, 3)."""
    return _geometry(places_itrf_m, sensor_itrf_m, sun_position_itrf_m(t_tai_ns))


def tilt_area_share(place_itrf_m: Vec3, sensor_itrf_m: Vec3, t_tai_ns: int) -> float:
    """|d tilt / d place|: steradians of tilt to the square metre, at one place; finite differences over a kilometre."""
    up = up_at(place_itrf_m)
    east, north = level_axes(up)
    step_m = 1_000.0
    shifted = place_itrf_m + step_m * np.stack([np.zeros(3), east, north])
    sun = sun_position_itrf_m(t_tai_ns)
    # the level plane's own axes turn with the place: the difference is taken of the vector out of the level
    tilt = _tilt_vectors(shifted, np.broadcast_to(sensor_itrf_m, (3, 3)), sun)
    slopes = (tilt[1:] - tilt[0]) / step_m @ np.stack([east, north]).T
    return float(abs(np.linalg.det(slopes)))


def specular_point(sensor_itrf_m: Vec3, t_tai_ns: int, height_m: float = 0.0) -> Vec3 | None:
    """(3,) where a level mirror at that height sends sunlight to the sensor; None where the Earth is in the way.

    The point of the raised ellipsoid where the tilt vanishes: Newton's method on its two components, from the middle
    between the sub-satellite and the sub-solar point. Kept: every light of one look asks for the same.
    """
    found = _specular_point(*sensor_itrf_m.tolist(), t_tai_ns, height_m)
    return None if found is None else found.copy()


@lru_cache(maxsize=512)
def _specular_point(x_m: float, y_m: float, z_m: float, t_tai_ns: int, height_m: float) -> Vec3 | None:
    sensor_itrf_m = np.array([x_m, y_m, z_m])
    sun = sun_position_itrf_m(t_tai_ns)
    # near the sensor's foot for a low orbit, half way to the Sun for a far one
    low = min(float(np.linalg.norm(sensor_itrf_m)) / WGS84_A_M - 1.0, 1.0)
    place = _onto(2.0 * _unit(sensor_itrf_m) + low * _unit(sun), height_m)
    for _ in range(40):
        up = up_at(place)
        east, north = level_axes(up)
        step_m = 500.0
        around = np.stack([place, place + step_m * east, place + step_m * north])
        tilt = _tilt_vectors(around, np.broadcast_to(sensor_itrf_m, (3, 3)), sun) @ np.stack([east, north]).T
        slopes = (tilt[1:] - tilt[0]).T / step_m
        if abs(np.linalg.det(slopes)) < 1e-24:
            return None
        move = np.linalg.solve(slopes, -tilt[0])
        size = float(np.linalg.norm(move))
        move *= min(1.0, 1e6 / max(size, 1e-9))
        place = _onto(place + move[0] * east + move[1] * north, height_m)
        if size < 1.0:
            break
    seen = _geometry(place[None], sensor_itrf_m[None], sun)
    is_good = seen.tilt_rad[0] < 1e-4 and seen.sun_elevation_rad[0] > 0.0 and seen.sensor_elevation_rad[0] > 0.0
    return place if is_good else None


def _geometry(places: Rows, sensor: Rows, sun: Vec3) -> GlintGeometry:
    up = up_at(places)
    to_sensor, to_sun = _unit(sensor - places), _unit(sun - places)
    east, north = level_axes(up)
    half = _tilt_vectors(places, sensor, sun)
    tilts = np.stack([np.sum(half * east, axis=-1), np.sum(half * north, axis=-1)], axis=-1)
    return GlintGeometry(
        tilts,
        np.arcsin(np.clip(np.sum(to_sun * up, axis=-1), -1.0, 1.0)),
        np.arcsin(np.clip(np.sum(to_sensor * up, axis=-1), -1.0, 1.0)),
        np.arccos(np.clip(-np.sum(to_sun * to_sensor, axis=-1), -1.0, 1.0)),
    )


def _tilt_vectors(places: Rows, sensor: Rows, sun: Vec3) -> Rows:
    """(n, 3) the level part of the direction that halves the angle; its length is the sine of the tilt."""
    half = _unit(_unit(sensor - places) + _unit(sun - places))
    up = up_at(places)
    return np.asarray(half - np.sum(half * up, axis=-1, keepdims=True) * up)


def _onto(place: Vec3, height_m: float) -> Vec3:
    """The point of the raised ellipsoid under or over a place."""
    out = _unit(place) * 1e8
    return where_at_height(out[None], -_unit(place)[None], height_m)[0]


def _unit(vector: Rows) -> Rows:
    return np.asarray(vector / np.linalg.norm(vector, axis=-1, keepdims=True))
