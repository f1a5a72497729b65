"""A disk that is really full (a small tmpfs of its own): nothing half kept, warnings kept, and all well afterwards."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def test_a_full_disk_refuses_reports_keeps_a_warning_and_loses_nothing(tmp_path):
    if shutil.which("unshare") is None or os.geteuid() != 0:
        pytest.skip("a disk of one's own needs root and `unshare` (Debian: util-linux)")
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mount namespaces here: a container without the right to make them")
    place = tmp_path / "disk"
    place.mkdir()
    words = ["unshare", "-m", sys.executable, "-m", "tests.doors.node.full_disk_process", str(place)]
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    if "mount" in done.stderr and "CalledProcessError" in done.stderr:
        pytest.skip("no tmpfs may be mounted here")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["refused"] + told["waiting"] == 100 and told["refused"] > 90
    assert told["off"] and told["reserve_held"]  # a hundred reports did not touch it
    assert told["warning_kept"] == [1, 2] and not told["reserve_after_warning"]
    assert told["after_room"] and told["on_again"] and told["reserve_again"]
    assert told["journal_off"] and told["journal_kept"] < 399
    assert told["journal_after_room"] == 399 and told["journal_on_again"] and told["journal_whole"]
    assert "NOT RECORDED" in done.stderr and "recorded again, nothing is missing" in done.stderr
