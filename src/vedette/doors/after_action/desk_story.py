"""What people did about a journal's alerts: the desk beside it, read and never written.

States are told as of the desk's newest record, so that the same files give the same words on any day.
"""

from pathlib import Path
from typing import Any

from vedette.assessment.alerts import DESK_OF_MODE, AlertLife, Record
from vedette.core.errors import VedetteError
from vedette.doors.after_action.gathering import Gathered
from vedette.doors.alert_desk import AlertDesk, desk_path
from vedette.doors.alert_words import alert_document
from vedette.doors.audit_words import record_row
from vedette.doors.data_dir import data_dir_place
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.time import utc_text_from_tai_ns


def desk_story(gathered: Gathered, data_dir: Path | None) -> dict[str, Any]:
    """Alerts of this journal with everything done about them; empty, with the reason, where there are none."""
    kind = DESK_OF_MODE[gathered.session.mode]
    folder = _folder(gathered.path, data_dir)
    if not desk_path(folder, kind).is_file():
        return {"kind": kind.value, "alerts": [], "trouble": None, "as_of_utc": None}
    try:
        with SqliteJournal.open(gathered.path) as journal:
            prefix = f"E-{journal.store.first_link.hex()[:16]}-"
        with AlertDesk.look(folder, kind) as desk:
            records = list(desk.log.read())
            lives = [life for life in desk.now().lives.values() if life.event_id.startswith(prefix)]
    except VedetteError as trouble:
        return {"kind": kind.value, "alerts": [], "trouble": str(trouble), "as_of_utc": None}
    now = max((record.t_tai_ns for _, record in records), default=0)
    return {
        "kind": kind.value,
        "alerts": [_alert(life, records, now, folder) for life in sorted(lives, key=lambda one: one.alert_id)],
        "trouble": None,
        "as_of_utc": utc_text_from_tai_ns(now) if now else None,
    }


def _folder(journal: Path, data_dir: Path | None) -> Path:
    if data_dir is not None:
        return data_dir
    beside = journal.resolve().parent.parent
    return beside if (beside / "alerts").is_dir() else data_dir_place(None)


def _alert(life: AlertLife, records: list[tuple[int, Record]], now: int, folder: Path) -> dict[str, Any]:
    told = alert_document(life, now, folder)
    told["rests_on"] = {
        key: value for key, value in told["rests_on"].items() if key not in ("journal", "is_there", "explain")
    }
    told["acts"] = [
        {**record_row(DESK_OF_MODE[life.mode], seq, record), "t_picture_utc": _picture_utc(life, record.t_tai_ns)}
        for seq, record in records
        if getattr(record, "alert_id", None) == life.alert_id
    ]
    return told


def _picture_utc(life: AlertLife, t_tai_ns: int) -> str:
    """The same instant by the picture's clock: a drill may play another night."""
    return utc_text_from_tai_ns(life.picture_time(t_tai_ns))
