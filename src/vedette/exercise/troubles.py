"""Bad luck on the way from sensor to engine, worked on the bytes of a scan file so that the real door reads them."""

from dataclasses import dataclass, replace
from io import BytesIO

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.exercise.rehearsal import Trouble
from vedette.formats import write_header, write_scan
from vedette.reports import Mode, Scan


@dataclass(frozen=True, slots=True)
class _Line:
    """A report on its way: when it gets there, which it is, its bytes when already spoilt."""

    t_there_tai_ns: int
    scan: Scan
    sequence: int
    cut: float = 1.0  # share of the line that gets through


def troubled_file(
    scans: tuple[Scan, ...], troubles: tuple[Trouble, ...], t_start_tai_ns: int, seed: int
) -> tuple[bytes, int]:
    """The scan file as it arrives after every trouble, and how many of its lines were cut short."""
    sequences: dict[str, int] = {}
    lines = []
    for scan in scans:
        sequences[scan.sensor_id] = sequences.get(scan.sensor_id, -1) + 1
        lines.append(_Line(scan.t_received_tai_ns, scan, sequences[scan.sensor_id]))
    for number, trouble in enumerate(troubles):
        rng = np.random.default_rng([seed, number, 0xBAD])
        lines = [out for line in lines for out in _suffer(line, trouble, t_start_tai_ns, rng)]
    lines.sort(key=lambda line: (line.t_there_tai_ns, line.scan.sensor_id, line.sequence))
    stream = BytesIO()
    write_header(stream, Mode.SIMULATED)
    for line in lines:
        one = BytesIO()
        write_scan(one, line.scan, line.sequence)
        whole = one.getvalue()
        stream.write(whole if line.cut >= 1.0 else whole[: int(len(whole) * line.cut)] + b"\n")
    return stream.getvalue(), sum(line.cut < 1.0 for line in lines)


def _suffer(line: _Line, trouble: Trouble, t_start_tai_ns: int, rng: np.random.Generator) -> list[_Line]:
    """What becomes of one line; the same number of draws whatever happens."""
    luck, how_much = rng.random(2)
    scan = line.scan
    at_s = (scan.t_received_tai_ns - t_start_tai_ns) / NS_PER_S
    is_hit = (not trouble.sensor or trouble.sensor == scan.sensor_id) and trouble.at_s <= at_s < trouble.until_s
    if not is_hit or trouble.kind == "restart":
        return [line]
    match trouble.kind:
        case "silent":
            return []
        case "late":
            burst = round(trouble.delay_s * NS_PER_S)
            there = -(-line.t_there_tai_ns // burst) * burst
            return [replace(line, t_there_tai_ns=there, scan=replace(scan, t_received_tai_ns=there))]
        case "clock-step":
            times = scan.t_measured_tai_ns + round(trouble.step_s * NS_PER_S)
            return [replace(line, scan=replace(scan, t_measured_tai_ns=times))]
        case "duplicate":
            again = replace(line, t_there_tai_ns=line.t_there_tai_ns + round(how_much * NS_PER_S))
            return [line, again] if luck < trouble.share else [line]
        case "reorder":
            there = line.t_there_tai_ns + round(how_much * trouble.window_s * NS_PER_S)
            moved = replace(line, t_there_tai_ns=there, scan=replace(scan, t_received_tai_ns=there))
            return [moved] if luck < trouble.share else [line]
        case "truncate":
            return [replace(line, cut=0.1 + 0.8 * how_much)] if luck < trouble.share else [line]
    raise AssertionError(trouble.kind)
