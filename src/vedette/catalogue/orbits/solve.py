"""From observations to an orbit, start to end: a first orbit, an arc that grows, and the fit of all with what is asked.

What is estimated beside the orbit is named in words: drag, srp (sunlight), leak (a constant acceleration and its
growth, on still axes), empirical (along the track, constant and once a revolution), biases, clocks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from vedette.catalogue.orbits.batch import CLOCK, EDIT_SIGMA, Bias, OrbitSolution, Problem, fit_batch
from vedette.catalogue.orbits.first_orbit import FirstOrbit, first_orbit
from vedette.catalogue.orbits.measurement import MeasurementModel, measurement_model, rows_of
from vedette.catalogue.orbits.numerical import NumericalOrbit, numerical_orbit
from vedette.catalogue.orbits.observations import Kind, Observations, Signal
from vedette.catalogue.orbits.stations import Station
from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.core.shapes import Ints, Scalar
from vedette.core.space_weather import SpaceWeather
from vedette.frames import EarthOrientation
from vedette.motion.orbit import OrbitForces, propagate_orbit

WORDS: dict[str, tuple[str, ...]] = {
    "drag": ("drag",),
    "srp": ("radiation",),
    "leak": ("push_x", "push_y", "push_z", "leak_x", "leak_y", "leak_z"),
    "empirical": ("push_t", "cos_t", "sin_t"),
}
ESTIMABLE = (*WORDS, "biases", "clocks")
# priors while the arc grows; the last fit frees what was asked for unless it is a laser's
_GROWING = {"drag": 0.05, "radiation": 0.05, "push": 1e-5, "leak": 1e-9, "cos": 1e-8, "sin": 1e-8}
_QUIET = {"push_t": 1e-11, "cos_t": 1e-11, "sin_t": 1e-11, "radiation": 0.3}  # for lasers: m/s2, share of the value
_GROWTH = 3.0
_AIR_BELOW_M = 1_200e3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to do beside fitting six numbers.

    estimate : of ESTIMABLE
    drag_m2_kg, radiation_m2_kg : coefficient times area over mass, held or to start from
    centre_of_mass_m : what a range to the centre of mass is longer than to the reflector
    onboard_range_m : a known delay on board, read too much by every range
    """

    estimate: tuple[str, ...] = ()
    degree: int = 20
    drag_m2_kg: float = 0.02
    radiation_m2_kg: float = 0.02
    centre_of_mass_m: float = 0.0
    onboard_range_m: float = 0.0
    edit_sigma: float = EDIT_SIGMA
    range_bias_sigma_m: float = np.inf
    t_epoch_tai_ns: int | None = None

    def __post_init__(self) -> None:
        if unknown := [word for word in self.estimate if word not in ESTIMABLE]:
            raise UsageError(f"{unknown[0]!r} cannot be estimated; there are {', '.join(ESTIMABLE)}")


@dataclass(frozen=True, slots=True, eq=False)
class Determined:
    """The answer, with what it was computed by."""

    solution: OrbitSolution
    model: MeasurementModel
    dynamics: NumericalOrbit
    first: FirstOrbit | None
    wanted: Wanted
    marks: tuple[str, ...] = ()
    stages: tuple[str, ...] = field(default=())

    def states(self, t_tai_ns: Ints) -> Scalar:
        """States (n, 6) in gcrf at instants within an hour of the arc, or those it was told to hold."""
        found = self.solution
        return self.dynamics.states(found.t_epoch_tai_ns, found.state_gcrf, found.force_values, t_tai_ns)


def determine_orbit(
    rows: Observations,
    stations: Mapping[str, Station],
    earth_orientation: EarthOrientation,
    wanted: Wanted | None = None,
    *,
    start: tuple[int, Scalar] | None = None,
    hold_tai_ns: Ints | None = None,
    space_weather: SpaceWeather | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Determined:
    """Fit one orbit to all rows.

    Parameters
    ----------
    stations : by name; every station of the rows
    start : an instant and a state (6,) in gcrf; by default one is found
    hold_tai_ns : further instants that the answer's `states` must hold
    tell : hears a sentence at each stage
    """
    wanted = wanted or Wanted()
    rows = rows.of_stations().sorted()
    missing = [name for name in rows.stations if name not in stations]
    if missing:
        raise UsageError(f"station {missing[0]} has no coordinates; give --stations FILE")
    is_laser = bool(np.any(rows.signal == Signal.LASER))
    model = measurement_model(
        rows, tuple(stations[name] for name in rows.stations), earth_orientation,
        centre_of_mass_m=wanted.centre_of_mass_m, with_tides=is_laser,
    )  # fmt: skip
    t_first, t_last = int(rows.t_tai_ns[0]), int(rows.t_tai_ns[-1])
    span = np.concatenate([np.array([t_first, t_last]), np.zeros(0, np.int64) if hold_tai_ns is None else hold_tai_ns])
    first: FirstOrbit | None = None
    if start is None:
        far = np.array([2.5e7, 0.0, 0.0, 0.0, 4e3, 0.0])  # any orbit above the air: only the span matters
        rough = numerical_orbit(OrbitForces(degree=4, sun=False, moon=False, tides=False), far, span)
        first = first_orbit(model, rough)
        start, until = (first.t_tai_ns, first.state_gcrf), first.until_tai_ns
        tell(f"first orbit from {first.words}")
    else:
        until = t_last
    t_epoch = wanted.t_epoch_tai_ns if wanted.t_epoch_tai_ns is not None else t_first
    span = np.append(span, [t_epoch, start[0]])
    has_air = bool(np.linalg.norm(start[1][:3]) < 6.4e6 + 60e6) and _perigee_m(start[1]) < _AIR_BELOW_M
    forces = OrbitForces(
        degree=wanted.degree, drag_m2_kg=wanted.drag_m2_kg if has_air else 0.0, radiation_m2_kg=wanted.radiation_m2_kg
    )
    names = tuple(name for word in wanted.estimate if word in WORDS for name in WORDS[word])
    considered = _considered(forces, names, is_laser, has_air)
    dynamics = numerical_orbit(
        forces, start[1], span, tuple(dict.fromkeys((*names, *considered))), earth_orientation=earth_orientation,
        space_weather=space_weather,
    )  # fmt: skip
    state = start[1]
    if start[0] != t_epoch:
        state = propagate_orbit(state, start[0], np.array([t_epoch]), forces, world=dynamics.world)[0]
    biases = _biases(rows, wanted)
    fixed = (Bias(int(Kind.RANGE), -1, wanted.onboard_range_m),) if wanted.onboard_range_m else ()
    values = dict(dynamics.start_values())
    stages = []
    while until < t_last:
        until = t_first + int((until - t_first) * _GROWTH)
        if until >= t_last:
            break
        part = np.flatnonzero(rows.t_tai_ns <= until)
        if len(part) < 12:
            continue
        grown = fit_batch(Problem(
            rows_of(model, part), dynamics, t_epoch, state, values,
            {name: _GROWING[name.split("_")[0]] for name in names}, {}, _held(biases), fixed,
        ), edit_sigma=max(10.0, wanted.edit_sigma), max_steps=25)  # fmt: skip
        if np.all(np.isfinite(grown.state_gcrf)):
            state = grown.state_gcrf
            values.update(zip(dynamics.parameter_names, (float(v) for v in grown.force_values), strict=True))
            biases = tuple(
                replace(b, start=grown.value(b.label(rows.stations))[0]) for b in biases
            )
            stages.append(f"{(until - t_first) / NS_PER_S / 3600.0:.1f} h: {int(grown.is_used.sum())} of {len(part)}")
            tell(f"arc of {stages[-1]} values used")
    sigmas = {name: _QUIET.get(name, np.inf) if is_laser else np.inf for name in names}
    if "radiation" in sigmas and is_laser:
        sigmas["radiation"] = _QUIET["radiation"] * max(forces.radiation_m2_kg, 1e-6)
    solution = fit_batch(
        Problem(model, dynamics, t_epoch, state, values, sigmas, considered, _freed(biases, wanted), fixed),
        edit_sigma=wanted.edit_sigma, max_steps=60,
    )  # fmt: skip
    tell(solution.sentence)
    return Determined(solution, model, dynamics, first, wanted, dynamics.world.marks, tuple(stages))


def _perigee_m(state: Scalar) -> float:
    from vedette.motion.orbit.world import heights_of

    return heights_of(state)[0]


def _considered(forces: OrbitForces, names: tuple[str, ...], is_laser: bool, has_air: bool) -> dict[str, float]:
    """One sigma of forces that are not estimated and not known."""
    unsure: dict[str, float] = {}
    if "radiation" not in names and forces.radiation_m2_kg:
        unsure["radiation"] = (0.1 if is_laser else 0.5) * forces.radiation_m2_kg
    if "drag" not in names and has_air:
        unsure["drag"] = 0.5 * forces.drag_m2_kg
    if "push_t" not in names and "push_x" not in names:
        unsure["push_t"] = 1e-11 if is_laser else 1e-9
    return unsure


def _biases(rows: Observations, wanted: Wanted) -> tuple[Bias, ...]:
    """One unknown per station and kind that it measured, where they were asked for."""
    biases = []
    for k in range(len(rows.stations)):
        mine = rows.station == k
        if "biases" in wanted.estimate:
            biases += [Bias(int(kind), k, 0.0) for kind in np.unique(rows.kind[mine])]
        if "clocks" in wanted.estimate:
            biases.append(Bias(CLOCK, k, 0.0))
    return tuple(biases)


def _held(biases: tuple[Bias, ...]) -> tuple[Bias, ...]:
    """Biases with priors that keep a short arc from running away along them."""
    loose = {Kind.RANGE: 3e4, Kind.RANGE_RATE: 10.0}
    return tuple(replace(b, sigma=1.0 if b.kind == CLOCK else loose.get(Kind(b.kind), 5e-3)) for b in biases)


def _freed(biases: tuple[Bias, ...], wanted: Wanted) -> tuple[Bias, ...]:
    return tuple(
        replace(b, start=0.0 if np.isfinite(wanted.range_bias_sigma_m) and b.kind == Kind.RANGE else b.start,
                sigma=wanted.range_bias_sigma_m if b.kind == Kind.RANGE else np.inf) for b in biases
    )  # fmt: skip


def filtered(found: Determined) -> Determined:
    """The same by the square-root filter and smoother, from a start as unsure as a kilometre and a metre a second.

    The answer's state, residuals and covariance are those of hindsight at its epoch.
    """
    from vedette.catalogue.orbits.sequential import fit_sequential

    one, rows, wanted = found.solution, found.model.rows, found.wanted
    names = tuple(name for name in found.dynamics.parameter_names if name in one.names)
    sigmas = {name: max(30.0 * one.value(name)[1], 1e-15) for name in names}
    told = {b: one.value(b.label(rows.stations)) for b in _biases(rows, wanted)}
    biases = tuple(replace(b, start=value, sigma=max(30.0 * sigma, 1e-9)) for b, (value, sigma) in told.items())
    values = dict(zip(found.dynamics.parameter_names, (float(v) for v in one.force_values), strict=True))
    fixed = (Bias(int(Kind.RANGE), -1, wanted.onboard_range_m),) if wanted.onboard_range_m else ()
    t_first = int(rows.t_tai_ns[0])
    at_first = found.dynamics.states(one.t_epoch_tai_ns, one.state_gcrf, one.force_values, np.array([t_first]))[0]
    dynamics = replace(found.dynamics, t_leak_tai_ns=one.t_epoch_tai_ns)
    problem = Problem(found.model, dynamics, t_first, at_first, values, sigmas, {}, biases, fixed)
    run = fit_sequential(problem, np.diag([1e3**2] * 3 + [1.0] * 3))
    x = run.smoothed[0]
    forces = one.force_values.copy()
    for k, name in enumerate(names, 6):
        forces[found.dynamics.parameter_names.index(name)] = x[k]
    cov = one.scale * run.smoothed_cov[0]
    solution = replace(
        one, t_epoch_tai_ns=t_first, state_gcrf=x[:6], values=x, names=run.names, cov=cov,
        formal_cov=run.smoothed_cov[0], residuals=run.innovations, is_used=run.is_used, force_values=forces,
        sentence="filtered and smoothed; the residuals are innovations",
    )  # fmt: skip
    return replace(found, solution=solution, dynamics=dynamics)
