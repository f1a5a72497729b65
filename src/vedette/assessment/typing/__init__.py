"""Which kind of flight an object is, weighed by the physics of its motion."""

from vedette.assessment.typing.causes import FLIGHT_CAUSES, flight_causes
from vedette.assessment.typing.signs import TrackHistory

__all__ = ["FLIGHT_CAUSES", "TrackHistory", "flight_causes"]
