"""How pictures, objects, alerts, tracks and reports look in a notebook: tables with a small map, and no script.

A value knows nothing of HTML; doors do. Importing this module gives the classes below a `_repr_html_`, which Jupyter
and its kin ask for; `vedette` imports it by itself where a notebook is running. `show(thing)` is the same text.
"""

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

import numpy as np

from vedette.core.errors import UsageError
from vedette.doors.after_action.markup import significant
from vedette.doors.drawing import STYLE, Line, MapArea, MapLine, MapPoint, line_plot, stack_plot, world_map
from vedette.doors.wire import Spelling, spelling_of
from vedette.engine import Picture
from vedette.frames import geodetic_from_itrf
from vedette.reports import COLUMNS, Alert, Area, ImpactArea, LaunchEstimate, ObjectSummary, Scan
from vedette.reports.words import place_words
from vedette.time import utc_text_from_tai_ns
from vedette.tracking import Tracks

MOST_ROWS = 40
_TABLE = (
    ".vedette table{border-collapse:collapse;margin:.3em 0}.vedette th,.vedette td{text-align:left;vertical-align:top;"
    "padding:.15em .7em .15em 0;border-bottom:1px solid #8886}.vedette caption{text-align:left;font-weight:600}"
    ".vedette .band{font-weight:700;letter-spacing:.1em}.vedette svg{max-width:100%}"
)


def show(thing: Any) -> str:
    """HTML for a picture, object, alert, tracks, launch, impact area or scan; UsageError for anything else."""
    for kind, draw in _DRAWN.items():
        if isinstance(thing, kind):
            return str(draw(thing))
    names = ", ".join(kind.__name__ for kind in _DRAWN)
    raise UsageError(f"a {type(thing).__name__} cannot be shown; these can: {names}")


def install() -> None:
    """Give the classes their `_repr_html_`; again does no harm."""
    for kind, draw in _DRAWN.items():
        kind._repr_html_ = draw  # type: ignore[attr-defined]


# ---- each of them


def of_picture(picture: Picture) -> str:
    """The whole picture: a map, objects, alerts, and the last things that were said."""
    spell = spelling_of(picture)
    now = None if picture.t_now_tai_ns is None else spell.utc(picture.t_now_tai_ns)
    head = (
        f'<p><span class="band">{escape(picture.session.mode.value)}</span> {escape(now or "before any report")}: '
        f"{picture.scan_count:,} looks, {picture.detection_count:,} detections, {len(picture.objects)} objects</p>"
    )
    said = [
        [escape(spell.utc(f.t_declared_tai_ns) or "–"), escape(f.kind.value), escape(f.object_id), escape(f.text)]
        for f in picture.timeline[-8:]
    ]
    return _framed(
        head,
        _map(picture.objects, _places(picture)),
        _object_table(picture.objects, spell),
        _alert_table(picture.alerts, spell),
        _table("Said last", ["said", "what", "of", "in words"], said),
    )


def of_object(summary: ObjectSummary) -> str:
    """One object: what it may be, where from and where to, and what speaks for and against."""
    shares = sorted(summary.probabilities.items(), key=lambda one: -one[1])
    rows = [[escape(name), f"{100 * share:.1f} %"] for name, share in shares if share >= 0.0005]
    reasons = [["for", escape(one)] for one in summary.reasons_for]
    reasons += [["against", escape(one)] for one in summary.reasons_against]
    where = [*_launch_rows(summary.launch), *_impact_rows(summary.impact)]
    return _framed(
        f"<p><strong>{escape(summary.id)}</strong>: {escape(summary.class_name)}, {escape(summary.phase)}; seen by "
        f"{escape(', '.join(summary.sensors) or 'no sensor')}</p>",
        _map((summary,), ()),
        _bars(summary) if len(rows) > 1 else "",
        _table("What it may be", ["class", "probability"], rows),
        _table("Where and when", ["what", "estimate", "doubt"], where),
        _table("Reasons", ["", "in words"], reasons),
    )


def of_alert(alert: Alert) -> str:
    """One alert with its reasons."""
    reasons = [["for", escape(one)] for one in alert.reasons_for]
    reasons += [["against", escape(one)] for one in alert.reasons_against]
    head = (
        f"<p><strong>{escape(alert.kind.upper())} {escape(alert.object_id)}</strong> [{escape(alert.evidence)} | "
        f"{escape(alert.message)}] {escape(alert.text)}</p>"
    )
    return _framed(head, _table("Reasons", ["", "in words"], reasons))


def of_launch(launch: LaunchEstimate) -> str:
    """A launch with its areas."""
    areas = [MapArea(a.lat_deg, a.lon_deg, 0, "wash") for a in launch.areas if a.shape == "polygon"]
    svg = _small_map("A launch", "Its 50, 90 and 99 % areas.", areas, [_point(launch, "launch", "triangle")])
    return _framed(svg, _table("Launch", ["what", "estimate", "doubt"], _launch_rows(launch)))


def of_impact(impact: ImpactArea) -> str:
    """Where and when something comes down."""
    areas = [MapArea(a.lat_deg, a.lon_deg, 6, "wash") for a in impact.areas if a.shape == "polygon"]
    svg = _small_map("An impact area", "Its 50, 90 and 99 % areas.", areas, [_point(impact, "impact", "dot")])
    return _framed(svg, _table("Impact", ["what", "estimate", "doubt"], _impact_rows(impact)))


def of_tracks(tracks: Tracks) -> str:
    """Tracks at one instant: where, how fast, how sure."""
    rows: list[list[str]] = []
    points: list[MapPoint] = []
    for view in list(tracks)[:MOST_ROWS]:
        lat, lon, height = (float(x) for x in geodetic_from_itrf(view.state_itrf[:3]))
        sigma_m = float(np.sqrt(max(float(np.trace(view.state_cov_itrf[:3, :3])), 0.0)))
        points.append(MapPoint(float(np.degrees(lat)), float(np.degrees(lon)), view.id, len(points)))
        rows.append([
            escape(view.id), place_words(float(np.degrees(lat)), float(np.degrees(lon))), f"{height / 1e3:,.1f}",
            f"{significant(sigma_m / 1e3, 3)}", f"{float(np.linalg.norm(view.state_itrf[3:6])):,.0f}",
            f"{view.existence:.3f}",
        ])  # fmt: skip
    head = f"<p>{len(tracks)} tracks, and {tracks.tentative_count} that are not confirmed</p>"
    more = f"<p>{len(tracks) - MOST_ROWS} more</p>" if len(tracks) > MOST_ROWS else ""
    headings = ["track", "place", "height, km", "± km", "m/s", "it exists"]
    svg = _small_map("Tracks", "Where each is believed to be.", [], points) if points else ""
    return _framed(head, svg, _table("Tracks", headings, rows), more)


def of_scan(scan: Scan) -> str:
    """One look: its detections in degrees and kilometres."""
    names = COLUMNS[scan.kind]
    spelled = [name.replace("_rad", ", deg").replace("_mps", ", m/s").replace("range_m", "range, km") for name in names]
    rows = []
    for i in range(min(len(scan), MOST_ROWS)):
        cells = [utc_text_from_tai_ns(int(scan.t_measured_tai_ns[i]))]
        for name, value, sigma in zip(names, scan.values[i], scan.sigmas[i], strict=True):
            factor = 180.0 / np.pi if name.endswith("_rad") else 1e-3 if name == "range_m" else 1.0
            known = np.isfinite(value)
            cells.append(f"{value * factor:,.4g} ± {sigma * factor:.2g}" if known else "–")
        rows.append(cells)
    head = (
        f'<p><span class="band">{escape(scan.mode.value)}</span> {escape(scan.sensor_id)} ({escape(scan.kind.value)}), '
        f"{len(scan)} detections, received {utc_text_from_tai_ns(scan.t_received_tai_ns)}</p>"
    )
    return _framed(head, _table("Detections", ["measured", *spelled], rows))


# ---- parts of them


def _framed(*parts: str) -> str:
    return f'<div class="vedette"><style>{STYLE}{_TABLE}</style>{"".join(parts)}</div>'


def _table(caption: str, headings: list[str], rows: Iterable[list[str]]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    if not body:
        return ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in headings)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _object_table(objects: Iterable[ObjectSummary], spell: Spelling) -> str:
    rows = []
    for one in list(objects)[:MOST_ROWS]:
        share = max(one.probabilities.values(), default=None)
        launch = place_words(one.launch.lat_deg, one.launch.lon_deg) if one.launch else "–"
        impact = place_words(one.impact.lat_deg, one.impact.lon_deg) if one.impact else "–"
        span = "–"
        if one.impact is not None:
            first, last = (spell.utc(t) for t in one.impact.t_90_tai_ns)
            span = "–" if first is None or last is None else f"{first[11:19]} to {last[11:19]}"
        rows.append([
            escape(one.id), escape(one.class_name), "–" if share is None else f"{100 * share:.0f} %",
            escape(one.phase), launch, impact, span, _size(one.impact.areas if one.impact else ()),
            escape(", ".join(one.sensors)),
        ])  # fmt: skip
    headings = ["object", "class", "", "phase", "launch", "impact", "impact, UTC (90 %)", "90 % area, km²", "sensors"]
    return _table("Objects", headings, rows)


def _alert_table(alerts: Iterable[Alert], spell: Spelling) -> str:
    rows = [
        [escape(one.id), escape(one.evidence), escape(spell.utc(one.t_tai_ns) or "–"), escape(one.text)]
        for one in list(alerts)[:MOST_ROWS]
    ]
    return _table("Alerts", ["alert", "evidence", "said", "in words"], rows)


def _launch_rows(launch: LaunchEstimate | None) -> list[list[str]]:
    if launch is None:
        return []
    first, last = ((t - launch.t_tai_ns) / 1e9 for t in launch.t_90_tai_ns)
    rows = [
        ["launch", place_words(launch.lat_deg, launch.lon_deg), f"90 % area {_size(launch.areas)} km²"],
        ["lift-off", utc_text_from_tai_ns(launch.t_tai_ns), f"90 %: {first:+.1f} to {last:+.1f} s"],
    ]
    if launch.azimuth_deg is not None:
        span = launch.azimuth_90_deg
        rows.append(
            ["heading", f"{launch.azimuth_deg:.1f}°", "" if span is None else f"90 %: {span[0]:.1f}° to {span[1]:.1f}°"]
        )
    return rows


def _impact_rows(impact: ImpactArea | None) -> list[list[str]]:
    if impact is None:
        return []
    what = "impact, if thrust stopped now" if impact.is_conditional else "impact"
    first, last = (utc_text_from_tai_ns(t, digits=0) for t in impact.t_90_tai_ns)
    return [
        [what, place_words(impact.lat_deg, impact.lon_deg), f"90 % area {_size(impact.areas)} km²"],
        ["between (90 %)", first, last],
    ]


def _size(areas: tuple[Area, ...]) -> str:
    return next((significant(one.area_km2, 3) for one in areas if abs(one.probability - 0.9) < 1e-6), "–")


def _places(picture: Picture) -> list[MapPoint]:
    """Sensors on the ground."""
    found = []
    for name, sensor in sorted(picture.sensors.items()):
        site = getattr(sensor, "site", None)
        if name in picture.last_heard_tai_ns and hasattr(site, "lat_deg"):
            found.append(MapPoint(site.lat_deg, site.lon_deg, name, 2, "square"))  # type: ignore[union-attr]
    return found


def _map(objects: Iterable[ObjectSummary], sensors: Iterable[MapPoint]) -> str:
    areas, points, lines = [], list(sensors), []
    for number, one in enumerate(list(objects)[:MOST_ROWS]):
        ends = []
        if one.launch is not None:
            areas += [MapArea(a.lat_deg, a.lon_deg, number) for a in one.launch.areas if a.shape == "polygon"]
            points.append(_point(one.launch, f"{one.id} launch", "triangle", number))
            ends.append((one.launch.lat_deg, one.launch.lon_deg))
        if one.state is not None and "position_itrf_m" in one.state and one.phase not in ("down", "lost"):
            lat, lon, _ = np.degrees(geodetic_from_itrf(np.array(one.state["position_itrf_m"])))
            points.append(MapPoint(float(lat), float(lon), one.id, number))
            ends.append((float(lat), float(lon)))
        if one.impact is not None:
            areas += [MapArea(a.lat_deg, a.lon_deg, number) for a in one.impact.areas if a.shape == "polygon"]
            points.append(_point(one.impact, f"{one.id} impact", "dot", number))
            ends.append((one.impact.lat_deg, one.impact.lon_deg))
        lines.append(MapLine([lat for lat, _ in ends], [lon for _, lon in ends], number, "line thin dash"))
    if not points:
        return ""
    words = "Launches (triangles), where each object is believed to be and comes down (dots), areas, sensors (squares)."
    return _small_map("The picture", words, areas, points, lines)


def _small_map(
    title: str, words: str, areas: list[MapArea], points: list[MapPoint], lines: list[MapLine] | None = None
) -> str:
    return world_map(
        "vedette-map", title, words, areas=areas, lines=lines or [], points=points, wide=640.0, most_tall=380.0,
        least_span_deg=0.5,
    )  # fmt: skip


def _point(place: LaunchEstimate | ImpactArea, label: str, shape: str, colour: int = 0) -> MapPoint:
    return MapPoint(place.lat_deg, place.lon_deg, label, colour, shape)


def _bars(summary: ObjectSummary) -> str:
    """Probabilities as one stacked bar."""
    shares = {name: [share] for name, share in sorted(summary.probabilities.items(), key=lambda one: one[1])[-7:]}
    return stack_plot(
        "vedette-bar", f"What {summary.id} may be", "The probability of each class.", [0.0], shares, t_end=1.0,
        x_label="", wide=420.0, tall=190.0,
    )  # fmt: skip


def belief_plot(pictures: Iterable[Picture], object_id: str) -> str:
    """HTML: what an object was believed to be in each of some pictures, and how large its impact area was.

    Pictures grow older as they are handed out (decision 0010): give the generator itself, as in
    `belief_plot(vd.watch("two-launches"), "O1")`.
    """
    times: list[float] = []
    beliefs: list[dict[str, float]] = []
    sizes: list[tuple[float, float]] = []
    for picture in pictures:
        spell = spelling_of(picture)
        for one in picture.objects:
            t_s = None if picture.t_now_tai_ns is None else spell.plus_s(picture.t_now_tai_ns)
            if one.id != object_id or t_s is None or (times and t_s <= times[-1]):
                continue
            times.append(t_s)
            beliefs.append(dict(one.probabilities))
            size = (
                None if one.impact is None else next((a.area_km2 for a in one.impact.areas if a.probability == 0.9), 0)
            )
            if size:
                sizes.append((t_s, size))
    if not times:
        raise UsageError(f"no picture told of an object {object_id!r} after lift-off")
    names = sorted({name for one in beliefs for name in one}, key=lambda name: beliefs[-1].get(name, 0.0))[-7:]
    shares = {name: [one.get(name, 0.0) for one in beliefs] for name in names}
    stack = stack_plot(
        "vedette-belief", f"What {object_id} was believed to be", "Probabilities over time.", times, shares,
        t_end=times[-1], x_label="seconds after lift-off", wide=760.0,
    )  # fmt: skip
    line = line_plot(
        "vedette-size", f"The 90 % impact area of {object_id}", "Its size over time.", [Line("90 % area", sizes, 6)],
        x_label="seconds after lift-off", y_label="km²", is_log=True, wide=760.0, tall=200.0,
    )  # fmt: skip
    return _framed(stack, line)


_DRAWN: dict[type, Callable[[Any], str]] = {
    Picture: of_picture,
    ObjectSummary: of_object,
    Alert: of_alert,
    LaunchEstimate: of_launch,
    ImpactArea: of_impact,
    Tracks: of_tracks,
    Scan: of_scan,
}

install()
