"""Accounts, for an administrator: who there is, a new one, one closed; each seen in the audit of both desks."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import JSONBody

from vedette.core.errors import RefusedError
from vedette.doors.account_keeping import close_account, make_account
from vedette.doors.accounts import Account
from vedette.doors.server.context import ServerContext
from vedette.doors.server.pages import Name, answer
from vedette.doors.server.roles import ADMINISTRATOR, for_role, seat_in
from vedette.doors.server.routes.session import place_of

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class AccountAsked(msgspec.Struct, forbid_unknown_fields=True):
    """A new account; the administrator's own credential stands beside it."""

    name: Text
    roles: Annotated[list[Text], msgspec.Meta(min_length=1, max_length=8)]
    new_credential: Text
    credential: Text


class CloseAsked(msgspec.Struct, forbid_unknown_fields=True):
    """An account closed; the administrator's own credential with it."""

    credential: Text


def routes(context: ServerContext) -> list[Any]:
    """The routes of this file."""

    @get("/api/v1/accounts", **for_role(ADMINISTRATOR))
    async def accounts(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Every account and its roles."""
        book = await asyncio.to_thread(_gate(context).book.accounts)
        rows = [{"name": a.name, "roles": list(a.roles), "is_closed": a.is_closed} for a in book]
        return answer(request, {"accounts": rows})

    @post("/api/v1/accounts", status_code=201, **for_role(ADMINISTRATOR))
    async def add(request: Request[Any, Any, Any], data: JSONBody[AccountAsked]) -> Response[bytes]:
        """Make an account; both desks record it first."""
        made = await asyncio.to_thread(_made, context, request, data)
        body = msgspec.json.encode({"name": made.name, "roles": list(made.roles), "is_closed": False})
        return Response(body, status_code=201, media_type="application/json")

    @post("/api/v1/accounts/{name:str}/close", sync_to_thread=True, status_code=200, **for_role(ADMINISTRATOR))
    def close(request: Request[Any, Any, Any], name: Name, data: JSONBody[CloseAsked]) -> Response[bytes]:
        """Close an account: its sessions end; both desks record it first."""
        who = _administrator(context, request, data.credential)
        if name == who:
            raise RefusedError(f"{who} is your own account; another administrator closes it")
        close_account(context.data_dir, name, who)
        return Response(msgspec.json.encode({"name": name, "is_closed": True}), media_type="application/json")

    return [accounts, add, close]


def _made(context: ServerContext, request: Request[Any, Any, Any], data: AccountAsked) -> Account:
    who = _administrator(context, request, data.credential)
    return make_account(context.data_dir, data.name, tuple(data.roles), data.new_credential, who)


def _gate(context: ServerContext) -> Any:
    assert context.gate is not None
    return context.gate


def _administrator(context: ServerContext, request: Request[Any, Any, Any], credential: str) -> str:
    """The administrator's name, the credential given again."""
    gate = _gate(context)
    return str(gate.person(seat_in(request.scope), credential, place_of(request), is_cancel=False).account)
