"""Making a reel: by one pass over a journal, taken up where it was left, or following a watch that still writes.

A frame is taken at every piece of news, and otherwise once a second of the watch; where pictures are large, so seldom
that a day of them stays within `BYTES_PER_S`, yet never more than ten seconds apart. A chunk is closed when its updates
weigh as much as the snapshot it begins with: what is kept is at most twice the changes, and what must be read for one
instant at most twice a picture.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from vedette.core.constants import NS_PER_S
from vedette.doors.checkpoints import freeze, thaw
from vedette.doors.reel_lives import LifeKeeper
from vedette.doors.reel_looks import LookWatch
from vedette.doors.reel_store import KeptFrame, ReelStore
from vedette.doors.server.crowd import CrowdRows
from vedette.doors.server.framing import Framer
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.engine import Event, FeedEnded, Picture, advance, open_picture
from vedette.reports import Scan

PERIOD_S = 1.0
LONGEST_S = 10.0
BYTES_PER_S = 16_384  # of frames, before they are packed (to about a tenth)
LEAST_CHUNK = 262_144
CHECKPOINT_WORK_S = 1.0  # of the engine's own time between two checkpoints
CHECKPOINT_SHARE = 0.2  # and no larger a part of it may freezing take: a large picture is frozen less often
CHECKPOINT_EVERY = 20_000  # entries, at most


class ReelRecorder:
    """Takes the frames of one pass; tell it of every event after `advance`, and of the one to come before."""

    def __init__(self, reel: ReelStore, last_entry: int = 0) -> None:
        self.reel, self.entry = reel, last_entry
        span = reel.span_tai_ns
        self.t_tai_ns: int | None = span[1] if span is not None and last_entry else None
        self._framer = Framer(reel.journal.path.name, objects_of=CrowdRows().of)
        self._encoder = msgspec.json.Encoder()
        self._chunk: list[KeptFrame] = []
        self._key_bytes = self._update_bytes = 0
        self._t_due_tai_ns = -(2**62)
        self._kept_entry = -1
        self._zero: int | None = None
        self._is_dated = False
        self._looks = LookWatch()
        self.lives = LifeKeeper()

    def before(self, picture: Picture, event: Event) -> None:
        """An event is about to be taken."""
        self._looks.before(picture, event)
        self.lives.before(picture, event)

    def after(self, picture: Picture, event: Event) -> None:
        """An event was taken; a frame is kept when one is due."""
        self.entry += 1
        if isinstance(event, Scan):
            self.t_tai_ns = max(self.t_tai_ns or -(2**62), event.t_received_tai_ns)
        self._looks.after(picture, event, self.entry)
        self.lives.after(picture, event)
        is_news = bool(picture.new_findings or picture.new_alerts)
        if self.t_tai_ns is not None and (is_news or self.t_tai_ns >= self._t_due_tai_ns):
            self._keep(picture)

    def flush(self) -> None:
        """Write what is open, and the zero that seconds count from now."""
        if self._chunk:
            self.reel.keep_chunk(self._chunk, self.entry)
            self.reel.set_meta("t_liftoff_tai_ns", "" if self._zero is None else str(self._zero))
            self.reel.set_meta("is_epoch_known", "1" if self._is_dated else "")
        looks = self._looks.taken()
        if looks:
            self.reel.keep_looks(looks)

    def close_chunk(self) -> None:
        """Write what is open; the next frame begins another chunk."""
        self.flush()
        self._chunk, self._framer.document = [], None

    def finish(self, picture: Picture) -> None:
        """Nothing more has come so far: keep how it stands, so that no news waits for the next look."""
        if self.t_tai_ns is None:  # nothing was looked at: what there is belongs to the feed's own zero
            self.t_tai_ns = 0
        if self._kept_entry < self.entry:
            self._keep(picture)
        self.flush()

    def _keep(self, picture: Picture) -> None:
        assert self.t_tai_ns is not None
        if self._chunk and self._update_bytes >= max(LEAST_CHUNK, self._key_bytes):
            self.close_chunk()
        frame = self._framer.frame(picture, self.entry)
        size = len(self._encoder.encode(frame))
        if frame["type"] == "snapshot":
            if self._chunk:
                self.flush()
            self._chunk, self._key_bytes, self._update_bytes = [], size, 0
        else:
            self._update_bytes += size
        self._chunk.append(KeptFrame(self.entry, self.t_tai_ns, frame))
        self._kept_entry = self.entry
        self._zero, self._is_dated = picture.t_liftoff_tai_ns, picture.is_epoch_known
        wait_s = min(LONGEST_S, max(PERIOD_S, size / BYTES_PER_S if frame["type"] == "update" else 0.0))
        self._t_due_tai_ns = self.t_tai_ns + round(wait_s * NS_PER_S)


class ReelBuilder:
    """Brings a reel up to its journal's end, a slice at a time; also of a journal that is still being written.

    Interrupted at any instant, it goes on from the last checkpoint (from the start where there is none).
    """

    def __init__(self, journal: SqliteJournal, reel: ReelStore) -> None:
        self.journal, self.reel = journal, reel
        found = reel.checkpoint(reel.last_entry)
        picture = None if found is None else thaw(*found[1:])
        entry = found[0] if found is not None and picture is not None else 0
        self.picture: Picture = open_picture(journal.session) if picture is None else picture
        self.picture.new_findings, self.picture.new_alerts = (), ()
        reel.cut_after(entry)
        self.recorder = ReelRecorder(reel, entry)
        self._events: Iterator[Event] | None = None
        self._worked_s, self._checkpoint_entry = 0.0, entry
        self._work_s = CHECKPOINT_WORK_S  # until the next
        self._told_entry = reel.last_entry

    @property
    def entry(self) -> int:
        """How far it has come."""
        return self.recorder.entry

    @property
    def end(self) -> int:
        """How many entries the journal holds now."""
        return self.journal.store.newest_entry()

    @property
    def is_behind(self) -> bool:
        """Whether the journal holds entries that it has not come to."""
        return self._events is not None or self.entry < self.end

    def step(self, seconds: float = float("inf"), is_stopped: Callable[[], bool] = lambda: False) -> bool:
        """Go on for so long; True when the end that the journal has now is reached and everything is written."""
        t_end = time.monotonic() + seconds
        if self._events is None:
            self._events = self.journal.events(self.entry + 1)
        is_over = False
        for event in self._events:
            t = time.process_time()
            self.recorder.before(self.picture, event)
            self.picture = advance(self.picture, event)
            self.recorder.after(self.picture, event)
            self._worked_s += time.process_time() - t
            is_over = isinstance(event, FeedEnded)
            if self._worked_s > self._work_s or self.entry - self._checkpoint_entry >= CHECKPOINT_EVERY:
                self.checkpoint()
            if time.monotonic() > t_end or is_stopped():
                return False
        self._events = None  # whoever appends later is read by another pass over what is new
        if self.entry > self._told_entry:
            self._told_entry = self.entry
            self.recorder.finish(self.picture)
            if is_over or self._worked_s > self._work_s / 2:
                self.checkpoint()
        return True

    def checkpoint(self) -> None:
        """Keep the engine as it stands, where it can be frozen."""
        t = time.process_time()
        self.recorder.close_chunk()
        frozen = freeze(self.picture)
        if frozen is not None:
            lives = self.recorder.lives.taken()
            self.reel.keep_checkpoint(self.entry, self.recorder.t_tai_ns or 0, *frozen, lives)
        self._worked_s, self._checkpoint_entry = 0.0, self.entry
        self._work_s = max(CHECKPOINT_WORK_S, (time.process_time() - t) / CHECKPOINT_SHARE)


def ensure_reel(path: Path, tell: Callable[[float], None] | None = None) -> None:
    """A whole reel beside a journal, made now where there is none; `tell` is given the share done."""
    with SqliteJournal.open(path) as journal, ReelStore(journal.store) as reel:
        end = journal.store.newest_entry()
        if reel.last_entry >= end:
            return
        builder = ReelBuilder(journal, reel)
        while not builder.step(0.5):
            if tell is not None:
                tell(builder.entry / max(end, 1))
