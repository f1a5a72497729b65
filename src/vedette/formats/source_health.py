"""What a source says of itself beside its scans: whether its clock is kept right, whether its data may be used."""

import msgspec


class SourceHealth(msgspec.Struct, frozen=True, kw_only=True):
    """A sensor's own words about itself; handed in when they change. None: it did not say."""

    sensor_id: str
    source: str  # the feed it came by
    t_received_tai_ns: int
    is_clock_valid: bool | None = None  # False: its time source is not synchronised
    is_released: bool | None = None  # False: its operator says that its data must not be used
    is_overloaded: bool | None = None
    rotation_s: float | None = None  # of its antenna
