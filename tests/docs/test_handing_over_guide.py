"""The guide to handing over: its commands are understood, its Python says what it says."""

import re
import shlex

from tests.tidy.repository import ROOT

from vedette.doors.cli.main import make_app
from vedette.doors.cli.words import shielded

PAGE = (ROOT / "docs" / "guides" / "handing-over.md").read_text(encoding="utf-8")


def test_the_commands_are_understood():
    lines = [line for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    commands = [shlex.split(line, comments=True)[2:] for line in lines if line.startswith("$ vedette ")]
    assert len(commands) == 4
    for words in commands:
        _, bound, unused = make_app().parse_args(shielded(words), exit_on_error=False, print_error=False)
        assert bound and not unused


def test_the_python_gives_the_number_that_it_says():
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(block, "handing-over.md", "exec"), names)
    assert names["number"] == "NORTH-000001"
