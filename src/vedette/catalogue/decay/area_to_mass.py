"""How much air an object meets for its mass, from what its element sets say that drag has done.

Of one set: what its B* says that the mean motion did in the day before its epoch, to which it was fitted, against what
the air of that day would have done to an object of 1 m2/kg; its derivative of the mean motion where it has no B*. Of a
history: what the mean motion did from set to set, against the same (Saunders, Swinerd and Lewis, J. Spacecraft and
Rockets 49, 2012). Either way the ratio is that of *this* model of the air: its error at that height cancels later.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2
from vedette.core.shapes import Rows, Scalar
from vedette.motion.decay.descent import mean_state
from vedette.motion.decay.mean_rates import drag_rates_kernel
from vedette.motion.sgp4 import Sgp4
from vedette.motion.sgp4.layout import EARTH_RADIUS_KM, XKE
from vedette.reports.elements import ElementSets

HISTORY_DAYS: Final = 15.0  # older sets tell of another attitude and another Sun
SINGLE_SIGMA: Final = 0.10  # of ln(ratio), one set
HISTORY_SIGMA: Final = 0.07
SPAN_DAYS: Final = 1.0  # of the observations behind a fast-falling object's set
_DAY_NS: Final = 86_400 * 10**9


@dataclass(frozen=True, slots=True)
class AreaToMass:
    """CD A / m in m2/kg; not positive where the object is not sinking.

    sigma_ln : one sigma of its logarithm
    how : where it comes from, in words
    """

    value_m2_kg: float
    sigma_ln: float
    how: str


def mean_states(sets: ElementSets) -> tuple[Rows, Rows]:
    """`[h, e, M]` (n, 7) of every set in its own TEME, and Brouwer's mean motion (n,) in rad/s."""
    motion = Sgp4.of(sets).records["no"]  # rad/min, no longer Kozai's
    axis_m = (XKE / motion) ** (2.0 / 3.0) * EARTH_RADIUS_KM * 1e3
    states = mean_state(
        axis_m, sets.eccentricity, sets.inclination_rad, sets.node_teme_rad, sets.perigee_argument_rad,
        sets.mean_anomaly_rad,
    )  # fmt: skip
    return states, motion / 60.0


def unit_drag(state: Rows, ln_air: Rows, days: Scalar, sun_ra_rad: float) -> Scalar:
    """d(ln n)/dt (1/s) that drag does to 1 m2/kg on one mean orbit, at each of some days of a grid."""
    out = np.empty(len(days))
    rates = np.zeros(7)
    h, e = state[:3], state[3:6]
    e2 = float(e @ e)
    p = float(h @ h) / EARTH_MU_M3_S2
    axis = p / (1.0 - e2)
    for k, day in enumerate(np.asarray(days).tolist()):
        drag_rates_kernel(h, e, 1.0, ln_air, day, sun_ra_rad, rates)
        sinking = (2.0 * float(h @ rates[:3]) / EARTH_MU_M3_S2 + 2.0 * p * float(e @ rates[3:6]) / (1.0 - e2)) / (
            1.0 - e2
        )
        out[k] = -1.5 * sinking / axis
    return out


def area_to_mass(sets: ElementSets, ln_air: Rows, air_epoch_tai_ns: int, sun_ra_rad: float) -> AreaToMass:
    """Of one object's sets, oldest first; `ln_air` a grid of days from an instant on that covers them.

    sun_ra_rad : of the newest set's epoch; a fortnight moves it little
    """
    states, motion = mean_states(sets)
    day = (sets.t_epoch_tai_ns - air_epoch_tai_ns) / _DAY_NS
    newest = len(sets) - 1
    young = np.flatnonzero(day >= max(day[newest] - HISTORY_DAYS, 0.0))
    gained, expected = 0.0, 0.0
    for i, j in zip(young[:-1].tolist(), young[1:].tolist(), strict=True):
        if day[j] - day[i] < 0.02:
            continue
        at = np.linspace(day[i], day[j], 2 + int(day[j] - day[i]))
        drag = 0.5 * (unit_drag(states[i], ln_air, at, sun_ra_rad) + unit_drag(states[j], ln_air, at, sun_ra_rad))
        gained += np.log(motion[j] / motion[i])
        expected += float(np.trapezoid(drag, at)) * 86_400.0
    if expected > 0.0 and day[newest] - day[young[0]] >= 1.0:
        return AreaToMass(gained / expected, HISTORY_SIGMA, f"history of {len(young)} element sets")
    told, how = told_gain(sets.take(np.array([newest])))
    value = 0.0
    for _ in range(4):  # the orbit was higher before, by what the ratio itself says
        met = unit_gain(states[newest], max(value, 0.0), ln_air, float(day[newest]), sun_ra_rad)
        if met <= 0.0:
            return AreaToMass(0.0, SINGLE_SIGMA, "no air there")
        value = told / met
    return AreaToMass(value, SINGLE_SIGMA, how)


def told_gain(sets: ElementSets) -> tuple[float, str]:
    """ln(n now / n before) over the `SPAN_DAYS` before a set's epoch, as SGP4 with its B* has it; and its source.

    A set's drag is fitted to the days before it. Where B* is nothing its first derivative of the mean motion stands in.
    """
    record = Sgp4.of(sets).records[0]
    t = -SPAN_DAYS * 1440.0
    if record["bstar"] == 0.0:
        told = 2.0 * float(sets.mean_motion_dot_radpmin2[0]) / float(sets.mean_motion_radpmin[0])
        return -told * t, "the set's change of mean motion"
    shrink = 1.0 - record["cc1"] * t
    if not record["is_simple"] and not record["is_deep"]:
        shrink -= t * t * (record["d2"] + t * (record["d3"] + t * record["d4"]))
    return 3.0 * float(np.log(shrink)), "the set's B*"


def unit_gain(state: Rows, ratio_m2_kg: float, ln_air: Rows, day: float, sun_ra_rad: float) -> float:
    """ln(n now / n before) over the same span that drag does to 1 m2/kg on the orbit this ratio has come down by."""
    steps = 12
    step_s = SPAN_DAYS * 86_400.0 / steps
    here, rates, total = state.copy(), np.zeros(7), 0.0
    for k in range(steps):
        at = max(day - (k + 0.5) * SPAN_DAYS / steps, 0.0)
        total += step_s * float(unit_drag(here, ln_air, np.array([at]), sun_ra_rad)[0])
        drag_rates_kernel(here[:3], here[3:6], ratio_m2_kg, ln_air, at, sun_ra_rad, rates)
        here[:6] -= step_s * rates[:6]
    return total
