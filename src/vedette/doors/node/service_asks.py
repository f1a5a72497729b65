"""What people ask of a service that runs: a document in the node's store, answered by another beside it."""

import secrets
import time
from collections.abc import Mapping
from typing import Literal

import msgspec

from vedette.core.errors import RefusedError, UnreachableError
from vedette.doors.node.store import NodeStore
from vedette.sharing.services import Duty

ASKED, TOLD = "service-asks", "service-told"
PATIENCE_S = 12.0
LOOK_S = 0.1


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """Give a track to another service, or say what it is."""

    do: Literal["give", "identify"]
    track: str
    to: str = ""
    identity: str = ""
    by: str = ""  # an account
    t_posix_s: float = 0.0


class Told(msgspec.Struct, frozen=True):
    """What came of it."""

    is_done: bool
    text: str


def ask_service(store: NodeStore, ask: Ask, patience_s: float = PATIENCE_S) -> str:
    """Ask, and wait for the answer; RefusedError when it is no, UnreachableError when nobody answers."""
    key = secrets.token_hex(8)
    asked = msgspec.structs.replace(ask, t_posix_s=time.time())
    store.write(lambda writing: writing.keep_document(ASKED, key, msgspec.json.encode(asked)))
    t_end = time.monotonic() + patience_s
    while time.monotonic() < t_end:
        body = store.document(TOLD, key)
        if body is not None:
            store.write(lambda writing: writing.keep_document(TOLD, key, None))
            told = msgspec.json.decode(body, type=Told)
            if not told.is_done:
                raise RefusedError(told.text)
            return told.text
        time.sleep(LOOK_S)
    store.write(lambda writing: writing.keep_document(ASKED, key, None))
    raise UnreachableError("the service does not answer; `vedette node status` says whether it runs")


def asks_in(store: NodeStore) -> list[tuple[str, Ask]]:
    """What was asked and not answered, oldest first; what is older than anybody waits is not heeded."""
    found = []
    for key, body in store.documents(ASKED).items():
        try:
            ask = msgspec.json.decode(body, type=Ask)
        except msgspec.DecodeError:
            continue
        if abs(time.time() - ask.t_posix_s) < PATIENCE_S:
            found.append((key, ask))
    return sorted(found, key=lambda one: one[1].t_posix_s)


def answer_asks(store: NodeStore, taken: list[str], answers: list[tuple[str, bool, str]]) -> None:
    """Those taken are asked no more; these are the answers there are so far."""
    old = [] if not taken else [key for key in store.documents(TOLD) if key not in {one[0] for one in answers}]

    def work(writing) -> None:  # type: ignore[no-untyped-def]
        for key in taken:
            writing.keep_document(ASKED, key, None)
        for key in old[:-100]:  # of those who waited no more
            writing.keep_document(TOLD, key, None)
        for key, is_done, text in answers:
            writing.keep_document(TOLD, key, msgspec.json.encode(Told(is_done, text)))

    if taken or answers:
        store.write(work)


def find_number(track: str, names: Mapping[str, str], duties: Mapping[str, Duty]) -> str | None:
    """A number, or the watch's own name of a track such as O3, of its newest watch; None when it is neither."""
    if track in duties:
        return track
    found = [number for local, number in names.items() if local.rpartition("/")[2] == track or local == track]
    return found[-1] if found else None
