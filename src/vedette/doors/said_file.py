"""What was said, kept beside the journal as it was said: `JOURNAL.said`, a line for every event and alert.

The journal holds what came in, from which every picture can be made again; by another version of the engine it may be
made otherwise. This file tells what people were told at the time, and by which engine. Lines are chained by SHA-256 to
all before them and to the journal's own first link; none is ever rewritten. A watch goes on when it cannot be written.
"""

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from vedette.core.errors import BadInputError, NotFoundError
from vedette.doors.engine_mark import engine_mark
from vedette.doors.wire import spelling_of
from vedette.engine import Picture, Session

FORM = 1
_CURE = "restore it from a copy; the journal itself is not concerned"


def said_path(journal: Path) -> Path:
    """Where what was said lies."""
    return journal.with_name(journal.name + ".said")


@dataclass(frozen=True, slots=True)
class SaidRow:
    """One thing that was said after an entry: an event or an alert, as `--jsonl` spells it."""

    entry: int
    body: dict[str, Any]  # {"event": ...} or {"alert": ...}


@dataclass(frozen=True, slots=True)
class SaidRecord:
    """Everything that was said, and by which engines: (from which entry on, version, mark)."""

    engines: tuple[tuple[int, str, str], ...]
    rows: tuple[SaidRow, ...]


@dataclass(slots=True)
class SaidWriter:
    """Adds to the file of one journal; opened when there is something to say."""

    journal: Path
    first_link: bytes
    session: Session
    _file: BinaryIO | None = None
    _link: str = ""
    _is_lost: bool = field(default=False)

    def say(self, picture: Picture, entry: int) -> None:
        """Keep what the picture has just said, after it is in the journal."""
        spell = spelling_of(picture)
        bodies: list[dict[str, Any]] = [{"event": spell.event(one)} for one in picture.new_findings]
        bodies += [{"alert": spell.alert(one)} for one in picture.new_alerts]
        if not bodies or self._is_lost:
            return
        try:
            for body in bodies:
                self._write({"entry": entry, **body}, entry)
            if self._file is not None:
                self._file.flush()
        except (OSError, BadInputError) as trouble:
            self._is_lost = True
            sys.stderr.write(f"what is said is not kept beside the journal: {trouble}\n")

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, row: dict[str, Any], entry: int) -> None:
        if self._file is None:
            path = said_path(self.journal)
            self._link = _newest_link(path, self.first_link)
            self._file = path.open("ab")
            engine = {"version": self.session.engine_version, "mark": engine_mark()}
            self._write({"entry": entry, "said": FORM, "engine": engine}, entry)
        self._link = _next_link(self._link, msgspec.json.encode(row))
        self._file.write(msgspec.json.encode({**row, "link": self._link}) + b"\n")


def read_said(journal: Path, first_link: bytes) -> SaidRecord:
    """Everything that was said; NotFoundError when nothing was kept, BadInputError at the first line that was changed.

    A last line that was cut short by a crash is left out.
    """
    path = said_path(journal)
    engines: list[tuple[int, str, str]] = []
    rows: list[SaidRow] = []
    if not path.is_file():
        version = "it was written before what is said was kept, or its .said file was not copied with it"
        raise NotFoundError(f"{path}: what was said is not kept beside this journal: {version}")
    for number, row in _lines(path, first_link):
        entry = row.pop("entry")
        if "engine" in row:
            engines.append((entry, str(row["engine"]["version"]), str(row["engine"]["mark"])))
        elif "event" in row or "alert" in row:
            rows.append(SaidRow(entry, row))
        else:
            raise BadInputError("a line of a form that is not known", f"{path} line {number}", _CURE)
    return SaidRecord(tuple(engines), tuple(rows))


def _lines(path: Path, first_link: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    link = first_link.hex()
    text = path.read_bytes()
    lines = text.split(b"\n")
    for number, line in enumerate(lines[:-1], 1):  # after the last newline is nothing, or a line cut short
        try:
            row = msgspec.json.decode(line, type=dict[str, Any])
            stated = row.pop("link")
            is_good = isinstance(row["entry"], int)
        except (msgspec.DecodeError, KeyError):
            stated, row, is_good = None, {}, False
        link = _next_link(link, msgspec.json.encode(row))
        if not is_good or stated != link:
            raise BadInputError("the line is not as it was written", f"{path} line {number}", _CURE)
        yield number, row


def _newest_link(path: Path, first_link: bytes) -> str:
    """The link that the next line is chained to; a last line cut short by a crash is taken away."""
    if not path.exists():
        return first_link.hex()
    text = path.read_bytes()
    whole = text[: text.rfind(b"\n") + 1]
    if len(whole) < len(text):
        path.write_bytes(whole)
    link = first_link.hex()
    for _, row in _lines(path, first_link):
        link = _next_link(link, msgspec.json.encode(row))
    return link


def _next_link(link: str, row: bytes) -> str:
    return hashlib.sha256(link.encode() + b"\n" + row).hexdigest()
