"""Where a server is opened and to whom: the gate made, and the address that a person is given."""

import sys
from dataclasses import dataclass
from pathlib import Path

from vedette.doors.accounts import AccountBook
from vedette.doors.server.context import ServerContext
from vedette.doors.server.exposure import Exposure, check_exposure
from vedette.doors.server.gate import Gate, gives_tokens

LOCALHOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Where a server listens, under which names, and how it knows who comes."""

    port: int
    host: str = LOCALHOST
    names: tuple[str, ...] = ()  # by which it is reached besides its address
    certificate: Path | None = None
    key: Path | None = None
    is_token_asked: bool = True


def check_opening(context: ServerContext, opening: Opening) -> None:
    """RefusedError, with the cure, when this watch may not be served so."""
    check_exposure(_exposure(context, opening))


def open_gate(context: ServerContext, opening: Opening) -> Gate:
    """The gate of a server whose port is known; the terminal hears of every fresh one-time address."""

    def say(token: str) -> None:
        sys.stderr.write(f"for another page: {address_of(opening, context.port, token)}\n")
        sys.stderr.flush()

    exposure = _exposure(context, opening)
    gate = Gate(context.data_dir, exposure, context.port, opening.names, say, mode=lambda: context.mode)
    context.gate = gate
    return gate


def first_address(gate: Gate, opening: Opening) -> str:
    """What to open: with a one-time token where there are any."""
    token = gate.tokens.make(gate.now()) if gives_tokens(gate.how) else ""
    return address_of(opening, gate.port, token)


def address_of(opening: Opening, port: int, token: str = "") -> str:
    """The console's address; a token stands after the `#`, which browsers send to nobody."""
    scheme = "http" if opening.certificate is None else "https"
    name = opening.names[0] if opening.names else opening.host
    shown = f"[{name}]" if ":" in name else name
    return f"{scheme}://{shown}:{port}/" + (f"#token={token}" if token else "")


def _exposure(context: ServerContext, opening: Opening) -> Exposure:
    has_accounts = any(not one.is_closed for one in AccountBook(context.data_dir).accounts())
    return Exposure(
        bind=opening.host, mode=context.mode, has_accounts=has_accounts, certificate=opening.certificate,
        key=opening.key, is_token_asked=opening.is_token_asked,
    )  # fmt: skip
