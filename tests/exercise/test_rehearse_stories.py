"""Packs of stories: played, judged by the table alone, kept and taken up again."""

import json
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from vedette.core.errors import BadInputError, NotFoundError
from vedette.exercise.expected import read_expected
from vedette.exercise.rehearse_stories import Pack, read_pack, rehearse_pack
from vedette.exercise.story_desk import Deed, Delivery
from vedette.exercise.story_outcome import Outcome, is_clock_alarm, main_candidate, outcome_of, rank_of
from vedette.exercise.story_run import Moment
from vedette.reports import Alert, Candidate, Cause, Evidence, Explanation, Finding, FindingKind, Message, Mode

QUIET = """
title = "Nothing happens"
t_start_utc = "2031-04-01T12:00:00Z"
seconds = 20.0
sensors = ["radar-uhf"]
"""
TABLE = """
[S-1]
outcome = "NO ALERT"
true_cause = "satellite"
sources = ["invented"]
"""


@pytest.fixture
def pack(tmp_path):
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "S-1.toml").write_text(QUIET, encoding="utf-8")
    (folder / "expected.toml").write_text(TABLE, encoding="utf-8")
    return Pack("pack", folder, read_expected(folder))


def candidate(one="C1", evidence=Evidence.CORRELATED, t=10, notices=(), subject="object", **probabilities):
    rows = sorted(probabilities.items(), key=lambda row: -row[1])
    explanations = tuple(Explanation(name=Cause[key], probability=p) for key, p in rows)
    return Candidate(
        id=one, subject=subject, object_id="L1" if subject == "object" else "", t_first_tai_ns=0,
        t_tai_ns=t * 10**9, evidence=evidence, explanations=explanations, notices=notices,
    )  # fmt: skip


def alert(evidence=Evidence.CORRELATED):
    return Alert(
        id="A1", kind="launch", object_id="L1", evidence=evidence, message=Message.PROPOSED, t_tai_ns=0, text="x"
    )


def run(*moments, findings=(), deliveries=(), deeds=(), objects=(), sensors=()):
    story = SimpleNamespace(t_start_tai_ns=0, seconds=100.0)
    return SimpleNamespace(
        made=SimpleNamespace(story=story, sensors=sensors), picture=SimpleNamespace(objects=objects), moments=moments,
        findings=findings, deliveries=deliveries, deeds=deeds,
    )  # fmt: skip


def finding(kind, **data):
    return Finding(kind=kind, object_id="R", t_tai_ns=0, t_declared_tai_ns=5 * 10**9, text="said", data=data)


def test_a_row_has_what_the_issue_asks_for_and_is_kept(pack, tmp_path):
    results = tmp_path / "rows.jsonl"
    rows = rehearse_pack(pack, ["S-1"], [1, 2], results=results)
    asked = {"id", "seed", "expected", "outcome", "seconds", "true_cause", "hypotheses", "live_messages"}
    assert [row["seed"] for row in rows] == [1, 2] and all(asked <= set(row) for row in rows)
    assert all(row["outcome"] == "NO ALERT" and not row["passed"] for row in rows)  # nothing named the satellite
    lines = results.read_text(encoding="utf-8").splitlines()
    results.write_text("\n".join([lines[0], lines[1][:30]]), encoding="utf-8")  # interrupted in the middle of a line
    heard = []
    again = rehearse_pack(
        pack, ["S-1"], [1, 2], results=results, is_resumed=True, tell=lambda done, of, row: heard.append(row["seed"])
    )
    assert heard == [2]
    assert [{**row, "cpu_s": 0} for row in again] == [{**row, "cpu_s": 0} for row in rows]


def test_a_changed_story_is_played_again(pack, tmp_path):
    results = tmp_path / "rows.jsonl"
    rehearse_pack(pack, ["S-1"], [1], results=results)
    (pack.folder / "S-1.toml").write_text(QUIET.replace("Nothing", "Little"), encoding="utf-8")
    heard = []
    rehearse_pack(pack, ["S-1"], [1], results=results, is_resumed=True, tell=lambda *row: heard.append(row))
    lines = results.read_text(encoding="utf-8").splitlines()
    assert len(heard) == 1 and len({json.loads(line)["digest"] for line in lines}) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TABLE.replace("satellite", "ghost"), "no cause 'ghost'"),
        (TABLE.replace("NO ALERT", "fine"), "outcome = 'fine'"),
        (TABLE.replace('sources = ["invented"]', ""), "sources are needed"),
        (TABLE + 'by = "me"\n', "unknown key by"),
        ("[S-1", "not a TOML file"),
    ],
)
def test_a_table_with_a_mistake_is_refused_in_words(tmp_path, text, words):
    (tmp_path / "expected.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError, match=words):
        read_expected(tmp_path)


def test_a_story_or_a_pack_that_is_not_there_is_said_so(pack):
    with pytest.raises(NotFoundError, match="there are S-1"):
        pack.chosen("S-9")
    assert pack.chosen("s-1") == ("S-1",)
    with pytest.raises(NotFoundError):
        read_pack("no-such-pack")


def test_every_line_of_the_reviewed_table_has_its_story_and_every_story_its_line():
    pack = read_pack("false-alarms")
    stories = {path.stem for path in pack.folder.glob("*.toml")} - {"expected"}
    assert set(pack.ids()) == stories == set(pack.expected)
    assert {line.word for line in pack.expected.values()} <= set(Outcome)


def test_nothing_is_no_alert_and_noise_is_degradation():
    assert outcome_of(run()).outcome is Outcome.NO_ALERT
    noisy = run(findings=[finding(FindingKind.SENSOR_DEGRADED)])
    assert outcome_of(noisy).outcome is Outcome.DEGRADED and outcome_of(noisy).seconds == 5.0


def test_a_launch_that_stands_is_caution_or_confirmed_and_one_that_threatens_nobody_is_cleared():
    short = Moment(10.0, (candidate(SHORT_RANGE=0.9, SOUNDING_ROCKET=0.1),), (alert(),))
    assert outcome_of(run(short)).outcome is Outcome.CAUTION
    two = Moment(20.0, (candidate(SHORT_RANGE=0.9, SOUNDING_ROCKET=0.1),), (alert(Evidence.CONFIRMED),))
    assert outcome_of(run(short, two)).outcome is Outcome.CONFIRMED
    away = Moment(40.0, (candidate(SHORT_RANGE=0.1, SOUNDING_ROCKET=0.9),), (alert(Evidence.CONFIRMED),))
    assert outcome_of(run(short, two, away)).outcome is Outcome.CLEARED
    assert outcome_of(run(short, two, away)).seconds == 40.0
    told = Moment(50.0, (candidate(SHORT_RANGE=0.9, SOUNDING_ROCKET=0.1, notices=("N1",)),), (alert(),))
    assert outcome_of(run(short, told)).outcome is Outcome.MATCHED


def test_a_prediction_is_expired_only_where_the_engine_says_that_nobody_saw_the_end():
    rising = Moment(20.0, (candidate(SHORT_RANGE=0.9, SOUNDING_ROCKET=0.1),), (alert(Evidence.CONFIRMED),))
    down = replace(candidate(t=60, SHORT_RANGE=0.9, SOUNDING_ROCKET=0.1), evidence=Evidence.PASSED)
    passed = alert(Evidence.PASSED)
    seen = Moment(60.0, (down,), (passed,))
    assert outcome_of(run(rising, seen)).outcome is Outcome.CONFIRMED  # it came down as was said
    unseen = Moment(60.0, (replace(down, marks=("expired-unseen",)),), (passed,))
    assert outcome_of(run(rising, unseen)).outcome is Outcome.EXPIRED
    assert outcome_of(run(rising, unseen)).seconds == 60.0
    stale = Moment(60.0, (replace(down, marks=("stale",)),), (passed,))
    assert outcome_of(run(rising, stale)).outcome is Outcome.CONFIRMED
    withdrawn = Moment(60.0, (down,), (alert(Evidence.WITHDRAWN),))
    assert outcome_of(run(rising, withdrawn)).outcome is Outcome.EXPIRED


def test_a_live_message_is_the_gravest_word_unless_every_channel_was_told_to_forget_it():
    out = [Delivery(10.0, c, c != "pager", Mode.REAL, "alert", "A1") for c in ("siren", "radio", "pager")]
    assert outcome_of(run(deliveries=out)).outcome is Outcome.LIVE_MESSAGE
    back = [Delivery(d.t_s + 21.0, d.channel, d.is_public, d.mode, "cancel", "A1") for d in out]
    assert outcome_of(run(deliveries=out + back[:2])).outcome is Outcome.LIVE_MESSAGE
    decided = Deed(30.0, "duty", "cancel", True, "cancelled")
    verdict = outcome_of(run(deliveries=out + back, deeds=[decided]))
    assert (verdict.outcome, verdict.seconds) == (Outcome.CANCELLED, 1.0)
    drill = [Delivery(10.0, "siren", True, Mode.EXERCISE, "alert", "A1")]
    assert outcome_of(run(deliveries=drill)).outcome is Outcome.NO_ALERT


def test_what_was_refused_and_a_wrong_clock_have_their_own_words():
    assert outcome_of(run(deeds=[Deed(3.0, "one", "send", False, "no event")])).outcome is Outcome.REFUSED
    seen = Moment(10.0, (candidate(SHORT_RANGE=0.9, SOUNDING_ROCKET=0.1),), (alert(),))
    drift = finding(FindingKind.REGISTRATION, mark="bias-drift", terms=["clock_s"])
    assert outcome_of(run(seen, findings=[drift])).outcome is Outcome.CLOCK_ALARM
    assert outcome_of(run(findings=[drift])).outcome is Outcome.NO_ALERT  # a missed object is no success
    for off_s, is_wrong in ((0.34, True), (0.2, False)):
        known = finding(
            FindingKind.REGISTRATION, mark="bias-established", terms=["clock_s"], sensor_id="R",
            biases={"clock_s": off_s}, sigmas={"clock_s": 0.01},
        )  # fmt: skip
        assert is_clock_alarm(known, run(sensors={"R": SimpleNamespace(clock_bias_sigma_s=0.1)})) is is_wrong


def test_the_rank_is_that_of_the_best_founded_candidate():
    false_start = candidate("C0", Evidence.CANDIDATE, 90, SATELLITE=0.9, UNKNOWN=0.1)
    loud = candidate("C1", Evidence.CORRELATED, 20, SHORT_RANGE=0.6, SATELLITE=0.3, UNKNOWN=0.1)
    one = run(Moment(20.0, (loud, false_start), ()), Moment(90.0, (false_start,), ()))
    assert main_candidate(one).id == "C1"
    assert rank_of([Cause.SATELLITE], one) == 2 and rank_of([Cause.BOLIDE], one) is None
    assert rank_of([Cause.SATELLITE, Cause.SHORT_RANGE], one) == 1 and rank_of([Cause.SATELLITE], run()) is None


def test_several_at_once_give_the_same_rows_as_one_after_another(pack):
    alone = rehearse_pack(pack, ["S-1"], [1, 2, 3])
    together = rehearse_pack(pack, ["S-1"], [1, 2, 3], jobs=2)
    assert [{**row, "cpu_s": 0} for row in together] == [{**row, "cpu_s": 0} for row in alone]


def test_a_long_story_says_how_far_it_has_been_played(pack, monkeypatch):
    monkeypatch.setattr("vedette.exercise.rehearse_stories.BEAT_S", 0.0)
    heard = []
    rehearse_pack(pack, ["S-1"], [1], tell_playing=heard.append)
    assert heard[0].startswith("S-1 seed 1, ") and heard[-1].endswith(" of 20 s")
