"""What a server that was killed leaves behind, so that the next one goes on with its journal: `DATA/serving.json`.

The file stands while a server runs and is taken away when it ends in order. One that finds it, and is asked to watch
the very same, resumes that journal: pages come back by themselves, and no alert is proposed twice.
"""

import contextlib
import hashlib
import os
from pathlib import Path

import msgspec

from vedette.doors.server.pipe import WatchPlan

FILE = "serving.json"


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """A server that runs, or was killed."""

    plan_sha256: str
    journal: str
    pid: int


def remember(data_dir: Path, plan: WatchPlan, journal: str) -> None:
    """This server writes this journal."""
    left = Left(plan_sha256=digest_of(plan), journal=journal, pid=os.getpid())
    aside = data_dir / f"{FILE}.part"
    aside.write_bytes(msgspec.json.encode(left) + b"\n")
    aside.replace(data_dir / FILE)


def forget(data_dir: Path) -> None:
    """The server ended in order."""
    with contextlib.suppress(OSError):
        (data_dir / FILE).unlink(missing_ok=True)


def journal_left(data_dir: Path, plan: WatchPlan, journals: Path) -> Path | None:
    """The journal to go on with; None when nothing was left, or something else was watched, or it still runs."""
    try:
        left = msgspec.json.decode((data_dir / FILE).read_bytes(), type=Left)
    except (OSError, msgspec.DecodeError):
        return None
    path = journals / left.journal
    if left.plan_sha256 != digest_of(plan) or not path.is_file() or path.parent != journals or _runs(left.pid):
        return None
    return path


def digest_of(plan: WatchPlan) -> str:
    """What makes two plans the same watch: everything but how fast it is played, and where it is kept."""
    told = msgspec.structs.replace(plan, speed=None, head_s=0.0, is_standby=False, data_dir=None, node=None)
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


def _runs(pid: int) -> bool:
    """True when that process lives and is another; a number used again is taken for it, and a new journal begun."""
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    command = Path(f"/proc/{pid}/cmdline")
    return not command.is_file() or b"vedette" in command.read_bytes() or b"serve" in command.read_bytes()
