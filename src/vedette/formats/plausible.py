"""What no sensor can have measured, said in the units of the door, with the likely cause.

Limits are wide: they catch wrong units, not unusual flights.
"""

from math import degrees, isfinite, isinf, pi, sqrt

from vedette.reports import COLUMNS, SIGHT_KINDS, SensorKind

RANGE_MAX_M = 1.0e8  # well beyond geostationary distance
RANGE_RATE_MAX_MPS = 2.0e4  # faster than anything bound to the Earth, and meteors aside
SPEED_MAX_MPS = 1.7e4
ALTITUDE_MIN_M, ALTITUDE_MAX_M = -1.0e3, 1.0e8
INTENSITY_MAX_W_SR = 1.0e10  # the brightest bolides seen from orbit
MAGNITUDE_MAX = 40.0  # the Sun is -26.7; the faintest thing ever photographed about +31
IRRADIANCE_MAX_W_M2 = 1.0e5  # some seventy Suns
NOISE_RISE_MAX_DB = 200.0
UNIT_VECTOR_TOLERANCE = 1.0e-6  # six decimals are enough to say a unit vector
SIGMA_MAX: dict[str, float] = {
    "azimuth_rad": pi / 2,
    "elevation_rad": pi / 2,
    "range_m": 1.0e7,
    "range_rate_mps": 1.0e4,
    "los_itrf_x": pi / 2,
    "los_itrf_y": pi / 2,
    "los_itrf_z": pi / 2,
    "intensity_w_sr": 1.0e12,
    "speed_itrf_mps": 1.0e4,
    "altitude_m": 1.0e7,
    "magnitude": 20.0,
    "irradiance_w_m2": 1.0e6,
    "range_difference_m": 1.0e7,
    "range_rate_difference_mps": 1.0e4,
    "noise_rise_db": 100.0,
}

Fault = tuple[str, str]  # what, cure


def find_fault(kind: SensorKind, values: list[float], sigmas: list[float]) -> Fault | None:
    """The first thing wrong with one detection (a row of `COLUMNS[kind]`), or None."""
    names = COLUMNS[kind]
    if names is _RADAR_NAMES and _is_plainly_a_radars(*values, *sigmas):
        return None
    for name, value, sigma in zip(names, values, sigmas, strict=True):
        fault = _fault_of_value(name, value) or _fault_of_sigma(name, value, sigma)
        if fault is not None:
            return fault
    if not any(isfinite(value) for value in values):
        return "a detection that measures nothing", "leave it out; a scan with no detections says that nothing was seen"
    if kind in SIGHT_KINDS and isfinite(values[0]):
        length = sqrt(sum(component**2 for component in values[:3]))
        if abs(length - 1.0) > UNIT_VECTOR_TOLERANCE:
            return f"line of sight of length {length:.9g}, not 1", "give a unit vector in the Earth-fixed frame"
    return None


_RADAR_NAMES = COLUMNS[SensorKind.RADAR]
_ANGLE_SIGMA_MAX_RAD = SIGMA_MAX["azimuth_rad"]


def _is_plainly_a_radars(
    azimuth_rad: float, elevation_rad: float, range_m: float, range_rate_mps: float,
    azimuth_sigma_rad: float, elevation_sigma_rad: float, range_sigma_m: float, range_rate_sigma_mps: float,
) -> bool:  # fmt: skip
    """Whether place and, if given, range rate are within every limit: most detections are, and there are many."""
    return (
        0.0 <= azimuth_rad < 2 * pi
        and -pi / 2 <= elevation_rad <= pi / 2
        and 0.0 < range_m <= RANGE_MAX_M
        and 0.0 < azimuth_sigma_rad <= _ANGLE_SIGMA_MAX_RAD
        and 0.0 < elevation_sigma_rad <= _ANGLE_SIGMA_MAX_RAD
        and 0.0 < range_sigma_m <= SIGMA_MAX["range_m"]
        and (
            range_rate_mps != range_rate_mps
            or (abs(range_rate_mps) <= RANGE_RATE_MAX_MPS and 0.0 < range_rate_sigma_mps <= SIGMA_MAX["range_rate_mps"])
        )
    )


def _fault_of_value(name: str, value: float) -> Fault | None:
    if value != value:  # not measured
        return None
    if isinf(value):
        return f"{_door_name(name)} is NaN or infinite", "leave out what was not measured"
    if name == "azimuth_rad" and not 0.0 <= value < 2 * pi:
        return f"azimuth {degrees(value):.10g} deg", "azimuth runs clockwise from north, from 0 up to 360 degrees"
    if name == "elevation_rad" and not -pi / 2 <= value <= pi / 2:
        return f"elevation {degrees(value):.10g} deg", "elevation lies between -90 and 90 degrees"
    if name == "range_m" and not 0.0 < value <= RANGE_MAX_M:
        cure = "range is positive" if value <= 0 else "ranges are read in kilometres; were metres given?"
        return f"range {value / 1e3:.10g} km", cure
    if name == "range_rate_mps" and abs(value) > RANGE_RATE_MAX_MPS:
        return f"range rate {value / 1e3:.10g} km/s", "range rates are read in km/s; were m/s given?"
    if name == "speed_itrf_mps" and not 0.0 <= value <= SPEED_MAX_MPS:
        return f"speed {value / 1e3:.10g} km/s", "speeds are read in km/s and are not negative; were m/s or km/h given?"
    if name == "altitude_m" and not ALTITUDE_MIN_M <= value <= ALTITUDE_MAX_M:
        return f"altitude {value / 1e3:.10g} km", "altitudes are read in kilometres; were metres given?"
    if name == "intensity_w_sr" and not 0.0 <= value <= INTENSITY_MAX_W_SR:
        return f"intensity {value:.10g} W/sr", "intensity is in watts per steradian and is not negative"
    return _fault_of_newer_value(name, value)


def _fault_of_newer_value(name: str, value: float) -> Fault | None:
    """Telescopes, thermal imagers, passive radio and strobes."""
    if name == "magnitude" and not abs(value) <= MAGNITUDE_MAX:
        return f"magnitude {value:.10g}", f"apparent magnitudes lie between -{MAGNITUDE_MAX:g} and {MAGNITUDE_MAX:g}"
    if name == "irradiance_w_m2" and not 0.0 <= value <= IRRADIANCE_MAX_W_M2:
        return f"irradiance {value:.10g} W/m2", "irradiance is in watts per square metre and is not negative"
    if name == "range_difference_m" and abs(value) > RANGE_MAX_M:
        return f"range difference {value / 1e3:.10g} km", "range differences are read in kilometres; were metres given?"
    if name == "range_rate_difference_mps" and abs(value) > 2.0 * RANGE_RATE_MAX_MPS:
        cure = "range rate differences are read in km/s; were m/s given?"
        return f"range rate difference {value / 1e3:.10g} km/s", cure
    if name == "noise_rise_db" and not 0.0 <= value <= NOISE_RISE_MAX_DB:
        return f"noise rise {value:.10g} dB", f"a rise of the noise floor is 0 to {NOISE_RISE_MAX_DB:g} dB"
    return None


def _fault_of_sigma(name: str, value: float, sigma: float) -> Fault | None:
    if value != value or 0 < sigma <= SIGMA_MAX[name]:
        return None
    if sigma != sigma:
        cure = "every measured value needs its one-sigma; nothing is seen without doubt"
        return f"{_door_name(name)} without a sigma", cure
    what = f"{_door_name(name)} with a sigma of {_in_door_units(name, sigma)}"
    if sigma > 0:
        return what, "no sensor is that coarse; check the sigma's unit"
    return what, "a sigma is positive; nothing is seen without doubt"


def _in_door_units(name: str, sigma: float) -> str:
    if name.endswith("_mps"):
        return f"{sigma / 1e3:.6g} km/s"
    if name.endswith("_m"):
        return f"{sigma / 1e3:.6g} km"
    plain = {"magnitude": "mag", "irradiance_w_m2": "W/m2", "noise_rise_db": "dB"}
    if name in plain:
        return f"{sigma:.6g} {plain[name]}"
    return f"{sigma:.6g} W/sr" if name.endswith("_sr") else f"{degrees(sigma):.6g} deg"


def _door_name(name: str) -> str:
    return {
        "azimuth_rad": "azimuth",
        "elevation_rad": "elevation",
        "range_m": "range",
        "range_rate_mps": "range rate",
        "intensity_w_sr": "intensity",
        "speed_itrf_mps": "speed",
        "altitude_m": "altitude",
        "magnitude": "magnitude",
        "irradiance_w_m2": "irradiance",
        "range_difference_m": "range difference",
        "range_rate_difference_mps": "range rate difference",
        "noise_rise_db": "noise rise",
    }.get(name, "line of sight")
