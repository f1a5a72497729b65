"""Lines of a byte stream, each of bounded length: a line of one gigabyte costs no memory.

`readline` with a limit hands out what has arrived, so a live pipe is read line by line and nothing waits for a full
buffer.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_LINE_BYTES = 8 * 1024 * 1024  # a scan of some 30,000 detections
_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its newline; of a line that is too long only the start."""

    number: int  # from 1
    data: bytes
    byte_count: int  # of the whole line, newline included
    is_too_long: bool = False
    has_newline: bool = True
    sha256: str = ""  # of the whole line, only when it is too long


def read_lines(stream: BinaryIO, max_bytes: int = MAX_LINE_BYTES) -> Iterator[Line]:
    """Every line of a binary stream in order; the rest of an overlong line is read past, never kept."""
    number = 0
    while True:
        data = stream.readline(max_bytes + 1)
        if not data:
            return
        number += 1
        if data.endswith(b"\n"):
            yield Line(number, data.rstrip(b"\r\n"), len(data))
        elif len(data) <= max_bytes:
            yield Line(number, data, len(data), has_newline=False)
        else:
            yield _skip_rest(stream, number, data)


def _skip_rest(stream: BinaryIO, number: int, data: bytes) -> Line:
    digest = hashlib.sha256(data)
    byte_count = len(data)
    has_newline = False
    while not has_newline and (rest := stream.readline(_CHUNK_BYTES)):
        digest.update(rest)
        byte_count += len(rest)
        has_newline = rest.endswith(b"\n")
    return Line(number, data[:200], byte_count, True, has_newline, digest.hexdigest())
