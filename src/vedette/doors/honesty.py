"""The honesty meter: how often what was said to be 90 % sure was so, and whether looks lie as far off as they should.

Three sources. Objects of the catalogue: where their elements put them, with the doubt that elements of that age are
said to have, against the first look of each pass (the looks after it would say the same again). Own tracks: each look
against what was expected of it. Impact areas: where a made journal has its truth beside it, the area as it stood a
minute before the impact. Every figure comes with the band in which chance alone would leave an honest system with 95 %
(`metrics.chi_square_band`, `metrics.binomial_band`).
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from vedette.core.constants import NS_PER_S
from vedette.doors.long_watch_journal import truth_path_of
from vedette.doors.reel_store import KeptLook
from vedette.doors.seeking import THE_END, Reading
from vedette.estimation import chi_square_gate
from vedette.exercise.areas import is_inside, rough_distance_km
from vedette.metrics import binomial_band, chi_square_band
from vedette.reports import Area
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

SHARES = (0.5, 0.9, 0.99)
PASS_GAP_S = 600.0
BEFORE_IMPACT_S = 60.0
SAME_LAUNCH_S, SAME_LAUNCH_KM = 60.0, 300.0


def honesty_of(reading: Reading, last: int = 200) -> dict[str, Any]:
    """The figures of a journal whose reel is whole; areas are counted over the `last` newest catalogue passes."""
    looks = reading.reel.looks()
    passes, own = first_of_passes([one for one in looks if one.is_known]), [one for one in looks if not one.is_known]
    newest = passes[-last:]
    judged = [*passes, *own]
    impacts = impact_verdicts(reading)
    return {
        "journal": reading.name,
        "t_now_utc": reading.picture_at(THE_END)["picture"]["t_now_utc"],
        "against": _against(len(passes), len(own), len(impacts)),
        "areas": [_held(newest, share) for share in SHARES] if newest else None,
        "impact_areas": [_held_impacts(impacts, share) for share in SHARES] if impacts else None,
        "nis": _nis(judged),
        "nis_catalogue": _nis(passes),
        "nis_tracks": _nis(own),
        "by_sensor": [
            {"sensor_id": name, **(_nis([one for one in judged if one.sensor_id == name]) or {})}
            for name in sorted({one.sensor_id for one in judged})
        ],
        "by_day": _by_day(passes) if reading.is_epoch_known else None,
        "impacts": impacts,
    }  # fmt: skip


def first_of_passes(looks: Sequence[KeptLook]) -> list[KeptLook]:
    """The first look of each pass of an object over a sensor."""
    newest: dict[tuple[str, str], int] = {}
    found = []
    for one in looks:
        key = (one.object_id, one.sensor_id)
        if key not in newest or one.t_tai_ns - newest[key] > PASS_GAP_S * NS_PER_S:
            found.append(one)
        newest[key] = max(newest.get(key, one.t_tai_ns), one.t_tai_ns)
    return found


def _held(looks: Sequence[KeptLook], share: float) -> dict[str, Any]:
    held = sum(one.nis <= chi_square_gate(share, one.dof) for one in looks)
    low, high = binomial_band(len(looks), share)
    return {
        "probability": share,
        "held": held,
        "of": len(looks),
        "band": [round(low * len(looks)), round(high * len(looks))],
    }


def _held_impacts(impacts: Sequence[dict[str, Any]], share: float) -> dict[str, Any]:
    told = [one["held"][str(share)] for one in impacts if one["held"].get(str(share)) is not None]
    low, high = binomial_band(len(told), share) if told else (0.0, 0.0)
    band = [round(low * len(told)), round(high * len(told))]
    return {"probability": share, "held": sum(told), "of": len(told), "band": band}


def _nis(looks: Sequence[KeptLook]) -> dict[str, Any] | None:
    """Mean squared distance for each degree of freedom, and the share inside the 95 % gate; null without looks."""
    if not looks:
        return None
    dof = sum(one.dof for one in looks)
    low, high = chi_square_band(dof)
    mean = sum(one.nis for one in looks) / dof
    inside = sum(one.nis <= chi_square_gate(0.95, one.dof) for one in looks) / len(looks)
    return {
        "looks": len(looks),
        "dof": dof,
        "mean_per_dof": round(mean, 4),
        "nis_per_dof": round(mean, 4),
        "band": [round(low, 4), round(high, 4)],
        "is_in_band": bool(low <= mean <= high),
        "inside_95": round(inside, 4),
        "inside_95_band": [round(part, 4) for part in binomial_band(len(looks), 0.95)],
    }


def _by_day(passes: Sequence[KeptLook]) -> list[dict[str, Any]]:
    days: dict[str, list[KeptLook]] = defaultdict(list)
    for one in passes:
        days[utc_text_from_tai_ns(one.t_tai_ns)[:10]].append(one)
    return [
        {
            "day_utc": day,
            "held": sum(one.nis <= chi_square_gate(0.9, one.dof) for one in looks),
            "of": len(looks),
            "band": _held(looks, 0.9)["band"],
            "nis": _nis(looks),
        }
        for day, looks in sorted(days.items())
    ]


def impact_verdicts(reading: Reading) -> list[dict[str, Any]]:
    """For each true flight of a made journal that came down: its object, and which areas held the place."""
    path = truth_path_of(reading.journal.path)
    if not path.is_file():
        return []
    nights = msgspec.json.decode(path.read_bytes())["nights"]
    fallen = [flight for night in nights for flight in night["flights"] if flight.get("impact")]
    shown = {n: _shown_before(reading, flight) for n, flight in enumerate(fallen)}
    found: dict[int, dict[str, Any]] = {}
    pairs = sorted(
        (apart, n, one["id"])
        for n, objects in shown.items()
        for one in objects or ()
        if (apart := _apart(one, fallen[n]["launch"])) is not None
    )
    taken: set[str] = set()
    for _, n, name in pairs:  # the nearest first: two launches of one minute are not taken for one another
        if n not in found and name not in taken:
            taken.add(name)
            found[n] = next(one for one in shown[n] or () if one["id"] == name)
    return [_verdict(flight, found.get(n)) for n, flight in enumerate(fallen) if shown[n] is not None]


def _shown_before(reading: Reading, flight: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The objects a minute before the impact; None when the journal does not reach so far."""
    t = utc_text_from_tai_ns(tai_ns_from_utc_text(flight["impact"]["t_utc"]) - round(BEFORE_IMPACT_S * NS_PER_S))
    span = reading.reel.span_tai_ns
    if span is None or not span[0] <= tai_ns_from_utc_text(t) <= span[1]:
        return None
    return list(reading.picture_at(t)["picture"]["objects"])


def _verdict(flight: dict[str, Any], one: dict[str, Any] | None) -> dict[str, Any]:
    impact = flight["impact"]
    row = {"flight": flight["id"], "t_impact_utc": impact["t_utc"], "object_id": one["id"] if one else None}
    held = {
        str(area["probability"]): is_inside(
            Area(
                probability=area["probability"], shape=area["shape"], lat_deg=area["lat_deg"],
                lon_deg=area["lon_deg"], area_km2=area["area_km2"],
            ), impact["lat_deg"], impact["lon_deg"],
        )
        for area in (one["impact_areas"] if one else ())
    }  # fmt: skip
    return {**row, "held": held}


def _apart(one: dict[str, Any], launch: dict[str, Any]) -> float | None:
    """How far an object's launch was believed from the true one, in limits of each; None beyond them."""
    told = one["launch"]
    if told is None or told["t_utc"] is None:
        return None
    apart_s = abs(tai_ns_from_utc_text(told["t_utc"]) - tai_ns_from_utc_text(launch["t_utc"])) / NS_PER_S
    apart_km = rough_distance_km(told["lat_deg"], told["lon_deg"], launch["lat_deg"], launch["lon_deg"])
    if apart_s > SAME_LAUNCH_S or apart_km > SAME_LAUNCH_KM:
        return None
    return apart_s / SAME_LAUNCH_S + apart_km / SAME_LAUNCH_KM


def _against(passes: int, own: int, impacts: int) -> str:
    parts = []
    if passes:
        parts.append(f"{passes} passes of catalogued objects against their elements with the doubt of their age")
    if own:
        parts.append(f"{own} looks of own tracks against what was expected of them")
    if impacts:
        parts.append(f"{impacts} impacts whose true place is known")
    return "; ".join(parts) or "nothing yet: no catalogue was given and nothing was tracked"


def run_calibration(path: Path, last: int, is_json: bool) -> int:
    """`vedette calibration`: the figures of a journal, its reel made first where there is none."""
    import sys

    from vedette.doors.progress_bar import progress_bar
    from vedette.doors.reel import ensure_reel
    from vedette.doors.wire import json_bytes

    with progress_bar("reading the journal") as tell:
        ensure_reel(path, tell)
    reading = Reading.open(path)
    try:
        found = honesty_of(reading, last)
    finally:
        reading.close()
    if is_json:
        sys.stdout.buffer.write(json_bytes(found, is_pretty=True) + b"\n")
        sys.stdout.buffer.flush()
    else:
        sys.stdout.write("\n".join(honesty_lines(found)) + "\n")
    return 0


def honesty_lines(found: dict[str, Any]) -> list[str]:
    """What a person reads."""
    lines = [f"held against {found['against']}"]
    for name, rows in (("catalogue", found["areas"]), ("impact", found["impact_areas"])):
        for one in rows or ():
            low, high = one["band"]
            share = f"{100 * one['probability']:.0f} %"
            lines.append(
                f"our {share} {name} areas held {one['held']} of the last {one['of']} (chance: {low} to {high})"
            )
    for name, one in (("catalogue", found["nis_catalogue"]), ("tracks", found["nis_tracks"])):
        if one is not None:
            lines.append(f"{name}: {_nis_words(one)}")
    lines += [f"  {one['sensor_id']}: {_nis_words(one)}" for one in found["by_sensor"]]
    lines += [f"  {one['day_utc']}: 90 % held {one['held']} of {one['of']}" for one in found["by_day"] or ()]
    return lines


def _nis_words(one: dict[str, Any]) -> str:
    where = "in band" if one["is_in_band"] else "NOT in band"
    low, high = one["band"]
    return f"NIS {one['mean_per_dof']:.3f} a degree of freedom over {one['looks']} looks, {where} {low:.3f}..{high:.3f}"
