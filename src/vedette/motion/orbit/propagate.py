"""Where a body in orbit will be, and was: numerical orbits in gcrf, alone or with their partials."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import DidNotConvergeError, UsageError
from vedette.core.shapes import Ints, Rows
from vedette.motion.orbit.dop853 import CAME_DOWN, FINE, NOT_FINITE, TOO_MANY_STEPS, fly
from vedette.motion.orbit.harmonics import bend_series, pull_series
from vedette.motion.orbit.settings import OrbitForces, index_of
from vedette.motion.orbit.world import OrbitWorld, world_for

TOLERANCE = 1e-11  # relative, per step: a centimetre a day in low orbit; 1e-10: 0.2 m, 1e-13: a millimetre
PARTIALS_DEGREE = 4  # of the field in the partials: within some parts in 1e5 of the full field's
_NO_PARAMETERS = np.zeros(0, dtype=np.int64)
_SENTENCES = {
    TOO_MANY_STEPS: "too many steps: the forces are too rough or the tolerance too fine",
    NOT_FINITE: "it goes through the Earth, or became infinite: check the state and its units",
}


def propagate_orbit(
    state_gcrf: Rows,
    t_epoch_tai_ns: int,
    t_tai_ns: Ints | int,
    forces: OrbitForces | None = None,
    *,
    world: OrbitWorld | None = None,
    tolerance: float = TOLERANCE,
    floor_m: float = -np.inf,
) -> Rows:
    """States (gcrf; m, m/s) of one orbit at instants before and after its epoch.

    Parameters
    ----------
    state_gcrf : (6,) at `t_epoch_tai_ns`
    t_tai_ns : (...) in any order
    forces : default: EGM2008 to 20x20, Sun, Moon, tides, relativity; no air, no sunlight
    world : tables (`orbit_world`) that cover epoch, instants and heights; default: made here with the packaged Earth
        orientation and `SpaceWeather.usual()`. Share one when there are many orbits: making it costs more than flying
    tolerance : relative, per step
    floor_m : stop where the body falls through this height; later states are NaN

    Returns
    -------
    states_gcrf : (..., 6)

    Errors
    ------
    UsageError for instants outside the world; DidNotConvergeError when the integration cannot finish.

    Trust
    -----
    The same orbit by four other codes, EGM2008 20x20 over one day at 420 km: within a centimetre at tolerance 1e-13.
    """
    states, _ = _propagated(state_gcrf, t_epoch_tai_ns, t_tai_ns, forces, world, tolerance, floor_m, None, 0)
    return states


def propagate_orbit_partials(
    state_gcrf: Rows,
    t_epoch_tai_ns: int,
    t_tai_ns: Ints | int,
    forces: OrbitForces | None = None,
    parameters: Sequence[str] = (),
    *,
    world: OrbitWorld | None = None,
    tolerance: float = TOLERANCE,
    partials_degree: int = PARTIALS_DEGREE,
) -> tuple[Rows, Rows]:
    """As `propagate_orbit`, with the partials of every state by the state at epoch and by force parameters.

    `parameters` are names of `settings.PARAMETERS`, e.g. ("drag", "radiation", "cos_t").

    Returns
    -------
    states_gcrf : (..., 6)
    partials : (..., 6, 6 + p)    columns: the six of the state at epoch, then the parameters in their order
    """
    states, partials = _propagated(
        state_gcrf, t_epoch_tai_ns, t_tai_ns, forces, world, tolerance, -np.inf, parameters, partials_degree
    )
    assert partials is not None
    return states, partials


@dataclass(frozen=True, slots=True)
class Fall:
    """Where an orbit came down through a height; `t_tai_ns` None when it did not within the time given."""

    t_tai_ns: int | None
    state_gcrf: Rows  # there, or at the end of the time given
    steps: int


def fall_to_height(
    state_gcrf: Rows,
    t_epoch_tai_ns: int,
    t_until_tai_ns: int,
    height_m: float,
    forces: OrbitForces,
    *,
    world: OrbitWorld | None = None,
    tolerance: float = TOLERANCE,
) -> Fall:
    """When and where drag brings a body down through `height_m` over the ellipsoid, before `t_until_tai_ns`."""
    used = world or world_for(forces, state_gcrf, (t_epoch_tai_ns, t_until_tai_ns), floor_m=height_m)
    start = np.array(state_gcrf, dtype=float).reshape(6)
    times = used.seconds(np.array([t_until_tai_ns]))
    out, end = np.empty((1, 6)), np.empty(8)
    status = _fly(start, t_epoch_tai_ns, times, forces, used, tolerance, height_m, _NO_PARAMETERS, 2, out, end)
    if status not in (FINE, CAME_DOWN):
        raise DidNotConvergeError(f"orbit from {start}: {_SENTENCES[status]}")
    t = used.t_start_tai_ns + round(float(end[1]) * NS_PER_S) if status == CAME_DOWN else None
    return Fall(t, end[2:].copy(), int(end[0]))


def _propagated(
    state_gcrf: Rows,
    t_epoch_tai_ns: int,
    t_tai_ns: Ints | int,
    forces: OrbitForces | None,
    world: OrbitWorld | None,
    tolerance: float,
    floor_m: float,
    parameters: Sequence[str] | None,
    partials_degree: int,
) -> tuple[Rows, Rows | None]:
    forces = forces or OrbitForces()
    instants = np.asarray(t_tai_ns, dtype=np.int64)
    start = np.array(state_gcrf, dtype=float)
    if start.shape != (6,) or not np.isfinite(start).all():
        raise UsageError(f"an orbit starts from six finite numbers, not from {state_gcrf}")
    wanted = np.array([index_of(name) for name in parameters or ()], dtype=np.int64)
    if world is None:
        span = (t_epoch_tai_ns, *(instants.min(), instants.max())) if instants.size else (t_epoch_tai_ns,)
        world = world_for(forces, start, span, floor_m=floor_m, with_air=0 in wanted)
    columns = 0
    if parameters is not None:
        columns = 6 + len(wanted)
        start = np.concatenate([start, np.eye(6, columns).reshape(-1)])
    order = np.argsort(instants.reshape(-1), kind="stable")
    rising = instants.reshape(-1)[order]
    found = np.empty((rising.size, start.size))
    split = int(np.searchsorted(rising, t_epoch_tai_ns))  # earlier rows are flown backwards
    for rows in (slice(split, None, 1), slice(split - 1, None, -1) if split else slice(0, 0)):
        times = np.ascontiguousarray(world.seconds(rising[rows]))
        if not times.size:
            continue
        out, end = np.empty((times.size, start.size)), np.empty(2 + start.size)
        status = _fly(
            start, t_epoch_tai_ns, times, forces, world, tolerance, floor_m, wanted, partials_degree, out, end
        )
        if status not in (FINE, CAME_DOWN):
            raise DidNotConvergeError(f"orbit from {start[:6]}: {_SENTENCES[status]}")
        found[rows] = out
    unsorted = np.empty_like(found)
    unsorted[order] = found
    states = unsorted[:, :6].reshape(*instants.shape, 6)
    return states, unsorted[:, 6:].reshape(*instants.shape, 6, columns) if columns else None


def _fly(
    start: Rows,
    t_epoch_tai_ns: int,
    times_s: Rows,
    forces: OrbitForces,
    world: OrbitWorld,
    tolerance: float,
    floor_m: float,
    wanted: Ints,
    partials_degree: int,
    out: Rows,
    end: Rows,
) -> int:
    pull = pull_series(forces.degree, forces.order)
    bend = bend_series(min(max(partials_degree, 2), forces.degree))
    packed = world.packed(forces, t_epoch_tai_ns)
    return fly(
        start, float(world.seconds(t_epoch_tai_ns)), times_s, tolerance, 30.0, floor_m, wanted, packed, world.knots,
        world.air, pull, bend, out, end,
    )  # fmt: skip
