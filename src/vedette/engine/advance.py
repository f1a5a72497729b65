"""The fold at the heart: a picture and an event in, the next picture and what to tell people out.

Live watch, replay, rehearsal and test call this one function through different doors. No clock, no chance, no network
and no file is used here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from vedette.assessment.follower import Follower
from vedette.engine.events import CatalogueGiven, Event, FeedEnded
from vedette.engine.incidents import clock_findings, incidents_of, is_astray, look_repeated, refused, think
from vedette.engine.partner_looks import keep_own_look
from vedette.engine.partners import hear_partner, think_jointly
from vedette.engine.picture import Picture
from vedette.engine.session import Session
from vedette.engine.source_clock import SourceClock
from vedette.formats.feed import FeedHeader, Quarantined, Tick
from vedette.formats.source_health import SourceHealth
from vedette.reports import (
    Alert,
    Claim,
    Finding,
    FindingKind,
    LifeSign,
    Notice,
    PartnerNews,
    PartnerReport,
    Scan,
    SensorKind,
)
from vedette.sensing import Sensor, packaged_sensors, parse_sensors

if TYPE_CHECKING:
    from vedette.assessment.natural.context import NaturalContext
    from vedette.tracking import KnownObjects

SKY = "sky"  # the follower that owns every radar scan of a session that follows the sky
TRACKED = "tracked"  # the follower that owns every radar and infrared scan
_NOT_FOR_THE_CATALOGUE = (SensorKind.TELEMETRY, SensorKind.INFRARED)  # the second sees flames


def open_picture(session: Session, known_objects: KnownObjects | None = None) -> Picture:
    """The empty picture of a new session.

    `known_objects` tells the tracker what is up there already, before it begins anything new: what they explain is
    never taken for a launch. They are no part of the session: whoever replays hands in the same ones.
    """
    return Picture(
        session=session,
        known_objects=known_objects,
        sensors=_sensors_of(session),
        t_liftoff_tai_ns=session.t_liftoff_tai_ns,
        is_epoch_known=session.t_liftoff_tai_ns is not None,
    )


def advance(picture: Picture, event: Event) -> Picture:
    """The picture after one event; `new_findings` and `new_alerts` hold what this event let us say.

    The picture given is consumed: use only the one returned.
    """
    picture.new_findings, picture.new_alerts = (), ()
    said: tuple[Finding | Alert, ...]
    if isinstance(event, PartnerReport | PartnerNews):
        return _tell(picture, (*hear_partner(picture, event), *think_jointly(picture, event)))
    match event:
        case Scan() | Claim() if event.mode is not picture.session.mode:
            said = refused(picture, event)
        case Scan():
            said = _absorb(picture, event)
        case Quarantined():
            said = _set_aside(picture, event)
        case FeedHeader():
            said = _hear_header(picture, event)
        case SourceHealth():
            said = _hear_health(picture, event)
        case Notice():
            picture.notices.append(event)
            said = _tell_followers(picture, event)
        case CatalogueGiven():
            said = _take_catalogue(picture, event)
        case LifeSign() | Claim():
            incidents_of(picture).hear(event)
            said = ()
        case Tick():
            said = ()
        case FeedEnded():
            said = _settle(picture, event)
    said = (*said, *think(picture, event))
    findings = tuple(item for item in said if isinstance(item, Finding))
    picture.new_findings = findings
    picture.new_alerts = tuple(item for item in said if isinstance(item, Alert))
    picture.timeline.extend(findings)
    if said:
        _estimate_liftoff(picture)
    return _tell(picture, think_jointly(picture, event))


def _tell(picture: Picture, said: tuple[Finding, ...]) -> Picture:
    """What comes of partners, said after all that is our own: none of that depends on it."""
    if said:
        picture.new_findings = (*picture.new_findings, *said)
        picture.timeline.extend(said)
    return picture


def _tell_followers(picture: Picture, notice: Notice) -> tuple[Finding | Alert, ...]:
    """A notice to everybody who holds launches against notices."""
    now = picture.t_now_tai_ns
    hearing = [one.hear_notice for one in picture.followers.values() if hasattr(one, "hear_notice")]
    return tuple(item for hear in hearing for item in hear(notice, now))


def _take_catalogue(picture: Picture, given: CatalogueGiven) -> tuple[Finding, ...]:
    """From now on every look is held against these objects before it begins anything."""
    from vedette.engine.known_catalogue import KnownCatalogue
    from vedette.formats.elements_pack import unpack_elements

    known = KnownCatalogue(unpack_elements(given.packed, given.sha256))
    before, picture.known_objects = picture.catalogue, known
    picture.catalogue = known
    picture.catalogue_source, picture.catalogue_sha256 = given.source, given.sha256
    for follower in picture.followers.values():
        if hasattr(follower, "hear_catalogue"):
            follower.hear_catalogue(known, _natural(picture))
    if before is None:
        return ()
    from vedette.engine.launch_ties import told_ties

    known.keep_met(before)
    return told_ties(picture, before.sky.sets, known.sky.sets, given.t_received_tai_ns)


def _estimate_liftoff(picture: Picture) -> None:
    """Where nobody gave a lift-off, seconds count from the first launch found, as it is now estimated."""
    if picture.t_liftoff_tai_ns is None:
        launches = [finding for finding in picture.new_findings if finding.kind is FindingKind.LAUNCH]
        if launches:
            picture.t_liftoff_tai_ns, picture.liftoff_object_id = launches[0].t_tai_ns, launches[0].object_id
    elif picture.liftoff_object_id is not None:
        for summary in picture.objects:
            if summary.id == picture.liftoff_object_id and summary.launch is not None:
                picture.t_liftoff_tai_ns = summary.launch.t_tai_ns


def _absorb(picture: Picture, scan: Scan) -> tuple[Finding | Alert, ...]:
    picture.scan_count += 1
    picture.detection_count += len(scan)
    t_scan_tai_ns = int(scan.t_measured_tai_ns.max()) if len(scan) else scan.t_received_tai_ns
    picture.last_heard_tai_ns[scan.sensor_id] = scan.t_received_tai_ns
    if scan.kind is not SensorKind.STROBE:  # strobes come beside the look that states the rise
        picture.noise_rise_db[scan.sensor_id] = scan.noise_rise_db
    if picture.t_first_heard_tai_ns is None:
        picture.t_first_heard_tai_ns = scan.t_received_tai_ns
    _source_of(picture, scan.sensor_id).hear(scan)  # a step is said by the tracker, which also has to bear it
    if picture.t_now_tai_ns is None or t_scan_tai_ns > picture.t_now_tai_ns:
        picture.t_now_tai_ns = t_scan_tai_ns
    if scan.kind is not SensorKind.TELEMETRY and scan.sensor_id not in picture.sensors:
        return _unknown_sensor(picture, scan)
    if scan.kind is SensorKind.STROBE:  # no sighting, and yet what the looks around it are judged by
        return (*_hear_noise(picture, scan), *_follower_of(picture, scan).absorb(scan))
    if scan.kind is not SensorKind.TELEMETRY and scan.kind is not picture.sensors[scan.sensor_id].kind:
        return _other_kind(picture, scan)
    astray = is_astray(picture, scan)
    if astray:
        return astray
    said, is_repeated = look_repeated(picture, scan)
    said = (*said, *clock_findings(picture, scan))
    if scan.kind is SensorKind.RADAR:
        said = (*said, *_hear_noise(picture, scan))
    if is_repeated:
        return said
    keep_own_look(picture, scan)
    if picture.catalogue is not None and scan.kind not in _NOT_FOR_THE_CATALOGUE:
        named = picture.catalogue.hear(scan, picture.sensors[scan.sensor_id])
        scan = picture.catalogue.without_named(scan, named)
    return (*said, *_follower_of(picture, scan).absorb(scan))


def _hear_noise(picture: Picture, scan: Scan) -> tuple[Finding, ...]:
    """What a radar's look says of noise, and of objects too close together to be told apart."""
    if picture.noise is None or picture.groups is None:
        from vedette.tracking.groups import GroupWatch
        from vedette.tracking.interference.watcher import InterferenceWatch

        picture.noise = InterferenceWatch(picture.sensors.values())
        picture.groups = GroupWatch(picture.sensors.values())
    return (*picture.noise.absorb(scan), *picture.groups.absorb(scan))


def _sensors_of(session: Session) -> dict[str, Sensor]:
    """The sensors that were given, or the packaged ones by name."""
    if session.sensors_toml is None:
        return packaged_sensors()
    return parse_sensors(session.sensors_toml, "--sensors")


def _unknown_sensor(picture: Picture, scan: Scan) -> tuple[Finding, ...]:
    """One sentence for a sensor that nobody described; its scans stay in the journal and out of the picture."""
    if scan.sensor_id in picture.unknown_sensors:
        return ()
    picture.unknown_sensors.add(scan.sensor_id)
    what = "its reports cannot be placed on the Earth"
    cure = "describe it in --sensors FILE.toml"
    where = f"sensor {scan.sensor_id!r}"
    return _set_aside(picture, Quarantined(what=what, where=where, cure=cure, t_received_tai_ns=scan.t_received_tai_ns))


def _other_kind(picture: Picture, scan: Scan) -> tuple[Finding, ...]:
    """One sentence for a sensor whose reports are not of the kind that its description says."""
    if scan.sensor_id in picture.unknown_sensors:
        return ()
    picture.unknown_sensors.add(scan.sensor_id)
    said = picture.sensors[scan.sensor_id].kind
    what = f"it is described as {said} and reports as {scan.kind}; its reports are set aside"
    cure = "correct its kind in --sensors FILE.toml"
    where = f"sensor {scan.sensor_id!r}"
    return _set_aside(picture, Quarantined(what=what, where=where, cure=cure, t_received_tai_ns=scan.t_received_tai_ns))


def _follower_of(picture: Picture, scan: Scan) -> Follower:
    key = scan.sensor_id if scan.kind is SensorKind.TELEMETRY else TRACKED
    if picture.session.sky and scan.kind is SensorKind.RADAR:
        key = SKY
    if key not in picture.followers:
        picture.followers[key] = _new_follower(picture, scan, key)
    return picture.followers[key]


def _new_follower(picture: Picture, scan: Scan, key: str) -> Follower:
    session = picture.session
    if key == SKY:
        from vedette.assessment.sky_follower import SkyFollower

        picture.is_epoch_known = True
        return SkyFollower({name: one for name, one in picture.sensors.items() if one.kind is SensorKind.RADAR})
    if key == TRACKED:
        from vedette.assessment.candidates import policy_of
        from vedette.assessment.launch_follower import LaunchFollower  # only who tracks pays for its kernels

        picture.is_epoch_known = True  # radar and infrared reports carry UTC
        reference = None
        if session.references is not None:
            from vedette.tracking.registration.files import parse_references

            reference = parse_references(session.references, "--references")
        follower = LaunchFollower(
            sensors=picture.sensors,
            mode=session.mode,
            reference=reference,
            known_objects=picture.known_objects,
            assessment=policy_of(session.policy_toml),
            natural=_natural(picture),
        )
        for notice in picture.notices:
            follower.hear_notice(notice, None)
        return follower
    from vedette.assessment.ascent_follower import AscentFollower

    if picture.t_liftoff_tai_ns is None and not picture.is_epoch_known:
        picture.t_liftoff_tai_ns = 0  # the feed's own zero
    telemetry_count = sum(name not in (TRACKED, SKY) for name in picture.followers)
    return AscentFollower(
        object_prefix="O" if telemetry_count == 0 else f"F{telemetry_count + 1}-O",
        pad_lat_lon_deg=session.pad_lat_lon_deg,
        azimuth_deg=session.azimuth_deg,
    )


def _natural(picture: Picture) -> NaturalContext | None:
    """What the weighing of natural causes may look up: a catalogue that can say what is near a place."""
    if not hasattr(picture.known_objects, "near"):
        return None
    from vedette.assessment.natural.context import NaturalContext

    return NaturalContext(orbits=cast(Any, picture.known_objects))


def _set_aside(picture: Picture, trouble: Quarantined) -> tuple[Finding, ...]:
    if not trouble.is_kept:
        picture.quarantine_count += 1
    picture.worst_exit_code = max(picture.worst_exit_code, trouble.exit_code)
    now = picture.t_now_tai_ns if picture.t_now_tai_ns is not None else trouble.t_received_tai_ns
    if trouble.exit_code == 6:
        incidents_of(picture).refuse(trouble.where, trouble.sentence, trouble.t_received_tai_ns or now)
    return (
        Finding(
            kind=FindingKind.DOUBT if trouble.is_kept else FindingKind.QUARANTINED,
            object_id="",
            t_tai_ns=now,
            t_declared_tai_ns=now,
            text=trouble.sentence,
            data={"where": trouble.where},
        ),
    )


def _hear_header(picture: Picture, header: FeedHeader) -> tuple[Finding, ...]:
    if header.is_epoch_known:
        picture.is_epoch_known = True
    if picture.t_liftoff_tai_ns is None:
        picture.t_liftoff_tai_ns = header.t_liftoff_tai_ns
    return ()


def _source_of(picture: Picture, sensor_id: str) -> SourceClock:
    return picture.sources.setdefault(sensor_id, SourceClock(sensor_id))


def _hear_health(picture: Picture, health: SourceHealth) -> tuple[Finding, ...]:
    """A source speaks of itself: what has become worse or better is said."""
    now = picture.t_now_tai_ns if picture.t_now_tai_ns is not None else health.t_received_tai_ns
    return tuple(
        Finding(
            kind=FindingKind.DOUBT,
            object_id=health.sensor_id,
            t_tai_ns=now,
            t_declared_tai_ns=now,
            text=f"{health.sensor_id}: {words}",
            data={"mark": "source-health", "sensor_id": health.sensor_id},
        )
        for words in _source_of(picture, health.sensor_id).learn(health)
    )


def _settle(picture: Picture, ended: FeedEnded) -> tuple[Finding | Alert, ...]:
    picture.is_ended = True
    now = ended.t_tai_ns if ended.t_tai_ns is not None else picture.t_now_tai_ns
    if now is None:
        return ()
    return tuple(item for follower in picture.followers.values() for item in follower.settle(now))
