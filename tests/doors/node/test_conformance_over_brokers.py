"""Another's node, at work behind its own broker, is examined over the link and keeps every rule."""

from tests.doors.node.ends import End, grant_everything, wait_for
from tests.doors.node.nodes import broker_program, make_partners, node

from vedette.doors.node.conformance_run import examining
from vedette.reports import Mode


def test_a_node_behind_its_broker_keeps_every_rule_and_the_link_goes_on_afterwards(tmp_path, monkeypatch):
    broker_program()
    monkeypatch.setattr("vedette.doors.node.link_out.SIGN_OF_LIFE_S", 0.2)
    north, south = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(north, south)
    grant_everything(north)
    grant_everything(south)
    try:
        for one in (south, north):
            one.start_broker()
        with End(south) as there:
            (peer,) = north.peers
            with examining(north.folder, north.settings, peer, Mode.SIMULATED, 60.0) as examiner:
                verdicts = list(examiner.examine())
            assert [(v.name, v.text) for v in verdicts if not v.is_kept] == []
            assert len(verdicts) >= 29
            wait_for(lambda: {"garbage", "wrong-key", "wrong-mode", "wrong-recipient"} <= set(there.troubles), "names")
            with End(north) as here:  # our own gateway goes on with the numbers that were used
                here.warn(1, 2)
                wait_for(lambda: there.warnings == [1, 2], "warnings after it")
            assert not {"other-history", "reused-number"} & set(there.troubles[-1:])
    finally:
        for one in (south, north):
            one.stop_broker()
