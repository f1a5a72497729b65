"""How the launches of a class may go: drawn flights, seen from their own pad, to ask what sensors would see of them.

The figures that vary, and how much, are those of the class table's vehicles (thrust, burn, every azimuth, a loft) and
round ones for what is not known of any launch: the echo's size, the flame's brightness, the height of the cloud.
Flights are kept in the pad's own east, north, up, so that one set serves every pad: the turning Earth bends a boost
by less than what the draws themselves differ.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import radians
from zlib import crc32

import numpy as np

from vedette.core.errors import NotFoundError
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import A0_MPS2, AZIMUTH_RAD, BURN_S, FLOW_PER_S, KICK_RAD, stage_entry
from vedette.motion.flight_classes import CLASS_NAMES, Vehicle, ignition_mass_kg, nominal_boost, vehicles_of

REFERENCE_LAT_RAD = radians(30.0)
THRUST_SIGMA = 0.05
LOFT_SIGMA = 0.03  # of the natural logarithm of the climb at burnout
RCS_MEDIAN_M2, RCS_LOG_SIGMA = 1.0, 0.5
PLUME_LOG_SIGMA = 0.3
STEP_S = 1.0
_REDRAWS = 8


@dataclass(frozen=True, slots=True, eq=False)
class ClassFlights:
    """n drawn launches of one class, lift-off at zero, by the second (m instants)."""

    class_name: str
    t_s: Scalar  # (m,)
    position_enu_m: Rows  # (n, m, 3) about the pad; NaN after coming down
    velocity_enu_mps: Rows  # (n, m, 3)
    thrust_n: Rows  # (n, m)
    rcs_m2: Scalar  # (n,)
    plume: Scalar  # (n,) brightness over that of the generic plume
    cloud: Scalar  # (n,) even in [0, 1): where in the spread of cloud tops

    def __len__(self) -> int:
        return len(self.rcs_m2)

    def states_itrf(self, flight: Ints, t_s: Rows, lat_rad: Scalar, lon_rad: Scalar) -> Rows:
        """(k, e, 6) flights `flight` (k,) from pads at sea level, at instants (k, e) after lift-off."""
        at = np.clip(t_s, 0.0, self.t_s[-1]) / STEP_S
        low = np.minimum(at.astype(np.int64), len(self.t_s) - 2)
        share = (at - low)[..., None]
        row = flight[:, None]
        place = self.position_enu_m[row, low] * (1.0 - share) + self.position_enu_m[row, low + 1] * share
        going = self.velocity_enu_mps[row, low] * (1.0 - share) + self.velocity_enu_mps[row, low + 1] * share
        turn = enu_from_itrf_matrix(lat_rad, lon_rad)
        place = place @ turn + itrf_from_geodetic(lat_rad, lon_rad, np.zeros(len(flight)))[:, None]
        return np.concatenate([place, going @ turn], axis=-1)

    def thrusts_n(self, flight: Ints, t_s: Rows) -> Rows:
        """(k, e) thrust at those instants."""
        low = np.clip((t_s / STEP_S).astype(np.int64), 0, len(self.t_s) - 1)
        return np.asarray(self.thrust_n[flight[:, None], low])


@lru_cache(maxsize=64)
def class_flights(class_name: str, count: int, seconds: float, seed: int = 0) -> ClassFlights:
    """`count` drawn launches of a class over the first `seconds` of flight; the same arguments give the same."""
    if class_name not in CLASS_NAMES:
        raise NotFoundError(f"no launch class {class_name!r}; there are {', '.join(CLASS_NAMES)}")
    kinds = vehicles_of(class_name)
    rng = np.random.default_rng([seed, crc32(class_name.encode())])
    t_s = np.arange(0.0, seconds + STEP_S, STEP_S)
    azimuth_rad = 2.0 * np.pi * (rng.permutation(count) + rng.random(count)) / count
    states, thrust_n = np.empty((count, len(t_s), 6)), np.empty((count, len(t_s)))
    for index, one in enumerate(kinds):
        rows = np.arange(index, count, len(kinds))
        for _ in range(_REDRAWS):
            parameters = _drawn(one, azimuth_rad[rows], rng)
            states[rows] = fly_boost(parameters, t_s)[0]
            thrust_n[rows] = _thrust_n(one, parameters, t_s)
            # one that falls back while it burns is no launch of the class: another is drawn
            rows = rows[np.any(np.isnan(states[rows, :, 0]) & (thrust_n[rows] > 0.0), axis=1)]
            if not len(rows):
                break
    turn = enu_from_itrf_matrix(REFERENCE_LAT_RAD, 0.0)
    place = states[..., :3] - itrf_from_geodetic(REFERENCE_LAT_RAD, 0.0, 0.0)
    return ClassFlights(
        class_name,
        t_s,
        place @ turn.T,
        states[..., 3:] @ turn.T,
        thrust_n,
        RCS_MEDIAN_M2 * np.exp(RCS_LOG_SIGMA * rng.standard_normal(count)),
        np.exp(PLUME_LOG_SIGMA * rng.standard_normal(count)),
        (rng.permutation(count) + rng.random(count)) / count,
    )


def _drawn(one: Vehicle, azimuth_rad: Scalar, rng: np.random.Generator) -> Rows:
    """(n, p) boost parameters around a vehicle's nominal flight."""
    nominal = nominal_boost(one, lat_rad=REFERENCE_LAT_RAD, lon_rad=0.0, azimuth_rad=0.0)
    rows = np.tile(nominal, (len(azimuth_rad), 1))
    rows[:, AZIMUTH_RAD] = azimuth_rad
    rows[:, KICK_RAD] *= np.exp(-2.0 * LOFT_SIGMA * rng.standard_normal(len(rows)))
    for stage in range(len(one.stages)):
        a0, flow, burn = (stage_entry(stage, entry) for entry in (A0_MPS2, FLOW_PER_S, BURN_S))
        longer = np.exp(one.spread_burn * rng.standard_normal(len(rows)))
        rows[:, a0] *= 1.0 + THRUST_SIGMA * rng.standard_normal(len(rows))
        rows[:, burn] *= longer
        rows[:, flow] /= longer
    return rows


def _thrust_n(one: Vehicle, parameters: Rows, t_s: Scalar) -> Rows:
    """(n, m) thrust: each stage's mass at ignition times its own acceleration, while it burns."""
    total = np.zeros((len(parameters), len(t_s)))
    start = np.zeros(len(parameters))
    for stage, figures in enumerate(one.stages):
        stop = start + parameters[:, stage_entry(stage, BURN_S)]
        push = ignition_mass_kg(one, stage) * parameters[:, stage_entry(stage, A0_MPS2)]
        total += np.where((t_s >= start[:, None]) & (t_s < stop[:, None]), push[:, None], 0.0)
        start = stop + figures.gap_s
    return total
