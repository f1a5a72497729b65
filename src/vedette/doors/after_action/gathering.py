"""A journal played again once, and everything kept on the way that a report or an export is made from.

What is believed is looked at once a second of received time and whenever something was said; where things are, every
few seconds. Nothing here decides anything, and nothing is written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.doors.after_action.histories import Histories
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.engine import Event, Picture, Session, advance, open_picture, when
from vedette.exercise.play import Snapshot
from vedette.reports import Alert, Area, ObjectSummary, Scan

LOOK_EVERY_S = 1.0
PLACE_EVERY_S = 2.0
GROUNDED = ("down", "lost")  # what is down is foretold no more: its state runs on below the ground
TOLD_EVERY = 200  # entries between two words to whoever waits


@dataclass(frozen=True, slots=True)
class Belief:
    """What one thing was believed to be, when that changed."""

    t_tai_ns: int
    phase: str
    probabilities: dict[str, float]


@dataclass(frozen=True, slots=True)
class Areas:
    """How large the 90 % areas were, when they changed."""

    t_tai_ns: int
    launch_km2: float | None
    impact_km2: float | None
    t_impact_90_tai_ns: tuple[int, int] | None
    launch_areas: tuple[Area, ...] = ()
    impact_areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """Where one object was believed to be."""

    t_tai_ns: int
    position_itrf_m: tuple[float, float, float]
    velocity_itrf_mps: tuple[float, float, float]
    position_cov_itrf_m2: tuple[tuple[float, ...], ...] | None


@dataclass(slots=True)
class SensorLog:
    """When one sensor was heard, and how much it saw."""

    t_received_tai_ns: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    kind: str = ""
    stands_itrf_m: list[tuple[int, tuple[float, ...]]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Gathered:
    """One journal, or its beginning up to an instant."""

    path: Path
    session: Session
    picture: Picture
    entries: int = 0
    head: str = ""  # the link of the chain after the last entry: names what was read
    t_first_tai_ns: int | None = None  # received
    t_last_tai_ns: int | None = None
    beliefs: dict[str, list[Belief]] = field(default_factory=dict)  # classes of objects
    explanations: dict[str, list[Belief]] = field(default_factory=dict)  # of candidates: threat and nature
    areas: dict[str, list[Areas]] = field(default_factory=dict)
    stands: dict[str, list[Stand]] = field(default_factory=dict)
    sensors: dict[str, SensorLog] = field(default_factory=dict)
    said: list[Alert] = field(default_factory=list)  # every revision, in the order it was said
    snapshots: list[Snapshot] = field(default_factory=list)
    histories: Histories | None = None
    first_scans: list[Scan] = field(default_factory=list)
    _t_looked_tai_ns: int | None = None
    _t_placed_tai_ns: int | None = None

    def take(self, picture: Picture, event: Event) -> None:
        """Note what is believed after an event."""
        if isinstance(event, Scan):
            self._hear(event)
        t = getattr(event, "t_received_tai_ns", None)
        if isinstance(event, Scan) and t:
            self.t_first_tai_ns = t if self.t_first_tai_ns is None else min(t, self.t_first_tai_ns)
            self.t_last_tai_ns = t if self.t_last_tai_ns is None else max(t, self.t_last_tai_ns)
        self.said += picture.new_alerts
        has_news = bool(picture.new_findings or picture.new_alerts)
        if self.t_last_tai_ns is not None and (has_news or self._is_due(self._t_looked_tai_ns, LOOK_EVERY_S)):
            self._look(picture)

    def _is_due(self, t_before_tai_ns: int | None, every_s: float) -> bool:
        assert self.t_last_tai_ns is not None
        return t_before_tai_ns is None or self.t_last_tai_ns - t_before_tai_ns >= every_s * NS_PER_S

    def _hear(self, scan: Scan) -> None:
        log = self.sensors.setdefault(scan.sensor_id, SensorLog(kind=scan.kind.value))
        log.t_received_tai_ns.append(scan.t_received_tai_ns)
        log.counts.append(len(scan))
        if scan.sensor_position_itrf_m is not None and len(scan):
            place = np.asarray(scan.sensor_position_itrf_m, dtype=float).reshape(3)
            log.stands_itrf_m.append((int(scan.t_measured_tai_ns.max()), tuple(float(x) for x in place)))

    def _look(self, picture: Picture) -> None:
        now = self._t_looked_tai_ns = self.t_last_tai_ns
        assert now is not None
        objects = picture.objects
        for summary in objects:
            _changed(self.beliefs.setdefault(summary.id, []), now, summary.phase, summary.probabilities)
            self._size(summary, now)
        for one in picture.candidates:
            shares = {why.name.value: why.probability for why in one.explanations}
            _changed(self.explanations.setdefault(one.object_id or one.id, []), now, one.evidence.value, shares)
        if self._is_due(self._t_placed_tai_ns, PLACE_EVERY_S):
            self._t_placed_tai_ns = now
            for summary in objects:
                self._place(summary)

    def _size(self, summary: ObjectSummary, now: int) -> None:
        launch = None if summary.launch is None else _size_90(summary.launch.areas)
        impact = None if summary.impact is None else _size_90(summary.impact.areas)
        if launch is None and impact is None:
            return
        rows = self.areas.setdefault(summary.id, [])
        when_90 = None if summary.impact is None else summary.impact.t_90_tai_ns
        if not rows or (rows[-1].launch_km2, rows[-1].impact_km2) != (launch, impact):
            areas = ((one.areas if one is not None else ()) for one in (summary.launch, summary.impact))
            rows.append(Areas(now, launch, impact, when_90, *areas))

    def _place(self, summary: ObjectSummary) -> None:
        words = summary.state or {}
        if "position_itrf_m" not in words or summary.phase in GROUNDED:
            return
        rows = self.stands.setdefault(summary.id, [])
        t = int(words["t_tai_ns"])
        if rows and t <= rows[-1].t_tai_ns:
            return
        cov = words.get("covariance_itrf")
        here = None if cov is None else tuple(tuple(float(x) for x in row[:3]) for row in cov[:3])
        rows.append(Stand(t, tuple(words["position_itrf_m"]), tuple(words["velocity_itrf_mps"]), here))


def gather(
    path: str | Path,
    at: str | None = None,
    *,
    instants: Sequence[int] = (),
    with_histories: bool = True,
    tell: Callable[[int, int], None] | None = None,
) -> Gathered:
    """Play a journal, whole or up to what was received by `at` (UTC, or T+120 after lift-off), and keep what it tells.

    `instants` (TAI ns, rising) are those at which the objects are kept for a score. `tell(done, entries)` hears how far
    it is. BadInputError and NotFoundError as `SqliteJournal.open` raises them; UsageError when `at` is no time.
    """
    with SqliteJournal.open(path) as journal:
        picture = open_picture(journal.session)
        found = Gathered(Path(path), journal.session, picture)
        found.histories = Histories() if with_histories else None
        waiting, total = list(instants), journal.store.entry_count
        if at is not None:
            when(at, 0)  # a word that is no time is refused before the journal is played
        for event in journal.events():
            if isinstance(event, Scan):
                if at is not None and _is_after(event, at, picture):
                    break
                while waiting and waiting[0] < event.t_received_tai_ns:
                    found.snapshots.append(Snapshot(waiting.pop(0), picture.objects))
            if found.histories is not None:
                found.histories.before(picture, event)
            picture = advance(picture, event)
            found.picture = picture
            found.entries += 1
            if found.histories is not None:
                found.histories.after(picture, event)
            found.take(picture, event)
            if tell is not None and (found.entries % TOLD_EVERY == 0 or found.entries == total):
                tell(found.entries, total)
        found.snapshots += [Snapshot(t, picture.objects) for t in waiting]
        if found.t_last_tai_ns is not None:
            found._look(picture)
        found.head = (journal.store.chain_after(found.entries) or b"").hex()
    return found


def _is_after(scan: Scan, at: str, picture: Picture) -> bool:
    is_relative = at.strip()[:1] in "Tt+-" or "-" not in at
    if is_relative and picture.t_liftoff_tai_ns is None:
        return False  # no lift-off yet to count from
    return scan.t_received_tai_ns > when(at, picture.t_liftoff_tai_ns)


def _changed(rows: list[Belief], now: int, phase: str, shares: dict[str, float]) -> None:
    if not rows or rows[-1].phase != phase or rows[-1].probabilities != shares:
        rows.append(Belief(now, phase, dict(shares)))


def _size_90(areas: tuple[Any, ...]) -> float | None:
    return next((one.area_km2 for one in areas if abs(one.probability - 0.9) < 1e-6), None)
