"""Three services as processes with brokers: one reports each object, whoever is killed."""

from pathlib import Path

import pytest
from tests.doors.node.nodes import broker_program
from tests.doors.node.services_over_brokers import run_over_brokers


@pytest.mark.slow
def test_no_track_is_reported_by_two_or_left_to_nobody_while_one_is_killed_and_comes_back(tmp_path: Path) -> None:
    broker_program()
    found = run_over_brokers(tmp_path, objects=60, seconds=45.0, hand_over_s=5.0, kill_s=12.0, back_s=24.0)
    assert (found.duplicates, found.orphans, found.doubled, found.reused) == (0, 0, 0, 0)
    assert found.hand_overs > 60, "objects were handed round"
    assert found.back_after_kill_s["count"] > 0, "what the killed one reported was taken over"
