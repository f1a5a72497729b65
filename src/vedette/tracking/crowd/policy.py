"""How the objects of a crowd are supposed to move, when a track is believed, and when it is given up."""

from dataclasses import dataclass

from vedette.tracking.kernels.step_arithmetic import EARTH, Six

STILL: Six = (0.0, 1.0, 0.0, 0.0, 0.0, 0.0)  # no gravity and no turning: straight on


@dataclass(frozen=True, slots=True)
class CrowdPolicy:
    """What a crowd tracker goes by."""

    noise_m2_s3: float = 1e-2  # white acceleration that the motion leaves out
    earth: Six = EARTH  # `STILL`: no gravity, straight on
    speed_sigma_mps: float = 3000.0  # each axis, of what has been seen once
    births_per_hour: float = 60.0  # new objects a sensor comes to see, over its whole field
    confirm_probability: float = 0.95  # at most one in twenty that are confirmed is false
    lose_probability: float = 0.1
    most_log_odds: float = 8.0  # so that silence can be heard after long good service
    drop_log_odds: float = -3.5  # of a tentative track, or lower where births are rarer
    survival_hazard_1_s: float = 1e-5
    tentative_silence_s: float = 60.0
    silence_s: float = 1800.0
    gate_probability: float = 0.998
    widest_m: float = 2e6
