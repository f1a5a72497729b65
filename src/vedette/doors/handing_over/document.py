"""The report's document: everything in it is read from files, whether a watch runs or not."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vedette.assessment.alerts import Approved, Attended, DeskKind, Escalated, Noted, Record, Refused, Sent
from vedette.assessment.alerts.life import AlertLife
from vedette.core.constants import NS_PER_S
from vedette.core.errors import VedetteError
from vedette.doors.alert_desk import AlertDesk, kinds_kept
from vedette.doors.alert_words import alert_row
from vedette.doors.audit_words import record_row
from vedette.doors.handing_over.journals import watch_row, watches
from vedette.doors.handing_over.words import look_at
from vedette.doors.notice_store import NoticeStore
from vedette.reports import Message, Notice
from vedette.time import utc_text_from_tai_ns

OPEN_MESSAGES = (Message.PROPOSED, Message.RELEASED, Message.UPDATED)
MOST_ACTS = 500


def handover_document(
    folder: Path, t_now_tai_ns: int, t_now_posix_s: float, hours: float, ahead_hours: float
) -> dict[str, Any]:
    """What those who take over must know.

    Parameters
    ----------
    hours
        How long the watch that ends was.
    ahead_hours
        How far ahead notices and answers are looked for.
    """
    t_from = t_now_tai_ns - round(hours * 3600) * NS_PER_S
    told: dict[str, Any] = {
        "written_utc": utc_text_from_tai_ns(t_now_tai_ns), "from_utc": utc_text_from_tai_ns(t_from), "hours": hours,
        "ahead_hours": ahead_hours, "alerts": [], "closed": [], "people": [], "acts": [], "owed": [], "troubles": [],
    }  # fmt: skip
    for kind in kinds_kept(folder):
        try:
            _desk(told, folder, kind, t_from, t_now_tai_ns)
        except (VedetteError, OSError) as trouble:
            told["troubles"].append(f"the {kind} desk cannot be read: {trouble}")
    told["acts"].sort(key=lambda one: one["t_utc"])
    told["people"] = _people(told["acts"])
    told["watches"] = [watch_row(path, hours) for path in watches(folder / "journals", t_now_posix_s - 3600.0 * hours)]
    told["notices"] = _notices(NoticeStore(folder).read(), t_now_tai_ns, ahead_hours)
    told["node"] = _node(folder, t_now_tai_ns)
    told["look_at"] = look_at(told)
    return told


def _desk(told: dict[str, Any], folder: Path, kind: DeskKind, t_from: int, now: int) -> None:
    with AlertDesk.look(folder, kind) as desk:
        lives = desk.now().lives
        records = [(seq, one) for seq, one in desk.log.read() if one.t_tai_ns >= t_from]
    touched = {getattr(one, "alert_id", "") for _, one in records}
    for life in lives.values():
        row = {"desk": kind.value, **alert_row(life, now), **_about(life)}
        if life.message(now) in OPEN_MESSAGES:
            told["alerts"].append(row)
        elif life.alert_id in touched:
            told["closed"].append(row)
    acts = [record_row(kind, seq, one) for seq, one in records if _is_act(one)]
    told["acts"] += acts[-MOST_ACTS:]
    if len(acts) > MOST_ACTS:
        told["troubles"].append(f"{len(acts) - MOST_ACTS} earlier acts of the {kind} desk are left out")
    if any(life.sent for life in lives.values()):
        _owed(told, folder, kind)


def _owed(told: dict[str, Any], folder: Path, kind: DeskKind) -> None:
    """Messages that a channel has not had."""
    from vedette.doors.alert_words import channel_row
    from vedette.doors.telling import OPEN, how_told

    for one in how_told(folder, kind):
        if one.state in OPEN or one.state == "refused":
            told["owed"].append({"desk": kind.value, "message_id": one.posted.event.message_id, **channel_row(one)})


def _about(life: AlertLife) -> dict[str, Any]:
    draft = life.newest.draft
    return {
        "explanations": [
            {"name": one.name.value, "probability": round(one.probability, 4)} for one in draft.explanations[:3]
        ],
        "areas": [area.name for area in draft.areas],
        "marks": list(draft.track.marks),
        "reasons_against": list(draft.reasons_against),
        "sent": [
            {"message_id": one.event.message_id, "type": one.event.message_type.value,
             "sent_utc": utc_text_from_tai_ns(one.event.t_sent_tai_ns or 0), "by": [w.account for w in one.people]}
            for one in life.sent
        ],
    }  # fmt: skip


def _is_act(record: Record) -> bool:
    """Of people, or about what they did not do; what the machine proposes is shown by the alerts."""
    return isinstance(record, Approved | Sent | Attended | Refused | Escalated | Noted)


def _people(acts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who did what, counted."""
    found: dict[str, dict[str, Any]] = {}
    for act in acts:
        for who in act["people"]:
            row = found.setdefault(
                who["account"], {"account": who["account"], "first_utc": act["t_utc"], "did": {}, "seats": []}
            )
            row["last_utc"] = act["t_utc"]
            row["did"][act["what"]] = row["did"].get(act["what"], 0) + 1
            if who["seat"] and who["seat"] not in row["seats"]:
                row["seats"].append(who["seat"])
    return sorted(found.values(), key=lambda one: str(one["account"]))


def _notices(notices: list[Notice], now: int, ahead_hours: float) -> list[dict[str, Any]]:
    """Windows that are open or open within the next hours, and answers that are due; soonest first."""
    until = now + round(ahead_hours * 3600) * NS_PER_S
    answered = {one.about for one in notices if one.answer}
    over = {one.about for one in notices if one.kind.value in ("cancellation", "post-launch") and one.about}
    newest = {one.notice_id: one.version for one in sorted(notices, key=lambda one: one.version)}
    rows = []
    for one in notices:
        if one.version < newest[one.notice_id] or one.notice_id in over:
            continue
        base = {"notice": one.notice_id, "kind": one.kind.value, "party": one.party, "mode": one.mode.value}
        for window in one.windows:
            if window.t_to_tai_ns >= now and window.t_from_tai_ns <= until:
                what = " ".join(word for word in (f"{one.count} x" if one.count > 1 else "", one.class_name) if word)
                rows.append({
                    **base, "what": what or one.text[:80], "from_utc": utc_text_from_tai_ns(window.t_from_tai_ns),
                    "to_utc": utc_text_from_tai_ns(window.t_to_tai_ns), "is_open": window.t_from_tai_ns <= now,
                    "due_utc": None,
                })  # fmt: skip
        due = one.t_deadline_tai_ns
        if due is not None and due <= until and one.notice_id not in answered:
            rows.append({
                **base, "what": one.question[:200], "from_utc": None, "to_utc": None, "is_open": True,
                "due_utc": utc_text_from_tai_ns(due),
            })  # fmt: skip
    return sorted(rows, key=lambda row: str(row["due_utc"] or row["from_utc"]))


def _node(folder: Path, now: int) -> dict[str, Any] | None:
    """Links, who acts, who stands by, whether what happens is recorded; None for a watch that has no node."""
    from vedette.doors.node.folder import is_node

    if not is_node(folder):
        return None
    from vedette.doors.node.acting import WATCH, standing_by, store_of
    from vedette.doors.node.folder import read_node
    from vedette.doors.node.peer_file import peers_of
    from vedette.doors.node.showing import status_document

    try:
        kept, settings = read_node(folder)
        document = status_document(kept, settings, peers_of(kept))
        store = store_of(folder)
        try:
            lease, standing = store.lease(WATCH), standing_by(store, now)
        finally:
            store.close()
    except (VedetteError, OSError) as trouble:
        return {"trouble": str(trouble), "peers": [], "node": None, "acting": None, "standing_by": []}
    holder = lease.holder if lease is not None and lease.t_until_tai_ns > now else None
    return {
        "trouble": None, "node": document["node"], "is_running": document["is_running"],
        "recording": document["recording"], "peers": document["peers"], "acting": holder,
        "standing_by": [seat for seat in standing if seat != holder],
    }  # fmt: skip
