"""Keys on disk: `keys/` in the data directory, one file a key (mode 0600), and the list of keys that are believed.

The record key, which signs audit records and checkpoints, is made when it is first needed. Live and drill keys are
made by a person with `vedette keys make`, in files of their own.
"""

import os
import platform
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from vedette.core.errors import NotFoundError, RefusedError, UsageError
from vedette.sharing import (
    DrillKey,
    LiveKey,
    Purpose,
    RecordKey,
    Trust,
    Trusted,
    format_key,
    format_trust,
    make_key,
    parse_key,
    parse_trust,
    parse_trusted,
)
from vedette.sharing.keys import SECRET_SIZE, K

KIND_OF: dict[Purpose, type[LiveKey] | type[DrillKey] | type[RecordKey]] = {
    Purpose.LIVE: LiveKey,
    Purpose.DRILL: DrillKey,
    Purpose.RECORD: RecordKey,
}


class KeyRing:
    """The keys of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "keys"

    def path(self, purpose: Purpose) -> Path:
        """Where the key of a purpose lies."""
        return self.folder / f"{purpose}.key"

    def make(self, purpose: Purpose, owner: str = "") -> LiveKey | DrillKey | RecordKey:
        """A new key; UsageError when there is one, which is never overwritten."""
        key = make_key(KIND_OF[purpose], owner, secrets.token_bytes(SECRET_SIZE))
        path = self.path(purpose)
        try:
            write_secret(path, format_key(key))
        except FileExistsError:
            raise UsageError(f"{path} exists already; move it away before making another, consumers trust it") from None
        return key

    def read(self, kind: type[K]) -> K:
        """The key of a kind; NotFoundError when there is none, RefusedError when others could read or swap it."""
        path = self.path(kind.purpose)
        if not path.is_file():
            raise NotFoundError(f"no {kind.purpose} key at {path}; `vedette keys make {kind.purpose}` makes one")
        return parse_key(read_secret(path), str(path), kind)

    def record_key(self) -> RecordKey:
        """The key that signs what is recorded here, made at its first use."""
        if not self.path(Purpose.RECORD).is_file():
            with suppress(UsageError):  # another process was faster
                self.make(Purpose.RECORD, platform.node())
        return self.read(RecordKey)

    def own(self) -> list[LiveKey | DrillKey | RecordKey]:
        """Every key made here."""
        return [self.read(kind) for purpose, kind in KIND_OF.items() if self.path(purpose).is_file()]

    def trust(self) -> Trust:
        """The keys believed here: our own, and those that `vedette keys trust` added."""
        listed = parse_trust(self._list.read_text("utf-8"), str(self._list)) if self._list.is_file() else Trust()
        own = Trust.of(*(key.public for key in self.own()))
        return Trust((*own.keys.values(), *(one for name, one in listed.keys.items() if name not in own.keys)))

    def add(self, line: str) -> Trusted:
        """Believe a key from now on: a line as `vedette keys list` prints it."""
        fresh = parse_trusted(line, "the key given")
        listed = parse_trust(self._list.read_text("utf-8"), str(self._list)) if self._list.is_file() else Trust()
        text = format_trust(Trust((*listed.keys.values(), fresh)))
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = self._list.with_suffix(".new")
        aside.write_text(text, encoding="utf-8")
        os.replace(aside, self._list)
        return fresh

    @property
    def _list(self) -> Path:
        return self.folder / "trusted.txt"


def write_secret(path: Path, text: str) -> None:
    """A new file that only its owner can read, on the disk when this returns; FileExistsError when there is one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read_secret(path: Path) -> str:
    """The text of a file that only its owner can read; RefusedError when others can."""
    try:
        mode = path.stat().st_mode
        if os.name == "posix" and stat.S_ISREG(mode) and mode & 0o077:
            raise RefusedError(f"{path}: others can read or change it; `chmod 600 {path}`, and think of a new one")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such file") from None
    except UnicodeDecodeError:
        raise RefusedError(f"{path}: not a text; it was changed") from None
