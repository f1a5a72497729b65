"""A server that is killed while a launch is in flight: open pages say so, come back by themselves, and hold what the
server holds; no alert is proposed twice."""

import json
import os
import signal
import sys
import time

import pytest
from tests.console.conftest import SELDOM_MS, serve
from tests.console.evening import FIRST_S, make_evening

from vedette.assessment.alerts import DeskKind, Proposed
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.data_dir import journals_dir_of
from vedette.doors.sqlite_journal import SqliteJournal

HELD = "() => JSON.stringify(window.vedette.held())"  # as text: Playwright takes a large object apart piece by piece
CUT_OFF = ", ".join(f'[data-testid="stale"][data-reason="{one}"]' for one in ("closed", "connecting", "silent"))
PATIENCE_MS = 300_000  # of a page whose server reads its journal again on a busy machine


@pytest.fixture(scope="module")
def killed(browser, tmp_path_factory):
    """The words of a watch, a served one, and how to serve it again on the same port."""
    folder = tmp_path_factory.mktemp("killed")
    words = make_evening(folder, FIRST_S)
    served = serve(folder, *words)
    yield served, lambda: serve(folder, *words, port=served.address.rpartition(":")[2])


def test_every_open_page_comes_back_by_itself_to_what_the_server_holds(killed, pages):
    first, again = killed
    visitor, officer = pages.open(first), pages.open(first)
    pages.log_in(officer, "releasing-1", first.personas["releasing-1"])
    for page in (visitor, officer):
        page.set_default_timeout(PATIENCE_MS)
        page.locator('[data-testid="alert-card"]').first.wait_for()
    seen = {one["id"] for one in held(visitor)["desk"]}
    assert seen
    t_killed_s = time.monotonic()
    os.kill(first.child.pid, signal.SIGKILL)  # its children leave when nobody listens any more
    first.child.wait()
    for page in (visitor, officer):
        page.locator(CUT_OFF).wait_for()  # a busy machine may have been late before
        assert "LIVE" not in page.get_by_test_id("clock-mode").inner_text()
    sys.stdout.write(f"both pages said so {time.monotonic() - t_killed_s:.1f} s after the kill\n")
    kept = held(visitor)
    assert kept["picture"] is not None and {one["id"] for one in kept["desk"]} >= seen, "what was known stays, greyed"

    second = again()
    try:
        for page in (visitor, officer):
            page.wait_for_function("() => window.vedette.held().worker?.state === 'ended'", polling=SELDOM_MS)
            page.get_by_test_id("stale").wait_for(state="detached")
        shown = json.loads(visitor.evaluate("async () => await (await fetch('/api/v1/picture')).text()"))
        for page in (visitor, officer):
            page.wait_for_function(
                "entry => window.vedette.held().entry >= entry", arg=entry_count(second), polling=SELDOM_MS
            )
            now = held(page)
            assert now["journal"] == kept["journal"], "the same watch goes on"
            assert now["picture"].keys() == shown.keys()
            for name, value in shown.items():
                assert now["picture"][name] == value, name
            alerts = [one["id"] for one in now["desk"]]
            assert len(alerts) == len(set(alerts)) and set(alerts) >= seen
            objects = [name for one in now["desk"] for name in one["object_ids"]]
            assert len(objects) == len(set(objects)), "one alert an object"
        assert officer.get_by_test_id("who").inner_text().strip() == "releasing-1", "nobody signs in again"
    finally:
        assert second.end() == 0, second.text()[-3000:]
    with AlertDesk.look(second.data_dir, DeskKind.DRILL) as desk:
        proposed = [record for _, record in desk.log.read() if isinstance(record, Proposed)]
    revisions = [(one.alert_id, one.revision) for one in proposed]
    following = [pair for pair, before in zip(revisions[1:], revisions, strict=False) if pair == before]
    assert following == [], "nothing is proposed again that stands already"


def held(page):
    """What a page holds."""
    return json.loads(page.evaluate(HELD))


def entry_count(served):
    (path,) = journals_dir_of(served.data_dir).glob("*.sqlite")
    with SqliteJournal.open(path) as journal:
        return journal.store.entry_count
