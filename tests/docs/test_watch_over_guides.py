"""Guides to cueing, coverage, incidents and what-if: every Python block runs as printed, commands are understood."""

import contextlib
import io
import re
import shlex

import pytest
from tests.tidy.repository import ROOT

from vedette.doors.cli.main import make_app
from vedette.doors.cli.words import shielded


@pytest.mark.parametrize("name", ["cueing", "coverage", "incidents", "whatif"])
def test_the_guide_runs_from_top_to_bottom(name, tmp_path, monkeypatch):
    page = (ROOT / "docs" / "guides" / f"{name}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert blocks
    monkeypatch.chdir(tmp_path)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile("\n".join(blocks), f"{name}.md", "exec"), {"__name__": "__guide__"})
    assert said.getvalue().strip()


@pytest.mark.parametrize("name", ["cueing", "coverage", "whatif"])
def test_the_commands_of_the_guide_are_understood(name):
    page = (ROOT / "docs" / "guides" / f"{name}.md").read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    commands = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("vedette ")]
    assert commands
    for words in commands:
        _, bound, unused = make_app().parse_args(shielded(words), exit_on_error=False, print_error=False)
        assert bound and not unused
