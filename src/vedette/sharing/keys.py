"""Signing keys: live, drill and record keys are three different things that cannot be turned into one another.

A live key signs REAL and nothing else; a drill key signs EXERCISE, TEST and SIMULATED and nothing else; a record key
signs audit records and checkpoints, never a message. The purpose is mixed into the key's name and into every byte that
is signed, so that the same secret under another purpose is another key, which nobody trusts. Ed25519 [RFC 8032].
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vedette.core.errors import BadInputError, RefusedError
from vedette.reports.mode import Mode

SECRET_SIZE = 32  # bytes


class Purpose(StrEnum):
    """What a key is for."""

    LIVE = "live"
    DRILL = "drill"
    RECORD = "record"


MODES_OF: dict[Purpose, frozenset[Mode]] = {
    Purpose.LIVE: frozenset({Mode.REAL}),
    Purpose.DRILL: frozenset({Mode.EXERCISE, Mode.TEST, Mode.SIMULATED}),
    Purpose.RECORD: frozenset(),
}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of a key that may be known to all; `check` tells whether its other half signed something."""

    purpose: Purpose
    raw: bytes
    owner: str = ""

    @property
    def key_id(self) -> str:
        """`live-3f9c…`: the purpose, and 64 bits of SHA-256 over purpose and key."""
        return _name_of(self.purpose, self.raw)

    def check(self, message: bytes, signature: bytes) -> bool:
        """True when this key signed exactly these bytes, for its own purpose."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, _bound(self.purpose, message))
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class _Key:
    """What the three kinds share; never made by itself."""

    purpose: ClassVar[Purpose]
    owner: str
    _private: Ed25519PrivateKey = field(repr=False)
    _raw: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        raw = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        object.__setattr__(self, "_raw", raw)

    @property
    def public(self) -> PublicKey:
        """The half to hand out."""
        return PublicKey(self.purpose, self._raw, self.owner)

    @property
    def key_id(self) -> str:
        """The name that envelopes carry."""
        return self.public.key_id

    def sign(self, message: bytes) -> bytes:
        """64 bytes over exactly these bytes and this key's purpose."""
        return self._private.sign(_bound(self.purpose, message))

    def secret(self) -> bytes:
        """The 32 bytes that must stay in a file of mode 0600."""
        return self._private.private_bytes_raw()


class LiveKey(_Key):
    """Signs what happened, for the public."""

    __slots__ = ()
    purpose = Purpose.LIVE


class DrillKey(_Key):
    """Signs what is played, tried or computed."""

    __slots__ = ()
    purpose = Purpose.DRILL


class RecordKey(_Key):
    """Signs the audit log and the checkpoints of journals."""

    __slots__ = ()
    purpose = Purpose.RECORD


K = TypeVar("K", bound=_Key)


def make_key(kind: type[K], owner: str, secret: bytes) -> K:
    """A key from 32 secret bytes, which the caller draws from the system's source of chance."""
    if len(secret) != SECRET_SIZE:
        raise BadInputError(f"a secret of {len(secret)} bytes", "signing key", f"a key has {SECRET_SIZE}")
    return kind(owner, Ed25519PrivateKey.from_private_bytes(secret))


class _KeyFile(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a key file says."""

    vedette_key: int
    purpose: Purpose
    owner: str
    key_id: str
    secret: str


def format_key(key: LiveKey | DrillKey | RecordKey) -> str:
    """The text of a key file."""
    secret = base64.b64encode(key.secret()).decode()
    words = _KeyFile(vedette_key=1, purpose=key.purpose, owner=key.owner, key_id=key.key_id, secret=secret)
    return msgspec.json.format(msgspec.json.encode(words), indent=2).decode() + "\n"


def parse_key(text: str, where: str, kind: type[K]) -> K:
    """The key of a key file; RefusedError when it is of another kind than the one that is needed."""
    try:
        words = msgspec.json.decode(text, type=_KeyFile)
        secret = base64.b64decode(words.secret, validate=True)
    except (msgspec.DecodeError, binascii.Error, ValueError) as trouble:
        cure = "make one with `vedette keys make`"
        raise BadInputError(f"not a key file ({trouble})", where, cure) from None
    if words.purpose is not kind.purpose:
        needed = f"a {kind.purpose} key is needed, and one is never the other"
        raise RefusedError(f"{where}: a {words.purpose} key; {needed}")
    key = make_key(kind, words.owner, secret)
    if key.key_id != words.key_id:
        raise RefusedError(f"{where}: says it is {words.key_id} and is {key.key_id}; the file was changed")
    return key


@dataclass(frozen=True, slots=True)
class Trusted:
    """A key that a consumer believes, and the modes it believes from it."""

    key: PublicKey
    modes: frozenset[Mode]

    def __post_init__(self) -> None:
        beyond = self.modes - MODES_OF[self.key.purpose]
        if beyond:
            names = ", ".join(sorted(beyond))
            raise RefusedError(f"{self.key.key_id}: a {self.key.purpose} key never signs {names}")


class Trust:
    """The keys that a consumer believes."""

    def __init__(self, keys: tuple[Trusted, ...] = ()) -> None:
        self.keys = {one.key.key_id: one for one in keys}

    @classmethod
    def of(cls, *keys: PublicKey) -> "Trust":
        """Every key for all the modes of its purpose."""
        return cls(tuple(Trusted(key, MODES_OF[key.purpose]) for key in keys))

    def key(self, key_id: str) -> Trusted:
        """The key of a name; RefusedError when nobody said that it may be believed."""
        if key_id not in self.keys:
            raise RefusedError(f"signed by {key_id[:60]!r}, which is not trusted here; `vedette keys trust` adds a key")
        return self.keys[key_id]


def format_trust(trust: Trust) -> str:
    """One line a key: its name, the modes it may sign, the key, whose it is."""
    rows = ["# key  modes  public key  owner"]
    for one in trust.keys.values():
        modes = ",".join(sorted(one.modes)) or "-"
        rows.append(f"{one.key.key_id} {modes} {base64.b64encode(one.key.raw).decode()} {one.key.owner}".rstrip())
    return "\n".join(rows) + "\n"


def parse_trust(text: str, where: str = "trusted keys") -> Trust:
    """A list of trusted keys; every line is checked against the name it gives."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found.append(parse_trusted(line, f"{where} line {number}"))
    return Trust(tuple(found))


def parse_trusted(line: str, where: str) -> Trusted:
    """`live-3f9c… REAL BASE64 owner`: one trusted key."""
    cure = "a line is KEY-ID MODES PUBLIC-KEY OWNER, as `vedette keys list` prints it"
    parts = line.split(maxsplit=3)
    if len(parts) < 3:
        raise BadInputError("too few words for a trusted key", where, cure)
    key_id, modes, public = parts[:3]
    try:
        purpose = Purpose(key_id.split("-", 1)[0])
        allowed = frozenset() if modes == "-" else frozenset(Mode(mode) for mode in modes.split(","))
        raw = base64.b64decode(public, validate=True)
    except (ValueError, binascii.Error) as trouble:
        raise BadInputError(f"not a trusted key ({trouble})", where, cure) from None
    key = PublicKey(purpose, raw, parts[3].strip() if len(parts) > 3 else "")
    if len(raw) != SECRET_SIZE or key.key_id != key_id:
        raise RefusedError(f"{where}: the key does not fit its name {key_id}; it was changed on the way")
    return Trusted(key, allowed)


@lru_cache(maxsize=1024)
def _name_of(purpose: Purpose, raw: bytes) -> str:
    name = b"vedette key 1\n" + purpose.encode() + b"\n" + raw
    return f"{purpose}-{hashlib.sha256(name).hexdigest()[:16]}"


def _bound(purpose: Purpose, message: bytes) -> bytes:
    """Bytes that belong to one purpose only: no signature of a drill key can be read as one of a live key."""
    return b"vedette signature 1\n" + purpose.encode() + b"\n" + message
