"""A journal's signed checkpoints: a changed byte is found by the chain, a cut tail by the seals."""

import sqlite3
from pathlib import Path

import pytest

from vedette.core.errors import RefusedError, VedetteError
from vedette.doors.cli.journal import journal as journal_command
from vedette.doors.journal_store import JournalStore
from vedette.doors.key_files import KeyRing
from vedette.doors.seal_file import SealWriter, seals_path
from vedette.doors.sealed_journal import create_sealed, seal_store, trust_for, verify_journal
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.engine import Session
from vedette.reports import LifeSign, Mode
from vedette.sharing import Purpose, Trust


def sign(number: int) -> LifeSign:
    return LifeSign(sensor_id="radar", route="line", t_sent_tai_ns=number, t_received_tai_ns=number, text="alive " * 9)


def sealed(folder: Path, entries: int = 12, every: int = 5) -> Path:
    """A journal of some entries with a seal at the start, every fifth entry and at the end."""
    path = folder / "journals" / "a.sqlite"
    path.parent.mkdir(exist_ok=True)
    with create_sealed(path, Session(mode=Mode.TEST), folder) as journal:
        assert isinstance(journal.store.seals, SealWriter)
        journal.store.seals.every = every
        for number in range(entries):
            journal.append_event(sign(number))
            journal.commit()
    return path


def verdict(path: Path):
    return verify_journal(path, trust_for(path, None))


def cut(path: Path, keep: int) -> None:
    """Take the tail away as somebody would who knows the format."""
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER IF EXISTS entries_DELETE")
    connection.execute("DELETE FROM entries WHERE seq > ?", (keep,))
    connection.commit()
    connection.close()


def test_a_journal_is_sealed_at_its_start_on_its_way_and_at_its_end(tmp_path):
    found = verdict(sealed(tmp_path))
    assert found.is_whole and found.is_trusted
    assert (found.seals.count, found.seals.newest_entry) == (4, 12)  # 0, 5, 10, 12


@pytest.mark.parametrize("keep", range(12))
def test_every_cut_tail_is_found_and_named(tmp_path, keep, capsys):
    path = sealed(tmp_path)
    cut(path, keep)
    found = verdict(path)
    assert found.chain.is_whole and not found.is_whole  # the chain alone sees nothing
    assert f"entries {keep + 1} to" in found.trouble and "the tail was cut" in found.trouble
    assert journal_command("verify", path) == 1
    assert "the tail was cut" in capsys.readouterr().out


def test_what_came_after_the_last_seal_may_be_lost_and_nothing_before_it(tmp_path):
    path = sealed(tmp_path)
    lines = seals_path(path).read_bytes().splitlines(keepends=True)
    seals_path(path).write_bytes(b"".join(lines[:-1]))  # as after a kill: ten entries sealed, twelve written
    cut(path, 10)
    assert verdict(path).is_whole
    cut(path, 9)
    assert "entries 10 to 10 are missing" in verdict(path).trouble


def test_every_changed_byte_of_the_seals_is_found(tmp_path):
    path = sealed(tmp_path, entries=3, every=2)
    seals = seals_path(path)
    data = seals.read_bytes()
    for index in range(len(data)):
        seals.write_bytes(data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :])
        found = verdict(path)
        assert not found.is_whole and "seal" in found.trouble, index
    seals.unlink()
    assert "its seals are gone" in verdict(path).trouble


def test_a_seal_that_is_taken_out_or_put_elsewhere_is_found(tmp_path):
    path = sealed(tmp_path)
    lines = seals_path(path).read_bytes().splitlines(keepends=True)
    for wrong in ([lines[0], *lines[2:]], [lines[1], lines[0], *lines[2:]], lines[1:]):
        seals_path(path).write_bytes(b"".join(wrong))
        assert "does not follow" in verdict(path).trouble


def test_a_tail_rewritten_with_a_fitting_chain_is_found(tmp_path):
    path = sealed(tmp_path)
    cut(path, 9)
    with SqliteJournal.resume(path) as journal:
        for number in range(3):
            journal.append_event(sign(100 + number))
    found = verdict(path)
    assert found.chain.is_whole and "it was rewritten" in found.trouble


def test_seals_of_another_journal_are_refused(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    path = sealed(tmp_path / "one", entries=3)
    KeyRing(tmp_path / "two").folder.mkdir()
    secret = KeyRing(tmp_path / "one").path(Purpose.RECORD)
    copy = KeyRing(tmp_path / "two").path(Purpose.RECORD)
    copy.write_text(secret.read_text())
    copy.chmod(0o600)
    other = sealed(tmp_path / "two", entries=4)
    seals_path(path).write_bytes(seals_path(other).read_bytes())
    assert "seal" in verdict(path).trouble


def test_a_whole_journal_by_an_unknown_key_is_refused(tmp_path):
    path = sealed(tmp_path)
    assert not verify_journal(path, Trust()).is_trusted
    elsewhere = tmp_path / "elsewhere"
    with pytest.raises(RefusedError, match="not trusted here"):
        journal_command("verify", path, data_dir=elsewhere)


def test_a_journal_without_seals_is_judged_by_its_chain(tmp_path, capsys):
    with SqliteJournal.create(tmp_path / "a.sqlite", Session(mode=Mode.TEST)) as journal:
        journal.append_event(sign(1))
    assert journal_command("verify", tmp_path / "a.sqlite") == 0
    assert "without signed checkpoints" in capsys.readouterr().out
    with SqliteJournal.resume(tmp_path / "a.sqlite") as journal:
        seal_store(journal.store, KeyRing(tmp_path).record_key())
    assert journal_command("verify", tmp_path / "a.sqlite") == 1  # seals that its head knows nothing of


def test_an_unwritable_seal_never_stops_the_watch(tmp_path, capsys):
    path = sealed(tmp_path)
    seals_path(path).unlink()
    seals_path(path).mkdir()
    with SqliteJournal.resume(path) as journal:
        seal_store(journal.store, KeyRing(tmp_path).record_key())
        journal.append_event(sign(99))
    assert capsys.readouterr().err.count("no signed checkpoint") == 1


def content(path: Path) -> list[tuple]:
    with JournalStore.open(path) as store:
        return [(store.session_bytes, *((e.seq, e.t_received_tai_ns, e.kind, e.payload) for e in store.read()))]


def damage(path: Path, indices: range) -> tuple[int, int]:
    """Flip one bit of each of these bytes in turn: (found and named, changed no content)."""
    data, truth = path.read_bytes(), content(path)
    named = harmless = 0
    for index in indices:
        path.write_bytes(data[:index] + bytes([data[index] ^ (1 << index % 8)]) + data[index + 1 :])
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        try:
            found = verdict(path)
            if found.is_whole:
                assert content(path) == truth, f"byte {index} changed content unseen"
                harmless += 1
            else:
                assert "entry" in found.trouble or "seal" in found.trouble
                named += 1
        except VedetteError as trouble:
            assert str(path) in str(trouble)
            named += 1
    path.write_bytes(data)
    return named, harmless


def small(tmp_path: Path) -> Path:
    return sealed(tmp_path, entries=6, every=3)


def test_a_changed_byte_of_content_is_found_wherever_it_lies(tmp_path):
    path = small(tmp_path)
    size = path.stat().st_size
    named, harmless = damage(path, range(3, size, 23))
    assert named > 20 and named + harmless > size // 24


@pytest.mark.slow
def test_every_changed_byte_of_a_small_journal_is_found(tmp_path):
    path = small(tmp_path)
    named, harmless = damage(path, range(path.stat().st_size))
    assert named + harmless == path.stat().st_size and named > 500


def test_every_byte_of_every_payload_is_covered(tmp_path):
    """The content itself, byte by byte, in place: no free space and no page header among them."""
    path = small(tmp_path)
    data = path.read_bytes()
    with JournalStore.open(path) as store:
        payloads = [entry.payload for entry in store.read()]
    where = [index for payload in payloads for index in range(data.find(payload), data.find(payload) + len(payload))]
    assert len(where) == sum(map(len, payloads))
    for index in where[::3]:
        path.write_bytes(data[:index] + bytes([data[index] ^ 0x40]) + data[index + 1 :])
        found = verdict(path)
        assert not found.is_whole and "entry" in found.trouble


def test_a_changed_byte_of_a_large_journal_is_found_wherever_it_is_drawn(tmp_path):
    path = sealed(tmp_path, entries=3000, every=500)
    data = path.read_bytes()
    with JournalStore.open(path) as store:
        payloads = {entry.seq: entry.payload for entry in store.read()}
    for seq in range(7, 3001, 900):
        place = data.rfind(payloads[seq]) + seq % len(payloads[seq])
        path.write_bytes(data[:place] + bytes([data[place] ^ 2]) + data[place + 1 :])
        found = verdict(path)
        assert found.chain.broken_seq == seq and f"entry {seq}" in found.trouble
