"""`vedette accounts`: who may act, and their sessions."""

from pathlib import Path
from typing import Literal


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
        _by_administrator(folder, action, name, by, by_credential_file, role)
        if action == "add":
            made = book.add(
                name, role, credential_of(credential_file, f"credential of {name}", NEW_CREDENTIAL), now_tai_ns()
            )
            said = {"account": made.name, "roles": list(made.roles)}
        else:
            book.close_account(name)
            said = {"account": name, "is_closed": True}
        _note(folder, f"account-{action}", f"{name}: {', '.join(role)}" if role else name)
    words = said.get("session_file") or ", ".join(f"{key} {value}" for key, value in said.items())
    sys.stdout.write((msgspec.json.encode(said).decode() if json else str(words)) + "\n")
    return 0


def _by_administrator(
    folder: Path, action: str, name: str, by: str | None, file: Path | None, role: tuple[str, ...]
) -> None:
    """An administrator does it; the first account is one."""
    from vedette.assessment.alerts import RIGHTS, Right
    from vedette.core.errors import RefusedError, UsageError
    from vedette.doors.accounts import AccountBook
    from vedette.doors.acting import credential_of

    book = AccountBook(folder)
    if not book.has_administrator():
        if action == "add" and role != ("administrator",):
            cure = f"vedette accounts add {name} --role administrator"
            raise UsageError(f"the first account is an administrator's: {cure}")
        return
    if by is None:
        raise UsageError("an administrator makes and closes accounts: give --by NAME")
    account = book.prove(by, credential_of(file, f"credential of {by}"))
    if not any(Right.ADMINISTER in RIGHTS.get(one, ()) for one in account.roles):
        raise RefusedError(f"{by} is no administrator")


def _note(folder: Path, what: str, text: str) -> None:
    """Both desks record who may act at them."""
    from vedette.assessment.alerts import DeskKind, Noted
    from vedette.doors.alert_desk import AlertDesk
    from vedette.doors.seal_file import now_tai_ns

    for kind in DeskKind:
        with AlertDesk.open(folder, kind) as desk:
            desk.note(Noted(t_tai_ns=now_tai_ns(), what=what, text=text))
