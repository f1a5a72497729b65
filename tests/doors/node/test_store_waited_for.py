"""A watch that is begun while its node's store is away waits for it, says so, and begins when it is there."""

import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from tests.doors.node.nodes import Node, broker_program, node
from tests.doors.node.services_over_brokers import ENV
from tests.rehearsals.test_kill_the_watch import ascent
from tools.local_postgres import PostgresServer

from vedette.core.errors import UnreachableError
from vedette.doors.node.opening_store import MADE_FILE, open_node_store
from vedette.doors.node.showing import status_document, status_text
from vedette.doors.node.store_wait import say_waiting, trouble_of
from vedette.doors.sqlite_journal import list_journals
from vedette.formats import write_scans
from vedette.reports import Mode

DEADLINE_S = 90.0


def status_of(one: Node) -> str:
    return status_text(status_document(one.folder, one.settings, ()))


def readiness(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address + "/readyz") as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def until(is_so, what: str) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.1)


@pytest.fixture(params=["sqlite", "postgresql"])
def away(request: pytest.FixtureRequest, tmp_path: Path):  # type: ignore[no-untyped-def]
    """A node whose store worked once and is away, and what brings it back."""
    if request.param == "sqlite":
        disk = tmp_path / "disk"
        disk.mkdir()
        one = node(tmp_path, "NORTH", store=str(disk / "node.sqlite"))
        open_node_store(one.folder.path, one.settings, 0).close()
        disk.rename(tmp_path / "unplugged")
        return one, lambda: (tmp_path / "unplugged").rename(disk)
    server: PostgresServer = request.getfixturevalue("postgres_to_kill")
    one = node(tmp_path, "NORTH", store=f"{server.address}&schema=waited")
    open_node_store(one.folder.path, one.settings, 0).close()
    server.stop()
    return one, server.start


def test_a_watch_begun_without_its_store_waits_and_begins_when_it_comes(away, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    broker_program()
    one, bring_back = away
    feed = tmp_path / "ascent.jsonl"
    write_scans(feed, ascent(60), mode=Mode.TEST, is_epoch_known=False)
    words = [sys.executable, "-m", "vedette", "node", "run", str(feed), "--mode", "TEST", "--port", "0", "--no-token"]
    words += ["--data-dir", str(one.folder.path), "--speed", "max"]
    process = subprocess.Popen(words, env=ENV, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        said = ""
        while not (found := re.search(r"http://[\d.]+:\d+", said)):
            line = process.stderr.readline()
            assert line, said
            said += line
        address = found[0]
        until(lambda: "does not answer" in readiness(address)[1], "what the console says")
        assert readiness(address)[0] == 503
        assert "WAITING, nothing is watched" in status_of(one)
        assert not list_journals(one.folder.path / "journals"), "no journal is begun without its store"
        bring_back()
        until(lambda: readiness(address)[0] == 200, "a watch")
        assert "WAITING" not in status_of(one) and "does not answer" not in status_of(one)
        until(lambda: [j.entry_count for j in list_journals(one.folder.path / "journals")] > [50], "its journal")
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_a_file_that_was_there_is_not_made_anew_without_a_word(tmp_path: Path) -> None:
    one = node(tmp_path, "NORTH")
    assert trouble_of(one.folder.path) == ""
    (one.folder.path / "node.sqlite").unlink()
    with pytest.raises(UnreachableError, match="was there and is not"):
        open_node_store(one.folder.path, one.settings, 0)
    assert "its store does not answer" in status_of(one)
    (one.folder.path / MADE_FILE).unlink()
    open_node_store(one.folder.path, one.settings, 0).close()
    assert "does not answer" not in status_of(one)


def test_one_that_waited_long_ago_is_not_said_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = node(tmp_path, "NORTH")
    say_waiting(one.folder.path, "the server is away")
    assert "WAITING, nothing is watched: the server is away" in status_of(one)
    now = time.time()
    monkeypatch.setattr("vedette.doors.node.store_wait.time.time", lambda: now + 60.0)
    assert "WAITING" not in status_of(one)
