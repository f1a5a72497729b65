"""Words between desks: queries with a deadline, cue requests, planned flights, their answers; shared notices.

People act on words, the engine does not. What a desk says is kept in its node's store, from where the gateway takes it
when it can; what the partner's desk says is kept when it is heard. So nothing of a conversation is lost while either
program is away, and a thing said twice is one thing.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, UsageError
from vedette.doors.node.store import NodeStore, StoreWriting
from vedette.reports import PartnerReport, Shared, SharedNotice, SharedWords
from vedette.time import utc_text_from_tai_ns

TO_SAY, SAID, HEARD, FATE = "words-to-say", "words-said", "words-heard", "words-fate"
OWN_SCREENING = "words-own-screening"  # of what we plan: our own answer, beside which the partner's is shown
ASKING = {"query": "reply", "cue-request": "cue-answer", "plan": "plan-answer"}  # and what answers each
YES_OR_NO = ("cue-request",)
MOST_CHARACTERS, MOST_DOCUMENT_BYTES = 4_000, 1_000_000


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a desk said to one partner, or heard from it."""

    peer: str
    t_tai_ns: int  # when it was said here, or heard here
    by: str = ""  # the account that said it
    content: SharedWords | SharedNotice


def words_id_of(node: str, t_tai_ns: int, text: str) -> str:
    """A name short enough to be read over a telephone, and never the same for two things said."""
    return f"{node}-{hashlib.sha256(f'{node} {t_tai_ns} {text}'.encode()).hexdigest()[:6]}"


def checked(words: SharedWords) -> SharedWords:
    """The words, or UsageError for what no desk should be sent."""
    if words.kind not in (*ASKING, *ASKING.values(), "note"):
        raise UsageError(f"words of kind {words.kind!r}; there are {', '.join((*ASKING, *ASKING.values(), 'note'))}")
    if not words.text.strip() and not words.document and not words.answer:
        raise UsageError("there is nothing in it; say something, or send a document")
    if len(words.text) > MOST_CHARACTERS or len(words.document) > MOST_DOCUMENT_BYTES:
        most = f"{MOST_CHARACTERS} characters and a document of {MOST_DOCUMENT_BYTES} bytes"
        raise UsageError(f"too long; {most} at most")
    if words.answer not in ("", "accepted", "declined"):
        raise UsageError(f"an answer is accepted or declined, and not {words.answer!r}")
    return words


def say(store: NodeStore, letter: Letter, own_screening: bytes = b"") -> None:
    """Keep it, and let the gateway take it to the partner; durable on return.

    `own_screening` is our own answer to what we plan, and stays at home.
    """
    body = msgspec.msgpack.encode(letter)
    name = name_of(letter.content)

    def work(writing: StoreWriting) -> None:
        writing.keep_document(SAID, f"{letter.peer} {name}", body)
        if own_screening:
            writing.keep_document(OWN_SCREENING, f"{letter.peer} {name}", own_screening)
        writing.keep_document(TO_SAY, f"{letter.t_tai_ns:020d} {letter.peer} {name}", body)

    store.write(work)


def to_say(store: NodeStore) -> list[tuple[str, Letter]]:
    """What the gateway has not taken yet, oldest first, by its key."""
    found = sorted(store.documents(TO_SAY).items())
    return [(key, msgspec.msgpack.decode(body, type=Letter)) for key, body in found]


def was_told(writing: StoreWriting, keys: Sequence[str], fates: dict[str, str], peer: str) -> None:
    """Inside a transaction: these have been taken, and this became of what was said."""
    for key in keys:
        writing.keep_document(TO_SAY, key, None)
    for name, fate in fates.items():
        writing.keep_document(FATE, f"{peer} {name}", fate.encode())


def keep_heard(writing: StoreWriting, peer: str, report: PartnerReport) -> None:
    """Inside the transaction that keeps a message: what it says to our desk."""
    for one in report.content:
        if isinstance(one, SharedWords | SharedNotice):
            letter = Letter(peer=peer, t_tai_ns=report.t_received_tai_ns, content=one)
            writing.keep_document(HEARD, f"{peer} {name_of(one)}", msgspec.msgpack.encode(letter))


def name_of(one: Shared) -> str:
    """Words by their own name, a notice by what it says."""
    if isinstance(one, SharedWords):
        return one.words_id
    assert isinstance(one, SharedNotice)
    return f"notice-{hashlib.sha256(one.notice_json).hexdigest()[:16]}"


def letters(store: NodeStore) -> tuple[list[Letter], list[Letter]]:
    """Everything said and everything heard, oldest first."""
    both = []
    for room in (SAID, HEARD):
        found = [msgspec.msgpack.decode(body, type=Letter) for body in store.documents(room).values()]
        both.append(sorted(found, key=lambda one: (one.t_tai_ns, name_of(one.content))))
    return both[0], both[1]


def conversation(store: NodeStore, t_now_tai_ns: int, peer: str = "") -> list[dict[str, Any]]:
    """Every thing said or heard, with what became of it, oldest first, for `--json` and the console.

    What asks has a `state`: of ours "waiting", "answered", "accepted", "declined" or "no answer" (its time is over);
    of theirs "to answer", "answered", "accepted", "declined" or "late". A planned flight has both owners' screenings.
    """
    from vedette.doors.node.word_documents import screening_of

    said, heard = letters(store)
    fates = {key: body.decode() for key, body in store.documents(FATE).items()}
    own = store.documents(OWN_SCREENING)
    waits = {f"{letter.peer} {name_of(letter.content)}" for _, letter in to_say(store)}
    answers: dict[tuple[bool, str, str], SharedWords] = {}
    for is_ours, found in ((True, said), (False, heard)):
        for letter in found:
            if isinstance(letter.content, SharedWords) and letter.content.about:
                answers.setdefault((is_ours, letter.peer, letter.content.about), letter.content)
    rows = []
    for is_ours, found in ((True, said), (False, heard)):
        for letter in found:
            one = letter.content
            if not isinstance(one, SharedWords) or (peer and letter.peer != peer):
                continue
            key = f"{letter.peer} {one.words_id}"
            answer = answers.get((not is_ours, letter.peer, one.words_id))
            ours = own.get(key, b"") if is_ours else b"" if answer is None else answer.document
            theirs = (b"" if answer is None else answer.document) if is_ours else b""
            rows.append({
                "id": one.words_id, "about": one.about, "kind": one.kind, "peer": letter.peer, "is_ours": is_ours,
                "by": letter.by, "t_utc": utc_text_from_tai_ns(letter.t_tai_ns, 0), "text": one.text,
                "due_utc": None if one.t_due_tai_ns is None else utc_text_from_tai_ns(one.t_due_tai_ns, 0),
                "due_in_s": None if one.t_due_tai_ns is None else round((one.t_due_tai_ns - t_now_tai_ns) / NS_PER_S),
                "answer": one.answer, "state": _state(one, is_ours, answer, t_now_tai_ns),
                "fate": "" if not is_ours else "waits for the link" if key in waits else fates.get(key, "on its way"),
                "document_type": one.document_type, "document_bytes": len(one.document),
                "document_says": document_says(one.document, one.document_type),
                "screenings": None if one.kind != "plan" else {
                    "ours": screening_of(ours) if ours else None, "theirs": screening_of(theirs) if theirs else None,
                },
            })  # fmt: skip
    return sorted(rows, key=lambda row: (row["t_utc"], row["id"]))


def letter_of(store: NodeStore, words_id: str) -> tuple[Letter, bool]:
    """A thing said (True) or heard (False) by its name; NotFoundError when there is none."""
    said, heard = letters(store)
    for found, is_ours in ((heard, False), (said, True)):
        for letter in found:
            if isinstance(letter.content, SharedWords) and letter.content.words_id == words_id:
                return letter, is_ours
    raise NotFoundError(f"nothing was said or heard by the name {words_id!r}; `vedette node words` lists what was")


def _state(one: SharedWords, is_ours: bool, answer: SharedWords | None, t_now_tai_ns: int) -> str:
    if one.kind not in ASKING:
        return ""
    if answer is not None:
        return answer.answer or "answered"
    is_over = one.t_due_tai_ns is not None and t_now_tai_ns > one.t_due_tai_ns
    if is_ours:
        return "no answer" if is_over else "waiting"
    return "late" if is_over else "to answer"


def document_says(document: bytes, document_type: str) -> str:
    """What a document reads as, in a sentence: whatever came, this never raises."""
    if not document:
        return ""
    from vedette.core.errors import VedetteError
    from vedette.doors.node.word_documents import read_document

    try:
        return read_document(document, document_type)
    except VedetteError as trouble:
        return f"it cannot be read: {trouble}"
