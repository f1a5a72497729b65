"""Two nodes with brokers of their own on the loopback: what is released arrives once, in order, whatever is killed."""

import os
import signal

import msgspec
import pytest
from tests.doors.node.ends import End, grant_everything, track, wait_for
from tests.doors.node.nodes import broker_program, make_partners, node

from vedette.doors.node.peer_file import read_peer, write_peer
from vedette.reports import LinkState, SharedEvent, SharedTrack


@pytest.fixture
def pair(tmp_path):
    broker_program()
    north, south = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(north, south)
    grant_everything(north)
    grant_everything(south)
    for one in (south, north):
        one.start_broker()
    yield north, south
    for one in (south, north):
        one.stop_broker()


def test_what_is_released_arrives_once_in_order_both_ways(pair):
    north, south = pair
    with End(north) as here, End(south) as there:
        here.warn(*range(1, 21))
        there.warn(100, 101)
        here.offer(track())
        wait_for(lambda: len(there.warnings) >= 20 and len(here.warnings) >= 2, "warnings")
        assert there.warnings == list(range(1, 21))
        assert here.warnings == [100, 101]
        reports = there.reports
        assert {one.owner for one in reports} == {"NORTH"} and {one.link for one in reports} == {"NORTH-A"}
        wait_for(lambda: any(isinstance(x, SharedTrack) for x in _content(there)), "a track")
        wait_for(lambda: LinkState.UP in [one.state for one in there.news], "news that the link is up")
        assert not here.troubles and not there.troubles
        warned = [one for one in reports if any(isinstance(x, SharedEvent) for x in one.content)]
        for one in warned:  # one digest on both sides
            assert [kept.direction for kept in here.store.find(one.digest)] == ["sent"]


def _content(end):
    return [one for report in end.reports for one in report.content]


def test_nothing_is_told_without_a_policy(pair):
    north, south = pair
    (north.folder.release / "SOUTH-A.toml").write_text("# nothing\n")
    with End(north) as here, End(south) as there:
        here.warn(1, 2, 3)
        there.warn(7)
        wait_for(lambda: here.warnings == [7], "the other way")
        wait_for(lambda: any(not report.content for report in there.reports), "a sign of life")
        assert there.warnings == []


@pytest.mark.parametrize("whose", [0, 1])
def test_a_broker_killed_in_the_middle_loses_nothing(pair, whose):
    north, south = pair
    with End(north) as here, End(south) as there:
        here.warn(*range(1, 6))
        wait_for(lambda: len(there.warnings) >= 5, "the first five")
        os.kill(pair[whose].broker.process.pid, signal.SIGKILL)
        here.warn(*range(6, 40))
        wait_for(lambda: len(there.warnings) >= 39, "the rest")
        assert there.warnings == list(range(1, 40))
        assert pair[whose].broker.restart_count == 1
        assert not set(there.troubles) - {"repeated"}


def test_a_suspended_partner_hears_nothing_and_goes_on_when_resumed(pair):
    north, south = pair
    with End(north) as here, End(south) as there:
        here.warn(1)
        wait_for(lambda: there.warnings == [1], "the first")
        peer = read_peer(north.folder, "SOUTH")
        write_peer(north.folder, msgspec.structs.replace(peer, is_suspended=True))
        wait_for(lambda: LinkState.SUSPENDED in [one.state for one in here.news], "the suspension")
        assert north.broker.configure(north.peers)
        wait_for(lambda: bool(there.news) and there.news[-1].state is LinkState.DOWN, "silence")
        write_peer(north.folder, peer)
        assert north.broker.configure(north.peers)
        here.warn(2)
        wait_for(lambda: there.warnings == [1, 2], "the second, after all")


def test_what_lies_in_a_suspended_region_is_not_told(pair):
    north, south = pair
    from vedette.doors.node.peer_file import Region

    peer = read_peer(north.folder, "SOUTH")
    around = Region(south=20.0, west=-40.0, north=50.0, east=-5.0)
    write_peer(north.folder, msgspec.structs.replace(peer, suspended_regions=(around,)))
    with End(north) as here, End(south) as there:
        far = msgspec.structs.replace(track("FAR"), position_itrf_m=(-5.2e6, 2.1e6, -3.6e6))
        here.offer(track("NEAR"), far)
        wait_for(lambda: any(isinstance(x, SharedTrack) for x in _content(there)), "a track")
        assert all(x.position_itrf_m[0] < 0.0 for x in _content(there) if isinstance(x, SharedTrack))


def test_a_broker_that_keeps_nothing_is_told_from_one_that_does(pair):
    north, _ = pair
    assert north.broker.has_jetstream()
    text = north.broker.config.read_text()
    north.broker.process.kill()
    north.broker.process.wait()
    wait_for(lambda: north.broker.is_alive and north.broker.has_jetstream(), "the next life")
    without = "\n".join(line for line in text.splitlines() if not line.startswith("jetstream"))
    without = without.replace("{ jetstream: enabled, users", "{ users")
    without = without.replace("jetstream: { max_file: 8G, max_mem: 0, max_streams: 4 }", "")
    north.broker.config.write_text(without)
    north.broker.begin_again()
    north.broker.wait_until_up()
    assert not north.broker.has_jetstream()
