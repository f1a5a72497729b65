"""Flights of every launch class, drawn once: what each class may look like at every moment from lift-off to the end.

A kind is a textbook vehicle (`motion.flight_classes`) with the spread of its class, lofted and depressed, or one of
these stretched or shrunk until the class's whole band of ranges is filled: then its class is what its energy could
reach at best. Failed launches are the same flights with thrust ended early; submarines fire the solid ones.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np

from vedette.assessment.arc import energy_range_m
from vedette.assessment.flight_prior import ANY_LOFT
from vedette.assessment.typing.gliding import glide_after
from vedette.core.constants import EARTH_MU_M3_S2
from vedette.core.errors import DidNotConvergeError
from vedette.core.kept_arrays import kept_arrays
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.frames import geodetic_from_itrf
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import (
    A0_MPS2,
    AZIMUTH_RAD,
    BURN_S,
    COAST_BETA_KG_M2,
    FLOW_PER_S,
    GAP_S,
    HEADER,
    KICK_RAD,
    LAT_RAD,
    STAGE_COUNT,
    STAGE_WIDTH,
    THRUST_SCALE,
    stage_entry,
)
from vedette.motion.flight_classes import Vehicle, class_by_range, nominal_boost, vehicles
from vedette.motion.flight_shaping import with_orbit
from vedette.motion.gravity import acceleration_itrf
from vedette.reports import Cause

EARTH_M = 6_371_008.8
STAGES = 4
BOOST_GRID_S, COAST_GRID_S, WATCHED_S = 2.0, 14.0, 3000.0
LONG_PAUSE_S = 60.0  # a burn after a longer coast is another flight, as the launch fit has it
THRUST_SIGMA = 0.05  # of each stage, one sigma
LOFT_SIGMA = 0.10  # of ln(tilt) of an ordinary ballistic flight
LEAST_LIFT_MPS2 = 11.5
PUSH_OVER_S = 10.0  # accelerations are told over so long, as from a track's history
_THEN_AND_NOW_S = np.array([-PUSH_OVER_S, 0.0])
_LAT_RAD = 0.6  # where they are drawn; every azimuth is, so that the Earth's turning is among the spread


@dataclass(frozen=True, slots=True, eq=False)
class Flights:
    """n drawn flights of one kind on one grid of m instants after lift-off; NaN after coming down."""

    name: str
    causes: tuple[tuple[Cause, float], ...]  # what such a flight may be, with its share of that cause's flights
    t_s: Scalar  # (m,)
    weight_s: Scalar  # (m,) seconds that each instant stands for
    height_m: Rows  # (n, m)
    speed_mps: Rows
    climb_rad: Rows
    along_mps2: Rows  # acceleration other than gravity, along the way ...
    lift_mps2: Rows  # ... and across it, upwards
    ground_m: Rows  # from the pad, along the ground
    burns_s: Rows  # (n, 4, 2) beginning and end of each burn; NaN where there is none
    height_grid_m: Rows  # (n, k) by BOOST_GRID_S from lift-off, while it burns and 100 s more

    def __len__(self) -> int:
        return len(self.burns_s)

    @property
    def burnout_s(self) -> Scalar:
        """(n,) the end of the last burn."""
        return np.asarray(np.nanmax(self.burns_s[:, :, 1], axis=1))


_BALLISTIC = {
    "short-range-ballistic": Cause.SHORT_RANGE,
    "medium-range-ballistic": Cause.MEDIUM_RANGE,
    "intermediate-range-ballistic": Cause.INTERMEDIATE_RANGE,
    "intercontinental-ballistic": Cause.INTERCONTINENTAL,
}
_OTHERS = {"space-launch": Cause.SPACE_LAUNCH, "sounding-rocket": Cause.SOUNDING_ROCKET}
FROM_SEA = ("medium-range-solid", "intermediate-range-solid", "intercontinental-solid")
TEXTBOOK = 0.7  # share of a ballistic class's flights that are its textbook vehicles'; the rest fill its band


def drawn_flights(count: int = 140, seed: int = 0) -> tuple[Flights, ...]:
    """Every kind of flight that begins with a launch; the same arguments give the same."""
    return _drawn(count, seed)


@lru_cache(maxsize=4)
def _drawn(count: int, seed: int) -> tuple[Flights, ...]:
    home = Path(__file__)
    package = home.parents[2]
    folders = [package / floor for floor in ("core", "time", "reports", "frames", "motion", "assessment")]
    kept = kept_arrays(home, f"drawn_flights-{count}-{seed}", folders, lambda: _as_arrays(_kinds(count, seed)))
    return _from_arrays(kept)


_ARRAYS = tuple(one.name for one in fields(Flights) if one.name not in ("name", "causes"))


def _as_arrays(kinds: Iterable[Flights]) -> dict[str, Rows]:
    """Every kind by its number, and the names and causes as JSON."""
    kinds = tuple(kinds)
    words = json.dumps([(one.name, [(cause.value, share) for cause, share in one.causes]) for one in kinds])
    rows = {f"{i}.{name}": getattr(one, name) for i, one in enumerate(kinds) for name in _ARRAYS}
    return {"words": np.frombuffer(words.encode(), np.uint8), **rows}


def _from_arrays(kept: dict[str, Rows]) -> tuple[Flights, ...]:
    return tuple(
        Flights(name, tuple((Cause(cause), share) for cause, share in causes), *(kept[f"{i}.{one}"] for one in _ARRAYS))
        for i, (name, causes) in enumerate(json.loads(kept["words"].tobytes()))
    )


def _kinds(count: int, seed: int) -> Iterator[Flights]:
    of_class = {v.class_name: [w.id for w in vehicles() if w.class_name == v.class_name] for v in vehicles()}
    pool: dict[str, list[Rows]] = {name: [] for name in _BALLISTIC}  # of any size, by the class that they reach
    for one in vehicles():
        rng = np.random.default_rng([seed, crc32(one.id.encode())])
        share = 1.0 / len(of_class[one.class_name])
        rows = _flyable(_with_luck(one, count, rng))
        if one.orbit_height_m is not None:
            rows = np.vstack([rows, _into_orbit(one, count // 6, rng)])
        yield _flown(f"failed {one.id}", ((Cause.FAILED_LAUNCH, 1.0 / len(vehicles())),), _cut_short(rows, rng))
        if one.id in (*FROM_SEA, "short-range-solid"):
            yield _gliding(one, count // 2, rng)
        if one.class_name not in _BALLISTIC:
            yield _flown(one.id, ((_OTHERS[one.class_name], share),), rows)
            continue
        names = reached_classes(rows, one)
        for name in _BALLISTIC:
            mine = rows[names == name]
            if name != one.class_name:
                pool[name].append(mine)
            elif len(mine):
                causes = [(_BALLISTIC[name], TEXTBOOK * share)]
                if one.id in FROM_SEA:
                    causes.append((Cause.SUBMARINE_LAUNCHED, 1.0 / len(FROM_SEA)))
                yield _flown(one.id, tuple(causes), mine)
        larger = _stretched(one, count, rng)
        names = reached_classes(larger, one)
        for name in _BALLISTIC:
            pool[name].append(larger[names == name])
    for name, parts in pool.items():
        total = sum(len(part) for part in parts)
        for width in sorted({part.shape[1] for part in parts if len(part)}):
            rows = np.vstack([part for part in parts if part.shape[1] == width])
            share = (1.0 - TEXTBOOK) * len(rows) / total
            stages = (width - HEADER) // STAGE_WIDTH
            yield _flown(f"{name} of {stages} stages, any size", ((_BALLISTIC[name], share),), rows)


def _with_luck(one: Vehicle, count: int, rng: np.random.Generator) -> Rows:
    """(n, p) boost parameters of a vehicle with the spread of its class."""
    rows = np.tile(nominal_boost(one, lat_rad=_LAT_RAD, lon_rad=0.0, azimuth_rad=0.0), (count, 1))
    for stage in range(len(one.stages) - 1):
        if one.stages[stage].gap_s > LONG_PAUSE_S:
            rows[:, STAGE_COUNT] = stage + 1
            break
    rows[:, LAT_RAD] = np.arcsin(rng.uniform(-0.85, 0.85, count))
    rows[:, AZIMUTH_RAD] = rng.uniform(0.0, 2.0 * np.pi, count)
    for stage in range(len(one.stages)):
        longer = np.exp(one.spread_burn * rng.standard_normal(count))
        rows[:, stage_entry(stage, A0_MPS2)] *= 1.0 + THRUST_SIGMA * rng.standard_normal(count)
        rows[:, stage_entry(stage, A0_MPS2)] /= longer
        rows[:, stage_entry(stage, FLOW_PER_S)] /= longer
        rows[:, stage_entry(stage, BURN_S)] *= longer
    low, high = one.reentry_beta_kg_m2
    rows[:, COAST_BETA_KG_M2] = np.exp(rng.uniform(np.log(low), np.log(high), count))
    if one.class_name in _BALLISTIC:
        kick = np.exp(LOFT_SIGMA * rng.standard_normal(count))
        is_any = rng.random(count) < ANY_LOFT
        kick[is_any] = np.exp(rng.uniform(np.log(0.02), np.log(1.7), int(is_any.sum())))
        rows[:, KICK_RAD] *= kick
    elif one.class_name == "sounding-rocket":
        wide = rng.random(count) < 0.6  # of any size up to the largest, longer burns with it: apogees to 1,500 km
        rows[:, KICK_RAD] *= np.exp(np.where(wide, 0.6, 0.35) * rng.standard_normal(count))
        size = np.exp(rng.uniform(np.log(0.75), np.log(2.0 if len(one.stages) > 1 else 1.3), count))
        rows[wide, THRUST_SCALE] = size[wide]
        for stage in range(len(one.stages)):
            rows[wide, stage_entry(stage, BURN_S)] *= size[wide]
            rows[wide, stage_entry(stage, FLOW_PER_S)] /= size[wide]
            rows[wide, stage_entry(stage, A0_MPS2)] /= size[wide]
    else:
        rows[:, KICK_RAD] *= np.exp(0.06 * rng.standard_normal(count))
    return rows


def _into_orbit(one: Vehicle, count: int, rng: np.random.Generator) -> Rows:
    """Flights of a launcher steered so that each reaches an orbit of its own, whatever its luck."""
    made = []
    for row in _with_luck(one, count, rng):
        try:
            made.append(with_orbit(row, float(rng.uniform(180e3, 450e3))))
        except (DidNotConvergeError, np.linalg.LinAlgError):
            continue
    return np.array(made).reshape(len(made), -1) if made else np.empty((0, HEADER + STAGE_WIDTH * len(one.stages)))


def _stretched(one: Vehicle, count: int, rng: np.random.Generator) -> Rows:
    """The vehicle larger and smaller, with shorter and longer burns."""
    rows = _with_luck(one, count, rng)
    rows[:, THRUST_SCALE] = np.exp(rng.uniform(np.log(0.7), np.log(1.4), count))
    slower = np.exp(0.25 * rng.standard_normal(count))
    for stage in range(len(one.stages)):
        lift = rows[:, stage_entry(stage, A0_MPS2)] * rows[:, THRUST_SCALE]
        slow = np.minimum(slower, np.maximum(lift / LEAST_LIFT_MPS2, 1.0)) if stage == 0 else slower
        rows[:, stage_entry(stage, BURN_S)] *= slow
        rows[:, stage_entry(stage, FLOW_PER_S)] /= slow
        rows[:, stage_entry(stage, A0_MPS2)] /= slow
    return _flyable(rows)


def reached_classes(rows: Rows, one: Vehicle) -> np.ndarray:
    """(n,) names of the ballistic classes that boosts of a vehicle's kind could reach at best.

    The same boost at its vehicle's own tilt, which is that of the longest range, is flown and its energy judged: how
    high a flight was lofted does not change what it is.
    """
    tilted = rows.copy()
    tilted[:, KICK_RAD] = np.radians(one.kick_deg)
    reach = best_reach_m(fly_boost(tilted, np.zeros(0))[1][:, 1:])
    own = best_reach_m(fly_boost(rows, np.zeros(0))[1][:, 1:])
    best = np.fmax(reach, own)  # a weak boost that falls over at that tilt is judged by its own
    return np.array([class_by_range(float(r)) for r in best])


def best_reach_m(states_itrf: Rows) -> Scalar:
    """(...) greatest range (m) of the energy of free states: as if thrown from the ground at the best angle.

    Speed relative to the Earth, so that the Earth's turning neither helps nor hinders.
    """
    speed2 = np.sum(states_itrf[..., 3:] ** 2, axis=-1)
    radius = np.linalg.norm(states_itrf[..., :3], axis=-1)
    thrown2 = speed2 + 2.0 * EARTH_MU_M3_S2 * (1.0 / EARTH_M - 1.0 / np.maximum(radius, EARTH_M))
    return np.asarray(energy_range_m(np.sqrt(thrown2)))


def _flyable(rows: Rows) -> Rows:
    """Without those that fall back while they burn."""
    burnout = fly_boost(rows, np.zeros(0))[1]
    up = np.einsum("ij,ij->i", burnout[:, 1:4], burnout[:, 4:]) > 0.0
    return np.asarray(rows[np.isfinite(burnout).all(axis=1) & up])


def _cut_short(rows: Rows, rng: np.random.Generator) -> Rows:
    """The same boosts with thrust ended somewhere before its time, then tumbling."""
    rows = rows[: max(len(rows) // 2, 20)].copy()
    for row in rows:
        count = int(row[STAGE_COUNT])
        burns = np.array([row[stage_entry(s, BURN_S)] for s in range(count)])
        left = rng.uniform(0.08, 0.92) * burns.sum()
        for stage, burn in enumerate(burns):
            if left <= burn:
                row[STAGE_COUNT] = stage + 1
                row[stage_entry(stage, BURN_S)] = max(left, 1.0)
                break
            left -= burn
        row[COAST_BETA_KG_M2] = np.exp(rng.uniform(np.log(300.0), np.log(5000.0)))
    return rows


def _burns(rows: Rows) -> Rows:
    burns = np.full((len(rows), STAGES, 2), np.nan)
    start = np.zeros(len(rows))
    for stage in range((rows.shape[1] - HEADER) // STAGE_WIDTH):
        has = rows[:, STAGE_COUNT] > stage
        stop = start + rows[:, stage_entry(stage, BURN_S)]
        burns[has, stage, 0], burns[has, stage, 1] = start[has], stop[has]
        start = np.where(has, stop + rows[:, stage_entry(stage, GAP_S)], start)
    return burns


def _flown(name: str, causes: tuple[tuple[Cause, float], ...], rows: Rows) -> Flights:
    burns = _burns(rows)
    t_s, weight_s = grid(float(np.nanmax(burns[:, :, 1])))
    times, back = np.unique((t_s[:, None] + _THEN_AND_NOW_S).ravel(), return_inverse=True)  # they must rise
    states = fly_boost(rows, times)[0][:, back].reshape(len(rows), len(t_s), 2, 6)
    return flights_from_states(name, causes, t_s, weight_s, states, burns)


def grid(last_burnout_s: float) -> tuple[Scalar, Scalar]:
    """Instants, and the seconds each stands for: fine under thrust and shortly after, coarser in the fall."""
    fine = np.arange(1.0, last_burnout_s + 80.0, BOOST_GRID_S)
    coarse = np.arange(fine[-1] + BOOST_GRID_S, WATCHED_S, COAST_GRID_S)
    return np.concatenate([fine, coarse]), np.concatenate(
        [np.full(len(fine), BOOST_GRID_S), np.full(len(coarse), COAST_GRID_S)]
    )


def flights_from_states(
    name: str, causes: tuple[tuple[Cause, float], ...], t_s: Scalar, weight_s: Scalar, states: Rows, burns: Rows
) -> Flights:
    """From ITRF states (n, m, 2, 6) `PUSH_OVER_S` before each instant, and then."""
    here = states[:, :, 1]
    height_m, speed, climb = state_features(here)
    middle = 0.5 * (states[:, :, 0] + here)
    along, lift = push_features(middle, (here[..., 3:] - states[:, :, 0, 3:]) / PUSH_OVER_S)
    pad = here[:, 0, :3] / np.linalg.norm(here[:, 0, :3], axis=-1, keepdims=True)
    way = here[..., :3] / np.linalg.norm(here[..., :3], axis=-1, keepdims=True)
    chord = np.linalg.norm(way - pad[:, None], axis=-1)
    fine = t_s <= np.nanmax(burns[:, :, 1]) + 80.0
    return Flights(
        name, causes, t_s, weight_s, height_m, speed, climb, along, lift,
        2.0 * EARTH_M * np.arcsin(np.clip(0.5 * chord, 0.0, 1.0)), burns, height_m[:, fine],
    )  # fmt: skip


def state_features(states_itrf: Rows) -> tuple[Scalar, Scalar, Scalar]:
    """Height (m), speed (m/s) and climb (rad) above the horizontal of ITRF states (..., 6)."""
    position, velocity = states_itrf[..., :3], states_itrf[..., 3:]
    radius = np.linalg.norm(position, axis=-1)
    speed = np.linalg.norm(velocity, axis=-1)
    rise = np.sum(position * velocity, axis=-1) / np.maximum(radius, 1.0)
    climb = np.arcsin(np.clip(rise / np.maximum(speed, 1e-3), -1.0, 1.0))
    flat = np.where(np.isfinite(position), position, 1e7)
    return np.asarray(np.where(np.isfinite(radius), geodetic_from_itrf(flat)[2], np.nan)), speed, climb


def push_features(states_itrf: Rows, acceleration_mps2: Rows) -> tuple[Scalar, Scalar]:
    """Acceleration other than gravity along the way, and across it upwards (m/s2), from that relative to the Earth."""
    push = acceleration_mps2 - acceleration_itrf(states_itrf)
    velocity = states_itrf[..., 3:]
    ahead = velocity / np.maximum(np.linalg.norm(velocity, axis=-1, keepdims=True), 1e-3)
    up = states_itrf[..., :3] / np.linalg.norm(states_itrf[..., :3], axis=-1, keepdims=True)
    above = up - np.sum(up * ahead, axis=-1, keepdims=True) * ahead
    above = above / np.maximum(np.linalg.norm(above, axis=-1, keepdims=True), 1e-6)
    return np.asarray(np.sum(push * ahead, axis=-1)), np.asarray(np.sum(push * above, axis=-1))


def _gliding(one: Vehicle, count: int, rng: np.random.Generator) -> Flights:
    """Boosts of a solid vehicle thrown flat, then carried by the air."""
    rows = np.tile(nominal_boost(one, lat_rad=_LAT_RAD, lon_rad=0.0, azimuth_rad=0.0), (count, 1))
    luck = _with_luck(one, count, rng)
    luck[:, KICK_RAD] = rows[:, KICK_RAD] * np.exp(rng.uniform(np.log(0.8), np.log(1.8), count))
    luck = _flyable(luck)
    burns = _burns(luck)
    t_s, weight_s = grid(float(np.nanmax(burns[:, :, 1])))
    end = fly_boost(luck, np.zeros(0))[1]
    times = t_s[:, None] + _THEN_AND_NOW_S
    rising, back = np.unique(times.ravel(), return_inverse=True)
    states = fly_boost(luck, rising)[0][:, back].reshape(len(luck), len(t_s), 2, 6)
    glide = glide_after(end[:, 1:], end[:, 0], times.ravel(), rng).reshape(len(luck), len(t_s), 2, 6)
    after: Bools = times[None] >= end[:, 0, None, None]
    states = np.where(after[..., None], glide, states)
    causes = ((Cause.GLIDE, 1.0 / (len(FROM_SEA) + 1)),)
    return flights_from_states(f"glide on {one.id}", causes, t_s, weight_s, states, burns)


def burning(flights: Flights, flight: Ints, t_s: Scalar) -> Bools:
    """(k,) whether flights `flight` (k,) burn at instants t_s (k,) after lift-off."""
    burns = flights.burns_s[flight]
    return np.asarray(((t_s[:, None] >= burns[:, :, 0]) & (t_s[:, None] < burns[:, :, 1])).any(axis=1))
