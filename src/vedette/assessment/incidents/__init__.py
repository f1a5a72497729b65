"""Incidents: what alarms without being a track. Noise, silence, and messages that no sighting stands behind."""

from vedette.assessment.incidents.messages import Support
from vedette.assessment.incidents.policy import IncidentPolicy, packaged_incident_policy, parse_incident_policy
from vedette.assessment.incidents.repeats import RepeatWatch, fingerprints
from vedette.assessment.incidents.watch import IncidentWatch, Now

__all__ = [
    "IncidentPolicy",
    "IncidentWatch",
    "Now",
    "RepeatWatch",
    "Support",
    "fingerprints",
    "packaged_incident_policy",
    "parse_incident_policy",
]
