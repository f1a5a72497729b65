"""What was said stands beside the journal, and a replay tells where another engine would say otherwise."""

import json

import pytest
from tests.rehearsals.telemetry_feed import write_two_stage_telemetry

from vedette.core.errors import BadInputError, NotFoundError
from vedette.doors.cli.replay import replay
from vedette.doors.comparing import comparison, said_now
from vedette.doors.reporters import JsonlReporter
from vedette.doors.said_file import read_said, said_path
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.doors.watch_loop import watch_loop
from vedette.engine import Session
from vedette.formats import open_feed
from vedette.reports import Mode

ENTRIES = 302  # of the journal: the head of the feed, one look a second for five minutes, and the end


class Silent(JsonlReporter):
    def __init__(self):
        self.lines = []

    def said(self, picture):
        self.lines += [*picture.new_findings, *picture.new_alerts]

    def finish(self, picture, predict_to_tai_ns):
        """Nothing is written."""


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    path = tmp_path_factory.mktemp("said") / "watch.sqlite"
    feed = write_two_stage_telemetry(path.with_name("launch.json"))
    session = Session(mode=Mode.SIMULATED, pad_lat_lon_deg=(28.5, -80.6))
    listener = Silent()
    with SqliteJournal.create(path, session) as journal:
        watch_loop(open_feed(str(feed), mode=Mode.SIMULATED), session, listener, journal)
        assert journal.store.entry_count == ENTRIES
    return path, len(listener.lines)


@pytest.fixture
def journal(watched, tmp_path):
    path, count = watched
    for one in (path, said_path(path)):
        (tmp_path / one.name).write_bytes(one.read_bytes())
    return tmp_path / path.name, count


def first_link(path):
    with SqliteJournal.open(path) as journal:
        return journal.store.first_link


def test_everything_that_was_said_is_kept_with_its_entry_and_its_engine(journal):
    path, count = journal
    kept = read_said(path, first_link(path))
    assert len(kept.rows) == count > 4
    assert len(kept.engines) == 1 and kept.engines[0][1]
    entries = [row.entry for row in kept.rows]
    assert entries == sorted(entries) and 0 < entries[0] <= entries[-1] <= ENTRIES
    assert any("alert" in row.body for row in kept.rows)


def test_the_same_engine_says_the_same_and_another_is_told_apart(journal, capsys):
    path, count = journal
    before = {one.name: one.read_bytes() for one in path.parent.iterdir()}
    assert replay(path, compare=True, json=True) == 0
    same = json.loads(capsys.readouterr().out)
    assert (same["same"], same["differences"]) == (count, [])
    # an engine that then said one thing in other words, one thing more, and one thing less
    lines = said_path(path).read_text().splitlines()
    kept = read_said(path, first_link(path))
    rows = list(kept.rows)
    rows[2].body["event"]["text"] = "it said so then"
    with SqliteJournal.open(path) as opened:
        now = said_now(opened.session, opened.events())
    gone = now.pop()
    extra = now[0]
    now.insert(0, extra)
    found = comparison(kept, now)
    assert [one["what"] for one in found["differences"]] == ["only-now", "otherwise", "only-then"]
    assert found["differences"][1]["then"]["event"]["text"] == "it said so then"
    assert found["differences"][2]["entry"] == gone.entry
    assert len(lines) == count + 1
    assert {one.name: one.read_bytes() for one in path.parent.iterdir()} == before, "nothing is ever rewritten"


def test_a_watch_by_another_version_exits_with_one_and_says_both(journal, capsys):
    path, _ = journal
    with SqliteJournal.open(path) as opened:
        link, session = opened.store.first_link, opened.session
    from vedette.doors import said_file

    lines = [json.loads(line) for line in said_path(path).read_text().splitlines()]
    said_path(path).unlink()
    writer = said_file.SaidWriter(path, link, session)
    writer._link = link.hex()
    writer._file = said_path(path).open("ab")
    for row in lines:
        row.pop("link")
        if "engine" in row:
            row["engine"]["version"] = "0.0.9"
        if row.get("event", {}).get("kind") == "launch":
            row["event"]["text"] = "an older engine's words"
        writer._write(row, row["entry"])
    writer.close()
    assert replay(path, compare=True) == 1
    out = capsys.readouterr().out
    assert "0.0.9" in out and "- entry" in out and "an older engine's words" in out and "+ entry" in out


def test_what_was_changed_or_is_missing_is_said(journal):
    path, _ = journal
    said, link = said_path(path), first_link(path)
    text = said.read_bytes()
    said.write_bytes(text.replace(b"correlated", b"confirmed", 1))
    with pytest.raises(BadInputError, match="not as it was written"):
        read_said(path, link)
    said.write_bytes(text[:-20])  # a crash in the middle of the last line
    assert len(read_said(path, link).rows) == len(text.splitlines()) - 2
    said.unlink()
    with pytest.raises(NotFoundError, match="before what is said was kept"):
        read_said(path, link)


def test_a_file_that_cannot_be_written_never_stops_the_watch(watched, tmp_path, capsys):
    path, _ = watched
    said_path(tmp_path / "watch.sqlite").mkdir()
    with SqliteJournal.open(path) as old, SqliteJournal.create(tmp_path / "watch.sqlite", old.session) as new:
        events = list(old.events())[:60]
        watch_loop(events, old.session, Silent(), new)
        assert new.store.entry_count == 61
    assert capsys.readouterr().err.count("is not kept beside the journal") == 1
