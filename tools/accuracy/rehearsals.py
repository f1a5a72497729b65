"""The tables of the packs of stories, from the rows that `vedette rehearse false-alarms|threats` keep.

Rows of several runs may stand in one file after another (`cat`): of one story and seed the last one counts. Limits are
those that hold with 95 % (Clopper and Pearson 1934): a share is stated with what it is at least, a count of none with
what its rate is at most.
"""

import json
from itertools import groupby
from pathlib import Path
from typing import Any

from tools.accuracy.figures import row
from vedette.exercise.rehearse_stories import read_pack
from vedette.exercise.threat_figures import ALL, lower_limit, threat_figures

FALSE_ALARMS = Path("rehearse-false-alarms.jsonl")
THREATS = Path("rehearse-threats.jsonl")


def false_alarm_table(records: Path = FALSE_ALARMS) -> str:
    """A line a story: how often it came out as the reviewed table asks, and the true cause's places."""
    rows = kept(records, "false-alarms")
    heads = "story", "expected", "seeds", "as expected", "cause among two", "live messages", "at least", "core, s"
    lines = [row(*heads), row(*["---"] * len(heads))]
    for story_id, mine in by_story(rows):
        least = lower_limit(sum(one["passed"] for one in mine), len(mine)) or 0.0
        lines.append(
            row(
                story_id, mine[0]["expected"], str(len(mine)), str(sum(is_as_expected(one) for one in mine)),
                str(sum(one["rank"] is not None and one["rank"] <= 2 for one in mine)),
                str(sum(one["live_messages"] for one in mine)), f"{100 * least:.1f} %",
                f"{sorted(float(one['cpu_s']) for one in mine)[len(mine) // 2]:.1f}",
            )
        )  # fmt: skip
    passed, live = sum(one["passed"] for one in rows), sum(one["live_messages"] for one in rows)
    least = lower_limit(passed, len(rows)) or 0.0
    whole = sorted({one["id"] for one in rows}) == sorted(read_pack("false-alarms").ids())
    words = f"{passed} of {len(rows)} runs of {len({one['id'] for one in rows})} stories passed (at least "
    words += f"{100 * least:.1f} %), {live} live public messages"
    words += "" if live else f" (in at most {100 * none_at_most(len(rows)):.2g} % of runs)"
    return "\n".join([*lines, "", words + ("." if whole else "; not every story was played.")])


def threat_table(records: Path = THREATS) -> str:
    """A line a story: looks to a candidate and to *correlated*, beside the bound; what was missed."""
    rows = kept(records, "threats")
    heads = ("story", "seeds", "flights", "outcomes", "candidate in time", "correlated after looks, mean (bound)",
             "within one look", "by burnout", "explained away", "core, s")  # fmt: skip
    lines = [row(*heads), row(*["---"] * len(heads))]
    stories = dict(by_story(rows))
    for one in threat_figures(rows):
        mine = rows if one["id"] == ALL else stories[one["id"]]
        outcomes = ", ".join(sorted({str(each["outcome"]) for each in mine}))
        spread, bound = one["correlated_looks"], one["bound_looks"]
        least = one["reported_by_burnout_least"]
        burnout = f"{one['reported_by_burnout']} of {one['seen_by_two']}"
        lines.append(
            row(
                one["id"], str(one["runs"]), str(one["flights"]), "" if one["id"] == ALL else outcomes,
                str(one["candidate_in_time"]),
                "never" if spread is None else f"{spread['mean']:.1f} ({'-' if bound is None else f'{bound:.1f}'})",
                str(one["correlated_in_time"]),
                burnout if least is None else f"{burnout} (at least {100 * least:.0f} %)",
                str(one["explained_away"]),
                f"{sorted(float(each['cpu_s']) for each in mine)[len(mine) // 2]:.0f}",
            )
        )  # fmt: skip
    return "\n".join(lines)


def kept(records: Path, pack_name: str) -> list[dict[str, Any]]:
    """Rows whose story and table are those of now; of one story and seed the last."""
    pack = read_pack(pack_name)
    marks = {story_id: pack.digest(story_id) for story_id in pack.ids()}
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for line in records.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if marks.get(entry["row"]["id"]) == entry["digest"]:
            found[entry["row"]["id"], int(entry["row"]["seed"])] = entry["row"]
    return [found[key] for key in sorted(found)]


def by_story(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Rows in order of their stories."""
    return [(name, list(mine)) for name, mine in groupby(rows, key=lambda one: str(one["id"]))]


def is_as_expected(one: dict[str, Any]) -> bool:
    """Whether a row's outcome is the table's word (a limit of seconds counts in `passed`)."""
    return str(one["expected"]).split(" < ")[0] == one["outcome"]


def none_at_most(of: int) -> float:
    """The rate that none of `of` leaves possible at most, with 95 %."""
    return float(1.0 - 0.05 ** (1.0 / max(of, 1)))
