"""The audit log: who did what, newest first, and accounts that were made past the door."""

from typing import Any, Literal

from litestar import Request, Response, get
from litestar.params import FromQuery

from vedette.assessment.alerts import DeskKind
from vedette.doors.audit_words import record_row
from vedette.doors.server.context import ServerContext
from vedette.doors.server.desk_reader import DeskReader
from vedette.doors.server.pages import Cursor, Most, answer, place_of
from vedette.doors.server.roles import ADMINISTRATOR, OPERATOR, for_role


def routes(context: ServerContext) -> list[Any]:
    """The routes of this file."""
    reader = DeskReader(context.data_dir)

    @get("/api/v1/audit", sync_to_thread=True, **for_role(OPERATOR, ADMINISTRATOR))
    def audit(
        request: Request[Any, Any, Any],
        desk: FromQuery[Literal["live", "drill"] | None] = None,
        most: Most = 100,
        cursor: Cursor = None,
    ) -> Response[bytes]:
        """Records of a desk's log, newest first; by default of the desk of this watch's mode."""
        kind = context.desk_kind if desk is None else DeskKind(desk)
        before = None if cursor is None else place_of(cursor)
        rows = [record_row(kind, seq, record) for seq, record in reader.records(kind, before, most)]
        tail = reader.tail(kind)
        return answer(
            request,
            {
                "desk": kind.value,
                "records": rows,
                "next": str(rows[-1]["record"]) if rows and rows[-1]["record"] > 1 else None,
                "tail": None if tail is None else {"seq": tail[0], "hash": tail[1]},
                "accounts_unrecorded": [
                    {"name": one.name, "roles": list(one.roles)} for one in reader.unrecorded(kind)
                ],
            },
        )

    return [audit]
