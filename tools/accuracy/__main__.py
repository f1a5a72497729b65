"""Measures, and writes the table into docs/accuracy.md between its two marks; what people wrote around it stays."""

import re
import sys
from pathlib import Path

from tools.accuracy.claims import claim_figures
from tools.accuracy.figures import table
from tools.accuracy.flights import flight_figures
from tools.accuracy.tracks import track_figures
from tools.accuracy.world import world_figures
from vedette.doors.machine import real_data_folder

PAGE = Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"


def put(text: str, name: str, made: str) -> str:
    """The page with the part between `<!-- made: name -->` and `<!-- end: name -->` replaced."""
    begin, end = f"<!-- made: {name} -->", f"<!-- end: {name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    assert pattern.search(text), f"{PAGE} has no place for {name}"
    return pattern.sub(lambda _: f"{begin}\n{made}\n{end}", text)


def main() -> int:
    """Recorded flights that are not here keep the figures they had."""
    text = put(PAGE.read_text(encoding="utf-8"), "world", table(world_figures()))
    text = put(text, "claims", table(claim_figures()))
    text = put(text, "tracks", table(track_figures()))
    if real_data_folder().is_dir():
        text = put(text, "flights", table(flight_figures()))
    else:
        sys.stderr.write("no recorded flights here (VEDETTE_DATA): their figures stay as they were\n")
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
