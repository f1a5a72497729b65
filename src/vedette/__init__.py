"""Vedette: an open missile early-warning and space-surveillance system. It sees and tells; it can never engage.

    import vedette as vd

The names below are loaded when they are first used (PEP 562), so that the import itself costs next to nothing.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from vedette.sensing import Geostationary, Infrared, Radar, Site
    from vedette.tracking import BoostCoastEntry, Coasting, Tracker

_HOMES = {
    "BoostCoastEntry": "vedette.tracking",
    "Coasting": "vedette.tracking",
    "Geostationary": "vedette.sensing",
    "Infrared": "vedette.sensing",
    "Radar": "vedette.sensing",
    "Site": "vedette.sensing",
    "Tracker": "vedette.tracking",
    "read_scans": "vedette.formats",
    "watch": "vedette.doors.api",
}

__all__ = [
    "BoostCoastEntry",
    "Coasting",
    "Geostationary",
    "Infrared",
    "Radar",
    "Site",
    "Tracker",
    "__version__",
    "read_scans",
    "watch",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the floor where it lives."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"vedette has no {name!r}; it offers {', '.join(sorted(_HOMES))}")
    value = getattr(import_module(home), name)
    if "IPython" in sys.modules or "marimo" in sys.modules:  # a notebook: values show themselves as tables and maps
        import_module("vedette.doors.notebook")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """What `vedette` offers, loaded or not."""
    return sorted({*globals(), *_HOMES})
