"""Quick products for an object whose launch has not been fitted yet: where it rose from, by its first states.

A rocket that has risen evenly faster from rest to height h with the velocity it has now took 2 h / v_up seconds, and
covered half of what its level velocity would have. That is coarse, and says so; the fit replaces it.
"""

from collections.abc import Sequence

import numpy as np

from vedette.assessment.areas import areas_of, from_local, patch_from_cloud
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf
from vedette.reports import LaunchEstimate

HIGHEST_M = 90e3  # first seen higher, it tells nothing of its pad
_SETTLED_S = 15.0  # a velocity is worth something so long after the first look
_MODEL_SHARE = 0.35  # one sigma of what an even rise leaves out, as a share of the way covered
_POINTS = 240


def quick_launch(
    t_tai_ns: Sequence[int], states_itrf: Sequence[Rows], velocity_variances_m2_s2: Sequence[float]
) -> tuple[LaunchEstimate, float] | None:
    """Launch point, time and azimuth from what a track was believed to be soon after its first look; and km of sigma.

    None when it was first seen too high, does not rise, or nothing is known of its velocity. The arguments are those of
    a `typing.TrackHistory`: instants, states (6,), mean variances of a velocity component (m/s)².
    """
    if not t_tai_ns:
        return None
    soon = [i for i, t in enumerate(t_tai_ns) if (t - t_tai_ns[0]) / NS_PER_S >= _SETTLED_S]
    place = soon[0] if soon else len(t_tai_ns) - 1
    state, sigma_mps = np.asarray(states_itrf[place]), float(np.sqrt(max(velocity_variances_m2_s2[place], 0.0)))
    lat, lon, height_m = (float(x) for x in geodetic_from_itrf(state[:3]))
    east, north, up = enu_from_itrf_matrix(lat, lon) @ state[3:]
    if not 0.0 < height_m < HIGHEST_M or up < max(50.0, 2.0 * sigma_mps):
        return None
    took_s = 2.0 * height_m / up
    back = -0.5 * took_s * np.array([east, north])
    away_m = float(np.hypot(*back))
    sigma_m = float(np.hypot(0.5 * took_s * sigma_mps, _MODEL_SHARE * (away_m + 0.1 * height_m)))
    spread = back + sigma_m * _even_normal()
    patch = patch_from_cloud(*from_local(spread, lat, lon))
    t_launch = int(t_tai_ns[place]) - round(took_s * NS_PER_S)
    doubt_ns = round(1.645 * took_s * float(np.hypot(sigma_mps / up, _MODEL_SHARE)) * NS_PER_S)
    level = float(np.hypot(east, north))
    is_upright = level < 3.0 * sigma_mps
    azimuth = float(np.degrees(np.arctan2(east, north))) % 360.0
    off = 1.645 * float(np.degrees(np.arctan2(sigma_mps, max(level, 1.0))))
    estimate = LaunchEstimate(
        lat_deg=round(float(np.degrees(patch.lat_rad)), 4),
        lon_deg=round(float(np.degrees(patch.lon_rad)), 4),
        areas=areas_of(patch),
        t_tai_ns=t_launch,
        t_90_tai_ns=(t_launch - doubt_ns, t_launch + doubt_ns),
        azimuth_deg=None if is_upright else round(azimuth, 1),
        azimuth_90_deg=None if is_upright else (round((azimuth - off) % 360.0, 1), round((azimuth + off) % 360.0, 1)),
        is_near_vertical=is_upright,
    )
    return estimate, sigma_m * float(np.sqrt(2.0)) / 1e3


def _even_normal() -> Rows:
    """Points of a standard normal, evenly spread [sunflower; Vogel 1979]."""
    i = np.arange(_POINTS) + 0.5
    radius = np.sqrt(-2.0 * np.log(1.0 - i / _POINTS))
    turn = i * np.pi * (3.0 - np.sqrt(5.0))
    return np.column_stack([radius * np.cos(turn), radius * np.sin(turn)])
