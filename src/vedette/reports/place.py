"""Named parts of the Earth that people care about: municipalities, sea areas, air routes."""

from dataclasses import dataclass

Corners = tuple[tuple[float, float], ...]  # latitude, longitude, rad; the first not said again


@dataclass(frozen=True, slots=True)
class Place:
    """A name and its polygons, each an outer rim and the holes in it."""

    name: str
    polygons: tuple[tuple[Corners, tuple[Corners, ...]], ...]
    names: tuple[tuple[str, str], ...] = ()  # language code and name in it
    time_zone: str = ""  # IANA name such as Asia/Tokyo; empty: not known
    geocodes: tuple[tuple[str, str], ...] = ()  # scheme and code, such as ISO3166-2 and JP-01
