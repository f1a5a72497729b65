"""The whole story in the browser, step by step as docs/guides/a-watch-in-ten-minutes.md tells it: a launch appears, is
named and confirmed, two release it, one takes it back, and the moment before is shown again."""

import re

import pytest
from lxml import etree
from tests.console.conftest import ROOT, SELDOM_MS, serve
from tests.console.evening import make_evening

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


@pytest.fixture(scope="module")
def evening(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("evening")
    served = serve(folder, *make_evening(folder))
    yield served
    assert served.end() == 0, served.text()[-3000:]


def card(page, column):
    """The first card of a column of the board."""
    return page.locator(f'[data-testid="alert-card"][data-column="{column}"]').first


def messages(served):
    """CAP files that the folder channel got, by message type."""
    found = {}
    for path in sorted((served.data_dir / "released").rglob("*")):
        if path.is_file() and b"urn:oasis:names:tc:emergency:cap:1.2" in path.read_bytes():
            root = etree.fromstring(path.read_bytes())
            found.setdefault(root.findtext(f"{CAP}msgType"), []).append(root)
    return found


class Guide:
    """The numbered steps of the guide, which this test takes in their order."""

    def __init__(self):
        text = (ROOT / "docs" / "guides" / "a-watch-in-ten-minutes.md").read_text(encoding="utf-8")
        self.left = re.findall(r"^\d+\. \*\*(.+?)\.\*\*", text, re.MULTILINE)

    def step(self, title):
        """The next step is this one."""
        assert self.left.pop(0) == title


def test_a_launch_is_seen_released_by_two_taken_back_and_replayed(evening, pages):
    guide = Guide()
    first = pages.open(evening)
    guide.step("Sign in")
    pages.log_in(first, "releasing-1", evening.personas["releasing-1"])
    guide.step("Arm the sound")
    first.get_by_test_id("sound-chip").click()
    first.get_by_test_id("sound-play").click()
    first.get_by_test_id("sound-confirm").click()
    first.get_by_test_id("sound-dialog").wait_for(state="detached")
    guide.step("Read the situation")
    first.locator('[data-testid="alert-card"] .evidence.confirmed').first.wait_for(timeout=240_000)
    first.get_by_test_id("countdown").first.wait_for()
    pages.picture(first, "story-1-confirmed")
    # who approves a picture that still grows must look again each time: wait until it stands
    evening.wait(lambda: 'state="ended"} 1' in evening.get("/metrics")[1].replace(".0", ""), 400.0)

    alert = first.locator('[data-testid="alert-card"]', has=first.locator(".evidence.confirmed")).first
    name = alert.get_attribute("data-alert")
    mine = f'[data-testid="alert-card"][data-alert="{name}"]'  # the first card may become another one
    guide.step("Open the evidence")
    first.locator(mine).locator("button.head").click()
    first.get_by_test_id("headline").wait_for(timeout=180_000)
    first.get_by_test_id("rests-on").first.wait_for(timeout=180_000)
    assert "radar" in first.get_by_test_id("rests-on").first.inner_text()
    pages.picture(first, "story-2-evidence")
    guide.step("See it as a table")
    first.keyboard.press("Shift+T")
    first.get_by_test_id("map-table").wait_for()
    assert first.get_by_test_id("map-table").locator("tbody tr").count() >= 2
    first.get_by_test_id("map-table-close").click()
    guide.step("Acknowledge")
    first.locator(mine).get_by_test_id("acknowledge").click()
    first.locator(f'{mine}:not([data-column="new"])').wait_for()

    guide.step("Approve")
    first.locator(mine).get_by_test_id("release").click()
    first.get_by_test_id("release-credential").fill(evening.personas["releasing-1"])
    first.get_by_test_id("release-approve").click()
    first.get_by_test_id("waits-for-second").first.wait_for()
    assert messages(evening) == {}  # one alone sends nothing
    pages.picture(first, "story-3-waits-for-a-second")

    guide.step("Let a second person release")
    second = pages.open(evening)
    pages.log_in(second, "releasing-2", evening.personas["releasing-2"])
    second.locator(mine).get_by_test_id("release").click()
    assert "releasing-1" in second.get_by_test_id("first-person").inner_text()
    assert "releasing-2" in second.get_by_test_id("second-person").inner_text()
    pages.picture(second, "story-4-the-second-person")
    second.get_by_test_id("release-credential").fill(evening.personas["releasing-2"])
    second.get_by_test_id("release-approve").click()
    sent = first.locator(mine).get_by_test_id("sent")
    sent.wait_for()
    assert "releasing-1" in sent.inner_text() and "releasing-2" in sent.inner_text()
    (warning,) = evening.wait(lambda: messages(evening).get("Alert"))
    assert warning.findtext(f"{CAP}status") == "Exercise"
    pages.picture(first, "story-5-released")
    t_released = first.get_by_test_id("clock-time").inner_text()

    guide.step("Take it back")
    first.keyboard.press("Escape")
    first.keyboard.press("x")
    first.get_by_test_id("cancel-consequence").wait_for()
    first.locator('[data-testid="reason-mistake"]').click()
    first.get_by_test_id("cancel-credential").fill(evening.personas["releasing-1"])
    hold = first.get_by_test_id("cancel-hold")
    hold.hover()
    first.mouse.down()
    first.wait_for_timeout(300)
    first.mouse.up()
    assert "Cancel" not in messages(evening)  # a third of a second is no decision
    hold.hover()
    first.mouse.down()
    first.wait_for_timeout(1500)
    first.mouse.up()
    (back,) = evening.wait(lambda: messages(evening).get("Cancel"))
    assert warning.findtext(f"{CAP}identifier") in back.findtext(f"{CAP}references")
    first.locator(f'{mine}[data-column="over"]').wait_for()
    second.locator(f'{mine}[data-column="over"]').wait_for()  # everybody sees it
    pages.picture(first, "story-6-cancelled")

    guide.step("Go back")
    for _ in range(4):
        first.get_by_test_id("clock-back").click()
    first.get_by_test_id("past-bar").wait_for()
    first.wait_for_function(
        "now => document.querySelector('[data-testid=clock-time]').innerText !== now", arg=t_released,
        polling=SELDOM_MS, timeout=180_000,
    )  # fmt: skip
    first.locator('[data-testid="alert-card"]').first.wait_for()  # a past with launches in it never looks calm
    assert "past" in first.get_by_test_id("frame").get_attribute("class").split()  # hatched, so that nobody mistakes it
    assert first.get_by_test_id("release").count() == 0  # nothing is released from the past
    assert first.get_by_test_id("cancel-any").is_disabled()  # nor taken back
    pages.picture(first, "story-7-replay")
    first.get_by_test_id("go-live").click()
    first.get_by_test_id("past-bar").wait_for(state="detached")
    assert re.search(r"LIVE", first.get_by_test_id("clock-mode").inner_text())
    assert guide.left == []
