"""A message between services of one owner, signed: who said it, to whom, in which mode or exercise, and after what.

A life (one more at every start) and a count within it go with every message. What is not newer than the newest that was
believed is refused, so that a message said again by somebody else is worth nothing; the hearer keeps the newest beside
what else it keeps, so that this outlives a restart. A message that was overtaken is refused too: services say again
whatever the other has not said to have.
"""

from collections.abc import Callable, Mapping

import msgspec

from vedette.core.errors import RefusedError
from vedette.reports import Mode
from vedette.sharing.keys import DrillKey, LiveKey, PublicKey
from vedette.sharing.services.messages import Message, decode_message, encode_message

SPELLING = 1
MOST_BYTES = 4 << 20  # a view of ten thousand tracks and more
_CONTEXT = b"vedette services 1\n"

KeyOf = Callable[[str, Mode, int], PublicKey | None]  # by name: the key, when it is believed for a mode at an instant


class _Said(msgspec.Struct, frozen=True, array_like=True):
    """What is signed."""

    owner: str
    frm: str
    to: str
    mode: str
    life: int
    count: int  # of this life, from 1
    t_sent_tai_ns: int
    message: bytes
    session: str = ""  # of an exercise; one that older versions do not say


class _Sealed(msgspec.Struct, frozen=True, array_like=True):
    spelling: int
    key_id: str
    signature: bytes
    said: bytes


class ServiceSealer:
    """Signs what one service says to the others."""

    def __init__(self, owner: str, name: str, mode: Mode, session: str = "") -> None:
        self.owner, self.name, self.mode, self.session = owner, name, mode, session
        self._count = 0

    def seal(self, message: Message, key: LiveKey | DrillKey, life: int, t_tai_ns: int) -> bytes:
        """The bytes that travel; the message must be this service's own."""
        self._count += 1
        words = _Said(
            self.owner, self.name, message.to, self.mode.value, life, self._count, t_tai_ns, encode_message(message),
            self.session,
        )  # fmt: skip
        said = msgspec.msgpack.encode(words)
        return msgspec.msgpack.encode(_Sealed(SPELLING, key.key_id, key.sign(_CONTEXT + said), said))


class ServiceOpener:
    """Opens what one other service said.

    Parameters
    ----------
    newest
        Life and count of the newest message that was ever believed; `newest` is to be kept.
    session
        Of the exercise that is played here: what is said in another is not for here.
    """

    def __init__(
        self, owner: str, frm: str, to: str, mode: Mode, key_of: KeyOf, newest: tuple[int, int] = (0, 0),
        session: str = "",
    ) -> None:  # fmt: skip
        self.session = session
        self.owner, self.frm, self.to, self.mode, self._key_of = owner, frm, to, mode, key_of
        self.newest = newest

    def open(self, data: bytes, t_tai_ns: int) -> Message:
        """The message; RefusedError says in one sentence why it is not believed."""
        if len(data) > MOST_BYTES:
            raise RefusedError(f"{self.frm}: a message of {len(data)} bytes")
        try:
            sealed = msgspec.msgpack.decode(data, type=_Sealed)
            said = msgspec.msgpack.decode(sealed.said, type=_Said)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise RefusedError(f"{self.frm}: what is no message between services") from None
        if sealed.spelling != SPELLING:
            raise RefusedError(f"{self.frm}: spelled in a way of its own ({sealed.spelling}); one of us is older")
        key = self._key_of(sealed.key_id, self.mode, t_tai_ns)
        if key is None or not key.check(_CONTEXT + sealed.said, sealed.signature):
            raise RefusedError(f"{self.frm}: not signed by a key that is believed for {self.mode.value}")
        if (said.owner, said.frm, said.to, said.mode) != (self.owner, self.frm, self.to, self.mode.value):
            raise RefusedError(f"{self.frm}: from {said.frm} to {said.to} in {said.mode}, and not for here")
        if said.session != self.session:
            raise RefusedError(f"{self.frm}: plays another exercise than the one that is played here")
        if (said.life, said.count) <= self.newest:
            raise RefusedError(f"{self.frm}: said before, or overtaken")
        try:
            message = decode_message(said.message)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise RefusedError(f"{self.frm}: signed, and no message that is known here") from None
        if (message.frm, message.to) != (self.frm, self.to):
            raise RefusedError(f"{self.frm}: a message of {message.frm} to {message.to}, signed by another")
        self.newest = (said.life, said.count)
        return message


def encode_newest(newest: Mapping[str, tuple[int, int]]) -> bytes:
    """What is kept: the newest of every other service."""
    return msgspec.json.encode(dict(newest))


def decode_newest(data: bytes | None) -> dict[str, tuple[int, int]]:
    """What was kept; nothing when nothing was, or it cannot be read."""
    if data is None:
        return {}
    try:
        return msgspec.json.decode(data, type=dict[str, tuple[int, int]])
    except msgspec.DecodeError:
        return {}
