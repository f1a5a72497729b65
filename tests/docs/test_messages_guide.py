"""The guide to messages runs, and says what its code prints; its channels can be read."""

import re

from tests.tidy.repository import ROOT

from vedette.doors.channels import parse_channels
from vedette.doors.cli.commands import COMMANDS

TEXT = (ROOT / "docs" / "guides" / "messages.md").read_text(encoding="utf-8")


def test_the_example_prints_what_the_guide_shows(capsys):
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(block, "messages.md", "exec"), {})
    shown = re.findall(r"^print\(.*\)\n# (.*)$", block, re.MULTILINE)
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(shown) == 5
    for line, promise in zip(printed, shown, strict=True):
        assert line.startswith(promise.removesuffix("...")) and (line == promise or promise.endswith("..."))


def test_its_channels_are_channels():
    (toml,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert [one.kind for one in parse_channels(toml)] == ["webhook", "smtp", "file", "command"]


def test_its_commands_exist():
    typed = set(re.findall(r"^\$ vedette (\w+)", TEXT, re.MULTILINE))
    assert typed <= {command.name for command in COMMANDS} and {"shelter", "channels"} <= typed
