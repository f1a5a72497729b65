"""Kernels made before they are needed: the first launch must not wait a minute for a compiler.

Compiled code is kept on disk (numba's cache), so this is slow once, on a fresh checkout or after an update, and skipped
ever after. The way to make exactly the kernels that a watch needs is to watch: a story is played to its first launch.

Two processes share the work: one plays from the beginning, with a catalogue; the other begins where the first flame is
seen. What either has made the other finds on the disk. `./run demo` begins this while the console is still being built
(`python -m vedette.doors.server.warming`); who comes meanwhile waits for it and tells how far it is.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STORY, SEED, SCANS = "two-launches", 1, 66  # the first fit of a launch comes with the 61st
FLAMES = 40  # the first of them is seen some looks later
OBJECTS = 200
WAIT_S = 0.3
# files whose kernels that play makes; when each has something in the cache, there is nothing to do
_KERNELS = (
    "assessment/flight_posterior.py", "assessment/profile_kernel.py", "assessment/typing/density_kernel.py",
    "catalogue/known_kernels.py", "motion/sgp4/bulk.py", "motion/boost.py", "tracking/kernels/row.py",
)  # fmt: skip


def is_cold() -> bool:
    """True when some kernel of the launch path was never compiled here, or is older than its file."""
    package = Path(__file__).resolve().parents[2]
    elsewhere = os.environ.get("NUMBA_CACHE_DIR")
    for name in _KERNELS:
        source = package / name
        folder = source.parent / "__pycache__"
        places = Path(elsewhere).glob(f"**/{source.stem}.*.nbi") if elsewhere else folder.glob(f"{source.stem}.*.nbi")
        if not any(one.stat().st_mtime >= source.stat().st_mtime for one in places):
            return True
    return False


def prepare(tell: Callable[[int, int], None], is_wanted: Callable[[], bool] = lambda: True) -> None:
    """Make what is missing, or wait for whoever is making it; `tell` hears how far it is, `is_wanted` may end it."""
    while is_cold() and is_wanted():
        with _turn() as is_ours:
            if is_ours:
                _warm_in_two(tell, is_wanted)
                return
        told = _told()
        if told is not None:
            tell(*told)
        time.sleep(WAIT_S)


def warm(tell: Callable[[int, int], None], is_wanted: Callable[[], bool] = lambda: True, first: int = 0) -> None:
    """Play a story to its first launch, and nobody looks; from the look numbered `first` on, and then without a sky."""
    from vedette.engine import CatalogueGiven, Session, advance, open_picture
    from vedette.exercise.made_up_sky import population
    from vedette.formats.elements_pack import pack_elements
    from vedette.reports import Mode
    from vedette.scenario import make_scenario, read_story
    from vedette.sensing import format_sensors

    tell(0, SCANS)
    if not is_wanted():
        return
    made = make_scenario(read_story(STORY), SEED)
    picture = open_picture(Session(mode=Mode.SIMULATED, sensors_toml=format_sensors(made.sensors)))
    if not first:
        packed, sha256 = pack_elements(population(OBJECTS, SEED, made.story.t_start_tai_ns))
        t = made.scans[0].t_received_tai_ns
        given = CatalogueGiven(t_received_tai_ns=t, source="", count=OBJECTS, sha256=sha256, packed=packed)
        picture = advance(picture, given)
    for number, scan in enumerate(made.scans[first:SCANS], start=first + 1):
        if not is_wanted():
            return
        picture = advance(picture, scan)
        tell(number, SCANS)


def _warm_in_two(tell: Callable[[int, int], None], is_wanted: Callable[[], bool]) -> None:
    """The looks with flames in a process of their own, all looks with a sky in this one."""

    def told(done: int, of: int) -> None:
        with suppress(OSError):
            _place().write_text(f"{done} {of}", encoding="ascii")
        tell(done, of)

    other = None
    if (os.cpu_count() or 1) > 1:
        words = [sys.executable, "-m", __spec__.name if __spec__ else __name__, str(FLAMES)]
        with suppress(OSError):
            other = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        warm(told, is_wanted)
        while other is not None and other.poll() is None and is_wanted():
            time.sleep(WAIT_S)
    finally:
        if other is not None and other.poll() is None:
            other.terminate()
            other.wait()


def _place() -> Path:
    """Where who prepares says so, beside what is made."""
    elsewhere = os.environ.get("NUMBA_CACHE_DIR")
    return Path(elsewhere or Path(__file__).resolve().parents[2] / "__pycache__") / "preparing"


def _told() -> tuple[int, int] | None:
    """How far whoever prepares has come, as far as it says."""
    try:
        done, of = _place().read_text(encoding="ascii").split()
        return int(done), int(of)
    except (OSError, ValueError):
        return None


@contextmanager
def _turn() -> Iterator[bool]:
    """True while nobody else prepares; who dies loses its turn. Always, where files cannot be locked or written."""
    try:
        import fcntl

        _place().parent.mkdir(parents=True, exist_ok=True)
        lock = _place().open("a+b")
    except (ImportError, OSError):
        yield True
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def main(words: list[str]) -> int:
    """Prepare, quietly; with a number, play from that look on alone."""
    if words:
        warm(lambda done, of: None, first=int(words[0]))
    else:
        prepare(lambda done, of: None)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
