"""`vedette rehearse background`: progress, and the table of false reports."""

import os
import sys
from pathlib import Path
from typing import Any

import msgspec
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from vedette.core.errors import UsageError
from vedette.doors.data_dir import data_dir_of
from vedette.exercise.background import LED, STATES, UNEXPLAINED, rehearse_background
from vedette.sensing import packaged_sensors, read_sensors


def background(
    days: int,
    sensors: Path | None,
    *,
    seed: int,
    jobs: int | None,
    data_dir: Path | None,
    is_resumed: bool,
    is_quiet: bool,
    is_json: bool,
) -> int:
    """Play days and show what was taken for something; exit code 1 when anything was confirmed."""
    if not 1 <= days <= 100_000 or seed < 0:
        raise UsageError("--days is 1 to 100000, --seed is not negative")
    shelf = packaged_sensors() if sensors is None else read_sensors(sensors)
    keeps = is_resumed or data_dir is not None or days > 1
    results = data_dir_of(data_dir_of(data_dir) / "rehearsals") / "background.jsonl" if keeps else None
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=console, transient=True, disable=is_quiet or not console.is_terminal,
    ) as bar:  # fmt: skip
        task = bar.add_task("days", total=days)
        found = rehearse_background(
            shelf, days, seed, jobs=jobs or os.cpu_count() or 1, results=results, is_resumed=is_resumed,
            tell=lambda done, of: bar.update(task, completed=done),
        )  # fmt: skip
    if is_json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        show(found)
    return 0 if found["states"]["confirmed"]["count"] == 0 else 1


def show(found: dict[str, Any]) -> None:
    """A line for each kind of happening, and the sentence of the whole."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("what", "a day", "played", *STATES, "led by a threat"):
        table.add_column(heading)
    for one in found["kinds"]:
        per_day = "-" if one["per_day"] is None else f"{one['per_day']:,.3g}"
        counts = [str(one["states"][state]["count"]) for state in STATES]
        table.add_row(one["name"], per_day, str(one["played"]), *counts, str(one["led_by_a_threat"]))
    console = Console()
    console.print(table)
    clutter = found["clutter"]
    aside = clutter["moments"] - clutter["played"]
    console.print(
        f"{found['false_detections']:,} false detections made {clutter['moments']:,} moments that could mislead; the "
        f"tracker sets {aside:,} aside, of which {clutter['checked']} were played whole and "
        f"{clutter['wrongly_set_aside']} came to anything",
        highlight=False,
    )
    for state in (*STATES, LED, UNEXPLAINED):
        whole = found["states"][state]
        rate, limit = 7 * whole["per_sensor_day"], 7 * whole["upper_95_per_sensor_day"]
        console.print(
            f"{state.replace('_', ' ')}: {whole['count']} in {found['sensor_days']} sensor-days; {rate:.3g} a "
            f"sensor-week, at most {limit:.3g} (95 %), shares played accounted for",
            highlight=False,
        )
