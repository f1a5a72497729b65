"""`vedette node status`: how the node stands."""

from pathlib import Path


def status(*, data_dir: Path | None = None, json: bool = False) -> int:
    """Say how the node stands: its broker, each partner's link, what waits to be taken, when each was last heard.

    Exit code 1 when it runs and a link that should be up is not.

    Parameters
    ----------
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    import sys

    import msgspec

    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.folder import read_node
    from vedette.doors.node.peer_file import peers_of
    from vedette.doors.node.showing import next_steps, status_document, status_text

    folder, settings = read_node(data_dir_of(data_dir))
    peers = peers_of(folder)
    document = status_document(folder, settings, peers)
    if json:
        sys.stdout.write(msgspec.json.encode(document).decode() + "\n")
    else:
        sys.stdout.write(status_text(document))
        if not document["is_running"]:
            sys.stdout.write(next_steps(folder, peers))
    bad = [row for row in document["peers"] if row["state"] not in ("up", "suspended")]
    return 1 if document["is_running"] and bad else 0
