"""Anybody's answers are scored by hand-worked figures, and mistakes in them are said in words."""

import json
from math import log

import pytest

from vedette.core.errors import BadInputError
from vedette.exercise.expected import Expected
from vedette.exercise.pack_score import LEAST_PROBABILITY, mark, read_answers, totals
from vedette.reports import Cause

EXPECTED = {
    "S-1": Expected("S-1", "NO ALERT", None, (Cause.GLINT,), "", ("x",)),
    "S-2": Expected("S-2", "DEGRADED", None, (Cause.SOLAR_NOISE,), "", ("x",)),
}


def line(story="S-1", seed=1, outcome="NO ALERT", live=0, **probabilities):
    rows = [{"name": Cause[key].value, "probability": p} for key, p in probabilities.items()]
    return json.dumps({"id": story, "seed": seed, "outcome": outcome, "hypotheses": rows, "live_messages": live})


def test_a_right_answer_passes_and_its_brier_score_is_worked_by_hand():
    answers = read_answers([line(GLINT=0.8, UNKNOWN=0.2)])
    (one,) = mark(answers, [("S-1", 1)], EXPECTED)
    assert one.passed and one.rank == 1
    assert one.brier == pytest.approx(0.2**2 + 0.2**2) and one.log_score == pytest.approx(log(0.8))


@pytest.mark.parametrize(
    "answer",
    [
        line(outcome="CAUTION", GLINT=0.8),
        line(live=1, GLINT=0.8),
        line(FIRE=0.5, BOLIDE=0.3, GLINT=0.2),
        line(FIRE=1.0),
    ],
)
def test_another_outcome_a_live_message_or_a_cause_that_is_not_seen_fails(answer):
    assert not mark(read_answers([answer]), [("S-1", 1)], EXPECTED)[0].passed


def test_what_was_not_answered_counts_as_worst():
    figures = totals(mark(read_answers([line(GLINT=1.0)]), [("S-1", 1), ("S-2", 1)], EXPECTED))
    assert (figures["asked"], figures["answered"], figures["passed"]) == (2, 1, 1)
    assert figures["brier"] == 1.0 and figures["log_score"] == pytest.approx(log(LEAST_PROBABILITY) / 2, abs=1e-4)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["{"], "answers:1: not JSON"),
        (["", "[1]"], "answers:2: an answer is an object"),
        (['{"id": "S-1"}'], "cannot be read"),
        ([line(GLINT=0.8, FIRE=0.8)], "sum to 1.6"),
        ([line(GLINT=float("nan"))], "sum to nan"),
        ([line(live=-1)], "live_messages = -1"),
        ([line(), line()], "answered twice"),
    ],
)
def test_mistakes_in_answers_are_said_in_words(lines, words):
    with pytest.raises(BadInputError, match=words):
        read_answers(lines)
