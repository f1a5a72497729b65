"""The sensors of the watch: where they stand, where they look, what is fenced, how they are."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import QueryParameter

from vedette.doors.sensor_outline import sensor_document
from vedette.doors.server.context import Served, ServerContext
from vedette.doors.server.journals import journal_named, session_of_journal
from vedette.doors.server.pages import answer
from vedette.doors.server.roles import VIEWER, for_role
from vedette.doors.server.routes.notices import At, instant_of
from vedette.sensing import packaged_sensors, parse_sensors

Journal = Annotated[str | None, QueryParameter(max_length=200, description="a journal's name; the one written now")]


def routes(context: ServerContext) -> list[Any]:
    """The routes of this file."""

    @get("/api/v1/sensors", sync_to_thread=True, **for_role(VIEWER))
    def sensors(
        request: Request[Any, Any, Any], context: Served, journal: Journal = None, at: At = None
    ) -> Response[bytes]:
        """Every sensor: its place, field of regard and outlines on the map, and how it is in the newest picture.

        Of another journal, or at another instant, health is null: a picture of that instant says it.
        """
        path = journal_named(context.journals, journal, context.journal)
        text = session_of_journal(path).sensors_toml
        described = packaged_sensors() if text is None else parse_sensors(text, path.name)
        t = instant_of(context, at)
        is_now = at is None and path == context.journal
        health = {one["id"]: one for one in context.hub.picture.get("sensors", ())} if is_now else {}
        sources = {one["sensor_id"]: one for one in context.hub.picture.get("sources", ())} if is_now else {}
        rows = [
            {**sensor_document(one, t), "id": name, "health": health.get(name), "source_health": sources.get(name)}
            for name, one in described.items()
        ]
        unknown = [
            {"id": name, "kind": None, "place": None, "field": None, "outlines": [], "health": health.get(name),
             "source_health": sources.get(name)}
            for name in dict.fromkeys((*health, *sources)) if name not in described
        ]  # fmt: skip
        return answer(request, {"journal": path.name, "sensors": [*rows, *unknown]})

    return [sensors]
