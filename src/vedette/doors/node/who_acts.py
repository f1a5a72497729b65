"""Who acts for a node and who stands by, as `node status` and the duty desk say it."""

from typing import Any

from vedette.core.errors import VedetteError
from vedette.doors.node.folder import NodeFolder, NodeSettings


def acting_document(folder: NodeFolder, settings: NodeSettings) -> dict[str, Any] | None:
    """Who acts, since which token, on which journal, and who follows how far; None when the store does not tell."""
    from vedette.doors.node.acting import WATCH, seat_of, standing_by
    from vedette.doors.node.opening_store import open_node_store
    from vedette.doors.seal_file import now_tai_ns

    if not has_store(folder, settings):
        return None
    try:
        store = open_node_store(folder.path, settings, 0)
    except VedetteError:
        return None
    try:
        now = now_tai_ns()
        lease, seat = store.lease(WATCH), seat_of(store)
        is_held = lease is not None and lease.t_until_tai_ns > now
        return {
            "who": lease.holder if lease is not None and is_held else "",
            "token": 0 if lease is None else lease.token,
            "journal": "" if seat is None else seat.journal,
            "standing_by": [
                {"who": who, "entries_read": read}
                for who, read in sorted(standing_by(store, now).items())
                if lease is None or not is_held or who != lease.holder
            ],
        }
    except VedetteError:
        return None
    finally:
        store.close()


def has_store(folder: NodeFolder, settings: NodeSettings) -> bool:
    """Whether there is a store to ask: a node that never ran has none, and asking makes none."""
    from vedette.doors.node.opening_store import MADE_FILE

    places = (folder.path / settings.store, folder.path / MADE_FILE)
    return "://" in settings.store or any(one.is_file() for one in places)


def acting_lines(acting: dict[str, Any] | None) -> list[str]:
    """The same for people."""
    if acting is None or not (acting["who"] or acting["standing_by"]):
        return []
    lines = [f"{acting['who'] or 'nobody'} acts (token {acting['token']}, journal {acting['journal'] or 'none yet'})"]
    lines += [f"  {one['who']} stands by; it has read {one['entries_read']} entries" for one in acting["standing_by"]]
    if not acting["standing_by"]:
        lines.append("  nobody stands by; `vedette node standby` follows")
    return lines
