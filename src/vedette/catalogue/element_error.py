"""How far an object is from where its element set puts it: radially, along its way, and across, growing with age.

Element sets come without uncertainty. These are round figures by regime, from comparisons with precise orbits (Vallado
and Cefola, "Two-line element sets: practice and use", IAC 2012; Kelso, "Validation of SGP4 and IS-GPS-200D against GPS
precision ephemerides", AAS 07-127, and our own with 126 navigation satellites, docs/accuracy.md). Along the way the
doubt about drag grows with the square of the age: a fifth of what the set itself says that drag does.
"""

from typing import Final

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows
from vedette.reports.elements import ElementSets

_DAY_S: Final = 86_400.0
_DRAG_SHARE: Final = 0.2
_MU_KM3_S2: Final = 398_600.8
# period up to so many minutes: at the epoch and for each day of age, km: radial, along, across
_REGIMES: Final = (
    (225.0, (0.2, 0.4, 0.25), (0.045, 0.35, 0.055)),
    (800.0, (0.4, 0.8, 0.3), (0.06, 0.25, 0.03)),
    (np.inf, (1.0, 2.0, 1.0), (0.3, 1.0, 0.1)),
)


def element_sigmas_m(sets: ElementSets, t_tai_ns: Ints) -> Rows:
    """(n, 3) one sigma radially, along and across at one instant or (n,) instants, where nothing manoeuvred."""
    age_days = np.abs((np.asarray(t_tai_ns, dtype=np.int64) - sets.t_epoch_tai_ns) / (NS_PER_S * _DAY_S))
    period_min = 2.0 * np.pi / sets.mean_motion_radpmin
    out = np.empty((len(sets), 3))
    low = 0.0
    for top, first, daily in _REGIMES:
        rows = (period_min >= low) & (period_min < top)
        out[rows] = np.array(first) + np.array(daily) * age_days[rows, None]
        low = top
    axis_km = (_MU_KM3_S2 / (sets.mean_motion_radpmin / 60.0) ** 2) ** (1.0 / 3.0)
    drag_km = np.abs(sets.mean_motion_dot_radpmin2) * (1440.0 * age_days) ** 2 * axis_km
    out[:, 1] = np.hypot(out[:, 1], _DRAG_SHARE * drag_km)
    return 1e3 * out
