"""Notices as JSON: degrees, km and UTC outside, radians, metres and TAI nanoseconds inside.

A file holds one notice, a list of them, or one to a line. What cannot be read is refused by itself, with a sentence;
the others are kept.
"""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from vedette.core.errors import BadInputError
from vedette.formats.notice_area import (
    checked_azimuth_rad,
    checked_place_rad,
    degree_text,
    direction_sector_rad,
    quadrant_corners_rad,
)
from vedette.frames import polygon_trouble
from vedette.reports import Grouping, Mode, Notice, NoticeArea, NoticeKind, Window
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns


class WindowWire(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From when to when, UTC."""

    from_utc: str
    to_utc: str


class AreaWire(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of: `polygon_deg` (latitude, longitude corners), `lat_deg` and `lon_deg` with or without `radius_km`, or
    `quadrant` such as "Pacific NW"."""

    role: str = ""
    polygon_deg: list[tuple[float, float]] = []
    lat_deg: float | UnsetType = UNSET
    lon_deg: float | UnsetType = UNSET
    radius_km: float = 0.0
    quadrant: str = ""
    name: str = ""
    window: WindowWire | UnsetType = UNSET


class NoticeWire(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One notice on the wire; the fields are those of `reports.Notice`."""

    id: str
    kind: NoticeKind
    party: str
    mode: Mode
    issued_utc: str
    received_utc: str = ""
    instrument: str = ""
    version: int = 1
    about: str = ""
    class_name: str = ""
    count: int = 1
    grouping: Grouping = Grouping.SINGLE
    windows: list[WindowWire] = []
    planned_utc: str = ""
    launch_areas: list[AreaWire] = []
    hazard_areas: list[AreaWire] = []
    azimuth_deg: tuple[float, float] | UnsetType = UNSET
    direction: str = ""
    orbit: dict[str, float] = {}
    launched: bool | None = None
    actual_utc: str = ""
    anomaly: bool = False
    question: str = ""
    answer: str = ""
    deadline_utc: str = ""
    links: list[str] = []
    releasable_to: list[str] = []
    language: str = "en"
    text: str = ""


def read_notices(text: str, where: str, t_received_tai_ns: int) -> Iterator[Notice | BadInputError]:
    """Every notice of a JSON text, or the sentence that says why one is refused.

    `t_received_tai_ns` is for those that do not say when they were received.
    """
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield _line(line, f"{where}: line {number}", t_received_tai_ns)
        return
    listed = whole if isinstance(whole, list) else [whole]
    for number, document in enumerate(listed, 1):
        yield _kept(document, f"{where}: notice {number}" if len(listed) > 1 else where, t_received_tai_ns)


def _line(line: str, where: str, t_received_tai_ns: int) -> Notice | BadInputError:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError) as trouble:
        return BadInputError(f"not JSON ({trouble})", where, "write one notice to a line")
    return _kept(document, where, t_received_tai_ns)


def _kept(document: Any, where: str, t_received_tai_ns: int) -> Notice | BadInputError:
    try:
        return notice_from_document(document, where, t_received_tai_ns)
    except BadInputError as trouble:
        return trouble


def notice_from_document(document: Any, where: str, t_received_tai_ns: int) -> Notice:
    """One notice from parsed JSON; BadInputError names the field."""
    try:
        wire = msgspec.convert(document, NoticeWire)
    except (msgspec.ValidationError, RecursionError) as trouble:
        raise BadInputError(str(trouble), where, "docs/guides/notices.md lists the fields") from None
    return notice_from_wire(wire, where, t_received_tai_ns)


def notice_from_wire(wire: NoticeWire, where: str, t_received_tai_ns: int) -> Notice:
    """Checked and in our own units."""
    if not wire.id.strip() or not wire.party.strip():
        raise BadInputError("id and party must not be empty", where)
    where = f"{where}: {wire.id}"
    if wire.count < 1:
        raise BadInputError(f"count {wire.count} is not a number of launches", where)
    if wire.azimuth_deg is not UNSET and wire.direction:
        raise BadInputError("both azimuth_deg and direction are given", where, "give one of them")
    sector = None
    if wire.azimuth_deg is not UNSET:
        sector = (checked_azimuth_rad(wire.azimuth_deg[0], where), checked_azimuth_rad(wire.azimuth_deg[1], where))
    elif wire.direction:
        sector = _told(lambda: direction_sector_rad(wire.direction), where)
    return Notice(
        notice_id=wire.id,
        kind=wire.kind,
        party=wire.party,
        mode=wire.mode,
        t_issued_tai_ns=_instant(wire.issued_utc, "issued_utc", where),
        t_received_tai_ns=_instant_or(wire.received_utc, "received_utc", where, t_received_tai_ns),
        instrument=wire.instrument,
        version=wire.version,
        about=wire.about,
        class_name=wire.class_name,
        count=wire.count,
        grouping=wire.grouping,
        windows=tuple(_window(one, f"{where}: windows[{i}]") for i, one in enumerate(wire.windows)),
        t_planned_tai_ns=_instant(wire.planned_utc, "planned_utc", where) if wire.planned_utc else None,
        launch_areas=_areas(wire.launch_areas, "launch", f"{where}: launch_areas"),
        hazard_areas=_areas(wire.hazard_areas, "impact", f"{where}: hazard_areas"),
        azimuth_rad=sector,
        orbit=dict(wire.orbit),
        is_launched=wire.launched,
        t_actual_tai_ns=_instant(wire.actual_utc, "actual_utc", where) if wire.actual_utc else None,
        is_anomalous=wire.anomaly,
        question=wire.question,
        answer=wire.answer,
        t_deadline_tai_ns=_instant(wire.deadline_utc, "deadline_utc", where) if wire.deadline_utc else None,
        links=tuple(wire.links),
        releasable_to=tuple(wire.releasable_to),
        language=wire.language,
        text=wire.text,
    )


def document_from_notice(notice: Notice) -> dict[str, Any]:
    """The same notice as JSON would hold it; `notice_from_document` reads it back to an equal value."""
    wire = NoticeWire(
        id=notice.notice_id, kind=notice.kind, party=notice.party, mode=notice.mode,
        issued_utc=_utc(notice.t_issued_tai_ns), received_utc=_utc(notice.t_received_tai_ns),
        instrument=notice.instrument, version=notice.version, about=notice.about, class_name=notice.class_name,
        count=notice.count, grouping=notice.grouping, windows=[_window_wire(w) for w in notice.windows],
        planned_utc=_utc(notice.t_planned_tai_ns),
        launch_areas=[_area_wire(a) for a in notice.launch_areas],
        hazard_areas=[_area_wire(a) for a in notice.hazard_areas],
        azimuth_deg=UNSET if notice.azimuth_rad is None else
        (degree_text(notice.azimuth_rad[0]), degree_text(notice.azimuth_rad[1])),
        orbit=dict(notice.orbit), launched=notice.is_launched, actual_utc=_utc(notice.t_actual_tai_ns),
        anomaly=notice.is_anomalous, question=notice.question, answer=notice.answer,
        deadline_utc=_utc(notice.t_deadline_tai_ns), links=list(notice.links),
        releasable_to=list(notice.releasable_to), language=notice.language, text=notice.text,
    )  # fmt: skip
    return dict(msgspec.to_builtins(wire))


def _utc(t_tai_ns: int | None) -> str:
    return "" if t_tai_ns is None else utc_text_from_tai_ns(t_tai_ns)


def _window_wire(window: Window) -> WindowWire:
    return WindowWire(from_utc=_utc(window.t_from_tai_ns), to_utc=_utc(window.t_to_tai_ns))


def _area_wire(area: NoticeArea) -> AreaWire:
    corners = [(degree_text(lat), degree_text(lon)) for lat, lon in area.corners_rad]
    is_place = len(corners) == 1
    return AreaWire(
        role=area.role, name=area.name, polygon_deg=[] if is_place else corners,
        lat_deg=corners[0][0] if is_place else UNSET, lon_deg=corners[0][1] if is_place else UNSET,
        radius_km=area.radius_m / 1e3, window=UNSET if area.window is None else _window_wire(area.window),
    )  # fmt: skip


def _instant(text: str, name: str, where: str) -> int:
    try:
        return tai_ns_from_utc_text(text)
    except ValueError as trouble:
        raise BadInputError(f"{name}: {trouble}", where, "write UTC like 2031-04-01T12:00:00Z") from None


def _instant_or(text: str, name: str, where: str, otherwise: int) -> int:
    return _instant(text, name, where) if text else otherwise


def _window(wire: WindowWire, where: str) -> Window:
    start, end = _instant(wire.from_utc, "from_utc", where), _instant(wire.to_utc, "to_utc", where)
    if end < start:
        raise BadInputError(f"the window ends at {wire.to_utc}, before it begins at {wire.from_utc}", where)
    return Window(start, end)


def _areas(wires: list[AreaWire], role: str, where: str) -> tuple[NoticeArea, ...]:
    return tuple(_area(wire, wire.role or role, f"{where}[{i}]") for i, wire in enumerate(wires))


def _area(wire: AreaWire, role: str, where: str) -> NoticeArea:
    import numpy as np

    is_place = wire.lat_deg is not UNSET and wire.lon_deg is not UNSET
    if bool(wire.polygon_deg) + is_place + bool(wire.quadrant) != 1:
        raise BadInputError("an area is one of polygon_deg, lat_deg with lon_deg, or quadrant", where)
    window = None if wire.window is UNSET else _window(wire.window, where)
    if is_place:
        assert wire.lat_deg is not UNSET and wire.lon_deg is not UNSET
        if not 0.0 <= wire.radius_km <= 10_000.0:
            raise BadInputError(f"radius {wire.radius_km:g} km is not a radius", where, "0 to 10,000 km")
        place = checked_place_rad(wire.lat_deg, wire.lon_deg, where)
        return NoticeArea(role, (place,), wire.radius_km * 1e3, wire.name, window)
    if wire.quadrant:
        corners = _told(lambda: quadrant_corners_rad(wire.quadrant), where)
        return NoticeArea(role, corners, 0.0, wire.name or wire.quadrant, window)
    corners = tuple(checked_place_rad(lat, lon, where) for lat, lon in wire.polygon_deg)
    if len(corners) > 3 and corners[0] == corners[-1]:
        corners = corners[:-1]  # closed by saying the first corner again
    if trouble := polygon_trouble(np.array(corners)):
        raise BadInputError(trouble, where)
    return NoticeArea(role, corners, 0.0, wire.name, window)


def _told(make: Any, where: str) -> Any:
    """The same trouble, with its place."""
    try:
        return make()
    except BadInputError as trouble:
        raise BadInputError(trouble.what, where, trouble.cure) from None


__all__ = ["NoticeWire", "document_from_notice", "notice_from_document", "read_notices"]
