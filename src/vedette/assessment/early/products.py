"""From the flights that the first looks left over: where it was launched, where it falls if thrust stops now.

Both are clouds of equally likely flights, drawn by their weights with a fixed seed: wide while little is known, and
holding the truth as often as they say. The launch fit replaces them.
"""

from dataclasses import dataclass

import numpy as np

from vedette.assessment.areas import areas_of, from_local, local_m, patch_from_cloud
from vedette.assessment.early.flights import EarlyFlights, early_flights
from vedette.assessment.early.weighing import EARTH_M, SLACK_M, SLACK_MPS, SLACK_MPS2, EarlyTest
from vedette.assessment.launch_products import TYPICAL_BETA_KG_M2, azimuth_words, interval_tai_ns
from vedette.assessment.typing.drawn_flights import BOOST_GRID_S
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf, itrf_from_geodetic
from vedette.motion.propagate import fly_to_ground
from vedette.reports import ImpactArea, LaunchEstimate

DRAWS = 240
# flights at the edge of their class, flat or of short burn, are few among the drawn ones; areas are widened for them:
# one sigma of the pad over the height at the first look, and of each component of velocity over the speed
PAD_SHARE, SPEED_SHARE = 0.3, 0.2
LEAST_FALLING = 0.9  # of the flights must come down, or nothing is said of where


@dataclass(frozen=True, slots=True, eq=False)
class EarlyProducts:
    """Launch, its one-sigma doubt, and where it falls if thrust stops now; the last None while it may stay up."""

    launch: LaunchEstimate
    launch_sigma_km: float
    impact: ImpactArea | None


def early_products(found: EarlyTest, t_tai_ns: int, table: EarlyFlights | None = None) -> EarlyProducts:
    """Areas and times at an instant after the first look; the same test and instant give the same."""
    flights = table or early_flights()
    rng = np.random.default_rng([abs(int(t_tai_ns)) % 2**63, len(found.log_weight)])
    share = np.exp(found.log_weight - found.log_weight.max())
    picked = rng.choice(len(share), DRAWS, p=share / share.sum())
    pad_m = found.pad_m[picked] + rng.standard_normal((DRAWS, 2)) @ np.linalg.cholesky(found.pad_cov_m2).T
    risen_m = _at(flights.height_m, found, picked, 0.0)[0]
    pad_m = pad_m + (PAD_SHARE * np.nan_to_num(risen_m))[:, None] * rng.standard_normal((DRAWS, 2))
    azimuth = found.azimuth_rad[picked] + (rng.random(DRAWS) - 0.5) * found.azimuth_step_rad
    lat, lon = from_local(pad_m, found.base_lat_rad, found.base_lon_rad)
    patch = patch_from_cloud(lat, lon)
    t_launch = found.epoch_tai_ns - np.round(found.since_s[picked] * NS_PER_S).astype(np.int64)
    azimuth_deg, azimuth_90_deg = azimuth_words(azimuth)
    away = local_m(lat, lon, patch.lat_rad, patch.lon_rad)
    launch = LaunchEstimate(
        lat_deg=round(float(np.degrees(patch.lat_rad)), 4),
        lon_deg=round(float(np.degrees(patch.lon_rad)), 4),
        areas=areas_of(patch),
        t_tai_ns=int(np.median(t_launch)),
        t_90_tai_ns=interval_tai_ns(t_launch),
        azimuth_deg=azimuth_deg,
        azimuth_90_deg=azimuth_90_deg,
        is_near_vertical=azimuth_deg is None,
    )
    after_s = (t_tai_ns - found.epoch_tai_ns) / NS_PER_S
    states = _states_itrf(found, flights, picked, pad_m, azimuth, after_s, rng)
    sigma_km = float(np.sqrt(np.mean(np.sum(away * away, axis=1)))) / 1e3
    return EarlyProducts(launch, sigma_km, _falls(states, t_tai_ns))


def _states_itrf(
    found: EarlyTest, flights: EarlyFlights, picked: Ints, pad_m: Rows, azimuth_rad: Scalar, after_s: float,
    rng: np.random.Generator,
) -> Rows:  # fmt: skip
    """(n, 6) where the drawn flights are now; NaN for those whose grid has ended."""
    height, climb = _at(flights.height_m, found, picked, after_s)
    ground, level = _at(flights.ground_m, found, picked, after_s)
    sin, cos, zero = np.sin(azimuth_rad), np.cos(azimuth_rad), np.zeros(len(picked))
    base = np.asarray(itrf_from_geodetic(found.base_lat_rad, found.base_lon_rad, 0.0))
    to_enu = enu_from_itrf_matrix(found.base_lat_rad, found.base_lon_rad)
    place = np.stack([pad_m[:, 0] + sin * ground, pad_m[:, 1] + cos * ground, height - 0.5 * ground**2 / EARTH_M], 1)
    velocity = np.stack([sin * level, cos * level, climb - ground * level / EARTH_M], axis=1)
    n = len(picked)
    slack = SLACK_MPS * rng.standard_normal((n, 3))
    push = SLACK_MPS2 * rng.standard_normal((n, 3))
    unlike = (SPEED_SHARE * np.hypot(climb, level))[:, None] * rng.standard_normal((n, 3))
    place = place + slack * after_s + 0.5 * push * after_s**2
    place = place + np.stack([zero, zero, SLACK_M * rng.standard_normal(n)], axis=1)
    velocity = velocity + slack + push * after_s + unlike
    return np.hstack([base + place @ to_enu, velocity @ to_enu])


def _at(grid: Rows, found: EarlyTest, picked: Ints, after_s: float) -> tuple[Scalar, Scalar]:
    """(n,) what a grid of the flights holds so long after the first look, and how fast it grows."""
    at = (found.since_s[picked] + after_s - 1.0) / BOOST_GRID_S
    low = np.clip(at.astype(np.int64), 0, grid.shape[1] - 2)
    k = found.flight[picked]
    g0, g1 = grid[k, low], grid[k, low + 1]
    return g0 + (at - low) * (g1 - g0), (g1 - g0) / BOOST_GRID_S


def _falls(states_itrf: Rows, t_tai_ns: int) -> ImpactArea | None:
    states = states_itrf[np.isfinite(states_itrf).all(axis=1)]
    states = states[geodetic_from_itrf(states[:, :3])[2] > 0.0]
    if len(states) < LEAST_FALLING * len(states_itrf):
        return None
    lat, lon, fall_s, _ = fly_to_ground(states, TYPICAL_BETA_KG_M2)
    down = np.isfinite(fall_s)
    if np.count_nonzero(down) < LEAST_FALLING * len(states_itrf):
        return None
    patch = patch_from_cloud(lat[down], lon[down])
    return ImpactArea(
        areas=areas_of(patch),
        lat_deg=round(float(np.degrees(patch.lat_rad)), 4),
        lon_deg=round(float(np.degrees(patch.lon_rad)), 4),
        t_90_tai_ns=interval_tai_ns(t_tai_ns + np.round(fall_s[down] * NS_PER_S).astype(np.int64)),
        is_conditional=True,
    )
