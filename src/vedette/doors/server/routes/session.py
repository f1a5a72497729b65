"""Who am I, coming in by a one-time token or by account, and leaving."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import JSONBody

from vedette.doors.server.gate import Gate
from vedette.doors.server.roles import VIEWER, Seat, for_role, seat_in
from vedette.time import utc_text_from_tai_ns

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class SessionToken(msgspec.Struct, forbid_unknown_fields=True):
    """The one-time token of the address that the terminal printed."""

    token: Word


class SessionLogin(msgspec.Struct, forbid_unknown_fields=True):
    """An account and its credential."""

    account: Word
    credential: Word


class SessionTold(msgspec.Struct):
    """Who somebody is here, and what they may do."""

    account: str | None
    session: str | None
    roles: list[str]
    rights: list[str]
    mode: str
    needs_login: bool  # accounts are kept here: acts need one
    until_utc: str | None
    place: str | None


def routes(context: Any) -> list[Any]:
    """The routes of this file; none where nobody is asked who they are."""
    return [] if context.gate is None else session_routes(context.gate, context.is_review)


def session_routes(gate: Gate, is_review: bool = False) -> list[Any]:
    """The handlers; in a review nobody has a right."""

    def seated(seat: Seat, cookie: str) -> Response[SessionTold]:
        return Response(told(gate, seat, is_review), headers={"set-cookie": cookie})

    @get("/api/v1/session", opt={"role": "anybody"}, sync_to_thread=True)
    def who_am_i(request: Request[Any, Any, Any]) -> SessionTold:
        """Who asks, which roles they have, the mode of the watch, and whether accounts are kept."""
        return told(gate, seat_in(request.scope), is_review)

    @post("/api/v1/session/redeem", opt={"role": "anybody"}, sync_to_thread=True, status_code=200)
    def redeem(request: Request[Any, Any, Any], data: JSONBody[SessionToken]) -> Response[SessionTold]:
        """Use the one-time token of the address that the terminal printed; it becomes a cookie."""
        return seated(*gate.redeem(data.token, place_of(request)))

    @post("/api/v1/session/login", opt={"role": "anybody"}, sync_to_thread=True, status_code=200)
    def login(request: Request[Any, Any, Any], data: JSONBody[SessionLogin]) -> Response[SessionTold]:
        """Open a session of twelve hours for an account; it becomes a cookie."""
        return seated(*gate.login(data.account, data.credential, place_of(request)))

    @post("/api/v1/session/logout", sync_to_thread=True, status_code=200, **for_role(VIEWER))
    def logout(request: Request[Any, Any, Any]) -> Response[SessionTold]:
        """End the session; streams that it opened end within seconds."""
        seat = seat_in(request.scope)
        assert seat is not None, "the guard of the route"
        cookie = gate.logout(seat)
        return Response(told(gate, None, is_review), headers={"set-cookie": cookie})

    return [who_am_i, redeem, login, logout]


def told(gate: Gate, seat: Seat | None, is_review: bool = False) -> SessionTold:
    """A seat in the words of the door."""
    return SessionTold(
        account=(seat.account or None) if seat else None,
        session=seat.session if seat else None,
        roles=list(seat.roles) if seat else [],
        rights=sorted(right.value for right in seat.rights) if seat and not is_review else [],
        mode=gate.mode().value,
        needs_login=gate.has_accounts,
        until_utc=utc_text_from_tai_ns(seat.t_until_tai_ns, 0) if seat else None,
        place=seat.place if seat else None,
    )


def place_of(request: Request[Any, Any, Any]) -> str:
    """The address somebody sits at."""
    return request.client.host if request.client else "no address"

