"""From the words that were typed to an exit code. Every trouble becomes one sentence on stderr; `-v` adds where."""

import difflib
import importlib
import inspect
import sys
import traceback
from collections.abc import Sequence
from typing import Literal, get_args, get_origin

from cyclopts import App, CycloptsError, MissingArgumentError, Parameter

from vedette import __version__
from vedette.core.errors import UsageError, VedetteError
from vedette.doors.cli.commands import COMMANDS, Command
from vedette.doors.cli.exit_codes import ExitCode, format_exit_codes
from vedette.doors.cli.words import shielded, unshielded
from vedette.doors.closed_pipe import until_read_enough

VERBOSE_FLAGS = frozenset({"-v", "--verbose"})

HELP = "Vedette watches for launches, tracks and names what it sees, and says how sure it is. It can never engage."
EPILOGUE = f"""-v, --verbose anywhere shows where a failure came from. NO_COLOR=1 turns colour off.

Exit codes:

{format_exit_codes()}
"""


def make_app(*asked_for: str) -> App:
    """The command line with every command registered by name and none imported; the one asked for tells all it can."""
    app = App(
        name="vedette",
        version=__version__,
        help=HELP,
        help_epilogue=EPILOGUE,
        help_format="plaintext",
        default_parameter=Parameter(negative=(), show_default=_shown_default),  # `--json` has no `--no-json`
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    _add(app, COMMANDS, list(asked_for))
    return app


def _add(app: App, commands: Sequence[Command], asked_for: list[str]) -> None:
    for command in commands:
        is_asked_for = asked_for[:1] == [command.name]
        if command.actions:
            family = App(name=command.name, help=command.help, help_epilogue="")
            _add(family, command.actions, asked_for[1:] if is_asked_for else [])
            app.command(family)
        else:
            told = _told(command) if is_asked_for else command.help
            app.command(command.function, name=command.name, help=told, help_epilogue="")


def _told(command: Command) -> str:
    """All that a command's docstring says before its parameters, a line a paragraph so that it can be folded."""
    module, name = command.function.split(":")
    function = getattr(importlib.import_module(module), name)
    words = inspect.getdoc(function) or command.help
    for documented in (function, *{type(one.default) for one in inspect.signature(function).parameters.values()}):
        if "Parameters\n" in (documented.__doc__ or ""):
            documented.__doc__ = folded_parameters(inspect.getdoc(documented) or "")
    paragraphs = words.split("\n\nParameters\n")[0].split("\n\n")
    return "\n\n".join(_on_lines(paragraph) for paragraph in paragraphs)


def _on_lines(paragraph: str) -> str:
    """A paragraph on one line; commands to type, each on its own."""
    lines = paragraph.splitlines()
    if all(line.startswith("vedette ") for line in lines):
        return "\n".join(f"  {line}" for line in lines)
    return " ".join(paragraph.split())


def folded_parameters(words: str) -> str:
    """A docstring whose parameters are told on a line each, so that they are folded where the screen ends."""
    before, mark, after = words.partition("\nParameters\n")
    lines: list[str] = []
    for line in after.splitlines():
        if line.startswith("    ") and lines and lines[-1].startswith("    "):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    return before + mark + "\n".join(lines)


def _shown_default(value: object) -> str | None:
    """What is so unless it is said; nothing of what is simply absent."""
    if value is None or value is False or value in ("", ()):
        return None
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; the table is in `vedette --help`."""
    words = list(sys.argv[1:] if argv is None else argv)
    is_verbose = bool(VERBOSE_FLAGS.intersection(words))
    words = [word for word in words if word not in VERBOSE_FLAGS]
    try:
        return until_read_enough(lambda: _run(words))
    except KeyboardInterrupt:
        _say("interrupted")
        return ExitCode.INTERRUPTED
    except Exception as trouble:
        if is_verbose:
            traceback.print_exc()
        _say(_sentence(trouble))
        return _code(trouble)


def _run(words: list[str]) -> int:
    _check_names(words)
    command, bound, _ = make_app(*words[:3]).parse_args(
        shielded(words), exit_on_error=False, print_error=False
    )
    outcome = command(*map(unshielded, bound.args), **{name: unshielded(value) for name, value in bound.kwargs.items()})
    return int(outcome) if isinstance(outcome, int) else ExitCode.OK


def _check_names(words: list[str]) -> None:
    # cyclopts would import every command to make its suggestion
    commands, family = COMMANDS, "command"
    for word in words:
        if word.startswith("-") or not commands:
            return
        names = [command.name for command in commands]
        if word not in names:
            near = difflib.get_close_matches(word, names, n=1)
            cure = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}"
            raise UsageError(f"there is no {family} {word!r}; {cure}")
        commands, family = commands[names.index(word)].actions, f"{word} action"


def _code(trouble: Exception) -> int:
    match trouble:
        case VedetteError():
            return trouble.exit_code
        case CycloptsError():
            return ExitCode.USAGE
        case FileNotFoundError():
            return ExitCode.NOT_FOUND
        case PermissionError():
            return ExitCode.REFUSED
        case ConnectionError() | TimeoutError():
            return ExitCode.UNREACHABLE
    return ExitCode.INTERNAL


def _sentence(trouble: Exception) -> str:
    match trouble:
        case VedetteError():
            return str(trouble)
        case CycloptsError():
            command = " ".join(["vedette", *(trouble.command_chain or ())])
            missing = _missing(trouble, command) if isinstance(trouble, MissingArgumentError) else ""
            return f"{missing or ' '.join(str(trouble).split())} `{command} --help` lists what there is."
        case OSError(filename=str(name), strerror=str(reason)):
            return f"{name}: {reason}"
    said = " ".join(str(trouble).split())
    kind = type(trouble).__name__
    return f"our own mistake, {kind}{': ' if said else ''}{said}; run it again with -v and report what it shows"


def _missing(trouble: MissingArgumentError, command: str) -> str:
    """What a command was not given, and what it could be; "" where cyclopts knows better."""
    argument = trouble.argument
    if argument is None or trouble.tokens_so_far:
        return ""
    given = trouble.keyword or next((token.keyword for token in reversed(argument.tokens) if token.keyword), None)
    choices = get_args(argument.hint) if get_origin(argument.hint) is Literal else ()
    one_of = f": {', '.join(map(str, choices[:-1]))} or {choices[-1]}" if len(choices) > 1 else ""
    if given is not None:
        return f"{given} of `{command}` needs a value{one_of}."
    name = argument.name.lstrip("-").upper() if argument.index is not None else argument.name
    return f"`{command}` needs {name}{one_of}."


def _say(sentence: str) -> None:
    try:
        sys.stderr.write(f"vedette: {sentence}\n")
        sys.stderr.flush()
    except OSError:
        pass  # stderr itself is gone; the exit code still speaks
