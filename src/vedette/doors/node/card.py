"""A node's card: the text that an owner hands to a partner, with nothing secret in it.

It may travel by any way. What makes it believed is its fingerprint, a hash of everything in it, which the two owners
read to each other over another way.
"""

import hashlib

import msgspec

from vedette.core.errors import BadInputError, RefusedError
from vedette.doors.key_files import read_secret
from vedette.doors.node.broker_keys import check_public, public_of
from vedette.doors.node.certificates import fingerprint
from vedette.doors.node.folder import NodeFolder, NodeSettings, check_name, host_and_port
from vedette.doors.node.own_keys import believed_keys
from vedette.doors.node.peer_file import Peer
from vedette.doors.node.toml_text import toml_text
from vedette.sharing import Trust, format_trust, parse_trust
from vedette.sharing.key_words import digest_words
from vedette.sharing.keys import parse_trusted


class Card(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a partner must know of a node."""

    vedette_card: int = 1
    owner: str
    node: str
    addresses: tuple[str, ...] = ()
    broker_key: str
    authority: str  # PEM
    keys: tuple[str, ...] = ()  # lines of `vedette keys list`

    @property
    def name(self) -> str:
        """The node's name among all nodes."""
        return f"{self.owner}-{self.node}"


def card_of(folder: NodeFolder, settings: NodeSettings) -> Card:
    """The card of the node here."""
    own = [key.public for key in believed_keys(folder.keys)]  # the record key only takes another key back
    lines = [line for line in format_trust(Trust.of(*own)).splitlines() if not line.startswith("#")]
    return Card(
        owner=settings.owner,
        node=settings.node,
        addresses=settings.link_addresses,
        broker_key=public_of(read_secret(folder.seed_file).strip()),
        authority=(folder.broker / "tls" / "ca.pem").read_text("ascii"),
        keys=tuple(lines),
    )


def format_card(card: Card) -> str:
    """The card as TOML."""
    head = f"# The card of {card.name}. Nothing in it is secret; compare its fingerprint over another way:\n"
    words = "\n".join(f"#   {line}" for line in fingerprint_lines(card))
    return f"{head}{words}\n" + toml_text(msgspec.to_builtins(card))


def parse_card(text: str, where: str) -> Card:
    """A card from its text; BadInputError when it is none."""
    try:
        card = msgspec.toml.decode(text, type=Card)
    except (msgspec.DecodeError, UnicodeDecodeError) as trouble:
        said = " ".join(str(trouble).split())
        raise BadInputError(f"no card of a node ({said})", where, "`vedette node status --card` prints one") from None
    check_name(card.owner, f"{where}: owner")
    check_name(card.node, f"{where}: node")
    check_public(card.broker_key, where)
    fingerprint(card.authority.encode(), where)
    for address in card.addresses:
        host_and_port(address, where)
    for line in card.keys:
        parse_trusted(line, where)
    parse_trust("\n".join(card.keys), where)
    return card


def card_digest(card: Card) -> bytes:
    """SHA-256 of everything in the card, however it is spelled."""
    return hashlib.sha256(b"vedette card 1\n" + msgspec.json.encode(card)).digest()


def fingerprint_lines(card: Card) -> list[str]:
    """The fingerprint to read aloud: in figures, and in words."""
    code = card_digest(card)[:16].hex()
    return [" ".join(code[i : i + 4] for i in range(0, 32, 4)), digest_words(card_digest(card)).replace("-", " ")]


def check_fingerprint(card: Card, heard: str) -> None:
    """RefusedError unless what was heard over another way is the fingerprint of this card."""
    said = "".join(heard.lower().split()).replace("-", "")
    is_hex = len(said) == 32 and said == card_digest(card)[:16].hex()
    words = "".join("".join(fingerprint_lines(card)[1:]).lower().split()).replace("-", "")
    if not is_hex and not (words and said == words):
        raise RefusedError(
            f"the fingerprint does not fit the card of {card.name}: it was changed on the way, or misheard; "
            "have it read again, and never add a card that does not fit"
        )


def peer_from_card(card: Card, calls: bool) -> Peer:
    """The partner that a card describes."""
    return Peer(
        owner=card.owner, node=card.node, addresses=card.addresses, calls=calls, broker_key=card.broker_key,
        ca_sha256=fingerprint(card.authority.encode()), trusted_keys=card.keys,
    )  # fmt: skip
