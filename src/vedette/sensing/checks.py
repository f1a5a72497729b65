"""Sentences for figures that no sensor can have; written so that NaN fails as well."""

from typing import Any

from vedette.core.errors import UsageError


def check_positive(sensor: Any, *keys: str) -> None:
    """UsageError unless each of these fields is None or above zero."""
    for key in keys:
        value = getattr(sensor, key)
        if value is not None and not value > 0:
            raise UsageError(f"{sensor.name}: {key} = {value} must be positive")


def check_not_negative(sensor: Any, *keys: str) -> None:
    """UsageError unless each of these fields is zero or more."""
    for key in keys:
        if not getattr(sensor, key) >= 0:
            raise UsageError(f"{sensor.name}: {key} = {getattr(sensor, key)} must not be negative")


def check_chance(sensor: Any, *keys: str) -> None:
    """UsageError unless each of these fields is a probability above zero."""
    for key in keys:
        if not 0 < getattr(sensor, key) <= 1:
            raise UsageError(f"{sensor.name}: {key} = {getattr(sensor, key)} must be in (0, 1]")


def check_usual(sensor: Any) -> None:
    """UsageError for what every kind has: time between looks, latency, clock, false alarms, chance of a look."""
    check_positive(sensor, "revisit_s")
    check_not_negative(sensor, "false_alarms_per_look", "clock_bias_sigma_s", "latency_s")
    check_chance(sensor, "detection_probability")


def check_field(sensor: Any) -> None:
    """UsageError for a range that no field has, and for an elevation span that is empty."""
    check_positive(sensor, "range_max_km")
    check_not_negative(sensor, "range_min_km")
    if not -90.0 <= sensor.elevation_min_deg < sensor.elevation_max_deg <= 90.0:
        span = f"{sensor.elevation_min_deg} to {sensor.elevation_max_deg} deg"
        raise UsageError(f"{sensor.name}: elevations {span} are empty; give -90 <= min < max <= 90")
