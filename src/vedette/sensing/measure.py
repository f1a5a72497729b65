"""What a perfect sensor would report of an Earth-fixed state, with analytic derivatives.

All are geometric: light-time and refraction belong to the sensor's own reduction (a report's measured time is when the
light or echo left the object), and what its reduction leaves over is part of its bias.
"""

import numpy as np

from vedette.core.shapes import Mat33, Rows, Vec3


def radar_from_itrf(state_itrf: Rows, radar_position_itrf_m: Vec3, enu_from_itrf: Mat33) -> Rows:
    """Azimuth, elevation, range and range rate of Earth-fixed states.

    Parameters
    ----------
    state_itrf : (..., 6)    position and velocity relative to the rotating Earth
    radar_position_itrf_m : (3,) or (..., 3)
    enu_from_itrf : (3, 3) or (..., 3, 3)

    Returns
    -------
    values : (..., 4)    azimuth in [0, 2π), elevation, range, range rate (positive: receding); COLUMNS[RADAR]
    """
    return radar_and_jacobian_from_itrf(state_itrf, radar_position_itrf_m, enu_from_itrf, want_jacobian=False)[0]


def radar_and_jacobian_from_itrf(
    state_itrf: Rows, radar_position_itrf_m: Vec3, enu_from_itrf: Mat33, want_jacobian: bool = True
) -> tuple[Rows, Rows]:
    """As `radar_from_itrf`, and the (..., 4, 6) derivatives of the four values by the six numbers of the state.

    At the zenith azimuth has no derivative: its row is zero there, never infinite.
    """
    state_itrf = np.asarray(state_itrf)
    away_itrf_m = state_itrf[..., :3] - radar_position_itrf_m
    away = np.einsum("...ij,...j->...i", enu_from_itrf, away_itrf_m)
    going = np.einsum("...ij,...j->...i", enu_from_itrf, state_itrf[..., 3:])
    east, north, up = away[..., 0], away[..., 1], away[..., 2]
    level2 = east * east + north * north
    level = np.sqrt(level2)
    range_m = np.sqrt(level2 + up * up)
    range_rate = np.einsum("...i,...i->...", away, going) / range_m
    values = np.stack([_azimuth(east, north), np.arctan2(up, level), range_m, range_rate], axis=-1)
    if not want_jacobian:
        return values, np.empty(0)
    safe2 = np.where(level2 > 0.0, level2, np.inf)
    safe = np.sqrt(safe2)
    by_enu = np.zeros((*values.shape[:-1], 4, 3))
    by_enu[..., 0, 0] = north / safe2
    by_enu[..., 0, 1] = -east / safe2
    by_enu[..., 1, 0] = -up * east / (safe * range_m**2)
    by_enu[..., 1, 1] = -up * north / (safe * range_m**2)
    by_enu[..., 1, 2] = level / range_m**2
    direction = away / range_m[..., None]
    by_enu[..., 2, :] = direction
    by_enu[..., 3, :] = (going - direction * range_rate[..., None]) / range_m[..., None]
    jacobian = np.zeros((*values.shape[:-1], 4, 6))
    jacobian[..., :3] = by_enu @ enu_from_itrf
    jacobian[..., 3, 3:] = np.einsum("...i,...ij->...j", direction, enu_from_itrf)
    return values, jacobian


def los_from_itrf(position_itrf_m: Vec3, sensor_position_itrf_m: Vec3) -> Vec3:
    """(..., 3) unit vectors from the sensor towards the object, Earth-fixed axes."""
    away_m = np.asarray(position_itrf_m) - sensor_position_itrf_m
    return away_m / np.sqrt(np.sum(away_m * away_m, axis=-1, keepdims=True))


def los_and_jacobian_from_itrf(position_itrf_m: Vec3, sensor_position_itrf_m: Vec3) -> tuple[Vec3, Rows]:
    """As `los_from_itrf`, and the (..., 3, 3) derivatives by position: `(I - u uᵀ) / range`, of rank two."""
    away_m = np.asarray(position_itrf_m) - sensor_position_itrf_m
    range_m = np.linalg.norm(away_m, axis=-1)[..., None]
    los = away_m / range_m
    return los, (np.eye(3) - los[..., :, None] * los[..., None, :]) / range_m[..., None]


def tangent_basis(los: Vec3) -> Rows:
    """(..., 2, 3) two unit vectors square to a line of sight, towards the local east and north of the celestial pole.

    The pair in which an infrared sensor's two angle errors are independent and equal. Continuous in the line of sight
    except along the polar axis itself, where x serves as the reference.
    """
    los = np.asarray(los, dtype=float)
    pole = np.zeros_like(los)
    is_polar = np.hypot(los[..., 0], los[..., 1]) < 1e-6
    pole[..., 2] = np.where(is_polar, 0.0, 1.0)
    pole[..., 0] = np.where(is_polar, 1.0, 0.0)
    first = np.cross(pole, los)
    first /= np.linalg.norm(first, axis=-1, keepdims=True)
    return np.stack([first, np.cross(los, first)], axis=-2)


def los_residual_rad(measured_los: Vec3, predicted_los: Vec3) -> Rows:
    """(..., 2) measured minus predicted direction, in the tangent basis of the predicted one, small angles."""
    return np.einsum("...ij,...j->...i", tangent_basis(predicted_los), np.asarray(measured_los) - predicted_los)


def tangent_jacobian(position_itrf_m: Vec3, sensor_position_itrf_m: Vec3) -> tuple[Vec3, Rows]:
    """(..., 3) predicted line of sight and (..., 2, 3) derivatives of its two tangent angles by position, rad/m."""
    away_m = np.asarray(position_itrf_m) - sensor_position_itrf_m
    range_m = np.linalg.norm(away_m, axis=-1)[..., None]
    los = away_m / range_m
    return los, tangent_basis(los) / range_m[..., None]


def _azimuth(east: Rows, north: Rows) -> Rows:
    azimuth = np.arctan2(east, north) % (2 * np.pi)
    return np.where(azimuth < 2 * np.pi, azimuth, 0.0)  # % can round up to a full turn itself
