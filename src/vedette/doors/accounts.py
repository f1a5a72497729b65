"""Who may act: accounts with roles, credentials hashed by scrypt, and sessions.

An act needs both: a session, opened once on coming on watch, and the credential again at the act itself. Only hashes
are kept. Nobody is ever locked out for mistyping: a cancellation must stay possible, and scrypt itself slows guessing
[RFC 7914; N = 2^15, r = 8: a tenth of a second and 32 MiB a try].
"""

import hashlib
import hmac
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vedette.assessment.alerts import RIGHTS, Person, Right
from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, RefusedError, UnreachableError, UsageError
from vedette.doors.key_files import read_secret, write_secret

SHORTEST_CREDENTIAL = 8
SESSION_S = 12 * 3600.0  # a watch
_N, _R, _P = 2**15, 8, 1

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS account (name TEXT PRIMARY KEY, roles TEXT NOT NULL, salt BLOB NOT NULL, "
    "verifier BLOB NOT NULL, t_made_tai_ns INTEGER NOT NULL, is_closed INTEGER NOT NULL DEFAULT 0)",
    "CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, account TEXT NOT NULL, token BLOB NOT NULL, "
    "seat TEXT NOT NULL, t_from_tai_ns INTEGER NOT NULL, t_until_tai_ns INTEGER NOT NULL)",
)


@dataclass(frozen=True, slots=True)
class Account:
    """One line of `vedette accounts list`."""

    name: str
    roles: tuple[str, ...]
    is_closed: bool


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session whose token was shown."""

    session: str
    account: str  # "" for a visitor
    roles: tuple[str, ...]
    seat: str
    t_until_tai_ns: int
    has_run_out: bool


class AccountBook:
    """The accounts of one data directory, in a file that only its owner can read."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "accounts.sqlite"
        self.sessions = data_dir / "sessions"

    def add(self, name: str, roles: tuple[str, ...], credential: str, t_tai_ns: int) -> Account:
        """A new account; UsageError when the name is taken, a role is unknown, or the credential is too short."""
        self.check_new(name, roles, credential)
        salt = secrets.token_bytes(16)
        with self._open() as book:
            if book.execute("SELECT 1 FROM account WHERE name = ?", (name,)).fetchone():
                raise UsageError(f"there is an account {name!r} already")
            book.execute(
                "INSERT INTO account VALUES (?, ?, ?, ?, ?, 0)",
                (name, ",".join(roles), salt, _hash(credential, salt), t_tai_ns),
            )
        return Account(name, roles, False)

    def check_new(self, name: str, roles: tuple[str, ...], credential: str) -> None:
        """UsageError when `add` would refuse it."""
        _check_name(name)
        _check_roles(roles)
        if len(credential) < SHORTEST_CREDENTIAL:
            raise UsageError(f"a credential has {SHORTEST_CREDENTIAL} characters at least")
        if any(one.name == name for one in self.accounts()):
            raise UsageError(f"there is an account {name!r} already")
        if Right.ADMINISTER in _rights(roles) and len(_rights(roles)) > 1:
            raise UsageError("an administrator makes accounts and acts on no alert: give another account for that")

    def account(self, name: str) -> Account:
        """The account of a name; NotFoundError when there is none."""
        for one in self.accounts():
            if one.name == name:
                return one
        raise NotFoundError(f"no account {name!r}")

    def close_account(self, name: str) -> None:
        """The account acts no more; its sessions end. Its records stay."""
        with self._open() as book:
            if not book.execute("UPDATE account SET is_closed = 1 WHERE name = ?", (name,)).rowcount:
                raise NotFoundError(f"no account {name!r}")
            book.execute("DELETE FROM session WHERE account = ?", (name,))

    def accounts(self) -> list[Account]:
        """Every account, by name."""
        if not self.path.is_file():
            return []
        with self._open() as book:
            rows = book.execute("SELECT name, roles, is_closed FROM account ORDER BY name").fetchall()
        return [Account(name, tuple(roles.split(",")), bool(closed)) for name, roles, closed in rows]

    def has_administrator(self) -> bool:
        """True when somebody may make accounts; until then, anybody who can write here may."""
        return any(Right.ADMINISTER in _rights(one.roles) and not one.is_closed for one in self.accounts())

    def prove(self, name: str, credential: str) -> Account:
        """The account, if this is its credential; RefusedError otherwise, without saying which was wrong."""
        row = None
        if self.path.is_file():
            with self._open() as book:
                row = book.execute(
                    "SELECT roles, salt, verifier, is_closed FROM account WHERE name = ?", (name,)
                ).fetchone()
        roles, salt, verifier, is_closed = row if row is not None else ("", b"\0" * 16, b"", 1)
        fits = hmac.compare_digest(_hash(credential, salt), verifier)  # also for nobody, so that time tells nothing
        if not fits or is_closed:
            raise RefusedError(f"{name}: no such account, or not its credential")
        return Account(name, tuple(roles.split(",")), False)

    def begin_session(self, name: str, seat: str, t_tai_ns: int) -> tuple[str, str]:
        """Name and token of a session that has just been proved; a visitor's has no account's name and acts on nothing.

        Sessions that ran out a day ago are forgotten here; until then it is said of them that they ran out.
        """
        identity, token = f"{name or 'visitor'}-{secrets.token_hex(4)}", secrets.token_urlsafe(32)
        until = t_tai_ns + round(SESSION_S * NS_PER_S)
        with self._open() as book:
            book.execute("DELETE FROM session WHERE t_until_tai_ns < ?", (t_tai_ns - 86_400 * NS_PER_S,))
            row = (identity, name, _digest(token), seat, t_tai_ns, until)
            book.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)", row)
        return identity, token

    def open_session(self, account: Account, seat: str, t_tai_ns: int) -> Path:
        """A session that has just been proved; its token lies in a file that only its owner can read."""
        identity, token = self.begin_session(account.name, seat, t_tai_ns)
        path = self.sessions / f"{identity}.session"
        write_secret(path, f"{identity}\n{token}\n")
        return path

    def end_session(self, file: Path) -> str:
        """The session of a file is over; its name."""
        identity = read_secret(file).partition("\n")[0]
        self.forget_session(identity)
        file.unlink(missing_ok=True)
        return identity

    def forget_session(self, identity: str) -> None:
        """The session of a name is over."""
        with self._open() as book:
            book.execute("DELETE FROM session WHERE id = ?", (identity,))

    def session(self, identity: str, token: str, t_tai_ns: int) -> OpenSession | None:
        """The session of a name and its token, run out or not; None when there is none, or its account is closed."""
        if not self.path.is_file():
            return None
        with self._open() as book:
            row = book.execute(
                "SELECT account, token, seat, t_until_tai_ns FROM session WHERE id = ?", (identity,)
            ).fetchone()
            if row is None or not hmac.compare_digest(_digest(token), row[1]):
                return None
            kept = book.execute("SELECT roles, is_closed FROM account WHERE name = ?", (row[0],)).fetchone()
        if row[0] and (kept is None or kept[1]):
            return None
        roles = tuple(kept[0].split(",")) if row[0] else ()
        return OpenSession(identity, str(row[0]), roles, str(row[2]), int(row[3]), t_tai_ns > row[3])

    def person(self, file: Path, credential: str, t_tai_ns: int) -> Person:
        """Who acts: the session of a file, and the credential of its account given again; RefusedError otherwise."""
        identity, _, token = read_secret(file).partition("\n")
        found = self.session(identity.strip(), token.strip(), t_tai_ns)
        if found is None:
            raise RefusedError(f"{file}: no open session; `vedette accounts login NAME` opens one")
        name = found.account
        if found.has_run_out:
            raise RefusedError(f"{file}: the session has run out; `vedette accounts login {name}` opens another")
        account = self.prove(name, credential)
        return Person(account=name, session=found.session, roles=account.roles, seat=found.seat)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        try:
            book = sqlite3.connect(self.path, timeout=1.0)
            try:
                book.execute("PRAGMA synchronous = FULL")
                for statement in _SCHEMA:
                    book.execute(statement)
                with book:
                    yield book
            finally:
                book.close()
        except sqlite3.Error as trouble:
            raise UnreachableError(f"{self.path}: the accounts cannot be read or written ({trouble})") from trouble


def _rights(roles: tuple[str, ...]) -> frozenset[Right]:
    return frozenset(right for role in roles for right in RIGHTS.get(role, ()))


def _check_name(name: str) -> None:
    if not name or len(name) > 40 or not all(c.isascii() and (c.isalnum() or c in "-_.") for c in name):
        cure = "letters, digits, - _ and . only; the name of a duty, such as releasing-1, not of a person"
        raise UsageError(f"account {name!r}: {cure}")


def _check_roles(roles: tuple[str, ...]) -> None:
    unknown = [role for role in roles if role not in RIGHTS]
    if unknown or not roles:
        raise UsageError(f"role {', '.join(unknown) or '(none)'}: the roles are {', '.join(RIGHTS)}")


def _hash(credential: str, salt: bytes) -> bytes:
    return hashlib.scrypt(credential.encode(), salt=salt, n=_N, r=_R, p=_P, maxmem=64 * 2**20)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
