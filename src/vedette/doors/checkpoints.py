"""The engine as it stood, frozen and thawed: so that who asks about an instant need not begin at the first entry.

A checkpoint is Python's own pickle of the picture with its followers and trackers. It is read only from a reel that
this same engine wrote (`engine_mark`), beside a journal that its reader may read: never from a stranger.
"""

import io
import pickle
from types import MappingProxyType
from typing import Any

from vedette.engine import Picture

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


def freeze(picture: Picture) -> bytes | None:
    """The picture as bytes; None when something in it cannot be frozen."""
    out = io.BytesIO()
    try:
        _Freeze(out, protocol=5).dump(picture)
        return out.getvalue()
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError):
        return None


def thaw(frozen: bytes) -> Picture | None:
    """The picture again; None when it cannot be read, or names anything that no picture is made of."""
    try:
        picture = _Thaw(io.BytesIO(frozen)).load()
    except (pickle.UnpicklingError, AttributeError, ImportError, EOFError, TypeError, ValueError, IndexError, KeyError):
        return None
    return picture if isinstance(picture, Picture) else None


def _read_only(contents: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(contents)


class _Freeze(pickle.Pickler):
    def reducer_override(self, thing: Any) -> Any:
        """Read-only mappings by their contents."""
        if isinstance(thing, MappingProxyType):
            return _read_only, (dict(thing),)
        return NotImplemented


class _Thaw(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Only what a picture is made of: a reel that was meddled with runs nothing else."""
        if (module, name) == (__name__, _read_only.__name__):
            return _read_only
        is_ours = module.startswith(_ROOMS) and not module.startswith("vedette.doors")
        if not is_ours and name not in _NAMES.get(module, ()):
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a picture")
        return super().find_class(module, name)
