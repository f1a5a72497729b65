"""Anybody's answers to a published pack of stories, scored against the reviewed table that lies apart from it.

An answer is one JSON line:

{"id": "FA-10", "seed": 1, "outcome": "NO ALERT", "live_messages": 0,
 "hypotheses": [{"name": "glint", "probability": 0.98}, {"name": "unknown", "probability": 0.02}]}

It passes as our own rows do: outcome as expected, the true cause among the two leading hypotheses, nothing live said to
the public. Besides, the Brier score and the logarithm of the true cause's probability tell how good the doubt was.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, log
from typing import Any, Final

from vedette.core.errors import BadInputError
from vedette.exercise.expected import Expected

LEAST_PROBABILITY: Final = 1e-4  # a true cause that was left out counts as this in the logarithm
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody made of one story and seed."""

    outcome: str
    hypotheses: tuple[tuple[str, float], ...]  # most probable first
    live_messages: int


@dataclass(frozen=True, slots=True)
class Marked:
    """How good one answer is; of a story that was not answered everything is worst."""

    id: str
    seed: int
    is_answered: bool
    is_outcome: bool
    rank: int | None  # of the worst-placed true cause
    live_messages: int
    brier: float
    log_score: float

    @property
    def passed(self) -> bool:
        """As expected, true cause among the two leading, nothing live."""
        return self.is_outcome and self.rank is not None and self.rank <= 2 and self.live_messages == 0


def read_answers(lines: Iterable[str], where: str = "answers") -> dict[Key, Answer]:
    """Answers by story and seed; BadInputError names the line and what is wrong in it."""
    found: dict[Key, Answer] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{where}:{number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as trouble:
            raise BadInputError(f"not JSON: {trouble}", place, "one answer a line") from None
        key, answer = _answer(row, place)
        if key in found:
            raise BadInputError(f"{key[0]} seed {key[1]} is answered twice", place)
        found[key] = answer
    return found


def mark(answers: Mapping[Key, Answer], asked: Sequence[Key], expected: Mapping[str, Expected]) -> list[Marked]:
    """Every story and seed that was asked, marked; what was not answered is a failure."""
    return [_marked(key, answers.get(key), expected[key[0]]) for key in asked]


def totals(marked: Sequence[Marked]) -> dict[str, Any]:
    """The figures of the whole, JSON-ready."""
    count = max(len(marked), 1)
    return {
        "asked": len(marked),
        "answered": sum(one.is_answered for one in marked),
        "passed": sum(one.passed for one in marked),
        "outcomes_as_expected": sum(one.is_outcome for one in marked),
        "true_cause_first": sum(one.rank == 1 for one in marked),
        "true_cause_among_two": sum(one.rank is not None and one.rank <= 2 for one in marked),
        "live_messages": sum(one.live_messages for one in marked),
        "brier": round(sum(one.brier for one in marked) / count, 4),
        "log_score": round(sum(one.log_score for one in marked) / count, 4),
    }


def _marked(key: Key, answer: Answer | None, expected: Expected) -> Marked:
    if answer is None:
        return Marked(*key, False, False, None, 0, 2.0, log(LEAST_PROBABILITY))
    names = [name for name, _ in answer.hypotheses]
    places = [names.index(cause) + 1 if cause in names else None for cause in expected.true_causes]
    # several causes were really there: any of them may lead, as in a list of one candidate
    told = [place for place in places if place is not None]
    given = dict(answer.hypotheses)
    true = sum(given.get(cause, 0.0) for cause in expected.true_causes)
    false = [p for name, p in answer.hypotheses if name not in expected.true_causes]
    return Marked(
        *key, True, answer.outcome == expected.word, min(told, default=None), answer.live_messages,
        (1.0 - true) ** 2 + sum(p * p for p in false), log(max(true, LEAST_PROBABILITY)),
    )  # fmt: skip


def _answer(row: Any, where: str) -> tuple[Key, Answer]:
    if not isinstance(row, dict):
        raise BadInputError("an answer is an object", where, '{"id": ..., "seed": ..., "outcome": ...}')
    try:
        key = (str(row["id"]), int(row["seed"]))
        outcome, listed = str(row["outcome"]), row["hypotheses"]
        rows = tuple((str(one["name"]), float(one["probability"])) for one in listed)
        live = int(row.get("live_messages", 0))
    except (KeyError, TypeError, ValueError) as trouble:
        cure = "give id, seed, outcome and hypotheses with name and probability"
        why = f"{type(trouble).__name__}: {trouble}"
        raise BadInputError(f"an answer that cannot be read ({why})", where, cure) from None
    total = sum(p for _, p in rows)
    if not all(isfinite(p) and 0.0 <= p <= 1.0 for _, p in rows) or total > 1.001:
        raise BadInputError(f"probabilities that sum to {total:g}", where, "each is 0 to 1, together at most 1")
    if live < 0:
        raise BadInputError(f"live_messages = {live}", where, "a count")
    return key, Answer(outcome, tuple(sorted(rows, key=lambda one: -one[1])), live)
