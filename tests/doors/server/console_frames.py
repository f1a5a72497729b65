"""The pairs of documents by which the console's own fold is held to `doors.server.frames`.

    python -m tests.doors.server.console_frames    remakes console/tests/frames.json

`console/tests/frames.test.ts` folds every update over its first document and must come to the second.
"""

import json
import random
from pathlib import Path
from typing import Any

from vedette.doors.server.frames import KEYED, WHOLE, update_between

PATH = Path(__file__).parents[3] / "console" / "tests" / "frames.json"
COUNT = 30


def frames_text() -> str:
    """Drawn pairs, with what the server tells between them; the same at every call."""
    drawn = random.Random(6)
    pairs: list[dict[str, Any]] = []
    while len(pairs) < COUNT:
        before = _document(drawn)
        after = _after(drawn, before)
        update = update_between(before, after, seq=len(pairs) + 1, entry=len(pairs))
        if update is not None:
            pairs.append({"before": before, "update": update, "after": after})
    return "[\n" + ",\n".join(json.dumps(pair, separators=(",", ":")) for pair in pairs) + "\n]\n"


def _rows(drawn: random.Random, key: str) -> list[dict[str, Any]]:
    return [{key: name, "value": drawn.randrange(3)} for name in drawn.sample("abcdefg", drawn.randrange(6))]


def _event(drawn: random.Random) -> dict[str, Any]:
    seconds = drawn.choice([None, 0, 1, 2])
    return {"text": drawn.choice("xyz"), "t_plus_s": seconds, "t_declared_plus_s": seconds}


def _catalogue(drawn: random.Random, source: str) -> dict[str, Any] | None:
    if drawn.random() < 0.2:
        return None
    met = [{"id": number, "looks": drawn.randrange(3)} for number in drawn.sample(range(5), drawn.randrange(4))]
    return {
        "source": source, "sha256": "", "objects": 9, "detections_named": drawn.randrange(4), "detections_new": 0,
        "met": met,
    }  # fmt: skip


def _document(drawn: random.Random) -> dict[str, Any]:
    return {
        "mode": "TEST",
        "engine_version": "1",
        "t_now_utc": drawn.choice([None, "2031-04-01T12:00:00.000Z", "2031-04-01T12:00:01.000Z"]),
        "t_now_plus_s": drawn.choice([None, 0, 1]),
        "counts": {"scans": drawn.randrange(4), "detections": 0, "quarantined": 0},
        "events": [_event(drawn) for _ in range(drawn.randrange(4))],
        **{name: _rows(drawn, key) for name, key in KEYED.items()},
        **{name: [drawn.randrange(3) for _ in range(drawn.randrange(3))] for name in WHOLE if name != "no_launch"},
        "no_launch": drawn.choice([None, {"text": "none seen"}]),
        "catalogue": _catalogue(drawn, drawn.choice(["one", "two"])),
    }


def _after(drawn: random.Random, before: dict[str, Any]) -> dict[str, Any]:
    after = {**_document(drawn), **{name: before[name] for name in KEYED if drawn.random() < 0.4}}
    shift = drawn.choice([0, 0, 5])  # the zero of the seconds has moved, or not
    events = [
        {**event, "t_plus_s": (event["t_plus_s"] or 0) + shift, "t_declared_plus_s": shift} if shift else event
        for event in before["events"]
    ]
    return {**after, "events": events + [_event(drawn) for _ in range(drawn.randrange(3))]}


if __name__ == "__main__":
    PATH.write_text(frames_text(), encoding="utf-8")
