"""Who asks: sessions by cookie on top of the accounts, one-time tokens, the credential again at an act.

A session of the console is a session of `vedette accounts login`: the cookie carries its name and token, so that a
restarted server knows every open page, and a program sends the two lines of its session's file as `Bearer NAME:TOKEN`.
"""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

from vedette.assessment.alerts import Person
from vedette.core.constants import NS_PER_S
from vedette.core.errors import RefusedError
from vedette.doors.accounts import SESSION_S, AccountBook, OpenSession
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.server.allowed import Allowed, is_loopback
from vedette.doors.server.exposure import Exposure
from vedette.doors.server.one_time import OneTimeTokens
from vedette.doors.server.problems import LaterError, NobodyError
from vedette.doors.server.roles import OPERATOR, VIEWER, Seat, console_roles
from vedette.doors.server.tries import Tries
from vedette.reports import Mode

TRUST_S = 1.0  # a session that was looked up is believed for so long: what ends it is felt within a second
PROOFS_AT_ONCE = 2  # each takes 32 MiB and a tenth of a second of a core
PROOF_WAIT_S = 5.0
_MOST_KNOWN = 2_000


class Gate:
    """The sessions of one server, the names it answers to, and the counts of what was refused."""

    def __init__(
        self,
        folder: Path,
        how: Exposure,
        port: int,
        names: tuple[str, ...] = (),
        say: Callable[[str], None] = lambda _: None,
        now: Callable[[], int] = now_tai_ns,
        mode: Callable[[], Mode] | None = None,
    ) -> None:
        self.folder, self.how, self.port, self.now = folder, how, port, now
        self.mode = mode if mode is not None else lambda: how.mode
        self.book = AccountBook(folder)
        self.allowed = Allowed.at(how.bind, port, names, how.is_tls)
        self.tokens = OneTimeTokens(say)
        self.tries = Tries()
        self.refused: Counter[str] = Counter()
        self.cookie = f"{'__Host-' if how.is_tls else ''}vedette-{port}"  # cookies know no ports
        self._known: dict[bytes, tuple[float, Seat]] = {}
        self._room = threading.BoundedSemaphore(PROOFS_AT_ONCE)
        self._cancel_room = threading.BoundedSemaphore(PROOFS_AT_ONCE)  # of its own: logins do not hold it up

    @property
    def has_accounts(self) -> bool:
        """True when somebody may log in."""
        return any(not one.is_closed for one in self.book.accounts())

    def seat_of(self, headers: list[tuple[bytes, bytes]]) -> Seat | None:
        """Who sends these headers; None when nobody says so, NobodyError when what they show is no good any more."""
        shown = self._shown(headers)
        if shown is None:
            return self._anybody() if not self.how.is_token_asked and not self.has_accounts else None
        digest = hashlib.sha256(shown.encode("utf-8", "surrogatepass")).digest()
        known = self._known.get(digest)
        if known is not None and time.monotonic() - known[0] < TRUST_S and self.now() <= known[1].t_until_tai_ns:
            return known[1]
        self._known.pop(digest, None)
        identity, _, token = shown.partition(":")
        found = self.book.session(identity, token, self.now())
        if found is None:
            raise NobodyError("this session is over; log in again")
        if found.has_run_out:
            raise NobodyError("this session has run out; log in again")
        seat = self._seat(found)
        while len(self._known) >= _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._known[digest] = (time.monotonic(), seat)
        return seat

    def redeem(self, token: str, place: str) -> tuple[Seat, str]:
        """A visitor's seat for a one-time token, and the cookie that holds it."""
        self.tokens.redeem(token, self.now())
        return self._begin("", place)

    def login(self, name: str, credential: str, place: str) -> tuple[Seat, str]:
        """The seat of an account, and its cookie; RefusedError or LaterError otherwise."""
        self._prove(name, credential, place, is_waiting=True)
        return self._begin(name, place)

    def logout(self, seat: Seat) -> str:
        """The session is over; the cookie that says so."""
        self.book.forget_session(seat.session)
        self._known.clear()
        return self._cookie("", 0)

    def person(self, seat: Seat | None, credential: str, place: str, *, is_cancel: bool, account: str = "") -> Person:
        """Who acts: their seat, and the credential of its account given again.

        A cancellation never waits for wrong tries, and whoever has no session yet gives the account's name with it.
        """
        if seat is None or not seat.account:
            if not (is_cancel and account):
                raise NobodyError(self._who_acts())
            self._prove(account, credential, place, is_waiting=False)
            seat, _ = self._begin(account, place)
        else:
            self._prove(seat.account, credential, place, is_waiting=not is_cancel)
        return person_of(seat)

    def seated(self, seat: Seat | None) -> Person:
        """Who attends to an alert: the session is enough."""
        if seat is None or not seat.account:
            raise NobodyError(self._who_acts())
        return person_of(seat)

    def has_ended(self, headers: list[tuple[bytes, bytes]]) -> bool:
        """True when what was good when a stream opened is so no more."""
        try:
            return self.seat_of(headers) is None
        except RefusedError:
            return True

    def _who_acts(self) -> str:
        if self.has_accounts:
            return "whose act is it? Log in first; only a cancellation goes without, by account and credential"
        return "nobody can act: there are no accounts; `vedette accounts add NAME --role administrator` makes the first"

    def _prove(self, name: str, credential: str, place: str, is_waiting: bool) -> None:
        if is_waiting:
            self.tries.check(name, place, self.now())
        room = self._room if is_waiting else self._cancel_room
        if not room.acquire(timeout=PROOF_WAIT_S if is_waiting else None):
            raise LaterError("many log in at this moment: try again", PROOF_WAIT_S)
        try:
            self.book.prove(name, credential)
        except RefusedError:
            self.tries.wrong(name, place, self.now())
            self.refused["credential"] += 1
            raise
        finally:
            room.release()
        self.tries.right(name, place)

    def _begin(self, name: str, place: str) -> tuple[Seat, str]:
        now = self.now()
        identity, token = self.book.begin_session(name, f"console at {place}", now)
        found = self.book.session(identity, token, now)
        assert found is not None
        return self._seat(found), self._cookie(f"{identity}:{token}", round(SESSION_S))

    def _seat(self, found: OpenSession) -> Seat:
        roles = console_roles(found.roles) if found.account else self._visitor_roles()
        return Seat(found.account, found.session, found.roles, roles, found.t_until_tai_ns, found.seat)

    def _visitor_roles(self) -> tuple[str, ...]:
        return (VIEWER,) if self.has_accounts else (VIEWER, OPERATOR)

    def _anybody(self) -> Seat:
        until = self.now() + round(SESSION_S * NS_PER_S)
        return Seat("", "anybody", (), self._visitor_roles(), until, "this machine")

    def _shown(self, headers: list[tuple[bytes, bytes]]) -> str | None:
        for name, value in headers:
            if name.lower() == b"authorization":
                scheme, _, shown = value.decode("latin-1").partition(" ")
                if scheme.lower() == "bearer":
                    return shown.strip()
        for name, value in headers:
            if name.lower() == b"cookie":
                try:
                    found: Any = SimpleCookie(value.decode("latin-1")).get(self.cookie)
                except CookieError:
                    continue
                if found is not None and found.value:
                    return str(found.value)
        return None

    def _cookie(self, value: str, lasts_s: int) -> str:
        secure = "; Secure" if self.how.is_tls else ""
        return f"{self.cookie}={value}; Path=/; Max-Age={lasts_s}; HttpOnly; SameSite=Strict{secure}"


def person_of(seat: Seat) -> Person:
    """A seat in the desk's words."""
    return Person(account=seat.account, session=seat.session, roles=seat.account_roles, seat=seat.place)


def gives_tokens(how: Exposure) -> bool:
    """One-time addresses are for this machine only."""
    return is_loopback(how.bind) and how.is_token_asked
