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


def _said(description: str) -> Meta:
    return Meta(description=description, extra_json_schema={"type": "number"})


Number = Annotated[Decimal, Meta(extra_json_schema={"type": "number"})]
Azimuth = Annotated[Decimal, _said("degrees clockwise from north, from 0 up to 360")]
Elevation = Annotated[Decimal, _said("degrees above the sensor's geodetic horizon, -90 to 90")]
Range = Annotated[Decimal, _said("km from the sensor, positive")]
RangeRate = Annotated[Decimal, _said("km/s, positive when receding, relative to the rotating Earth")]
Speed = Annotated[Decimal, _said("km/s relative to the rotating Earth, not negative")]
Altitude = Annotated[Decimal, _said("km above the WGS 84 ellipsoid")]
Intensity = Annotated[Decimal, _said("watts per steradian in the sensor's band, not negative")]
SigmaDeg = Annotated[Decimal, _said("one sigma in degrees, positive; needed wherever its value is given")]
SigmaKm = Annotated[Decimal, _said("one sigma in km, positive; needed wherever its value is given")]
SigmaKmps = Annotated[Decimal, _said("one sigma in km/s, positive; needed wherever its value is given")]
Magnitude = Annotated[Decimal, _said("apparent visual magnitude; brighter is smaller")]
SigmaMagnitude = Annotated[Decimal, _said("one sigma in magnitudes, positive; needed wherever its value is given")]
Irradiance = Annotated[Decimal, _said("watts per square metre at the sensor, in its band, not negative")]
SigmaIrradiance = Annotated[Decimal, _said("one sigma in W/m2, positive; needed wherever its value is given")]
Difference = Annotated[Decimal, _said("km: distance to the sensor less distance to its reference receiver")]
DifferenceRate = Annotated[Decimal, _said("km/s: the rate at which that difference grows")]
NoiseRise = Annotated[Decimal, _said("dB above the usual noise floor, not negative")]
SigmaDb = Annotated[Decimal, _said("one sigma in dB, positive; needed wherever its value is given")]
SigmaIntensity = Annotated[Decimal, _said("one sigma in W/sr, positive; needed wherever its value is given")]
Sight = Annotated[
    tuple[Number, Number, Number],
    Meta(description="unit vector x, y, z from the sensor towards the source, in the Earth-fixed frame ITRF"),
]
Place = Annotated[
    tuple[Number, Number, Number],
    Meta(description="x, y, z in km in the Earth-fixed frame ITRF, of a sensor that moves, at the measured time"),
]
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
    producer: Annotated[str, Meta(description="who wrote the file")] = ""
    sensors: Annotated[tuple[Id, ...], Meta(description="when given, a scan of any other sensor is set aside")] = ()
    t_liftoff_utc: Annotated[str, Meta(description="UTC of lift-off, if it is known")] | None = None
    is_epoch_known: Annotated[
        bool, Meta(description="false: times count from 2000-01-01T11:59:28Z, the feed's own zero, and mean no UTC")
    ] = True


class WireRegion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The part of the sky a look covered, in the sensor's own horizon; azimuth_min > azimuth_max passes north."""

    azimuth_min_deg: Azimuth
    azimuth_max_deg: Azimuth
    elevation_min_deg: Elevation
    elevation_max_deg: Elevation
    range_min_km: Annotated[Decimal, _said("km; absent means 0")] = Decimal(0)
    range_max_km: Annotated[Decimal, _said("km; absent means no limit")] | None = None


class RadarDetection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One radar detection; azimuth clockwise from north, elevation above the sensor's geodetic horizon."""

    t_measured_utc: Utc
    azimuth_deg: Azimuth | None = None
    elevation_deg: Elevation | None = None
    range_km: Range | None = None
    range_rate_kmps: RangeRate | None = None
    azimuth_sigma_deg: SigmaDeg | None = None
    elevation_sigma_deg: SigmaDeg | None = None
    range_sigma_km: SigmaKm | None = None
    range_rate_sigma_kmps: SigmaKmps | None = None


class InfraredDetection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One infrared detection: a unit vector from the sensor, Earth-fixed, or azimuth and elevation at the sensor."""

    t_measured_utc: Utc
    los_itrf: Sight | None = None
    azimuth_deg: Azimuth | None = None  # in place of los_itrf; needs sensor_position_itrf_km
    elevation_deg: Elevation | None = None
    los_sigma_deg: SigmaDeg | None = None
    intensity_w_sr: Intensity | None = None
    intensity_sigma_w_sr: SigmaIntensity | None = None


class OpticalDetection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One telescope detection: a unit vector from the sensor, Earth-fixed, or azimuth and elevation at the sensor."""

    t_measured_utc: Utc
    los_itrf: Sight | None = None
    azimuth_deg: Azimuth | None = None  # in place of los_itrf; needs sensor_position_itrf_km
    elevation_deg: Elevation | None = None
    los_sigma_deg: SigmaDeg | None = None
    magnitude: Magnitude | None = None
    magnitude_sigma: SigmaMagnitude | None = None


class ThermalDetection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One detection of a thermal imager, as of a telescope, with the irradiance it received."""

    t_measured_utc: Utc
    los_itrf: Sight | None = None
    azimuth_deg: Azimuth | None = None  # in place of los_itrf; needs sensor_position_itrf_km
    elevation_deg: Elevation | None = None
    los_sigma_deg: SigmaDeg | None = None
    irradiance_w_m2: Irradiance | None = None
    irradiance_sigma_w_m2: SigmaIrradiance | None = None


class DifferenceDetection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One emission heard at two receivers: the difference of its ways to them, and the rate of that difference."""

    t_measured_utc: Utc
    range_difference_km: Difference | None = None
    range_rate_difference_kmps: DifferenceRate | None = None
    range_difference_sigma_km: SigmaKm | None = None
    range_rate_difference_sigma_kmps: SigmaKmps | None = None


class StrobeDetection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One direction from which a radar hears noise."""

    t_measured_utc: Utc
    azimuth_deg: Azimuth | None = None
    elevation_deg: Elevation | None = None
    noise_rise_db: NoiseRise | None = None
    azimuth_sigma_deg: SigmaDeg | None = None
    elevation_sigma_deg: SigmaDeg | None = None
    noise_rise_sigma_db: SigmaDb | None = None


class TelemetryDetection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One reading of launch telemetry: speed relative to the rotating Earth, height above the ellipsoid."""

    t_measured_utc: Utc
    speed_itrf_kmps: Speed | None = None
    altitude_km: Altitude | None = None
    speed_itrf_sigma_kmps: SigmaKmps | None = None
    altitude_sigma_km: SigmaKm | None = None


class ScanFields(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every scan line has besides its kind and its detections."""

    sensor_id: Id
    mode: Mode
    sequence: (
        Annotated[int, Meta(ge=0, le=2**63 - 1, description="counts the scans of one sensor; tells gaps and repeats")]
        | None
    ) = None
    t_received_utc: Annotated[str, Meta(description="when we heard; absent: the newest measured time")] | None = None
    looked_at: WireRegion | None = None  # absent: everything the sensor can see
    sensor_position_itrf_km: Place | None = None
    sensor_position_sigma_km: Annotated[
        Decimal, _said("one sigma of each component of the sensor's own place; absent means 0")
    ] = Decimal(0)
    noise_rise_db: Annotated[
        Decimal, _said("rise of the noise floor over the whole look, dB, not negative; absent means 0")
    ] = Decimal(0)
    marks: Annotated[tuple[str, ...], Meta(description="doubts that travel with the scan, such as late")] = ()


class RadarScan(ScanFields, frozen=True, kw_only=True, tag_field="kind", tag="radar"):
    """One look of a radar; no detections means that it looked and saw nothing."""

    detections: tuple[RadarDetection, ...]


class InfraredScan(ScanFields, frozen=True, kw_only=True, tag_field="kind", tag="infrared"):
    """One look of an infrared sensor."""

    detections: tuple[InfraredDetection, ...]


class TelemetryScan(ScanFields, frozen=True, kw_only=True, tag_field="kind", tag="telemetry"):
    """One reading, or a few, of launch telemetry."""

    detections: tuple[TelemetryDetection, ...]


class OverTheHorizonScan(ScanFields, frozen=True, kw_only=True, tag_field="kind", tag="over-the-horizon"):
    """One look of an over-the-horizon radar: ground azimuth and half of the group path, no elevation."""

    detections: tuple[RadarDetection, ...]


class LaserScan(ScanFields, frozen=True, kw_only=True, tag_field="kind", tag="laser"):
    """One look of a laser ranging station."""

    detections: tuple[RadarDetection, ...]


class LidarScan(ScanFields, frozen=True, kw_only=True, tag_field="kind", tag="lidar"):
    """One look of a lidar."""

    detections: tuple[RadarDetection, ...]


class PassiveRadioScan(ScanFields, frozen=True, kw_only=True, tag_field="kind", tag="passive-radio"):
    """One look of a direction finder: azimuth and elevation of emissions."""

    detections: tuple[RadarDetection, ...]


class OpticalScan(ScanFields, frozen=True, kw_only=True, tag_field="kind", tag="optical"):
    """One look of a telescope."""

    detections: tuple[OpticalDetection, ...]


class ThermalScan(ScanFields, frozen=True, kw_only=True, tag_field="kind", tag="thermal"):
    """One look of a thermal imager."""

    detections: tuple[ThermalDetection, ...]


class TimeDifferenceScan(ScanFields, frozen=True, kw_only=True, tag_field="kind", tag="time-difference"):
    """One look of a receiver that compares its time and Doppler of arrival with those of its reference receiver."""

    detections: tuple[DifferenceDetection, ...]


class StrobeScan(ScanFields, frozen=True, kw_only=True, tag_field="kind", tag="strobe"):
    """Directions from which a radar hears noise; the sensor_id is the radar's."""

    detections: tuple[StrobeDetection, ...]


class LooseScan(ScanFields, frozen=True, kw_only=True):
    """A scan line whose detections are looked at one by one, so that a bad one does not cost its neighbours."""

    kind: SensorKind
    detections: tuple[msgspec.Raw, ...]


Detection = (
    RadarDetection
    | InfraredDetection
    | TelemetryDetection
    | OpticalDetection
    | ThermalDetection
    | DifferenceDetection
    | StrobeDetection
)
ScanLine = (
    RadarScan
    | InfraredScan
    | TelemetryScan
    | OverTheHorizonScan
    | LaserScan
    | LidarScan
    | PassiveRadioScan
    | OpticalScan
    | ThermalScan
    | TimeDifferenceScan
    | StrobeScan
)
LINE_TYPES: dict[SensorKind, type[ScanLine]] = {
    SensorKind.RADAR: RadarScan,
    SensorKind.INFRARED: InfraredScan,
    SensorKind.TELEMETRY: TelemetryScan,
    SensorKind.OVER_THE_HORIZON: OverTheHorizonScan,
    SensorKind.LASER: LaserScan,
    SensorKind.LIDAR: LidarScan,
    SensorKind.PASSIVE_RADIO: PassiveRadioScan,
    SensorKind.OPTICAL: OpticalScan,
    SensorKind.THERMAL: ThermalScan,
    SensorKind.TIME_DIFFERENCE: TimeDifferenceScan,
    SensorKind.STROBE: StrobeScan,
}
DETECTION_TYPES: dict[SensorKind, type[Detection]] = {
    SensorKind.RADAR: RadarDetection,
    SensorKind.INFRARED: InfraredDetection,
    SensorKind.TELEMETRY: TelemetryDetection,
    SensorKind.OVER_THE_HORIZON: RadarDetection,
    SensorKind.LASER: RadarDetection,
    SensorKind.LIDAR: RadarDetection,
    SensorKind.PASSIVE_RADIO: RadarDetection,
    SensorKind.OPTICAL: OpticalDetection,
    SensorKind.THERMAL: ThermalDetection,
    SensorKind.TIME_DIFFERENCE: DifferenceDetection,
    SensorKind.STROBE: StrobeDetection,
}


def scan_file_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of one line of a scan file, made from the Structs above."""
    from vedette.formats.said_wire import ClaimLine, LifeSignLine, NoticeLine  # which reads with the words of this one

    lines = (ScanFileHeader, *LINE_TYPES.values(), LifeSignLine, ClaimLine, NoticeLine)
    references, components = msgspec.json.schema_components(lines, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One line of a Vedette scan file: the header, a scan, or what people say",
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
