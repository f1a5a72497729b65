"""Who is at the keyboard: the session's file and the credential, from a file, the environment or a prompt.

A credential is never an argument of a command: arguments are seen by everybody on the machine.
"""

import getpass
import os
import socket
import sys
from pathlib import Path

from vedette.assessment.alerts import Person
from vedette.core.errors import UsageError
from vedette.doors.accounts import AccountBook
from vedette.doors.key_files import read_secret
from vedette.doors.seal_file import now_tai_ns

CREDENTIAL, SESSION, NEW_CREDENTIAL = "VEDETTE_CREDENTIAL", "VEDETTE_SESSION", "VEDETTE_NEW_CREDENTIAL"


def credential_of(file: Path | None, what: str = "credential", variable: str = CREDENTIAL) -> str:
    """From a file that only its owner can read, the environment, or a prompt; UsageError where there is none."""
    if file is not None:
        return read_secret(file).rstrip("\r\n")
    if variable in os.environ:
        return os.environ[variable]
    if sys.stdin.isatty():
        return getpass.getpass(f"{what}: ")
    raise UsageError(f"no {what}: give a file of mode 0600, or {variable}, or type it at a terminal")


def acting_person(book: AccountBook, session: Path | None, credential_file: Path | None) -> Person:
    """Who acts now: their session, and their credential given again."""
    if session is None:
        if SESSION not in os.environ:
            cure = f"give --session FILE or {SESSION}; `vedette accounts login NAME` opens one"
            raise UsageError(f"whose act is it? {cure}")
        session = Path(os.environ[SESSION])
    return book.person(session, credential_of(credential_file), now_tai_ns())


def seat() -> str:
    """Where somebody sits: the machine, and the terminal when there is one."""
    try:
        terminal = os.ttyname(sys.stdin.fileno()).removeprefix("/dev/")
    except (OSError, ValueError, AttributeError):
        terminal = "no terminal"
    return f"{socket.gethostname()}, {terminal}"
