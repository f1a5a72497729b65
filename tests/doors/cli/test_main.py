"""The command line keeps its promises: exit codes, one sentence on stderr, nothing heavy imported for help."""

import os
import subprocess
import sys

import pytest

from vedette.core.errors import (
    BadInputError,
    DidNotConvergeError,
    NotFoundError,
    RefusedError,
    UnreachableError,
    UsageError,
)
from vedette.doors.cli import main
from vedette.doors.cli.commands import COMMANDS
from vedette.doors.cli.exit_codes import MEANINGS, ExitCode

main_module = sys.modules["vedette.doors.cli.main"]

PYTHON = [sys.executable, "-m", "vedette"]


def run_vedette(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    return subprocess.run([*PYTHON, *words], capture_output=True, text=True, timeout=60, env=env, check=False)


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (UsageError("no"), 2),
        (BadInputError("no"), 3),
        (NotFoundError("no"), 4),
        (UnreachableError("no"), 5),
        (RefusedError("no"), 6),
        (DidNotConvergeError("no"), 1),
        (FileNotFoundError(2, "No such file or directory", "feed.jsonl"), 4),
        (PermissionError(13, "Permission denied", "journal.db"), 6),
        (ConnectionRefusedError(), 5),
        (AssertionError("the covariance has lost its symmetry"), 70),
        (ZeroDivisionError(), 70),
        (KeyboardInterrupt(), 130),
    ],
)
def test_each_trouble_becomes_its_exit_code_and_one_sentence(trouble, code, monkeypatch, capsys):
    def fail(words):
        raise trouble

    monkeypatch.setattr(main_module, "_run", fail)
    assert main(["version"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("vedette: ") and said.err.count("\n") == 1


def test_verbose_shows_where_it_happened(monkeypatch, capsys):
    def fail(words):
        assert words == ["version"]
        raise AssertionError("the covariance has lost its symmetry")

    monkeypatch.setattr(main_module, "_run", fail)
    assert main(["version", "-v"]) == ExitCode.INTERNAL
    assert "Traceback" in capsys.readouterr().err


NOT_UNDERSTOOD = [["versoin"], ["catalogue", "wher"], ["version", "--jsn"], ["version", "extra"], ["--nonsense"]]


@pytest.mark.parametrize("words", NOT_UNDERSTOOD)
def test_what_is_not_understood_is_a_usage_error(words, capsys):
    assert main(words) == ExitCode.USAGE
    assert capsys.readouterr().err.count("\n") == 1


def test_a_misspelt_command_is_told_the_nearest(capsys):
    main(["versoin"])
    assert "did you mean 'version'?" in capsys.readouterr().err


def test_help_lists_every_command_and_every_exit_code(capsys):
    assert main(["--help"]) == ExitCode.OK
    shown = capsys.readouterr().out
    for command in COMMANDS:
        assert command.name in shown
    for code, meaning in MEANINGS.items():
        assert f"{code}  {meaning}" in shown


EVERY = [[command.name, *more] for command in COMMANDS for more in [[], *([one.name] for one in command.actions)]]


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_resolves_and_explains_itself(words, capsys):
    assert main([*words, "--help"]) == ExitCode.OK
    assert " ".join(words) in capsys.readouterr().out


def test_help_imports_neither_numpy_nor_numba_nor_any_command():
    probe = (
        "import sys; from vedette.doors.cli import main; main(['--help']);"
        "print('LOADED', sorted(m for m in sys.modules if m.split('.')[0] in {'numpy','numba','scipy','erfa','pymsis'}"
        " or m in {'vedette.doors.cli.doctor','vedette.doors.cli.watch'}))"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, env=env, check=True
    )
    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_a_closed_pipe_is_not_a_failure():
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([*PYTHON, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as process:
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(timeout=60) == ExitCode.OK
    assert said == b""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("accounts", "`vedette accounts` needs ACTION: add, list, close, login or logout."),
        ("replay", "`vedette replay` needs JOURNAL. `vedette replay --help`"),
        ("arc", "`vedette arc` needs --lat."),
        ("watch --speed", "--speed of `vedette watch` needs a value."),
        ("watch --nope", "`vedette watch --help` lists what there is"),
    ],
)
def test_what_is_missing_is_named_with_what_it_could_be(words, sentence, capsys):
    assert main(words.split()) == ExitCode.USAGE
    assert sentence in capsys.readouterr().err


def test_no_color_is_respected():
    assert "\x1b[" not in run_vedette("--help", NO_COLOR="1").stdout


def test_data_goes_to_stdout_and_words_to_stderr():
    done = run_vedette("version", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith('{"version":')


def test_help_is_folded_where_the_screen_ends_and_tells_only_defaults_that_say_something(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["node", "init", "--help"]) == ExitCode.OK
    said = capsys.readouterr().out
    assert "│                       same order: the order decides" in said, "a paragraph, not lines of the source"
    assert "  vedette node init --owner NORTH --name SPACE" in said, "each command on a line of its own"
    assert "[default: 127.0.0.1:4222]" in said
    assert "[default: ()]" not in said and '[default: ""]' not in said and "[default: False]" not in said
