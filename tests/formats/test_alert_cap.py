"""Events as CAP: schema-valid, status and references right, outlines closed, cut and turned the right way."""

import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace
from tests.formats.alert_events import alert_events
from tests.reports.test_alert_event import EVENT, T

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError, RefusedError
from vedette.formats.alert_cap import area_troubles, cap_alert, cap_message, cap_time
from vedette.formats.cap import CAP_12, read_cap
from vedette.reports import Mode
from vedette.reports.alert_event import AlertEvent, AreaTold, Level, MessageType, ToldCircle, ToldPolygon
from vedette.time import tai_ns_from_utc_text

CAP_MODES = (Mode.REAL, Mode.EXERCISE, Mode.TEST)


@settings(max_examples=80, deadline=None)
@given(alert_events(modes=CAP_MODES))
def test_every_event_becomes_a_message_that_reads_back(event: AlertEvent) -> None:
    alert = cap_alert(event, ("en", "ja"))
    assert read_cap(cap_message(event, ("en", "ja"))) == alert
    assert alert.status == {"REAL": "Actual", "EXERCISE": "Exercise", "TEST": "Test"}[event.mode.value]
    assert alert.msg_type == event.message_type.value
    assert bool(alert.references) == (event.message_type is not MessageType.ALERT)
    assert sum(len(info.areas) for info in alert.infos) == 2 * len(event.areas)
    for info in alert.infos:
        for area in info.areas:
            for outline in area.polygons_deg:
                assert signed_area(outline) > 0.0
                assert all(abs(b[1] - a[1]) <= 180.0 for a, b in pairwise(outline))


def signed_area(outline: tuple[tuple[float, float], ...]) -> float:
    pairs = zip(outline, (*outline[1:], outline[0]), strict=True)
    return sum(lon_1 * lat_2 - lon_2 * lat_1 for (lat_1, lon_1), (lat_2, lon_2) in pairs)


@settings(max_examples=30, deadline=None)
@given(alert_events(modes=(Mode.SIMULATED,)))
def test_nothing_simulated_leaves_as_cap(event: AlertEvent) -> None:
    with pytest.raises(RefusedError, match="never leaves as CAP"):
        cap_message(event)


@settings(max_examples=40, deadline=None)
@given(alert_events(modes=CAP_MODES))
def test_a_schema_of_others_agrees(event: AlertEvent) -> None:
    path = os.environ.get("VEDETTE_CAP_SCHEMA", "")
    if not path:
        pytest.skip("VEDETTE_CAP_SCHEMA does not name the CAP 1.2 schema of OASIS")
    schema = etree.XMLSchema(etree.parse(Path(path)))
    root = etree.fromstring(cap_message(event, ("en", "ar")))
    assert schema.validate(root), schema.error_log


def test_references_are_spelled_as_the_earlier_message_was() -> None:
    first = replace(EVENT, mode=Mode.REAL, t_sent_tai_ns=T + NS_PER_S * 3 // 2)
    cancel = replace(
        first, message_id="E1-2", sequence=2, message_type=MessageType.CANCEL, cancels=(first.reference(),),
        t_sent_tai_ns=T + 60 * NS_PER_S,
    )  # fmt: skip
    sent = cap_alert(first)
    assert cap_alert(cancel).references == ((sent.sender, sent.identifier, sent.sent),)
    assert [info.response_types for info in cap_alert(cancel).infos] == [("AllClear",)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"message_type": MessageType.CANCEL}, "which messages it takes back"),
        ({"t_sent_tai_ns": None}, "never released"),
    ],
)
def test_what_cannot_be_sent_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        cap_message(replace(EVENT, **change))


NASTY = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@example("a", "b", "\x1b", 0.0, 0.0)
@example("\ufffe", "\uffff", "\ufffe", 0.0, 0.0)
@given(NASTY, NASTY, NASTY, st.floats(), st.floats(0.0))
def test_nothing_live_is_lost_to_a_spelling(
    sender: str, name: str, restriction: str, lon: float, radius: float
) -> None:
    circle = ToldCircle(lat_deg=10.0, lon_deg=lon, radius_km=radius)
    area = AreaTold(name=name, level=Level.TAKE_SHELTER, probability=0.5, seconds=lon, circles=(circle,))
    first = replace(
        EVENT, mode=Mode.REAL, sender=sender, message_id=name, event_id=sender, restriction=restriction, areas=(area,),
        source=name, name=name,
    )  # fmt: skip
    cancel = replace(first, message_id=name + "2", message_type=MessageType.CANCEL, cancels=(first.reference(),))
    sent = read_cap(cap_message(first, ("en", "ar")))
    assert read_cap(cap_message(cancel)).references == ((sent.sender, sent.identifier, sent.sent),)
    assert len(sent.infos) == 2 and all(len(info.areas) == 1 for info in sent.infos)


def told(*corners: tuple[float, float]) -> AlertEvent:
    lat, lon = zip(*corners, strict=True)
    area = AreaTold(
        name="Sea", level=Level.TAKE_SHELTER, probability=0.9, polygons=(ToldPolygon(lat_deg=lat, lon_deg=lon),)
    )
    return replace(EVENT, areas=(area,))


def test_an_area_over_the_date_line_becomes_two_outlines_and_one_over_the_pole_reaches_it() -> None:
    (area,) = cap_alert(told((50, 170), (50, -170), (60, 180))).infos[0].areas
    assert len(area.polygons_deg) == 2
    assert {lon for outline in area.polygons_deg for _, lon in outline} >= {180.0, -180.0}
    (area,) = cap_alert(told((80, 0), (80, 120), (80, -120))).infos[0].areas
    assert max(lat for outline in area.polygons_deg for lat, _ in outline) == 90.0
    total = sum(signed_area(outline) for outline in area.polygons_deg) / 2.0
    assert total == pytest.approx(360.0 * 10.0, rel=0.5)  # a cap of ten degrees, its edges bulging poleward


def test_an_outline_that_crosses_itself_is_said_and_keeps_no_warning_back() -> None:
    event = told((0, 0), (10, 10), (0, 10), (10, 0))
    assert area_troubles(event) == ("Sea: edge 1 crosses edge 3; list the corners in order round the area",)
    (info,) = cap_alert(event).infos
    assert info.areas[0].polygons_deg == () and ("vedette:area-trouble", area_troubles(event)[0]) in info.parameters
    assert read_cap(cap_message(event)).infos[0].areas[0].description == "Sea"


def test_a_leap_second_and_fractions_are_spelled_for_a_format_that_has_neither() -> None:
    assert cap_time(tai_ns_from_utc_text("2016-12-31T23:59:60.5Z")) == "2016-12-31T23:59:59-00:00"
    assert cap_time(tai_ns_from_utc_text("2031-04-01T12:00:00.999Z")) == "2031-04-01T12:00:00-00:00"


def test_the_wrong_namespace_is_refused_by_name() -> None:
    data = cap_message(EVENT).replace(CAP_12.encode(), b"urn:example:cap")
    with pytest.raises(BadInputError, match=r"not a CAP alert; its namespace is urn:oasis:names:tc:emergency:cap:1\.2"):
        read_cap(data)
