"""Evidence, raw reports, what-if, sensors and notices are what the command line says, asked by name and bounded."""

import asyncio
import json
import sys
from pathlib import Path

import httpx
import pytest
from tests.doors.server.door import PORT, SAYS, door_at
from tests.tidy.repository import ROOT

from vedette.doors.cli import main
from vedette.doors.notice_store import NoticeStore
from vedette.doors.server import side_jobs
from vedette.doors.server.side_job import Order
from vedette.doors.server.side_jobs import MOST_WAITING, SideJobs
from vedette.formats.notice_json import notice_from_document

EXAMPLES = ROOT / "docs" / "examples"
LINES = 7


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))  # for the processes that answer


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The first looks of a recorded night, watched."""
    folder = tmp_path_factory.mktemp("night")
    lines = (EXAMPLES / "night.jsonl").read_text(encoding="utf-8").splitlines()[:LINES]
    feed = folder / "night.jsonl"
    feed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sensors = str(EXAMPLES / "night.toml")
    main(["watch", str(feed), "--sensors", sensors, "--json", "-q", "--data-dir", str(folder / "data")])
    return folder / "data"


@pytest.fixture
def journal(folder):
    return next((folder / "journals").glob("*.sqlite"))


@pytest.fixture
def door(folder, journal):
    made = door_at(folder, has_accounts=False)
    made.context.worker.journal = journal
    return made


def asked(door, method, path, body=None, until=None):
    """Ask on one loop, again and again until it is done."""
    cookie = door.cookie("visitor")

    async def run():
        transport = httpx.ASGITransport(app=door.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url=f"http://127.0.0.1:{PORT}", headers={"cookie": cookie}, timeout=200
        ) as client:
            found = await client.request(method, path, json=body, headers=SAYS if body is not None else {})
            where = path
            for _ in range(600):
                told = found.json()
                if found.status_code != 202 and told.get("state") not in ("waiting", "running"):
                    break
                where = f"/api/v1/whatif/{told['id']}" if "whatif" in path else path
                await asyncio.sleep(0.3)
                found = await client.get(where)
            return found

    return asyncio.run(run())


def said(capsys, *words):
    capsys.readouterr()
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_evidence_is_what_explain_says(door, journal, capsys):
    name = "O1"
    found = asked(door, "GET", f"/api/v1/objects/{name}/evidence")
    assert found.status_code == 200 and found.json() == said(capsys, "explain", str(journal), name)
    assert found.json()["looks"]


@pytest.mark.slow
def test_evidence_of_nothing_is_a_sentence(door):
    found = asked(door, "GET", "/api/v1/objects/O999/evidence")
    assert found.status_code == 404 and "O999" in found.json()["detail"]


def test_what_if_is_what_the_command_says(door, journal, capsys):
    found = asked(door, "POST", "/api/v1/whatif", {"without": ["radar"]})
    assert found.json()["state"] == "done"
    assert found.json()["document"] == said(capsys, "whatif", str(journal), "--without", "radar", "-q")


@pytest.mark.parametrize(
    ("body", "status"),
    [({"without": ["no such radar"]}, 404), ({"policy": "no policy at all ["}, 422)],
)
def test_what_cannot_be_asked_is_told_why(door, body, status):
    found = asked(door, "POST", "/api/v1/whatif", body)
    assert found.json()["state"] == "failed" and found.json()["problem"]["status"] == status
    assert found.json()["problem"]["detail"]


def test_a_question_without_a_difference_is_none(door):
    assert door.post("/api/v1/whatif", {}, "visitor").status_code == 400


def test_an_entry_is_shown_as_it_was_received(door, journal):
    kept = json.loads((EXAMPLES / "night.jsonl").read_text().splitlines()[5])
    rows = [door.get(f"/api/v1/reports?entry={n}", "visitor").json() for n in range(1, LINES + 1)]
    scans = [row["report"] for row in rows if row["kind"] == "scan"]
    (same,) = [one for one in scans if one["t_received_utc"][:23] == kept["t_received_utc"][:23]]
    assert same["sensor_id"] == kept["sensor_id"] and same["detections"] == len(kept["detections"])
    for row, told in zip(same["rows"], kept["detections"], strict=True):
        assert row["values"]["azimuth_deg"] == pytest.approx(told["azimuth_deg"], abs=1e-6)  # rounded to 1e-6
        assert row["values"]["range_km"] == pytest.approx(told["range_km"], abs=1e-6)
    assert door.get("/api/v1/reports?entry=999999", "visitor").status_code == 404


@pytest.mark.parametrize("name", ["../accounts", "/etc/passwd", "nobody.sqlite", "..%2F..%2Fetc%2Fpasswd"])
def test_a_journal_is_looked_up_and_never_opened_by_path(door, name):
    for path in (f"/api/v1/reports?entry=1&journal={name}", f"/api/v1/sensors?journal={name}"):
        assert door.get(path, "visitor").status_code == 404


def test_sensors_have_their_place_field_and_outlines(door):
    found = door.get("/api/v1/sensors", "visitor").json()["sensors"]
    (radar,) = [one for one in found if one["id"] == "radar"]
    assert radar["kind"] == "radar" and radar["outlines"] and not radar["place"]["moves"]
    assert set(radar["field"]) >= {"azimuth_min_deg", "range_max_km", "is_all_round"}


def test_notices_and_their_windows_are_what_the_command_says(door, folder, capsys):
    document = {
        "id": "N1", "kind": "pre-launch", "party": "west", "mode": "SIMULATED", "issued_utc": "2031-03-30T12:00:00Z",
        "received_utc": "2031-03-30T12:00:00Z",
        "windows": [{"from_utc": "2031-04-01T10:00:00Z", "to_utc": "2031-04-01T14:00:00Z"}],
    }  # fmt: skip
    NoticeStore(folder).add([notice_from_document(document, "test", 0)])
    at = "2031-04-01T12:00:00Z"
    found = door.get(f"/api/v1/notices?at={at}", "visitor").json()
    assert found == said(capsys, "notices", "list", "--at", at, "--data-dir", str(folder))
    windows = door.get(f"/api/v1/notices/windows?at={at}", "visitor").json()["windows"]
    assert [(one["id"], one["from_utc"], one["state"]) for one in windows] == [("N1", "2031-04-01T10:00:00Z", "open")]
    assert door.get("/api/v1/notices?at=2031-03-30T11:59:59Z", "visitor").json()["cases"] == []
    assert door.get(f"/api/v1/notices/record?at={at}", "visitor").json()["parties"][0]["party"] == "west"
    assert door.get("/api/v1/notices?at=yesterday", "visitor").status_code == 400


def test_a_question_that_takes_too_long_is_ended_and_says_so(journal, monkeypatch):
    async def run():
        jobs = SideJobs(longest_s=0.05)
        job = jobs.ask(Order(do="whatif", journal=str(journal), without=("radar",)))
        await job.ended.wait()
        return job

    job = asyncio.run(run())
    assert job.state == "stopped" and job.problem["status"] == 504 and "`vedette whatif`" in job.problem["detail"]


def test_the_same_question_is_one_job_and_too_many_wait_outside(monkeypatch):
    async def slow(self, job):
        await asyncio.sleep(60)

    monkeypatch.setattr(SideJobs, "_work", slow)

    async def run():
        jobs = SideJobs()
        first = jobs.ask(Order(do="explain", journal="j", name="O0"))
        assert jobs.ask(Order(do="explain", journal="j", name="O0")) is first
        for number in range(1, MOST_WAITING):
            jobs.ask(Order(do="explain", journal="j", name=f"O{number}"))
        with pytest.raises(side_jobs.LaterError, match="come again"):
            jobs.ask(Order(do="explain", journal="j", name="one more"))
        await jobs.stop()
        assert first.state == "stopped"

    asyncio.run(run())


def test_a_process_that_dies_is_a_sentence(monkeypatch, journal):
    monkeypatch.setattr(sys, "executable", "/bin/false")

    async def run():
        job = SideJobs().ask(Order(do="explain", journal=str(journal), name="O1"))
        await job.ended.wait()
        return job

    job = asyncio.run(run())
    assert job.state == "failed" and "died" in job.problem["detail"]
