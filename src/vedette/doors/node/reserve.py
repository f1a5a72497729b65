"""Room kept back on the disk: a file of zeros, given up so that warnings can still be kept when the disk is full."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

RESERVE_BYTES = 16 << 20
MARGIN_BYTES = 4 << 20  # beside the reserve, before it is taken back: else it would be made and freed by turns


class Reserve:
    """The reserve of one folder; a size of 0 keeps none back."""

    def __init__(self, path: Path, size_bytes: int = RESERVE_BYTES) -> None:
        self.path, self.size_bytes = path, size_bytes

    @property
    def is_held(self) -> bool:
        """True while the room is kept back."""
        if self.size_bytes == 0:
            return True
        try:
            return self.path.stat().st_size >= self.size_bytes
        except OSError:
            return False

    def hold(self) -> bool:
        """Keep the room back, if there is enough of it; True when it is held."""
        if self.is_held:
            return True
        aside = self.path.with_name(self.path.name + ".part")
        try:
            if shutil.disk_usage(self.path.parent).free < self.size_bytes + MARGIN_BYTES:
                return False
            with aside.open("wb") as file:  # room that is taken, and not merely promised
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, self.size_bytes)
                else:
                    for start in range(0, self.size_bytes, 1 << 20):
                        file.write(bytes(min(1 << 20, self.size_bytes - start)))
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self.path)
        except OSError:
            with suppress(OSError):
                aside.unlink()
            return False
        return True

    def give_up(self) -> bool:
        """Free the room; True when there was any."""
        was_held = self.size_bytes > 0 and self.is_held
        with suppress(OSError):
            self.path.unlink()
        return was_held
