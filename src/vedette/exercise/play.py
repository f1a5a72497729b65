"""Run the engine on a story's reports alone, and keep what it believed along the way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.engine import FeedEnded, Picture, Session, advance, open_picture
from vedette.reports import Mode, ObjectSummary, Scan
from vedette.scenario import Made
from vedette.sensing import format_sensors

SAMPLE_EVERY_S = 5.0
JUDGED_AFTER_BURNOUT_S = (0.0, 60.0, 300.0)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was believed when everything received by an instant had been taken in."""

    t_tai_ns: int
    objects: tuple[ObjectSummary, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """A finished run: the last picture, and snapshots in order of time."""

    made: Made
    picture: Picture
    snapshots: tuple[Snapshot, ...]

    def at(self, t_tai_ns: int) -> Snapshot | None:
        """The snapshot of that instant, or the last one before it."""
        before = [snapshot for snapshot in self.snapshots if snapshot.t_tai_ns <= t_tai_ns]
        return before[-1] if before else None


def session_of(made: Made) -> Session:
    """What an engine may be told before a story starts: the sensors' figures, and that it is simulated."""
    return Session(
        mode=Mode.SIMULATED, feeds=(f"scenario:{made.story.name}",), sensors_toml=format_sensors(made.sensors)
    )


def sample_instants(made: Made, every_s: float = SAMPLE_EVERY_S) -> list[int]:
    """When to look at the picture: a steady beat, and the instants at which areas are judged."""
    start, beat = made.story.t_start_tai_ns, round(every_s * NS_PER_S)
    count = int(made.story.seconds / every_s)
    instants = {start + (i + 1) * beat for i in range(count)}
    for one in made.flights:
        instants |= {one.t_burnout_tai_ns + round(dt * NS_PER_S) for dt in JUDGED_AFTER_BURNOUT_S}
    return sorted(instants)


def play(made: Made, *, every_s: float = SAMPLE_EVERY_S) -> Played:
    """The engine over every scan of a story, in order of arrival."""
    return _play(made, made.scans, sample_instants(made, every_s))


def _play(made: Made, scans: Iterable[Scan], instants: Sequence[int]) -> Played:
    picture = open_picture(session_of(made))
    snapshots: list[Snapshot] = []
    waiting = list(instants)

    def look_until(t_tai_ns: int) -> None:
        while waiting and waiting[0] < t_tai_ns:
            snapshots.append(Snapshot(waiting.pop(0), picture.objects))

    for scan in scans:
        look_until(scan.t_received_tai_ns)
        picture = advance(picture, scan)
    look_until(np.iinfo(np.int64).max)
    picture = advance(picture, FeedEnded())
    return Played(made, picture, tuple(snapshots))
