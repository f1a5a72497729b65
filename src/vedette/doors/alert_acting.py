"""What `vedette alert` does: looks at the desks, carries out an act, tells the channels, says how it went."""

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from vedette.assessment.alerts import (
    Act,
    AlertLife,
    Attention,
    DeskKind,
    Outcome,
    Person,
    attend,
    cancel,
    find,
    release,
    update,
)
from vedette.core.errors import NotFoundError, UnreachableError, UsageError, VedetteError
from vedette.doors.accounts import AccountBook
from vedette.doors.acting import acting_person
from vedette.doors.alert_desk import AlertDesk, Posted, kinds_kept
from vedette.doors.alert_words import alert_document, alert_line, alert_lines, alert_row, channel_row, duty_lines
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.telling import OPEN, channels_of, check_ready, how_told, tell, tell_directly
from vedette.reports import Message
from vedette.reports.alert_event import AlertEvent

if TYPE_CHECKING:
    from vedette.doors.channels import Told

STILL_OWED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An act as it was typed."""

    action: str  # release, update, cancel, ack, start or unshelve
    alert: str
    revision: str = ""
    reason: str = "mistake"
    confidence: str = ""
    shelve_s: float | None = None
    note: str = ""  # of attention: for those who come after
    session: Path | None = None
    credential_file: Path | None = None
    for_s: float = 2.0


def run_list(folder: Path, is_all: bool, is_json: bool) -> int:
    """Every alert of both desks, what is live first."""
    now = now_tai_ns()
    rows: list[AlertLife] = []
    for kind in kinds_kept(folder):
        with AlertDesk.look(folder, kind) as desk:
            rows += [life for life in desk.now().lives.values() if is_all or _is_open(life, now)]
    if is_json:
        sys.stdout.write(_json({"alerts": [alert_row(life, now) for life in rows]}) + "\n")
        return 0
    for life in rows:
        sys.stdout.write("\n".join([alert_line(life, now), *duty_lines(life, now)]) + "\n")
    if not rows:
        sys.stderr.write("no open alerts; `vedette watch` proposes them, --all shows what is over\n")
    return 0


def run_show(folder: Path, words: str, is_json: bool) -> int:
    """One alert whole."""
    kind, alert_id = locate(folder, words)
    with AlertDesk.look(folder, kind) as desk:
        life = desk.now().lives[alert_id]
    told = how_told(folder, kind) if life.sent else ()
    if is_json:
        document = alert_document(life, now_tai_ns(), folder, told)
        sys.stdout.write(_json(document, is_pretty=True) + "\n")
    else:
        sys.stdout.write("\n".join(alert_lines(life, now_tai_ns(), folder, told)) + "\n")
    return 0


def run_deliver(folder: Path, for_s: float, is_json: bool) -> int:
    """Tell the channels what they are still owed."""
    owed, said = 0, []
    for kind in kinds_kept(folder):
        all_told = tell(folder, kind, for_s)
        owed += sum(one.state in OPEN for one in all_told)
        said += [{"message_id": one.posted.event.message_id, **channel_row(one)} for one in all_told]
    if is_json:
        sys.stdout.write(_json({"messages": said, "owed": owed}) + "\n")
    else:
        for row in said:
            words = row["receipt"] or row["trouble"] or ""
            sys.stdout.write(f"{row['message_id']}  {row['channel']}: {row['state']} {words}\n")
    return STILL_OWED if owed else 0


@dataclass(frozen=True, slots=True)
class Carried:
    """How an act went: the act stands, and so many channels are still to be told."""

    document: dict[str, Any]
    lines: list[str]
    is_owed: bool
    trouble: str = ""


def do_act(folder: Path, asked: Asked, is_json: bool, is_quiet: bool = False) -> int:
    """Carry out an act of the person whose session and credential are given, and tell the channels."""
    done = carry_out(folder, asked, acting_person(AccountBook(folder), asked.session, asked.credential_file))
    sys.stdout.write((_json(done.document) if is_json else "\n".join(done.lines)) + "\n")
    if done.is_owed and not is_quiet:
        why = f" ({done.trouble})" if done.trouble else ""
        sys.stderr.write(f"not everybody is told{why}: `vedette alert deliver` tries again\n")
    return STILL_OWED if done.is_owed else 0


def carry_out(folder: Path, asked: Asked, person: Person, of_desk: DeskKind | None = None) -> Carried:
    """The act of a person who has been proved, and the channels told; a refusal is recorded, and raised.

    `of_desk`, when given, is the only desk at which the alert is looked for.
    """
    kind, alert_id = locate(folder, asked.alert, of_desk)
    with AlertDesk.open(folder, kind) as desk:
        try:
            outcome = act(desk, folder, asked, person, alert_id)
        except UnreachableError as held:
            if asked.action != "cancel":
                raise
            return _cancel_aside(desk, folder, asked, person, alert_id, str(held))
    mine: list[Told] = []
    trouble = ""
    if outcome.message is not None:
        try:
            all_told = tell(folder, kind, asked.for_s)
            mine = [one for one in all_told if one.posted.event.message_id == outcome.message.message_id]
        except (VedetteError, OSError) as failure:  # the act stands; only telling it failed
            trouble = str(failure)
    rows = [channel_row(one) for one in mine]
    is_owed = bool(trouble) or any(one.state in OPEN or one.state == "refused" for one in mine)
    lines = [f"  {row['channel']}: {row['state']} {row['receipt'] or row['trouble'] or ''}" for row in rows]
    return Carried(_document(alert_id, outcome, rows, trouble), [outcome.says, *lines], is_owed, trouble)


def _cancel_aside(desk: AlertDesk, folder: Path, asked: Asked, person: Person, alert_id: str, why: str) -> Carried:
    """The desk is held by another process: what is wrong is taken back all the same, and filed when it is free."""
    wanted = Act(alert_id=alert_id, person=person, t_tai_ns=now_tai_ns(), reason=asked.reason)
    outcome = desk.put_aside(wanted, cancel)
    assert outcome.message is not None
    posted = Posted(desk.now().sequence + 1, alert_id, wanted.t_tai_ns, outcome.message)
    rows = tell_directly(folder, desk.kind, posted, channels_of(folder), asked.for_s)
    says = f"{outcome.says}, although the desk is held ({why}); it is filed as soon as it is free"
    document = _document(alert_id, outcome, [{"channel": n, "state": s, "receipt": w} for n, s, w in rows], why)
    lines = [f"  {name}: {state} {words}" for name, state, words in rows]
    return Carried(document, [says, *lines], not all(state == "told" for _, state, _ in rows))


def act(desk: AlertDesk, folder: Path, asked: Asked, person: Person, alert_id: str) -> Outcome:
    """The act itself, recorded; a refusal is recorded, too."""
    wanted = Act(
        alert_id=alert_id, person=person, t_tai_ns=now_tai_ns(), revision=asked.revision, confidence=asked.confidence,
        reason=asked.reason if asked.action == "cancel" else asked.note,
    )  # fmt: skip
    if asked.action in ("release", "update"):
        life = desk.now().lives.get(alert_id)
        if life is not None:
            check_ready(folder, desk.kind, life.mode)
        return desk.do(wanted, release if asked.action == "release" else update, asked.action)
    if asked.action == "cancel":
        return desk.do(wanted, cancel, "cancel")
    shelve_s = asked.shelve_s
    attention = _ATTENTION.get(asked.action, Attention.ACKNOWLEDGED if shelve_s is None else Attention.SHELVED)
    return desk.do(wanted, lambda now, one: attend(now, one, attention, shelve_s), asked.action)


_ATTENTION = {"start": Attention.STARTED, "unshelve": Attention.NEW}


def locate(folder: Path, words: str, of_desk: DeskKind | None = None) -> tuple[DeskKind, str]:
    """The desk and the whole name of an alert; NotFoundError or UsageError when it is not clear which."""
    found: list[tuple[DeskKind, str]] = []
    with ExitStack() as stack:
        for kind in kinds_kept(folder):
            if of_desk not in (None, kind):
                continue
            desk = stack.enter_context(AlertDesk.look(folder, kind))
            try:
                found.append((kind, find(desk.now(), words).alert_id))
            except NotFoundError as trouble:
                if "several" in str(trouble):
                    raise
    if len(found) > 1:
        raise UsageError(f"{words!r} names a live alert and a drill; write more of the name")
    if not found:
        raise NotFoundError(f"{words!r}: no event of the warning core; `vedette alert list` shows the ones there are")
    return found[0]


def _is_open(life: AlertLife, t_tai_ns: int) -> bool:
    return life.message(t_tai_ns) in (Message.PROPOSED, Message.RELEASED, Message.UPDATED)


def _document(alert_id: str, outcome: Outcome, rows: list[dict[str, Any]], trouble: str) -> dict[str, Any]:
    message: AlertEvent | None = outcome.message
    return {
        "id": alert_id,
        "says": outcome.says,
        "message_id": None if message is None else message.message_id,
        "sequence": None if message is None else message.sequence,
        "channels": rows,
        "trouble": trouble or None,
    }


def _json(document: dict[str, Any], is_pretty: bool = False) -> str:
    """Without the engine's own spelling, which would load the engine: a cancellation must not wait for it."""
    data = msgspec.json.encode(document)
    return (msgspec.json.format(data, indent=2) if is_pretty else data).decode()
