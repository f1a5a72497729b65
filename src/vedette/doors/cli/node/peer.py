"""`vedette node peer`: partners, added by card and fingerprint, set aside and taken up again."""

from pathlib import Path


def add(
    card: Path,
    /,
    *,
    fingerprint: str = "",
    calls: bool = False,
    waits: bool = False,
    data_dir: Path | None = None,
    json: bool = False,
) -> int:
    """Add a partner's node by its card, whose fingerprint the partner has read to you over another way.

    Without --fingerprint the card's is shown and nothing is added. Of two nodes exactly one calls the other: the one
    whose partner has an address, or, where both have, the one whose name comes first; --calls and --waits say
    otherwise, and then the partner must say the opposite. Nothing is told to a new partner until its release policy
    grants something.

    Parameters
    ----------
    card
        The file of `vedette node card`, or - for standard input.
    fingerprint
        As it was heard, with or without blanks.
    calls
        Our broker calls theirs.
    waits
        Theirs calls ours.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    import sys

    from vedette.core.errors import RefusedError, UsageError
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.adding import add_partner
    from vedette.doors.node.card import fingerprint_lines, parse_card
    from vedette.doors.node.folder import read_node

    folder, settings = read_node(data_dir_of(data_dir))
    text = sys.stdin.read(1 << 20) if str(card) == "-" else card.read_text(encoding="utf-8", errors="replace")
    theirs = parse_card(text, str(card))
    if calls and waits:
        raise UsageError("--calls and --waits contradict each other; give one, or neither")
    if not fingerprint:
        shown = "\n  ".join(fingerprint_lines(theirs))
        raise RefusedError(
            f"not added yet. The card of {theirs.name} has the fingerprint\n  {shown}\n"
            "have the partner read theirs over another way, and give it as it was heard: --fingerprint 'WORDS'"
        )
    peer = add_partner(folder, settings, theirs, fingerprint, True if calls else False if waits else None)
    who = f"{settings.name} calls {peer.name}" if peer.calls else f"{peer.name} calls {settings.name}"
    policy = folder.release / f"{peer.name}.toml"
    words = f"{peer.name} is a partner; {who}. What it may be told stands in {policy}, which grants nothing yet.\n"
    return _tell({"peer": peer.name, "calls": peer.calls, "release": str(policy)}, words, json)


def remove(name: str, /, *, data_dir: Path | None = None, json: bool = False) -> int:
    """Forget a partner: its broker is let in no more. What was released and received stays in the records.

    Parameters
    ----------
    name
        Of the partner's node, or of its owner.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.folder import read_node
    from vedette.doors.node.peer_file import read_peer, remove_peer

    folder, _ = read_node(data_dir_of(data_dir))
    peer = read_peer(folder, name)
    remove_peer(folder, peer)
    return _tell({"peer": peer.name, "removed": True}, f"{peer.name} is a partner no more.\n", json)


def suspend(name: str, /, *, region: str = "", data_dir: Path | None = None, json: bool = False) -> int:
    """Set a partner aside within a second: nothing is told, nothing is heard, until `resume`.

    With --region only what lies there is held back, and everything else goes on. What a partner would have been told
    meanwhile is not told afterwards.

    Parameters
    ----------
    name
        Of the partner's node, or of its owner.
    region
        SOUTH,WEST,NORTH,EAST in degrees.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    return _set_aside(name, region, data_dir, json, is_suspended=True)


def resume(name: str, /, *, region: str = "", data_dir: Path | None = None, json: bool = False) -> int:
    """Take up again what `suspend` set aside: a partner whole, or one region.

    Parameters
    ----------
    name
        Of the partner's node, or of its owner.
    region
        SOUTH,WEST,NORTH,EAST in degrees, as it was suspended.
    data_dir
        The node's directory.
    json
        One JSON document instead of text.
    """
    return _set_aside(name, region, data_dir, json, is_suspended=False)


def _set_aside(name: str, region: str, data_dir: Path | None, json: bool, is_suspended: bool) -> int:
    import msgspec

    from vedette.core.errors import NotFoundError
    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.adding import region_of
    from vedette.doors.node.folder import read_node
    from vedette.doors.node.peer_file import read_peer, write_peer

    folder, _ = read_node(data_dir_of(data_dir))
    peer = read_peer(folder, name)
    if region:
        where = region_of(region)
        held = tuple(one for one in peer.suspended_regions if one != where)
        if not is_suspended and len(held) == len(peer.suspended_regions):
            raise NotFoundError(f"{region}: not suspended for {peer.name}; `vedette node status` lists what is")
        peer = msgspec.structs.replace(peer, suspended_regions=(*held, where) if is_suspended else held)
        what = f"nothing of {region} is told to {peer.name}" if is_suspended else f"{region} is told again"
    else:
        peer = msgspec.structs.replace(peer, is_suspended=is_suspended)
        what = f"{peer.name} is suspended: nothing is told, nothing heard" if is_suspended else f"{peer.name} goes on"
    write_peer(folder, peer)
    shown = {
        "peer": peer.name, "is_suspended": peer.is_suspended,
        "suspended_regions": msgspec.to_builtins(peer.suspended_regions),
    }  # fmt: skip
    return _tell(shown, what + ".\n", json)


def _tell(values: dict[str, object], words: str, is_json: bool) -> int:
    import sys

    import msgspec

    sys.stdout.write(msgspec.json.encode(values).decode() + "\n" if is_json else words)
    return 0
