"""The newest picture, desk and notices, and everybody who reads them.

Frames get their numbers here, are encoded once, kept for a while for whoever comes back, and put into each reader's
own bounded queue: no reader waits for another. Numbers begin at the milliseconds of the server's start, so that those
of two servers are never taken for one another's.
"""

import time
from collections import deque
from collections.abc import Iterable
from typing import Any

import msgspec

from vedette.doors.server.frames import Document, fold
from vedette.doors.server.readers import Frame, Reader

KEPT_FRAMES = 600
KEPT_BYTES = 32 * 2**20
_ENCODER = msgspec.json.Encoder()


class Hub:
    """What the stream says now, and who hears it."""

    def __init__(self) -> None:
        self.seq = time.time_ns() // 1_000_000
        self.journal: str | None = None
        self.entry = 0
        self.picture: Document = {}
        self.has_picture = False
        self.desk: dict[str, dict[str, Any]] = {}
        self.audit_tail: dict[str, Any] | None = None
        self.notices: list[dict[str, Any]] = []
        self.readers: set[Reader] = set()
        self.frame_count = 0
        self.byte_count = 0
        self.snapshot_count = 0  # given to readers
        self.dropped_count = 0
        self.binary: dict[int, bytes] = {}
        self.t_frame_s = time.monotonic()
        self.is_closing = False
        self._kept: deque[Frame] = deque()
        self._kept_bytes = 0
        self._snapshot: tuple[int, Frame] | None = None

    # ---- what comes in

    def open_journal(self, journal: str) -> None:
        """The watch writes this journal from now on."""
        if journal != self.journal:
            self._forget()
        self.journal = journal

    def take_snapshot(self, entry: int, body: bytes) -> None:
        """A worker begins, or begins again: everybody gets the picture whole."""
        self.entry = entry
        self.picture = msgspec.json.decode(body)
        self.has_picture = True
        self.seq += 1
        self._forget()
        self.t_frame_s = time.monotonic()
        for reader in self.readers:
            reader.fall_behind()

    def take_update(self, entry: int, body: bytes) -> None:
        """What changed."""
        self.entry = entry
        self.t_frame_s = time.monotonic()
        self.seq += 1
        head = f'{{"type":"update","seq":{self.seq},"entry":{entry},'
        self._publish(Frame(self.seq, head + body[1:].decode()))  # first to those who wait, as it came
        self.picture = fold(self.picture, msgspec.json.decode(body))

    def take_desk(self, alerts: list[dict[str, Any]], audit_tail: dict[str, Any] | None) -> None:
        """Alert lives that changed at the desk."""
        for one in alerts:
            self.desk[one["id"]] = one
        self.audit_tail = audit_tail
        self.seq += 1
        self._publish(Frame(self.seq, self._desk_text(alerts), tuple(one["id"] for one in alerts)))

    def take_notices(self, notices: list[dict[str, Any]]) -> None:
        """Notices are few and change seldom: everybody gets the picture whole with them."""
        if notices == self.notices:
            return
        self.notices = notices
        self.seq += 1
        self._snapshot = None
        for reader in self.readers:
            reader.fall_behind()

    def take_binary(self, kind: int, frame: bytes) -> None:
        """Positions in bulk; the catalogue goes to each reader at its own period."""
        self.binary[kind] = frame
        if kind != CATALOGUE:
            for reader in self.readers:
                reader.give_binary(kind, frame)

    def beat(self, heartbeat: dict[str, Any]) -> None:
        """Once a second: to everybody, however far behind."""
        text = self.beat_text(heartbeat)
        for reader in self.readers:
            reader.beat(text)

    def beat_text(self, heartbeat: dict[str, Any]) -> str:
        """A heartbeat as it goes out."""
        return _ENCODER.encode({"type": "heartbeat", **heartbeat, "readers": len(self.readers)}).decode()

    # ---- who reads

    def join(self, reader: Reader, resume: int | None, journal: str | None) -> None:
        """A reader comes, or comes back: it is given what it missed, or owed a snapshot."""
        self.readers.add(reader)
        missed = self._since(resume) if resume is not None and journal == self.journal else None
        if missed is None:
            reader.fall_behind()
        else:
            for frame in missed:
                reader.give(frame)

    def leave(self, reader: Reader) -> None:
        """A reader goes."""
        self.readers.discard(reader)
        self.dropped_count += reader.dropped_count

    def snapshot_for(self, reader: Reader) -> list[Frame]:
        """The picture as it is, for a reader that has nothing or fell behind, and the alerts it missed said again."""
        owed = [self.desk[one] for one in self.snapshot_given(reader) if one in self.desk]
        frames = [self.snapshot()]
        if owed:
            frames.append(Frame(self.seq, self._desk_text(owed)))
        return frames

    def snapshot_given(self, reader: Reader) -> tuple[str, ...]:
        """The reader has everything up to now; the desk alerts that it missed before."""
        reader.is_behind = False
        self.snapshot_count += 1
        return reader.take_alerts_owed()

    def desk_whole(self) -> str:
        """Every alert of the desk as one frame."""
        return self._desk_text(self.desk.values())

    def snapshot(self) -> Frame:
        """The newest picture whole, encoded once for all who ask before the next frame."""
        if self._snapshot is None or self._snapshot[0] != self.seq:
            body = {
                "type": "snapshot", "seq": self.seq, "journal": self.journal, "entry": self.entry,
                "picture": self.picture, "desk": list(self.desk.values()), "audit_tail": self.audit_tail,
                "notices": self.notices,
            }  # fmt: skip
            self._snapshot = (self.seq, Frame(self.seq, _ENCODER.encode(body).decode()))
        return self._snapshot[1]

    def close(self) -> None:
        """The server ends: whoever reads is let go."""
        self.is_closing = True
        for reader in self.readers:
            reader.close()

    # ---- inside

    def _desk_text(self, alerts: Iterable[dict[str, Any]]) -> str:
        body = {"type": "desk", "seq": self.seq, "alerts": list(alerts), "audit_tail": self.audit_tail}
        return _ENCODER.encode(body).decode()

    def _publish(self, frame: Frame) -> None:
        self._kept.append(frame)
        self._kept_bytes += len(frame.text)
        while len(self._kept) > KEPT_FRAMES or self._kept_bytes > KEPT_BYTES:
            self._kept_bytes -= len(self._kept.popleft().text)
        self.frame_count += 1
        self.byte_count += len(frame.text)
        for reader in self.readers:
            reader.give(frame)

    def _since(self, seq: int) -> list[Frame] | None:
        """The frames after a number; None when they are not all held."""
        if seq > self.seq or not self.has_picture:
            return None
        if seq == self.seq:
            return []
        if not self._kept or self._kept[0].seq > seq + 1:
            return None
        return [frame for frame in self._kept if frame.seq > seq]

    def _forget(self) -> None:
        self._kept.clear()
        self._kept_bytes, self._snapshot = 0, None


CATALOGUE, TRACKS = 1, 2  # kinds of binary frames
