"""A watch proposes what it finds, down to the journal's entries, and never waits for the desk."""

import json
import sqlite3

import pytest
from tests.assessment.alerts.samples import person
from tests.rehearsals.telemetry_feed import write_two_stage_telemetry

from vedette.assessment.alerts import Act, DeskKind, release
from vedette.assessment.alerts.draft import news_of, numbers_of, runs_of
from vedette.core.errors import NotFoundError
from vedette.doors.alert_acting import run_list, run_show
from vedette.doors.alert_desk import AlertDesk, desk_path, kinds_kept
from vedette.doors.audit_log import AuditLog
from vedette.doors.cli.main import main
from vedette.doors.key_files import KeyRing
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.reports import Mode, Scan
from vedette.sharing import Purpose


def watch(feed, folder, *words: str) -> int:
    at = ["--mode", "TEST", "--at", "2031-04-01T12:00:00Z", "--json", "-q", "--data-dir", str(folder)]
    return main(["watch", str(feed), *at, *words])


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    folder = tmp_path_factory.mktemp("watched")
    feed = write_two_stage_telemetry(folder / "launch.json")
    assert watch(feed, folder, "--until", "T+60") == 0
    return folder


def test_what_is_found_stands_at_the_desk_of_its_mode_and_at_no_other(watched):
    assert kinds_kept(watched) == [DeskKind.DRILL]
    with AlertDesk.look(watched, DeskKind.DRILL) as desk:
        (life,) = desk.now().lives.values()
    assert life.mode is Mode.TEST and life.alert_id.startswith("TEST-") and life.event_id.startswith("E-")


def test_an_alert_is_opened_down_to_the_reports_it_rests_on(watched):
    with AlertDesk.look(watched, DeskKind.DRILL) as desk:
        (life,) = desk.now().lives.values()
    draft = life.newest.draft
    with SqliteJournal.open(watched / "journals" / draft.basis["journal"]) as journal:
        assert journal.store.first_link.hex() == draft.basis["journal_link"]
        assert life.event_id == f"E-{draft.basis['journal_link'][:16]}-O1"
        entry = int(draft.basis["entry"])
        assert journal.store.chain_after(entry).hex() == draft.basis["journal_chain"]
        events = dict(enumerate(journal.events(), 1))
    behind = [events[number] for number in numbers_of(draft.basis["entries"])]
    assert behind and all(isinstance(event, Scan) for event in behind)
    assert {event.sensor_id for event in behind} == {part.sensor_id for part in draft.sensors}
    assert sum(part.looks for part in draft.sensors) == len(behind)


def test_the_watch_goes_on_when_the_desk_cannot_be_written(tmp_path, capsys):
    (tmp_path / "alerts").mkdir()
    desk_path(tmp_path, DeskKind.DRILL).write_bytes(b"no desk at all" * 100)
    feed = write_two_stage_telemetry(tmp_path / "launch.json")
    code = watch(feed, tmp_path, "--until", "T+40")
    said = capsys.readouterr()
    assert code == 0 and '"launch"' in said.out
    assert said.err.count("nothing can be proposed to the drill desk") == 1


def test_a_desk_that_is_held_is_tried_again_with_the_next_news(tmp_path, monkeypatch):
    """The first proposal meets a lock; what it would have said is said later."""
    real, refused = AuditLog.writing, []

    def writing(self):
        if not refused:
            refused.append(True)
            raise_busy = sqlite3.OperationalError("database is locked")
            raise_busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
            with self.in_words("written"):
                raise raise_busy
        return real(self)

    monkeypatch.setattr(AuditLog, "writing", writing)
    feed = write_two_stage_telemetry(tmp_path / "launch.json")
    assert watch(feed, tmp_path) == 0
    with AlertDesk.look(tmp_path, DeskKind.DRILL) as desk:
        assert refused and len(desk.now().lives) == 1


def test_runs_of_numbers_come_back():
    for numbers in ([], [4], [1, 2, 3], [7, 9, 10, 12]):
        assert numbers_of(runs_of(reversed(numbers))) == numbers
    assert runs_of([3, 4, 5, 9]) == "3-5,9"


def test_nothing_new_is_no_news():
    assert news_of((), None) == ()


def test_a_watch_tells_what_channels_are_still_owed(tmp_path, monkeypatch):
    monkeypatch.setattr("vedette.doors.proposing.DELIVER_EVERY_S", 0.5)
    feed = write_two_stage_telemetry(tmp_path / "launch.json")
    assert watch(feed, tmp_path, "--until", "T+30") == 0
    KeyRing(tmp_path).make(Purpose.DRILL)
    channel = f'name = "files"\nkind = "file"\nmode = "TEST"\nfolder = "{tmp_path / "out"}"\n'
    (tmp_path / "channels.toml").write_text(f"[[channel]]\n{channel}")
    with AlertDesk.open(tmp_path, DeskKind.DRILL) as desk:
        (life,) = desk.now().lives.values()
        for name in ("anna", "ben"):
            wanted = Act(
                alert_id=life.alert_id, person=person(name), t_tai_ns=now_tai_ns(), revision=life.newest.revision
            )
            desk.do(wanted, release, "release")
    assert not (tmp_path / "out").exists()  # decided, and nobody told yet
    assert watch(feed, tmp_path, "--until", "T+59", "--speed", "20") == 0
    assert [path.name for path in (tmp_path / "out").glob("*.json")] == [f"{life.alert_id}.1.json"]


def test_an_alert_is_told_as_a_document(watched, capsys):
    assert run_list(watched, True, True) == 0
    (row,) = json.loads(capsys.readouterr().out)["alerts"]
    assert (row["mode"], row["message"], row["evidence"]) == ("TEST", "proposed", "correlated")
    assert run_show(watched, row["id"][:12], True) == 0
    whole = json.loads(capsys.readouterr().out)
    assert whole["revision"] == row["revision"] and whole["rests_on"]["is_there"]
    assert whole["rests_on"]["entries"] and whole["reasons_for"] and whole["reasons_against"]
    with pytest.raises(NotFoundError, match="no event of the warning core"):
        run_show(watched, "A-00000000-O9", True)
