"""The journal in the engine's words: every event comes back, and so does the session."""

import sqlite3

import msgspec
import pytest
from tests.formats.made import GOLDEN, SENSORS, assert_same_scan, read

from vedette.core.errors import BadInputError
from vedette.doors.cli.journal import journal as journal_command
from vedette.doors.journal_store import JournalStore
from vedette.doors.sqlite_journal import SqliteJournal, list_journals
from vedette.engine import FeedEnded, Session
from vedette.reports import Mode, Scan

SESSION = Session(
    mode=Mode.TEST,
    feeds=("night.jsonl", "-"),
    pad_lat_lon_deg=(28.5, -80.6),
    t_liftoff_tai_ns=10**18,
    sensors_toml='[sensors.ir]\nkind = "infrared"\n# ✓',
    until="T+183",
)
EVENTS = [
    *read(GOLDEN / "night.jsonl"),
    *read(GOLDEN / "pass.tdm.kvn", sensors=SENSORS),
    *read(b"garbage"),
    FeedEnded(t_tai_ns=10**18),
]


def make(path, events=EVENTS):
    with SqliteJournal.create(path, SESSION) as made:
        for event in events:
            made.append_event(event)
    return path


def test_the_session_and_every_event_come_back(tmp_path):
    with SqliteJournal.open(make(tmp_path / "a.sqlite")) as made:
        assert made.session == SESSION
        back = list(made.events())
        assert len(back) == len(EVENTS)
        for one, other in zip(back, EVENTS, strict=True):
            if isinstance(other, Scan):
                assert_same_scan(one, other)
            else:
                assert one == other
        assert made.verify().is_whole


def test_events_can_be_read_from_the_middle(tmp_path):
    with SqliteJournal.open(make(tmp_path / "a.sqlite")) as made:
        assert list(made.events(from_seq=len(EVENTS))) == EVENTS[-1:]


def test_it_goes_on_after_a_restart(tmp_path):
    path = make(tmp_path / "a.sqlite", EVENTS[:3])
    with SqliteJournal.resume(path) as again:
        assert again.append_event(EVENTS[3]) == 4
    with SqliteJournal.open(path) as made:
        assert len(list(made.events())) == 4


def test_an_event_of_another_program_is_named(tmp_path):
    path = tmp_path / "a.sqlite"
    with JournalStore.create(path, msgspec.json.encode(SESSION)) as store:
        store.append("scan", 0, b"not a scan")
        store.append("poem", 0, b"")
    with SqliteJournal.open(path) as made:
        with pytest.raises(BadInputError, match="entry 1"):
            list(made.events())
        with pytest.raises(BadInputError, match="poem"):
            list(made.events(from_seq=2))
        assert made.verify().broken_seq == 1


def test_a_session_that_cannot_be_read_is_refused(tmp_path):
    path = tmp_path / "a.sqlite"
    JournalStore.create(path, b'{"mode": "WAR"}').close()
    with pytest.raises(BadInputError, match="session"):
        SqliteJournal.open(path)


def test_journals_are_listed_with_their_troubles(tmp_path, capsys):
    make(tmp_path / "a.sqlite")
    (tmp_path / "b.sqlite").write_text("a poem")
    (tmp_path / "notes.txt").write_text("no journal")
    one, other = list_journals(tmp_path)
    assert (one.entry_count, one.session, one.trouble) == (len(EVENTS), SESSION, "")
    assert other.session is None and "not a journal" in other.trouble
    assert journal_command("list", tmp_path) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2 and f"TEST  {len(EVENTS)} entries  night.jsonl, -" in said[0]
    assert journal_command("list", tmp_path, json=True) == 0
    listed = msgspec.json.decode(capsys.readouterr().out)["journals"]
    assert [row["entries"] for row in listed] == [len(EVENTS), 0]


def test_verify_says_which_entry_was_changed(tmp_path, capsys):
    path = make(tmp_path / "a.sqlite")
    assert journal_command("verify", path) == 0
    assert "every one as it was written" in capsys.readouterr().out
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER entries_UPDATE")
    connection.execute("UPDATE entries SET t_received_tai_ns = 5 WHERE seq = 2")
    connection.commit()
    connection.close()
    assert journal_command("verify", path) == 1
    assert "entry 2: the entry is not as it was written" in capsys.readouterr().out
    assert journal_command("verify", path, json=True) == 1
    assert msgspec.json.decode(capsys.readouterr().out)["broken_entry"] == 2
