"""Whether a place is at sea: the packaged table of coasts, right within some 15 km.

A place nearer to a coast than the table can tell is partly both: shares are those of a disc about the place.
"""

from bisect import bisect_right
from functools import lru_cache
from typing import Any

import numpy as np

from vedette.core.shapes import Ints, Scalar
from vedette.core.tables import table_rows

SEA_OF_EARTH = 0.708  # share of the Earth's surface
SHORE_OF_EARTH = 0.025  # mean of `shore_of` over the Earth
SHORE_KM = 25.0
_GRAIN_PER_DEG, _ROWS_PER_DEG = 20.0, 4.0
_KM_PER_DEG = 111.2
_ROW_WIDTH = 8_000  # more grains than a row has


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(int(x) for x in row[1].split()) for row in table_rows("land_rows.csv"))


def is_land(lat_deg: float, lon_deg: float) -> bool:
    """Whether the table has land at a place; lakes count as land."""
    row = min(max(int((lat_deg + 90.0) * _ROWS_PER_DEG), 0), 719)
    place = ((lon_deg + 180.0) % 360.0) * _GRAIN_PER_DEG
    return bisect_right(_rows()[row], place) % 2 == 1


def sea_share(lat_deg: float, lon_deg: float, within_km: float = SHORE_KM) -> float:
    """Share of a disc about a place that is sea: 0 inland, 1 off the coast, between on the shore."""
    reach = within_km / _KM_PER_DEG
    wider = reach / max(float(np.cos(np.radians(lat_deg))), 0.05)
    water = 0
    for x, y in _DISC:
        lat = lat_deg + y * reach
        lon = lon_deg + x * wider
        if abs(lat) > 90.0:
            lat, lon = float(np.sign(lat)) * 180.0 - lat, lon + 180.0
        water += not is_land(lat, lon)
    return water / len(_DISC)


def clear_of_land_km(lat_deg: float, lon_deg: float, up_to_km: float = 300.0) -> float:
    """How far round a place there is no land, in steps of `SHORE_KM`; 0 where there is some within the first.

    Of a wide ring a dozen places are looked at, so that a small island in it may be overlooked.
    """
    clear, ring = 0.0, SHORE_KM
    while ring <= up_to_km and sea_share(lat_deg, lon_deg, ring) >= 1.0:
        clear, ring = ring, ring + SHORE_KM
    return clear


def sea_shares(lat_deg: Scalar, lon_deg: Scalar, within_km: float = SHORE_KM) -> Scalar:
    """(n,) `sea_share` of many places at once."""
    edges, first = _edges()
    reach = within_km / _KM_PER_DEG
    wider = reach / np.maximum(np.cos(np.radians(lat_deg)), 0.05)
    x, y = np.array(_DISC).T
    lat = lat_deg[:, None] + y * reach
    lon = lon_deg[:, None] + x * wider[:, None]
    is_over = np.abs(lat) > 90.0
    lat, lon = np.where(is_over, np.sign(lat) * 180.0 - lat, lat), np.where(is_over, lon + 180.0, lon)
    row = np.clip(((lat + 90.0) * _ROWS_PER_DEG).astype(np.int64), 0, len(first) - 1)
    place = ((lon + 180.0) % 360.0) * _GRAIN_PER_DEG
    crossed = np.searchsorted(edges, row * _ROW_WIDTH + place, side="right") - first[row]
    return np.asarray(np.mean(crossed % 2 == 0, axis=1))


@lru_cache(maxsize=1)
def _edges() -> tuple[Scalar, Ints]:
    """Every row's coasts in one rising list, `_ROW_WIDTH` from row to row, and where each row begins in it."""
    rows = _rows()
    first = np.cumsum([0, *(len(row) for row in rows)])[:-1]
    return np.concatenate([np.array(row) + k * _ROW_WIDTH for k, row in enumerate(rows)]).astype(float), first


def shore_of(sea: Any) -> Any:
    """How much of a shore a place is, from its share of sea: 0 inland and at sea, 1 where half of it is water."""
    return 4.0 * sea * (1.0 - sea)


_ANGLES = np.arange(6) * np.pi / 3
_DISC = ((0.0, 0.0), *((r * float(np.cos(a)), r * float(np.sin(a))) for r in (0.5, 1.0) for a in _ANGLES))
