"""Where owners disagree, a sentence for each point: shown beside both views, and nothing is averaged over it."""

from collections.abc import Mapping
from math import degrees

from vedette.assessment.joint.gaussians import Place, Placing, distance2, place_of
from vedette.assessment.joint.matching import BETWEEN_OWNERS_M, BETWEEN_OWNERS_S, GATE_3
from vedette.assessment.joint.own_view import STANDING, OwnEvent
from vedette.core.constants import NS_PER_S
from vedette.frames import geodesic_inverse
from vedette.reports import Cause, Evidence, ImpactArea, LaunchEstimate, SharedEvent
from vedette.reports.joint import Side

_CAUSES = frozenset(cause.value for cause in Cause)
SURE = 0.8  # a class is held against another's when both are so sure


def disagreements(
    own: OwnEvent | None, side: Side, event: SharedEvent, seen: str, places: Placing = place_of
) -> tuple[str, ...]:
    """Every point on which a partner's side and ours differ. seen: what our sensors say where we have nothing."""
    name = side.owner
    if own is None:
        words = f"{name} has it {side.evidence} and we have no launch there: {seen}"
        return (words,) if side.evidence in STANDING else ()
    found = []
    if own.evidence in STANDING and side.evidence is Evidence.WITHDRAWN:
        found.append(f"{name} has withdrawn it, and to us it is {own.evidence}")
    if own.evidence is Evidence.WITHDRAWN and side.evidence in STANDING:
        found.append(f"{name} has it {side.evidence}, and we have withdrawn it")
    if own.evidence is Evidence.CANDIDATE and side.evidence in STANDING:
        found.append(f"{name} has it {side.evidence}, and to us it is a candidate only")
    for what, a, b in (("launch", own.launch, side.launch), ("impact", own.impact, side.impact)):
        if a is not None and b is not None and not contradiction_is_moot(a, b):
            words = apart_words(what, a, b, name, places)
            if words:
                found.append(words)
    if own.impact is not None and side.impact is None and event.kind == "launch" and "orbit" in event.text:
        found.append(f"{name} says orbit, and we an impact")
    words = _class_words(own, event.probabilities, name)
    return (*found, words) if words else tuple(found)


def contradiction_is_moot(a: LaunchEstimate | ImpactArea, b: LaunchEstimate | ImpactArea) -> bool:
    """Where thrust goes on an impact is only "if it stopped now": nobody disagrees with that."""
    return any(isinstance(one, ImpactArea) and one.is_conditional for one in (a, b))


def agree(a: Place, b: Place) -> bool:
    """Whether two places are one, as far as their doubts tell."""
    return distance2(a, b, BETWEEN_OWNERS_M, BETWEEN_OWNERS_S) < GATE_3


def apart_words(
    what: str,
    ours: LaunchEstimate | ImpactArea,
    theirs: LaunchEstimate | ImpactArea,
    owner: str,
    places: Placing = place_of,
) -> str:
    """`SOUTH puts the launch 82 km north-west of ours and 12 s later (chi square 96 of 3)`; empty where they agree."""
    a, b = places(ours), places(theirs)
    if a is None or b is None or agree(a, b):
        return ""
    away_m, bearing, _ = geodesic_inverse(a.lat_rad, a.lon_rad, b.lat_rad, b.lon_rad)
    dt_s = (b.t_tai_ns - a.t_tai_ns) / NS_PER_S
    when = f" and {abs(dt_s):.0f} s {'later' if dt_s > 0 else 'earlier'}" if abs(dt_s) >= 1.0 else ""
    chi2 = distance2(a, b, BETWEEN_OWNERS_M, BETWEEN_OWNERS_S)
    return (
        f"{owner} puts the {what} {float(away_m) / 1e3:,.0f} km {_way(degrees(float(bearing)))} of ours{when}, "
        f"more than both can be wrong (chi square {chi2:,.0f} of 3); no joint {what} area"
    )


def _way(bearing_deg: float) -> str:
    names = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
    return names[round((bearing_deg % 360.0) / 45.0) % 8]


def _class_words(own: OwnEvent, theirs: Mapping[str, float], owner: str) -> str:
    if not theirs or not own.leading:
        return ""
    name, p = max(theirs.items(), key=lambda item: (item[1], item[0]))
    if name not in _CAUSES:
        return ""  # "other", of a track: nothing that could be disagreed with
    if name == own.leading[0] or p < SURE or own.leading[1] < SURE:
        return ""
    return f"{owner} says {name} ({100 * p:.0f} %), we {own.leading[0]} ({100 * own.leading[1]:.0f} %)"
