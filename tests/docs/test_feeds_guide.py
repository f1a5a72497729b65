"""The guide to feeds runs, and says what its code prints."""

import re

import pytest
from tests.tidy.repository import ROOT

GUIDE = ROOT / "docs" / "guides" / "feeds.md"


def test_every_example_runs_and_prints_what_the_guide_shows(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 5
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(GUIDE), "exec"), names)
        shown = re.findall(r"^print\(.*\)\n# (.*)$", block, re.MULTILINE)
        printed = capsys.readouterr().out.splitlines()
        assert len(printed) == len(shown)
        for line, promise in zip(printed, shown, strict=True):
            start = promise.removesuffix("...")
            assert line.startswith(start) and (line == promise or promise.endswith("..."))


def test_the_commands_of_the_guide_exist():
    from vedette.doors.cli.commands import COMMANDS

    typed = set(re.findall(r"^\$ vedette (\w+)", GUIDE.read_text(encoding="utf-8"), re.MULTILINE))
    assert typed and typed <= {command.name for command in COMMANDS}


@pytest.mark.parametrize("name", ["scan-file.md", "exit-codes.md", "scan.schema.json"])
def test_the_pages_it_leans_on_are_there(name):
    assert (ROOT / "docs" / "reference" / name).is_file()
