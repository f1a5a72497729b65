"""How NATS spells an Ed25519 key: base 32 of a prefix, the key and a checksum. A seed begins `SU`, a public key `U`.

The spelling is that of the nkeys specification (github.com/nats-io/nkeys): a seed is base32((S<<3 | type>>5),
(type&31)<<3, 32 bytes, CRC-16/XMODEM little-endian). A partner's broker is known by this key, and by nothing that could
be overheard.
"""

import base64
import secrets
import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vedette.core.errors import BadInputError

_SEED, _USER = 18 << 3, 20 << 3  # "S", "U"
_USER_LENGTH = 56


def make_seed() -> str:
    """A fresh user seed: a secret."""
    return _spelled(bytes((_SEED | _USER >> 5, (_USER & 31) << 3)) + secrets.token_bytes(32))


def public_of(seed: str) -> str:
    """The public key of a user seed, to be given to partners."""
    raw = _read(seed, "a seed of NATS")
    if len(raw) != 34 or raw[0] & 0xF8 != _SEED:
        raise BadInputError("not a seed of NATS", cure="it begins with SU")
    key = Ed25519PrivateKey.from_private_bytes(raw[2:])
    return _spelled(bytes((_USER,)) + key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def check_public(text: str, where: str) -> str:
    """The same public user key, or BadInputError."""
    raw = _read(text, where)
    if len(text) != _USER_LENGTH or raw[0] != _USER:
        raise BadInputError(f"{text[:60]!r} is no public user key of NATS", where, "it begins with U")
    return text


def _spelled(raw: bytes) -> str:
    return base64.b32encode(raw + struct.pack("<H", _crc16(raw))).decode().rstrip("=")


def _read(text: str, where: str) -> bytes:
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        raise BadInputError("letters that are no key of NATS", where, "copy it again") from None
    if len(raw) < 4 or struct.unpack("<H", raw[-2:])[0] != _crc16(raw[:-2]):
        raise BadInputError("a key of NATS whose checksum does not fit", where, "copy it again")
    return raw[:-2]


def _crc16(raw: bytes) -> int:
    crc = 0
    for byte in raw:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc
