"""`vedette notices`: kept, listed, matched, counted."""

import json
from pathlib import Path

import pytest

from vedette.doors.cli import main

TEXT = "HAZARDOUS OPERATIONS 011200Z TO 011600Z APR 31 WITHIN 30 MILES OF 28-00N 031-30W"


def said(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out)


def test_a_warning_to_sailors_is_kept_listed_and_held_against_what_is_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["--data-dir", str(tmp_path)]
    add = ["notices", "add", "--text", TEXT, "--id", "NAV-1", "--party", "Northland", "--at", "2031-03-31T00:00:00Z"]
    assert main([*add, *here, "--json"]) == 0
    assert said(capsys)["new"] == 1
    assert main([*add, *here, "--json"]) == 0
    assert said(capsys)["new"] == 0  # the same notice twice is one
    assert main(["notices", "list", "--at", "2031-04-01T11:00:00Z", "--hours", "24", "--json", *here]) == 0
    (case,) = said(capsys)["cases"]
    assert (case["id"], case["state"]) == ("NAV-1", "expected")
    assert main(["notices", "list", "--at", "2031-03-31T00:00:00Z", "--hours", "24", "--json", *here]) == 0
    assert said(capsys)["cases"] == []
    picture = {
        "mode": "SIMULATED",
        "objects": [{
            "id": "O1", "probabilities": {"short-range-ballistic": 1.0},
            "launch": {"t_utc": "2031-04-01T12:05:00Z", "t_90_plus_s": [-3.0, 3.0], "lat_deg": 31.0, "lon_deg": -29.0,
                       "azimuth_deg": None, "azimuth_90_deg": None, "areas": []},
            "impact": {"lat_deg": 28.0, "lon_deg": -31.5},
        }],
    }  # fmt: skip
    seen = tmp_path / "picture.json"
    seen.write_text(json.dumps(picture))
    assert main(["notices", "match", str(seen), "--at", "2031-04-01T12:10:00Z", "--json", *here]) == 0
    found = said(capsys)
    assert [(pair["object"], pair["notice"]) for pair in found["matched"]] == [("O1", "NAV-1")]
    assert found["states"] == {"NAV-1": "matched"}
    assert main(["notices", "report", "--json", *here, "--at", "2031-04-02T00:00:00Z"]) == 0
    assert said(capsys)["parties"][0]["party"] == "Northland"


def test_bad_notices_are_refused_by_themselves_and_the_exit_code_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox = tmp_path / "inbox.json"
    good = {"id": "N1", "kind": "exercise", "party": "A", "mode": "EXERCISE", "issued_utc": "2031-01-01T00:00:00Z"}
    inbox.write_text(json.dumps([good, {"id": "N2"}]))
    assert main(["notices", "import", str(inbox), "--data-dir", str(tmp_path), "--json"]) == 3
    shown = capsys.readouterr()
    assert json.loads(shown.out)["new"] == 1
    assert "notice 2" in shown.err
    assert main(["notices", "import", str(tmp_path / "none.json"), "--data-dir", str(tmp_path)]) == 4
    assert main(["notices", "match", str(inbox), "--data-dir", str(tmp_path)]) == 3
    assert main(["notices", "add", "--text", "nowhere", "--id", "X", "--party", "A", "--data-dir", str(tmp_path)]) == 3


def test_a_line_cut_short_by_a_crash_costs_only_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["--data-dir", str(tmp_path)]
    add = ["notices", "add", "--text", TEXT, "--party", "Northland", "--at", "2031-03-31T00:00:00Z", *here]
    assert main([*add, "--id", "NAV-1"]) == 0
    store = tmp_path / "notices.jsonl"
    store.write_bytes(store.read_bytes() + b'{"id": "NAV-2", "ki')
    assert main([*add, "--id", "NAV-3"]) == 0
    capsys.readouterr()
    assert main(["notices", "list", "--at", "2031-04-01T00:00:00Z", "--json", *here]) == 0
    shown = capsys.readouterr()
    assert [case["id"] for case in json.loads(shown.out)["cases"]] == ["NAV-1", "NAV-3"]
    assert "set aside" in shown.err
