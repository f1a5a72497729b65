"""The guide to false alarms: its Python runs, its words are those of the judge, its pictures are what is believed."""

import re

import pytest
from tests.tidy.repository import ROOT
from tools.false_alarm_pictures import FOLDER, shown_in, stale

from vedette.exercise.rehearse_stories import read_pack
from vedette.exercise.story_outcome import Outcome
from vedette.reports import Cause

GUIDE = ROOT / "docs" / "guides" / "false-alarms.md"
TEXT = GUIDE.read_text(encoding="utf-8")
PICTURES = re.findall(r"\.\./pictures/false-alarm-(FA-\d+\w*)\.svg", TEXT)


def test_its_python_runs_and_saying_nothing_does_not_pass(capsys):
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(block, str(GUIDE), "exec"), {})
    said = capsys.readouterr().out
    assert said.startswith("0 of ")


def test_every_story_and_every_word_is_told():
    told = set(re.findall(r"FA-\d\d", TEXT))
    assert {key[:5] for key in read_pack("false-alarms").ids()} <= told
    rows = TEXT.split("## The words of the table")[1].split("##")[0]
    assert all(re.search(rf"^\| ([A-Z ]+, )?{word}\b", rows, re.MULTILINE) for word in Outcome)


def test_every_rule_is_told_by_its_number():
    rules = {rule for line in read_pack("false-alarms").expected.values() for rule in line.rules}
    told = set(re.findall(r"\bR\d+\b", TEXT))
    assert rules - told <= {"R28"}  # a cancellation that lies ready has a rehearsal of its own


@pytest.mark.parametrize("story_id", PICTURES)
def test_a_picture_keeps_its_figures_and_they_are_probabilities(story_id):
    series = shown_in((FOLDER / f"false-alarm-{story_id}.svg").read_text(encoding="utf-8"))
    assert set(series) <= set(Cause) and all(0.0 <= p <= 1.0 for row in series.values() for _, p in row)
    true = read_pack("false-alarms").expected[story_id].true_causes[0]
    last = sorted(series, key=lambda name: -series[name][-1][1])
    assert true in last[:2]


@pytest.mark.slow
@pytest.mark.parametrize("story_id", PICTURES)
def test_a_picture_shows_what_the_engine_believes_today(story_id):
    assert stale(story_id) == ""


def test_a_picture_of_what_is_cheap_to_play_is_not_stale():
    assert stale("FA-05") == ""
