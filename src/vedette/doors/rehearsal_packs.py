"""`vedette rehearse false-alarms|threats`: packs of stories, their progress and their table."""

import os
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from vedette.core.errors import UsageError
from vedette.doors.data_dir import data_dir_of
from vedette.exercise.rehearse_stories import Row, read_pack, rehearse_pack
from vedette.exercise.threat_figures import threat_figures

SPOKEN = ("id", "seed", "expected", "outcome", "seconds", "true_cause", "hypotheses", "live_messages", "rank", "passed",
          "why")  # fmt: skip


def rehearse_stories(
    name: str,
    story: str | None,
    *,
    first_seed: int,
    seeds: int,
    jobs: int | None,
    data_dir: Path | None,
    is_resumed: bool,
    is_quiet: bool,
    is_json: bool,
) -> int:
    """Play a pack, or one story of it, and show how each came out; exit code 1 when one did not pass."""
    if seeds < 1 or first_seed < 0:
        raise UsageError("--seeds is one or more, --seed is not negative")
    pack = read_pack(name)
    ids = pack.chosen(story)
    keeps = is_resumed or data_dir is not None or len(ids) * seeds > 1
    results = data_dir_of(data_dir_of(data_dir) / "rehearsals") / f"{name}.jsonl" if keeps else None
    cores = jobs or os.cpu_count() or 1
    console = Console(stderr=True)
    is_plain = not is_quiet and not console.is_terminal  # a file or a pipe: a line a story instead of a bar
    if results is not None and not is_quiet:
        rows_in = f"{len(ids) * seeds} runs on {min(cores, len(ids) * seeds)} cores; finished ones in {results}"
        print(f"{rows_in}, --resume goes on", file=sys.stderr, flush=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=console, transient=True, disable=is_quiet or not console.is_terminal,
    ) as bar:  # fmt: skip
        task = bar.add_task(name, total=len(ids) * seeds)

        def tell(done: int, total: int, row: Row) -> None:
            bar.update(task, completed=done, description=f"{row['id']} seed {row['seed']}")
            if is_plain:
                came = "as expected" if row["passed"] else f"FAILED: {row['expected']} expected, cause {row['rank']}."
                words = f"{done} of {total}: {row['id']} seed {row['seed']}: {row['outcome']}, {came}"
                print(f"{words}, {row['cpu_s']:.0f} s of a core", file=sys.stderr, flush=True)

        def tell_playing(words: str) -> None:
            bar.update(task, description=words)
            if is_plain:
                print(f"playing {words}", file=sys.stderr, flush=True)

        rows = rehearse_pack(
            pack, ids, range(first_seed, first_seed + seeds),
            jobs=cores, results=results, is_resumed=is_resumed, tell=tell, tell_playing=tell_playing,
        )  # fmt: skip
    if is_json:
        spoken = [{key: row[key] for key in (*SPOKEN, "flights") if key in row} for row in rows]
        document: Row = {"stories": spoken}
        if any("flights" in row for row in rows):
            document["figures"] = threat_figures(rows)
        sys.stdout.write(msgspec.json.encode(document).decode() + "\n")
    else:
        show(rows)
    return 0 if all(row["passed"] for row in rows) else 1


def show(rows: Sequence[Row]) -> None:
    """A line a story, over all its seeds, and the sentence of the whole."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("story", "expected", "outcome", "after", "true cause", "rank", "led by", "live", "passed"):
        table.add_column(heading, overflow="fold")
    failed: list[Row] = []
    for story_id, group in groupby(rows, key=lambda row: str(row["id"])):
        mine = list(group)
        failed += [row for row in mine if not row["passed"]]
        table.add_row(story_id, *_cells(mine))
    console = Console()
    console.print(table)
    for row in failed[:20]:
        console.print(f"{row['id']} seed {row['seed']}: {row['outcome']}: {row['why']}", highlight=False, markup=False)
    told = sum(row["live_messages"] for row in rows)
    stories = len({row["id"] for row in rows})
    console.print(
        f"{len(rows) - len(failed)} of {len(rows)} runs of {stories} stories as expected, {told} live public messages",
        highlight=False,
    )
    flights = [one for row in rows for one in row.get("flights", ())]
    if flights:
        console.print(figures_table(threat_figures(rows)))
        console.print(flights_sentence(flights), highlight=False)


def figures_table(figures: Sequence[Row]) -> Table:
    """A line a story: how soon its flights were candidates and correlated, beside the bound, and what was missed."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="looks from the first: least, middle, nine in ten, most")
    for heading in ("story", "flights", "candidate", "in time", "correlated", "mean", "bound", "in time", "by burnout",
                    "explained away"):  # fmt: skip
        table.add_column(heading, justify="left" if heading == "story" else "right")
    for one in figures:
        least = one["reported_by_burnout_least"]
        table.add_row(
            one["id"], str(one["flights"]), _looks(one["candidate_looks"]),
            f"{one['candidate_in_time']}/{one['flights']}",
            _looks(one["correlated_looks"]),
            "-" if one["correlated_looks"] is None else f"{one['correlated_looks']['mean']:.1f}",
            "-" if one["bound_looks"] is None else f"{one['bound_looks']:.1f}",
            f"{one['correlated_in_time']}/{one['flights']}",
            "-" if least is None else f"{one['reported_by_burnout']}/{one['seen_by_two']} (>= {least:.2f})",
            str(one["explained_away"]),
        )  # fmt: skip
    return table


def _looks(spread: Row | None) -> str:
    return "never" if spread is None else " ".join(f"{spread[key]:.0f}" for key in ("least", "p50", "p90", "most"))


def flights_sentence(flights: Sequence[Row]) -> str:
    """How many flights of threat stories were candidates, correlated and reported as soon as they should be."""
    two = [one for one in flights if one["is_seen_by_two"]]
    return (
        f"{len(flights)} flights: candidate in time {sum(one['candidate_in_time'] for one in flights)}, "
        f"correlated in time {sum(one['correlated_in_time'] for one in flights)}, "
        f"explained away {sum(one['is_explained_away'] for one in flights)}; "
        f"reported by burnout {sum(one['is_reported_by_burnout'] for one in two)} of {len(two)} that two sensors saw"
    )


def _cells(mine: list[Row]) -> tuple[str, ...]:
    ranks = [row["rank"] for row in mine]
    worst = "none" if None in ranks else str(max(ranks))
    seconds = sorted(float(row["seconds"]) for row in mine)
    leading = ", ".join(
        f"{h['name']} {h['probability']:.2f}" for h in mine[0]["hypotheses"][:2]
    )  # fmt: skip
    return (
        mine[0]["expected"],
        _counted(mine, "outcome"),
        f"{seconds[len(seconds) // 2]:.0f} s",
        mine[0]["true_cause"],
        worst,
        leading or "-",
        str(sum(row["live_messages"] for row in mine)),
        f"{sum(row['passed'] for row in mine)}/{len(mine)}",
    )


def _counted(mine: list[Row], key: str) -> str:
    counts: dict[Any, int] = {}
    for row in mine:
        counts[row[key]] = counts.get(row[key], 0) + 1
    if len(counts) == 1:
        return str(next(iter(counts)))
    return ", ".join(f"{word} {count}" for word, count in sorted(counts.items(), key=lambda one: -one[1]))
