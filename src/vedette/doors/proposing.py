"""What a watch finds is proposed to the desk: one alert an object, a new revision when there is something new to say.

It comes after the journal has everything safely, and it never holds up the watch: when the desk cannot be written, that
is said once and tried again with the next news.
"""

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from vedette.assessment.alerts import DESK_OF_MODE, DeskKind, escalations
from vedette.assessment.alerts.draft import DraftSource, alert_id_of, draft_event, news_of
from vedette.assessment.candidates.policy import policy_of
from vedette.core.errors import VedetteError
from vedette.core.shapes import Ints
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.data_dir import data_dir_of
from vedette.doors.reporters import Reporter
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.doors.telling import CHANNELS, tell
from vedette.engine import Event, Picture
from vedette.reports import Alert, Candidate, Evidence, ObjectSummary, Scan
from vedette.reports.alert_event import AlertEvent, AreaTold, SensorPart
from vedette.reports.place import Place

if TYPE_CHECKING:
    from vedette.assessment.launch_fit import Cloud

LATENCY_S = 30.0  # from a release until people have heard: two people, and the slowest common channel
MOST_SCANS = 20_000  # of one sensor, for finding the entries behind an alert: hours, and bounded
DELIVER_EVERY_S = 5.0  # between two tries of a watch for channels that are still owed something
PATIENCE_MS = 50  # how long a watch waits for the desk before it goes on without


class Proposer:
    """Proposes what one watch finds to the desk of its mode."""

    def __init__(self, journal: SqliteJournal, data_dir: Path | None, places: Iterable[Place] = ()) -> None:
        self.journal, self.session = journal, journal.session
        self.kind: DeskKind = DESK_OF_MODE[self.session.mode]
        self.places = tuple(places)
        self.policy = policy_of(self.session.policy_toml)
        self._folder = data_dir_of(data_dir)
        self._desk: AlertDesk | None = None
        self._news: dict[str, tuple[object, ...]] = {}  # by object: what the newest revision was made from
        self._is_trouble_said = False
        self._scans: dict[str, deque[tuple[int, int, int]]] = {}  # by sensor: first and last instant, entry
        self._count = 0
        self._t_called_s = 0.0
        self._t_delivered_s = time.monotonic()
        self._courier: threading.Thread | None = None
        self._token: Callable[[], int] | None = None

    def act_by(self, token: Callable[[], int]) -> None:
        """Act for a node, by the token that it holds at the moment; RefusedError out of it: another one acts."""
        self._token = token

    def go_on(self, journal: SqliteJournal) -> None:
        """The journal that was read until now is written from now on."""
        self.journal = journal

    @property
    def count(self) -> int:
        """How many revisions were proposed."""
        return self._count

    def look(self, picture: Picture) -> None:
        """Propose what is new in a picture, and call those whose deadline has passed."""
        try:
            alerts: dict[str, list[Alert]] = {}
            for alert in picture.alerts:
                alerts.setdefault(alert.object_id, []).append(alert)
            candidates = {one.object_id: one for one in picture.candidates if one.subject == "object"}
            fresh = self._fresh(alerts, candidates)
            if fresh:
                now = now_tai_ns()
                objects = {one.id: one for one in picture.objects}
                desk = self._opened()
                source = self._source(desk)
                drafts = [
                    (
                        alert_id_of(source, name, self.session.mode),
                        self._draft(picture, source, objects[name], alerts.get(name, []), candidates.get(name)),
                    )
                    for name in fresh
                    if name in objects
                ]
                self._count += sum(bool(one.records) for one in desk.propose(drafts, now))
                self._news.update(fresh)
            self._call()
            self._is_trouble_said = False
        except (VedetteError, OSError) as trouble:
            if not self._is_trouble_said:
                sys.stderr.write(f"nothing can be proposed to the {self.kind} desk: {trouble}\n")
                self._is_trouble_said = True

    def heard(self, event: Event | None) -> None:
        """An event went into the journal: where it stands is kept, so that an alert can be opened down to it."""
        self.recall(event, self.journal.appended_count)
        self.tick()

    def recall(self, event: Event | None, entry: int) -> None:
        """An event that stands in the journal at this entry, as when a journal is resumed."""
        if isinstance(event, Scan) and len(event):
            kept = self._scans.setdefault(event.sensor_id, deque(maxlen=MOST_SCANS))
            times = event.t_measured_tai_ns
            kept.append((int(times.min()), int(times.max()), entry))

    def tick(self) -> None:
        """Between reports: call those whose deadline has passed, once a second at most."""
        if self._desk is None or time.monotonic() - self._t_called_s < 1.0:
            return
        with suppress(VedetteError, OSError):  # the next news says so
            self._call()
        self._deliver()

    def _deliver(self) -> None:
        """What channels are still owed is tried again, beside the watch and never in its way."""
        if self._courier is not None and self._courier.is_alive():
            return
        if time.monotonic() - self._t_delivered_s < DELIVER_EVERY_S or not (self._folder / CHANNELS).is_file():
            return
        self._t_delivered_s = time.monotonic()
        if self._token is not None:
            try:
                self._opened().log.check_fence(self._token())
            except VedetteError:
                return  # who acts tells them

        def run() -> None:
            with suppress(VedetteError, OSError):  # `vedette alert show` tells how every channel stands
                tell(self._folder, self.kind, DELIVER_EVERY_S)

        self._courier = threading.Thread(target=run, daemon=True)
        self._courier.start()

    def close(self) -> None:
        """Let go of the desk; what is on its way to a channel gets a moment to arrive."""
        if self._courier is not None:
            self._courier.join(DELIVER_EVERY_S)
        if self._desk is not None:
            try:
                self._desk.close()
            except (VedetteError, OSError) as trouble:
                sys.stderr.write(f"the {self.kind} desk was not closed in order: {trouble}\n")

    def _fresh(
        self, alerts: dict[str, list[Alert]], candidates: dict[str, Candidate]
    ) -> dict[str, tuple[object, ...]]:
        """Objects of which something new is to be said, with what is new."""
        found = {}
        for name in dict.fromkeys((*alerts, *candidates)):
            one = candidates.get(name)
            if name not in alerts and (one is None or one.evidence is Evidence.CANDIDATE):
                continue  # nothing is proposed of what the engine itself gives no alert
            news = news_of(alerts.get(name, ()), one)
            if self._news.get(name) != news:
                found[name] = news
        return found

    def _draft(
        self, picture: Picture, source: DraftSource, summary: ObjectSummary, alerts: list[Alert],
        candidate: Candidate | None,
    ) -> AlertEvent:  # fmt: skip
        now = picture.t_now_tai_ns if picture.t_now_tai_ns is not None else now_tai_ns()
        sensors, entries = self._rests_on(picture, summary)
        areas = self._areas(picture, summary.id, now)
        event = draft_event(source, self.session.mode, summary, alerts, candidate, now, areas, sensors, entries)
        cloud = _cloud(picture, summary.id)
        if cloud is None:
            return event
        from vedette.assessment.flight_paths import corridor_of

        falls = round(float(np.mean(cloud.falls)), 4)
        return msgspec.structs.replace(event, corridor=corridor_of(cloud), impact_probability=falls)

    def _rests_on(self, picture: Picture, summary: ObjectSummary) -> tuple[tuple[SensorPart, ...], tuple[int, ...]]:
        """What each sensor contributed, and the journal's entries that hold it."""
        for follower in picture.followers.values():
            track_id = getattr(follower, "track_of", lambda _: None)(summary.id)
            if track_id is None:
                continue
            looks = follower.tracker.looks(track_id)  # type: ignore[attr-defined]
            found = looks.is_detection
            parts, entries = [], []
            for index, sensor_id in enumerate(looks.sensor_ids):
                times = looks.t_measured_tai_ns[found & (looks.sensor_index == index)]
                if len(times):
                    parts.append(self._part(picture, sensor_id, times))
                    entries.extend(self._entries_of(sensor_id, times))
            return tuple(parts), tuple(entries)
        for sensor_id, scans in self._scans.items():  # telemetry: every report of its source
            if sensor_id in summary.sensors:
                times = np.array([t for t, _, _ in scans])
                return (self._part(picture, sensor_id, times),), tuple(seq for _, _, seq in scans)
        return (), ()

    def _part(self, picture: Picture, sensor_id: str, times: Ints) -> SensorPart:
        sensor = picture.sensors.get(sensor_id)
        phenomenon = "" if sensor is None else sensor.kind.value
        return SensorPart(
            sensor_id=sensor_id, phenomenon=phenomenon, looks=len(times), t_first_tai_ns=int(times.min()),
            t_last_tai_ns=int(times.max()),
        )  # fmt: skip

    def _entries_of(self, sensor_id: str, times: Ints) -> list[int]:
        kept = self._scans.get(sensor_id)
        if not kept:
            return []
        first, last, seq = np.array(kept, dtype=np.int64).T
        inside = (times[:, None] >= first) & (times[:, None] <= last)
        return [int(number) for number in seq[inside.any(axis=0)]]

    def _areas(self, picture: Picture, name: str, now: int) -> tuple[AreaTold, ...]:
        if not self.places:
            return ()
        from vedette.assessment.danger import areas_told, dangers

        cloud = _cloud(picture, name)
        return () if cloud is None else areas_told(dangers(self.places, cloud, t_now_tai_ns=now, latency_s=LATENCY_S))

    def _source(self, desk: AlertDesk) -> DraftSource:
        store = self.journal.store
        count = store.entry_count
        return DraftSource(
            link=store.first_link, entry_count=count, chain=store.chain_after(count) or b"",
            sender=desk.key.owner or "vedette", engine_version=self.session.engine_version,
            policy_digest=self.policy.digest, journal=self.journal.path.name,
        )  # fmt: skip

    def _call(self) -> None:
        """Deadlines that passed: recorded, and said where the watch is looked at."""
        if self._desk is None:
            return
        self._t_called_s = time.monotonic()
        late = escalations(self._desk.now(), self.policy, now_tai_ns())
        self._desk.note(*late)
        for one in late:
            sys.stderr.write(f"{one.alert_id}: nobody has done `{one.act}` in time; {one.escalate_to} is called\n")

    def _opened(self) -> AlertDesk:
        if self._desk is None:
            desk = AlertDesk.open(self._folder, self.kind)
            try:
                desk.log.connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
                if self._token is not None:
                    desk.act_by(self._token())
            except VedetteError:
                desk.close()
                raise
            self._desk = desk
        return self._desk


class ProposingReporter:
    """A reporter that tells people first, and then the desk."""

    def __init__(self, reporter: Reporter, proposer: Proposer) -> None:
        self.reporter, self.proposer = reporter, proposer

    def said(self, picture: Picture) -> None:
        """Tell, then propose."""
        self.reporter.said(picture)
        self.proposer.look(picture)

    def hearing(self, hear: Any) -> Any:
        """What is to be called after every event: the screen, when there is one, and the desk's clock."""

        def heard(picture: Picture, event: Event | None) -> None:
            if hear is not None:
                hear(picture, event)
            self.proposer.heard(event)

        return heard

    def finish(self, picture: Picture, predict_to_tai_ns: int | None) -> None:
        """Tell the end, then propose what came with it."""
        self.reporter.finish(picture, predict_to_tai_ns)
        self.proposer.look(picture)
        self.proposer.close()


def places_of(path: Path | None) -> tuple[Place, ...]:
    """The named areas of a GeoJSON file; those that cannot be used are named on stderr and left out."""
    if path is None:
        return ()
    from vedette.doors.notice_store import text_of
    from vedette.formats.geojson import read_places

    kept = []
    for found in read_places(text_of(path), str(path)):
        if isinstance(found, Place):
            kept.append(found)
        else:
            sys.stderr.write(f"set aside: {found}\n")
    return tuple(kept)


def _cloud(picture: Picture, object_id: str) -> "Cloud | None":
    """Equally likely flights of an object; None while no launch fits it."""
    for follower in picture.followers.values():
        cloud = getattr(follower, "cloud_of", lambda _: None)(object_id)
        if cloud is not None:
            return cloud
    return None
