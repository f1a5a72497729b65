"""Threats: the sequential bound against its table, the pack's own table, and the judgement of a played flight."""

from types import SimpleNamespace

import pytest

from vedette.exercise.expected import Expected
from vedette.exercise.rehearse_stories import read_pack
from vedette.exercise.threat_judgement import FlightRecord, sequential_looks
from vedette.reports import Cause
from vedette.scenario import read_story
from vedette.sensing import Radar, Site


def radar(clutter, revisit_s):
    return Radar(Site(0.0, 0.0), 30.0, 0.1, revisit_s=revisit_s, false_alarms_per_look=clutter)


@pytest.mark.parametrize(
    ("gate", "clutter", "revisit_s", "looks"),
    [  # Wald's sequential test by an independent program: 0.9 found, one false declaration a year
        (1e-2, 100.0, 10.0, 6.1),
        (1e-3, 100.0, 10.0, 4.3),
        (1e-4, 100.0, 10.0, 3.5),
        (1e-2, 100.0, 1.0, 6.7),
        (1e-3, 100.0, 1.0, 4.7),
        (1e-4, 100.0, 1.0, 3.8),
        (1e-2, 10_000.0, 1.0, 7.9),
        (1e-3, 10_000.0, 1.0, 5.5),
        (1e-4, 10_000.0, 1.0, 4.3),
    ],
)
def test_the_sequential_bound_is_that_of_the_table(gate, clutter, revisit_s, looks):
    assert sequential_looks([radar(clutter, revisit_s)], gate) == pytest.approx(looks, abs=0.056)  # rounded twice


def test_twenty_threats_stand_in_the_table_and_all_can_be_read():
    pack = read_pack("threats")
    assert len(pack.ids()) == len(pack.expected) == 20
    for name in pack.ids():
        story = read_story(pack.folder / f"{name}.toml")
        assert story.launches and pack.expected[name].word in ("CAUTION", "CONFIRMED")
    assert sum(len(read_story(pack.folder / f"{name}.toml").launches) for name in pack.ids()) >= 200


def record(height=3, is_away=False, name="L1"):
    return FlightRecord(
        id=name, class_name="short-range-ballistic", object_id="O1" if height else None, looks=9, candidate_looks=2,
        candidate_in_time=True, correlated_looks=4, bound_looks=2.5, correlated_in_time=True, is_seen_by_two=True,
        is_reported_by_burnout=True, rung=height, is_explained_away=is_away,
    )  # fmt: skip


def test_the_flights_of_a_pack_are_told_in_one_sentence():
    from dataclasses import asdict

    from vedette.doors.rehearsal_packs import flights_sentence

    told = flights_sentence([asdict(record()), asdict(record(0, True))])
    assert told == (
        "2 flights: candidate in time 2, correlated in time 2, explained away 1; "
        "reported by burnout 2 of 2 that two sensors saw"
    )


@pytest.mark.parametrize(
    ("records", "outcome", "passed"),
    [
        ([record()], "CONFIRMED", True),
        ([record(2)], "CAUTION", False),
        ([record(), record(0)], "MISSED", False),
        ([record(), record(3, True)], "EXPLAINED AWAY", False),
        ([record()] * 195 + [record(0)] * 5, "CONFIRMED", True),  # of a raid of 200, ten may be miscounted
        ([record()] * 180 + [record(0)] * 20, "MISSED", False),
    ],
)
def test_the_worst_flight_is_the_outcome(monkeypatch, records, outcome, passed):
    from vedette.exercise import threat_judgement

    monkeypatch.setattr(threat_judgement, "flight_records", lambda run, accepted: tuple(records))
    expected = Expected("T", "CONFIRMED", None, (Cause.SHORT_RANGE,), "", ("invented",))
    row = threat_judgement.judged(SimpleNamespace(), expected)
    assert (row["outcome"], row["passed"]) == (outcome, passed)


def test_figures_are_told_for_each_story_and_for_all_with_what_is_certain_of_a_rate():
    from dataclasses import asdict, replace

    from vedette.doors.rehearsal_packs import figures_table
    from vedette.exercise.threat_figures import lower_limit, threat_figures

    late = replace(record(), correlated_looks=9, correlated_in_time=False, is_reported_by_burnout=False)
    rows = [
        {"id": "T-01", "flights": [asdict(record()), asdict(late)]},
        {"id": "T-02", "flights": [asdict(replace(record(), correlated_looks=None))]},
    ]
    one, two, both = threat_figures(rows)
    assert (one["id"], two["id"], both["id"]) == ("T-01", "T-02", "all")
    assert one["correlated_looks"] == {"least": 4.0, "mean": 6.5, "p50": 9.0, "p90": 9.0, "most": 9.0}
    assert one["mean_over_bound_looks"] == 4.0 and one["allowed_looks"] == 4
    assert two["never_correlated"] == 1 and two["correlated_looks"] is None
    assert (both["flights"], both["reported_by_burnout"], both["seen_by_two"]) == (3, 2, 3)
    assert both["candidate_looks"]["most"] == 2.0
    assert lower_limit(299, 299) == pytest.approx(0.99, abs=1e-4)  # 0.05 ** (1 / 299)
    assert lower_limit(0, 5) == 0.0 and lower_limit(0, 0) is None
    assert figures_table([one, two, both]).row_count == 3
    assert threat_figures([{"id": "FA-01"}]) == []
