"""The map and the timeline of the report."""

from typing import Any

from vedette.core.constants import NS_PER_S
from vedette.doors.after_action.markup import NOTHING, Facts, figure, plain, table
from vedette.doors.drawing import MapArea, MapLine, MapPoint, Mark, Strip, strip_plot, world_map
from vedette.time import tai_ns_from_utc_text

MOST_ON_MAP = 40
MOST_STRIPS = 24
_SHAPES = {
    "launch": ("diamond", 0), "impact-predicted": ("diamond", 6), "impact-withdrawn": ("cross", 6),
    "burnout": ("square", 1), "separation": ("square", 3), "apogee": ("square", 2), "evidence": ("bar", 4),
    "classified": ("dot", 5), "lost": ("cross", 7),
}  # fmt: skip
_LEVELS = {"candidate": 7, "correlated": 4, "confirmed": 6, "withdrawn": 2, "passed": 7}


def where(facts: Facts) -> str:
    """The map with its table; nothing when there is no place to show."""
    areas, lines, points = [], [], []
    trails = {one["object_id"]: one for one in facts["trails"]}
    objects = facts["picture"]["objects"]
    for number, one in enumerate(objects[:MOST_ON_MAP]):
        trail = [p for p in trails.get(one["id"], {"points": []})["points"] if p["altitude_km"] > -2.0]
        lines.append(MapLine([p["lat_deg"] for p in trail], [p["lon_deg"] for p in trail], number))
        for kind, shapes in (("launch", (one["launch"] or {"areas": []})["areas"]), ("impact", one["impact_areas"])):
            for shape in sorted(shapes, key=lambda a: -a["probability"]):
                said = f"{one['id']}: {100 * shape['probability']:.0f} % {kind} area, {shape['area_km2']:,.3g} km²"
                areas += _outlines(shape, number, said)
        if one["launch"] is not None:
            place = one["launch"]
            points.append(MapPoint(place["lat_deg"], place["lon_deg"], f"{one['id']} launch", number, "triangle"))
        if one["impact"] is not None:
            place = one["impact"]
            points.append(MapPoint(place["lat_deg"], place["lon_deg"], f"{one['id']} impact", number, "dot"))
        elif trail:
            points.append(MapPoint(trail[-1]["lat_deg"], trail[-1]["lon_deg"], one["id"], number, "dot"))
    for flight in (facts["truth"] or {"flights": []})["flights"][:MOST_ON_MAP]:
        lines.append(MapLine(flight["track"]["lat_deg"], flight["track"]["lon_deg"], 7, "truth"))
        if flight["impact_lat_deg"] is not None:
            points.append(MapPoint(flight["impact_lat_deg"], flight["impact_lon_deg"], "", 7, "cross"))
    near = [s for s in facts["sensors"] if s["lat_deg"] is not None and (s["altitude_km"] or 0.0) < 100.0]
    points += [MapPoint(s["lat_deg"], s["lon_deg"], s["id"], 2, "square") for s in near]
    if not (points or areas):
        return ""
    high = [s["id"] for s in facts["sensors"] if (s["altitude_km"] or 0.0) >= 100.0]
    about = (
        f"A map of {len(objects)} objects with their 50, 90 and 99 % areas of launch and impact, where they were "
        f"believed to fly, and {len(near)} sensors on the ground."
    )
    svg = world_map("map", "Where everything was", about, areas=areas, lines=lines, points=points)
    caption = (
        "Triangles: launches; dots: places of impact; washes: 50, 90 and 99 % areas; "
        "lines: where each was believed to fly."
    )
    if facts["truth"] is not None:
        caption += " Dashed lines and crosses: the truth."
    if high:
        caption += f" In orbit, and not drawn: {', '.join(high)}."
    if len(objects) > MOST_ON_MAP:
        caption += f" The first {MOST_ON_MAP} of {len(objects)} objects are drawn."
    return figure(svg, caption, _place_table(facts)) + _close_ups(facts)


def _outlines(shape: dict[str, Any], colour: int, said: str) -> list[MapArea]:
    """One outline; of a ring two, and no wash."""
    lat, lon = shape["lat_deg"], shape["lon_deg"]
    if shape["shape"] != "ring":
        return [MapArea(lat, lon, colour, "wash", said)]
    half = len(lat) // 2
    return [MapArea(lat[part], lon[part], colour, "edge", said) for part in (slice(half), slice(half, None))]


def _close_ups(facts: Facts) -> str:
    """Each impact area by itself, where the whole map shows only a dot."""
    found = []
    flights = {one["id"]: one for one in (facts["truth"] or {"flights": []})["flights"]}
    matched = {
        one["object_id"]: flights.get(one["flight_id"])
        for one in (facts["truth"] or {"score": {"flights": []}})["score"]["flights"]
    }
    for number, one in enumerate(facts["picture"]["objects"][:6]):
        shapes = sorted(one["impact_areas"], key=lambda a: -a["probability"])
        if not shapes or shapes[0]["shape"] != "polygon":
            continue
        areas = [MapArea(a["lat_deg"], a["lon_deg"], number) for a in shapes]
        frame = [(lat, lon) for a in shapes for lat, lon in zip(a["lat_deg"], a["lon_deg"], strict=True)]
        points = [MapPoint(one["impact"]["lat_deg"], one["impact"]["lon_deg"], one["id"], number)]
        flight = matched.get(one["id"])
        said = ""
        if flight is not None and flight["impact_lat_deg"] is not None:
            points.append(MapPoint(flight["impact_lat_deg"], flight["impact_lon_deg"], "true", 7, "cross"))
            frame.append((flight["impact_lat_deg"], flight["impact_lon_deg"]))
            said = " and the true place"
        svg = world_map(
            f"close-{number}", f"Where {one['id']} comes down", f"The impact areas of {one['id']}{said}.",
            areas=areas, points=points, frame=frame, wide=430.0, most_tall=320.0, least_span_deg=0.02,
        )  # fmt: skip
        nested = facts.at("picture", "objects", number).rows("impact_areas")
        rows = [[area.percent("probability", digits=0), area.figure("area_km2")] for area in nested]
        twin = table(f"Impact areas of {one['id']}", ["probability", "area, km²"], rows)
        found.append(figure(svg, f"Where {one['id']} comes down: 50, 90 and 99 % areas{said}.", twin))
    return f'<div class="both">{"".join(found)}</div>' if found else ""


def _place_table(facts: Facts) -> str:
    rows = []
    for one in facts.rows("picture", "objects"):
        launch = one.at("launch").place() if one["launch"] else NOTHING
        impact = one.at("impact").place() if one["impact"] else NOTHING
        sizes = [_size_90(one, "launch", "areas") if one["launch"] else NOTHING, _size_90(one, "impact_areas")]
        rows.append([one.text("id"), launch, sizes[0], impact, sizes[1]])
    places = table(
        "Launches and impacts: latitude and longitude in degrees, north and east positive",
        ["object", "launch", "90 % launch area, km²", "impact", "90 % impact area, km²"], rows,
    )  # fmt: skip
    stands = table(
        "Where the sensors stood",
        ["sensor", "kind", "place", "height, km", "moves"],
        [
            [s.text("id"), s.text("kind"), s.place(), s.num("altitude_km", digits=1), "yes" if s["moves"] else "no"]
            for s in facts.rows("sensors")
        ],
    )
    return places + stands


def _size_90(one: Facts, *keys: str) -> str:
    return next((a.figure("area_km2") for a in one.rows(*keys) if abs(a["probability"] - 0.9) < 1e-6), NOTHING)


def timeline(facts: Facts) -> str:
    """Rows over one time axis: sensors, objects, alerts, people, notices; and every event in a table."""
    period = facts["period"]
    if period["from_s"] is None:
        return ""
    strips = [
        Strip(s["id"], _amounts(s), colour=2) for s in facts["sensors"][:MOST_STRIPS]
    ]  # fmt: skip
    events = facts["picture"]["events"]
    objects = facts["picture"]["objects"]
    for one in objects[: MOST_STRIPS // 2]:
        marks = [_mark(e) for e in events if e["object_id"] == one["id"] and _t(e) is not None]
        strips.append(Strip(one["id"], marks=[m for m in marks if m is not None]))
    for name in list(dict.fromkeys(one["id"] for one in facts["said"]))[: MOST_STRIPS // 2]:
        levels: list[Mark] = []
        for one in facts["said"]:
            if one["id"] == name and one["t_s"] is not None and (not levels or levels[-1].words != one["evidence"]):
                levels.append(Mark(one["t_s"], "bar", _LEVELS.get(one["evidence"], 7), one["evidence"]))
        strips.append(Strip(f"alert {name}", marks=levels))
    strips += _people(facts) + _notices(facts)
    svg = strip_plot(
        "timeline", "What happened when",
        "Rows over one time axis: what each sensor handed in, what was found out about each object and when it could "
        "be said, and when each alert reached its levels.",
        strips, t_span=(period["from_s"], period["to_s"]), x_label=f"seconds after {facts['zero']['what']}",
    )  # fmt: skip
    caption = (
        "Sensors: tall is many detections, a thin line looks that found nothing, nothing at all no look. Objects, at "
        "the moment each could be said: blue diamond launch, orange square end of thrust, green square apogee, red "
        "diamond impact area, yellow bar level of evidence, grey cross lost. Alerts: yellow correlated, red confirmed, "
        "green withdrawn, grey candidate or passed. People: blue dot approved, red diamond sent, green dot "
        "seen. Notices: their windows."
    )
    rows = [
        [
            e.clock("t_declared_utc"), e.num("t_declared_plus_s", sign=True), e.clock("t_utc"), plain(e["kind"]),
            e.text("object_id"), e.text("text"),
        ]
        for e in facts.rows("picture", "events")
    ]  # fmt: skip
    headings = ["said", "s after lift-off", "happened", "what", "of", "in words"]
    return figure(svg, caption, table("Every event, in the order it was said", headings, rows, "long"))


def _people(facts: Facts) -> list[Strip]:
    """What people did, by the picture's clock."""
    shapes = {"sent": ("diamond", 6), "approved": ("dot", 0), "attended": ("dot", 2), "refused": ("cross", 7)}
    marks = []
    for alert in facts["desk"]["alerts"]:
        for act in alert["acts"]:
            t_s = _after_zero(facts, act["t_picture_utc"])
            if act["what"] in shapes and t_s is not None:
                marks.append(Mark(t_s, *shapes[act["what"]], act["words"]))
    return [Strip("people", marks=marks)] if marks else []


def _notices(facts: Facts) -> list[Strip]:
    """The windows that were announced."""
    found = []
    for notice in facts["notices"][:6]:
        spans = []
        for window in notice["windows"]:
            ends = _after_zero(facts, window["from_utc"]), _after_zero(facts, window["to_utc"])
            if ends[0] is not None and ends[1] is not None:
                spans.append((ends[0], ends[1]))
        if spans:
            found.append(Strip(f"notice {notice['id']}"[:24], spans=spans, colour=3))
    return found


def _after_zero(facts: Facts, utc: str) -> float | None:
    zero = facts["zero"]["utc"]
    return None if zero is None else (tai_ns_from_utc_text(utc) - tai_ns_from_utc_text(zero)) / NS_PER_S


def _amounts(sensor: dict[str, Any]) -> list[float]:
    both = zip(sensor["looks_by_bin"], sensor["detections_by_bin"], strict=True)
    return [-1.0 if looks == 0 else float(seen) for looks, seen in both]


def _t(event: dict[str, Any]) -> float | None:
    value = event["t_declared_plus_s"]
    return None if value is None else float(value)


def _mark(event: dict[str, Any]) -> Mark | None:
    shape = _SHAPES.get(event["kind"])
    t = _t(event)
    return None if shape is None or t is None else Mark(t, shape[0], shape[1], f"{event['kind']}: {event['text']}")
