"""The watch's process is begun before the server: it watches what it is told, and nobody is left over."""

import asyncio
import sys
from pathlib import Path

import pytest

from vedette.doors.server.head_start import HeadStart
from vedette.doors.server.hub import Hub
from vedette.doors.server.pipe import WatchPlan
from vedette.doors.server.worker_link import WorkerLink

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process is begun early there")
PATIENCE_S = 60.0


def test_one_that_is_told_nothing_leaves(tmp_path: Path) -> None:
    begun = HeadStart(WatchPlan(scenario="two-launches", data_dir=str(tmp_path)))
    process = begun._process
    assert process is not None and process.poll() is None
    begun.close()
    assert process.returncode is not None
    begun.close()


def test_a_worker_that_was_begun_early_is_the_one_that_watches(tmp_path: Path) -> None:
    plan = WatchPlan(mode="TEST", data_dir=str(tmp_path), listen=("tcp://127.0.0.1:0",))
    begun = HeadStart(plan)
    process = begun._process
    assert process is not None

    async def story() -> tuple[int, int | None]:
        worker = WorkerLink(plan, Hub(), None, tmp_path / "journals")
        worker.go_on_with(begun)
        assert begun.wait_until_it_watches(PATIENCE_S)  # what it said until then is heard by the link as well
        worker.start()
        await asyncio.wait_for(worker.opened.wait(), PATIENCE_S)
        assert worker.process is not None and worker.restart_count == 0 and worker.journal is not None
        pid = worker.process.pid
        await worker.stop()
        return pid, process.returncode

    assert asyncio.run(story()) == (process.pid, 0)


def test_one_that_died_before_it_was_told_is_replaced(tmp_path: Path) -> None:
    begun = HeadStart(WatchPlan(scenario="two-launches", data_dir=str(tmp_path)))
    process = begun._process
    assert process is not None
    process.kill()
    process.wait()
    worker = WorkerLink(WatchPlan(scenario="two-launches", data_dir=str(tmp_path)), Hub())
    worker.go_on_with(begun)
    assert worker._begun is None
    begun.close()
