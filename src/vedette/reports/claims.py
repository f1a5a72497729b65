"""What comes in beside the looks of sensors: that a site is alive, and what another centre says it counts.

A claim is what somebody says, not what a sensor saw: it is held against the looks and never replaces them.
"""

import msgspec

from vedette.reports.mode import Mode


class LifeSign(msgspec.Struct, frozen=True, kw_only=True):
    """A site says by one route that it is alive, with power or without."""

    sensor_id: str
    route: str  # which way it came: a line, a relay, an aircraft overhead
    t_sent_tai_ns: int
    t_received_tai_ns: int
    has_power: bool | None = None  # None: it did not say
    text: str = ""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A summary that another display, site or centre sends: how many of what, by which tracks, how sure."""

    claim_id: str
    source_id: str  # who says that it said so
    route: str  # which way it came
    mode: Mode
    sequence: int
    t_sent_tai_ns: int
    t_received_tai_ns: int
    what: str  # "launches", "impacts", "detonation", "filler", ...
    count: int | None = None  # of the count field; None: it has none
    listed: tuple[str, ...] = ()  # the tracks or events it names one by one
    state: str = ""  # of a yes-or-no sensor: "yes", "no" or "failed"
    is_authentic: bool | None = None  # True or False: its code was checked; None: it carries none
    text: str = ""
