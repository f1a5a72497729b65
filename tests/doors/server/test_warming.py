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
    assert told == [0]


def test_who_comes_while_another_prepares_waits_and_tells_how_far_that_is(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(warming, "WAIT_S", 0.0)
    made = []
    monkeypatch.setattr(warming, "_warm_in_two", lambda tell, is_wanted: made.append("here"))
    told = []

    def hear(done, of):
        told.append((done, of))
        if len(told) == 3:  # the other has finished
            monkeypatch.setattr(warming, "is_cold", lambda: False)

    with warming._turn() as is_ours:
        assert is_ours
        (tmp_path / "preparing").write_text("7 52")
        warming.prepare(hear)
    assert told == [(7, 52)] * 3 and made == []


def test_who_waits_goes_on_itself_when_the_other_dies(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    made = []
    monkeypatch.setattr(warming, "_warm_in_two", lambda tell, is_wanted: made.append("here"))
    with warming._turn() as is_ours:
        assert is_ours
    warming.prepare(lambda done, of: None)
    assert made == ["here"]
