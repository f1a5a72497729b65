"""A reader that has seen enough: `... | head -1` is no failure of the command before it."""

import os
import select
import sys
from collections.abc import Callable
from typing import TextIO


def until_read_enough(work: Callable[[], int]) -> int:
    """Run a command and give its exit code: 0, without a word, when whoever read its output left in the midst of it.

    A pipe that breaks anywhere else (a socket, a process of our own) is a failure as before.
    """
    code = 0
    try:
        code = work()
        sys.stdout.flush()
    except BrokenPipeError:
        if not _forget_unread():
            raise
    except SystemExit as leaving:  # argparse and rich leave so when they have written their help
        if not _flushed_in_vain() and not isinstance(leaving.__context__, BrokenPipeError):
            raise
        _forget_unread()
    return code


def _flushed_in_vain() -> bool:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return True
    return False


def _forget_unread() -> bool:
    """Point every output whose reader is gone at nothing, as Python writes once more when it ends; was there one?"""
    gone = [stream for stream in (sys.stdout, sys.stderr) if _reader_is_gone(stream)]
    for stream in gone:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)
    return bool(gone)


def _reader_is_gone(stream: TextIO) -> bool:
    try:
        number = stream.fileno()
    except (OSError, ValueError):  # closed, or no file at all
        return False
    watch = select.poll()
    watch.register(number, 0)
    return any(what & select.POLLERR for _, what in watch.poll(0))
