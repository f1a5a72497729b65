"""Figures of alerts: drills taken for live, cancellations in time, damage that was not found."""

import random
import tempfile
from pathlib import Path

from tests.doors import test_audit_verdict as audit
from tests.doors import test_sealed_journal as journal
from tests.sharing.test_drill_and_live import FORMATS, KINDS, SENT, TRUST, spoiled
from tests.sharing.test_envelope import TRUST as ENVELOPE_TRUST
from tests.sharing.test_envelope import sealed

from vedette.core.errors import RefusedError, VedetteError
from vedette.doors.cancel_rehearsal import rehearse_cancel
from vedette.reports import Mode
from vedette.reports.alert_event import MessageType
from vedette.sharing import Consumer, open_envelope

DAMAGED = 20_000  # messages
EVERY = 5  # bytes of a log: one in five is flipped here, every one in the slow tests


def alert_table() -> str:
    """Rows of what was tried and what came of it."""
    rows = [*_drill_and_live(), *_cancel(), _envelope(), *_logs()]
    lines = ["| what | tried | came of it | must be |", "| --- | --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _drill_and_live() -> list[tuple[str, ...]]:
    live, drill, wrong, lost = Consumer(TRUST), Consumer(TRUST, is_drill=True), 0, 0
    for one, content, envelope in SENT:
        for consumer, is_meant in ((live, one.mode is Mode.REAL), (drill, one.mode is not Mode.REAL)):
            try:
                consumer.hear(envelope, content)
                wrong += not is_meant
            except RefusedError:
                lost += is_meant
    rng, spoiled_wrong, spoiled_lost = random.Random(2031), 0, 0
    for _ in range(DAMAGED):
        one, content, envelope = rng.choice(SENT)
        body, around, is_whole = spoiled(rng, content, envelope)
        try:
            heard = live.hear(around, body)
            spoiled_wrong += one.mode is not Mode.REAL or heard.message.content != content
        except VedetteError:
            spoiled_lost += one.mode is Mode.REAL and is_whole and (body, around) == (content, envelope)
    tried = f"{len(MessageType)} types, {len(Mode)} modes, {len(FORMATS)} formats, {len(KINDS)} channels: {len(SENT)}"
    return [
        ("messages heard in the wrong mode, or lost", tried, f"{wrong}, {lost}", "0, 0"),
        (
            "drill or damaged accepted as live, whole live lost", f"{DAMAGED} damaged, cut, swapped or whole",
            f"{spoiled_wrong}, {spoiled_lost}", "0, 0",
        ),
    ]  # fmt: skip


def _cancel() -> list[tuple[str, ...]]:
    rows = []
    for is_busy in (False, True):
        with tempfile.TemporaryDirectory() as name:
            run = rehearse_cancel(Path(name), is_busy)
        meanwhile = f"{run.entries_written} journal entries, {run.proposals} revisions meanwhile"
        tried = f"{meanwhile if is_busy else 'engine quiet'}; one channel dead, one silent"
        came = f"{max(run.worst_s, 0.0):.2f} s; {'; '.join(run.broken) or 'the dead one told later'}"
        rows.append(("decision to the last receipt of channels that are up", tried, came, "<= 2 s"))
    return rows


def _envelope() -> tuple[str, ...]:
    data, unseen = sealed(content=b"take shelter").as_bytes(), 0
    for index in range(len(data)):
        for bit in range(8):
            try:
                open_envelope(data[:index] + bytes([data[index] ^ (1 << bit)]) + data[index + 1 :], ENVELOPE_TRUST)
                unseen += 1
            except RefusedError:
                continue
    return "changed bits of a signed message not found", f"every bit of {len(data)} bytes", str(unseen), "0"


def _logs() -> list[tuple[str, ...]]:
    rows = []
    for name, make, damage in (
        ("journal", journal.small, journal.damage),
        ("audit log", audit.acted, audit.damage),
    ):
        with tempfile.TemporaryDirectory() as folder:
            path = make(Path(folder))
            size = path.stat().st_size
            named, harmless = damage(path, range(0, size, EVERY))  # fails when content is changed unseen
        tried = f"one byte in {EVERY} of {size}, a bit each"
        came = f"0 ({named} named, {harmless} in free space)"
        rows.append((f"changed content of a small {name} not found", tried, came, "0"))
    return rows
