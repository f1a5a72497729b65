"""Three whole watches of one owner: one reports each object, also while one of them is killed and comes back."""

from pathlib import Path

import pytest
from tests.doors.node.nodes import broker_program
from tests.doors.node.services_whole import Plan, run_whole

from vedette.doors.server.warming import is_cold, warm


@pytest.mark.slow
def test_three_whole_watches_report_each_object_once_though_one_is_killed(tmp_path: Path) -> None:
    broker_program()
    if is_cold():  # else three watches would compile at once
        warm(lambda done, of: None, lambda: True)
    found = run_whole(tmp_path, Plan(objects=12, seconds=90.0, hand_over_s=15.0, kill_s=30.0, back_s=45.0))
    assert found.seen == 12
    assert (found.duplicates, found.orphans, found.reused) == (0, 0, 0), found
    assert found.hand_overs > 12, "objects were handed round"
    assert found.after_kill_s.get("count", 0) > 0, "what the killed one reported was taken over"
