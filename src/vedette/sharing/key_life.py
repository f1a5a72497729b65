"""The life of a partner's keys: believed, followed by another, taken back.

A key is changed over by a statement that the old key and the new one both sign; for a while both are believed. A key is
taken back by a statement that it signs itself, or that the owner's record key signs: whoever stole a key can only end
it. What a key introduced falls with it, unless people have compared its words: else the thief's own successor stayed.
"""

import base64
import binascii
from enum import StrEnum
from typing import Literal

import msgspec

from vedette.core.errors import BadInputError, RefusedError
from vedette.reports import Mode
from vedette.sharing.keys import MODES_OF, DrillKey, LiveKey, PublicKey, Purpose, RecordKey, Trust, Trusted

OVERLAP_DAYS = 7  # for which both keys are believed, when nobody says otherwise
_CONTEXT = b"vedette key statement 1\n"
_LONGEST = 8192  # bytes of a statement


class Standing(StrEnum):
    """Whether a key is believed at an instant."""

    GOOD = "good"
    UNKNOWN = "unknown"
    EARLY = "early"
    RETIRED = "retired"
    REVOKED = "revoked"


class PartnerKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key of a partner, and for how long it is believed."""

    key_id: str
    public: bytes
    modes: tuple[Mode, ...]
    t_from_tai_ns: int | None = None
    t_until_tai_ns: int | None = None  # believed before it; None: until it is taken back
    t_revoked_tai_ns: int | None = None
    why: str = ""  # of the revocation
    introduced_by: str = ""  # the key that signed it in; empty: people did
    is_confirmed: bool = True  # people have compared its words

    @property
    def key(self) -> PublicKey:
        """The key itself."""
        return PublicKey(Purpose(self.key_id.split("-", 1)[0]), self.public)

    def standing(self, t_tai_ns: int) -> Standing:
        """Whether it is believed."""
        if self.t_revoked_tai_ns is not None:  # whatever the instant: a thief writes any time he likes
            return Standing.REVOKED
        if self.t_from_tai_ns is not None and t_tai_ns < self.t_from_tai_ns:
            return Standing.EARLY
        if self.t_until_tai_ns is not None and t_tai_ns >= self.t_until_tai_ns:
            return Standing.RETIRED
        return Standing.GOOD


class KeyBook(msgspec.Struct, frozen=True, kw_only=True):
    """All keys of one partner, whatever has become of them. A value: every change gives a new book."""

    owner: str
    keys: tuple[PartnerKey, ...] = ()

    def find(self, key_id: str) -> PartnerKey | None:
        """The key of a name."""
        return next((one for one in self.keys if one.key_id == key_id), None)

    def standing(self, key_id: str, t_tai_ns: int) -> Standing:
        """Whether a key is believed at an instant."""
        found = self.find(key_id)
        return Standing.UNKNOWN if found is None else found.standing(t_tai_ns)

    def with_key(self, key: PublicKey, modes: frozenset[Mode] | None = None) -> "KeyBook":
        """Believe a key because people say so: its words were compared."""
        Trusted(key, MODES_OF[key.purpose] if modes is None else modes)  # RefusedError for a mode it never signs
        allowed = tuple(sorted(MODES_OF[key.purpose] if modes is None else modes))
        held = self.find(key.key_id)
        if held is not None and held.t_revoked_tai_ns is not None:
            raise RefusedError(f"{key.key_id} was revoked ({held.why or 'no reason was given'}); it never comes back")
        return self.put(PartnerKey(key_id=key.key_id, public=key.raw, modes=allowed))

    def revoked(self, key_id: str, t_tai_ns: int, why: str = "") -> "KeyBook":
        """Believe a key no more, nor what it alone introduced; RefusedError for a key that is not known."""
        if self.find(key_id) is None:
            raise RefusedError(f"{key_id[:60]!r} is no key of {self.owner}")
        fallen = {key_id}
        doubtful = [one for one in self.keys if not one.is_confirmed]
        while more := {one.key_id for one in doubtful if one.introduced_by in fallen} - fallen:
            fallen |= more
        keys = []
        for one in self.keys:
            if one.key_id in fallen and one.t_revoked_tai_ns is None:
                reason = why if one.key_id == key_id else f"introduced by {one.introduced_by}, which was revoked"
                one = msgspec.structs.replace(one, t_revoked_tai_ns=t_tai_ns, why=reason[:200])
            keys.append(one)
        return KeyBook(owner=self.owner, keys=tuple(keys))

    def with_statement(self, statement: bytes, t_tai_ns: int) -> tuple["KeyBook", "Statement"]:
        """The book after a statement of the partner's; RefusedError when it is not believed."""
        said = read_statement(statement, self, t_tai_ns)
        if said.kind == "revoke":
            return self.revoked(said.key_id, t_tai_ns, said.why), said
        new = said.new_key
        old = self.find(said.key_id)
        assert new is not None and old is not None
        held = self.find(new.key_id)
        if held is not None and held.t_revoked_tai_ns is not None:
            raise RefusedError(f"{new.key_id} was revoked; it never comes back")
        book = self
        if held is None:
            book = self.put(
                PartnerKey(
                    key_id=new.key_id, public=new.raw, modes=old.modes, t_from_tai_ns=said.t_from_tai_ns,
                    introduced_by=old.key_id, is_confirmed=False,
                )
            )  # fmt: skip
        until = said.t_until_tai_ns if old.t_until_tai_ns is None else min(said.t_until_tai_ns, old.t_until_tai_ns)
        return book.put(msgspec.structs.replace(old, t_until_tai_ns=until)), said

    def trust(self, t_tai_ns: int) -> Trust:
        """What is believed now, as consumers of alerts take it."""
        good = (one for one in self.keys if one.standing(t_tai_ns) is Standing.GOOD)
        return Trust(
            tuple(Trusted(PublicKey(one.key.purpose, one.public, self.owner), frozenset(one.modes)) for one in good)
        )

    def put(self, key: PartnerKey) -> "KeyBook":
        """The book with a key as it stands now."""
        if self.find(key.key_id) is None:
            return KeyBook(owner=self.owner, keys=(*self.keys, key))
        return KeyBook(owner=self.owner, keys=tuple(key if one.key_id == key.key_id else one for one in self.keys))


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an owner says of one of its keys."""

    vedette_key_statement: int = 1
    kind: Literal["rotate", "revoke"]
    owner: str
    key_id: str  # that is followed or taken back
    t_from_tai_ns: int  # from when the new key signs, or when it was taken back
    t_until_tai_ns: int = 0  # until when the old key may still come
    new_key_id: str = ""
    new_public: bytes = b""
    why: str = ""

    @property
    def new_key(self) -> PublicKey | None:
        """The key that follows; None when it does not fit its name."""
        try:
            key = PublicKey(Purpose(self.new_key_id.split("-", 1)[0]), self.new_public, self.owner)
        except ValueError:
            return None
        return key if len(self.new_public) == 32 and key.key_id == self.new_key_id else None


class _Signed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    statement: str
    signatures: dict[str, str]  # by key id


def rotation(
    old: LiveKey | DrillKey, new: LiveKey | DrillKey, owner: str, t_from_tai_ns: int, t_until_tai_ns: int
) -> bytes:
    """A statement that one key follows another, signed by both."""
    if old.purpose is not new.purpose:
        raise RefusedError(f"a {old.purpose} key is never followed by a {new.purpose} key")
    if old.key_id == new.key_id or t_until_tai_ns < t_from_tai_ns:
        raise RefusedError("a key is followed by another, and both are believed until the old one's time is over")
    said = Statement(
        kind="rotate", owner=owner, key_id=old.key_id, t_from_tai_ns=t_from_tai_ns, t_until_tai_ns=t_until_tai_ns,
        new_key_id=new.key_id, new_public=new.public.raw,
    )  # fmt: skip
    return _write(said, old, new)


def revocation(key: LiveKey | DrillKey | RecordKey, key_id: str, owner: str, t_tai_ns: int, why: str = "") -> bytes:
    """A statement that a key is not to be believed any more, signed by that key or by the owner's record key."""
    return _write(Statement(kind="revoke", owner=owner, key_id=key_id, t_from_tai_ns=t_tai_ns, why=why[:200]), key)


def read_statement(data: bytes, book: KeyBook, t_tai_ns: int) -> Statement:
    """What a statement says; RefusedError unless those signed it who may."""
    said, words, signatures = _apart(data)
    if said.owner != book.owner:
        raise RefusedError(f"a statement about keys of {said.owner[:40]!r}, not of {book.owner}")
    old = book.find(said.key_id)
    if old is None:
        raise RefusedError(f"a statement about {said.key_id[:60]!r}, which is no key of {book.owner}")
    if said.kind == "revoke":
        able = [old, *(one for one in book.keys if one.key.purpose is Purpose.RECORD)]
        for one in able:
            standing = one.standing(t_tai_ns)
            if one is not old and standing is not Standing.GOOD:
                continue
            if one.key_id in signatures and one.key.check(_CONTEXT + words, signatures[one.key_id]):
                return said
        raise RefusedError(f"a revocation of {said.key_id} that neither it nor a record key of {book.owner} signed")
    new = said.new_key
    if new is None or new.purpose is not old.key.purpose:
        raise RefusedError(f"{said.key_id} is followed by {said.new_key_id[:60]!r}, which does not fit its name")
    is_again = book.find(new.key_id) is not None
    if (standing := old.standing(t_tai_ns)) is not Standing.GOOD and not (is_again and standing is Standing.RETIRED):
        raise RefusedError(f"{said.key_id} names a successor, but is {standing} here")
    for one_id, key in ((old.key_id, old.key), (new.key_id, new)):
        if not key.check(_CONTEXT + words, signatures.get(one_id, b"")):
            raise RefusedError(f"{said.key_id} is followed by {new.key_id}, and {one_id} did not sign that")
    return said


def statement_of(data: bytes) -> Statement:
    """What a statement says, believed or not; RefusedError when it is none."""
    return _apart(data)[0]


def format_book(book: KeyBook) -> str:
    """The text of a file of a partner's keys."""
    return msgspec.json.format(msgspec.json.encode(book), indent=2).decode() + "\n"


def parse_book(text: str | bytes, where: str) -> KeyBook:
    """The keys of a file; every key is checked against its name."""
    try:
        book = msgspec.json.decode(text, type=KeyBook)
        for one in book.keys:
            if len(one.public) != 32 or one.key.key_id != one.key_id:
                raise RefusedError(f"{where}: a key does not fit its name {one.key_id}; the file was changed")
            Trusted(one.key, frozenset(one.modes))
    except (msgspec.DecodeError, ValueError, RecursionError) as trouble:
        cure = "`vedette node peer add` writes one"
        raise BadInputError(f"not a book of a partner's keys ({trouble})", where, cure) from None
    return book


def _write(said: Statement, *keys: LiveKey | DrillKey | RecordKey) -> bytes:
    words = msgspec.json.encode(said)
    signatures = {key.key_id: base64.b64encode(key.sign(_CONTEXT + words)).decode() for key in keys}
    return msgspec.json.encode(_Signed(statement=words.decode(), signatures=signatures))


def _apart(data: bytes) -> tuple[Statement, bytes, dict[str, bytes]]:
    try:
        if len(data) > _LONGEST:
            raise ValueError(f"{len(data)} bytes")
        wire = msgspec.json.decode(data, type=_Signed)
        words = wire.statement.encode()
        said = msgspec.json.decode(words, type=Statement)
        signatures = {name: base64.b64decode(one, validate=True) for name, one in wire.signatures.items()}
    except (msgspec.DecodeError, binascii.Error, ValueError, RecursionError) as trouble:
        raise RefusedError(f"not a statement about keys ({' '.join(str(trouble).split())[:120]})") from None
    return said, words, signatures
