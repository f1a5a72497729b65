"""Several radars hear noise at once: the Sun, aurora, jamming, their receivers; degradation, never an attack.

One cause for all of them is asked for. Each site's directions say how well a cause fits, against a direction anywhere
in its field (`unknown`, 0); sites that ought to hear it and do not speak against; and what has to happen several times
in one minute by chance pays for every time. A site's strobes of one source are one piece of evidence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vedette.assessment.incidents.policy import SubjectPolicy
from vedette.assessment.weighing import Weighed
from vedette.frames import EarthOrientation
from vedette.reports import Cause, EmitterEstimate, SensorHealth, StrobeHealth
from vedette.sensing import AuroralSky, Radar, auroral_sky, standing, sun_direction

YEAR_S = 365.25 * 86_400.0
_SUN_RAD = float(np.radians(0.3))  # its half width, and what the air's bend leaves
_WIDE = 0.02  # of strobes dragged off their source by another
_LOW_RAD = float(np.radians(3.0))  # elevations of masts and aircraft
_NEVER = -14.0
_STORMS = ((0.6, 3.0), (0.3, 6.0), (0.1, 8.5))  # share of nights, planetary index
_GATE_RAD = float(np.radians(1.0))


@dataclass(frozen=True, slots=True)
class SunSeen:
    """Where the Sun stands for one radar."""

    azimuth_rad: float
    elevation_rad: float  # true, of its middle
    is_in_field: bool


def sun_seen(radar: Radar, t_tai_ns: int, orientation: EarthOrientation | None = None) -> SunSeen:
    """The Sun as a radar has it: up and within its field of regard, or not."""
    azimuth, elevation = (float(angle) for angle in sun_direction(standing(radar), t_tai_ns, orientation))
    region = radar.region
    turn = (azimuth - region.azimuth_min_rad) % (2.0 * np.pi)
    span = (region.azimuth_max_rad - region.azimuth_min_rad) % (2.0 * np.pi) or 2.0 * np.pi
    is_level = turn <= span + 1e-9
    is_high = region.elevation_min_rad - 0.005 <= elevation <= region.elevation_max_rad
    return SunSeen(azimuth, elevation, bool(is_level and is_high and elevation > -0.01))


def off_sun_rad(strobe: StrobeHealth, sun: SunSeen) -> float:
    """Angle on the sky between a strobe and the Sun; by azimuth alone where elevation is not measured."""
    turn = (np.radians(strobe.azimuth_deg) - sun.azimuth_rad + np.pi) % (2.0 * np.pi) - np.pi
    level = turn * np.cos(sun.elevation_rad)
    rise = 0.0 if strobe.elevation_deg is None else np.radians(strobe.elevation_deg) - sun.elevation_rad
    return float(np.hypot(level, rise))


def hears_sun(health: SensorHealth, sun: SunSeen) -> bool:
    """Whether any of a radar's strobes stands at the Sun."""
    return sun.elevation_rad > -0.01 and any(
        off_sun_rad(one, sun) < _GATE_RAD + 3.0 * np.radians(one.azimuth_sigma_deg) for one in health.strobes
    )


def weigh_noise(
    noisy: Sequence[SensorHealth],
    quiet: Sequence[str],
    radars: Mapping[str, Radar],
    emitters: Sequence[EmitterEstimate],
    t_tai_ns: int,
    policy: SubjectPolicy,
    orientation: EarthOrientation | None = None,
) -> tuple[Weighed, ...]:
    """How well each cause explains that these radars hear noise now, and those do not.

    noisy : radars of one candidate, as they are now
    quiet : radars that report and hear nothing
    emitters : places where strobes meet
    """
    suns = {name: sun_seen(radar, t_tai_ns, orientation) for name, radar in radars.items()}
    return (
        _solar(noisy, quiet, radars, suns, policy),
        _aurora(noisy, radars),
        _jamming(noisy, radars, emitters, policy),
        _fault(noisy, policy),
    )


def _solar(
    noisy: Sequence[SensorHealth],
    quiet: Sequence[str],
    radars: Mapping[str, Radar],
    suns: Mapping[str, SunSeen],
    policy: SubjectPolicy,
) -> Weighed:
    log = 0.0
    reasons: list[str] = []
    against: list[str] = []
    for one in noisy:
        sun = suns[one.sensor_id]
        if sun.elevation_rad < -0.01:
            log += _NEVER
            against.append(f"the Sun is down at {one.sensor_id}")
        elif one.strobes:
            best = min(one.strobes, key=lambda strobe: off_sun_rad(strobe, sun))
            log += _at_sun(best, sun, radars[one.sensor_id]) - np.log(len(one.strobes))
            said = f"noise at {one.sensor_id} comes from {np.degrees(off_sun_rad(best, sun)):.1f}° off the Sun"
            (reasons if hears_sun(one, sun) else against).append(said)
    high = [one.sensor_id for one in noisy if suns[one.sensor_id].is_in_field]
    if high:
        where = ", ".join(f"{np.degrees(suns[name].elevation_rad):.0f}° at {name}" for name in high)
        share = f"in all {len(high)} fields" if len(high) == len(noisy) else f"in {len(high)} of {len(noisy)} fields"
        reasons.append(f"the Sun stands {where}: {share} of view")
    silent = [name for name in quiet if suns[name].is_in_field]
    log += len(silent) * np.log(1.0 - policy["site_hears_sun"])
    if silent:
        against.append(f"{', '.join(silent)} with the Sun in view hears nothing")
    return Weighed(Cause.SOLAR_NOISE, float(log), tuple(reasons), tuple(against))


def _at_sun(strobe: StrobeHealth, sun: SunSeen, radar: Radar) -> float:
    """ln p(direction | Sun) - ln p(direction | anywhere in the field)."""
    turn = (np.radians(strobe.azimuth_deg) - sun.azimuth_rad + np.pi) % (2.0 * np.pi) - np.pi
    sigma = np.radians(max(strobe.azimuth_sigma_deg, 0.01))
    parts = [(turn, np.hypot(sigma, _SUN_RAD / max(np.cos(sun.elevation_rad), 0.05)), _azimuth_span_rad(radar))]
    if strobe.elevation_deg is not None:
        rise = np.radians(strobe.elevation_deg) - sun.elevation_rad
        parts.append((rise, np.hypot(sigma, _SUN_RAD), _elevation_span_rad(radar)))
    narrow = sum(-0.5 * (x / s) ** 2 - np.log(np.sqrt(2.0 * np.pi) * s / span) for x, s, span in parts)
    wide = sum(-0.5 * (x / (5 * s)) ** 2 - np.log(np.sqrt(2.0 * np.pi) * 5 * s / span) for x, s, span in parts)
    return float(np.logaddexp(np.log(1.0 - _WIDE) + narrow, np.log(_WIDE) + wide))


def _aurora(noisy: Sequence[SensorHealth], radars: Mapping[str, Radar]) -> Weighed:
    """What the watch over strobes says of aurora, its own prior taken out again, held against a steady source.

    Before that watch has looked long enough: whether strobes stand where aurora can.
    """
    log, reasons, against = 0.0, [], []
    for one in noisy:
        known = one.causes
        ratio = np.log(max(known.get("aurora", 0.0), 1e-4) / 0.2) - np.log(max(known.get("fault", 0.0), 1e-4) / 0.05)
        if not known:
            ratio = sum(_in_aurora(strobe, radars[one.sensor_id]) for strobe in one.strobes)
        log += ratio
        if ratio > 1.0:
            reasons.append(f"noise at {one.sensor_id} comes from places where aurora can stand")
        elif ratio < -1.0:
            against.append(f"noise at {one.sensor_id} keeps its direction, or stands where aurora cannot")
    return Weighed(Cause.AURORA, float(log), tuple(reasons), tuple(against))


def _in_aurora(strobe: StrobeHealth, radar: Radar) -> float:
    """ln p(direction | aurora) - ln p(direction | anywhere in the field), over storms of all strengths."""
    parts = []
    for weight, sky in _skies(radar):
        span = sky.span_at(float(np.radians(strobe.azimuth_deg))) if sky.share > 0.0 else None
        density = 1e-4
        if span is not None:
            density = _azimuth_span_rad(radar) / (2.0 * np.pi * sky.share)
            if strobe.elevation_deg is not None:
                high, margin = np.radians(strobe.elevation_deg), np.radians(2.0)
                is_inside = span[0] - margin <= high <= span[1] + margin
                width = span[1] - span[0] + 2.0 * margin
                density *= _elevation_span_rad(radar) / width if is_inside else 1e-4
        parts.append(np.log(weight * max(density, 1e-4)))
    return float(np.logaddexp.reduce(parts))


@lru_cache(maxsize=256)
def _skies(radar: Radar) -> tuple[tuple[float, AuroralSky], ...]:
    return tuple((weight, auroral_sky(standing(radar), kp)) for weight, kp in _STORMS)


def _jamming(
    noisy: Sequence[SensorHealth],
    radars: Mapping[str, Radar],
    emitters: Sequence[EmitterEstimate],
    policy: SubjectPolicy,
) -> Weighed:
    names = {one.sensor_id for one in noisy}
    shared = [e for e in emitters if len(names & set(e.sensors)) > 1 and not e.id.startswith("?")]
    sources = max(len(noisy) - sum(len(names & set(e.sensors)) - 1 for e in shared), 1)
    log = (sources - 1) * np.log(policy["another_jammer"])
    reasons: list[str] = []
    against: list[str] = []
    for one in noisy:
        highs = [np.radians(s.elevation_deg) for s in one.strobes if s.elevation_deg is not None]
        if highs:
            lowest = min(highs)
            span = _elevation_span_rad(radars[one.sensor_id])
            low = 0.9 * np.sqrt(2.0 / np.pi) / _LOW_RAD * np.exp(-0.5 * (lowest / _LOW_RAD) ** 2)
            log += np.log(span * (low + 0.1 / span))
            said = f"noise at {one.sensor_id} comes from {np.degrees(lowest):.0f}° above the horizon"
            (reasons if lowest < 2.0 * _LOW_RAD else against).append(said)
    for emitter in shared:
        reasons.append(f"the strobes of {', '.join(emitter.sensors)} meet at one place on the Earth")
        log += 2.0 * (len(names & set(emitter.sensors)) - 2)  # a third bearing through one place is no chance
    if sources > 1:
        against.append(f"it would take {sources} sources switched on together")
    return Weighed(Cause.JAMMING, float(log), tuple(reasons), tuple(against))


def _fault(noisy: Sequence[SensorHealth], policy: SubjectPolicy) -> Weighed:
    again = policy["sensor_fault"] * policy["together_s"] / YEAR_S
    log = (len(noisy) - 1) * np.log(again)
    against = (f"{len(noisy)} receivers would have failed within one minute",) if len(noisy) > 1 else ()
    reasons = ("only one radar hears it",) if len(noisy) == 1 else ()
    return Weighed(Cause.SENSOR_FAULT, float(log), reasons, against)


def _azimuth_span_rad(radar: Radar) -> float:
    region = radar.region
    return float((region.azimuth_max_rad - region.azimuth_min_rad) % (2.0 * np.pi) or 2.0 * np.pi)


def _elevation_span_rad(radar: Radar) -> float:
    region = radar.region
    return float(max(region.elevation_max_rad - region.elevation_min_rad, 0.05))
