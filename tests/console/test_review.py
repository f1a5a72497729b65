"""A night that is over in the browser: `vedette review` opens it at its end, says that nothing is live, and any instant
of it is shown."""

import subprocess
import sys

import pytest
from tests.console.conftest import ROOT, serve
from tests.console.evening import FIRST_S, make_evening


@pytest.fixture(scope="module")
def reviewed(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("review")
    _, night, *words = make_evening(folder, FIRST_S)
    watch = ["watch", night, *words, "--data-dir", str(folder / "data"), "--quiet", "--json"]
    subprocess.run(
        [sys.executable, "-m", "vedette", *watch], env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
        cwd=folder, stdout=subprocess.DEVNULL, timeout=240, check=True,
    )  # fmt: skip
    served = serve(folder, "review")
    yield served
    assert served.end() == 0, served.text()[-3000:]


def test_a_night_that_is_over_is_opened_at_its_end_and_nothing_is_live(reviewed, pages):
    page = pages.open(reviewed, "")
    pages.log_in(page, "releasing-1", reviewed.personas["releasing-1"])
    page.locator('[data-testid="alert-card"]').first.wait_for()
    assert page.get_by_test_id("past-word").inner_text() == "REVIEW"
    assert "EXERCISE" in page.get_by_test_id("mode-banner").inner_text()
    assert "nothing is watched" in page.get_by_test_id("past-bar").inner_text()
    assert page.get_by_test_id("stale").count() == page.get_by_test_id("go-live").count() == 0
    assert page.get_by_test_id("sound-chip").count() == 0
    pages.picture(page, "review-end")
    left = page.locator('[data-testid="alert-card"] .left').all_inner_texts()
    page.wait_for_timeout(2500)
    assert left and left == page.locator('[data-testid="alert-card"] .left').all_inner_texts(), "as it was told then"

    at_end = page.get_by_test_id("clock-time").inner_text()
    page.keyboard.press("r")  # neither releases, nor goes live
    page.keyboard.press("l")
    page.get_by_test_id("clock-scrub").focus()
    page.keyboard.press("Home")
    page.wait_for_function("() => document.querySelectorAll('[data-testid=\"alert-card\"]').length === 0")
    assert page.get_by_test_id("clock-time").inner_text() < at_end
    assert page.get_by_test_id("past-word").inner_text() == "REVIEW"

    page.keyboard.press("Shift+J")
    page.get_by_test_id("journal-row").first.click()
    page.wait_for_function("() => !document.querySelector('[data-testid=\"journals-dialog\"]')")
    assert page.get_by_test_id("past-journal").inner_text().startswith("20")
