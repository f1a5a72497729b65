"""A file that is open only while it is read from, so that a directory of thousands can be merged."""

import io
from pathlib import Path

BUFFER_BYTES = 64 * 1024


class _PatientFile(io.RawIOBase):
    """Opens, reads at its own place, and closes again; opening costs little beside 64 KiB of parsing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        with self.path.open("rb", buffering=0) as stream:
            stream.seek(self.offset)
            count = stream.readinto(buffer)
        self.offset += count or 0
        return count or 0


def open_patiently(path: Path) -> io.BufferedReader:
    """A binary stream of a regular file that holds no file handle between reads."""
    return io.BufferedReader(_PatientFile(path), BUFFER_BYTES)
