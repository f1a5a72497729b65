"""Journals of every older version are read, verified and played by this one."""

import gzip
import json
from pathlib import Path

import pytest

from vedette.doors.sqlite_journal import SqliteJournal
from vedette.doors.watching import run_replay
from vedette.engine import FeedEnded
from vedette.reports import Mode, Notice, PartnerNews, PartnerReport, Scan, SensorKind

FOLDER = Path(__file__).with_name("old_journals")
EXPECTED = json.loads((FOLDER / "expected.json").read_text())


@pytest.fixture(params=sorted(EXPECTED))
def old(request, tmp_path):
    packed = FOLDER / f"{request.param}.sqlite.gz"
    path = tmp_path / "old.sqlite"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    return EXPECTED[request.param], path


def test_it_is_whole_to_the_last_link_and_every_event_is_understood(old):
    expected, path = old
    with SqliteJournal.open(path) as journal:
        assert journal.verify().is_whole
        assert journal.store.entry_count == expected["entries"]
        assert journal.store.chain_after(expected["entries"]).hex() == expected["last_link"]
        assert journal.session.mode is Mode.TEST and journal.session.pad_lat_lon_deg == (28.6, -80.6)
        events = list(journal.events())
    scans = [event for event in events if isinstance(event, Scan)]
    assert len(scans) == expected["kinds"]["scan"]
    radar = next(scan for scan in scans if scan.kind is SensorKind.RADAR and len(scan.values))
    assert abs(radar.values[0, 2] - 812_250.0) < 1e-6  # metres, as the feed has it in kilometres
    assert isinstance(events[-1], FeedEnded)
    assert sum(isinstance(e, Notice) for e in events) == expected["kinds"].get("notice", 0)
    partners = sum(isinstance(e, PartnerReport | PartnerNews) for e in events)
    assert partners == sum(n for kind, n in expected["kinds"].items() if kind.startswith("partner"))


def test_it_is_played_twice_to_the_same_bytes(old, capsys):
    _, path = old
    before = path.read_bytes()
    said = []
    for _ in range(2):
        assert run_replay(path, "jsonl", None, None, None) in (0, 3)
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] and json.loads(said[0].splitlines()[0])
    assert path.read_bytes() == before


def test_every_older_version_has_its_journal_here():
    assert len(EXPECTED) >= 7
    assert {path.name.removesuffix(".sqlite.gz") for path in FOLDER.glob("*.gz")} == set(EXPECTED)
