"""What is known of a sensor's constant errors, as it is told to people and programs."""

import msgspec


class BiasSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One constant error: what the sensor reads too much, in the unit that the name ends in."""

    term: str
    value: float
    sigma: float  # what is left of the doubt
    prior_sigma: float  # the doubt that its definition states
    t_established_tai_ns: int | None = None  # since when it is known; None: not yet


class SensorRegistration(msgspec.Struct, frozen=True, kw_only=True):
    """One sensor's registration."""

    sensor_id: str
    state: str  # unheard, learning, established, alarm
    looks: int  # that were matched and used
    biases: tuple[BiasSummary, ...]
    alarms: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()  # what the evidence cannot tell, and why
    text: str = ""
