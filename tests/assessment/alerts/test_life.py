"""The machine proposes, two different people release what both have seen, one person cancels; nothing goes round it."""

from itertools import product

import pytest
from tests.assessment.alerts.samples import act, desk_with, draft, fold_on, name_of, person, second

from vedette.assessment.alerts import (
    Attended,
    Attention,
    Desk,
    DeskKind,
    Outcome,
    Proposed,
    Refused,
    Sent,
    after,
    attend,
    cancel,
    decode_record,
    encode_record,
    find,
    fold,
    propose,
    release,
    revision_of,
    update,
)
from vedette.core.errors import BadInputError, NotFoundError, RefusedError, UsageError, VedetteError
from vedette.reports import Evidence, Message, Mode
from vedette.reports.alert_event import Level, MessageType

ANNA, BEN, CORA = person("anna"), person("ben"), person("cora", "senior-watch-officer")
WATCH = person("wil", "watch-officer")


def released(desk: Desk, t: float = 10.0) -> Desk:
    desk = after(desk, release(desk, act(desk, ANNA, t)).records)
    return after(desk, release(desk, act(desk, BEN, t + 5)).records)


def only(desk: Desk):
    return next(iter(desk.lives.values()))


def test_two_people_release_what_both_have_seen():
    desk = desk_with(draft())
    assert only(desk).message(second(1)) is Message.PROPOSED
    first = release(desk, act(desk, ANNA, 10))
    assert first.message is None and "waits for a second person" in first.says
    desk = after(desk, first.records)
    outcome = release(desk, act(desk, BEN, 15, confidence="high"))
    message = outcome.message
    assert [who.account for who in message.released_by] == ["anna", "ben"]
    assert len({who.revision for who in message.released_by}) == 1
    assert (message.message_type, message.sequence, message.mode) == (MessageType.ALERT, 1, Mode.REAL)
    assert (message.confidence, message.confidence_by) == ("high", "ben")
    assert message.event_id == "E-0707070707070707-O1" and message.t_sent_tai_ns == second(15)
    desk = after(desk, outcome.records)
    assert only(desk).message(second(16)) is Message.RELEASED


@pytest.mark.parametrize(
    ("second_person", "says"),
    [
        (ANNA, "a different person must, too"),
        (person("anna", session="another"), "a different person must, too"),
        (person("ben", session="s-anna"), "from one session"),
        (WATCH, "may not release"),
        (person("root", "administrator"), "may not release"),
        (person("nobody", "no-such-role"), "may not release"),
    ],
)
def test_one_person_or_one_session_never_releases(second_person, says):
    desk = desk_with(draft())
    desk = after(desk, release(desk, act(desk, ANNA)).records)
    with pytest.raises(RefusedError, match=says):
        release(desk, act(desk, second_person, 12))


def test_a_new_revision_voids_the_first_approval():
    desk = desk_with(draft())
    seen = act(desk, BEN, 12)
    desk = after(desk, release(desk, act(desk, ANNA)).records)
    desk = after(desk, propose(desk, name_of(), draft(text="changed"), second(11)).records)
    assert only(desk).approval is None
    with pytest.raises(RefusedError, match="the picture has changed"):
        release(desk, seen)
    again = release(desk, act(desk, BEN, 13))
    assert again.message is None  # Ben is now the first of two


def test_the_same_content_again_is_no_revision_and_voids_nothing():
    desk = desk_with(draft())
    desk = after(desk, release(desk, act(desk, ANNA)).records)
    later = draft(t=second(0))
    assert revision_of(later) == only(desk).newest.revision
    assert propose(desk, name_of(), later, second(11)).records == ()
    assert release(desk, act(desk, BEN, 12)).message is not None


def test_an_approval_grows_old():
    desk = desk_with(draft())
    desk = after(desk, release(desk, act(desk, ANNA, 10)).records)
    assert release(desk, act(desk, BEN, 311)).message is None
    assert release(desk, act(desk, BEN, 309)).message is not None


@pytest.mark.parametrize("evidence", list(Evidence))
def test_only_what_is_founded_is_released(evidence):
    desk = desk_with(draft(evidence=evidence))
    if evidence in (Evidence.CORRELATED, Evidence.CONFIRMED):
        assert release(desk, act(desk, ANNA)).records
    else:
        with pytest.raises(RefusedError):
            release(desk, act(desk, ANNA))
        assert only(desk).message(second(1)) is Message.NONE


def test_nothing_is_released_that_nothing_proposed():
    desk = desk_with(draft())
    with pytest.raises(RefusedError, match="no event of the warning core stands behind"):
        release(desk, act(desk, ANNA, alert_id="A-template"))


def test_what_has_expired_is_not_released():
    desk = desk_with(draft())
    with pytest.raises(RefusedError, match="has expired"):
        release(desk, act(desk, ANNA, 1900))
    assert only(desk).message(second(1900)) is Message.EXPIRED
    assert only(released(desk)).message(second(1900)) is Message.EXPIRED


def test_a_revision_must_be_named():
    desk = desk_with(draft())
    with pytest.raises(UsageError, match="name the revision"):
        release(desk, act(desk, ANNA, revision="07"))
    short = only(desk).newest.revision[:12].upper()
    assert release(desk, act(desk, ANNA, revision=short)).records


def test_an_update_replaces_what_stands_and_says_which_areas_are_new():
    desk = released(desk_with(draft(areas=("Westmark", "Ostmark"))))
    with pytest.raises(RefusedError, match="was sent already"):
        update(desk, act(desk, ANNA, 20))
    with pytest.raises(RefusedError, match="released already"):
        release(desk, act(desk, ANNA, 20))
    desk = after(desk, propose(desk, name_of(), draft(areas=("Ostmark", "Nordmark")), second(20)).records)
    desk = after(desk, update(desk, act(desk, ANNA, 21)).records)
    message = update(desk, act(desk, BEN, 22)).message
    assert message.message_type is MessageType.UPDATE and message.sequence == 2
    assert [one.message_id for one in message.supersedes] == [f"{name_of()}.1"]
    assert (message.areas_added, message.areas_dropped) == (("Nordmark",), ("Westmark",))
    assert {area.name: area.level for area in message.areas}["Westmark"] is Level.ALL_CLEAR


def test_one_person_cancels_everything_that_stands_to_everybody_who_was_told():
    desk = released(desk_with(draft(areas=("Westmark",))))
    desk = after(desk, propose(desk, name_of(), draft(areas=("Ostmark",)), second(20)).records)
    for who in (ANNA, BEN):
        desk = after(desk, update(desk, act(desk, who, 21)).records)
    outcome = cancel(desk, act(desk, CORA, 30, reason="mistake"))
    message = outcome.message
    assert message.message_type is MessageType.CANCEL and message.cancel_reason == "mistake"
    assert [one.message_id for one in message.cancels] == [f"{name_of()}.1", f"{name_of()}.2"]
    assert {area.name for area in message.areas} == {"Westmark", "Ostmark"}
    assert [who.account for who in message.released_by] == ["cora"]
    assert message.t_valid_until_tai_ns > only(desk).standing[-1].event.t_valid_until_tai_ns
    desk = after(desk, outcome.records)
    assert only(desk).message(second(31)) is Message.CANCELLED and not only(desk).standing
    again = cancel(desk, act(desk, ANNA, 32, reason="mistake"))
    assert not again.records and again.message == message  # harmless, and tells the same once more


def test_cancel_needs_neither_the_newest_revision_nor_time():
    desk = released(desk_with(draft()))
    desk = after(desk, propose(desk, name_of(), draft(evidence=Evidence.CANDIDATE), second(20)).records)
    for t in (21, 5000):
        assert cancel(desk, act(desk, CORA, t, revision="", reason="natural")).message is not None
    with pytest.raises(RefusedError, match="may not cancel"):
        cancel(desk, act(desk, WATCH, 21, reason="natural"))
    with pytest.raises(UsageError, match="say one of"):
        cancel(desk, act(desk, CORA, 21, reason="because"))


def test_what_was_never_sent_cannot_be_cancelled():
    desk = desk_with(draft())
    with pytest.raises(RefusedError, match="nothing was sent"):
        cancel(desk, act(desk, CORA, reason="mistake"))


def test_after_a_cancellation_only_something_new_is_released():
    desk = released(desk_with(draft()))
    desk = after(desk, cancel(desk, act(desk, CORA, 30, reason="mistake")).records)
    with pytest.raises(RefusedError, match="nothing new was proposed"):
        release(desk, act(desk, ANNA, 31))
    desk = after(desk, propose(desk, name_of(), draft(text="it is one after all"), second(40)).records)
    desk = released(desk, 41)
    last = only(desk).sent[-1].event
    assert (last.message_type, last.sequence, last.supersedes) == (MessageType.ALERT, 3, ())


def test_attention_is_each_operators_own_and_new_again_when_the_evidence_changes():
    desk = desk_with(draft(evidence=Evidence.CORRELATED))
    desk = after(desk, attend(desk, act(desk, WATCH, 5), Attention.ACKNOWLEDGED).records)
    desk = after(desk, attend(desk, act(desk, ANNA, 5), Attention.SHELVED, 60).records)
    marks = [only(desk).attention(name, second(10)) for name in ("wil", "anna", "ben")]
    assert marks == [Attention.ACKNOWLEDGED, Attention.SHELVED, Attention.NEW]
    assert only(desk).attention("anna", second(70)) is Attention.NEW
    desk = after(desk, propose(desk, name_of(), draft(evidence=Evidence.CONFIRMED), second(20)).records)
    assert only(desk).attention("wil", second(21)) is Attention.NEW
    with pytest.raises(UsageError, match="up to 900 s"):
        attend(desk, act(desk, WATCH, 5), Attention.SHELVED, 1e6)


def test_whoever_is_at_it_says_so_and_what_was_put_aside_comes_back():
    desk = desk_with(draft())
    desk = after(desk, attend(desk, act(desk, WATCH, 5, reason="called the site"), Attention.STARTED).records)
    desk = after(desk, attend(desk, act(desk, ANNA, 5), Attention.SHELVED, 60).records)
    desk = after(desk, attend(desk, act(desk, ANNA, 6), Attention.NEW).records)
    assert [only(desk).attention(name, second(10)) for name in ("wil", "anna")] == [Attention.STARTED, Attention.NEW]
    assert only(desk).attended["wil"].reason == "called the site"
    assert not only(desk).sent
    with pytest.raises(UsageError, match="200 letters at most"):
        attend(desk, act(desk, WATCH, 5, reason="x" * 201), Attention.ACKNOWLEDGED)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("kind", list(DeskKind))
def test_a_mode_has_one_desk_and_the_other_takes_none_of_it(kind, mode):
    one = draft(mode=mode)
    record = Proposed(alert_id="x", revision=revision_of(one), t_tai_ns=second(0), draft=one)
    if (kind is DeskKind.LIVE) == (mode is Mode.REAL):
        assert fold(kind, [record]).lives["x"].mode is mode
    else:
        with pytest.raises(RefusedError, match="takes no such thing"):
            propose(fold(kind, ()), "x", one, second(0))
        with pytest.raises(BadInputError, match="desk"):
            fold(kind, [record])


def test_a_test_never_becomes_an_exercise():
    desk = desk_with(draft(mode=Mode.TEST), kind=DeskKind.DRILL)
    with pytest.raises(RefusedError, match="cannot become EXERCISE"):
        propose(desk, name_of(Mode.TEST), draft(mode=Mode.EXERCISE), second(5))


def test_a_drill_may_play_another_night_and_keeps_its_time():
    night = second(-400_000_000)
    desk = desk_with(draft(mode=Mode.EXERCISE, t=night), kind=DeskKind.DRILL)
    message = only(released(desk)).sent[-1].event
    assert message.t_sent_tai_ns - night == 15 * 10**9
    real = desk_with(draft(t=night))
    with pytest.raises(RefusedError, match="has expired"):
        release(real, act(real, ANNA))


def test_a_name_may_be_shortened_while_it_fits_one():
    desk = desk_with(draft(), draft(object_id="O2"))
    assert find(desk, name_of()[:-1] + "2").alert_id == name_of(object_id="O2")
    with pytest.raises(NotFoundError, match="several"):
        find(desk, "A-07")
    with pytest.raises(NotFoundError, match="no such alert"):
        find(desk, "B")


def test_records_come_back_as_they_were_written():
    desk = released(desk_with(draft()))
    records = [only(desk).newest, *only(desk).sent]
    records.append(Attended(alert_id="x", t_tai_ns=1, person=ANNA, attention=Attention.NEW))
    records.append(Refused(alert_id="x", t_tai_ns=1, act="release", person=None, why="no"))
    assert [decode_record(encode_record(record)) for record in records] == records


def test_no_order_of_acts_sends_anything_but_by_the_rules():
    """Every sequence of up to eight acts of eight kinds: what went out was seen by two, or taken back by one."""
    texts = ("first", "second")
    revisions = {text: revision_of(draft(text=text)) for text in texts}
    letters = [
        ("propose", "first"), ("propose", "second"), ("release", ANNA, "first"), ("release", BEN, "first"),
        ("release", BEN, "second"), ("update", ANNA, "second"), ("update", BEN, "second"), ("cancel", CORA),
    ]  # fmt: skip
    drafts = {text: draft(text=text) for text in texts}
    start = fold(DeskKind.LIVE, ())
    seen: dict[tuple, Desk] = {(): start}
    sent = 0
    for length in range(1, 9):
        reached: dict[tuple, Desk] = {}
        for prefix, letter in product(seen, letters):
            desk = seen[prefix]
            try:
                outcome = play(desk, letter, drafts, revisions, float(length))
            except VedetteError:
                continue  # refused: nothing changes, so nothing follows that does not follow without it
            if not outcome.records:
                continue
            reached[(*prefix, letter)] = after(desk, outcome.records)
            for record in outcome.records:
                if isinstance(record, Sent):
                    sent += 1
                    check(prefix, letter, record)
        seen = reached
    assert sent > 150


def play(desk: Desk, letter, drafts, revisions, t) -> Outcome:
    if letter[0] == "propose":
        return propose(desk, name_of(), drafts[letter[1]], second(t))
    if letter[0] == "cancel":
        return cancel(desk, act(desk, letter[1], t, alert_id=name_of(), reason="mistake"))
    asked = act(desk, letter[1], t, alert_id=name_of(), revision=revisions[letter[2]])
    return release(desk, asked) if letter[0] == "release" else update(desk, asked)


def check(prefix, letter, record: Sent) -> None:
    acts = [one[0] for one in prefix]
    if record.event.message_type is MessageType.CANCEL:
        assert letter[0] == "cancel" and len(record.people) == 1 and record.event.cancels
        return
    assert len({who.account for who in record.people}) == len({who.session for who in record.people}) == 2
    assert "propose" in acts
    last_change = max(i for i, one in enumerate(prefix) if one[0] == "propose")
    approving = [one for one in prefix[last_change + 1 :] if one[0] in ("release", "update")]
    assert approving, "the first approval came after the newest revision"
    assert {who.revision for who in record.event.released_by} == {record.revision}


def test_fold_and_after_agree():
    desk = released(desk_with(draft()))
    life = only(desk)
    records = [life.newest, *life.sent]
    assert fold_on(fold(DeskKind.LIVE, ()), records).sequence == desk.sequence == 1
