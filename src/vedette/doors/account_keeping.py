"""Making and closing accounts, never unseen: both desks record it before it is done.

An account that stands in the book and not in a desk's log was made past this door: `unrecorded` finds it, and the
console releases nothing by it.
"""

from collections.abc import Iterable
from pathlib import Path

from vedette.assessment.alerts import RIGHTS, DeskKind, Noted, Record, Right
from vedette.core.errors import RefusedError, UsageError
from vedette.doors.accounts import Account, AccountBook
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.seal_file import now_tai_ns

ADDED, CLOSED = "account-add", "account-close"


def make_account(
    folder: Path, name: str, roles: tuple[str, ...], credential: str, by: str = "", t_tai_ns: int | None = None
) -> Account:
    """A new account, recorded at both desks first; UsageError when it cannot be made.

    Parameters
    ----------
    by
        The administrator who makes it, proved already; "" for the first account, which is an administrator's.
    """
    now = now_tai_ns() if t_tai_ns is None else t_tai_ns
    book = AccountBook(folder)
    book.check_new(name, roles, credential)
    _note(folder, ADDED, f"{name}: {', '.join(roles)}" + (f" (by {by})" if by else ""), now)
    return book.add(name, roles, credential, now)


def close_account(folder: Path, name: str, by: str = "", t_tai_ns: int | None = None) -> None:
    """The account acts no more; recorded at both desks first. NotFoundError when there is none."""
    now = now_tai_ns() if t_tai_ns is None else t_tai_ns
    book = AccountBook(folder)
    book.account(name)
    _note(folder, CLOSED, name + (f" (by {by})" if by else ""), now)
    book.close_account(name)


def check_administrator(book: AccountBook, by: str, credential: str) -> None:
    """RefusedError unless it is an administrator's account and its credential."""
    account = book.prove(by, credential)
    if not any(Right.ADMINISTER in RIGHTS.get(one, ()) for one in account.roles):
        raise RefusedError(f"{by} is no administrator")


def check_first(roles: tuple[str, ...], name: str) -> None:
    """UsageError unless the first account is to be an administrator's."""
    if roles != ("administrator",):
        cure = f"vedette accounts add {name} --role administrator"
        raise UsageError(f"the first account is an administrator's: {cure}")


def unrecorded(accounts: Iterable[Account], records: Iterable[Record]) -> list[Account]:
    """The open accounts whose making, with these roles, no record of a desk tells."""
    told = {one.text.partition(" (by ")[0] for one in records if isinstance(one, Noted) and one.what == ADDED}
    return [one for one in accounts if not one.is_closed and f"{one.name}: {', '.join(one.roles)}" not in told]


def _note(folder: Path, what: str, text: str, t_tai_ns: int) -> None:
    for kind in DeskKind:
        with AlertDesk.open(folder, kind) as desk:
            desk.note(Noted(t_tai_ns=t_tai_ns, what=what, text=text))
