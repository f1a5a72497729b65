"""Memory that a large look needed for a moment, given back to the system.

The C library keeps freed blocks of up to 32 MiB for the next time: some sixty MiB beside a hundred thousand tracks,
where looks of changing size leave holes. Only the GNU library can be asked; elsewhere nothing happens.
"""

import ctypes
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def _trim() -> Any:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another C library, or another system
        return None


def give_back_memory() -> None:
    """Ask the C library for what it does not need; some milliseconds."""
    trim = _trim()
    if trim is not None:
        trim(0)
