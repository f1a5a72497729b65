"""An event that the journal has is not taken a second time, whenever the process was killed."""

from tests.doors.node.stores import opener_of, received

from vedette.doors.journal_store import JournalStore
from vedette.doors.node.inbox_settling import settle_inbox
from vedette.doors.node.store import NEWS


def test_what_the_journal_has_leaves_the_inbox_and_the_rest_waits(tmp_path):
    opened = opener_of(str(tmp_path / "node.sqlite"))()
    with opened as store, JournalStore.create(tmp_path / "j.sqlite", b"s") as journal:
        for sequence in range(1, 6):
            store.write(lambda w, s=sequence: w.receive(received(s, event=b"report %d" % s)))
        for _ in range(3):  # the same words three times
            store.write(lambda w: w.receive(received(1, kind=NEWS, event=b"news")))
        assert settle_inbox(store, journal, "j") == 0
        journal.append("partner-report", 1, b"report 1")
        journal.append("scan", 2, b"report 2")
        store.write(lambda w: w.journaled("j", {1: 1}))  # told; and then the process was killed
        for payload in (b"report 2", b"report 3"):
            journal.append("partner-report", 3, payload)
        for _ in range(2):
            journal.append("partner-news", 3, b"news")
        journal.commit()
        assert settle_inbox(store, journal, "j") == 4
        assert [k.event for k in store.waiting()] == [b"report 4", b"report 5", b"news"]
        assert store.last_journaled("j") == 6
        assert settle_inbox(store, journal, "j") == 0
