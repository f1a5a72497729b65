"""A whole `vedette node run` killed again and again, every process of it at once, while a partner talks with it.

NORTH is a node as people start it: server, watch, gateway, broker. It plays a feed, proposes an alert for it and tells
SOUTH, whose gateway lives here and tells numbered warnings all the while. What stands in NORTH's journal, on its desk
and in SOUTH's ears at the end must be as if nobody had been killed.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.doors.node import ends
from tests.doors.node.ends import End, grant_everything
from tests.doors.node.nodes import Node, make_partners, node
from tests.rehearsals.test_kill_the_watch import ascent

from vedette.assessment.alerts import DeskKind, Proposed
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.server.warming import is_cold, warm
from vedette.doors.sqlite_journal import SqliteJournal, list_journals
from vedette.formats import write_scans
from vedette.reports import Mode, PartnerReport, Scan, SharedEvent

ROOT = Path(__file__).resolve().parents[3]
RATE = 5.0  # warnings a second by the partner
SPEED = 3.0  # of the feed
UP_S, DONE_S = 120.0, 180.0  # for what a loaded machine may take; nothing is judged by it


@dataclass(frozen=True, slots=True)
class NodeKilled:
    """What was found at the end."""

    kills: int
    told: int  # warnings by the partner
    heard: list[int]  # of them, in the order in which NORTH's journal has them
    journals: int
    is_whole: bool  # every seal and link of the journal
    scans_doubled: int
    scans_missing: int  # of the feed, before the last that the journal has
    alerts: int  # on NORTH's desk
    proposals_doubled: int
    events_heard: int  # by the partner, of NORTH
    events_doubled: int  # one revision of one event in two messages
    back_s: list[float]  # from a kill to NORTH's gateway being at work again
    partner_troubles: list[str]
    seconds: float

    @property
    def is_good(self) -> bool:
        """Nothing lost, doubled or out of order."""
        return (
            self.heard == list(range(1, self.told + 1)) and self.journals == 1 and self.is_whole and self.alerts == 1
            and not (self.scans_doubled or self.scans_missing or self.proposals_doubled or self.events_doubled)
            and self.events_heard > 0 and not self.partner_troubles
        )  # fmt: skip


def kill_nodes(path: Path, kills: int, seed: int) -> NodeKilled:
    """`kills` times, at instants drawn from the seed, from moments after its start to seconds into its work."""
    if is_cold():  # else the first lives would end before they have compiled anything
        warm(lambda done, of: None, lambda: True)
    rng = random.Random(seed)
    north, south = (node(path, owner) for owner in ("NORTH", "SOUTH"))
    make_partners(north, south)
    for one in (north, south):
        grant_everything(one)
    feed = path / "ascent.jsonl"
    write_scans(feed, ascent(900), mode=Mode.TEST, is_epoch_known=False)
    most_offered, ends.MOST_OFFERED = ends.MOST_OFFERED, 10**6  # a partner that is busy forgets none of its warnings
    begun, back_s, told = time.monotonic(), [], 0
    south.start_broker()
    process = _begin(north, feed)
    try:
        with End(south, Mode.TEST) as end:

            def tell() -> None:
                nonlocal told
                due = int((time.monotonic() - begun) * RATE)
                end.warn(*range(told + 1, due + 1))
                told = max(told, due)
                end.look()
                time.sleep(0.02)

            def until(is_so: Callable[[], Any], most_s: float) -> bool:
                t_end = time.monotonic() + most_s
                while time.monotonic() < t_end:
                    if is_so():
                        return True
                    tell()
                return False

            until(lambda: _worked_since(north, 0.0), UP_S)
            for _ in range(kills):
                pause_s = rng.uniform(0.2, 6.0)
                until(lambda: False, pause_s)
                _kill(process)
                t_killed_s = time.time()
                process = _begin(north, feed)
                if rng.random() < 0.8:  # else it is killed again while it comes up
                    until(lambda t=t_killed_s: _worked_since(north, t), UP_S)
                    back_s.append(time.time() - t_killed_s)
            until(lambda: _worked_since(north, time.time() - 1.0), UP_S)
            until(lambda: len(_proposed(north)) > 0 and len(_told_of(end)) > 0, DONE_S)
            last = told
            t_end = time.monotonic() + DONE_S
            while time.monotonic() < t_end and len(set(_heard(north))) < last:
                end.look()
                time.sleep(0.5)
            time.sleep(2.0)
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(60.0)
            end.look()
            return _found(north, end, last, kills, back_s, time.monotonic() - begun)
    finally:
        ends.MOST_OFFERED = most_offered
        _kill(process)
        south.stop_broker()


def _begin(north: Node, feed: Path) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-m", "vedette", "node", "run", str(feed), "--speed", str(SPEED), "--mode", "TEST"]
    words += ["--data-dir", str(north.folder.path), "--port", "0", "--no-token", "--quiet"]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a program that is installed does not compile itself each time
    with (north.folder.path / "run.log").open("ab") as log:
        return subprocess.Popen(words, env=environment, stdout=log, stderr=log, start_new_session=True)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Every process that it has begun, in whatever group: none sees another go."""
    family = [process.pid]
    for number in family:
        with suppress(OSError):
            children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
            family += [int(child) for child in children]
    for number in family:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGSTOP)  # so that none begins another meanwhile
    for number in family:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    process.wait()
    time.sleep(0.05)


def _worked_since(one: Node, t_posix_s: float) -> bool:
    """Whether its gateway has written its status since."""
    with suppress(OSError):
        return (one.folder.path / "link-status.json").stat().st_mtime > max(t_posix_s, 1.0)
    return False


def _journals(one: Node) -> list[Path]:
    with suppress(OSError):
        return [found.path for found in list_journals(one.folder.path / "journals")]
    return []


def _events(one: Node) -> list[Any]:
    events: list[Any] = []
    for path in _journals(one):
        with SqliteJournal.open(path) as journal:
            events += list(journal.events())
    return events


def _heard(one: Node) -> list[int]:
    found = [event for event in _events(one) if isinstance(event, PartnerReport)]
    return [thing.count or 0 for report in found for thing in report.content if isinstance(thing, SharedEvent)]


def _proposed(one: Node) -> list[tuple[str, str]]:
    try:
        with AlertDesk.look(one.folder.path, DeskKind.DRILL) as desk:
            return [(act.alert_id, str(act.revision)) for _, act in desk.log.read() if isinstance(act, Proposed)]
    except Exception:
        return []


def _told_of(end: End) -> list[SharedEvent]:
    return [thing for report in end.reports for thing in report.content if isinstance(thing, SharedEvent)]


def _found(north: Node, end: End, told: int, kills: int, back_s: list[float], seconds: float) -> NodeKilled:
    paths = _journals(north)
    is_whole = True
    for path in paths:
        with SqliteJournal.open(path) as journal:
            is_whole &= journal.verify().is_whole
    scans = [event.t_measured_tai_ns.tolist()[0] // 10**9 for event in _events(north) if isinstance(event, Scan)]
    proposals = _proposed(north)
    events = Counter((one.event_id, one.revision) for one in _told_of(end))
    return NodeKilled(
        kills=kills, told=told, heard=_heard(north), journals=len(paths), is_whole=is_whole,
        scans_doubled=len(scans) - len(set(scans)),
        scans_missing=max(scans, default=-1) + 1 - len(set(scans)),
        alerts=len({alert_id for alert_id, _ in proposals}), proposals_doubled=len(proposals) - len(set(proposals)),
        events_heard=len(events), events_doubled=sum(events.values()) - len(events), back_s=back_s,
        partner_troubles=sorted(set(end.troubles)), seconds=seconds,
    )  # fmt: skip
