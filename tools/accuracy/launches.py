"""The table of launch and impact areas, from the records that `./run calibrate launches` keeps."""

import json
from pathlib import Path
from typing import Any

from tools.accuracy.figures import row
from vedette.exercise.calibrate import summarise

RECORDS = Path("calibrate-launches.jsonl")
INFRARED = {
    "two geostationary, 20 µrad, 2 s": Path("calibrate-geostationary.jsonl"),
    "two at 1,000 km, 100 µrad, 1 s": Path("calibrate-low-orbit.jsonl"),
}
COLUMNS = (
    "what", "flights", "in 50 % area", "in 90 % area (band)", "in 99 % area", "squared error over variance",
    "RMSE over bound", "p50 km", "p95 km", "worst km",
)  # fmt: skip


def launch_tables(records: Path = RECORDS) -> str:
    """Areas by instant, then class beliefs, as Markdown; `records` holds one JSON line for each seed."""
    lines = records.read_text(encoding="utf-8").splitlines()
    summary = summarise([record for line in lines for record in json.loads(line)["records"]])
    seeds = [json.loads(line)["seed"] for line in lines]
    rows = [row(*COLUMNS), row(*["---"] * len(COLUMNS))]
    for instant, entry in summary["instants"].items():
        for place in ("launch", "impact"):
            rows.append(_area_row(f"{place} area, {instant}", entry[place]))
    head = ("class believed with", "how often", "mean belief", "right")
    rows += ["", row(*head), row(*["---"] * len(head))]
    for step in summary["reliability"]:
        span = f"{100 * step['from']:.0f} to {100 * step['to']:.0f} %"
        rows.append(row(span, str(step["count"]), f"{100 * step['believed']:.1f} %", f"{100 * step['right']:.1f} %"))
    scores = [(name, entry["class_right"], entry["class_brier"]) for name, entry in summary["instants"].items()]
    said = "; ".join(f"{name} {100 * right:.0f} % ({brier:.3f})" for name, right, brier in scores)
    span = f"Seeds {min(seeds)} to {max(seeds)}."
    return "\n".join([*rows, "", f"Most probable class right (Brier score): {said}. {span}"])


def infrared_table() -> str:
    """Areas at burnout from two infrared watchers alone, as Markdown."""
    rows = [row(*COLUMNS), row(*["---"] * len(COLUMNS))]
    for name, path in INFRARED.items():
        lines = path.read_text(encoding="utf-8").splitlines()
        summary = summarise([record for line in lines for record in json.loads(line)["records"]])
        for place in ("launch", "impact"):
            rows.append(_area_row(f"{place} area, {name}", summary["instants"]["burnout"][place]))
    return "\n".join(rows)


def _area_row(what: str, entry: dict[str, Any]) -> str:
    h50, h90, h99 = (f"{100 * entry['holds'][level]:.1f} %" for level in ("50", "90", "99"))
    low, high = (100 * band for band in entry["band_90"])
    holds = (h50, f"{h90} ({low:.0f}-{high:.0f})", h99)
    errors = (f"{km:.2f}" for km in entry["error_km"])
    return row(
        what, str(entry["count"]), *holds, f"{entry['nees_mean']:.2f}", f"{entry['rmse_over_bound']:.2f}", *errors
    )
