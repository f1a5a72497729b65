"""A rehearsal: a story and the bad luck that its reports meet on their way, as a short file or drawn from a seed.

title = "Two launches through a bad night"
story = "two-launches"

[[trouble]]
kind = "late"              # its reports are held and come in bursts
sensor = "radar-north"
delay_s = 4.0

[[trouble]]
kind = "clock-step"
sensor = "ir-east"
at_s = 130.0
step_s = -2.0

[[trouble]]
kind = "restart"           # the engine dies and starts again from its journal
at_s = 110.0
"""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from vedette.core.errors import BadInputError, NotFoundError
from vedette.scenario import Story, read_story, stories_folder

KINDS = ("late", "duplicate", "reorder", "clock-step", "silent", "truncate", "restart")
FAMILY_CHANCE = 0.6  # each family of trouble is on or off for a whole drawn rehearsal, so that odd mixtures occur


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of bad luck. `sensor` empty: every sensor. Times are seconds after the story's start."""

    kind: str
    sensor: str = ""
    at_s: float = 0.0
    until_s: float = float("inf")
    delay_s: float = 4.0  # late: reports wait for the next multiple of this
    step_s: float = -2.0  # clock-step
    share: float = 0.1  # duplicate, reorder, truncate: of the reports
    window_s: float = 2.0  # reorder: up to so much later

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadInputError(f"no trouble {self.kind!r}", cure=f"there are {', '.join(KINDS)}")
        if not (self.delay_s > 0 and self.window_s > 0 and 0 <= self.share <= 1 and self.until_s >= self.at_s):
            raise BadInputError(
                f"{self.kind}: delay_s and window_s are positive, share is 0 to 1, until_s is not before at_s"
            )

    @property
    def words(self) -> str:
        """What it does, for the one who reads the run."""
        who = self.sensor or "every sensor"
        return {
            "late": f"{who} late, in bursts of {self.delay_s:g} s",
            "duplicate": f"{self.share:.0%} of the reports of {who} come twice",
            "reorder": f"{self.share:.0%} of the reports of {who} up to {self.window_s:g} s out of order",
            "clock-step": f"the clock of {who} steps {self.step_s:+g} s",
            "silent": f"{who} silent until {self.until_s:g} s",
            "truncate": f"{self.share:.0%} of the reports of {who} cut short",
            "restart": "the engine dies and starts again from its journal",
        }[self.kind]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A story and its troubles."""

    title: str
    story: Story
    troubles: tuple[Trouble, ...]


def rehearsals_folder() -> Path:
    """Where the packaged rehearsals are."""
    return stories_folder() / "rehearsals"


def read_rehearsal(path_or_name: str | Path, seed: int) -> Rehearsal:
    """A rehearsal from a file or by packaged name; for a bare story, troubles are drawn from the seed."""
    path = Path(path_or_name)
    if path.suffix != ".toml":
        packaged = rehearsals_folder() / f"{path_or_name}.toml"
        if not packaged.is_file():
            return drawn_rehearsal(read_story(path_or_name), seed)
        path = packaged
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFoundError(f"no rehearsal {path_or_name}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as trouble:
        raise BadInputError(f"not a TOML file: {trouble}", str(path)) from None
    if "story" not in document:
        return drawn_rehearsal(read_story(path), seed)
    story = read_story(str(document["story"]))
    tables = document.get("trouble", [])
    if not isinstance(tables, list):
        raise BadInputError("trouble is not a list of tables", str(path), "write [[trouble]]")
    troubles = tuple(_trouble(table, f"{path}: trouble {i}", story) for i, table in enumerate(tables, 1))
    return Rehearsal(str(document.get("title", path.stem)), story, troubles)


def drawn_rehearsal(story: Story, seed: int) -> Rehearsal:
    """Troubles for a story from a seed: each family on or off, each sensor and instant drawn."""
    rng = np.random.default_rng([seed, 0x7E4EA5E])
    names = list(story.sensors)
    troubles = []
    for kind in KINDS:
        is_on = rng.random() < FAMILY_CHANCE
        sensor = names[int(rng.integers(len(names)))]
        at_s = round(float(rng.uniform(0.05, 0.5)) * story.seconds, 1)
        length_s = round(float(rng.uniform(20.0, 120.0)), 1)
        step_s = round(float(rng.uniform(0.5, 3.0)) * (1 if rng.random() < 0.5 else -1), 2)
        share = round(float(rng.uniform(0.02, 0.3)), 2)
        window_s = round(float(rng.uniform(0.5, 4.0)), 1)
        if not is_on:
            continue
        match kind:
            case "late":
                troubles.append(Trouble(kind, sensor, at_s, delay_s=window_s))
            case "duplicate" | "truncate":
                troubles.append(Trouble(kind, share=share))
            case "reorder":
                troubles.append(Trouble(kind, share=share, window_s=window_s))
            case "clock-step":
                troubles.append(Trouble(kind, sensor, at_s, step_s=step_s))
            case "silent":
                troubles.append(Trouble(kind, sensor, at_s, at_s + length_s))
            case "restart":
                troubles.append(Trouble(kind, at_s=at_s))
    return Rehearsal(f"{story.title}, troubles of seed {seed}", story, tuple(troubles))


def _trouble(table: Any, where: str, story: Story) -> Trouble:
    if not isinstance(table, dict) or "kind" not in table:
        raise BadInputError("kind is missing", where)
    known = {item.name for item in fields(Trouble)}
    for key, value in table.items():
        if key not in known:
            raise BadInputError(f"unknown key {key}", where, f"known: {', '.join(sorted(known))}")
        is_word = key in ("kind", "sensor")
        if is_word != isinstance(value, str) or (not is_word and not isinstance(value, int | float)):
            raise BadInputError(f"{key} = {value!r}", where, "words for kind and sensor, numbers for the rest")
    if table.get("sensor", "") not in ("", *story.sensors):
        raise BadInputError(
            f"no sensor {table['sensor']!r} in the story", where, f"there are {', '.join(story.sensors)}"
        )
    try:
        return Trouble(**table)
    except BadInputError as trouble:
        raise BadInputError(trouble.what, where, trouble.cure) from None
