"""Every link inside the repository leads somewhere."""

import re
from pathlib import Path

import pytest
from tests.tidy.repository import ROOT, files, name_of

LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """The places in a page that GitHub and its like let one link to."""
    headings = re.findall(r"^#+\s+(.*?)\s*#*$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    broken = []
    for target in LINK.findall(re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue  # elsewhere: looked at by people, not by tests, which use no network
        path, _, anchor = target.partition("#")
        goal = (page.parent / path).resolve() if path else page
        is_inside = goal.is_relative_to(ROOT)
        if not is_inside or not goal.exists() or (anchor and anchor not in anchors(goal.read_text(encoding="utf-8"))):
            broken.append(target)
    return broken


@pytest.mark.parametrize("page", files(".md"), ids=name_of)
def test_links_are_alive(page):
    assert broken_links(page) == []


def test_a_dead_link_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.tidy.test_links.ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("# A page\n[here](#a-page) [there](gone.md) [nowhere](#gone) ```[no](code.md)```\n")
    assert broken_links(page) == ["gone.md", "#gone"]


def test_every_decision_is_listed_and_has_a_number_of_its_own():
    folder = ROOT / "docs" / "decisions"
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert [name for name in records if f"({name})" not in listed] == []
    numbers = [name[:4] for name in records]
    assert len(numbers) == len(set(numbers))
