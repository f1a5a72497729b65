"""A disk that is small and soon full."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def mounted(place: Path, size: str = "40m") -> Iterator[Path]:
    """A disk of its own at this place; a skip where none can be mounted."""
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("a small disk is mounted by root alone")
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    made = subprocess.run(words, capture_output=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"no tmpfs can be mounted here: {made.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def fill(place: Path, number: int = 0) -> None:
    """Every byte that is left, reserves that are freed meanwhile included."""
    with contextlib.suppress(OSError), open(place / f"filler-{number}", "ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * size)
