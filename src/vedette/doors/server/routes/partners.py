"""The joint duty desk: how links stand, what the desks say to one another, what was told and heard."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.params import JSONBody, QueryParameter

from vedette.core.errors import NotFoundError
from vedette.doors.node.folder import NodeFolder, NodeSettings, read_node
from vedette.doors.node.store import NodeStore
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.server.context import Served, ServerContext
from vedette.doors.server.pages import Name, answer
from vedette.doors.server.roles import OPERATOR, VIEWER, for_role, seat_in

Text = Annotated[str, msgspec.Meta(max_length=4_000)]
ShortText = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Minutes = Annotated[float, msgspec.Meta(gt=0.0, le=43_200.0)]
Before = Annotated[int | None, QueryParameter(ge=1, le=2**53, description="rows before this number; else the newest")]
Most = Annotated[int, QueryParameter(ge=1, le=500, description="how many rows at most")]
Direction = Annotated[Literal["sent", "received"] | None, QueryParameter(description="only these")]
Link = Annotated[str | None, QueryParameter(max_length=100, description="only this partner's node")]


class WordsAsked(msgspec.Struct, forbid_unknown_fields=True):
    """Something for a partner's desk."""

    peer: ShortText
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
    kind: Literal["query", "cue-request", "note"] = "query"
    due_min: Minutes = 10.0


class AnswerAsked(msgspec.Struct, forbid_unknown_fields=True):
    """An answer to what a partner's desk asked."""

    text: Text = ""
    answer: Literal["", "accepted", "declined"] = ""


class NodeSeen:
    """The node of the data directory, if it is one: opened at the first question, closed with the server."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context
        self._store: NodeStore | None = None

    @property
    def is_there(self) -> bool:
        """Whether this watch belongs to a node."""
        return (self._context.data_dir / "node.toml").is_file()

    def described(self) -> tuple[NodeFolder, NodeSettings]:
        """Where it is and what it is called, also while its store is away; NotFoundError where there is none."""
        if not self.is_there:
            raise NotFoundError("this watch belongs to no node; `vedette node init` makes one")
        return read_node(self._context.data_dir)

    def read(self) -> tuple[NodeFolder, NodeSettings, NodeStore]:
        """The same, and what it keeps."""
        folder, settings = self.described()
        if self._store is None:
            from vedette.doors.node.opening_store import open_node_store

            self._store = open_node_store(folder.path, settings, 0)
        return folder, settings, self._store

    async def close(self) -> None:
        """Let go of the store."""
        if self._store is not None:
            await asyncio.to_thread(self._store.close)


def routes(context: ServerContext) -> list[Any]:
    """The routes of this file."""
    node = NodeSeen(context)
    context.closers.append(node.close)

    @get("/api/v1/partners", sync_to_thread=True, **for_role(VIEWER))
    def partners(request: Request[Any, Any, Any], context: Served) -> Response[bytes]:
        """How the node and its links stand, and what each partner says of itself; node null: this is none."""
        told = {"node": _standing(node) if node.is_there else None, "partners": context.hub.picture.get("partners", [])}
        return answer(request, told)

    @get("/api/v1/partners/words", **for_role(VIEWER))
    async def words(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Everything the desks said to one another, oldest first, and what became of it."""
        return answer(request, await asyncio.to_thread(_words, node))

    @post("/api/v1/partners/words", status_code=201, **for_role(OPERATOR))
    async def ask(request: Request[Any, Any, Any], data: JSONBody[WordsAsked]) -> Response[bytes]:
        """Ask a partner's desk, or tell it a note; it waits in the node until the link takes it."""
        who = _account(request)

        def do(desk: Any) -> str:
            return str(desk.ask(data.peer, data.text, kind=data.kind, due_s=60.0 * data.due_min).words_id)

        return _made(await asyncio.to_thread(_do, node, who, do))

    @post("/api/v1/partners/words/{name:str}/answer", status_code=201, **for_role(OPERATOR))
    async def reply(request: Request[Any, Any, Any], name: Name, data: JSONBody[AnswerAsked]) -> Response[bytes]:
        """Answer what a partner's desk asked, once."""
        who = _account(request)

        def do(desk: Any) -> str:
            return str(desk.answer(name, data.text, answer=data.answer).words_id)

        return _made(await asyncio.to_thread(_do, node, who, do))

    @get("/api/v1/partners/log", sync_to_thread=True, **for_role(VIEWER))
    def log(
        request: Request[Any, Any, Any], before: Before = None, most: Most = 100, direction: Direction = None,
        link: Link = None,
    ) -> Response[bytes]:  # fmt: skip
        """What was told to partners and heard from them, newest first."""
        from vedette.doors.node.log_rows import log_rows

        _, _, store = node.read()
        return answer(request, {"log": log_rows(store, before, most, direction, link)})

    return [partners, words, ask, reply, log]


def _account(request: Request[Any, Any, Any]) -> str:
    seat = seat_in(request.scope)
    return "" if seat is None else seat.account


def _standing(node: NodeSeen) -> dict[str, Any]:
    from vedette.doors.node.peer_file import peers_of
    from vedette.doors.node.showing import status_document

    folder, settings = node.described()
    document = status_document(folder, settings, peers_of(folder))
    document.pop("folder")  # where things lie is nobody's business but the machine's
    document.pop("store")
    return document


def _words(node: NodeSeen) -> dict[str, Any]:
    from vedette.doors.node.words import conversation

    _, _, store = node.read()
    return {"words": conversation(store, now_tai_ns())}


def _do(node: NodeSeen, who: str, what: Callable[[Any], str]) -> str:
    from vedette.doors.node.saying import Desk

    folder, settings, store = node.read()
    return what(Desk(folder, settings, store, now_tai_ns(), who))


def _made(name: str) -> Response[bytes]:
    return Response(msgspec.json.encode({"id": name}), status_code=201, media_type="application/json")
