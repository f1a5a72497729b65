"""A node's watch is killed, or stopped, and the one that stands by takes its place: real processes, one journal."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.doors.node.nodes import broker_program, free_port
from tests.rehearsals.test_kill_the_watch import ascent

from vedette.assessment.alerts import DeskKind, Proposed
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.node.acting import WATCH, seat_of, standing_by, store_of
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.formats import write_scans
from vedette.reports import Mode

pytestmark = pytest.mark.slow
ENV = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
VEDETTE = [sys.executable, "-m", "vedette"]
MOST_S = 150.0  # for what a loaded machine may take; nothing here is judged by it


def until(what: Callable[[], Any]) -> Any:
    """The first answer that is true."""
    t_end, trouble = time.monotonic() + MOST_S, None
    while time.monotonic() < t_end:
        try:
            if found := what():
                return found
        except Exception as one:
            trouble = one
        time.sleep(0.05)
    raise AssertionError(f"never came: {trouble}")


def proposed(folder: Path) -> list[tuple[str, str]]:
    with AlertDesk.look(folder, DeskKind.DRILL) as desk:
        return [(one.alert_id, one.revision) for _, one in desk.log.read() if isinstance(one, Proposed)]


@pytest.mark.parametrize("how", ["killed", "stopped", "asked to yield"])
def test_who_stands_by_goes_on_in_the_same_journal_with_the_same_alerts(how: str, tmp_path: Path) -> None:
    broker_program()
    feed, node = tmp_path / "ascent.jsonl", tmp_path / "node"
    write_scans(feed, [replace(s, mode=Mode.EXERCISE) for s in ascent(900)], mode=Mode.EXERCISE, is_epoch_known=False)
    address = f"127.0.0.1:{free_port()}"
    init = ["init", "--owner", "NORTH", "--listen", f"127.0.0.1:{free_port()}", "--client", address]
    subprocess.run([*VEDETTE, "node", *init, "--data-dir", str(node)], env=ENV, check=True, capture_output=True)
    running: list[subprocess.Popen[bytes]] = []

    def begin(*words: str) -> subprocess.Popen[bytes]:
        options = ["--data-dir", str(node), "--port", "0", "--no-token"]
        running.append(subprocess.Popen([*VEDETTE, "node", *words, *options], env=ENV, stderr=subprocess.DEVNULL))
        return running[-1]

    store = store_of(node)
    try:
        first = begin("run", str(feed), "--speed", "4", "--mode", "EXERCISE")
        before = until(lambda: seat_of(store))
        path = node / "journals" / before.journal
        begin("standby")

        def entries() -> int:
            with SqliteJournal.open(path) as journal:
                return journal.store.entry_count

        until(lambda: proposed(node))
        until(lambda: any(read >= entries() - 5 for read in standing_by(store, now_tai_ns()).values()))
        if how == "killed":
            os.kill(first.pid, signal.SIGKILL)
            os.kill(before.pid, signal.SIGKILL)
        elif how == "stopped":
            os.kill(first.pid, signal.SIGSTOP)
            os.kill(before.pid, signal.SIGSTOP)
        else:
            subprocess.run([*VEDETTE, "node", "yield", "--data-dir", str(node)], env=ENV, capture_output=True)
        after = until(lambda: (seat := seat_of(store)) and seat.token > before.token and seat)
        at_first = entries()
        until(lambda: entries() > at_first + 20)
        if how == "stopped":
            os.kill(first.pid, signal.SIGCONT)
            time.sleep(1.0)
        assert after.journal == before.journal
        lease = store.lease(WATCH)
        assert lease is not None and lease.holder == after.seat != before.seat
        found = proposed(node)
        assert len(found) == len(set(found)) and len({alert_id for alert_id, _ in found}) == 1
    finally:
        store.close()
        for one in running:
            one.send_signal(signal.SIGINT)
        for one in running:
            try:
                one.wait(40.0)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
    with SqliteJournal.open(path) as journal:
        assert journal.verify().is_whole
