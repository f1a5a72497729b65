"""The first page in words: what was watched, seen and said, how sure it was, and whether it was right."""

from collections.abc import Iterator
from typing import Any

from vedette.doors.after_action.markup import significant
from vedette.reports.words import minutes_words, place_words


def summary_sentences(told: dict[str, Any]) -> list[str]:
    """Whole sentences, in the order a reader asks."""
    return [*_watched(told), *_objects(told), *_said(told), *_people(told), *_right(told), *_doubts(told)]


def _watched(told: dict[str, Any]) -> Iterator[str]:
    period, counts, sensors = told["period"], told["picture"]["counts"], told["sensors"]
    if period["from_s"] is None:
        yield "Nothing was received: there is nothing to report."
        return
    length = minutes_words(period["to_s"] - period["from_s"])
    when = "" if period["from_utc"] is None else f" from {_clock(period['from_utc'])} to {_clock(period['to_utc'])} UTC"
    yield (
        f"{_count(len(sensors), 'sensor')} {'was' if len(sensors) == 1 else 'were'} heard for {length}{when}: "
        f"{_count(counts['scans'], 'look')} with {_count(counts['detections'], 'detection')}; "
        f"{'nothing' if counts['quarantined'] == 0 else _count(counts['quarantined'], 'report')} had to be set aside."
    )


def _objects(told: dict[str, Any]) -> Iterator[str]:
    objects = told["picture"]["objects"]
    if not objects:
        yield "No object was believed in."
        said = told["picture"]["no_launch"]
        if said is not None:
            yield said["text"][:1].upper() + said["text"][1:] + "."
        return
    yield f"{_count(len(objects), 'object')} {'was' if len(objects) == 1 else 'were'} followed."
    for one in objects[:8]:
        yield _object(one)
    if len(objects) > 8:
        yield f"{len(objects) - 8} more objects are told of below."


def _object(one: dict[str, Any]) -> str:
    share = max(one["probabilities"].values(), default=None)
    words = [f"{one['id']} is most likely {_kind(one['class'])}" + (f" ({_percent(share)})" if share else "")]
    launch, impact = one["launch"], one["impact"]
    if launch is not None:
        at = "" if launch["t_utc"] is None else f" at {_clock(launch['t_utc'])} UTC"
        words.append(f"launched at {place_words(launch['lat_deg'], launch['lon_deg'])}{at}")
    if impact is not None:
        size = next((a["area_km2"] for a in one["impact_areas"] if abs(a["probability"] - 0.9) < 1e-6), None)
        area = "" if size is None else f", with a 90 % area of {significant(size, 2)} km²"
        span = impact["t_90_utc"]
        at = "" if span[0] is None else f" between {_clock(span[0])} and {_clock(span[1])} UTC"
        if_words = "would come down, if thrust stopped," if impact["is_conditional"] else "comes down"
        words.append(f"it {if_words} near {place_words(impact['lat_deg'], impact['lon_deg'])}{at}{area}")
    return "; ".join(words) + "."


def _said(told: dict[str, Any]) -> Iterator[str]:
    said = told["said"]
    if not said:
        yield "No alert was proposed."
        return
    names = list(dict.fromkeys(one["id"] for one in said))
    first = said[0]
    final = {one["id"]: one["evidence"] for one in told["picture"]["alerts"]}
    levels = [f"{sum(level == word for level in final.values())} {word}" for word in dict.fromkeys(final.values())]
    yield (
        f"{_count(len(names), 'alert')} {'was' if len(names) == 1 else 'were'} proposed in "
        f"{_count(len(said), 'revision')}, the first {_seconds(first['t_s'])} {told['zero']['what']}"
        f"; at the end {', '.join(levels)}."
    )


def _people(told: dict[str, Any]) -> Iterator[str]:
    alerts = told["desk"]["alerts"]
    if not alerts:
        yield "No record of people's acts stands beside this journal."
        return
    sent = [message for one in alerts for message in one["messages"]]
    if not sent:
        yield f"Nobody released any of the {_count(len(alerts), 'alert')} that lay at the desk."
        return
    released = [one for one in sent if one["type"] != "Cancel"]
    people = list(dict.fromkeys(name for one in sent for name in one["released_by"]))
    cancelled = len(sent) - len(released)
    yield (
        f"{_count(len(released), 'message')} {'was' if len(released) == 1 else 'were'} released and {cancelled} "
        f"cancelled, by {_list(people)}."
    )


def _right(told: dict[str, Any]) -> Iterator[str]:
    truth = told["truth"]
    if truth is None:
        return
    score = truth["score"]
    flights = score["flights"]
    found = [one for one in flights if one["object_id"] is not None]
    right = sum(one["said_class"] == one["class_name"] for one in found)
    yield (
        f"Held against the truth of the story: {len(found)} of {_count(len(flights), 'flight')} found, {right} of them "
        f"named rightly, {_count(score['false_objects'], 'false object')}, "
        f"{_count(score['wrong_alerts'], 'wrong impact alert')}."
    )
    for key, word in (("launch", "launch point"), ("impact", "place of impact")):
        judged = [one[key] for one in found if one[key] is not None and one[key]["is_inside_90"] is not None]
        if judged:
            inside = sum(one["is_inside_90"] for one in judged)
            worst = max(one["error_km"] for one in judged)
            yield f"The 90 % area held the {word} {inside} of {_times(len(judged))}; the worst was {worst:.1f} km off."


def _doubts(told: dict[str, Any]) -> Iterator[str]:
    found = told["calibration"]
    if found is not None and found["all"]["looks"]:
        share = next(one for one in found["all"]["shares"] if one["said"] == 0.9)
        yield (
            f"Of {share['count']:,} looks that were expected within 90 % limits, {_percent(share['held'])} fell there."
        )
    silent = [one for one in told["picture"]["sensors"] if one["condition"] != "ok"]
    gaps = sum(one["gap_count"] for one in told["sensors"])
    if silent:
        words = [f"{one['id']} was {one['condition']}" for one in silent]
        yield f"At the end {_list(words)}."
    yield f"There {'was' if gaps == 1 else 'were'} {_count(gaps, 'gap')} in what the sensors handed in."


def _kind(name: str) -> str:
    """`a short-range ballistic missile` of `short-range-ballistic`, `an aircraft`, `a space launch`."""
    said = (
        f"{name.removesuffix('-ballistic')} ballistic missile"
        if name.endswith("-ballistic")
        else name.replace("-", " ")
    )
    return ("an " if said[:1] in "aeiou" else "a ") + said


def _count(number: int, word: str) -> str:
    return f"{f'{number:,}' if number else 'no'} {word}" + ("" if number == 1 else "s")


def _times(number: int) -> str:
    return "1 time" if number == 1 else f"{number} times"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if 0.01 <= share <= 0.995 or share in (0.0, 1.0) else f"{100 * share:.2f} %"


def _seconds(t_s: float | None) -> str:
    if t_s is None:
        return "at an unknown time after"
    return f"{abs(t_s):.0f} s {'after' if t_s >= 0 else 'before'}"


def _clock(utc: str) -> str:
    return utc[11:19]


def _list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
