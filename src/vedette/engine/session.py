"""What a run was told at its start: the first event of every journal.

Options are arguments, never globals; a replay reads them from here and needs nothing else.
"""

import msgspec

from vedette import __version__
from vedette.core.errors import UsageError
from vedette.reports import Mode
from vedette.time import tai_ns_from_utc_text


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Everything besides the reports that shapes the picture."""

    mode: Mode
    feeds: tuple[str, ...] = ()
    engine_version: str = __version__
    pad_lat_lon_deg: tuple[float, float] | None = None
    azimuth_deg: float | None = None
    t_liftoff_tai_ns: int | None = None  # from --at; None: the feed's own zero, and no UTC
    sensors_toml: str | None = None  # the text of --sensors, so that a replay is complete
    references: str | None = None  # the text of --references: orbits by which the sensors are registered
    until: str | None = None  # "T+183" or UTC, as typed
    predict_to: str | None = None
    policy_toml: str | None = None  # the text of --policy, by which what is seen is judged
    sealed_by: str = ""  # the record key whose signed checkpoints stand beside the journal; empty: there are none
    tapes: dict[str, tuple[str, ...]] = {}  # recordings that must never be live, by name: marks of their looks
    owner: str = ""  # whose node this is, where it has partners
    sky: bool = False  # radars are followed as a crowd, without fitting launches to what they see


def when(text: str, t_liftoff_tai_ns: int | None) -> int:
    """The instant that `T+183`, `T-5`, `183` or a UTC time names, in TAI ns.

    Seconds count from lift-off and need one; without it the feed's own zero is used, which is instant 0.
    """
    stripped = text.strip()
    number = stripped[1:] if stripped[:1] in "Tt" else stripped
    try:
        return (t_liftoff_tai_ns or 0) + round(float(number) * 1e9)
    except (ValueError, OverflowError):  # no number, or no finite one
        pass
    try:
        return tai_ns_from_utc_text(stripped)
    except ValueError as trouble:
        cure = "write T+183 (seconds after lift-off) or 2031-04-01T12:00:00Z"
        raise UsageError(f"{text!r} is no time; {cure}") from trouble
