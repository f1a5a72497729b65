"""The way out of a node: a policy in another's place releases nothing; what waits out a delay survives a kill."""

from pathlib import Path

from tests.doors.node.nodes import make_partners, node
from tests.sharing.release.makings import T0, event

from vedette.doors.node.link_out import LinkOut
from vedette.doors.node.opening_store import open_store
from vedette.reports import Mode

POLICY = 'version = 1\npeer = "{}"\nmodes = ["TEST"]\n[[grant]]\nclass = "event"\nareas = ["everywhere"]\n'


def test_a_policy_for_another_partner_releases_nothing(tmp_path: Path) -> None:
    north, south = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(north, south)
    (peer,) = north.peers
    place = north.folder.release / "SOUTH-A.toml"
    store = open_store(str(tmp_path / "node.sqlite"))
    out = LinkOut(north.folder, north.settings, peer, Mode.TEST, store)

    place.write_text(POLICY.format("WEST"))
    out.heed(peer)
    assert "it is for 'WEST'" in out.trouble
    assert out.release([event()], (), T0, {}).is_urgent is False

    place.write_text(POLICY.format("SOUTH-A"))
    out.heed(peer)
    assert out.trouble == ""
    assert out.release([event()], (), T0 + 2 * 10**9, {}).is_urgent is True
    store.close()


def test_an_event_that_waits_out_a_delay_is_told_in_time_by_the_next_life(tmp_path: Path) -> None:
    north, south = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(north, south)
    (peer,) = north.peers
    (north.folder.release / "SOUTH-A.toml").write_text(POLICY.format("SOUTH-A") + "delay_s = 60\n")
    counts = []
    for t_s in (0, 1, 2, 60, 61, 62):  # a life each; nothing but a sign of life leaves in the first
        store = open_store(str(tmp_path / "node.sqlite"))
        out = LinkOut(north.folder, north.settings, peer, Mode.TEST, store)
        out.heed(peer)
        out._t_said_tai_ns = T0 if t_s else 0
        counts.append(out.release([event()] if t_s else [], (), T0 + t_s * 10**9, {}).is_urgent)
        store.close()
    assert counts == [False, False, False, False, True, False]
