"""Pairs that may come near, step after step, from SGP4 knots four minutes apart. Pure: a stretch of time in, rows out.

Any stretch gives the rows that a longer one gives for it, so that stretches may be computed anywhere and joined.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Scalar
from vedette.motion.sgp4 import Sgp4

KNOT_S = 240.0
STEP_S = 80.0
ORDINARY_KM = 40.0  # of height within half a step; more, and an object looks through all the heights it passes
_BREADTH = 1.7  # of cells, in what two objects move in a step: broader, and fewer are looked into, with more in each
_AT_ONCE = 15  # knots
_IN_CACHE = 1024  # objects
FASTEST_RADPS = 1.26e-3  # of an ordinary object: a round orbit grazing the ground


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Rows i, j of the element sets and when (s after the start) they may be near."""

    i: Ints
    j: Ints
    t_s: Scalar


def candidates(
    sgp4: Sgp4, t_start_tai_ns: int, from_knot: int, to_knot: int, km: float,
    told: Callable[[int], None] | None = None, step_s: float = STEP_S,
) -> Candidates:  # fmt: skip
    """All pairs that may come within km between two knots, counted from the start.

    told : called with each knot that is done
    """
    from vedette.catalogue.conjunctions.sweep import (
        SHELVES,
        between_kernel,
        find_kernel,
        sort_kernel,
        wide_kernel,
    )

    n, half = len(sgp4), 0.5 * step_s
    steps = round(KNOT_S / step_s)
    height, reach, cells, first, spans = _cells(km, half)
    px, py, pz, vx, vy, vz, r, rise, turn, lat, lon = (np.empty(n, np.float32) for _ in range(11))
    scratch = np.empty((11, n), np.float32)
    cell, shelf, order, other, wide, top, own = (np.empty(n, np.int32) for _ in range(7))
    count, start = np.empty(SHELVES + 1, np.int32), np.empty(first[-1] + 1, np.int32)
    ci, cj, ct = np.empty(1 << 16, np.int32), np.empty(1 << 16, np.int32), np.empty(1 << 16, np.float32)
    out_i, out_j, out_t = [], [], []
    knots = np.empty((0, 6, n), np.float32)
    base = from_knot
    for k in range(from_knot, to_knot):
        if k == from_knot or k - base == len(knots) - 1:
            base = k
            knots = knots_km(sgp4, t_start_tai_ns, np.arange(k, min(k + _AT_ONCE, to_knot) + 1))
        a, b = knots[k - base], knots[k - base + 1]
        for s in range(steps):
            f = (s + 0.5) / steps
            between_kernel(f, KNOT_S, a, b, px, py, pz, vx, vy, vz, r, rise, turn, lat, lon, half)
            others = sort_kernel(
                n, px, py, pz, vx, vy, vz, r, rise, turn, lat, lon, km, half, ORDINARY_KM, FASTEST_RADPS, height, reach,
                cells, first, cell, shelf, order, other, count, start, wide, scratch, top, own,
            )  # fmt: skip
            while True:
                found = find_kernel(
                    order, start, scratch, own, top, km, half, KNOT_S, height, reach, cells, first, spans, ci, cj, ct, 0
                )
                found = wide_kernel(
                    wide, others, px, py, pz, vx, vy, vz, r, rise, turn, lat, lon, km, half, KNOT_S, ORDINARY_KM,
                    FASTEST_RADPS, height, cells, first, order, start, scratch, own, ci, cj, ct, found,
                )  # fmt: skip
                if found <= len(ci):
                    break
                room = 2 * found
                ci, cj, ct = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.float32)
            if found:
                out_i.append(np.minimum(ci[:found], cj[:found]).astype(np.int64))
                out_j.append(np.maximum(ci[:found], cj[:found]).astype(np.int64))
                out_t.append((k + f) * KNOT_S + ct[:found].astype(float))
        if told is not None:
            told(k)
    if not out_i:
        return Candidates(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    return Candidates(np.concatenate(out_i), np.concatenate(out_j), np.concatenate(out_t))


def _cells(km: float, half_s: float) -> tuple[float, float, Ints, Ints, Scalar]:
    """Height of a band of latitude, the angle two objects may be apart in the middle of a step and meet in it, how many
    cells each band has, where it begins, and how far the objects of each reach in longitude (pi: all round)."""
    from vedette.catalogue.conjunctions.sweep import ANGLE_SLACK, LOWEST_KM

    reach = 2.0 * FASTEST_RADPS * half_s * 1.02 + km / LOWEST_KM + ANGLE_SLACK
    bands = int(np.pi / (_BREADTH * reach))
    height = np.pi / bands
    sides = np.abs(np.arange(bands + 1) * height - 0.5 * np.pi)
    edge = np.maximum(sides[:-1], sides[1:])
    spans = np.where(
        edge + reach < 0.5 * np.pi - 2e-3,
        1.01 * np.arcsin(np.minimum(1.0, np.sin(reach) / np.maximum(np.cos(edge), 1e-6))) + ANGLE_SLACK, np.pi,
    )  # fmt: skip
    cells = np.maximum((2.0 * np.pi / (_BREADTH * spans)).astype(np.int64), 1)
    return height, reach, cells, np.concatenate([[0], np.cumsum(cells)]), spans


def knots_km(sgp4: Sgp4, t_start_tai_ns: int, index: Ints) -> np.ndarray:
    """(m, 6, n) single precision states, km and km/s, at knots counted from the start; NaN where there is no state."""
    t = t_start_tai_ns + np.asarray(index, dtype=np.int64) * round(KNOT_S * NS_PER_S)
    out = np.empty((len(t), 6, len(sgp4)), np.float32)
    for a in range(0, len(sgp4), _IN_CACHE):  # what is turned about stays in the cache
        rows = slice(a, a + _IN_CACHE)
        components, troubles = Sgp4(sgp4.t_epoch_tai_ns[rows], sgp4.records[rows]).components_teme(t)
        for c, component in enumerate(components):
            out[:, c, rows] = 1e-3 * component.T
        if troubles.any():
            out[:, :, rows] = np.where((troubles.T != 0)[:, None, :], np.float32(np.nan), out[:, :, rows])
    return out
