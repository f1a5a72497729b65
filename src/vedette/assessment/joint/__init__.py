"""What other owners say beside what we see: own, partner's and joint assessments, side by side and never averaged."""

from vedette.assessment.joint.own_view import OwnEvent, own_events
from vedette.assessment.joint.partners import Partners, PartnerView
from vedette.assessment.joint.review import JointReview, Surroundings

__all__ = ["JointReview", "OwnEvent", "PartnerView", "Partners", "Surroundings", "own_events"]
