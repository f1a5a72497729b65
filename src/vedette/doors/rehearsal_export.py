"""`vedette rehearse export DIR` and `vedette rehearse score DIR ANSWERS`: the pack of false alarms as a data set.

What a tracker may know and what is true lie apart: DIR/reports holds what came in, DIR/truth the answers and the
reviewed table. Whoever scores needs both, whoever answers only the first.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from vedette import __version__
from vedette.core.errors import BadInputError, NotFoundError, UsageError
from vedette.exercise.expected import TABLE, read_expected
from vedette.exercise.pack_score import mark, read_answers, totals
from vedette.exercise.rehearse_stories import Pack, read_pack
from vedette.exercise.story_outcome import Outcome
from vedette.formats import said_line
from vedette.formats.scan_file import write_header, write_scan
from vedette.reports import Cause, KnownBody, Mode, Scan
from vedette.scenario import Made, make_scenario, read_story
from vedette.sensing import format_sensors
from vedette.sensing.links import format_links
from vedette.time import utc_text_from_tai_ns

README = """# History's false alarms, as data

{count} stories, seeds {first} to {last}, made by Vedette {version} (`vedette rehearse export`). Made, not
recorded: true geometry, dates and physics, invented sensors, drawn noise. Generic public flight classes only.

## What is in it

- `reports/ID/seed-N/reports.jsonl`: everything that came in, in order of arrival: looks (what was seen and
  where was looked), notices, claims of other centres, signs of life. The format is Vedette's scan file, one
  JSON object a line; times UTC, angles degrees, ranges metres, as each field's name says. The header's mode is
  SIMULATED; a line that says TEST or EXERCISE was so marked when it came by the live line: that is part of the
  story.
- `reports/ID/seed-N/sensors.toml`: what the sensors are, and what their lines and power depend on.
- `reports/ID/seed-N/catalogue.json`: known objects, as hours-old orbits tell them; Earth-fixed metres and
  metres a second.
- `reports/ID/seed-N/acts.json`: what people try at the desk meanwhile, in seconds after the start. A tracker
  that has no desk leaves the stories that end in REFUSED unanswered, and they count as failed.
- `truth/ID/seed-N.json`: what really was there. `truth/expected.toml`: what each story must come to, with
  sources. Do not read either before answering.

## How to answer, and how it is scored

One JSON object a line, for each story and seed:

{example}

`outcome` is one of {outcomes} (explained in Vedette's guide "how a false alarm dies"); `hypotheses` are what
the main event may be, in the words of `causes.json`, probabilities summing to at most one. Then:

    vedette rehearse score THIS-FOLDER answers.jsonl

An answer passes when the outcome is as expected, the true cause is among the two most probable hypotheses (with
several true causes: one of them), and nothing live was said to the public. The Brier score (0 is best, 2 worst)
and the mean logarithm of the true cause's probability (0 is best) are given besides. Vedette's own answers:
`vedette rehearse false-alarms --json`.

## Licence

Apache-2.0, as Vedette itself. Nothing in it is anybody's recording; the sources of dates, places and figures
stand in `truth/expected.toml` and in each sensor's `source`.
"""
EXAMPLE = (
    '    {"id": "FA-10", "seed": 1, "outcome": "NO ALERT", "live_messages": 0,\n'
    '     "hypotheses": [{"name": "glint", "probability": 0.98}, {"name": "unknown", "probability": 0.02}]}'
)


def export_pack(folder: Path | None, *, first_seed: int, seeds: int, is_quiet: bool) -> int:
    """Write the pack of false alarms for so many seeds."""
    if folder is None:
        raise UsageError("`vedette rehearse export` needs a folder to write to")
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty; give a new folder")
    pack = read_pack("false-alarms")
    wanted = range(first_seed, first_seed + seeds)
    for seed in wanted:
        for story_id in pack.ids():
            _write_story(pack, story_id, seed, folder)
            if not is_quiet:
                sys.stderr.write(f"{story_id} seed {seed}\n")
    _write(folder / "causes.json", json.dumps([cause.value for cause in Cause], indent=1).encode())
    _write(folder / "truth" / TABLE, (pack.folder / TABLE).read_bytes())
    words = README.format(
        count=len(pack.ids()), first=wanted[0], last=wanted[-1], version=__version__, example=EXAMPLE,
        outcomes=", ".join(Outcome),
    )  # fmt: skip
    _write(folder / "README.md", words.encode())
    return 0


def score_answers(folder: Path | None, answers: Path | None, *, is_json: bool) -> int:
    """Score anybody's answers to an exported pack; exit code 1 when one did not pass."""
    if folder is None or answers is None:
        raise UsageError("`vedette rehearse score` needs the exported folder and a file of answers")
    truth = folder / "truth"
    if not (truth / TABLE).is_file():
        raise NotFoundError(f"{folder} is no exported pack: {truth / TABLE} is not there")
    expected = read_expected(truth)
    asked = sorted(
        (place.parent.name, int(place.stem.removeprefix("seed-"))) for place in truth.glob("*/seed-*.json")
    )  # fmt: skip
    try:
        given = read_answers(answers.read_text(encoding="utf-8").splitlines(), str(answers))
    except UnicodeDecodeError as trouble:
        raise BadInputError(f"not text: {trouble}", str(answers)) from None
    strange = sorted(set(given) - set(asked))
    if strange:
        raise BadInputError(f"an answer to {strange[0][0]} seed {strange[0][1]}, which was not asked", str(answers))
    marked = mark(given, asked, expected)
    figures = totals(marked)
    if is_json:
        rows = [{**msgspec.to_builtins(one), "passed": one.passed} for one in marked]
        sys.stdout.write(msgspec.json.encode({"totals": figures, "stories": rows}).decode() + "\n")
    else:
        for one in marked:
            if not one.passed:
                sys.stdout.write(f"{one.id} seed {one.seed}: {_why(one)}\n")
        sys.stdout.write(", ".join(f"{key.replace('_', ' ')} {value}" for key, value in figures.items()) + "\n")
    return 0 if figures["passed"] == figures["asked"] else 1


def _why(one: Any) -> str:
    if not one.is_answered:
        return "not answered"
    said = [] if one.is_outcome else ["another outcome than expected"]
    if one.rank is None or one.rank > 2:
        said.append("the true cause is not among the two leading")
    if one.live_messages:
        said.append(f"{one.live_messages} live messages")
    return ", ".join(said)


def _write_story(pack: Pack, story_id: str, seed: int, folder: Path) -> None:
    made = make_scenario(read_story(pack.folder / f"{story_id}.toml"), seed)
    here = folder / "reports" / story_id / f"seed-{seed}"
    here.mkdir(parents=True, exist_ok=True)
    _write_reports(made, here / "reports.jsonl")
    sensors = f"{format_sensors(made.sensors)}\n{format_links(made.story.links)}"
    _write(here / "sensors.toml", sensors.encode())
    _write(here / "catalogue.json", _json([_body(one) for one in made.catalogue]))
    _write(here / "acts.json", _json(list(made.story.acts)))
    _write(folder / "truth" / story_id / f"seed-{seed}.json", _json(made.truth()))


def _write_reports(made: Made, path: Path) -> None:
    """Everything that came in, in order of arrival."""
    aside = path.with_name(path.name + ".part")
    counts: dict[str, int] = {}
    with aside.open("wb") as stream:
        write_header(stream, Mode.SIMULATED, sensors=made.sensors)
        for event in made.events:
            if isinstance(event, Scan):
                counts[event.sensor_id] = counts.get(event.sensor_id, -1) + 1
                write_scan(stream, event, counts[event.sensor_id])
            else:
                stream.write(said_line(event) + b"\n")
    os.replace(aside, path)


def _body(one: KnownBody) -> dict[str, Any]:
    return {
        "id": one.id, "name": one.name, "epoch_utc": utc_text_from_tai_ns(one.t_epoch_tai_ns, 9),
        "state_itrf_m_mps": one.state_itrf.tolist(), "cov_itrf": one.cov_itrf.tolist(),
        "beta_kg_m2": one.beta_kg_m2, "beta_sigma_share": one.beta_sigma_share, "rcs_m2": one.rcs_m2,
        "source": one.source,
    }  # fmt: skip


def _json(value: Sequence[Any] | dict[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    aside.write_bytes(data)
    os.replace(aside, path)
