"""The guide to registration runs as printed, and its reference file is one."""

import re

from tests.tidy.repository import ROOT

from vedette.tracking.registration.files import parse_references

GUIDE = (ROOT / "docs" / "guides" / "registration.md").read_text(encoding="utf-8")


def test_the_example_runs(capsys):
    (block,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    exec(compile(block, "registration.md", "exec"), {"__name__": "__guide__"})
    assert capsys.readouterr().out.startswith("range ")


def test_the_reference_file_of_the_guide_is_one():
    (block,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    assert parse_references(block).names() == ("lageos-1",)
