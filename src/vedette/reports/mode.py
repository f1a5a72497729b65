"""REAL, EXERCISE, TEST or SIMULATED: part of every report, so that a drill cannot become live by accident."""

from enum import StrEnum


class Mode(StrEnum):
    """What a report is: it happened, or it was played, tried or computed."""

    REAL = "REAL"
    EXERCISE = "EXERCISE"
    TEST = "TEST"
    SIMULATED = "SIMULATED"
