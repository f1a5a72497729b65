"""Parts of the newest picture by route, and alerts as server-sent events over a real socket."""

import asyncio
import json

from tests.doors.server.door import door_at
from tests.doors.server.test_hub import EMPTY, alert, update
from tests.doors.server.test_stream import served

from vedette.doors.server.hub import Hub

EVENTS = [{"kind": "launch" if n % 2 else "lost", "object_id": f"O{n % 3}", "text": str(n)} for n in range(7)]
OBJECTS = [{"id": "O1", "class": "other"}, {"id": "O2", "class": "satellite"}]


def opened(tmp_path):
    door = door_at(tmp_path)
    door.context.hub.picture = {
        **EMPTY, "events": EVENTS, "objects": OBJECTS,
        "alerts": [{"id": "a", "object_id": "O1"}], "candidates": [{"id": "c", "object_id": "O2"}],
    }  # fmt: skip
    return door


def test_the_timeline_comes_in_pages_and_by_kind_and_object(tmp_path):
    door, found, cursor = opened(tmp_path), [], ""
    while cursor is not None:
        answer = door.get(f"/api/v1/events?most=3{f'&cursor={cursor}' if cursor else ''}", "looker").json()
        found, cursor = found + answer["events"], answer["next"]
    assert found == EVENTS and answer["total"] == 7
    launches = door.get("/api/v1/events?kind=launch&object_id=O1", "looker").json()["events"]
    assert launches == [one for one in EVENTS if one["kind"] == "launch" and one["object_id"] == "O1"]
    tag = door.get("/api/v1/events", "looker").headers["etag"]
    assert door.get("/api/v1/events", "looker", headers={"if-none-match": tag}).status_code == 304
    assert door.get("/api/v1/events").status_code == 401


def test_one_object_comes_with_its_alerts_and_explanations(tmp_path):
    door = opened(tmp_path)
    assert door.get("/api/v1/objects", "looker").json()["objects"] == OBJECTS
    first, second = (door.get(f"/api/v1/objects/{name}", "looker").json() for name in ("O1", "O2"))
    assert first["alerts"] == [{"id": "a", "object_id": "O1"}] and first["candidates"] == []
    assert second["candidates"] == [{"id": "c", "object_id": "O2"}] and second["alerts"] == []
    unknown = door.get("/api/v1/objects/O9", "looker")
    assert unknown.status_code == 404 and unknown.headers["content-type"].startswith("application/problem+json")


async def event(reader):
    """The next event: its id and document."""
    found = {}
    while True:
        line = (await asyncio.wait_for(reader.readline(), 20)).decode().strip()
        name, _, value = line.partition(": ")
        if name in ("id", "data"):
            found[name] = value
        if not line and "data" in found:
            return found["id"], json.loads(found["data"])


async def asked(context, last=None):
    reader, writer = await asyncio.open_connection("127.0.0.1", context.port)
    more = f"Last-Event-ID: {last}\r\n" if last else ""
    host = f"127.0.0.1:{context.port}"
    writer.write(f"GET /api/v1/alerts/stream HTTP/1.1\r\nHost: {host}\r\n{more}\r\n".encode())
    return reader, writer


def test_alerts_come_as_events_and_who_comes_back_is_given_what_was_missed(tmp_path):
    async def story():
        async with served(tmp_path) as context:
            hub: Hub = context.hub
            alert(hub, 1)
            reader, writer = await asked(context)
            _, whole = await event(reader)
            assert [one["id"] for one in whole["alerts"]] == ["A1"] and whole["type"] == "desk"
            update(hub, 5)
            alert(hub, 2)
            last, changed = await event(reader)
            assert [one["id"] for one in changed["alerts"]] == ["A2"]
            writer.close()
            alert(hub, 3)
            update(hub, 6)
            alert(hub, 4)
            reader, writer = await asked(context, last)
            missed = [(await event(reader))[1]["alerts"][0] for _ in range(2)]
            assert [(one["id"], one["revision"]) for one in missed] == [("A0", "3"), ("A1", "4")]
            writer.close()
            reader, writer = await asked(context, "another.sqlite@7")
            assert {one["id"] for one in (await event(reader))[1]["alerts"]} == {"A0", "A1", "A2"}
            writer.close()

    asyncio.run(story())


def test_what_is_measured_is_told_in_the_text_format_of_prometheus(tmp_path):
    door = opened(tmp_path)
    answer = door.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    typed, values = set(), {}
    for line in answer.text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert kind in ("counter", "gauge") and name not in typed, "told once, before its values"
            typed.add(name)
        elif not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            assert name.partition("{")[0] in typed
            values[name] = float(value)
    assert values['vedette_picture_rows{section="events"}'] == len(EVENTS)
    assert sum(value for name, value in values.items() if name.startswith("vedette_worker_state{")) == 1.0
    refused = door.get("/readyz")
    assert refused.status_code == 503 and "starting" in refused.text and door.get("/healthz").text == "ok\n"
