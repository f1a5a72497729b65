"""The cancel rehearsal: a released alert is taken back while the engine is busy and channels are down, and timed.

Everything is real and on this machine: accounts with scrypt, two sessions, a desk and a journal on disk, keys, files, a
webhook, a mail server. A second process writes into the journal as fast as the disk takes it, and a third proposes new
revisions to the same desk. One channel refuses calls, another takes them and never answers. What is measured is the
time from the decision, when the credential has been checked, to the receipt of each channel.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from vedette.assessment.alerts import DeskKind, Person
from vedette.assessment.alerts.draft import DraftSource, alert_id_of, draft_event
from vedette.core.constants import NS_PER_S
from vedette.doors.accounts import AccountBook
from vedette.doors.alert_acting import Asked, act
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.audit_verdict import verify_audit
from vedette.doors.key_files import KeyRing
from vedette.doors.rehearsal_sinks import HERE, free_port, hanging, mail, webhook
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.telling import CHANNELS, tell
from vedette.reports import Alert, Evidence, Message, Mode, ObjectSummary
from vedette.reports.alert_event import AlertEvent, AreaTold, Level
from vedette.sharing import Purpose

MUST_S = 2.0
REPAIRED_S = 60.0  # a channel that is up again is told by then: the longest wait between two tries
DRILL = DeskKind.DRILL
_SECRET = "only for this rehearsal"
_SOURCE = DraftSource(b"\x0c" * 32, 1, b"\x0d" * 32, "rehearsal", "rehearsal")
_ALERT = alert_id_of(_SOURCE, "O1", Mode.EXERCISE)

_HOG = """
import sys
from vedette.doors.journal_store import JournalStore
with JournalStore.create(sys.argv[1], b"busy") as store:
    print("busy", flush=True)
    while True:
        for number in range(50):
            store.append("scan", number, b"x" * 4000)
        store.commit()
"""
_PROPOSER = """
import sys
from pathlib import Path
from vedette.doors.cancel_rehearsal import propose_again
print("busy", flush=True)
number = 0
while True:
    number += 1
    propose_again(Path(sys.argv[1]), number)
"""


@dataclass(slots=True)
class Rehearsed:
    """How one rehearsal went."""

    seconds: dict[str, float] = field(default_factory=dict)  # decision to receipt, by channel that was up
    credential_s: float = 0.0  # before the decision: scrypt
    down: list[str] = field(default_factory=list)  # channels that were down when it was decided
    told_later: list[str] = field(default_factory=list)  # of those, told once they were up again
    entries_written: int = 0  # by the journal's writer meanwhile
    proposals: int = 0  # to the same desk meanwhile
    broken: list[str] = field(default_factory=list)

    @property
    def worst_s(self) -> float:
        """The last channel that was up."""
        return max(self.seconds.values(), default=float("inf"))


def rehearse_cancel(folder: Path, is_busy: bool = True, wait_s: float = MUST_S) -> Rehearsed:
    """Release an alert by two people, take it back by one, and see who hears of it when.

    `wait_s` : how long channels are waited for; whether that was quick enough is for the caller to say
    """
    found = Rehearsed()
    with ExitStack() as stack:
        site, letters = stack.enter_context(webhook()), stack.enter_context(mail())
        silent, dead = stack.enter_context(hanging()), free_port()
        _describe(folder, site.port, letters.port, silent, dead)
        KeyRing(folder).make(Purpose.DRILL, "rehearsal")
        propose_again(folder, 0)
        people = [_person(folder, name) for name in ("first", "second")]
        with AlertDesk.open(folder, DRILL) as desk:
            revision = desk.now().lives[_ALERT].newest.revision
            for person in people:
                act(desk, folder, Asked(action="release", alert=_ALERT, revision=revision), person(), _ALERT)
        tell(folder, DRILL, 3.0)
        journal = folder / "journals" / "busy.sqlite"
        if is_busy:
            journal.parent.mkdir(exist_ok=True)
            stack.enter_context(_process(_HOG, str(journal)))
            stack.enter_context(_process(_PROPOSER, str(folder)))
            time.sleep(0.5)
        t_start = time.monotonic()
        person_now = people[1]()  # the credential is given again
        found.credential_s = round(time.monotonic() - t_start, 3)
        with AlertDesk.open(folder, DRILL) as desk:
            outcome = act(desk, folder, Asked(action="cancel", alert=_ALERT), person_now, _ALERT)
        assert outcome.message is not None
        name = outcome.message.message_id
        _note(found, tell(folder, DRILL, wait_s), name)
        found.proposals = _proposals(folder)
        found.entries_written = _entries(journal)
        stack.enter_context(webhook(dead))  # the dead one is repaired
        until = time.monotonic() + REPAIRED_S
        while time.monotonic() < until:
            rows = tell(folder, DRILL, 1.0)
            mine = [one for one in rows if one.posted.event.message_id == name and one.channel == "dead"]
            if any(one.state == "told" for one in mine):
                found.told_later.append("dead")
                break
        if not any(name in body.decode("utf-8", "replace") for _, body in site.messages):
            found.broken.append("the webhook's own record does not have the cancellation")
        if not letters.messages:
            found.broken.append("the mail server got no letter")
    verdict = verify_audit(folder / "alerts" / "drill.sqlite", KeyRing(folder).trust())
    found.broken += [verdict.trouble] if verdict.trouble else []
    if set(found.seconds) != {"files", "site", "letters"}:
        found.broken.append(f"told: {', '.join(found.seconds) or 'nobody'}")
    if found.told_later != ["dead"]:
        found.broken.append("the channel that was dead was not told when it was up again")
    return found


def run_cancel_rehearsal(is_json: bool, is_quiet: bool) -> int:
    """`vedette rehearse cancel`: with a quiet and with a busy engine; exit code 1 when somebody heard too late."""
    rows = []
    for is_busy in (False, True):
        with tempfile.TemporaryDirectory(prefix="vedette-cancel-") as name:
            run = rehearse_cancel(Path(name), is_busy)
        if run.worst_s > MUST_S:
            run.broken.append(f"a channel heard of it after {run.worst_s:.2f} s; {MUST_S:.0f} s are allowed")
        rows.append(
            {
                "engine": "busy" if is_busy else "quiet", "seconds": run.seconds, "worst_s": run.worst_s,
                "must_s": MUST_S, "credential_s": run.credential_s, "down": run.down, "told_later": run.told_later,
                "journal_entries_meanwhile": run.entries_written, "proposals_meanwhile": run.proposals,
                "broken": run.broken,
            }
        )  # fmt: skip
    if is_json:
        sys.stdout.write(msgspec.json.encode({"cancel": rows}).decode() + "\n")
    else:
        for row in rows:
            _write(row, is_quiet)
    return 1 if any(row["broken"] for row in rows) else 0


def propose_again(folder: Path, number: int) -> None:
    """One more revision of the rehearsal's alert."""
    with suppress(OSError), AlertDesk.open(folder, DRILL) as desk:
        desk.propose([(_ALERT, _draft(number))], now_tai_ns())


def _draft(number: int) -> AlertEvent:
    now = now_tai_ns()
    summary = ObjectSummary(id="O1", class_name="unknown", probabilities={}, phase="boost", sensors=("a", "b"))
    alert = Alert(
        id="O1-launch", kind="launch", object_id="O1", evidence=Evidence.CONFIRMED, message=Message.PROPOSED,
        t_tai_ns=now, text=f"revision {number}", reasons_for=(f"revision {number}",),
    )  # fmt: skip
    area = AreaTold(name="Rehearsal", level=Level.TAKE_SHELTER, probability=0.5, seconds=300.0)
    return draft_event(_SOURCE, Mode.EXERCISE, summary, [alert], None, now, (area,))


def _describe(folder: Path, site: int, letters: int, silent: int, dead: int) -> None:
    rows = [
        'name = "files"\nkind = "file"\nformat = ["cap", "event", "text", "pager"]\n'
        f'folder = "{(folder / "out").as_posix()}"',
        f'name = "site"\nkind = "webhook"\nformat = ["event"]\nurl = "http://{HERE}:{site}/alerts"',
        f'name = "letters"\nkind = "smtp"\nformat = ["text"]\nhost = "{HERE}"\nport = {letters}\ntls = "none"\n'
        'sender = "desk@example.org"\nto = ["rehearsal@example.org"]',
        f'name = "silent"\nkind = "webhook"\nformat = ["event"]\nurl = "http://{HERE}:{silent}/alerts"',
        f'name = "dead"\nkind = "webhook"\nformat = ["event"]\nurl = "http://{HERE}:{dead}/alerts"',
    ]
    text = "\n\n".join(f'[[channel]]\nmode = "EXERCISE"\n{row}' for row in rows)
    (folder / CHANNELS).write_text(text + "\n", encoding="utf-8")


def _person(folder: Path, name: str) -> "Callable[[], Person]":
    """Somebody with an account and a session, who gives the credential at every act."""
    book = AccountBook(folder)
    account = book.add(name, ("releasing-officer",), _SECRET, now_tai_ns())
    session = book.open_session(account, f"seat of {name}", now_tai_ns())
    return lambda: book.person(session, _SECRET, now_tai_ns())


def _note(found: Rehearsed, rows: Any, message_id: str) -> None:
    for one in rows:
        if one.posted.event.message_id != message_id:
            continue
        if one.state == "told" and one.delivery is not None and one.delivery.t_done_tai_ns is not None:
            found.seconds[one.channel] = round((one.delivery.t_done_tai_ns - one.posted.t_tai_ns) / NS_PER_S, 3)
        else:
            found.down.append(one.channel)


@contextmanager
def _process(code: str, word: str) -> Iterator[None]:
    """Another process that keeps the disk busy, until the end of the block."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}
    worker = subprocess.Popen([sys.executable, "-c", code, word], stdout=subprocess.PIPE, env=environment)
    try:
        assert worker.stdout is not None
        worker.stdout.readline()
        yield
    finally:
        worker.kill()
        worker.wait()
        if worker.stdout is not None:
            worker.stdout.close()


def _proposals(folder: Path) -> int:
    with AlertDesk.look(folder, DRILL) as desk:
        return desk.now().lives[_ALERT].revision_count


def _entries(journal: Path) -> int:
    from vedette.doors.journal_store import JournalStore

    if not journal.is_file():
        return 0
    with JournalStore.open(journal) as store:
        return store.entry_count


def _write(row: dict[str, Any], is_quiet: bool) -> None:
    seconds = ", ".join(f"{name} {value:.3f} s" for name, value in row["seconds"].items())
    sys.stdout.write(f"{row['engine']} engine: all that were up were told within {row['worst_s']:.3f} s ({seconds})\n")
    if not is_quiet:
        entries, proposals = row["journal_entries_meanwhile"], row["proposals_meanwhile"]
        busy = f"{entries} journal entries and {proposals} revisions meanwhile"
        down = f"down: {', '.join(row['down'])}; told when up again: {', '.join(row['told_later']) or 'none'}"
        sys.stdout.write(f"  {busy}; the credential took {row['credential_s']:.3f} s; {down}\n")
    for words in row["broken"]:
        sys.stdout.write(f"BROKEN: {words}\n")
