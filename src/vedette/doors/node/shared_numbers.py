"""Numbers of the tracks of a watch that is one of several services of its owner, and what it says that it sees."""

import time
from collections.abc import Callable, Iterable
from math import log2
from typing import Any

import numpy as np
from msgspec.structs import replace

from vedette.doors.node.service_desk import Seen, ServiceDesk, Standing
from vedette.doors.node.service_names import is_of_service
from vedette.engine import Picture
from vedette.frames import geodetic_from_itrf
from vedette.reports import Shared, SharedDrop, SharedEvent, SharedTrack

SURE = 0.95  # a class that is at least so probable is what the object is taken for
_QUALITIES = 40


class SharedNumbers:
    """As `TrackNumbers`, where other services of the owner give numbers too."""

    def __init__(self, desk: ServiceDesk, owner: str, clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._desk, self._owner, self._clock = desk, owner, clock_ns

    def look(self, offers: Iterable[Shared], picture: Picture, name_of: Callable[[str], str]) -> None:
        """Tell the desk what is seen: our own tracks, and which of other services' tracks are of the same objects."""
        own = [one for one in offers if isinstance(one, SharedTrack) and one.provenance[:1] == (self._owner,)]
        joins: dict[str, tuple[str, ...]] = {}
        partners = picture.partners
        for view in () if partners is None else tuple(partners.views.values()):
            if not view.owner.startswith(f"{self._owner}-"):
                continue
            for number in view.tracks:
                found = partners.joining.object_of(view.owner, number) if partners is not None else None
                if found is not None:
                    joins[name_of(found)] = (*joins.get(name_of(found), ()), number)
        self._desk.see(Seen(
            tracks={one.number: quality_of(one) for one in own}, joins=joins,
            parents={one.number: one.parents for one in own if one.parents},
            identities={one.number: name for one in own if (name := identity_of(one))},
            places_deg=_places(own),
        ))  # fmt: skip

    def numbered(self, offers: Iterable[Shared], owner: str) -> tuple[Shared, ...]:
        """Offers with the numbers that our own tracks have; those without one wait for the next time. What other
        services told is left out: they tell it themselves."""
        standing, now = self._desk.standing, self._clock()
        return tuple(found for one in offers if (found := self._one(one, standing, now)) is not None)

    def _one(self, one: Shared, standing: Standing, now: int) -> Shared | None:
        names = standing.names
        if isinstance(one, SharedEvent):
            return replace(one, tracks=tuple(names[name] for name in one.tracks if name in names))
        if isinstance(one, SharedDrop):
            return replace(one, number=names.get(one.number, one.number), into=names.get(one.into, one.into))
        if not isinstance(one, SharedTrack):
            return one
        if is_of_service(one.provenance, self._owner):
            return None
        if one.provenance[:1] != (self._owner,):
            return one
        number = names.get(one.number)
        if number is None:
            return None
        parents = tuple(names[name] for name in one.parents if name in names)
        return replace(one, number=number, parents=parents, is_responsible=standing.may_report(number, now))


def quality_of(track: SharedTrack) -> int:
    """How well a track is seen, 1 to 40, by its one-sigma size: one more each time that it is half as large."""
    variance_m2 = track.covariance[0] + track.covariance[2] + track.covariance[5]
    return min(max(_QUALITIES - round(0.5 * log2(max(variance_m2, 1.0))), 1), _QUALITIES)


def identity_of(track: SharedTrack) -> str:
    """The class that it is taken for, where one is all but sure; empty otherwise."""
    name, probability = max(track.probabilities.items(), key=lambda one: (one[1], one[0]), default=("", 0.0))
    return name if probability >= SURE and name not in ("unknown", "other") else ""


def _places(tracks: list[SharedTrack]) -> dict[str, tuple[float, float]]:
    if not tracks:
        return {}
    places: Any = geodetic_from_itrf(np.array([one.position_itrf_m for one in tracks]))
    lat_rad, lon_rad = places[0], places[1]
    return {
        one.number: (float(lat), float(lon))
        for one, lat, lon in zip(tracks, np.degrees(lat_rad), np.degrees(lon_rad), strict=True)
    }
