"""Passes of known objects, and strangers joined by directions, from the records that `./run calibrate` keeps."""

import json
from pathlib import Path
from typing import Any

from vedette.exercise import calibrate_directions, calibrate_known_passes

KNOWN_PASSES, DIRECTIONS = Path("calibrate-known-passes.jsonl"), Path("calibrate-directions.jsonl")
_SURE_95 = 2.996  # events that may be and were not met in so many tries, at 95 %


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def known_passes_table() -> str:
    """With the whole catalogue and, for some of the same looks, without it."""
    told = calibrate_known_passes.summarise(_rows(KNOWN_PASSES))
    lines = [
        "| watch | watches | passes | detections | named | tracks begun | weighed in the open "
        "| led by a launch | most that a launch was given | launch alerts |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for part, words in (("with the catalogue", ""), ("without it", ", without the catalogue")):
        for name, row in told[part].items():
            named = f"{100 * row['named'] / row['detections']:.2f} %" if not words else ""
            lines.append(
                f"| {name}{words} | {row['watches']} | {row['passes']:,} | {row['detections']:,} | {named} | "
                f"{row['tracks']} | {row['weighed']} | {row['led_by_launch']} | "
                f"{100 * row['most_launch']:.1f} % | {row['alerts']} |"
            )
    passes = told["with the catalogue"]["together"]["passes"]
    lines += ["", f"None in {passes:,} passes is fewer than one in {passes / _SURE_95:,.0f} at 95 %."]
    return "\n".join(lines) if not told["with the catalogue"]["together"]["led_by_launch"] else "\n".join(lines[:-2])


def directions_table() -> str:
    """Pairs that are one object, those that were joined, and those that were joined wrongly."""
    told = calibrate_directions.summarise(_rows(DIRECTIONS))
    lines = ["| objects | pairs of one object | joined | joined wrongly |", "| --- | --- | --- | --- |"]
    for kind in calibrate_directions.KINDS:
        row = told[kind]
        lines.append(f"| {kind} | {row['true']} | {row['joined']} | {row['false']} |")
    lines.append(f"| all {told['pairs']:,} pairs | {told['true']} | {told['joined']} | {told['false']} |")
    lines += ["", "| said to be one | pairs | were |", "| --- | --- | --- |"]
    for low, high, count, said, was in told["calibration"]:
        top = min(100 * high, 100)
        lines.append(f"| {100 * low:g} to {top:g} % (mean {100 * said:.1f}) | {count} | {100 * was:.1f} % |")
    nights = ", ".join(f"{joined} of {true} with {n} nights between" for n, (true, joined) in told["nights"].items())
    lines += ["", f"{told['drawings']} drawings, {told['tracklets']} tracklets; {nights}."]
    return "\n".join(lines)
