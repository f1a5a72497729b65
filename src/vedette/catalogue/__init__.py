"""The catalogue: what is known to be up there, where it is, and how sure that is; and whose reports are whose."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vedette.catalogue.element_error import element_sigmas_m
from vedette.catalogue.identify import Identification, Identified, identify
from vedette.catalogue.whereabouts import Whereabouts, whereabouts

if TYPE_CHECKING:
    from vedette.catalogue.correlation import Correlation
    from vedette.catalogue.known_objects import KnownSky
    from vedette.catalogue.linking import Link, Track, link, track_of
    from vedette.catalogue.passes import Pass, find_passes
    from vedette.catalogue.tracklets import Tracklet, Whose, tracklets_of, whose

__all__ = [
    "Correlation",
    "Identification",
    "Identified",
    "KnownSky",
    "Link",
    "Pass",
    "Track",
    "Tracklet",
    "Whereabouts",
    "Whose",
    "element_sigmas_m",
    "find_passes",
    "identify",
    "link",
    "track_of",
    "tracklets_of",
    "whereabouts",
    "whose",
]

# these stand on the tracker's kernels, which take half a second to load: only who asks for them pays
_LATER = {
    "Correlation": "correlation", "KnownSky": "known_objects", "Link": "linking", "Track": "linking",
    "link": "linking", "track_of": "linking", "Pass": "passes", "find_passes": "passes", "Tracklet": "tracklets",
    "Whose": "tracklets", "tracklets_of": "tracklets", "whose": "tracklets",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
