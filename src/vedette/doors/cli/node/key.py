"""`vedette node key`: the keys that sign for this node, those of partners, and how they change."""

from pathlib import Path
from typing import Any, Literal


def show(
    peer: str | None = None, /, *, spell: bool = False, data_dir: Path | None = None, json: bool = False
) -> int:
    """Show the keys of this node and of its partners, each with the words to read over a telephone.

    The words stand for the whole key: two keys with the same words cannot be made. Read yours, let the partner read
    theirs, and compare with what is shown here.

    Parameters
    ----------
    peer
        Only the keys of this partner.
    spell
        Every word letter by letter as well, for a bad line.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    import sys

    import msgspec

    from vedette.doors.node.key_showing import key_rows, key_text

    folder, settings = _node(data_dir)
    rows = key_rows(folder, settings, peer, _now())
    if json:
        sys.stdout.write(msgspec.json.encode({"keys": rows}).decode() + "\n")
    else:
        sys.stdout.write(key_text(rows, spell))
    return 0


def rotate(
    which: Literal["live", "drill"],
    /,
    *,
    overlap_days: float = 7.0,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Make a new key in the place of one that is still sound, and let the old one vouch for it.

    Every link announces the change under the old key and signs with the new one as soon as the partner has given a
    receipt for that. For the overlap the partner believes both; afterwards only the new one. A running node does so
    without a restart. Compare the new words by telephone all the same. Of a key that may be in others' hands use
    `revoke`, not this: whoever has the old key can vouch as well.

    Parameters
    ----------
    which
        live or drill.
    overlap_days
        For how long partners go on to believe the old key, so that a link that is down misses nothing.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    from vedette.core.errors import UsageError
    from vedette.doors.node.own_keys import rotate as change
    from vedette.sharing import Purpose
    from vedette.sharing.key_words import key_words

    if not 0.0 <= overlap_days <= 366.0:
        raise UsageError(f"--overlap-days {overlap_days:g}: between 0 and 366")
    folder, settings = _node(data_dir)
    old = folder.keys.read(_kind(which))
    new, _ = change(folder.keys, Purpose(which), settings.owner, _now(), overlap_days * 86_400.0)
    words = key_words(new.public)
    text = (
        f"{old.key_id} is followed by {new.key_id}, and is believed for {overlap_days:g} more days\n"
        f"read these words to every partner: {words}\n"
    )
    return _tell({"old_key_id": old.key_id, "new_key_id": new.key_id, "words": words}, text, json)


def revoke(
    key_id: str,
    /,
    *,
    why: str = "",
    by_record_key: bool = False,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Believe a key no more, from the next message on.

    One of our own signs its own revocation, which every link tells, and then nothing. A partner's is refused here at
    once, with whatever it alone introduced. Neither can be undone: a key that may be in others' hands stays so.

    Parameters
    ----------
    key_id
        Such as live-3f9c0a5b7d21e846; `vedette node key show` lists them.
    why
        A few words, which partners are told.
    by_record_key
        Of our own: the record key signs the revocation, when the key itself is lost.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    from vedette.core.errors import NotFoundError
    from vedette.doors.node.own_keys import own_key_ids
    from vedette.doors.node.own_keys import revoke as take_back
    from vedette.doors.node.peer_file import peers_of
    from vedette.doors.node.peer_keys import find_key

    folder, settings = _node(data_dir)
    if key_id in own_key_ids(folder.keys) or by_record_key:
        take_back(folder.keys, key_id, settings.owner, _now(), why, by_record_key)
        text = (
            f"{key_id} signs nothing more; every partner is told over its link. Tell them by telephone as well.\n"
            f"`vedette keys make {key_id.split('-', 1)[0]}` makes another, whose words partners must compare\n"
        )
        return _tell({"revoked": [key_id], "owner": settings.owner}, text, json)
    try:
        keys = find_key(folder, peers_of(folder), key_id)
    except NotFoundError:
        said = f"{key_id[:60]!r} is no key of ours or of a partner; `vedette node key show` lists them"
        raise NotFoundError(said) from None
    before = {one.key_id for one in keys.book().keys if one.t_revoked_tai_ns is not None}
    book = keys.revoke(key_id, _now(), why)
    fallen = [one.key_id for one in book.keys if one.t_revoked_tai_ns is not None and one.key_id not in before]
    also = "".join(f"{one} falls with it: only {key_id} had vouched for it\n" for one in fallen if one != key_id)
    text = f"{key_id} of {book.owner} is believed no more, from the next message on\n{also}"
    return _tell({"revoked": fallen, "owner": book.owner}, text, json)


def trust(
    peer: str, line: str, /, *, words: str = "", data_dir: Path | None = None, json: bool = False
) -> int:
    """Believe a partner's key, once its words have been compared by telephone.

    Without --words the words are shown, and nothing is believed.

    Parameters
    ----------
    peer
        The partner's node, or its owner.
    line
        The key as `vedette keys list` prints it over there, or the id of a key that another one introduced.
    words
        The words as the partner read them.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    from vedette.core.errors import RefusedError
    from vedette.doors.node.peer_file import read_peer
    from vedette.doors.node.peer_keys import PeerKeys
    from vedette.sharing.key_words import are_the_words, key_words
    from vedette.sharing.keys import parse_trusted

    folder, _ = _node(data_dir)
    keys = PeerKeys(folder, read_peer(folder, peer).name)
    held = keys.book().find(line.strip())
    key = held.key if held is not None else parse_trusted(line, "the key given").key
    if not words:
        raise RefusedError(
            f"not believed yet. The words of {key.key_id} are\n  {key_words(key)}\n"
            "have the partner read theirs over a telephone, and give them as they were heard: --words 'WORDS'"
        )
    if not are_the_words(words, key):
        raise RefusedError(f"these are not the words of {key.key_id}: misheard, or it is another key; believe it not")
    keys.trust(key)
    text = f"{key.key_id} is believed as a key of {keys.book().owner}\n"
    return _tell({"key_id": key.key_id, "owner": keys.book().owner}, text, json)


def take(
    peer: str, statement: Path, /, *, data_dir: Path | None = None, json: bool = False
) -> int:
    """Take a partner's statement about a key that came by another way than the link: a file, a mail.

    It is believed by its signatures alone. Ours stand in keys/statements/ of the node's directory.

    Parameters
    ----------
    peer
        The partner's node, or its owner.
    statement
        The file.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    from vedette.doors.node.peer_file import read_peer
    from vedette.doors.node.peer_keys import PeerKeys
    from vedette.sharing.key_words import key_words

    folder, _ = _node(data_dir)
    keys = PeerKeys(folder, read_peer(folder, peer).name)
    book, said = keys.book().with_statement(statement.read_bytes(), _now())
    keys.keep(book)
    if said.new_key is None:
        text = f"{said.key_id} of {book.owner} is believed no more{': ' + said.why if said.why else ''}\n"
    else:
        text = (
            f"{said.key_id} of {book.owner} is followed by {said.new_key_id}\n"
            f"compare by telephone: {key_words(said.new_key)}\n"
        )
    return _tell({"kind": said.kind, "key_id": said.key_id, "new_key_id": said.new_key_id}, text, json)


def _node(data_dir: Path | None) -> Any:
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.folder import read_node

    return read_node(data_dir_of(data_dir))


def _now() -> int:
    from vedette.doors.seal_file import now_tai_ns

    return now_tai_ns()


def _kind(which: str) -> Any:
    from vedette.doors.key_files import KIND_OF
    from vedette.sharing import Purpose

    return KIND_OF[Purpose(which)]


def _tell(document: dict[str, Any], text: str, is_json: bool) -> int:
    import sys

    import msgspec

    sys.stdout.write(msgspec.json.encode(document).decode() + "\n" if is_json else text)
    return 0
