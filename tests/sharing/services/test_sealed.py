"""What services say to each other is signed, for one hearer and one mode, and believed once."""

import msgspec
import pytest

from vedette.core.errors import RefusedError
from vedette.reports import Mode
from vedette.sharing.keys import DrillKey, LiveKey, make_key
from vedette.sharing.services import Beat, Propose, ServiceOpener, ServiceSealer, decode_newest, encode_newest

CONTEXT = b"vedette services 1\n"
KEY, OTHER = make_key(DrillKey, "NORTH", b"k" * 32), make_key(DrillKey, "NORTH", b"o" * 32)
SAID = Propose(frm="AIR", to="SPACE", view=64, members=("AIR", "SPACE"))


def opener(mode: Mode = Mode.EXERCISE, to: str = "SPACE", newest: tuple[int, int] = (0, 0)) -> ServiceOpener:
    keys = {KEY.key_id: KEY.public}
    return ServiceOpener("NORTH", "AIR", to, mode, lambda key_id, mode, t: keys.get(key_id), newest)


def sealed(message: Beat | Propose = SAID, life: int = 1, key: DrillKey | LiveKey = KEY) -> bytes:
    return ServiceSealer("NORTH", "AIR", Mode.EXERCISE).seal(message, key, life, 0)


def test_what_was_said_is_heard_once_and_no_older_word_after_it() -> None:
    sealer, one = ServiceSealer("NORTH", "AIR", Mode.EXERCISE), opener()
    first, second = (sealer.seal(SAID, KEY, 3, 0) for _ in range(2))
    assert one.open(second, 0) == SAID and one.newest == (3, 2)
    for again in (second, first, sealed(life=2)):
        with pytest.raises(RefusedError, match="said before"):
            one.open(again, 0)
    after_restart = opener(newest=decode_newest(encode_newest({"AIR": one.newest}))["AIR"])
    with pytest.raises(RefusedError, match="said before"):
        after_restart.open(second, 0)
    assert after_restart.open(sealed(life=4), 0) == SAID, "a new life of the sender begins its count again"


def test_another_key_mode_hearer_or_speaker_is_refused() -> None:
    with pytest.raises(RefusedError, match="not signed by a key"):
        opener().open(sealed(key=OTHER), 0)
    with pytest.raises(RefusedError, match="not for here"):
        opener(mode=Mode.TEST).open(sealed(), 0)
    with pytest.raises(RefusedError, match="not for here"):
        opener(to="NAVY").open(sealed(), 0)
    with pytest.raises(RefusedError, match="signed by another"):
        opener().open(sealed(Propose(frm="NAVY", to="SPACE", view=64, members=())), 0)


def test_two_exercises_of_one_owner_never_mix() -> None:
    keys = {KEY.key_id: KEY.public}
    one = ServiceOpener("NORTH", "AIR", "SPACE", Mode.EXERCISE, lambda key_id, mode, t: keys.get(key_id), session="E-1")
    for session in ("E-2", ""):
        with pytest.raises(RefusedError, match="another exercise"):
            one.open(ServiceSealer("NORTH", "AIR", Mode.EXERCISE, session).seal(SAID, KEY, 1, 0), 0)
    assert one.open(ServiceSealer("NORTH", "AIR", Mode.EXERCISE, "E-1").seal(SAID, KEY, 1, 0), 0) == SAID


def test_what_an_older_version_says_is_heard_outside_of_exercises() -> None:
    spelling, key_id, _, said = msgspec.msgpack.decode(sealed())
    older = msgspec.msgpack.encode(msgspec.msgpack.decode(said)[:-1])
    assert opener().open(msgspec.msgpack.encode([spelling, key_id, KEY.sign(CONTEXT + older), older]), 0) == SAID


def test_no_byte_can_be_changed_and_garbage_is_refused() -> None:
    good = sealed()
    for at in range(len(good)):
        bad = bytearray(good)
        bad[at] ^= 1
        with pytest.raises(RefusedError):
            opener().open(bytes(bad), 0)
    for bad_whole in (b"", b"\xc1", b"\x91" * 5000, msgspec.msgpack.encode([1, KEY.key_id, b"", b""]), good[:-1]):
        with pytest.raises(RefusedError):
            opener().open(bad_whole, 0)
