"""The guide to a node's store: its commands are known, its code prints what it says."""

import contextlib
import io
import re
import shlex

from tests.tidy.repository import ROOT

from vedette.doors.cli import main
from vedette.doors.node.folder import read_node
from vedette.doors.node.opening_store import open_store
from vedette.doors.node.reserve import RESERVE_BYTES
from vedette.doors.patient_keeper import HELD_BYTES_MAX

PAGE = (ROOT / "docs" / "guides" / "node-store.md").read_text(encoding="utf-8")


def test_the_code_prints_what_the_page_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "north").mkdir()
    open_store(tmp_path / "north" / "node.sqlite").close()
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    (said,) = re.findall(r"```text\n(.*?)```", PAGE, re.S)
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(compile(code, "node-store.md", "exec"), {})
    assert told.getvalue() == said
    assert (tmp_path / "north" / "node.sqlite.reserve").stat().st_size == RESERVE_BYTES


def test_a_node_is_made_with_the_store_that_the_page_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = next(line for line in PAGE.splitlines() if line.startswith("$ vedette node init"))
    with contextlib.redirect_stdout(io.StringIO()):
        assert main(shlex.split(words)[2:]) == 0
    _, settings = read_node(tmp_path / "north")
    assert settings.store == "postgresql://vedette@db.example/warning?schema=north"


def test_every_command_is_one(capsys):
    for line in PAGE.splitlines():
        if line.startswith("$ vedette"):
            words = shlex.split(line)[2:]
            command = words[: 2 if words[0] == "node" else 1]
            assert main([*command, "--help"]) == 0
            shown = capsys.readouterr().out
            for option in (word for word in words if word.startswith("--")):
                assert option in shown, (command, option)


def test_the_figures_are_those_of_the_code():
    assert RESERVE_BYTES == 16 << 20 and "reserve** of 16 MB" in PAGE
    assert HELD_BYTES_MAX == 256 << 20 and "up to 256 MB" in PAGE
