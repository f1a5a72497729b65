"""What was known at an instant of a journal: the picture, what came after it, and how one object's belief moved.

Everything is read from the reel, which holds what the engine said entry by entry; nothing here computes a belief anew.
An instant is UTC, `+SECONDS` (or `T+SECONDS`) after lift-off, `entry:N`, or `end`; the answer is the newest frame at
or before it, and says which entry that stands after.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, UsageError, VedetteError
from vedette.doors.desk_past import DeskPast
from vedette.doors.reel_store import KeptFrame, KeptLook, ReelStore
from vedette.doors.server.frames import Frame, fold_frame, snapshot_of
from vedette.doors.sqlite_journal import SqliteJournal, decode_event
from vedette.doors.wire import document
from vedette.engine import open_picture, when
from vedette.formats.notice_json import document_from_notice
from vedette.reports import Notice
from vedette.time import utc_text_from_tai_ns

THE_END = "end"
MOST_FRAMES = 2_000
MOST_TRAILS = 100
MOST_POINTS = 2_000  # of one object's history: more than a plot can show

T = TypeVar("T")


class Reading:
    """A journal and its reel, open for questions."""

    def __init__(self, journal: SqliteJournal, reel: ReelStore) -> None:
        self.journal, self.reel = journal, reel
        self._notices: list[tuple[int, dict[str, Any]]] = []
        self._notices_to = 0
        self._desk: DeskPast | None = None

    @classmethod
    def open(cls, path: Path, is_maker: bool = True) -> "Reading":
        """A journal with the reel that lies beside it, as far as it has been made; or to read only what another makes.

        NotFoundError when there is nothing to read yet.
        """
        journal = SqliteJournal.open(path)
        try:
            return cls(journal, ReelStore(journal.store, is_writable=is_maker))
        except BaseException:
            journal.close()
            raise

    @property
    def name(self) -> str:
        """What this journal is called."""
        return self.journal.path.name

    def close(self) -> None:
        """Let go of both files."""
        if self._desk is not None:
            self._desk.close()
        self.reel.close()
        self.journal.close()

    # ---- instants

    def instant(self, at: str) -> tuple[int | None, int]:
        """(entry, 2^62) or (None, TAI ns) that a text names; UsageError when it names none."""
        text = at.strip()
        if text == THE_END:
            return None, 2**62
        if text.startswith("entry:"):
            try:
                entry = int(text.removeprefix("entry:"))
            except ValueError:
                raise UsageError(f"{at!r} is no entry; write entry:N") from None
            if not 0 <= entry < 2**62:
                raise UsageError(f"{at!r} is no entry; they count from 1")
            return entry, 2**62
        zero = self.t_liftoff_tai_ns
        is_relative = text[:1] in "Tt+-" or text.replace(".", "", 1).isdigit()
        if is_relative and zero is None and self.is_epoch_known:
            raise UsageError(f"{at}: no launch is known to count seconds from; give UTC such as 2031-04-01T12:00:00Z")
        return None, when(text, zero)

    @property
    def t_liftoff_tai_ns(self) -> int | None:
        """The zero of seconds after lift-off, as the end of the journal has it."""
        kept = self.reel.meta("t_liftoff_tai_ns")
        return int(kept) if kept else self.journal.session.t_liftoff_tai_ns

    @property
    def is_epoch_known(self) -> bool:
        """False where a feed counted from a zero of its own."""
        return self.reel.meta("is_epoch_known") == "1"

    @property
    def is_whole(self) -> bool:
        """Whether the reel has come to the journal's end."""
        return self.reel.last_entry >= self.journal.store.newest_entry()

    def reaches(self, at: str) -> bool:
        """Whether the reel has come as far as an instant, or to the journal's end."""
        if self.is_whole:
            return True
        if not self.reel.last_entry:
            return False
        entry, t_tai_ns = self.instant(at)
        span = self.reel.span_tai_ns
        return entry <= self.reel.last_entry if entry is not None else span is not None and t_tai_ns <= span[1]

    # ---- answers

    def picture_at(self, at: str) -> Frame:
        """The snapshot that was true at an instant; before the first report, an empty one."""
        entry, t_tai_ns = self.instant(at)
        chunk = self.reel.chunk_of(entry) if entry is not None else self.reel.chunk_at(t_tai_ns)
        held: Frame | None = None
        t_kept = 0
        for kept in chunk:
            if kept.t_tai_ns > t_tai_ns or (entry is not None and kept.entry > entry):
                break
            held = kept.frame if held is None else fold_frame(held, kept.frame)
            t_kept = kept.t_tai_ns
        if held is None:
            empty = document(open_picture(self.journal.session))
            return {**snapshot_of(empty, seq=0, entry=0, journal=self.name), **self._desk_told(t_tai_ns)}
        t_heard_utc = utc_text_from_tai_ns(t_kept) if self.is_epoch_known else None
        return {
            **held, "notices": self._notices_until(int(held["entry"])), "t_heard_utc": t_heard_utc,
            **self._desk_told(t_kept if entry is not None else t_tai_ns),
        }  # fmt: skip

    def _desk_told(self, t_tai_ns: int) -> dict[str, Any]:
        """The desk of this journal as it stood then, and whether one is kept that can be read."""
        desk = None
        try:
            if self._desk is None:
                self._desk = DeskPast(self.journal)
            desk = self._desk.at(t_tai_ns)
        except (VedetteError, OSError):
            self._desk = None  # read afresh next time
        return {"desk": desk or [], "is_desk_kept": desk is not None}

    def acts_between(self, t_from: str, t_to: str) -> list[dict[str, Any]]:
        """What changed at the desk after one instant and up to another, as `DeskPast.between` tells it."""
        try:
            if self._desk is None:
                self._desk = DeskPast(self.journal)
            return self._desk.between(self.instant(t_from)[1], self.instant(t_to)[1])
        except (VedetteError, OSError):
            self._desk = None
            return []

    def _notices_until(self, entry: int) -> list[dict[str, Any]]:
        """Every notice that had come by then."""
        if entry > self._notices_to:
            for kept in self.journal.store.read_kind("notice", self._notices_to + 1, entry):
                notice = decode_event(kept, self.name)
                if isinstance(notice, Notice):
                    self._notices.append((kept.seq, document_from_notice(notice)))
            self._notices_to = entry
        return [told for seq, told in self._notices if seq <= entry]

    def frames_between(self, t_from: str, t_to: str, most: int = 600) -> list[Frame]:
        """The frames after one instant and up to another, oldest first, at most so many: those of a play-back.

        They fold over `picture_at(t_from)`. Where there are more than `most`, they are the first ones.
        """
        most = max(1, min(most, MOST_FRAMES))
        found: list[Frame] = []
        for kept in self._between(t_from, t_to):
            if kept.frame["type"] == "snapshot" and found and found[-1]["entry"] == kept.entry:
                continue
            found.append(kept.frame)
            if len(found) >= most:
                break
        return found

    def _between(self, t_from: str, t_to: str) -> Iterator[KeptFrame]:
        first_entry, t_first = self.instant(t_from)
        last_entry, t_last = self.instant(t_to)
        if first_entry is not None:
            chunk = self.reel.chunk_of(first_entry)
            t_first = max((kept.t_tai_ns for kept in chunk if kept.entry <= first_entry), default=-(2**62))
        for chunk in self.reel.frames(t_first, t_last):
            for kept in chunk:
                if kept.t_tai_ns > t_last or (last_entry is not None and kept.entry > last_entry):
                    return
                is_after = kept.entry > first_entry if first_entry is not None else kept.t_tai_ns > t_first
                if is_after:
                    yield kept

    def history_of(self, object_id: str, at: str | None = None) -> dict[str, Any]:
        """How the belief of one object moved up to an instant: causes, classes, areas and residuals over time.

        `explanations` are those of its candidate, `classes` its own, `areas` in km2, `residuals` each look that it took
        (or, for a catalogue object, was named by), squared and in sigmas. NotFoundError when there was no such object.
        """
        entry, t_tai_ns = (None, 2**62) if at is None else self.instant(at)
        told: dict[str, list[dict[str, Any]]] = {"explanations": [], "classes": [], "areas": []}
        t_now_utc = None
        for chunk in self.reel.frames(-(2**62), t_tai_ns):
            for kept in chunk:
                if kept.t_tai_ns > t_tai_ns or (entry is not None and kept.entry > entry):
                    break
                body = kept.frame["picture"] if kept.frame["type"] == "snapshot" else kept.frame
                t_now_utc = body["t_now_utc"]
                said = {"t_utc": t_now_utc, "t_plus_s": body["t_now_plus_s"], "entry": kept.entry}
                for one in body.get("objects", ()):
                    if one["id"] == object_id:
                        _add(told["classes"], {**said, "phase": one["phase"], "probabilities": one["probabilities"]})
                        _add(told["areas"], {**said, **_areas(one)})
                for one in body.get("candidates", ()):
                    if object_id in (one["object_id"], one["id"]):
                        chances = {why["name"]: why["probability"] for why in one["explanations"]}
                        _add(told["explanations"], {**said, "evidence": one["evidence"], "probabilities": chances})
        looks = [one for one in self.reel.looks(object_id, t_tai_ns) if entry is None or one.entry <= entry]
        if not (any(told.values()) or looks):
            raise NotFoundError(f"no object {object_id} was known in {self.name}" + (f" at {at}" if at else ""))
        return {
            "object_id": object_id,
            "journal": self.name,
            "t_now_utc": t_now_utc,
            **{name: _thin(rows) for name, rows in told.items()},
            "residuals": _thin([self._residual(one) for one in looks]),
        }

    def trails_of(self, at: str, last_s: float = 900.0) -> dict[str, Any]:
        """Where every object was believed in the seconds up to an instant, as rows: time, latitude, longitude, km.

        Of a crowd only the first `MOST_TRAILS`: a thousand lines are no trails.
        """
        entry, t_tai_ns = self.instant(at)
        chunk = self.reel.chunk_of(entry) if entry is not None else self.reel.chunk_at(t_tai_ns)
        shown = [k.t_tai_ns for k in chunk if k.t_tai_ns <= t_tai_ns and (entry is None or k.entry <= entry)]
        t_tai_ns = max(shown, default=t_tai_ns)
        found: dict[str, dict[str, list[Any]]] = {}
        for chunk in self.reel.frames(t_tai_ns - round(last_s * NS_PER_S), t_tai_ns):
            for kept in chunk:
                if kept.t_tai_ns > t_tai_ns or (entry is not None and kept.entry > entry):
                    break
                body = kept.frame["picture"] if kept.frame["type"] == "snapshot" else kept.frame
                for one in body.get("objects", ()):
                    state = one["state"] or {}
                    if state.get("t_utc") is None or (one["id"] not in found and len(found) >= MOST_TRAILS):
                        continue
                    row = [state[name] for name in ("t_utc", "lat_deg", "lon_deg", "altitude_km")]
                    found.setdefault(one["id"], {})[row[0]] = row
        trails = {name: _thin([*rows.values()]) for name, rows in found.items()}
        return {"journal": self.name, "trails": trails}

    def _residual(self, one: KeptLook) -> dict[str, Any]:
        zero = self.t_liftoff_tai_ns
        return {
            "t_utc": utc_text_from_tai_ns(one.t_tai_ns) if self.is_epoch_known else None,
            "t_plus_s": None if zero is None else round((one.t_tai_ns - zero) / NS_PER_S, 3),
            "entry": one.entry,
            "sensor_id": one.sensor_id,
            "nis": round(one.nis, 4),
            "dof": one.dof,
        }


def _areas(one: dict[str, Any]) -> dict[str, Any]:
    """Sizes of the areas, and when it comes down; null where there are none."""
    sizes = {round(100 * area["probability"]): area["area_km2"] for area in one["impact_areas"]}
    launch, impact = one["launch"], one["impact"]
    launched = {round(100 * area["probability"]): area["area_km2"] for area in launch["areas"]} if launch else {}
    return {
        **{f"impact_{share}_km2": sizes.get(share) for share in (50, 90, 99)},
        "launch_90_km2": launched.get(90),
        "t_impact_90_utc": impact["t_90_utc"] if impact else None,
        "t_impact_90_plus_s": impact["t_90_plus_s"] if impact else None,
    }


def _add(rows: list[dict[str, Any]], row: dict[str, Any]) -> None:
    """Only what moved: a chunk's first frame says again what the last of the one before did."""
    if not rows or any(rows[-1][name] != value for name, value in row.items() if name not in _WHEN):
        rows.append(row)


_WHEN = ("t_utc", "t_plus_s", "entry")


def _thin(rows: list[T]) -> list[T]:
    """Every n-th row and the last, where there are more than a plot can show."""
    if len(rows) <= MOST_POINTS:
        return rows
    step = -(-len(rows) // MOST_POINTS)
    return rows[:-1:step] + rows[-1:]
