"""What partners say, inside the fold: a partner's report is an event like any other, and replays like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vedette.reports import Alert, Finding, PartnerNews, PartnerReport

if TYPE_CHECKING:
    from vedette.engine.picture import Picture


def hear_partner(picture: Picture, event: PartnerReport | PartnerNews) -> tuple[Finding | Alert, ...]:
    """Take a partner's message, or news of its link."""
    from vedette.assessment.joint import Partners

    if picture.partners is None:
        picture.partners = Partners(picture.session.mode)
    return picture.partners.hear(event)
