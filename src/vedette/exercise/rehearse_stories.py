"""A pack of stories, each through the engine and the desk for many seeds, judged against the pack's reviewed table.

A pack is a folder of stories: `scenarios/false-alarms` (history's false alarms) and `scenarios/threats` (launches that
must be found among like troubles). A row is what one story and seed came to. Rows are kept as JSON lines while a run
goes on, so that it can be taken up again; a row counts for the same text of its story and table only.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from time import monotonic
from typing import Any, Final

from vedette.core.errors import NotFoundError
from vedette.exercise.expected import TABLE, Expected, read_expected
from vedette.scenario import stories_folder

PACKS: Final = ("false-alarms", "threats")
Row = dict[str, Any]
Task = tuple[str, int]  # story id, seed
BEAT_S: Final = 20.0  # of word that a long story is still being played


@dataclass(frozen=True, slots=True)
class Pack:
    """A named folder of stories and its table."""

    name: str
    folder: Path
    expected: dict[str, Expected]

    def ids(self) -> tuple[str, ...]:
        """The stories that the table knows and the folder holds, in order."""
        return tuple(key for key in self.expected if (self.folder / f"{key}.toml").is_file())

    def chosen(self, story_id: str | None) -> tuple[str, ...]:
        """All stories, or the one named; capitals do not matter."""
        if story_id is None:
            return self.ids()
        found = tuple(key for key in self.ids() if key.lower() == story_id.lower())
        if not found:
            raise NotFoundError(f"no story {story_id} in {self.name}; there are {', '.join(self.ids())}")
        return found

    def digest(self, story_id: str) -> str:
        """A mark that changes with the story's text and its line of the table."""
        text = (self.folder / f"{story_id}.toml").read_bytes()
        return sha256(text + repr(self.expected[story_id]).encode()).hexdigest()[:16]


def read_pack(name: str) -> Pack:
    """A packaged pack by name."""
    folder = stories_folder() / name
    if not (folder / TABLE).is_file():
        raise NotFoundError(f"no pack of stories {name}; there are {', '.join(PACKS)}")
    return Pack(name, folder, read_expected(folder))


def rehearse_story(
    pack: Pack, story_id: str, seed: int, tell: Callable[[float, float], None] = lambda t_s, of_s: None
) -> Row:
    """One story, one seed: made, played, judged; `tell(t_s, of_s)` hears how much of the story is played."""
    import time

    from vedette.exercise.story_outcome import (
        hypotheses_of,
        live_messages,
        main_candidate,
        outcome_of,
        rank_of,
    )
    from vedette.exercise.story_run import play_story
    from vedette.scenario import make_scenario, read_story

    started_s = time.process_time()
    run = play_story(make_scenario(read_story(pack.folder / f"{story_id}.toml"), seed), tell=tell)
    expected = pack.expected[story_id]
    verdict = outcome_of(run)
    rank = rank_of(expected.true_causes, run)
    said = live_messages(run)
    is_outcome = verdict.outcome == expected.word
    is_in_time = expected.limit_s is None or verdict.seconds < expected.limit_s
    row = {
        "id": story_id,
        "seed": seed,
        "expected": expected.outcome,
        "outcome": verdict.outcome.value,
        "seconds": round(verdict.seconds, 2),
        "true_cause": expected.true_cause,
        "hypotheses": [
            {"name": name.value, "probability": round(p, 4)} for name, p in hypotheses_of(main_candidate(run))
        ],
        "live_messages": said,
        "rank": rank,
        "passed": is_outcome and is_in_time and said == 0 and rank is not None and rank <= 2,
        "why": verdict.why,
        "cpu_s": round(time.process_time() - started_s, 2),
    }
    if pack.name == "threats":  # judged flight by flight: none may be missed
        from vedette.exercise.threat_judgement import judged

        measures = judged(run, expected)
        row |= measures | {"passed": measures["passed"] and said == 0}
    return row


def rehearse_pack(
    pack: Pack,
    ids: Sequence[str],
    seeds: Iterable[int],
    *,
    jobs: int = 1,
    results: Path | None = None,
    is_resumed: bool = False,
    tell: Callable[[int, int, Row], None] = lambda done, all_of_them, row: None,
    tell_playing: Callable[[str], None] = lambda words: None,
) -> list[Row]:
    """Rows of every story and seed, seed by seed so that an interrupted run has seen every story.

    `results` keeps rows as they come; with `is_resumed` those already there are not made again. `tell(done, of, row)`
    hears of each; `tell_playing(words)` now and then of what is being played.
    """
    tasks: list[Task] = [(story_id, seed) for seed in seeds for story_id in ids]
    known = _kept(results, pack) if results is not None and is_resumed else {}
    if results is not None and not is_resumed:
        results.write_text("", encoding="utf-8")
    left = [task for task in tasks if task not in known]
    done = len(tasks) - len(left)
    for row in _work(pack, left, jobs, tell_playing):
        known[row["id"], row["seed"]] = row
        done += 1
        if results is not None:
            with results.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"digest": pack.digest(row["id"]), "row": row}) + "\n")
        tell(done, len(tasks), row)
    return [known[task] for task in sorted(tasks)]


def _work(pack: Pack, tasks: list[Task], jobs: int, say: Callable[[str], None]) -> Iterator[Row]:
    """Rows as they come; with several processes the longest stories of a seed are begun first."""
    if jobs <= 1 or len(tasks) < 2:
        for story_id, seed in tasks:
            yield rehearse_story(pack, story_id, seed, _beats(story_id, seed, say))
        return
    labour = {story_id: _labour(pack, story_id) for story_id in {story_id for story_id, _ in tasks}}
    left = sorted(tasks, key=lambda task: (task[1], -labour[task[0]], task[0]), reverse=True)
    playing: dict[Future[Row], tuple[Task, float]] = {}
    pool = ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=get_context("spawn"))
    try:
        while left or playing:
            while left and len(playing) < jobs:
                task = left.pop()
                playing[pool.submit(rehearse_story, pack, *task)] = task, monotonic()
            done, _ = wait(playing, timeout=BEAT_S, return_when=FIRST_COMPLETED)
            if not done:
                now = monotonic()
                since = (f"{story_id} seed {seed} for {now - t:.0f} s" for (story_id, seed), t in playing.values())
                say(", ".join(since))
            for one in done:
                del playing[one]
                yield one.result()
    finally:
        pool.shutdown(wait=not playing, cancel_futures=True)


def _labour(pack: Pack, story_id: str) -> float:
    """How long a story takes, roughly, beside the others: launches are dear, and seconds cost a little."""
    from vedette.scenario import read_story

    story = read_story(pack.folder / f"{story_id}.toml")
    return 10.0 * len(story.launches) + 0.01 * story.seconds


def _beats(story_id: str, seed: int, say: Callable[[str], None]) -> Callable[[float, float], None]:
    """Says how far a story has been played, not too often."""
    said = monotonic()

    def tell(t_s: float, of_s: float) -> None:
        nonlocal said
        if monotonic() - said >= BEAT_S:
            said = monotonic()
            say(f"{story_id} seed {seed}, {t_s:.0f} of {of_s:.0f} s")

    return tell


def _kept(results: Path, pack: Pack) -> dict[Task, Row]:
    """Rows of an earlier run that still hold; a last line cut short is left out."""
    found: dict[Task, Row] = {}
    if not results.is_file():
        return found
    marks = {story_id: pack.digest(story_id) for story_id in pack.ids()}
    for line in results.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
            row, mark = entry["row"], entry["digest"]
            if marks.get(row["id"]) == mark:
                found[row["id"], int(row["seed"])] = row
        except (ValueError, KeyError, TypeError):
            continue
    return found
