"""A message as it travels: three lines. Who signed; what was signed; the content.

    {"vedette_link":1,"key_id":"live-…","signature":"…"}
    {"schema":1,"owner":"NORTH","node":"north-1","to":"SOUTH","mode":"REAL","lane":"warn","sequence":7, …}
    [{"type":"event","event_id":"E7", …}]

The second line is signed byte for byte and holds the SHA-256 of the third, so that nothing is parsed and written again
before it is checked. The message's digest is the SHA-256 of the second line: the same on both sides, and the same when
another key of the same owner signs the same words again. Lines two can be shown to a third party without lines three.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

import msgspec

from vedette.reports import Mode
from vedette.sharing.keys import DrillKey, LiveKey, PublicKey
from vedette.sharing.link.state import Receipt
from vedette.sharing.link.troubles import NotBelieved, Trouble
from vedette.sharing.merkle import leaf_hash

SPELLING = 1
SCHEMA = 1  # of the content: raised when `reports.partner` learns something new
LANES = ("warn", "track", "bulk", "words")
MOST_BYTES = 1_000_000  # a broker's usual limit is 2**20
PEAKS_EVERY = 64  # messages of a lane; from these a receiver that lost some can go on
MOST_SEQUENCE = 2**53  # exact in every reader's numbers
_CONTEXT = b"vedette link 1\n"


class LinkHeader(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed. A newer version may add fields; they are signed as well, and ignored here."""

    schema: int
    owner: str
    node: str
    to: str  # the owner it is for
    mode: Mode
    lane: str
    sequence: int  # of this link and lane, from 1
    t_sent_tai_ns: int
    content_sha256: str
    before: str  # root of the Merkle tree over this lane's messages before this one
    to_node: str = ""  # its node, where the link is for one alone
    session: str = ""  # of an exercise
    peaks: tuple[str, ...] = ()  # of that tree, every PEAKS_EVERY messages
    heard: dict[str, Receipt] = {}  # what the sender has heard of the recipient, by lane, where it has grown


class _Signed(msgspec.Struct, frozen=True, kw_only=True):
    vedette_link: int
    key_id: str
    signature: str


@dataclass(frozen=True, slots=True)
class LinkMessage:
    """A message taken apart; nothing is checked yet."""

    key_id: str
    signature: bytes
    header_bytes: bytes
    content_bytes: bytes

    @property
    def digest(self) -> str:
        """What both sides call it."""
        return hashlib.sha256(self.header_bytes).hexdigest()

    @property
    def leaf(self) -> bytes:
        """What stands for it in the log."""
        return leaf_hash(self.header_bytes)


_HEADER = msgspec.json.Decoder(LinkHeader)
_SIGNED = msgspec.json.Decoder(_Signed)


def write_message(key: LiveKey | DrillKey, header_bytes: bytes, content_bytes: bytes) -> bytes:
    """The three lines, signed."""
    signature = base64.b64encode(key.sign(_CONTEXT + header_bytes)).decode()
    signed = msgspec.json.encode(_Signed(vedette_link=SPELLING, key_id=key.key_id, signature=signature))
    return b"\n".join((signed, header_bytes, content_bytes))


def signed_bytes(key_id: str) -> int:
    """How long the first line under a key is, with the two line feeds of a message."""
    return len(msgspec.json.encode(_Signed(vedette_link=SPELLING, key_id=key_id, signature="A" * 88))) + 2


def sign_again(data: bytes, key: LiveKey | DrillKey) -> bytes:
    """The same words under another key: what is still to be sent when a key was changed. The digest stays."""
    message = take_apart(data)
    return write_message(key, message.header_bytes, message.content_bytes)


def take_apart(data: bytes) -> LinkMessage:
    """Three lines and what they are; NotBelieved when it is no message of a link."""
    if len(data) > MOST_BYTES:
        raise NotBelieved(Trouble.GARBAGE, f"{len(data)} bytes; no message is larger than {MOST_BYTES}")
    lines = bytes(data).split(b"\n")
    try:
        signed = _SIGNED.decode(lines[0])
        signature = base64.b64decode(signed.signature, validate=True)
        signed.key_id.encode("ascii")
    except (msgspec.DecodeError, binascii.Error, ValueError, RecursionError):
        raise NotBelieved(Trouble.GARBAGE, f"{len(data)} bytes that are no message of a link") from None
    if signed.vedette_link != SPELLING:
        text = f"spelled in version {signed.vedette_link} of the link; this node reads {SPELLING}; one is too old"
        raise NotBelieved(Trouble.NEWER_SPELLING, text)
    if len(lines) != 3:
        raise NotBelieved(Trouble.GARBAGE, f"{len(lines)} lines, where a message has three; it was cut or joined")
    return LinkMessage(signed.key_id, signature, lines[1], lines[2])


def check_signature(message: LinkMessage, key: PublicKey) -> None:
    """NotBelieved when the key did not sign this."""
    if not key.check(_CONTEXT + message.header_bytes, message.signature):
        raise NotBelieved(Trouble.CHANGED, f"the signature of {message.key_id} does not fit; it was changed or forged")


def read_header(message: LinkMessage) -> LinkHeader:
    """What was signed, with its content held against it; the signature must have been checked."""
    try:
        header = _HEADER.decode(message.header_bytes)
        bytes.fromhex(header.before)
    except (msgspec.DecodeError, ValueError, RecursionError) as trouble:
        said = " ".join(str(trouble).split())[:120]
        raise NotBelieved(Trouble.UNREADABLE, f"well signed, and no header of a link ({said})") from None
    if not 1 <= header.sequence < MOST_SEQUENCE:
        raise NotBelieved(Trouble.UNREADABLE, f"number {header.sequence}; messages are counted from 1")
    if hashlib.sha256(message.content_bytes).hexdigest() != header.content_sha256:
        name = f"number {header.sequence} of lane {header.lane[:20]!r}"
        text = f"{name}: the content is not what was signed; it was changed"
        raise NotBelieved(Trouble.CHANGED, text)
    return header
