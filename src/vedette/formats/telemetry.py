"""Launch telemetry: JSON arrays `time` (s), `velocity` (m/s, relative to the rotating Earth), `altitude` (km).

Those three are observations; every other array in such files was derived afterwards and is ignored. One scan per
sample, in the order of the file, so that whoever follows the ascent decides causally.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Any

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.formats.feed import FeedHeader, FeedRecord, Quarantined, keep_with_doubt, set_aside
from vedette.reports import Mode, Scan, SensorKind

# One count of a uniform display of step d has variance d^2/12 (Widrow, 1956). Webcast displays show km/h and 0.1 km,
# and whole km above 100 km.
SPEED_SIGMA_MPS = (1.0 / 3.6) / sqrt(12.0)
ALTITUDE_SIGMA_M = 100.0 / sqrt(12.0)
ALTITUDE_WHOLE_KM_SIGMA_M = 1000.0 / sqrt(12.0)
WHOLE_KM_ABOVE_KM = 100.0

SPEED_MAX_MPS = 17_000.0  # beyond escape from the Earth: no launch is this fast
ALTITUDE_MAX_KM = 100_000.0
ALTITUDE_MIN_KM = -1.0
TIME_MAX_S = 1.0e8  # three years


def parse_telemetry(
    raw: bytes,
    source: str,
    *,
    sensor_id: str = "telemetry",
    mode: Mode = Mode.REAL,
    t_liftoff_tai_ns: int | None = None,
) -> Iterator[FeedRecord]:
    """Header, then one TELEMETRY scan per sample, in the file's order; what is unusable as `Quarantined`.

    Without `t_liftoff_tai_ns` the times count from instant 0 and the header says `is_epoch_known=False`.
    """
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as trouble:
        line = getattr(trouble, "lineno", 1)
        at = f"{source}:{line}"
        cure = "the file is cut off or garbled; fetch it again"
        why = getattr(trouble, "msg", "") or (
            "nested too deeply" if isinstance(trouble, RecursionError) else "not text"
        )
        yield set_aside(f"launch telemetry is not JSON ({why})", at, cure, raw)
        return
    wrong = _missing_arrays(document, source, raw)
    if wrong is not None:
        yield wrong
        return
    t0_tai_ns = t_liftoff_tai_ns or 0
    yield FeedHeader(
        source=source,
        format="telemetry-json",
        mode=mode,
        sensors=(sensor_id,),
        is_epoch_known=t_liftoff_tai_ns is not None,
        t_liftoff_tai_ns=t0_tai_ns,
    )
    columns = [document[name] for name in ("time", "velocity", "altitude")]
    counts = [len(column) for column in columns]
    if len(set(counts)) > 1:
        what = f"time, velocity and altitude have {counts[0]}, {counts[1]} and {counts[2]} values"
        yield set_aside(what, source, f"only the first {min(counts)} of each are used; export the arrays together")
    path = _Path()
    for index, (t_s, speed_mps, altitude_km) in enumerate(zip(*columns, strict=False)):
        where = f"{source}[{index}]"
        fault = _unusable(t_s, speed_mps, altitude_km) or path.unreachable(t_s, speed_mps, altitude_km)
        if fault is not None:
            yield set_aside(fault[0], where, fault[1], t_received_tai_ns=path.t_newest_tai_ns)
            continue
        t_tai_ns = t0_tai_ns + round(float(t_s) * NS_PER_S)
        marks: tuple[str, ...] = ()
        if path.count and t_tai_ns < path.t_newest_tai_ns:
            marks = ("clock-step",)
            if not path.has_told_step:
                back_s = (path.t_newest_tai_ns - t_tai_ns) / NS_PER_S
                what = f"the clock goes back {back_s:.3f} s to {float(t_s):.3f} s"
                cure = "kept and marked; sort the samples by time if they were shuffled"
                yield keep_with_doubt(what, where, cure, t_received_tai_ns=path.t_newest_tai_ns)
                path.has_told_step = True
        path.follow(float(t_s), float(speed_mps), float(altitude_km), t_tai_ns)
        yield _scan(sensor_id, mode, t_tai_ns, float(speed_mps), float(altitude_km), marks)
    if path.count == 0:
        yield set_aside("launch telemetry without one usable sample", source, "check that this is the right file", raw)


def _scan(sensor_id: str, mode: Mode, t_tai_ns: int, speed_mps: float, altitude_km: float, marks: Any) -> Scan:
    is_whole_km = altitude_km >= WHOLE_KM_ABOVE_KM and altitude_km == round(altitude_km)
    return Scan(
        sensor_id=sensor_id,
        kind=SensorKind.TELEMETRY,
        mode=mode,
        t_received_tai_ns=t_tai_ns,
        t_measured_tai_ns=np.array([t_tai_ns], dtype=np.int64),
        values=np.array([[speed_mps, altitude_km * 1000.0]]),
        sigmas=np.array([[SPEED_SIGMA_MPS, ALTITUDE_WHOLE_KM_SIGMA_M if is_whole_km else ALTITUDE_SIGMA_M]]),
        marks=marks,
    )


@dataclass(slots=True)
class _Path:
    """How far the vehicle can have climbed: no further than its fastest reading allows."""

    count: int = 0
    t_first_s: float = 0.0
    altitude_first_km: float = 0.0
    speed_max_mps: float = 0.0
    t_newest_tai_ns: int = 0
    has_told_step: bool = False

    def unreachable(self, t_s: float, speed_mps: float, altitude_km: float) -> tuple[str, str] | None:
        """A climb beyond twice what the fastest reading so far allows (the usual cause: metres given as km)."""
        if not self.count:
            return None
        fastest_mps = max(self.speed_max_mps, speed_mps) + 50.0
        climb_max_km = 2.0 + 2e-3 * fastest_mps * abs(t_s - self.t_first_s)
        if abs(altitude_km - self.altitude_first_km) <= climb_max_km:
            return None
        what = f"altitude {altitude_km:g} km cannot be reached at up to {fastest_mps:.0f} m/s by {t_s:g} s"
        return what, "was the altitude given in metres? It is read in kilometres"

    def follow(self, t_s: float, speed_mps: float, altitude_km: float, t_tai_ns: int) -> None:
        """Remember an accepted sample."""
        if not self.count:
            self.t_first_s, self.altitude_first_km = t_s, altitude_km
        self.count += 1
        self.speed_max_mps = max(self.speed_max_mps, speed_mps)
        self.t_newest_tai_ns = t_tai_ns if self.count == 1 else max(self.t_newest_tai_ns, t_tai_ns)


def _missing_arrays(document: Any, source: str, raw: bytes) -> Quarantined | None:
    if not isinstance(document, dict):
        return set_aside("JSON, but not an object", source, "launch telemetry has arrays time, velocity, altitude", raw)
    for name in ("time", "velocity", "altitude"):
        if not isinstance(document.get(name), list):
            what = f"launch telemetry without an array {name!r}"
            return set_aside(what, source, "it needs time (s), velocity (m/s) and altitude (km)", raw)
    return None


def _unusable(t_s: Any, speed_mps: Any, altitude_km: Any) -> tuple[str, str] | None:
    for name, value in (("time", t_s), ("velocity", speed_mps), ("altitude", altitude_km)):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{name} is {_shown(value)}, not a number", "this sample is left out"
        if isinstance(value, int) and abs(value) > 10**15:
            return f"{name} is {_shown(value)}", "no such value; this sample is left out"
        if not isfinite(value):
            return f"{name} is {value}", "a sample that was not measured is left out"
    if abs(t_s) > TIME_MAX_S:
        return f"time {t_s:g} s is years from lift-off", "time counts in seconds after lift-off; milliseconds given?"
    if not 0.0 <= speed_mps <= SPEED_MAX_MPS:
        return f"velocity {speed_mps:g} m/s is impossible", "it is read in m/s; were km/h given?"
    if not ALTITUDE_MIN_KM <= altitude_km <= ALTITUDE_MAX_KM:
        return f"altitude {altitude_km:g} km is impossible", "it is read in kilometres; were metres given?"
    return None


def _shown(value: Any) -> str:
    if isinstance(value, int):
        return "an integer of hundreds of digits" if abs(value) > 10**100 else str(value)
    text = repr(value) if isinstance(value, str) else json.dumps(value, default=str) if value is None else repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
