"""What a published claim implies: "it rose so high and fell so far away, in so many minutes".

The free arc between the figures (`arc`), the powered flights that reach them (`arc_boosts`), and whether the claimed
time can be true. Times are compared as published: clocks read to the minute at both ends, figures rounded.
"""

from dataclasses import dataclass

import numpy as np

from vedette.assessment.arc import HALF_WAY_ROUND_M, KeplerArcs, energy_range_m, kepler_arcs
from vedette.assessment.arc_boosts import Boosts, plausible_boosts, quantile
from vedette.core.errors import UsageError
from vedette.core.shapes import Rows, Scalar
from vedette.frames.geodesy import geodetic_from_itrf
from vedette.motion.flight_classes import class_by_range
from vedette.motion.propagate import coast_track

LEAST_KEPLER_APOGEE_M = 60e3  # below, most of the flight is in air that matters
# Public times come from clocks read to the minute at lift-off and at impact (60 s / sqrt 6 = 25 s), and authorities
# differ: for one flight of 4 July 2017 both 37 and 39 minutes were published, a minute either side of the middle
PUBLISHED_TIME_SIGMA_S = 45.0
APOGEE_SIGMA = 0.015  # relative; published apogees are rounded and estimated; the time goes as its root
_BEARINGS = np.radians(np.arange(0.0, 360.0, 10.0))
_TRACK_POINTS = 121


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as published, in radians, metres and seconds. Raises UsageError for what no flight can be."""

    lat_rad: float
    lon_rad: float
    apogee_m: float
    range_m: float
    bearing_rad: float | None = None
    claimed_time_s: float | None = None
    boost_s: float | None = None  # a stated burn time
    is_retarded: bool = False  # it came down under a parachute or a brake

    def __post_init__(self) -> None:
        if not abs(self.lat_rad) <= np.pi / 2:
            raise UsageError(f"latitude {np.degrees(self.lat_rad):g} deg; latitudes are -90 to 90")
        if not abs(self.lon_rad) <= 2 * np.pi:
            raise UsageError(f"longitude {np.degrees(self.lon_rad):g} deg; longitudes are -180 to 360")
        if not 1e3 <= self.apogee_m < 1e9:
            raise UsageError(f"apogee {self.apogee_m / 1e3:g} km; give kilometres over the ellipsoid, 1 or more")
        if not 0.0 <= self.range_m <= HALF_WAY_ROUND_M:
            raise UsageError(f"range {self.range_m / 1e3:g} km; on this Earth nothing is farther than 20,004 km")
        if self.bearing_rad is not None and not np.isfinite(self.bearing_rad):
            raise UsageError("the bearing is not a number; give degrees from north towards east")
        for name, value in (("claimed time", self.claimed_time_s), ("boost time", self.boost_s)):
            if value is not None and not 0.0 < value < 1e6:
                raise UsageError(f"{name} {value:g} s; give seconds, more than none")


@dataclass(frozen=True, slots=True, eq=False)
class ArcVerdict:
    """What the claim implies. Pairs are (low, high). Without a bearing values are means over all bearings."""

    claim: Claim
    arcs: KeplerArcs
    boosts: Boosts
    kepler_time_s: float
    kepler_time_span_s: tuple[float, float]  # over bearings
    flight_time_s: float  # median over plausible boosts
    flight_time_90_s: tuple[float, float]  # as a published time would read
    flight_time_physical_90_s: tuple[float, float]  # by a perfect clock, from perfect figures
    burnout_speed_mps: float  # of the free arc at the ground, relative to the rotating Earth
    burnout_speed_inertial_mps: float
    boost_burnout_speed_mps: float  # where the motors stop, high up: median; NaN without boosts
    max_range_m: float
    max_range_90_m: tuple[float, float]
    class_name: str
    class_probabilities: dict[str, float]
    ground_track: Rows  # (n, 4): seconds, lat rad, lon rad, height m; empty without a bearing
    is_kepler: bool
    is_possible: bool
    reason: str


def judge_claim(claim: Claim) -> ArcVerdict:
    """The free arc, the boosts, the class and whether the claim can be true of a ballistic flight."""
    bearings = _BEARINGS if claim.bearing_rad is None else np.array([claim.bearing_rad])
    arcs = kepler_arcs(claim.lat_rad, claim.lon_rad, claim.apogee_m, claim.range_m, bearings)
    is_kepler = claim.apogee_m >= LEAST_KEPLER_APOGEE_M
    if not arcs.found.any():
        return _no_arc(claim, arcs, is_kepler)
    times = arcs.times_s[arcs.found]
    speed = float(np.mean(arcs.speeds_mps[arcs.found]))
    speed_inertial = float(np.mean(arcs.speeds_inertial_mps[arcs.found]))
    kepler_time, span = float(np.mean(times)), (float(times.min()), float(times.max()))
    boosts, own = _boosts_eastwards(claim, arcs)
    delays, weights = _delays(claim, boosts, own)
    figures = 0.5 * APOGEE_SIGMA * kepler_time
    published = float(np.hypot(PUBLISHED_TIME_SIGMA_S, figures))
    # over all bearings: the low end of the quickest and the high end of the slowest
    low, high = (quantile(t + delays, weights, q, published) for t, q in zip(span, (0.05, 0.95), strict=True))
    physical = tuple(quantile(t + delays, weights, q, 1.0) for t, q in zip(span, (0.05, 0.95), strict=True))
    middle = quantile(kepler_time + delays, weights, 0.5, published)
    longest_time = span[1] + float(np.max(delays)) + 3.0 * figures
    ranges = boosts.longest_ranges_m if len(boosts) else np.array([float(energy_range_m(speed))])
    # helped by the Earth's turning it may have gone farther than the same boost would due north
    ranges = np.clip(np.where(np.isfinite(ranges), ranges, HALF_WAY_ROUND_M), claim.range_m, HALF_WAY_ROUND_M)
    range_weights = boosts.weights if len(boosts) else np.ones(1)
    longest = quantile(ranges, range_weights, 0.5, 0.02 * ranges)
    longest = min(max(longest, claim.range_m), HALF_WAY_ROUND_M)
    span_90 = quantile(ranges, range_weights, 0.05, 0.02 * ranges), quantile(ranges, range_weights, 0.95, 0.02 * ranges)
    probabilities: dict[str, float] = {}
    for value, weight in zip(ranges, range_weights, strict=True):
        name = class_by_range(float(value))
        probabilities[name] = probabilities.get(name, 0.0) + float(weight)
    possible, reason = _verdict(claim, is_kepler, boosts, span, longest_time)
    return ArcVerdict(
        claim,
        arcs,
        boosts,
        kepler_time,
        span,
        middle,
        (max(low, span[0]), max(high, span[0])),
        (physical[0], physical[1]),
        speed,
        speed_inertial,
        quantile(boosts.burnout_speeds_mps, boosts.weights, 0.5, 10.0) if len(boosts) else float("nan"),
        longest,
        (max(span_90[0], claim.range_m), min(max(span_90[1], longest), HALF_WAY_ROUND_M)),
        class_by_range(longest),
        probabilities,
        _track(arcs) if claim.bearing_rad is not None else np.zeros((0, 4)),
        is_kepler,
        possible,
        reason,
    )


def _boosts_eastwards(claim: Claim, arcs: KeplerArcs) -> tuple[Boosts, float]:
    """Boosts to the claimed figures, flown due east, and the free arc's time there.

    What powered flight adds to the arc's time hardly hangs on the bearing, but a gravity turn does: the Earth's turning
    leans a slow, steep one westward, which a steered vehicle would correct and an eastward one does by itself.
    """
    east = kepler_arcs(claim.lat_rad, claim.lon_rad, claim.apogee_m, claim.range_m, np.array([np.pi / 2]))
    if not east.found[0]:
        first = int(np.argmax(arcs.found))
        east = KeplerArcs(*(getattr(arcs, name)[first : first + 1] for name in KeplerArcs.__slots__))
    speed = float(east.speeds_mps[0])
    bearing = float(east.bearings_rad[0])
    boosts = plausible_boosts(claim.lat_rad, claim.lon_rad, bearing, claim.apogee_m, claim.range_m, speed)
    return boosts, float(east.times_s[0])


def _delays(claim: Claim, boosts: Boosts, kepler_time_s: float) -> tuple[Scalar, Scalar]:
    """What powered flight adds to the free arc's time, and its weights."""
    if claim.boost_s is not None:  # from the boosts' own shares where there are any, else three fifths of the burn
        share = 0.6
        if len(boosts):
            share = float(boosts.weights @ ((boosts.flight_times_s - kepler_time_s) / boosts.boost_times_s))
        return np.array([share * claim.boost_s]), np.ones(1)
    if len(boosts):
        return boosts.flight_times_s - kepler_time_s, boosts.weights
    return 0.6 * np.array([60.0, 120.0, 240.0]), np.full(3, 1 / 3)  # no generic vehicle: a boost of 1 to 4 minutes


def _verdict(
    claim: Claim, is_kepler: bool, boosts: Boosts, span_s: tuple[float, float], longest_s: float
) -> tuple[bool, str]:
    clock = 60.0  # a time in whole minutes may be off by as much at its two ends
    km = f"{claim.apogee_m / 1e3:g} km up and {claim.range_m / 1e3:g} km along"
    low = (
        ""
        if is_kepler
        else f"An apogee under {LEAST_KEPLER_APOGEE_M / 1e3:.0f} km is not a Kepler arc: air shapes it. "
    )
    claimed = claim.claimed_time_s
    if claimed is not None and claimed < span_s[0] - 0.5 * clock:
        return False, (
            f"{low}Even the shortest free arc {km} takes {span_s[0]:.0f} s, and no motor makes it quicker; "
            f"{claimed:.0f} s is {span_s[0] - claimed:.0f} s too short."
        )
    if claimed is not None and claimed > longest_s + clock and not claim.is_retarded:
        stated = f"a boost of {claim.boost_s:.0f} s" if claim.boost_s is not None else "any plausible boost"
        cure = (
            "a retarded descent (parachute, capsule) or a powered coast would explain it"
            if is_kepler
            else "gliding or a pull-up would explain it: this is no ballistic flight"
        )
        return False, (
            f"{low}{km[0].upper()}{km[1:]} with {stated} takes {longest_s:.0f} s at most; {claimed:.0f} s is "
            f"{claimed - longest_s:.0f} s more: {cure}."
        )
    if not is_kepler and len(boosts) == 0:
        return (
            False,
            f"{low}No ballistic flight of a generic vehicle through the air reaches {km}; lift would explain it.",
        )
    said = (
        ""
        if claimed is None
        else f" {claimed:.0f} s fits" + (", with a retarded descent." if claim.is_retarded else ".")
    )
    return True, f"{low}A ballistic flight reaches {km}.{said}"


def _track(arcs: KeplerArcs) -> Rows:
    times = np.linspace(0.0, float(arcs.times_s[0]), _TRACK_POINTS)
    states = coast_track(arcs.launch_states_itrf[0], times)
    lat, lon, height = geodetic_from_itrf(states[:, :3])
    return np.stack([times, lat, lon, height], axis=1)


def _no_arc(claim: Claim, arcs: KeplerArcs, is_kepler: bool) -> ArcVerdict:
    nan, pair = float("nan"), (float("nan"), float("nan"))
    none = plausible_boosts(claim.lat_rad, claim.lon_rad, 0.0, claim.apogee_m, claim.range_m, 0.0)
    reason = (
        f"No free arc rises {claim.apogee_m / 1e3:g} km and comes down {claim.range_m / 1e3:g} km away: "
        "so high it would escape or stay up for more than six hours, or so far along that it would be an orbit."
    )
    return ArcVerdict(
        claim, arcs, none, nan, pair, nan, pair, pair, nan, nan, nan, nan, pair, "other", {}, np.zeros((0, 4)),
        is_kepler, False, reason,
    )  # fmt: skip
