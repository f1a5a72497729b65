"""The guide to handing over: its commands are understood, its Python says what it says."""

import re
import shlex

from tests.tidy.repository import ROOT

from vedette.doors.cli.main import make_app
from vedette.doors.cli.words import shielded
from vedette.doors.node.service_status import services_lines

PAGE = (ROOT / "docs" / "guides" / "handing-over.md").read_text(encoding="utf-8")


def test_the_commands_are_understood():
    lines = [line for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    commands = [shlex.split(line, comments=True)[2:] for line in lines if line.startswith("$ vedette ")]
    assert len(commands) == 14
    for words in commands:
        _, bound, unused = make_app().parse_args(shielded(words), exit_on_error=False, print_error=False)
        assert bound and not unused


def test_what_the_status_says_of_services_is_what_it_says():
    member = {"votes": 1, "is_member": True, "trouble": ""}
    told = {
        "service": "AIR", "has_lease": True, "track_count": 1, "trouble": "",
        "members": [
            {**member, "name": "AIR", "state": "here", "reports": 7, "heard_age_s": None},
            {**member, "name": "SPACE", "state": "up", "reports": 4, "heard_age_s": 0.3},
            {**member, "name": "NAVY", "state": "up", "reports": 2, "heard_age_s": 0.2},
        ],
        "conflicts": [
            {"number": "NORTH-000042", "text": "NORTH-000042: AIR says ballistic; SPACE says satellite"}
        ],
        "tracks": [{"number": "NORTH-000042", "by": "AIR", "name": "O3"}],
    }  # fmt: skip
    assert "\n".join(services_lines(told)) in PAGE
