"""Floods, slow readers and noise: memory is bounded, nobody else waits, and what is lost is counted."""

import threading

from tests.doors.feeds.loopback import T0

from vedette.core.constants import NS_PER_S
from vedette.doors.feeds.inbox import Arrival, Happened, Inbox
from vedette.doors.feeds.patience import Patience
from vedette.formats import Quarantined, keep_with_doubt, set_aside


def datagram(source: str, size: int = 100) -> Arrival:
    return Arrival(source, Happened.DATAGRAM, T0, b"x" * size)


def drained(inbox: Inbox) -> list[Arrival]:
    found = []
    while (arrival := inbox.take(0.0)) is not None:
        found.append(arrival)
    return found


def test_a_flood_is_cut_and_counted():
    inbox = Inbox(place_count=50)
    taken = sum(inbox.put(datagram("flood"), waits=False) for _ in range(1000))
    assert taken == 50
    said, *rest = drained(inbox)
    assert said.happened is Happened.SAID and said.said.startswith("a flood: 950 ") and len(rest) == 50


def test_a_flood_is_bounded_in_bytes_too():
    inbox = Inbox(place_bytes=100_000)
    taken = sum(inbox.put(datagram("flood", 50_000), waits=False) for _ in range(100))
    assert 1 <= taken <= 3


def test_sources_take_turns():
    inbox = Inbox()
    for _ in range(500):
        inbox.put(datagram("flood"), waits=False)
    inbox.put(datagram("quiet"), waits=False)
    assert [arrival.source for arrival in drained(inbox)[:3]].count("quiet") == 1


def test_a_stream_waits_until_there_is_room_and_loses_nothing():
    inbox = Inbox(place_count=10)

    def send() -> None:
        for _ in range(200):
            assert inbox.put(datagram("stream"), waits=True)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    found = 0
    while found < 200:
        found += inbox.take(20.0) is not None
    thread.join(20.0)
    assert not thread.is_alive() and inbox.take(0.0) is None


def test_closing_lets_go_of_whoever_waits():
    inbox = Inbox(place_count=1)
    inbox.put(datagram("stream"), waits=True)
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(inbox.put(datagram("stream"), waits=True)), daemon=True)
    thread.start()
    inbox.close()
    thread.join(20.0)
    assert answers == [False] and len(drained(inbox)) == 1


def test_of_many_sentences_a_few_are_told_and_the_rest_counted():
    patience = Patience("udp://x", limit=5)
    told = []
    for index in range(100):
        t = T0 + index * NS_PER_S // 10
        told += patience.pass_on([set_aside("noise", "udp://x")], t)
    told += patience.due(T0 + 61 * NS_PER_S)
    assert [item.what for item in told[:5]] == ["noise"] * 5
    (last,) = told[5:]
    assert isinstance(last, Quarantined) and last.what.startswith("95 more") and last.exit_code == 3


def test_doubts_alone_do_not_change_the_exit_code():
    patience = Patience("udp://x", limit=1)
    records = [keep_with_doubt("doubt", "udp://x") for _ in range(3)]
    told = [*patience.pass_on(records, T0), *patience.due(T0, is_over=True)]
    assert [item.exit_code for item in told] == [0, 0]
