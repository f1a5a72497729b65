"""When known objects cross what a sensor sees: rise, highest point, set, and how sure those are.

Every object is met at steps short enough that none slips through the field between two; edges are then halved down to
milliseconds on SGP4 itself. What "sees" means is the sensor's own business: field, range, horizon, the Earth between,
and for telescopes a dark sky here and sunlight there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vedette.catalogue.element_error import element_sigmas_m
from vedette.catalogue.known_objects import KnownSky, state_covs
from vedette.catalogue.sky_table import STEP_S
from vedette.core.constants import EARTH_SPIN_RADPS, NS_PER_S
from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.frames import EarthOrientation, azel_range_from_enu, enu_from_itrf_matrix, geodetic_from_itrf
from vedette.frames import state_itrf_from_teme as itrf_from
from vedette.motion.sgp4 import Sgp4
from vedette.reports import Region
from vedette.reports.elements import ElementSets
from vedette.sensing import Sensor

_FASTEST_RADPS = np.radians(1.5)  # across the sky of who stands on the ground: an orbit at 300 km overhead
_LONGEST_STEP_S, _SHORTEST_STEP_S = 10.0, 0.5
_FEW = 64  # objects that are flown at every step, without tables
_CHUNK = 720
_HALVINGS = 24


@dataclass(frozen=True, slots=True)
class Moment:
    """Where an object stands as a sensor sees it."""

    t_tai_ns: int
    azimuth_rad: float
    elevation_rad: float
    range_m: float
    sigma_rad: float  # the larger of the two angles' one sigma, from the elements' age
    range_sigma_m: float
    position_itrf_m: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Pass:
    """One crossing of a sensor's field.

    row : of the element sets
    top : where it stands highest (nearest, for a sensor in space)
    sigma_s : one sigma of the time of rise; NaN where the object only grazes the field
    is_cut_before, is_cut_after : it was in view already at the start, or still at the end, of what was asked
    """

    row: int
    rise: Moment
    top: Moment
    set: Moment
    sigma_s: float
    is_cut_before: bool
    is_cut_after: bool
    chance: float  # that a look at the highest point finds something usual
    age_days: float

    @property
    def duration_s(self) -> float:
        """From rise to set."""
        return (self.set.t_tai_ns - self.rise.t_tai_ns) / NS_PER_S


def find_passes(
    sets: ElementSets,
    sensor: Sensor,
    t_from_tai_ns: int,
    t_to_tai_ns: int,
    earth_orientation: EarthOrientation | None = None,
    step_s: float | None = None,
) -> tuple[Pass, ...]:
    """Every crossing of a sensor's field by the objects of `sets` (one set each), by time of rise.

    Parameters
    ----------
    step_s : how far apart objects are met at first; by default a quarter of what the fastest need to cross the
        narrowest side of the field, between 0.5 and 10 seconds. What crosses faster than a step may be missed.

    Raises
    ------
    UsageError when the end is not after the start.
    """
    if t_to_tai_ns <= t_from_tai_ns:
        raise UsageError("the end of what is asked is not after its start")
    earth = earth_orientation or EarthOrientation.packaged()
    step = usual_step_s(sensor) if step_s is None else step_s
    sky = KnownSky(sets, earth) if len(sets) > _FEW else None
    flight = _Flight(Sgp4.of(sets) if sky is None else sky.table.flown, earth, sensor)
    rises, sets_ = _edges(len(sets), sky, t_from_tai_ns, t_to_tai_ns, step, flight)
    return _passes(sets, flight, rises, sets_, t_from_tai_ns, t_to_tai_ns)


def usual_step_s(sensor: Sensor) -> float:
    """A step at which nothing crosses the narrowest side of a sensor's field unseen."""
    region = getattr(sensor, "region", None)
    if not isinstance(region, Region):
        return _LONGEST_STEP_S
    turn = (region.azimuth_max_rad - region.azimuth_min_rad) % (2.0 * np.pi) or 2.0 * np.pi
    narrowest = min(region.elevation_max_rad - region.elevation_min_rad, turn)
    return float(np.clip(0.25 * narrowest / _FASTEST_RADPS, _SHORTEST_STEP_S, _LONGEST_STEP_S))


class _Flight:
    """Objects at instants of their own, and whether a sensor sees them."""

    def __init__(self, flown: Sgp4, earth: EarthOrientation, sensor: Sensor) -> None:
        self.flown, self.earth, self.sensor = flown, earth, sensor

    def states(self, rows: Ints, t_tai_ns: Ints) -> Rows:
        """(k, 6) Earth-fixed, each row at its own instant."""
        if not len(rows):
            return np.empty((0, 6))
        components, troubles = self.flown.take(rows).components_teme(t_tai_ns[:, None])
        states = itrf_from(t_tai_ns, np.concatenate(components, axis=1), self.earth)
        states[(troubles[:, 0] != 0) & (troubles[:, 0] != 6)] = np.nan
        return states

    def sees(self, states: Rows, t_tai_ns: Ints) -> Bools:
        """(k,) whether the sensor covers each; what has no state is not seen."""
        known = np.isfinite(states[:, 0])
        out = np.zeros(len(states), dtype=bool)
        if known.any():
            out[known] = self.sensor.is_visible(states[known], t_tai_ns[known])
        return out


def _blocks(
    n: int, sky: KnownSky | None, t0: int, t1: int, step_s: float, flight: _Flight
) -> Iterator[tuple[Ints, Ints, Rows]]:
    """Rows (k,), instants (m,), states (m, k, 6): a few objects all the while, or those in the sky minute by minute."""
    from vedette.catalogue.known_kernels import states_between

    step_ns = round(step_s * NS_PER_S)
    if sky is None:
        rows = np.arange(n, dtype=np.int64)
        for start in range(t0, t1 + step_ns, step_ns * _CHUNK):
            t = np.minimum(start + step_ns * np.arange(_CHUNK, dtype=np.int64), t1)
            t = np.unique(t)
            components, troubles = flight.flown.components_teme(t)
            teme = np.stack(components, axis=-1)
            teme[(troubles != 0) & (troubles != 6)] = np.nan
            yield rows, t, np.stack([itrf_from(t, teme[k], flight.earth) for k in range(n)], axis=1)
        return
    minute_ns = round(STEP_S * NS_PER_S)
    start = t0
    while start <= t1:
        end = min((start // minute_ns + 1) * minute_ns, t1)
        t = np.unique(np.append(np.arange(start, end, step_ns, dtype=np.int64), end))
        before, after = sky.table.segment(start)
        rows = sky.in_sky(flight.sensor, start)
        states = np.empty((len(t), len(rows), 6))
        for k, instant in enumerate(t.tolist()):
            share = (instant - before.t_tai_ns) / minute_ns
            states_between(rows, before.states_itrf, after.states_itrf, share, STEP_S, states[k])
        yield rows, t, states
        if end == t1:
            return
        start = end


def _edges(
    n: int, sky: KnownSky | None, t0: int, t1: int, step_s: float, flight: _Flight
) -> tuple[tuple[Ints, Ints, Ints], tuple[Ints, Ints, Ints]]:
    """Of rises and of sets: rows, the last instant before and the first after; equal where it is cut."""
    was, t_was = np.zeros(n, dtype=bool), t0
    rises: list[tuple[Ints, int, int]] = []
    ends: list[tuple[Ints, int, int]] = []
    is_first = True
    for rows, instants, states in _blocks(n, sky, t0, t1, step_s, flight):
        m, k = len(instants), len(rows)
        seen = flight.sees(states.reshape(m * k, 6), np.repeat(instants, k)).reshape(m, k)
        for index, t in enumerate(instants.tolist()):
            now = np.zeros(n, dtype=bool)
            now[rows] = seen[index]
            came, went = np.flatnonzero(now & ~was), np.flatnonzero(was & ~now)
            if len(came):
                rises.append((came, t if is_first else t_was, t))
            if len(went):
                ends.append((went, t_was, t))
            was, t_was, is_first = now, t, False
    if was.any():
        ends.append((np.flatnonzero(was), t1, t1))
    return _joined(rises), _joined(ends)


def _joined(found: list[tuple[Ints, int, int]]) -> tuple[Ints, Ints, Ints]:
    if not found:
        empty = np.empty(0, dtype=np.int64)
        return empty, empty, empty
    rows = np.concatenate([one[0] for one in found])
    sizes = [len(one[0]) for one in found]
    before = np.repeat(np.array([one[1] for one in found], dtype=np.int64), sizes)
    after = np.repeat(np.array([one[2] for one in found], dtype=np.int64), sizes)
    order = np.lexsort((after, rows))
    return rows[order], before[order], after[order]


def _passes(
    sets: ElementSets,
    flight: _Flight,
    rises: tuple[Ints, Ints, Ints],
    ends: tuple[Ints, Ints, Ints],
    t0: int,
    t1: int,
) -> tuple[Pass, ...]:
    rows = rises[0]
    if not len(rows):
        return ()
    assert np.array_equal(rows, ends[0])  # of every object rises and sets alternate
    t_rise = _halved(flight, rows, rises[1], rises[2], is_rise=True)
    t_set = np.maximum(_halved(flight, rows, ends[1], ends[2], is_rise=False), t_rise)
    t_top = _highest(flight, rows, t_rise, t_set)
    sigmas_m = element_sigmas_m(sets.take(rows), t_rise)
    sigma_s = _edge_sigma_s(flight, rows, t_rise, rises, sigmas_m)
    parts = [_moments(flight, rows, t, sigmas_m) for t in (t_rise, t_top, t_set)]
    states = flight.states(rows, t_top)
    chance = np.asarray(flight.sensor.detection_chance(states, t_top), dtype=float)
    age = (t_rise - sets.t_epoch_tai_ns[rows]) / (86_400.0 * NS_PER_S)
    found = [
        Pass(
            int(rows[k]), parts[0][k], parts[1][k], parts[2][k], float(sigma_s[k]), bool(t_rise[k] <= t0),
            bool(t_set[k] >= t1), float(chance[k]), float(age[k]),
        )
        for k in range(len(rows))
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.rise.t_tai_ns, one.row)))


def _halved(flight: _Flight, rows: Ints, before: Ints, after: Ints, is_rise: bool) -> Ints:
    """The instant between two at which each is first (or last) seen, to less than a millisecond."""
    low, high = before.copy(), after.copy()
    for _ in range(_HALVINGS):
        if int((high - low).max()) < NS_PER_S // 1000:
            break
        middle = (low + high) // 2
        seen = flight.sees(flight.states(rows, middle), middle)
        later = ~seen if is_rise else seen
        low, high = np.where(later, middle, low), np.where(later, high, middle)
    return high if is_rise else low


def _highest(flight: _Flight, rows: Ints, t_rise: Ints, t_set: Ints) -> Ints:
    """Where each stands highest between rise and set (nearest, for who is not on the ground): by thirds."""
    pieces = 9
    low, high = t_rise.copy(), t_set.copy()
    for _ in range(6):
        steps = low[:, None] + ((high - low)[:, None] * np.arange(pieces)[None, :]) // (pieces - 1)
        flat = np.repeat(rows, pieces), steps.ravel()
        states = flight.states(*flat)
        _, elevation, far = _horizon(flight.sensor, states, flat[1])
        height = elevation if _is_grounded(flight.sensor, int(t_rise[0])) else -far
        best = np.argmax(height.reshape(len(rows), pieces), axis=1)
        at = np.arange(len(rows))
        low, high = steps[at, np.maximum(best - 1, 0)], steps[at, np.minimum(best + 1, pieces - 1)]
    return (low + high) // 2


def _is_grounded(sensor: Sensor, t_tai_ns: int) -> bool:
    return bool(np.linalg.norm(np.asarray(sensor.position_itrf_m(t_tai_ns))) < 6.5e6)


def _horizon(sensor: Sensor, states: Rows, t_tai_ns: Ints) -> tuple[Scalar, Scalar, Scalar]:
    """Azimuth, elevation and range in the horizon of where the sensor stands."""
    here = np.broadcast_to(np.asarray(sensor.position_itrf_m(t_tai_ns), dtype=float), (len(states), 3))
    return azel_range_from_enu(_enu(states[:, :3], here))


def _enu(places: Vec3, here: Vec3) -> Vec3:
    lat_rad, lon_rad, _ = geodetic_from_itrf(here)
    return np.einsum("nij,nj->ni", enu_from_itrf_matrix(lat_rad, lon_rad), places - here)


def _edge_sigma_s(flight: _Flight, rows: Ints, t_rise: Ints, rises: tuple[Ints, Ints, Ints], sigmas_m: Rows) -> Scalar:
    """One sigma of the time of rise: by the error along the way, and by how the edge moves with the other two."""
    states = flight.states(rows, t_rise)
    among = states[:, 3:6] + EARTH_SPIN_RADPS * np.stack([-states[:, 1], states[:, 0], np.zeros(len(rows))], axis=1)
    speed = np.linalg.norm(among, axis=1)
    total = (sigmas_m[:, 1] / speed) ** 2
    cross = np.cross(states[:, :3], among)
    cross /= np.linalg.norm(cross, axis=1, keepdims=True)
    radial = states[:, :3] / np.linalg.norm(states[:, :3], axis=1, keepdims=True)
    room_ns = 30 * NS_PER_S
    for axis, size in ((radial, sigmas_m[:, 0]), (cross, sigmas_m[:, 2])):
        low, high = t_rise - room_ns, t_rise + room_ns
        is_found = np.ones(len(rows), dtype=bool)
        for turn in range(18):
            middle = (low + high) // 2
            if turn == 0:
                middle = high
            moved = flight.states(rows, middle)
            moved[:, :3] += axis * size[:, None]
            seen = flight.sees(moved, middle)
            if turn == 0:
                is_found = seen
                continue
            low, high = np.where(seen, low, middle), np.where(seen, middle, high)
        moved_s = (high - t_rise) / NS_PER_S
        total = total + np.where(is_found, moved_s**2, np.nan)
    return np.where(rises[1] == rises[2], 0.0, np.sqrt(total))


def _moments(flight: _Flight, rows: Ints, t_tai_ns: Ints, sigmas_m: Rows) -> list[Moment]:
    states = flight.states(rows, t_tai_ns)
    azimuth, elevation, far = _horizon(flight.sensor, states, t_tai_ns)
    here = np.broadcast_to(np.asarray(flight.sensor.position_itrf_m(t_tai_ns), dtype=float), (len(rows), 3))
    towards = (states[:, :3] - here) / far[:, None]
    cov = state_covs(states, sigmas_m)[:, :3, :3]
    along = np.einsum("ni,nij,nj->n", towards, cov, towards)
    flat = np.eye(3) - towards[:, :, None] * towards[:, None, :]
    aside = np.linalg.eigvalsh(flat @ cov @ np.swapaxes(flat, 1, 2))[:, -1]
    return [
        Moment(
            int(t_tai_ns[k]), float(azimuth[k]), float(elevation[k]), float(far[k]),
            float(np.sqrt(max(aside[k], 0.0)) / far[k]), float(np.sqrt(along[k])), tuple(states[k, :3].tolist()),
        )
        for k in range(len(rows))
    ]  # fmt: skip


def path_of(
    sets: ElementSets, sensor: Sensor, one: Pass, points: int = 60, earth_orientation: EarthOrientation | None = None
) -> tuple[Ints, Scalar, Scalar, Rows]:
    """A pass for drawing: instants (k,), azimuth and elevation (k,), positions (k, 3) Earth-fixed."""
    flight = _Flight(Sgp4.of(sets), earth_orientation or EarthOrientation.packaged(), sensor)
    t = np.linspace(one.rise.t_tai_ns, one.set.t_tai_ns, points).astype(np.int64)
    states = flight.states(np.full(points, one.row), t)
    azimuth, elevation, _ = _horizon(sensor, states, t)
    return t, azimuth, elevation, states[:, :3]
