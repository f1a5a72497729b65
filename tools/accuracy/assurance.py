"""The tables of what "no launch seen" was worth, and of cues, from the records that `./run calibrate` keeps."""

import json
from math import sqrt
from pathlib import Path
from typing import Any

from tools.accuracy.figures import row
from vedette.exercise.calibrate_assurance import summarise as summarise_assurance
from vedette.exercise.calibrate_cues import summarise as summarise_cues

ASSURANCE_RECORDS = Path("calibrate-assurance.jsonl")
CUE_RECORDS = Path("calibrate-cues.jsonl")


def assurance_tables(records: Path = ASSURANCE_RECORDS) -> str:
    """Stated against found shares: over all, then at a stated 90 % by sky and by class."""
    summary = summarise_assurance(_records(records))
    lines = [row("stated", "injections", "found by then", "one sigma"), row(*["---"] * 4)]
    lines += [_found_row(f"{100 * step['stated']:.0f} %", step) for step in summary["reliability"]]
    for head, key in (("stated 90 %, by sky", "at_90_by_sky"), ("stated 90 %, by class", "at_90_by_class")):
        lines += ["", row(head, "injections", "found by then", "one sigma"), row(*["---"] * 4)]
        lines += [_found_row(name, step) for name, step in summary[key].items() if step["count"]]
    return "\n".join([*lines, "", f"{summary['injections']} injections in all."])


def cue_table(records: Path = CUE_RECORDS) -> str:
    """How often the 99 % volumes held the truth at the moment it appeared."""
    summary = summarise_cues(_records(records))
    lines = [row("cued", "appearances", "in the 99 % box", "in the 99 % ellipsoid", "median volume, km³")]
    lines.append(row(*["---"] * 5))
    for name, part in summary.items():
        if part["count"]:
            holds = [f"{100 * part[key]:.1f} %" for key in ("box", "ellipsoid")]
            lines.append(row(name, str(part["count"]), *holds, f"{part['median_volume_km3']:.2g}"))
    return "\n".join(lines)


def _found_row(name: str, step: dict[str, Any]) -> str:
    share, count = step["found"], step["count"]
    sigma = sqrt(step["stated"] * (1.0 - step["stated"]) / count)
    return row(name, str(count), f"{100 * share:.1f} %", f"{100 * sigma:.1f} %")


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
