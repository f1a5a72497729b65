"""Alerts in words and as documents: their three marks, what is to be done, what was said, what they rest on."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from vedette.assessment.alerts import SEEN, AlertLife, Approved, Attended, Duty, duties
from vedette.assessment.alerts.acts import APPROVAL_S
from vedette.assessment.alerts.draft import numbers_of
from vedette.assessment.candidates.policy import packaged_assessment_policy
from vedette.core.constants import NS_PER_S
from vedette.doors.data_dir import journals_dir_of
from vedette.reports.alert_event import AlertEvent, Level
from vedette.reports.words import place_words
from vedette.time import utc_text_from_tai_ns

if TYPE_CHECKING:
    from vedette.doors.channels import Told


def alert_row(life: AlertLife, t_tai_ns: int) -> dict[str, Any]:
    """One alert of `vedette alert list --json`."""
    draft = life.newest.draft
    open_duties = [one for one in duties(life, packaged_assessment_policy(), t_tai_ns) if not one.is_done]
    return {
        "id": life.alert_id,
        "event_id": life.event_id,
        "mode": life.mode.value,
        "kind": draft.kind.value,
        "object_ids": list(draft.object_ids),
        "evidence": life.evidence.value,
        "message": life.message(t_tai_ns).value,
        "attention": {name: life.attention(name, t_tai_ns).value for name in sorted(life.attended)},
        "attended": {name: attended_row(one) for name, one in sorted(life.attended.items())},
        "revision": life.newest.revision,
        "revisions": life.revision_count,
        "sequence": len(life.sent),
        "proposed_utc": utc_text_from_tai_ns(life.newest.t_tai_ns),
        "valid_until_utc": utc_text_from_tai_ns(draft.t_valid_until_tai_ns),
        "waits_for_second": None if life.approval is None else life.approval.person.account,
        "approval": None if life.approval is None else approval_row(life.approval),
        "duties": [duty_row(one) for one in open_duties],
    }


def attended_row(one: Attended) -> dict[str, Any]:
    """What somebody last did about an alert; whether it still counts stands in `attention`."""
    until = one.t_until_tai_ns
    return {
        "attention": one.attention.value,
        "t_utc": utc_text_from_tai_ns(one.t_tai_ns),
        "until_utc": None if until is None else utc_text_from_tai_ns(until),
        "reason": one.reason or None,
    }


def approval_row(one: Approved) -> dict[str, Any]:
    """The first of two people: what they saw, and until when it holds."""
    return {
        "account": one.person.account,
        "revision": one.revision,
        "t_utc": utc_text_from_tai_ns(one.t_tai_ns),
        "until_utc": utc_text_from_tai_ns(one.t_tai_ns + round(APPROVAL_S * NS_PER_S)),
    }


def duty_row(duty: Duty) -> dict[str, Any]:
    """What somebody must still do."""
    return {
        "act": duty.act,
        "role": duty.role,
        "due_utc": utc_text_from_tai_ns(duty.t_due_tai_ns),
        "is_late": duty.is_late,
        "escalate_to": duty.escalate_to,
    }


def alert_document(
    life: AlertLife, t_tai_ns: int, data_dir: Path | None, told: "Iterable[Told]" = ()
) -> dict[str, Any]:
    """One alert whole: what is proposed and why and why not, what was said to whom, and where the raw reports are."""
    draft = life.newest.draft
    return {
        **alert_row(life, t_tai_ns),
        "explanations": [
            {
                "name": one.name.value,
                "probability": round(one.probability, 4),
                "reasons_for": list(one.reasons_for),
                "reasons_against": list(one.reasons_against),
            }
            for one in draft.explanations
        ],
        "reasons_for": list(draft.reasons_for),
        "reasons_against": list(draft.reasons_against),
        "marks": list(draft.track.marks),
        "track_age_s": draft.track.age_s,
        "impact_areas": [] if draft.impact is None else [msgspec.to_builtins(one) for one in draft.impact.areas],
        "areas": [
            {"name": a.name, "level": a.level.value, "what": a.what, "probability": a.probability, "seconds": a.seconds}
            for a in draft.areas
        ],
        **area_changes(life),
        "rests_on": raw_document(draft, data_dir),
        "messages": [
            {
                "message_id": one.event.message_id,
                "sequence": one.sequence,
                "type": one.event.message_type.value,
                "sent_utc": utc_text_from_tai_ns(one.event.t_sent_tai_ns or 0),
                "valid_until_utc": utc_text_from_tai_ns(one.event.t_valid_until_tai_ns),
                "released_by": [who.account for who in one.event.released_by],
                "revision": one.revision,
                "supersedes": [ref.message_id for ref in one.event.supersedes],
                "cancels": [ref.message_id for ref in one.event.cancels],
                "cancel_reason": one.event.cancel_reason or None,
                "channels": [channel_row(row) for row in told if row.posted.event.message_id == one.event.message_id],
            }
            for one in life.sent
        ],
    }  # fmt: skip


def area_changes(life: AlertLife) -> dict[str, list[str]]:
    """What a release would tell, held against the areas that stand (rule R31): look at it before you release."""
    now = [one.name for one in life.newest.draft.areas]
    before = life.standing[-1].event.areas if life.standing else ()
    told = [one.name for one in before if one.level is not Level.ALL_CLEAR]
    return {
        "areas_added": [name for name in now if name not in told],
        "areas_dropped": [name for name in told if name not in now],
    }


def channel_row(row: "Told") -> dict[str, Any]:
    """How a message stands on a channel."""
    one = row.delivery
    done = None if one is None else one.t_done_tai_ns
    return {
        "channel": row.channel,
        "state": row.state,
        "tries": 0 if one is None else one.tries,
        "told_utc": None if done is None else utc_text_from_tai_ns(done),
        "seconds": None if done is None else round((done - row.posted.t_tai_ns) / NS_PER_S, 3),  # since the decision
        "receipt": (one.receipt if one else "") or None,
        "trouble": (one.trouble if one else "") or None,
    }


def raw_document(draft: AlertEvent, data_dir: Path | None) -> dict[str, Any]:
    """The journal and its entries that hold the looks behind an alert."""
    basis = draft.basis
    path = journals_dir_of(data_dir) / basis.get("journal", "")
    return {
        "journal": str(path),
        "is_there": path.is_file(),
        "journal_link": basis.get("journal_link", ""),
        "up_to_entry": int(basis.get("entry") or 0),
        "entries": numbers_of(basis.get("entries", "")),
        "object": basis.get("object", ""),
        "policy": basis.get("policy", ""),
        "engine": basis.get("engine", ""),
        "sensors": [
            {
                "sensor_id": one.sensor_id,
                "phenomenon": one.phenomenon or None,
                "looks": one.looks,
                "first_utc": None if one.t_first_tai_ns is None else utc_text_from_tai_ns(one.t_first_tai_ns),
                "last_utc": None if one.t_last_tai_ns is None else utc_text_from_tai_ns(one.t_last_tai_ns),
            }
            for one in draft.sensors
        ],
        "explain": f"vedette explain {path} {basis.get('object', '')}",
    }


def alert_line(life: AlertLife, t_tai_ns: int) -> str:
    """`EXERCISE-2be0ad2d-O1  launch  [correlated]  proposed  confirmed 74 %  revision 060d8b37dafe`."""
    draft = life.newest.draft
    what = f"{draft.leading} {100 * draft.explanations[0].probability:.0f} %" if draft.explanations else ""
    seen = [name for name in life.attended if life.attention(name, t_tai_ns) in SEEN]
    words = [
        f"{life.alert_id:<24}", f"{draft.kind:<10}", f"[{life.evidence}]".ljust(12), f"{life.message(t_tai_ns):<9}",
        f"revision {life.newest.revision[:12]}", what, f"acknowledged by {', '.join(seen)}" if seen else "",
    ]  # fmt: skip
    return "  ".join(word for word in words if word)


def duty_lines(life: AlertLife, t_tai_ns: int) -> list[str]:
    """Who must still act by when."""
    lines = []
    for one in duties(life, packaged_assessment_policy(), t_tai_ns):
        if one.is_done:
            continue
        left_s = (one.t_due_tai_ns - t_tai_ns) / NS_PER_S
        when = f"{-left_s:.0f} s late: {one.escalate_to}" if one.is_late else f"in {left_s:.0f} s"
        lines.append(f"    {one.role} must {one.act}, {when}")
    return lines


def alert_lines(
    life: AlertLife, t_tai_ns: int, data_dir: Path | None, told: "Iterable[Told]" = ()
) -> list[str]:
    """One alert for a person, reasons against beside the reasons for."""
    draft, document = life.newest.draft, alert_document(life, t_tai_ns, data_dir, tuple(told))
    lines = [alert_line(life, t_tai_ns), f"  event {life.event_id}, {life.mode}, revision {life.newest.revision}"]
    lines += duty_lines(life, t_tai_ns)
    if life.approval is not None:
        lines.append(f"  approved by {life.approval.person.account}; waits for a second person")
    lines += [f"  {100 * one.probability:5.1f} %  {one.name}" for one in draft.explanations[:5]]
    lines += [f"  for      {words}" for words in draft.reasons_for]
    lines += [f"  against  {words}" for words in draft.reasons_against]
    if draft.launch is not None:
        lines.append(f"  launched at {place_words(draft.launch.lat_deg, draft.launch.lon_deg)}")
    if draft.impact is not None:
        first, last = (utc_text_from_tai_ns(t, digits=0) for t in draft.impact.t_90_tai_ns)
        where = place_words(draft.impact.lat_deg, draft.impact.lon_deg)
        lines.append(f"  comes down at {where}, {first} to {last} (90 %)")
    for place in draft.areas:
        left = "" if place.seconds is None else f", {place.seconds:.0f} s"
        lines.append(f"  {place.level:<14} {place.name}: {place.what} {100 * place.probability:.1f} %{left}")
    if life.standing:
        changes = area_changes(life)
        if any(changes.values()):
            added, dropped = (", ".join(changes[key]) or "none" for key in ("areas_added", "areas_dropped"))
            lines.append(f"  against the last message: areas added {added}; no more {dropped}")
    lines += [f"  mark: {mark}" for mark in draft.track.marks]
    rests = document["rests_on"]
    there = "" if rests["is_there"] else " (not there)"
    lines.append(f"  rests on {rests['journal']}{there}, up to entry {rests['up_to_entry']}")
    for one in rests["sensors"]:
        lines.append(f"    {one['sensor_id']}: {one['looks']} looks, {one['first_utc']} to {one['last_utc']}")
    lines.append(f"    entries {draft.basis.get('entries') or 'not recorded'}; {rests['explain']}")
    for one in document["messages"]:
        by = " and ".join(one["released_by"])
        lines.append(f"  message {one['message_id']}: {one['type']} at {one['sent_utc']} by {by}")
        for row in one["channels"]:
            lines.append(f"    {row['channel']}: {row['state']} {row['receipt'] or row['trouble'] or ''}")
    return lines
