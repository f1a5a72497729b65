"""Reports and exports for the server: made by a process of its own, one at a time, and kept while they are true.

A journal is minutes of work to play again, and the server never plays one itself. What was made is held as long as the
journal and the desk beside it have not changed.
"""

import asyncio
import sys
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

from vedette.core.errors import (
    BadInputError,
    NotFoundError,
    RefusedError,
    UnreachableError,
    UsageError,
    VedetteError,
)
from vedette.doors.server.problems import LaterError

LONGEST_S = 600.0
MOST_BYTES = 64 * 1024 * 1024
MOST_KEPT, MOST_KEPT_BYTES = 8, 48 * 1024 * 1024
MOST_WAITING = 4

_RUN = (  # beside a watch it comes second
    "import sys; from vedette.doors.stepping_back import step_back; step_back(); "
    "from vedette.doors.cli import main; sys.exit(main(sys.argv[1:]))"
)
_ERRORS: dict[int, type[VedetteError]] = {
    2: UsageError, 3: BadInputError, 4: NotFoundError, 5: UnreachableError, 6: RefusedError,
}  # fmt: skip


class Afterwards:
    """Makes them for one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._turn = asyncio.Semaphore(1)
        self._waiting = 0
        self._kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()

    async def made(self, journal: Path, *words: str) -> bytes:
        """What `vedette COMMAND JOURNAL ...` writes to standard output; its own errors, and UnreachableError."""
        key = (words, journal, *_stamps(journal, self.data_dir))
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if self._waiting >= MOST_WAITING:
            raise LaterError(f"{MOST_WAITING} reports are waited for already; come again in a minute", 60.0)
        self._waiting += 1
        try:
            async with self._turn:
                data = await _run(words[0], str(journal), *words[1:], "--out", "-", "--quiet")
        finally:
            self._waiting -= 1
        self._keep(key, data)
        return data

    def _keep(self, key: tuple[object, ...], data: bytes) -> None:
        self._kept[key] = data
        while len(self._kept) > MOST_KEPT or sum(map(len, self._kept.values())) > MOST_KEPT_BYTES:
            self._kept.popitem(last=False)


async def _run(*words: str) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _RUN, *words,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(), LONGEST_S)
    except TimeoutError:
        raise UnreachableError(f"it was not made within {LONGEST_S:.0f} s; make it with `vedette {words[0]}`") from None
    finally:
        if process.returncode is None:  # too long, or nobody waits for it any more
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        said = [line for line in err.decode(errors="replace").splitlines() if line.startswith("vedette: ")]
        sentence = (
            said[-1].removeprefix("vedette: ") if said else f"`vedette {words[0]}` ended with {process.returncode}"
        )
        kind = _ERRORS.get(process.returncode or 0, UnreachableError)
        raise kind(sentence)
    if len(out) > MOST_BYTES:
        raise UnreachableError(f"it is larger than {MOST_BYTES // 1024**2} MiB; make it with `vedette {words[0]}`")
    return out


def _stamps(journal: Path, data_dir: Path) -> list[tuple[int, int]]:
    """Sizes and times of the files it is made from."""
    found = []
    for path in (journal, *(data_dir / "alerts" / f"{kind}.sqlite" for kind in ("live", "drill"))):
        for one in (path, path.with_name(path.name + "-wal")):
            try:
                told = one.stat()
            except OSError:
                found.append((0, 0))
            else:
                found.append((told.st_size, told.st_mtime_ns))
    return found
