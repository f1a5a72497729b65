"""The console for who cannot see colours, has no mouse, no graphics card, or no network."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from tests.console.conftest import ROOT, SELDOM_MS, serve
from tests.console.evening import ONE_S, make_evening

AXE = ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"
CARD = '[data-testid="alert-card"]'
VIEWS = {  # by their keys, with what is in them when they have come to show what there is
    "1": CARD, "2": CARD, "3": '[data-testid="map"]', "4": '[data-testid="tracks-grid-row"]',
    "5": '[data-testid="notices-table"] td', "6": '[data-testid="health-table"] td',
    "7": '[data-testid="honesty-verdict"]', "8": '[data-testid="explanations"] li', "9": '[data-testid="partners"]',
}  # fmt: skip
THEMES = ("dark", "light", "red")
MOST_TABS = 60  # to anything in a dialog
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
COLOURS = {"runOnly": ["color-contrast"]}
# what is found, and not the thousands of things that are well
RUN = """async ([part, rules]) => (await axe.run(part ?? document, rules)).violations.flatMap(
    (one) => one.nodes.map((node) => [one.id, String(node.target), node.failureSummary])
)"""

ADDRESS = "() => new Promise((tell) => setTimeout(() => tell(location.search), 500))"  # it is written a moment later


@pytest.fixture(scope="module")
def evening(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("evening")
    served = serve(folder, *make_evening(folder, ONE_S))
    served.wait(lambda: 'state="ended"} 1' in served.get("/metrics")[1], 400.0)
    yield served
    assert served.end() == 0, served.text()[-3000:]


def violations(page, within=None, rules=None):
    """What axe-core finds against WCAG 2.2 AA, a line each; in the whole page, or within a part of it."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(RUN, [within, {**(rules or RULES), "resultTypes": ["violations"]}])
    return [f"{rule}: {target} {summary}" for rule, target, summary in found]


def in_every_theme(page, name, within=None):
    """What axe-core finds in every theme; what does not hang on colours is looked at in one."""
    found = []
    for theme in THEMES:
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        rules = None if theme == THEMES[0] else COLOURS
        found += [f"{name}, {theme}: {line}" for line in violations(page, within, rules)]
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", THEMES[0])
    return found


def settled(page, what):
    """Something is shown, and nothing of the view is still being asked for."""
    page.locator(what).first.wait_for()
    page.wait_for_function("() => !document.querySelector('.work progress')", polling=SELDOM_MS)


def test_axe_finds_nothing_in_any_view_or_dialog(evening, pages):
    """Every view, the evidence, every dialog as its key opens it, what folds out of the map; each in every theme."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; ./run console")
    page = pages.open(evening)
    page.locator(CARD).first.wait_for()
    page.get_by_test_id("who").click()
    page.locator("dialog[open]").wait_for()
    found = in_every_theme(page, "signing in", "dialog[open]")
    page.keyboard.press("Escape")
    pages.log_in(page, "releasing-2", evening.personas["releasing-2"])
    page.get_by_test_id("who").click()
    page.locator("dialog[open]").wait_for()
    found += in_every_theme(page, "signed in", "dialog[open]")
    page.keyboard.press("Escape")

    names = set()
    for key, what in VIEWS.items():
        page.keyboard.press(key)
        settled(page, what)
        names.add(page.get_by_test_id("layout").input_value())
        found += in_every_theme(page, f"view {key}", None if key == "1" else ".work")  # what is around it stays
    assert len(names) == len(VIEWS), names
    page.keyboard.press("3")
    for name in ("layers", "legend", "table"):
        page.get_by_test_id(f"map-{name}-button").click()
        settled(page, f'[data-testid="map-{name}"]')
        found += in_every_theme(page, name, ".work")
        page.get_by_test_id("map-table-close" if name == "table" else f"map-{name}-button").click()  # it lies over it

    page.keyboard.press("1")
    page.locator(f"{CARD} button.head").first.click()
    settled(page, '[data-testid="rests-on"]')
    found += in_every_theme(page, "evidence", '[data-testid="evidence"]')
    seen = set()
    for name, key in (
        ("help", "Shift+?"), ("palette", "Control+k"), ("sound", "Shift+M"), ("afterwards", "o"), ("release", "r"),
        ("cancel", "x"), ("shelve", "s"), ("journals", "Shift+J"),
    ):  # fmt: skip
        page.keyboard.press(key)
        page.locator("dialog[open]").wait_for()
        seen.add(page.locator("dialog[open]").get_attribute("data-testid"))
        found += in_every_theme(page, name, "dialog[open]")
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached")
    assert len(seen) == 8, seen
    assert found == []


def test_on_a_telephone_nothing_stands_beyond_the_edge(evening, pages):
    """Every view, the evidence and the past at 390 by 844: what is wide scrolls by itself, the page never does."""
    page = pages.open(evening)
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(CARD).first.wait_for()
    pages.log_in(page, "releasing-2", evening.personas["releasing-2"])
    wide = "() => document.documentElement.scrollWidth"
    widths = {}
    for key, what in VIEWS.items():
        page.keyboard.press(key)
        settled(page, what)
        widths[key] = page.evaluate(wide)
    page.keyboard.press("1")
    page.locator(f"{CARD} button.head").first.click()
    settled(page, '[data-testid="rests-on"]')
    widths["evidence"] = page.evaluate(wide)
    page.keyboard.press(",")
    page.get_by_test_id("past-bar").wait_for()
    widths["past"] = page.evaluate(wide)
    page.keyboard.press("l")
    assert widths == dict.fromkeys(widths, 390)
    board, scene = (page.locator(f".watch > {one}").bounding_box() for one in (".board", ".scene"))
    assert board["height"] > 200 and scene["y"] >= board["y"] + board["height"], "alerts first, the map below them"


def test_a_journal_from_earlier_is_opened_beside_the_watch_and_put_away(evening, pages):
    kept = evening.data_dir / "journals"
    (live,) = kept.glob("*.sqlite")
    with closing(sqlite3.connect(live)) as source, closing(sqlite3.connect(kept / "earlier.sqlite")) as copy:
        source.backup(copy)
    try:
        page = pages.open(evening)
        page.locator(CARD).first.wait_for()
        page.keyboard.press("Shift+J")
        page.get_by_test_id("journal-row").filter(has_text="earlier.sqlite").press("Enter")
        page.get_by_test_id("past-journal").filter(has_text="earlier.sqlite").wait_for()
        assert "journal=earlier.sqlite" in page.evaluate(ADDRESS)
        page.get_by_test_id("clock-scrub").press("End")
        page.locator(CARD).first.wait_for()  # as known at its end: from its looks, since no desk's log is kept for it
        assert page.get_by_test_id("release").count() == 0
        page.keyboard.press("l")
        page.get_by_test_id("past-journal").wait_for(state="detached")
        assert "journal" not in page.evaluate(ADDRESS)
    finally:
        (kept / "earlier.sqlite").unlink()


def tab_to(page, name):
    """Tab until something is reached, as who has no mouse must."""
    for _ in range(MOST_TABS):
        if page.evaluate("() => document.activeElement?.dataset.testid") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by {MOST_TABS} presses of Tab")


def test_an_alert_is_released_and_taken_back_by_keyboard_alone_without_webgl(evening, pages):
    """No click in it: chosen, acknowledged, approved by two, cancelled with keys, on the map that needs no WebGL."""
    seats = [pages.open(evening, "?gl=off") for _ in range(2)]
    for page, name in zip(seats, ("releasing-1", "releasing-2"), strict=True):
        by_keys(page, name, evening.personas[name])
    first, second = seats
    assert first.get_by_test_id("map").is_visible() and first.get_by_test_id("globe").count() == 0
    first.keyboard.press("j")
    chosen = first.locator('[data-testid="alert-card"]:has(button[aria-pressed="true"])')
    chosen.wait_for()
    name = chosen.get_attribute("data-alert")
    mine = f'[data-testid="alert-card"][data-alert="{name}"]'
    first.keyboard.press("a")
    first.locator(f'{mine}:not([data-column="new"])').wait_for()
    first.keyboard.press("w")
    first.locator(f'{mine}[data-column="progress"]').wait_for()
    for page in seats:
        for _ in range(4):
            if page.locator(f'{mine} button[aria-pressed="true"]').count():
                break
            page.keyboard.press("j")
        page.keyboard.press("r")
        page.get_by_test_id("release-credential").wait_for()
        tab_to(page, "release-credential")
        page.keyboard.type(evening.personas["releasing-1" if page is first else "releasing-2"])
        page.keyboard.press("Enter")
        if page is first:
            page.get_by_test_id("waits-for-second").first.wait_for()
    second.locator(mine).get_by_test_id("sent").wait_for()
    second.keyboard.press("Escape")
    second.keyboard.press("x")
    second.get_by_test_id("cancel-consequence").wait_for()
    for _ in range(8):  # the arrows go through the reasons
        if second.evaluate("() => document.activeElement?.dataset.testid") == "reason-mistake":
            break
        second.keyboard.press("ArrowDown")
    second.keyboard.press("Space")
    assert second.get_by_test_id("reason-mistake").is_checked()
    tab_to(second, "cancel-credential")
    second.keyboard.type(evening.personas["releasing-2"])
    second.wait_for_selector('[data-testid="cancel-hold"]:enabled')
    tab_to(second, "cancel-hold")
    second.keyboard.down("Enter")
    second.wait_for_timeout(1600)
    second.keyboard.up("Enter")
    first.locator(f'{mine}[data-column="over"]').wait_for()


def by_keys(page, account, credential):
    """Sign in through the palette."""
    page.keyboard.press("Control+k")
    page.get_by_test_id("palette-input").wait_for()
    page.keyboard.type("sign in")
    page.keyboard.press("Enter")
    page.get_by_test_id("login-account").wait_for()
    tab_to(page, "login-account")
    page.keyboard.type(account)
    page.keyboard.press("Tab")
    page.keyboard.type(credential)
    page.keyboard.press("Enter")
    page.get_by_test_id("login-dialog").wait_for(state="detached")


def test_it_starts_where_there_is_no_network(browser, tmp_path):
    """In a network namespace with only loopback: the demonstration, the page, the map, the catalogue on it."""
    if not (shutil.which("unshare") and shutil.which("ip")):
        pytest.skip("no unshare or ip; on Debian or Ubuntu: sudo apt install util-linux iproute2")
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("network namespaces are not allowed here")
    source = os.pathsep.join([str(ROOT / "src"), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    inside = f"ip link set lo up && exec {sys.executable} -m tests.console.alone {tmp_path}"
    done = subprocess.run(
        ["unshare", "-rn", "sh", "-c", inside], env={**os.environ, "PYTHONPATH": source}, cwd=ROOT,
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    assert "map drawn; 300 objects" in done.stdout and "only lo" in done.stdout
