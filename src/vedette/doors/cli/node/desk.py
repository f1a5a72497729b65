"""`vedette node ask`, `answer`, `words`, `share`, `notices`: one duty desk to another."""

from pathlib import Path
from typing import Literal


def ask(
    peer: str,
    text: str,
    /,
    *,
    kind: Literal["query", "cue-request", "plan", "note"] = "query",
    due_min: float = 10.0,
    document: Path | None = None,
    by: str = "",
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Ask a partner's desk something, with a deadline; or send it a cue request, a planned flight, a note.

    What is said waits in the node's store until the link takes it; `vedette node words` says what became of it. The
    release policy must grant that kind of words, and the type of a document that goes with them.

    vedette node ask SOUTH-A "Is your radar down for maintenance?" --due-min 5
    vedette node ask SOUTH-A "Look for O1" --kind cue-request --document cue.json      (of `vedette cue --json`)
    vedette node ask SOUTH-A "De-orbit on Sunday" --kind plan --document burns.json    (or an OEM)

    A plan is screened against our own catalogue too; both answers are shown side by side.

    Parameters
    ----------
    peer
        The partner's node: `vedette node status` names them.
    text
        What is said.
    kind
        A question, a request to look somewhere, a flight not flown yet, or something that asks for no answer.
    due_min
        Minutes until an answer is wanted.
    document
        An OEM, OMM or TDM, burns, a cue, a screening, or plain text.
    by
        The account that says it.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    with _desk(data_dir, by) as desk:
        words = desk.ask(peer, text, kind=kind, due_s=60.0 * due_min, document=document, data_dir=data_dir)
    due = "" if kind == "note" else f"; an answer is wanted within {due_min:g} min"
    return _told({"id": words.words_id, "peer": peer, "kind": kind}, f"{words.words_id} to {peer}{due}\n", json)


def answer(
    words_id: str,
    text: str = "",
    /,
    *,
    accept: bool = False,
    decline: bool = False,
    document: Path | None = None,
    by: str = "",
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Answer what a partner's desk asked, once.

    A cue request is accepted or declined, or left alone: silence is an answer too. A plan is answered with our own
    screening of it, made here and now against the catalogue of this node.

    Parameters
    ----------
    words_id
        Which, as `vedette node words` names it.
    text
        What is said.
    accept
        Yes.
    decline
        No.
    document
        To go with it.
    by
        The account that says it.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    from vedette.core.errors import UsageError

    if accept and decline:
        raise UsageError("--accept and --decline contradict each other")
    said = "accepted" if accept else "declined" if decline else ""
    with _desk(data_dir, by) as desk:
        words = desk.answer(words_id, text, answer=said, document=document, data_dir=data_dir)
    return _told({"id": words.words_id, "about": words_id}, f"{words.words_id} answers {words_id}\n", json)


def words(
    words_id: str | None = None,
    /,
    *,
    peer: str = "",
    out: Path | None = None,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """List what the desks said to one another, and what became of it; or write the document that came with one.

    Exit code 1 when a partner waits for an answer of ours.

    Parameters
    ----------
    words_id
        Only this, and what answers it.
    peer
        Only with this partner.
    out
        Where to write the document that came with `words_id`.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    from vedette.core.errors import NotFoundError, UsageError
    from vedette.doors.node.words import conversation, letter_of
    from vedette.reports import SharedWords

    with _desk(data_dir) as desk:
        if out is not None:
            if words_id is None:
                raise UsageError("--out writes the document of one thing said; name it")
            content = letter_of(desk.store, words_id)[0].content
            if not isinstance(content, SharedWords) or not content.document:
                raise NotFoundError(f"no document came with {words_id}")
            out.write_bytes(content.document)
        rows = conversation(desk.store, desk.t_tai_ns, peer)
    if words_id is not None:
        rows = [row for row in rows if words_id in (row["id"], row["about"])]
    waits = any(row["state"] in ("to answer", "late") for row in rows)
    _told({"words": rows}, "".join(_lines(rows)) or "nothing was said yet\n", json)
    return 1 if waits else 0


def share(
    notice: str,
    /,
    *more: str,
    to: str = "",
    mode: Literal["REAL", "EXERCISE", "TEST", "SIMULATED"] = "REAL",
    by: str = "",
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Tell partners notices of ours, signed by us; their release policies must grant notices.

    Parameters
    ----------
    notice
        A notice that we issued, by its id: `vedette notices list`.
    more
        Others.
    to
        Only this partner.
    mode
        Of the link.
    by
        The account that says it.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    from vedette.reports import Mode

    with _desk(data_dir, by) as desk:
        told = desk.share((notice, *more), (to,) if to else (), Mode(mode))
    return _told({"told": told}, f"{told} told\n", json)


def notices(*, take: bool = False, data_dir: Path | None = None, json: bool = False) -> int:
    """List notices that partners shared, and whether their owner signed them; take those into our own record.

    A watch holds what it sees against notices of the record from its next start on. Exit code 1 when one is not
    signed by its owner.

    Parameters
    ----------
    take
        Put every one that is signed by its owner into the record (`vedette notices list`).
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    from vedette.doors.node.shared_notices import notices_heard
    from vedette.doors.notice_store import NoticeStore

    with _desk(data_dir) as desk:
        found = notices_heard(desk.folder, desk.store)
    if take:
        kept = NoticeStore(desk.folder.path)
        known = {one.notice_id for one in kept.read()}
        kept.add([one.notice for one in found if one.notice is not None and one.notice.notice_id not in known])
    rows = [
        {"id": one.notice.notice_id if one.notice else "", "peer": one.peer, "t_utc": one.t_utc,
         "is_signed": one.notice is not None, "says": one.says}
        for one in found
    ]  # fmt: skip
    text = "".join(f"{row['t_utc']}  {row['peer']:<12} {row['id'] or '?':<20} {row['says']}\n" for row in rows)
    _told({"notices": rows}, text or "no partner shared a notice yet\n", json)
    return 1 if any(not row["is_signed"] for row in rows) else 0


def _desk(data_dir: Path | None, by: str = ""):  # type: ignore[no-untyped-def]
    """The desk of the node of a directory, closed after use."""
    from contextlib import contextmanager

    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.folder import read_node
    from vedette.doors.node.opening_store import open_node_store
    from vedette.doors.node.saying import Desk
    from vedette.doors.seal_file import now_tai_ns

    @contextmanager
    def opened():  # type: ignore[no-untyped-def]
        folder, settings = read_node(data_dir_of(data_dir))
        store = open_node_store(folder.path, settings)
        try:
            yield Desk(folder, settings, store, now_tai_ns(), by)
        finally:
            store.close()

    return opened()


def _told(document: dict[str, object], text: str, json: bool) -> int:
    import sys

    import msgspec

    sys.stdout.write(msgspec.json.encode(document).decode() + "\n" if json else text)
    return 0


def _lines(rows: list[dict[str, object]]) -> list[str]:
    found = []
    for row in rows:
        whose = f"to {row['peer']}" if row["is_ours"] else f"from {row['peer']}"
        about = f" on {row['about']}" if row["about"] else ""
        state = f"  [{row['state']}]" if row["state"] else f"  [{row['answer']}]" if row["answer"] else ""
        fate = f"  ({row['fate']})" if row["fate"] not in ("", "told") else ""
        found.append(f"{row['t_utc']}  {row['id']:<18} {row['kind']}{about} {whose}{state}{fate}\n")
        if row["text"]:
            found.append(f"    {row['text']}\n")
        if row["document_says"]:
            found.append(f"    {row['document_says']}\n")
        screened = row["screenings"]
        if isinstance(screened, dict):
            for whose_answer in ("ours", "theirs"):
                found.append(f"    {whose_answer}: {_screening_line(screened[whose_answer])}\n")
    return found


def _screening_line(found: dict[str, object] | None) -> str:
    if found is None:
        return "not screened"
    events = found["events"]
    assert isinstance(events, list)
    if not events:
        return f"nothing within {found.get('km', '?')} km of {found.get('objects', '?')} objects"
    near = min(events, key=lambda one: one.get("miss_km", float("inf")))
    return f"{len(events)} approaches, nearest {near.get('name')} {near.get('miss_km')} km at {near.get('tca_utc')}"
