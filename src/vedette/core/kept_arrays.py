"""Arrays that take seconds to make and never change: kept on disk beside the code, as compiled kernels are.

They lie in a `__pycache__` (or in NUMBA_CACHE_DIR, where that is set), named by a digest of the sources that they are
made from: after any change of those they are made again. Whatever cannot be read or written is made as if it had never
been kept. Whoever makes them gets them as read back, so that the first process computes with what every later one has.
"""

import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

from vedette.core.shapes import Rows

_TABLES = {".py", ".csv", ".toml", ".txt", ".json"}


@lru_cache(maxsize=8)
def sources_digest(folders: tuple[Path, ...]) -> str:
    """SHA-256 over the contents of every source file and packaged table below some folders, and NumPy's version."""
    digest = hashlib.sha256(np.__version__.encode())
    for folder in folders:
        for path in sorted(one for one in folder.rglob("*") if one.suffix in _TABLES and one.is_file()):
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def kept_arrays(
    beside: Path, name: str, folders: Iterable[Path], make: Callable[[], dict[str, Rows]]
) -> dict[str, Rows]:
    """Named arrays, read where they are kept, else made and kept.

    Parameters
    ----------
    beside : a source file; they lie in the `__pycache__` next to it.
    name : what they are called there.
    folders : whose files they are made from.
    make : makes them; the same sources give the same. Numbers and text only.
    """
    elsewhere = os.environ.get("NUMBA_CACHE_DIR")
    place = Path(elsewhere) if elsewhere else beside.parent / "__pycache__"
    path = place / f"{name}.{sources_digest(tuple(folders))[:20]}.npz"
    try:
        return _read(path.read_bytes())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        pass
    out = io.BytesIO()
    np.savez(out, **make())  # type: ignore[arg-type]
    body = out.getvalue()
    try:
        place.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{os.getpid()}")
        new.write_bytes(body)
        new.replace(path)
        for old in place.glob(f"{name}.*.npz"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError:
        pass
    return _read(body)


def _read(body: bytes) -> dict[str, Rows]:
    with np.load(io.BytesIO(body), allow_pickle=False) as found:
        return {name: found[name] for name in found.files}
