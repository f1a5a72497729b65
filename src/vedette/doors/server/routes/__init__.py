"""The routes of the server, one list: a module of this folder for each name, with `routes(context) -> list`.

To add some, write `routes/<name>.py` whose `routes` gives Litestar handlers, and add its name here.
"""

from importlib import import_module
from typing import Any

ROUTE_MODULES: tuple[str, ...] = (
    "picture",
    "stream",
    "health",
    "catalogue",
    "documents",
    "session",
    "afterwards",
    "accounts",
    "notices",
    "sensors",
    "standing",
    "questions",
    "alerts",
    "audit",
    "replay",
    "live",
    "alert_events",
    "partners",
)


def all_routes(context: Any) -> list[Any]:
    """Every handler of every module."""
    found: list[Any] = []
    for name in ROUTE_MODULES:
        found += import_module(f"vedette.doors.server.routes.{name}").routes(context)
    return found
