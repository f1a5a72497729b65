"""Arrays kept beside the code are those that were made, and are made again whenever anything is otherwise."""

import numpy as np
import pytest

from vedette.core import kept_arrays as module
from vedette.core.kept_arrays import kept_arrays


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    source = tmp_path / "code" / "slow.py"
    source.parent.mkdir()
    source.write_text("SPEED = 1\n")
    return source


def ask(home, value, made):
    def make():
        made.append(value)
        return {"a": np.array([[value, np.nan]]), "b": np.asfortranarray(np.arange(6.0).reshape(2, 3))}

    module.sources_digest.cache_clear()  # as in a new process
    return kept_arrays(home, "slow", [home.parent], make)


def test_they_are_made_once_until_a_source_changes(home):
    made = []
    first, again = ask(home, 1.5, made), ask(home, 2.5, made)
    assert made == [1.5]
    for name, value in first.items():
        np.testing.assert_array_equal(again[name], value)
        assert again[name].flags.f_contiguous == value.flags.f_contiguous, "sums go the same way round"
    home.write_text("SPEED = 2\n")
    assert ask(home, 2.5, made)["a"][0, 0] == 2.5 and made == [1.5, 2.5]
    assert len(list(home.parent.glob("__pycache__/slow.*.npz"))) == 1, "what is out of date is removed"


HARMS = [lambda body: body[:-40], lambda body: b"", lambda body: body.replace(b"\x3f", b"\x3e")]


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_file_is_made_anew(home, harm):
    made = []
    ask(home, 1.5, made)
    (path,) = home.parent.glob("__pycache__/slow.*.npz")
    path.write_bytes(harm(path.read_bytes()))
    assert ask(home, 1.5, made)["a"][0, 0] == 1.5 and len(made) == 2
    assert ask(home, 1.5, made)["a"][0, 0] == 1.5 and len(made) == 2


def test_where_nothing_can_be_kept_they_are_made_each_time(home):
    (home.parent / "__pycache__").write_text("not a folder")
    made = []
    assert ask(home, 1.0, made)["a"][0, 0] == 1.0 and ask(home, 2.0, made)["a"][0, 0] == 2.0
