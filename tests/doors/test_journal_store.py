"""The journal keeps what it was given, in order, and says so when it was touched."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.core.errors import BadInputError, NotFoundError, UnreachableError, UsageError
from vedette.doors.journal_store import JournalStore


def write(path: Path, payloads: list[bytes]) -> None:
    with JournalStore.create(path, b"session") as store:
        for index, payload in enumerate(payloads):
            store.append("scan", index * 10, payload)


def test_entries_come_back_in_order_with_their_numbers(tmp_path):
    write(tmp_path / "a.sqlite", [b"one", b"", b"three"])
    with JournalStore.open(tmp_path / "a.sqlite") as store:
        assert store.session_bytes == b"session"
        assert [(e.seq, e.t_received_tai_ns, e.kind, e.payload) for e in store.read()] == [
            (1, 0, "scan", b"one"),
            (2, 10, "scan", b""),
            (3, 20, "scan", b"three"),
        ]
        assert [e.seq for e in store.read(from_seq=3)] == [3]
        assert store.verify().is_whole and store.entry_count == 3


def test_its_span_may_leave_out_what_came_before_anything_was_seen(tmp_path):
    with JournalStore.create(tmp_path / "a.sqlite", b"session") as store:
        for kind, t_received_tai_ns in (("notice", 5), ("catalogue", 6), ("scan", 90), ("scan", 120), ("ended", 0)):
            store.append(kind, t_received_tai_ns, b"")
        assert store.received_span_tai_ns() == (5, 120)
        assert store.received_span_tai_ns(without=("notice", "catalogue")) == (90, 120)
        assert store.received_span_tai_ns(without=("notice", "catalogue", "scan")) == (None, None)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=8), st.integers(-(2**63), 2**63 - 1), st.binary(max_size=50)), max_size=6))
def test_any_entry_is_kept_exactly(tmp_path_factory, entries):
    path = tmp_path_factory.mktemp("journal") / "a.sqlite"
    entries = [(kind.encode("utf-8", "replace").decode().replace("\0", ""), t, payload) for kind, t, payload in entries]
    with JournalStore.create(path, b"") as store:
        for entry in entries:
            store.append(*entry)
    with JournalStore.open(path) as store:
        assert [(e.kind, e.t_received_tai_ns, e.payload) for e in store.read()] == entries


def test_a_closed_journal_is_one_file(tmp_path):
    write(tmp_path / "a.sqlite", [b"one"])
    assert [p.name for p in tmp_path.iterdir()] == ["a.sqlite"]


def test_a_journal_is_never_overwritten(tmp_path):
    write(tmp_path / "a.sqlite", [b"one"])
    with pytest.raises(UsageError, match="never overwritten"):
        JournalStore.create(tmp_path / "a.sqlite", b"other")


def test_it_goes_on_where_it_stopped(tmp_path):
    write(tmp_path / "a.sqlite", [b"one", b"two"])
    with JournalStore.resume(tmp_path / "a.sqlite") as store:
        assert store.append("scan", 99, b"three") == 3
    with JournalStore.open(tmp_path / "a.sqlite") as store:
        assert [e.payload for e in store.read()] == [b"one", b"two", b"three"]
        assert store.verify().is_whole


def test_the_file_itself_refuses_to_be_edited(tmp_path):
    write(tmp_path / "a.sqlite", [b"one"])
    connection = sqlite3.connect(tmp_path / "a.sqlite")
    for statement in ("UPDATE entries SET payload = x'00'", "DELETE FROM entries", "UPDATE header SET session = x'00'"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("edit", "seq", "what"),
    [
        ("UPDATE entries SET payload = x'00' WHERE seq = 2", 2, "not as it was written"),
        ("UPDATE entries SET t_received_tai_ns = 11 WHERE seq = 3", 3, "not as it was written"),
        ("UPDATE entries SET kind = 'note' WHERE seq = 1", 1, "not as it was written"),
        ("DELETE FROM entries WHERE seq = 2", 2, "entries 2 to 2 are missing"),
        ("UPDATE entries SET payload = 'text' WHERE seq = 2", 2, "not as it was written"),
    ],
)
def test_verify_names_the_first_entry_that_was_changed(tmp_path, edit, seq, what):
    path = tmp_path / "a.sqlite"
    write(path, [b"one", b"two", b"three"])
    tamper(path, edit)
    with JournalStore.open(path) as store:
        found = store.verify()
        assert (found.broken_seq, found.entry_count, found.is_whole) == (seq, seq - 1, False)
        assert what in found.what
        with pytest.raises(BadInputError, match=f"entry {seq}"):
            list(store.read())


def test_a_changed_session_is_refused(tmp_path):
    write(tmp_path / "a.sqlite", [b"one"])
    tamper(tmp_path / "a.sqlite", "UPDATE header SET session = x'00'")
    with pytest.raises(BadInputError, match="header"):
        JournalStore.open(tmp_path / "a.sqlite")


def tamper(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    connection.commit()
    connection.close()


def foreign_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE cats (name TEXT)")
    connection.commit()
    connection.close()


def test_what_is_no_journal_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "empty.sqlite").touch()
    (tmp_path / "text.sqlite").write_text("Dear diary, nothing was launched today. " * 100)
    foreign_database(tmp_path / "cats.sqlite")
    (tmp_path / "folder.sqlite").mkdir()
    for name, what in [
        ("empty.sqlite", "not a journal"),
        ("text.sqlite", "not a journal"),
        ("cats.sqlite", "database of another program"),
        ("folder.sqlite", "not a journal"),
    ]:
        with pytest.raises(BadInputError, match=what) as refusal:
            JournalStore.open(tmp_path / name)
        assert name in str(refusal.value) and "\n" not in str(refusal.value)
    with pytest.raises(NotFoundError, match="no journal at"):
        JournalStore.open(tmp_path / "gone.sqlite")


def test_a_journal_of_a_newer_form_is_refused(tmp_path):
    write(tmp_path / "a.sqlite", [b"one"])
    connection = sqlite3.connect(tmp_path / "a.sqlite")
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(BadInputError, match="form 9"):
        JournalStore.open(tmp_path / "a.sqlite")


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_damaged_bytes_never_crash_and_never_pass_for_good(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("journal")
    payloads = [bytes([index]) * 400 for index in range(40)]
    write(folder / "a.sqlite", payloads)
    raw = bytearray((folder / "a.sqlite").read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    (folder / "b.sqlite").write_bytes(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    read = []
    try:
        with JournalStore.open(folder / "b.sqlite") as store:
            read += [entry.payload for entry in store.read()]
    except (BadInputError, UnreachableError):
        pass
    assert read == payloads[: len(read)]  # whatever was read is what was written


def test_a_journal_being_written_can_be_read(tmp_path):
    path = tmp_path / "a.sqlite"
    with JournalStore.create(path, b"session") as writer:
        writer.append("scan", 1, b"one")
        writer.commit()
        writer.append("scan", 2, b"two")
        with JournalStore.open(path) as reader:
            assert [e.payload for e in reader.read()] == [b"one"]  # what is not durable is not seen
            writer.commit()
            assert [e.payload for e in reader.read()] == [b"one", b"two"]


def test_a_second_writer_is_told_so(tmp_path):
    path = tmp_path / "a.sqlite"
    with JournalStore.create(path, b"session") as first, JournalStore.resume(path) as second:
        first.append("scan", 1, b"one")
        first.commit()
        with pytest.raises(UnreachableError, match="another process"):
            second.append("scan", 1, b"uno")
            second.commit()


def test_a_reader_cannot_append(tmp_path):
    write(tmp_path / "a.sqlite", [b"one"])
    with JournalStore.open(tmp_path / "a.sqlite") as store, pytest.raises(UsageError, match="opened to be read"):
        store.append("scan", 1, b"two")


def test_a_full_disk_is_one_sentence_and_costs_nothing_committed(tmp_path):
    path = tmp_path / "a.sqlite"
    with JournalStore.create(path, b"session") as store:
        store.append("scan", 1, b"safe")
        store.commit()
        store._connection.execute("PRAGMA max_page_count = 12")  # SQLite's own way to run out of room
        with pytest.raises(UnreachableError, match=r"disk is full; [0-9]+ entries are safe"):
            for index in range(100):
                store.append("scan", index, bytes(4096))
                store.commit()
        store._connection.execute("PRAGMA max_page_count = 1000")  # room was made
        count = store.entry_count
        assert store.append("scan", 7, b"later") == count + 1
    with JournalStore.open(path) as store:
        assert next(store.read()).payload == b"safe"
        assert store.verify().is_whole


def test_a_file_size_limit_is_one_sentence(tmp_path):
    """The same from the system's side: the write itself fails (RLIMIT_FSIZE)."""
    program = """
import resource, signal, sys
from vedette.core.errors import UnreachableError
from vedette.doors.journal_store import JournalStore
store = JournalStore.create(sys.argv[1], b"session")
store.append("scan", 1, b"safe"); store.commit()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    for index in range(100):
        store.append("scan", index, bytes(4096)); store.commit()
except UnreachableError as trouble:
    print(trouble); sys.exit(trouble.exit_code)
"""
    path = tmp_path / "a.sqlite"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-c", program, str(path)]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=60, env=env)
    assert ran.returncode == 5 and "entries are safe" in ran.stdout, ran.stderr
    with JournalStore.open(path) as store:
        assert next(store.read()).payload == b"safe" and store.verify().is_whole


def test_read_only_media_can_be_read(tmp_path):
    folder = tmp_path / "cd"
    folder.mkdir()
    write(folder / "a.sqlite", [b"one"])
    (folder / "a.sqlite").chmod(0o444)
    folder.chmod(0o555)
    try:
        with JournalStore.open(folder / "a.sqlite") as store:
            assert [e.payload for e in store.read()] == [b"one"]
    finally:
        folder.chmod(0o755)


def test_it_cannot_be_made_where_nothing_can_be_made(tmp_path):
    with pytest.raises(UsageError, match="--data-dir"):
        JournalStore.create(tmp_path / "no" / "such" / "a.sqlite", b"")
