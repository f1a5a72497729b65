"""Where notices are kept: one file of JSON lines in the data directory, only ever added to.

A notice is written and synced before it is said to be kept. A line that can no longer be read is reported and skipped.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from vedette.core.errors import BadInputError, NotFoundError
from vedette.formats.notice_csv import read_notice_rows
from vedette.formats.notice_json import document_from_notice, read_notices
from vedette.reports import Notice

MOST_BYTES = 64 * 1024 * 1024


class NoticeStore:
    """The notices of one data directory."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notices.jsonl"

    def read(self) -> list[Notice]:
        """Everything kept, in the order it was added; lines that cannot be read are named on stderr."""
        if not self.path.is_file():
            return []
        kept = []
        for found in read_notices(self.path.read_text(encoding="utf-8", errors="replace"), str(self.path), 0):
            if isinstance(found, Notice):
                kept.append(found)
            else:
                sys.stderr.write(f"set aside: {found}\n")
        return kept

    def add(self, notices: Iterable[Notice]) -> int:
        """Keep those that are new; how many were."""
        known = {_same(notice) for notice in self.read()}
        fresh = [notice for notice in notices if _same(notice) not in known]
        fresh = list({_same(notice): notice for notice in fresh}.values())
        if fresh:
            with self.path.open("a", encoding="utf-8") as file:
                if file.tell() and not self.path.read_bytes().endswith(b"\n"):
                    file.write("\n")  # a line cut short by a crash stays by itself
                for notice in fresh:
                    file.write(json.dumps(document_from_notice(notice), ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
        return len(fresh)


def _same(notice: Notice) -> str:
    """What makes two notices one: everything but when we received it."""
    document = document_from_notice(notice)
    document.pop("received_utc", None)
    return json.dumps(document, sort_keys=True)


def notices_in(path: Path, t_received_tai_ns: int) -> Iterator[Notice | BadInputError]:
    """Notices of a JSON, JSON-lines or CSV file (`-`: JSON from standard input)."""
    if str(path) == "-":
        yield from read_notices(sys.stdin.read(MOST_BYTES), "standard input", t_received_tai_ns)
        return
    text = text_of(path)
    reader = read_notice_rows if path.suffix.lower() == ".csv" else read_notices
    yield from reader(text, str(path), t_received_tai_ns)


def text_of(path: Path) -> str:
    """The text of a file of bearable size; NotFoundError or BadInputError otherwise."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInputError(f"larger than {MOST_BYTES // 2**20} MiB", str(path), "split it")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadInputError(f"not readable as text ({trouble})", str(path), "notices are UTF-8") from None
