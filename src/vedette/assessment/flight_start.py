"""Where to begin: a handful of flights of a class that pass through the first look, in every direction."""

from dataclasses import dataclass
from functools import lru_cache
from math import degrees, pi, radians

import numpy as np

from vedette.assessment.evidence import Evidence
from vedette.assessment.flight_posterior import PER_SENSOR, endings
from vedette.assessment.flight_prior import AZIMUTH, EAST, KICK, LIFT_OFF, NORTH, FlightPrior, flight_prior
from vedette.core.constants import WGS84_A_M, WGS84_B_M
from vedette.core.shapes import Rows, Scalar, Vec3
from vedette.frames import geodetic_from_itrf
from vedette.motion.boost_layout import LAT_RAD, LON_RAD
from vedette.motion.flight_classes import vehicles
from vedette.motion.propagate import world

_AZIMUTHS = 16
_KICKS = (-4.0, -1.5, 0.0, 1.5)
_FIRST_SEEN_M = (3e3, 8e3, 14e3)
_GRID_S = np.arange(0.0, 900.0, 2.0)
_STEP_S, _ROUND_DEG = 4.0, 2  # of flights to begin with: nobody needs them finer
_LOW_GRID_S = np.arange(0.0, 240.0, 2.0)  # every flight is higher than a first look of infrared by then


def ray_to_height(from_itrf_m: Vec3, los_itrf: Vec3, height_m: float) -> Vec3:
    """(3,) where a ray first meets the ellipsoid raised by a height, or its point nearest to it."""
    axes = np.array([WGS84_A_M, WGS84_A_M, WGS84_B_M]) + height_m
    p, u = from_itrf_m / axes, los_itrf / axes
    a, b, c = u @ u, p @ u, p @ p - 1.0
    return from_itrf_m + los_itrf * ((-b - np.sqrt(max(float(b * b - a * c), 0.0))) / a)


def look_position(evidence: Evidence, row: int, height_m: float) -> Vec3:
    """(3,) the place of a look's object: by the radar's own range, or at a height along the line of sight."""
    if evidence.kind[row] == 1:
        return ray_to_height(evidence.place[row], evidence.value[row, :3], height_m)
    azimuth, elevation, range_m = evidence.value[row, :3]
    enu = np.array([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)])
    return evidence.place[row] + range_m * (evidence.axes[row].T @ enu)


def reference_point(evidence: Evidence) -> Scalar:
    """(2,) latitude and longitude below the first look."""
    lat, lon, _ = geodetic_from_itrf(look_position(evidence, 0, 10e3))
    return np.array([float(lat), float(lon)])


@dataclass(frozen=True, slots=True, eq=False)
class _Flights:
    """Flights of a kind in every direction and at several tilts, by the time since lift-off."""

    kick: Scalar  # (m,) sigmas
    azimuth_rad: Scalar  # (m,)
    height_m: Rows  # (m, n) NaN after coming down
    north_rad: Rows  # (m, n) of latitude, from the pad
    east_rad: Rows  # (m, n) of arc, from the pad


@lru_cache(maxsize=256)
def _flights(kind: str, lat_deg: int, is_long: bool) -> _Flights:
    """Flights from a round latitude: near enough to begin with, and flown once for all objects of that region."""
    vehicle = next(v for v in vehicles() if v.id == kind)
    lat_rad = radians(lat_deg)
    prior = flight_prior(vehicle, np.array([lat_rad, 0.0]), np.zeros((0, PER_SENSOR)))
    kick, azimuth = (a.ravel() for a in np.meshgrid(_KICKS, np.arange(_AZIMUTHS) * (2 * pi / _AZIMUTHS), indexing="ij"))
    thetas = np.zeros((len(kick), len(prior)))
    thetas[:, KICK], thetas[:, AZIMUTH] = kick, azimuth / prior.scale[AZIMUTH]
    grid_s = _GRID_S if is_long else _LOW_GRID_S
    xs, states = np.empty((len(kick), len(prior.base))), np.empty((len(kick), len(grid_s), 6))
    still, field = world(None, None)
    endings(thetas, *prior.move, _STEP_S, still, still, field, grid_s, xs, states, np.zeros((len(kick), 15)))
    up = np.isfinite(states[..., 0])
    lat, lon, height = geodetic_from_itrf(np.where(up[..., None], states[..., :3], WGS84_A_M))
    height = np.where(up, height, np.nan)
    return _Flights(kick, azimuth, height, lat - lat_rad, lon * np.cos(lat_rad))


def start_thetas(prior: FlightPrior, evidence: Evidence) -> Rows:
    """(starts, dims) whitened unknowns of flights through the first look."""
    is_radar = bool(evidence.kind[0] == 0)
    heights: tuple[float, ...] = _FIRST_SEEN_M
    if is_radar:
        heights = (float(geodetic_from_itrf(look_position(evidence, 0, 0.0))[2]),)
    aims = [geodetic_from_itrf(look_position(evidence, 0, h))[:2] for h in heights]
    lat0, lon0 = prior.base[LAT_RAD], prior.base[LON_RAD]
    flights = _flights(prior.kind, _ROUND_DEG * round(degrees(lat0) / _ROUND_DEG), is_radar)
    grid_s = _GRID_S if is_radar else _LOW_GRID_S
    rows = []
    for i in range(len(flights.kick)):
        for h, (lat_aim, lon_aim) in zip(heights, aims, strict=True):
            up = np.flatnonzero(flights.height_m[i] >= h)
            if len(up) == 0:
                continue
            k = int(up[0])
            theta = np.zeros(len(prior))
            theta[NORTH] = (float(lat_aim) - lat0 - flights.north_rad[i, k]) / prior.scale[NORTH]
            east_rad = float(lon_aim) - lon0 - flights.east_rad[i, k] / max(float(np.cos(lat0)), 1e-3)
            theta[EAST] = ((east_rad + pi) % (2 * pi) - pi) / prior.scale[EAST]
            theta[LIFT_OFF] = -grid_s[k] / prior.scale[LIFT_OFF]
            theta[AZIMUTH], theta[KICK] = flights.azimuth_rad[i] / prior.scale[AZIMUTH], flights.kick[i]
            rows.append(theta)
    return np.array(rows).reshape(-1, len(prior))
