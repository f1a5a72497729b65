"""Launches that do not end as their class does: `[launch.glide]` and `[launch.failure]`, below a `[[launch]]`.

[launch.glide]              # a glider on top: it falls from its burnout to `pull_up_km`, then the air bears it
pull_up_km = 55.0
lift_to_drag = 2.6
beta_kg_m2 = 4000.0
turn_degps = 0.15           # sideways, as far as its lift allows
turn_period_s = 240.0       # and to the other side half a period later; 0: always the same way

[launch.failure]
after_s = 70.0              # after lift-off thrust ends
explodes = true             # then into `pieces`, with speeds about `delta_v_mps`; false: it tumbles whole
pieces = 30
delta_v_mps = 40.0
beta_kg_m2 = 800.0

A glider shines by its motor only, not by its own hot skin.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log, pi, sin, sqrt
from typing import Any

import numpy as np

from vedette.core.errors import BadInputError
from vedette.core.shapes import Rows, Scalar
from vedette.frames import geodetic_from_itrf
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import BURN_S, COAST_BETA_KG_M2, STAGE_COUNT, TAIL_OFF_S, stage_entry, stage_times_s
from vedette.motion.forces import coast_kernel
from vedette.motion.gravity_field import NO_FIELD, field_coefficients
from vedette.motion.propagate import coast_track, world
from vedette.scenario.draws import Draw, fixed, parse_draw

GLIDE: dict[str, Draw] = {
    "pull_up_km": Draw("even", 50.0, 60.0),
    "lift_to_drag": Draw("normal", 2.6, 0.2),
    "beta_kg_m2": Draw("log-normal", 4000.0, 0.2),
    "turn_degps": Draw("normal", 0.15, 0.05),
    "turn_period_s": Draw("even", 150.0, 400.0),
}
FAILURE: dict[str, Draw] = {
    "after_s": fixed(60.0),
    "pieces": fixed(30.0),
    "delta_v_mps": Draw("log-normal", 40.0, 0.3),
    "beta_kg_m2": Draw("log-normal", 800.0, 0.3),
}
_STEP_S = 0.5
_DAMPING_S = 15.0  # in which a glider gives up climbing or diving


@dataclass(frozen=True, slots=True)
class Ending:
    """How a launch ends otherwise: `kind` is glide, thrust-ends or explodes."""

    kind: str
    quantities: Mapping[str, Draw] = field(default_factory=dict)

    def drawn(self, rng: np.random.Generator) -> dict[str, float]:
        """One value for each quantity."""
        return {key: draw.draw(rng) for key, draw in self.quantities.items()}


@dataclass(frozen=True, slots=True, eq=False)
class GlideCourse:
    """A glide as a table, from the pull-up to the ground; times in story seconds."""

    times_s: Scalar
    states: Rows

    @property
    def t_from_s(self) -> float:
        """The pull-up."""
        return float(self.times_s[0])

    def states_itrf(self, times_s: Scalar) -> Rows:
        """(n, 6); NaN before and after."""
        t = np.asarray(times_s, dtype=float)
        out = np.stack([np.interp(t, self.times_s, column) for column in self.states.T], axis=-1)
        out[(t < self.times_s[0]) | (t > self.times_s[-1])] = np.nan
        return out


def parse_ending(table: Mapping[str, Any], where: str) -> Ending | None:
    """The sub-table of a launch, if it has one."""
    if "glide" in table and "failure" in table:
        raise BadInputError("a launch has both glide and failure", where, "give one of them")
    for name, usual in (("glide", GLIDE), ("failure", FAILURE)):
        if name not in table:
            continue
        own = table[name]
        if not isinstance(own, Mapping):
            raise BadInputError(f"{name} = {own!r} is not a table", where, f"write [launch.{name}]")
        explodes = own.get("explodes", False)
        for key in own:
            if key not in usual and not (name == "failure" and key == "explodes"):
                raise BadInputError(f"unknown key {key}", f"{where}.{name}", f"known: {', '.join(usual)}")
        if not isinstance(explodes, bool):
            raise BadInputError(f"explodes = {explodes!r}", f"{where}.{name}", "write true or false")
        given = {key: parse_draw(own[key], f"{where}.{name}.{key}") for key in usual if key in own}
        kind = "glide" if name == "glide" else "explodes" if explodes else "thrust-ends"
        return Ending(kind, {**usual, **given})
    return None


def cut_short(parameters: Scalar, drawn: Mapping[str, float]) -> Scalar:
    """A boost whose thrust ends `after_s` after lift-off, and which tumbles from there."""
    out = np.array(parameters)
    after_s = drawn["after_s"]
    for stage, (start, stop) in enumerate(stage_times_s(out)):
        if after_s < stop:
            out[STAGE_COUNT] = stage + 1
            if after_s > start:
                out[stage_entry(stage, BURN_S)] = after_s - start
            else:  # in the coast before this stage: it never lights
                out[STAGE_COUNT] = max(stage, 1)
            break
    out[TAIL_OFF_S] = min(out[TAIL_OFF_S], 0.3)
    out[COAST_BETA_KG_M2] = drawn["beta_kg_m2"]
    return out


def glide_course(parameters: Scalar, air: Rows, drawn: Mapping[str, float], t_liftoff_s: float) -> GlideCourse | None:
    """The glide that follows a boost; None where it never comes down to the pull-up's height."""
    coefficients = field_coefficients()
    t_burnout_s = t_liftoff_s + stage_times_s(parameters)[-1][1]
    _, end = fly_boost(parameters, np.array([t_burnout_s]), air=air, field=coefficients)
    dts = np.arange(1.0, 3600.0, 1.0)
    coast = coast_track(end[1:], dts, float(parameters[COAST_BETA_KG_M2]), air=air, field=coefficients)
    heights = geodetic_from_itrf(coast[:, :3])[2]
    falling = np.sum(coast[:, :3] * coast[:, 3:], axis=1) < 0.0
    low = np.flatnonzero(falling & (heights < drawn["pull_up_km"] * 1e3))
    if not len(low):
        return None
    first = int(low[0])
    start_s = float(end[0]) + float(dts[first])
    times, states = [start_s], [coast[first]]
    y, t = coast[first].copy(), 0.0
    grid, _ = world(air, None)
    work = np.empty((2, 1, 1))
    while t < 4000.0:
        y = _glide_step(y, t, drawn, grid, work)
        t += _STEP_S
        times.append(start_s + t)
        states.append(y.copy())
        if geodetic_from_itrf(y[:3])[2] < 0.0 or np.linalg.norm(y[3:]) < 150.0:
            break
    return GlideCourse(np.array(times), np.array(states))


def _glide_step(y: Scalar, t: float, drawn: Mapping[str, float], air: Rows, work: Rows) -> Scalar:
    """One step of the classical Runge-Kutta method."""
    k1 = _glide_slope(y, t, drawn, air, work)
    k2 = _glide_slope(y + 0.5 * _STEP_S * k1, t, drawn, air, work)
    k3 = _glide_slope(y + 0.5 * _STEP_S * k2, t, drawn, air, work)
    k4 = _glide_slope(y + _STEP_S * k3, t, drawn, air, work)
    return y + _STEP_S / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


def _glide_slope(y: Scalar, t: float, drawn: Mapping[str, float], air: Rows, work: Rows) -> Scalar:
    """Gravity, rotation and drag, and lift: upward as much as stops the sinking, the rest sideways for the turn."""
    bare = np.array(coast_kernel(*y, 0.0, air, NO_FIELD, work))
    full = np.array(coast_kernel(*y, 1.0 / drawn["beta_kg_m2"], air, NO_FIELD, work))
    drag = full - bare
    most = drawn["lift_to_drag"] * float(np.linalg.norm(drag))
    speed = float(np.linalg.norm(y[3:]))
    along, out = y[3:] / speed, y[:3] / np.linalg.norm(y[:3])
    lift_way = out - (out @ along) * along
    lift_way /= np.linalg.norm(lift_way)
    side = np.cross(along, lift_way)
    radial_mps = float(y[3:] @ out)
    level2 = speed**2 - radial_mps**2
    sink = float(bare @ out) + level2 / float(np.linalg.norm(y[:3]))  # what would become of the vertical speed
    wanted = -sink - radial_mps / _DAMPING_S
    up = min(max(wanted, -0.3 * most), most)
    period = drawn["turn_period_s"]
    hand = 1.0 if period <= 0.0 or sin(2.0 * pi * t / period) >= 0.0 else -1.0
    sideways = min(sqrt(max(most**2 - up**2, 0.0)), abs(drawn["turn_degps"]) * pi / 180.0 * speed)
    sideways *= hand * (1.0 if drawn["turn_degps"] >= 0.0 else -1.0)
    return np.concatenate([y[3:], full + up * lift_way - sideways * side])


def pieces_of(state: Scalar, drawn: Mapping[str, float], rng: np.random.Generator) -> tuple[Rows, Scalar]:
    """(n, 6) states of the pieces of an explosion, and their share of size (n,), largest first."""
    n = max(round(drawn["pieces"]), 1)
    toward = rng.standard_normal((n, 3))
    toward /= np.linalg.norm(toward, axis=1, keepdims=True)
    speed = drawn["delta_v_mps"] * np.exp(0.4 * log(10.0) * rng.standard_normal(n))
    size = np.sort(10.0 ** (-rng.random(n)))[::-1]
    states = np.tile(state, (n, 1))
    states[:, 3:] += speed[:, None] * toward
    return states, size

