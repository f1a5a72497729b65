"""Bad input through the front door: exit code by the table, one sentence each, the rest processed, nothing lost."""

import json
from pathlib import Path

import msgspec
import pytest

from vedette.doors.cli.main import main
from vedette.doors.sqlite_journal import SqliteJournal, list_journals
from vedette.formats import Quarantined
from vedette.reports import Scan


def reading(t_s: int, **changes: object) -> dict[str, object]:
    fields = {
        "t_measured_utc": f"2031-04-01T12:00:{t_s:02d}Z",
        "speed_itrf_kmps": 0.01 * t_s,
        "altitude_km": round(0.005 * t_s * t_s, 1),
        "speed_itrf_sigma_kmps": 8e-5,
        "altitude_sigma_km": 0.029,
    }
    return {**fields, **changes}


def line(t_s: int, sensor_id: str = "stage", mode: str = "TEST", **changes: object) -> str:
    return json.dumps(
        {"kind": "telemetry", "sensor_id": sensor_id, "mode": mode, "detections": [reading(t_s, **changes)]}
    )


HEADER = '{"vedette_scan_file":1,"mode":"TEST","sensors":["stage"]}'
LISTED = [line(t_s) for t_s in range(40)]


def with_bad(bad: str, at: int = 20) -> str:
    return "\n".join([HEADER, *LISTED[:at], bad, *LISTED[at + 1 :], ""])


def watched(feed: Path | list[Path], folder: Path, *words: str) -> tuple[int, list[object]]:
    """Exit code of the run, and everything in its journal."""
    feeds = [str(path) for path in (feed if isinstance(feed, list) else [feed])]
    code = main(["watch", *feeds, "--json", "--data-dir", str(folder / "data"), *words])
    (found,) = list_journals(folder / "data" / "journals")
    with SqliteJournal.open(found.path) as journal:
        assert journal.verify().is_whole
        return code, list(journal.events())


CASES = [
    ("garbled", with_bad("@@@"), 3, 39, "garbled line"),
    ("nan", with_bad(line(20, speed_itrf_kmps="X").replace('"X"', "NaN")), 3, 39, "speed is NaN or infinite"),
    ("negative sigma", with_bad(line(20, altitude_sigma_km=-1)), 3, 39, "altitude with a sigma of -1 km"),
    ("metres for km", with_bad(line(20, altitude_km=400_000)), 3, 39, "altitude 400000 km"),
    ("unknown sensor", with_bad(line(20, sensor_id="ghost")), 3, 39, "sensor 'ghost' is unknown"),
    ("clock back", with_bad(line(12)), 0, 40, "goes back"),
    ("cut off", with_bad(LISTED[20])[:-70], 3, 39, "cut off"),
    ("real in test", with_bad(line(20, mode="REAL")), 6, 39, "a REAL scan in a TEST feed"),
    ("empty", "", 3, 0, "an empty feed"),
]


@pytest.mark.parametrize(
    ("text", "code", "scan_count", "words"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_each_kind_of_bad_input(tmp_path, capsys, text, code, scan_count, words):
    feed = tmp_path / "feed.jsonl"
    feed.write_text(text)
    returned, events = watched(feed, tmp_path)
    said = msgspec.json.decode(capsys.readouterr().out)
    told = [event for event in events if isinstance(event, Quarantined)]
    assert returned == code
    assert sum(isinstance(event, Scan) for event in events) == scan_count == said["counts"]["scans"]
    assert len(told) == 1 and words in told[0].sentence
    assert sum(told[0].sentence in event["text"] for event in said["events"]) == 1


def test_test_data_offered_as_real(tmp_path, capsys):
    feed = tmp_path / "feed.jsonl"
    feed.write_text(with_bad(LISTED[20]))
    code, events = watched(feed, tmp_path, "--mode", "REAL")
    assert code == 6 and not any(isinstance(event, Scan) for event in events)
    (told,) = [
        event for event in msgspec.json.decode(capsys.readouterr().out)["events"] if event["kind"] == "quarantined"
    ]
    assert "a TEST feed offered as REAL" in told["text"]


def test_one_bad_feed_among_good_ones(tmp_path, capsys):
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.bin"
    good.write_text(with_bad(LISTED[20]))
    bad.write_bytes(bytes(range(256)))
    code, events = watched([bad, good], tmp_path)
    assert code == 3 and sum(isinstance(event, Scan) for event in events) == 40
    assert "bad.bin: not a feed" in capsys.readouterr().out


def test_a_feed_that_is_not_there(tmp_path, capsys):
    assert main(["watch", str(tmp_path / "gone.jsonl"), "--data-dir", str(tmp_path)]) == 4
    assert "no feed at" in capsys.readouterr().err


def test_replay_says_the_same_of_bad_input(tmp_path, capsys):
    feed = tmp_path / "feed.jsonl"
    feed.write_text(with_bad("@@@"))
    watched(feed, tmp_path)
    live = capsys.readouterr().out
    (found,) = list_journals(tmp_path / "data" / "journals")
    assert main(["replay", str(found.path), "--json"]) == 3
    assert capsys.readouterr().out == live


def test_seconds_count_from_the_lift_off_that_the_feed_lets_us_see(tmp_path, capsys):
    """Telemetry that carries UTC and no lift-off: `T+20` waits until a launch has been seen."""
    feed = tmp_path / "feed.jsonl"
    feed.write_text("\n".join([HEADER, *LISTED, ""]))
    code, events = watched(feed, tmp_path, "--until", "T+20")
    assert code == 0 and 15 <= sum(isinstance(event, Scan) for event in events) <= 25
    said = msgspec.json.decode(capsys.readouterr().out)
    (launch,) = [event for event in said["events"] if event["kind"] == "launch"]
    assert launch["t_plus_s"] == 0.0 and launch["t_utc"].startswith("2031-04-01T12:00:0")
