"""What may stand in a journal."""

import msgspec

from vedette.formats.feed import FeedHeader, Quarantined, Tick
from vedette.formats.source_health import SourceHealth
from vedette.reports import Claim, LifeSign, Notice, Scan


class FeedEnded(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing more will come from the feeds."""

    t_tai_ns: int | None = None  # None: at the newest measured time


Event = Scan | Quarantined | FeedHeader | SourceHealth | Notice | LifeSign | Claim | Tick | FeedEnded
