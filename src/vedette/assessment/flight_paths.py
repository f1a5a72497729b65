"""The ways that equally likely flights take over the ground, from the pad to the end: what an overflight is counted on.

Thrust is drawn as one smooth arc from the pad to the state at burnout, which no fit disputes; coasting is flown. The
corridor is the band of ground that holds the middle of the flights at each instant.
"""

from dataclasses import dataclass

import numpy as np

from vedette.assessment.launch_fit import Cloud
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.frames import geodetic_from_itrf, itrf_from_geodetic, unit_vector
from vedette.motion.propagate import coast_track
from vedette.reports.alert_event import CorridorPoint

MOST_FLIGHTS = 120  # of a cloud: a probability is told to one in a hundred
STEP_S = 2.0
LONGEST_S = 5400.0  # once round the Earth, for what does not come down


@dataclass(frozen=True, slots=True, eq=False)
class FlightPaths:
    """Places below (k) flights at (n) instants each; NaN before the launch and after the end."""

    lat_rad: Scalar  # (k, n)
    lon_rad: Scalar
    height_m: Scalar
    t_tai_ns: Ints  # (k, n)
    index: Ints  # (k,) which of the cloud's flights these are


def flight_paths(cloud: Cloud, *, most: int = MOST_FLIGHTS, step_s: float = STEP_S) -> FlightPaths:
    """The ways of some of a cloud's flights, evenly picked."""
    count = len(cloud.falls)
    index = np.unique(np.linspace(0, count - 1, min(most, count)).round().astype(np.int64))
    burn_s = (cloud.t_burnout_tai_ns[index] - cloud.t_launch_tai_ns[index]) / NS_PER_S
    end_s = np.where(
        cloud.falls[index], (cloud.t_impact_tai_ns[index] - cloud.t_launch_tai_ns[index]) / NS_PER_S, LONGEST_S
    )
    end_s = np.clip(end_s, 0.0, LONGEST_S)
    steps = max(int(np.ceil(float(end_s.max(initial=0.0)) / step_s)), 1) + 1
    after_s = np.minimum(step_s * np.arange(steps)[None, :], end_s[:, None])  # (k, n): each ends where it ends
    pads = itrf_from_geodetic(cloud.launch_lat_rad[index], cloud.launch_lon_rad[index], np.zeros(len(index)))
    positions = np.empty((len(index), steps, 3))
    for row, flight in enumerate(index):
        state = cloud.burnout_itrf[flight]
        burning = after_s[row] < burn_s[row]
        positions[row, burning] = _rise(pads[row], state, burn_s[row], after_s[row, burning])
        coasting = after_s[row, ~burning] - burn_s[row]
        if len(coasting):
            positions[row, ~burning] = coast_track(state, coasting, float(cloud.beta_kg_m2[flight]))[:, :3]
    lat, lon, height = geodetic_from_itrf(positions)
    over = step_s * np.arange(steps)[None, :] > end_s[:, None] + step_s
    lat, lon, height = (np.where(over, np.nan, part) for part in (lat, lon, height))
    t = cloud.t_launch_tai_ns[index][:, None] + np.round(after_s * NS_PER_S).astype(np.int64)
    return FlightPaths(lat, lon, height, t, index)


def _rise(pad_itrf_m: Scalar, burnout_itrf: Scalar, burn_s: float, after_s: Scalar) -> Rows:
    """(n, 3) a cubic from rest at the pad to the state at burnout."""
    s = (after_s / max(burn_s, 1e-3))[:, None]
    start, end, slope = pad_itrf_m[None], burnout_itrf[None, :3], burn_s * burnout_itrf[None, 3:]
    return (1 - s) ** 2 * (1 + 2 * s) * start + s * s * (3 - 2 * s) * end + s * s * (s - 1) * slope


def corridor_of(cloud: Cloud) -> tuple[CorridorPoint, ...]:
    """The way over the ground as a message tells it, from a few flights: quick enough for every revision."""
    way = corridor_deg(flight_paths(cloud, most=40, step_s=10.0), stations=20)
    return tuple(CorridorPoint(lat_deg=lat, lon_deg=lon, half_width_90_km=km) for lat, lon, km in way)


def corridor_deg(paths: FlightPaths, *, share: float = 0.90, stations: int = 40) -> list[tuple[float, float, float]]:
    """The middle of the flights and how far `share` of them stray: latitude, longitude, km, from launch to end.

    Stations stand at even shares of each flight's time, so that long and short flights are compared where they are
    equally far on.
    """
    found = []
    whole = np.count_nonzero(np.isfinite(paths.lat_rad), axis=1) - 1
    rows = np.arange(len(paths.index))
    for station in range(stations + 1):
        at = np.round(whole * station / stations).astype(np.int64)
        here = unit_vector(paths.lat_rad[rows, at], paths.lon_rad[rows, at])
        middle = here.mean(axis=0)
        middle /= np.linalg.norm(middle)
        away_km = 6371.0 * np.arccos(np.clip(here @ middle, -1.0, 1.0))
        lat = float(np.degrees(np.arctan2(middle[2], np.hypot(middle[0], middle[1]))))
        lon = float(np.degrees(np.arctan2(middle[1], middle[0])))
        found.append((round(lat, 4), round(lon, 4), round(float(np.quantile(away_km, share)), 2)))
    return found
