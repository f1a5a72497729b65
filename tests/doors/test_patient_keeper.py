"""A full disk does not stop the watch, costs no entry, and leaves room for what is said."""

from vedette.core.errors import UnreachableError
from vedette.doors.journal_store import JournalFullError, JournalStore
from vedette.doors.node.reserve import Reserve
from vedette.doors.patient_keeper import PatientKeeper


class Disk:
    """How much room the journal's disk has, in SQLite's own pages; a reserve given up is room."""

    def __init__(self, store, reserve):
        self._db, self._reserve = store._connection, reserve

    def free(self, pages):
        self._db.execute(f"PRAGMA max_page_count = {self._db.execute('PRAGMA page_count').fetchone()[0] + pages}")


def opened(tmp_path, monkeypatch, **more):
    store = JournalStore.create(tmp_path / "j.sqlite", b"session")
    reserve = Reserve(tmp_path / "reserve", 1 << 16)
    keeper = PatientKeeper(store, reserve, **more)
    disk = Disk(store, reserve)
    monkeypatch.setattr("vedette.doors.patient_keeper.TRY_AGAIN_S", -1.0)
    give_up = reserve.give_up
    monkeypatch.setattr(reserve, "give_up", lambda: give_up() and (disk.free(40) or True))
    return store, reserve, keeper, disk


def fill(keeper, count, start=1):
    for number in range(start, start + count):
        keeper.append("scan", number, b"%d" % number + bytes(1000))
        keeper.commit()


def test_what_came_while_the_disk_was_full_is_kept_when_there_is_room(tmp_path, monkeypatch, capsys):
    store, reserve, keeper, disk = opened(tmp_path, monkeypatch)
    monkeypatch.setattr(reserve, "hold", lambda: reserve.is_held)
    fill(keeper, 5)
    assert keeper.recording.is_on and keeper.commit() == 5
    disk.free(2)
    fill(keeper, 40, 6)
    kept = keeper.commit()
    assert not keeper.recording.is_on and 5 <= kept < 20 and store.entry_count == kept
    assert keeper.appended_count == 45  # what is held counts as appended, and not as durable
    assert "disk is full" in keeper.recording.text and "NOT RECORDED" in capsys.readouterr().err
    assert keeper.recording.is_reserve_held  # a report alone does not touch it
    disk.free(1000)
    assert keeper.commit() == 45 and keeper.recording.is_on
    store.close()
    with JournalStore.open(tmp_path / "j.sqlite") as again:
        assert [int(e.payload.rstrip(b"\0")) for e in again.read()] == list(range(1, 46))


def test_what_is_said_is_kept_out_of_the_reserve_which_nothing_else_may_use(tmp_path, monkeypatch):
    store, reserve, keeper, disk = opened(tmp_path, monkeypatch)
    fill(keeper, 5)
    disk.free(1)
    hold = reserve.hold
    monkeypatch.setattr(reserve, "hold", lambda: reserve.is_held)  # no room to make it again
    fill(keeper, 20, 6)
    assert not keeper.recording.is_on and keeper.recording.is_reserve_held
    assert keeper.commit(is_urgent=True) == 25  # the warning, and all that it rests on
    assert not keeper.recording.is_on and not keeper.recording.is_reserve_held
    fill(keeper, 3, 26)
    assert keeper.commit() == 25  # there is room left, and it is not for reports
    disk.free(1000)
    monkeypatch.setattr(reserve, "hold", hold)
    assert keeper.commit() == 28 and keeper.recording.is_on and reserve.is_held
    store.close()


def test_more_than_memory_is_lent_for_ends_the_journal_whole(tmp_path, monkeypatch):
    store, reserve, keeper, disk = opened(tmp_path, monkeypatch, held_bytes_max=10_000)
    monkeypatch.setattr(reserve, "hold", lambda: reserve.is_held)
    fill(keeper, 5)
    disk.free(1)
    fill(keeper, 40, 6)
    assert "more came than could be held" in keeper.recording.text
    disk.free(1000)
    fill(keeper, 5, 46)
    assert not keeper.recording.is_on and keeper.appended_count > store.entry_count  # never taken for durable
    store.close()
    with JournalStore.open(tmp_path / "j.sqlite") as again:
        assert again.verify().is_whole and 5 <= again.entry_count < 45


def test_a_server_that_is_away_is_waited_for_and_a_last_try_is_made_at_the_end(tmp_path, monkeypatch):
    store, _, keeper, _ = opened(tmp_path, monkeypatch)
    fill(keeper, 2)
    append = store.append

    def away(*_):
        raise UnreachableError("its server does not answer")

    monkeypatch.setattr(store, "append", away)
    fill(keeper, 3, 3)
    assert not keeper.recording.is_on and not isinstance(keeper.recording.text, JournalFullError)
    monkeypatch.setattr("vedette.doors.patient_keeper.TRY_AGAIN_S", 1e9)
    monkeypatch.setattr(store, "append", append)
    assert keeper.commit() == 2
    assert keeper.commit(is_last=True) == 5
    store.close()
