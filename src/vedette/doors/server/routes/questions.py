"""What a belief rests on, and what it would be otherwise: journals played again, in a process of their own."""

import asyncio
import contextlib
from pathlib import Path
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import JSONBody, QueryParameter

from vedette.core.errors import UnreachableError, UsageError
from vedette.doors.raw_report import report_document
from vedette.doors.reel_store import reel_path_of
from vedette.doors.replay_worker import NO_REEL
from vedette.doors.server.context import Served, ServerContext
from vedette.doors.server.journals import journal_named
from vedette.doors.server.pages import Name, answer
from vedette.doors.server.replay_link import STARTING
from vedette.doors.server.roles import OPERATOR, VIEWER, for_role
from vedette.doors.server.routes.replay import answered
from vedette.doors.server.routes.sensors import Journal
from vedette.doors.server.side_job import Order
from vedette.doors.server.side_jobs import Job, SideJobs

WAIT_S = 8.0  # an answer that comes sooner is given at once; later ones are asked for again
FRESH_S = 10.0  # evidence of a journal that grows is believed for so long
POLICY_MOST = 200_000
At = Annotated[str | None, QueryParameter(max_length=40, description="UTC, or T+120 after lift-off; else the end")]
_NO_REEL = msgspec.json.encode({"state": NO_REEL})
Entry = Annotated[int, QueryParameter(ge=1, le=2**53, description="the number of the entry")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Texts = Annotated[list[Text], msgspec.Meta(max_length=50)]


class WhatIfAsked(msgspec.Struct, forbid_unknown_fields=True):
    """A journal played again without some sensors or notices, or by another policy."""

    journal: Text | None = None  # by name; the one that is written now
    without: Texts = []
    without_notices: Texts = []
    policy: Annotated[str, msgspec.Meta(max_length=POLICY_MOST)] | None = None  # the text of a policy


class QuestionTold(msgspec.Struct):
    """How far an answer has come: ask again until it is done, failed or stopped."""

    id: str
    state: str
    done: int
    of: int
    problem: dict[str, Any] | None = None
    document: dict[str, Any] | None = None


def routes(context: ServerContext) -> list[Any]:
    """The routes of this file."""
    made: list[SideJobs] = []

    def jobs() -> SideJobs:
        if not made:  # on the loop that serves
            made.append(SideJobs())
            context.closers.append(made[0].stop)
        return made[0]

    @get("/api/v1/objects/{name:str}/evidence", **for_role(VIEWER))
    async def evidence(
        request: Request[Any, Any, Any], context: Served, name: Name, journal: Journal = None, at: At = None
    ) -> Response[bytes]:
        """What `vedette explain --json` says of an object or track; 202 while the journal is still being played."""
        path = journal_named(context.journals, journal, context.journal)
        known = await _from_reel(context, path, name, at)
        if known is not None:
            return known if isinstance(known, Response) else answer(request, known)
        is_growing = at is None and path == context.journal
        order = Order(do="explain", journal=str(path), name=name, at=at)
        job = jobs().ask(order, FRESH_S if is_growing else float("inf"))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(job.ended.wait(), WAIT_S)
        if job.state == "done":
            return answer(request, job.document())
        return _unfinished(job)

    @post("/api/v1/whatif", **for_role(OPERATOR))
    async def ask(context: Served, data: JSONBody[WhatIfAsked]) -> Response[QuestionTold]:
        """Ask what would be believed without some sensors or notices; the answer is asked for by its id."""
        if not (data.without or data.without_notices or data.policy):
            raise UsageError("what if what? Name sensors or notices to do without, or give another policy")
        path = journal_named(context.journals, data.journal, context.journal)
        order = Order(
            do="whatif", journal=str(path), without=tuple(data.without), without_notices=tuple(data.without_notices),
            policy=data.policy,
        )  # fmt: skip
        job = jobs().ask(order, FRESH_S if path == context.journal else float("inf"))
        return Response(QuestionTold(**job.row()), status_code=202)

    @get("/api/v1/whatif/{name:str}", **for_role(VIEWER))
    async def told(name: Name) -> QuestionTold:
        """How far it has come, and both runs with their differences once it is done."""
        job = jobs().job(name)
        return QuestionTold(**job.row(), document=job.document())

    @get("/api/v1/reports", sync_to_thread=True, **for_role(VIEWER))
    def report(
        request: Request[Any, Any, Any], context: Served, entry: Entry, journal: Journal = None
    ) -> Response[bytes]:
        """One entry of a journal as it was received."""
        return answer(request, report_document(journal_named(context.journals, journal, context.journal), entry))

    return [evidence, ask, told, report]


async def _from_reel(context: ServerContext, path: Path, name: str, at: str | None) -> bytes | Response[bytes] | None:
    """What the reel beside the journal tells; None while there is none that reaches so far: then the journal is played.

    The process that answers is asked for the first time when a reel is there, and takes a moment to start.
    """
    if not reel_path_of(path).exists():
        return None
    try:
        body = await context.explainer.ask("evidence", path, name=name, at=at)
    except UnreachableError:
        return None
    if body == STARTING:
        return answered(body)
    return None if body == _NO_REEL else body


def _unfinished(job: Job) -> Response[Any]:
    """Not there yet, or never: how far, or why not."""
    if job.problem is None:
        return Response(job.row(), status_code=202, headers={"Retry-After": "1"})
    status = int(job.problem.get("status", 500))
    return Response(msgspec.json.encode(job.problem), status_code=status, media_type="application/problem+json")
