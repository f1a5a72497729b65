"""Notices between owners: each owner signs its own, so that it can be shown to anybody, and passed on as it is."""

import msgspec

from vedette.core.errors import BadInputError, VedetteError
from vedette.doors.node.folder import NodeFolder, NodeSettings
from vedette.doors.node.link_keys import signing_key
from vedette.formats.notice_json import document_from_notice, notice_from_document
from vedette.reports import Mode, Notice, SharedNotice
from vedette.sharing import PublicKey

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
    key = signing_key(folder, mode)
    return SharedNotice(notice_json=body, signature=key.sign(_CONTEXT + body), key_id=key.key_id)


def check_notice(shared: SharedNotice, keys: dict[str, PublicKey], owner: str, t_received_tai_ns: int) -> Notice:
    """The notice, when one of its party's keys signed it; BadInputError says what is wrong with it otherwise."""
    key = keys.get(shared.key_id)
    if key is None or not key.check(_CONTEXT + shared.notice_json, shared.signature):
        raise BadInputError("its signature is not by a key of its owner", "shared notice", "ask for it to be sent again")
    try:
        notice = notice_from_document(msgspec.json.decode(shared.notice_json), f"partner {owner}", t_received_tai_ns)
    except (msgspec.DecodeError, RecursionError) as trouble:
        raise BadInputError(f"it cannot be read ({trouble})", "shared notice") from None
    if notice.party != owner:
        raise BadInputError(f"{owner} shares a notice of {notice.party!r}", "shared notice", "each owner signs its own")
    return notice


def notice_words(shared: SharedNotice, keys: dict[str, PublicKey], owner: str, t_tai_ns: int) -> tuple[str, str]:
    """Its name and the verdict on its signature, in words; never raises."""
    try:
        notice = check_notice(shared, keys, owner, t_tai_ns)
    except VedetteError as trouble:
        return "", str(trouble)
    return notice.notice_id, "signed by its owner"
