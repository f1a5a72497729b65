"""Published flights as stories: what would their tracks have been called?

A published apogee and range leave a set of boosts that reach both (`assessment.arc_claim`). One of them, the middle of
that set by what it could reach, is flown; two infrared watchers and then a radar see it, and a minute after its thrust
has ended its track is weighed. A pull-up is flown as what it is: a boost that the air carries on. What it should be
called is what its energy could reach at best, not what the file calls it.
"""

from dataclasses import dataclass

import numpy as np

from vedette.assessment.arc_claim import ArcVerdict, Claim, judge_claim
from vedette.assessment.typing import TrackHistory, flight_causes
from vedette.assessment.typing.drawn_flights import best_reach_m, state_features
from vedette.assessment.weighing import Weighed
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import AZIMUTH_RAD, stage_times_s
from vedette.motion.flight_classes import RANGE_BANDS_M
from vedette.reports import KIND_CODES, Cause, Looks, SensorKind
from vedette.scenario import Made, make_scenario
from vedette.scenario.story import parse_story

_BALLISTIC = tuple(Cause(name) for name, _, _ in RANGE_BANDS_M)
_AFTER_S, _CLOUD_S, _PACE_S = 60.0, 30.0, 5.0
_PLACE_SIGMA_M, _SPEED_SIGMA_MPS = 300.0, 8.0  # of the track, a minute after its thrust has ended


@dataclass(frozen=True, slots=True)
class CalledFlight:
    """One published flight: what its figures say it could reach, and what its track is called."""

    expected: tuple[Cause, ...]  # the class of its greatest range; two where the 90 % interval lies across a boundary
    called: Cause  # the leading class of all
    called_ballistic: Cause  # the leading class of range
    weighed: tuple[Weighed, ...]


def call_flight(claim: Claim, is_pull_up: bool = False, seed: int = 0) -> CalledFlight | None:
    """Fly a published flight and weigh its track; None where no boost reaches its figures (an orbit, a pull-up)."""
    verdict = judge_claim(claim)
    rng = np.random.default_rng([seed, 1812])
    if is_pull_up:
        path = _pull_up(claim)
    elif len(verdict.boosts):
        path = _ballistic(verdict)
    else:
        return None
    weighed = _weighed(*path, rng)
    ratios = {one.name: one.log_ratio for one in weighed}
    return CalledFlight(
        (Cause.GLIDE,) if is_pull_up else expected_classes(verdict, path[0][-1]),
        max(ratios, key=lambda name: ratios[name]),
        max(_BALLISTIC, key=lambda name: ratios[name]),
        weighed,
    )


def expected_classes(verdict: ArcVerdict, state_itrf: Rows) -> tuple[Cause, ...]:
    """The class of the greatest range that the figures allow; the strict answer first.

    Also its neighbour where a boundary lies within what is known of that range: the 90 % of the claim's, with the
    energy of the flown boost in it, and 3 % for figures published in round numbers.
    """
    reach_m = float(best_reach_m(state_itrf))
    low, high = min(verdict.max_range_90_m[0], reach_m) * 0.97, max(verdict.max_range_90_m[1], reach_m) * 1.03
    first = Cause(verdict.class_name)
    also = (Cause(name) for name, bottom, top in RANGE_BANDS_M if bottom <= high and low < top)
    return (first, *(cause for cause in also if cause is not first))


def _ballistic(verdict: ArcVerdict) -> tuple[Rows, Scalar, float]:
    """States (3, 6) and times (s) of the middle boost, and when its thrust ends."""
    boosts = verdict.boosts
    order = np.argsort(boosts.longest_ranges_m)
    middle = order[int(np.searchsorted(np.cumsum(boosts.weights[order]), 0.5))]
    parameters = boosts.parameters[middle].copy()
    if verdict.claim.bearing_rad is not None:
        parameters[AZIMUTH_RAD] = verdict.claim.bearing_rad
    end_s = stage_times_s(parameters)[-1][1]
    times = end_s + _AFTER_S + np.array([-20.0, -10.0, 0.0])
    return fly_boost(parameters, times)[0], times, end_s


def _pull_up(claim: Claim) -> tuple[Rows, Scalar, float]:
    """States (3, 6) while the air carries it: a short solid boost thrown flat, and `scenario`'s glide from its top."""
    best: tuple[float, Made] | None = None
    for loft in (0.25, 0.35, 0.45, 0.6):
        azimuth = np.degrees(1.2 if claim.bearing_rad is None else claim.bearing_rad)
        lat, lon = np.degrees(claim.lat_rad), np.degrees(claim.lon_rad)
        text = _PULL_UP.format(lat=lat, lon=lon, azimuth=azimuth, loft=loft, top=0.85 * claim.apogee_m / 1e3)
        made = make_scenario(parse_story(text), 0)
        states = made.flights[0].states_itrf(_story_ns(made, np.arange(5.0, 420.0, 5.0)))
        top_m = float(np.nanmax(state_features(states)[0]))
        off = abs(float(np.log(top_m / claim.apogee_m)))
        if best is None or off < best[0]:
            best = off, made
    assert best is not None
    made = best[1]
    end_s = (made.flights[0].t_burnout_tai_ns - made.story.t_start_tai_ns) / NS_PER_S
    times = np.arange(end_s + 5.0, 500.0, 5.0)
    states = made.flights[0].states_itrf(_story_ns(made, times))
    height, speed, climb = state_features(states)
    with np.errstate(invalid="ignore"):
        caught = np.flatnonzero((np.abs(climb) < 0.05) & (height < 0.8 * np.nanmax(height)) & (speed > 600.0))
    now = int(caught[len(caught) // 2]) if len(caught) else int(np.flatnonzero(np.isfinite(height))[-3])
    chosen = [now - 4, now - 2, now]
    return states[chosen], times[chosen], end_s


_PULL_UP = """
title = "a pull-up"
t_start_utc = "2031-04-01T12:00:00Z"
seconds = 500.0
sensors = ["radar-north"]
[[launch]]
id = "L"
class = "short-range-solid"
lat_deg = {lat}
lon_deg = {lon}
azimuth_deg = {azimuth}
loft = {loft}
[launch.glide]
pull_up_km = {top}
"""


def _story_ns(made: Made, times_s: Scalar) -> Ints:
    return made.story.t_start_tai_ns + np.round(times_s * NS_PER_S).astype(np.int64)


def _weighed(states: Rows, times_s: Scalar, thrust_end_s: float, rng: np.random.Generator) -> tuple[Weighed, ...]:
    """Weigh a track with a track's errors, after a flame that was seen from out of the cloud to its end."""
    sigma = np.array([_PLACE_SIGMA_M] * 3 + [_SPEED_SIGMA_MPS] * 3)
    cov = np.diag(sigma**2)
    history = TrackHistory()
    for t, state in zip(times_s[:-1], states[:-1], strict=True):
        history.note(round(t * NS_PER_S), state + sigma * rng.standard_normal(6), cov)
    looks_s = np.arange(min(_CLOUD_S, 0.5 * thrust_end_s), times_s[-1], _PACE_S)
    values = np.where((looks_s < thrust_end_s)[:, None], np.ones((len(looks_s), 4)), np.nan)
    n = len(looks_s)
    looks = Looks(
        ("one",), np.zeros(n, np.int64), np.full(n, KIND_CODES[SensorKind.INFRARED]),
        np.round(looks_s * NS_PER_S).astype(np.int64), values, np.ones((n, 4)), np.zeros((n, 3)),
    )  # fmt: skip
    track = _Track(round(times_s[-1] * NS_PER_S), states[-1] + sigma * rng.standard_normal(6), cov)
    return flight_causes(looks, {}, None, track, history)


@dataclass(frozen=True, slots=True)
class _Track:
    t_tai_ns: int
    state_itrf: Rows
    state_cov_itrf: Rows
