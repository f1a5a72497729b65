"""A process is killed in the middle of writing: the journal opens, and holds everything that was acknowledged."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vedette.doors.journal_store import JournalStore

ENV = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
WRITER = """
import sys
from vedette.doors.journal_store import JournalStore
store = JournalStore.create(sys.argv[1], b"session")
seq = 0
while True:
    for _ in range(7):
        seq = store.append("scan", seq, (seq + 1).to_bytes(4, "big") * 500)
    print(store.commit(), flush=True)  # acknowledged: durable before it is said
"""


def payload(seq: int) -> bytes:
    return seq.to_bytes(4, "big") * 500


@pytest.mark.parametrize("after_acknowledged", [1, 40, 163])
def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path, after_acknowledged):
    path = tmp_path / "a.sqlite"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, env=ENV)
    try:
        acknowledged = 0
        for _ in range(after_acknowledged):
            acknowledged = int(writer.stdout.readline())
    finally:
        os.kill(writer.pid, signal.SIGKILL)  # our own child, by its number
    rest = writer.stdout.read().split()
    writer.stdout.close()
    assert writer.wait() == -signal.SIGKILL
    acknowledged = int(rest[-1]) if rest else acknowledged
    with JournalStore.open(path) as store:
        assert store.verify().is_whole
        read = [entry.payload for entry in store.read()]
    assert len(read) >= acknowledged > 0
    assert len(read) % 7 == 0  # a batch is there whole or not at all
    assert read == [payload(seq) for seq in range(1, len(read) + 1)]
    with JournalStore.resume(path) as store:  # and it goes on
        assert store.append("scan", 0, b"after") == len(read) + 1


def left_behind(folder: Path) -> Path:
    """A journal and its log as a killed writer leaves them: nothing checkpointed, nothing closed."""
    path = folder / "live" / "a.sqlite"
    path.parent.mkdir()
    store = JournalStore.create(path, b"session")
    for seq in range(1, 21):
        store.append("scan", seq, payload(seq))
        store.commit()
    shutil.copytree(path.parent, folder / "left")
    store.close()
    return folder / "left" / "a.sqlite"


@pytest.mark.parametrize("cut_bytes", [1, 5000, 20_000])
def test_a_torn_tail_costs_only_the_tail(tmp_path, cut_bytes):
    path = left_behind(tmp_path)
    log = path.with_name("a.sqlite-wal")
    log.write_bytes(log.read_bytes()[:-cut_bytes])
    (path.with_name("a.sqlite-shm")).unlink(missing_ok=True)
    with JournalStore.open(path) as store:
        read = [entry.payload for entry in store.read()]
        assert store.verify().is_whole
    assert 0 < len(read) < 20
    assert read == [payload(seq) for seq in range(1, len(read) + 1)]


def test_a_garbled_tail_costs_only_the_tail(tmp_path):
    path = left_behind(tmp_path)
    log = path.with_name("a.sqlite-wal")
    raw = bytearray(log.read_bytes())
    raw[-3000:-2900] = bytes(byte ^ 0xFF for byte in raw[-3000:-2900])
    log.write_bytes(bytes(raw))
    path.with_name("a.sqlite-shm").unlink(missing_ok=True)
    with JournalStore.open(path) as store:
        read = [entry.payload for entry in store.read()]
    assert read == [payload(seq) for seq in range(1, len(read) + 1)] and 0 < len(read) < 20


def test_readers_beside_a_writer_see_only_whole_batches(tmp_path):
    path = tmp_path / "a.sqlite"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, env=ENV)
    try:
        writer.stdout.readline()
        sizes = []
        for _ in range(15):
            with JournalStore.open(path) as store:
                read = [entry.payload for entry in store.read()]
                assert store.verify().is_whole
            assert len(read) % 7 == 0 and read == [payload(seq) for seq in range(1, len(read) + 1)]
            sizes.append(len(read))
            time.sleep(0.01)
        assert sizes == sorted(sizes) and sizes[-1] >= 7
    finally:
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
