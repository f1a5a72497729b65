"""The report of a watch says what is open, who did what and what is late, and says nothing when nothing is."""

import json
import re
import time
from pathlib import Path

import pytest
from tests.assessment.alerts.samples import act, draft, name_of, person

from vedette.assessment.alerts import Act, Attention, DeskKind, attend, release
from vedette.core.constants import NS_PER_S
from vedette.core.errors import RefusedError
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.cli.handover import handover
from vedette.doors.handing_over.document import handover_document
from vedette.doors.handing_over.page import handover_page
from vedette.doors.handing_over.words import CALM, handover_text
from vedette.doors.notice_store import NoticeStore
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.doors.watch_loop import watch_loop
from vedette.engine import Session
from vedette.reports import Mode, Notice, NoticeKind, Window

ANNA, WIL = person("anna"), person("wil", "watch-officer")


def a_watch(folder: Path, t: int) -> None:
    """An alert proposed ten minutes ago, seen, approved by one; somebody else was refused."""
    before = t - 600 * NS_PER_S
    with AlertDesk.open(folder, DeskKind.LIVE) as desk:
        told = draft(t=before)
        desk.propose([(name_of(), told)], before)

        def by(who, after_s: float) -> Act:
            one = act(desk.now(), who, 0)
            return Act(
                alert_id=one.alert_id, person=who, t_tai_ns=before + round(after_s * NS_PER_S), revision=one.revision
            )

        desk.do(by(WIL, 5), lambda now, one: attend(now, one, Attention.ACKNOWLEDGED), "ack")
        with pytest.raises(RefusedError):
            desk.do(by(WIL, 6), release, "release")
        desk.do(by(ANNA, 400), release, "release")
    NoticeStore(folder).add([
        Notice(
            notice_id="N7", kind=NoticeKind.PRE_LAUNCH, party="SOUTH", mode=Mode.REAL, t_issued_tai_ns=before,
            t_received_tai_ns=before, class_name="space-launch",
            windows=(Window(t + 3600 * NS_PER_S, t + 7200 * NS_PER_S), Window(t + 10**15, t + 2 * 10**15)),
        ),
        Notice(
            notice_id="Q1", kind=NoticeKind.QUERY, party="EAST", mode=Mode.REAL, t_issued_tai_ns=before,
            t_received_tai_ns=before, question="Was it yours?", t_deadline_tai_ns=t + 1800 * NS_PER_S,
        ),
    ])  # fmt: skip


def test_it_tells_what_is_open_who_acted_and_what_is_due(tmp_path: Path) -> None:
    t = now_tai_ns()
    a_watch(tmp_path, t)
    told = handover_document(tmp_path, t, time.time(), hours=8.0, ahead_hours=12.0)
    (alert,) = told["alerts"]
    assert (alert["message"], alert["waits_for_second"]) == ("proposed", "anna")
    assert {one["account"]: one["did"] for one in told["people"]} == {
        "anna": {"approved": 1}, "wil": {"attended": 1, "refused": 1},
    }  # fmt: skip
    assert [one["notice"] for one in told["notices"]] == ["Q1", "N7"], "soonest first, and no window of next month"
    assert any("release by" in line and "late" in line for line in told["look_at"])
    assert any("answer to EAST on Q1" in line for line in told["look_at"])
    text, page = handover_text(told), handover_page(told)
    for words in ("wil: 1 attended, 1 refused", "refused release of wil", "SOUTH: pre-launch N7"):
        assert words in text
    assert "anna" in page and "Was it yours?" in page
    assert not re.search(r"<script|https?://|src=", page)
    assert handover_document(tmp_path, t, time.time(), hours=0.05, ahead_hours=12.0)["people"] == [], "a short watch"


def test_a_calm_watch_says_so_and_what_a_sensor_lacked_is_told(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert handover(data_dir=tmp_path) == 0
    assert CALM in capsys.readouterr().out
    from tests.rehearsals.test_kill_the_watch import ascent, reading

    from vedette.doors.reporters import JsonlReporter

    frozen = ascent(60) + [reading(t_s, *ascent(60)[-1].values[0]) for t_s in range(60, 100)]
    (tmp_path / "journals").mkdir(exist_ok=True)
    with SqliteJournal.create(tmp_path / "journals" / "night.sqlite", Session(mode=Mode.TEST)) as journal:
        watch_loop(iter(frozen), journal.session, JsonlReporter(), journal)
    capsys.readouterr()
    handover(data_dir=tmp_path, json=True, out=str(tmp_path / "watch.html"))
    told = json.loads(capsys.readouterr().out)
    (watch,) = told["watches"]
    assert watch["journal"] == "night.sqlite" and watch["entries"] > 70 and watch["is_over"]
    assert watch["doubts"], "readings that stood still"
    assert "night.sqlite" in (tmp_path / "watch.html").read_text()


def test_a_damaged_desk_is_told_and_the_rest_is_written(tmp_path: Path) -> None:
    t = now_tai_ns()
    a_watch(tmp_path, t)
    (tmp_path / "alerts" / "live.sqlite").write_bytes(b"no database" * 500)
    told = handover_document(tmp_path, t, time.time(), hours=8.0, ahead_hours=12.0)
    assert any("live desk cannot be read" in line for line in told["look_at"])
    assert [one["notice"] for one in told["notices"]] == ["Q1", "N7"]
