"""`vedette node transcript`: what this node and a partner's told each other, in a file that anybody can check."""

from pathlib import Path


def transcript(
    peer: str,
    /,
    *,
    out: Path | None = None,
    event: str | None = None,
    withhold: bool = False,
    data_dir: Path | None = None,
) -> int:
    """Write everything that was signed between this node and a partner's: `vedette verify FILE` needs no node.

    With --event only the messages about one event, each with the partner's signed receipt (or ours) and a proof of a
    few hashes that the one is under the other: whoever reads it learns nothing of the rest.

    Parameters
    ----------
    peer
        The partner's node, or its owner.
    out
        The file; by default standard output.
    event
        OWNER/EVENT, as in `vedette node release --explain`.
    withhold
        Headers and signatures alone: that something was said, when and in which order, and not what.
    data_dir
        The node's directory.
    """
    import sys

    from vedette.core.errors import NotFoundError
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.folder import read_node
    from vedette.doors.node.opening_store import open_node_store
    from vedette.doors.node.peer_file import read_peer
    from vedette.doors.node.transcribing import event_transcript, transcript_head, whole_transcript
    from vedette.doors.seal_file import now_tai_ns
    from vedette.sharing.transcript import format_transcript

    folder, settings = read_node(data_dir_of(data_dir))
    partner = read_peer(folder, peer)
    store = open_node_store(folder.path, settings)
    try:
        if event is None:
            lines = whole_transcript(store, partner.name, not withhold)
        else:
            lines = event_transcript(store, partner.name, event, not withhold)
        if not lines:
            what = f"about {event} " if event else ""
            raise NotFoundError(f"nothing {what}was told to {partner.name} or heard from it")
        head = transcript_head(folder, settings, partner, event or "", now_tai_ns())
        rows = format_transcript(head, lines)
        if out is None:
            for row in rows:
                sys.stdout.buffer.write(row)
        else:
            with out.open("wb") as file:
                file.writelines(rows)
            sys.stderr.write(f"{out}: {len(lines)} lines; `vedette verify {out}` checks them on any machine\n")
    finally:
        store.close()
    return 0
