"""Nodes and brokers killed at random instants (the short form; `./run soak kills` plays two hundred)."""

from tests.doors.node.killing import kill_at_random
from tests.doors.node.nodes import broker_program


def test_no_kill_loses_doubles_or_disorders_a_warning(tmp_path):
    broker_program()
    found = kill_at_random(tmp_path, kills=10, seed=5, rate=20.0, pause_s=0.4)
    assert found.heard == list(range(1, found.offered + 1))
