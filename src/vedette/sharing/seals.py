"""Signed checkpoints: how long a log was, and what its chain had come to, at an instant; signed by a record key.

A chain alone shows a changed entry but not a missing tail. A seal, kept beside the log, says "there were n entries and
the chain had come to this": who cuts below it, or rewrites what it covers, is found. Seals are chained to one another.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from vedette.core.errors import BadInputError, RefusedError
from vedette.sharing.keys import PublicKey, Purpose, RecordKey

_CONTEXT = b"vedette seal 1\n"


class Seal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a checkpoint says."""

    vedette_seal: int = 1
    log: str  # the first link of the log's chain, in hex: which log it is
    entry_count: int
    chain: str  # the link after that many entries, in hex
    t_utc: str
    key: str  # the public key, base64
    previous: str  # SHA-256 of the line before, in hex; empty for the first


class _Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    seal: str
    signature: str


@dataclass(frozen=True, slots=True)
class SealsFound:
    """What reading a log's seals found."""

    count: int  # good seals
    newest_entry: int = 0  # up to which the log is covered
    key_id: str = ""
    trouble: str = ""


def make_seal(key: RecordKey, log: bytes, entry_count: int, chain: bytes, t_utc: str, previous_line: bytes) -> bytes:
    """One line, without its newline."""
    seal = Seal(
        log=log.hex(), entry_count=entry_count, chain=chain.hex(), t_utc=t_utc,
        key=base64.b64encode(key.public.raw).decode(), previous=_digest(previous_line),
    )  # fmt: skip
    words = msgspec.json.encode(seal)
    signature = base64.b64encode(key.sign(_CONTEXT + words)).decode()
    return msgspec.json.encode(_Line(seal=words.decode(), signature=signature))


def read_seal(line: bytes, key_id: str) -> Seal:
    """The seal of a line that a key of this name signed; BadInputError or RefusedError otherwise."""
    try:
        wire = msgspec.json.decode(line, type=_Line)
        words = wire.seal.encode()
        seal = msgspec.json.decode(words, type=Seal)
        signature = base64.b64decode(wire.signature, validate=True)
        key = PublicKey(Purpose.RECORD, base64.b64decode(seal.key, validate=True))
    except (msgspec.DecodeError, binascii.Error, ValueError, RecursionError):
        raise BadInputError("it was changed, or cut short by a crash") from None
    again = _Line(seal=wire.seal, signature=base64.b64encode(signature).decode())
    if msgspec.json.encode(again) != line or not key.check(_CONTEXT + words, signature):
        raise RefusedError("it is not as it was signed")
    if key.key_id != key_id:
        raise RefusedError(f"it is signed by {key.key_id}, the log by {key_id}")
    return seal


def newest_count(line: bytes) -> int:
    """Up to which entry a line seals, believed or not; BadInputError when it is no seal."""
    try:
        return msgspec.json.decode(msgspec.json.decode(line, type=_Line).seal, type=Seal).entry_count
    except (msgspec.DecodeError, RecursionError):
        raise BadInputError("not a seal") from None


def judge_seals(
    data: bytes, log: bytes, entry_count: int, chain_after: Callable[[int], bytes | None], key_id: str
) -> SealsFound:
    """Hold every seal against a log whose own chain was found whole.

    Parameters
    ----------
    data
        The file of seals, a line each.
    log
        The first link of the log's chain.
    entry_count
        How many good entries the log has.
    chain_after
        The link after so many entries; None where there are fewer.
    key_id
        Who must have signed, as the log's head says.
    """
    found = SealsFound(0, 0, key_id)
    previous, cut = b"", ""
    lines = data.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, 1):
        try:
            seal = read_seal(line, key_id)
        except (BadInputError, RefusedError) as trouble:
            return _with(found, f"seal {number} cannot be believed: {trouble}")
        if seal.previous != _digest(previous):
            return _with(found, f"seal {number} does not follow the one before it: a seal was taken out or put in")
        if seal.log != log.hex():
            return _with(found, f"seal {number} belongs to another log")
        previous = line
        if seal.entry_count > entry_count:  # later seals may know of still more
            gone = f"entries {entry_count + 1} to {seal.entry_count} are missing"
            then = f"at {seal.t_utc} there were {seal.entry_count} (seal {number})"
            cut = f"{gone}: {then}; the tail was cut"
            continue
        if (stands := chain_after(seal.entry_count)) is None or stands.hex() != seal.chain:
            return _with(found, f"the chain at entry {seal.entry_count} is not that of seal {number}: it was rewritten")
        found = SealsFound(number, seal.entry_count, key_id)
    if cut:
        return _with(found, cut)
    if not found.count:
        return _with(found, f"its seals are gone: {key_id} signed at least one")
    return found


def chain_lookup(links: Iterable[tuple[int, bytes]]) -> Callable[[int], bytes | None]:
    """`chain_after` for links held in memory."""
    return dict(links).get


def _with(found: SealsFound, trouble: str) -> SealsFound:
    return SealsFound(found.count, found.newest_entry, found.key_id, trouble)


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest() if line else ""
