"""On a disk of its own, small and soon full: what a store and a journal do. Run in a mount namespace, by root."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.doors.node.stores import received, to_post

from vedette.doors.journal_store import JournalStore
from vedette.doors.node.reserve import Reserve
from vedette.doors.node.sqlite_store import open_sqlite_store
from vedette.doors.node.store import NotRecordedError
from vedette.doors.patient_keeper import PatientKeeper

MB = 1 << 20


def main() -> None:
    place = Path(sys.argv[1])
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], check=True)
    told: dict[str, object] = {}
    store = open_sqlite_store(place / "node.sqlite", reserve_bytes=2 * MB)
    store.write(lambda w: w.post([to_post(1)]))
    journal = JournalStore.create(place / "j.sqlite", b"session")
    keeper = PatientKeeper(journal, Reserve(place / "reserve", 2 * MB))
    keeper.append("scan", 1, b"before")
    keeper.commit()
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:  # somebody else fills the disk
        while True:
            try:
                file.write(bytes(65536))
            except OSError:
                break
    refused = 0
    for sequence in range(100):
        try:
            store.write(lambda w, s=sequence: w.receive(received(s, message=bytes(20_000))))
        except NotRecordedError:
            refused += 1
    told["refused"], told["waiting"] = refused, len(store.waiting())
    told["off"], told["reserve_held"] = not store.recording.is_on, store.recording.is_reserve_held
    store.write(lambda w: w.post([to_post(2, message=bytes(20_000))]), is_urgent=True)
    told["warning_kept"] = [kept.sequence for kept in store.pending("south")]
    told["reserve_after_warning"] = store.recording.is_reserve_held
    for number in range(2, 400):
        keeper.append("scan", number, bytes(20_000))
        keeper.commit()
    told["journal_off"], told["journal_kept"] = not keeper.recording.is_on, journal.entry_count
    os.remove(ballast)
    told["after_room"] = store.write(lambda w: w.receive(received(200))) is not None
    told["on_again"], told["reserve_again"] = store.recording.is_on, store.recording.is_reserve_held
    told["journal_after_room"] = keeper.commit(is_last=True)
    told["journal_on_again"] = keeper.recording.is_on
    told["journal_whole"] = journal.verify().is_whole
    store.close()
    journal.close()
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
