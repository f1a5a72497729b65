"""A cancellation is told while another process holds the desk, and filed by the rules when it is free again."""

import json
import sqlite3

import pytest
from tests.assessment.alerts.samples import act, draft, name_of, person

from vedette.assessment.alerts import DeskKind, release, update
from vedette.core.errors import UnreachableError
from vedette.doors import accounts, audit_log
from vedette.doors.accounts import AccountBook
from vedette.doors.alert_acting import Asked, do_act
from vedette.doors.alert_desk import AlertDesk, desk_path
from vedette.doors.aside import aside_folder
from vedette.doors.audit_verdict import verify_audit
from vedette.doors.key_files import KeyRing
from vedette.doors.seal_file import now_tai_ns
from vedette.reports import Message, Mode
from vedette.sharing import Purpose, checked

ANNA, BEN = person("anna"), person("ben")
LIVE, NAME = DeskKind.LIVE, name_of()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(accounts, "_N", 2**4)
    monkeypatch.setattr(audit_log, "PATIENCE_S", 0.05)
    monkeypatch.setenv("VEDETTE_CREDENTIAL", "correct horse")
    book = AccountBook(tmp_path)
    account = book.add("cora", ("senior-watch-officer",), "correct horse", now_tai_ns())
    monkeypatch.setenv("VEDETTE_SESSION", str(book.open_session(account, "seat", now_tai_ns())))
    KeyRing(tmp_path).make(Purpose.LIVE)
    (tmp_path / "channels.toml").write_text(
        f'[[channel]]\nname = "files"\nkind = "file"\nmode = "REAL"\nfolder = "{tmp_path / "out"}"\n'
    )
    with AlertDesk.open(tmp_path, LIVE) as desk:
        desk.propose([(NAME, draft())], now_tai_ns())
        for who in (ANNA, BEN):
            desk.do(act(desk.now(), who), release, "release")
    return tmp_path


def held(folder):
    holder = sqlite3.connect(desk_path(folder, LIVE), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    return holder


def cancel_it(folder, capsys) -> dict:
    code = do_act(folder, Asked(action="cancel", alert=NAME, for_s=5.0), is_json=True)
    assert code == 0
    return json.loads(capsys.readouterr().out)


def life_of(folder):
    with AlertDesk.look(folder, LIVE) as desk:
        return desk.now().lives[NAME]


def test_it_is_told_at_once_and_filed_later(folder, capsys):
    holder = held(folder)
    said = cancel_it(folder, capsys)
    assert [(row["channel"], row["state"]) for row in said["channels"]] == [("files", "told")]
    path = folder / "out" / f"{NAME}.2.json"
    signature = path.with_name(path.name + ".sig").read_bytes()
    message = checked(signature, KeyRing(folder).trust(), path.read_bytes())
    assert message.header.act == "cancel" and message.header.mode is Mode.REAL
    assert life_of(folder).message(now_tai_ns()) is not Message.CANCELLED  # not filed yet
    holder.execute("ROLLBACK")
    holder.close()
    AlertDesk.open(folder, LIVE).close()
    assert not life_of(folder).standing and not list(aside_folder(desk_path(folder, LIVE)).iterdir())
    assert verify_audit(desk_path(folder, LIVE), KeyRing(folder).trust()).is_whole


def test_what_was_sent_in_between_is_taken_back_as_well(folder, capsys):
    holder = held(folder)
    cancel_it(folder, capsys)
    holder.execute("ROLLBACK")
    holder.close()
    waiting = aside_folder(desk_path(folder, LIVE))
    hidden = waiting.rename(waiting.with_name("hidden"))
    with AlertDesk.open(folder, LIVE) as desk:  # an update that overtakes the filing
        desk.propose([(NAME, draft(text="more"))], now_tai_ns())
        for who in (ANNA, BEN):
            desk.do(act(desk.now(), who, 21), update, "update")
    hidden.rename(waiting)
    AlertDesk.open(folder, LIVE).close()
    life = life_of(folder)
    assert not life.standing and [one.message_id for one in life.sent[-1].event.cancels] == [f"{NAME}.1", f"{NAME}.2"]
    assert verify_audit(desk_path(folder, LIVE), KeyRing(folder).trust()).is_whole


def test_what_our_key_did_not_sign_is_never_filed(folder, capsys):
    holder = held(folder)
    cancel_it(folder, capsys)
    holder.execute("ROLLBACK")
    holder.close()
    (path,) = aside_folder(desk_path(folder, LIVE)).iterdir()
    path.write_text(path.read_text().replace("cora", "otto"))
    AlertDesk.open(folder, LIVE).close()
    assert life_of(folder).standing and path.is_file()


def test_only_a_cancellation_goes_past_a_held_desk(folder):
    holder = held(folder)
    with pytest.raises(UnreachableError, match="another process is writing"):
        do_act(folder, Asked(action="ack", alert=NAME), is_json=True)
    holder.execute("ROLLBACK")
    holder.close()
