"""`vedette node asyncapi`: what a partner's programs read a link by."""

from pathlib import Path


def asyncapi(peer: str, /, *, data_dir: Path | None = None) -> int:
    """Print the AsyncAPI 3 document of what this node tells a partner: subjects, streams, and how messages are spelled.

    Whoever holds a reader's account at their own broker reads what was released to them with any client of NATS and
    this document.

    Parameters
    ----------
    peer
        The partner's node, or its owner.
    data_dir
        The node's directory.
    """
    import sys

    import msgspec

    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.asyncapi import link_asyncapi
    from vedette.doors.node.folder import read_node
    from vedette.doors.node.peer_file import read_peer

    folder, settings = read_node(data_dir_of(data_dir))
    document = link_asyncapi(settings.owner, settings.node, read_peer(folder, peer).name)
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n")
    return 0
