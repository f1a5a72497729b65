"""The picture as a live terminal screen: clock, map, beliefs, alerts, detections arriving.

Drawn at a few frames a second from the same picture that every other door reads.
"""

import time
from collections import deque
from collections.abc import Sized
from math import degrees
from typing import Any

import numpy as np
from rich.console import Console, Group
from rich.layout import Layout
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from vedette.core.constants import NS_PER_S
from vedette.doors.braille import BrailleMap
from vedette.doors.reporters import alert_line, clock_text, finding_line, summary_lines
from vedette.doors.wire import spelling_of
from vedette.engine import sensor_health
from vedette.engine.advance import SKY
from vedette.engine.picture import Picture
from vedette.frames import geodetic_from_itrf
from vedette.reports import Alert, Condition, Evidence, Mode, ObjectSummary, Scan, SensorHealth, SensorKind
from vedette.reports.words import minutes_words, place_words

MODE_STYLES = {
    Mode.REAL: "bold white on red",
    Mode.EXERCISE: "bold black on yellow",
    Mode.TEST: "bold black on cyan",
    Mode.SIMULATED: "bold white on blue",
}
AREA_STYLES = {0.5: "bold red", 0.9: "red", 0.99: "yellow"}
OBJECT_LETTERS = "①②③④⑤⑥⑦⑧⑨"
FRAME_S = 0.12


class LiveReporter:
    """Draws the picture while it grows; prints the end state when the run is over."""

    def __init__(self, console: Console, title: str) -> None:
        self.console, self.title = console, title
        self._lines: deque[Text] = deque(maxlen=60)
        self._heard: deque[str] = deque(maxlen=6)
        self._alerts: dict[str, Alert] = {}  # newest revision, most recently changed last
        self._window: tuple[float, float, float, float] | None = None
        self._tracks: dict[str, list[tuple[float, float]]] = {}
        self._t_drawn = 0.0
        self._live = Live(console=console, auto_refresh=False, screen=console.is_terminal)
        self._live.start()

    def heard(self, picture: Picture, event: Any) -> None:
        """A report arrived; note it and redraw when a frame is due."""
        if isinstance(event, Scan) and len(event):
            self._heard.append(describe(event, clock_text(int(event.t_measured_tai_ns[0]), spelling_of(picture))))
        now = time.monotonic()
        if now - self._t_drawn >= FRAME_S:
            self._t_drawn = now
            self._remember_places(picture)
            self._live.update(self._screen(picture), refresh=True)

    def said(self, picture: Picture) -> None:
        """Keep what was said for the next frame."""
        spell = spelling_of(picture)
        self._lines.extend(Text(finding_line(finding, spell)) for finding in picture.new_findings)
        for alert in picture.new_alerts:
            self._alerts.pop(alert.id, None)
            self._alerts[alert.id] = alert
            self._lines.append(Text(alert_line(alert, spell).split("\n")[0], style=alert_style(alert)))

    def finish(self, picture: Picture, predict_to_tai_ns: int | None) -> None:
        """Leave the screen; print the map and what is believed, so that it stays to be read."""
        self._remember_places(picture)
        self._live.stop()
        self.console.print(Panel(self._map(picture, self.console.width - 4, 16), title="the picture at the end"))
        for line in self._lines:
            self.console.print(line, soft_wrap=True)
        for text in summary_lines(picture, predict_to_tai_ns):
            self.console.print(text, highlight=False, soft_wrap=True)

    # ---- pieces of the screen

    def _screen(self, picture: Picture) -> Layout:
        layout = Layout()
        rows = min(len(picture.sources), 7)
        layout.split_column(
            Layout(name="banner", size=1),
            Layout(name="body"),
            Layout(name="sources", size=rows + 2, visible=rows > 0),
            Layout(name="said", size=12),
        )
        layout["sources"].update(Panel(sources_table(picture), title="sources: reports, last heard, delay, doubts"))
        layout["body"].split_row(Layout(name="map", ratio=3), Layout(name="objects", ratio=2))
        layout["said"].split_row(Layout(name="timeline", ratio=3), Layout(name="alerts", ratio=2))
        layout["banner"].update(self._banner(picture))
        height = max(8, self.console.height - 13 - 2 - 7 - (rows + 2 if rows else 0))
        sky = self._map(picture, self.console.width * 3 // 5 - 4, height)
        heard = Text("\n".join(self._heard), style="dim")
        layout["map"].update(Panel(Group(sky, heard), title="where  (red: impact 50/90 %, yellow: 99 %)"))
        beliefs = Panel(Group(*(belief(summary, picture) for summary in shown_objects(picture))), title="beliefs")
        health = sensor_health(picture)
        if any(one.condition is not Condition.OK for one in health):
            sensors = Panel(Text("\n").join(sensor_row(one) for one in health), title="sensors")
            rows = min(len(health), 8) + 2
            layout["objects"].split_column(Layout(beliefs), Layout(sensors, size=rows))
        else:
            layout["objects"].update(beliefs)
        lines = Text("\n", no_wrap=True, overflow="ellipsis").join(list(self._lines)[-10:])
        layout["timeline"].update(Panel(lines, title="timeline"))
        newest = list(self._alerts.values())[::-1]
        alerts = Group(*(alert_card(a, is_open=a is newest[0]) for a in newest)) if newest else Text("none", "green")
        layout["alerts"].update(Panel(alerts, title="proposed alerts (people release)"))
        return layout

    def _banner(self, picture: Picture) -> Text:
        mode, spell = picture.session.mode, spelling_of(picture)
        now = picture.t_now_tai_ns
        clock = "waiting" if now is None else f"{spell.utc(now) or ''}  {clock_text(now, spell)}"
        sky = picture.followers.get(SKY)
        crowd = f"   {len(sky):,} in the sky" if isinstance(sky, Sized) else ""
        text = f" {mode.value}   {self.title}   {clock}   {picture.detection_count} detections{crowd} "
        return Text(text.ljust(self.console.width), style=MODE_STYLES[mode])

    def _remember_places(self, picture: Picture) -> None:
        for summary in shown_objects(picture):
            if summary.state and "position_itrf_m" in summary.state:
                lat_rad, lon_rad, _ = geodetic_from_itrf(np.array(summary.state["position_itrf_m"]))
                here = (float(np.degrees(lat_rad)), float(np.degrees(lon_rad)))
                trail = self._tracks.setdefault(summary.id, [])
                if not trail or trail[-1] != here:
                    trail.append(here)

    def _map(self, picture: Picture, columns: int, rows: int) -> Text:
        points = [p for trail in self._tracks.values() for p in trail]
        for summary in shown_objects(picture):
            for shape in _areas_of(summary):
                points += list(zip(shape.lat_deg, shape.lon_deg, strict=True))
            if summary.launch:
                points.append((summary.launch.lat_deg, summary.launch.lon_deg))
        if not points:
            no_launch = picture.no_launch()  # kept while no sensor falls silent or comes back
            worth = f"watching; {no_launch.text}" if no_launch is not None else "watching; nothing has been heard yet"
            return Text("\n" * (rows // 2) + worth, style="dim", justify="center")
        window = self._grow(points, columns, rows)
        sheet = BrailleMap(columns, rows, window[:2], window[2:])
        for index, summary in enumerate(shown_objects(picture)):
            for shape in sorted(_areas_of(summary), key=lambda a: -a.probability):
                style = AREA_STYLES.get(round(shape.probability, 2), "yellow")
                sheet.line(shape.lat_deg, shape.lon_deg, style, is_closed=True)
            trail = self._tracks.get(summary.id, [])
            sheet.line([lat for lat, _ in trail], [lon for _, lon in trail], "cyan")
            letter = OBJECT_LETTERS[index % len(OBJECT_LETTERS)]
            if summary.launch:
                sheet.mark(summary.launch.lat_deg, summary.launch.lon_deg, "▲" + letter, "bold green")
            if summary.impact and not summary.impact.is_conditional:
                sheet.mark(summary.impact.lat_deg, summary.impact.lon_deg, "✕" + letter, "bold red")
            if trail:
                sheet.mark(trail[-1][0], trail[-1][1], "●", "bold cyan")
        text = Text()
        for row in sheet.cells():
            for character, style in row:
                text.append(character, style=style or None)
            text.append("\n")
        south_west, north_east = place_words(window[0], window[2]), place_words(window[1], window[3])
        text.append(f"{south_west} … {north_east}".rjust(columns), style="dim")
        return text

    def _grow(self, points: list[tuple[float, float]], columns: int, rows: int) -> tuple[float, float, float, float]:
        """A window that holds every point, a little air, and keeps the ground's proportions; it never shrinks."""
        from math import cos, radians

        south, north = min(p[0] for p in points), max(p[0] for p in points)
        west, east = min(p[1] for p in points), max(p[1] for p in points)
        if self._window:
            south, north = min(south, self._window[0]), max(north, self._window[1])
            west, east = min(west, self._window[2]), max(east, self._window[3])
        self._window = (south, north, west, east)
        shrink = max(0.2, cos(radians((south + north) / 2)))
        height_deg = max((north - south) * 1.2, 1.0, (east - west) * 1.1 * shrink * (4 * rows) / (2 * columns))
        width_deg = height_deg / shrink * (2 * columns) / (4 * rows)
        lat, lon = (south + north) / 2, (west + east) / 2
        return lat - height_deg / 2, lat + height_deg / 2, lon - width_deg / 2, lon + width_deg / 2


def shown_objects(picture: Picture) -> tuple[ObjectSummary, ...]:
    """The objects that a screen has room for: a crowd is counted, and not drawn."""
    return tuple(one for key, follower in picture.followers.items() if key != SKY for one in follower.objects())


def sources_table(picture: Picture, most: int = 6) -> Table:
    """How late and how evenly each source's reports come, doubtful ones first."""
    table = Table.grid(padding=(0, 2))
    spell = spelling_of(picture)
    clocks = sorted(picture.sources.values(), key=lambda clock: not clock.words)
    for clock in clocks[:most]:
        delay_s, jitter_s = clock.delay_s, clock.jitter_s
        late = "" if delay_s is None else f"{delay_s:+.3f} s"
        even = "" if jitter_s is None else f"± {jitter_s:.3f}"
        heard = spell.utc(clock.t_heard_tai_ns)
        doubts = Text(", ".join(clock.words), style="bold magenta")
        table.add_row(clock.sensor_id, f"{clock.scan_count}", heard[11:19] if heard else "", late, even, doubts)
    if len(clocks) > most:
        table.add_row(f"and {len(clocks) - most} more")
    return table


def _areas_of(summary: ObjectSummary) -> tuple[Any, ...]:
    return tuple(a for a in summary.impact.areas if a.shape == "polygon") if summary.impact else ()


def belief(summary: ObjectSummary, picture: Picture) -> Table:
    """One object as a small table: phase, class bars, launch, apogee, impact and the time left."""
    spell = spelling_of(picture)
    table = Table.grid(padding=(0, 1))
    table.add_row(Text(f"{summary.id}", style="bold"), Text(f"{summary.phase}", style="bold cyan"))
    for name, probability in sorted(summary.probabilities.items(), key=lambda item: -item[1])[:4]:
        if probability >= 0.005:
            bar = "█" * round(16 * probability) + "░" * (16 - round(16 * probability))
            table.add_row(Text(f"{100 * probability:3.0f} %"), Text(f"{bar} {name}"))
    if summary.launch:
        launch = summary.launch
        azimuth = "near-vertical" if launch.azimuth_deg is None else f"heading {launch.azimuth_deg:03.0f}°"
        table.add_row("from", f"{place_words(launch.lat_deg, launch.lon_deg)}  {azimuth}")
    if summary.apogee_km is not None:
        table.add_row("top", f"{summary.apogee_km:.0f} km")
    if summary.impact:
        impact = summary.impact
        size = next((a.area_km2 for a in impact.areas if abs(a.probability - 0.9) < 1e-9), None)
        style = "dim" if impact.is_conditional else "bold red"
        words = "if thrust stopped now" if impact.is_conditional else "impact"
        table.add_row(words, Text(place_words(impact.lat_deg, impact.lon_deg), style=style))
        if size is not None:
            table.add_row("", Text(f"90 % area {size:,.0f} km²", style=style))
        if picture.t_now_tai_ns is not None and not impact.is_conditional:
            first, last = ((t - picture.t_now_tai_ns) / NS_PER_S for t in impact.t_90_tai_ns)
            table.add_row("", Text(f"in {minutes_words(first)} to {minutes_words(last)}", style=style))
        elif impact.is_conditional:
            table.add_row(
                "", Text(f"between {' and '.join(clock_text(t, spell) for t in impact.t_90_tai_ns)}", style=style)
            )
    if summary.quality:
        table.add_row("marks", Text(", ".join(summary.quality), style="magenta"))
    table.add_row("", "")
    return table


def alert_style(alert: Alert) -> str:
    """Loud while it stands on two phenomena, plain red on one, green when it is over."""
    if alert.evidence in (Evidence.WITHDRAWN, Evidence.PASSED):
        return "green"
    return "bold white on red" if alert.evidence is Evidence.CONFIRMED else "bold red"


def alert_card(alert: Alert, is_open: bool) -> Text:
    """One alert; the open one shows both sides of its argument."""
    card = Text()
    card.append(f" {alert.kind.upper()} {alert.object_id} ", style=alert_style(alert))
    card.append(f" {alert.evidence}, {alert.message}", style="bold")
    card.append(f"\n {alert.text}", style="none")
    if is_open:
        for sign, reasons in (("+", alert.reasons_for), ("-", alert.reasons_against)):
            for reason in reasons:
                card.append(f"\n {sign} {reason}", style="cyan" if sign == "+" else "magenta")
    return card


def describe(scan: Scan, clock: str) -> str:
    """A detection as a person would call it out."""
    what = _call_out(scan.kind, *scan.values[0])
    more = f" and {len(scan) - 1} more" if len(scan) > 1 else ""
    return f"{clock}  {scan.sensor_id}: {what}{more}"


def _call_out(kind: SensorKind, *first: float) -> str:
    match kind:
        case SensorKind.RADAR | SensorKind.OVER_THE_HORIZON | SensorKind.LASER | SensorKind.LIDAR:
            return f"echo at {first[2] / 1e3:,.0f} km" if first[2] == first[2] else "echo"
        case SensorKind.INFRARED:
            return f"hot spot {first[3] / 1e3:,.0f} kW/sr" if first[3] == first[3] else "hot spot"
        case SensorKind.OPTICAL:
            return f"light of magnitude {first[3]:.1f}" if first[3] == first[3] else "light"
        case SensorKind.THERMAL:
            return "warm spot"
        case SensorKind.PASSIVE_RADIO:
            return f"emission from {degrees(first[0]):.0f} deg"
        case SensorKind.TIME_DIFFERENCE:
            return f"emission {first[0] / 1e3:+,.1f} km farther than from its reference"
        case SensorKind.STROBE:
            return f"noise from {degrees(first[0]):.0f} deg"
        case SensorKind.TELEMETRY:
            return f"{first[0]:,.0f} m/s at {first[1] / 1e3:,.1f} km"


CONDITION_STYLES = {Condition.OK: "green", Condition.DEGRADED: "bold yellow", Condition.SILENT: "bold red"}


def sensor_row(health: SensorHealth) -> Text:
    """One sensor in a line: its name, its condition, and why."""
    row = Text(no_wrap=True, overflow="ellipsis")
    row.append(f"{health.sensor_id:<14}")
    row.append(f"{health.condition.value:<9}", style=CONDITION_STYLES[health.condition])
    row.append("" if health.condition is Condition.OK else health.text, style="dim")
    return row
