"""A watch that cannot even begin is not served: the sentence, and its exit code."""

import subprocess
import sys
from pathlib import Path

from tests.doors.node.services_over_brokers import ENV


def test_a_feed_that_is_not_there_ends_the_server(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "vedette", "serve", str(tmp_path / "none.jsonl"), "--mode", "TEST", "--port", "0"]
    words += ["--data-dir", str(tmp_path)]
    done = subprocess.run(words, env=ENV, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 4, done.stderr
    assert "the watch cannot go on: no feed at" in done.stderr
    assert "Fatal" not in done.stderr and "Traceback" not in done.stderr
