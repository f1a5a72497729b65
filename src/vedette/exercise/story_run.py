"""One story played as if it were real, from its reports to the desk, with everything that was believed and said kept.

Looks, notices, claims and life signs go through `advance` in order of arrival; what the picture gives reason to say is
proposed at the desk; what people do (`[[act]]`) happens at its time. The run is REAL: only so can it be shown that
nothing false goes out as live. What a story marks as a drill stays one, and the engine refuses it. Nothing here can
reach the outside: this floor has no sockets and no files.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.engine import Event, FeedEnded, Picture, Session, advance, open_picture
from vedette.exercise.catalogue_objects import catalogue_objects
from vedette.exercise.story_desk import Deed, Delivery, StoryDesk
from vedette.formats import Tick
from vedette.reports import Alert, Candidate, Claim, Finding, KnownBody, Mode
from vedette.scenario import Made
from vedette.sensing import format_sensors
from vedette.sensing.links import format_links
from vedette.time import utc_text_from_tai_ns

SAMPLE_EVERY_S = 2.0
TICK_S = 5.0  # of nothing at all
REFERENCE_SIGMA_M = 50.0  # an orbit known so well tells what sensors read wrong


@dataclass(frozen=True, slots=True)
class Moment:
    """What was believed at one instant; kept when it differs from the moment before."""

    t_s: float  # after the story's start
    candidates: tuple[Candidate, ...]
    alerts: tuple[Alert, ...]
    in_danger: tuple[str, ...] | None = None  # of the places that the story's people ask about; None: not known


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
    """What the engine is told before a story starts: the sensors' figures, their lines, orbits that are well known."""
    return Session(
        mode=Mode.REAL,
        feeds=(f"story:{made.story.name}",),
        sensors_toml=format_sensors(made.sensors) + "\n" + format_links(made.story.links),
        references=references_toml(made.catalogue) or None,
    )


def play_story(
    made: Made, *, every_s: float = SAMPLE_EVERY_S, tell: Callable[[float, float], None] = lambda t_s, of_s: None
) -> StoryRun:
    """The engine and the desk over everything a story hands in; `tell(t_s, of_s)` hears how much of it is played."""
    story, start = made.story, made.story.t_start_tai_ns
    picture, desk = open_picture(real_session(made), catalogue_objects(made.catalogue)), StoryDesk(made.story)
    acts = sorted(story.acts, key=lambda act: float(act.get("t_s", 0.0)))
    moments: list[Moment] = []
    next_s = 0.0

    def act_until(t_s: float) -> None:
        nonlocal picture
        while acts and float(acts[0].get("t_s", 0.0)) <= t_s:
            act = acts.pop(0)
            t_tai_ns = start + round(float(act.get("t_s", 0.0)) * NS_PER_S)
            deed = desk.perform(act, t_tai_ns)
            if not deed.is_done:
                picture = advance(picture, attempt(deed, len(desk.deeds), t_tai_ns))

    for event in story_events(made):
        t_s = (received_tai_ns(event) - start) / NS_PER_S
        act_until(t_s)
        picture = advance(picture, event)
        if t_s >= next_s or picture.new_alerts:
            next_s = max(next_s, t_s) + every_s
            tell(t_s, story.seconds)
            desk.watch(picture, start + round(t_s * NS_PER_S))
            _keep(moments, t_s, picture, desk)
    act_until(np.inf)
    picture = advance(picture, FeedEnded())
    _keep(moments, max([story.seconds, *(moment.t_s for moment in moments[-1:])]), picture, desk)
    return StoryRun(made, picture, tuple(moments), tuple(picture.timeline), tuple(desk.deliveries), tuple(desk.deeds))


def story_events(made: Made) -> Iterator[Event]:
    """Everything a story hands in, in order of arrival; SIMULATED, which is the maker's word, is played as REAL.

    Where nothing comes for a while, the time does, as in a live watch.
    """
    tick_ns = round(TICK_S * NS_PER_S)
    t_last_tai_ns = made.story.t_start_tai_ns
    for event in made.events:
        while event.t_received_tai_ns > t_last_tai_ns + tick_ns:
            t_last_tai_ns += tick_ns
            yield Tick(t_received_tai_ns=t_last_tai_ns)
        t_last_tai_ns = max(t_last_tai_ns, event.t_received_tai_ns)
        if getattr(event, "mode", None) is Mode.SIMULATED:
            yield msgspec.structs.replace(event, mode=Mode.REAL) if isinstance(event, Claim) else _as_real(event)
        else:
            yield event
    t_end_tai_ns = made.story.t_start_tai_ns + round(made.story.seconds * NS_PER_S)
    while t_last_tai_ns + tick_ns <= t_end_tai_ns:
        t_last_tai_ns += tick_ns
        yield Tick(t_received_tai_ns=t_last_tai_ns)


def _as_real(event: Any) -> Any:
    return replace(event, mode=Mode.REAL)


def attempt(deed: Deed, number: int, t_tai_ns: int) -> Claim:
    """What the desk refused, as the watch hears of it: somebody wanted the public told something."""
    return Claim(
        claim_id=f"desk-{number}", source_id=deed.who, route="desk", mode=Mode.REAL, sequence=number, what="alert",
        t_sent_tai_ns=t_tai_ns, t_received_tai_ns=t_tai_ns, text=f"{deed.what}: {deed.sentence}"[:300],
    )  # fmt: skip


def received_tai_ns(event: Event) -> int:
    """When an event arrived."""
    return int(getattr(event, "t_received_tai_ns", 0) or 0)


def references_toml(catalogue: tuple[KnownBody, ...]) -> str:
    """The well-known orbits of a story as a file of references; empty: there are none."""
    rows = []
    for body in catalogue:
        sigma_m = float(np.sqrt(np.trace(body.cov_itrf[:3, :3])))
        if sigma_m > REFERENCE_SIGMA_M:
            continue
        place, velocity = (body.state_itrf[part] / 1e3 for part in (slice(0, 3), slice(3, 6)))
        rows += [
            f'[references."{body.id}"]',
            f't_utc = "{utc_text_from_tai_ns(body.t_epoch_tai_ns, digits=9)}"',
            f"position_itrf_km = {[float(x) for x in place]}",
            f"velocity_itrf_kmps = {[float(x) for x in velocity]}",
            f"sigma_m = {{ radial = {sigma_m}, along = {1.5 * sigma_m}, cross = {sigma_m} }}",
        ]
    return "\n".join(rows)


def _keep(moments: list[Moment], t_s: float, picture: Picture, desk: StoryDesk) -> None:
    now = Moment(t_s, picture.candidates, picture.alerts, desk.in_danger)
    if not moments or replace(moments[-1], t_s=t_s) != now:
        moments.append(now)
