"""Rehearsals: troubles do what they say, and the checkers notice every broken law."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from tests.exercise.fakes import summary_of

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError, NotFoundError
from vedette.exercise.arrival_order import differences, held_up
from vedette.exercise.rehearsal import KINDS, Rehearsal, Trouble, drawn_rehearsal, read_rehearsal
from vedette.exercise.rehearse import records_of, rehearse
from vedette.exercise.troubles import troubled_file
from vedette.formats import Quarantined
from vedette.reports import Finding, FindingKind, ObjectSummary, Scan
from vedette.scenario import make_scenario, read_story


@pytest.fixture(scope="module")
def made():
    story = read_story("two-launches")
    return make_scenario(replace(story, seconds=200.0), 1)


def through(made, *troubles):
    """Scans and sentences after troubles."""
    raw, cut = troubled_file(made.scans, troubles, made.story.t_start_tai_ns, 1)
    records = list(records_of(raw))
    scans = [record for record in records if isinstance(record, Scan)]
    return scans, [record for record in records if isinstance(record, Quarantined)], cut


def arrival_s(made, scan):
    return (scan.t_received_tai_ns - made.story.t_start_tai_ns) / NS_PER_S


def test_without_troubles_every_report_arrives_as_it_was(made):
    scans, sentences, _ = through(made)
    assert sentences == [] and len(scans) == len(made.scans)
    for was, came in zip(made.scans, scans, strict=True):
        assert came.sensor_id == was.sensor_id and came.t_received_tai_ns == was.t_received_tai_ns
        assert came.values.tobytes() == was.values.tobytes()


def test_a_silent_sensor_is_silent_for_as_long_as_it_is_said(made):
    scans, _, _ = through(made, Trouble("silent", "ir-east", 50.0, 100.0))
    heard = [arrival_s(made, scan) for scan in scans if scan.sensor_id == "ir-east"]
    assert not any(50.0 <= t < 100.0 for t in heard) and min(heard) < 50.0 and max(heard) >= 100.0
    others = Counter(scan.sensor_id for scan in made.scans if scan.sensor_id != "ir-east")
    assert Counter(scan.sensor_id for scan in scans if scan.sensor_id != "ir-east") == others


def test_a_late_sensor_comes_in_bursts_and_never_early(made):
    scans, _, _ = through(made, Trouble("late", "radar-north", delay_s=4.0))
    was = {
        scan.values.tobytes() + bytes(scan.t_measured_tai_ns): scan.t_received_tai_ns
        for scan in made.scans
        if len(scan)
    }
    for scan in scans:
        if scan.sensor_id == "radar-north":
            assert scan.t_received_tai_ns % (4 * NS_PER_S) == 0
            if len(scan):
                waited = scan.t_received_tai_ns - was[scan.values.tobytes() + bytes(scan.t_measured_tai_ns)]
                assert 0 <= waited < 4 * NS_PER_S


def test_a_clock_that_steps_back_moves_only_measured_times_and_is_noticed(made):
    scans, sentences, _ = through(made, Trouble("clock-step", "ir-east", 85.0, step_s=-9.0))
    plain = [scan for scan in made.scans if scan.sensor_id == "ir-east" and len(scan)]
    stepped = [scan for scan in scans if scan.sensor_id == "ir-east" and len(scan)]
    for was, came in zip(plain, stepped, strict=True):
        expected = -9 * NS_PER_S if arrival_s(made, was) >= 85.0 else 0
        assert np.all(came.t_measured_tai_ns - was.t_measured_tai_ns == expected)
    assert any("ir-east" in one.what and one.is_kept for one in sentences)


def test_doubled_reordered_and_cut_reports_happen_at_the_stated_share(made):
    n = len(made.scans)
    doubled, _, _ = through(made, Trouble("duplicate", share=0.3))
    assert abs(len(doubled) - n * 1.3) < 5 * np.sqrt(n * 0.3 * 0.7)
    moved, _, _ = through(made, Trouble("reorder", share=0.3, window_s=3.0))
    assert len(moved) == n
    late = sum(a.values.tobytes() != b.values.tobytes() for a, b in zip(moved, made.scans, strict=True))
    assert late > 0.1 * n
    whole, sentences, cut = through(made, Trouble("truncate", share=0.2))
    assert abs(cut - n * 0.2) < 5 * np.sqrt(n * 0.2 * 0.8)
    spoilt = [one for one in sentences if not one.is_kept]
    assert len(whole) + len(spoilt) >= n and len(spoilt) >= cut
    assert all(one.what and one.where for one in spoilt)


def test_the_packaged_rehearsal_uses_every_kind_of_trouble():
    rehearsal = read_rehearsal("bad-night", 1)
    assert {trouble.kind for trouble in rehearsal.troubles} == set(KINDS)


def test_drawn_troubles_come_from_the_seed_and_mix():
    story = read_story("two-launches")
    assert drawn_rehearsal(story, 5) == drawn_rehearsal(story, 5)
    mixtures = {tuple(t.kind for t in drawn_rehearsal(story, seed).troubles) for seed in range(30)}
    assert len(mixtures) > 15


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('story = "two-launches"\n[[trouble]]\nkind = "rain"\n', "rain"),
        ('story = "two-launches"\n[[trouble]]\nkind = "late"\nsensor = "nobody"\n', "nobody"),
        ('story = "two-launches"\n[[trouble]]\nkind = "late"\ndelay_s = "4"\n', "delay_s"),
        ('story = "two-launches"\n[[trouble]]\nkind = "late"\nspeed = 4\n', "unknown key speed"),
        ('story = "two-launches"\n[[trouble]]\nkind = "late"\ndelay_s = -4\n', "positive"),
        ("[", "TOML"),
    ],
)
def test_a_bad_rehearsal_is_one_sentence(tmp_path, text, words):
    path = tmp_path / "night.toml"
    path.write_text(text)
    with pytest.raises(BadInputError, match=words):
        read_rehearsal(path, 1)


def test_a_missing_rehearsal_is_not_found(tmp_path):
    with pytest.raises(NotFoundError):
        read_rehearsal(tmp_path / "none.toml", 1)


class Lawful:
    """A follower that keeps every law: one object, found at the tenth report, lost in words at the end."""

    def __init__(self):
        self.heard = 0

    def absorb(self, scan):
        self.heard += 1
        return self.say(scan, self.heard)

    def say(self, scan, heard):
        if heard != 10 or not len(scan):
            self.heard -= heard == 10
            return ()
        return (self.finding(FindingKind.LAUNCH, int(scan.t_measured_tai_ns[0])),)

    def finding(self, kind, t_tai_ns, text="seen", name="O-1"):
        return Finding(kind=kind, object_id=name, t_tai_ns=t_tai_ns, t_declared_tai_ns=t_tai_ns, text=text)

    def objects(self):
        return (self.object("O-1"),) if self.heard >= 10 else ()

    def object(self, name, phase="boost"):
        return ObjectSummary(id=name, class_name="other", probabilities={"other": 1.0}, phase=phase)

    def alerts(self):
        return ()

    def predict(self, t_tai_ns):
        return ()

    def settle(self, t_tai_ns):
        return (self.finding(FindingKind.LOST, t_tai_ns, "the feed ended"),)


class Forgetful(Lawful):
    """Starts from what another life left behind: no replay can agree."""

    lives = 0

    def __init__(self):
        super().__init__()
        Forgetful.lives += 1
        self.life = Forgetful.lives

    def finding(self, kind, t_tai_ns, text="seen", name="O-1"):
        return super().finding(kind, t_tai_ns, f"life {self.life}", name)


class Prophet(Lawful):
    """Declares what it cannot know yet."""

    def finding(self, kind, t_tai_ns, text="seen", name="O-1"):
        return super().finding(kind, t_tai_ns + 60 * NS_PER_S, text, name)


class Silent(Lawful):
    """Loses an object and says nothing."""

    def say(self, scan, heard):
        if heard == 20:
            return (self.finding(FindingKind.DOUBT, scan.t_received_tai_ns),)
        return super().say(scan, heard)

    def objects(self):
        return (self.object("O-1"),) if 10 <= self.heard < 20 else ()


def run_with(monkeypatch, follower):
    import sys

    monkeypatch.setattr(sys.modules["vedette.engine.advance"], "_new_follower", lambda *_: follower())
    story = replace(read_story("two-launches"), seconds=120.0)
    troubles = (Trouble("truncate", share=0.05), Trouble("restart", at_s=80.0), Trouble("duplicate"))
    told = []
    run = rehearse(Rehearsal("test", story, troubles), 3, lambda seconds, line: told.append((seconds, line)))
    return run, told


def test_a_lawful_engine_is_let_go(monkeypatch):
    run, told = run_with(monkeypatch, Lawful)
    assert run.broken == [] and run.restart_count == 1 and run.set_aside_count > 0
    assert any("launch" in line for _, line in told) and any("restart" in line or "dies" in line for _, line in told)


@pytest.mark.parametrize(
    ("follower", "sentence"),
    [(Forgetful, "another picture"), (Prophet, "declared too early"), (Silent, "went without a reason")],
)
def test_every_broken_law_is_noticed(monkeypatch, follower, sentence):
    run, _ = run_with(monkeypatch, follower)
    assert any(sentence in one for one in run.broken)


def test_reports_that_are_held_up_are_the_same_reports_in_another_order(made):
    scans = held_up(made, 4, 3.0)
    assert sorted(scan.values.tobytes() for scan in scans) == sorted(scan.values.tobytes() for scan in made.scans)
    assert [scan.values.tobytes() for scan in scans] != [scan.values.tobytes() for scan in made.scans]
    received = [scan.t_received_tai_ns for scan in scans]
    assert received == sorted(received)


@pytest.mark.parametrize(
    ("offset_m", "north_km", "words"),
    [(0.0, 0.0, []), (50.0, 0.0, ["stands 50 m apart"]), (0.0, 4.0, ["launch", "impact"])],
)
def test_pictures_that_differ_by_more_than_a_part_of_their_doubt_are_told_apart(made, offset_m, north_km, words):
    one, two = made.flights
    t_tai_ns = one.t_burnout_tai_ns + 10 * NS_PER_S

    class Picture:
        def __init__(self, *objects):
            self.objects = objects

    plain = Picture(summary_of(one, "A", t_tai_ns), summary_of(two, "B", t_tai_ns))
    other = Picture(
        summary_of(two, "X", t_tai_ns), summary_of(one, "Y", t_tai_ns, offset_m=offset_m, north_km=north_km)
    )
    found = differences(plain, other)
    assert len(found) == len(words) and all(word in sentence for word, sentence in zip(words, found, strict=True))
    assert differences(plain, Picture(plain.objects[0])) == ["2 objects in one order, 1 in the other"]


@pytest.mark.slow
def test_the_engine_itself_keeps_every_law_through_a_bad_radar_night():
    story = read_story("two-launches")
    story = replace(story, seconds=132.0, sensors={"radar-north": story.sensors["radar-north"]})
    troubles = (
        Trouble("late", "radar-north", delay_s=4.0),
        Trouble("duplicate", share=0.1),
        Trouble("reorder", share=0.2),
        Trouble("truncate", share=0.05),
        Trouble("restart", at_s=126.0),
    )
    run = rehearse(Rehearsal("a bad radar night", story, troubles), 7)
    assert run.broken == [] and run.restart_count == 1 and run.set_aside_count > 0
    said = {finding.kind for finding in run.picture.timeline}
    assert {FindingKind.LAUNCH, FindingKind.LOST} <= said
