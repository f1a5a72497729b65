"""A fire, a flare, a volcano: a light on the ground that stays where it is.

One place at the height of the ground, spread over the Earth's land and hardly at sea, least of all far from land, or as
the map of hot places says; not moving at all but for the sensor's own errors and a fire front's walking pace. It burns
for hours, steadily; now and then it is seen for a minute only, through a gap in the cloud.
"""

from collections.abc import Mapping

import numpy as np

from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.light import Light
from vedette.assessment.natural.sightings import EARTH_AREA_M2, Sightings, where_at_height
from vedette.assessment.typing.sea import SEA_OF_EARTH, clear_of_land_km, sea_share
from vedette.assessment.weighing import Weighed
from vedette.core.shapes import Rows, Scalar, Vec3
from vedette.frames import geodetic_from_itrf
from vedette.reports import Cause
from vedette.reports.words import place_words

_FIRE = Light(
    life_s=7_200.0, life_log=1.5, level_w_sr=8_000.0, level_log=1.2, flicker_log=0.15, walk_log=0.01, hidden=0.5
)  # fmt: skip
# a gap in the cloud, a flare of minutes: seen for a while only
_GLIMPSE = Light(
    life_s=60.0, life_log=1.2, level_w_sr=12_000.0, level_log=1.4, flicker_log=0.2, walk_log=0.04, hidden=0.5
)  # fmt: skip
_GLIMPSE_SHARE = 0.2
FIRES = ((1.0 - _GLIMPSE_SHARE, _FIRE), (_GLIMPSE_SHARE, _GLIMPSE))
# Some of its looks may be of a neighbour that the sensor hardly tells from it, once, twice or three times: of some 890
# tracks over the fires of that day three or four hold such looks
_NEIGHBOUR_SHARE = 0.003
_GROUND_M, _GROUND_SIGMA_M = 600.0, 900.0  # over the ellipsoid: land, and what stands on it
_FRONT_MPS = 1.0  # a running fire front, one sigma of each component
# Fires at sea burn near land: of 19,416 hot spots of one day (MODIS, FIRMS, 2022-11-11) 101 lay 25 to 200 km from any
# (so does 8.6 % of the Earth), 6 up to 300 km (3.7 %), 7 beyond (57 %). Density over that of anywhere, one more in each
_AT_SEA = ((300.0, 8.0 / 19_416 / 0.569), (200.0, 7.0 / 19_416 / 0.0368), (0.0, 102.0 / 19_416 / 0.0859))
_FAR_SEA, _MIDDLE_SEA = 0.569, 0.0368  # shares of the Earth
_ON_LAND = (
    1.0 - _FAR_SEA * _AT_SEA[0][1] - _MIDDLE_SEA * _AT_SEA[1][1]
    - (SEA_OF_EARTH - _FAR_SEA - _MIDDLE_SEA) * _AT_SEA[2][1]
) / (1.0 - SEA_OF_EARTH)  # fmt: skip
_WANDER_M = 300.0  # of the middle of a light that is several fires in one pixel


def weigh_fire(
    sightings: Sightings, sensors: Mapping[str, object], context: NaturalContext
) -> tuple[Weighed, ...]:
    """ln p(looks | a light on the ground that stays), with reasons; nothing where no infrared sensor saw it."""
    s = sightings
    if not s.is_infrared.any():
        return ()
    mean, cov, share = fire_start(s, s.origin_itrf_m)
    log = share + s.log_density(mean, cov, 1e-3)
    where = on_the_ground(s)
    middle = np.median(where, axis=0)
    lat, lon, height = geodetic_from_itrf(middle)
    log += log_ground_there(middle, context)
    lights = [
        np.log(share) + light.log_life(s) + light.log_brightness_in_parts(s, _NEIGHBOUR_SHARE) for share, light in FIRES
    ]
    log += float(np.logaddexp.reduce(lights))
    return (Weighed(Cause.FIRE, log, *_reasons(s, where, float(lat), float(lon), float(height))),)


def fire_start(s: Sightings, near_itrf_m: Vec3) -> tuple[Scalar, Rows, float]:
    """A light on the ground anywhere about a place: mean (9,) and cov (9, 9) about the first look's, and log share."""
    place, cov3, share = s.anywhere(_GROUND_M, _GROUND_SIGMA_M, near_itrf_m)
    mean, cov = np.zeros(9), np.zeros((9, 9))
    mean[:3], cov[:3, :3] = place, cov3
    cov[range(3, 6), range(3, 6)] = _FRONT_MPS**2
    return mean, cov, share


def on_the_ground(s: Sightings) -> Rows:
    """(n, 3) where each look's line of sight meets the ground; where a range was measured, there."""
    where = s.places_itrf_m.copy()
    by_sight = s.evidence.kind == 1
    where[by_sight] = where_at_height(s.evidence.place[by_sight], s.evidence.value[by_sight, :3], _GROUND_M)
    return where


def log_ground_there(place_itrf_m: Vec3, context: NaturalContext) -> float:
    """ln density of fires there over that of anywhere, by the coasts and the map of hot places if there is one."""
    lat, lon, _ = geodetic_from_itrf(place_itrf_m)
    anywhere = _log_ground(float(lat), float(lon))
    if context.hot_places is None:
        return anywhere
    # nine in ten burn where the map has it, the tenth anywhere
    mapped = float(context.hot_places.log_density(lat, lon)) + np.log(EARTH_AREA_M2)
    return float(np.logaddexp(np.log(0.9) + mapped, np.log(0.1) + anywhere))


def _log_ground(lat_rad: float, lon_rad: float) -> float:
    """ln density of fires there over that of anywhere (1 / EARTH_AREA_M2), by how much is sea and how far land is."""
    lat, lon = float(np.degrees(lat_rad)), float(np.degrees(lon_rad))
    sea = sea_share(lat, lon)
    clear = clear_of_land_km(lat, lon) if sea >= 1.0 else 0.0
    at_sea = next(density for from_km, density in _AT_SEA if clear >= from_km)
    return float(np.log((1.0 - sea) * _ON_LAND + sea * at_sea))


def _reasons(
    s: Sightings, where: np.ndarray, lat: float, lon: float, height_m: float
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    moved, span_s, blur_m = s.drift(where)
    moved_m = float(np.linalg.norm(moved))
    ranged = int((~s.is_direction).sum())
    if ranged:
        return (), (f"{ranged} echo{'es' if ranged > 1 else ''} by radar: a fire gives none",)
    if height_m > 20e3:
        return (), ("its line of sight passes above the ground",)
    at = place_words(float(np.degrees(lat)), float(np.degrees(lon)))
    over_sea = _sea_words(lat, lon)
    if span_s <= 0.0:
        return (f"a light that may stand on the ground near {at}",), ("one look says nothing of motion", *over_sea)
    slowest = blur_m * np.sqrt(12.0 / max(len(s), 2)) / span_s
    words = f"{moved_m / 1e3:.1f} km between first and last look over {span_s:.0f} s, a look being good to "
    words += f"{blur_m / 1e3:.1f} km"
    if moved_m < 4.0 * blur_m:
        return (f"it stays near {at}: {words} (motion over {slowest:.0f} m/s would show)",), over_sea
    return (), (f"it moves over the ground: {words}", *over_sea)


def _sea_words(lat_rad: float, lon_rad: float) -> tuple[str, ...]:
    lat, lon = float(np.degrees(lat_rad)), float(np.degrees(lon_rad))
    if sea_share(lat, lon) < 1.0:
        return ()
    if clear_of_land_km(lat, lon) >= 200.0:
        return ("open sea, no land within 200 km, is under it: one fire in a thousand burns so far out",)
    return ("open sea is under it, where one fire in a hundred burns",)
