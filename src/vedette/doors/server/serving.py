"""`vedette serve`: the socket bound, the application on it, ended in order by Ctrl-C."""

import gc
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vedette.core.errors import UnreachableError
from vedette.doors.server.head_start import HeadStart
from vedette.doors.server.opening import Opening
from vedette.doors.server.pipe import WatchPlan

if TYPE_CHECKING:
    from vedette.doors.server.context import ServerContext

BACKLOG = 2048
CALM = (100_000, 50, 1000)  # few searches for circles among things that go by themselves
SEND_BYTES = 512 * 1024
WATCH_FIRST_S = 4.0  # for which the server of a node leaves the processor to its watch


def run_serve(
    plan: WatchPlan, opening: Opening, is_quiet: bool = False, on_open: Callable[[str], None] | None = None,
    begun: HeadStart | None = None,
) -> int:  # fmt: skip
    """Serve until Ctrl-C, or until the watch cannot even begin; its exit code. RefusedError if it may not be served so.

    The watch begins first (`begun`: its process, if there is one already): the server's own code is read meanwhile.
    """
    begun = begun or HeadStart(plan)
    try:
        return _serve(plan, opening, is_quiet, on_open, begun)
    finally:
        begun.close()


def _serve(
    plan: WatchPlan, opening: Opening, is_quiet: bool, on_open: Callable[[str], None] | None, begun: HeadStart
) -> int:
    from vedette.doors.server.context import make_context

    return serve_context(make_context(plan), opening, is_quiet, on_open, begun)


def serve_context(
    context: "ServerContext", opening: Opening, is_quiet: bool = False, on_open: Callable[[str], None] | None = None,
    begun: HeadStart | None = None,
) -> int:  # fmt: skip
    """The same for a server that is made, whose watch may have `begun`."""
    from vedette.doors.server.opening import check_opening, first_address, open_gate

    check_opening(context, opening)
    bound = listening_socket(opening.host, opening.port)
    if begun is not None:
        context.worker.go_on_with(begun)
    context.port = bound.getsockname()[1]
    gate = open_gate(context, opening)
    address = first_address(gate, opening)
    bound.listen(BACKLOG)  # whoever comes as soon as it is told waits for the application
    if not is_quiet:
        sys.stderr.write(f"{address}   Ctrl-C ends it in order\n")
        sys.stderr.flush()
    if on_open is not None:
        on_open(address)
    if begun is not None and context.plan.node is not None:  # partners may be telling: who hears them comes first
        begun.wait_until_it_watches(WATCH_FIRST_S)
    import uvicorn

    from vedette.doors.server.app import make_app
    from vedette.doors.server.security import Guard

    app = Guard(make_app(context), gate)
    server = uvicorn.Server(server_config(app, opening.certificate, opening.key))
    context.worker.on_hopeless = lambda: setattr(server, "should_exit", True)  # its sentence is on stderr
    gc.set_threshold(*CALM)
    try:
        server.run(sockets=[bound])
    except KeyboardInterrupt:  # asked for and done: uvicorn raises it again after an orderly end
        pass
    finally:
        bound.close()
    return context.worker.exit_code


def server_config(app: Any, certificate: Path | None = None, key: Path | None = None) -> Any:
    """How uvicorn serves it: no compression of small local frames, little patience at the end."""
    import uvicorn

    return uvicorn.Config(
        app, log_level="warning", access_log=False, ws="websockets-sansio", ws_max_size=2**16,
        ws_per_message_deflate=False, ws_ping_interval=20.0, ws_ping_timeout=20.0, timeout_graceful_shutdown=5,
        timeout_keep_alive=30, server_header=False, date_header=False, lifespan="on",
        ssl_certfile=certificate, ssl_keyfile=key,
    )  # fmt: skip


def listening_socket(host: str, port: int) -> socket.socket:
    """A bound socket, so that port 0 has a number before anybody is told; UnreachableError when it is taken."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)  # what a stalled reader makes the system hold
    try:
        bound.bind((host, port))
    except OSError as trouble:
        bound.close()
        raise UnreachableError(f"{host}:{port} cannot be served at ({trouble.strerror}); give another --port") from None
    bound.set_inheritable(False)
    return bound
