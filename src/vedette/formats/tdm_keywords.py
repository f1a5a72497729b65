"""The words of a CCSDS Tracking Data Message, 503.0-B-1 (2007) and 503.0-B-2 (2020), tables 3-2, 3-3 and 3-5."""

from collections.abc import Iterable

VERSIONS = ("1.0", "2.0")


def _numbered(name: str, count: int = 5) -> Iterable[str]:
    return (f"{name}_{index}" for index in range(1, count + 1))


HEADER = frozenset({"CCSDS_TDM_VERS", "CREATION_DATE", "ORIGINATOR", "MESSAGE_ID"})

METADATA_NUMBERS = frozenset(
    {
        "TURNAROUND_NUMERATOR",
        "TURNAROUND_DENOMINATOR",
        "INTEGRATION_INTERVAL",
        "FREQ_OFFSET",
        "RANGE_MODULUS",
        "INTERPOLATION_DEGREE",
        "DOPPLER_COUNT_BIAS",
        "DOPPLER_COUNT_SCALE",
        *_numbered("TRANSMIT_DELAY"),
        *_numbered("RECEIVE_DELAY"),
        "CORRECTION_ANGLE_1",
        "CORRECTION_ANGLE_2",
        "CORRECTION_DOPPLER",
        "CORRECTION_MAG",
        "CORRECTION_RANGE",
        "CORRECTION_RCS",
        "CORRECTION_RECEIVE",
        "CORRECTION_TRANSMIT",
        "CORRECTION_ABERRATION_YEARLY",
        "CORRECTION_ABERRATION_DIURNAL",
    }
)
METADATA = METADATA_NUMBERS | {
    "TRACK_ID",
    "DATA_TYPES",
    "TIME_SYSTEM",
    "START_TIME",
    "STOP_TIME",
    *_numbered("PARTICIPANT"),
    "MODE",
    "PATH",
    "PATH_1",
    "PATH_2",
    *_numbered("EPHEMERIS_NAME"),
    "TRANSMIT_BAND",
    "RECEIVE_BAND",
    "TIMETAG_REF",
    "INTEGRATION_REF",
    "RANGE_MODE",
    "RANGE_UNITS",
    "ANGLE_TYPE",
    "REFERENCE_FRAME",
    "INTERPOLATION",
    "DOPPLER_COUNT_ROLLOVER",
    "DATA_QUALITY",
    "CORRECTIONS_APPLIED",
}
METADATA_CHOICES: dict[str, tuple[str, ...]] = {
    "MODE": ("SEQUENTIAL", "SINGLE_DIFF"),
    "TIMETAG_REF": ("TRANSMIT", "RECEIVE"),
    "INTEGRATION_REF": ("START", "MIDDLE", "END"),
    "RANGE_MODE": ("COHERENT", "CONSTANT", "ONE_WAY"),
    "RANGE_UNITS": ("km", "s", "RU"),
    "ANGLE_TYPE": ("AZEL", "RADEC", "XEYN", "XSYE"),
    "DATA_QUALITY": ("RAW", "VALIDATED", "DEGRADED"),
    "CORRECTIONS_APPLIED": ("YES", "NO"),
}

USED_DATA = frozenset({"RANGE", "ANGLE_1", "ANGLE_2", "DOPPLER_INSTANTANEOUS", "DOPPLER_INTEGRATED"})
DATA = USED_DATA | {
    "CARRIER_POWER",
    "DOPPLER_COUNT",
    "PC_N0",
    "PR_N0",
    *_numbered("RECEIVE_PHASE_CT"),
    *_numbered("TRANSMIT_PHASE_CT"),
    "RECEIVE_FREQ",
    *_numbered("RECEIVE_FREQ"),
    *_numbered("TRANSMIT_FREQ"),
    *_numbered("TRANSMIT_FREQ_RATE"),
    "DOR",
    "VLBI_DELAY",
    "MAG",
    "RCS",
    "CLOCK_BIAS",
    "CLOCK_DRIFT",
    "STEC",
    "TROPO_DRY",
    "TROPO_WET",
    "PRESSURE",
    "RHUMIDITY",
    "TEMPERATURE",
}

TIME_SYSTEMS_READ = ("UTC", "TAI", "TT", "GPS")
TIME_SYSTEMS_KNOWN = (*TIME_SYSTEMS_READ, "UT1", "TDB", "TDT", "TCB", "TCG", "TDR", "GMST", "MET", "MRT", "SCLK")
