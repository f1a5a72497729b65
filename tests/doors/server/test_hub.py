"""Whoever reads the stream, however slowly, comes to hold what the hub holds, and hears of every alert."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.doors.server.frames import fold
from vedette.doors.server.hub import KEPT_FRAMES, Hub
from vedette.doors.server.readers import MOST_BYTES, MOST_FRAMES, Reader

EMPTY = {
    "mode": "TEST", "engine_version": "1", "t_now_utc": None, "t_now_plus_s": None,
    "counts": {"scans": 0, "detections": 0, "quarantined": 0}, "no_launch": None, "events": [], "objects": [],
    "alerts": [], "candidates": [], "raids": [], "sensors": [], "groups": [], "noise_sources": [], "sources": [],
    "predictions": [], "registration": [], "catalogue": None, "partners": [], "joint": [],
}  # fmt: skip


def hub_with_picture():
    hub = Hub()
    hub.open_journal("one.sqlite")
    hub.take_snapshot(0, msgspec.json.encode(EMPTY))
    return hub


def update(hub, number, padding=""):
    body = {
        "t_now_utc": f"t{number}", "t_now_plus_s": None,
        "counts": {"scans": number, "detections": 0, "quarantined": 0},
        "objects": [{"id": f"O{number % 7}", "of": number, "padding": padding}],
    }  # fmt: skip
    hub.take_update(number, msgspec.json.encode(body))


def alert(hub, number):
    hub.take_desk([{"id": f"A{number % 3}", "revision": str(number)}], {"seq": number, "hash": ""})


class Client:
    """What a page does: takes frames when it gets round to it, and folds them."""

    def __init__(self, hub, resume=None, journal=None):
        self.hub, self.reader = hub, Reader()
        self.seq, self.picture, self.desk, self.heard, self.kinds = resume, None, {}, [], []
        hub.join(self.reader, resume, journal)

    def take(self, most=10**9):
        for _ in range(most):
            if self.reader.is_behind:
                for frame in self.hub.snapshot_for(self.reader):
                    self.read(frame)
                continue
            frame = self.reader.take_frame()
            if frame is None:
                return
            self.read(frame)

    def read(self, frame):
        said = msgspec.json.decode(frame.text)
        self.kinds.append(said["type"])
        if said["type"] == "snapshot":
            self.picture = said["picture"]
            self.desk = {one["id"]: one for one in said["desk"]}
        else:
            assert self.seq is None or said["seq"] <= self.seq + 1 or self.kinds[-2:-1] == ["snapshot"], "a gap"
            if said["type"] == "update":
                self.picture = fold(self.picture, said)
            else:
                self.heard += [(one["id"], one["revision"]) for one in said["alerts"]]
                self.desk.update((one["id"], one) for one in said["alerts"])
        self.seq = said["seq"]


steps = st.lists(st.sampled_from(["update", "alert", "take one", "take all", "behind", "new client"]), max_size=60)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_every_reader_comes_to_hold_the_picture_and_the_desk(story):
    hub, clients = hub_with_picture(), []
    clients.append(Client(hub))
    for number, step in enumerate(story, start=1):
        match step:
            case "update":
                update(hub, number)
            case "alert":
                alert(hub, number)
            case "take one":
                clients[number % len(clients)].take(1)
            case "take all":
                clients[number % len(clients)].take()
            case "behind":
                clients[number % len(clients)].reader.fall_behind()
            case "new client":
                clients.append(Client(hub))
    for client in clients:
        client.take()
        assert client.picture == hub.picture and client.desk == hub.desk and client.seq == hub.seq


def test_a_stalled_reader_holds_little_and_is_given_a_snapshot_and_its_alerts_again():
    hub = hub_with_picture()
    slow, quick = Client(hub), Client(hub)
    slow.take()
    for number in range(1, 4 * MOST_FRAMES):
        update(hub, number, padding="x" * 1000)
        if number % 50 == 0:
            alert(hub, number)
        quick.take()
        assert len(slow.reader._frames) <= MOST_FRAMES and slow.reader._bytes <= MOST_BYTES
    assert quick.kinds.count("snapshot") == 1 and slow.reader.dropped_count > 0
    heard_by_quick = set(quick.heard)
    slow.take()
    assert slow.kinds[1:3] == ["snapshot", "desk"], "the picture whole, then what was missed at the desk"
    assert slow.picture == quick.picture and slow.desk == quick.desk
    newest = {name: revision for name, revision in quick.heard}
    assert dict(slow.heard) == newest and heard_by_quick >= set(slow.heard)


def test_large_frames_are_bounded_by_their_bytes():
    hub = hub_with_picture()
    slow = Client(hub)
    slow.take()
    for number in range(1, 20):
        update(hub, number, padding="x" * 2**20)
        assert slow.reader._bytes <= MOST_BYTES
    slow.take()
    assert slow.picture == hub.picture


def test_whoever_comes_back_is_given_what_was_missed_and_nothing_twice():
    hub = hub_with_picture()
    first = Client(hub)
    update(hub, 1)
    first.take()
    hub.leave(first.reader)
    for number in range(2, 6):
        update(hub, number)
    alert(hub, 6)
    again = Client(hub, first.seq, "one.sqlite")
    again.picture = first.picture
    again.take()
    assert again.kinds == ["update"] * 4 + ["desk"]
    assert again.picture == hub.picture


def test_a_number_of_another_journal_or_server_or_long_ago_is_answered_with_a_snapshot():
    hub = hub_with_picture()
    long_ago = hub.seq
    for number in range(1, KEPT_FRAMES + 5):
        update(hub, number)
    for resume, journal in ((hub.seq, "other.sqlite"), (12, "one.sqlite"), (long_ago, "one.sqlite"),
                            (hub.seq + 1, "one.sqlite"), (None, None)):  # fmt: skip
        client = Client(hub, resume, journal)
        client.seq = None
        client.take()
        assert client.kinds == ["snapshot"], (resume, journal)
    nothing_missed = Client(hub, hub.seq, "one.sqlite")
    nothing_missed.take()
    assert nothing_missed.kinds == []


def test_a_worker_that_begins_again_gives_everybody_the_picture_whole():
    hub = hub_with_picture()
    client = Client(hub)
    update(hub, 1)
    client.take()
    hub.take_snapshot(1, msgspec.json.encode({**hub.picture, "engine_version": "2"}))
    update(hub, 2)
    client.take()
    assert client.kinds[-1] == "snapshot" and client.picture == hub.picture
    assert client.picture["engine_version"] == "2"


def test_numbers_of_a_later_server_begin_beyond_those_of_an_earlier_one():
    earlier = hub_with_picture()
    for number in range(1, 1000):
        update(earlier, number)
    later = Hub()
    # a thousand frames a second would have to be made to catch up with the clock
    assert later.seq >= earlier.seq - 1000
    assert Client(later, earlier.seq, "one.sqlite").reader.is_behind


def test_heartbeats_and_positions_wait_only_in_their_newest():
    reader = Reader()
    for number in range(100):
        reader.beat(str(number))
        reader.give_binary(1, bytes([number]))
        reader.give_binary(2, bytes([number, 2]))
    assert reader.take_heartbeat() == "99" and reader.take_heartbeat() is None
    assert [reader.take_binary(), reader.take_binary(), reader.take_binary()] == [b"\x63", b"\x63\x02", None]
