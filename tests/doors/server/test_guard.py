"""The guard around any application: no API without a seat, nothing too large, every answer with a policy."""

import asyncio
import json

import pytest

from vedette.doors import accounts as accounts_module
from vedette.doors.server import security
from vedette.doors.server.allowed import BODY_MOST_BYTES
from vedette.doors.server.exposure import Exposure
from vedette.doors.server.gate import Gate
from vedette.doors.server.roles import SEAT
from vedette.doors.server.security import FRAME_MOST_BYTES, FRAMES_AT_ONCE, Guard
from vedette.reports import Mode

SECRET = "correct horse"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(accounts_module, "_N", 2**4)


@pytest.fixture
def gate(tmp_path):
    return Gate(tmp_path, Exposure("127.0.0.1", Mode.SIMULATED, False), 8620)


@pytest.fixture
def cookie(gate):
    return gate.redeem(gate.tokens.make(gate.now()), "here")[1].partition(";")[0].encode()


class Inner:
    """An application that reads everything and says what it saw."""

    def __init__(self):
        self.seats, self.got = [], []

    async def __call__(self, scope, receive, send):
        self.seats.append(scope[SEAT])
        if scope["type"] == "http":
            while (message := await receive())["type"] == "http.request":
                self.got.append(message["body"])
                if not message.get("more_body"):
                    break
            await send({"type": "http.response.start", "status": 200, "headers": [(b"X-Frame-Options", b"SAMEORIGIN")]})
            await send({"type": "http.response.body", "body": b"fine"})
            return
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            self.got.append(message)
            await send({"type": "websocket.send", "text": "fine"})


def run(app, scope, messages):
    """Play one connection; what was sent."""
    sent, left = [], list(messages)

    async def receive():
        return left.pop(0) if left else {"type": f"{scope['type']}.disconnect"}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


def scope_of(kind="http", method="GET", path="/api/v1/picture", cookie=None, **headers):
    pairs = [(b"host", b"127.0.0.1:8620")] + ([(b"cookie", cookie)] if cookie else [])
    pairs += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": kind, "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "headers": pairs,
        "extensions": {"websocket.http.response": {}},
    }  # fmt: skip


def status_of(sent):
    return sent[0]["status"]


def problem_of(sent):
    return json.loads(sent[1]["body"])


@pytest.mark.parametrize("path", ["/api/v1/picture", "/api/openapi.json", "/api/v1/sessions", "/api/"])
def test_without_a_seat_nothing_of_the_api_is_reached(gate, path):
    inner = Inner()
    sent = run(Guard(inner, gate), scope_of(path=path), [])
    assert status_of(sent) == 401 and not inner.seats
    assert problem_of(sent)["type"] == "urn:vedette:problem:nobody"


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/metrics", "/api/v1/session", "/api/v1/session/redeem"])
def test_what_leads_in_is_open(gate, path):
    inner = Inner()
    assert status_of(run(Guard(inner, gate), scope_of(path=path), [])) == 200 and inner.seats == [None]


def test_with_a_seat_it_is_reached_and_the_answer_has_the_policy(gate, cookie):
    inner = Inner()
    sent = run(Guard(inner, gate), scope_of(cookie=cookie), [])
    headers = {name.lower(): value for name, value in sent[0]["headers"]}
    assert status_of(sent) == 200 and inner.seats[0].roles == ("viewer", "operator")
    assert b"script-src 'self'" in headers[b"content-security-policy"]
    script = headers[b"content-security-policy"].split(b"script-src")[1].split(b";")[0]
    assert b"unsafe-inline" not in script and b"'unsafe-eval'" not in script
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"x-frame-options"] == b"SAMEORIGIN"  # what a route says itself stands


def test_a_session_that_is_over_is_said_to_be(gate, cookie):
    gate.logout(gate.seat_of([(b"cookie", cookie)]))
    sent = run(Guard(Inner(), gate), scope_of(cookie=cookie), [])
    assert status_of(sent) == 401 and "over" in problem_of(sent)["detail"]
    assert status_of(run(Guard(Inner(), gate), scope_of(path="/api/v1/session", cookie=cookie), [])) == 200


def test_a_hundred_megabytes_are_not_read(gate, cookie):
    good = {"x_vedette": "1", "content_type": "application/json"}
    said = scope_of(method="POST", cookie=cookie, content_length=str(100 * 2**20), **good)
    assert status_of(run(Guard(Inner(), gate), said, [])) == 413
    inner, part = Inner(), b"x" * 65_536
    unsaid = scope_of(method="POST", cookie=cookie, transfer_encoding="chunked", **good)
    parts = [{"type": "http.request", "body": part, "more_body": True}] * 1_600
    sent = run(Guard(inner, gate), unsaid, parts)
    assert [one.get("status") for one in sent] == [413, None] and sum(map(len, inner.got)) <= BODY_MOST_BYTES


@pytest.mark.parametrize("headers", [{"origin": "http://evil.example"}, {"sec_fetch_site": "cross-site"}])
def test_a_hostile_page_opens_no_socket_even_with_our_cookie(gate, cookie, headers):
    inner = Inner()
    opening = [{"type": "websocket.connect"}]
    sent = run(Guard(inner, gate), scope_of("websocket", path="/api/v1/stream", cookie=cookie, **headers), opening)
    assert sent[0]["type"] == "websocket.http.response.start" and status_of(sent) == 403 and not inner.seats
    plain = {**scope_of("websocket", cookie=cookie, **headers), "extensions": {}}
    assert run(Guard(inner, gate), plain, opening)[0]["type"] == "websocket.close"


def frames(*messages):
    return [{"type": "websocket.connect"}, *({"type": "websocket.receive", **one} for one in messages)]


def test_a_frame_too_large_and_a_flood_end_the_socket_with_the_reason(gate, cookie):
    socket = scope_of("websocket", path="/api/v1/stream", cookie=cookie)
    inner = Inner()
    too_large = {"text": "x" * (FRAME_MOST_BYTES + 1)}
    sent = run(Guard(inner, gate), socket, frames({"text": "{}"}, too_large, {"text": "{}"}))
    assert sent[-1]["type"] == "websocket.close" and sent[-1]["code"] == 1009 and len(inner.got) == 1
    inner = Inner()
    sent = run(Guard(inner, gate), socket, frames(*[{"text": "{}"}] * 1_000))
    assert sent[-1]["code"] == 1008 and "frames a second" in sent[-1]["reason"]
    assert FRAMES_AT_ONCE <= len(inner.got) < 2 * FRAMES_AT_ONCE


def test_a_socket_ends_with_its_session(gate, cookie, monkeypatch):
    monkeypatch.setattr(security, "LOOK_AGAIN_S", -1.0)
    inner = Inner()
    socket = scope_of("websocket", path="/api/v1/stream", cookie=cookie)

    class Ending(Inner):
        async def __call__(self, scope, receive, send):
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.send", "text": "before"})
            gate.logout(scope[SEAT])
            await send({"type": "websocket.send", "text": "after"})

    sent = run(Guard(Ending(), gate), socket, frames())
    assert [one.get("text") for one in sent[1:-1]] == ["before"]
    assert sent[-1]["type"] == "websocket.close" and sent[-1]["code"] == 4401
    assert not inner.got


def test_refusals_are_counted(gate):
    run(Guard(Inner(), gate), scope_of(origin="http://evil.example"), [])
    run(Guard(Inner(), gate), scope_of(), [])
    assert gate.refused == {"origin": 1, "session": 1}
