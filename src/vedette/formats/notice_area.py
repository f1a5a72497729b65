"""Areas as people write them in notices: points, circles, polygons, ocean quadrants, compass directions."""

import tomllib
from functools import lru_cache
from math import cos, degrees, pi, radians, sin

from vedette.core.errors import BadInputError
from vedette.core.tables import table_text

NM_M = 1852.0
_COMPASS = ("n", "nne", "ne", "ene", "e", "ese", "se", "sse", "s", "ssw", "sw", "wsw", "w", "wnw", "nw", "nnw")
_WORDS = {"north": "n", "east": "e", "south": "s", "west": "w", "northeast": "ne", "southeast": "se",
          "southwest": "sw", "northwest": "nw"}  # fmt: skip
_EDGE_POINTS = 13  # of the far edge of an ocean quadrant


@lru_cache(maxsize=1)
def _oceans() -> dict[str, dict[str, float]]:
    return tomllib.loads(table_text("ocean_quadrants.toml"))


def direction_sector_rad(words: str) -> tuple[float, float]:
    """The sector that a compass direction means: "NE" is 22.5 to 67.5 degrees, "NNE" half as wide."""
    name = words.strip().lower().replace("-", "").replace(" ", "")
    name = _WORDS.get(name, name)
    if name not in _COMPASS:
        raise BadInputError(f"direction {words!r} is no compass direction", cure="write N, NE, ENE ... or degrees")
    half = 45.0 if len(name) == 1 else (22.5 if len(name) == 2 else 11.25)
    middle = 22.5 * _COMPASS.index(name)
    return radians((middle - half) % 360.0), radians((middle + half) % 360.0)


def quadrant_corners_rad(words: str) -> tuple[tuple[float, float], ...]:
    """Corners of an ocean quadrant such as "Pacific NW": a quarter turn about the middle of the ocean."""
    ocean, _, quarter = words.strip().lower().rpartition(" ")
    table = _oceans().get(ocean.replace(" ocean", ""))
    if table is None or quarter not in ("ne", "se", "sw", "nw"):
        known = ", ".join(name.capitalize() for name in _oceans())
        raise BadInputError(f"{words!r} is no ocean quadrant", cure=f"write one of {known}, then NE, SE, SW or NW")
    lat, lon, reach = radians(table["lat_deg"]), radians(table["lon_deg"]), table["reach_km"] / 6371.0
    start = {"ne": 0.0, "se": 90.0, "sw": 180.0, "nw": 270.0}[quarter]
    edge = [start + 90.0 * i / (_EDGE_POINTS - 1) for i in range(_EDGE_POINTS)]
    return ((lat, lon), *(_arrive(lat, lon, radians(bearing), reach) for bearing in edge))


def _arrive(lat: float, lon: float, bearing: float, angle: float) -> tuple[float, float]:
    """Along a great circle. From the pole, bearings count as longitudes do on the usual map: NE is 0 to 90 east."""
    if lat > pi / 2 - 1e-9:
        return pi / 2 - angle, folded(lon + bearing)
    from math import asin, atan2

    sine = sin(lat) * cos(angle) + cos(lat) * sin(angle) * cos(bearing)
    east = sin(bearing) * sin(angle) * cos(lat)
    return asin(sine), folded(lon + atan2(east, cos(angle) - sin(lat) * sine))


def folded(lon_rad: float) -> float:
    """Longitude in [-pi, pi)."""
    return (lon_rad + pi) % (2.0 * pi) - pi


def checked_place_rad(lat_deg: float, lon_deg: float, where: str) -> tuple[float, float]:
    """Latitude and longitude of a place, or a sentence about what is wrong with it."""
    if not -90.0 <= lat_deg <= 90.0:
        raise BadInputError(f"latitude {lat_deg:g} is outside -90 to 90", where, "latitude comes first, then longitude")
    if not -180.0 <= lon_deg <= 360.0:
        raise BadInputError(f"longitude {lon_deg:g} is outside -180 to 360", where)
    return radians(lat_deg), folded(radians(lon_deg))


def checked_azimuth_rad(azimuth_deg: float, where: str) -> float:
    """An azimuth in [0, 2 pi)."""
    if not 0.0 <= azimuth_deg <= 360.0:
        raise BadInputError(
            f"azimuth {azimuth_deg:g} is outside 0 to 360", where, "degrees clockwise from north"
        )
    return radians(azimuth_deg % 360.0)


def degree_text(radian: float) -> float:
    """Degrees with a tenth of a metre's worth of decimals, for writing."""
    return round(degrees(radian), 6)
