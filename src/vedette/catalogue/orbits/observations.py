"""What was measured of one object: rows of single values, whoever measured them and however.

A radar look of azimuth, elevation and range is three rows of one group. Instants mean what `event` says: when the
signal came back, when it was at the object, or when it left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Ints, Rows, Scalar


class Kind(IntEnum):
    """What a row's value is, and its unit."""

    RANGE = 0  # m, half of the way there and back
    RANGE_RATE = 1  # m/s, growing range positive
    AZIMUTH = 2  # rad
    ELEVATION = 3  # rad
    RIGHT_ASCENSION = 4  # rad, astrometric, gcrf axes
    DECLINATION = 5  # rad
    X = 6  # m, Earth-fixed position
    Y = 7
    Z = 8


class Signal(IntEnum):
    """What carries a row, and so which air delays and bends it."""

    NONE = 0  # already corrected, or no signal
    LASER = 1
    RADIO = 2


RECEIVED, BOUNCED, TRANSMITTED = 0, 1, 2
ANGLES = (Kind.AZIMUTH, Kind.ELEVATION, Kind.RIGHT_ASCENSION, Kind.DECLINATION)
KIND_WORDS = {
    Kind.RANGE: "range", Kind.RANGE_RATE: "range rate", Kind.AZIMUTH: "azimuth", Kind.ELEVATION: "elevation",
    Kind.RIGHT_ASCENSION: "right ascension", Kind.DECLINATION: "declination", Kind.X: "x", Kind.Y: "y", Kind.Z: "z",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """n values in the order of time.

    station : index into `stations`; -1 for positions, which no station measured
    group : rows of one look share a number and are edited together
    weather : pressure (Pa), temperature (K), humidity (0 to 1) at the station; NaN where not known
    """

    stations: tuple[str, ...]
    t_tai_ns: Ints
    kind: Ints
    station: Ints
    value: Scalar
    sigma: Scalar
    group: Ints
    event: Ints
    signal: Ints
    wavelength_m: Scalar
    weather: Rows  # (n, 3)
    is_corrected: Bools  # the troposphere is taken off already

    def __post_init__(self) -> None:
        if not np.all(self.sigma > 0):  # written so that NaN fails as well
            raise UsageError("an observation without a sigma greater than none")

    def __len__(self) -> int:
        return len(self.t_tai_ns)

    def take(self, rows: Ints | Bools) -> "Observations":
        """Some of the rows, in the order asked for."""
        columns = {name: getattr(self, name)[rows] for name in _COLUMNS}
        return replace(self, **columns)

    def sorted(self) -> "Observations":
        """The rows in the order of time."""
        return self.take(np.argsort(self.t_tai_ns, kind="stable"))

    def of_stations(self, used_only: bool = True) -> "Observations":
        """The same rows with the stations that have any, in the order of their names."""
        used = np.unique(self.station[self.station >= 0]) if used_only else np.arange(len(self.stations))
        names = tuple(sorted(self.stations[int(i)] for i in used))
        index = np.array([names.index(name) if name in names else -1 for name in self.stations] or [-1])
        return replace(self, stations=names, station=np.where(self.station >= 0, index[self.station], -1))


_COLUMNS = (
    "t_tai_ns", "kind", "station", "value", "sigma", "group", "event", "signal", "wavelength_m", "weather",
    "is_corrected",
)  # fmt: skip


def observations(
    stations: Sequence[str],
    t_tai_ns: Ints,
    kind: Ints | int,
    station: Ints | int,
    value: Scalar,
    sigma: Scalar | float,
    *,
    group: Ints | None = None,
    event: Ints | int = BOUNCED,
    signal: Ints | int = Signal.NONE,
    wavelength_m: Scalar | float = np.nan,
    weather: Rows | None = None,
    is_corrected: Bools | bool = False,
) -> Observations:
    """Rows from columns; whatever is one value stands for all rows."""
    t = np.atleast_1d(np.asarray(t_tai_ns, dtype=np.int64))
    n = len(t)

    def column(given: object, kind_of: type) -> np.ndarray:
        return np.array(np.broadcast_to(np.asarray(given, dtype=kind_of), (n,)))

    return Observations(
        tuple(stations), t, column(kind, np.int64), column(station, np.int64), column(value, float),
        column(sigma, float), np.arange(n) if group is None else np.asarray(group, dtype=np.int64),
        column(event, np.int64), column(signal, np.int64), column(wavelength_m, float),
        np.full((n, 3), np.nan) if weather is None else np.asarray(weather, dtype=float), column(is_corrected, bool),
    )  # fmt: skip


def joined(parts: Sequence[Observations]) -> Observations:
    """All rows of several in the order of time; stations of one name are one station."""
    if not parts:
        raise UsageError("nothing was observed")
    names = tuple(sorted({name for part in parts for name in part.stations}))
    columns: dict[str, list[np.ndarray]] = {name: [] for name in _COLUMNS}
    first_group = 0
    for part in parts:
        index = np.array([names.index(name) for name in part.stations] or [-1])
        for name in _COLUMNS:
            rows = getattr(part, name)
            if name == "station":
                rows = np.where(rows >= 0, index[rows], -1)
            elif name == "group":
                rows = rows + first_group
            columns[name].append(rows)
        first_group += int(part.group.max()) + 1 if len(part) else 0
    return Observations(names, **{name: np.concatenate(rows) for name, rows in columns.items()}).sorted()
