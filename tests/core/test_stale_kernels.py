"""What was compiled from changed source is thrown away, and nothing else."""

import os
import subprocess
import sys

import pytest

from vedette.core.stale_kernels import drop_stale_kernels

FILES = {
    "__init__.py": "",
    "core/__init__.py": "",
    "core/constants.py": "MU = 4.0\n",
    "core/errors.py": "class Trouble(Exception): ...\n",
    "motion/__init__.py": "",
    "motion/pull.py": "from vedette.core.constants import MU\nfrom vedette.core.errors import Trouble\nnjit\n",
    "motion/fly.py": "from vedette.motion.pull import (\n    pull_kernel,\n)\nnjit\n",
    "motion/alone.py": "from vedette.core.errors import Trouble\nnjit\n",
}


@pytest.fixture
def package(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    for name in ("pull", "fly", "alone"):
        cache = tmp_path / "motion" / "__pycache__"
        cache.mkdir(exist_ok=True)
        (cache / f"{name}.kernel-1.py311.nbi").touch()
        (cache / f"{name}.kernel-1.py311.1.nbc").touch()
    return tmp_path


def left(package):
    return sorted(path.name.split(".")[0] for path in (package / "motion" / "__pycache__").glob("*.nbi"))


def change(path):
    path.write_text(path.read_text() + "# another\n")


def test_a_package_never_looked_at_keeps_nothing(package):
    assert drop_stale_kernels(package) == ["motion/alone.py", "motion/fly.py", "motion/pull.py"]
    assert left(package) == []


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ("motion/pull.py", ["alone", "pull"]),  # its own is numba's business
        ("core/constants.py", ["alone"]),
        ("core/errors.py", ["alone", "fly", "pull"]),
        ("motion/fly.py", ["alone", "fly", "pull"]),
    ],
)
def test_only_what_depends_on_the_change_goes(package, changed, kept):
    drop_stale_kernels(package)
    for name in ("pull", "fly", "alone"):
        (package / "motion" / "__pycache__" / f"{name}.kernel-1.py311.nbi").touch()
    change(package / changed)
    drop_stale_kernels(package)
    assert left(package) == kept
    assert drop_stale_kernels(package) == []


def test_a_folder_that_cannot_be_written_is_left_alone(package):
    if os.geteuid() == 0:
        (package / "__pycache__").write_text("in the way")  # a file where the folder should be
    else:
        package.chmod(0o500)
    assert drop_stale_kernels(package) == []
    package.chmod(0o700)


def test_a_kernel_follows_a_change_in_another_file(tmp_path):
    """The fault itself: numba alone goes on with the old inner kernel."""
    package = tmp_path / "vedette"
    package.mkdir()
    (package / "__init__.py").write_text("")
    inner = "from numba import njit\n@njit(cache=True)\ndef inner_kernel(x):\n    return {} * x\n"
    (package / "inner.py").write_text(inner.format(2.0))
    (package / "outer.py").write_text(
        "from numba import njit\nfrom vedette.inner import inner_kernel\n"
        "@njit(cache=True)\ndef outer_kernel(x):\n    return inner_kernel(x) + 1.0\n"
    )
    run = [sys.executable, "-c", "from vedette.outer import outer_kernel; print(outer_kernel(1.0))"]
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}

    def answer():
        return subprocess.run(run, env=env, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip()

    drop_stale_kernels(package)
    assert answer() == "3.0"
    (package / "inner.py").write_text(inner.format("5.00"))  # of another size: Python itself compares whole seconds
    assert answer() == "3.0", "numba has learnt to see this: the floor's hook can go"
    drop_stale_kernels(package)
    assert answer() == "6.0"
