"""Stories on disk: what `vedette scenario` writes and prints."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from vedette.formats import write_scans
from vedette.reports import Mode
from vedette.scenario import LaunchSpec, Made, make_scenario, packaged_stories, read_story
from vedette.scenario.draws import Draw
from vedette.sensing import format_sensors


def list_stories(*, is_json: bool) -> int:
    """Names and titles of the packaged stories."""
    stories = [read_story(name) for name in packaged_stories()]
    if is_json:
        _print_json([{"name": story.name, "title": story.title} for story in stories])
    else:
        for story in stories:
            sys.stdout.write(f"{story.name}   {story.title}\n")
    return 0


def show_story(name: str, *, is_json: bool) -> int:
    """What a story tells, and what it leaves to chance."""
    story = read_story(name)
    if is_json:
        document = {
            "name": story.name,
            "title": story.title,
            "about": story.about,
            "seconds": story.seconds,
            "sensors": list(story.sensors),
            "launches": [_spec_document(spec) for spec in story.launches],
            "varied": [_spec_document(spec) for spec in story.varied],
        }
        _print_json(document)
        return 0
    write = sys.stdout.write
    write(f"{story.title}\n\n{story.about}\n\nseen by {', '.join(story.sensors)}, for {story.seconds:.0f} s\n")
    for spec, varied in zip(story.launches, story.varied, strict=True):
        write(f"\n{spec.id}: {', '.join(spec.classes)}\n")
        for key, draw in spec.quantities.items():
            also = "" if varied.quantities[key] == draw else f"   (varied: {_draw_words(varied.quantities[key])})"
            write(f"  {key:16} {_draw_words(draw)}{also}\n")
    return 0


def run_story(
    name: str, seed: int, out: Path, *, is_varied: bool = False, is_returns_only: bool = False, is_json: bool = False
) -> int:
    """Make, run, score, write."""
    made = make_scenario(read_story(name), seed, is_varied=is_varied)
    out.mkdir(parents=True, exist_ok=True)
    write_returns(made, out)
    if is_returns_only:
        return 0
    from vedette.doors.scenario_map import draw_map
    from vedette.doors.wire import document, json_bytes
    from vedette.exercise import play, score_run
    from vedette.exercise.score_text import outcome_lines

    played = play(made)
    score = score_run(played)
    lines = outcome_lines(played, score)
    _write(out / "picture.json", json_bytes(document(played.picture, None), is_pretty=True) + b"\n")
    _write(out / "score.json", _json_bytes(score.document()))
    _write(out / "score.txt", ("\n".join(lines) + "\n").encode())
    draw_map(played, out / "map.png")
    if is_json:
        _print_json(score.document())
    else:
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stderr.write(f"written to {out}\n")
    return 0


def write_returns(made: Made, out: Path) -> None:
    """scans.jsonl, sensors.toml and truth.json: what `vedette watch` needs, and the answers."""
    write_scans(out / "scans.jsonl", made.scans, mode=Mode.SIMULATED, sensors=made.sensors)
    _write(out / "sensors.toml", format_sensors(made.sensors).encode())
    _write(out / "truth.json", _json_bytes(made.truth()))


def _spec_document(spec: LaunchSpec) -> dict[str, Any]:
    return {
        "id": spec.id,
        "classes": list(spec.classes),
        "quantities": {key: asdict(draw) for key, draw in spec.quantities.items()},
    }


def _draw_words(draw: Draw) -> str:
    match draw.shape:
        case "even":
            return f"{draw.a:g} to {draw.b:g}, evenly"
        case "normal":
            return f"{draw.a:g} ± {draw.b:g}"
        case "log-normal":
            return f"{draw.a:g} times or over {2.718281828**draw.b:.2f}"
    return f"{draw.a:g}"


def _json_bytes(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def _print_json(value: Any) -> None:
    sys.stdout.write(_json_bytes(value).decode())


def _write(path: Path, data: bytes) -> None:
    aside = path.with_name(path.name + ".part")
    aside.write_bytes(data)
    aside.replace(path)
