"""Keys change and fall on an open link between two brokers, and both owners' transcripts agree afterwards."""

import json

from tests.doors.node.ends import End, grant_everything, wait_for
from tests.doors.node.nodes import make_partners, node

from vedette.doors.cli import main
from vedette.doors.node.own_keys import revoke, rotate
from vedette.doors.node.peer_keys import PeerKeys
from vedette.doors.seal_file import now_tai_ns
from vedette.sharing import Purpose
from vedette.sharing.link import take_apart


def test_an_open_link_changes_its_key_and_refuses_a_revoked_one(tmp_path, capsys):
    north, south = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(north, south)
    grant_everything(north)
    for one in (north, south):
        one.start_broker()
    try:
        with End(north) as telling, End(south) as hearing:
            telling.warn(1)
            wait_for(lambda: hearing.warnings == [1], "the first warning")
            old = telling.gateway.links["SOUTH-A"].out.sender.key.key_id
            new, _ = rotate(north.folder.keys, Purpose.DRILL, "NORTH", now_tai_ns(), 3600.0)
            wait_for(lambda: "new-key" in hearing.troubles, "the announcement")
            telling.warn(2)
            wait_for(lambda: hearing.warnings == [1, 2], "the second warning")
            sender = telling.gateway.links["SOUTH-A"].out
            wait_for(lambda: sender.sender.key.key_id == new.key_id, "the receipt that lets the new key sign")
            telling.warn(3)
            wait_for(lambda: hearing.warnings == [1, 2, 3], "a warning under the new key")
            files = [_transcript(tmp_path, one, other) for one, other in ((north, "SOUTH"), (south, "NORTH"))]
            capsys.readouterr()
            assert main(["verify", *files, "--json"]) == 0
            found = json.loads(capsys.readouterr().out)
            events = [event for one in found["messages"] for event in one["events"]]
            assert found["is_whole"] and len(events) == 3
            assert {old, new.key_id} <= {key["key_id"] for key in found["keys"]}
            assert all(one["receipt_utc"] for one in found["messages"] if one["events"][:1] == events[:1])
            keys = PeerKeys(south.folder, "NORTH-A")
            keys.revoke(old, now_tai_ns(), "told by telephone")  # the new one was not compared: it falls as well
            telling.warn(4)
            wait_for(lambda: "revoked" in hearing.troubles, "the refusal")
            assert hearing.warnings == [1, 2, 3]
    finally:
        north.stop_broker()
        south.stop_broker()


def _transcript(folder, one, other):
    file = folder / f"{one.name}.jsonl"
    assert main(["node", "transcript", other, "--out", str(file), "--data-dir", str(one.folder.path)]) == 0
    return str(file)


def test_what_waits_under_a_key_taken_back_leaves_under_the_new_one(tmp_path):
    """The broker is away when the key is stolen: nothing that was released is lost, and nothing leaves under it."""
    north, south = node(tmp_path, "NORTH"), node(tmp_path, "SOUTH")
    make_partners(north, south)
    grant_everything(north)
    south.start_broker()
    north.start_broker()
    try:
        with End(north) as telling, End(south) as hearing:
            telling.warn(1)
            wait_for(lambda: hearing.warnings == [1], "the first warning")
            link = telling.gateway.links["SOUTH-A"]
            north.stop_broker()
            telling.warn(2)
            wait_for(lambda: telling.store.pending_count("SOUTH-A") > 0, "a warning that waits")
            ring, old = north.folder.keys, link.out.sender.key.key_id
            revoke(ring, old, "NORTH", now_tai_ns(), "stolen")
            wait_for(lambda: link.out.sender.is_closed, "the last word")
            telling.warn(3)  # while there is no key: it is told when there is one
            new = ring.make(Purpose.DRILL, "NORTH")
            PeerKeys(south.folder, "NORTH-A").trust(new.public)
            wait_for(lambda: link.out.sender.key.key_id == new.key_id, "the new key")
            north.start_broker()
            wait_for(lambda: hearing.warnings == [1, 2, 3], "all of them, in order")
            assert "key-taken-back" in hearing.troubles
            signers = {take_apart(one.message).key_id for one in hearing.store.log() if one.message and one.sequence}
            assert new.key_id in signers
    finally:
        north.stop_broker()
        south.stop_broker()
