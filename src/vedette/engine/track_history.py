"""What became of one track while a journal is folded: each look against what was expected, and how the belief moved.

The journal is folded again and this listens: `before` and `after` go round every `advance`. Who folds a journal for
everybody (`LifeWatch`) may keep what was heard, and whoever asks later of one track listens only from there on.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from vedette.assessment.launch_follower import LaunchFollower
from vedette.assessment.residuals import may_be_near, residuals_of
from vedette.assessment.sky_follower import SkyFollower
from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError
from vedette.engine.events import Event
from vedette.engine.picture import Picture
from vedette.reports import Alternatives, Finding, FindingKind, Looks, Scan
from vedette.tracking import CrowdTracker, Tracker, Tracks

NEAR_SIGMAS = 5.0  # a detection within this of a track that did not take it is told as one that lost
_FORGOTTEN_S = 120.0  # tracks that were never published are let go after this


@dataclass(frozen=True, slots=True)
class SeenAs:
    """A detection near the track, and how far from where the track was expected."""

    sensor_id: str
    t_measured_tai_ns: int
    t_received_tai_ns: int
    scan_row: int
    values: tuple[float, ...]
    names: tuple[str, ...]
    residual_sigmas: tuple[float, ...]  # of place and sensor, as one Gaussian in Earth-fixed coordinates
    nis: float  # by the filter's own doubt, biases and all, where it tells
    dof: int


@dataclass(frozen=True, slots=True)
class Moment:
    """What was believed of the track after a look."""

    t_tai_ns: int
    existence: float
    modes: dict[str, float]
    position_sigma_m: float
    speed_sigma_mps: float
    hits: int
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class ClassMoment:
    """What the object was thought to be, when that changed."""

    t_tai_ns: int
    phase: str
    probabilities: dict[str, float]


@dataclass(slots=True)
class Life:
    """What was heard of one track, or of an object's classes, oldest first."""

    moments: list[Moment] = field(default_factory=list)
    near: list[SeenAs] = field(default_factory=list)
    classes: list[ClassMoment] = field(default_factory=list)


def _nothing_before(_: str) -> Life:
    return Life()


@dataclass(frozen=True, slots=True)
class TrackStory:
    """Everything that can be told of one track."""

    object_id: str
    track_id: str  # empty: not followed by a tracker (telemetry)
    looks: Looks | None
    near: tuple[SeenAs, ...]  # every detection within reach, taken or not
    moments: tuple[Moment, ...]
    classes: tuple[ClassMoment, ...]
    doubts: tuple[Finding, ...]  # late, duplicate and other doubtful looks of the sensors it rests on
    said: tuple[Finding, ...]  # of the object itself
    alternatives: Alternatives | None


class LifeWatch:
    """Listens to a replay on behalf of every track."""

    def __init__(self) -> None:
        self.lives: dict[str, Life] = {}  # by track; classes by object
        self._expected: list[tuple[Tracker | CrowdTracker, Tracks]] = []
        self._classes: dict[str, ClassMoment] = {}  # the newest, by object

    def before(self, picture: Picture, event: Event) -> None:
        """Where the tracks are expected at a look, before it is taken."""
        self._expected = []
        if not isinstance(event, Scan) or not len(event) or event.sensor_id not in picture.sensors:
            return
        t = int(event.t_measured_tai_ns.max())
        for tracker in self._trackers(picture):
            if len(tracker.tracks) and t >= tracker.tracks.t_tai_ns:
                self._expected.append((tracker, tracker.predict(t)))

    def after(self, picture: Picture, event: Event) -> None:
        """What each track is believed to be now, and what it may have been seen as."""
        if not isinstance(event, Scan):
            return
        for tracker, expected in self._expected:
            self._compare(picture, event, tracker, expected)
        for tracker in self._trackers(picture):
            for tracks in (tracker.tracks, tracker.tentative):
                self._remember(tracks)
        self._note_classes(picture)

    def _trackers(self, picture: Picture) -> tuple[Tracker | CrowdTracker, ...]:
        return trackers_of(picture)

    def _of_interest(self, tracks: Tracks) -> list[tuple[int, str]]:
        return list(enumerate(tracks.ids))

    def _is_of_interest(self, object_id: str) -> bool:
        return True

    def _life(self, name: str) -> Life:
        return self.lives.setdefault(name, Life())

    def _compare(self, picture: Picture, scan: Scan, tracker: Tracker | CrowdTracker, expected: Tracks) -> None:
        sensor = picture.sensors[scan.sensor_id]
        may_be = may_be_near(sensor, scan, expected.states_itrf, expected.state_covs_itrf, NEAR_SIGMAS)
        for index, track_id in self._of_interest(expected):
            life = self._life(track_id)
            if not may_be[index]:
                continue
            found = residuals_of(sensor, scan, expected.states_itrf[index], expected.state_covs_itrf[index])
            near = np.flatnonzero(np.sqrt(found.nis) < NEAR_SIGMAS + np.sqrt(np.maximum(found.dof, 1)))
            life.near += [
                SeenAs(
                    scan.sensor_id,
                    int(scan.t_measured_tai_ns[i]),
                    scan.t_received_tai_ns,
                    int(i),
                    tuple(scan.values[i].tolist()),
                    found.names,
                    tuple(found.sigmas[i].tolist()),
                    *_surprise(tracker, expected, track_id, scan, int(i), float(found.nis[i]), int(found.dof[i])),
                )
                for i in near
            ]

    def _remember(self, tracks: Tracks) -> None:
        for index, track_id in self._of_interest(tracks):
            cov = tracks.state_covs_itrf[index]
            moments = self._life(track_id).moments
            moments.append(
                Moment(
                    tracks.t_tai_ns,
                    float(tracks.existence[index]),
                    dict(zip(tracks.mode_names, tracks.mode_probabilities[index].tolist(), strict=True)),
                    float(np.sqrt(max(np.trace(cov[:3, :3]), 0.0))),
                    float(np.sqrt(max(np.trace(cov[3:, 3:]), 0.0))),
                    int(tracks.hits[index]),
                    bool(tracks.is_confirmed[index]),
                )
            )

    def _note_classes(self, picture: Picture) -> None:
        if picture.t_now_tai_ns is None:
            return
        for summary in picture.objects:
            if not self._is_of_interest(summary.id):
                continue
            last = self._classes.get(summary.id)
            if last is None or last.phase != summary.phase or last.probabilities != summary.probabilities:
                now = ClassMoment(picture.t_now_tai_ns, summary.phase, dict(summary.probabilities))
                self._classes[summary.id] = now
                self._life(summary.id).classes.append(now)


class TrackHistory(LifeWatch):
    """Listens on behalf of one object or track, by either of its names.

    `earlier` tells what a `LifeWatch` heard of a track or object before this one began to listen.
    """

    def __init__(self, name: str, earlier: Callable[[str], Life] = _nothing_before) -> None:
        super().__init__()
        self.name = name
        self._earlier = earlier

    def after(self, picture: Picture, event: Event) -> None:
        """What the track is believed to be now; what cannot be its own is let go."""
        super().after(picture, event)
        if isinstance(event, Scan):
            self._tidy(picture)

    def story(self, picture: Picture) -> TrackStory:
        """All that was gathered; `NotFoundError` when there was no such object or track."""
        object_id, track_id, tracker = self._resolve(picture)
        life = self._whole(track_id)
        looks, alternatives = None, None
        if tracker is not None:
            with suppress(NotFoundError):  # it may have ended so long ago that the tracker has let it go
                looks, alternatives = tracker.looks(track_id), tracker.explain(track_id)
        sensors = set() if looks is None else {looks.sensor_ids[i] for i in np.unique(looks.sensor_index)}
        doubts = tuple(f for f in picture.timeline if f.kind is FindingKind.DOUBT and f.object_id in sensors)
        said = tuple(f for f in picture.timeline if f.object_id == object_id)
        return TrackStory(
            object_id, track_id, looks, tuple(life.near), tuple(life.moments), _changes(self._whole(self.name).classes),
            doubts, said, alternatives,
        )  # fmt: skip

    def _whole(self, name: str) -> Life:
        """What was heard of a name before, and since."""
        before, since = self._earlier(name), self.lives.get(name, Life())
        return Life(before.moments + since.moments, before.near + since.near, before.classes + since.classes)

    def _of_interest(self, tracks: Tracks) -> list[tuple[int, str]]:
        """The track asked for; while only its object's name is known, any of them may turn out to be it."""
        rows = list(enumerate(tracks.ids))
        if self.name.startswith("T"):
            return [(index, track_id) for index, track_id in rows if track_id == self.name]
        return rows

    def _is_of_interest(self, object_id: str) -> bool:
        return object_id == self.name and not self.name.startswith("T")

    def _tidy(self, picture: Picture) -> None:
        """Let go of tracks that came to nothing, and, once the object is known, of all others."""
        if not self.lives or picture.t_now_tai_ns is None:
            return
        known = self._track_of(picture)
        if known is not None:
            self.lives = {name: life for name, life in self.lives.items() if name in (known, self.name)}
            return
        for track_id, life in list(self.lives.items()):
            last = life.moments[-1].t_tai_ns if life.moments else 0
            if track_id != self.name and (picture.t_now_tai_ns - last) / NS_PER_S > _FORGOTTEN_S:
                del self.lives[track_id]

    # ---- names

    def _track_of(self, picture: Picture) -> str | None:
        for follower in picture.followers.values():
            if isinstance(follower, LaunchFollower) and (found := follower.track_of(self.name)) is not None:
                return found
        return None

    def _is_known(self, track_id: str) -> bool:
        return track_id in self.lives or bool(self._earlier(track_id).moments)

    def _resolve(self, picture: Picture) -> tuple[str, str, Tracker | CrowdTracker | None]:
        track_id = self._track_of(picture) or self.name
        for follower in picture.followers.values():
            if isinstance(follower, LaunchFollower):
                object_id = follower.object_of(track_id)
                if object_id is not None or self._is_known(track_id):
                    return object_id or track_id, track_id, follower.tracker
            elif isinstance(follower, SkyFollower) and self._is_known(track_id):
                return track_id, track_id, follower.tracker
        if any(summary.id == self.name for summary in picture.objects):
            return self.name, "", None
        known = [summary.id for summary in picture.objects]
        shown = ", ".join(known[:12]) + (f" and {len(known) - 12} more" if len(known) > 12 else "")
        raise NotFoundError(f"no object or track {self.name}; there are {shown or 'none'}")


def _surprise(
    tracker: Tracker | CrowdTracker, expected: Tracks, track_id: str, scan: Scan, row: int, nis: float, dof: int
) -> tuple[float, int]:
    """NIS and dimension by the filter's own doubt, in which a sensor's constant error counts once; those given where a
    tracker does not say what it expected."""
    if isinstance(tracker, CrowdTracker):
        return nis, dof
    own, size = tracker.surprise(expected, track_id, scan, row)
    return (own, size) if size else (nis, dof)


def _changes(classes: list[ClassMoment]) -> tuple[ClassMoment, ...]:
    """Each but those that say what the one before said: whoever goes on listening begins by saying it again."""
    told: list[ClassMoment] = []
    for one in classes:
        if not told or (told[-1].phase, told[-1].probabilities) != (one.phase, one.probabilities):
            told.append(one)
    return tuple(told)


def trackers_of(picture: Picture) -> tuple[Tracker | CrowdTracker, ...]:
    """Every tracker at work behind a picture."""
    found: list[Tracker | CrowdTracker] = []
    for follower in picture.followers.values():
        if isinstance(follower, LaunchFollower | SkyFollower):
            found.append(follower.tracker)
    return tuple(found)
