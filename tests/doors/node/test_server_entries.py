"""A journal in a PostgreSQL server is the same journal: same links, same events, same bytes when it is played."""

import sqlite3
from itertools import count

import pytest
from tests.rehearsals.telemetry_feed import write_two_stage_telemetry

from vedette.core.errors import BadInputError, NotFoundError, UnreachableError, UsageError
from vedette.doors.cli.journal import journal as journal_command
from vedette.doors.journal_store import JournalStore
from vedette.doors.node.reserve import Reserve
from vedette.doors.patient_keeper import PatientKeeper
from vedette.doors.watching import WatchOptions, run_replay, run_watch

ENTRIES = [("scan", 10 * n, bytes([n % 256]) * (n % 50)) for n in range(5000)]
_schemas = count(1)


@pytest.fixture
def address(postgres):
    return f"{postgres.address}&schema=journals_{next(_schemas)}"


def written(store, entries=ENTRIES):
    for number, entry in enumerate(entries):
        store.append(*entry)
        if number % 1000 == 0:
            store.commit()
    return store


def test_its_chain_is_the_one_that_a_file_would_have(address, tmp_path):
    with written(JournalStore.create_elsewhere(tmp_path / "a.sqlite", b"session", address)) as server:
        server.commit()
        with written(JournalStore.create(tmp_path / "b.sqlite", b"session")) as file:
            file.commit()
            assert server.first_link == file.first_link
            assert [server.chain_after(n) for n in (1, 4999, 5000, 5001)] == [
                file.chain_after(n) for n in (1, 4999, 5000, 5001)
            ]
    with JournalStore.resume(tmp_path / "a.sqlite") as store:
        assert store.append("scan", 7, b"after a restart") == 5001
    with JournalStore.open(tmp_path / "a.sqlite") as store:
        assert [(e.kind, e.t_received_tai_ns, e.payload) for e in store.read()] == [
            *ENTRIES,
            ("scan", 7, b"after a restart"),
        ]
        assert store.verify().is_whole and store.received_span_tai_ns() == (10, 7)
        assert store.received_span_tai_ns(without=("notice", "catalogue")) == (10, 7)
        assert len(list(store.read_kind("scan", 2, 11))) == 10 and store.newest_entry() == 5001
        with pytest.raises(UsageError, match="opened to be read"):
            store.append("scan", 8, b"")


def test_nobody_edits_it_and_what_is_appended_behind_its_back_is_found(address, tmp_path):
    with written(JournalStore.create_elsewhere(tmp_path / "a.sqlite", b"session", address), ENTRIES[:10]) as store:
        store.commit()
        sql = store._connection._sql
        for statement in ("UPDATE entries SET payload = ''", "DELETE FROM entries", "TRUNCATE header"):
            with pytest.raises(UnreachableError, match="append-only"):
                sql.run(statement)
        with JournalStore.resume(tmp_path / "a.sqlite") as other:
            other.append("scan", 1, b"first")
        store.append("scan", 1, b"second")
        with pytest.raises(UnreachableError, match="another process has appended"):
            store.commit()
        sql.run("ALTER TABLE entries DISABLE TRIGGER USER")
        sql.run("UPDATE entries SET payload = ? WHERE seq = 4", b"changed")
    with JournalStore.open(tmp_path / "a.sqlite") as store:
        assert store.verify().broken_seq == 4


def test_the_file_says_where_it_lies_without_a_password_and_must_be_its_own(address, tmp_path, capsys):
    secret = address.replace("vedette@", "vedette:secret@")
    JournalStore.create_elsewhere(tmp_path / "a.sqlite", b"{}", secret).close()
    assert b"secret" not in (tmp_path / "a.sqlite").read_bytes()
    db = sqlite3.connect(tmp_path / "a.sqlite")
    where = db.execute("SELECT address FROM elsewhere").fetchone()[0]
    with pytest.raises(UsageError, match="never overwritten"):
        JournalStore.create_elsewhere(tmp_path / "a.sqlite", b"{}", address)
    (tmp_path / "again").mkdir()
    with pytest.raises(UsageError, match="none is ever overwritten"):
        JournalStore.create_elsewhere(tmp_path / "again" / "a.sqlite", b"{}", address)
    assert journal_command("attach", tmp_path / "far.sqlite", where) == 0
    with JournalStore.open(tmp_path / "far.sqlite") as far:
        assert far.session_bytes == b"{}" and far.server_address == where
    JournalStore.create_elsewhere(tmp_path / "b.sqlite", b"{other}", address).close()
    db.execute("UPDATE elsewhere SET address = ?", (where.replace("_ja", "_jb"),))
    db.commit()
    with pytest.raises(BadInputError, match="another than this file's"):
        JournalStore.open(tmp_path / "a.sqlite")
    db.execute("UPDATE elsewhere SET address = ?", (where.replace("_ja", "_jc"),))
    db.commit()
    db.close()
    with pytest.raises(NotFoundError, match="nothing is kept there"):
        JournalStore.open(tmp_path / "a.sqlite")


def test_a_server_that_is_killed_and_comes_back_costs_no_entry(postgres_to_kill, tmp_path, monkeypatch, capsys):
    address = f"{postgres_to_kill.address}&schema=journals"
    monkeypatch.setattr("vedette.doors.patient_keeper.TRY_AGAIN_S", -1.0)
    store = JournalStore.create_elsewhere(tmp_path / "a.sqlite", b"s", address)
    keeper = PatientKeeper(store, Reserve(tmp_path / "reserve", 0))
    keeper.append("scan", 1, b"before")
    assert keeper.commit() == 1
    postgres_to_kill.kill()
    keeper.append("scan", 2, b"meanwhile")
    assert keeper.commit() == 1 and not keeper.recording.is_on
    keeper.append("scan", 3, b"still")
    assert keeper.commit(is_urgent=True) == 1
    postgres_to_kill.start()
    assert keeper.commit() == 3 and keeper.recording.is_on
    store.close()
    with JournalStore.open(tmp_path / "a.sqlite") as again:
        assert [e.payload for e in again.read()] == [b"before", b"meanwhile", b"still"] and again.verify().is_whole


def test_a_watch_into_a_server_says_and_replays_what_a_watch_into_a_file_does(address, tmp_path, capsys):
    feed = write_two_stage_telemetry(tmp_path / "two-stage.json")
    said = {}
    for name, server in (("file", None), ("server", address)):
        folder = tmp_path / name
        options = WatchOptions(
            feeds=(str(feed),), pad="28.6,-80.6", data_dir=folder, server=server, until="T+40", output="jsonl",
            is_quiet=True,
        )  # fmt: skip
        capsys.readouterr()
        assert run_watch(options) == 0
        watched = capsys.readouterr().out
        (journal,) = (folder / "journals").glob("*.sqlite")
        assert run_replay(journal, "jsonl", None, None, None) == 0
        assert capsys.readouterr().out == watched
        with JournalStore.open(journal) as store:
            said[name] = (watched, [(e.kind, e.t_received_tai_ns, e.payload) for e in store.read()])
        assert journal_command("verify", journal) == 0
    assert said["file"] == said["server"] and said["file"][0].count("\n") > 1
    assert journal_command("list", data_dir=tmp_path / "server") == 0
    assert "in postgresql://vedette@" in capsys.readouterr().out
