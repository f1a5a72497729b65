"""When an ascent's findings become alerts: every threshold in one place, each with its reason."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Any

from vedette.core.tables import table_text


@dataclass(frozen=True, slots=True)
class AscentPolicy:
    """Thresholds of the telemetry follower."""

    p_suborbital_alert: float = 0.90  # an impact alert needs this much: it falls, and thrust will not return
    p_orbit: float = 0.90  # and an orbit this much
    settle_s: float = 20.0  # no word on impact or orbit sooner after a burnout: most staging coasts are shorter
    perigee_min_m: float = 100_000.0  # below this the air ends an orbit within a revolution
    classified_min: float = 0.60  # a class is named when it is this probable
    review_s: float = 5.0  # beliefs that cost a fit are renewed this often
    conditional_every_s: float = 30.0  # "if thrust stopped now", this often while thrust lasts
    conditional_min_km: float = 20.0  # not while it would fall on the launch site


@lru_cache(maxsize=1)
def _sites() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(table_text("launch_corridors.toml"))["site"])


def corridor_of(pad_lat_lon_deg: tuple[float, float] | None) -> tuple[tuple[float, float], float] | None:
    """((from, to) rad, probability) of the launch azimuths a listed site is used for; None elsewhere."""
    if pad_lat_lon_deg is None:
        return None
    lat, lon = (radians(x) for x in pad_lat_lon_deg)
    for site in _sites():
        lat0, lon0 = radians(float(site["lat_deg"])), radians(float(site["lon_deg"]))
        half = sin(0.5 * (lat - lat0)) ** 2 + cos(lat) * cos(lat0) * sin(0.5 * (lon - lon0)) ** 2
        if 2.0 * 6_371.0 * asin(sqrt(half)) < float(site["radius_km"]):
            low_deg, high_deg = site["azimuth_deg"]
            return (radians(low_deg), radians(high_deg)), float(site["probability"])
    return None
