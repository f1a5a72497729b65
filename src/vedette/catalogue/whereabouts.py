"""Where catalogued objects are: element sets to Earth-fixed and celestial positions, with their doubt."""

from dataclasses import dataclass

import numpy as np

from vedette.catalogue.element_error import element_sigmas_m
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.frames import EarthOrientation, gcrf_from_teme_matrix, itrf_from_teme_matrix
from vedette.motion.sgp4 import Sgp4
from vedette.reports.elements import ElementSets


@dataclass(frozen=True, slots=True, eq=False)
class Whereabouts:
    """n objects at m instants; NaN where an element set gives no state.

    troubles : (n, m) of `vedette.motion.sgp4.TROUBLES`
    sigmas_m : (n, m, 3) radially, along, across
    marks : of the Earth orientation used
    """

    positions_itrf_m: Rows
    positions_gcrf_m: Rows
    age_days: Scalar
    sigmas_m: Rows
    troubles: Ints
    marks: tuple[str, ...]


def whereabouts(sets: ElementSets, t_tai_ns: Ints, earth_orientation: EarthOrientation | None = None) -> Whereabouts:
    """Positions of all objects at instants (m,)."""
    orientation = earth_orientation or EarthOrientation.packaged()
    t = np.atleast_1d(np.asarray(t_tai_ns, dtype=np.int64))
    (x, y, z, *_), troubles = Sgp4.of(sets).components_teme(t)
    teme = np.stack([x, y, z], axis=-1)
    sigmas = [element_sigmas_m(sets, np.full(len(sets), instant)) for instant in t.tolist()]
    return Whereabouts(
        positions_itrf_m=np.einsum("mij,nmj->nmi", itrf_from_teme_matrix(t, orientation), teme),
        positions_gcrf_m=np.einsum("mij,nmj->nmi", gcrf_from_teme_matrix(t, orientation), teme),
        age_days=(t[None, :] - sets.t_epoch_tai_ns[:, None]) / 8.64e13,
        sigmas_m=np.stack(sigmas, axis=1),
        troubles=troubles,
        marks=tuple(dict.fromkeys(mark for instant in t.tolist() for mark in orientation.marks(instant))),
    )
