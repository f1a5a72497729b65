"""One-time tokens: the address that `vedette serve` prints opens one page, once."""

import hashlib
import secrets
from collections.abc import Callable

from vedette.core.constants import NS_PER_S
from vedette.doors.server.problems import NobodyError

LASTS_S = 3600.0
_REMEMBERED = 100


class OneTimeTokens:
    """Tokens that were printed; each is good once, for an hour. Only digests are kept."""

    def __init__(self, say: Callable[[str], None] = lambda _: None) -> None:
        self._say = say  # tells whoever sits at the terminal of a fresh token
        self._open: dict[bytes, int] = {}
        self._used: dict[bytes, str] = {}

    def make(self, t_tai_ns: int) -> str:
        """A fresh token."""
        token = secrets.token_urlsafe(24)
        self._open[_digest(token)] = t_tai_ns + round(LASTS_S * NS_PER_S)
        return token

    def redeem(self, token: str, t_tai_ns: int) -> None:
        """Use a token; NobodyError when it was used, ran out, or never was one. The terminal is told of the next."""
        digest = _digest(token)
        until = self._open.pop(digest, None)
        if until is not None and t_tai_ns <= until:
            self._remember(digest, "has been used")
            self._say(self.make(t_tai_ns))
            return
        if until is not None:
            self._remember(digest, "has run out")
            self._say(self.make(t_tai_ns))
        why = self._used.get(digest, "is none of ours")
        raise NobodyError(f"this token {why}; the terminal of `vedette serve` shows the address of the next")

    def _remember(self, digest: bytes, why: str) -> None:
        self._used[digest] = why
        while len(self._used) > _REMEMBERED:
            del self._used[next(iter(self._used))]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
