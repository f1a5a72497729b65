"""One entry of a journal as it was kept: what was received, in the units of doors, with every mark and doubt."""

import base64
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from vedette.core.errors import NotFoundError
from vedette.doors.explaining import door_values
from vedette.doors.journal_store import JournalEntry
from vedette.doors.sqlite_journal import SqliteJournal, decode_event
from vedette.engine import CatalogueGiven, Event
from vedette.formats.notice_json import document_from_notice
from vedette.reports import COLUMNS, Notice, Region, Scan
from vedette.time import utc_text_from_tai_ns

MOST_ROWS = 1_000  # of one scan; the rest is counted
MOST_TEXT = 20_000


def report_document(path: Path, number: int) -> dict[str, Any]:
    """An entry of a journal; NotFoundError when it does not reach so far."""
    with SqliteJournal.open(path) as journal:
        entry: JournalEntry | None = next(iter(journal.store.read(number)), None)
        if entry is None or entry.seq != number:
            raise NotFoundError(f"{path.name} has {journal.store.entry_count} entries, and no entry {number}")
        chain = journal.store.chain_after(number)
    event = decode_event(entry, path.name)
    return {
        "journal": path.name,
        "entry": entry.seq,
        "t_received_utc": utc_text_from_tai_ns(entry.t_received_tai_ns),
        "kind": entry.kind,
        "bytes": len(entry.payload),
        "chain": (chain or b"").hex(),
        "sensor_id": getattr(event, "sensor_id", None),
        "report": event_document(event),
    }


def event_document(event: Event) -> dict[str, Any]:
    """What an event says."""
    if isinstance(event, Scan):
        return scan_document(event)
    if isinstance(event, Notice):
        return document_from_notice(event)
    if isinstance(event, CatalogueGiven):
        return {"source": event.source, "sha256": event.sha256, "bytes": len(event.packed)}
    names = [one.name for one in fields(event)] if is_dataclass(event) else list(event.__struct_fields__)
    return {_door_name(name): _plain(name, getattr(event, name)) for name in names}


def scan_document(scan: Scan) -> dict[str, Any]:
    """One look of one sensor, silence included."""
    names = COLUMNS[scan.kind]
    rows = []
    for i in range(min(len(scan), MOST_ROWS)):
        rows.append(
            {
                "t_measured_utc": utc_text_from_tai_ns(int(scan.t_measured_tai_ns[i])),
                "values": dict(door_values(names, scan.values[i].tolist())),
                "sigmas": dict(door_values(names, scan.sigmas[i].tolist())),
            }
        )
    at = scan.sensor_position_itrf_m
    return {
        "sensor_id": scan.sensor_id,
        "kind": scan.kind.value,
        "mode": scan.mode.value,
        "t_received_utc": utc_text_from_tai_ns(scan.t_received_tai_ns),
        "detections": len(scan),
        "rows": rows,
        "looked_at": None if scan.looked_at is None else _region(scan.looked_at),
        "sensor_position_itrf_m": None if at is None else [float(value) for value in np.asarray(at).ravel()],
        "noise_rise_db": scan.noise_rise_db,
        "marks": list(scan.marks),
    }


def _region(looked_at: Region) -> dict[str, float]:
    names = tuple(one.name for one in fields(looked_at))
    return dict(door_values(names, [getattr(looked_at, name) for name in names]))


def _door_name(name: str) -> str:
    return name.removesuffix("_tai_ns") + "_utc" if name.endswith("_tai_ns") else name


def _plain(name: str, value: Any) -> Any:
    """Values that JSON can hold: instants as UTC, bytes as base64, long texts cut and said to be."""
    if name.endswith("_tai_ns") and isinstance(value, int):
        return utc_text_from_tai_ns(value)
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value[:MOST_TEXT]).decode(), "bytes": len(value)}
    if isinstance(value, str):
        return value if len(value) <= MOST_TEXT else value[:MOST_TEXT] + f"... ({len(value)} letters)"
    if is_dataclass(value) and not isinstance(value, type):
        return {_door_name(one.name): _plain(one.name, getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, np.ndarray):
        return [_plain("", one) for one in value.tolist()[:MOST_ROWS]]
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, tuple | list | frozenset):
        return [_plain("", one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(str(key), one) for key, one in value.items()}
    return msgspec.to_builtins(value)
