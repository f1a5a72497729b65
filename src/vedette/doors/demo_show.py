"""The demo: a seeded story played live, and at the end what was said held against what happened."""

import os
import sys
from pathlib import Path
from typing import Any

from vedette.doors.data_dir import journals_dir_of
from vedette.doors.reporters import TimelineReporter
from vedette.doors.sealed_journal import create_sealed
from vedette.doors.watch_loop import watch_loop
from vedette.doors.watching import new_journal_path
from vedette.engine import Picture, Session
from vedette.exercise.score import flight_verdicts
from vedette.reports import Mode, Scan
from vedette.reports.words import place_words
from vedette.scenario import make_scenario, read_story
from vedette.sensing import format_sensors


def run_demo(scenario: str, seed: int, speed: float | None, data_dir: Path | None) -> int:
    """Play a story in the terminal; a screen when there is one, lines otherwise."""
    story = read_story(scenario)
    sys.stderr.write(
        f"{story.title}; seed {seed}. Making truth and sensor returns (the first time compiles kernels) ...\n"
    )
    sys.stderr.flush()
    made = make_scenario(story, seed)
    named = f"scenario:{scenario}?seed={seed}"  # so that a report can hold it against the truth
    session = Session(mode=Mode.SIMULATED, feeds=(named,), sensors_toml=format_sensors(made.sensors))
    path = new_journal_path(journals_dir_of(data_dir))
    reporter, hear = _listener(story.title)
    with create_sealed(path, session, data_dir) as journal:
        picture = watch_loop(made.scans, session, reporter, journal, speed, hear)
    for line in verdict_lines(picture, made):
        sys.stdout.write(line + "\n")
    sys.stderr.write(f"journal: {path}   (again: vedette replay {path})\n")
    return 0


def _listener(title: str) -> tuple[Any, Any]:
    if sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        from rich.console import Console

        from vedette.doors.live import LiveReporter

        screen = LiveReporter(Console(), title)
        return screen, screen.heard
    lines = TimelineReporter()
    return lines, FirstDetections(lines)


class FirstDetections:
    """Without a screen, each sensor's first detections are called out as lines."""

    CALLED_OUT = 3  # then the timeline speaks

    def __init__(self, lines: TimelineReporter) -> None:
        self.lines = lines
        self._counts: dict[str, int] = {}

    def __call__(self, picture: Picture, event: Any) -> None:
        """Print the first few detections of a sensor."""
        from vedette.doors.live import describe
        from vedette.doors.reporters import clock_text
        from vedette.doors.wire import spelling_of

        if not isinstance(event, Scan) or not len(event):
            return
        count = self._counts[event.sensor_id] = self._counts.get(event.sensor_id, 0) + 1
        if count <= self.CALLED_OUT:
            clock = clock_text(int(event.t_measured_tai_ns[0]), spelling_of(picture))
            self.lines.out.write(f"{describe(event, clock)}\n")
            self.lines.out.flush()


def verdict_lines(picture: Picture, made: Any) -> list[str]:
    """What was said against what happened, a line a claim."""
    lines = ["", "against the truth:"]
    for verdict in flight_verdicts(picture, made):
        found = verdict.object_id or "never found"
        lines.append(
            f"  {verdict.flight_id} ({verdict.class_name}) was {found}, called {verdict.said_class or 'nothing'}"
        )
        if verdict.launch_error_km is not None:
            inside = "inside" if verdict.is_launch_inside_90 else "outside"
            lines.append(f"    launch point {verdict.launch_error_km:.2f} km off, {inside} the 90 % area")
        if verdict.impact_error_km is not None:
            assert verdict.impact_lat_deg is not None and verdict.impact_lon_deg is not None
            inside = "inside" if verdict.is_impact_inside_90 else "outside"
            true = place_words(verdict.impact_lat_deg, verdict.impact_lon_deg)
            lines.append(f"    impact at {true}, {verdict.impact_error_km:.2f} km off, {inside} the 90 % area")
        if verdict.t_declared_after_s is not None:
            lines.append(f"    launch declared {verdict.t_declared_after_s:.0f} s after lift-off")
    return lines
