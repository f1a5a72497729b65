"""The guides to scenarios and sensors: every Python block runs as printed, every TOML block is read."""

import contextlib
import io
import re

import pytest
from tests.tidy.repository import ROOT


@pytest.mark.parametrize("name", ["scenarios", "sensors", "interference"])
def test_the_guide_runs_from_top_to_bottom(name, tmp_path, monkeypatch):
    page = (ROOT / "docs" / "guides" / f"{name}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert blocks
    monkeypatch.chdir(tmp_path)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile("\n".join(blocks), f"{name}.md", "exec"), {"__name__": "__guide__"})
    assert said.getvalue().strip()
