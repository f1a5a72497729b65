"""Where nothing comes at all, the time itself is a record: silence is noticed while it lasts, and again in a replay."""

import socket

from vedette.doors.feeds import LiveFeeds, live, parse_address
from vedette.formats import Tick
from vedette.reports import Mode


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_live_watch_that_hears_nothing_ticks(monkeypatch):
    monkeypatch.setattr(live, "TICK_S", 0.05)
    feeds = LiveFeeds([parse_address(f"udp://127.0.0.1:{free_port()}")], Mode.TEST)
    ticks = []
    for record in feeds.records():
        if isinstance(record, Tick):
            ticks.append(record.t_received_tai_ns)
            if len(ticks) == 3:
                feeds.stop()
    assert ticks == sorted(ticks) and len(set(ticks)) == 3
