"""Alerts and what people do with them: the console's acts are those of `vedette alert`, by the same rules.

Release and update need two accounts in two sessions, each with its credential at the act, both naming the revision
that they saw. One person cancels, without waiting for anything. What is looked at in the past is acted on by nobody.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromQuery, JSONBody

from vedette.assessment.alerts import AlertLife, DeskKind, Person, find
from vedette.assessment.alerts.acts import NOTE_MOST, SHELF_MAX_S
from vedette.core.errors import RefusedError
from vedette.doors.alert_acting import Asked, carry_out
from vedette.doors.alert_words import alert_document
from vedette.doors.audit_words import record_row
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.server.context import ServerContext
from vedette.doors.server.desk_reader import DeskReader
from vedette.doors.server.pages import Cursor, Most, Name, answer, page
from vedette.doors.server.problems import NotInReplayError
from vedette.doors.server.roles import VIEWER, Seat, for_role, seat_in
from vedette.doors.server.routes.session import place_of
from vedette.doors.telling import how_told
from vedette.reports import Message

ATTENDS = {"acknowledge": "ack", "shelve": "ack", "unshelve": "unshelve", "start": "start"}
TELL_FOR_S = 2.0
HISTORY_MOST = 2_000  # records of the log that are looked through for those of one alert
Revision = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{8,64}$", description="of what was seen, as `revision`")]


class ActAsked(msgspec.Struct, forbid_unknown_fields=True):
    """What a person asks for."""

    action: Literal["acknowledge", "shelve", "unshelve", "start", "release", "update", "cancel"]
    revision_hash: Revision | None = None
    revision: str | int | None = None  # as it was shown; what counts is its hash
    credential: Annotated[str, msgspec.Meta(max_length=200)] = ""
    account: Annotated[str, msgspec.Meta(max_length=200)] = ""  # of a cancellation without a session
    reason: Annotated[str, msgspec.Meta(max_length=NOTE_MOST)] = ""  # of a cancellation one of its five; else a note
    confidence: Literal["", "low", "medium", "high"] = ""
    shelve_s: Annotated[float, msgspec.Meta(gt=0.0, le=SHELF_MAX_S)] | None = None
    clock: Literal["live", "replay"] = "live"  # what the page shows while it asks


def routes(context: ServerContext) -> list[Any]:
    """The routes of this file."""
    reader = DeskReader(context.data_dir)
    people = ThreadPoolExecutor(4, "acts")
    cancels = ThreadPoolExecutor(4, "cancellations")  # of their own: nothing else holds them up

    @get("/api/v1/alerts", sync_to_thread=True, **for_role(VIEWER))
    def alerts(
        request: Request[Any, Any, Any], all: FromQuery[bool] = False, most: Most = 200, cursor: Cursor = None
    ) -> Response[bytes]:
        """Alerts of the desk of this watch's mode, each whole, oldest first; with `all` also what is over."""
        now = now_tai_ns()
        lives = [one for one in reader.now(context.desk_kind).lives.values() if all or _is_open(one, now)]
        found = page(lives, "alerts", cursor, most)
        found["alerts"] = [alert_document(one, now, context.data_dir) for one in found["alerts"]]
        return answer(request, found)

    @get("/api/v1/alerts/{alert_id:str}", sync_to_thread=True, **for_role(VIEWER))
    def alert(request: Request[Any, Any, Any], alert_id: Name) -> Response[bytes]:
        """One alert: what is proposed and why, what was said to whom, its records in the audit log."""
        kind = context.desk_kind
        life = find(reader.now(kind), alert_id)
        told = how_told(context.data_dir, kind) if life.sent else ()
        document = alert_document(life, now_tai_ns(), context.data_dir, told)
        return answer(request, {**document, "audit": _history(reader, kind, life.alert_id)})

    @post("/api/v1/alerts/{alert_id:str}/acts", status_code=200, **for_person())
    async def act(request: Request[Any, Any, Any], alert_id: Name, data: JSONBody[ActAsked]) -> Response[bytes]:
        """Acknowledge, start, shelve or unshelve; release or update as one of two; or cancel."""
        seat, place = seat_in(request.scope), place_of(request)
        pool = cancels if data.action == "cancel" else people
        done = await asyncio.get_running_loop().run_in_executor(
            pool, carried, context, reader, seat, place, alert_id, data
        )
        return Response(msgspec.json.encode(done), media_type="application/json")

    return [alerts, alert, act]


def for_person() -> dict[str, Any]:
    """Whoever has an account may try: what they may do is the desk's rule, and a refusal is in its log.

    The route asks for no role, because a cancellation may come with an account and its credential instead of a session.
    """
    told = for_role(VIEWER)
    return {"opt": {**told["opt"], "is_judged_by": "desk"}, "operation_class": told["operation_class"]}


def carried(
    context: ServerContext, reader: DeskReader, seat: Seat | None, place: str, alert_id: str, data: ActAsked
) -> dict[str, Any]:
    """The act done: what `vedette alert --json` says of it; RefusedError and its kin otherwise."""
    gate, kind = context.gate, context.desk_kind
    assert gate is not None, "acts are only behind a gate"
    if data.clock == "replay":
        raise NotInReplayError("this page shows the past: go live, look again, and act on what is there now")
    life = find(reader.now(kind), alert_id)
    if data.action in ATTENDS:
        person = gate.seated(seat)
    else:
        is_cancel = data.action == "cancel"
        person = gate.person(seat, data.credential, place, is_cancel=is_cancel, account=data.account)
        if not is_cancel:
            _check_recorded(reader, kind, person)
    done = carry_out(context.data_dir, asked_of(data, life), person, kind)
    return {**done.document, "is_owed": done.is_owed}


def asked_of(data: ActAsked, life: AlertLife) -> Asked:
    """The act in the words of `vedette alert`."""
    is_cancel, is_attended = data.action == "cancel", data.action in ATTENDS
    seen = data.revision_hash or (data.revision if isinstance(data.revision, str) else "") or ""
    shelve_s = (data.shelve_s or SHELF_MAX_S) if data.action == "shelve" else None
    return Asked(
        action=ATTENDS.get(data.action, data.action), alert=life.alert_id, revision=seen, shelve_s=shelve_s,
        reason=(data.reason or "mistake") if is_cancel else "", note=data.reason if is_attended else "",
        confidence=data.confidence, for_s=TELL_FOR_S,
    )  # fmt: skip


def _check_recorded(reader: DeskReader, kind: DeskKind, person: Person) -> None:
    """Nobody releases by an account that was made unseen."""
    if any(one.name == person.account for one in reader.unrecorded(kind)):
        cure = "close it, and make it by `vedette accounts add`"
        raise RefusedError(f"{person.account}: no record at the {kind} desk tells who made this account; {cure}")


def _history(reader: DeskReader, kind: DeskKind, alert_id: str) -> list[dict[str, Any]]:
    """What the log holds of one alert, oldest first."""
    found = reader.records(kind, None, HISTORY_MOST)[::-1]
    return [record_row(kind, seq, one) for seq, one in found if getattr(one, "alert_id", None) == alert_id]


def _is_open(life: AlertLife, t_tai_ns: int) -> bool:
    return life.message(t_tai_ns) in (Message.PROPOSED, Message.RELEASED, Message.UPDATED)
