"""What may stand in a journal."""

import msgspec

from vedette.formats.feed import FeedHeader, Quarantined, Tick
from vedette.formats.source_health import SourceHealth
from vedette.reports import Claim, LifeSign, Notice, PartnerNews, PartnerReport, Scan


class FeedEnded(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing more will come from the feeds."""

    t_tai_ns: int | None = None  # None: at the newest measured time


class CatalogueGiven(msgspec.Struct, frozen=True, kw_only=True):
    """What the watch is told to be up there already, whole: whoever replays has the very same elements."""

    t_received_tai_ns: int
    source: str  # as it was named: files, or "store"
    count: int
    sha256: str  # of the elements, unpacked
    packed: bytes  # `formats.elements_pack`


Event = (
    Scan
    | Quarantined
    | FeedHeader
    | SourceHealth
    | Notice
    | LifeSign
    | Claim
    | Tick
    | PartnerReport
    | PartnerNews
    | CatalogueGiven
    | FeedEnded
)
