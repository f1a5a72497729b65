"""A partner's message is an event like any other: kept exactly, heard inside the fold, refused in another mode."""

from vedette.engine import Session, advance, open_picture
from vedette.formats import decode_record, encode_record
from vedette.reports import (
    Evidence,
    LinkState,
    Mode,
    PartnerNews,
    PartnerReport,
    SharedDrop,
    SharedEvent,
    SharedTrack,
)

T = 1_000_000_000_000_000_000


def report(*content, mode=Mode.EXERCISE, sequence=1):
    return PartnerReport(
        owner="SOUTH", node="south-1", link="south", sequence=sequence, mode=mode, t_sent_tai_ns=T,
        t_received_tai_ns=T + 1, digest="00" * 32, content=content,
    )  # fmt: skip


def track(number="SOUTH-1"):
    return SharedTrack(
        number=number, t_tai_ns=T, position_itrf_m=(7e6, 0.1, -0.0), velocity_itrf_mps=(0.0, 7e3, 1.0),
        covariance=tuple(float(n) for n in range(21)), provenance=("SOUTH",),
    )  # fmt: skip


def event(revision, evidence=Evidence.CORRELATED):
    return SharedEvent(event_id="E1", revision=revision, kind="launch", evidence=evidence, t_said_tai_ns=T)


def test_what_partners_say_comes_back_from_the_journal_as_it_was():
    for record in (
        report(track(), event(2), SharedDrop(number="SOUTH-9", t_tai_ns=T, reason="lost")),
        PartnerNews(owner="SOUTH", link="south", t_received_tai_ns=T, state=LinkState.REFUSED, trouble="garbage"),
    ):
        assert decode_record(*encode_record(record)) == record


def test_the_newest_revision_stands_whatever_the_order():
    picture = open_picture(Session(mode=Mode.EXERCISE))
    picture = advance(picture, report(event(3, Evidence.CONFIRMED), track()))
    picture = advance(picture, report(event(2), sequence=2))
    view = picture.partners.views["SOUTH"]
    assert view.events["E1"].revision == 3
    assert list(view.tracks) == ["SOUTH-1"]
    picture = advance(picture, report(SharedDrop(number="SOUTH-1", t_tai_ns=T, reason="down"), sequence=3))
    assert not picture.partners.views["SOUTH"].tracks


def test_another_mode_never_enters_the_picture():
    picture = advance(open_picture(Session(mode=Mode.REAL)), report(event(1), track(), mode=Mode.EXERCISE))
    assert not picture.partners.views["SOUTH"].events
    assert "EXERCISE" in picture.new_findings[0].text
