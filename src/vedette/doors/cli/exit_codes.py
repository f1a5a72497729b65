"""What the command line returns: shown by `vedette --help`, used by `main`, promised in CONVENTIONS.md."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the exit code of `vedette` means."""

    OK = 0
    FAILURES = 1
    USAGE = 2
    BAD_INPUT = 3
    NOT_FOUND = 4
    UNREACHABLE = 5
    REFUSED = 6
    INTERNAL = 70
    INTERRUPTED = 130


MEANINGS: dict[ExitCode, str] = {
    ExitCode.OK: "all went well",
    ExitCode.FAILURES: "ran, and found failures",
    ExitCode.USAGE: "the command was not understood",
    ExitCode.BAD_INPUT: "bad input data",
    ExitCode.NOT_FOUND: "no such file, scenario, sensor or object",
    ExitCode.UNREACHABLE: "a service or peer cannot be reached",
    ExitCode.REFUSED: "a signature or a permission was refused",
    ExitCode.INTERNAL: "our own mistake; -v shows where",
    ExitCode.INTERRUPTED: "interrupted",
}


def format_exit_codes() -> str:
    """The table as lines of text."""
    return "\n".join(f"{code:>5}  {meaning}" for code, meaning in MEANINGS.items())
