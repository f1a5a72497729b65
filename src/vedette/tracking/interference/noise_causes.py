"""Why a radar hears noise: the Sun, aurora, interference by somebody, or its own fault; nature is asked first.

A strobe that keeps to the Sun's path is the Sun. Strobes scattered over the part of the sky where aurora can stand are
aurora. What keeps a line of its own is interference, or a receiver's fault if no other site can hear it. Each is the
probability of what was heard under each cause, times how often such a cause is met: stated figures, open to argument.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Scalar
from vedette.frames import EarthOrientation
from vedette.sensing import AuroralSky, Radar, in_region, standing, sun_direction
from vedette.tracking.interference.strobe_trains import DRIFT_RADPS, GATE, Directions

SUN, AURORA, INTERFERENCE, FAULT = "Sun", "aurora", "interference", "fault"
CAUSES: Final = (SUN, AURORA, INTERFERENCE, FAULT)
_PRIOR: Final = {SUN: 0.4, AURORA: 0.2, INTERFERENCE: 0.35, FAULT: 0.05}  # where each is possible at all
_SUN_MODEL_RAD: Final = np.radians(0.3)  # its half width, and what the air's bend leaves
_SUN_WIDE: Final = 0.02  # of the time a strobe is dragged off the Sun by another source: wider
_SITE_SEES_SUN: Final = 0.6  # another site with the Sun in its field hears it too, at its own frequency
_LOW_SIGMA_RAD: Final = np.radians(3.0)  # elevations of masts and aircraft
_SURE: Final = 1e-12
_STEADY, _CHANCE = 0.9, 0.3  # a look hears a source again; a look has some patch of aurora near the last one's


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What one radar heard in one direction, and what others say to it."""

    radar: Radar
    directions: Directions
    strobes: int  # how many looks heard it
    missed: int = 0  # looks since its first that did not
    is_chosen: bool = True  # its directions were strung together because they are close
    sites_with_sun: int = 0  # other radars with the Sun in their field that report strobes at all
    sites_hearing_sun: int = 0  # and hear noise from it
    is_placed: bool = False  # its bearing crosses others' in one place, as one source
    is_heard_elsewhere: bool = False  # other radars hear noise now, wherever from
    is_aurora_about: bool = False  # this radar hears patches all over the auroral sky


def cause_probabilities(
    heard: Heard, skies: Sequence[tuple[float, AuroralSky]], orientation: EarthOrientation | None = None
) -> dict[str, float]:
    """Probabilities of the four causes, most likely first.

    skies : where aurora may stand, by how stormy it may be: (weight, sky)
    """
    d = heard.directions
    log = {
        SUN: _log_sun(heard, orientation),
        AURORA: float(np.logaddexp.reduce([np.log(w) + _log_aurora(heard, sky) for w, sky in skies])),
        INTERFERENCE: _log_line(d) + _log_elevation(d, _LOW_SIGMA_RAD),
        FAULT: _log_line(d) + _log_elevation(d, None),
    }
    if heard.is_chosen:  # a source goes on; what was strung together by chance has gaps
        again, gaps = max(heard.strobes - 1, 0), heard.missed
        log[AURORA] += again * np.log(_CHANCE) + gaps * np.log(1.0 - _CHANCE)
        for cause in (SUN, INTERFERENCE, FAULT):
            log[cause] += again * np.log(_STEADY) + gaps * np.log(1.0 - _STEADY)
    if heard.is_aurora_about:
        log[AURORA] += np.log(20.0)
    if heard.is_placed:  # several sites agree on one place: no fault of one receiver, and no Sun
        log[FAULT] += np.log(1e-4)
        log[SUN] += np.log(0.05)
        log[AURORA] += np.log(0.2)
    elif heard.is_heard_elsewhere:
        log[FAULT] += np.log(0.3)
    most = max(log[cause] + np.log(_PRIOR[cause]) for cause in CAUSES)
    weight = {cause: float(np.exp(log[cause] + np.log(_PRIOR[cause]) - most)) for cause in CAUSES}
    total = sum(weight.values())
    return dict(sorted(((c, weight[c] / total) for c in CAUSES), key=lambda item: -item[1]))


def is_sun_in_field(radar: Radar, t_tai_ns: int, orientation: EarthOrientation | None = None) -> bool:
    """Whether the Sun is up and in a radar's field of regard."""
    azimuth, elevation = sun_direction(standing(radar), t_tai_ns, orientation)
    values = np.array([float(azimuth), float(elevation), max(radar.region.range_min_m, 1.0)])
    return bool(elevation > -0.01) and bool(in_region(values, radar.region))


def angle_off_sun_rad(
    radar: Radar, azimuth_rad: float, elevation_rad: float, t_tai_ns: int, orientation: EarthOrientation | None = None
) -> float:
    """Angle on the sky between a strobe and the Sun; by azimuth alone where elevation is not measured."""
    azimuth, elevation = sun_direction(standing(radar), t_tai_ns, orientation)
    turn = (azimuth_rad - float(azimuth) + np.pi) % (2.0 * np.pi) - np.pi
    level = turn * np.cos(float(elevation))
    return float(np.hypot(level, elevation_rad - float(elevation) if np.isfinite(elevation_rad) else 0.0))


def _log_sun(heard: Heard, orientation: EarthOrientation | None) -> float:
    """The Sun's own path is known: every direction must lie on it, with one constant error of the radar in common."""
    d = heard.directions
    t = d.t_tai_ns
    azimuth, elevation = sun_direction(standing(heard.radar), t, orientation)
    if float(np.max(elevation)) < -0.01 or not is_sun_in_field(heard.radar, int(t[-1]), orientation):
        return float(np.log(_SURE))
    turn = (d.azimuth_rad - azimuth + np.pi) % (2.0 * np.pi) - np.pi
    wide = _SUN_MODEL_RAD / np.maximum(np.cos(elevation), 0.05)
    out = _log_common(turn, d.azimuth_sigma_rad, float(np.max(wide)))
    known = np.isfinite(d.elevation_rad)
    if known.any():
        out += _log_common((d.elevation_rad - elevation)[known], d.elevation_sigma_rad[known], _SUN_MODEL_RAD)
    # other sites with the Sun in their field hear it too, or do not
    silent = heard.sites_with_sun - heard.sites_hearing_sun
    out += heard.sites_hearing_sun * np.log(_SITE_SEES_SUN / 0.05) + silent * np.log((1.0 - _SITE_SEES_SUN) / 0.95)
    return float(np.logaddexp(out, np.log(_SURE)))


def _log_aurora(heard: Heard, sky: AuroralSky) -> float:
    """Each direction anywhere in the auroral part of the sky, for itself.

    Directions that were strung together because they are close are as even as the gate lets them be: aurora is given
    that density, so that a chance string of patches does not pass for a source.
    """
    d = heard.directions
    if sky.share == 0.0:
        return float(np.log(_SURE))
    out = 0.0
    for i, (azimuth, elevation) in enumerate(zip(d.azimuth_rad, d.elevation_rad, strict=True)):
        if i and heard.is_chosen:
            drift = DRIFT_RADPS * float(d.t_tai_ns[i] - d.t_tai_ns[i - 1]) / NS_PER_S
            for s in (d.azimuth_sigma_rad[i], d.elevation_sigma_rad[i] if np.isfinite(elevation) else np.nan):
                if np.isfinite(s):
                    out += -np.log(2.0 * np.sqrt(GATE * (2.0 * s**2 + drift**2)))
            continue
        span = sky.span_at(float(azimuth))
        if span is None:
            out += np.log(1e-4)
            continue
        out += -np.log(sky.share * 2.0 * np.pi)
        if np.isfinite(elevation):
            margin = np.radians(2.0)
            inside = span[0] - margin <= elevation <= span[1] + margin
            out += -np.log(max(span[1] - span[0], 0.0) + 2.0 * margin) if inside else np.log(1e-4)
    return float(out)


def _log_line(d: Directions) -> float:
    """Any azimuth round the compass, and from there a steady drift."""
    return float(-np.log(2.0 * np.pi)) + _log_drift(d.azimuth_rad, d.azimuth_sigma_rad, d)


def _log_elevation(d: Directions, low_sigma_rad: float | None) -> float:
    """Low elevations (a source on the ground or in the air), or any (a fault)."""
    known = np.isfinite(d.elevation_rad)
    if not known.any():
        return 0.0
    last = float(d.elevation_rad[known][-1])
    if low_sigma_rad is None:
        first = -np.log(np.pi / 2.0)
    else:  # nine in ten are low, the tenth anywhere
        low = 0.9 * np.sqrt(2.0 / np.pi) / low_sigma_rad * np.exp(-0.5 * (last / low_sigma_rad) ** 2)
        first = np.log(low + 0.1 / (np.pi / 2.0))
    some = Directions(
        d.t_tai_ns[known], d.azimuth_rad[known], d.elevation_rad[known], d.azimuth_sigma_rad[known],
        d.elevation_sigma_rad[known],
    )  # fmt: skip
    return float(first) + _log_drift(some.elevation_rad, some.elevation_sigma_rad, some)


def _log_drift(angle_rad: Scalar, sigma_rad: Scalar, d: Directions) -> float:
    """The later angles given the first, about a line whose slope is open to a milliradian a second."""
    if len(d) < 2:
        return 0.0
    dt = (d.t_tai_ns - d.t_tai_ns[0]) / NS_PER_S
    turn = (angle_rad - angle_rad[0] + np.pi) % (2.0 * np.pi) - np.pi
    cov = np.diag(sigma_rad**2) + 1.0 + 1e-3**2 * np.outer(dt, dt)  # the level itself is open: one radian
    return _log_gauss(turn, cov) - _log_gauss(turn[:1], cov[:1, :1])


def _log_common(residual: Scalar, sigma: Scalar, common: float) -> float:
    """Errors with one part in common."""
    return float(
        np.logaddexp(
            np.log(1.0 - _SUN_WIDE) + _log_gauss(residual, np.diag(sigma**2) + common**2),
            np.log(_SUN_WIDE) + _log_gauss(residual, np.diag((5.0 * sigma) ** 2) + (5.0 * common) ** 2),
        )
    )


def _log_gauss(x: Scalar, cov: Scalar) -> float:
    _, log_det = np.linalg.slogdet(2.0 * np.pi * cov)
    return float(-0.5 * (x @ np.linalg.solve(cov, x) + log_det))


def joined_causes(parts: Sequence[dict[str, float]], weights: Sequence[float]) -> dict[str, float]:
    """One sensor's causes from those of its directions, by how loud each is."""
    total = sum(weights)
    out = {c: sum(w * part.get(c, 0.0) for part, w in zip(parts, weights, strict=True)) / total for c in CAUSES}
    return dict(sorted(out.items(), key=lambda item: -item[1]))
