"""What partners say, inside the fold: a partner's report is an event like any other, and replays like any other.

Our own findings, objects and alerts are the same with partners and without: what comes of them is said apart, after.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from vedette.core.shapes import Rows, Scalar
from vedette.engine.partner_looks import hear_partner_looks
from vedette.reports import Candidate, Finding, Looks, PartnerNews, PartnerReport, Scan

if TYPE_CHECKING:
    from vedette.assessment.joint import OwnEvent
    from vedette.assessment.launch_fit import Cloud
    from vedette.engine.events import Event
    from vedette.engine.picture import Picture


def hear_partner(picture: Picture, event: PartnerReport | PartnerNews) -> tuple[Finding, ...]:
    """Take a partner's message, or news of its link."""
    from vedette.assessment.joint import JointReview, Partners

    if picture.partners is None:
        picture.partners = Partners(picture.session.mode, picture.session.owner)
        picture.joint_review = JointReview(picture.partners)
    said = picture.partners.hear(event)
    return said if isinstance(event, PartnerNews) else (*said, *hear_partner_looks(picture, event))


def think_jointly(picture: Picture, event: Event) -> tuple[Finding, ...]:
    """Own and partners' assessments side by side, renewed when a partner has spoken or some time has passed."""
    if picture.joint_review is None or picture.partners is None:
        return ()
    t_tai_ns = _now(picture, event)
    if t_tai_ns is None:
        return ()
    picture.t_joint_tai_ns = t_tai_ns
    if not picture.joint_review.is_due(t_tai_ns, bool(picture.partners.fresh or picture.new_alerts)):
        return ()
    from vedette.assessment.joint import Surroundings, own_events
    from vedette.engine.advance import TRACKED

    follower = picture.followers.get(TRACKED)
    own: tuple[OwnEvent, ...] = ()
    phases: dict[str, str] = {}
    states: dict[str, tuple[int, Scalar, Rows]] = getattr(follower, "states", dict)()
    if follower is not None:
        told: tuple[Candidate, ...] = getattr(follower, "candidates", tuple)()
        objects = follower.objects()
        phases = {one.id: one.phase for one in objects}
        seen: dict[str, int] = getattr(follower, "last_seen", dict)()
        own = own_events(objects, told, follower.alerts(), picture.sensors, states, seen)

    def cloud_of(object_id: str) -> Cloud | None:
        found: Cloud | None = getattr(follower, "cloud_of", lambda _: None)(object_id)
        return found

    def looks_of(object_id: str) -> Looks | None:
        found: Looks | None = getattr(follower, "looks_of", lambda _: None)(object_id)
        return found

    def scans() -> Iterable[Scan]:
        return () if picture.joint_looks is None else picture.joint_looks.kept

    around = Surroundings(picture.sensors, picture.last_heard_tai_ns, cloud_of, states, phases, scans, looks_of)
    return picture.joint_review.review(own, around, t_tai_ns)


def _now(picture: Picture, event: Event) -> int | None:
    """The newest instant that anything was received, partners' messages included; it never goes back."""
    t_tai_ns = getattr(event, "t_received_tai_ns", None) or getattr(event, "t_tai_ns", None)
    if t_tai_ns is None:
        return picture.t_joint_tai_ns
    return t_tai_ns if picture.t_joint_tai_ns is None else max(t_tai_ns, picture.t_joint_tai_ns)
