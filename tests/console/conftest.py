"""A real browser on a real console: Debian's Chromium driven by Playwright, and a demonstration served on this machine.

Whoever has no Chromium, or has not built the console (`./run console`), is told so and skips. A page that asks
anything of another machine fails its test.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
PICTURES = Path(os.environ.get("VEDETTE_PICTURES", ROOT / "build" / "console-pictures"))
FLAGS = [
    "--headless", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-gpu",  # the flat map needs no WebGL
]  # fmt: skip
PATIENCE_MS = 240_000  # of a page on a busy machine whose kernels are being compiled
SELDOM_MS = 200  # between two looks at what a page holds: at every frame they would keep it drawing
END_S = 240.0  # until it has ended in order
START_S = 240.0  # until a watch is ready whose kernels may have to be compiled first


def chromium() -> str:
    """Where Chromium is; skips with the cure when there is none, or nothing to show in it."""
    if not (ROOT / "console" / "dist" / "index.html").is_file():
        pytest.skip("the console is not built; ./run console")
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium; on Debian or Ubuntu: sudo apt install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for the tests of a file; an event loop runs while it lives, which other files' tests cannot have."""
    path = chromium()
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as play:
        chrome = play.chromium.launch(executable_path=path, args=FLAGS)
        yield chrome
        chrome.close()


@dataclass
class Served:
    """A server of ours in a process of its own."""

    child: subprocess.Popen[bytes]
    said: Path
    data_dir: Path
    address: str = ""
    fetched: set[str] = field(default_factory=set)  # addresses with a token that a page has used up

    def text(self) -> str:
        """What it has said so far."""
        return self.said.read_text(encoding="utf-8", errors="replace")

    def next_address(self) -> str:
        """An address with a token that nobody has used: each opens one page once."""
        for _ in range(300):
            for one in re.findall(r"http://127\.0\.0\.1:\d+/#token=\S+", self.text()):
                if one not in self.fetched:
                    self.fetched.add(one)
                    return str(one)
            time.sleep(0.1)
        raise AssertionError(self.text()[-3000:])

    @property
    def personas(self) -> dict[str, str]:
        """Credentials by account, of a demonstration."""
        return dict(json.loads((self.data_dir / "personas.json").read_text(encoding="utf-8")))

    def wait(self, what: Callable[[], Any], seconds: float = START_S) -> Any:
        """What `what` gives, once it is something; fails with the server's words otherwise."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.child.poll() is not None:
                break
            if found := what():
                return found
            time.sleep(0.2)
        raise AssertionError(self.text()[-3000:])

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a plain request."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()
        except OSError as trouble:  # not listening yet, or not any more
            return 0, str(trouble)

    def end(self) -> int:
        """Ctrl-C; the exit code."""
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGINT)
        try:
            return self.child.wait(END_S)
        except subprocess.TimeoutExpired:
            self.child.kill()
            return self.child.wait(10)


def started(folder: Path, *words: str) -> Served:
    """`vedette WORDS...` in a process of its own, with a data directory in the folder."""
    said, data_dir = folder / "said.txt", folder / "data"
    source = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    with said.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "vedette", *words, "--data-dir", str(data_dir)],
            env={**os.environ, "PYTHONPATH": source, "NO_COLOR": "1"}, cwd=folder, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    return Served(child, said, data_dir)


def serve_until(folder: Path, said: str, *words: str) -> Served:
    """The same, once it has said something."""
    served = started(folder, *words)
    served.wait(lambda: re.search(said, served.text()))
    return served


def serve(folder: Path, *words: str, port: str = "0") -> Served:
    """The same with a console, once it is ready to be asked."""
    served = started(folder, *words, "--port", port)
    found = served.wait(lambda: re.search(r"(http://127\.0\.0\.1:\d+)/", served.text()))
    served.address = found[1]
    served.wait(lambda: served.get("/readyz")[0] == 200)
    return served


@pytest.fixture(scope="module")
def demo(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`./run demo`, small and fast."""
    served = serve(tmp_path_factory.mktemp("demo"), "demo", "--no-browser", "--objects", "300", "--speed", "6")
    yield served
    served.end()


@dataclass
class Pages:
    """Opens pages in contexts of their own, and notes what they ask of whom."""

    browser: Any
    strangers: list[str] = field(default_factory=list)  # requests that left the machine
    errors: list[str] = field(default_factory=list)  # thrown in a page
    contexts: list[Any] = field(default_factory=list)

    def open(self, served: Served, query: str = "?view=map", **options: Any) -> Any:
        """A page on the console, in a browser context of its own, with the one-time token of its own."""
        page = self._page(**options)
        return self._opened(page, served.next_address(), query)

    def _page(self, **options: Any) -> Any:
        context = self.browser.new_context(
            viewport={"width": 1280, "height": 800}, reduced_motion="reduce", **options
        )
        self.contexts.append(context)
        context.on("request", self._asked)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    def open_at(self, where: str, query: str = "?view=map") -> Any:
        """A page of a context of its own on an address with its one-time token."""
        return self._opened(self._page(), where, query)

    def _opened(self, page: Any, where: str, query: str) -> Any:
        address = urlsplit(where)
        page.goto(f"{address.scheme}://{address.netloc}/{query}#{address.fragment}")
        page.wait_for_selector('[data-testid="frame"]')
        return page

    def log_in(self, page: Any, account: str, credential: str) -> None:
        """Sign in as somebody."""
        page.get_by_test_id("who").click()
        page.get_by_test_id("login-account").fill(account)
        page.get_by_test_id("login-credential").fill(credential)
        page.get_by_test_id("login-enter").click()
        page.get_by_test_id("login-dialog").wait_for(state="detached")

    def picture(self, page: Any, name: str) -> None:
        """Keep a picture of a page, for people to look at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png")

    def _asked(self, request: Any) -> None:
        where = urlsplit(request.url)
        if where.scheme in ("http", "https", "ws", "wss") and where.hostname not in ("127.0.0.1", "localhost", "::1"):
            self.strangers.append(request.url)


HOW_IT_WENT = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A page of a test that failed is kept as a picture: its fixture can tell."""
    report = yield
    if report.when == "call":
        item.stash[HOW_IT_WENT] = report
    return report


@pytest.fixture
def pages(browser: Any, request: pytest.FixtureRequest) -> Iterator[Pages]:
    """Pages for one test; nothing they did may have left this machine or thrown an error."""
    opened = Pages(browser)
    yield opened
    report = request.node.stash.get(HOW_IT_WENT, None)
    for number, context in enumerate(opened.contexts):
        if report is not None and report.failed:
            opened.picture(context.pages[0], f"failed-{request.node.name}-{number}")
        context.close()
    assert opened.strangers == []
    assert opened.errors == []
