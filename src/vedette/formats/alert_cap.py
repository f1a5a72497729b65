"""An alert event as a CAP 1.2 message [OASIS 2010]: one info block for each group of areas and each language.

Modes become the status one to one; SIMULATED never leaves as CAP. Update and Cancel carry references, with the same
sender, identifier and instant that the earlier message had. Areas are who must be told; outlines are cut at the date
line, carried over the pole and run counter-clockwise. What CAP has no field for stands in parameters named `vedette:`.
"""

import hashlib
from collections.abc import Sequence

import numpy as np

from vedette.core.errors import BadInputError
from vedette.core.shapes import Rows
from vedette.formats.alert_json import alert_event_bytes
from vedette.formats.alert_texts import AlertText, alert_texts
from vedette.formats.cap import CapAlert, CapArea, CapInfo, cap_bytes, status_of
from vedette.frames import map_pieces, polygon_trouble
from vedette.reports.alert_event import AlertEvent, AreaTold, Audience, Level, ToldCircle, event_trouble
from vedette.reports.explanations import THREATS
from vedette.reports.findings import Evidence
from vedette.reports.mode import Mode
from vedette.time import utc_text_from_tai_ns

_RESPONSE = {
    "shelter": ("Shelter",), "overflight": ("Shelter",), "ready": ("Prepare", "Monitor"), "launch": ("Monitor",),
    "passed": ("AllClear",), "cancel": ("AllClear",), "channel-test": ("None",),
}  # fmt: skip
_URGENCY = {
    "shelter": "Immediate", "overflight": "Immediate", "ready": "Expected", "launch": "Future", "passed": "Past",
    "cancel": "Past", "channel-test": "Unknown",
}  # fmt: skip
_SEVERITY = {
    "shelter": "Extreme", "overflight": "Severe", "ready": "Severe", "launch": "Minor", "passed": "Minor",
    "cancel": "Minor", "channel-test": "Minor",
}  # fmt: skip
_CERTAINTY = {
    Evidence.CONFIRMED: "Observed", Evidence.CORRELATED: "Likely", Evidence.CANDIDATE: "Possible",
    Evidence.WITHDRAWN: "Unlikely", Evidence.PASSED: "Observed",
}  # fmt: skip


def cap_alert(event: AlertEvent, wanted: Sequence[str] = ("en",)) -> CapAlert:
    """The CAP message of a released event, in the languages wanted.

    Errors
    ------
    RefusedError for a SIMULATED event and for a drill that holds a live phrase; BadInputError when the event lacks
    something. An outline that makes no sense never keeps a warning back: the area is told by name and without it, and
    a parameter says why (`area_troubles` says so before the release).
    """
    status = status_of(event.mode)
    if trouble := event_trouble(event):
        raise BadInputError(trouble, event.message_id)
    if event.t_sent_tai_ns is None:
        raise BadInputError("it was never released: t_sent is missing", event.message_id)
    referred = event.cancels or event.supersedes
    return CapAlert(
        identifier=cap_id(event.message_id),
        sender=cap_id(event.sender),
        sent=cap_time(event.t_sent_tai_ns),
        status=status,
        msg_type=event.message_type.value,
        scope=event.audience.value,
        source=event.source,
        restriction=_plain(event.restriction) or "authorities" if event.audience is Audience.RESTRICTED else "",
        addresses=" ".join(f'"{name}"' if " " in name else name for name in event.addresses)
        if event.audience is Audience.PRIVATE
        else "",
        codes=("vedette:1",),
        note="" if event.mode is Mode.REAL else f"{event.mode.value}: nothing in this message has happened",
        references=tuple((cap_id(one.sender), cap_id(one.message_id), cap_time(one.t_sent_tai_ns)) for one in referred),
        incidents=event.event_id if " " not in event.event_id else f'"{event.event_id}"',
        infos=tuple(_info(event, text) for text in alert_texts(event, wanted)),
    )


def area_troubles(event: AlertEvent) -> tuple[str, ...]:
    """What is wrong with the outlines of the areas told, a sentence each; for those who are about to release."""
    found = []
    for area in event.areas:
        for one in area.polygons:
            if trouble := _outline_trouble(one.lat_deg, one.lon_deg):
                found.append(f"{area.name}: {trouble}")
        found += [f"{area.name}: a circle that is none" for one in area.circles if not _is_circle(one)]
    return tuple(found)


def cap_message(event: AlertEvent, wanted: Sequence[str] = ("en",)) -> bytes:
    """The CAP message as XML, read back once before it is given out."""
    return cap_bytes(cap_alert(event, wanted))


def _plain(text: str) -> str:
    """Without control characters, which XML cannot hold, and without blanks around."""
    return "".join(c for c in text if c.isprintable()).strip()


def cap_id(text: str) -> str:
    """An identifier or sender as CAP can spell it: blanks, commas, < and & become a hyphen, everywhere alike."""
    kept = "".join(c if c.isprintable() and not c.isspace() and c not in ",<&" else "-" for c in text.strip())
    return kept or "-"


def cap_time(t_tai_ns: int) -> str:
    """`2031-04-01T12:00:00-00:00`: CAP has whole seconds and writes UTC as -00:00; fractions are cut."""
    second = utc_text_from_tai_ns(t_tai_ns, digits=9)[:19]
    return f"{second[:-2]}59-00:00" if second.endswith(":60") else f"{second}-00:00"  # CAP knows no leap second


def _info(event: AlertEvent, text: AlertText) -> CapInfo:
    situation, areas = text.group.situation, text.group.areas
    starts = [area.t_90_tai_ns[0] for area in areas if area.t_90_tai_ns is not None]
    assert event.t_sent_tai_ns is not None
    return CapInfo(
        language=text.tag,
        category=("Safety", "Security") if event.leading in THREATS else ("Safety",),
        event=text.what,
        response_types=_RESPONSE[situation],
        urgency=_URGENCY[situation],
        severity=_SEVERITY[situation],
        certainty="Unlikely" if situation == "cancel" else _CERTAINTY[event.evidence],
        event_codes=(("vedette:cause", event.leading.value), ("vedette:kind", event.kind.value)),
        effective=cap_time(event.t_sent_tai_ns),
        onset=cap_time(min(starts)) if starts else "",
        expires=cap_time(event.t_valid_until_tai_ns),
        sender_name=event.sender,
        headline=text.headline,
        description=text.description,
        instruction=text.instruction,
        parameters=_parameters(event, text),
        areas=tuple(_area(area, text.language) for area in areas) or _danger_area(event, text),
    )


def _parameters(event: AlertEvent, text: AlertText) -> tuple[tuple[str, str], ...]:
    found = [
        ("vedette:event", event.event_id),
        ("vedette:sequence", str(event.sequence)),
        ("vedette:mode", event.mode.value),
        ("vedette:level", text.group.level.value),
        ("vedette:evidence", event.evidence.value),
        ("vedette:event-sha256", hashlib.sha256(alert_event_bytes(event)).hexdigest()),
    ]
    found += [(f"vedette:probability:{one.name.value}", f"{one.probability:.4f}") for one in event.explanations]
    if event.raid is not None:
        found.append(("vedette:count", str(event.raid.count)))
    if event.track.age_s is not None:
        found.append(("vedette:track-age-s", f"{event.track.age_s:.1f}"))
    shown = {area.name for area in text.group.areas}
    found += [("vedette:area-trouble", words) for words in area_troubles(event) if words.partition(": ")[0] in shown]
    for area in text.group.areas:
        found.append((f"vedette:area-probability:{area.name}", f"{area.probability:.4f}"))
        if area.seconds is not None:
            found.append((f"vedette:area-seconds:{area.name}", f"{area.seconds:.0f}"))
    return tuple(found)


def _area(area: AreaTold, language: str) -> CapArea:
    polygons: list[tuple[tuple[float, float], ...]] = []
    for one in area.polygons:
        polygons += _outlines(one.lat_deg, one.lon_deg)
    return CapArea(
        description=area.names.get(language, area.name).strip(),
        polygons_deg=tuple(polygons),
        circles_deg_km=tuple(
            (round(one.lat_deg, 5), round(one.lon_deg, 5), round(one.radius_km, 3))
            for one in area.circles
            if _is_circle(one)
        ),
        geocodes=tuple(sorted(area.geocodes.items())),
    )


def _danger_area(event: AlertEvent, text: AlertText) -> tuple[CapArea, ...]:
    """Where no area has a name, the area that holds the impact with 90 %."""
    impact = event.impact
    if impact is None or impact.is_conditional or text.group.level is Level.ALL_CLEAR:
        return ()
    for area in impact.areas:
        if abs(area.probability - 0.9) < 1e-6 and area.shape == "polygon":
            found = _outlines(area.lat_deg, area.lon_deg)
            return (CapArea(f"90 %: {impact.lat_deg:.2f}, {impact.lon_deg:.2f}", tuple(found)),)
    return ()


def _outlines(lat_deg: Sequence[float], lon_deg: Sequence[float]) -> list[tuple[tuple[float, float], ...]]:
    """The pieces of an outline for a flat map; none when it makes no sense."""
    if _outline_trouble(lat_deg, lon_deg):
        return []
    pieces = [np.round(np.degrees(piece), 5) for piece in map_pieces(_corners_rad(lat_deg, lon_deg))]
    return [tuple((float(lat), float(lon)) for lat, lon in piece) for piece in pieces]


def _is_circle(one: ToldCircle) -> bool:
    return abs(one.lat_deg) <= 90.0 and abs(one.lon_deg) <= 180.0 and 0.0 <= one.radius_km < 20_100.0


def _outline_trouble(lat_deg: Sequence[float], lon_deg: Sequence[float]) -> str:
    if len(lat_deg) != len(lon_deg):
        return f"an outline has {len(lat_deg)} latitudes and {len(lon_deg)} longitudes"
    return polygon_trouble(_corners_rad(lat_deg, lon_deg))


def _corners_rad(lat_deg: Sequence[float], lon_deg: Sequence[float]) -> Rows:
    lon = (np.asarray(lon_deg, dtype=float) + 180.0) % 360.0 - 180.0
    return np.radians(np.stack([np.asarray(lat_deg, dtype=float), lon], axis=-1))
