"""A cancellation while the desk's file is held by another process: signed, told at once, filed when the desk is free.

A process that hangs in the middle of writing must not keep a mistake standing. What was decided lies in a file of its
own beside the desk, signed by the record key, until somebody opens the desk to write: then it is filed, by the rules.
"""

import base64
import binascii
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from vedette.assessment.alerts import Act, Desk, Outcome, Sent, cancel, decode_record, encode_record
from vedette.assessment.alerts.judge import trouble_of
from vedette.core.errors import RefusedError, UnreachableError
from vedette.doors.key_files import write_secret
from vedette.reports.alert_event import MessageType
from vedette.sharing import RecordKey

_CONTEXT = b"vedette aside 1\n"


class _Aside(msgspec.Struct, forbid_unknown_fields=True):
    record: str
    signature: str


def aside_folder(desk: Path) -> Path:
    """Where a desk's acts lie that could not be filed yet."""
    return desk.with_name(f"{desk.stem}-aside")


def put_aside(desk: Path, record: Sent, key: RecordKey) -> Path:
    """Write an act to a file of its own, on the disk when this returns."""
    words = encode_record(record)
    signature = base64.b64encode(key.sign(_CONTEXT + words)).decode()
    path = aside_folder(desk) / f"{record.t_tai_ns}-{os.getpid()}.json"
    try:
        write_secret(path, msgspec.json.encode(_Aside(words.decode(), signature)).decode())
    except OSError as trouble:
        raise UnreachableError(f"{path}: cannot be written ({trouble.strerror}); check the disk") from trouble
    return path


def lying_aside(desk: Path, key: RecordKey) -> Iterator[tuple[Path, Sent]]:
    """Acts that lie aside, oldest first; a file that our key did not sign is left where it is, and never filed."""
    folder = aside_folder(desk)
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            found = msgspec.json.decode(path.read_bytes(), type=_Aside)
            words, signature = found.record.encode(), base64.b64decode(found.signature, validate=True)
            record = decode_record(words)
        except (msgspec.DecodeError, binascii.Error, ValueError, OSError):
            continue
        if isinstance(record, Sent) and key.public.check(_CONTEXT + words, signature):
            yield path, record


def filed(desk: Desk, record: Sent) -> Outcome:
    """What filing a cancellation comes to: itself, or one that also takes back what was sent in between."""
    if record.event.message_type is not MessageType.CANCEL or len(record.people) != 1:
        raise RefusedError(f"{record.alert_id}: only a cancellation is filed later")
    if not trouble_of(desk, record):
        return Outcome((record,), f"{record.alert_id}: filed", record.event)
    act = Act(
        alert_id=record.alert_id, person=record.people[0], t_tai_ns=record.t_tai_ns, reason=record.event.cancel_reason
    )
    return cancel(desk, act)
