"""Lights that our watchers saw where and when a launch that a partner tells of may have flown.

A watcher tells a direction, and a launch area with its interval tells where its flame may be by then: no farther from
the place it left than thrust carries it since the earliest instant it may have left. Whoever saw a light there has not
seen nothing, whatever it was taken for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import radians

import numpy as np

from vedette.assessment.joint.gaussians import Placing, place_of
from vedette.assessment.joint.matching import BETWEEN_OWNERS_M
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.frames import itrf_from_geodetic
from vedette.reports import KIND_CODES, LaunchEstimate, Looks, Scan, SensorKind
from vedette.sensing import Sensor

THRUST_MPS2 = 40.0  # the mean of a fast flight's first minute
FARTHEST_M = 100e3
NO_AREA_M = 25e3  # one sigma of a place that is told without an area
SHINES_S = 90.0  # a flame that was not seen so long after it left is no first sight of it
SAME_M = 5_000.0  # a light that stood there before, seen again
FIRST = 3


@dataclass(frozen=True, slots=True, eq=False)
class Lights:
    """Sightings by infrared watchers, in order of time."""

    t_tai_ns: Ints  # (n,)
    watcher: tuple[str, ...]  # (n,)
    places_itrf_m: Rows  # (n, 3) where the watcher stood
    ways_itrf: Rows  # (n, 3) unit vectors towards the light
    sigmas_rad: Scalar  # (n,)

    def __len__(self) -> int:
        return len(self.t_tai_ns)

    def of(self, rows: Bools | slice) -> "Lights":
        """Some of them."""
        names = tuple(np.array(self.watcher, dtype=object)[rows])
        return Lights(self.t_tai_ns[rows], names, self.places_itrf_m[rows], self.ways_itrf[rows], self.sigmas_rad[rows])


NONE = Lights(np.empty(0, dtype=np.int64), (), np.empty((0, 3)), np.empty((0, 3)), np.empty(0))


def lights_of_scans(scans: Iterable[Scan], sensors: Mapping[str, Sensor]) -> Lights:
    """All sightings in scans of these watchers; scans of others are left out."""
    used = [one for one in scans if one.kind is SensorKind.INFRARED and one.sensor_id in sensors and len(one)]
    if not used:
        return NONE
    stood = [_stood(one, sensors[one.sensor_id]) for one in used]
    names = [name for one in used for name in (one.sensor_id,) * len(one)]
    values, sigmas = np.concatenate([one.values for one in used]), np.concatenate([one.sigmas for one in used])
    t = np.concatenate([one.t_measured_tai_ns for one in used])
    return _sorted(t, names, np.concatenate(stood), values, sigmas)


def lights_of_looks(looks: Looks) -> Lights:
    """The sightings by infrared among an object's looks."""
    rows = np.flatnonzero(looks.is_detection & (looks.kind_code == KIND_CODES[SensorKind.INFRARED]))
    names = [looks.sensor_ids[i] for i in looks.sensor_index[rows].tolist()]
    t, places = looks.t_measured_tai_ns[rows], looks.sensor_positions_itrf_m[rows]
    return _sorted(t, names, places, looks.values[rows], looks.sigmas[rows])


def may_be_of(lights: Lights, launch: LaunchEstimate, places: Placing = place_of) -> Bools:
    """(n,) whether each light stands where this launch may have flown by then, and did not stand there before."""
    place = places(launch)
    lat, lon = (
        (place.lat_rad, place.lon_rad) if place is not None else (radians(launch.lat_deg), radians(launch.lon_deg))
    )
    sigma_m = NO_AREA_M if place is None else float(np.sqrt(np.linalg.eigvalsh(place.cov_m2)[-1]))
    since_s = (lights.t_tai_ns - launch.t_90_tai_ns[0]) / NS_PER_S
    latest_s = (launch.t_90_tai_ns[1] - launch.t_90_tai_ns[0]) / NS_PER_S + SHINES_S
    flown_m = np.minimum(0.5 * THRUST_MPS2 * np.maximum(since_s, 0.0) ** 2, FARTHEST_M)
    start = np.asarray(itrf_from_geodetic(lat, lon, 0.0), dtype=float)
    away = start - lights.places_itrf_m
    along = np.einsum("ni,ni->n", away, lights.ways_itrf)
    beside_m = np.linalg.norm(away - along[:, None] * lights.ways_itrf, axis=1)
    reach_m = flown_m + 3.0 * sigma_m + BETWEEN_OWNERS_M + 4.0 * lights.sigmas_rad * along
    near = (along > 0.0) & (beside_m < reach_m)
    found = near & (since_s >= 0.0) & (since_s <= latest_s)
    before = near & (since_s < 0.0)
    if found.any() and before.any():
        found[found] = ~_stood_before(lights.of(found), lights.of(before), along[found])
    return np.asarray(found)


def is_first_sight(lights: Lights, launch: LaunchEstimate, places: Placing = place_of) -> bool:
    """Whether an object that was seen as these lights may be that launch: its first sights all stand where it flew."""
    first = lights.of(slice(0, FIRST))
    return len(first) > 0 and bool(may_be_of(first, launch, places).all())


def _stood_before(found: Lights, before: Lights, away_m: Scalar) -> Bools:
    """(n,) whether the same watcher saw a light in that very direction before."""
    cosine = np.clip(found.ways_itrf @ before.ways_itrf.T, -1.0, 1.0)
    same = np.array(found.watcher)[:, None] == np.array(before.watcher)[None]
    return np.asarray((same & (np.arccos(cosine) * away_m[:, None] < SAME_M)).any(axis=1))


def _stood(scan: Scan, sensor: Sensor) -> Vec3:
    where = scan.sensor_position_itrf_m
    if where is None:
        where = np.asarray(sensor.position_itrf_m(scan.t_measured_tai_ns), dtype=float)
    return np.broadcast_to(where, (len(scan), 3))


def _sorted(t: Ints, names: list[str], places: Rows, values: Rows, sigmas: Rows) -> Lights:
    order = np.argsort(t, kind="stable")
    return Lights(
        np.asarray(t)[order], tuple(names[i] for i in order.tolist()), places[order], values[order, :3],
        np.nanmax(sigmas[order, :3], axis=1, initial=0.0),
    )  # fmt: skip
