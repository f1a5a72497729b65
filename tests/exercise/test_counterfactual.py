"""What would have been otherwise: told object by object, paired by place, from the same journal."""

import json

import numpy as np
import pytest
from tests.tracking.small_scene import coast_start, coasting, radar_scan

from vedette.core.errors import NotFoundError
from vedette.doors import whatif
from vedette.doors.cli.main import main
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.engine import FeedEnded, Session
from vedette.exercise.counterfactual import Change, differences, paired
from vedette.exercise.run_history import AlertRun, ObjectRun, RunHistory
from vedette.reports import (
    Alert,
    Area,
    Candidate,
    Cause,
    Evidence,
    Explanation,
    ImpactArea,
    LaunchEstimate,
    Message,
    Mode,
    Notice,
    NoticeKind,
    ObjectSummary,
)
from vedette.sensing import Radar, Site, format_sensors

S = 10**9
SESSION = Session(mode=Mode.TEST)


def area(size_km2):
    return Area(probability=0.9, shape="polygon", lat_deg=(1.0, 1.0, 2.0), lon_deg=(1.0, 2.0, 2.0), area_km2=size_km2)


def one(
    name, *, found_s=10, reached=(20, 30, 40), leading=Cause.SHORT_RANGE, p=0.9, size_km2=100.0, notices=("n1",),
    sensors=("a", "b"), x_m=0.0, launch_lat_deg=10.0,
):  # fmt: skip
    """An object of a run as it might have been."""
    where = [(7e6 + x_m + 1e4 * moment, 0.0, 0.0) for moment in range(5)]
    explanations = (Explanation(name=leading, probability=p), Explanation(name=Cause.UNKNOWN, probability=1 - p))
    launch = LaunchEstimate(
        lat_deg=launch_lat_deg, lon_deg=20.0, areas=(), t_tai_ns=0, t_90_tai_ns=(0, 1), azimuth_deg=None,
        azimuth_90_deg=None,
    )  # fmt: skip
    impact = ImpactArea(areas=(area(size_km2),), lat_deg=12.0, lon_deg=22.0, t_90_tai_ns=(0, 1)) if size_km2 else None
    return ObjectRun(
        name, found_s * S, {rung: t * S for rung, t in zip(Evidence, reached, strict=False)},
        summary=ObjectSummary(
            id=name, class_name="x", probabilities={}, phase="coast", launch=launch, impact=impact, sensors=sensors
        ),
        candidate=Candidate(
            id=f"C-{name}", subject="object", object_id=name, t_first_tai_ns=0, t_tai_ns=S, evidence=Evidence.CANDIDATE,
            explanations=explanations, notices=notices,
        ),
        areas_90_km2={} if not size_km2 else {moment: size_km2 for moment in range(5)},
        places_itrf_m=dict(enumerate(where)),
    )  # fmt: skip


def run(*objects, alerts=()):
    return RunHistory(
        SESSION, {one.id: one for one in objects},
        {a.id: AlertRun(a, t * S) for a, t in alerts},
    )  # fmt: skip


def told(first, second):
    return [found.text for found in differences(first, second)]


def test_the_same_run_is_no_different():
    assert told(run(one("O1"), one("O2", x_m=1e6)), run(one("O1"), one("O2", x_m=1e6))) == []


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"reached": (20, 30, 114)}, "confirmed 74 s later"),
        ({"reached": (20, 25, 40)}, "correlated 5 s earlier"),
        ({"reached": (20, 30)}, "never confirmed"),
        ({"found_s": 22}, "found 12 s later"),
        ({"size_km2": 210.0}, "90 % impact area 2.1 times larger at the end (210 km², was 100 km²)"),
        ({"size_km2": 50.0}, "90 % impact area 2.0 times smaller at the end (50 km², was 100 km²)"),
        ({"size_km2": 0.0}, "no impact area at all"),
        ({"notices": ()}, "matches no notice: unnotified"),
        ({"notices": ("n2",)}, "matches n2 instead of n1"),
        ({"leading": Cause.SATELLITE}, "taken for satellite (90%) instead of short-range-ballistic (90%)"),
        ({"p": 0.7}, "less sure to be short-range-ballistic (70%, was 90%)"),
        ({"sensors": ("a",)}, "rests on a alone"),
        ({"launch_lat_deg": 11.0}, "launch point 111.2 km from where it was"),
    ],
)
def test_each_difference_is_one_sentence_with_its_number(other, sentence):
    assert sentence in told(run(one("O1")), run(one("O1", **other)))


def test_objects_are_paired_by_where_they_were_and_not_by_name():
    first, second = run(one("O1"), one("O2", x_m=2e6)), run(one("O1", x_m=2e6 + 5e3), one("O2", x_m=-5e3))
    assert paired(first, second) == {"O1": "O2", "O2": "O1"}
    assert [found.text for found in differences(first, run(one("O1", x_m=2e6)))] == [
        "is never found (it was found, and was short-range-ballistic)"
    ]
    assert told(run(), run(one("O7"))) == ["is found besides, as short-range-ballistic"]


def test_alerts_are_told_by_their_object_and_kind():
    def alert(name, evidence=Evidence.CONFIRMED):
        return Alert(
            id=f"{name}-launch", kind="launch", object_id=name, evidence=evidence, message=Message.PROPOSED, t_tai_ns=0,
            text="",
        )  # fmt: skip

    first = run(one("O1"), alerts=[(alert("O1"), 30)])
    assert "launch alert never proposed" in told(first, run(one("O1")))
    later = run(one("O9"), alerts=[(alert("O9", Evidence.CORRELATED), 50)])
    assert {"launch alert 20 s later", "launch alert ends correlated instead of confirmed"} <= set(told(first, later))


@pytest.fixture
def journal(tmp_path):
    """Two radars follow five bodies; the second begins to look half a minute later."""
    radars = {
        name: Radar(
            name=name, site=Site(*place, 0.0), range_sigma_m=50.0, angle_sigma_deg=0.1, revisit_s=5.0, range_max_km=6e3
        )
        for name, place in {"early": (30.0, -22.0), "late": (33.0, -20.0)}.items()
    }  # fmt: skip
    starts = [coast_start(30.0 + i, -22.0 + i, 700e3, 7400.0, 40.0 * i, 0.0) for i in range(5)]
    rng, scans = np.random.default_rng(3), []
    for t in np.arange(0.0, 60.0, 5.0):
        states = np.concatenate([coasting(start, [t]) for start in starts])
        for name, radar in radars.items():
            if name == "early" or t >= 30.0:
                scans.append(radar_scan(radar, states, t, rng, clutter=False)[0])
    mode = scans[0].mode
    path = tmp_path / "night.sqlite"
    session = Session(mode=mode, sensors_toml=format_sensors(radars), sky=True)
    with SqliteJournal.create(path, session) as kept:
        kept.append_event(Notice("n1", NoticeKind.PRE_LAUNCH, "A", mode, 0, scans[0].t_received_tai_ns - S))
        for scan in scans:
            kept.append_event(scan)
        kept.append_event(FeedEnded())
    return path


def test_without_the_first_radar_everything_is_found_later_and_the_journal_is_as_it_was(journal, capsys):
    before = journal.read_bytes()
    assert main(["whatif", str(journal), "--without", "early", "--json", "-q"]) == 0
    found = json.loads(capsys.readouterr().out)
    later = [d["data"]["later_s"] for d in found["differences"] if d["data"].get("what") == "found"]
    assert len(found["as_it_is"]["objects"]) == 5 and len(later) == 5 and all(25.0 <= s <= 40.0 for s in later)
    assert found["as_it_is"]["events"] > found["as_asked"]["events"]
    with SqliteJournal.open(journal) as kept:
        assert kept.verify().is_whole
    assert journal.read_bytes() == before


def test_what_comes_before_the_change_is_played_once_and_nothing_else_is_otherwise(journal, monkeypatch):
    """The second radar begins after seven entries; beginning the second run there or at the first says the same."""
    change = Change(without=("late",))
    heard = {"as it is": [], change.words: []}
    first, second = whatif.both_runs(journal, change, lambda name, count: heard[name].append)
    assert heard["as it is"][0] == 1 and heard[change.words][0] == 9
    found = whatif.whatif_document(change, first, second, differences(first, second))
    monkeypatch.setattr(whatif, "_alike", lambda change, events: 0)
    whole = whatif.both_runs(journal, change, lambda name, count: lambda done: None)
    assert found == whatif.whatif_document(change, *whole, differences(*whole))


def test_people_read_both_runs_and_the_difference(journal, capsys):
    assert main(["whatif", str(journal), "--without-notice", "n1", "-q"]) == 0
    said = capsys.readouterr().out
    assert "as it is: 5 objects" in said and "without notice n1: 5 objects" in said and "the difference: none" in said


def test_what_the_journal_does_not_hold_is_told_with_what_it_does(journal, capsys):
    assert main(["whatif", str(journal), "--without", "radar-nowhere"]) == NotFoundError.exit_code
    assert "early, late" in capsys.readouterr().err
    assert main(["whatif", str(journal), "--without-notice", "n9"]) == NotFoundError.exit_code
    assert "n1" in capsys.readouterr().err
    assert main(["whatif", str(journal)]) == 2


def test_a_notice_is_left_out_with_what_was_said_about_it():
    kept = Notice("n2", NoticeKind.PRE_LAUNCH, "A", Mode.TEST, 0, 0)
    gone = Notice("n1", NoticeKind.PRE_LAUNCH, "A", Mode.TEST, 0, 0)
    after = Notice("n3", NoticeKind.POST_LAUNCH, "A", Mode.TEST, 0, 0, about="n1")
    assert list(Change(without_notices=("n1",)).events([kept, gone, after])) == [kept]
