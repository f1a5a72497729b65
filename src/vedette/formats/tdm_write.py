"""Radar scans as a Tracking Data Message 2.0 in keyword = value notation (CCSDS 503.0-B-2)."""

from collections.abc import Iterable

from vedette.core.errors import UsageError
from vedette.formats.exact import degrees_text, kilometres_text
from vedette.formats.scan_convert import utc_text
from vedette.reports import Scan, SensorKind

_KEYWORDS = ("ANGLE_1", "ANGLE_2", "RANGE", "DOPPLER_INSTANTANEOUS")


def format_tdm_kvn(
    scans: Iterable[Scan], *, originator: str, t_created_tai_ns: int, object_name: str = "UNKNOWN", comment: str = ""
) -> str:
    """A TDM of radar scans, one segment per sensor: two-way, AZEL degrees, km and km/s, epochs of reflection in UTC.

    A TDM holds no sigmas and no looks that saw nothing; both are lost. UsageError for scans of another kind.
    """
    lines = ["CCSDS_TDM_VERS = 2.0"]
    lines += [f"COMMENT {line}" for line in comment.splitlines()]
    lines += [f"CREATION_DATE = {_epoch(t_created_tai_ns)}", f"ORIGINATOR = {originator}"]
    by_sensor: dict[str, list[Scan]] = {}
    for scan in scans:
        if scan.kind is not SensorKind.RADAR:
            raise UsageError(f"a TDM of {scan.kind} scans is not written; {scan.sensor_id} is no radar")
        by_sensor.setdefault(scan.sensor_id, []).append(scan)
    for sensor_id, sensor_scans in by_sensor.items():
        lines += _segment(sensor_id, object_name, sensor_scans)
    return "\n".join(lines) + "\n"


def _segment(sensor_id: str, object_name: str, scans: list[Scan]) -> list[str]:
    rows = [
        (t, values)
        for scan in scans
        for t, values in zip(scan.t_measured_tai_ns.tolist(), scan.values.tolist(), strict=True)
    ]
    rows.sort(key=lambda row: row[0])
    lines = ["META_START", "TIME_SYSTEM = UTC"]
    if rows:
        lines += [f"START_TIME = {_epoch(rows[0][0])}", f"STOP_TIME = {_epoch(rows[-1][0])}"]
    lines += [
        f"PARTICIPANT_1 = {sensor_id}",
        f"PARTICIPANT_2 = {object_name}",
        "MODE = SEQUENTIAL",
        "PATH = 1,2,1",
        "RANGE_UNITS = km",
        "ANGLE_TYPE = AZEL",
        "META_STOP",
        "DATA_START",
    ]
    for t_tai_ns, values in rows:
        texts = (
            degrees_text(values[0]),
            degrees_text(values[1]),
            kilometres_text(values[2]),
            kilometres_text(values[3]),
        )
        epoch = _epoch(t_tai_ns)
        lines += [f"{word} = {epoch} {text}" for word, text in zip(_KEYWORDS, texts, strict=True) if text is not None]
    return [*lines, "DATA_STOP"]


def _epoch(t_tai_ns: int) -> str:
    return utc_text(t_tai_ns).removesuffix("Z")
