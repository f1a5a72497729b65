"""`vedette rehearse hot-spots FILE`: progress, and what a day of fires was taken for."""

import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from vedette.core.errors import UsageError
from vedette.doors.data_dir import data_dir_of
from vedette.exercise.hot_spots import PARTS, play_hot_spots


def hot_spots(
    path: Path | None, *, seed: int, data_dir: Path | None, is_resumed: bool, is_quiet: bool, is_json: bool
) -> int:
    """Play a day of hot spots; exit code 1 when a launch was said or an alert stood."""
    if path is None:
        raise UsageError("which hot spots? name a gzipped CSV of NASA FIRMS, one day of MODIS")
    results = data_dir_of(data_dir_of(data_dir) / "rehearsals") / "hot-spots.jsonl"
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=console, transient=True, disable=is_quiet or not console.is_terminal,
    ) as bar:  # fmt: skip
        task = bar.add_task("tenths of the lights", total=PARTS)
        found = play_hot_spots(
            path, seed=seed, results=results, is_resumed=is_resumed,
            tell=lambda done, of: bar.update(task, completed=done, total=of),
        )  # fmt: skip
    if is_json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        leading = ", ".join(f"{name} {count}" for name, count in found["leading"].items())
        Console().print(
            f"{found['lights']:,} lights, {found['looks']} looks, {found['detections']:,} detections: "
            f"{found['candidates']} candidates (led at last by: {leading}), {found['led_by_a_launch']} led by a launch "
            f"for a look, {found['raised']} more than candidates, {found['alerts']} alerts, "
            f"{found['launches_said']} launches said",
            highlight=False,
        )
    return 0 if found["launches_said"] == found["alerts"] == 0 else 1
