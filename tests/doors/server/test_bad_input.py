"""On a real socket: frames, bodies and heads that no client sends; refused with the reason while others are served."""

import json
import socket
import time
from contextlib import closing

import httpx
import pytest
from tests.doors.server.serving_here import served
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from vedette.doors import accounts as accounts_module
from vedette.doors.server.allowed import BODY_MOST_BYTES

HUNDRED_MEGABYTES = 100 * 2**20


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts_module, "_N", 2**4)
        with served(tmp_path_factory.mktemp("bad")) as made:
            yield made


@pytest.fixture(autouse=True)
def still_serves(door):
    yield
    found = httpx.get(f"http://127.0.0.1:{door.gate.port}/api/v1/alerts", headers={"cookie": door.cookie("looker")})
    assert found.status_code == 200


def stream(door, who="looker", **more):
    headers = {"cookie": door.cookie(who)} if who else {}
    address = f"ws://127.0.0.1:{door.gate.port}/api/v1/stream"
    return connect(address, additional_headers=headers, proxy=None, **more)


def raw(door, data: bytes, parts=()) -> bytes:
    """Send bytes as they are, and what comes back before the connection is closed."""
    with closing(socket.create_connection(("127.0.0.1", door.gate.port), 20.0)) as line:
        try:
            line.sendall(data)
            for part in parts:
                line.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass
        got = b""
        try:
            while more := line.recv(65_536):
                got += more
                if b"\r\n\r\n" in got and b"problem" in got and got.endswith(b"}"):
                    break
        except ConnectionResetError:
            pass
        return got


def head(door, *lines: str) -> bytes:
    mine = (f"Host: 127.0.0.1:{door.gate.port}", f"Cookie: {door.cookie('releasing-1')}", "X-Vedette: 1",
            "Content-Type: application/json")  # fmt: skip
    return ("\r\n".join(("POST /api/v1/whatif HTTP/1.1", *mine, *lines)) + "\r\n\r\n").encode()


def test_a_hundred_megabytes_are_refused_before_they_are_read(door):
    t_began = time.process_time()
    found = raw(door, head(door, f"Content-Length: {HUNDRED_MEGABYTES}"), [b"x" * 65_536] * 20)
    assert b" 413 " in found.split(b"\r\n")[0] and b"256 KiB at most" in found
    part = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    found = raw(door, head(door, "Transfer-Encoding: chunked"), (part for _ in range(HUNDRED_MEGABYTES // 65_536)))
    assert b" 413 " in found.split(b"\r\n")[0] or not found  # closed under whoever goes on sending
    assert door.gate.refused["body-size"] >= 2 and BODY_MOST_BYTES < HUNDRED_MEGABYTES // 100
    assert time.process_time() - t_began < 30.0


@pytest.mark.parametrize(
    "data",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 2000, b"\x00" * 4000,
     b"GET " + b"/a" * 40_000 + b" HTTP/1.1\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
     b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_request_ends_its_own_connection_only(door, data):
    with closing(socket.create_connection(("127.0.0.1", door.gate.port), 20.0)) as line:
        line.sendall(data)
        line.shutdown(socket.SHUT_WR)
        line.settimeout(20.0)
        answer = line.recv(65_536)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize(
    "frame", ["", "null", "[]", "{", '{"type":"launch"}', '{"resume":"x"}', '"\\ud800"', "x" * 5000]
)
def test_a_frame_that_cannot_be_read_is_answered_and_the_socket_stays(door, frame):
    with stream(door) as one:
        one.send(frame)
        said = json.loads(one.recv(20.0))
        assert said["type"] == "problem" and said["detail"]
        one.send('{"type":"hello"}')
        assert json.loads(one.recv(20.0))["type"] in ("heartbeat", "snapshot")


def test_bytes_where_text_was_due_are_answered_too(door):
    with stream(door) as one:
        one.send(b"\x00\xff\xfe")
        assert json.loads(one.recv(20.0))["type"] == "problem"


@pytest.mark.parametrize("size", [70_000, 2_000_000])
def test_a_frame_too_large_ends_its_own_socket(door, size):
    with stream(door) as other, stream(door) as one:
        with pytest.raises(ConnectionClosed) as closed:
            one.send("x" * size)
            for _ in range(10):
                one.recv(20.0)
        assert closed.value.rcvd is None or closed.value.rcvd.code in (1009, 1006)
        other.send('{"type":"hello"}')
        assert json.loads(other.recv(20.0))["type"] in ("heartbeat", "snapshot")


def test_a_flood_of_frames_ends_its_own_socket_with_the_reason(door):
    with stream(door) as one, pytest.raises(ConnectionClosed) as closed:
        for _ in range(3_000):
            one.send('{"type":"hello"}')
        while True:
            one.recv(20.0)
    assert closed.value.rcvd is not None and closed.value.rcvd.code in (1008, 1009)


def test_the_stream_is_for_whoever_came_in_from_our_own_page(door):
    for more in ({"who": ""}, {"origin": "http://evil.example"}, {"origin": "null"}):
        with pytest.raises(InvalidStatus) as refused:
            stream(door, **more)
        assert refused.value.response.status_code in (401, 403)
        assert json.loads(refused.value.response.body)["detail"]


@pytest.mark.parametrize(
    "path",
    ["/api/v1/alerts/nobody", "/api/v1/objects/none/evidence", "/api/v1/whatif/none", "/api/v1/reports?entry=0",
     "/api/v1/reports?entry=1", "/api/v1/reports?entry=x", "/api/v1/sensors?journal=none", "/api/v1/nothing",
     "/api/v1/alerts?most=0", "/api/v1/alerts?cursor=%00", "/api/v1/notices?at=%F0%9F%98%80", "/api/v2/alerts",
     "/assets/../../../../etc/passwd", "/..%2f..%2fetc%2fpasswd", "/" + "a" * 300],
)  # fmt: skip
def test_what_is_not_there_is_a_problem_with_its_reason(door, path):
    found = httpx.get(f"http://127.0.0.1:{door.gate.port}{path}", headers={"cookie": door.cookie("looker")})
    assert 400 <= found.status_code < 500 and found.headers["content-type"] == "application/problem+json"
    assert found.json()["detail"]
