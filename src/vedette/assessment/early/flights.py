"""Drawn boosts of every launch class on one grid of seconds, few enough that all can be held against a few looks.

They are `typing.drawn_flights`, thinned: of each kind some flights, each with its share of every cause it may be. Where
a flight may stand when infrared first finds it is worked out once: soon after it comes out of a cloud whose top is as
likely at any height up to twelve kilometres.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vedette.assessment.typing.density import CLOUD_TOP_M, LOOK_EVERY_S
from vedette.assessment.typing.drawn_flights import BOOST_GRID_S, Flights, drawn_flights
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.reports import LAUNCHES, Cause

OF_A_KIND = 8
LATE_SHARE = 0.03  # of launches that infrared finds late in their boost: cloud higher, looks that failed, a dim flame
_STEP_S, _LATE_STEP_S = 1.0, 8.0


@dataclass(frozen=True, slots=True, eq=False)
class EarlyFlights:
    """k flights on m instants after lift-off (1, 3, 5 ... s); NaN after each one's grid has ended."""

    height_m: Rows  # (k, m)
    ground_m: Rows  # (k, m) along the ground from the pad
    burns_s: Rows  # (k, 4, 2)
    causes: tuple[Cause, ...]  # the launches, c of them
    log_share: Rows  # (k, c) ln share of a cause's flights that fly so
    starts: "Starts"

    def __len__(self) -> int:
        return len(self.height_m)


@dataclass(frozen=True, slots=True, eq=False)
class Starts:
    """p ways to stand at the first look: which flight, seconds after lift-off, ln of how probable."""

    flight: Ints
    since_s: Scalar
    log_weight: Scalar


@lru_cache(maxsize=1)
def early_flights() -> EarlyFlights:
    """The table, made at first use and kept."""
    chosen = [(one, np.linspace(0, len(one) - 1, min(OF_A_KIND, len(one))).astype(int)) for one in drawn_flights()]
    width = max(int(_fine(one)) for one, _ in chosen)
    causes = tuple(sorted(LAUNCHES))
    columns: list[list[np.ndarray]] = [[] for _ in range(4)]
    for one, rows in chosen:
        fine = _fine(one)
        height, ground = np.full((len(rows), width), np.nan), np.full((len(rows), width), np.nan)
        height[:, :fine], ground[:, :fine] = one.height_m[rows, :fine], one.ground_m[rows, :fine]
        share = np.full((len(rows), len(causes)), -np.inf)
        for cause, p in one.causes:
            share[:, causes.index(cause)] = np.log(p / len(rows))
        for column, value in zip(columns, (height, ground, one.burns_s[rows], share), strict=True):
            column.append(value)
    height, ground, burns, share = (np.concatenate(column) for column in columns)
    ends = np.nanmax(burns[:, :, 1], axis=1)
    return EarlyFlights(height, ground, burns, causes, share, _starts(height, ends))


def _fine(one: Flights) -> int:
    return one.height_grid_m.shape[1]


def _starts(height_m: Rows, burnout_s: Scalar) -> Starts:
    """Found by infrared within `LOOK_EVERY_S` of coming out of the cloud, or late."""
    flight, since, weight = [], [], []
    for k, end_s in enumerate(burnout_s):
        t = np.arange(_STEP_S, end_s, _STEP_S)
        density = (1.0 - LATE_SHARE) * (_clear(height_m[k], t) - _clear(height_m[k], t - LOOK_EVERY_S)) / LOOK_EVERY_S
        soon = density > 1e-6
        late = np.arange(0.5 * min(_LATE_STEP_S, end_s), end_s, _LATE_STEP_S)
        for times, w in ((t[soon], density[soon] * _STEP_S), (late, np.full(len(late), LATE_SHARE / len(late)))):
            flight.append(np.full(len(times), k))
            since.append(times)
            weight.append(w)
    return Starts(np.concatenate(flight), np.concatenate(since), np.log(np.concatenate(weight)))


def _clear(height_m: Scalar, t_s: Scalar) -> Scalar:
    """Share of clouds that a flight is above at instants after lift-off."""
    grid_s = 1.0 + BOOST_GRID_S * np.arange(len(height_m))
    here = np.interp(t_s, grid_s, np.nan_to_num(height_m, nan=CLOUD_TOP_M))
    return np.asarray(np.where(t_s > 1.0, np.clip(here / CLOUD_TOP_M, 0.0, 1.0), 0.0))
