"""All drawn moments of all kinds in one table, ordered by height, so that a track is compared with few of them.

A moment is a flight of a kind at an instant after lift-off, or a drawn state of what flies without a launch. It holds
what a track can tell: height, speed, climb, and the acceleration that is not gravity, along the way and across it.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vedette.assessment.typing.drawn_flights import Flights, drawn_flights
from vedette.assessment.typing.movers import movers
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.reports import Cause

HEIGHT_OFFSET_M = 3_000.0  # logarithms of height from here on: low is no far-off corner


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its name, what it may be (with its share of each cause), its flights if it is launched."""

    name: str
    causes: tuple[tuple[Cause, float], ...]
    flights: Flights | None


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """n moments by rising height."""

    kinds: tuple[Kind, ...]
    place: Rows  # (n, 3) ln(height + 3 km), speed upwards and level speed (m/s)
    push: Rows  # (n, 2) m/s2 along the way and upwards across it
    kind: Ints  # (n,)
    flight: Ints  # (n,) within its kind
    t_s: Scalar  # (n,) after lift-off; NaN without a launch
    weight: Scalar  # (n,) seconds it stands for over the kind's flights; 1 / n of its kind without a launch
    lasts_s: Scalar  # (n,) how long its flight is up
    ground_m: Scalar  # (n,) from the pad
    any_flight: Ints  # (n,) among the flights of all kinds; -1 without a launch
    burns_s: Rows  # (flights of all kinds, 4, 2)
    heights_m: Scalar  # flat: each flight's `height_grid_m`, one after the other ...
    heights_from: Ints  # ... beginning here, (flights + 1,)

    def __len__(self) -> int:
        return len(self.kind)


def place_of(height_m: Scalar | float, speed_mps: Scalar | float, climb_rad: Scalar | float) -> Rows:
    """(..., 3) the coordinates in which moments are compared."""
    height = np.log(np.maximum(height_m, 0.0) + HEIGHT_OFFSET_M)
    return np.stack([height, speed_mps * np.sin(climb_rad), speed_mps * np.cos(climb_rad)], axis=-1)


@lru_cache(maxsize=1)
def bank() -> Bank:
    """The bank, made at first use (seconds) and kept."""
    kinds: list[Kind] = []
    parts: list[tuple[np.ndarray, ...]] = []
    for flights in drawn_flights():
        here = np.isfinite(flights.height_m) & np.isfinite(flights.along_mps2)
        flight, instant = np.nonzero(here)
        lasts = (here * flights.weight_s).sum(axis=1)
        parts.append((
            place_of(flights.height_m[here], flights.speed_mps[here], flights.climb_rad[here]),
            np.stack([flights.along_mps2[here], flights.lift_mps2[here]], axis=1),
            np.full(len(flight), len(kinds)), flight, flights.t_s[instant],
            flights.weight_s[instant] / len(flights), lasts[flight], flights.ground_m[here],
        ))  # fmt: skip
        kinds.append(Kind(flights.name, flights.causes, flights))
    for one in movers():
        n = len(one.height_m)
        nothing = np.full(n, np.nan)
        parts.append((
            place_of(one.height_m, one.speed_mps, one.climb_rad), np.stack([one.along_mps2, one.lift_mps2], axis=1),
            np.full(n, len(kinds)), np.arange(n), nothing, np.full(n, 1.0 / n), nothing, nothing,
        ))  # fmt: skip
        kinds.append(Kind(one.name, ((one.cause, 1.0),), None))
    columns = [np.concatenate([part[i] for part in parts]) for i in range(8)]
    order = np.argsort(columns[0][:, 0], kind="stable")
    launched = [kind.flights for kind in kinds if kind.flights is not None]
    before = np.cumsum([0, *(0 if kind.flights is None else len(kind.flights) for kind in kinds)])[:-1]
    any_flight = np.where(np.isfinite(columns[4]), before[columns[2]] + columns[3], -1)
    lengths = [flights.height_grid_m.shape[1] for flights in launched for _ in range(len(flights))]
    place, push, kind, flight, t_s, weight, lasts, ground = (column[order] for column in columns)
    return Bank(
        tuple(kinds), place.astype(np.float32), push.astype(np.float32), kind.astype(np.int16),
        flight.astype(np.int16), t_s.astype(np.float32), weight.astype(np.float32), lasts.astype(np.float32),
        ground.astype(np.float32), any_flight[order].astype(np.int64),
        np.concatenate([flights.burns_s for flights in launched]),
        np.concatenate([flights.height_grid_m.ravel() for flights in launched]),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
    )  # fmt: skip
