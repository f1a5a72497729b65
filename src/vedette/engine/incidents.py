"""The picture's own watch over noise, silence and messages: built once, told what the picture knows, asked to think."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vedette.core.constants import NS_PER_S
from vedette.formats.feed import Tick
from vedette.reports import Claim, Finding, FindingKind, LifeSign, Scan, SensorKind

if TYPE_CHECKING:
    from vedette.assessment.incidents import IncidentWatch, Support
    from vedette.engine.events import Event
    from vedette.engine.picture import Picture

LATELY_S = 1800.0  # launches of which a claim may speak
COVERAGE_S = 60.0  # the chance to see a launch is dear to compute: asked no more often


def incidents_of(picture: Picture) -> IncidentWatch:
    """The watch of a picture; made when it is first asked for."""
    if picture.incidents is None:
        from vedette.assessment.incidents import IncidentWatch, RepeatWatch
        from vedette.sensing.links import NO_LINKS, parse_links

        text = picture.session.sensors_toml
        links = NO_LINKS if text is None else parse_links(text, "--sensors")
        tapes = {bytes.fromhex(mark): name for name, marks in picture.session.tapes.items() for mark in marks}
        picture.incidents = IncidentWatch(picture.sensors, links, repeats=RepeatWatch(tapes))
    return picture.incidents


def refused(picture: Picture, event: Scan | Claim) -> tuple[Finding, ...]:
    """A report of another mode than the session's, whatever way it came: kept in the journal, never in the picture."""
    name = event.sensor_id if isinstance(event, Scan) else event.source_id
    mode = picture.session.mode
    what = f"a {'look' if isinstance(event, Scan) else 'claim'} of mode {event.mode} in a {mode} watch"
    sentence = f"{name}: {what}: refused, and kept out of the picture"
    picture.quarantine_count += 1
    picture.worst_exit_code = max(picture.worst_exit_code, 6)
    incidents_of(picture).refuse(name, sentence, event.t_received_tai_ns)
    return _once(picture, f"{name} {event.mode}", sentence, name, event.t_received_tai_ns, "other-mode")


def is_astray(picture: Picture, scan: Scan) -> tuple[Finding, ...]:
    """A look that came by a way which is not its sensor's own is no look of that sensor; empty: nothing is known of it.

    The way is told by the mark `route:NAME`; what belongs to whom stands in the [links] of the sensor file.
    """
    routes = [mark.removeprefix("route:") for mark in scan.marks if mark.startswith("route:")]
    if not routes:
        return ()
    watch = incidents_of(picture)
    wrong = next((route for route in routes if watch.is_foreign(scan.sensor_id, route)), None)
    if wrong is None:
        return ()
    name = scan.sensor_id
    sentence = f"{name}: a look that came by {wrong!r}, which is not a way of {name}: set aside"
    picture.quarantine_count += 1
    watch.refuse(name, sentence, scan.t_received_tai_ns)
    return _once(picture, f"{name} by {wrong}", sentence, name, scan.t_received_tai_ns, "other-route")


def _once(picture: Picture, key: str, sentence: str, where: str, t_tai_ns: int, mark: str) -> tuple[Finding, ...]:
    if key in picture.refused:
        return ()
    picture.refused.add(key)
    data = {"where": where, "mark": mark}
    kind = FindingKind.QUARANTINED
    return (
        Finding(kind=kind, object_id="", t_tai_ns=t_tai_ns, t_declared_tai_ns=t_tai_ns, text=sentence, data=data),
    )


def look_repeated(picture: Picture, scan: Scan) -> tuple[tuple[Finding, ...], bool]:
    """What can be said of a look that came before, and whether it is to be kept from the trackers."""
    if scan.kind in (SensorKind.TELEMETRY, SensorKind.STROBE):
        return (), False
    return incidents_of(picture).absorb(scan)


def think(picture: Picture, event: Event) -> tuple[Finding, ...]:
    """What has become known about noise, silence and messages with this event."""
    t_tai_ns = getattr(event, "t_received_tai_ns", None) or getattr(event, "t_tai_ns", None)  # 0: it did not say
    is_dated = picture.is_epoch_known or isinstance(event, Claim | LifeSign | Tick)
    if t_tai_ns is None or not is_dated:
        return ()
    if getattr(event, "mode", picture.session.mode) is not picture.session.mode:
        return ()  # what is refused does not tell the time either
    if picture.t_received_tai_ns is None or t_tai_ns > picture.t_received_tai_ns:
        picture.t_received_tai_ns = t_tai_ns
    watch = incidents_of(picture)
    if not watch.is_due(picture.t_received_tai_ns):
        return ()
    from vedette.assessment.incidents import Now

    noise = picture.noise
    now = Now(
        t_tai_ns=picture.t_received_tai_ns,
        last_heard_tai_ns=picture.last_heard_tai_ns,
        health=noise.health if noise is not None else (),
        emitters=noise.emitters if noise is not None else (),
        support=lambda: _support(picture),
    )
    return watch.think(now)


def clock_findings(picture: Picture, scan: Scan) -> tuple[Finding, ...]:
    """What a look says of its sensor's clock: a delay that wanders, and known objects seen too early or too late."""
    said: tuple[Finding, ...] = ()
    words = picture.sources[scan.sensor_id].drifted() if scan.sensor_id in picture.sources else ""
    if words:
        t = scan.t_received_tai_ns
        data = {"mark": "clock-drift", "sensor_id": scan.sensor_id, "drift_s": picture.sources[scan.sensor_id].drift_s}
        said = (
            Finding(
                kind=FindingKind.DOUBT, object_id=scan.sensor_id, t_tai_ns=t, t_declared_tai_ns=t, text=words, data=data
            ),
        )
    if picture.known_objects is None:
        return said
    if picture.clocks is None:
        from vedette.assessment.incidents.clocks import ClockWatch

        picture.clocks = ClockWatch(picture.sensors, picture.known_objects)
    return (*said, *picture.clocks.absorb(scan))


def _support(picture: Picture) -> Support:
    """What our own looks say beside a claim: launches lately, and the chance that one would have been seen."""
    from vedette.assessment.incidents import Support
    from vedette.assessment.no_launch import no_launch

    now = picture.t_received_tai_ns
    if now is None:
        return Support()
    edge = now - round(LATELY_S * NS_PER_S)
    launched = {f.object_id for f in picture.timeline if f.kind is FindingKind.LAUNCH and f.t_tai_ns >= edge}
    fresh = [n for n, t in picture.last_heard_tai_ns.items() if n in picture.sensors and now - t < 60 * NS_PER_S]
    if picture.coverage is not None and now - picture.coverage[0] < COVERAGE_S * NS_PER_S:
        return Support(len(launched), picture.coverage[1], tuple(fresh), tuple(sorted(launched)))
    coverage = None
    if fresh and picture.t_first_heard_tai_ns is not None:
        said = no_launch(
            picture.sensors, picture.last_heard_tai_ns, picture.noise_rise_db, picture.t_first_heard_tai_ns, now
        )
        if said is not None and said.probabilities:
            far = [p for name, p in said.probabilities.items() if name.startswith("inter")]
            coverage = min(far or said.probabilities.values())
    picture.coverage = (now, coverage)
    return Support(len(launched), coverage, tuple(fresh), tuple(sorted(launched)))
