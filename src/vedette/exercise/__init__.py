"""Where those who make truth, those who guess and those who judge meet: playing, scoring and rehearsing stories."""

from vedette.exercise.bounds import coast_bounds
from vedette.exercise.play import Played, Snapshot, play, session_of
from vedette.exercise.score import Moment, Score, score_run
from vedette.exercise.verdicts import FlightVerdict, flight_verdicts

__all__ = [
    "FlightVerdict",
    "Moment",
    "Played",
    "Score",
    "Snapshot",
    "coast_bounds",
    "flight_verdicts",
    "play",
    "score_run",
    "session_of",
]
