"""One flight as it truly was: the forces a filter does not share, drawn for one seed.

Truth flies through the Earth's field to degree 20, an MSIS atmosphere of that day and place with wind, and a thrust
that ripples, leans, wanders and tails off. Estimators know none of these; they have the same law of flight only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import radians

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import (
    A0_MPS2,
    BETA_KG_M2,
    BURN_S,
    FLOW_PER_S,
    RIPPLE,
    RIPPLE_HZ,
    SLOPE,
    STAGE_COUNT,
    STEER_PERIOD_S,
    STEER_PITCH_RAD,
    STEER_YAW_RAD,
    TAIL_OFF_S,
    stage_entry,
    stage_times_s,
)
from vedette.motion.flight_classes import Vehicle, ignition_mass_kg
from vedette.motion.gravity_field import field_coefficients
from vedette.scenario.after_boost import GlideCourse
from vedette.scenario.draws import Draw

STAGE_DRAWS = 4  # drawn for as many stages whatever the class, so that a change of class moves nothing else


@dataclass(frozen=True, slots=True, eq=False)
class Flight:
    """A vehicle's whole course; times in seconds after the story's start."""

    id: str
    vehicle: Vehicle
    parameters: Scalar  # of `motion.boost`, with the small things a filter does not know
    air: Rows
    drawn: Mapping[str, float]
    called: str = ""  # what it is, where that is not its vehicle's class
    glide: GlideCourse | None = None
    t_gone_s: float = np.inf  # it is in pieces from here on

    @property
    def class_name(self) -> str:
        """What it is."""
        return self.called or self.vehicle.class_name

    @property
    def cause(self) -> str:
        """As `class_name`: a word of `reports.Cause`."""
        return self.class_name

    @property
    def t_liftoff_s(self) -> float:
        """When it leaves the ground."""
        return self.drawn["t_launch_s"]

    @property
    def t_burnout_s(self) -> float:
        """When the last stage's thrust has fallen to half."""
        return self.t_liftoff_s + stage_times_s(self.parameters)[-1][1]

    def states_itrf(self, times_s: Scalar) -> Rows:
        """(n, 6) states at rising times; on the pad before lift-off, NaN after coming down."""
        states = fly_boost(self.parameters, times_s, air=self.air, field=field_coefficients())[0]
        if self.glide is not None:
            late = np.asarray(times_s) >= self.glide.t_from_s
            states[late] = self.glide.states_itrf(np.asarray(times_s)[late])
        if np.isfinite(self.t_gone_s):
            states[np.asarray(times_s) >= self.t_gone_s] = np.nan
        return states

    def thrust_n(self, times_s: Scalar) -> Scalar:
        """(n,) thrust at the given times: each stage's constant, ramped down over its tail-off."""
        t = np.asarray(times_s, dtype=float) - self.t_liftoff_s
        tail = float(self.parameters[TAIL_OFF_S])
        total = np.zeros_like(t)
        for stage, (start, stop) in enumerate(stage_times_s(self.parameters)):
            full_n = ignition_mass_kg(self.vehicle, stage) * float(self.parameters[stage_entry(stage, A0_MPS2)])
            end = stop + 0.5 * tail
            ramp = np.clip((end - t) / tail, 0.0, 1.0) if tail > 0 else 1.0
            total += np.where((t >= start) & (t < end), full_n * ramp, 0.0)
        return total

    def is_burning(self, times_s: Scalar) -> Bools:
        """(n,) True while any stage pushes."""
        return self.thrust_n(times_s) > 0.0

    def t_ns(self, t_start_tai_ns: int, times_s: Scalar | float) -> Ints:
        """Story seconds as TAI nanoseconds."""
        return t_start_tai_ns + np.round(np.asarray(times_s) * NS_PER_S).astype(np.int64)


def draw_quantities(quantities: Mapping[str, Draw], rng: np.random.Generator) -> dict[str, float]:
    """One value for every quantity, in the file format's order; per-stage ones are `thrust_1`, `thrust_2`, ..."""
    drawn: dict[str, float] = {}
    for key, draw in quantities.items():
        if key in ("thrust", "burn_spread", "burnt"):
            for stage in range(STAGE_DRAWS):
                drawn[f"{key}_{stage + 1}"] = draw.draw(rng)
        else:
            drawn[key] = draw.draw(rng)
    drawn["cloud_top_m"] = max(drawn["cloud_top_m"], 0.0)
    return drawn


def perturbed(nominal: Scalar, vehicle: Vehicle, drawn: Mapping[str, float]) -> Scalar:
    """A vehicle's parameters with this flight's luck and the small things added.

    Thrust scales the acceleration; the burn is longer or shorter by so many of the vehicle's own spreads; the share of
    mass burnt moves by `burnt`, so that mass flow follows.
    """
    p = np.array(nominal, dtype=float)
    for stage in range(int(p[STAGE_COUNT])):
        a0, flow, burn, beta = (stage_entry(stage, entry) for entry in (A0_MPS2, FLOW_PER_S, BURN_S, BETA_KG_M2))
        share = min(max(p[flow] * p[burn] + drawn[f"burnt_{stage + 1}"], 0.05), 0.95)
        p[a0] *= drawn[f"thrust_{stage + 1}"]
        p[burn] *= np.exp(drawn[f"burn_spread_{stage + 1}"] * vehicle.spread_burn)
        p[flow] = share / p[burn]
        p[beta] *= drawn["boost_drag"]
    p[[RIPPLE, RIPPLE_HZ, SLOPE, TAIL_OFF_S]] = (
        drawn["ripple"],
        drawn["ripple_hz"],
        drawn["slope"],
        drawn["tail_off_s"],
    )
    p[[STEER_PITCH_RAD, STEER_YAW_RAD, STEER_PERIOD_S]] = (
        radians(drawn["steer_pitch_deg"]),
        radians(drawn["steer_yaw_deg"]),
        drawn["steer_period_s"],
    )
    return p
