"""Whose positions are these? Unknown positions against a catalogue whose elements are days old.

For every unknown the nearest catalogued objects are weighed by how far they may be from their elements by now (heavy
tails: some have manoeuvred) against an object that the catalogue does not hold. A clock that is off moves everything
along its way by the same time, which is looked for before anything is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import lgamma, log, pi

import numpy as np

from vedette.catalogue.element_error import element_sigmas_m
from vedette.core.constants import EARTH_SPIN_RADPS, NS_PER_S
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.frames import EarthOrientation, state_itrf_from_teme
from vedette.motion.sgp4 import Sgp4
from vedette.reports.elements import ElementSets

_NEAREST = 8
_NEIGHBOURS = 30  # whose distance says how crowded the place is
_LEAST_ROOM_M = 1e5
_TAIL = 3.0  # degrees of freedom of the spread: manoeuvres and bad sets
_NEW_SHARE = 0.02  # of what is asked about is in no catalogue
_CLOCK_LEAST_S, _CLOCK_MOST_S = 0.5, 60.0
_CLOCK_SIGMAS = 6.0
_FEWEST_FOR_CLOCK = 5
_SLOWEST_MPS = 1000.0
_LEAP_WORDS_S = 0.6  # an offset so near the leap seconds is GPS time told as UTC, or the other way round


@dataclass(frozen=True, slots=True)
class Identified:
    """One unknown's answer."""

    name: str
    match: int | None  # row of the element sets; None: more likely none of them
    nearest: int  # row of the nearest
    distance_m: float  # to the nearest, mean over its instants
    second_m: float  # to the next
    probability: float  # of the match, or that it is none of them


@dataclass(frozen=True, slots=True)
class Identification:
    """Answers in the order asked, and what is wrong with the whole."""

    answers: tuple[Identified, ...]
    clock_offset_s: float | None  # what must be added to the told times; None: nothing to speak of
    clock_sigma_s: float
    warnings: tuple[str, ...]


def identify(
    names: Sequence[str],
    positions_itrf_m: Rows,
    t_tai_ns: Ints,
    sets: ElementSets,
    earth_orientation: EarthOrientation | None = None,
) -> Identification:
    """Name unknown positions (n, m, 3) at instants (m,), NaN where there is none.

    With several instants they are one object each, and errors are taken to be the same all along.
    """
    t = np.asarray(t_tai_ns, dtype=np.int64)
    orientation = earth_orientation or EarthOrientation.packaged()
    weighed, rows, speeds = _against(positions_itrf_m, t, sets, orientation)
    offset_s, sigma_s = _clock(weighed, speeds)
    warnings = []
    if offset_s is not None:  # name them at the times that they were really at
        warnings.append(_clock_words(offset_s, sigma_s, int(t[0])))
        weighed, rows, _ = _against(positions_itrf_m, t + round(offset_s * NS_PER_S), sets, orientation)
    answers = tuple(_answer(name, one, rows) for name, one in zip(names, weighed, strict=True))
    return Identification(answers, offset_s, sigma_s, tuple(warnings))


def _against(
    positions_itrf_m: Rows, t: Ints, sets: ElementSets, orientation: EarthOrientation
) -> "tuple[list[_Weighed | None], Ints, Rows]":
    """Every unknown weighed; usable rows of the element sets, and their velocities (n, 3) over the turning Earth."""
    components, troubles = Sgp4.of(sets).components_teme(t)
    rows = np.flatnonzero(np.all((troubles == 0) | (troubles == 6), axis=1))
    teme = np.stack(components, axis=-1)[rows]
    states = np.stack([state_itrf_from_teme(instant, teme[:, k], orientation) for k, instant in enumerate(t)], axis=1)
    place, speed = states[..., :3], states[..., 3:]
    inertial = speed + np.cross([0.0, 0.0, EARTH_SPIN_RADPS], place)
    sigmas = element_sigmas_m(sets.take(rows), np.full(len(rows), int(t[len(t) // 2])))
    weighed = [_weighed(one, place, inertial, sigmas) for one in positions_itrf_m]
    return weighed, rows, speed[:, 0]


@dataclass(frozen=True, slots=True)
class _Weighed:
    rows: Ints  # candidates, nearest first
    distances_m: Scalar
    off_m: Rows  # (k, 3) mean residual of each, Earth-fixed
    sigma_m: Scalar  # root sum square of what is allowed
    probabilities: Scalar  # of each candidate; what is missing to one: none of them


def _weighed(unknown: Rows, place: Rows, speed: Rows, sigmas: Rows) -> _Weighed | None:
    """One unknown (m, 3) against all; `speed` is inertial."""
    known = np.flatnonzero(np.isfinite(unknown[:, 0]))
    if not len(known) or len(place) == 0:
        return None
    middle = int(known[len(known) // 2])
    apart = np.linalg.norm(place[:, middle] - unknown[middle], axis=1)
    count = min(_NEIGHBOURS, len(place))
    near = np.argpartition(apart, count - 1)[:count]
    near = near[np.argsort(apart[near])]
    crowd_per_m3 = count / (4.0 / 3.0 * pi * max(float(apart[near[-1]]), _LEAST_ROOM_M) ** 3)
    rows = near[:_NEAREST]
    off = unknown[None, known] - place[rows][:, known]
    radial = place[rows][:, known] / np.linalg.norm(place[rows][:, known], axis=-1, keepdims=True)
    across = np.cross(place[rows][:, known], speed[rows][:, known])
    across /= np.linalg.norm(across, axis=-1, keepdims=True)
    ahead = np.cross(across, radial)
    residual = np.stack([np.sum(off * axis, axis=-1) for axis in (radial, ahead, across)], axis=-1)  # (k, m, 3)
    mean = residual.mean(axis=1)
    # what does not stay the same over the instants is another orbit: a tenth of the sigmas is allowed to vary
    scatter = np.sum((residual - mean[:, None]) ** 2 / (0.3 * sigmas[rows][:, None]) ** 2, axis=(1, 2))
    logs = _log_t(mean, sigmas[rows]) - 0.5 * scatter + log(1.0 - _NEW_SHARE)
    log_new = log(_NEW_SHARE) + log(crowd_per_m3)
    top = max(float(logs.max()), log_new)
    weights, new = np.exp(logs - top), float(np.exp(log_new - top))
    distances = np.linalg.norm(off, axis=-1).mean(axis=1)
    order = np.argsort(distances)
    total = float(weights.sum()) + new
    allowed = np.linalg.norm(sigmas[rows], axis=1)
    return _Weighed(rows[order], distances[order], off.mean(axis=1)[order], allowed[order], weights[order] / total)


def _log_t(residual: Rows, sigmas: Rows) -> Scalar:
    """(k,) log density of a three-dimensional Student distribution."""
    square = np.sum((residual / sigmas) ** 2, axis=-1)
    shape = lgamma((_TAIL + 3.0) / 2.0) - lgamma(_TAIL / 2.0) - 1.5 * log(_TAIL * pi)
    return shape - np.log(sigmas).sum(axis=-1) - 0.5 * (_TAIL + 3.0) * np.log1p(square / _TAIL)


def _clock(weighed: "Sequence[_Weighed | None]", speeds: Rows) -> tuple[float | None, float]:
    """Time by which the told times must be moved, where one time explains everything.

    A wrong time moves an object along its way over the turning Earth; what stands still over the Earth tells nothing.
    """
    offsets = []
    for one in weighed:
        if one is None:
            continue
        v = speeds[one.rows]
        pace2 = np.sum(v * v, axis=1)
        later_s = np.sum(one.off_m * v, axis=1) / pace2
        rest = np.linalg.norm(one.off_m - later_s[:, None] * v, axis=1)
        fits = (rest < 5.0 * one.sigma_m) & (np.abs(later_s) < _CLOCK_MOST_S) & (pace2 > _SLOWEST_MPS**2)
        if fits.any():
            offsets.append(float(later_s[np.flatnonzero(fits)[0]]))
    if len(offsets) < _FEWEST_FOR_CLOCK:
        return None, np.inf
    middle = float(np.median(offsets))
    sigma = max(1.4826 * float(np.median(np.abs(np.array(offsets) - middle))) * 1.2533 / len(offsets) ** 0.5, 1e-3)
    is_off = abs(middle) > max(_CLOCK_LEAST_S, _CLOCK_SIGMAS * sigma)
    return (middle if is_off else None), sigma


def _clock_words(offset_s: float, sigma_s: float, t_tai_ns: int) -> str:
    from vedette.time import tai_minus_utc_s

    leap_s = float(tai_minus_utc_s(t_tai_ns)) - 19.0  # GPS less UTC
    side = "ahead of" if offset_s > 0 else "behind"
    text = f"every object is {abs(offset_s):.1f} ± {sigma_s:.1f} s {side} its elements"
    if abs(offset_s + leap_s) < _LEAP_WORDS_S:
        return f"{text}: the times look like GPS time offered as UTC; give --time-scale GPS"
    if abs(offset_s - leap_s) < _LEAP_WORDS_S:
        return f"{text}: the times look like UTC offered as GPS time; give --time-scale UTC"
    return f"{text}: the clock that told the times is off"


def _answer(name: str, one: _Weighed | None, usable: Ints) -> Identified:
    if one is None:
        return Identified(name, None, -1, np.nan, np.nan, 1.0)
    best = int(np.argmax(one.probabilities))
    p_none = 1.0 - float(one.probabilities.sum())
    second = float(one.distances_m[1]) if len(one.rows) > 1 else np.inf
    is_match = float(one.probabilities[best]) > p_none
    return Identified(
        name=name,
        match=int(usable[one.rows[best]]) if is_match else None,
        nearest=int(usable[one.rows[0]]),
        distance_m=float(one.distances_m[0]),
        second_m=second,
        probability=float(one.probabilities[best]) if is_match else p_none,
    )
