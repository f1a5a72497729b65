"""One story played as if it were real, from its reports to the desk, with everything that was believed and said kept.

Looks, notices, claims and life signs go through `advance` in order of arrival; what people do (`[[act]]`) goes to the
desk at its time. The run is REAL: only so can it be shown that nothing false goes out as live. Nothing here can reach
the outside: this floor has no sockets and no files, and its public channels are lists.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from msgspec import structs

from vedette.core.constants import NS_PER_S
from vedette.engine import Event, FeedEnded, Picture, Session, advance, open_picture
from vedette.exercise.catalogue_objects import catalogue_objects
from vedette.formats import Tick
from vedette.reports import Alert, Candidate, Claim, Finding, Mode
from vedette.scenario import Made
from vedette.sensing import format_sensors
from vedette.sensing.links import format_links

SAMPLE_EVERY_S = 2.0
TICK_S = 5.0  # of nothing at all


@dataclass(frozen=True, slots=True)
class Moment:
    """What was believed at one instant; kept when it differs from the moment before."""

    t_s: float  # after the story's start
    candidates: tuple[Candidate, ...]
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that a channel took."""

    t_s: float
    channel: str
    is_public: bool
    mode: Mode
    kind: str  # "alert", "update" or "cancel"
    alert_id: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a person tried, and what came of it."""

    t_s: float
    who: str
    what: str
    is_done: bool
    sentence: str
    seconds: float = 0.0  # how long it took, by the clock of the story


@dataclass(frozen=True, slots=True, eq=False)
class StoryRun:
    """A finished run."""

    made: Made
    picture: Picture
    moments: tuple[Moment, ...]
    findings: tuple[Finding, ...]
    deliveries: tuple[Delivery, ...] = ()
    deeds: tuple[Deed, ...] = ()


def real_session(made: Made) -> Session:
    """What the engine is told before a story starts: the sensors' figures, and that it is no drill."""
    text = f"{format_sensors(made.sensors)}\n{format_links(made.story.links)}"
    return Session(mode=Mode.REAL, feeds=(f"story:{made.story.name}",), sensors_toml=text)


def play_story(made: Made, *, every_s: float = SAMPLE_EVERY_S) -> StoryRun:
    """The engine and the desk over everything a story hands in."""
    start = made.story.t_start_tai_ns
    picture = open_picture(real_session(made), catalogue_objects(made.catalogue))
    moments: list[Moment] = []
    next_s = 0.0
    for event in story_events(made):
        t_s = (received_tai_ns(event) - start) / NS_PER_S
        picture = advance(picture, event)
        if t_s >= next_s or picture.new_alerts:
            next_s = max(next_s, t_s) + every_s
            _keep(moments, t_s, picture)
    picture = advance(picture, FeedEnded())
    _keep(moments, made.story.seconds, picture)
    return StoryRun(made, picture, tuple(moments), tuple(picture.timeline))


def story_events(made: Made) -> Iterator[Event]:
    """Everything a story hands in, in order of arrival, marked REAL unless the story itself gave another mode.

    Where nothing comes for a while, the time does, as in a live watch.
    """
    rows: Iterable[Any] = getattr(made, "events", made.scans)
    tick_ns = round(TICK_S * NS_PER_S)
    t_last_tai_ns = made.story.t_start_tai_ns
    for event in rows:
        while event.t_received_tai_ns > t_last_tai_ns + tick_ns:
            t_last_tai_ns += tick_ns
            yield Tick(t_received_tai_ns=t_last_tai_ns)
        t_last_tai_ns = max(t_last_tai_ns, event.t_received_tai_ns)
        if getattr(event, "mode", None) is Mode.SIMULATED:
            change = structs.replace if isinstance(event, Claim) else replace
            event = change(event, mode=Mode.REAL)
        yield event


def received_tai_ns(event: Event) -> int:
    """When an event arrived."""
    return int(getattr(event, "t_received_tai_ns", 0) or 0)


def _keep(moments: list[Moment], t_s: float, picture: Picture) -> None:
    now = Moment(t_s, picture.candidates, picture.alerts)
    if not moments or (moments[-1].candidates, moments[-1].alerts) != (now.candidates, now.alerts):
        moments.append(now)
