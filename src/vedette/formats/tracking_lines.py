"""Tracking told line by line: an instant, what was measured, by which station, and the values.

```text
2010-11-02T18:45:47.5779   AZ_EL       Kumsan           138.4375   20.5811
2016-02-14T03:17:37.047    RANGE       YARL    7021.334976
```

UTC instants of reception; degrees, kilometres (half of the way there and back), kilometres a second. Comments begin
with `#`. This is the form in which the Orekit project publishes real tracking. The stations that go with it come from
`key[n] = value` lines (`ground.station.latitude [0] = 41.97`), as its orbit determination reads them.
"""

import re
from dataclasses import dataclass
from math import isfinite

from vedette.core.errors import BadInputError
from vedette.time import tai_ns_from_utc_text

COUNTS = {"RANGE": 1, "RANGE_RATE": 1, "AZ_EL": 2, "RA_DEC": 2, "AZ_EL_RANGE": 3}
_LIMITS = {"RANGE": (0.0, 1e6), "RANGE_RATE": (-100.0, 100.0)}
_KEY = re.compile(r"ground\.station\.([A-Za-z.]+?)\s*\[\s*(\d+)\s*\]\s*=\s*(\S.*)$")


@dataclass(frozen=True, slots=True)
class TrackingLine:
    """One line: values as told (degrees, km, km/s)."""

    t_tai_ns: int
    kind: str  # a key of COUNTS
    station: str
    values: tuple[float, ...]
    line: int
    signal: int = 2  # radio rays bend and are late; 0 where the angles are read against stars, or corrected
    event: int = 0  # the instant is that of reception; 1 where it is that at the object


@dataclass(frozen=True, slots=True)
class ToldStation:
    """A station as a settings file tells it; sigmas and biases as starting guesses, NaN where not told."""

    name: str
    lat_deg: float
    lon_deg: float
    height_m: float
    range_sigma_m: float
    azimuth_sigma_deg: float
    elevation_sigma_deg: float


def read_tracking_lines(text: str, where: str = "tracking") -> tuple[TrackingLine, ...]:
    """Every line of a file; BadInputError names the first that cannot be read."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        at = f"{where}:{number}"
        if len(words) < 4 or words[1] not in COUNTS or len(words) != 3 + COUNTS[words[1]]:
            raise BadInputError(f"no measurement: {line.strip()[:60]!r}", at, f"write: time, one of {', '.join(COUNTS)}, station, values")  # fmt: skip # noqa: E501
        try:
            t_tai_ns = tai_ns_from_utc_text(words[0])
            values = tuple(float(word) for word in words[3:])
        except BadInputError as trouble:
            raise BadInputError(trouble.what, at, trouble.cure) from None
        except ValueError:
            raise BadInputError(f"a value that is no number: {line.strip()[:60]!r}", at, "correct the line") from None
        low, high = _LIMITS.get(words[1], (-360.0, 1e6))
        if not all(isfinite(value) and low <= value <= high for value in values):
            raise BadInputError(f"a value that cannot be: {line.strip()[:60]!r}", at, "correct the line")
        found.append(TrackingLine(t_tai_ns, words[1], words[2], values, number))
    if not found:
        raise BadInputError("no measurements are in it", where, "give a file of tracking lines")
    return tuple(found)


def read_told_stations(text: str, where: str = "stations") -> tuple[ToldStation, ...]:
    """Stations from `ground.station.* [n] = value` lines; others are passed over."""
    told: dict[int, dict[str, str]] = {}
    for line in text.splitlines():
        found = _KEY.match(line.strip())
        if found:
            told.setdefault(int(found[2]), {})[found[1].lower()] = found[3].strip()
    stations = []
    for number, keys in sorted(told.items()):

        def value(key: str, keys: dict[str, str] = keys, number: int = number, default: float | None = None) -> float:
            try:
                return float(keys[key])
            except KeyError:
                if default is not None:
                    return default
                raise BadInputError(f"station {number} has no {key}", where, "give latitude, longitude and altitude") from None  # fmt: skip # noqa: E501
            except ValueError:
                raise BadInputError(f"station {number}: {key} = {keys[key][:20]!r} is no number", where) from None

        nothing = float("nan")
        stations.append(ToldStation(
            keys.get("name", str(number)), value("latitude"), value("longitude"), value("altitude"),
            value("range.sigma", default=nothing), value("azimuth.sigma", default=nothing),
            value("elevation.sigma", default=nothing),
        ))  # fmt: skip
    if not stations:
        raise BadInputError("no stations are in it", where, "give ground.station.* lines")
    return tuple(stations)


def read_observation_columns(text: str, where: str = "observations") -> tuple[TrackingLine, ...]:
    """Lines of Vallado's tracking format (1.0): kind, satellite, sensor, date, time, and values in km and degrees.

    Kinds 0 to 3 (range; azimuth and elevation; all three; right ascension and declination). The angles and ranges of
    these files are free of refraction, and their instants those at the object (decision 0021).
    """
    kinds = {"0": "RANGE", "1": "AZ_EL", "2": "AZ_EL_RANGE", "3": "RA_DEC"}
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        at = f"{where}:{number}"
        try:
            kind = kinds[words[0]]
            year, month, day, hour, minute = (int(word) for word in words[3:8])
            second = float(words[8])
            values = tuple(float(word) for word in words[9 : 9 + COUNTS[kind]])
            if len(values) != COUNTS[kind] or not all(isfinite(value) and abs(value) < 1e6 for value in values):
                raise ValueError
            stamp = f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:09.6f}Z"
            t_tai_ns = tai_ns_from_utc_text(stamp)
        except BadInputError as trouble:
            raise BadInputError(trouble.what, at, trouble.cure) from None
        except (KeyError, IndexError, ValueError):
            raise BadInputError(f"no observation: {line.strip()[:60]!r}", at, "correct the line") from None
        ordered = (values[1], values[2], values[0]) if kind == "AZ_EL_RANGE" else values
        found.append(TrackingLine(t_tai_ns, kind, words[2], ordered, number, 0, 1))
    if not found:
        raise BadInputError("no observations are in it", where)
    return tuple(found)
