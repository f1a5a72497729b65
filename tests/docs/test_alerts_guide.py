"""The guide to alerts runs from its first command to its last, as two people and a receiver would."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
from tests.tidy.repository import ROOT

from vedette.doors import accounts
from vedette.doors.cli.main import main, make_app
from vedette.doors.cli.words import shielded

PAGE = (ROOT / "docs" / "guides" / "alerts.md").read_text(encoding="utf-8")
SHELL = [
    line
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("vedette ")
]


def run(line: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main([*shlex.split(line)[1:]])
    return code, capsys.readouterr().out


def test_the_commands_are_understood():
    for line in SHELL:
        _, bound, unused = make_app().parse_args(
            shielded(shlex.split(line)[1:]), exit_on_error=False, print_error=False
        )
        assert bound and not unused


def test_the_guide_runs_from_top_to_bottom(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("VEDETTE_NEW_CREDENTIAL", "correct horse")
    monkeypatch.setenv("VEDETTE_CREDENTIAL", "correct horse")
    monkeypatch.setattr(accounts, "_N", 2**4)
    folder = tmp_path / "data" / "vedette"
    sessions: list[str] = []
    revision = message = ""
    for kind, block in re.findall(r"```(sh|toml|python)\n(.*?)```", PAGE, re.DOTALL):
        if kind == "toml":
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "channels.toml").write_text(block.replace('"told"', f'"{tmp_path / "told"}"'))
            continue
        if kind == "python":
            with contextlib.redirect_stdout(io.StringIO()) as said:
                exec(compile(block, "alerts.md", "exec"), {"__name__": "__guide__"})
            if "Consumer" in block:
                lines = said.getvalue().splitlines()
                assert lines[0] == "Take shelter now." and [line[:8] for line in lines[1:]] == ["refused:"] * 3
            continue
        for line in block.splitlines():
            if line == "vedette rehearse cancel":
                continue  # tests/doors/test_cancel_rehearsal.py
            typed = line.replace("060d8b37", revision[:8]).replace("JOURNAL", str(newest(folder / "journals")))
            for name, file in zip(("FIRST.session", "SECOND.session"), sessions, strict=False):
                typed = typed.replace(name, file)
            if "keys verify" in line:
                message = next(iter(sorted((tmp_path / "told").glob("*.1.json")))).name.removesuffix(".json")
                code, _ = run(typed.replace("MESSAGE", message), capsys)
                assert code == 6  # it is a drill
                code, said_words = run(typed.replace("MESSAGE", message) + " --drill", capsys)
                assert code == 0 and "mode EXERCISE" in said_words
                continue
            code, out = run(typed, capsys)
            assert code == 0, f"{typed}: {out}"
            if "accounts login" in line:
                sessions.append(out.strip())
            if line == "vedette alert list":
                revision = re.search(r"revision (\w{12})", out).group(1)
    assert len(sessions) == 2 and revision and message
    told = sorted(path.name for path in (tmp_path / "told").glob("*.json"))
    assert [name.rsplit(".", 2)[1] for name in told] == ["1", "2"]


def newest(journals: Path) -> Path:
    return max(journals.glob("*.sqlite"), default=journals / "none.sqlite")
