"""The application: every route of `routes`, the console's files, errors in one shape."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from vedette import __version__
from vedette.doors.server.console_files import console_routes
from vedette.doors.server.context import ServerContext
from vedette.doors.server.problem_answers import HANDLERS
from vedette.doors.server.reviewing import read_only
from vedette.doors.server.routes import all_routes


def make_app(context: ServerContext) -> Litestar:
    """The application of one server; it begins and ends with the application's life."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        await context.start()
        try:
            yield
        finally:
            await context.stop()

    def given() -> ServerContext:
        return context

    return Litestar(
        route_handlers=[*all_routes(context), *console_routes(context.console)],
        guards=[read_only] if context.is_review else [],
        dependencies={"context": Provide(given, sync_to_thread=False)},
        lifespan=[lifespan],
        openapi_config=OpenAPIConfig(
            title="Vedette", version=__version__, path="/api", render_plugins=[JsonRenderPlugin(path="/openapi.json")]
        ),
        exception_handlers=HANDLERS,
        signature_types=[ServerContext],
    )
