"""Which engine this is, down to its source: what a cache was made by, told apart from what runs now."""

import hashlib
from functools import cache
from pathlib import Path

import vedette

_DOORS = (  # what shapes a kept frame
    "wire.py", "server/frames.py", "server/framing.py", "server/crowd.py", "reel.py", "reel_store.py", "reel_looks.py",
    "reel_lives.py", "checkpoints.py",
)  # fmt: skip


@cache
def engine_mark() -> str:
    """The version and a digest of every source file that shapes a picture or how it is told."""
    home = Path(vedette.__file__).parent
    files = [path for path in home.rglob("*.py") if "doors" not in path.relative_to(home).parts[:1]]
    files += [home / "doors" / name for name in _DOORS if (home / "doors" / name).exists()]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(str(path.relative_to(home)).encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{vedette.__version__}+{digest.hexdigest()[:16]}"
