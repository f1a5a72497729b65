"""`vedette node card`: what a partner is handed."""

from pathlib import Path


def card(*, data_dir: Path | None = None, json: bool = False) -> int:
    """Print this node's card: its names, addresses, certificate authority and public keys. Nothing in it is secret.

    Hand it over by any way (`vedette node card > north.card`), and read its fingerprint to the partner over another
    one, such as a telephone: that is what makes it believed.

    Parameters
    ----------
    data_dir
        The node's directory.
    json
        One JSON document instead of the card's own text.
    """
    import sys

    import msgspec

    from vedette.doors.data_dir import data_dir_of
    from vedette.doors.node.card import card_of, fingerprint_lines, format_card
    from vedette.doors.node.folder import read_node

    made = card_of(*read_node(data_dir_of(data_dir)))
    if json:
        shown = {"card": msgspec.to_builtins(made), "fingerprint": fingerprint_lines(made)}
        sys.stdout.write(msgspec.json.encode(shown).decode() + "\n")
        return 0
    sys.stdout.write(format_card(made))
    sys.stderr.write("the fingerprint, to be read aloud:\n" + "".join(f"  {one}\n" for one in fingerprint_lines(made)))
    return 0
