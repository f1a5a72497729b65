"""A feed of nothing but noise must not fill the journal and the timeline with a million sentences."""

import hashlib
from collections.abc import Iterable, Iterator

from vedette.formats.feed import FeedRecord, Quarantined, set_aside

MAX_SENTENCES = 1000  # of one feed; the rest are counted


def not_too_many(records: Iterable[FeedRecord], source: str, limit: int = MAX_SENTENCES) -> Iterator[FeedRecord]:
    """The same records; of what was set aside only the first `limit`, and at the end one sentence about the rest."""
    count = 0
    worst_exit_code = 0
    newest_tai_ns = 0
    digest = hashlib.sha256()
    for record in records:
        if isinstance(record, Quarantined):
            count += 1
            if count > limit:
                worst_exit_code = max(worst_exit_code, record.exit_code)
                newest_tai_ns = max(newest_tai_ns, record.t_received_tai_ns)
                digest.update(record.sha256.encode())
                continue
        yield record
    if count > limit:
        yield set_aside(
            f"{count - limit:,} more records that could not be used",
            source,
            "the first thousand were told one by one; check how this feed is made",
            sha256=digest.hexdigest(),
            exit_code=worst_exit_code,
            t_received_tai_ns=newest_tai_ns,
        )
