"""What a partner says that cannot be so: of itself, beside its own earlier words, and beside what we would have seen.

Each doubt has a name of a closed vocabulary and one sentence. None of this touches our own assessment: a doubt only
keeps a partner's word out of the joint one, and says why.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import isfinite, radians

import numpy as np

from vedette.assessment.incidents.messages import features_of, is_of_a_drill
from vedette.assessment.joint.gaussians import distance2, place_of
from vedette.core.constants import NS_PER_S
from vedette.frames import geodesic_inverse, itrf_from_geodetic
from vedette.reports import (
    Area,
    Claim,
    Evidence,
    ImpactArea,
    LaunchEstimate,
    Message,
    Mode,
    PartnerReport,
    SharedEvent,
    SharedTrack,
)
from vedette.sensing import Infrared, Sensor
from vedette.sensing.links import NO_LINKS

Doubt = tuple[str, str]  # a name, a sentence

IMPOSSIBLE = "impossible"  # figures that no flight and no clock can have
GOES_BACK = "goes-back"  # a revision, an instant or a message mark before one that was said
TWO_CONTENTS = "two-contents"  # one revision with two contents
MOVES = "moves"  # a revision farther from the one before than both say they can be wrong
COUNT_FILLED = "count-filled"  # a count that nothing it names bears out (FA-09)
DRILL = "drill-words"  # it speaks of an exercise or a test where this watch is real
CONTRADICTED = "contradicted"  # our own sensors look there, and would have seen it

AHEAD_S = 10.0  # a clock may be so much ahead before its words come "from the future"
FASTEST_MPS = 12_000.0
FARTHEST_M = 60e6
MEAN_MPS = 9_000.0  # over the ground from launch to impact: nothing that comes down goes faster
MOVED = 150.0  # chi square of three
UNFOUNDED = 3.0  # so many times as many as it names
MANY = 20
DIM = 0.1  # chance that a flame is too dim for a watcher at all
SEEN_AFTER_S = 45.0  # by then a flame is above all weather
SEEN_MIN = 0.9
_BACKWARD = {Message.RELEASED: 2, Message.UPDATED: 2, Message.PROPOSED: 1, Message.NONE: 0}


def rests_on_one(event: SharedEvent) -> bool:
    """Whether it is called confirmed and one phenomenon is told of: worth no more than correlated to us, and no lie.

    An owner that has two and releases one says what is so.
    """
    return event.evidence is Evidence.CONFIRMED and len(set(event.phenomena)) == 1


def impossible_in(event: SharedEvent, report: PartnerReport) -> Doubt | None:
    """What in an event cannot be; None: nothing."""
    words = _event_trouble(event, report)
    return None if words is None else (IMPOSSIBLE, f"{event.event_id}: {words}")


def _event_trouble(event: SharedEvent, report: PartnerReport) -> str | None:
    ahead_s = (event.t_said_tai_ns - report.t_received_tai_ns) / NS_PER_S
    if ahead_s > AHEAD_S:
        return f"said {ahead_s:.0f} s after it was heard"
    if event.revision < 1:
        return f"revision {event.revision}"
    if event.count is not None and event.count < 0:
        return f"counts {event.count} objects"
    shares = list(event.probabilities.values())
    if any(not 0.0 <= p <= 1.0 for p in shares) or sum(shares) > 1.02:
        return "its probabilities are none"
    for what, one in (("launch", event.launch), ("impact", event.impact)):
        if one is not None and (words := _estimate_trouble(one)):
            return f"{what} {words}"
    if event.launch is not None and event.launch.t_90_tai_ns[0] > event.t_said_tai_ns + AHEAD_S * NS_PER_S:
        return "launched after it was said"
    if event.launch is not None and event.impact is not None:
        return _flight_trouble(event.launch, event.impact)
    return None


def _estimate_trouble(one: LaunchEstimate | ImpactArea) -> str | None:
    if not (isfinite(one.lat_deg) and isfinite(one.lon_deg) and abs(one.lat_deg) <= 90 and abs(one.lon_deg) <= 360):
        return "at a place that is none on Earth"
    if one.t_90_tai_ns[0] > one.t_90_tai_ns[1]:
        return "at an interval that ends before it begins"
    for area in one.areas:
        if words := _area_trouble(area):
            return words
    sizes = [area.area_km2 for area in sorted(one.areas, key=lambda area: area.probability)]
    if any(a > b * 1.001 for a, b in pairwise(sizes)):
        return "with a surer area that is smaller"
    return None


def _area_trouble(area: Area) -> str | None:
    values = np.array([*area.lat_deg, *area.lon_deg], dtype=float)
    if len(area.lat_deg) != len(area.lon_deg) or not np.isfinite(values).all():
        return "with an area whose corners are none"
    if np.abs(np.array(area.lat_deg, dtype=float)).max(initial=0.0) > 90.0:
        return "with an area beyond a pole"
    if not 0.0 < area.probability < 1.0 or not area.area_km2 >= 0.0:
        return "with an area of no probability or size"
    return None


def _flight_trouble(launch: LaunchEstimate, impact: ImpactArea) -> str | None:
    after_s = (impact.t_90_tai_ns[1] - launch.t_90_tai_ns[0]) / NS_PER_S
    if after_s <= 0.0:
        return "comes down before it was launched"
    away_m, _, _ = geodesic_inverse(
        *(radians(v) for v in (launch.lat_deg, launch.lon_deg, impact.lat_deg, impact.lon_deg))
    )
    if float(away_m) > MEAN_MPS * after_s + 200e3:
        return f"{float(away_m) / 1e3:,.0f} km in {after_s:.0f} s"
    return None


def impossible_track(track: SharedTrack, t_received_tai_ns: int) -> Doubt | None:
    """What in a track cannot be."""
    state = np.array([*track.position_itrf_m, *track.velocity_itrf_mps])
    words = None
    if not np.isfinite(state).all() or not np.isfinite(track.covariance).all():
        words = "figures that are none"
    elif len(track.covariance) != 21:
        words = f"{len(track.covariance)} terms of a covariance that has 21"
    elif not 6.3e6 < float(np.linalg.norm(state[:3])) < FARTHEST_M:
        words = f"{float(np.linalg.norm(state[:3])) / 1e3:,.0f} km from the Earth's middle"
    elif float(np.linalg.norm(state[3:])) > FASTEST_MPS:
        words = f"{float(np.linalg.norm(state[3:])) / 1e3:,.1f} km/s"
    elif (track.t_tai_ns - t_received_tai_ns) / NS_PER_S > AHEAD_S:
        words = "a state of the future"
    return None if words is None else (IMPOSSIBLE, f"track {track.number}: {words}")


def beside_itself(event: SharedEvent, mode: Mode, counts: Sequence[int], founded: int, owner: str) -> list[Doubt]:
    """Doubts of an event by its own words. counts: those its owner said lately; founded: how many things it names."""
    found: list[Doubt] = []
    if event.count is not None and event.count > UNFOUNDED * max(founded, 1):
        claims = [_claim(event, owner, count) for count in (*counts, event.count)]
        if event.count >= MANY or "alike-digits" in features_of(claims, NO_LINKS, ()):
            words = f"{event.event_id}: counts {event.count:,} and names {founded}; a count field may be filled in"
            found.append((COUNT_FILLED, words))
    if mode is Mode.REAL and is_of_a_drill(event.text):
        words = f"{event.event_id}: sent as REAL, it speaks of an exercise or a test: {event.text[:80]!r}"
        found.append((DRILL, words))
    return found


def _claim(event: SharedEvent, owner: str, count: int) -> Claim:
    return Claim(
        claim_id=event.event_id, source_id=owner, route="", mode=Mode.TEST, sequence=1, t_sent_tai_ns=0,
        t_received_tai_ns=0, what="launches", count=count, listed=event.tracks,
    )  # fmt: skip


def beside_before(event: SharedEvent, held: SharedEvent) -> list[Doubt]:
    """Doubts of a revision beside the newest that was taken."""
    name = event.event_id
    if event.revision == held.revision:
        return [] if event == held else [(TWO_CONTENTS, f"{name}: revision {event.revision} with two contents")]
    if event.revision < held.revision:
        return [(GOES_BACK, f"{name}: revision {event.revision} after revision {held.revision}")]
    found: list[Doubt] = []
    if event.t_said_tai_ns < held.t_said_tai_ns:
        back_s = (held.t_said_tai_ns - event.t_said_tai_ns) / NS_PER_S
        words = f"{name}: revision {event.revision} was said {back_s:.1f} s before the one it follows"
        found.append((GOES_BACK, words))
    if _BACKWARD.get(event.message, 9) < _BACKWARD.get(held.message, 0):
        found.append((GOES_BACK, f"{name}: {held.message} before, and now {event.message}"))
    if event.launch is not None and held.launch is not None and event.launch is not held.launch:
        before, after = place_of(held.launch), place_of(event.launch)
        if before is not None and after is not None and distance2(before, after, 2_000.0, 1.0) > MOVED:
            found.append((MOVES, f"{name}: its launch has moved much farther than its own areas allow"))
    return found


def chance_seen(
    launch: LaunchEstimate,
    sensors: Mapping[str, Sensor],
    last_heard_tai_ns: Mapping[str, int],
    t_now_tai_ns: int,
) -> tuple[float, tuple[str, ...]]:
    """The chance that our infrared would have found this launch by now, and which watchers look there.

    Its flame is taken to stand some 30 km above the place it left, 45 s after the latest instant at which the partner
    allows it to have left: a bright one, above weather; one in ten is allowed to be too dim for a watcher.
    """
    spot = itrf_from_geodetic(radians(launch.lat_deg), radians(launch.lon_deg), 30e3)
    state = np.concatenate([np.asarray(spot, dtype=float), np.zeros(3)])
    missed, looking = 1.0, []
    t_seen = max(launch.t_tai_ns, launch.t_90_tai_ns[1]) + round(SEEN_AFTER_S * NS_PER_S)
    for name, sensor in sensors.items():
        heard = last_heard_tai_ns.get(name)
        if not isinstance(sensor, Infrared) or heard is None:
            continue
        since_s = (min(heard, t_now_tai_ns) - t_seen) / NS_PER_S - sensor.latency_s
        if since_s < sensor.revisit_s or not bool(sensor.is_visible(state, t_seen)):
            continue
        looking.append(name)
        looks = min(int(since_s // sensor.revisit_s), 5)
        missed *= max((1.0 - sensor.detection_probability) ** looks, DIM)
    return 1.0 - missed, tuple(looking)
