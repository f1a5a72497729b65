"""Files stay small, quiet and movable."""

import ast
import re
import tempfile
from pathlib import Path

import pytest
from tests.tidy.repository import ROOT, SOURCE, files, name_of, syntax

TEXTS = (".py", ".md", ".toml", ".json", ".sh", ".cfg", ".in", ".lock", "")
OLD_CHANCE = re.compile(
    r"np\.random\.(?!Generator|default_rng|SeedSequence|PCG64|Philox|BitGenerator)\w|default_rng\(\)"
    r"|^\s*(import random\b|from random import)"
)
HOMES = [r"/home/\w", r"/root/", r"/Users/\w", r"[A-Z]:\\\\?\w"]
HERE = [re.escape(f"{ROOT.parent}/")] if ROOT.parent not in (Path("/"), Path(tempfile.gettempdir())) else []
MACHINE_PATH = re.compile(rf"(?<![\w.:/~$}}-])({'|'.join(HOMES + HERE)})")  # HERE: wherever this checkout stands


@pytest.mark.parametrize("path", files(".py"), ids=name_of)
def test_no_file_above_600_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 600, "look for the second room"


@pytest.mark.parametrize("path", files(".py", under=SOURCE), ids=name_of)
def test_every_module_opens_with_a_paragraph(path):
    if path.stat().st_size:
        assert ast.get_docstring(syntax(path))


def test_only_doors_print():
    talkers = [
        f"{name_of(path)}:{node.lineno}"
        for path in files(".py", under=SOURCE)
        if path.relative_to(SOURCE).parts[0] != "doors"
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not talkers, "\n".join(talkers)


def test_only_doors_read_the_clock_of_the_wall():
    wall = {("time", "time"), ("time", "time_ns"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today")}
    readers = [
        f"{name_of(path)}:{node.lineno}"
        for path in files(".py", under=SOURCE)
        if path.relative_to(SOURCE).parts[0] != "doors"
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in wall
    ]
    assert not readers, "\n".join(readers)


def test_chance_is_always_handed_in():
    old_habits = [
        f"{name_of(path)}:{number}"
        for path in files(".py", under=SOURCE)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if OLD_CHANCE.search(line)
    ]
    assert not old_habits, "\n".join(old_habits)


def test_nothing_names_a_folder_of_one_machine():
    named = [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in files(*TEXTS)
        if path.name != "test_files.py"
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert not named, "\n".join(named)


def test_every_oracle_says_where_it_comes_from():
    oracles = ROOT / "tests" / "oracles"
    folders = [path for path in oracles.glob("*") if path.is_dir() and path.name != "__pycache__"]
    assert [name_of(folder) for folder in folders if not (folder / "ORIGIN.md").is_file()] == []


def test_every_scenario_is_used_by_a_test():
    tests = "\n".join(path.read_text(encoding="utf-8") for path in files(".py", under=ROOT / "tests"))
    stories = {path.stem if path.is_file() else path.name for path in (ROOT / "scenarios").glob("[!._]*")} - {"README"}
    stories = {story.split(".")[0] for story in stories}
    assert stories, "scenarios/ tells no story"
    assert sorted(story for story in stories if story not in tests) == []
