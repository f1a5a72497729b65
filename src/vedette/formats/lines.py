"""Lines of a byte stream, each of bounded length: a line of one gigabyte costs no memory.

`readline` with a limit hands out what has arrived, so a live pipe is read line by line and nothing waits for a full
buffer.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

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


class LineGatherer:
    """Lines from a stream that comes in pieces, such as a socket; of an overlong line only the start is kept."""

    def __init__(self, max_bytes: int = MAX_LINE_BYTES) -> None:
        self.max_bytes = max_bytes
        self._number = 0
        self._held = bytearray()
        self._skipping: tuple[bytes, Any, int] | None = None  # start, digest, bytes so far

    @property
    def is_in_a_line(self) -> bool:
        """Whether the end of a line is awaited."""
        return bool(self._held) or self._skipping is not None

    def take(self, piece: bytes) -> Iterator[Line]:
        """The lines that this piece completes."""
        parts = piece.split(b"\n")
        for part in parts[:-1]:
            yield self._completed(part)
        self._hold(parts[-1])

    def rest(self) -> Iterator[Line]:
        """The stream is over: the line that was not ended, if there is one."""
        if self.is_in_a_line:
            line = self._completed(b"")
            yield replace(line, has_newline=False, byte_count=line.byte_count - 1)

    def _hold(self, part: bytes) -> None:
        if self._skipping is not None:
            start, digest, count = self._skipping
            digest.update(part)
            self._skipping = (start, digest, count + len(part))
            return
        self._held += part
        if len(self._held) > self.max_bytes:
            held = bytes(self._held)
            self._skipping = (held[:200], hashlib.sha256(held), len(held))
            self._held.clear()

    def _completed(self, part: bytes) -> Line:
        self._number += 1
        self._hold(part)
        if self._skipping is not None:
            start, digest, count = self._skipping
            self._skipping = None
            digest.update(b"\n")
            return Line(self._number, start, count + 1, True, True, digest.hexdigest())
        data = bytes(self._held)
        self._held.clear()
        return Line(self._number, data.rstrip(b"\r"), len(data) + 1)
