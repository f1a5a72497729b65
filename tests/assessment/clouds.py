"""Clouds of flights made by hand: thrown from a place along a bearing, with a little luck each."""

import numpy as np

from vedette.assessment.launch_fit import Cloud
from vedette.core.constants import NS_PER_S
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf, itrf_from_geodetic
from vedette.motion.propagate import fly_to_ground

T0 = 986_083_200 * NS_PER_S
BURN_S = 60.0


def thrown(
    lat_deg: float, lon_deg: float, bearing_deg: float, *, speed_mps: float = 3000.0, climb_deg: float = 45.0,
    count: int = 60, spread_mps: float = 10.0, seed: int = 1,
) -> Cloud:  # fmt: skip
    """Flights that burn out 20 km above the pad and are thrown from there."""
    rng = np.random.default_rng(seed)
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    bearing, climb = np.radians(bearing_deg), np.radians(climb_deg)
    enu = speed_mps * np.array(
        [np.cos(climb) * np.sin(bearing), np.cos(climb) * np.cos(bearing), np.sin(climb)]
    ) + spread_mps * rng.standard_normal((count, 3))
    place = np.broadcast_to(itrf_from_geodetic(lat, lon, 20e3), (count, 3))
    states = np.concatenate([place, enu @ enu_from_itrf_matrix(lat, lon)], axis=1)
    beta = np.full(count, 5000.0)
    impact_lat, impact_lon, after_s, _ = fly_to_ground(states, beta)
    falls = np.isfinite(after_s)
    burnout = np.full(count, T0 + round(BURN_S * NS_PER_S))
    every = np.ones(count)
    _, _, height = geodetic_from_itrf(states[:, :3])
    return Cloud(
        kind=("thrown",) * count, class_name=("thrown",) * count, launch_lat_rad=lat * every,
        launch_lon_rad=lon * every, t_launch_tai_ns=np.full(count, T0), azimuth_rad=bearing * every,
        t_burnout_tai_ns=burnout, burnout_itrf=states, beta_kg_m2=beta, falls=falls,
        impact_lat_rad=np.nan_to_num(impact_lat), impact_lon_rad=np.nan_to_num(impact_lon),
        t_impact_tai_ns=burnout + np.round(np.nan_to_num(after_s) * NS_PER_S).astype(np.int64),
        apogee_m=height, t_apogee_tai_ns=burnout,
    )  # fmt: skip
