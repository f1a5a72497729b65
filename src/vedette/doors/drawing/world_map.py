"""A flat map: coasts, areas, lines and places; cut where it must be, and drawn across the date line where it can be.

Equirectangular, true at the middle latitude of what is shown. Coasts are Natural Earth's (public domain), from a
packaged table that is right to some ten kilometres.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, radians

from vedette.core.tables import table_rows
from vedette.doors.drawing.svg import COLOURS, num, path, picture, tag, text, ticks

Point = tuple[float, float]
LEAST_SPAN_DEG = 4.0
MARGIN = 0.10


@dataclass(frozen=True, slots=True)
class MapArea:
    """An outline, latitude and longitude in degrees."""

    lat_deg: Sequence[float]
    lon_deg: Sequence[float]
    colour: int = 0
    cls: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class MapLine:
    """A path over the ground."""

    lat_deg: Sequence[float]
    lon_deg: Sequence[float]
    colour: int = 0
    cls: str = "line"


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A place with a name."""

    lat_deg: float
    lon_deg: float
    label: str = ""
    colour: int = 0
    shape: str = "dot"  # dot, triangle, square, cross


@cache
def coasts() -> tuple[tuple[Point, ...], ...]:
    """Closed outlines of land, (lon, lat) in degrees."""
    found = []
    for (row,) in table_rows("coastlines.csv"):
        steps = [int(x) for x in row.split()]
        x = y = 0
        ring = []
        for dx, dy in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x / 100.0, y / 100.0))
        found.append(tuple(ring))
    return tuple(found)


def world_map(
    name: str,
    title: str,
    words: str,
    *,
    areas: Sequence[MapArea] = (),
    lines: Sequence[MapLine] = (),
    points: Sequence[MapPoint] = (),
    frame: Sequence[Point] = (),
    wide: float = 900.0,
    most_tall: float = 560.0,
    least_span_deg: float = LEAST_SPAN_DEG,
) -> str:
    """An SVG map that holds everything given, or only the places (lat, lon) in `frame` when there are any."""
    held = list(frame) or [
        *((lat, lon) for area in areas for lat, lon in zip(area.lat_deg, area.lon_deg, strict=True)),
        *((lat, lon) for line in lines for lat, lon in zip(line.lat_deg, line.lon_deg, strict=True)),
        *((point.lat_deg, point.lon_deg) for point in points),
    ]
    view = _View.of(held, wide, most_tall, least_span_deg)
    parts = [tag("rect", x=0, y=0, width=view.width, height=view.height, cls="sea")]
    parts += [tag("path", d=d, cls="land", fill_rule="evenodd") for d in [view.land()] if d]
    parts += _graticule(view)
    for one in areas:
        for ring in view.rings(one.lat_deg, one.lon_deg):
            outline = path(ring, f"{one.cls or 'wash'} f{one.colour % COLOURS}", is_closed=True)
            edge = path(ring, f"edge thin s{one.colour % COLOURS}", is_closed=True)
            parts += [f"<g>{tag('title', _escaped(one.words))}{outline}{edge}</g>" if one.words else outline + edge]
    for line in lines:
        colour = "" if line.cls.startswith("truth") else f" s{line.colour % COLOURS}"
        parts += [path(run, line.cls + colour) for run in view.runs(line.lat_deg, line.lon_deg)]
    taken: list[tuple[float, float, float, float]] = []
    parts += [mark for one in points for mark in _mark(view, one, taken)]
    parts.append(tag("rect", x=0.5, y=0.5, width=view.width - 1, height=view.height - 1, cls="axis"))
    return picture(name, title, words, view.width, view.height, parts)


@dataclass(frozen=True, slots=True)
class _View:
    west: float
    east: float
    south: float
    north: float
    width: float
    height: float

    @classmethod
    def of(cls, held: Sequence[Point], width: float, height_most: float, least_deg: float) -> "_View":
        if not held:
            held = [(-60.0, -180.0), (0.0, -90.0), (0.0, 0.0), (0.0, 90.0), (80.0, 180.0)]
        lats, lons = [lat for lat, _ in held], _together([lon for _, lon in held])
        south, north, west, east = min(lats), max(lats), min(lons), max(lons)
        tall, wide = max(north - south, least_deg), max(east - west, least_deg)
        south, north = (south + north - tall) / 2 - MARGIN * tall, (south + north + tall) / 2 + MARGIN * tall
        west, east = (west + east - wide) / 2 - MARGIN * wide, (west + east + wide) / 2 + MARGIN * wide
        south, north = max(south, -90.0), min(north, 90.0)
        level = max(cos(radians((south + north) / 2)), 0.15)
        ratio = (north - south) / ((east - west) * level)
        if ratio < 0.36:  # too low: show more to the north and south
            more = (0.36 * (east - west) * level - (north - south)) / 2
            south, north = max(south - more, -90.0), min(north + more, 90.0)
        elif ratio * width > height_most:  # too tall: show more to the east and west
            more = ((north - south) * width / height_most / level - (east - west)) / 2
            west, east = west - more, east + more
        if east - west > 360.0:
            middle = (west + east) / 2
            west, east = middle - 180.0, middle + 180.0
        height = min(width * (north - south) / ((east - west) * level), height_most)
        return cls(west, east, south, north, width, round(height, 1))

    def at(self, lat: float, lon: float) -> Point:
        x = (lon - self.west) / (self.east - self.west) * self.width
        return x, (self.north - lat) / (self.north - self.south) * self.height

    def nearest(self, lon: float) -> float:
        """The longitude by whole turns nearest to the middle of the map."""
        middle = (self.west + self.east) / 2
        return middle + (lon - middle + 180.0) % 360.0 - 180.0

    def land(self) -> str:
        found = []
        for ring in coasts():
            for turn in (-360.0, 0.0, 360.0):
                shifted = [(lon + turn, lat) for lon, lat in ring]
                clipped = _clipped(shifted, self.west, self.east, self.south, self.north)
                if len(clipped) > 2:
                    places = (self.at(lat, lon) for lon, lat in clipped)
                    found.append("M" + "L".join(f"{num(round(x, 1))} {num(round(y, 1))}" for x, y in places) + "Z")
        return "".join(found)

    def rings(self, lats: Sequence[float], lons: Sequence[float]) -> Iterable[list[Point]]:
        if len(lats) < 3:
            return
        joined = _together(list(lons))
        turn = self.nearest(joined[0]) - joined[0]
        ring = [(lon + turn, lat) for lat, lon in zip(lats, joined, strict=True)]
        clipped = _clipped(ring, self.west, self.east, self.south, self.north)
        if len(clipped) > 2:
            yield [self.at(lat, lon) for lon, lat in clipped]

    def runs(self, lats: Sequence[float], lons: Sequence[float]) -> Iterable[list[Point]]:
        run: list[Point] = []
        before = None
        for lat, lon in zip(lats, lons, strict=True):
            here = self.nearest(lon)
            if before is not None and abs(here - before) > 180.0:
                yield run
                run = []
            before = here
            run.append(self.at(lat, here))
        yield run


def _together(lons: Sequence[float]) -> list[float]:
    """Longitudes with whole turns added so that each is the short way from the one before."""
    found: list[float] = []
    for lon in lons:
        found.append(lon if not found else found[-1] + (lon - found[-1] + 180.0) % 360.0 - 180.0)
    return found


def _clipped(ring: list[Point], west: float, east: float, south: float, north: float) -> list[Point]:
    """The part of an outline within a box [Sutherland and Hodgman 1974]."""
    for axis, line, side in ((0, west, 1.0), (0, east, -1.0), (1, south, 1.0), (1, north, -1.0)):
        if not ring:
            return ring
        found: list[Point] = []
        before = ring[-1]
        for here in ring:
            a, b = side * (before[axis] - line), side * (here[axis] - line)
            if (a >= 0.0) != (b >= 0.0):
                share = a / (a - b)
                found.append((before[0] + share * (here[0] - before[0]), before[1] + share * (here[1] - before[1])))
            if b >= 0.0:
                found.append(here)
            before = here
        ring = found
    return ring


def _graticule(view: _View) -> list[str]:
    parts = []
    for lon in ticks(view.west, view.east, 8):
        x, _ = view.at(0.0, lon)
        here = (lon + 180.0) % 360.0 - 180.0
        parts.append(path([(x, 0), (x, view.height)], "rule"))
        side = "E" if here > 0 else "W" if here < 0 else ""
        parts.append(text(f"{abs(here):g}°{side}", x, view.height - 5, "dim mid halo"))
    for lat in ticks(view.south, view.north, 6):
        _, y = view.at(lat, 0.0)
        parts.append(path([(0, y), (view.width, y)], "rule"))
        parts.append(text(f"{abs(lat):g}°{'N' if lat > 0 else 'S' if lat < 0 else ''}", 5, y - 3, "dim halo"))
    return parts


def _mark(view: _View, one: MapPoint, taken: list[tuple[float, float, float, float]]) -> list[str]:
    lon = view.nearest(one.lon_deg)
    x, y = view.at(one.lat_deg, lon)
    if not (-8 <= x <= view.width + 8 and -8 <= y <= view.height + 8):
        return []
    colour = one.colour % COLOURS
    match one.shape:
        case "triangle":
            drawn = tag("path", d=f"M{x:.1f} {y - 6:.1f}l6 10h-12Z", cls=f"dot f{colour}")
        case "square":
            drawn = tag("rect", x=x - 4.5, y=y - 4.5, width=9, height=9, cls=f"dot f{colour}")
        case "cross":
            drawn = tag("path", d=f"M{x - 5:.1f} {y - 5:.1f}l10 10m0 -10l-10 10", cls="truth-mark")
        case _:
            drawn = tag("circle", cx=x, cy=y, r=4.5, cls=f"dot f{colour}")
    return [drawn, *_label(view, one.label, x, y, taken)]


def _label(view: _View, label: str, x: float, y: float, taken: list[tuple[float, float, float, float]]) -> list[str]:
    """The name where it covers no other name, if there is such a place beside the mark."""
    if not label:
        return []
    wide = 7.0 * len(label)
    tries = [(dx, dy) for dy in (-7.0, 16.0, -21.0, 30.0) for dx in (9.0, -9.0)]
    free = []
    for dx, dy in tries:
        left = x + dx if dx > 0.0 else x + dx - wide
        box = (left, y + dy - 11.0, left + wide, y + dy + 3.0)
        is_inside = box[0] >= 0.0 and box[2] <= view.width and box[1] >= 0.0 and box[3] <= view.height
        if is_inside and not any(_cover(box, other) for other in taken):
            free.append((dx, dy, box))
    if not free:
        return []  # too crowded: its mark stands, and the table tells
    dx, dy, box = free[0]
    taken.append(box)
    return [text(label, x + dx, y + dy, "halo" if dx > 0.0 else "halo end")]


def _cover(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _escaped(words: str) -> str:
    from html import escape

    return escape(words)
