"""Partners' measurements inside the fold: one tracker of its own over our looks and theirs, beside our own tracker.

What is our own never depends on it: our tracker hears our sensors alone. A look that cannot be used is said once, in a
sentence, and costs nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vedette.core.constants import NS_PER_S
from vedette.reports import Finding, FindingKind, PartnerReport, Scan, SensorKind, SharedLook

if TYPE_CHECKING:
    from vedette.engine.picture import Picture

AHEAD_S = 1.0  # a look measured later than we heard of it has a wrong clock
_TRACKED = (SensorKind.RADAR, SensorKind.INFRARED)


def keep_own_look(picture: Picture, scan: Scan) -> None:
    """A look of ours, for the day when a partner shares its own; only who has an owner's name has partners."""
    if not picture.session.owner or scan.kind not in _TRACKED:
        return
    if picture.joint_looks is None:
        from vedette.tracking.joint.looks import JointLooks

        picture.joint_looks = JointLooks(tuple(picture.sensors.values()))
    picture.joint_looks.hear_own(scan)


def hear_partner_looks(picture: Picture, report: PartnerReport) -> tuple[Finding, ...]:
    """Take the looks in a partner's message; what of them cannot be used, and the first that could, are said once."""
    looks = [one for one in report.content if isinstance(one, SharedLook)]
    if not looks or report.mode is not picture.session.mode or picture.partners is None:
        return ()
    if not picture.partners.views[report.owner].is_believed(report.t_received_tai_ns):
        return ()
    if picture.joint_looks is None:
        from vedette.tracking.joint.looks import JointLooks

        picture.joint_looks = JointLooks(tuple(picture.sensors.values()))
    said = []
    latest = report.t_received_tai_ns + round(AHEAD_S * NS_PER_S)
    for look in looks:
        trouble = picture.joint_looks.hear_partner(report.owner, look, report.t_received_tai_ns, latest)
        words = trouble or f"{report.owner}: its looks are tracked together with ours"
        if words not in picture.said_of_looks:
            picture.said_of_looks.add(words)
            said.append(_finding(report, words, bool(trouble)))
    return tuple(said)


def _finding(report: PartnerReport, words: str, is_trouble: bool) -> Finding:
    t, text = report.t_received_tai_ns, f"partner {words}"
    data = {"mark": "partner", "owner": report.owner, "trouble": "looks" if is_trouble else ""}
    return Finding(
        kind=FindingKind.DOUBT, object_id=report.owner, t_tai_ns=t, t_declared_tai_ns=t, text=text, data=data
    )
