"""What goes in comes out once; everything that is wrong with a message has its own name and sentence."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sharing.link.wires import (
    DAY,
    DRILL,
    KEY,
    NEXT,
    PLAY,
    SESSION,
    STRANGER,
    S,
    T,
    event,
    receiver,
    sender,
    track,
)  # fmt: skip

from vedette.core.errors import RefusedError, UsageError
from vedette.reports import LinkState, Mode
from vedette.sharing.link import (
    LinkReceiver,
    ReceiverState,
    SenderState,
    decode_state,
    encode_state,
    link_id,
    read_session,
    sign_again,
    take_apart,
    write_session,
)  # fmt: skip


def test_a_message_arrives_as_it_was_said():
    one, other = sender(), receiver()
    content = (track(), event())
    sealed = one.seal("warn", content, T)
    heard = other.hear(sealed.data, T + S // 10, "warn")
    assert heard.events == (heard.report,) and not heard.trouble
    assert heard.report.content == content and heard.report.digest == sealed.digest
    assert (heard.report.sequence, heard.report.mode, heard.report.lane) == (1, Mode.REAL, "warn")
    assert heard.message.leaf == sealed.leaf
    assert not heard.report.is_gateway_late
    assert other.hear(one.seal("warn", (), T).data, T + 60 * S).report.is_gateway_late


def refused(trouble, data, by=None, t=T, lane="", words=()):
    by = by or receiver()
    heard = by.hear(data, t, lane)
    assert heard.report is None and heard.trouble == trouble
    (news,) = heard.news
    assert news.trouble == trouble and news.state is LinkState.REFUSED and len(news.text) > 20
    for word in words:
        assert word in news.text
    return by


def test_each_trouble_has_its_own_name():
    data = sender().seal("warn", (event(),), T).data
    refused("garbage", b"", words=["0 bytes"])
    refused("garbage", bytes(range(256)))
    refused("garbage", data[: len(data) // 2].split(b"\n")[0])
    refused("garbage", data + b"\n{}")
    refused("newer-spelling", data.replace(b'"vedette_link":1', b'"vedette_link":2'), words=["version 2"])
    refused("wrong-key", sender(STRANGER).seal("warn", (), T).data, words=[STRANGER.key_id])
    refused("wrong-recipient", sender(to="EAST").seal("warn", (), T).data, words=["EAST", "SOUTH"])
    refused("wrong-link", sender(node="north-2").seal("warn", (), T).data, words=["north-2"])
    refused("wrong-link", data, lane="track", words=["track"])
    drill = sender(DRILL, Mode.EXERCISE, session=SESSION.session).seal("warn", (event(),), T).data
    refused("wrong-mode", drill, words=["EXERCISE", "REAL"])
    refused("wrong-mode", data, receiver(KEY, DRILL, mode=Mode.EXERCISE, session=SESSION), words=["REAL"])
    refused("wrong-mode", data, receiver(KEY, mode=Mode.TEST))


def test_a_drill_key_cannot_sign_what_is_real():
    with pytest.raises(RefusedError):
        sender(DRILL, Mode.REAL)
    real = sender().seal("warn", (event(),), T).data
    forged = sign_again(real, DRILL)  # a REAL header under the drill key, which is trusted for drills
    refused("wrong-mode", forged, words=["may not sign REAL"])


def test_both_sides_of_an_exercise_are_bound_to_one_session_key():
    other = read_session(write_session(PLAY, "Another", {"NORTH": (DRILL.key_id,)}, T - DAY, T + DAY))
    assert other.session == SESSION.session
    played = receiver(DRILL, mode=Mode.EXERCISE, session=SESSION)
    good = sender(DRILL, Mode.EXERCISE, session=SESSION.session)
    assert played.hear(good.seal("warn", (event(),), T).data, T).report.mode is Mode.EXERCISE
    refused("wrong-session", sender(DRILL, Mode.EXERCISE, session="drill-0").seal("warn", (), T).data, played)
    late = receiver(DRILL, mode=Mode.EXERCISE, session=SESSION)
    refused("wrong-session", good.seal("warn", (), T + DAY).data, late, t=T + DAY, words=["not on"])
    unlisted = read_session(write_session(PLAY, "Third", {"EAST": ()}, T - DAY, T + DAY))
    refused("wrong-session", good.seal("warn", (), T).data, receiver(DRILL, mode=Mode.EXERCISE, session=unlisted))
    with pytest.raises(RefusedError):
        sender(DRILL, Mode.EXERCISE)  # an exercise without a session
    with pytest.raises(RefusedError):
        sender(KEY, Mode.REAL, session=SESSION.session)
    with pytest.raises(UsageError):
        receiver(DRILL, mode=Mode.EXERCISE, state=ReceiverState(
            owner="NORTH", node="north-1", to="SOUTH", mode=Mode.EXERCISE, session="drill-0"))
    changed = write_session(PLAY, "Fourth", {}, T, T + DAY).replace(b"Fourth", b"Fifth!")
    with pytest.raises(RefusedError):
        read_session(changed)


DATA = sender().seal("warn", (event(), track()), T).data


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 8 * len(DATA) - 1))
def test_any_flipped_bit_is_found(bit):
    changed = bytearray(DATA)
    changed[bit // 8] ^= 1 << bit % 8
    heard = receiver().hear(bytes(changed), T)
    assert heard.report is None
    assert heard.trouble in {"garbage", "changed", "wrong-key", "newer-spelling"}


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 3))
def test_no_bytes_at_all_raise(noise, lines):
    cut = b"\n".join([*DATA.split(b"\n")[:lines], noise])
    assert receiver().hear(cut, T).report is None


def test_a_replay_is_refused_also_after_a_restart():
    one, other = sender(), receiver()
    yesterday = [one.seal("warn", (event(n),), T).data for n in range(3)]
    for data in yesterday:
        assert other.hear(data, T).report
    kept = decode_state(encode_state(other.state), ReceiverState)
    assert kept == other.state
    again = LinkReceiver(kept, other.keys)
    refused("replayed", yesterday[1], again, t=T + DAY, words=["number 2", "24.0 h"])
    assert again.hear(one.seal("warn", (), T + DAY).data, T + DAY).report.sequence == 4


def test_a_brokers_repeat_is_no_alarm_and_a_link_that_says_all_twice_is_told():
    one, other = sender(), receiver()
    data = [one.seal("warn", (), T).data for _ in range(5)]
    for one_data in data:
        other.hear(one_data, T)
    for one_data in data:  # our own broker, after a restart
        heard = other.hear(one_data, T + DAY, is_redelivery=True)
        assert heard.is_repeat and not heard.events
    found = [other.hear(one_data, T + S) for one_data in data]
    assert [heard.trouble for heard in found[:3]] == ["", "", "repeated"]
    assert found[2].news[0].state is LinkState.UP


def test_a_number_used_twice_is_found():
    one, other = sender(), receiver()
    before = one.state
    other.hear(one.seal("warn", (event(1),), T).data, T)
    set_back = type(one)(before, KEY)
    refused("reused-number", set_back.seal("warn", (event(2),), T).data, other, words=["number 1"])


def test_gaps_are_told_and_filled_and_nothing_waits_for_them():
    one, other = sender(), receiver()
    data = [one.seal("warn", (event(n),), T).data for n in range(1, 7)]
    assert other.hear(data[0], T).report.sequence == 1
    gap = other.hear(data[4], T)
    assert gap.report.sequence == 5 and gap.trouble == "gap"
    assert "2 to 4 are missing" in gap.news[0].text and gap.news[0].state is LinkState.UP
    for n in (3, 1, 2):
        late = other.hear(data[n], T)
        assert late.report.sequence == n + 1 and late.report.is_gateway_late and not late.news
    assert other.hear(data[5], T).events[0].sequence == 6
    assert other.receipts()["warn"].count == 6 and not other.receipts()["warn"].missing
    assert other.receipts()["warn"].root == take_apart_root(one)


def take_apart_root(one):
    return msgspec.json.decode(take_apart(one.seal("warn", (), T).data).header_bytes)["before"]


def test_lanes_are_counted_apart():
    one, other = sender(), receiver()
    for lane in ("warn", "track", "bulk", "words", "warn"):
        assert other.hear(one.seal(lane, (), T).data, T, lane).report.lane == lane
    assert {name: lane.newest for name, lane in other.state.lanes.items()} == {
        "warn": 2, "track": 1, "bulk": 1, "words": 1,
    }  # fmt: skip
    with pytest.raises(UsageError):
        one.seal("gossip", (), T)


def test_a_clock_that_is_off_is_told_and_the_message_is_kept():
    one, other = sender(), receiver()
    heard = other.hear(one.seal("warn", (event(),), T + 3 * S).data, T)
    assert heard.report and heard.trouble == "clock" and "ahead by 3.0 s" in heard.news[0].text
    other = receiver()
    one = sender()
    other.hear(one.seal("warn", (), T).data, T)
    back = other.hear(one.seal("warn", (), T - DAY).data, T)
    assert back.report and back.trouble == "clock" and "went back" in back.news[0].text


def test_a_flood_is_told_once_in_a_while():
    other = receiver()
    told = [news for n in range(10_000) for news in other.hear(b"x" * 20, T + n * S // 1000).news]
    assert len(told) == 1
    (again,) = other.hear(b"x", T + 20 * S).news
    assert "9999 more such" in again.text
    assert other.state.counts["garbage"] == 10_001


def test_states_survive_being_written():
    one = sender()
    for n in range(200):
        one.seal(("warn", "track")[n % 2], (), T)
    kept = decode_state(encode_state(one.state), SenderState)
    assert kept == one.state and link_id(kept) == "NORTH.north-1>SOUTH.REAL"
    with pytest.raises(ValueError, match="kept state"):
        decode_state(b"nothing", SenderState)


def test_no_track_is_shared_that_no_filter_could_take():
    bad = msgspec.structs.replace(track(), position_itrf_m=(float("nan"), 0.0, 0.0))
    with pytest.raises(UsageError, match="not finite"):
        sender().seal("track", (bad,), T)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_the_wire_does_each_message_is_taken_once(data):
    """Loss, duplicates, reordering and restarts, drawn; the receiver's tree agrees wherever it stands."""
    one, other = sender(), receiver()
    count = data.draw(st.integers(1, 200))
    sealed = [one.seal("warn", (), T + n).data for n in range(count)]
    order = data.draw(st.permutations(range(count))) if count < 20 else list(range(count))
    spread = data.draw(st.integers(0, 12))
    jitter = data.draw(st.randoms(use_true_random=False))
    order = sorted(order, key=lambda n: n + jitter.uniform(0, spread)) if count >= 20 else order
    heard, lost = [], set()
    for n in order:
        if jitter.random() < 0.1:
            lost.add(n + 1)
            continue
        for _ in range(1 + (jitter.random() < 0.2)):
            found = other.hear(sealed[n], T + 60 * S)
            assert found.trouble in {"", "gap", "repeated"}
            heard += [found.report.sequence] if found.report else []
        if jitter.random() < 0.1:
            other = LinkReceiver(decode_state(encode_state(other.state), ReceiverState), other.keys)
    assert sorted(heard) == sorted(set(range(1, count + 1)) - lost)
    assert one.noted(other.receipts()) == ""
    kept = other.state.lanes["warn"] if heard else None
    if kept is not None:
        missing = {n for low, high in kept.missing for n in range(low, high + 1)}
        assert missing == {n for n in lost if n <= max(heard)}


def test_a_rewritten_history_is_found_on_both_sides():
    one, other = sender(), receiver()
    fork = None
    for n in range(10):
        if n == 4:
            fork = one.state
        other.hear(one.seal("warn", (event(n),), T).data, T)
    liar = type(one)(fork, KEY)
    for n in range(6):
        told = liar.seal("warn", (event(100 + n),), T)
    changed = liar.seal("warn", (event(200),), T)
    assert told.sequence == 10 and changed.sequence == 11
    heard = other.hear(changed.data, T)
    assert heard.report and heard.trouble == "other-history"
    assert liar.noted({"warn": other.receipts()["warn"]})  # what it heard is not what the liar says it sent


def test_a_lane_goes_on_from_signed_peaks_when_messages_stay_away():
    one, other = sender(), receiver()
    for n in range(1, 301):
        data = one.seal("track", (), T).data
        if n != 10:
            other.hear(data, T)
    receipt = other.receipts()["track"]
    assert receipt.count == 300 and receipt.missing == ((10, 10),)
    assert one.noted({"track": receipt}) == ""
    joined = receiver()
    for _ in range(301, 400):
        joined.hear(one.seal("track", (), T).data, T)
    assert joined.receipts()["track"].count == 399 and one.noted(joined.receipts()) == ""


def test_a_new_key_is_announced_and_signs_when_it_was_heard():
    from vedette.sharing.key_life import rotation

    one, other = sender(), receiver(KEY)
    statement = rotation(KEY, NEXT, "NORTH", T, T + DAY)
    other.hear(one.announce(statement, T, NEXT).data, T)
    assert other.keys.find(NEXT.key_id) and one.key is KEY
    assert one.noted(other.receipts()) == "" and one.key is NEXT
    assert other.hear(one.seal("warn", (event(),), T).data, T).report
    refused("retired-key", sign_again(one.seal("warn", (), T).data, KEY), other, t=T + DAY)


def test_a_padded_message_tells_nothing_by_its_size():
    one, other = sender(), receiver()
    sizes = set()
    for n in range(40):
        data = one.seal("warn", tuple(event(k) for k in range(n % 4)), T, pad_bytes=4096).data
        sizes.add(len(data))
        assert len(other.hear(data, T).report.content) == n % 4
    assert sizes == {4096}
