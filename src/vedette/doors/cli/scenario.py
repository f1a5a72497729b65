"""`vedette scenario run|list|show`: make a story's truth and returns, run the engine on the returns, score it."""

from pathlib import Path
from typing import Literal


def scenario(
    action: Literal["run", "list", "show"],
    name: str | None = None,
    *,
    seed: int = 1,
    out: Path | None = None,
    varied: bool = False,
    returns_only: bool = False,
    json: bool = False,
) -> int:
    """Make a story, run the engine on what its sensors hand in, and score what was said against the truth.

    `run` writes scans.jsonl, sensors.toml and truth.json, then picture.json, score.json, score.txt and, where
    matplotlib is installed, map.png. `list` names the packaged stories; `show` says what one of them leaves to chance.

    Parameters
    ----------
    action
        run, list or show.
    name
        A packaged story, or a TOML file.
    seed
        Another seed, another night.
    out
        Folder to write to; made when missing. Needed by run.
    varied
        Draw class, place, azimuth and loft too, as calibration does.
    returns_only
        Make truth and returns, and leave the engine alone.
    json
        One JSON document on stdout: the score, the list, or the story.
    """
    from vedette.core.errors import UsageError
    from vedette.doors.scenario_files import list_stories, run_story, show_story

    if action == "list":
        return list_stories(is_json=json)
    if name is None:
        raise UsageError(f"`vedette scenario {action}` needs a story; `vedette scenario list` names them")
    if action == "show":
        return show_story(name, is_json=json)
    if out is None:
        raise UsageError("`vedette scenario run` needs --out DIR")
    return run_story(name, seed, out, is_varied=varied, is_returns_only=returns_only, is_json=json)
