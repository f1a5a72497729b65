"""What a picture could tell a partner, unabridged: own numbers, own events, full precision. Nothing here may leave.

An offer is raw material for `sharing.release`, which decides field by field what goes to whom. Names are the watch's
own (`watch/O3`), so that nobody is tempted to send them; phases of objects that are no longer seen are left empty.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from vedette.core.shapes import Rows
from vedette.formats.scan_codec import encode_scan
from vedette.reports import (
    Alert,
    Candidate,
    Condition,
    Evidence,
    Message,
    ObjectSummary,
    Scan,
    Shared,
    SharedEvent,
    SharedHealth,
    SharedLook,
    SharedTrack,
)
from vedette.reports.state_words import state_from_words

if TYPE_CHECKING:
    from vedette.engine.picture import Picture

OfferedTrack = tuple[ObjectSummary, int, Rows | None, SharedTrack | None]  # what it was made of, and it

LOWER = np.tril_indices(6)
_OVER = ("down",)  # nothing is up there any more
_UNSEEN = ("lost", "unknown")


def offers_of(
    picture: "Picture", owner: str, *, watch: str = "", messages: Mapping[str, Message] | None = None,
    has_coverage: bool = False, kept: dict[str, OfferedTrack] | None = None,
) -> tuple[Shared, ...]:  # fmt: skip
    """Everything that this picture could tell, in a fixed order: tracks, events, health, partners' tracks.

    Parameters
    ----------
    owner
        Ours: stands first in the provenance of what is our own.
    watch
        Tells one watch's O3 from another's: a journal's name or first link.
    messages
        What the desk has said of an alert, by the alert's id; the picture does not know.
    has_coverage
        Tell as well what share of launches would be seen: a tenth of a second whenever a sensor falls silent.
    kept
        Our tracks as they were offered last, by object, renewed here: one that has not changed is the very same value
        again. Of one owner and watch.
    """
    said = messages or {}
    candidates = {one.object_id: one for one in picture.candidates if one.object_id}
    objects = {one.id: one for one in picture.objects}
    kinds = {name: str(sensor.kind.value) for name, sensor in picture.sensors.items()}
    gone = {name for name, one in objects.items() if one.phase == "lost" and name not in candidates}  # merged
    states = picture.track_states
    tracks = [
        _track_again(one, owner, watch, kinds, states.get(name), kept) for name, one in objects.items()
        if name not in gone
    ]  # fmt: skip
    if kept is not None:
        for name in kept.keys() - objects.keys():
            del kept[name]
    events = [
        _event(picture, one, objects.get(one.object_id), candidates.get(one.object_id), watch, said)
        for one in picture.alerts
    ]
    told: list[Shared] = [one for one in tracks if one is not None]
    told += events
    told += _health(picture, has_coverage)
    if picture.partners is not None:
        for view in picture.partners.views.values():
            told += [one if one.provenance else _from(one, view.owner) for one in view.tracks.values()]
    return tuple(told)


def offer_of_scan(scan: Scan, sensor_toml: str = "") -> SharedLook:
    """A look as it was heard, for a partner who fuses measurements."""
    return SharedLook(scan=encode_scan(scan), sensor_toml=sensor_toml)


def covariance_terms(cov: Rows) -> tuple[float, ...]:
    """The lower triangle of (6, 6), row by row."""
    return tuple(np.asarray(cov, dtype=float)[LOWER].tolist())


def covariance_of(terms: tuple[float, ...]) -> Rows:
    """(6, 6) of its lower triangle."""
    cov = np.zeros((6, 6))
    cov[LOWER] = terms
    return cov + np.tril(cov, -1).T


def own_name(watch: str, name: str) -> str:
    """How an offer names what this watch calls `name`."""
    return f"{watch}/{name}" if watch else name


def _from(track: SharedTrack, owner: str) -> SharedTrack:
    return msgspec.structs.replace(track, provenance=(owner,))


def _track_again(
    one: ObjectSummary, owner: str, watch: str, kinds: Mapping[str, str], tracked: tuple[int, Rows, Rows] | None,
    kept: dict[str, OfferedTrack] | None,
) -> SharedTrack | None:  # fmt: skip
    """As it was offered last while its summary and its state are the very same values, else made."""
    t, state = (0, None) if tracked is None else tracked[:2]
    was = None if kept is None else kept.get(one.id)
    if was is not None and was[0] is one and was[1] == t and was[2] is state:
        return was[3]
    made = _track(one, owner, watch, kinds, tracked)
    if kept is not None:
        kept[one.id] = one, t, state, made
    return made


def _track(
    one: ObjectSummary, owner: str, watch: str, kinds: Mapping[str, str], tracked: tuple[int, Rows, Rows] | None
) -> SharedTrack | None:
    """`tracked`: the tracker's own state, for what radars alone saw: its summary holds an orbit, and no state."""
    if one.phase in _OVER or one.state is None:
        return None
    if "position_itrf_m" in one.state:
        t, state, cov = state_from_words(one.state)
    elif tracked is not None:
        t, state, cov = tracked
    else:
        return None
    if cov is None or not (np.isfinite(state).all() and np.isfinite(cov).all()):
        return None
    x, y, z, vx, vy, vz = state.tolist()
    return SharedTrack(
        number=own_name(watch, one.id),
        t_tai_ns=t,
        position_itrf_m=(x, y, z),
        velocity_itrf_mps=(vx, vy, vz),
        covariance=covariance_terms(cov),
        phase="" if one.phase in _UNSEEN else one.phase,
        probabilities=dict(one.probabilities),
        phenomena=tuple(sorted({kinds[name] for name in one.sensors if name in kinds})),
        provenance=(owner,),
        sensors=one.sensors,
        is_responsible=True,
    )


def _event(
    picture: "Picture", alert: Alert, summary: ObjectSummary | None, candidate: Candidate | None, watch: str,
    said: Mapping[str, Message],
) -> SharedEvent:  # fmt: skip
    impact = summary.impact if summary is not None else None
    has_track = summary is not None and summary.state is not None and summary.phase not in _OVER
    raids = [len(one.objects) for one in picture.raids if alert.object_id in one.objects]
    if candidate is not None:
        probabilities = {one.name.value: round(one.probability, 6) for one in candidate.explanations}
    else:
        probabilities = dict(summary.probabilities) if summary is not None else {}
    return SharedEvent(
        event_id=own_name(watch, alert.id),
        revision=1,  # the release counts what each peer was told
        kind=alert.kind,
        evidence=alert.evidence,
        phenomena=alert.phenomena,
        probabilities=probabilities,
        launch=summary.launch if summary is not None else None,
        impact=None if alert.evidence is Evidence.WITHDRAWN else impact,
        count=raids[0] if raids else None,
        tracks=(own_name(watch, alert.object_id),) if has_track else (),
        message=said.get(alert.id, Message.NONE),
        t_said_tai_ns=alert.t_tai_ns,
        t_expires_tai_ns=None if impact is None or impact.is_conditional else impact.t_90_tai_ns[1],
        text=alert.text,
    )


def _health(picture: "Picture", has_coverage: bool) -> list[SharedHealth]:
    from vedette.engine.health import sensor_health

    newest = max(picture.last_heard_tai_ns.values(), default=None)
    if newest is None:
        return []
    counts: dict[Condition, dict[str, int]] = {condition: {} for condition in Condition}
    for one in sensor_health(picture):
        kind = picture.sensors[one.sensor_id].kind.value
        counts[one.condition][kind] = counts[one.condition].get(kind, 0) + 1
    return [
        SharedHealth(
            t_tai_ns=newest,
            working=counts[Condition.OK],
            degraded=counts[Condition.DEGRADED],
            silent=counts[Condition.SILENT],
            coverage=_coverage(picture) if has_coverage else {},
        )
    ]


def _coverage(picture: "Picture") -> dict[str, float]:
    """By region, the chance that a launch of the class seen worst would be reported in time."""
    from vedette.assessment.no_launch import no_launch

    now = max(picture.last_heard_tai_ns.values(), default=None)
    if now is None or picture.t_first_heard_tai_ns is None:
        return {}
    said = no_launch(
        picture.sensors, picture.last_heard_tai_ns, picture.noise_rise_db, picture.t_first_heard_tai_ns, now
    )
    return {said.area: min(said.probabilities.values())} if said is not None and said.probabilities else {}
