"""Where to begin: a handful of flights of a class that pass through the first look, in every direction."""

from math import pi

import numpy as np

from vedette.assessment.evidence import Evidence
from vedette.assessment.flight_prior import AZIMUTH, EAST, KICK, LIFT_OFF, NORTH, FlightPrior
from vedette.core.constants import WGS84_A_M, WGS84_B_M
from vedette.core.shapes import Rows, Scalar, Vec3
from vedette.frames import geodetic_from_itrf
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import AZIMUTH_RAD, HEADER, KICK_RAD, STAGE_WIDTH

_AZIMUTHS = 16
_KICKS = (-4.0, -1.5, 0.0, 1.5)
_FIRST_SEEN_M = (3e3, 8e3, 14e3)
_GRID_S = np.arange(0.0, 900.0, 2.0)
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


def start_thetas(prior: FlightPrior, evidence: Evidence) -> Rows:
    """(starts, dims) whitened unknowns of flights through the first look."""
    heights: tuple[float, ...] = _FIRST_SEEN_M
    grid_s = _LOW_GRID_S
    if evidence.kind[0] == 0:
        grid_s = _GRID_S
        heights = (float(geodetic_from_itrf(look_position(evidence, 0, 0.0))[2]),)
    aims = [geodetic_from_itrf(look_position(evidence, 0, h))[:2] for h in heights]
    profiles, settings = [], []
    for kick in _KICKS:
        for azimuth in np.arange(_AZIMUTHS) * (2 * pi / _AZIMUTHS):
            profile = prior.base[: HEADER + STAGE_WIDTH * prior.n_stages].copy()
            profile[AZIMUTH_RAD] = azimuth
            profile[KICK_RAD] *= np.exp(prior.scale[KICK] * kick)
            profiles.append(profile)
            settings.append((kick, azimuth))
    states, _ = fly_boost(np.array(profiles), grid_s)
    lat, lon, height = geodetic_from_itrf(np.where(np.isfinite(states[..., :3]), states[..., :3], 1.0))
    rows = []
    for i, (kick, azimuth) in enumerate(settings):
        for h, (lat_aim, lon_aim) in zip(heights, aims, strict=True):
            up = np.flatnonzero((height[i] >= h) & np.isfinite(states[i, :, 0]))
            if len(up) == 0:
                continue
            k = int(up[0])
            theta = np.zeros(len(prior))
            theta[NORTH] = (float(lat_aim) - lat[i, k]) / prior.scale[NORTH]
            theta[EAST] = (float(lon_aim) - lon[i, k] + pi) % (2 * pi) / prior.scale[EAST] - pi / prior.scale[EAST]
            theta[LIFT_OFF], theta[AZIMUTH] = -grid_s[k] / prior.scale[LIFT_OFF], azimuth / prior.scale[AZIMUTH]
            theta[KICK] = kick
            rows.append(theta)
    return np.array(rows).reshape(-1, len(prior))
