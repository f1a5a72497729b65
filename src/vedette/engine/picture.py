"""The picture: what is believed now, and what has been said.

A picture belongs to one chain of `advance` calls. Followers are stateful for speed, so `advance` consumes the picture
it is given (decision 0010); whoever wants an old one replays the journal up to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vedette.assessment.follower import Follower
from vedette.core.shapes import Rows, Scalar
from vedette.engine.session import Session
from vedette.engine.source_clock import SourceClock
from vedette.reports import (
    Alert,
    Candidate,
    Finding,
    FindingKind,
    JointAssessment,
    Notice,
    ObjectSummary,
    PartnerStanding,
    Prediction,
    Raid,
    SensorRegistration,
)
from vedette.sensing import Sensor

if TYPE_CHECKING:
    from vedette.assessment.incidents import IncidentWatch
    from vedette.assessment.incidents.clocks import ClockWatch
    from vedette.assessment.joint import JointReview, Partners
    from vedette.assessment.no_launch import NoLaunch
    from vedette.engine.known_catalogue import KnownCatalogue
    from vedette.tracking import KnownObjects
    from vedette.tracking.groups import GroupWatch
    from vedette.tracking.interference.watcher import InterferenceWatch
    from vedette.tracking.joint.looks import JointLooks
    from vedette.tracking.tracks import Tracks


@dataclass(slots=True)
class Picture:
    """What is believed now; `timeline` and `alerts` hold everything said so far."""

    session: Session
    sensors: dict[str, Sensor]
    known_objects: KnownObjects | None = None
    catalogue: KnownCatalogue | None = None  # the same, when it came as a whole catalogue: who was met
    catalogue_source: str = ""
    catalogue_sha256: str = ""
    unknown_sensors: set[str] = field(default_factory=set)
    t_now_tai_ns: int | None = None  # the newest measured time
    t_liftoff_tai_ns: int | None = None  # zero of `t_plus_s`
    liftoff_object_id: str | None = None  # whose launch estimate that zero is; None: it was given
    is_ended: bool = False  # the feeds said that nothing more will come
    is_epoch_known: bool = False  # False: times count from the feed's own zero
    followers: dict[str, Follower] = field(default_factory=dict)
    timeline: list[Finding] = field(default_factory=list)
    new_findings: tuple[Finding, ...] = ()
    new_alerts: tuple[Alert, ...] = ()
    scan_count: int = 0
    detection_count: int = 0
    quarantine_count: int = 0
    worst_exit_code: int = 0  # 3 when something was set aside, 6 when something was refused
    last_heard_tai_ns: dict[str, int] = field(default_factory=dict)  # by sensor
    noise: InterferenceWatch | None = None  # what the radars hear, once one has looked
    groups: GroupWatch | None = None  # what the radars cannot tell apart
    t_first_heard_tai_ns: int | None = None  # of any sensor
    notices: list[Notice] = field(default_factory=list)  # in order of receipt
    incidents: IncidentWatch | None = None  # noise, silence and messages, once anything was heard
    clocks: ClockWatch | None = None  # by known objects, where there are any
    partners: Partners | None = None  # what other owners say, once one was heard
    joint_review: JointReview | None = None  # and beside what we see ourselves
    joint_looks: JointLooks | None = None  # our looks and partners' in one tracker, where they share theirs
    said_of_looks: set[str] = field(default_factory=set)  # each sentence once
    t_joint_tai_ns: int | None = None  # when anything was last received, partners' messages included
    refused: set[str] = field(default_factory=set)  # who was refused, and as what: said once
    coverage: tuple[int, float | None] | None = None  # when asked, and the chance that a launch would be seen
    t_received_tai_ns: int | None = None  # the newest time that anything was received
    noise_rise_db: dict[str, float] = field(default_factory=dict)  # by sensor, of its last look
    sources: dict[str, SourceClock] = field(default_factory=dict)  # by sensor: delays, jitter, steps, its own words

    @property
    def objects(self) -> tuple[ObjectSummary, ...]:
        """Every object believed in, in the order they were found."""
        return tuple(summary for follower in self.followers.values() for summary in follower.objects())

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Every alert in its newest revision."""
        return tuple(alert for follower in self.followers.values() for alert in follower.alerts())

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Everything that is being assessed, with all that it may be: objects first, then noise, silence, messages."""
        told = tuple(one for follower in self.followers.values() for one in getattr(follower, "candidates", tuple)())
        return told if self.incidents is None else (*told, *self.incidents.candidates())

    @property
    def raids(self) -> tuple[Raid, ...]:
        """Launches that belong together: how many and of what kinds."""
        return tuple(one for follower in self.followers.values() for one in getattr(follower, "raids", tuple)())

    @property
    def registration(self) -> tuple[SensorRegistration, ...]:
        """What is known of the sensors' constant errors; empty without reference orbits."""
        return tuple(one for follower in self.followers.values() for one in getattr(follower, "registration", tuple)())

    @property
    def joint(self) -> tuple[JointAssessment, ...]:
        """Every event that a partner speaks of, or that we do while there are partners: all views side by side."""
        return () if self.joint_review is None else self.joint_review.assessments

    @property
    def tracks_of_all_looks(self) -> Tracks | None:
        """What our looks and partners' come to in one tracker; None where no partner shares any."""
        return None if self.joint_looks is None else self.joint_looks.tracks

    @property
    def partner_standings(self) -> tuple[PartnerStanding, ...]:
        """Every partner: its link, its health, what was found wrong with what it said."""
        if self.partners is None or self.t_joint_tai_ns is None:
            return ()
        return self.partners.standings(self.t_joint_tai_ns)

    def no_launch(self) -> NoLaunch | None:
        """What "no launch seen" is worth; None once one was seen, or where no sensor looks for launches."""
        if self.t_first_heard_tai_ns is None or any(f.kind is FindingKind.LAUNCH for f in self.timeline):
            return None
        from vedette.assessment.no_launch import no_launch  # only who asks pays for its kernels

        now = max(self.last_heard_tai_ns.values())
        return no_launch(self.sensors, self.last_heard_tai_ns, self.noise_rise_db, self.t_first_heard_tai_ns, now)

    @property
    def track_states(self) -> dict[str, tuple[int, Scalar, Rows]]:
        """Of every object tracked now, whatever its summary says: instant, state (6,) and covariance (6, 6), ITRF."""
        found: dict[str, tuple[int, Scalar, Rows]] = {}
        for follower in self.followers.values():
            found |= getattr(follower, "states", dict)()
        return found

    def predict(self, t_tai_ns: int) -> tuple[Prediction, ...]:
        """Where every object that can be predicted will be at an instant."""
        return tuple(prediction for follower in self.followers.values() for prediction in follower.predict(t_tai_ns))
