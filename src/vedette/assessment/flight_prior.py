"""What is believed about a flight of one vehicle kind before anything is seen: the middle, the spread, what is free.

The spreads say how much flights of a kind differ among themselves, and how much flight differs from our model of it:
uneven thrust, slow swings of the nose, wind. What is left over ("misfit") is small and lies between the end
of the modelled boost and the coast.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import cos, log, pi, radians, sin, sqrt

import numpy as np

from vedette.assessment.flight_posterior import PER_SENSOR, TARGETS
from vedette.assessment.profile_kernel import climb
from vedette.assessment.unknown_weather import JET_EAST_MPS as JET_EAST_BELIEF
from vedette.assessment.unknown_weather import JET_NORTH_MPS as JET_NORTH_BELIEF
from vedette.core.constants import WGS84_A_M, WGS84_E2
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import (
    A0_MPS2,
    AZIMUTH_RAD,
    BETA_KG_M2,
    BURN_S,
    COAST_BETA_KG_M2,
    FLOW_PER_S,
    GAP_S,
    HEADER,
    JET_EAST_MPS,
    JET_NORTH_MPS,
    KICK_RAD,
    LAT_RAD,
    LON_RAD,
    PITCH_RAD,
    PITCH_RATE_RADPS,
    SLOPE,
    STAGE_COUNT,
    STAGE_WIDTH,
    STEER_PERIOD_S,
    STEER_PITCH_RAD,
    STEER_YAW_RAD,
    T0_S,
    TAIL_OFF_S,
    stage_entry,
)
from vedette.motion.flight_classes import Vehicle, nominal_boost, vehicles, vehicles_of

# places of theta that every kind has first, in this order
EAST, NORTH, LIFT_OFF, AZIMUTH, KICK = 0, 1, 2, 3, 4
ADDED, TIMES_E, EVEN_LOG = 0, 1, 2  # shapes of unknowns, see `flight_posterior`
_FREE = 1e6  # no limit
ANY_LOFT = 0.3  # share of ballistic flights of any loft; of 55 published tests 38 % are off the ordinary by 2.5 sigma
_LEAST_LOFT = 0.4  # flights of any loft climb from so much of the ordinary up to straight
_LONG_PAUSE_S = 60.0  # a coast between burns longer than this is another flight as far as a warning goes


@dataclass(frozen=True, slots=True)
class Spread:
    """One sigma of what differs between a flight and the middle of its kind, and of what the model leaves out."""

    loft_middle: float = 1.05  # climb at burnout over the vehicle's own; ballistic flights are more often lofted
    loft_log: float = 0.18
    any_loft: float = ANY_LOFT
    kick_log: float = 0.25  # of those that are not aimed at a climb
    thrust_share: float = 0.05  # each stage
    burnt: float = 0.01  # each stage, share of mass
    boost_drag_log: float = 0.2
    slope: float = 0.015
    orbit_pitch_rad: float = radians(12.0)  # at ignition, of a stage that steers to an orbit
    orbit_pitch_down_per_s: float = 0.0034  # and what is steered up at first is steered down again
    jet_east_mps: tuple[float, float] = JET_EAST_BELIEF  # middle and sigma of the wind it rises through
    jet_north_mps: tuple[float, float] = JET_NORTH_BELIEF
    steer_rad: float = radians(0.25)  # at one period: swings at others, and wind, look much like it
    misfit_m: float = 100.0
    misfit_mps: float = 4.0
    tail_off_s: float = 0.6


@dataclass(frozen=True, slots=True)
class Unknown:
    """One unknown: which places of x it moves, by how much per unit of theta."""

    name: str
    targets: tuple[int, ...]
    scale: float
    powers: tuple[float, ...] = ()
    shape: int = ADDED
    has_prior: bool = True
    low: float = -6.0
    high: float = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class FlightPrior:
    """A vehicle kind, a reference point and a set of sensors as arrays; `move` is what `flight_posterior` takes."""

    kind: str
    class_name: str
    unknowns: tuple[Unknown, ...]
    base: Scalar
    target: Ints
    power: Rows
    scale: Scalar
    shape: Ints
    has_prior: Bools
    low: Scalar
    high: Scalar
    belief: Scalar  # (5,) see `flight_posterior.end_residuals`
    probability: float

    @property
    def move(self) -> tuple[Scalar, Ints, Rows, Scalar, Ints]:
        """How theta fills x."""
        return self.base, self.target, self.power, self.scale, self.shape

    @property
    def n_stages(self) -> int:
        """How many stages are flown."""
        return int(self.base[STAGE_COUNT])

    def __len__(self) -> int:
        return len(self.unknowns)

    @property
    def drag(self) -> tuple[int, float]:
        """Index of the drag of the coast, and the logarithm of its highest over its lowest coefficient."""
        place = self.place("coast-drag")
        return place, float(self.scale[place])

    def place(self, name: str) -> int:
        """Index of an unknown by name."""
        return next(i for i, u in enumerate(self.unknowns) if u.name == name)


def kind_probability(vehicle: Vehicle) -> float:
    """Before anything is seen: every class alike, every vehicle of a class alike."""
    classes = {v.class_name for v in vehicles()}
    return 1.0 / len(classes) / len(vehicles_of(vehicle.class_name))


def flight_prior(
    vehicle: Vehicle,
    reference: Scalar,
    bias_sigmas: Rows,
    spread: Spread | None = None,
    coast: tuple[Scalar, float] | None = None,
) -> FlightPrior:
    """Arrays for one vehicle near `reference` (latitude, longitude, rad) and sensors with constant errors.

    `bias_sigmas` (sensors, 4): angle, angle (rad), range (m), clock (s); zero means known. `coast`: a state near the
    coast's and the time for which it holds, s; without it the coast is tied to the end of the boost.
    """
    spread = spread or Spread()
    base, belief = _middle(vehicle.id, float(reference[0]), float(reference[1]), spread)
    bias_sigmas = np.asarray(bias_sigmas, float).reshape(-1, PER_SENSOR)
    size = HEADER + STAGE_WIDTH * int(base[STAGE_COUNT])
    coast_state, t_coast_s = (np.zeros(6), np.nan) if coast is None else coast
    base = np.concatenate([base[:size], coast_state, [t_coast_s], np.zeros(PER_SENSOR * len(bias_sigmas))])
    unknowns = tuple(u for u in _unknowns(vehicle, spread, base, bias_sigmas) if u.scale > 0.0)
    n = len(unknowns)
    target, power = np.full((n, TARGETS), -1, np.int64), np.zeros((n, TARGETS))
    for j, u in enumerate(unknowns):
        target[j, : len(u.targets)] = u.targets
        power[j, : len(u.targets)] = u.powers or (1.0,) * len(u.targets)
    return FlightPrior(
        vehicle.id, vehicle.class_name, unknowns, base, target, power,
        np.array([u.scale for u in unknowns]), np.array([u.shape for u in unknowns]),
        np.array([u.has_prior for u in unknowns]), np.array([u.low for u in unknowns]),
        np.array([u.high for u in unknowns]), belief, kind_probability(vehicle),
    )  # fmt: skip


@lru_cache(maxsize=256)
def _middle(vehicle_id: str, lat_rad: float, lon_rad: float, spread: Spread) -> tuple[Scalar, Scalar]:
    """The middle flight's parameters, and what is believed of the end of its boost."""
    vehicle = next(v for v in vehicles() if v.id == vehicle_id)
    base = nominal_boost(vehicle, lat_rad=lat_rad, lon_rad=lon_rad, azimuth_rad=0.0)
    for s in range(int(base[STAGE_COUNT]) - 1):  # what comes after a long pause is not part of this flight
        if base[stage_entry(s, GAP_S)] > _LONG_PAUSE_S:
            base[STAGE_COUNT] = s + 1
            break
    belief = np.array([0.0, 0.0, spread.misfit_m, spread.misfit_mps, 0.0])
    if vehicle.class_name.endswith("ballistic"):
        burnout = fly_boost(base, np.empty(0))[1]
        middle = float(climb(burnout[1:])) * spread.loft_middle
        belief[:2] = log(middle), spread.loft_log
        # even in logarithm, over the Gaussian's peak; then as a share of the density of both at the middle
        even = spread.any_loft * sqrt(2.0 * pi) * spread.loft_log / log(0.5 * pi / (_LEAST_LOFT * middle))
        belief[4] = even / (1.0 - spread.any_loft + even)
    base[TAIL_OFF_S], base[STEER_PERIOD_S] = spread.tail_off_s, 60.0
    base[JET_EAST_MPS], base[JET_NORTH_MPS] = spread.jet_east_mps[0], spread.jet_north_mps[0]
    low, high = vehicle.reentry_beta_kg_m2
    base[COAST_BETA_KG_M2] = sqrt(low * high)
    return base, belief


def _unknowns(vehicle: Vehicle, spread: Spread, base: Scalar, bias_sigmas: Rows) -> Iterator[Unknown]:
    count = int(base[STAGE_COUNT])
    size = HEADER + STAGE_WIDTH * count
    w = sqrt(1.0 - WGS84_E2 * sin(base[LAT_RAD]) ** 2)
    normal, meridian = WGS84_A_M / w, WGS84_A_M * (1.0 - WGS84_E2) / w**3
    ten_km = 10e3
    free = {"has_prior": False, "low": -_FREE, "high": _FREE}
    yield Unknown("east", (LON_RAD,), ten_km / (normal * max(cos(base[LAT_RAD]), 1e-3)), **free)  # type: ignore[arg-type]
    yield Unknown("north", (LAT_RAD,), ten_km / meridian, **free)  # type: ignore[arg-type]
    yield Unknown("lift-off", (T0_S,), 10.0, **free)  # type: ignore[arg-type]
    yield Unknown("azimuth", (AZIMUTH_RAD,), 0.1, **free)  # type: ignore[arg-type]
    if vehicle.class_name.endswith("ballistic"):  # believed through its climb, see `loft`
        yield Unknown("kick", (KICK_RAD,), 0.25, shape=TIMES_E, has_prior=False, low=-20.0, high=12.0)
    else:
        yield Unknown("kick", (KICK_RAD,), spread.kick_log, shape=TIMES_E)
    for s in range(count):
        a0, flow, burn = (stage_entry(s, e) for e in (A0_MPS2, FLOW_PER_S, BURN_S))
        share = float(base[flow] * base[burn])
        yield Unknown(f"thrust-{s + 1}", (a0,), spread.thrust_share, shape=TIMES_E)
        yield Unknown(f"burn-{s + 1}", (burn, flow), vehicle.spread_burn, (1.0, -1.0), shape=TIMES_E)
        burnt = spread.burnt / share
        yield Unknown(f"flow-{s + 1}", (flow,), burnt, shape=TIMES_E, high=min(6.0, log(0.97 / share) / burnt))
        if s > 0 and vehicle.orbit_height_m is not None:
            # Azimuth, latitude and what the first stage did decide how an orbit is steered to: `with_orbit` asks for 0
            # to 50 degrees over our kicks, and each degree goes with so much less a second.
            pitches = (stage_entry(s, PITCH_RAD), stage_entry(s, PITCH_RATE_RADPS))
            powers = (1.0, -spread.orbit_pitch_down_per_s)
            yield Unknown(f"pitch-{s + 1}", pitches, spread.orbit_pitch_rad, powers, low=-4.0, high=4.0)
    betas = tuple(stage_entry(s, BETA_KG_M2) for s in range(count))
    yield Unknown("boost-drag", betas, spread.boost_drag_log, shape=TIMES_E)
    low, high = vehicle.reentry_beta_kg_m2
    yield Unknown("coast-drag", (COAST_BETA_KG_M2,), log(high / low), shape=EVEN_LOG)
    yield Unknown("slope", (SLOPE,), spread.slope)
    yield Unknown("steer-pitch", (STEER_PITCH_RAD,), spread.steer_rad)
    yield Unknown("steer-yaw", (STEER_YAW_RAD,), spread.steer_rad)
    yield Unknown("jet-east", (JET_EAST_MPS,), spread.jet_east_mps[1])
    yield Unknown("jet-north", (JET_NORTH_MPS,), spread.jet_north_mps[1])
    if np.isfinite(base[size + 6]):
        for i in range(6):
            scale = spread.misfit_m if i < 3 else spread.misfit_mps
            yield Unknown(f"coast-{'xyzuvw'[i]}", (size + i,), scale, **free)  # type: ignore[arg-type]
    for s, sigmas in enumerate(bias_sigmas):
        for i, sigma in enumerate(sigmas):
            yield Unknown(f"bias-{s}-{i}", (size + 7 + PER_SENSOR * s + i,), float(sigma))
