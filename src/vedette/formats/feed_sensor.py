"""What a door must know of a sensor that a message only names: its id, its noise, where it stands."""

from dataclasses import dataclass

from vedette.reports import Region


@dataclass(frozen=True, slots=True)
class FeedSensor:
    """One sigma of each thing that a sensor measures; None: it does not measure it, or the message says it."""

    sensor_id: str
    azimuth_sigma_rad: float | None = None
    elevation_sigma_rad: float | None = None
    range_sigma_m: float | None = None
    range_rate_sigma_mps: float | None = None
    position_itrf_m: tuple[float, float, float] | None = None
    region: Region | None = None  # its field of regard
    asterix: tuple[int, int] | None = None  # the SAC and SIC by which its ASTERIX messages name it
