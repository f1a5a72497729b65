"""A whole node is killed: it goes on in its journal, with what its partner said and with the alerts it had."""

from pathlib import Path

import pytest
from tests.doors.node.node_killing import kill_nodes
from tests.doors.node.nodes import broker_program

pytestmark = pytest.mark.slow


def test_a_node_killed_whole_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    broker_program()
    found = kill_nodes(tmp_path, 3, seed=5)
    assert found.is_good, found
