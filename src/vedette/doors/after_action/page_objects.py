"""What was believed of each object: what it is, where from, where to, how sure, and what spoke for and against."""

from typing import Any

from vedette.doors.after_action.markup import NOTHING, Facts, figure, items, plain, table, words
from vedette.doors.drawing import Line, line_plot, stack_plot

MOST_OPENED = 24
MOST_SHARES = 7


def believed(facts: Facts) -> str:
    """A chapter an object; those beyond the first ones in a table."""
    objects = facts.rows("picture", "objects")
    parts = [_object(facts, one, number) for number, one in enumerate(objects[:MOST_OPENED])]
    if len(objects) > MOST_OPENED:
        rows = [
            [one.text("id"), plain(one["class"]), _leading(one), one.text("phase")] for one in objects[MOST_OPENED:]
        ]
        parts.append(table("The other objects", ["object", "most likely", "probability", "phase"], rows, "long"))
    others = [c for c in facts.rows("picture", "candidates") if c["subject"] != "object"]
    if others:
        rows = [
            [
                c.text("id"), c.text("subject"), words(", ".join(c["sensors"])) or NOTHING, c.text("evidence"),
                plain(c["explanations"][0]["name"]) if c["explanations"] else NOTHING,
                c.at("explanations", 0).percent("probability") if c["explanations"] else NOTHING,
            ]
            for c in others
        ]  # fmt: skip
        names = ["incident", "about", "sensors", "evidence", "most likely", "probability"]
        parts.append("<h3>Incidents</h3>" + table("Noise, silence and messages", names, rows))
    raids = facts.rows("picture", "raids")
    if raids:
        rows = [
            [
                one.text("id"), words(", ".join(one["objects"][:12])), one.num("count"),
                f"{one.num('count_90', 0, digits=0)} to {one.num('count_90', 1, digits=0)}",
            ]
            for one in raids
        ]  # fmt: skip
        parts.append(
            "<h3>Launches that belong together</h3>" + table("Raids", ["raid", "objects", "count", "90 %"], rows)
        )
    return "".join(parts) or "<p>No object was believed in.</p>"


def _leading(one: Facts) -> str:
    shares = one["probabilities"]
    return one.at("probabilities").percent(max(shares, key=shares.__getitem__)) if shares else NOTHING


def _object(facts: Facts, one: Facts, number: int) -> str:
    name = one["id"]
    head = f"<h3>{words(name)}: {plain(one['class'])}</h3>"
    marks = f" Marks: {words(', '.join(one['quality']))}." if one["quality"] else ""
    seen = words(", ".join(one["sensors"])) or "no sensor"
    parts = [head, f"<p>Seen by {seen}; at the end its phase was {one.text('phase')}.{marks}</p>", _estimates(one)]
    parts.append(_beliefs(facts, name, number))
    parts.append(_sizes(facts, name, number))
    parts.append(_heights(facts, name, number))
    parts.append(_residuals(facts, name, number))
    parts.append(_reasons(facts, one))
    return "".join(parts)


def _estimates(one: Facts) -> str:
    rows: list[list[str]] = []
    if one["launch"] is not None:
        launch = one.at("launch")
        rows.append(["launched at", launch.place(), _area_90(launch.rows("areas"))])
        span = f"{launch.num('t_90_plus_s', 0, sign=True)} to {launch.num('t_90_plus_s', 1, sign=True)} s"
        rows.append(["lift-off", launch.clock("t_utc"), f"90 %: {span}"])
        if launch["azimuth_90_deg"] is not None:
            low, high = (launch.num("azimuth_90_deg", i) for i in (0, 1))
            rows.append(["heading", launch.num("azimuth_deg", unit="°"), f"90 %: {low}° to {high}°"])
    if one["burnout"] is not None and "speed_itrf_mps" in one["burnout"]:
        burnout = one.at("burnout")
        sigma = f"± {burnout.num('t_sigma_s', digits=2)} s" if "t_sigma_s" in one["burnout"] else ""
        rows.append(["end of thrust", burnout.clock("t_utc"), sigma])
        height = burnout.num("altitude_km", unit="km") if "altitude_km" in one["burnout"] else NOTHING
        rows.append(["then", f"{burnout.num('speed_itrf_mps', digits=0)} m/s", f"at {height}"])
    if one["apogee_km"] is not None:
        span = NOTHING
        if one["apogee_90_km"] is not None:
            span = f"90 %: {one.num('apogee_90_km', 0)} to {one.num('apogee_90_km', 1)} km"
        rows.append(["highest", one.num("apogee_km", unit="km"), span])
    if one["impact"] is not None:
        impact = one.at("impact")
        what = "would come down, if thrust stopped" if one["impact"]["is_conditional"] else "comes down at"
        rows.append([what, impact.place(), _area_90(one.rows("impact_areas"))])
        rows.append(["between (90 %)", impact.clock("t_90_utc", 0), impact.clock("t_90_utc", 1)])
    return table(f"{one['id']}, as told last", ["what", "estimate", "doubt"], rows) if rows else ""


def _area_90(areas: list[Facts]) -> str:
    found = next((a.figure("area_km2") for a in areas if abs(a["probability"] - 0.9) < 1e-6), None)
    return NOTHING if found is None else f"90 % area {found} km²"


def _beliefs(facts: Facts, name: str, number: int) -> str:
    """What it was thought to be, over time; the explanations where they were weighed, else the classes."""
    found = _by_id(facts, "explanations", name) or _by_id(facts, "beliefs", name)
    if found is None or not found["moments"]:
        return ""
    moments = [m for m in found["moments"] if m["t_s"] is not None]
    most: dict[str, float] = {}
    for moment in moments:
        for key, share in moment["probabilities"].items():
            most[key] = max(most.get(key, 0.0), share)
    kept = sorted(most, key=lambda key: -most[key])[:MOST_SHARES]
    last = moments[-1]["probabilities"]
    kept.sort(key=lambda key: last.get(key, 0.0))
    shares = {key.replace("-", " "): [m["probabilities"].get(key, 0.0) for m in moments] for key in kept}
    rest = [max(0.0, 1.0 - sum(m["probabilities"].get(key, 0.0) for key in kept)) for m in moments]
    if max(rest) > 0.005:
        shares = {"all else": rest, **shares}
    period = facts["period"]
    svg = stack_plot(
        f"belief-{number}", f"What {name} was believed to be",
        f"Probabilities of {', '.join(shares)} for {name} over time, adding up to one.",
        [m["t_s"] for m in moments], shares, t_end=period["to_s"], x_span=(moments[0]["t_s"], period["to_s"]),
        x_label=f"seconds after {facts['zero']['what']}", marks=_marks(facts, name),
    )  # fmt: skip
    rows = [
        [m.num("t_s", sign=True), m.clock("t_utc"), plain(m["phase"]), *[_share(m, key) for key in kept]]
        for m in found.rows("moments")
    ]
    twin = table(f"Probabilities of {name}", ["s", "UTC", "level or phase", *kept], rows, "long")
    return figure(svg, f"What {name} was believed to be, as it was known at each moment.", twin)


def _share(moment: Facts, key: str) -> str:
    return moment.at("probabilities").percent(key) if key in moment["probabilities"] else NOTHING


def _by_id(facts: Facts, key: str, name: str) -> Facts | None:
    return next((one for one in facts.rows(key) if one["id"] == name), None)


def _marks(facts: Facts, name: str) -> list[tuple[float, str]]:
    """When its evidence reached a level."""
    found: list[tuple[float, str]] = []
    for event in facts["picture"]["events"]:
        level = event["data"].get("evidence") if event["object_id"] == name and event["kind"] == "evidence" else None
        if level in ("correlated", "confirmed") and event["t_declared_plus_s"] is not None:
            found.append((event["t_declared_plus_s"], level))
    return found[:6]


def _sizes(facts: Facts, name: str, number: int) -> str:
    found = next((one for one in facts.rows("areas") if one["object_id"] == name), None)
    if found is None:
        return ""
    lines = []
    for colour, key, label in ((0, "launch_90_km2", "launch"), (6, "impact_90_km2", "impact")):
        points = [(m["t_s"], m[key]) for m in found["moments"] if m[key] is not None]
        if points:
            lines.append(Line(f"{label} area", points, colour, is_steps=True))
    svg = line_plot(
        f"size-{number}", f"How large the areas of {name} were",
        f"The sizes of the 90 % areas of launch and impact of {name} over time, on a logarithmic scale.", lines,
        x_label=f"seconds after {facts['zero']['what']}", y_label="90 % area, km²", is_log=True, tall=210.0,
    )  # fmt: skip
    rows = [
        [m.num("t_s", sign=True), m.clock("t_utc"), m.figure("launch_90_km2"), m.figure("impact_90_km2")]
        for m in found.rows("moments")
    ]
    twin = table(f"90 % areas of {name}", ["s", "UTC", "launch, km²", "impact, km²"], rows, "long")
    return figure(svg, f"How the doubt about {name} shrank: sizes of its 90 % areas.", twin)


def _heights(facts: Facts, name: str, number: int) -> str:
    found = next((one for one in facts.rows("trails") if one["object_id"] == name), None)
    if found is None or len(found["points"]) < 2:
        return ""
    points = [p for p in found["points"] if p["altitude_km"] > -2.0]
    lines = [Line("believed", [(p["t_s"], p["altitude_km"]) for p in points], number)]
    truth = facts["truth"]
    if truth is not None:
        flight_id = next((f["flight_id"] for f in truth["score"]["flights"] if f["object_id"] == name), None)
        track = next((f["track"] for f in truth["flights"] if f["id"] == flight_id), None)
        if track is not None:
            lines.append(Line("truth", list(zip(track["t_s"], track["altitude_km"], strict=True)), 7, is_truth=True))
    svg = line_plot(
        f"height-{number}", f"How high {name} was", f"The believed height of {name} over time, in km.", lines,
        x_label=f"seconds after {facts['zero']['what']}", y_label="height, km", tall=210.0,
    )  # fmt: skip
    rows = [
        [
            p.num("t_s", sign=True), p.clock("t_utc"), p.place(), p.num("altitude_km"), p.num("speed_mps", digits=0),
            p.figure("position_sigma_km"),
        ]
        for p in found.rows("points")
    ]  # fmt: skip
    twin = table(f"Where {name} was believed to be", ["s", "UTC", "place", "height, km", "m/s", "± km"], rows, "long")
    return figure(svg, f"Where {name} was believed to be: its height.", twin)


def _residuals(facts: Facts, name: str, number: int) -> str:
    if name not in facts["explained"]:
        return ""
    found = facts.at("explained", name)
    judged = [(i, look) for i, look in enumerate(found["looks"]) if look["nis"] is not None and look["dof"]]
    if not judged:
        return ""
    by_sensor: dict[str, list[tuple[float, float]]] = {}
    for _, look in judged:
        by_sensor.setdefault(look["sensor_id"], []).append((_seconds(look), look["nis"] / look["dof"]))
    lines = [Line(key, points, colour, is_dots=True) for colour, (key, points) in enumerate(sorted(by_sensor.items()))]
    top = max(4.0, max(y for line in lines for _, y in line.points) * 1.05)
    svg = line_plot(
        f"nis-{number}", f"How far the looks at {name} fell from what was expected",
        f"The squared residual of each look at {name} divided by its count of numbers, by sensor; 1 is as expected.",
        lines, x_label="seconds after lift-off", y_label="squared residual per number (1 is as expected)", tall=210.0,
        y_span=(0.0, min(top, 12.0)), band=(0.5, 1.5),
    )  # fmt: skip
    rows = []
    for i, _ in judged:
        look = found.at("looks", i)
        parts = ", ".join(f"{key} {value:+.2f}" for key, value in look["residual_sigmas"].items() if value is not None)
        rows.append([
            look.clock("t_utc"), look.num("t_plus_s", sign=True), look.text("sensor_id"), look.num("nis", digits=2),
            look.num("dof", digits=0), words(parts), look.num("delay_s", digits=2),
        ])  # fmt: skip
    headings = ["measured", "s", "sensor", "NIS", "numbers", "residuals, in sigma", "heard after, s"]
    share = found.percent("nis", "inside_95", digits=0) if found["nis"]["inside_95"] is not None else NOTHING
    about = f"<p>{share} of {found.num('nis', 'looks', digits=0)} looks fell inside the 95 % they were expected in.</p>"
    twin = table(f"Looks at {name}", headings, rows, "long")
    return figure(svg, f"The looks that {name} rests on, against what was expected of them.", twin) + about


def _seconds(look: dict[str, Any]) -> float:
    return float(look["t_plus_s"]) if look["t_plus_s"] is not None else 0.0


def _reasons(facts: Facts, one: Facts) -> str:
    candidate = next((c for c in facts.rows("picture", "candidates") if c["object_id"] == one["id"]), None)
    both = (
        f'<div class="both"><div><h4>For</h4>{items(one["reasons_for"], "for") or "<p>none</p>"}</div>'
        f"<div><h4>Against</h4>{items(one['reasons_against'], 'against') or '<p>none</p>'}</div></div>"
    )
    if candidate is None:
        return both
    rows = [
        [
            plain(why["name"]), why.percent("probability"), items(why["reasons_for"][:4], "for") or NOTHING,
            items(why["reasons_against"][:4], "against") or NOTHING,
        ]
        for why in candidate.rows("explanations")
        if why["probability"] >= 0.001
    ][:6]  # fmt: skip
    return both + table(
        f"Everything {one['id']} may be, threat and nature alike", ["what", "probability", "for", "against"], rows
    )
