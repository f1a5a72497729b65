"""An event as a peer may hear it: only what is granted, coarse as granted, under the peer's own names."""

from collections.abc import Callable, Mapping

import msgspec
import numpy as np

from vedette.reports import Evidence, Message, SharedEvent
from vedette.reports.words import place_words
from vedette.sharing.release.coarse_places import coarse_impact, coarse_launch, coarse_probabilities
from vedette.sharing.release.policy import FIELDS, Grant, Kind
from vedette.sharing.release.secrets import Secret

_RANK = {
    Evidence.CANDIDATE: 0, Evidence.CORRELATED: 1, Evidence.CONFIRMED: 2, Evidence.PASSED: 2, Evidence.WITHDRAWN: 2,
}  # fmt: skip
NOT_GRANTED = "withheld: not granted"
AS_IT_IS = "as it is"


def event_for(
    secret: Secret, event: SharedEvent, grant: Grant, names: Callable[[str], str], told_numbers: frozenset[str]
) -> SharedEvent:
    """What a grant leaves of an event; `names` gives the peer's name of one of ours, `told_numbers` what it follows.

    Revision and instant are set by whoever sends it.
    """
    launch = None if event.launch is None else coarse_launch(secret, event.event_id, event.launch, grant)
    impact = None if event.impact is None else coarse_impact(secret, event.event_id, event.impact, grant)
    has = grant.fields.__contains__
    tracks = tuple(number for number in map(names, event.tracks) if number in told_numbers)
    told = SharedEvent(
        event_id=names(event.event_id),
        revision=event.revision,
        kind=event.kind,
        evidence=event.evidence,
        phenomena=event.phenomena if has("phenomena") else (),
        probabilities=coarse_probabilities(event.probabilities, grant.share) if has("probabilities") else {},
        launch=launch if has("launch") else None,
        impact=impact if has("impact") else None,
        count=event.count if has("count") else None,
        tracks=tracks if has("tracks") else (),
        message=event.message if has("message") else Message.NONE,
        t_said_tai_ns=event.t_said_tai_ns,
        caveats=(*event.caveats, *grant.caveats),
    )
    if told.impact is not None and not told.impact.is_conditional:
        told = msgspec.structs.replace(told, t_expires_tai_ns=told.impact.t_90_tai_ns[1])
    return msgspec.structs.replace(told, text=words_of(told)) if has("text") else told


def words_of(event: SharedEvent) -> str:
    """A sentence made of what is released and nothing else: our own sentences name sensors."""
    parts = [f"{event.kind} {event.evidence.value}"]
    if event.phenomena:
        parts.append("seen by " + " and ".join(event.phenomena))
    if event.launch is not None:
        parts.append(f"from near {place_words(event.launch.lat_deg, event.launch.lon_deg)}")
    if event.impact is not None:
        when = "if thrust stopped now, " if event.impact.is_conditional else ""
        parts.append(f"{when}down near {place_words(event.impact.lat_deg, event.impact.lon_deg)}")
    return "; ".join(parts)


def places_of(event: SharedEvent) -> np.ndarray:
    """(n, 2) degrees: where an event touches the ground, its areas' corners included; (0, 2) when nobody knows."""
    found: list[tuple[float, float]] = []
    for one in (event.launch, event.impact):
        if one is not None:
            found.append((one.lat_deg, one.lon_deg))
            for area in one.areas:
                found += list(zip(area.lat_deg, area.lon_deg, strict=True))
    return np.array(found).reshape(-1, 2)


def event_trouble(event: SharedEvent, coarse: SharedEvent, grant: Grant) -> str:
    """Why a grant does not fit an event; empty when it does. `coarse` has every place, as coarse as granted."""
    least = _RANK.get(Evidence(grant.evidence_least), 1)
    if _RANK[event.evidence] < least:
        return f"it is {event.evidence.value}, and {grant.evidence_least} is the least that goes out"
    places = places_of(coarse)
    areas = (*grant.areas, *grant.but_not) if len(places) else ()
    return area_trouble({one.name: bool(np.any(one.covers(places[:, 0], places[:, 1]))) for one in areas}, grant)


def area_trouble(is_in: Mapping[str, bool], grant: Grant) -> str:
    """Why a place does not fit a grant; empty when it does. `is_in` tells of each area, by name."""
    for area in grant.but_not:
        if is_in.get(area.name, False):
            return f"it touches {area.name!r}, which is left out"
    if grant.is_everywhere:
        return ""
    if any(is_in.get(area.name, False) for area in grant.areas):
        return ""
    return "it touches none of " + ", ".join(repr(area.name) for area in grant.areas)


def event_fields(grant: Grant) -> dict[str, str]:
    """Field by field what a grant does to an event, in words."""
    place = f"in steps of {grant.place_m / 1e3:g} km, times in {grant.time_s:g} s" if grant.place_m > 0.0 else AS_IT_IS
    how = {
        "launch": place, "impact": place,
        "probabilities": f"in steps of {grant.share:g}" if grant.share > 0.0 else AS_IT_IS,
        "tracks": "by the peer's names, those it follows", "text": "made anew of what is released",
        "azimuth": AS_IT_IS if grant.place_m <= 0.0 else "coarse",
    }  # fmt: skip
    told = {"evidence": AS_IT_IS}
    for name in FIELDS[Kind.EVENT]:
        told[name] = how.get(name, AS_IT_IS) if name in grant.fields else NOT_GRANTED
    return told
