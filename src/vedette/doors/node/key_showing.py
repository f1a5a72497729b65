"""The keys of a node and of its partners, as people are shown them."""

from typing import Any

from vedette.doors.node.folder import NodeFolder, NodeSettings
from vedette.doors.node.own_keys import own_keys, statements
from vedette.doors.node.peer_file import peers_of, read_peer
from vedette.doors.node.peer_keys import PeerKeys
from vedette.sharing.key_words import key_words, spelled
from vedette.time import utc_text_from_tai_ns


def key_rows(folder: NodeFolder, settings: NodeSettings, peer: str | None, t_tai_ns: int) -> list[dict[str, Any]]:
    """A row a key: whose, its words, whether it is believed, until when."""
    rows = [] if peer is not None else _own(folder, settings)
    named = [read_peer(folder, peer)] if peer is not None else peers_of(folder)
    for one in named:
        for key in PeerKeys(folder, one.name).book().keys:
            rows.append(
                {
                    "owner": one.owner, "node": one.name, "is_own": False, "key_id": key.key_id,
                    "words": key_words(key.key), "standing": str(key.standing(t_tai_ns)),
                    "until_utc": _utc(key.t_until_tai_ns), "is_confirmed": key.is_confirmed,
                    "introduced_by": key.introduced_by or None, "why": key.why or None,
                }
            )  # fmt: skip
    return rows


def key_text(rows: list[dict[str, Any]], is_spelled: bool) -> str:
    """The rows for people."""
    lines = []
    for row in rows:
        until = f" until {row['until_utc']}" if row["until_utc"] else ""
        standing = row["standing"] + until + (f" ({row['why']})" if row["why"] else "")
        if not row["is_confirmed"]:
            standing += f"; vouched for by {row['introduced_by']}, its words not compared yet"
        lines.append(f"{row['node']}  {row['key_id']}  {standing}\n  {row['words']}\n")
        if is_spelled:
            lines += [f"    {line}\n" for line in spelled(row["words"]).splitlines()]
    return "".join(lines) or "no keys\n"


def _own(folder: NodeFolder, settings: NodeSettings) -> list[dict[str, Any]]:
    said = {one.said.key_id: one.said for one in statements(folder.keys)}
    taken_back = {one.said.key_id for one in statements(folder.keys) if one.said.kind == "revoke"}
    current = {key.key_id for key in folder.keys.own()}
    rows = []
    for key in own_keys(folder.keys):
        told = said.get(key.key_id)
        standing = "signs" if key.key_id in current else "followed by another"
        standing = "revoked" if key.key_id in taken_back else standing
        rows.append(
            {
                "owner": settings.owner, "node": settings.name, "is_own": True, "key_id": key.key_id,
                "words": key_words(key.public), "standing": standing,
                "until_utc": _utc(told.t_until_tai_ns or None) if told is not None else None,
                "is_confirmed": True, "introduced_by": None, "why": (told.why or None) if told is not None else None,
            }
        )  # fmt: skip
    return rows


def _utc(t_tai_ns: int | None) -> str | None:
    return None if t_tai_ns is None else utc_text_from_tai_ns(t_tai_ns)
