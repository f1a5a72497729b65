"""`vedette review`: kept journals over HTTP, read only, with nothing watched."""

import asyncio

import pytest
from tests.doors.server.door import ACCOUNTS, PORT, SECRET, Door
from tests.doors.server.test_replay_routes import asked

from vedette.core.errors import NotFoundError, RefusedError, UsageError
from vedette.doors.account_keeping import make_account
from vedette.doors.data_dir import journals_dir_of
from vedette.doors.server.app import make_app
from vedette.doors.server.exposure import Exposure
from vedette.doors.server.gate import Gate
from vedette.doors.server.opening import Opening, check_opening
from vedette.doors.server.resuming import FILE
from vedette.doors.server.reviewing import context_for
from vedette.doors.server.security import Guard
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.engine import Session
from vedette.exercise.long_watch import long_watch
from vedette.reports import Mode


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data directory with an exercise of a few looks, and the same journal as a file elsewhere."""
    folder = tmp_path_factory.mktemp("kept")
    watch = long_watch(hours=0.1, seed=3, objects=5, launches=0)
    for path in (journals_dir_of(folder) / "night.sqlite", folder / "elsewhere.sqlite"):
        with SqliteJournal.create(path, watch.session) as journal:
            for event in watch.events[:40]:
                journal.append_event(event)
    for name, role in ACCOUNTS.items():
        make_account(folder, name, (role,), SECRET, "" if name == "office" else "office")
    return folder


def door_of(folder, *named):
    context = context_for(named, folder)
    context.port = PORT
    context.gate = gate = Gate(folder, Exposure("127.0.0.1", context.mode, True), PORT, mode=lambda: context.mode)
    return Door(folder, context, gate, Guard(make_app(context), gate))


def test_journals_are_offered_and_nothing_is_live(folder):
    door = door_of(folder)
    rows = door.get("/api/v1/journals", "looker").json()["journals"]
    assert [(row["id"], row["is_live"], row["entries"]) for row in rows] == [("night.sqlite", False, 40)]
    assert "review" in door.get("/readyz").text
    assert door.context.heartbeat()["worker"]["state"] == "review"
    nothing = door.get("/api/v1/picture?at=end", "looker")
    assert nothing.status_code == 404 and "name a journal" in nothing.json()["detail"]


def test_a_journal_by_its_file_is_offered_alone(folder):
    door = door_of(folder, str(folder / "elsewhere.sqlite"))
    assert [row["id"] for row in door.get("/api/v1/journals", "looker").json()["journals"]] == ["elsewhere.sqlite"]
    assert door.get("/api/v1/journals/night.sqlite/frames?from=entry:1&to=entry:9", "looker").status_code == 404
    assert [path.stem for path in door_of(folder, "night").context.journals] == ["night"]


def test_nothing_can_be_changed(folder):
    door = door_of(folder)
    for refused in (
        door.act("a1", "acknowledge", "watch-1"),
        door.act("a1", "release", "releasing-1", revision_hash="0" * 8),
        door.act("a1", "cancel", "releasing-1", reason="mistake"),
        door.post("/api/v1/accounts", {"name": "x", "roles": ["viewer"], "credential": SECRET}, "office"),
    ):
        assert refused.status_code == 403 and "read only" in refused.json()["detail"]
    assert door.get("/api/v1/session", "releasing-1").json()["rights"] == []
    assert door.post("/api/v1/session/logout", {}, "looker").status_code == 200


def test_another_server_of_the_directory_is_left_alone(folder):
    (folder / FILE).write_bytes(b"{}")
    context = context_for((), folder)

    async def live() -> None:
        await context.start()
        assert context.worker.process is None and context.desk is None
        await context.stop()

    asyncio.run(live())
    assert (folder / FILE).read_bytes() == b"{}"


def test_what_is_not_there_is_said(folder, tmp_path):
    with pytest.raises(NotFoundError, match="no journal to review in"):
        context_for((), tmp_path)
    with pytest.raises(NotFoundError, match="no journal yesterday"):
        context_for(("yesterday",), folder)
    with pytest.raises(UsageError, match="one name"):
        context_for(("night", str(folder / "journals" / "night.sqlite")), folder)


def test_a_real_journal_is_shown_only_to_accounts(tmp_path):
    path = journals_dir_of(tmp_path) / "real.sqlite"
    SqliteJournal.create(path, Session(mode=Mode.REAL)).close()
    with pytest.raises(RefusedError, match="only to accounts"):
        check_opening(context_for((), tmp_path), Opening(port=0))


@pytest.mark.slow
def test_any_instant_is_shown(folder):
    whole, early = asked(
        door_of(folder), "/api/v1/picture?journal=night.sqlite", "/api/v1/picture?journal=night.sqlite&at=entry:9"
    )
    assert whole.json()["entry"] == 40
    assert early.json()["entry"] <= 9
