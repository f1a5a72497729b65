"""Between a line of a scan file and a `Scan`: km and degrees outside, metres and radians inside."""

from decimal import Decimal
from functools import lru_cache
from math import inf, nan
from typing import Any

import numpy as np

from vedette.core.errors import BadInputError, UsageError
from vedette.core.shapes import Rows
from vedette.formats.exact import degrees_text, kilometres_text, metres, number_text, radians
from vedette.formats.plausible import NOISE_RISE_MAX_DB
from vedette.formats.scan_wire import (
    LINE_TYPES,
    Detection,
    DifferenceDetection,
    InfraredDetection,
    OpticalDetection,
    RadarDetection,
    ScanLine,
    StrobeDetection,
    TelemetryDetection,
    ThermalDetection,
    WireRegion,
)
from vedette.frames import enu_from_azel_range, itrf_from_enu
from vedette.reports import HORIZON_KINDS, Region, Scan, SensorKind
from vedette.time import utc_text_from_tai_ns

Row = tuple[list[float], list[float]]  # values and sigmas


def row_from_detection(detection: Detection, sensor_position_itrf_m: Rows | None) -> Row:
    """Values and sigmas in the order of `COLUMNS`; NaN for what was not measured."""
    if isinstance(detection, RadarDetection):
        return (
            [
                _folded(_radians(detection.azimuth_deg)),
                _radians(detection.elevation_deg),
                _metres(detection.range_km),
                _metres(detection.range_rate_kmps),
            ],
            [
                _sigma_radians(detection.azimuth_sigma_deg),
                _sigma_radians(detection.elevation_sigma_deg),
                _sigma_metres(detection.range_sigma_km),
                _sigma_metres(detection.range_rate_sigma_kmps),
            ],
        )
    if isinstance(detection, TelemetryDetection):
        return (
            [_metres(detection.speed_itrf_kmps), _metres(detection.altitude_km)],
            [_metres(detection.speed_itrf_sigma_kmps), _metres(detection.altitude_sigma_km)],
        )
    if isinstance(detection, DifferenceDetection):
        return (
            [_metres(detection.range_difference_km), _metres(detection.range_rate_difference_kmps)],
            [_metres(detection.range_difference_sigma_km), _metres(detection.range_rate_difference_sigma_kmps)],
        )
    if isinstance(detection, StrobeDetection):
        angles = [_folded(_radians(detection.azimuth_deg)), _radians(detection.elevation_deg)]
        angle_sigmas = [_sigma_radians(detection.azimuth_sigma_deg), _sigma_radians(detection.elevation_sigma_deg)]
        return [*angles, _float(detection.noise_rise_db)], [*angle_sigmas, _float(detection.noise_rise_sigma_db)]
    sight = _line_of_sight(detection, sensor_position_itrf_m)
    sigma_rad = _sigma_radians(detection.los_sigma_deg)
    match detection:
        case InfraredDetection():
            shine, shine_sigma = detection.intensity_w_sr, detection.intensity_sigma_w_sr
        case OpticalDetection():
            shine, shine_sigma = detection.magnitude, detection.magnitude_sigma
        case ThermalDetection():
            shine, shine_sigma = detection.irradiance_w_m2, detection.irradiance_sigma_w_m2
    return [*sight, _float(shine)], [sigma_rad, sigma_rad, sigma_rad, _float(shine_sigma)]


def _line_of_sight(
    detection: InfraredDetection | OpticalDetection | ThermalDetection, sensor_position_itrf_m: Rows | None
) -> list[float]:
    if detection.los_itrf is not None:
        return [_float(component) for component in detection.los_itrf]
    if detection.azimuth_deg is None or detection.elevation_deg is None:
        return [nan, nan, nan]
    if sensor_position_itrf_m is None:
        raise BadInputError(
            "azimuth and elevation of a line of sight without a place", cure="give sensor_position_itrf_km, or los_itrf"
        )
    azimuth_rad, elevation_rad = _radians(detection.azimuth_deg), _radians(detection.elevation_deg)
    one_metre_away_itrf_m = itrf_from_enu(
        enu_from_azel_range(azimuth_rad, elevation_rad, 1.0), np.zeros(3) + sensor_position_itrf_m
    )
    sight = one_metre_away_itrf_m - sensor_position_itrf_m
    return [float(component) for component in sight / np.linalg.norm(sight)]


def region_from_wire(region: WireRegion | None) -> Region | None:
    """The region a look covered; BadInputError when it is no region."""
    if region is None:
        return None
    made = Region(
        azimuth_min_rad=radians(region.azimuth_min_deg),
        azimuth_max_rad=radians(region.azimuth_max_deg),
        elevation_min_rad=radians(region.elevation_min_deg),
        elevation_max_rad=radians(region.elevation_max_deg),
        range_min_m=metres(region.range_min_km),
        range_max_m=inf if region.range_max_km is None else metres(region.range_max_km),
    )
    full = 2 * np.pi * (1 + 1e-12)
    is_sane = (
        -np.pi <= made.azimuth_min_rad <= full
        and -np.pi <= made.azimuth_max_rad <= full
        and -np.pi / 2 <= made.elevation_min_rad <= made.elevation_max_rad <= np.pi / 2
        and 0 <= made.range_min_m <= made.range_max_m
    )
    if not is_sane:
        raise BadInputError("looked_at is no region of the sky", cure="give minima below maxima, in degrees and km")
    return made


def position_from_wire(position_km: tuple[Decimal, Decimal, Decimal] | None) -> Rows | None:
    """A sensor's place in ITRF metres; BadInputError when it is inside the Earth or beyond the Moon."""
    if position_km is None:
        return None
    position_itrf_m = np.array([metres(component) for component in position_km])
    distance_m = float(np.linalg.norm(position_itrf_m))
    if not 6.3e6 <= distance_m <= 5e8:
        what = f"sensor_position_itrf_km lies {distance_m / 1e3:.6g} km from the Earth's centre"
        raise BadInputError(what, cure="it is read in kilometres, Earth-fixed; were metres given?")
    return position_itrf_m


def whole_look_from_wire(noise_rise_db: Decimal, sensor_position_sigma_km: Decimal) -> tuple[float, float]:
    """Noise rise in dB and position sigma in metres; BadInputError when one is negative or beyond belief."""
    rise_db, sigma_m = float(noise_rise_db), metres(sensor_position_sigma_km)
    if not 0.0 <= rise_db <= NOISE_RISE_MAX_DB:
        cure = f"a rise of the noise floor is 0 to {NOISE_RISE_MAX_DB:g} dB"
        raise BadInputError(f"noise_rise_db of {rise_db:.6g}", cure=cure)
    if not 0.0 <= sigma_m <= 1e6:
        cure = "it is one sigma in kilometres, not negative; were metres given?"
        raise BadInputError(f"sensor_position_sigma_km of {sigma_m / 1e3:.6g}", cure=cure)
    return rise_db, sigma_m


def wire_from_scan(scan: Scan, sequence: int | None = None) -> ScanLine:
    """The line that reads back as this scan, bit for bit."""
    fields: dict[str, Any] = {
        "sensor_id": scan.sensor_id,
        "mode": scan.mode,
        "sequence": sequence,
        "t_received_utc": utc_text(scan.t_received_tai_ns),
        "looked_at": _wire_region(scan.looked_at),
        "sensor_position_itrf_km": None
        if scan.sensor_position_itrf_m is None
        else tuple(kilometres_text(float(component)) for component in scan.sensor_position_itrf_m),
        "sensor_position_sigma_km": kilometres_text(scan.sensor_position_sigma_m),
        "noise_rise_db": number_text(scan.noise_rise_db),
        "marks": scan.marks,
    }
    make: Any = _MAKERS[scan.kind]
    rows = list(zip(scan.t_measured_tai_ns.tolist(), scan.values.tolist(), scan.sigmas.tolist(), strict=True))
    return LINE_TYPES[scan.kind](detections=tuple(make(*row) for row in rows), **fields)


def utc_text(t_tai_ns: int) -> str:
    """UTC with as many decimals as the instant needs: three, or all nine."""
    return utc_text_from_tai_ns(t_tai_ns, digits=3 if int(t_tai_ns) % 1_000_000 == 0 else 9)


def _radar(t_tai_ns: int, values: list[float], sigmas: list[float]) -> RadarDetection:
    return RadarDetection(
        t_measured_utc=utc_text(t_tai_ns),
        azimuth_deg=degrees_text(values[0]),
        elevation_deg=degrees_text(values[1]),
        range_km=kilometres_text(values[2]),
        range_rate_kmps=kilometres_text(values[3]),
        azimuth_sigma_deg=degrees_text(sigmas[0]),
        elevation_sigma_deg=degrees_text(sigmas[1]),
        range_sigma_km=kilometres_text(sigmas[2]),
        range_rate_sigma_kmps=kilometres_text(sigmas[3]),
    )


def _sight(t_tai_ns: int, values: list[float], sigmas: list[float]) -> dict[str, Any]:
    if values[0] == values[0] and not sigmas[0] == sigmas[1] == sigmas[2]:
        raise UsageError(f"a scan file holds one sigma for a line of sight, not {sigmas[:3]}")
    sight: Any = None if values[0] != values[0] else tuple(number_text(component) for component in values[:3])
    return {"t_measured_utc": utc_text(t_tai_ns), "los_itrf": sight, "los_sigma_deg": degrees_text(sigmas[0])}


def _infrared(t_tai_ns: int, values: list[float], sigmas: list[float]) -> InfraredDetection:
    return InfraredDetection(
        **_sight(t_tai_ns, values, sigmas),
        intensity_w_sr=number_text(values[3]),
        intensity_sigma_w_sr=number_text(sigmas[3]),
    )


def _optical(t_tai_ns: int, values: list[float], sigmas: list[float]) -> OpticalDetection:
    sight = _sight(t_tai_ns, values, sigmas)
    return OpticalDetection(**sight, magnitude=number_text(values[3]), magnitude_sigma=number_text(sigmas[3]))


def _thermal(t_tai_ns: int, values: list[float], sigmas: list[float]) -> ThermalDetection:
    return ThermalDetection(
        **_sight(t_tai_ns, values, sigmas),
        irradiance_w_m2=number_text(values[3]),
        irradiance_sigma_w_m2=number_text(sigmas[3]),
    )


def _difference(t_tai_ns: int, values: list[float], sigmas: list[float]) -> DifferenceDetection:
    return DifferenceDetection(
        t_measured_utc=utc_text(t_tai_ns),
        range_difference_km=kilometres_text(values[0]),
        range_rate_difference_kmps=kilometres_text(values[1]),
        range_difference_sigma_km=kilometres_text(sigmas[0]),
        range_rate_difference_sigma_kmps=kilometres_text(sigmas[1]),
    )


def _strobe(t_tai_ns: int, values: list[float], sigmas: list[float]) -> StrobeDetection:
    return StrobeDetection(
        t_measured_utc=utc_text(t_tai_ns),
        azimuth_deg=degrees_text(values[0]),
        elevation_deg=degrees_text(values[1]),
        noise_rise_db=number_text(values[2]),
        azimuth_sigma_deg=degrees_text(sigmas[0]),
        elevation_sigma_deg=degrees_text(sigmas[1]),
        noise_rise_sigma_db=number_text(sigmas[2]),
    )


def _telemetry(t_tai_ns: int, values: list[float], sigmas: list[float]) -> TelemetryDetection:
    return TelemetryDetection(
        t_measured_utc=utc_text(t_tai_ns),
        speed_itrf_kmps=kilometres_text(values[0]),
        altitude_km=kilometres_text(values[1]),
        speed_itrf_sigma_kmps=kilometres_text(sigmas[0]),
        altitude_sigma_km=kilometres_text(sigmas[1]),
    )


_MAKERS: dict[SensorKind, Any] = {
    **dict.fromkeys(HORIZON_KINDS, _radar),
    SensorKind.INFRARED: _infrared,
    SensorKind.TELEMETRY: _telemetry,
    SensorKind.OPTICAL: _optical,
    SensorKind.THERMAL: _thermal,
    SensorKind.TIME_DIFFERENCE: _difference,
    SensorKind.STROBE: _strobe,
}


def _wire_region(region: Region | None) -> WireRegion | None:
    if region is None:
        return None
    fields: dict[str, Any] = {
        "azimuth_min_deg": degrees_text(region.azimuth_min_rad),
        "azimuth_max_deg": degrees_text(region.azimuth_max_rad),
        "elevation_min_deg": degrees_text(region.elevation_min_rad),
        "elevation_max_deg": degrees_text(region.elevation_max_rad),
        "range_min_km": kilometres_text(region.range_min_m),
        "range_max_km": None if region.range_max_m == inf else kilometres_text(region.range_max_m),
    }
    return WireRegion(**fields)


def _radians(angle_deg: Decimal | None) -> float:
    return nan if angle_deg is None else _not_nan(radians(angle_deg))


def _sigma_radians(sigma_deg: Decimal | None) -> float:
    return _radians(sigma_deg) if sigma_deg is None or not sigma_deg.is_finite() else _remembered_radians(sigma_deg)


def _sigma_metres(sigma_km: Decimal | None) -> float:
    return _metres(sigma_km) if sigma_km is None or not sigma_km.is_finite() else _remembered_metres(sigma_km)


# A sensor's sigmas are the same numbers again and again; equal decimals are the same float64
_remembered_radians = lru_cache(256)(radians)
_remembered_metres = lru_cache(256)(metres)


def _folded(azimuth_rad: float) -> float:
    """North written as 360 degrees is north."""
    return 0.0 if azimuth_rad == 2 * np.pi else azimuth_rad


def _metres(length_km: Decimal | None) -> float:
    return nan if length_km is None else _not_nan(metres(length_km))


def _float(number: Decimal | None) -> float:
    return nan if number is None else _not_nan(float(number))


def _not_nan(number: float) -> float:
    """A stated NaN is no measurement and no absence either: it becomes infinite, which is refused further on."""
    return inf if number != number else number
