"""A page of somebody else, in the very browser that is logged in, can neither read nor drive the console's server."""

import http.server
import json
import shutil
import threading

import pytest
from tests.assessment.alerts.samples import draft, name_of
from tests.doors.server.serving_here import served

from vedette.assessment.alerts import DeskKind
from vedette.doors import accounts as accounts_module
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.seal_file import now_tai_ns
from vedette.reports import Mode

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--disable-gpu", "--host-resolver-rules=MAP evil.example 127.0.0.1",
)  # fmt: skip
NAME = name_of(Mode.EXERCISE)

# What a hostile page can try: every line gives what it got out of it, or how it was kept from it.
ATTACK = """
async (ours) => {
  const found = {};
  const tried = async (name, run) => { try { found[name] = await run(); } catch (e) { found[name] = "kept out"; } };
  const read = (options) => async () => {
    const r = await fetch(ours + "/api/v1/alerts?all=true", options);
    return r.type === "opaque" ? "opaque" : "READ " + (await r.text()).slice(0, 80);
  };
  await tried("read", read({credentials: "include"}));
  await tried("read no-cors", read({credentials: "include", mode: "no-cors"}));
  const act = JSON.stringify({action: "acknowledge"});
  const send = (options) => async () => {
    const said = {method: "POST", credentials: "include", body: act, ...options};
    const r = await fetch(ours + "/api/v1/alerts/NAME/acts", said);
    return r.type === "opaque" ? "opaque" : "SENT " + r.status;
  };
  await tried("simple post", send({mode: "no-cors", headers: {"content-type": "text/plain"}}));
  await tried("json post", send({headers: {"content-type": "application/json", "x-vedette": "1"}}));
  await tried("socket", () => new Promise((done) => {
    const socket = new WebSocket(ours.replace("http", "ws") + "/api/v1/stream");
    socket.onopen = () => { socket.send('{"type":"hello"}'); };
    socket.onmessage = (m) => done("READ " + String(m.data).slice(0, 80));
    socket.onerror = () => done("kept out");
    setTimeout(() => done("silence"), 3000);
  }));
  await tried("events", () => new Promise((done) => {
    const source = new EventSource(ours + "/api/v1/alerts/stream", {withCredentials: true});
    source.onmessage = (m) => done("READ " + m.data); source.onerror = () => done("kept out");
    setTimeout(() => done("silence"), 2000);
  }));
  await tried("script", () => new Promise((done) => {
    const one = document.createElement("script"); one.src = ours + "/api/v1/audit";
    one.onload = () => done("LOADED"); one.onerror = () => done("kept out"); document.head.append(one);
  }));
  await tried("image", () => new Promise((done) => {
    const one = new Image(); one.src = ours + "/api/v1/session/logout";
    one.onload = () => done("LOADED"); one.onerror = () => done("kept out");
  }));
  await tried("frame", () => new Promise((done) => {
    const one = document.createElement("iframe"); one.src = ours + "/";
    one.onload = () => { try { done(one.contentDocument ? "READ" : "kept out"); } catch (e) { done("kept out"); } };
    document.body.append(one); setTimeout(() => done("kept out"), 2000);
  }));
  return found;
}
""".replace("NAME", NAME)


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>hostile</title><body>")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def hostile_port():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def door(tmp_path, monkeypatch):
    monkeypatch.setattr(accounts_module, "_N", 2**4)
    with served(tmp_path) as door:
        with AlertDesk.open(tmp_path, DeskKind.DRILL) as desk:
            desk.propose([(NAME, draft(Mode.EXERCISE, t=now_tai_ns()))], now_tai_ns())
        yield door


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("needs the Debian package chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield made
        made.close()


def logged_in(browser, door):
    context = browser.new_context()
    name, value = door.cookie("releasing-1").split("=", 1)
    context.add_cookies(
        [{"name": name, "value": value, "domain": "127.0.0.1", "path": "/", "httpOnly": True, "sameSite": "Strict"}]
    )
    return context


def records(door):
    with AlertDesk.look(door.folder, DeskKind.DRILL) as desk:
        return [type(record).__name__ for _, record in desk.log.read()]


@pytest.mark.parametrize("site", ["evil.example", "127.0.0.1"])
def test_a_hostile_page_neither_reads_nor_drives(browser, door, hostile_port, site):
    """From another site, and from another port of this very machine, to which browsers send our cookie."""
    ours, before = f"http://127.0.0.1:{door.gate.port}", records(door)
    context = logged_in(browser, door)
    page = context.new_page()
    assert page.request.get(f"{ours}/api/v1/alerts?all=true").ok  # the browser is logged in
    page.goto(f"http://{site}:{hostile_port}/")
    found = page.evaluate(ATTACK, ours)
    context.close()
    assert set(found.values()) <= {"kept out", "opaque", "silence"}, json.dumps(found, indent=1)
    assert found["socket"] == "kept out" and found["read"] == "kept out" and found["json post"] == "kept out"
    assert records(door) == before
    assert sum(door.gate.refused.values()) >= 4, door.gate.refused


def test_a_name_rebound_to_this_machine_is_not_answered(browser, door):
    """The page's own name leads to our server: same origin for the browser, and still refused."""
    context = logged_in(browser, door)
    page = context.new_page()
    answer = page.goto(f"http://evil.example:{door.gate.port}/")
    assert answer is not None and answer.status == 421
    found = page.evaluate(ATTACK, f"http://evil.example:{door.gate.port}")
    context.close()
    assert "421" in found["json post"] or found["json post"] == "kept out"
    assert NAME not in json.dumps(found) and found["socket"] == "kept out"
    assert door.gate.refused["host"] >= 3
    assert records(door)[-1] == "Proposed"


def test_our_own_page_does_read_and_drive(browser, door):
    """Otherwise the two above would prove nothing."""
    ours = f"http://127.0.0.1:{door.gate.port}"
    context = logged_in(browser, door)
    page = context.new_page()
    page.goto(f"{ours}/healthz")
    found = page.evaluate(ATTACK, ours)
    context.close()
    assert found["read"].startswith("READ") and NAME in found["read"]
    assert found["json post"] == "SENT 200" and records(door)[-1] == "Attended"
    assert found["simple post"] != "SENT 200"
    assert found["socket"].startswith("READ")
