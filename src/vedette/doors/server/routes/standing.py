"""How the watch itself stands, and the vocabulary of what things may be with everything that may be it now."""

import shutil
from typing import Any

from litestar import Request, Response, get

from vedette.core.errors import VedetteError
from vedette.doors.server.context import Served, ServerContext
from vedette.doors.server.desk_reader import DeskReader
from vedette.doors.server.pages import answer
from vedette.doors.server.roles import VIEWER, for_role
from vedette.reports import Cause
from vedette.reports.explanations import FAULTS, LAUNCHES, NATURAL, THREATS

LEAST_PROBABLE = 0.001  # of what is listed under a cause


def routes(context: ServerContext) -> list[Any]:
    """The routes of this file."""
    reader = DeskReader(context.data_dir)

    @get("/api/v1/health", sync_to_thread=True, **for_role(VIEWER))
    def health(request: Request[Any, Any, Any], context: Served) -> Response[bytes]:
        """The worker, the journal, the disk, the desk, who reads, and what was refused at the door."""
        gate, path = context.gate, context.journal
        usage = shutil.disk_usage(context.data_dir)
        try:
            tail, trouble = reader.tail(context.desk_kind), None
        except VedetteError as found:
            tail, trouble = None, str(found)
        return answer(
            request,
            {
                **context.heartbeat(),
                "readers": len(context.hub.readers),
                "mode": context.mode.value,
                "journal": None if path is None else {"name": path.name, "entries": context.hub.entry},
                "restarts": context.worker.restart_count,
                "disk": {"free_bytes": usage.free, "of_bytes": usage.total},
                "desk": {
                    "kind": context.desk_kind.value,
                    "tail": None if tail is None else {"seq": tail[0], "hash": tail[1]},
                    "trouble": trouble,
                },
                "refused": {} if gate is None else dict(gate.refused),
            },
        )

    @get("/api/v1/explanations", sync_to_thread=False, **for_role(VIEWER))
    def explanations(request: Request[Any, Any, Any], context: Served) -> Response[bytes]:
        """Every cause there is a name for, threats and nature in one list, and what may be it in the newest picture."""
        candidates = context.hub.picture.get("candidates", ())
        rows = []
        for cause in Cause:
            found = [
                {"candidate": one["id"], "object_id": one["object_id"], **why}
                for one in candidates
                for why in one["explanations"]
                if why["name"] == cause.value and why["probability"] >= LEAST_PROBABLE
            ]
            found.sort(key=lambda row: -row["probability"])
            rows.append({"name": cause.value, "group": group_of(cause), "may_be": found})
        return answer(request, {"explanations": rows, "no_launch": context.hub.picture.get("no_launch")})

    return [health, explanations]


def group_of(cause: Cause) -> str:
    """threat, launch (without threat), nature, fault, or other."""
    groups = ((THREATS, "threat"), (LAUNCHES, "launch"), (NATURAL, "nature"), (FAULTS, "fault"))
    return next((name for causes, name in groups if cause in causes), "other")
