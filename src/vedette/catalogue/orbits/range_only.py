"""A first orbit from ranges alone, as lasers give them: every near-circular orbit is tried.

One pass: the range at its middle leaves the direction open (two angles); a circular orbit there has one speed, whose
heading the range rate leaves two choices for. Those that follow the pass best are fitted to it and, one after another,
to the passes next to it in time. A single station's ranges hardly tell an orbit from its mirror image: another's do.
"""

from dataclasses import replace

import numpy as np

from vedette.catalogue.orbits.batch import OrbitSolution, Problem, fit_batch
from vedette.catalogue.orbits.dynamics import Dynamics
from vedette.catalogue.orbits.measurement import MeasurementModel, rows_of
from vedette.catalogue.orbits.observations import RECEIVED, TRANSMITTED, Kind
from vedette.core.constants import EARTH_MU_M3_S2, NS_PER_S, SPEED_OF_LIGHT_MPS
from vedette.core.errors import DidNotConvergeError, UsageError
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.motion.kepler import propagate_kepler

_GAP_NS = 1200 * NS_PER_S
_TRIED, _KEPT, _MOST_OF_A_PASS = 60, 6, 24
_ROUGH_M = 300.0  # of a range, while the orbit is only near


def orbit_from_ranges(model: MeasurementModel, dynamics: Dynamics) -> tuple[int, Scalar]:
    """An instant and a state (6,) in gcrf that meet all passes of ranges; UsageError when none is found.

    The dynamics should hold the flattening of the Earth at least: passes are hours apart.
    """
    passes = _passes(model)
    longest = max(passes, key=len, default=np.zeros(0, dtype=np.int64))
    if len(longest) < 4:
        raise UsageError("ranges alone need a pass of four at least to start from; give --start")
    t_middle = int(model.rows.t_tai_ns[longest[len(longest) // 2]])
    candidates = _circular(model, longest, t_middle)
    order = sorted(passes, key=lambda rows: abs(int(model.rows.t_tai_ns[rows[0]]) - t_middle))
    others = [p for p in order if p is not longest]
    # another station's pass first: it tells the mirror image
    station = model.rows.station[longest[0]]
    others.sort(key=lambda rows: model.rows.station[rows[0]] == station)
    found = _fitted(model, dynamics, longest, t_middle, candidates, loose=True)
    used = longest
    for k, extra in enumerate(others[:1] + sorted(others[1:], key=lambda rows: abs(int(model.rows.t_tai_ns[rows[0]]) - t_middle))):  # fmt: skip # noqa: E501
        used = np.sort(np.concatenate([used, extra]))
        states = np.array([solution.state_gcrf for solution in found])
        found = _fitted(model, dynamics, used, t_middle, states, loose=k == 0)
        if k >= 4:
            break
    return t_middle, found[0].state_gcrf


def _passes(model: MeasurementModel) -> list[Ints]:
    rows = model.rows
    found = []
    for station in np.unique(rows.station[rows.kind == Kind.RANGE]):
        here = np.flatnonzero((rows.station == station) & (rows.kind == Kind.RANGE))
        found += np.split(here, np.flatnonzero(np.diff(rows.t_tai_ns[here]) > _GAP_NS) + 1)
    # two dozen ranges tell a pass as well as two hundred while the orbit is only near
    return [one[np.unique(np.linspace(0, len(one) - 1, min(len(one), _MOST_OF_A_PASS)).astype(int))] for one in found]


def _circular(model: MeasurementModel, rows: Ints, t_middle: int) -> Rows:
    """States (k, 6) of circular orbits that meet the range and its rate in the middle of a pass, the best first."""
    told = model.rows
    seconds: Scalar = (told.t_tai_ns[rows] - t_middle).astype(float) * 1e-9
    far = told.value[rows]
    event = told.event[rows]
    light_s = far / SPEED_OF_LIGHT_MPS
    seconds = seconds + np.where(event == TRANSMITTED, light_s, np.where(event == RECEIVED, -light_s, 0.0))
    curve = np.polynomial.Polynomial.fit(seconds, far, min(6, len(rows) - 1))
    far_now, rate_now = float(curve(0.0)), float(curve.deriv()(0.0))
    middle = rows[len(rows) // 2]
    site, spin = model.station_gcrf_m[middle], model.spin_gcrf_radps[middle]
    az, el = np.meshgrid(np.radians(np.arange(0.0, 360.0, 7.5)), np.radians(np.arange(10.0, 90.0, 5.0)))
    az, el = az.ravel(), el.ravel()
    enu = np.stack([np.cos(el) * np.sin(az), np.cos(el) * np.cos(az), np.sin(el)], axis=1)
    line = enu @ model.enu_from_gcrf[middle]
    place = site + far_now * line
    radius = np.linalg.norm(place, axis=1)
    speed = np.sqrt(EARTH_MU_M3_S2 / radius)
    first = np.cross(place, [0.0, 0.0, 1.0])
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(place / radius[:, None], first)
    a, b = speed * np.sum(line * first, axis=1), speed * np.sum(line * second, axis=1)
    goal = rate_now + line @ np.cross(spin, site)
    size = np.hypot(a, b)
    ratio = np.clip(goal / size, -1.0, 1.0)
    states = []
    for side in (1.0, -1.0):
        heading = np.arctan2(b, a) + side * np.arccos(ratio)
        velocity = speed[:, None] * (np.cos(heading)[:, None] * first + np.sin(heading)[:, None] * second)
        states.append(np.concatenate([place, velocity], axis=1))
    guesses = np.concatenate(states)
    flown = propagate_kepler(guesses[:, None, :], seconds)[..., :3]
    apart = np.linalg.norm(flown - model.station_gcrf_m[rows], axis=-1) - far
    return guesses[np.argsort(np.sqrt(np.mean(apart**2, axis=1)))][:_TRIED]


def _fitted(
    model: MeasurementModel, dynamics: Dynamics, rows: Ints, t_epoch: int, states: Rows, *, loose: bool
) -> list[OrbitSolution]:
    """The best few of fits from several starts to some rows, distinct, the best first."""
    part = rows_of(model, rows)
    part = replace(part, rows=replace(part.rows, sigma=np.full(len(rows), _ROUGH_M)))
    found: list[OrbitSolution] = []
    for state in states:
        speed = float(np.linalg.norm(state[3:]))
        near = np.diag([3e5**2] * 3 + [(0.03 * speed) ** 2] * 3) if loose else None
        try:
            solution = fit_batch(
                Problem(part, dynamics, t_epoch, state, prior_state_cov=near), edit_sigma=np.inf, max_steps=15
            )
        except (DidNotConvergeError, UsageError):
            continue
        if np.isfinite(solution.cost) and not any(
            np.linalg.norm(solution.state_gcrf[:3] - one.state_gcrf[:3]) < 3e3 for one in found
        ):
            found.append(solution)
    if not found:
        raise UsageError("no near-circular orbit meets these ranges; give --start")
    return sorted(found, key=lambda solution: solution.cost)[:_KEPT]
