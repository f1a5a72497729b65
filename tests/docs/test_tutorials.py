"""Every tutorial runs as a stranger would run it, prints what it found, and leaves a picture."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "tutorials"
TUTORIALS = sorted(path for path in FOLDER.glob("*.py") if not path.name.startswith("_"))
PICTURES = {".png", ".svg"}
SMALLEST_PICTURE_BYTES = 5_000  # an empty pair of axes is smaller


def run_tutorial(path: Path, out: Path) -> subprocess.CompletedProcess[str]:
    source = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    env = {**os.environ, "PYTHONPATH": source, "VEDETTE_OUT": str(out), "MPLBACKEND": "Agg"}
    words = [sys.executable, "-W", "error::UserWarning", str(path)]
    return subprocess.run(words, cwd=out, env=env, capture_output=True, text=True, timeout=800, check=False)


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_the_tutorial_runs_and_ends_in_a_picture(path, tmp_path):
    done = run_tutorial(path, tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip(), "it has nothing to say"
    pictures = [made for made in tmp_path.rglob("*") if made.suffix in PICTURES]
    assert pictures, "it ends in no picture"
    assert min(picture.stat().st_size for picture in pictures) > SMALLEST_PICTURE_BYTES


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_the_tutorial_is_listed(path):
    assert f"({path.name})" in (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("title", ["a_satellite_overhead", "a_radar_that_sees_it", "a_filter"])
def test_the_first_three_are_there(title):
    assert FOLDER / f"{title}.py" in TUTORIALS
