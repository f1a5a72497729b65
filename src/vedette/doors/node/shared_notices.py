"""Notices between owners: each owner signs its own, so that it can be shown to anybody, and passed on as it is."""

from dataclasses import dataclass

import msgspec

from vedette.core.errors import BadInputError, VedetteError
from vedette.doors.node.folder import NodeFolder, NodeSettings
from vedette.doors.node.own_keys import signing_key
from vedette.doors.node.peer_file import peers_of
from vedette.doors.node.peer_keys import PeerKeys
from vedette.doors.node.store import NodeStore
from vedette.doors.node.words import letters
from vedette.formats.notice_json import document_from_notice, notice_from_document
from vedette.reports import Mode, Notice, SharedNotice
from vedette.sharing import PublicKey
from vedette.sharing.key_life import KeyBook, Standing
from vedette.time import utc_text_from_tai_ns

_CONTEXT = b"vedette shared notice 1\n"


def signed_notice(folder: NodeFolder, settings: NodeSettings, notice: Notice, mode: Mode) -> SharedNotice:
    """A notice of ours under our own key; BadInputError when another party issued it: that party signs its own."""
    if notice.party != settings.owner:
        raise BadInputError(
            f"issued by {notice.party!r}, and this node belongs to {settings.owner!r}", notice.notice_id,
            "each owner shares its own notices",
        )  # fmt: skip
    document = document_from_notice(notice)
    document.pop("received_utc", None)
    body = msgspec.json.encode(document, order="deterministic")
    key = signing_key(folder.keys, mode)
    return SharedNotice(notice_json=body, signature=key.sign(_CONTEXT + body), key_id=key.key_id)


def check_notice(shared: SharedNotice, keys: dict[str, PublicKey], owner: str, t_received_tai_ns: int) -> Notice:
    """The notice, when one of its party's keys signed it; BadInputError says what is wrong with it otherwise."""
    key = keys.get(shared.key_id)
    if key is None or not key.check(_CONTEXT + shared.notice_json, shared.signature):
        raise BadInputError("not signed by a key of its owner", "shared notice", "ask for it to be sent again")
    try:
        notice = notice_from_document(msgspec.json.decode(shared.notice_json), f"partner {owner}", t_received_tai_ns)
    except (msgspec.DecodeError, RecursionError) as trouble:
        raise BadInputError(f"it cannot be read ({trouble})", "shared notice") from None
    if notice.party != owner:
        raise BadInputError(f"{owner} shares a notice of {notice.party!r}", "shared notice", "each owner signs its own")
    return notice


@dataclass(frozen=True, slots=True)
class NoticeHeard:
    """A notice that a partner shared."""

    peer: str
    t_utc: str
    notice: Notice | None  # None: not signed by its owner, or not readable
    says: str


def notices_heard(folder: NodeFolder, store: NodeStore) -> list[NoticeHeard]:
    """Every notice that partners shared, oldest first, each held against its owner's keys as they are now."""
    _, heard = letters(store)
    books = {peer.name: (peer.owner, PeerKeys(folder, peer.name)) for peer in peers_of(folder)}
    found = []
    for letter in heard:
        if not isinstance(letter.content, SharedNotice):
            continue
        t_utc = utc_text_from_tai_ns(letter.t_tai_ns, 0)
        if letter.peer not in books:
            found.append(NoticeHeard(letter.peer, t_utc, None, "its owner is no partner any more"))
            continue
        owner, keys = books[letter.peer]
        try:
            notice = check_notice(letter.content, _believed(keys.book(), letter.t_tai_ns), owner, letter.t_tai_ns)
        except VedetteError as trouble:
            found.append(NoticeHeard(letter.peer, t_utc, None, str(trouble)))
            continue
        found.append(NoticeHeard(letter.peer, t_utc, notice, "signed by its owner"))
    return found


def _believed(book: KeyBook, t_tai_ns: int) -> dict[str, PublicKey]:
    """The keys that were believed when it came."""
    return {one.key_id: one.key for one in book.keys if one.standing(t_tai_ns) is Standing.GOOD}
