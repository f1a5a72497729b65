"""What other owners say beside what we see: own, partner's and joint assessments, side by side and never averaged."""

from vedette.assessment.joint.partners import Partners, PartnerView

__all__ = ["PartnerView", "Partners"]
