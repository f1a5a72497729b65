"""The console's four roles, what each account may do, and how a route says which role it needs."""

from dataclasses import dataclass, field, make_dataclass
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.openapi.spec import Operation

from vedette.assessment.alerts import RIGHTS, Right
from vedette.core.errors import RefusedError
from vedette.doors.server.problems import NobodyError

SEAT = "vedette.seat"  # where the guard leaves who asks, in the scope of a connection
VIEWER, OPERATOR, RELEASER, ADMINISTRATOR = "viewer", "operator", "releaser", "administrator"
ROLES = (VIEWER, OPERATOR, RELEASER, ADMINISTRATOR)
_ROLE_OF = {Right.ACKNOWLEDGE: OPERATOR, Right.RELEASE: RELEASER, Right.ADMINISTER: ADMINISTRATOR}


@dataclass(frozen=True, slots=True)
class Seat:
    """Who asks: an account in a session, or a visitor who came by the address that the server printed."""

    account: str  # "" for a visitor
    session: str
    account_roles: tuple[str, ...]
    roles: tuple[str, ...]  # of the console
    t_until_tai_ns: int
    place: str = ""

    @property
    def rights(self) -> frozenset[Right]:
        """What the desk's rules let the account do."""
        return rights_of(self.account_roles)


def rights_of(account_roles: tuple[str, ...]) -> frozenset[Right]:
    """The rights of an account's roles."""
    return frozenset(right for role in account_roles for right in RIGHTS.get(role, ()))


def console_roles(account_roles: tuple[str, ...]) -> tuple[str, ...]:
    """The console's roles of an account's: everybody may look; an administrator neither acts nor releases."""
    rights = rights_of(account_roles)
    return (VIEWER, *(role for right, role in _ROLE_OF.items() if right in rights))


def for_role(*roles: str) -> dict[str, Any]:
    """Keywords of a Litestar handler that only these roles reach; OpenAPI says so in `x-vedette-role`."""
    said = "|".join(roles)
    return {"guards": [needs(*roles)], "opt": {"role": said}, "operation_class": _operation(said)}


def needs(*roles: str) -> Any:
    """A guard of Litestar: one of these roles, or an error that says which."""

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        check_role(seat_in(connection.scope), *roles)

    return guard


def check_role(seat: Seat | None, *roles: str) -> None:
    """NobodyError without a seat, RefusedError with one that has none of these roles."""
    if seat is None:
        raise NobodyError("nobody is logged in here; open the address that `vedette serve` printed, or log in")
    if not set(roles) & set(seat.roles):
        who = seat.account or "a visitor"
        raise RefusedError(f"{who} is {', '.join(seat.roles)}; this needs the role {' or '.join(roles)}")


def seat_in(scope: Any) -> Seat | None:
    """Who asks, as the guard found it."""
    found = scope.get(SEAT)
    return found if isinstance(found, Seat) else None


def _operation(said: str) -> type[Operation]:
    field_of = (("x_vedette_role", str, field(default=said, metadata={"alias": "x-vedette-role"})),)
    return make_dataclass("Operation", field_of, bases=(Operation,))
