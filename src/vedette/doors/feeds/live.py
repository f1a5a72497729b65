"""Several live feeds, and files beside them, as one stream of records in the order of arrival.

`None` stands for a pause in which nothing came, so that the loop can put what it has on disk and redraw its screen.
"""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from vedette.core.constants import NS_PER_S
from vedette.doors.feeds.address import Address, Transport
from vedette.doors.feeds.clock import OwnClock, now_tai_ns
from vedette.doors.feeds.decode import Decoder
from vedette.doors.feeds.inbox import Arrival, Happened, Inbox
from vedette.doors.feeds.nats_subject import NatsFeed
from vedette.doors.feeds.patience import Patience
from vedette.doors.feeds.tcp import TcpCaller, TcpListener
from vedette.doors.feeds.udp import UdpFeed
from vedette.formats import FeedHeader, FeedRecord, FeedSensor, Tick, keep_with_doubt, set_aside
from vedette.reports import Claim, Mode, Scan

PAUSE_S = 0.1
TICK_S = 5.0  # of nothing at all, and the time itself is an event


class Feed(Protocol):
    """Something that hands arrivals to an inbox until it is stopped."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End, and let go of sockets and threads."""
        ...


class LiveFeeds:
    """Open feeds; iterate `records()`; `stop()` from anywhere ends the stream after what has already come.

    Errors: `UnreachableError` when an address cannot be listened at.
    """

    def __init__(
        self,
        addresses: Sequence[Address],
        mode: Mode,
        sensors: Mapping[str, FeedSensor] | None = None,
        files: Mapping[str, Iterator[FeedRecord]] | None = None,
        t_until_tai_ns: int | None = None,
        held: Mapping[str, socket.socket] | None = None,
    ) -> None:
        self.mode, self.sensors, self.t_until_tai_ns = mode, sensors, t_until_tai_ns
        self.inbox = Inbox()
        self._stopping = threading.Event()
        self.addresses = tuple(addresses)
        self.feeds: list[Feed] = []
        try:
            for address in addresses:
                self.feeds.append(_feed_of(address, self.inbox, (held or {}).get(address.name)))
        except BaseException:
            self._close()
            raise
        self.feeds += [_FileFeed(name, records, self.inbox) for name, records in (files or {}).items()]
        self._decoders: dict[str, Decoder] = {}
        self._patience: dict[str, Patience] = {}
        self._has_begun = False

    def begin(self) -> None:
        """Take what arrives from now on, and hold it until `records` is iterated."""
        if not self._has_begun:
            self._has_begun = True
            for feed in self.feeds:
                feed.start()

    def stop(self) -> None:
        """End the stream; may be called from a signal."""
        self._stopping.set()

    def records(self) -> Iterator[FeedRecord | None]:
        """Everything in the order of arrival, and None in pauses."""
        own = OwnClock()
        for address in self.addresses:
            yield FeedHeader(source=address.name, format=address.transport.value, mode=self.mode)
        self.begin()
        t_last_tai_ns = now_tai_ns()
        try:
            while not self._is_over():
                arrival = self.inbox.take(PAUSE_S)
                if arrival is not None:
                    yield from self._read(arrival)
                if (step_s := own.step_s()) is not None:
                    words = f"the clock of this machine was set by {step_s:+.3f} s"
                    cure = "times of reception before and after do not compare"
                    yield keep_with_doubt(words, "this machine", cure, t_received_tai_ns=now_tai_ns())
                if arrival is None:
                    yield from self._pause()
                    if now_tai_ns() - t_last_tai_ns > TICK_S * NS_PER_S:  # silence, too, must be told to the engine
                        t_last_tai_ns = now_tai_ns()
                        yield Tick(t_received_tai_ns=t_last_tai_ns)
                    yield None
                else:
                    t_last_tai_ns = arrival.t_received_tai_ns
            yield from self._end()
        finally:
            self._close()

    def _is_over(self) -> bool:
        if self._stopping.is_set():
            return True
        return self.t_until_tai_ns is not None and now_tai_ns() > self.t_until_tai_ns

    def _read(self, arrival: Arrival) -> Iterator[FeedRecord]:
        source, now = arrival.source, arrival.t_received_tai_ns
        decoder = self._decoders.get(source)
        if decoder is None:
            decoder = self._decoders[source] = Decoder(source, self.mode, self.sensors)
            self._patience[source] = Patience(source)
        patience = self._patience[source]
        yield from patience.pass_on(self._in_mode(decoder.read(arrival)), now)
        if arrival.happened is Happened.ENDED:
            yield from decoder.rest(now)
            yield from patience.due(now, is_over=True)
            del self._decoders[source], self._patience[source]

    def _in_mode(self, records: Iterator[FeedRecord]) -> Iterator[FeedRecord]:
        """A file beside live feeds may be of another mode; it is refused as they would refuse it."""
        for record in records:
            if isinstance(record, FeedHeader | Scan | Claim) and record.mode is not self.mode:
                name = record.source if isinstance(record, FeedHeader) else _who(record)
                cure = f"watch {record.mode} feeds with --mode {record.mode}"
                yield set_aside(f"a {record.mode} feed in a {self.mode} watch", name, cure, exit_code=6)
            else:
                yield record

    def _pause(self) -> Iterator[FeedRecord]:
        now = now_tai_ns()
        for source, decoder in self._decoders.items():
            yield from decoder.overdue(now)
            yield from self._patience[source].due(now)

    def _end(self) -> Iterator[FeedRecord]:
        """What had come before the end."""
        self._close()
        while (arrival := self.inbox.take(0.0)) is not None:
            yield from self._read(arrival)
        now = now_tai_ns()
        for source, decoder in self._decoders.items():
            yield from decoder.rest(now)
            yield from self._patience[source].due(now, is_over=True)

    def _close(self) -> None:
        self.inbox.close()
        for feed in self.feeds:
            feed.stop()


def _who(record: Scan | Claim) -> str:
    return record.source_id if isinstance(record, Claim) else record.sensor_id


def _feed_of(address: Address, inbox: Inbox, held: socket.socket | None) -> Feed:
    if address.transport is Transport.UDP:
        return UdpFeed(address, inbox, held)
    if address.transport is Transport.NATS:
        return NatsFeed(address, inbox)
    return TcpListener(address, inbox, held) if address.is_listening else TcpCaller(address, inbox)


class _FileFeed:
    """A file, pipe or directory beside live feeds: read in a thread, since a pipe may keep silent."""

    def __init__(self, name: str, records: Iterator[FeedRecord], inbox: Inbox) -> None:
        self.name, self.records, self.inbox = name, records, inbox
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a silent pipe is left to the end of the process."""
        self._is_stopping.set()
        if self._thread.is_alive():
            self._thread.join(0.3)

    def _run(self) -> None:
        for record in self.records:
            arrival = Arrival(self.name, Happened.RECORD, now_tai_ns(), record=record)
            if self._is_stopping.is_set() or not self.inbox.put(arrival, waits=True):
                return
        self.inbox.put(Arrival(self.name, Happened.ENDED, now_tai_ns()), waits=True)
