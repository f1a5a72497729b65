"""Every line of a guide, and of the front page, that begins with a command of ours is understood as it stands."""

import re
import shlex

import pytest
from tests.tidy.repository import ROOT

from vedette.doors.cli.main import make_app
from vedette.doors.cli.words import shielded

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "guides").glob("*.md"))]
_BLOCK = re.compile(r"```(?:console|sh|bash|text)?\n(.*?)```", re.DOTALL)
_COMMAND = re.compile(r"^(?:\$ )?(?:\./run )?vedette (.+)$", re.MULTILINE)
_ENDS = {"|", ">", ">>", "&&", "&", ";"}


def commands(text: str) -> list[str]:
    """The lines, with those that go on joined; a quotation that goes on over several lines is left out."""
    blocks = (block.replace("\\\n", " ") for block in _BLOCK.findall(text))
    return [line for block in blocks for line in _COMMAND.findall(block) if line.count('"') % 2 == 0]


WITH_COMMANDS = [page for page in PAGES if commands(page.read_text("utf-8"))]


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.stem)
def test_the_commands_of_a_page_are_understood(page):
    for line in commands(page.read_text("utf-8")):
        words = shlex.split(line, comments=True)
        words = words[: next((i for i, word in enumerate(words) if word in _ENDS), len(words))]
        _, bound, unused = make_app().parse_args(shielded(words), exit_on_error=False, print_error=False)
        assert bound is not None and not unused, line
