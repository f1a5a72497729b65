"""Main-thread work of moving 30,000 catalogued objects once a second, on the flat map and on the globe, in Chromium.

What is timed is `performance.measure` in the page: for the map projecting and writing the pixels, for the globe
setting the positions and the upload that the next frame does. The peer is CesiumJS's older `PointPrimitiveCollection`,
in the same run. Frame rates are not told: software graphics make them meaningless.
"""

import json
import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

COUNT = 30_000
BUDGET_MS = 16.0
SECONDS = 20
DIST = Path(__file__).resolve().parents[1] / "console" / "dist"
READ = """() => {
  const by = {};
  for (const one of performance.getEntriesByType("measure")) (by[one.name] ??= []).push(one.duration);
  return by;
}"""


def run(options: list[str]) -> int:
    """One JSON line for each way of drawing; code 1 without a browser or a built console."""
    if not (DIST / "index.html").exists() or shutil.which("chromium") is None:
        sys.stderr.write("needs the built console (./run console) and chromium\n")
        return 1
    seconds = 8 if "--quick" in options else SECONDS
    for what, query, names in (
        ("flat map", "?layout=map", ["vedette.points.map"]),
        ("globe, buffer points", "?layout=map&view=globe&gfx=lite", _GLOBE),
        ("globe, point primitives (peer)", "?layout=map&view=globe&gfx=lite&points=primitive", _GLOBE),
    ):
        figures = _measured(query, seconds)
        medians = [statistics.median(figures[name]) if figures.get(name) else None for name in names]
        if any(one is None for one in medians):
            sys.stderr.write(f"{what}: nothing was drawn in {seconds} s\n")
            return 1
        total = sum(one for one in medians if one is not None)
        line: dict[str, Any] = {
            "benchmark": "points", "what": what, "objects": COUNT, "median_ms": round(total, 2),
            "parts_ms": {n: round(m, 2) for n, m in zip(names, medians, strict=True) if m is not None},
            "samples": min(len(figures[name]) for name in names), "goal_ms": BUDGET_MS, "reached": total <= BUDGET_MS,
        }  # fmt: skip
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    return 0


_GLOBE = ["vedette.points.globe.move", "vedette.points.globe.upload"]


def _measured(query: str, seconds: int) -> dict[str, list[float]]:
    from benchmarks._console_page import console

    with console(DIST, query, COUNT) as (page, second):
        for _ in range(90):  # the globe's first tiles take their time in software
            second()
            if "globe" not in query or page.locator("[data-testid=globe][data-ready=true]").count():
                break
        for _ in range(3):  # compiled, and its arrays made
            second()
        page.evaluate("performance.clearMeasures()")
        for _ in range(seconds):
            second()
        found: dict[str, list[float]] = page.evaluate(READ)
    # frames in between upload nothing; those are no updates
    moves = len(found.get("vedette.points.globe.move", []))
    if moves:
        found[_GLOBE[1]] = sorted(found.get(_GLOBE[1], []), reverse=True)[:moves]
    return found
