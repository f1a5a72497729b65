"""The engine as it stood, frozen and thawed: so that who asks about an instant need not begin at the first entry.

A checkpoint is Python's own pickle of the picture with its followers and trackers. It is read only from a reel that
this same engine wrote (`engine_mark`), beside a journal that its reader may read: never from a stranger.

Large arrays and texts stand apart, each by the digest of its contents: a catalogue that does not change is kept once.
"""

import hashlib
import io
import pickle
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import numpy as np

from vedette.engine import Picture

LEAST_APART = 2048  # bytes of what stands apart
_ROOMS = ("vedette.", "numpy._core.", "numpy.core.", "numpy.random.", "scipy.sparse.", "scipy.interpolate.")
_NAMES = {
    "builtins": {"set", "frozenset", "dict", "list", "tuple", "complex", "slice", "range", "bytearray", "object"},
    "numpy": {"ndarray", "dtype", "bool_", "float64", "int64"},
    "collections": {"deque", "defaultdict", "OrderedDict", "Counter"},
    "functools": {"partial"},
    "msgspec._utils": {"rebuild"},
    "_operator": {"attrgetter", "itemgetter"},
    "copyreg": {"_reconstructor", "__newobj__"},
}


def freeze(picture: Picture) -> tuple[bytes, dict[str, bytes]] | None:
    """The picture as bytes, and what stands apart by digest; None when something in it cannot be frozen."""
    out = io.BytesIO()
    try:
        pickler = _Freeze(out)
        pickler.dump(picture)
        return out.getvalue(), pickler.apart
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError):
        return None


def thaw(frozen: bytes, apart: Callable[[str], bytes] = lambda digest: b"") -> Picture | None:
    """The picture again; `apart(digest)` gives what stands apart.

    None when it cannot be read, or names anything that no picture is made of.
    """
    try:
        picture = _Thaw(io.BytesIO(frozen), apart).load()
    except (pickle.UnpicklingError, AttributeError, ImportError, EOFError, TypeError, ValueError, IndexError, KeyError):
        return None
    return picture if isinstance(picture, Picture) else None


def _read_only(contents: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(contents)


class _Freeze(pickle.Pickler):
    def __init__(self, out: io.BytesIO) -> None:
        super().__init__(out, protocol=5)
        self.apart: dict[str, bytes] = {}
        self._seen: dict[int, tuple[str, int]] = {}

    def persistent_id(self, thing: Any) -> tuple[str, int] | None:
        """(digest, number) of what stands apart: one object twice has one number, two alike objects have two."""
        if type(thing) is np.ndarray:
            if thing.nbytes < LEAST_APART or thing.dtype.hasobject:
                return None
        elif type(thing) not in (bytes, str) or len(thing) < LEAST_APART:
            return None
        if id(thing) not in self._seen:  # the picture holds all of them while it is frozen
            body = pickle.dumps(thing, protocol=5)
            digest = hashlib.blake2b(body, digest_size=16).hexdigest()
            self.apart[digest] = body
            self._seen[id(thing)] = digest, len(self._seen)
        return self._seen[id(thing)]

    def reducer_override(self, thing: Any) -> Any:
        """Read-only mappings by their contents."""
        if isinstance(thing, MappingProxyType):
            return _read_only, (dict(thing),)
        return NotImplemented


class _Thaw(pickle.Unpickler):
    def __init__(self, source: io.BytesIO, apart: Callable[[str], bytes]) -> None:
        super().__init__(source)
        self._apart = apart
        self._found: dict[int, Any] = {}

    def persistent_load(self, pid: Any) -> Any:
        """What stands apart, read under the same rules; of its own for everything that had its own."""
        digest, number = str(pid[0]), int(pid[1])
        if number not in self._found:
            self._found[number] = _Thaw(io.BytesIO(self._apart(digest)), self._apart).load()
        return self._found[number]

    def find_class(self, module: str, name: str) -> Any:
        """Only what a picture is made of: a reel that was meddled with runs nothing else."""
        if (module, name) == (__name__, _read_only.__name__):
            return _read_only
        is_ours = module.startswith(_ROOMS) and not module.startswith("vedette.doors")
        if not is_ours and name not in _NAMES.get(module, ()):
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a picture")
        return super().find_class(module, name)
