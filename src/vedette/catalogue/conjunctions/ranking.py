"""Which approaches to look at first: probability with the doubt that element sets of that age have, and what to mind.

Element sets carry no covariance: their usual error by regime and age stands in (`element_error`), radial, along and
across each orbit. Hard bodies come from a table where one is given, else from the kind of object that its name tells.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vedette.catalogue.conjunctions.disk import pc_2d
from vedette.catalogue.conjunctions.encounter import rtn_axes
from vedette.catalogue.conjunctions.screen import Approaches
from vedette.catalogue.element_error import element_sigmas_m
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Rows, Scalar
from vedette.motion.sgp4 import Sgp4
from vedette.reports.elements import ElementSets

OLD_DAYS = 7.0  # beyond this age elements are marked
_RADII_M = (("DEB", 0.5), ("COOLANT", 0.1), ("R/B", 4.0), ("AKM", 1.5), ("PKM", 1.5))
_PAYLOAD_M = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """For each approach, in its order.

    pc, pc_max : 2-D, and the greatest over a common scale of the doubts
    is_diluted : better data could only make it look worse
    states : (n, 2, 6) teme m, m/s at the closest approach
    """

    pc: Scalar
    pc_max: Scalar
    is_diluted: Bools
    radius_m: Scalar
    sigmas_m: Rows  # (n, 2, 3) radial, along, across
    ages_days: Rows  # (n, 2)
    is_old: Bools
    states: np.ndarray


def radii_m(sets: ElementSets, table: Mapping[int, float] | None = None) -> Scalar:
    """Hard-body radius of each object: of the table by catalogue number, or by kind."""
    out = np.full(len(sets), _PAYLOAD_M)
    for row, (name, number) in enumerate(zip(sets.name, sets.number.tolist(), strict=True)):
        if table is not None and number in table:
            out[row] = table[number]
            continue
        for word, radius in _RADII_M:
            if word in name:
                out[row] = radius
                break
    return out


def rank(sets: ElementSets, found: Approaches, table: Mapping[int, float] | None = None) -> Ranked:
    """Probability of each approach, and what to mind about it."""
    from vedette.catalogue.conjunctions.refine import states_at

    n = len(found)
    radius = radii_m(sets, table)
    combined = radius[found.i] + radius[found.j]
    sgp4 = Sgp4.of(sets)
    states, sigmas, ages = np.empty((n, 2, 6)), np.empty((n, 2, 3)), np.empty((n, 2))
    covs = np.zeros((n, 3, 3))
    for k, rows in enumerate((found.i, found.j)):
        minutes = (found.t_tai_ns - sgp4.t_epoch_tai_ns[rows]) / (60.0 * NS_PER_S)
        km = np.empty((n, 6))
        states_at(sgp4.records[rows], minutes, np.arange(n), np.zeros(n), km)
        states[:, k] = 1e3 * km
        sigmas[:, k] = element_sigmas_m(sets.take(rows), found.t_tai_ns)
        ages[:, k] = minutes / 1440.0
        axes = rtn_axes(states[:, k])
        covs += np.einsum("nij,nj,nkj->nik", axes, sigmas[:, k] ** 2, axes)
    d, v = states[:, 1, :3] - states[:, 0, :3], states[:, 1, 3:] - states[:, 0, 3:]
    z = v / np.maximum(np.linalg.norm(v, axis=1, keepdims=True), 1e-9)
    x = d - z * np.sum(d * z, axis=1, keepdims=True)
    x = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)
    plane = np.stack([x, np.cross(z, x)], axis=1)
    cov = plane @ covs @ plane.transpose(0, 2, 1)
    miss = np.einsum("nij,nj->ni", plane, d)
    pc = pc_2d(miss, cov, combined)
    # for bodies smaller than the doubts the greatest is where the miss is the root of two sigmas (Alfano 2005)
    square = np.einsum("ni,ni->n", miss, np.linalg.solve(cov, miss[..., None])[..., 0])
    scale = np.sqrt(np.maximum(square, 1e-12) / 2.0)
    most = pc_2d(miss, cov * (scale**2)[:, None, None], combined)
    return Ranked(
        pc, np.maximum(most, pc), scale < 1.0, combined, sigmas, ages,
        np.abs(ages).max(axis=1) > OLD_DAYS, states,
    )  # fmt: skip
