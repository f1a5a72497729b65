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
ORDINARY_KM = 8.0  # of height within half a step; more, and an object looks through all the heights it passes
_AT_ONCE = 15  # knots
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
    from vedette.catalogue.conjunctions.sweep import ANGLE_SLACK, BUCKETS, LOWEST_KM, between_kernel, find_kernel

    n, half = len(sgp4), 0.5 * step_s
    steps = round(KNOT_S / step_s)
    height = 2.0 * FASTEST_RADPS * half * 1.02 + km / LOWEST_KM + ANGLE_SLACK
    bands = int(np.pi / height)
    height = np.pi / bands
    sides = np.abs(np.arange(bands + 1) * height - 0.5 * np.pi)
    edge = np.maximum(sides[:-1], sides[1:])
    spans = np.where(
        edge + height < 0.5 * np.pi - 2e-3,
        np.arcsin(np.minimum(1.0, np.sin(height) / np.maximum(np.cos(edge), 1e-6))), np.pi,
    )  # fmt: skip
    cells = np.maximum((2.0 * np.pi / (spans * 1.001)).astype(np.int64), 1)
    first = np.concatenate([[0], np.cumsum(cells)])
    px, py, pz, vx, vy, vz, r, rise, turn, lat, lon = (np.empty(n, np.float32) for _ in range(11))
    order, key, wide = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    start, fill, crowd = np.zeros(BUCKETS + 1, np.int32), np.empty(BUCKETS, np.int32), np.zeros(4096, np.int32)
    scratch = np.empty((7, n), np.float32)
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
            while True:
                found = find_kernel(
                    n, px, py, pz, vx, vy, vz, r, rise, turn, lat, lon, km, half, KNOT_S, ORDINARY_KM, height, cells,
                    first, FASTEST_RADPS, order, key, start, fill, crowd, scratch, wide, ci, cj, ct, 0,
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


def knots_km(sgp4: Sgp4, t_start_tai_ns: int, index: Ints) -> np.ndarray:
    """(m, 6, n) single precision states, km and km/s, at knots counted from the start; NaN where there is no state."""
    t = t_start_tai_ns + np.asarray(index, dtype=np.int64) * round(KNOT_S * NS_PER_S)
    components, troubles = sgp4.components_teme(t)
    out = np.empty((len(t), 6, len(sgp4)), np.float32)
    for c, component in enumerate(components):
        out[:, c, :] = component.T
    out *= np.float32(1e-3)
    out[np.broadcast_to((troubles.T != 0)[:, None, :], out.shape)] = np.nan
    return out
