"""What a node draws once for each of its tracks and keeps to itself: names for partners, offsets, phases of rounding.

All of it follows from one secret of 32 bytes by HMAC-SHA256, so that nothing has to be stored: after a restart the
same track has the same name and the same offset. A name counts nothing: no partner can tell how many there are between
two of them.
"""

import hmac
from base64 import b32encode
from functools import lru_cache
from hashlib import sha256
from statistics import NormalDist

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Scalar

SECRET_BYTES = 32
_LETTERS = 12  # 60 bits: a million names collide once in a million owners
_NORMAL = NormalDist()


class Secret:
    """The secret of a node's releases."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise UsageError(f"a release secret of {len(secret)} bytes; it has {SECRET_BYTES}")
        self._secret = secret
        self.uniforms = lru_cache(maxsize=65_536)(self._uniforms)
        self.normals = lru_cache(maxsize=65_536)(self._normals)
        self.name = lru_cache(maxsize=65_536)(self._name)

    def _bytes(self, what: str, name: str, count: int = 0) -> bytes:
        text = f"vedette release 1\n{what}\n{count}\n{name}".encode()
        return hmac.digest(self._secret, text, "sha256")

    def _name(self, owner: str, peer: str, name: str) -> str:
        """How a peer hears of what is called `name` here; the same for every peer when `peer` is empty."""
        letters = b32encode(self._bytes(f"name\n{peer}", name)).decode()[:_LETTERS]
        return f"{owner}-{letters[:4]}-{letters[4:8]}-{letters[8:]}"

    def _uniforms(self, what: str, name: str, count: int) -> Scalar:
        """(count,) in (0, 1), fixed for this name."""
        drawn: list[float] = []
        block = 0
        while len(drawn) < count:
            eight = self._bytes(what, name, block)
            drawn += [(int.from_bytes(eight[i : i + 8]) + 0.5) / 2.0**64 for i in range(0, 32, 8)]
            block += 1
        return np.clip(np.array(drawn[:count]), 1e-15, 1.0 - 1e-15)

    def _normals(self, what: str, name: str, count: int) -> Scalar:
        """(count,) standard normal, fixed for this name."""
        return np.array([_NORMAL.inv_cdf(float(u)) for u in self._uniforms(what, name, count)])


def fingerprint(secret: bytes) -> str:
    """Which secret it is, without telling it."""
    return sha256(b"vedette release secret\n" + secret).hexdigest()[:16]
