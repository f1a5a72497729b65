"""The desk on disk: an act is there whole or not at all, and what is kept is what was done."""

import os
import sqlite3
import threading

import pytest
from tests.assessment.alerts.samples import act, draft, name_of, person, second

from vedette.assessment.alerts import DeskKind, Noted, Refused, cancel, release, update
from vedette.core.errors import BadInputError, NotFoundError, RefusedError, UnreachableError
from vedette.doors.alert_desk import AlertDesk, desk_path, kinds_kept
from vedette.doors.alert_outbox import claim, deliveries, due, failed, told
from vedette.reports import Message, Mode

ANNA, BEN, CORA = person("anna"), person("ben"), person("cora", "senior-watch-officer")


def proposed(tmp_path, kind=DeskKind.LIVE, mode=Mode.REAL, t: float = 0.0) -> AlertDesk:
    desk = AlertDesk.open(tmp_path, kind)
    desk.propose([(name_of(mode), draft(mode=mode))], second(t))
    return desk


def released(tmp_path) -> AlertDesk:
    desk = proposed(tmp_path)
    for who in (ANNA, BEN):
        desk.do(act(desk.now(), who), release, "release")
    return desk


def test_what_was_done_is_there_for_who_opens_it_next(tmp_path):
    with released(tmp_path) as desk:
        desk.do(act(desk.now(), CORA, 20, reason="mistake"), cancel, "cancel")
    with AlertDesk.look(tmp_path, DeskKind.LIVE) as again:
        (life,) = again.now().lives.values()
        assert life.message(second(21)) is Message.CANCELLED
        assert [posted.event.message_type for posted in again.outbox()] == ["Alert", "Cancel"]
        assert again.posted(2).event == life.sent[1].event
        with pytest.raises(NotFoundError):
            again.posted(3)


def test_two_processes_see_one_anothers_acts(tmp_path):
    with proposed(tmp_path) as one, AlertDesk.open(tmp_path, DeskKind.LIVE) as other:
        one.do(act(one.now(), ANNA), release, "release")
        assert other.do(act(other.now(), BEN, 12), release, "release").message is not None
        with pytest.raises(RefusedError, match="released already"):
            one.do(act(one.now(), ANNA, 13), release, "release")


def test_a_refusal_is_recorded(tmp_path):
    with proposed(tmp_path) as desk:
        with pytest.raises(RefusedError):
            desk.do(act(desk.now(), person("wil", "watch-officer")), release, "release")
        last = [record for _, record in desk.log.read()][-1]
        assert isinstance(last, Refused) and (last.act, last.person.account) == ("release", "wil")
        assert "may not release" in last.why


def test_a_new_revision_between_looking_and_acting_refuses(tmp_path):
    with proposed(tmp_path) as desk:
        seen = act(desk.now(), ANNA)
        with AlertDesk.open(tmp_path, DeskKind.LIVE) as engine:
            engine.propose([(name_of(), draft(text="changed"))], second(1))
        with pytest.raises(RefusedError, match="the picture has changed"):
            desk.do(seen, release, "release")


def test_live_and_drill_are_two_files_and_neither_opens_as_the_other(tmp_path):
    proposed(tmp_path).close()
    proposed(tmp_path, DeskKind.DRILL, Mode.EXERCISE).close()
    assert kinds_kept(tmp_path) == list(DeskKind)
    desk_path(tmp_path, DeskKind.LIVE).unlink()
    os.replace(desk_path(tmp_path, DeskKind.DRILL), desk_path(tmp_path, DeskKind.LIVE))
    with pytest.raises(RefusedError, match="is a drill desk"):
        AlertDesk.open(tmp_path, DeskKind.LIVE)


def test_a_drill_draft_is_refused_by_the_live_desk_and_the_other_way_round(tmp_path):
    for kind, mode in ((DeskKind.LIVE, Mode.TEST), (DeskKind.DRILL, Mode.REAL)):
        with AlertDesk.open(tmp_path, kind) as desk:
            with pytest.raises(RefusedError, match="takes no such thing"):
                desk.propose([(name_of(mode), draft(mode=mode))], second(0))
            assert not desk.now().lives


def test_an_act_is_one_transaction(tmp_path, monkeypatch):
    with proposed(tmp_path) as desk:
        desk.do(act(desk.now(), ANNA), release, "release")
        before = desk.log.tail()
        monkeypatch.setattr("vedette.doors.alert_desk.alert_event_bytes", lambda event: None)  # the outbox refuses it
        with pytest.raises(BadInputError):
            desk.do(act(desk.now(), BEN), release, "release")
        assert desk.log.tail() == before and not list(desk.outbox())
        monkeypatch.undo()
        assert desk.do(act(desk.now(), BEN), release, "release").message is not None


def test_the_file_itself_refuses_to_be_edited(tmp_path):
    released(tmp_path).close()
    connection = sqlite3.connect(desk_path(tmp_path, DeskKind.LIVE))
    for statement in ("UPDATE audit SET payload = x'00'", "DELETE FROM outbox", "UPDATE header SET kind = 'drill'"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    connection.close()


def test_a_desk_held_by_another_is_told_so_and_nothing_is_half_done(tmp_path, monkeypatch):
    monkeypatch.setattr("vedette.doors.audit_log.PATIENCE_S", 0.05)
    with proposed(tmp_path) as desk:
        holder = sqlite3.connect(desk_path(tmp_path, DeskKind.LIVE), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnreachableError, match="another process is writing"):
            desk.do(act(desk.now(), ANNA), release, "release")
        holder.execute("ROLLBACK")
        holder.close()
        assert desk.do(act(desk.now(), ANNA), release, "release").records


def test_another_key_cannot_write_on(tmp_path):
    proposed(tmp_path).close()
    (tmp_path / "keys" / "record.key").unlink()
    with pytest.raises(RefusedError, match="is signed by record-"):
        AlertDesk.open(tmp_path, DeskKind.LIVE)


def test_what_is_no_desk_is_told_so(tmp_path):
    with pytest.raises(NotFoundError, match="vedette watch"):
        AlertDesk.look(tmp_path, DeskKind.LIVE)
    path = desk_path(tmp_path, DeskKind.LIVE)
    path.parent.mkdir()
    path.write_bytes(b"not a database, whatever its name says" * 9)
    with pytest.raises(BadInputError):
        AlertDesk.look(tmp_path, DeskKind.LIVE)


def test_every_channel_is_told_once_and_cancellations_first(tmp_path):
    with released(tmp_path) as desk:
        desk.do(act(desk.now(), CORA, 20, reason="mistake"), cancel, "cancel")
        waiting = [(posted.sequence, channel) for posted, channel in due(desk, ("mail", "web"), second(20))]
        assert waiting == [(2, "mail"), (2, "web"), (1, "mail"), (1, "web")]
        assert claim(desk, 2, "web", second(20)) and not claim(desk, 2, "web", second(21))
        told(desk, 2, "web", second(21), "200 OK")
        assert claim(desk, 2, "mail", second(20))
        failed(desk, 2, "mail", second(25), "no answer")
        assert (2, "mail") not in [(p.sequence, c) for p, c in due(desk, ("mail", "web"), second(22))]
        assert (2, "mail") in [(p.sequence, c) for p, c in due(desk, ("mail", "web"), second(26))]
        assert claim(desk, 2, "mail", second(26))
        failed(desk, 2, "web", second(27), "too late: it was told")
        states = {(one.sequence, one.channel): (one.state, one.tries) for one in deliveries(desk)}
        assert states == {(2, "web"): ("told", 1), (2, "mail"): ("claimed", 2)}


def test_a_claim_of_a_dead_process_runs_out(tmp_path):
    with released(tmp_path) as desk:
        assert claim(desk, 1, "mail", second(20))
        assert due(desk, ("mail",), second(25)) == []
        assert len(due(desk, ("mail",), second(31))) == 1 and claim(desk, 1, "mail", second(31))


def test_threads_that_act_at_once_send_one_message(tmp_path):
    with proposed(tmp_path) as desk:
        desk.do(act(desk.now(), ANNA), release, "release")
        asked = act(desk.now(), BEN, 12)
    outcomes: list[str] = []

    def go() -> None:
        with AlertDesk.open(tmp_path, DeskKind.LIVE) as mine:
            try:
                outcomes.append("sent" if mine.do(asked, release, "release").message else "first")
            except RefusedError:
                outcomes.append("refused")

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 3 + ["sent"]


def test_update_after_release(tmp_path):
    with released(tmp_path) as desk:
        desk.propose([(name_of(), draft(text="more"))], second(20))
        for who in (BEN, ANNA):
            outcome = desk.do(act(desk.now(), who, 21), update, "update")
        assert outcome.message.supersedes and desk.now().sequence == 2
        desk.note(Noted(t_tai_ns=second(22), what="account", text="added"))
        assert desk.now().sequence == 2


def test_what_an_older_desk_knew_of_its_channels_is_not_told_again(tmp_path):
    with AlertDesk.open(tmp_path, DeskKind.DRILL) as desk:
        desk.log.connection.execute(
            "CREATE TABLE deliveries (sequence INTEGER NOT NULL, channel TEXT NOT NULL, state TEXT NOT NULL, "
            "tries INTEGER NOT NULL, t_next_tai_ns INTEGER, t_done_tai_ns INTEGER, receipt TEXT, trouble TEXT, "
            "PRIMARY KEY (sequence, channel)) WITHOUT ROWID"
        )
        desk.log.connection.execute("INSERT INTO deliveries VALUES (1, 'files', 'told', 2, NULL, 7, 'taken', NULL)")
        assert [(one.channel, one.state) for one in deliveries(desk)] == [("files", "told")]
        assert not claim(desk, 1, "files", 9)
        assert claim(desk, 2, "files", 9) and len(deliveries(desk)) == 2


def test_a_courier_does_not_wait_for_whoever_holds_the_desk(tmp_path):
    with AlertDesk.open(tmp_path, DeskKind.DRILL) as desk, AlertDesk.open(tmp_path, DeskKind.DRILL) as other:
        with other.log.writing():
            assert claim(desk, 1, "files", 9)
            told(desk, 1, "files", 9, "taken")
        assert [one.state for one in deliveries(other)] == ["told"]
