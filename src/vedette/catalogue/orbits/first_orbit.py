"""Where a fit starts when nobody says: from positions, radar looks, directions or ranges alone, whichever there are.

Every way ends with several candidates at most, and the one whose two-body arc meets the neighbouring looks best is
taken. It need only be near: the batch does the rest.
"""

from dataclasses import dataclass

import numpy as np

from vedette.catalogue.orbits.dynamics import Dynamics
from vedette.catalogue.orbits.initial import state_from_three_positions, states_gauss, states_gooding
from vedette.catalogue.orbits.measurement import MeasurementModel
from vedette.catalogue.orbits.observations import Kind, Observations
from vedette.catalogue.orbits.range_only import orbit_from_ranges
from vedette.core.constants import NS_PER_S, SPEED_OF_LIGHT_MPS
from vedette.core.errors import UsageError, VedetteError
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.frames import true_from_refracted
from vedette.motion.kepler import elements_from_state, propagate_kepler

_SPANS_S = (5_400.0, 10_800.0, 2_700.0, 21_600.0, 1_350.0, 43_200.0, 675.0, 340.0)  # tried in this order
_GOOD_RAD = np.radians(0.3)  # a two-body arc over some hours, seen with biased angles, meets directions no better


@dataclass(frozen=True, slots=True, eq=False)
class FirstOrbit:
    """A state to start from, how it was found, and the span over which it was tried."""

    t_tai_ns: int
    state_gcrf: Scalar
    words: str
    until_tai_ns: int


def first_orbit(model: MeasurementModel, dynamics: Dynamics) -> FirstOrbit:
    """A first orbit from the rows of a model; the dynamics serve ranges alone. UsageError when they do not make one."""
    rows = model.rows
    positions = _positions(model)
    if positions is not None:
        return _from_positions(*positions)
    if np.any((rows.kind == Kind.AZIMUTH) | (rows.kind == Kind.RIGHT_ASCENSION)):
        return _from_directions(model)
    if np.any(rows.kind == Kind.RANGE):
        t, state = orbit_from_ranges(model, dynamics)
        last = int(rows.t_tai_ns[-1])
        return FirstOrbit(t, state, "ranges alone, by trying near-circular orbits", last)
    raise UsageError("these observations hold no positions, angles or ranges to start from; give --start")


def looks_of(rows: Observations, kinds: tuple[Kind, ...]) -> Ints:
    """Rows (k, len(kinds)) of looks that hold all of some kinds."""
    columns = [dict(zip(rows.group[rows.kind == kind].tolist(), np.flatnonzero(rows.kind == kind).tolist(),
                        strict=True)) for kind in kinds]  # fmt: skip
    shared = sorted(set(columns[0]).intersection(*columns[1:]), key=lambda g: columns[0][g])
    return np.array([[column[g] for column in columns] for g in shared], dtype=np.int64).reshape(-1, len(kinds))


def _positions(model: MeasurementModel) -> tuple[Ints, Rows, str] | None:
    """Instants and inertial positions, from reports of position or looks of azimuth, elevation and range."""
    rows = model.rows
    told = looks_of(rows, (Kind.X, Kind.Y, Kind.Z))
    if len(told) >= 3:
        fixed = rows.value[told]
        return rows.t_tai_ns[told[:, 0]], np.einsum("nji,nj->ni", model.itrf_from_gcrf[told[:, 0]], fixed), "positions"
    told = looks_of(rows, (Kind.AZIMUTH, Kind.ELEVATION, Kind.RANGE))
    if len(told) < 3:
        return None
    az, el, far = rows.value[told].T
    at = told[:, 0]
    signal = (rows.signal[at] == 2) & ~rows.is_corrected[at] & model.with_air
    for height in np.unique(model.height_m[at]):
        k = signal & (model.height_m[at] == height)
        el[k], far[k] = true_from_refracted(el[k], far[k], float(height))
    enu = np.stack([np.cos(el) * np.sin(az), np.cos(el) * np.cos(az), np.sin(el)], axis=1) * far[:, None]
    place = model.station_gcrf_m[at] + np.einsum("nji,nj->ni", model.enu_from_gcrf[at], enu)
    return rows.t_tai_ns[at], place, "radar looks"


def _from_positions(t_tai_ns: Ints, positions_gcrf_m: Rows, what: str) -> FirstOrbit:
    """Three positions a few minutes apart: noise drowns the curve of closer ones, the arc's laws the far ones'."""
    distinct = np.unique(t_tai_ns, return_index=True)[1]
    if len(distinct) < 3:
        raise UsageError("positions at fewer than three instants do not make an orbit")
    t, places = t_tai_ns[distinct], positions_gcrf_m[distinct]
    best: tuple[float, int, Scalar, int] | None = None
    for span_s in (7200.0, 2400.0, 900.0, 300.0, 90.0, np.inf):
        last = _last_within(t, 0, span_s)
        if last < 2:
            continue
        middle = int(np.argmin(np.abs(t - (t[0] + t[last]) // 2)))
        middle = min(max(middle, 1), last - 1)
        pick = [0, middle, last]
        state = state_from_three_positions(places[pick], (t[pick] - t[middle]) * 1e-9)
        if not np.all(np.isfinite(state)):
            continue
        flown = propagate_kepler(state, (t[: last + 1] - t[middle]) * 1e-9)
        miss = float(np.median(np.linalg.norm(flown[:, :3] - places[: last + 1], axis=1)))
        if best is None or miss < best[0]:
            best = miss, int(t[middle]), state, int(t[last])
    if best is None:
        raise UsageError("these positions do not make an orbit")
    return FirstOrbit(best[1], best[2], f"{what}, by Gibbs or Herrick-Gibbs", best[3])


def _from_directions(model: MeasurementModel) -> FirstOrbit:
    t, directions, observers = directions_of(model)
    order = np.argsort(t, kind="stable")
    t, directions, observers = t[order], directions[order], observers[order]
    distinct = np.unique(t, return_index=True)[1]
    if len(distinct) < 3:
        raise UsageError("directions at fewer than three instants do not make an orbit")
    best: tuple[float, int, Scalar, str, int] | None = None
    for span_s in (_SPANS_S if (t[-1] - t[0]) * 1e-9 > min(_SPANS_S) else (np.inf,)):
        for first in _beginnings(t, span_s):
            last = _last_within(t, first, span_s)
            inside = [i for i in distinct.tolist() if first <= i <= last]
            if len(inside) < 3:
                continue
            middle = min(inside[1:-1], key=lambda i: abs(int(t[i]) - (int(t[first]) + int(t[last])) // 2))
            pick = [inside[0], middle, inside[-1]]
            for how, state in _candidates(directions[pick], observers[pick], (t[pick] - t[pick[0]]) * 1e-9):
                axis_m = elements_from_state(state)[0]
                if not 6.0e6 < axis_m < 5e8:
                    continue
                part = slice(first, last + 1)
                miss = _miss(state, int(t[middle]), t[part], directions[part], observers[part])
                if best is None or miss < best[0]:
                    best = miss, int(t[middle]), state, how, int(t[last])
        if best is not None and best[0] < _GOOD_RAD:
            break
    if best is None:
        raise UsageError("no orbit goes through these directions; give --start")
    return FirstOrbit(best[1], best[2], f"three directions, by {best[3]}", best[4])


def _last_within(t: Ints, first: int, span_s: float) -> int:
    """The last of rising instants within a span of one of them."""
    if not np.isfinite(span_s):
        return len(t) - 1
    return int(np.searchsorted(t, t[first] + span_s * NS_PER_S, side="right")) - 1


def _beginnings(t: Ints, span_s: float) -> list[int]:
    """A few looks to begin windows at: the first, and others spread over the first days."""
    if not np.isfinite(span_s):
        return [0]
    starts = t[0] + (np.arange(4) * 0.5 * span_s * NS_PER_S).astype(np.int64)
    return sorted({int(i) for i in np.searchsorted(t, starts) if i < len(t) - 2})


def _candidates(directions: Rows, observers: Rows, times_s: Scalar) -> list[tuple[str, Scalar]]:
    found: list[tuple[str, Scalar]] = []
    for how, method in (("Gauss", states_gauss), ("Gooding", states_gooding)):
        try:
            found += [(how, state) for state in method(directions, observers, times_s)]
        except VedetteError:
            continue
    return found


def directions_of(model: MeasurementModel) -> tuple[Ints, Rows, Rows]:
    """Instants, unit vectors and observers (gcrf) of every look with two angles; refraction is taken off."""
    rows = model.rows
    times, units, observers = [], [], []
    told = looks_of(rows, (Kind.AZIMUTH, Kind.ELEVATION))
    if len(told):
        az, el = rows.value[told].T
        at = told[:, 0]
        signal = (rows.signal[at] == 2) & ~rows.is_corrected[at] & model.with_air
        for height in np.unique(model.height_m[at]):
            k = signal & (model.height_m[at] == height)
            el[k], _ = true_from_refracted(el[k], np.full(int(k.sum()), 2e7), float(height))
        enu = np.stack([np.cos(el) * np.sin(az), np.cos(el) * np.cos(az), np.sin(el)], axis=1)
        times.append(rows.t_tai_ns[at])
        units.append(np.einsum("nji,nj->ni", model.enu_from_gcrf[at], enu))
        observers.append(model.station_gcrf_m[at])
    told = looks_of(rows, (Kind.RIGHT_ASCENSION, Kind.DECLINATION))
    if len(told):
        ra, dec = rows.value[told].T
        times.append(rows.t_tai_ns[told[:, 0]])
        units.append(np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=1))
        observers.append(model.station_gcrf_m[told[:, 0]])
    if not times:
        raise UsageError("there are no looks with two angles")
    return np.concatenate(times), np.concatenate(units), np.concatenate(observers)


def _miss(state: Scalar, t0: int, t: Ints, directions: Rows, observers: Rows) -> float:
    """Median angle (rad) between directions seen and those of a two-body arc, light time taken once."""
    flown = propagate_kepler(state, (t - t0).astype(float) * 1e-9)
    line = flown[:, :3] - observers
    far = np.linalg.norm(line, axis=1)
    line = line - flown[:, 3:] * (far / SPEED_OF_LIGHT_MPS)[:, None]
    cosine = np.sum(line * directions, axis=1) / np.linalg.norm(line, axis=1)
    is_seen: Bools = np.isfinite(cosine)
    return float(np.median(np.arccos(np.clip(cosine[is_seen], -1.0, 1.0)))) if np.any(is_seen) else np.inf
