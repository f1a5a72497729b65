"""The command line: `vedette COMMAND ...`. Data goes to stdout, words to stderr, and the exit code means something.

One file per command. `commands.py` lists them; none is imported before it is asked for, so that `vedette --help`
answers at once and needs neither NumPy nor numba.
"""

from vedette.doors.cli.main import main

__all__ = ["main"]
