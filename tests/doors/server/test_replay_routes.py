"""The past over HTTP: asked of the replay worker, never of the engine in the server."""

import asyncio
import json

import httpx
import pytest
from tests.doors.server.door import PORT, door_at

from vedette.doors.data_dir import journals_dir_of
from vedette.doors.server.frames import fold_frame
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.exercise.long_watch import long_watch

pytestmark = pytest.mark.slow  # processes that load the engine, again and again

ENTRIES = 150


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    folder = tmp_path_factory.mktemp("past")
    watch = long_watch(hours=0.3, seed=3, objects=20, launches=1)
    with SqliteJournal.create(journals_dir_of(folder) / "night.sqlite", watch.session) as journal:
        for event in watch.events[:ENTRIES]:
            journal.append_event(event)
    return door_at(folder, has_accounts=False)


def asked(door, *paths):
    """Answers in order, each asked for again while it is being made."""

    async def run():
        transport = httpx.ASGITransport(app=door.app, client=("127.0.0.1", 5000), raise_app_exceptions=False)
        base = f"http://127.0.0.1:{PORT}"
        found = []
        async with httpx.AsyncClient(
            transport=transport, base_url=base, headers={"cookie": door.cookie("visitor")}, timeout=120.0
        ) as client:
            for path in paths:
                answer = await client.get(path)
                for _ in range(1200):
                    if answer.status_code != 202:
                        break
                    assert answer.json()["state"] == "running" and answer.headers["retry-after"]
                    await asyncio.sleep(0.2)
                    answer = await client.get(path)
                found.append(answer)
        context = door.context
        await asyncio.gather(context.replay.stop(), context.explainer.stop(), *(close() for close in context.closers))
        return found

    return asyncio.run(run())


def test_the_past_is_shown_over_http(door):
    journal = "night.sqlite"
    listed, whole, early, frames, nobody, wrong, unknown = asked(
        door,
        "/api/v1/journals",
        f"/api/v1/picture?journal={journal}",
        f"/api/v1/picture?journal={journal}&at=entry:60",
        f"/api/v1/journals/{journal}/frames?from=entry:60&to=entry:9999&most=2000",
        f"/api/v1/objects/O77/history?journal={journal}",
        f"/api/v1/picture?journal={journal}&at=yesterday",
        "/api/v1/picture?journal=../../etc/passwd&at=entry:1",
    )
    row = listed.json()["journals"][0]
    assert (row["id"], row["entries"], row["is_live"]) == (journal, ENTRIES, False)
    assert row["t_first_utc"] < row["t_last_utc"]
    assert whole.status_code == 200 and whole.json()["entry"] == ENTRIES
    held = early.json()
    assert held["entry"] <= 60 and held["type"] == "snapshot"
    for frame in frames.json()["frames"]:
        held = fold_frame(held, frame)
    assert held["picture"] == whole.json()["picture"]
    assert (nobody.status_code, wrong.status_code, unknown.status_code) == (404, 400, 404)
    assert nobody.headers["content-type"] == "application/problem+json"


def test_evidence_and_history_of_an_object_are_as_explain_tells_them(door, capsysbinary):
    from vedette.doors.cli.explain import explain

    journal = journals_dir_of(door.folder) / "night.sqlite"
    (picture,) = asked(door, "/api/v1/picture?journal=night")
    name = picture.json()["picture"]["objects"][0]["id"]
    evidence, history, calibration = asked(
        door, f"/api/v1/objects/{name}/evidence?journal=night", f"/api/v1/objects/{name}/history?journal=night",
        "/api/v1/calibration?journal=night",
    )  # fmt: skip
    assert evidence.status_code == history.status_code == calibration.status_code == 200
    explain(journal, name, json=True)
    told = json.loads(capsysbinary.readouterr().out)
    shown = evidence.json()
    for part, value in told.items():
        assert shown[part] == value, part
    assert history.json()["object_id"] == name and history.json()["classes"]
    assert calibration.json()["nis"]["looks"] > 0
