"""Sunlight off cloud, ice or sea into an infrared sensor: by geometry, look by look.

Three kinds share the belief: level mirrors (ice plates in high cloud, calm water), whose glint stands within a degree
or two of the specular point and moves with it; rough sea, within some ten degrees; and cloud tops lit from ahead where
a line of sight grazes the limb, which is how on 26 September 1983 a watcher in a Molniya orbit came to report five
launches. Where a mirror would have to stand steep, or the Sun is down, glint is as good as excluded.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.glint_geometry import GlintGeometry, glint_geometry, specular_point, tilt_area_share
from vedette.assessment.natural.light import Light
from vedette.assessment.natural.sightings import EARTH_AREA_M2, Sightings, where_at_height
from vedette.assessment.weighing import Weighed
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Scalar, Vec3
from vedette.reports import Cause

_LIGHT = Light(
    life_s=90.0, life_log=1.5, level_w_sr=20_000.0, level_log=1.5, flicker_log=0.25, walk_log=0.12, hidden=0.95
)  # fmt: skip
# several patches in one, a mirror that turns over
_WILD = Light(life_s=90.0, life_log=1.5, level_w_sr=20_000.0, level_log=1.5, flicker_log=0.3, walk_log=0.4)
_CLOUD_M, _CLOUD_SIGMA_M = 6e3, 5e3
_NEVER = np.log(1e-7)  # stray light inside the telescope, a wrong clock
_GRAZING_RAD = np.radians(16.0)  # a line of sight that meets the ground flatter than this grazes
_FORWARD_RAD = np.radians(75.0)  # light turned by less than this is thrown ahead by cloud


@dataclass(frozen=True, slots=True)
class _Mirror:
    """A kind of level reflector: its share, and one sigma of how far from level its facets stand."""

    share: float
    tilt_rad: float


# level plates tilt by a degree or so (Breon and Dubrulle 2004, J. Atmos. Sci. 61, 2888); sea slopes by wind: 5 to 10
# degrees (Cox and Munk 1954, J. Opt. Soc. Am. 44, 838)
_MIRRORS = (_Mirror(0.45, np.radians(1.2)), _Mirror(0.30, np.radians(7.0)))
_GRAZING_SHARE = 0.25


def weigh_glint(sightings: Sightings, sensors: Mapping[str, object], context: NaturalContext) -> tuple[Weighed, ...]:
    """ln p(looks | sunlight off cloud, ice or sea), with reasons; a radar sees none, an unlit place gives none."""
    s = sightings
    if not s.is_infrared.any():
        return ()
    e = s.evidence
    by_light = np.flatnonzero(s.is_infrared)
    watchers = np.unique(e.sensor[by_light])
    places = s.places_itrf_m.copy()
    places[by_light] = where_at_height(e.place[by_light], e.value[by_light, :3], _CLOUD_M)
    first = int(by_light[0])
    own = by_light[e.sensor[by_light] == e.sensor[first]]
    ends = own[[0, -1]]
    seen = glint_geometry(places[ends], e.place[ends], s.t_tai_ns[ends])
    log_place = _log_place(places[first], e.place[first], int(s.t_tai_ns[first]), seen)
    moving = _glint_velocity(e.place[ends], s.t_tai_ns[ends], s)
    log = log_place + float(np.logaddexp(np.log(0.5) + _log_path(s, np.zeros(3)), np.log(0.5) + _log_path(s, moving)))
    for other in watchers[watchers != e.sensor[first]]:
        # one facet shines into one telescope: each further sensor needs a mirror of its own
        log += _log_other(s, int(other), places)
    log += _LIGHT.log_life(s) + _log_brightness(s, _swing_per_s(places[own], e.place[own], s.t_tai_ns[own]))
    return (Weighed(Cause.GLINT, log, *_reasons(seen, len(watchers), places, s, moving)),)


def _swing_per_s(places: Vec3, sensors: Vec3, t_tai_ns: Scalar) -> float:
    """One sigma of how fast ln(brightness) of a mirror changes there because Sun and watcher move, 1/s.

    Facets that lean by x shine as exp(-(x / w)^2 / 2): the lean asked turns by x' a second, and brightness by
    x x' / w^2. That is next to nothing with the Sun high; at sunrise on the limb, a tenth to a half a second.
    """
    middle, sensor = np.median(places, axis=0), sensors[0]
    later = 10 * NS_PER_S
    span_ns = max(int(t_tai_ns[-1]) - int(t_tai_ns[0]), 1)
    leans = glint_geometry(
        np.stack([middle, middle]), np.stack([sensor, sensor + (sensors[-1] - sensor) * (later / span_ns)]),
        np.array([int(t_tai_ns[0]), int(t_tai_ns[0]) + later]),
    ).tilts_rad  # fmt: skip
    width = _MIRRORS[0].tilt_rad
    turns = float(np.linalg.norm(leans[1] - leans[0])) / 10.0
    return float((np.linalg.norm(leans[0]) + width) * turns / width**2)


def _log_brightness(s: Sightings, swing_per_s: float) -> float:
    """ln density of the brightness: its own unrest and what geometry adds; one in twenty changes as it likes."""
    steady = _LIGHT.log_brightness(s)
    t = s.evidence.t_s
    if swing_per_s * float(t[-1] - t[0]) > 0.3:
        steps = np.linspace(-2.5, 2.5, 41)
        weights = -0.5 * steps**2
        weights -= np.logaddexp.reduce(weights)
        each = [_LIGHT.log_brightness(s, float(swing_per_s * step)) for step in steps]
        steady = float(np.logaddexp.reduce(weights + np.array(each)))
    return float(np.logaddexp(np.log(0.95) + steady, np.log(0.05) + _WILD.log_brightness(s)))


def _log_place(place: Vec3, sensor: Vec3, t_tai_ns: int, seen: GlintGeometry) -> float:
    """ln density of a glint there over that of anywhere (1 / EARTH_AREA_M2)."""
    sun, up = float(seen.sun_elevation_rad[0]), float(seen.sensor_elevation_rad[0])
    lit = 1.0 / (1.0 + np.exp(-(sun + np.radians(1.0)) / np.radians(0.4)))  # cloud tops see the Sun a degree later
    turned = tilt_area_share(place, sensor, t_tai_ns)
    tilt = float(seen.tilt_rad[0])
    logs = [_NEVER]
    for mirror in _MIRRORS:
        density = np.exp(-0.5 * (tilt / mirror.tilt_rad) ** 2) / (2.0 * np.pi * mirror.tilt_rad**2) * turned
        logs.append(np.log(max(mirror.share * lit * density * EARTH_AREA_M2, 1e-300)))
    if up < _GRAZING_RAD:
        # spread over the lit half of the band along the limb that is seen so flat
        band = _grazing_area_m2(float(np.linalg.norm(sensor)))
        ahead = 1.0 / (1.0 + np.exp((float(seen.scatter_rad[0]) - _FORWARD_RAD) / np.radians(8.0)))
        logs.append(np.log(max(_GRAZING_SHARE * lit * ahead * EARTH_AREA_M2 / (0.25 * band), 1e-300)))
    return float(np.logaddexp.reduce(logs))


def _grazing_area_m2(sensor_radius_m: float) -> float:
    """Area of the band from which a sensor stands less than `_GRAZING_RAD` high, on a round Earth."""
    radius = 6.371e6
    ratio = radius / max(sensor_radius_m, radius * 1.001)
    edge = np.arccos(ratio)
    inner = np.arccos(ratio * np.cos(_GRAZING_RAD)) - _GRAZING_RAD
    return float(2.0 * np.pi * radius**2 * (np.cos(inner) - np.cos(edge)))


def _glint_velocity(sensor: Scalar, t_tai_ns: Scalar, s: Sightings) -> Vec3:
    """(3,) how the specular point moves over the cloud; zero where there is none."""
    t = int(t_tai_ns[0])
    later = 20 * NS_PER_S
    here = specular_point(sensor[0], t, _CLOUD_M)
    span_ns = int(t_tai_ns[1]) - t
    own = (sensor[1] - sensor[0]) / span_ns if span_ns > 0 else np.zeros(3)
    there = specular_point(sensor[0] + own * later, t + later, _CLOUD_M)
    if here is None or there is None:
        return np.zeros(3)
    return np.asarray((there - here) / 20.0)


def _log_path(s: Sightings, velocity_mps: Vec3) -> float:
    """ln density of looks at a spot that drifts with the wind or with the geometry, and never by thrust."""
    place, cov3, share = s.anywhere(_CLOUD_M, _CLOUD_SIGMA_M)
    mean, cov = np.zeros(9), np.zeros((9, 9))
    mean[:3], cov[:3, :3] = place, cov3
    mean[3:6] = velocity_mps
    spread = 25.0 + 0.3 * float(np.linalg.norm(velocity_mps))
    cov[range(3, 6), range(3, 6)] = spread**2
    one_spot = np.log(0.6) + s.log_density(mean, cov, 0.05)
    field = np.log(0.4) + s.log_density(mean, cov, 0.05, scale=2.5)  # a wide field, whose brightest part wanders
    return share + float(np.logaddexp(one_spot, field))


def _log_other(s: Sightings, other: int, places: Vec3) -> float:
    """What a further sensor's own geometry says, over what any place would."""
    row = int(np.flatnonzero(s.is_infrared & (s.evidence.sensor == other))[0])
    seen = glint_geometry(places[[row]], s.evidence.place[[row]], s.t_tai_ns[[row]])
    return min(_log_place(places[row], s.evidence.place[row], int(s.t_tai_ns[row]), seen), 0.0) + float(np.log(0.05))


def _reasons(
    seen: GlintGeometry, sensor_count: int, places: Vec3, s: Sightings, moving: Vec3
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for_: list[str] = []
    against: list[str] = []
    angles = seen.tilt_rad[0], seen.sun_elevation_rad[0], seen.sensor_elevation_rad[0]
    tilt, sun, up = (float(np.degrees(one)) for one in angles)
    if sun < -1.0:
        return (), (f"the Sun is {-sun:.0f} deg below the horizon there: nothing shines",)
    grazing = up < np.degrees(_GRAZING_RAD)
    if tilt < 3.0 * np.degrees(_MIRRORS[0].tilt_rad):
        for_.append(f"within {tilt:.1f} deg of specular, Sun {sun:.0f} deg high")
    elif grazing and seen.scatter_rad[0] < _FORWARD_RAD:
        turned = np.degrees(seen.scatter_rad[0])
        words = f"the line of sight grazes sunlit cloud tops at {up:.0f} deg, Sun {sun:.0f} deg high, light turned by"
        for_.append(f"{words} {turned:.0f} deg")
    elif tilt < 2.5 * np.degrees(_MIRRORS[1].tilt_rad):
        for_.append(f"{tilt:.0f} deg from specular, as rough sea may shine; Sun {sun:.0f} deg high")
    else:
        against.append(f"a mirror there would have to lean {tilt:.0f} deg (Sun {sun:.0f} deg high)")
    moved, span_s, blur_m = s.drift(places)
    if span_s > 0.0:
        speed, glint = float(np.linalg.norm(moved)) / span_s, float(np.linalg.norm(moving))
        words = f"it moves {speed:,.0f} m/s over the cloud, a glint would move up to {glint:,.0f} m/s"
        if speed > 100.0 + 2.0 * glint + 4.0 * blur_m / span_s:
            against.append(words)
        elif 4.0 * blur_m / span_s < 300.0:
            for_.append(words)
    ranged = int((~s.is_direction).sum())
    if ranged:
        against.append(f"{ranged} echo{'es' if ranged > 1 else ''} by radar: sunlight gives none")
    if sensor_count > 1:
        against.append(f"{sensor_count} sensors see it: each would need a mirror of its own")
    return tuple(for_), tuple(against)
