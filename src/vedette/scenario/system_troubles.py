"""What goes wrong between sensor and watch, and what others say meanwhile: tables of a story that are no true things.

[[outage]]
sensors = ["radar-north", "ir-east"]   # silent together
t_start_s = 60.0
t_end_s = 120.0
shared = "relay"                        # what they have in common, or "" ; truth only, the engine is not told
is_held_back = false                    # true: looks come in a burst when it is over; false: they are lost
keeps_looking = true                    # false (power): nothing was looked at

[[clock_drift]]
sensor = "radar-north"
offset_s = 0.343        # of the clock at t_start_s
rate_s_per_h = 0.0034   # and what is added each hour: 24-bit tenths of a second lose 9.5e-8 of the time
t_start_s = 0.0

[[stray]]
kind = "tape"           # a made-up raid on the live line; or "replay": what came earlier comes again
sensors = ["ir-east"]
mode = "SIMULATED"      # how its reports are marked: "TEST" or "EXERCISE" is right; the story's own mode is wrong
t_start_s = 30.0
t_end_s = 1e9
replay_from_s = 0.0     # of a replay: which part of the story comes again
replay_to_s = 20.0
route = "training console"  # told in the marks of a scan when `is_route_told`
is_route_told = false
[[stray.launch]]        # of a tape: its launches, as in [[launch]]; times count from t_start_s

[[claim]]               # `reports.Claim` with t_sent_s and t_received_s
[[life_sign]]           # `reports.LifeSign` with t_sent_s and t_received_s
[[notice]]              # a notice as in a notice file, with t_received_s (before the story by default)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError
from vedette.formats.notice_json import notice_from_document
from vedette.reports import Claim, LifeSign, Mode, Notice, Scan, SensorKind
from vedette.time import utc_text_from_tai_ns

TABLES: Final = ("outage", "clock_drift", "stray", "claim", "life_sign", "notice")
_DAY_NS: Final = 86_400 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Outage:
    """Sensors that are silent together."""

    sensors: tuple[str, ...]
    t_start_s: float = 0.0
    t_end_s: float = 1e9
    shared: str = ""
    is_held_back: bool = False
    keeps_looking: bool = True


@dataclass(frozen=True, slots=True)
class ClockDrift:
    """A clock that walks away."""

    sensor: str
    offset_s: float = 0.0
    rate_s_per_h: float = 0.0
    t_start_s: float = 0.0

    def error_s(self, t_s: float) -> float:
        """Reported less true time."""
        return 0.0 if t_s < self.t_start_s else self.offset_s + self.rate_s_per_h * (t_s - self.t_start_s) / 3600.0


@dataclass(frozen=True, slots=True)
class Stray:
    """Reports that do not belong on the live line."""

    kind: str
    sensors: tuple[str, ...]
    mode: str = "SIMULATED"
    t_start_s: float = 0.0
    t_end_s: float = 1e9
    replay_from_s: float = 0.0
    replay_to_s: float = 0.0
    route: str = ""
    is_route_told: bool = False
    launches: tuple[Any, ...] = ()  # of `story.LaunchSpec`


@dataclass(frozen=True, slots=True)
class SystemTroubles:
    """All of a story's."""

    outages: tuple[Outage, ...] = ()
    drifts: tuple[ClockDrift, ...] = ()
    strays: tuple[Stray, ...] = ()
    claims: tuple[Claim, ...] = ()
    life_signs: tuple[LifeSign, ...] = ()
    notices: tuple[Notice, ...] = ()

    def document(self) -> dict[str, Any]:
        """The faults as truth tells them."""
        return {
            "outages": [{name: getattr(one, name) for name in one.__slots__} for one in self.outages],
            "clock_drifts": [{name: getattr(one, name) for name in one.__slots__} for one in self.drifts],
            "strays": [{k: getattr(one, k) for k in one.__slots__ if k != "launches"} for one in self.strays],
        }


def parse_system_troubles(
    document: Mapping[str, Any], sensors: Mapping[str, Any], t_start_tai_ns: int, parse_launch: Any, where: str
) -> SystemTroubles:
    """The tables `TABLES` of a story; `parse_launch(table, where)` reads a launch of a tape."""
    found: dict[str, list[Any]] = {name: [] for name in TABLES}
    for name in TABLES:
        tables = document.get(name, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise BadInputError(f"{name} is not a list of tables", where, f"write [[{name}]]")
        for number, table in enumerate(tables, 1):
            place = f"{where}: {name} {number}"
            if name == "notice":
                found[name].append(_notice(table, t_start_tai_ns, place))
            elif name in ("claim", "life_sign"):
                found[name].append(_said(Claim if name == "claim" else LifeSign, table, t_start_tai_ns, place))
            else:
                found[name].append(_trouble(name, table, sensors, parse_launch, place))
    return SystemTroubles(*(tuple(found[name]) for name in TABLES))


def troubled(
    scans: Sequence[Scan], troubles: SystemTroubles, tapes: Sequence[Sequence[Scan]], t_start_tai_ns: int
) -> list[Scan]:
    """What arrives of `scans` after clocks, outages and strays; `tapes` are the made-up scans of each stray."""
    out = list(scans)
    for drift in troubles.drifts:
        out = [_drifted(scan, drift, t_start_tai_ns) if scan.sensor_id == drift.sensor else scan for scan in out]
    strays = [
        copy
        for stray, tape in zip(troubles.strays, tapes, strict=True)
        for copy in _strayed(stray, out if stray.kind == "replay" else tape, t_start_tai_ns)
    ]
    for outage in troubles.outages:
        out = [kept for scan in out if (kept := _through(scan, outage, t_start_tai_ns)) is not None]
    return out + strays


def _looked_s(scan: Scan, t_start_tai_ns: int) -> float:
    t_ns = int(scan.t_measured_tai_ns[0]) if len(scan) else scan.t_received_tai_ns
    return (t_ns - t_start_tai_ns) / NS_PER_S


def _drifted(scan: Scan, drift: ClockDrift, t_start_tai_ns: int) -> Scan:
    off_ns = round(drift.error_s(_looked_s(scan, t_start_tai_ns)) * NS_PER_S)
    return replace(scan, t_measured_tai_ns=scan.t_measured_tai_ns + off_ns) if off_ns else scan


def _through(scan: Scan, outage: Outage, t_start_tai_ns: int) -> Scan | None:
    at_s = _looked_s(scan, t_start_tai_ns)
    if scan.sensor_id not in outage.sensors or not outage.t_start_s <= at_s < outage.t_end_s:
        return scan
    if not outage.is_held_back or not outage.keeps_looking:
        return None
    over_ns = t_start_tai_ns + round(outage.t_end_s * NS_PER_S)
    return replace(scan, t_received_tai_ns=max(over_ns, scan.t_received_tai_ns), marks=(*scan.marks, "late"))


def _strayed(stray: Stray, source: Sequence[Scan], t_start_tai_ns: int) -> list[Scan]:
    """Copies by the wrong way: of a replay with the times of now, as a tape player writes them."""
    out = []
    marks = (f"route:{stray.route}",) if stray.is_route_told and stray.route else ()
    for scan in source:
        at_s = _looked_s(scan, t_start_tai_ns)
        if scan.sensor_id not in stray.sensors or scan.kind is SensorKind.STROBE:
            continue
        if stray.kind == "replay":
            if not stray.replay_from_s <= at_s < stray.replay_to_s:
                continue
            shift_ns = round((stray.t_start_s - stray.replay_from_s) * NS_PER_S)
        else:
            shift_ns = round(stray.t_start_s * NS_PER_S)
        if at_s + shift_ns / NS_PER_S >= stray.t_end_s or (stray.kind == "tape" and len(scan) == 0):
            continue
        out.append(
            replace(
                scan,
                mode=Mode(stray.mode),
                t_received_tai_ns=scan.t_received_tai_ns + shift_ns,
                t_measured_tai_ns=scan.t_measured_tai_ns + shift_ns,
                marks=(*scan.marks, *marks),
            )
        )
    return out


_SHAPES: Final = {"outage": Outage, "clock_drift": ClockDrift, "stray": Stray}


def _trouble(
    name: str, table: Mapping[str, Any], sensors: Mapping[str, Any], parse_launch: Any, where: str
) -> Outage | ClockDrift | Stray:
    shape: Any = _SHAPES[name]
    values: dict[str, Any] = {}
    for key, value in table.items():
        if name == "stray" and key == "launch":
            listed = value if isinstance(value, list) else [value]
            values["launches"] = tuple(parse_launch(one, f"{where}.launch {n}") for n, one in enumerate(listed, 1))
            continue
        if key not in shape.__slots__ or key == "launches":
            raise BadInputError(f"unknown key {key}", where, f"known: {', '.join(shape.__slots__)}")
        values[key] = _checked(key, value, where)
    names = values.get("sensors", (values["sensor"],) if "sensor" in values else ())
    if not names:
        raise BadInputError("no sensor is named", where, "say which")
    for one in names:
        if one not in sensors:
            raise BadInputError(f"no sensor {one!r} in the story", where, f"there are {', '.join(sensors)}")
    is_known = values.get("kind") in ("tape", "replay") and values.get("mode", "TEST") in list(Mode)
    if name == "stray" and not is_known:
        raise BadInputError("kind is tape or replay, and mode one of REAL, EXERCISE, TEST, SIMULATED", where)
    return shape(**values)


def _checked(key: str, value: Any, where: str) -> Any:
    if key == "sensors" and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    if key in ("sensor", "shared", "kind", "mode", "route") and isinstance(value, str):
        return value
    if key.startswith(("is_", "keeps_")) and isinstance(value, bool):
        return value
    if key.endswith(("_s", "_per_h")) and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise BadInputError(f"{key} = {value!r}", where, "names are quoted, switches true or false, times plain seconds")


def _said(kind: Any, table: Mapping[str, Any], t_start_tai_ns: int, where: str) -> Any:
    """A claim or a sign of life, checked by its own fields."""
    import msgspec

    values = dict(table)
    sent_s = _checked("t_sent_s", values.pop("t_sent_s", 0.0), where)
    received_s = _checked("t_received_s", values.pop("t_received_s", sent_s + 1.0), where)
    values["t_sent_tai_ns"] = t_start_tai_ns + round(sent_s * NS_PER_S)
    values["t_received_tai_ns"] = t_start_tai_ns + round(received_s * NS_PER_S)
    if kind is Claim:
        values.setdefault("mode", "SIMULATED")
    unknown = set(values) - set(kind.__struct_fields__)
    if unknown:
        raise BadInputError(f"unknown key {sorted(unknown)[0]}", where, f"known: {', '.join(kind.__struct_fields__)}")
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as trouble:
        raise BadInputError(str(trouble), where) from None


def _notice(table: Mapping[str, Any], t_start_tai_ns: int, where: str) -> Notice:
    values = dict(table)
    received_s = _checked("t_received_s", values.pop("t_received_s", -3600.0), where)
    values.setdefault("mode", "SIMULATED")
    values.setdefault("issued_utc", utc_text_from_tai_ns(t_start_tai_ns - _DAY_NS))
    return notice_from_document(values, where, t_start_tai_ns + round(received_s * NS_PER_S))


def arrival_order(scans: Sequence[Scan], troubles: SystemTroubles) -> tuple[Any, ...]:
    """Everything that comes in, in order of arrival; what was said comes before looks of the same instant."""
    said = [*troubles.notices, *troubles.life_signs, *troubles.claims]
    rank = {id(one): number for number, one in enumerate(said)}
    return tuple(
        sorted(
            [*said, *scans],
            key=lambda one: (
                one.t_received_tai_ns, isinstance(one, Scan), getattr(one, "sensor_id", ""), rank.get(id(one), 0)
            ),
        )
    )  # fmt: skip

