"""Draws docs/pictures/demo.svg: what the terminal shows in the middle of `vedette demo`. `python -m tools.picture`."""

import io
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from vedette.doors.live import LiveReporter
from vedette.doors.watch_loop import watch_loop
from vedette.engine import Session
from vedette.reports import Mode
from vedette.scenario import make_scenario, read_story
from vedette.sensing import format_sensors
from vedette.time import tai_ns_from_utc_text

FILE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "demo.svg"
STORY, SEED, UNTIL_UTC = "two-launches", 1, "2031-04-01T12:03:00Z"
COLUMNS, ROWS = 140, 42


class Drawn(Exception):
    """The picture is there; the rest of the story is not needed."""


def screen_svg() -> str:
    """The screen at that instant, as an SVG that fetches nothing."""
    story = read_story(STORY)
    made = make_scenario(story, SEED)
    session = Session(mode=Mode.SIMULATED, feeds=(f"scenario:{STORY}",), sensors_toml=format_sensors(made.sensors))
    paper = Console(record=True, width=COLUMNS, height=ROWS, file=io.StringIO(), force_terminal=False)
    screen = LiveReporter(paper, story.title)
    t_until_tai_ns = tai_ns_from_utc_text(UNTIL_UTC)

    def hear(picture, event) -> None:
        screen.heard(picture, event)
        if (picture.t_now_tai_ns or 0) >= t_until_tai_ns:
            screen._remember_places(picture)
            page = Console(
                record=True,
                width=COLUMNS,
                height=ROWS,
                file=io.StringIO(),
                force_terminal=True,
                color_system="truecolor",
            )
            page.print(screen._screen(picture))
            raise Drawn(page.export_svg(title="./run demo", theme=MONOKAI, unique_id="vedette"))

    try:
        watch_loop(made.scans, session, screen, hear=hear)
    except Drawn as drawn:
        return without_addresses(str(drawn))
    raise AssertionError("the story ended before its picture")


def without_addresses(svg: str) -> str:
    """rich names fonts on a server; any monospaced font of the reader's does as well."""
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    return re.sub(r"font-family: Fira Code", "font-family: 'DejaVu Sans Mono', Menlo, Consolas", svg)


def main() -> int:
    """Write it."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(screen_svg(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
