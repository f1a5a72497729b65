"""An exercise that several owners join: one session key, and a statement of whose drill keys take part until when.

Whoever leads the exercise makes a drill key for it alone and signs the statement. Every node reads the same file: from
then on its EXERCISE links name that key in each header, and what names another session, or is signed by a drill key
that the statement does not list, is refused. What is REAL names no session.
"""

import base64
import binascii

import msgspec

from vedette.core.errors import BadInputError, RefusedError
from vedette.sharing.keys import DrillKey, PublicKey, Purpose

_CONTEXT = b"vedette exercise session 1\n"


class ExerciseSession(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who plays together, and when."""

    vedette_exercise_session: int = 1
    name: str
    session: str  # id of the session key
    public: bytes
    owners: dict[str, tuple[str, ...]]  # ids of the drill keys that each owner plays with
    t_from_tai_ns: int
    t_until_tai_ns: int

    def trouble(self, owner: str, key_id: str, t_tai_ns: int) -> str:
        """Why a message of the exercise is not believed; empty when it is."""
        if owner not in self.owners:
            return f"{owner} takes no part in exercise {self.name!r}"
        if key_id not in self.owners[owner]:
            return f"{key_id} is not the key that {owner} plays exercise {self.name!r} with"
        if not self.t_from_tai_ns <= t_tai_ns < self.t_until_tai_ns:
            return f"exercise {self.name!r} is not on at this time"
        return ""


class _Signed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    session: str
    signature: str


def write_session(
    key: DrillKey, name: str, owners: dict[str, tuple[str, ...]], t_from_tai_ns: int, t_until_tai_ns: int
) -> bytes:
    """The statement of an exercise, signed by its own drill key."""
    said = ExerciseSession(
        name=name, session=key.key_id, public=key.public.raw, owners=owners, t_from_tai_ns=t_from_tai_ns,
        t_until_tai_ns=t_until_tai_ns,
    )  # fmt: skip
    words = msgspec.json.encode(said)
    signature = base64.b64encode(key.sign(_CONTEXT + words)).decode()
    return msgspec.json.encode(_Signed(session=words.decode(), signature=signature))


def read_session(data: bytes, where: str = "exercise session") -> ExerciseSession:
    """The exercise of a statement; its signature is checked against the key that it names.

    Whether that is the right exercise, people know: they compare the words of the session key.
    """
    try:
        wire = msgspec.json.decode(data, type=_Signed)
        words = wire.session.encode()
        said = msgspec.json.decode(words, type=ExerciseSession)
        signature = base64.b64decode(wire.signature, validate=True)
        key = PublicKey(Purpose.DRILL, said.public)
    except (msgspec.DecodeError, binascii.Error, ValueError, RecursionError) as trouble:
        cure = "whoever leads the exercise writes one with `vedette node key exercise`"
        raise BadInputError(f"not a statement of an exercise ({trouble})", where, cure) from None
    if len(said.public) != 32 or key.key_id != said.session or not key.check(_CONTEXT + words, signature):
        raise RefusedError(f"{where}: the statement of exercise {said.name!r} is not as its key signed it")
    return said
