"""Feeds opened for a session: sensors come from TOML text, and their noise goes to formats that carry none."""

from collections.abc import Iterable, Iterator, Mapping
from math import radians
from pathlib import Path

from vedette.formats import FeedRecord, FeedSensor, open_feeds
from vedette.reports import Mode
from vedette.sensing import Radar, Sensor, parse_sensors


def open_watch_feeds(
    sources: Iterable[str | Path],
    *,
    mode: Mode | None = None,
    t_liftoff_tai_ns: int | None = None,
    sensors_toml: str | None = None,
) -> Iterator[FeedRecord]:
    """Records of the feeds, merged by time; BadInputError when the sensors' TOML cannot be read."""
    sensors = None if sensors_toml is None else feed_sensors(parse_sensors(sensors_toml, "--sensors"))
    return open_feeds(sources, mode=mode, sensors=sensors, t_liftoff_tai_ns=t_liftoff_tai_ns)


def feed_sensors(sensors: Mapping[str, Sensor]) -> dict[str, FeedSensor]:
    """What a door must know of each sensor, by name."""
    return {name: _feed_sensor(name, sensor) for name, sensor in sensors.items()}


def _feed_sensor(name: str, sensor: Sensor) -> FeedSensor:
    if not isinstance(sensor, Radar):
        return FeedSensor(name)
    return FeedSensor(
        name,
        azimuth_sigma_rad=_radians(sensor.azimuth_sigma_deg),
        elevation_sigma_rad=_radians(sensor.elevation_sigma_deg),
        range_sigma_m=sensor.range_sigma_m,
        range_rate_sigma_mps=sensor.range_rate_sigma_mps,
        position_itrf_m=tuple(sensor.position_itrf_m().tolist()),
        region=sensor.region,
        asterix=_asterix_name(sensor.asterix),
    )


def _radians(angle_deg: float | None) -> float | None:
    return None if angle_deg is None else radians(angle_deg)


def _asterix_name(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    sac, sic = text.split("/")
    return int(sac), int(sic)
