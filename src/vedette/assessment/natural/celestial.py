"""The Moon, the Sun and the planets: a direction that is known beforehand, and a distance that radars fold.

On 5 October 1960 a warning radar's echoes came from the rising Moon: 2.55 s of delay, read modulo the time between
pulses. So an echo is the Moon's when it lies in the Moon's direction *and* its range is the Moon's less a whole number
of the radar's ambiguity intervals *and* it recedes as the Moon does. For sensors without range the direction decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.light import Light
from vedette.assessment.natural.path_kernel import log_level_density
from vedette.assessment.natural.sightings import Sightings
from vedette.assessment.weighing import Weighed
from vedette.core.constants import EARTH_SPIN_RADPS, NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.frames import EarthOrientation, itrf_from_gcrf_matrix, moon_position_gcrf_m, sun_position_gcrf_m
from vedette.frames.bodies import ASTRONOMICAL_UNIT_M
from vedette.reports import Cause
from vedette.sensing import Radar, is_clear_of_earth

MOON_RADIUS_M = 1_737_400.0
_LIGHT = Light(life_s=900.0, life_log=1.5, level_w_sr=100_000.0, level_log=2.5, flicker_log=0.2, walk_log=0.05)
_SURE = np.log(1e-6)  # a body behind the Earth: stray light, a wrong clock
_RANGE_JITTERS_M = (100.0, 5e3, 100e3, 600e3)  # one sigma from look to look: an edge tracked, or the whole disc
_ANGLE_JITTERS_RAD = (2e-4, 2e-3)  # where in the disc, or in its glare, a look puts it
_ANY_INTERVAL_M = 5_000e3  # over which a folded range is spread when the radar's interval is not stated
_INTERVAL_TRUSTED = 0.97


@dataclass(frozen=True, slots=True)
class _Body:
    """A body as sensors meet it."""

    name: str
    number: int  # of ERFA plan94; 0: Sun, 10: Moon
    share_of_echoes: float
    share_of_lights: float
    offset_rad: float  # one sigma, each of two angles, of where on it or near it the look falls: disc and glare


_BODIES = (
    _Body("Moon", 10, 0.98, 0.25, np.radians(0.15)),
    _Body("Sun", 0, 0.01, 0.50, np.radians(0.5)),
    _Body("Venus", 2, 0.005, 0.10, np.radians(0.02)),
    _Body("Jupiter", 5, 0.002, 0.08, np.radians(0.02)),
    _Body("Mars", 4, 0.002, 0.04, np.radians(0.02)),
    _Body("Mercury", 1, 0.001, 0.03, np.radians(0.02)),
)


def weigh_celestial(
    sightings: Sightings, sensors: Mapping[str, object], context: NaturalContext
) -> tuple[Weighed, ...]:
    """ln p(looks | Moon, Sun or a planet), all bodies in one, with the reasons of the one that explains best."""
    s = sightings
    echoes = not s.is_direction.all()
    logs, words = [], []
    found = _all_places_itrf_m(s.t_tai_ns.tobytes(), context.orientation)
    for body, (places, own_mps) in zip(_BODIES, found, strict=True):
        share = body.share_of_echoes if echoes else body.share_of_lights
        log, reasons = _weigh_body(body, places, own_mps, s, sensors, context)
        logs.append(np.log(share) + log)
        words.append(reasons)
    best = int(np.argmax(logs))
    total = float(np.logaddexp.reduce(logs)) + _LIGHT.log_likelihood(s)
    return (Weighed(Cause.MOON_OR_SUN, total, *words[best]),)


def body_position_itrf_m(name: str, t_tai_ns: Ints | int, orientation: EarthOrientation) -> Vec3:
    """(..., 3) Earth-fixed place of "Moon", "Sun", "Venus", "Jupiter", "Mars" or "Mercury". Geometric."""
    body = next(one for one in _BODIES if one.name == name)
    times = np.atleast_1d(np.asarray(t_tai_ns, dtype=np.int64))
    found, _ = _places_itrf_m(body, times, itrf_from_gcrf_matrix(times, orientation))
    return found.reshape(*np.shape(t_tai_ns), 3)


@lru_cache(maxsize=64)
def _all_places_itrf_m(instants: bytes, orientation: EarthOrientation) -> tuple[tuple[Rows, Rows], ...]:
    """`_places_itrf_m` of every body at instants, int64: objects of one look were mostly seen in the same looks."""
    t_tai_ns = np.frombuffer(instants, dtype=np.int64)
    turn = itrf_from_gcrf_matrix(t_tai_ns, orientation)
    found = tuple(_places_itrf_m(body, t_tai_ns, turn) for body in _BODIES)
    for places, own_mps in found:
        places.flags.writeable = own_mps.flags.writeable = False
    return found


def _places_itrf_m(body: _Body, t_tai_ns: Ints, turn: Rows) -> tuple[Rows, Rows]:
    """(n, 3) geometric places and own velocities among the stars, in Earth-fixed axes.

    A track lasts minutes, in which only the Moon moves among the stars.
    """
    middle = int(t_tai_ns[len(t_tai_ns) // 2])
    is_short = int(t_tai_ns.max()) - int(t_tai_ns.min()) < 3_600 * NS_PER_S
    own = np.zeros(3)
    if body.number == 10:
        gcrf = moon_position_gcrf_m(t_tai_ns)
        minute = 60 * NS_PER_S
        own = (moon_position_gcrf_m(middle + minute) - moon_position_gcrf_m(middle - minute)) / 120.0
    elif body.number == 0:
        gcrf = sun_position_gcrf_m(middle if is_short else t_tai_ns)
    else:
        gcrf = _planet_gcrf_m(body.number, middle if is_short else t_tai_ns)
    shape = (len(t_tai_ns), 3)
    places = np.einsum("nij,nj->ni", turn, np.broadcast_to(gcrf, shape))
    return places, np.einsum("nij,nj->ni", turn, np.broadcast_to(own, shape))


def _planet_gcrf_m(number: int, t_tai_ns: Ints | int) -> Vec3:
    """ERFA `plan94` (Simon et al. 1994): a few arcseconds to a minute of arc for the inner planets, 1800 to 2050."""
    import erfa

    from vedette.time import jd_tt_from_tai_ns

    found = erfa.plan94(*jd_tt_from_tai_ns(t_tai_ns), number)
    heliocentric = ASTRONOMICAL_UNIT_M * np.asarray(found["p"])
    return np.asarray(heliocentric + sun_position_gcrf_m(t_tai_ns))


def _weigh_body(
    body: _Body, places: Rows, own_mps: Rows, s: Sightings, sensors: Mapping[str, object], context: NaturalContext
) -> tuple[float, tuple[tuple[str, ...], tuple[str, ...]]]:
    e = s.evidence
    total = 0.0
    for_: list[str] = []
    against: list[str] = []
    for sensor in np.unique(e.sensor):
        mine = e.sensor == sensor
        name = e.sensor_ids[int(sensor)] if len(e.sensor_ids) > sensor else "a sensor"
        away = places[mine] - e.place[mine]
        distance = np.linalg.norm(away, axis=1)
        los = away / distance[:, None]
        hidden = ~is_clear_of_earth(e.place[mine] + 1e8 * los, e.place[mine])
        if hidden.all():
            total += _SURE
            against.append(f"from {name} the {body.name} stands behind the Earth")
        log, off_rad = _log_angles(body, los, mine, s)
        total += log
        words = _angle_words(body, name, los, mine, s, off_rad)
        (for_ if off_rad < np.radians(1.0) and not hidden.all() else against).append(words)
        ranged = mine & ~s.is_direction
        if ranged.any():
            among = ranged[mine]
            log, said_for, said_against = _log_ranges(body, name, distance[among], ranged, s, sensors, context)
            total += log
            for_ += said_for
            against += said_against
            log, said, fits = _log_doppler(places, own_mps, ranged, s, body.name)
            total += log
            (for_ if fits else against).extend(said)
    return total, (tuple(for_), tuple(against))


def _log_angles(body: _Body, los: Rows, mine: Bools, s: Sightings) -> tuple[float, float]:
    """ln density of both angles of one sensor's looks about the body, an offset in common; and how far off, rad."""
    e = s.evidence
    axes, kind = e.axes[mine], e.kind[mine]
    t = e.t_s[mine]
    if kind[0] == 1:
        residual = -np.einsum("nij,nj->ni", axes[:, :2], los)  # measured less body, in the measured look's tangents
        behind = np.sum(e.value[mine][:, :3] * los, axis=1) < 0.0
        residual[behind] = np.pi
        scale = np.ones(len(t))
    else:
        enu = np.einsum("nij,nj->ni", axes, los)
        azimuth, elevation = np.arctan2(enu[:, 0], enu[:, 1]), np.arcsin(np.clip(enu[:, 2], -1.0, 1.0))
        turn = (e.value[mine][:, 0] - azimuth + np.pi) % (2.0 * np.pi) - np.pi
        residual = np.stack([turn, e.value[mine][:, 1] - elevation], axis=1)
        scale = np.cos(elevation)
    sigma = 1.0 / np.maximum(e.weight[mine][:, :2], 1e-12)
    bias = e.bias_sigmas[int(e.sensor[mine][0]), :2]
    logs = []
    for jitter in _ANGLE_JITTERS_RAD:
        log = -np.log(len(_ANGLE_JITTERS_RAD))
        for k in range(2):
            if not (e.weight[mine][:, k] > 0.0).all():
                continue
            wide = scale if k == 0 else np.ones(len(t))
            spread = float(np.hypot(bias[k], body.offset_rad / max(float(wide.min()), 0.05)))
            each = np.hypot(sigma[:, k], jitter / np.maximum(wide, 0.05))
            log += float(log_level_density(t, residual[:, k], each, 0.0, spread, 0.0))
        logs.append(log)
    if kind[0] == 1:
        off = np.arccos(np.clip(np.sum(e.value[mine][:, :3] * los, axis=1), -1.0, 1.0))
    else:
        off = np.hypot(residual[:, 0] * scale, residual[:, 1])
    return float(np.logaddexp.reduce(logs)), float(np.median(off))


def _log_ranges(
    body: _Body, name: str, distance_m: Scalar, rows: Bools, s: Sightings, sensors: Mapping[str, object],
    context: NaturalContext,
) -> tuple[float, list[str], list[str]]:
    """ln density of the ranges: the body's distance, folded; one offset in common, some spread from look to look."""
    e = s.evidence
    t, measured = e.t_s[rows], e.value[rows, 2]
    sigma = 1.0 / e.weight[rows, 2]
    bias = float(e.bias_sigmas[int(e.sensor[rows][0]), 2])
    radius = MOON_RADIUS_M if body.name == "Moon" else 0.0
    intervals = _intervals_m(name, s.t_tai_ns[rows], sensors, context)
    folds = np.zeros(len(t)) if intervals is None else np.round((distance_m - radius - measured) / intervals)
    unfolded = measured + folds * (0.0 if intervals is None else intervals)
    off = unfolded - distance_m  # - radius: at the near edge, 0: the middle
    starts = [(0.5, -radius, 30e3), (0.2, 0.0, 30e3), (0.3, -0.5 * radius, 0.3 * radius + 30e3)]
    open_start = (1.0, float(off[0]), _ANY_INTERVAL_M / np.sqrt(2.0 * np.pi))
    logs = []
    for trust, places in ((_INTERVAL_TRUSTED, starts), (1.0 - _INTERVAL_TRUSTED, [open_start])):
        if intervals is None:
            trust = 1.0 if places[0] is open_start else 0.0
        if trust == 0.0:
            continue
        for share, middle, spread in places:
            for jitter in _RANGE_JITTERS_M:
                log = log_level_density(t, off, np.hypot(sigma, jitter), middle, float(np.hypot(spread, bias)), 0.01)
                logs.append(np.log(trust * share / len(_RANGE_JITTERS_M)) + log)
    total = float(np.logaddexp.reduce(logs))
    read, true = measured[0] / 1e3, distance_m[0] / 1e3
    if intervals is None:
        words = f"its range says nothing: {name} does not state at which range its echoes fold"
        return total, [words] if total > -20.0 * len(t) else [], []
    near = abs(float(off[0]) + 0.5 * radius) < 0.5 * radius + 100e3
    words = f"range {read:,.0f} km + {folds[0]:.0f} x {intervals[0] / 1e3:,.0f} km = {unfolded[0] / 1e3:,.0f} km"
    if near:
        edge = f", its near edge {(true - radius / 1e3):,.0f} km" if radius else ""
        return total, [f"{words}, the {body.name}'s {true:,.0f} km{edge}"], []
    return total, [], [f"{words}, but the {body.name} is {true:,.0f} km away"]


def _intervals_m(
    name: str, t_tai_ns: Ints, sensors: Mapping[str, object], context: NaturalContext
) -> Scalar | None:
    """(n,) by how much ranges fold at each look; None: nobody says."""
    radar = sensors.get(name)
    stated = radar.range_interval_m(t_tai_ns) if isinstance(radar, Radar) else None
    if stated is None and name in context.range_ambiguity_m:
        stated = np.full(len(t_tai_ns), context.range_ambiguity_m[name])
    return stated


def _log_doppler(places: Rows, own_mps: Rows, rows: Bools, s: Sightings, name: str) -> tuple[float, list[str], bool]:
    """ln density of the range rates about the body's own; words, and whether most agree."""
    e = s.evidence
    known = rows & (e.weight[:, 3] > 0.0)
    if not known.any():
        return 0.0, [], True
    expected = _range_rates_mps(places, e.place, own_mps)[known]
    sigma = np.hypot(1.0 / e.weight[known, 3], 15.0)  # libration and the disc's turning, some metres a second
    off = (e.value[known, 3] - expected) / sigma
    # one in fifty looks at a wrong Doppler fold
    plain = -0.5 * off**2 - np.log(sigma * np.sqrt(2.0 * np.pi))
    log = float(np.sum(np.logaddexp(np.log(0.98) + plain, np.log(0.02 / 10_000.0))))
    read = float(np.median(e.value[known, 3]))
    fits = float(np.median(np.abs(off))) < 4.0
    return log, [f"range rate {read:+,.0f} m/s, the {name}'s is {float(np.median(expected)):+,.0f} m/s"], fits


def _range_rates_mps(places: Rows, here: Rows, own_mps: Rows) -> Scalar:
    """(n,) relative to the turning Earth."""
    away = places - here
    los = away / np.linalg.norm(away, axis=1, keepdims=True)
    # the Earth's turning carries the body westward; its own motion among the stars is that of a minute
    carried = EARTH_SPIN_RADPS * np.stack([places[:, 1], -places[:, 0], np.zeros(len(places))], axis=1)
    return np.asarray(np.sum((carried + own_mps) * los, axis=1))


def _angle_words(body: _Body, name: str, los: Rows, mine: Bools, s: Sightings, off_rad: float) -> str:
    if s.evidence.kind[mine][0] == 1:
        return f"{np.degrees(off_rad):.2f} deg from the {body.name} as {name} sees it"
    enu = s.evidence.axes[mine][0] @ los[0]
    azimuth, elevation = np.degrees(np.arctan2(enu[0], enu[1])) % 360.0, np.degrees(np.arcsin(enu[2]))
    where = f"azimuth {azimuth:.1f}, elevation {elevation:.1f} deg"
    return f"{np.degrees(off_rad):.2f} deg from the {body.name}, which stands at {where} from {name}"
