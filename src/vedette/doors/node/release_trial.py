"""A release policy tried on a journal: what would have left, and why the rest would not. Nothing is sent."""

import secrets
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from vedette.core.errors import NotFoundError
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.engine import Picture, advance, open_picture
from vedette.frames import geodetic_from_itrf
from vedette.reports import Mode, Scan, Shared, SharedDrop, SharedEvent, SharedTrack
from vedette.sharing.offering import offer_of_scan, offers_of
from vedette.sharing.release import Kind, Outgoing, ReleasePolicy, Releaser, ReleaseRow
from vedette.time import utc_text_from_tai_ns

TELL_EVERY = 200


@dataclass(slots=True)
class Trial:
    """What came of it; `own` and `told` hold the newest of each by our own name."""

    policy: ReleasePolicy
    mode: Mode
    messages: list[Outgoing] = field(default_factory=list)
    rows: dict[str, ReleaseRow] = field(default_factory=dict)  # newest account of each, by our own name
    own: dict[str, Shared] = field(default_factory=dict)
    told: dict[str, Shared] = field(default_factory=dict)
    revisions: Counter[str] = field(default_factory=Counter)  # how often each was told
    withheld: Counter[tuple[str, str]] = field(default_factory=Counter)  # class and reason, once for each name
    t_last_tai_ns: int = 0


def try_policy(
    policy: ReleasePolicy,
    journal: Path,
    owner: str,
    secret: bytes | None = None,
    hear: Callable[[tuple[Outgoing, ...]], None] | None = None,
    tell: Callable[[float], None] | None = None,
) -> Trial:
    """Play a journal and release from it by a policy; without a secret names and offsets are those of this trial."""
    with SqliteJournal.open(journal) as opened:
        session = opened.session
        picture, count = open_picture(session), opened.store.entry_count
        trial = Trial(policy, session.mode)
        releaser = Releaser(policy, owner=owner, mode=session.mode, secret=secret or secrets.token_bytes(32))
        has_looks = bool(policy.grants_of(Kind.LOOK))
        looks: list[Shared] = []
        for done, event in enumerate(opened.events(), 1):
            picture = advance(picture, event)
            if isinstance(event, Scan):
                trial.t_last_tai_ns = max(trial.t_last_tai_ns, event.t_received_tai_ns)
                if has_looks:
                    looks.append(offer_of_scan(event))
            if trial.t_last_tai_ns and releaser.is_due(trial.t_last_tai_ns):
                _round(trial, releaser, picture, owner, looks, hear)
                looks = []
            if tell is not None and done % TELL_EVERY == 0:
                tell(done / max(count, 1))
    return trial


def _round(
    trial: Trial, releaser: Releaser, picture: Picture, owner: str, looks: list[Shared],
    hear: Callable[[tuple[Outgoing, ...]], None] | None,
) -> None:  # fmt: skip
    offers = offers_of(picture, owner)
    for one in offers:
        if isinstance(one, SharedTrack | SharedEvent):
            trial.own[_name_of(one)] = one
    messages = releaser.release((*offers, *looks), trial.t_last_tai_ns)
    for message in messages:
        by_name = {_name_of(one): one for one in message.content if not isinstance(one, SharedDrop)}
        for row in message.log:
            if row.is_released:
                trial.told[row.name] = by_name.get(row.told_as, trial.told.get(row.name))  # type: ignore[assignment]
                trial.revisions[row.name] += 1
            elif row.name not in trial.rows or trial.rows[row.name].why != row.why:
                trial.withheld[row.kind, row.why] += 1
            if row.is_released or not trial.revisions[row.name]:
                trial.rows[row.name] = row
    if hear is not None:
        hear(messages)
    else:
        trial.messages += messages


def trial_document(trial: Trial) -> dict[str, Any]:
    """What would have left, and what not, as one document."""
    return {
        "peer": trial.policy.peer,
        "policy_sha256": trial.policy.digest,
        "mode": trial.mode.value,
        "released": [
            {"class": row.kind, "own": name, "told_as": row.told_as, "grant": row.grant, "times": trial.revisions[name],
             "fields": row.fields}
            for name, row in trial.rows.items() if row.is_released
        ],
        "withheld": [
            {"class": row.kind, "own": name, "why": row.why}
            for name, row in trial.rows.items() if not row.is_released
        ],
    }  # fmt: skip


def write_trial(trial: Trial) -> None:
    """The same for people."""
    out = sys.stdout.write
    out(f"to {trial.policy.peer}, a watch of mode {trial.mode.value}; nothing was sent\n")
    released = [(name, row) for name, row in trial.rows.items() if row.is_released]
    for name, row in released:
        times = trial.revisions[name]
        out(f"released  {row.kind:<7} {name:<14} as {row.told_as}   {times} time{'s' if times > 1 else ''}"
            f"   by grant {row.grant}\n")  # fmt: skip
    if not released:
        out("released  nothing\n")
    for (kind, why), count in sorted(trial.withheld.items()):
        out(f"withheld  {kind:<7} {count} of them: {why}\n")
    if trial.own:
        out("`--explain NAME` tells one of them field by field\n")


def explain_document(trial: Trial, asked: str) -> dict[str, Any]:
    """One event or track, field by field: ours, and what the peer would hold of it."""
    names = [name for name in trial.own if name == asked or name.startswith(f"{asked}-")]
    if not names:
        known = ", ".join(sorted(trial.own)) or "none"
        raise NotFoundError(f"this journal tells of no {asked!r}; there are {known}")
    return {"peer": trial.policy.peer, "mode": trial.mode.value, "offers": [_explained(trial, name) for name in names]}


def _explained(trial: Trial, name: str) -> dict[str, Any]:
    row, told = trial.rows.get(name), trial.told.get(name)
    fields = []
    own_values = _values(trial.own[name])
    told_values = _values(told) if told is not None else {}
    how = {} if row is None else row.fields
    for key, value in own_values.items():
        held = told_values.get(key)
        words = "withheld" if told is None else how.get(key, "")
        if told is not None and not words:
            words = "as it is" if held == value else "withheld" if held is None else "coarse"
        fields.append({"field": key, "own": value, "told": held, "how": words})
    return {
        "own": name,
        "is_released": told is not None,
        "told_as": None if row is None else row.told_as or None,
        "grant": None if row is None else row.grant or None,
        "why": "" if row is None else row.why,
        "fields": fields,
    }


def write_explanation(document: dict[str, Any]) -> None:
    """The same for people: a line a field."""
    out = sys.stdout.write
    for one in document["offers"]:
        head = f"told as {one['told_as']} by grant {one['grant']}" if one["is_released"] else f"withheld: {one['why']}"
        out(f"{one['own']} to {document['peer']}: {head}\n")
        for row in one["fields"]:
            told = "-" if row["told"] is None else row["told"]
            out(f"  {row['field']:<14} {_short(row['own']):<44} {_short(told):<44} {row['how']}\n")


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= 44 else text[:41] + "..."


def _values(one: Shared) -> dict[str, Any]:
    """Field by field as people read it: degrees, kilometres, UTC; what is empty is None."""
    found: dict[str, Any] = {}
    if isinstance(one, SharedTrack):
        lat, lon, height = geodetic_from_itrf(np.array(one.position_itrf_m))
        place = f"{np.degrees(lat):.4f} {np.degrees(lon):.4f} {height / 1e3:.3f} km"
        variances = [one.covariance[i * (i + 3) // 2] for i in range(6)]
        sigmas = " ".join(f"{v**0.5 / 1e3:.3g}" for v in variances[:3])
        found = {
            "number": one.number, "time": utc_text_from_tai_ns(one.t_tai_ns), "position": place,
            "velocity": " ".join(f"{v:.1f}" for v in one.velocity_itrf_mps) + " m/s",
            "covariance": f"{sigmas} km (x y z)",
            "parents": one.parents, "phase": one.phase, "probabilities": one.probabilities, "phenomena": one.phenomena,
            "provenance": one.provenance, "sensors": one.sensors, "responsible": one.is_responsible or None,
            "caveats": one.caveats,
        }  # fmt: skip
    if isinstance(one, SharedEvent):
        found = {
            "event": one.event_id, "revision": one.revision, "kind": one.kind, "evidence": one.evidence.value,
            "said": utc_text_from_tai_ns(one.t_said_tai_ns), "phenomena": one.phenomena,
            "probabilities": one.probabilities,
            "launch": None if one.launch is None else f"{one.launch.lat_deg:.4f} {one.launch.lon_deg:.4f}",
            "azimuth": None if one.launch is None else one.launch.azimuth_deg,
            "impact": None if one.impact is None else f"{one.impact.lat_deg:.4f} {one.impact.lon_deg:.4f}",
            "count": one.count, "tracks": one.tracks, "message": one.message.value, "text": one.text,
            "caveats": one.caveats,
        }  # fmt: skip
    return {key: value if value not in ("", (), {}) else None for key, value in found.items()}


def _name_of(one: Shared) -> str:
    if isinstance(one, SharedTrack):
        return one.number
    if isinstance(one, SharedEvent):
        return one.event_id
    return type(one).__name__
