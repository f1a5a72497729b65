"""What `vedette channels` does and shows."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, UsageError, VedetteError
from vedette.doors.alert_desk import kinds_kept
from vedette.doors.channels import Channel, Told, deliver, payload, probe, read_channels, send, standing
from vedette.doors.data_dir import data_dir_of
from vedette.doors.seal_file import now_tai_ns
from vedette.formats.alert_texts import drill_trouble
from vedette.reports import Evidence, Mode
from vedette.reports.alert_event import AlertEvent, Audience, EventKind
from vedette.time import utc_text_from_tai_ns

_TEST_VALID_S = 600


def configured(file: Path | None, data_dir: Path | None) -> tuple[Channel, ...]:
    """The channels of a file, or of `channels.toml` in the data directory."""
    return read_channels(file if file is not None else data_dir_of(data_dir) / "channels.toml")


def list_channels(file: Path | None, data_dir: Path | None, is_json: bool) -> int:
    """Every channel, where it leads, what it carries."""
    found = configured(file, data_dir)
    if is_json:
        return _json({"channels": [{**_public(one), "place": _place(one)} for one in found]})
    for one in found:
        off = "  (off)" if one.is_off else ""
        carries = f"{','.join(one.format)} in {','.join(one.languages)}"
        sys.stdout.write(f"{one.name:<20} {one.mode.value:<10} {one.kind:<8} {carries:<24} {_place(one)}{off}\n")
    return 0


def test_channels(file: Path | None, data_dir: Path | None, name: str | None, is_json: bool) -> int:
    """Try channels; exit code 1 when one does not work."""
    rows = []
    for one in _named(configured(file, data_dir), name):
        is_sent = one.mode is not Mode.REAL
        try:
            words = send(one, payload(test_event(one.mode), one)) if is_sent else probe(one)
            rows.append({"channel": one.name, "mode": one.mode.value, "works": True, "sent": is_sent, "says": words})
        except (VedetteError, OSError) as trouble:
            words = " ".join(str(trouble).split())
            rows.append({"channel": one.name, "mode": one.mode.value, "works": False, "sent": False, "says": words})
    if is_json:
        _json({"channels": rows})
    else:
        for row in rows:
            how = "works, told that nothing has happened" if row["sent"] else "works, nothing sent"
            sys.stdout.write(f"{row['channel']:<20} {how if row['works'] else 'DOES NOT WORK'}: {row['says']}\n")
    return 0 if all(row["works"] for row in rows) else 1


def test_event(mode: Mode) -> AlertEvent:
    """A message that says that nothing has happened."""
    now = now_tai_ns()
    name = f"channel-test-{utc_text_from_tai_ns(now)[:19].replace(':', '')}Z"
    return AlertEvent(
        event_id=name, message_id=name, mode=mode, kind=EventKind.CHANNEL_TEST, sender="vedette",
        audience=Audience.RESTRICTED, t_created_tai_ns=now, t_sent_tai_ns=now,
        t_valid_until_tai_ns=now + _TEST_VALID_S * NS_PER_S, evidence=Evidence.CANDIDATE,
    )  # fmt: skip


def show_status(file: Path | None, data_dir: Path | None, name: str | None, is_json: bool) -> int:
    """How every message stands on every channel; exit code 1 when one is owed."""
    found = _named(configured(file, data_dir), name)
    folder = data_dir_of(data_dir)
    rows = [row for kind in kinds_kept(folder) for row in standing(folder, kind, found)]
    return _show(rows, is_json)


def deliver_now(file: Path | None, data_dir: Path | None, name: str | None, for_s: float, is_json: bool) -> int:
    """Deliver what is owed; exit code 1 when something is owed still."""
    if not 0.0 < for_s <= 86_400.0:
        raise UsageError(f"--for-s {for_s:g}: give seconds, up to a day")
    found = _named(configured(file, data_dir), name)
    folder = data_dir_of(data_dir)
    kinds = kinds_kept(folder)
    rows = [row for kind in kinds for row in deliver(folder, kind, found, for_s=for_s / len(kinds))]
    return _show(rows, is_json)


def check_script(path: str | None, is_json: bool) -> int:
    """Whether a drill's text is free of live phrases; exit code 1 when it holds one."""
    if path is None:
        raise UsageError("name the text of the drill: a file, or - for standard input")
    if path == "-":
        text = sys.stdin.read()
    else:
        try:
            text = Path(path).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise NotFoundError(f"{path}: no such file") from None
    trouble = drill_trouble(text)
    if is_json:
        _json({"is_fit_for_a_drill": not trouble, "trouble": trouble or None})
    else:
        sys.stdout.write(f"not fit for a drill: {trouble}\n" if trouble else "no live phrase is in it\n")
    return 1 if trouble else 0


def _show(rows: Sequence[Told], is_json: bool) -> int:
    owed = [row for row in rows if row.state in ("waiting", "claimed", "failed")]
    if is_json:
        _json({"owed": len(owed), "messages": [_row(row) for row in rows]})
    else:
        for row in rows:
            one = row.delivery
            words = "" if one is None else one.receipt or one.trouble
            event = row.posted.event
            head = f"{event.mode.value:<10} {event.message_type.value:<7} {event.message_id:<28} {row.channel:<20}"
            sys.stdout.write(f"{head} {row.state:<10} {words}".rstrip() + "\n")
        sys.stdout.write(f"{len(rows)} deliveries, {len(owed)} owed\n")
    return 1 if owed else 0


def _row(row: Told) -> dict[str, Any]:
    one, event = row.delivery, row.posted.event
    return {
        "message_id": event.message_id,
        "event_id": event.event_id,
        "alert_id": row.posted.alert_id,
        "message_type": event.message_type.value,
        "mode": event.mode.value,
        "channel": row.channel,
        "state": row.state,
        "tries": 0 if one is None else one.tries,
        "t_decided_utc": utc_text_from_tai_ns(row.posted.t_tai_ns),
        "t_done_utc": None if one is None or one.t_done_tai_ns is None else utc_text_from_tai_ns(one.t_done_tai_ns),
        "receipt": None if one is None else one.receipt or None,
        "trouble": None if one is None else one.trouble or None,
    }


def _named(found: Iterable[Channel], name: str | None) -> tuple[Channel, ...]:
    every = tuple(found)
    if name is None:
        return every
    named = tuple(one for one in every if one.name == name)
    if not named:
        raise NotFoundError(f"no channel {name!r}; there are {', '.join(one.name for one in every) or 'none'}")
    return named


def _public(one: Channel) -> dict[str, Any]:
    return {
        "name": one.name, "kind": one.kind, "mode": one.mode.value, "format": one.format, "languages": one.languages,
        "is_off": one.is_off,
    }  # fmt: skip


def _place(one: Channel) -> str:
    match one.kind:
        case "file":
            return one.folder
        case "webhook":
            return one.url
        case "smtp":
            return f"{', '.join(one.to)} by {one.host}:{one.port}"
    return " ".join(one.command)


def _json(document: dict[str, Any]) -> int:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n")
    return 0
