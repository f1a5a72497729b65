"""Whatever OpenAPI lets one ask, and much that it does not: an answer or a problem, never a crash."""

import asyncio
from urllib.parse import urlsplit

import httpx
from tests.assessment.alerts.samples import draft, name_of
from tests.doors.server.door import PORT, SAYS, door_at
from tests.doors.server.fuzzing import fuzz

from vedette.assessment.alerts import DeskKind
from vedette.doors import accounts as accounts_module
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.server.tries import Tries
from vedette.reports import Mode

EXAMPLES, SEED = 4, 20311
WITHOUT = ("/api/v1/session/logout", "/api/v1/alerts/stream")  # the latter never ends


def test_nothing_that_is_asked_crashes_the_server(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(accounts_module, "_N", 2**4)
    monkeypatch.setattr(Tries, "check", lambda *_: None)  # here every try is to reach what lies behind
    door = door_at(tmp_path)
    with AlertDesk.open(tmp_path, DeskKind.DRILL) as desk:
        desk.propose([(name_of(Mode.EXERCISE), draft(Mode.EXERCISE, t=now_tai_ns()))], now_tai_ns())
    cookie = door.cookie("releasing-1")  # the long run asks as an administrator and as nobody, too
    loop = asyncio.new_event_loop()
    transport = httpx.ASGITransport(app=door.app, client=("127.0.0.1", 5000), raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{PORT}")

    def ask(said):
        url = urlsplit(said["url"])
        headers = {"cookie": cookie, **(SAYS if said["method"] != "GET" else {})}
        content = {"json": said["json"]} if "json" in said else {"content": said.get("data") or b""}
        if said["method"] == "GET":
            content = {}
        return loop.run_until_complete(
            client.request(said["method"], url.path, params=said.get("params"), headers=headers, **content)
        )

    try:
        document = ask({"method": "GET", "url": "/api/openapi.json"}).json()
        found = fuzz(document, ask, EXAMPLES, SEED, without=WITHOUT)
    finally:
        loop.run_until_complete(client.aclose())
        loop.close()
    assert not found.troubles, "\n".join(found.troubles[:10])
    assert found.requests > 120 and len(found.by_operation) > 20, found
    assert "Traceback" not in capsys.readouterr().err
