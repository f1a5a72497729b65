"""Why it may be of a class and why not, in words with numbers."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from vedette.assessment.launch_fit import LaunchFit
from vedette.assessment.typing.drawn_flights import best_reach_m
from vedette.assessment.typing.signs import Signs
from vedette.assessment.typing.typical import bin_of, typical
from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS
from vedette.core.shapes import Rows
from vedette.motion.flight_classes import RANGE_BANDS_M
from vedette.reports import LAUNCHES, Cause

Say = Callable[[bool, str], None]
_EARTH_M = 6_371_008.8
_BANDS = {name: (low, high) for name, low, high in RANGE_BANDS_M}
_AIR_CARRIES = frozenset({Cause.GLIDE, Cause.AIRCRAFT, Cause.UNCREWED_SMALL})
_IN_AIR_M = 90e3
_QUIET_MPS2 = 3.0


def reasons_of(
    cause: Cause, signs: Signs, fit: LaunchFit | None, sea: float
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What speaks for a cause and what against it; `sea` is the share of sea where it was launched, NaN unknown."""
    if cause is Cause.UNKNOWN:
        return (), ()
    for_: list[str] = []
    against: list[str] = []

    def say(holds: bool, text: str) -> None:
        (for_ if holds else against).append(text)

    usual = typical()[cause]
    b = bin_of(signs.height_m)
    at = f"at {_height(signs.height_m)}"
    if not np.isfinite(usual.low[b, 0]):
        against.append(f"such a thing is hardly ever {at}")
    else:
        low, high = float(usual.low[b, 0]), float(usual.high[b, 0])
        slack = 1.7 * signs.speed_sigma_mps
        said = f"{_speed(signs.speed_mps)} {at}; nine in ten such have {_speed(low)} to {_speed(high)} there"
        say(low - slack <= signs.speed_mps <= high + slack, said)
        low, high = np.degrees(usual.low[b, 1]), np.degrees(usual.high[b, 1])
        climb, slack = np.degrees(signs.climb_rad), 1.7 * float(np.degrees(signs.climb_sigma_rad)) + 1.0
        way = "climbs" if climb >= 0 else "falls"
        said = f"{way} at {abs(climb):.0f}°; nine in ten such at {low:.0f}° to {high:.0f}°"
        say(low - slack <= climb <= high + slack, said)
        _say_push(cause, signs, usual.low[b], usual.high[b], say)
    _say_flame(cause, signs, usual.burn_s, say)
    _say_energy(cause, signs, say)
    if cause in LAUNCHES and np.isfinite(sea) and (cause is Cause.SUBMARINE_LAUNCHED or sea > 0.5):
        where = f"it rose from the sea with {100.0 * sea:.0f} %"
        say((cause is Cause.SUBMARINE_LAUNCHED) == (sea > 0.5), where)
    if fit is not None and cause.value in fit.class_probabilities:
        p = fit.class_probabilities[cause.value]
        say(p > 0.2, f"the flights fitted to all its looks are of this class with {100.0 * p:.0f} %")
    return tuple(for_), tuple(against)


def _say_push(cause: Cause, signs: Signs, low: Rows, high: Rows, say: Say) -> None:
    if not np.isfinite(signs.push).all() or signs.push_sigma > 15.0:
        return
    along, lift, sigma = float(signs.push[0]), float(signs.push[1]), signs.push_sigma
    slack = 1.7 * float(np.hypot(sigma, 1.5))
    said = f"pushed {along:+.0f} ± {sigma:.0f} m/s² along its way; nine in ten such {low[2]:.0f} to {high[2]:.0f}"
    say(low[2] - slack <= along <= high[2] + slack, said)
    if cause in _AIR_CARRIES and signs.height_m < _IN_AIR_M:
        carried = lift > 0.4 * 9.8 and lift > 2.0 * sigma
        word = f"the air carries it: {lift:.1f} ± {sigma:.1f} m/s² upwards" if carried else "nothing carries it"
        say(carried, word if carried else f"{word}: {lift:+.1f} ± {sigma:.1f} m/s² upwards")


def _say_flame(cause: Cause, signs: Signs, burn_s: tuple[float, float], say: Say) -> None:
    if not np.isfinite(signs.flame_last_s):
        return
    shone_s = signs.flame_age_s - signs.flame_last_s
    if cause not in LAUNCHES:
        say(False, f"a flame was seen for {shone_s:.0f} s")
        return
    low, high = burn_s
    burns = f"such flights burn {low:.0f} to {high:.0f} s"
    if cause is Cause.FAILED_LAUNCH:
        if not signs.is_burning:
            say(True, f"its thrust ended after {shone_s:.0f} s or little more")
    elif signs.is_burning:
        say(shone_s <= high, f"a flame for {shone_s:.0f} s so far; {burns}")
    else:
        unseen_s = 70.0  # below cloud, and until the first look
        say(shone_s <= high and shone_s + unseen_s >= low, f"a flame for {shone_s:.0f} s, then dark; {burns}")


def _say_energy(cause: Cause, signs: Signs, say: Say) -> None:
    reach_m, perigee_m = _reach_and_perigee_m(np.ascontiguousarray(signs.state_itrf, dtype=float).tobytes())
    burns = signs.is_burning is True or (np.isfinite(signs.push[0]) and signs.push[0] > 3.0 * signs.push_sigma + 5.0)
    so_far = "already " if burns else ""
    if cause.value in _BANDS:
        low, high = _BANDS[cause.value]
        band = f"{low / 1e3:,.0f} to {high / 1e3:,.0f}" if np.isfinite(high) else f"more than {low / 1e3:,.0f}"
        reach = "any place on Earth" if not np.isfinite(reach_m) else f"{reach_m / 1e3:,.0f} km at best"
        said = f"its energy {so_far}carries it {reach}; the class reaches {band} km"
        say((burns or reach_m > 0.8 * low) and reach_m < max(1.1 * high, low), said)
    elif cause is Cause.SATELLITE:
        does = "stays up" if perigee_m > 100e3 else "comes down"
        say(perigee_m > 100e3, f"its free path {does}: lowest point {perigee_m / 1e3:,.0f} km")
    elif cause is Cause.SPACE_LAUNCH and not burns:
        say(perigee_m > 100e3, f"lowest point of its free path {perigee_m / 1e3:,.0f} km")


@lru_cache(maxsize=4)
def _reach_and_perigee_m(state_itrf: bytes) -> tuple[float, float]:
    """Of the one state that all causes are told apart by."""
    state = np.frombuffer(state_itrf)
    return float(best_reach_m(state)), perigee_height_m(state)


def perigee_height_m(state_itrf: Rows) -> float:
    """Height (m) of the lowest point of the Kepler orbit of a state over a round Earth."""
    position, velocity = state_itrf[:3], np.array(state_itrf[3:])
    velocity[0] -= EARTH_SPIN_RADPS * position[1]
    velocity[1] += EARTH_SPIN_RADPS * position[0]
    radius, speed2 = float(np.linalg.norm(position)), float(velocity @ velocity)
    momentum2 = max(radius**2 * speed2 - float(position @ velocity) ** 2, 0.0)
    energy = 0.5 * speed2 - EARTH_MU_M3_S2 / radius
    eccentricity = float(np.sqrt(max(1.0 + 2.0 * energy * momentum2 / EARTH_MU_M3_S2**2, 0.0)))
    return momentum2 / EARTH_MU_M3_S2 / (1.0 + eccentricity) - _EARTH_M


def _height(height_m: float) -> str:
    return f"{height_m:,.0f} m" if height_m < 3_000.0 else f"{height_m / 1e3:,.0f} km"


def _speed(speed_mps: float) -> str:
    return f"{speed_mps:,.0f} m/s"
