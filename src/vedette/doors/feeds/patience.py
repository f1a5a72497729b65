"""A live feed of nothing but noise must not fill the journal: a few sentences a minute, and one for all the rest."""

from collections.abc import Iterable, Iterator

from vedette.core.constants import NS_PER_S
from vedette.formats import FeedRecord, Quarantined, keep_with_doubt, set_aside

SENTENCES_A_MINUTE = 20
_MINUTE_NS = 60 * NS_PER_S


class Patience:
    """Passes on records of one source; of its sentences only so many a minute."""

    def __init__(self, source: str, limit: int = SENTENCES_A_MINUTE) -> None:
        self.source, self.limit = source, limit
        self._t_minute_tai_ns: int | None = None
        self._told = self._untold = 0
        self._worst = 0

    def pass_on(self, records: Iterable[FeedRecord], t_now_tai_ns: int) -> Iterator[FeedRecord]:
        """The same records, without the sentences that are too many."""
        for record in records:
            if isinstance(record, Quarantined):
                yield from self.due(t_now_tai_ns)
                if self._told >= self.limit:
                    self._untold += 1
                    self._worst = max(self._worst, record.exit_code)
                    continue
                self._told += 1
            yield record

    def due(self, t_now_tai_ns: int, is_over: bool = False) -> Iterator[FeedRecord]:
        """When a minute is over: how many sentences of it were not told."""
        start = self._t_minute_tai_ns
        if start is not None and not is_over and 0 <= t_now_tai_ns - start < _MINUTE_NS:
            return
        untold, worst = self._untold, self._worst
        self._t_minute_tai_ns, self._told, self._untold, self._worst = t_now_tai_ns, 0, 0, 0
        if untold:
            words, cure = f"{untold:,} more sentences of the last minute were not told", "check how this feed is made"
            if worst:
                yield set_aside(words, self.source, cure, t_received_tai_ns=t_now_tai_ns, exit_code=worst)
            else:
                yield keep_with_doubt(words, self.source, cure, t_received_tai_ns=t_now_tai_ns)
