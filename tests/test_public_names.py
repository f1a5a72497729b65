"""`import vedette` is light, and offers what its first page promises."""

import subprocess
import sys

import pytest

import vedette as vd


@pytest.mark.parametrize(
    "name", ["Radar", "Site", "Infrared", "Geostationary", "Tracker", "Coasting", "BoostCoastEntry"]
)
def test_public_names_are_there(name):
    assert getattr(vd, name).__name__ == name
    assert name in dir(vd)


def test_a_wrong_name_is_answered_with_the_right_ones():
    with pytest.raises(AttributeError, match=r"it offers .*Tracker"):
        vd.Trakcer  # noqa: B018


def test_import_alone_loads_no_numbers():
    """No NumPy, no numba: the command line answers before they could be loaded."""
    code = "import sys, vedette; print(sorted({'numpy', 'numba', 'scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
