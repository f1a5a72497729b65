"""A transcript: what two owners signed to each other, in a file that anybody can check without a node.

One JSON document a line. The first says who wrote it and lists keys; then come messages as they were signed, with or
without their content, and where not every message is shown, hashes and proofs that stand for the others.
"""

import binascii
from collections.abc import Iterable
from typing import Any

import msgspec

from vedette.core.errors import BadInputError
from vedette.sharing.keys import PublicKey, Purpose
from vedette.sharing.link.message import LinkMessage


class TranscriptKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key, and whose the writer says it is."""

    owner: str
    key_id: str
    public: bytes
    t_revoked_tai_ns: int | None = None

    @property
    def key(self) -> PublicKey:
        """The key itself."""
        return PublicKey(Purpose(self.key_id.split("-", 1)[0]), self.public, self.owner)


class TranscriptHead(msgspec.Struct, frozen=True, kw_only=True):
    """The first line."""

    vedette_transcript: int = 1
    written_by: str = ""
    t_utc: str = ""
    about: str = ""
    keys: tuple[TranscriptKey, ...] = ()


class Shown(msgspec.Struct, frozen=True, kw_only=True, tag="message", tag_field="kind"):
    """A message as it was signed."""

    key_id: str
    signature: bytes
    header: str
    content: str | None = None  # None: not shown

    @property
    def header_bytes(self) -> bytes:
        """The bytes that were signed."""
        return self.header.encode()


class Leaf(msgspec.Struct, frozen=True, kw_only=True, tag="leaf", tag_field="kind"):
    """The hash that stands for a message that is not shown."""

    link: str
    lane: str
    sequence: int
    leaf: str


class Inclusion(msgspec.Struct, frozen=True, kw_only=True, tag="inclusion", tag_field="kind"):
    """That a message is one of the first `count`, by the hashes that lead to their root."""

    link: str
    lane: str
    sequence: int
    count: int
    path: tuple[str, ...]


class Consistency(msgspec.Struct, frozen=True, kw_only=True, tag="consistency", tag_field="kind"):
    """That the first `earlier` messages begin the first `count`."""

    link: str
    lane: str
    earlier: int
    count: int
    path: tuple[str, ...]


Line = Shown | Leaf | Inclusion | Consistency
_LINE: msgspec.json.Decoder[Any] = msgspec.json.Decoder(Line)


class Transcript(msgspec.Struct, frozen=True, kw_only=True):
    """A file, read."""

    where: str
    head: TranscriptHead
    lines: tuple[tuple[int, Line], ...]  # with their numbers in the file


def shown(message: LinkMessage, has_content: bool = True) -> Shown:
    """A message of a link as a line."""
    return Shown(
        key_id=message.key_id,
        signature=message.signature,
        header=message.header_bytes.decode(),
        content=message.content_bytes.decode() if has_content else None,
    )


def format_transcript(head: TranscriptHead, lines: Iterable[Line]) -> Iterable[bytes]:
    """The lines of a file, each with its line feed."""
    yield msgspec.json.encode(head) + b"\n"
    for line in lines:
        yield msgspec.json.encode(line) + b"\n"


def parse_transcript(rows: Iterable[bytes], where: str) -> Transcript:
    """A transcript from its lines; BadInputError names the line that is none."""
    head: TranscriptHead | None = None
    lines: list[tuple[int, Line]] = []
    for number, row in enumerate(rows, 1):
        if not row.strip():
            continue
        try:
            if head is None:
                head = msgspec.json.decode(row, type=TranscriptHead)
                if head.vedette_transcript != 1 or not row.lstrip().startswith(b'{"vedette_transcript"'):
                    raise ValueError("not a transcript that this version can read")
                for one in head.keys:
                    if len(one.public) != 32 or one.key.key_id != one.key_id:
                        raise ValueError(f"the key {one.key_id[:40]} does not fit its name")
                continue
            lines.append((number, _LINE.decode(row)))
        except (msgspec.DecodeError, ValueError, RecursionError) as trouble:
            said = " ".join(str(trouble).split())[:160]
            cure = "`vedette node transcript` writes one"
            raise BadInputError(f"no line of a transcript ({said})", f"{where}:{number}", cure) from None
    if head is None:
        raise BadInputError("an empty file", where, "`vedette node transcript` writes one")
    return Transcript(where=where, head=head, lines=tuple(lines))


def hex_of(words: Iterable[str]) -> list[bytes] | None:
    """Hashes from their spelling; None when one is none."""
    try:
        return [bytes.fromhex(one) for one in words]
    except (ValueError, binascii.Error):
        return None


