"""Play a rehearsal and check what must hold whatever happens.

The checkers are laws of the engine, not of its accuracy: an object that goes says why; a replay of the journal gives
the same picture, bit for bit, in the middle and at the end; a name is never given twice; nothing is declared
before the report that allows it; an impact is never alerted before a burnout; what was cut short is set aside in words.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO

import msgspec

from vedette.core.constants import NS_PER_S
from vedette.engine import Event, FeedEnded, Picture, Session, advance, open_picture
from vedette.exercise.arrival_order import differences, final_picture, held_up
from vedette.exercise.play import session_of
from vedette.exercise.rehearsal import Rehearsal
from vedette.exercise.troubles import troubled_file
from vedette.formats import FeedRecord, Quarantined, decode_record, encode_record
from vedette.formats.lines import MAX_LINE_BYTES, read_lines
from vedette.formats.scan_lines import parse_scan_lines
from vedette.reports import Alert, Finding, FindingKind, Scan
from vedette.scenario import make_scenario


@dataclass(slots=True)
class Rehearsed:
    """How a rehearsal went: what was said, which laws were broken."""

    picture: Picture
    scan_count: int = 0
    set_aside_count: int = 0
    restart_count: int = 0
    broken: list[str] = field(default_factory=list)


def rehearse(rehearsal: Rehearsal, seed: int, tell: Callable[[float, str], None] | None = None) -> Rehearsed:
    """Play it; `tell(seconds, line)` hears every event and trouble."""
    made = make_scenario(rehearsal.story, seed)
    start = made.story.t_start_tai_ns
    raw, cut_count = troubled_file(made.scans, rehearsal.troubles, start, seed)
    session = session_of(made)
    run = Rehearsed(open_picture(session))
    laws = _Laws(run)
    journal: list[tuple[str, bytes]] = []
    restarts = sorted(trouble.at_s for trouble in rehearsal.troubles if trouble.kind == "restart")
    say = tell or (lambda seconds, line: None)
    pending = sorted((trouble.at_s, f"trouble: {trouble.words}") for trouble in rehearsal.troubles)
    for record in records_of(raw):
        if isinstance(record, Scan):
            run.scan_count += 1
            at_s = (record.t_received_tai_ns - start) / NS_PER_S
            while pending and pending[0][0] <= at_s:
                say(*pending.pop(0))
            while restarts and restarts[0] <= at_s:
                restarts.pop(0)
                run.restart_count += 1
                before, again = picture_bytes(run.picture), replayed(session, journal)
                laws.hold(before == picture_bytes(again), f"restart at {at_s:.0f} s: the journal gives another picture")
                run.picture = again
        elif isinstance(record, Quarantined) and not record.is_kept:
            run.set_aside_count += 1
            laws.hold(bool(record.what and record.where), "something was set aside without a sentence")
        journal.append(encode_record(record))
        run.picture = advance(run.picture, record)
        laws.watch(run.picture, record)
        for finding in run.picture.new_findings:
            say(
                (finding.t_declared_tai_ns - start) / NS_PER_S,
                f"{finding.kind.value:16} {finding.object_id:6} {finding.text}",
            )
    run.picture = advance(run.picture, FeedEnded())
    for finding in run.picture.new_findings:
        say(made.story.seconds, f"{finding.kind.value:16} {finding.object_id:6} {finding.text}")
    laws.hold(run.set_aside_count >= cut_count, f"{cut_count} lines were cut short, {run.set_aside_count} set aside")
    again = advance(replayed(session, journal), FeedEnded())
    laws.hold(picture_bytes(again) == picture_bytes(run.picture), "the replay gives another picture than the run")
    laws.end(run.picture)
    return run


def rehearse_order(rehearsal: Rehearsal, seed: int, window_s: float = 3.0) -> list[str]:
    """What changes when half of the story's reports arrive up to `window_s` later; nothing should."""
    made = make_scenario(rehearsal.story, seed)
    plain = final_picture(made, made.scans)
    return differences(plain, final_picture(made, held_up(made, seed, window_s)))


def records_of(raw: bytes) -> Iterator[FeedRecord]:
    """Feed records of a scan file in memory, through the same door as a file on disk."""
    return parse_scan_lines(read_lines(BytesIO(raw), MAX_LINE_BYTES), "rehearsal")


def replayed(session: Session, journal: Iterable[tuple[str, bytes]]) -> Picture:
    """The picture that a journal gives when it is folded from its beginning."""
    picture = open_picture(session)
    for kind, payload in journal:
        event: Event = decode_record(kind, payload)
        picture = advance(picture, event)
    return picture


def picture_bytes(picture: Picture) -> bytes:
    """Everything said and believed, as bytes to compare."""
    return msgspec.json.encode([picture.timeline, picture.objects, picture.alerts])


@dataclass(slots=True)
class _Laws:
    """Remembers enough to notice a broken law."""

    run: Rehearsed
    alive: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    t_newest_tai_ns: int = 0

    def hold(self, is_true: bool, sentence: str) -> None:
        """Note a broken law once."""
        if not is_true and sentence not in self.run.broken:
            self.run.broken.append(sentence)

    def watch(self, picture: Picture, record: FeedRecord) -> None:
        """After every event."""
        if isinstance(record, Scan):
            newest = max([record.t_received_tai_ns, *record.t_measured_tai_ns.tolist()])
            self.t_newest_tai_ns = max(self.t_newest_tai_ns, newest)
        for finding in picture.new_findings:
            self._watch_finding(finding)
        for alert in picture.new_alerts:
            self._watch_alert(alert, picture)
        if not (picture.new_findings or picture.new_alerts):
            return
        now = {summary.id for summary in picture.objects}
        for name in now & self.gone:
            self.hold(False, f"the name {name} was given twice")
        for name in self.alive - now:
            said = [f for f in picture.timeline if f.object_id == name and f.kind is FindingKind.LOST]
            self.hold(bool(said and said[-1].text), f"{name} went without a reason")
        self.gone |= self.alive - now
        self.alive = now

    def end(self, picture: Picture) -> None:
        """After the last event: whoever is lost was said to be."""
        lost = {finding.object_id for finding in picture.timeline if finding.kind is FindingKind.LOST}
        for summary in picture.objects:
            if summary.phase == "lost":
                self.hold(summary.id in lost, f"{summary.id} is lost and nobody said so")

    def _watch_finding(self, finding: Finding) -> None:
        self.hold(bool(finding.text), f"a {finding.kind.value} without words")
        known = finding.t_declared_tai_ns <= self.t_newest_tai_ns
        self.hold(known or self.t_newest_tai_ns == 0, f"{finding.kind.value} of {finding.object_id} declared too early")

    def _watch_alert(self, alert: Alert, picture: Picture) -> None:
        if alert.kind != "impact" or alert.evidence.value in ("withdrawn", "passed"):
            return
        burnt = any(f.kind is FindingKind.BURNOUT and f.object_id == alert.object_id for f in picture.timeline)
        self.hold(burnt, f"impact of {alert.object_id} alerted before any burnout")
        self.hold(bool(alert.reasons_for), f"impact of {alert.object_id} alerted without reasons")
