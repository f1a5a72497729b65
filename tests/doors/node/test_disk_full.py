"""A disk that is full: nothing is acknowledged, people see it, and all of it comes once there is room again."""

import contextlib
import os
import subprocess
import time
from pathlib import Path

import pytest
from tests.doors.node.ends import End, grant_everything, wait_for
from tests.doors.node.nodes import broker_program, make_partners, node

from vedette.doors.node.link_status import status_of
from vedette.doors.node.showing import status_document, status_text


@pytest.fixture
def small_disk(tmp_path):
    place = tmp_path / "small"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("a small disk is mounted by root alone")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(place)], capture_output=True)
    if made.returncode != 0:
        pytest.skip(f"no tmpfs can be mounted here: {made.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


def _fill(place: Path, number: int = 0) -> None:
    """Every byte that is left, reserves that are freed meanwhile included."""
    with contextlib.suppress(OSError), open(place / f"filler-{number}", "ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * size)


def test_nothing_is_acknowledged_while_the_disk_is_full(tmp_path, small_disk):
    broker_program()
    north, south = node(tmp_path, "NORTH"), node(small_disk, "SOUTH")
    make_partners(north, south)
    for one in (south, north):
        grant_everything(one)
        one.start_broker()
    try:
        with End(north) as here, End(south) as there:
            here.warn(1)
            wait_for(lambda: there.warnings == [1], "the first")

            def is_full() -> bool:
                _fill(small_disk)
                here.warn(len(here.offered) + 1)
                if len(there.warnings) > quiet[0]:
                    quiet[:] = [len(there.warnings), time.monotonic()]
                return not there.store.recording.is_on and time.monotonic() - quiet[1] > 3.0

            quiet = [0.0, time.monotonic()]
            wait_for(is_full, "a disk so full that even the reserve is used", 60.0)
            assert not there.store.recording.is_reserve_held  # warnings had it
            heard = len(there.warnings)
            told = len(here.offered)
            here.warn(told + 1, told + 2)
            wait_for(lambda: here.gateway.links["SOUTH-A"].broker.waiting.get("warn", 0) >= 2, "unanswered warnings")
            assert len(there.warnings) == heard  # nothing is handed to the watch that is not kept
            assert status_of(there.gateway)["recording"] is False
            document = {**status_document(south.folder, south.settings, south.peers), "recording": False}
            assert "NOT RECORDED" in status_text(document)
            for filler in small_disk.glob("filler-*"):
                filler.unlink()
            wait_for(lambda: len(there.warnings) >= len(here.offered), "everything, once there is room", 60.0)
            assert there.warnings == here.offered
            wait_for(lambda: there.store.recording.is_on, "recording again")
    finally:
        for one in (south, north):
            one.stop_broker()
