"""The guide to reports and exports: its commands are understood, its Python runs on a watched drill."""

import contextlib
import io
import re
import shlex

import pytest
from tests.doors.after_action.journals import drill
from tests.tidy.repository import ROOT

from vedette.doors.cli.main import make_app
from vedette.doors.cli.words import shielded

PAGE = (ROOT / "docs" / "guides" / "report-and-export.md").read_text(encoding="utf-8")


def test_the_commands_are_understood():
    lines = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    commands = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("vedette ")]
    assert len(commands) == 8
    for words in commands:
        _, bound, unused = make_app().parse_args(shielded(words), exit_on_error=False, print_error=False)
        assert bound and not unused


def test_the_python_runs(tmp_path, monkeypatch):
    (tmp_path / "night").mkdir()
    drill(tmp_path / "night")
    monkeypatch.chdir(tmp_path)
    said = io.StringIO()
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    with contextlib.redirect_stdout(said):
        exec(compile(block, "report-and-export.md", "exec"), {"__name__": "__guide__"})
    assert "1 message was released and 1 cancelled" in said.getvalue()
    begins = {"report.html": "<!DOCTYPE html>", "night.geojson": "{", "tracks.csv": "mode,object_id"}
    for name, beginning in begins.items():
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(beginning)


@pytest.mark.parametrize("name", re.findall(r"\.\./pictures/([\w-]+\.svg)", PAGE))
def test_the_pictures_stand_alone(name):
    text = (ROOT / "docs" / "pictures" / name).read_text(encoding="utf-8")
    assert text.startswith("<svg ") and "<style>" in text and "<script" not in text
