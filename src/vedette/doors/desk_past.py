"""The desk as it stood at an instant of a journal: folded from its log up to there, by the picture's clock.

A journal does not hold what people did; the desk's audit log does. Its own clock is people's, which runs beside the
picture's only while a watch keeps the pace of life: one that is played fast, slowly or after a pause has another. So a
proposal counts from the picture's time that it was drafted at, whatever the clock on the wall said; what came between
two proposals lies between them, as long after the one before as it took on the wall. Nothing is written here.
"""

from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vedette.assessment.alerts import DESK_OF_MODE, AlertLife, Proposed, Record, after, fold
from vedette.core.errors import NotFoundError, VedetteError
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.alert_words import alert_document
from vedette.doors.telling import how_told
from vedette.time import utc_text_from_tai_ns

if TYPE_CHECKING:
    from vedette.doors.channels import Told
    from vedette.doors.sqlite_journal import SqliteJournal


@dataclass(frozen=True, slots=True)
class KeptAct:
    """A record of one of the journal's alerts, and the picture's time of it."""

    t_picture_tai_ns: int
    alert_id: str
    record: Record
    is_own: bool  # the picture's time is the record's own, and not guessed from what stands beside it


class DeskPast:
    """The alerts of one journal over time; reads what is new in the log whenever it is asked."""

    def __init__(self, journal: "SqliteJournal", data_dir: Path | None = None) -> None:
        self.kind = DESK_OF_MODE[journal.session.mode]
        self.data_dir = journal.path.resolve().parent.parent if data_dir is None else data_dir
        self._prefix = f"E-{journal.store.first_link.hex()[:16]}-"
        self._log: AlertDesk | None = None
        self._seq = 0
        self._ids: set[str] = set()  # of the journal's alerts
        self._acts: list[KeptAct] = []

    def at(self, t_picture_tai_ns: int) -> list[dict[str, Any]] | None:
        """Every alert as `vedette alert show --json` would have told it then; None where no desk of it is kept."""
        if not self._read():
            return None
        done = self._until(t_picture_tai_ns)
        desk = fold(self.kind, (act.record for act in done))
        t_tai_ns = self._wall(len(done), t_picture_tai_ns)
        told = self._told() if any(life.sent for life in desk.lives.values()) else ()
        return [self._document(life, t_picture_tai_ns, t_tai_ns, told) for life in desk.lives.values()]

    def between(self, t_from_tai_ns: int, t_to_tai_ns: int) -> list[dict[str, Any]]:
        """What changed after one instant and up to another: the alert of each record, as it stood after it."""
        if not self._read():
            return []
        before, found = self._until(t_from_tai_ns), []
        desk = fold(self.kind, (act.record for act in before))
        fresh = self._until(t_to_tai_ns)[len(before) :]
        told = self._told() if fresh else ()
        for act in fresh:
            desk = after(desk, (act.record,))
            life = desk.lives.get(act.alert_id)
            if life is not None:
                row = self._document(life, act.t_picture_tai_ns, act.record.t_tai_ns, told)
                found.append({"t_utc": utc_text_from_tai_ns(act.t_picture_tai_ns), "alerts": [row]})
        return found

    def _until(self, t_tai_ns: int) -> list[KeptAct]:
        return self._acts[: bisect_right(self._acts, t_tai_ns, key=lambda act: act.t_picture_tai_ns)]

    def _wall(self, count: int, t_picture_tai_ns: int) -> int:
        """What the clock on the wall said when the picture was at an instant, after so many acts."""
        if not count:
            return 0
        before = self._acts[count - 1]
        t = min(before.record.t_tai_ns + t_picture_tai_ns - before.t_picture_tai_ns, 2**62)
        return t if count == len(self._acts) else min(t, max(before.record.t_tai_ns, self._acts[count].record.t_tai_ns))

    def close(self) -> None:
        """Let go of the file."""
        if self._log is not None:
            self._log.close()
            self._log = None

    def _document(
        self, life: AlertLife, t_picture_tai_ns: int, t_tai_ns: int, told: "tuple[Told, ...]"
    ) -> dict[str, Any]:
        """An alert at an instant of the picture and of the wall: what ran out by then has, what came later has not."""
        then = tuple(
            one
            if one.delivery is None or (one.delivery.t_done_tai_ns or t_tai_ns) <= t_tai_ns
            else replace(one, delivery=None)
            for one in told
        )
        now = max(t_tai_ns, min(t_picture_tai_ns - life.newest.skew_ns, 2**62))  # messages run out by the picture's
        return alert_document(life, now, self.data_dir, then)

    def _told(self) -> "tuple[Told, ...]":
        with suppress(VedetteError, OSError):
            return how_told(self.data_dir, self.kind)
        return ()

    def _read(self) -> bool:
        """Read what is new; whether anything of this journal was ever proposed."""
        if self._log is None:
            try:
                self._log = AlertDesk.look(self.data_dir, self.kind)
            except NotFoundError:
                return False
        for seq, record in self._log.log.read(self._seq + 1):
            self._seq = seq
            self._keep(record)
        return bool(self._ids)

    def _keep(self, record: Record) -> None:
        is_proposal = isinstance(record, Proposed) and record.draft.event_id.startswith(self._prefix)
        alert_id = getattr(record, "alert_id", "")
        if is_proposal:
            self._ids.add(alert_id)
        if alert_id not in self._ids:
            return
        last = self._acts[-1] if self._acts else None
        if isinstance(record, Proposed):
            t = record.draft.t_created_tai_ns
            self._not_after(t)
        else:
            assert last is not None  # its proposal
            t = last.t_picture_tai_ns + max(0, record.t_tai_ns - last.record.t_tai_ns)
        if last is not None:
            t = max(t, self._acts[-1].t_picture_tai_ns)  # in the order of the log, whatever a clock did
        self._acts.append(KeptAct(t, alert_id, record, is_proposal))

    def _not_after(self, t_tai_ns: int) -> None:
        """What was done before a proposal of that time cannot have come after it, however long it took on the wall."""
        for number in range(len(self._acts) - 1, -1, -1):
            act = self._acts[number]
            if act.is_own or act.t_picture_tai_ns <= t_tai_ns:
                break
            self._acts[number] = replace(act, t_picture_tai_ns=t_tai_ns)
