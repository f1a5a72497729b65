"""Kernels are made before play, once: what is missing is seen, and a stopped worker does not go on compiling."""

import os

from vedette.doors.server import warming


def test_an_empty_cache_is_cold_and_a_full_one_is_not(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert warming.is_cold()
    for name in warming._KERNELS:
        folder = tmp_path / name.rpartition("/")[0]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name.rpartition('/')[2].removesuffix('.py')}.one-12.py311.nbi").touch()
    assert not warming.is_cold()
    newest = tmp_path / "motion" / "boost.one-12.py311.nbi"
    os.utime(newest, (0, 0))  # older than its file
    assert warming.is_cold()


def test_every_file_named_has_kernels_of_its_own():
    package = warming.Path(warming.__file__).resolve().parents[2]
    for name in warming._KERNELS:
        assert "njit" in (package / name).read_text(encoding="utf-8"), name


def test_a_worker_that_is_stopped_does_not_go_on_warming():
    told = []
    warming.warm(lambda done, of: told.append(done), lambda: False)
    assert told == []
