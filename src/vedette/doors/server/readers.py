"""One reader of the stream: a queue with a bound. Who falls behind it gets a fresh picture, and loses no alert."""

import asyncio
from collections import deque
from dataclasses import dataclass

MOST_FRAMES = 64
MOST_BYTES = 8 * 2**20
MOST_ANSWERS = 32


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of the stream as it goes out, encoded once for everybody."""

    seq: int
    text: str
    alert_ids: tuple[str, ...] = ()  # of the desk: said again to whom it was not given


class Reader:
    """What one client is still owed."""

    def __init__(self, catalogue_period_s: float | None = None) -> None:
        self.catalogue_period_s = catalogue_period_s
        self.t_catalogue_s = float("-inf")  # of the loop's clock, when it was last given the catalogue
        self.is_behind = False  # owed a snapshot
        self.is_closed = False
        self.dropped_count = 0
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._alerts_owed: dict[str, None] = {}
        self._answers: deque[str] = deque()
        self._heartbeat: str | None = None
        self._binary: dict[int, bytes] = {}  # by kind: only the newest means anything
        self._wake = asyncio.Event()

    def give(self, frame: Frame) -> None:
        """One more frame; when there is no room, all that waits is dropped for a snapshot to come."""
        if self.is_behind:
            self._alerts_owed.update(dict.fromkeys(frame.alert_ids))
            return
        if len(self._frames) >= MOST_FRAMES or (self._frames and self._bytes + len(frame.text) > MOST_BYTES):
            self.fall_behind()
            self._alerts_owed.update(dict.fromkeys(frame.alert_ids))
            return
        self._frames.append(frame)
        self._bytes += len(frame.text)
        self._wake.set()

    def fall_behind(self) -> None:
        """Whatever waits is dropped; a snapshot is owed."""
        self.dropped_count += len(self._frames)
        for frame in self._frames:
            self._alerts_owed.update(dict.fromkeys(frame.alert_ids))
        self._frames.clear()
        self._bytes, self.is_behind = 0, True
        self._wake.set()

    def beat(self, heartbeat: str) -> None:
        """The newest heartbeat; an older one that still waits is worth nothing."""
        self._heartbeat = heartbeat
        self._wake.set()

    def give_binary(self, kind: int, frame: bytes) -> None:
        """The newest positions of a kind."""
        self._binary[kind] = frame
        self._wake.set()

    def close(self) -> None:
        """The server goes: whoever waits is woken."""
        self.is_closed = True
        self._wake.set()

    async def wait(self) -> None:
        """Until there is something to send, or the reader is closed."""
        await self._wake.wait()
        self._wake.clear()

    def take_frame(self) -> Frame | None:
        """The next frame in order."""
        if not self._frames:
            return None
        frame = self._frames.popleft()
        self._bytes -= len(frame.text)
        return frame

    def take_heartbeat(self) -> str | None:
        """The newest heartbeat, once."""
        beat, self._heartbeat = self._heartbeat, None
        return beat

    def take_binary(self) -> bytes | None:
        """The newest positions of one kind, once."""
        return self._binary.pop(min(self._binary)) if self._binary else None

    def say(self, answer: str) -> None:
        """An answer to this client alone; who asks faster than it reads is not answered."""
        if len(self._answers) < MOST_ANSWERS:
            self._answers.append(answer)
        self._wake.set()

    def take_answer(self) -> str | None:
        """The next answer."""
        return self._answers.popleft() if self._answers else None

    def take_alerts_owed(self) -> tuple[str, ...]:
        """Desk alerts that changed while this reader was behind."""
        owed, self._alerts_owed = tuple(self._alerts_owed), {}
        return owed
