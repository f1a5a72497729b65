"""Compiled kernels are kept on the disk by one process at a time, and never under a name that means something else.

numba writes down in an index which file holds the code for which types, and numbers these files from 1. Two processes
that make kernels of one source at once read the index, both take the next number, and the last of each write wins: the
index may then name, for one set of types, the code that was made for another. Whoever loads it calls machine code with
arguments that it was not made for: wrong numbers, or a process that ends without a word of Python. A reader that comes
between the writing of the index and that of the file finds what an older version left under that number.

Here keeping is done under a lock, the code goes to the disk before the index names it, and its file is named by what it
is for. It is put in place when numba is imported, and numba is imported no sooner for it.
"""

import contextlib
import hashlib
import importlib.machinery
import importlib.util
import os
import pickle
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any, Final

_WHERE: Final = "numba.core.caching"
numbas_own: Final[dict[str, Any]] = {}  # what was there before


def keep_kernels_apart() -> None:
    """From now on, in this process; what numba has imported already is changed at once."""
    module = sys.modules.get(_WHERE)
    if module is not None:
        _change(module)
    elif not any(isinstance(one, _Finder) for one in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds one module as everybody else does, and changes it once it is there."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != _WHERE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module

        def loaded(module: ModuleType) -> None:
            load(module)
            _change(module)

        spec.loader.exec_module = loaded  # type: ignore[method-assign]
        return spec


def _change(module: ModuleType) -> None:
    kind = getattr(module, "IndexDataCacheFile", None)
    wanted = ("_load_index", "_save_index", "_save_data", "_data_path")
    if kind is not None and all(hasattr(kind, name) for name in wanted):  # else another numba: as it is
        numbas_own.setdefault("save", kind.save)
        kind.save = save


def save(self: Any, key: Any, data: Any) -> None:
    """In the place of numba's own: the same index, the same reading of it."""
    with _alone(self._index_path + ".lock"):
        overloads = self._load_index()
        name = overloads.get(key) or _name_for(self, key)
        self._save_data(name, data)
        overloads[key] = name
        self._save_index(overloads)


def _name_for(self: Any, key: Any) -> str:
    """Of this source as it is now, these types and this machine; two names for one thing cost a file."""
    what = pickle.dumps((self._version, self._source_stamp, key), protocol=4)
    return f"{self._index_name.removesuffix('.nbi')}.{hashlib.sha256(what).hexdigest()[:16]}.nbc"


@contextlib.contextmanager
def _alone(path: str) -> Iterator[None]:
    """While nobody else keeps kernels of this source; unlocked where files cannot be locked."""
    try:
        import fcntl

        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except (ImportError, OSError):
        yield
        return
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
