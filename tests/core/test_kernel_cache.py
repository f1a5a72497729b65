"""Two processes that compile kernels of one source at once: each finds its own code afterwards."""

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from numba.core.caching import IndexDataCacheFile

from vedette.core import kernel_cache


def two_at_once(folder: Path, save, patience_s: float) -> dict[str, str]:
    """What is loaded for either key after two have kept theirs. As far as they may within a patience, both read the
    index first, then write it, and then the one whose index was written over writes its code last."""
    both = threading.Barrier(2)
    is_indexed, is_done = threading.Event(), threading.Event()

    class Meeting(IndexDataCacheFile):
        what = ""

        def _load_index(self):
            found = super()._load_index()
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(patience_s)
            return found

        def _save_index(self, overloads):
            if self.what == "int":
                is_indexed.wait(patience_s)
            super()._save_index(overloads)
            if self.what == "float":
                is_indexed.set()

        def _save_data(self, name, data):
            if self.what == "float":
                is_done.wait(patience_s)
            super()._save_data(name, data)
            if self.what == "int":
                is_done.set()

    def keep(key: str) -> None:
        one = Meeting(str(folder), "kernel-1.py311", (1.0, 2))
        one.what = key
        save(one, key, f"code for {key}")

    threads = [threading.Thread(target=keep, args=(key,)) for key in ("float", "int")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    reader = IndexDataCacheFile(str(folder), "kernel-1.py311", (1.0, 2))
    return {key: reader.load(key) for key in ("float", "int")}


def test_numba_hands_out_what_was_made_for_other_types(tmp_path: Path) -> None:
    """The fault: when this fails, numba has mended it, and ours may go."""
    assert two_at_once(tmp_path, kernel_cache.numbas_own["save"], 60.0) == {"float": None, "int": "code for float"}


def test_ours_keeps_them_apart(tmp_path: Path) -> None:
    assert two_at_once(tmp_path, kernel_cache.save, 0.2) == {"float": "code for float", "int": "code for int"}


def test_a_reader_never_finds_what_an_older_source_left_under_the_name(tmp_path: Path) -> None:
    old = IndexDataCacheFile(str(tmp_path), "kernel-1.py311", (1.0, 2))
    kernel_cache.save(old, "float", "old code")
    new = IndexDataCacheFile(str(tmp_path), "kernel-1.py311", (9.0, 2))
    seen = []
    write = new._save_index
    new._save_index = lambda overloads: (seen.append(old.load("float")), write(overloads))[1]
    kernel_cache.save(new, "float", "new code")
    assert seen == ["old code"], "until the index says otherwise"
    assert new.load("float") == "new code" and old.load("float") is None
    kernel_cache.save(new, "float", "made again")
    assert new.load("float") == "made again" and len(list(tmp_path.glob("*.nbc"))) == 2


@pytest.mark.parametrize("first", ["import vedette.core", "import numba"])
def test_it_is_in_place_whoever_comes_first_and_numba_is_not_imported_for_it(first: str) -> None:
    words = (
        f"import sys\n{first}\nimport vedette.core\n"
        f"assert {first == 'import numba'} or 'numba' not in sys.modules\n"
        "import numba.core.caching as c\nassert c.IndexDataCacheFile.save.__module__ == 'vedette.core.kernel_cache'\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", words], check=True, env=env)
