"""How a worker died: a crash in compiled code leaves the frames of its threads, and the server says why in words."""

import faulthandler
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDER = "crashes"
_WHY = {
    "SIGSEGV": "compiled code touched memory that is not its own",
    "SIGBUS": "the disk of a mapped file is full, or memory is broken",
    "SIGILL": "code compiled for another processor",
    "SIGFPE": "compiled code divided by zero",
    "SIGABRT": "a library ended it",
    "SIGKILL": "somebody ended it, or the system had no memory left (`dmesg` says so)",
}


@contextmanager
def frames_kept(data_dir: Path | None, name: str = "worker") -> Iterator[Path | None]:
    """While a process works: should it crash, the frames of all its threads stand in a file, and else on stderr.

    The file is there from the start, since who crashes can make none, and goes when all ends well.
    """
    path = None if data_dir is None else data_dir / FOLDER / f"{name}-{os.getpid()}.txt"
    try:
        if path is None:
            raise OSError
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w", encoding="utf-8")
    except OSError:
        with suppress(RuntimeError, ValueError, OSError):  # no stderr
            faulthandler.enable()
        yield None
        return
    assert path is not None
    with file:
        faulthandler.enable(file)
        try:
            yield path
        finally:
            faulthandler.disable()
            with suppress(OSError):
                path.unlink()


def death_in_words(code: int | None, pid: int, data_dir: Path | None, name: str = "worker") -> str:
    """What an exit code says, and where its frames are; "" for one that is no news."""
    if code is None or code == 0:
        return ""
    if code > 0:
        return f"exit code {code}"
    try:
        what = signal.Signals(-code).name
    except ValueError:
        what = f"signal {-code}"
    words = f"{what}: {_WHY[what]}" if what in _WHY else what
    path = None if data_dir is None else data_dir / FOLDER / f"{name}-{pid}.txt"
    with suppress(OSError):
        if path is not None and path.stat().st_size > 0:
            return f"{words}; where it was: {path}"
        if path is not None:
            path.unlink()  # killed from outside, it had nothing to say
    return words
