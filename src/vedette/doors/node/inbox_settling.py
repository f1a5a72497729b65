"""After a restart: what of the inbox stands in the watch's journal already.

The journal and the node's store are two things, and a process may be killed between them: after the journal has an
event, before the store knows. Then the event waits in the inbox still, and would come twice. Here the end of the
journal is read once, and what is found there is taken out of the inbox.
"""

from collections import defaultdict, deque

from vedette.doors.journal_store import JournalStore
from vedette.doors.node.store import NodeStore
from vedette.formats.scan_codec import PARTNER_NEWS, PARTNER_REPORT

AT_ONCE = 1000


def settle_inbox(store: NodeStore, journal: JournalStore, name: str) -> int:
    """Take out of the inbox what this journal has beyond what the store was told; how many these were.

    `Received.event` must be the payload that the journal has of it (`encode_record(report)[1]`).
    """
    places: defaultdict[bytes, deque[int]] = defaultdict(deque)
    after = 0
    while found := store.waiting(after, AT_ONCE):
        after = found[-1].number
        for kept in found:
            places[kept.event].append(kept.number)
    if not places:
        return 0
    start, entries = store.last_journaled(name) + 1, {}
    for kind in (PARTNER_REPORT, PARTNER_NEWS):
        for entry in journal.read_kind(kind, start, journal.newest_entry()):
            numbers = places.get(entry.payload)
            if numbers:
                entries[numbers.popleft()] = entry.seq
    store.write(lambda writing: writing.journaled(name, entries))
    return len(entries)
