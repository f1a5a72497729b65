"""Where Sun and Moon stand, seen from the Earth's centre."""

import numpy as np

from vedette.core.shapes import Ints, Vec3
from vedette.time import jd_tt_from_tai_ns

ASTRONOMICAL_UNIT_M = 149_597_870_700.0  # IAU 2012 resolution B2, exact


def sun_position_gcrf_m(t_tai_ns: Ints | int) -> Vec3:
    """Geometric position of the Sun at instants (...); (..., 3).

    ERFA `epv00` (simplified VSOP2000): within 14 km of DE405 for 1900-2100. No aberration: the Sun is seen 20
    arcseconds away from here. TT stands for TDB, a matter of 60 m.
    """
    import erfa

    heliocentric, _ = erfa.epv00(*jd_tt_from_tai_ns(t_tai_ns))
    return -ASTRONOMICAL_UNIT_M * np.asarray(heliocentric["p"])


def moon_position_gcrf_m(t_tai_ns: Ints | int) -> Vec3:
    """Geometric position of the Moon at instants (...); (..., 3).

    ERFA `moon98` (Meeus 1998 after Chapront): some 10 arcseconds in longitude, 4 in latitude, tens of kilometres in
    distance.
    """
    import erfa

    return ASTRONOMICAL_UNIT_M * np.asarray(erfa.moon98(*jd_tt_from_tai_ns(t_tai_ns))["p"])
