"""The lines of a scan file: one header, then one line of JSON per scan (docs/reference/scan-file.md).

Field names carry frame and unit. An absent field means not measured. Numbers are kept as decimals until they are
rounded once into float64 (`exact`).
"""

from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from vedette.reports import Mode, SensorKind

SCHEMA_VERSION = 1

Number = Annotated[Decimal, Meta(extra_json_schema={"type": "number"})]
Utc = Annotated[
    str,
    Meta(
        description="UTC, ISO 8601 ending in Z, up to nine decimals of a second",
        examples=["2031-04-01T12:00:00.000Z"],
    ),
]
Id = Annotated[str, Meta(min_length=1, max_length=200)]


class ScanFileHeader(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The first line of a scan file."""

    vedette_scan_file: Annotated[int, Meta(ge=1, description="schema version; this is version 1")]
    mode: Mode
    producer: str = ""
    sensors: tuple[Id, ...] = ()  # when given, a scan of any other sensor is set aside
    t_liftoff_utc: Utc | None = None
    is_epoch_known: bool = True  # False: the times count from 2000-01-01T11:59:28.000Z, and no UTC is meant


class WireRegion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The part of the sky a look covered, in the sensor's own horizon; azimuth_min > azimuth_max passes north."""

    azimuth_min_deg: Number
    azimuth_max_deg: Number
    elevation_min_deg: Number
    elevation_max_deg: Number
    range_min_km: Number = Decimal(0)
    range_max_km: Number | None = None  # absent: no limit


class RadarDetection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One radar detection; azimuth clockwise from north, elevation above the sensor's geodetic horizon."""

    t_measured_utc: Utc
    azimuth_deg: Number | None = None
    elevation_deg: Number | None = None
    range_km: Number | None = None
    range_rate_kmps: Number | None = None
    azimuth_sigma_deg: Number | None = None
    elevation_sigma_deg: Number | None = None
    range_sigma_km: Number | None = None
    range_rate_sigma_kmps: Number | None = None


class InfraredDetection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One infrared detection: a unit vector from the sensor, Earth-fixed, or azimuth and elevation at the sensor."""

    t_measured_utc: Utc
    los_itrf: tuple[Number, Number, Number] | None = None
    azimuth_deg: Number | None = None  # needs sensor_position_itrf_km
    elevation_deg: Number | None = None
    los_sigma_deg: Number | None = None
    intensity_w_sr: Number | None = None
    intensity_sigma_w_sr: Number | None = None


class TelemetryDetection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One reading of launch telemetry: speed relative to the rotating Earth, height above the ellipsoid."""

    t_measured_utc: Utc
    speed_itrf_kmps: Number | None = None
    altitude_km: Number | None = None
    speed_itrf_sigma_kmps: Number | None = None
    altitude_sigma_km: Number | None = None


class ScanFields(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every scan line has besides its kind and its detections."""

    sensor_id: Id
    mode: Mode
    sequence: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None  # counts the scans of one sensor
    t_received_utc: Utc | None = None  # absent: the newest measured time
    looked_at: WireRegion | None = None  # absent: everything the sensor can see
    sensor_position_itrf_km: tuple[Number, Number, Number] | None = None  # of a sensor that moves
    marks: tuple[str, ...] = ()


class RadarScan(ScanFields, frozen=True, kw_only=True, tag_field="kind", tag="radar"):
    """One look of a radar; no detections means that it looked and saw nothing."""

    detections: tuple[RadarDetection, ...]


class InfraredScan(ScanFields, frozen=True, kw_only=True, tag_field="kind", tag="infrared"):
    """One look of an infrared sensor."""

    detections: tuple[InfraredDetection, ...]


class TelemetryScan(ScanFields, frozen=True, kw_only=True, tag_field="kind", tag="telemetry"):
    """One reading, or a few, of launch telemetry."""

    detections: tuple[TelemetryDetection, ...]


class LooseScan(ScanFields, frozen=True, kw_only=True):
    """A scan line whose detections are looked at one by one, so that a bad one does not cost its neighbours."""

    kind: SensorKind
    detections: tuple[msgspec.Raw, ...]


Detection = RadarDetection | InfraredDetection | TelemetryDetection
ScanLine = RadarScan | InfraredScan | TelemetryScan
DETECTION_TYPES: dict[SensorKind, type[Detection]] = {
    SensorKind.RADAR: RadarDetection,
    SensorKind.INFRARED: InfraredDetection,
    SensorKind.TELEMETRY: TelemetryDetection,
}


def scan_file_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of one line of a scan file, made from the Structs above."""
    lines = (ScanFileHeader, RadarScan, InfraredScan, TelemetryScan)
    references, components = msgspec.json.schema_components(lines, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One line of a Vedette scan file: the header or a scan",
        "anyOf": list(references),
        "$defs": _numbers_are_numbers(components),
    }


def _numbers_are_numbers(node: Any) -> Any:
    """Decimals are written as JSON numbers here, not as strings."""
    if isinstance(node, dict):
        if node.get("format") == "decimal":
            node = {key: value for key, value in node.items() if key != "format"} | {"type": "number"}
        return {key: _numbers_are_numbers(value) for key, value in node.items() if not isinstance(value, Decimal)}
    return [_numbers_are_numbers(item) for item in node] if isinstance(node, list) else node
