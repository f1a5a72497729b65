"""All looks of one object against every drawn flight: how much likelier a launch makes them than a free path does.

A flight fixes height, way along the ground and flame at every second after lift-off; unknown are the pad (anywhere on
the Earth), the azimuth (any), when it lifted off before the first look, the sensors' constant errors, and a little of
everything that no drawing foresees. Pad, errors and slack are Gaussian in the straightened looks and are integrated
exactly; flights, lift-offs and azimuths are summed. So it is a proper density from the first look on, and its ratio to
*unknown* is what a sequential test adds up [Wald, Sequential Analysis, 1947]: no look is counted twice, none left out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from vedette.assessment.early.brightness import log_brightness_of_flights, unknown_log_ratio
from vedette.assessment.early.flights import EarlyFlights, Starts, early_flights
from vedette.assessment.early.others import weigh_aircraft
from vedette.assessment.natural.light import log_flame_never_seen
from vedette.assessment.natural.reference import EARTH_AREA_M2, Reference
from vedette.assessment.natural.sightings import Sightings, where_at_height
from vedette.assessment.typing.causes import place_log
from vedette.assessment.typing.drawn_flights import BOOST_GRID_S
from vedette.assessment.typing.sea import sea_share, shore_of
from vedette.assessment.weighing import LEAST_LOG_RATIO, Weighed
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows, Scalar, Vec3
from vedette.frames import geodetic_from_itrf, itrf_from_geodetic
from vedette.reports import LAUNCHES, Cause, Looks

AZIMUTHS = 24
EARTH_M = 6_371_008.8
# one sigma of what the drawn flights leave open: height at the first look, velocity, and an acceleration since
SLACK_M, SLACK_MPS, SLACK_MPS2 = 300.0, 15.0, 1.5
STRAY = 0.003  # chance that an infrared look finds something where nothing burns
OUT_OF_THE_WAY = 40.0  # natural logarithms below the best path: no brightness brings such a flight back
KEEP = 12.0  # natural logarithms below the best: nothing that is worth a product


MOST_LOOKS, LONGEST_S = 16, 40.0  # beyond these the drawn flights are too few, and a fit has its say


@dataclass(frozen=True, slots=True, eq=False)
class EarlyTest:
    """What the looks say of a launch, before any fit."""

    log_ratios: dict[Cause, float]  # ln p(looks | cause) - ln p(looks | unknown), from anywhere on the Earth
    aircraft: Weighed  # the same of what flies with a flame and was not launched
    unknown: Weighed  # and of what is unknown, whose light may be wild
    light_log_ratio: float  # what of the launches' ratios is told by brightness alone, given the path
    flight: Ints  # (h,) of the flights that explain the looks, every class as probable before
    since_s: Scalar  # (h,) lift-off before the first look
    azimuth_rad: Scalar  # (h,)
    log_weight: Scalar  # (h,) not normalised
    pad_m: Rows  # (h, 2) east and north of `base`, mean
    pad_cov_m2: Rows  # (2, 2)
    base_lat_rad: float
    base_lon_rad: float
    epoch_tai_ns: int  # of the first look
    azimuth_step_rad: float = 2.0 * np.pi / AZIMUTHS

    def place_log_ratios(self, sea: Callable[[float, float], float] = sea_share) -> dict[Cause, float]:
        """`log_ratios` with what the place tells: land, shore or sea."""
        share = sea(float(np.degrees(self.base_lat_rad)), float(np.degrees(self.base_lon_rad)))
        return {c: ratio + place_log(c, share, shore_of(share)) for c, ratio in self.log_ratios.items()}


def is_early(looks: Looks) -> bool:
    """Whether so few looks found it, over so short a time, that the drawn flights can tell what they are."""
    found = looks.is_detection
    t = looks.t_measured_tai_ns[found]
    return 0 < len(t) <= MOST_LOOKS and (int(t.max()) - int(t.min())) / NS_PER_S <= LONGEST_S


def with_early(flights: Iterable[Weighed], found: EarlyTest) -> tuple[Weighed, ...]:
    """Flight weights, those of launches, aircraft and the unknown replaced by what all looks say of them."""
    others = {one.name: one.log_ratio for one in (found.aircraft, found.unknown)}
    ratios = found.place_log_ratios() | others
    return tuple(
        replace(one, log_ratio=max(ratios[one.name], LEAST_LOG_RATIO)) if one.name in ratios else one for one in flights
    )


def with_light(flights: Iterable[Weighed], light_log_ratio: float, unknown_log_ratio: float) -> tuple[Weighed, ...]:
    """Flight weights of a later moment with what the brightness of all looks told."""
    return tuple(
        replace(one, log_ratio=one.log_ratio + light_log_ratio) if one.name in LAUNCHES
        else replace(one, log_ratio=one.log_ratio + unknown_log_ratio) if one.name is Cause.UNKNOWN
        else one
        for one in flights
    )  # fmt: skip


def early_test(sightings: Sightings, reference: Reference, table: EarlyFlights | None = None) -> EarlyTest | None:
    """Weigh the looks; None where infrared did not find it first, or no drawn flight is still on its way."""
    s = sightings
    if len(s) == 0 or not s.is_infrared[0]:
        return None
    flights = table or early_flights()
    starts = flights.starts
    base, axes, lat, lon = _base(s)
    look, column = np.nonzero(s.known)
    rows = (look, column)
    slope = s.slope[rows]  # (m, 6)
    value = s.value[rows] - slope[:, :3] @ (base - s.origin_itrf_m)
    along = np.concatenate([slope[:, :3] @ axes.T, slope[:, 3:] @ axes.T], axis=1)  # (m, 6) by east, north, up
    whiten, log_det = _whitener(s, rows, along)
    pad = whiten @ along[:, :2]
    gram = pad.T @ pad
    gram_inv = np.linalg.inv(gram)
    project = whiten - pad @ gram_inv @ (pad.T @ whiten)

    t_s = s.evidence.t_s[look]
    height, ground, climb, level = _path(flights, starts, t_s)
    is_up = np.isfinite(height).all(axis=1)
    pick = np.flatnonzero(is_up)
    if not len(pick):
        return None
    height, ground, climb, level = height[pick], ground[pick], climb[pick], level[pick]
    off = value - along[:, 2] * (height - 0.5 * ground**2 / EARTH_M) - along[:, 5] * (climb - ground * level / EARTH_M)
    east, north = along[:, 0] * ground + along[:, 3] * level, along[:, 1] * ground + along[:, 4] * level
    a, x, y = off @ project.T, east @ project.T, north @ project.T
    azimuth = np.arange(AZIMUTHS) * (2.0 * np.pi / AZIMUTHS)
    sin, cos = np.sin(azimuth), np.cos(azimuth)
    squares = (
        _dot(a, a)[:, None] + _dot(x, x)[:, None] * sin**2 + _dot(y, y)[:, None] * cos**2
        - 2.0 * _dot(a, x)[:, None] * sin - 2.0 * _dot(a, y)[:, None] * cos + 2.0 * _dot(x, y)[:, None] * sin * cos
    )  # fmt: skip
    m = len(look)
    constant = s.log_scale - 0.5 * m * np.log(2.0 * np.pi) - 0.5 * log_det
    constant += np.log(2.0 * np.pi) - 0.5 * np.linalg.slogdet(gram)[1] - np.log(EARTH_AREA_M2)
    log = constant - 0.5 * squares - np.log(AZIMUTHS)
    log += (starts.log_weight[pick] + _log_life(flights, starts, pick, s))[:, None]
    top = log.max(axis=1)
    may = np.flatnonzero(top > top.max() - OUT_OF_THE_WAY)
    if not len(may):
        return None
    pick, log, top = pick[may], log[may], top[may]
    off, east, north = off[may], east[may], north[may]
    shine = log_brightness_of_flights(flights, starts, pick, s, base)
    each = top + np.log(np.exp(log - top[:, None]).sum(axis=1))  # brightness knows no azimuth
    dark = float(np.logaddexp.reduce(each))
    each += shine
    log += shine[:, None]
    k = starts.flight[pick]
    against = reference.log_total
    ratios = {}
    for c, cause in enumerate(flights.causes):
        terms = each + flights.log_share[k, c]
        best = float(terms.max())
        ratios[cause] = best + float(np.log(np.exp(terms - best).sum())) - against if np.isfinite(best) else -np.inf
    share = np.logaddexp.reduce(flights.log_share[k], axis=1)
    weight = log + share[:, None]
    near = np.nonzero(weight > weight.max() - KEEP)
    raw = whiten @ (
        off[near[0]] - sin[near[1], None] * east[near[0]] - cos[near[1], None] * north[near[0]]
    ).T
    place = (gram_inv @ (pad.T @ raw)).T
    turn = np.asarray(azimuth[near[1]], dtype=float)
    return EarlyTest(
        ratios, weigh_aircraft(s, reference), Weighed(Cause.UNKNOWN, unknown_log_ratio(s)),
        float(np.logaddexp.reduce(each)) - dark - reference.log_brightness, k[near[0]],
        starts.since_s[pick][near[0]], turn, weight[near], place, gram_inv, lat, lon, s.evidence.epoch_tai_ns,
    )  # fmt: skip


def _dot(a: Rows, b: Rows) -> Scalar:
    return np.asarray(np.einsum("ij,ij->i", a, b))


def _base(s: Sightings) -> tuple[Vec3, Rows, float, float]:
    """The ground below the first look: place, rows east, north and up, latitude and longitude."""
    first = s.places_itrf_m[0]
    if s.is_direction[0] and s.evidence.kind[0] == 1:
        first = where_at_height(s.evidence.place[:1], s.evidence.value[:1, :3], 10e3)[0]
    lat, lon, _ = (float(v) for v in geodetic_from_itrf(first))
    east = np.array([-np.sin(lon), np.cos(lon), 0.0])
    north = np.array([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)])
    return np.asarray(itrf_from_geodetic(lat, lon, 0.0)), np.stack([east, north, np.cross(east, north)]), lat, lon


def _whitener(s: Sightings, rows: tuple[Ints, Ints], along: Rows) -> tuple[Rows, float]:
    """Root of the inverse covariance of the straightened looks (m, m), and ln of the determinant."""
    look = rows[0]
    t = s.evidence.t_s[look]
    columns = [np.eye(len(look))]
    for sensor in np.unique(s.sensor[look]):
        mine = (s.sensor[look] == sensor)[:, None]
        columns.append(np.where(mine, s.bias_slope[rows], 0.0) * s.bias_sigmas[sensor])
    columns.append(SLACK_M * along[:, 2:3])
    columns.append(SLACK_MPS * (along[:, :3] * t[:, None] + along[:, 3:]))
    columns.append(SLACK_MPS2 * (0.5 * along[:, :3] * t[:, None] ** 2 + along[:, 3:] * t[:, None]))
    spread = np.concatenate(columns, axis=1)
    values, vectors = np.linalg.eigh(spread @ spread.T)
    return (vectors / np.sqrt(values)).T, float(np.log(values).sum())


def _path(flights: EarlyFlights, starts: Starts, t_s: Scalar) -> tuple[Rows, Rows, Rows, Rows]:
    """(p, m) height, way along the ground, and how fast both grow, at each row's instant after the first look."""
    at = (starts.since_s[:, None] + t_s - 1.0) / BOOST_GRID_S
    low = np.clip(at.astype(np.int64), 0, flights.height_m.shape[1] - 2)
    part = at - low
    k = starts.flight[:, None]
    h0, h1 = flights.height_m[k, low], flights.height_m[k, low + 1]
    g0, g1 = flights.ground_m[k, low], flights.ground_m[k, low + 1]
    beyond = part > 1.0
    height = np.where(beyond, np.nan, h0 + part * (h1 - h0))
    return height, g0 + part * (g1 - g0), (h1 - h0) / BOOST_GRID_S, (g1 - g0) / BOOST_GRID_S


def _log_life(flights: EarlyFlights, starts: Starts, pick: Ints, s: Sightings) -> Scalar:
    """(p,) ln of the chance of what infrared looks found and missed."""
    e = s.evidence
    out = np.full(len(pick), log_flame_never_seen(e.unseen))
    order = np.argsort(e.t_silence_s, kind="stable")
    t, found, chance = e.t_silence_s[order], e.found[order], e.chance[order]
    first = np.flatnonzero(found)
    burns = flights.burns_s[starts.flight[pick]]
    for i in range(int(first[0]) if len(first) else len(t), len(t)):
        now = (starts.since_s[pick] + t[i])[:, None]
        lit = ((now >= burns[:, :, 0]) & (now < burns[:, :, 1])).any(axis=1)
        if found[i]:
            out += np.where(lit, np.log(chance[i]), np.log(STRAY))
        else:
            out += np.where(lit, np.log1p(-chance[i]), np.log1p(-STRAY))
    return out
