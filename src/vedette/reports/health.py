"""How a sensor is: what it can still see, since when, and why we think so."""

from enum import StrEnum

import msgspec


class Condition(StrEnum):
    """How far a sensor can be relied on."""

    OK = "ok"
    DEGRADED = "degraded"  # it works, and sees less than it says it does
    SILENT = "silent"  # nothing has come from it


class StrobeHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One direction from which a sensor hears noise."""

    azimuth_deg: float
    azimuth_sigma_deg: float
    elevation_deg: float | None
    noise_rise_db: float
    t_since_tai_ns: int
    causes: dict[str, float]  # probabilities, most likely first: Sun, aurora, interference, fault


class SensorHealth(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one sensor's health."""

    sensor_id: str
    condition: Condition
    t_since_tai_ns: int | None = None  # since when it is in this condition; None: since the beginning
    noise_rise_db: float = 0.0  # in every direction, through the side lobes
    strobes: tuple[StrobeHealth, ...] = ()
    causes: dict[str, float] = {}
    text: str = "works as described"


class EmitterEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """Where noise comes from, by the strobes of several sites."""

    id: str
    t_tai_ns: int
    lat_deg: float
    lon_deg: float
    height_km: float
    level_sigma_km: float  # the larger of the two along the ground
    position_itrf_m: tuple[float, ...]
    position_cov_itrf_m2: tuple[tuple[float, ...], ...]
    sensors: tuple[str, ...]
    probability: float  # that these strobes are one source; several that share strobes exclude one another


class GroupEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """Objects too close together to be told apart, as one, and how many they are."""

    id: str
    t_tai_ns: int
    count: float
    count_sigma: float
    count_90: tuple[int, int]
    position_itrf_m: tuple[float, ...]  # of their middle
    velocity_itrf_mps: tuple[float, ...]
    middle_sigma_m: float
    spread_m: tuple[float, ...]  # one standard deviation of the members along three axes, widest first
    sensors: tuple[str, ...]
