"""`vedette accounts`: who may act, and their sessions."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from vedette.doors.accounts import AccountBook


def accounts(
    action: Literal["add", "list", "close", "login", "logout"],
    name: str | None = None,
    *,
    role: tuple[str, ...] = (),
    credential_file: Path | None = None,
    by: str | None = None,
    by_credential_file: Path | None = None,
    session: Path | None = None,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Make the accounts that act on alerts, and open the sessions that they act in.

    The first account is an administrator's, who makes the others and acts on no alert. `login` asks for the credential
    and makes a session of twelve hours: a file that only you can read, named on stdout. Credentials come from a file of
    mode 0600, from VEDETTE_NEW_CREDENTIAL (`add`) and VEDETTE_CREDENTIAL, or from a prompt, never from the command.

    Parameters
    ----------
    action
        add, list, close, login or logout.
    name
        The account: the name of a duty, such as releasing-1, not of a person.
    role
        Of `add`, once or more: viewer, watch-officer, senior-watch-officer, releasing-officer, duty-commander or
        administrator.
    credential_file
        Of `add`: the new account's credential; of `login`: yours.
    by
        Of `add` and `close`: the administrator, once there is one.
    by_credential_file
        The administrator's credential.
    session
        Of `logout`: the session's file.
    data_dir
        Where accounts are kept.
    json
        One JSON document instead of text.
    """
    import sys

    import msgspec

    from vedette.core.errors import UsageError
    from vedette.doors.account_keeping import close_account, make_account
    from vedette.doors.accounts import AccountBook
    from vedette.doors.acting import NEW_CREDENTIAL, credential_of, seat
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.seal_file import now_tai_ns

    folder = data_dir_of(data_dir)
    book = AccountBook(folder)
    if action == "list":
        rows = [{"name": a.name, "roles": list(a.roles), "is_closed": a.is_closed} for a in book.accounts()]
        if json:
            sys.stdout.write(msgspec.json.encode({"accounts": rows}).decode() + "\n")
        for a in () if json else book.accounts():
            sys.stdout.write(f"{a.name:<24} {', '.join(a.roles)}{'  (closed)' if a.is_closed else ''}\n")
        return 0
    if action == "logout":
        if session is None:
            raise UsageError("`vedette accounts logout` needs --session FILE")
        said: dict[str, object] = {"session": book.end_session(session), "is_over": True}
    elif name is None:
        raise UsageError(f"`vedette accounts {action}` needs a name")
    elif action == "login":
        account = book.prove(name, credential_of(credential_file))
        said = {"session_file": str(book.open_session(account, seat(), now_tai_ns()))}
    else:
        _by_administrator(book, action, name, by, by_credential_file, role)
        if action == "add":
            credential = credential_of(credential_file, f"credential of {name}", NEW_CREDENTIAL)
            made = make_account(folder, name, role, credential, by or "")
            said = {"account": made.name, "roles": list(made.roles)}
        else:
            close_account(folder, name, by or "")
            said = {"account": name, "is_closed": True}
    words = said.get("session_file") or ", ".join(f"{key} {value}" for key, value in said.items())
    sys.stdout.write((msgspec.json.encode(said).decode() if json else str(words)) + "\n")
    return 0


def _by_administrator(
    book: "AccountBook", action: str, name: str, by: str | None, file: Path | None, role: tuple[str, ...]
) -> None:
    """An administrator does it; the first account is one."""
    from vedette.core.errors import UsageError
    from vedette.doors.account_keeping import check_administrator, check_first
    from vedette.doors.acting import credential_of

    if not book.has_administrator():
        if action == "add":
            check_first(role, name)
        return
    if by is None:
        raise UsageError("an administrator makes and closes accounts: give --by NAME")
    check_administrator(book, by, credential_of(file, f"credential of {by}"))
