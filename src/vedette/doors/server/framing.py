"""One watch's frames in order: remembers the last document so that the next frame tells only what changed."""

from collections.abc import Callable, Sequence
from typing import Any

from vedette.doors.server.frames import Document, Frame, snapshot_of, update_between
from vedette.doors.wire import document, spelling_of
from vedette.engine import Picture
from vedette.reports import Explanation, Finding


class SpelledTimeline:
    """The timeline of one watch, each finding spelled once; all again only when the zero of the seconds moves."""

    def __init__(self) -> None:
        self._events: list[dict[str, Any]] = []
        self._zero: tuple[int | None, bool] | None = None

    def of(self, picture: Picture) -> list[dict[str, Any]]:
        """Every event of the picture, spelled; rows that did not change are the very same objects as before."""
        spell = spelling_of(picture)
        zero = (picture.t_liftoff_tai_ns, picture.is_epoch_known)
        timeline: Sequence[Finding] = picture.timeline
        if zero != self._zero or len(timeline) < len(self._events):
            self._zero, self._events = zero, []
        self._events = [*self._events, *(spell.event(finding) for finding in timeline[len(self._events) :])]
        return self._events


class SpelledCandidates:
    """The candidates of one watch; what each may be is spelled once, until it is weighed anew."""

    def __init__(self) -> None:
        self._whys: dict[str, tuple[Sequence[Explanation], list[dict[str, Any]]]] = {}

    def of(self, picture: Picture) -> list[dict[str, Any]]:
        """Every candidate of the picture, spelled; explanations that stand are the very same objects as before."""
        spell = spelling_of(picture)
        before, self._whys = self._whys, {}
        rows = []
        for one in picture.candidates:
            known = before.get(one.id)
            if known is None or known[0] is not one.explanations:
                known = one.explanations, spell.explanations(one.explanations)
            self._whys[one.id] = known
            rows.append(spell.candidate(one, known[1]))
        return rows


class Framer:
    """Makes the frames of one watch or replay; `seq` grows by one with each."""

    def __init__(
        self,
        journal: str,
        seq: int = 0,
        objects_of: Callable[[Picture], list[dict[str, Any]] | None] = lambda _: None,
    ) -> None:
        """`objects_of` spells the objects in another way than `wire` would; None from it leaves them to `wire`."""
        self.journal, self.seq, self.objects_of = journal, seq, objects_of
        self.document: Document | None = None
        self._timeline, self._candidates = SpelledTimeline(), SpelledCandidates()

    def snapshot(self, picture: Picture, entry: int, desk: Sequence[Any] = (), notices: Sequence[Any] = ()) -> Frame:
        """The whole picture now; the next update counts from here."""
        self.document = self._document(picture)
        return self._snapshot(entry, desk, notices)

    def frame(
        self,
        picture: Picture,
        entry: int,
        around: Callable[[], tuple[Sequence[Any], Sequence[Any]]] = lambda: ((), ()),
    ) -> Frame:
        """What changed since the last frame; a snapshot when there was none, or when a change cannot be told as one.

        `around` gives the desk's alerts and the notices; asked only for a snapshot.
        """
        before, self.document = self.document, self._document(picture)
        if before is not None:
            told = update_between(before, self.document, seq=self.seq + 1, entry=entry)
            if told is not None:
                self.seq += 1
                return told
        return self._snapshot(entry, *around())

    def _document(self, picture: Picture) -> Document:
        return document(
            picture, events=self._timeline.of(picture), objects=self.objects_of(picture),
            candidates=self._candidates.of(picture),
        )  # fmt: skip

    def _snapshot(self, entry: int, desk: Sequence[Any], notices: Sequence[Any]) -> Frame:
        assert self.document is not None
        self.seq += 1
        return snapshot_of(self.document, seq=self.seq, entry=entry, journal=self.journal, desk=desk, notices=notices)
