"""Change any byte of an audit log, cut it, rewrite it or write what was never allowed: found and named."""

import shutil
import sqlite3
from pathlib import Path

import msgspec
import pytest
from tests.assessment.alerts.samples import act, draft, name_of, person, second

from vedette.assessment.alerts import DeskKind, Sent, cancel, release
from vedette.assessment.alerts.records import encode_record
from vedette.core.errors import RefusedError, VedetteError
from vedette.doors.alert_desk import AlertDesk, desk_path
from vedette.doors.audit_log import AuditLog
from vedette.doors.audit_verdict import verify_audit
from vedette.doors.cli.audit import audit as audit_command
from vedette.doors.key_files import KeyRing
from vedette.doors.seal_file import seals_path
from vedette.formats.alert_json import alert_event_bytes
from vedette.sharing import Trust

ANNA, BEN, CORA = person("anna"), person("ben"), person("cora", "senior-watch-officer")
LIVE = DeskKind.LIVE


def acted(folder: Path) -> Path:
    """A desk where something was proposed, refused, released and taken back."""
    with AlertDesk.open(folder, LIVE) as desk:
        desk.propose([(name_of(), draft())], second(0))
        for who in (ANNA, ANNA, BEN):
            try:
                desk.do(act(desk.now(), who), release, "release")
            except RefusedError:
                continue
        desk.do(act(desk.now(), CORA, 20, reason="mistake"), cancel, "cancel")
    return desk_path(folder, LIVE)


def verdict(path: Path):
    return verify_audit(path, KeyRing(path.parent.parent).trust(), path.parent.parent / "journals")


def edit(path: Path, *statements: tuple) -> None:
    """Change the file as somebody would who knows the format and has no key."""
    connection = sqlite3.connect(path)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement, *values in statements:
        connection.execute(statement, values)
    connection.commit()
    connection.close()


def test_what_was_done_by_the_rules_is_whole(tmp_path):
    found = verdict(acted(tmp_path))
    assert found.is_whole and found.is_trusted
    assert (found.record_count, found.message_count) == (5, 2) and found.seal_count >= 2


@pytest.mark.parametrize("keep", range(5))
def test_every_cut_tail_is_found(tmp_path, keep):
    path = acted(tmp_path)
    edit(path, ("DELETE FROM audit WHERE seq > ?", keep), ("DELETE FROM outbox WHERE audit_seq > ?", keep))
    trouble = verdict(path).trouble
    assert f"entries {keep + 1} to 5 are missing" in trouble and "the tail was cut" in trouble


def test_a_message_taken_out_of_the_outbox_or_changed_there_is_found(tmp_path):
    path = acted(tmp_path)
    copy = path.with_name("copy.sqlite")
    shutil.copy(path, copy)
    edit(path, ("DELETE FROM outbox WHERE sequence = 2",))
    assert "message 2 is missing from the outbox" in verdict(path).trouble
    shutil.copy(copy, path)
    edit(path, ("UPDATE outbox SET event = replace(event, 'mistake', 'natural') WHERE sequence = 2",))
    assert "message 2 of the outbox is not what record 5 says" in verdict(path).trouble


def test_a_log_rewritten_with_another_key_is_refused(tmp_path):
    path = acted(tmp_path)
    ours = KeyRing(tmp_path).trust()
    with AlertDesk.open(tmp_path / "forged", LIVE) as desk:
        desk.propose([(name_of(), draft(text="other"))], second(0))
    shutil.copy(desk_path(tmp_path / "forged", LIVE), path)
    shutil.copy(seals_path(desk_path(tmp_path / "forged", LIVE)), seals_path(path))
    assert not verify_audit(path, ours).is_trusted
    with pytest.raises(RefusedError, match="not trusted here"):
        audit_command("verify", data_dir=tmp_path)


def test_what_was_never_allowed_is_found_although_it_is_signed(tmp_path):
    """Somebody with the record key writes a message that one person released, past the desk."""
    path = acted(tmp_path)
    key = KeyRing(tmp_path).record_key()
    log = AuditLog.open(path, key)
    sent = next(record for _, record in log.read() if isinstance(record, Sent))
    for wrong, says in (
        (msgspec.structs.replace(sent, sequence=3, people=(ANNA,)), "out of sequence"),
        (
            msgspec.structs.replace(
                sent, sequence=3, people=(ANNA,), event=msgspec.structs.replace(sent.event, sequence=3)
            ),
            "fewer than two people",
        ),
        (
            msgspec.structs.replace(
                sent, sequence=3, people=(ANNA, BEN), event=msgspec.structs.replace(sent.event, sequence=3)
            ),
            "did not approve one revision",
        ),
    ):
        copy = tmp_path / "other" / "live.sqlite"
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(path, copy)
        shutil.copy(seals_path(path), seals_path(copy))
        forged = AuditLog.open(copy, key)
        with forged.writing():
            seq = forged.append(wrong)
            forged.connection.execute(
                "INSERT INTO outbox VALUES (3, ?, 'x', 0, ?)", (seq, alert_event_bytes(wrong.event))
            )
        forged.close()
        assert says in verify_audit(copy, KeyRing(tmp_path).trust()).trouble
    log.close()


def content(path: Path) -> list[bytes]:
    log = AuditLog.open(path)
    try:
        rows = log.connection.execute("SELECT event FROM outbox ORDER BY sequence").fetchall()
        return [*(encode_record(record) for _, record in log.read()), *(row[0] for row in rows), log.first_link]
    finally:
        log.close()


def damage(path: Path, indices: range) -> tuple[int, int]:
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
                named += 1
        except VedetteError as trouble:
            assert str(path) in str(trouble)
            named += 1
    path.write_bytes(data)
    return named, harmless


def test_a_changed_byte_is_found_wherever_it_lies(tmp_path):
    path = acted(tmp_path)
    size = path.stat().st_size
    named, harmless = damage(path, range(5, size, 97))
    assert named > 100 and named + harmless == len(range(5, size, 97))


@pytest.mark.slow
def test_every_changed_byte_of_a_small_log_is_found(tmp_path):
    path = acted(tmp_path)
    named, harmless = damage(path, range(path.stat().st_size))
    assert named + harmless == path.stat().st_size


def test_every_changed_byte_of_the_seals_is_found(tmp_path):
    path = acted(tmp_path)
    seals = seals_path(path)
    data = seals.read_bytes()
    for index in range(0, len(data), 3):
        seals.write_bytes(data[:index] + bytes([data[index] ^ 4]) + data[index + 1 :])
        assert "seal" in verdict(path).trouble


def test_the_command_says_what_it_found(tmp_path, capsys):
    path = acted(tmp_path)
    assert audit_command("verify", data_dir=tmp_path) == 0
    assert "5 records, 2 messages" in capsys.readouterr().out
    assert audit_command("list", data_dir=tmp_path) == 0
    said = capsys.readouterr().out
    assert "refused release of anna" in said and "Cancel A-07070707-O1.2 sent as 2 by cora" in said
    edit(path, ("UPDATE audit SET payload = replace(payload, 'anna', 'otto') WHERE seq = 2",))
    assert audit_command("verify", "live", data_dir=tmp_path, json=True) == 1
    (row,) = msgspec.json.decode(capsys.readouterr().out)["desks"]
    assert row["records"] == 1 and row["what"].startswith("record 2")


def test_a_journal_that_was_cut_or_rewritten_after_it_was_proposed_from_is_named(tmp_path):
    from vedette.doors.journal_store import JournalStore

    (tmp_path / "journals").mkdir()
    journal = tmp_path / "journals" / "night.sqlite"
    with JournalStore.create(journal, b"session") as store:
        for number in range(20):
            store.append("scan", number, b"x" * number)
        store.commit()
        basis = {"journal": "night.sqlite", "entry": "17", "journal_chain": store.chain_after(17).hex()}
    made = msgspec.structs.replace(draft(), basis={**draft().basis, **basis})
    with AlertDesk.open(tmp_path, LIVE) as desk:
        desk.propose([(name_of(), made)], second(0))
    path = desk_path(tmp_path, LIVE)
    assert verdict(path).is_whole and verdict(path).journal_count == 1
    copy = tmp_path / "copy.sqlite"
    shutil.copy(journal, copy)
    edit(journal, ("DELETE FROM entries WHERE seq > 16",))
    assert "record 1 saw 17 entries" in verdict(path).trouble
    shutil.copy(copy, journal)
    edit(journal, ("DELETE FROM entries WHERE seq > 10",))
    with JournalStore.resume(journal) as store:
        for number in range(10):
            store.append("scan", number, b"y")
    assert "it was rewritten" in verdict(path).trouble


def test_nobodys_signature_is_believed_without_trust(tmp_path):
    found = verify_audit(acted(tmp_path), Trust())
    assert found.is_whole and not found.is_trusted
