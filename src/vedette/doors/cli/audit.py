"""`vedette audit`: who did what at the desks, and whether the record of it is as it was written."""

from pathlib import Path
from typing import Any, Literal


def audit(
    action: Literal["list", "verify"],
    kind: Literal["live", "drill"] | None = None,
    *,
    alert: str | None = None,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Read the record of everything that was proposed, done and refused, or check it.

    `verify` recomputes every link of the chain, checks every signature and every signed checkpoint, compares the outbox
    with what was sent, judges every message by the rules (two people, one revision, one mode), and holds the journals
    that the proposals rest on against it. Exit code 1 when something was changed, cut, forged or against the rules, and
    the first such record is named; 6 when all is well but the key that signs is not trusted here.

    Parameters
    ----------
    action
        list or verify.
    kind
        The live desk or the drill desk; by default both.
    alert
        Of `list`: only what concerns this alert.
    data_dir
        Where alerts are kept.
    json
        One JSON document instead of text.
    """
    from vedette.assessment.alerts import DeskKind
    from vedette.core.errors import NotFoundError
    from vedette.doors.alert_desk import kinds_kept
    from vedette.doors.data_dir import data_dir_place

    folder = data_dir_place(data_dir)
    kinds = [one for one in kinds_kept(folder) if kind is None or one is DeskKind(kind)]
    if not kinds:
        raise NotFoundError(f"no alerts are kept in {folder / 'alerts'}; `vedette watch` proposes them")
    return _list(folder, kinds, alert, json) if action == "list" else _verify(folder, kinds, json)


def _list(folder: Path, kinds: list[Any], alert: str | None, is_json: bool) -> int:
    import sys

    import msgspec

    from vedette.doors.alert_desk import desk_path
    from vedette.doors.audit_log import AuditLog
    from vedette.doors.audit_words import record_line, record_row

    rows = []
    for kind in kinds:
        log = AuditLog.open(desk_path(folder, kind))
        for seq, record in log.read():
            if alert is not None and not getattr(record, "alert_id", "").startswith(alert):
                continue
            if is_json:
                rows.append(record_row(kind, seq, record))
            else:
                sys.stdout.write(record_line(kind, seq, record) + "\n")
        log.close()
    if is_json:
        sys.stdout.write(msgspec.json.encode({"records": rows}).decode() + "\n")
    return 0


def _verify(folder: Path, kinds: list[Any], is_json: bool) -> int:
    import sys

    import msgspec

    from vedette.core.errors import RefusedError
    from vedette.doors.alert_desk import desk_path
    from vedette.doors.audit_verdict import verify_audit
    from vedette.doors.key_files import KeyRing

    trust = KeyRing(folder).trust()
    found = [verify_audit(desk_path(folder, kind), trust, folder / "journals") for kind in kinds]
    if is_json:
        rows = [
            {
                "desk": one.kind.value, "path": str(desk_path(folder, one.kind)), "is_whole": one.is_whole,
                "records": one.record_count, "messages": one.message_count, "seals": one.seal_count,
                "journals": one.journal_count, "key_id": one.key_id, "is_trusted": one.is_trusted,
                "what": one.trouble or None,
            }
            for one in found
        ]  # fmt: skip
        sys.stdout.write(msgspec.json.encode({"desks": rows}).decode() + "\n")
    for one in () if is_json else found:
        if one.trouble:
            sys.stdout.write(f"{one.kind} desk: {one.trouble}; {one.record_count} records before it are good\n")
            continue
        counts = f"{one.record_count} records, {one.message_count} messages, {one.seal_count} signed checkpoints"
        sys.stdout.write(f"{one.kind} desk: {counts}, all as they were written; {one.journal_count} journals agree\n")
    if any(one.trouble for one in found):
        return 1
    strangers = sorted({one.key_id for one in found if not one.is_trusted})
    if strangers:
        raise RefusedError(f"whole, but signed by {', '.join(strangers)}, which is not trusted here")
    return 0
