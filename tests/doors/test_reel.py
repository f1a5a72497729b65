"""The reel of a journal: what it says of an instant is what the engine says of the entries up to there."""

import shutil
from itertools import islice

import msgspec
import numpy as np
import pytest

from vedette.core.errors import NotFoundError, UsageError
from vedette.doors import reel as reel_module
from vedette.doors.checkpoints import freeze, thaw
from vedette.doors.evidence_at import evidence_at
from vedette.doors.explaining import explain_document
from vedette.doors.reel import ReelBuilder, ensure_reel
from vedette.doors.reel_lives import SKIPPED
from vedette.doors.reel_store import ReelStore, reel_path_of
from vedette.doors.seeking import Reading
from vedette.doors.server.frames import fold_frame
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.doors.wire import document
from vedette.engine import advance, open_picture
from vedette.engine.track_history import TrackHistory
from vedette.exercise.long_watch import long_watch
from vedette.reports import Mode, Notice, NoticeKind

ENTRIES = 190
EXPLAINED = (150, ENTRIES)


def as_json(value):
    return msgspec.json.decode(msgspec.json.encode(value))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A launch night with a quiet sky before it, cut after its first burnout; its documents and evidence by entry."""
    path = tmp_path_factory.mktemp("reel") / "night.sqlite"
    watch = long_watch(hours=0.3, seed=3, objects=20, launches=1)
    said, history = {}, TrackHistory("O1")
    with SqliteJournal.create(path, watch.session) as journal:
        picture = open_picture(watch.session)
        for entry, event in enumerate(watch.events[:ENTRIES], 1):
            journal.append_event(event)
            history.before(picture, event)
            picture = advance(picture, event)
            history.after(picture, event)
            if entry in (50, 120, 150, ENTRIES) or picture.new_findings:
                said[entry] = as_json(document(picture))
            if entry in EXPLAINED:
                said[f"evidence {entry}"] = as_json(explain_document(history.story(picture), picture))
    return path, said


@pytest.fixture
def night(made, tmp_path):
    path = tmp_path / "night.sqlite"
    shutil.copy(made[0], path)
    return path, made[1]


@pytest.fixture(scope="module")
def reading(made):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reel_module, "CHECKPOINT_EVERY", 35)  # on both sides of whatever is asked about
        ensure_reel(made[0])
    found = Reading.open(made[0], is_maker=False)
    yield found
    found.close()


def cut(path, entries):
    """The beginning of a journal, as a journal of its own."""
    short = path.with_name("short.sqlite")
    with SqliteJournal.open(path) as whole, SqliteJournal.create(short, whole.session) as journal:
        for event in islice(whole.events(), entries):
            journal.append_event(event)
    return short


def test_every_piece_of_news_and_the_end_are_shown_as_they_were(made, reading):
    documents = {entry: picture for entry, picture in made[1].items() if isinstance(entry, int)}
    for entry, picture in documents.items():
        shown = reading.picture_at(f"entry:{entry}")
        if shown["entry"] == entry:
            assert as_json(shown["picture"]) == picture
    kept = [entry for entry in documents if reading.picture_at(f"entry:{entry}")["entry"] == entry]
    assert ENTRIES in kept and len(kept) >= len(documents) - 3, "only quiet entries may lie between two frames"


def test_what_lies_between_two_frames_is_shown_as_of_the_one_before(reading):
    for entry in range(1, ENTRIES, 23):
        shown = reading.picture_at(f"entry:{entry}")
        assert entry - 12 <= shown["entry"] <= entry  # a second of four sensors, with room for clumps


def test_frames_between_fold_over_the_picture_to_the_later_one(reading):
    held = reading.picture_at("entry:60")
    for frame in reading.frames_between("entry:60", "entry:170", most=2000):
        held = fold_frame(held, frame)
    later = reading.picture_at("entry:170")
    assert held["entry"] == later["entry"] and held["picture"] == later["picture"]
    assert len(reading.frames_between("entry:60", "entry:170", most=5)) == 5


def test_an_instant_may_be_utc_seconds_or_an_entry(reading):
    whole = reading.picture_at(f"entry:{ENTRIES}")
    assert reading.picture_at("2040-01-01T00:00:00Z")["entry"] == ENTRIES
    assert reading.picture_at("end")["entry"] == ENTRIES
    assert reading.picture_at("2000-01-01T00:00:00Z")["entry"] == 0
    assert reading.picture_at("2000-01-01T00:00:00Z")["picture"]["objects"] == []
    launch = next(event for event in whole["picture"]["events"] if event["kind"] == "launch")
    then = reading.picture_at(f"+{launch['t_declared_plus_s'] + 3.0}")
    assert 0 < then["entry"] < ENTRIES and then["picture"]["objects"]
    for wrong in ("entry:x", "entry:-3", "yesterday"):
        with pytest.raises(UsageError):
            reading.picture_at(wrong)


def test_history_tells_how_the_belief_moved_and_how_the_looks_lay(reading):
    name = reading.picture_at(f"entry:{ENTRIES}")["picture"]["objects"][0]["id"]
    story = reading.history_of(name)
    for rows in (story["classes"], story["areas"], story["explanations"]):
        assert rows and [row["entry"] for row in rows] == sorted({row["entry"] for row in rows})
    assert abs(sum(story["classes"][-1]["probabilities"].values()) - 1.0) < 0.01
    assert story["areas"][-1]["impact_99_km2"] > story["areas"][-1]["impact_50_km2"] > 0
    assert story["explanations"][-1]["evidence"] in ("correlated", "confirmed")
    assert story["residuals"] and all(row["nis"] >= 0 and row["dof"] >= 1 for row in story["residuals"])
    early = reading.history_of(name, f"entry:{story['areas'][0]['entry'] + 5}")
    assert 0 < len(early["areas"]) < len(story["areas"])
    with pytest.raises(NotFoundError):
        reading.history_of("O99")


def test_trails_hold_where_objects_were_believed_up_to_an_instant(reading):
    shown = {one["id"]: one["state"] for one in reading.picture_at(f"entry:{ENTRIES}")["picture"]["objects"]}
    told = reading.trails_of(f"entry:{ENTRIES}")["trails"]
    assert shown and told.keys() >= {name for name, state in shown.items() if state}
    for name, state in shown.items():
        assert told[name][-1] == [state[key] for key in ("t_utc", "lat_deg", "lon_deg", "altitude_km")]
    for name, rows in reading.trails_of("entry:150")["trails"].items():
        times = [row[0] for row in rows]
        assert times == sorted(set(times))
        assert rows == told[name][: len(rows)], "the later trail goes on from the earlier one"
    assert reading.trails_of(f"entry:{ENTRIES}", 5.0)["trails"].keys() <= told.keys()


def test_a_pass_that_was_interrupted_goes_on_and_ends_the_same(night, monkeypatch):
    path, said = cut(night[0], 120), night[1]
    monkeypatch.setattr(reel_module, "CHECKPOINT_EVERY", 50)
    with SqliteJournal.open(path) as journal:
        with ReelStore(journal.store) as reel:
            builder = ReelBuilder(journal, reel)
            builder.step(is_stopped=lambda: builder.entry >= 70)
            assert builder.is_behind
        with ReelStore(journal.store) as reel:
            again = ReelBuilder(journal, reel)
            assert 50 <= again.entry <= 70, "it goes on from the last checkpoint"
            assert again.step() and not again.is_behind
    reading = Reading.open(path)
    assert as_json(reading.picture_at("entry:120")["picture"]) == said[120]
    assert as_json(reading.picture_at("entry:50")["picture"])["events"] == said[50]["events"]
    reading.close()


def test_a_journal_that_grows_is_followed(night):
    path, said = night
    grown = path.with_name("grown.sqlite")
    with SqliteJournal.open(path) as whole:
        events = list(whole.events())
        session = whole.session
    with SqliteJournal.create(grown, session) as journal:
        for event in events[:40]:
            journal.append_event(event)
        journal.commit()
        reading = Reading.open(grown)
        builder = ReelBuilder(reading.journal, reading.reel)
        assert builder.step() and reading.reel.last_entry == 40 and reading.is_whole
        for event in events[40:50]:
            journal.append_event(event)
        journal.commit()
        assert builder.is_behind and not reading.is_whole and builder.step()
        assert as_json(reading.picture_at("entry:50")["picture"]) == said[50]
        reading.close()


def test_a_reel_of_another_engine_or_another_journal_is_thrown_away(night, monkeypatch):
    path, _ = night
    monkeypatch.setattr(reel_module, "CHECKPOINT_EVERY", 20)
    with SqliteJournal.open(path) as journal:
        with ReelStore(journal.store) as reel:
            builder = ReelBuilder(journal, reel)
            builder.step(is_stopped=lambda: builder.entry >= 30)
            assert reel.last_entry >= 20
        monkeypatch.setattr("vedette.doors.reel_store.engine_mark", lambda: "0.0.1+another")
        with ReelStore(journal.store) as reel:
            assert reel.last_entry == 0
    other = path.with_name("other.sqlite")
    with SqliteJournal.create(other, journal.session):
        pass
    shutil.copy(reel_path_of(path), reel_path_of(other))
    with SqliteJournal.open(other) as journal, ReelStore(journal.store) as reel:
        assert reel.last_entry == 0


def test_a_reel_that_is_no_file_of_ours_is_made_anew(night):
    path, _ = night
    reel_path_of(path).write_bytes(b"not a reel at all" * 100)
    with SqliteJournal.open(path) as journal, ReelStore(journal.store) as reel:
        assert reel.last_entry == 0


def test_a_thawed_engine_goes_on_as_if_nothing_had_been(made, reading):
    start, frozen, apart = reading.reel.checkpoint(100)
    assert 60 <= start <= 100
    picture = thaw(frozen, apart)
    for event in islice(reading.journal.events(start + 1), 120 - start):
        picture = advance(picture, event)
    assert as_json(document(picture)) == made[1][120]


@pytest.mark.parametrize("entry", EXPLAINED)
def test_evidence_from_the_reel_is_what_playing_from_the_first_entry_tells(made, reading, entry):
    """Every figure: checkpoints lie between what was heard of the object and the instant that is asked about."""
    told = made[1][f"evidence {entry}"]
    at = None if entry == ENTRIES else f"entry:{entry}"
    assert reading.reel.lives("O1", entry) and reading.reel.lives(told["track_id"], entry)
    assert as_json(evidence_at(reading, "O1", at)) == told
    assert told["looks"] and told["belief"] and told["classes"]
    by_track = as_json(evidence_at(reading, told["track_id"], at))
    for part in ("looks", "lost", "belief", "sensors", "nis", "alternatives"):
        assert by_track[part] == told[part], part


def test_evidence_that_takes_long_or_is_of_nothing(reading):
    # an instant after a checkpoint, which a slow machine may have made anywhere: something must be played up to it
    entry = next(n for n in range(ENTRIES, 0, -1) if reading.reel.checkpoint(n)[0] < n)
    assert evidence_at(reading, "O1", f"entry:{entry}", longest_s=0.0) is None, "what takes long is left to others"
    with pytest.raises(NotFoundError):
        evidence_at(reading, "O99", None)


def test_where_more_tracks_were_than_are_listened_to_evidence_is_left_to_others(made, reading, tmp_path):
    path = tmp_path / "night.sqlite"
    for one in (made[0], reel_path_of(made[0])):
        shutil.copy(one, path.with_name(one.name))
    crowded = Reading.open(path)
    newest = crowded.reel.checkpoint(ENTRIES)
    crowded.reel.keep_checkpoint(newest[0], 0, newest[1], {}, {SKIPPED: b""})
    assert evidence_at(crowded, "O1", None) is None
    crowded.close()


def test_large_parts_are_kept_once_and_stay_as_many_as_they_were(reading):
    first, second = (reading.reel.checkpoint(entry) for entry in (70, 140))
    (_, early), (_, late) = (freeze(thaw(*one[1:])) for one in (first, second))
    assert first[0] < second[0] and early.keys() & late.keys()
    picture = thaw(*second[1:])
    two_alike = {"a": np.zeros(600), "b": np.zeros(600)}
    picture.noise_rise_db = {**two_alike, "c": two_alike["a"]}
    frozen, apart = freeze(picture)
    thawed = thaw(frozen, apart.__getitem__).noise_rise_db
    assert thawed["a"] is thawed["c"] and thawed["a"] is not thawed["b"]
    assert thaw(frozen, {}.__getitem__) is None


def test_notices_are_shown_from_the_entry_on_at_which_they_came(tmp_path):
    watch = long_watch(hours=0.05, seed=3, objects=0, launches=0)
    scans = watch.events[:6]
    t = scans[2].t_received_tai_ns
    notice = Notice(
        notice_id="n1", kind=NoticeKind.PRE_LAUNCH, party="A", mode=Mode.SIMULATED, t_issued_tai_ns=t,
        t_received_tai_ns=t,
    )  # fmt: skip
    path = tmp_path / "notices.sqlite"
    with SqliteJournal.create(path, watch.session) as journal:
        for event in (*scans[:3], notice, *scans[3:]):
            journal.append_event(event)
    ensure_reel(path)
    reading = Reading.open(path)
    assert reading.picture_at("entry:3")["notices"] == []
    assert [one["id"] for one in reading.picture_at("entry:7")["notices"]] == ["n1"]
    reading.close()


def test_a_frozen_thing_that_is_no_picture_is_not_thawed():
    import os
    import pickle

    class Harm:
        def __reduce__(self):
            return os.system, ("true",)

    assert thaw(pickle.dumps(Harm())) is None
    assert thaw(pickle.dumps({"no": "picture"})) is None
    assert thaw(b"garbage") is None
