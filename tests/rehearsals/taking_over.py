"""A node's watch ends in one of several ways while another follows: real processes; what the other does, and when."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.doors.node.nodes import free_port
from tests.rehearsals.test_kill_the_watch import ascent

from vedette.assessment.alerts import DeskKind, Proposed
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.node.acting import WATCH, seat_of, standing_by, store_of
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.formats import write_scans
from vedette.reports import Mode

HOWS = ("killed", "stopped", "asked to yield", "Ctrl-C")
ENV = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
VEDETTE = [sys.executable, "-m", "vedette"]
MOST_S = 240.0  # for what a loaded machine may take; nothing is judged by it
SCANS, SPEED = 900, 2.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it."""

    lease_s: float  # from the end of the first until the other held the lease
    entry_s: float  # until the first new entry stood in the journal
    is_same_journal: bool
    is_journal_whole: bool
    alerts: int
    repeated: int  # proposals that say what was said before
    wrote_after: bool  # the first, continued, wrote what it may not
    status: str  # of `node status`, before: who acts, and who stands by


def take_over(folder: Path, how: str, store: str = "") -> Taken:
    """Play it. With `store`, a PostgreSQL address, the two have a folder each and nothing else in common."""
    subprocess.run([sys.executable, "-m", "vedette.doors.server.warming"], env=ENV, capture_output=True, check=True)
    feed, first = folder / "ascent.jsonl", folder / "first"
    scans = [replace(s, mode=Mode.EXERCISE) for s in ascent(SCANS)]
    write_scans(feed, scans, mode=Mode.EXERCISE, is_epoch_known=False)
    ports = ["--listen", f"127.0.0.1:{free_port()}", "--client", f"127.0.0.1:{free_port()}"]
    kept = ["--store", store, "--desk-in-store"] if store else []
    _vedette("node", "init", "--owner", "NORTH", *ports, *kept, "--data-dir", str(first))
    second = shutil.copytree(first, folder / "second") if store else first
    running: list[subprocess.Popen[bytes]] = []

    def begin(node: Path, *words: str) -> subprocess.Popen[bytes]:
        options = ["--data-dir", str(node), "--port", "0", "--no-token"]
        with (folder / f"{words[0]}.log").open("ab") as log:
            running.append(subprocess.Popen([*VEDETTE, "node", *words, *options], env=ENV, stderr=log))
        return running[-1]

    held = store_of(second)
    try:
        one = begin(first, "run", str(feed), "--speed", str(SPEED), "--mode", "EXERCISE")
        before = until(lambda: (seat := seat_of(held)) and seat.plan and seat, "somebody who acts")
        begin(second, "standby")
        path = second / "journals" / before.journal

        def entries() -> int:
            with SqliteJournal.open(path) as journal:
                return journal.store.entry_count

        until(lambda: proposed(second), "an alert")
        until(lambda: any(n >= entries() - 20 for n in standing_by(held, now_tai_ns()).values()), "one who follows")
        status = _vedette("node", "status", "--data-dir", str(second))
        known = len(proposed(second))
        assert known
        t_end_s = time.monotonic()
        for pid in (one.pid, before.pid):
            if how in ("killed", "stopped"):
                os.kill(pid, signal.SIGKILL if how == "killed" else signal.SIGSTOP)
        if how == "Ctrl-C":
            one.send_signal(signal.SIGINT)
        elif how == "asked to yield":
            _vedette("node", "yield", "--data-dir", str(first))
        after = until(lambda: (seat := held.lease(WATCH)) and seat.token > before.token and seat, "another who acts")
        lease_s, at_first = time.monotonic() - t_end_s, entries()
        until(lambda: entries() > at_first, "an entry of the other")
        entry_s = time.monotonic() - t_end_s
        until(lambda: entries() > at_first + 20, "more entries")
        wrote_after = False
        if how == "stopped":
            os.kill(one.pid, signal.SIGCONT)
            time.sleep(1.0)
            lease = held.lease(WATCH)
            wrote_after = lease is None or lease.holder != after.holder
        found, seat = proposed(second), seat_of(held)
        is_same = seat is not None and seat.journal == before.journal and seat.seat != before.seat
    finally:
        held.close()
        _end(running)
    with SqliteJournal.open(path) as journal:
        is_whole = journal.verify().is_whole
    return Taken(
        round(lease_s, 2), round(entry_s, 2), is_same, is_whole, len({name for name, _ in found}),
        len(found) - len(set(found)), wrote_after, status,
    )  # fmt: skip


def until(what: Callable[[], Any], words: str) -> Any:
    """The first answer that is true."""
    t_end, trouble = time.monotonic() + MOST_S, None
    while time.monotonic() < t_end:
        try:
            if found := what():
                return found
        except Exception as one:
            trouble = one
        time.sleep(0.05)
    raise AssertionError(f"never came: {words} ({trouble})")


def proposed(folder: Path) -> list[tuple[str, str]]:
    """Every proposal at the desk: alert and revision."""
    with AlertDesk.look(folder, DeskKind.DRILL) as desk:
        return [(one.alert_id, one.revision) for _, one in desk.log.read() if isinstance(one, Proposed)]


def _vedette(*words: str) -> str:
    done = subprocess.run([*VEDETTE, *words], env=ENV, capture_output=True, text=True)
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def _end(running: list[subprocess.Popen[bytes]]) -> None:
    for one in running:
        one.send_signal(signal.SIGINT)
    for one in running:
        try:
            one.wait(40.0)
        except subprocess.TimeoutExpired:
            one.kill()
            one.wait()
