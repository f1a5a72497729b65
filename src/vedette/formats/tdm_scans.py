"""One segment of a Tracking Data Message as radar scans: observations of one instant joined into one row.

Range is the geometric distance: a value in km is taken as half the round trip already, as in the examples of annex E;
a value in seconds is the travel time along the path. Epochs are the instant of reflection unless TIMETAG_REF says
TRANSMIT or RECEIVE; then the light time is taken off.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import nan, radians, tau

import numpy as np

from vedette.core.constants import NS_PER_S, SPEED_OF_LIGHT_MPS
from vedette.core.errors import BadInputError
from vedette.formats.exact import metres, number_text
from vedette.formats.feed import FeedRecord, keep_with_doubt, set_aside, set_aside_error
from vedette.formats.feed_sensor import FeedSensor
from vedette.formats.instants import tai_ns_from_epoch
from vedette.formats.plausible import find_fault
from vedette.formats.tdm_keywords import USED_DATA
from vedette.formats.tdm_message import TdmObservation, TdmSegment
from vedette.reports import Mode, Scan, SensorKind

UNAMBIGUOUS_M = 1.0e8  # a modulus beyond every range that is believed
_COLUMN = {"ANGLE_1": 0, "ANGLE_2": 1, "RANGE": 2, "DOPPLER_INSTANTANEOUS": 3, "DOPPLER_INTEGRATED": 3}
_CORRECTION = {
    "ANGLE_1": "CORRECTION_ANGLE_1",
    "ANGLE_2": "CORRECTION_ANGLE_2",
    "RANGE": "CORRECTION_RANGE",
    "DOPPLER_INSTANTANEOUS": "CORRECTION_DOPPLER",
    "DOPPLER_INTEGRATED": "CORRECTION_DOPPLER",
}


@dataclass(slots=True)
class _Row:
    line: int
    values: list[float] = field(default_factory=lambda: [nan] * 4)


class SegmentReader:
    """Turns one segment into scans and sentences."""

    def __init__(self, source: str, mode: Mode, segment: TdmSegment, sensors: Mapping[str, FeedSensor] | None) -> None:
        self.source, self.mode, self.segment, self.sensors = source, mode, segment, sensors
        self.metadata = segment.metadata
        self.where = f"{source}:{segment.line}"
        self.refused: dict[str, FeedRecord] = {}  # keyword: why it is not used, said once
        self.allowed: set[str] = set()  # keywords found to be usable

    def records(self) -> Iterator[FeedRecord]:
        """Scans in order of time, after the sentences about what is not used."""
        keywords = {observation.keyword for observation in self.segment.observations}
        if not keywords:
            return
        if not keywords & USED_DATA:
            what = f"a segment with {', '.join(sorted(keywords)[:4])} only"
            yield set_aside(what, self.where, "RANGE, ANGLE_1, ANGLE_2 and DOPPLER in km/s are used")
            return
        try:
            sensor, leg_count = self._sensor()
        except BadInputError as trouble:
            yield set_aside_error(trouble, self.where)
            return
        sigmas = _sigmas(sensor)
        rows, told = self._rows(sigmas, leg_count)
        yield from self.refused.values()
        yield from told
        for t_tai_ns in sorted(rows):
            yield self._scan(sensor.sensor_id, t_tai_ns, rows[t_tai_ns], sigmas)

    def _scan(self, sensor_id: str, t_tai_ns: int, rows: list[_Row], sigmas: list[float]) -> Scan:
        values = np.array([row.values for row in rows])
        return Scan(
            sensor_id=sensor_id,
            kind=SensorKind.RADAR,
            mode=self.mode,
            t_received_tai_ns=t_tai_ns,
            t_measured_tai_ns=np.full(len(rows), t_tai_ns, dtype=np.int64),
            values=values,
            sigmas=np.where(np.isnan(values), nan, np.array(sigmas)),
            marks=("degraded",) if self.metadata.get("DATA_QUALITY", "").upper() == "DEGRADED" else (),
        )

    def _sensor(self) -> tuple[FeedSensor, int]:
        """The sensor that received, and the number of legs its signal travelled (1 or 2)."""
        metadata = self.metadata
        participants = [metadata[f"PARTICIPANT_{n}"] for n in range(1, 6) if f"PARTICIPANT_{n}" in metadata]
        if metadata.get("MODE", "SEQUENTIAL").upper() != "SEQUENTIAL":
            raise BadInputError("differenced data (MODE = SINGLE_DIFF)", cure="give the undifferenced observations")
        path = metadata.get("PATH", "").replace(" ", "")
        legs = path.split(",") if path else []
        is_two_way = len(legs) == 3 and legs[0] == legs[2] != legs[1]
        if legs and not (is_two_way or (len(legs) == 2 and legs[0] != legs[1])):
            raise BadInputError(f"PATH = {path[:40]} is not one sensor and one object", cure="give 1,2,1 or 2,1")
        if self.sensors is None:
            who = ", ".join(participants[:3])
            raise BadInputError(
                f"a TDM carries no site: nothing is known of {who}", cure="name the sensor with --sensors FILE.toml"
            )
        known = [name for name in participants if name in self.sensors]
        if not known:
            names = ", ".join(sorted(self.sensors)[:8]) or "none"
            raise BadInputError(
                f"no sensor is known for {', '.join(participants[:3])}",
                cure=f"known are {names}; add the participant's name to the sensors file",
            )
        if legs:
            receiver = metadata.get(f"PARTICIPANT_{legs[-1]}", "")
            if receiver not in self.sensors:
                raise BadInputError(f"PATH = {path} is received by {receiver or 'nobody'}, who is no known sensor")
            return self.sensors[receiver], 2 if is_two_way else 1
        if len(known) > 1:
            raise BadInputError(f"{' and '.join(known)} are both sensors", cure="say who received with PATH")
        return self.sensors[known[0]], 2

    def _rows(self, sigmas: list[float], leg_count: int) -> tuple[dict[int, list[_Row]], list[FeedRecord]]:
        rows: dict[int, list[_Row]] = {}
        told: list[FeedRecord] = []
        newest: dict[str, int] = {}
        is_told_unsorted = False
        system = self.metadata["TIME_SYSTEM"].upper()
        t_text, t_stated_tai_ns = "", 0  # the values of one instant usually stand together
        instantaneous = {o.t_text for o in self.segment.observations if o.keyword == "DOPPLER_INSTANTANEOUS"}
        for observation in self.segment.observations:
            keyword = observation.keyword
            if keyword not in USED_DATA or keyword.removesuffix("_2").removesuffix("_1") in self.refused:
                continue
            if keyword == "DOPPLER_INTEGRATED" and observation.t_text in instantaneous:
                continue  # two spellings of one measurement
            try:
                if observation.t_text != t_text:
                    t_stated_tai_ns = tai_ns_from_epoch(observation.t_text, system)
                    t_text = observation.t_text
                t_tai_ns = t_stated_tai_ns
                value = self._value(observation, sigmas, leg_count)
                if value is not None:
                    _check(keyword, value, sigmas)
            except BadInputError as trouble:
                told.append(set_aside_error(trouble, f"{self.source}:{observation.line}"))
                continue
            if value is None:
                continue
            if t_tai_ns < newest.get(keyword, t_tai_ns) and not is_told_unsorted:
                is_told_unsorted = True
                back_s = (newest[keyword] - t_tai_ns) / NS_PER_S
                what = f"{keyword} goes back {back_s:.3f} s"
                told.append(keep_with_doubt(what, f"{self.source}:{observation.line}", "kept, and sorted by time"))
            newest[keyword] = max(newest.get(keyword, t_tai_ns), t_tai_ns)
            t_tai_ns += self._integration_shift_ns(keyword)
            _join(rows.setdefault(t_tai_ns, []), _COLUMN[keyword], value, observation.line)
        return self._at_reflection(rows, leg_count), told

    def _value(self, observation: TdmObservation, sigmas: list[float], leg_count: int) -> float | None:
        """One observation in radians, metres or metres a second, corrected; None when its keyword is not used."""
        keyword, value = observation.keyword, observation.value
        refusal = None if keyword in self.allowed else self._refusal(keyword, sigmas)
        if refusal is None:
            self.allowed.add(keyword)
        else:
            family = keyword.removesuffix("_2").removesuffix("_1")  # both angles fall together, and are told once
            self.refused[family] = set_aside(refusal[0], f"{self.source}:{observation.line}", refusal[1])
            return None
        if self.metadata.get("CORRECTIONS_APPLIED", "").upper() == "NO":
            value += float(self.metadata.get(_CORRECTION[keyword], "0"))
        if keyword == "ANGLE_1":
            if not -180.0 <= value <= 360.0:
                raise BadInputError(f"azimuth {value:.10g} deg", cure="ANGLE_1 lies between -180 and 360 degrees")
            folded = radians(value) % tau
            return folded if folded < tau else 0.0
        if keyword == "ANGLE_2":
            return radians(value)
        if keyword == "RANGE" and self.metadata.get("RANGE_UNITS", "km") == "s":
            return value * SPEED_OF_LIGHT_MPS / leg_count
        exact_km = number_text(value)
        return nan if exact_km is None else metres(exact_km)

    def _refusal(self, keyword: str, sigmas: list[float]) -> tuple[str, str] | None:
        metadata = self.metadata
        if keyword.startswith("ANGLE"):
            angle_type = metadata.get("ANGLE_TYPE", "").upper()
            if angle_type != "AZEL":
                said = f"ANGLE_TYPE = {angle_type}" if angle_type else "no ANGLE_TYPE"
                return f"angles with {said} are not used", "give azimuth and elevation, ANGLE_TYPE = AZEL"
        if keyword == "RANGE":
            if metadata.get("RANGE_UNITS", "km") == "RU":
                return "RANGE in range units is not used", "only its maker knows the length of a unit; give km or s"
            modulus = float(metadata.get("RANGE_MODULUS", "0"))
            unit_m = SPEED_OF_LIGHT_MPS if metadata.get("RANGE_UNITS", "km") == "s" else 1e3
            if 0.0 < modulus * unit_m < UNAMBIGUOUS_M:
                return f"RANGE known only modulo {modulus:g} is not used", "resolve the ambiguity first"
        needs_choice = _CORRECTION[keyword] in metadata and "CORRECTIONS_APPLIED" not in metadata
        if needs_choice and float(metadata[_CORRECTION[keyword]]) != 0.0:
            what = f"{_CORRECTION[keyword]} without CORRECTIONS_APPLIED: {keyword} is not used"
            return what, "say CORRECTIONS_APPLIED = YES or NO"
        sigma = sigmas[_COLUMN[keyword]]
        if sigma != sigma:
            return f"{keyword}, for which the sensor has no sigma, is not used", "state its noise in the sensors file"
        return None

    def _integration_shift_ns(self, keyword: str) -> int:
        """From the epoch to the middle of the interval over which a Doppler value is the mean."""
        if keyword != "DOPPLER_INTEGRATED" or "INTEGRATION_INTERVAL" not in self.metadata:
            return 0
        half_ns = round(float(self.metadata["INTEGRATION_INTERVAL"]) * NS_PER_S / 2)
        reference = self.metadata.get("INTEGRATION_REF", "MIDDLE").upper()
        return {"START": half_ns, "END": -half_ns}.get(reference, 0)

    def _at_reflection(self, rows: dict[int, list[_Row]], leg_count: int) -> dict[int, list[_Row]]:
        """Epochs moved from transmission or reception to the reflection, where the metadata say which they are."""
        reference = self.metadata.get("TIMETAG_REF", "").upper()
        sign = {"TRANSMIT": 1, "RECEIVE": -1}.get(reference, 0)
        if sign == 0 or (sign > 0 and leg_count == 1):  # one way: what the object sent at that instant
            return rows
        moved: dict[int, list[_Row]] = {}
        for t_tai_ns, same_time in rows.items():
            for row in same_time:
                range_m = row.values[2] if row.values[2] == row.values[2] else 0.0
                light_ns = round(range_m / SPEED_OF_LIGHT_MPS * NS_PER_S)
                moved.setdefault(t_tai_ns + sign * light_ns, []).append(row)
        return moved


def _check(keyword: str, value: float, sigmas: list[float]) -> None:
    """BadInputError for a value that no radar can have measured; its neighbours in the row are kept."""
    column = _COLUMN[keyword]
    alone = [value if index == column else nan for index in range(4)]
    fault = find_fault(SensorKind.RADAR, alone, sigmas)
    if fault is not None:
        raise BadInputError(fault[0], cure=fault[1])


def _join(same_time: list[_Row], column: int, value: float, line: int) -> None:
    """Put a value into the first row of its instant that lacks one; a second value starts a second detection."""
    for row in same_time:
        if row.values[column] != row.values[column]:
            row.values[column] = value
            return
    row = _Row(line)
    row.values[column] = value
    same_time.append(row)


def _sigmas(sensor: FeedSensor) -> list[float]:
    stated = (
        sensor.azimuth_sigma_rad,
        sensor.elevation_sigma_rad,
        sensor.range_sigma_m,
        sensor.range_rate_sigma_mps,
    )
    return [nan if sigma is None else sigma for sigma in stated]
