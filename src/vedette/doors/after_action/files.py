"""Writing what was made: aside and then renamed, or to standard output."""

import sys
from pathlib import Path

from vedette.core.errors import UsageError


def check_out(out: str) -> None:
    """UsageError when nothing can be written there: said before minutes are spent on playing a journal."""
    folder = Path(out).parent
    if out != "-" and not folder.is_dir():
        raise UsageError(f"{out}: cannot be written, there is no folder {folder}; give another place")


def write_out(data: bytes, out: str, is_quiet: bool) -> int:
    """Write to a file, or to standard output for `-`; UsageError when the place cannot be written."""
    if out == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return 0
    path = Path(out)
    aside = path.with_name(path.name + ".part")
    try:
        aside.write_bytes(data)
        aside.replace(path)
    except OSError as trouble:
        raise UsageError(f"{path}: cannot be written ({trouble.strerror or trouble}); give another place") from trouble
    if not is_quiet:
        sys.stderr.write(f"{path}: {len(data) / 1e6:.2f} MB\n")
    return 0
